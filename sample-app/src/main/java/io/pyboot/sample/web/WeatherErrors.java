package io.pyboot.sample.web;

import java.util.List;
import java.util.Objects;

import io.pyboot.PythonCallException;
import io.pyboot.PythonCancelledException;
import io.pyboot.PythonContextLostException;
import io.pyboot.PythonException;
import io.pyboot.PythonNotRunningException;
import io.pyboot.PythonOverloadedException;
import io.pyboot.PythonTimeoutException;
import io.pyboot.sample.weather.BadDataException;
import io.pyboot.sample.weather.Problem;
import io.pyboot.sample.weather.UnknownDatasetException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StringUtils;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Errors as problem details (RFC 9457).
 */
@RestControllerAdvice
class WeatherErrors extends ResponseEntityExceptionHandler {

	/** Raised by functions that need a longer file. */
	private static final String NOT_ENOUGH_DATA = "weather.dataset.NotEnoughDataError";

	@ExceptionHandler
	ProblemDetail badData(BadDataException ex) {
		List<Problem> problems = ex.getProblems();
		ProblemDetail detail = problem(HttpStatus.BAD_REQUEST, "The file cannot be used", ex.getMessage());
		detail.setProperty("row", problems.get(0).row());
		detail.setProperty("column", problems.get(0).column());
		detail.setProperty("problems", problems);
		return detail;
	}

	@ExceptionHandler
	ProblemDetail unknownDataset(UnknownDatasetException ex) {
		return problem(HttpStatus.NOT_FOUND, "Unknown dataset", ex.getMessage());
	}

	@ExceptionHandler({ PythonOverloadedException.class, PythonNotRunningException.class,
			PythonContextLostException.class, PythonCancelledException.class })
	ResponseEntity<ProblemDetail> busy(PythonException ex) {
		return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
			.header(HttpHeaders.RETRY_AFTER, "1")
			.body(problem(HttpStatus.SERVICE_UNAVAILABLE, "Python is busy", ex.getMessage()));
	}

	@ExceptionHandler
	ProblemDetail timeout(PythonTimeoutException ex) {
		return problem(HttpStatus.GATEWAY_TIMEOUT, "Python took too long", ex.getMessage());
	}

	@ExceptionHandler
	ProblemDetail python(PythonException ex) {
		if (ex instanceof PythonCallException call && NOT_ENOUGH_DATA.equals(call.getPythonType())) {
			return problem(HttpStatus.UNPROCESSABLE_CONTENT, "Not enough data", call.getPythonMessage());
		}
		this.logger.error("The analysis failed", ex);
		return problem(HttpStatus.INTERNAL_SERVER_ERROR, "The analysis failed", "The log has the details");
	}

	/** Says which parameter is wrong, which the default does not. */
	@Override
	protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
			HandlerMethodValidationException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		ParameterValidationResult result = ex.getParameterValidationResults().get(0);
		ex.getBody()
			.setDetail(
					name(result.getMethodParameter()) + " " + result.getResolvableErrors().get(0).getDefaultMessage());
		return handleExceptionInternal(ex, null, headers, status, request);
	}

	private static @Nullable String name(MethodParameter parameter) {
		RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
		return (annotation != null && StringUtils.hasText(annotation.name())) ? annotation.name()
				: parameter.getParameterName();
	}

	private static ProblemDetail problem(HttpStatus status, String title, @Nullable String detail) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, Objects.requireNonNullElse(detail, title));
		problem.setTitle(title);
		return problem;
	}

}
