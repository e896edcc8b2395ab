package io.pyboot.callback;

/**
 * A callback whose arguments are values alone: a {@code pyboot.JavaRef} or a
 * {@code pyboot.handle} anywhere in them is a {@code TypeError} in Python. Without this a
 * callback that copies its arguments elsewhere would take the object that a reference
 * stands for as a value of its own.
 */
@FunctionalInterface
public interface ValueCallback extends PythonCallback {

}
