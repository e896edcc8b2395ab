package io.pyboot;

import java.io.Serializable;

/**
 * A Python {@code complex}; goes back to Python as one.
 *
 * @param real the real part
 * @param imaginary the imaginary part
 */
public record PythonComplex(double real, double imaginary) implements Serializable {

}
