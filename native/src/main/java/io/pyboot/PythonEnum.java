package io.pyboot;

import java.io.Serializable;

import org.jspecify.annotations.Nullable;

/**
 * A member of a Python {@code Enum} or {@code Flag} for which no type was asked. A Java
 * enum is made of it by its name, any other type of its value. To Python it goes as its
 * value: which class it was of is for Python code to say.
 * <p>
 * Members of {@code IntEnum}, {@code StrEnum}, {@code IntFlag} and other enums that are
 * numbers or strings themselves arrive as such.
 *
 * @param value what the member stands for; serializable if that is
 * @param name its name, such as {@code RED}, or {@code READ|WRITE} for several flags;
 * {@code null} for flags without one
 * @param type name of its class with the module, such as {@code shop.Color}
 */
public record PythonEnum(@Nullable Object value, @Nullable String name, String type) implements Serializable {

}
