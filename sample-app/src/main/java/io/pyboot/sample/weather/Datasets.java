package io.pyboot.sample.weather;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.pyboot.template.PythonOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * The files that the desk knows: Seattle, which is always there, and a bounded number of
 * uploads. Python checks each before it is kept.
 */
@Component
public class Datasets {

	/**
	 * Id of the file that comes with the application.
	 */
	public static final String SEATTLE = "seattle";

	private final PythonOperations python;

	private final Map<String, Dataset> uploads;

	private volatile @Nullable Dataset seattle;

	Datasets(PythonOperations python, WeatherProperties properties) {
		this.python = python.withTimeout(properties.timeout());
		this.uploads = new LinkedHashMap<>(16, 0.75f, true) {
			private static final long serialVersionUID = 1L;

			@Override
			protected boolean removeEldestEntry(Map.Entry<String, Dataset> eldest) {
				return size() > properties.maxUploads();
			}
		};
	}

	/**
	 * Checks a file and keeps it. The same bytes get the same id.
	 * @param name the file's name, for people
	 * @param content the file
	 * @throws BadDataException if it cannot be used
	 */
	public Dataset add(String name, byte[] content) {
		Dataset dataset = checked(fingerprint(content), name, content);
		synchronized (this.uploads) {
			this.uploads.put(dataset.info().id(), dataset);
		}
		return dataset;
	}

	/**
	 * @throws UnknownDatasetException if there is none with this id
	 */
	public Dataset get(String id) {
		if (SEATTLE.equals(id)) {
			return seattle();
		}
		synchronized (this.uploads) {
			Dataset dataset = this.uploads.get(id);
			if (dataset == null) {
				throw new UnknownDatasetException(id);
			}
			return dataset;
		}
	}

	/**
	 * All files, Seattle first, then the uploads from the one unused for longest on.
	 */
	public List<DatasetInfo> list() {
		List<DatasetInfo> all = new ArrayList<>();
		all.add(seattle().info());
		synchronized (this.uploads) {
			this.uploads.values().forEach((dataset) -> all.add(dataset.info()));
		}
		return all;
	}

	private Dataset seattle() {
		Dataset known = this.seattle;
		if (known == null) {
			known = checked(SEATTLE, "Seattle 2012–2015", read(new ClassPathResource("data/seattle-weather.csv")));
			this.seattle = known;
		}
		return known;
	}

	private Dataset checked(String id, String name, byte[] content) {
		Report report = Objects.requireNonNull(this.python.call("weather.dataset:check", Report.class, content));
		if (!report.problems().isEmpty()) {
			throw new BadDataException(report.problems());
		}
		DatasetInfo info = new DatasetInfo(id, name, report.days(), Objects.requireNonNull(report.first()),
				Objects.requireNonNull(report.last()));
		return new Dataset(info, content);
	}

	private static byte[] read(ClassPathResource resource) {
		try {
			return resource.getContentAsByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String fingerprint(byte[] content) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
			return HexFormat.of().formatHex(digest, 0, 8);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
