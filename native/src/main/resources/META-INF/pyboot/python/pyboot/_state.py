"""Values that all contexts and Java share. See docs/state.md."""

from collections.abc import MutableMapping

from pyboot import _callbacks

__all__ = ["state"]

_missing = object()


class SharedState(MutableMapping):
    """Values by key, shared by all contexts of all pools and by Java.

    It is used like a dict with str keys. A value is anything that can cross to Java; it
    is copied when it is stored and when it is read, so changing a list that was read
    changes nothing for others.

    >>> pyboot.state["rates"] = {"EUR": 1.08}
    >>> pyboot.state["rates"]["EUR"]
    1.08
    >>> pyboot.state.increment("orders")
    1

    Each method is atomic by itself, ``update()``, ``clear()`` and ``copy()`` are not.
    """

    __slots__ = ()

    def __getitem__(self, key: str):
        found = _call("get", key)
        if not found:
            raise KeyError(key)
        return found[0]

    def get(self, key: str, default=None):
        """Return the value of a key, or the default."""
        found = _call("get", key)
        return found[0] if found else default

    def __setitem__(self, key: str, value) -> None:
        _call("set", key, value)

    def set(self, key: str, value) -> None:
        """Store a value; the same as ``state[key] = value``."""
        _call("set", key, value)

    def setdefault(self, key: str, default=None):
        """Store a value if the key has none; return the value that the key has then."""
        while not _call("set_if_absent", key, default):
            found = _call("get", key)
            if found:  # else it was removed meanwhile
                return found[0]
        return default

    def __delitem__(self, key: str) -> None:
        if not _call("remove", key):
            raise KeyError(key)

    def delete(self, key: str) -> bool:
        """Remove a key. Return whether it was there."""
        return bool(_call("remove", key))

    def pop(self, key: str, default=_missing):
        """Remove a key and return its value, or the default; KeyError without one."""
        found = _call("remove", key)
        if found:
            return found[0]
        if default is _missing:
            raise KeyError(key)
        return default

    def compare_and_set(self, key: str, expected, value) -> bool:
        """Store a value if the key has the expected one. Return whether it had.

        Values are the same if they are of the same type and equal: 1 is not 1.0.
        """
        return _call("compare_and_set", key, expected, value)

    def increment(self, key: str, by: int = 1) -> int:
        """Add to the int of a key, to 0 if it has no value, and return the sum.

        Raises TypeError if the value is no int, and OverflowError if the sum does not
        fit 64 bits.
        """
        if not isinstance(by, int) or isinstance(by, bool):
            raise TypeError(f"by must be an int, not {type(by).__name__}")
        return _call("increment", key, by)

    def decrement(self, key: str, by: int = 1) -> int:
        """Subtract from the int of a key; see increment()."""
        if not isinstance(by, int) or isinstance(by, bool):
            raise TypeError(f"by must be an int, not {type(by).__name__}")
        return _call("increment", key, -by)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and _call("contains", key)

    def __iter__(self):
        return iter(_call("keys"))

    def __len__(self) -> int:
        return len(_call("keys"))

    def keys(self, prefix: str = ""):
        """Return the keys, or those that begin so, as they are now."""
        return dict.fromkeys(key for key in _call("keys") if key.startswith(prefix)).keys()

    def values(self):
        """Return the values as they are now."""
        return self.copy().values()

    def items(self):
        """Return the keys and values as they are now."""
        return self.copy().items()

    def copy(self) -> dict:
        """Return a dict of all keys and values."""
        return _call("copy")

    def clear(self) -> None:
        """Remove the keys that are there."""
        for key in _call("keys"):
            _call("remove", key)

    def __repr__(self) -> str:
        return f"<pyboot.state with {len(self)} entries>"


def _call(operation: str, *arguments):
    if arguments and not isinstance(arguments[0], str):
        raise TypeError(f"a key must be a str, not {type(arguments[0]).__name__}")
    try:
        return _callbacks.function("pyboot.state")(operation, *arguments)
    except _callbacks.JavaError as e:
        if e.java_class == "java.lang.ArithmeticException":
            raise OverflowError(e.message) from None
        if e.java_class == "io.pyboot.PythonConversionException":
            raise TypeError(e.message) from None
        raise


state = SharedState()
