"""Python code calls Java: callbacks by name.

The Java side registers a callback under a name; nothing else of the application can
be reached. See docs/callbacks.md.
"""

import sys

import _pyboot

__all__ = ["JavaError", "call", "callbacks"]

# Kinds of answers that are no value: those of io.pyboot.callback.CallbackCall.
_RAISED = 1
_UNKNOWN = 2
_UNSUITABLE = 3

_resolve = _pyboot.java_function((0, "resolve"))
_names = _pyboot.java_function((1, "names"))

# Names that were resolved. A name keeps its number, so an entry never goes wrong; it is
# dropped when Java says that the name is no longer registered.
_functions: dict[str, object] = {}


class JavaError(Exception):
    """Java code that Python called threw an exception.

    ``java_class`` is the class of the exception, such as
    ``"java.lang.IllegalStateException"``, ``message`` its message or None, and
    ``stack`` its stack trace as text. If it is not caught, the Java caller gets the
    original exception as the cause of its own.

    >>> try:
    ...     pyboot.call("reserve", "seat 12")
    ... except pyboot.JavaError as e:
    ...     print(e.java_class)
    """

    # The exception itself, as a JavaRef: the cause of the exception that Java gets.
    _throwable = None

    def __init__(self, java_class: str, message: str | None, stack: str = "", throwable=None) -> None:
        super().__init__(java_class, message)
        self.java_class = java_class
        self.message = message
        self.stack = stack
        if throwable is not None:
            self._throwable = throwable

    def __reduce__(self):  # without the throwable, which stays in this JVM
        return JavaError, (self.java_class, self.message, self.stack)

    def __str__(self) -> str:
        return self.java_class if self.message is None else f"{self.java_class}: {self.message}"


JavaError.__module__ = "pyboot"  # where users find it


def call(name: str, /, *args, **kwargs):
    """Call the callback of a name and return what it returns.

    Raises LookupError if no callback has the name, TypeError if the arguments do not
    suit it or cannot cross, and JavaError if it throws.
    """
    return function(name)(*args, **kwargs)


def callbacks() -> list[str]:
    """Return the names of all callbacks."""
    return _names()


def function(name: str):
    """Return the function that calls Java, for a name; LookupError if it is unknown."""
    found = _functions.get(name)
    if found is None:
        found = _functions[name] = _pyboot.java_function((_resolve(name), name))
    return found


# What the package has beside callbacks and is imported when it is used first, with its module.
_LAZY = {
    "Channel": "_channels",
    "ChannelClosed": "_channels",
    "LogHandler": "_logging",
    "channel": "_channels",
    "log": "_slf4j",
    "state": "_state",
}


def attribute(name: str):
    """An attribute of the package that is not there yet: a callback, or what is imported late.

    AttributeError if it is unknown.
    """
    if name in _LAZY:
        import importlib

        found = getattr(importlib.import_module(f"pyboot.{_LAZY[name]}"), name)
        setattr(sys.modules["pyboot"], name, found)
        return found
    if name.startswith("_"):
        raise AttributeError(f"module 'pyboot' has no attribute {name!r}", name=name)
    try:
        return function(name)
    except LookupError as e:
        raise AttributeError(f"module 'pyboot' has no attribute {name!r}: {e}", name=name) from None


def raise_java(kind: int, details) -> None:
    """Raise what an answer says that is no value."""
    if kind == _RAISED:
        raise JavaError(*details)
    if kind == _UNKNOWN:
        name, names = details
        _functions.pop(name, None)
        raise LookupError(_unknown(name, names))
    if kind == _UNSUITABLE:
        raise TypeError(details)
    raise RuntimeError(f"the answer of a callback is malformed: kind {kind}")


def _unknown(name: str, names: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, names)
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif names:
        hint = f"there are {', '.join(names[:20])}{', ...' if len(names) > 20 else ''}"
    else:
        hint = "none is registered"
    return f"no callback is named {name!r}; {hint}"


class _Finder:
    """Makes ``from pyboot import misspelt`` an ImportError that lists near misses.

    It stands last, so it is asked only for names that are neither a callback nor a
    module of this package.
    """

    @staticmethod
    def find_spec(fullname: str, path=None, target=None):
        package, _, name = fullname.partition(".")
        if package != "pyboot" or not name or "." in name or name.startswith("_"):
            return None
        raise ImportError(_unknown(name, _names()), name=fullname)


def install() -> None:
    """Add the finder to the calling interpreter, once."""
    if _Finder not in sys.meta_path:
        sys.meta_path.append(_Finder)
