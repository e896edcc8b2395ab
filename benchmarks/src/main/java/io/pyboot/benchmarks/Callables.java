package io.pyboot.benchmarks;

import io.pyboot.callable.PythonCallable;

import org.springframework.stereotype.Component;

/**
 * What the Python code of the benchmarks calls.
 */
@Component
class Callables {

	@PythonCallable("next_number")
	long nextNumber(long number) {
		return number + 1;
	}

	@PythonCallable("same_text")
	String sameText(String text) {
		return text;
	}

	@PythonCallable
	String overloaded(String text) {
		return text;
	}

	@PythonCallable
	long overloaded(long number) {
		return number;
	}

}
