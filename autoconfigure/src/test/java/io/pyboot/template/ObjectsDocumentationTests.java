package io.pyboot.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.pyboot.JavaRef;
import io.pyboot.PythonObject;
import io.pyboot.callable.PythonCallable;
import io.pyboot.testing.PythonApplication;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the examples of docs/objects.md work: those in Java stand here word for
 * word, those in Python are run from the page.
 */
@Tag("engine")
@Timeout(60)
@Import(ObjectsDocumentationTests.Callables.class)
@SpringBootTest(classes = PythonApplication.class, webEnvironment = WebEnvironment.NONE,
		properties = { "pyboot.pool.size=2", "pyboot.python.executable=${pyboot.test.python:}" })
class ObjectsDocumentationTests {

	/** From the directory of this module, which Maven runs tests in. */
	private static final Path PAGE = Path.of("..", "docs", "objects.md");

	private static final Path SOURCE = Path.of("src", "test", "java", "io", "pyboot", "template",
			"ObjectsDocumentationTests.java");

	@Autowired
	private PythonOperations python;

	static class Callables {

		@PythonCallable("each")
		List<?> apply(Function<Object, ?> function, List<?> values) {
			return values.stream().map(function).toList();
		}

	}

	interface Predictor {

		double predict(List<Integer> row);

	}

	@BeforeEach
	void defineTheModule() throws IOException {
		String source = blocks("python").get(0);
		assertThat(source).startsWith("# shop.py");
		this.python.function("builtins:exec").args(source, Map.of()).call(); // it
																				// compiles
		String define = """
				import sys, types
				if 'shop' not in sys.modules:
				    shop = types.ModuleType('shop')
				    exec(%s, shop.__dict__)
				    sys.modules['shop'] = shop
				""".formatted(this.python.call("builtins:repr", String.class, source));
		this.python.execAll(define);
	}

	@Test
	void pythonObjectIsUsedFromJava() {
		try (PythonObject model = python.call("shop:load", PythonObject.class, "prices")) {
			Double mean = model.callMethod("predict", Double.class, List.of(1, 2));
			String name = model.getAttribute("name", String.class);
			Object same = python.call("builtins:getattr", model, "name");
			assertThat(List.of(mean, name, same)).isEqualTo(List.of(1.5, "prices", "prices"));
			assertThat(model.iterate(List.class)).toIterable().singleElement().isEqualTo(List.of(1L, 2L));
		}
	}

	@Test
	void pythonObjectIsAnInterface() {
		try (PythonObject model = python.call("shop:load", PythonObject.class, "prices")) {
			Predictor predictor = model.as(Predictor.class);
			double half = predictor.predict(List.of(0, 1));
			assertThat(half).isEqualTo(0.5);
		}
	}

	@Test
	void pythonCodeHandsOverAFunction() throws IOException {
		this.python.exec(blocks("python").get(1));
	}

	@Test
	void javaObjectComesBack() {
		try (PythonObject model = python.call("shop:load", PythonObject.class, "prices")) {
			Object ticket = new Object();
			Object back = python.call("shop:label", model, JavaRef.of(ticket));
			assertThat(back).isSameAs(ticket).isSameAs(model.getAttribute("ticket"));
		}
	}

	@Test
	void sessionKeepsItsVariables() {
		try (CloseablePythonSession session = python.openSession()) {
			session.exec("total = 0");
			session.exec("total += n", Map.of("n", 5));
			Integer total = session.eval("total", Integer.class);
			assertThat(total).isEqualTo(5);
		}
	}

	@Test
	void examplesStandHere() throws IOException {
		String source = compact(Files.readString(SOURCE));
		assertThat(blocks("java")).hasSize(6).allSatisfy((block) -> {
			String lines = compact(block).replaceAll("}$", "");
			assertThat(source).contains(lines);
		});
	}

	private static String compact(String text) {
		return text.lines().map(String::strip).filter((line) -> !line.isEmpty()).reduce("", (a, b) -> a + "\n" + b);
	}

	private static List<String> blocks(String language) throws IOException {
		List<String> blocks = new ArrayList<>();
		StringBuilder block = null;
		for (String line : Files.readAllLines(PAGE)) {
			if (line.equals("```" + language)) {
				block = new StringBuilder();
			}
			else if (line.equals("```") && block != null) {
				blocks.add(block.toString());
				block = null;
			}
			else if (block != null) {
				block.append(line).append('\n');
			}
		}
		return blocks;
	}

}
