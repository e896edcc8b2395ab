package io.pyboot.benchmarks;

import java.util.Locale;

/**
 * Prints one line a figure.
 */
final class Table {

	private int missed;

	void header() {
		System.out.printf("%-58s %12s %-10s %12s  %s%n", "figure", "measured", "unit", "target", "");
	}

	/** A figure that should be below its target. */
	void below(String name, double measured, String unit, double target) {
		line(name, measured, unit, "< " + number(target), measured < target);
	}

	/** A figure that should be at least its target. */
	void atLeast(String name, double measured, String unit, double target) {
		line(name, measured, unit, ">= " + number(target), measured >= target);
	}

	/** A figure without a target. */
	void line(String name, double measured, String unit) {
		line(name, measured, unit, "", true);
	}

	private void line(String name, double measured, String unit, String target, boolean met) {
		if (!met) {
			this.missed++;
		}
		System.out.printf(Locale.ROOT, "%-58s %12s %-10s %12s  %s%n", name, number(measured), unit, target,
				met ? "" : "MISSED");
	}

	private static String number(double value) {
		return (value >= 1000) ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.2f", value);
	}

	int missed() {
		return this.missed;
	}

}
