package io.pyboot.codec;

import java.lang.reflect.Array;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.pyboot.PythonComplex;
import io.pyboot.PythonRange;
import io.pyboot.PythonTuple;
import org.jspecify.annotations.Nullable;

/**
 * Compares values strictly: types, bits of floating-point numbers, the order of maps, and
 * tuples apart from lists.
 */
public final class SameValue {

	/** A NaN may turn from a signalling to a quiet one. */
	private static final long QUIET = 1L << 51;

	private SameValue() {
	}

	public static boolean same(@Nullable Object a, @Nullable Object b) {
		if (a == null || b == null) {
			return a == b;
		}
		if (a instanceof Double x && b instanceof Double y) {
			return bits(x) == bits(y);
		}
		if (a instanceof PythonComplex x && b instanceof PythonComplex y) {
			return same(x.real(), y.real()) && same(x.imaginary(), y.imaginary());
		}
		if (a instanceof PythonRange || b instanceof PythonRange) {
			return a.getClass() == b.getClass() && a.toString().equals(b.toString());
		}
		if (a instanceof List<?> x && b instanceof List<?> y) {
			return x instanceof PythonTuple == y instanceof PythonTuple && x.size() == y.size() && inOrder(x, y);
		}
		if (a instanceof Set<?> x && b instanceof Set<?> y) {
			return x.size() == y.size()
					&& x.stream().allMatch((each) -> y.stream().anyMatch((other) -> same(each, other)));
		}
		if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
			return x.size() == y.size() && inOrder(x.keySet(), y.keySet()) && inOrder(x.values(), y.values());
		}
		if (a.getClass().isArray() && a.getClass() == b.getClass()) {
			return sameArrays(a, b);
		}
		return (a instanceof java.nio.ByteBuffer || a.getClass() == b.getClass() || a instanceof java.time.ZoneId
				|| a instanceof java.nio.file.Path) && a.equals(b);
	}

	private static long bits(double number) {
		return Double.isNaN(number) ? Double.doubleToRawLongBits(number) | QUIET : Double.doubleToRawLongBits(number);
	}

	private static boolean inOrder(Iterable<?> a, Iterable<?> b) {
		Iterator<?> others = b.iterator();
		for (Object each : a) {
			if (!same(each, others.next())) {
				return false;
			}
		}
		return true;
	}

	private static boolean sameArrays(Object a, Object b) {
		int length = Array.getLength(a);
		for (int i = 0; i < length; i++) {
			if (!same(Array.get(a, i), Array.get(b, i))) {
				return false;
			}
		}
		return length == Array.getLength(b);
	}

}
