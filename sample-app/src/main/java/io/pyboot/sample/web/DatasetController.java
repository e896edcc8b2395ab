package io.pyboot.sample.web;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

import io.pyboot.sample.weather.DatasetInfo;
import io.pyboot.sample.weather.Datasets;
import io.pyboot.sample.weather.WeatherProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartFile;

/**
 * The datasets, and the way to add one.
 */
@RestController
@RequestMapping("/api/weather/datasets")
class DatasetController {

	private static final int MAX_NAME = 80;

	private final Datasets datasets;

	private final long maxBytes;

	DatasetController(Datasets datasets, WeatherProperties properties) {
		this.datasets = datasets;
		this.maxBytes = properties.maxUploadSize().toBytes();
	}

	@GetMapping
	List<DatasetInfo> list() {
		return this.datasets.list();
	}

	@GetMapping("/{id}")
	DatasetInfo get(@PathVariable String id) {
		return this.datasets.get(id).info();
	}

	@PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
	ResponseEntity<DatasetInfo> upload(@RequestParam MultipartFile file) throws IOException {
		try (InputStream body = file.getInputStream()) {
			return add(file.getOriginalFilename(), body);
		}
	}

	@PostMapping(consumes = "text/csv")
	ResponseEntity<DatasetInfo> upload(@RequestParam(required = false) @Nullable String name, InputStream body)
			throws IOException {
		return add(name, body);
	}

	private ResponseEntity<DatasetInfo> add(@Nullable String name, InputStream body) throws IOException {
		byte[] content = body.readNBytes((int) this.maxBytes + 1);
		if (content.length > this.maxBytes) {
			throw new MaxUploadSizeExceededException(this.maxBytes);
		}
		DatasetInfo info = this.datasets.add(shown(name), content).info();
		return ResponseEntity.created(URI.create("/api/weather/datasets/" + info.id())).body(info);
	}

	private static String shown(@Nullable String name) {
		if (!StringUtils.hasText(name)) {
			return "Upload";
		}
		String last = StringUtils.getFilename(name.strip().replace('\\', '/'));
		return (last.length() <= MAX_NAME) ? last : last.substring(0, MAX_NAME - 1) + "…";
	}

}
