"""Small conveniences of the Spring application that the code runs in."""

from pyboot import _callbacks
from pyboot._context import context

__all__ = ["bean_names", "environment", "publish"]


def publish(payload) -> None:
    """Publish an object as an application event of Spring, a ``PythonEvent``.

    Its listeners run before this returns, on the thread of a callback. Raises
    TypeError if the object cannot cross, and JavaError if a listener throws.

    >>> pyboot.publish({"order": 17, "state": "shipped"})
    """
    try:
        here = context()
    except RuntimeError:  # a thread that belongs to no context
        pool, index = None, None
    else:
        pool, index = here.pool, here.index
    _application("publish", payload, pool, index)


def environment(name: str, default: str | None = None) -> str | None:
    """Return the value of a property of the application, or the default.

    >>> pyboot.environment("server.port", "8080")
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a property is a str, not {type(name).__name__}")
    value = _application("environment", name)
    return default if value is None else value


def bean_names() -> list[str]:
    """Return the names of the beans of the application, in order."""
    return _application("bean_names")


def _application(function: str, *arguments):
    try:
        return _callbacks.function("pyboot." + function)(*arguments)
    except LookupError:
        raise RuntimeError(f"pyboot.{function}() needs a Spring application, and this code runs in none") from None
