"""Python code's view of the Spring Boot application that it runs in.

Every context can import this package. Nothing outside the standard library is
needed.

>>> import pyboot
>>> pyboot.context().pool
'default'

A method that Java has annotated with ``@PythonCallable("price")`` can be called as

>>> from pyboot import price
>>> price("apple", quantity=3)

or as ``pyboot.price(...)`` or ``pyboot.call("price", ...)``.
"""

from pyboot._callbacks import JavaError, attribute, call, callbacks
from pyboot._context import Context, context
from pyboot._engine import RequestInterrupted

__all__ = ["Channel", "ChannelClosed", "Context", "JavaError", "RequestInterrupted", "call", "callbacks", "channel", "context"]

# Imported when they are first used, so that a context starts fast.
_LATER = {"Channel": "_channels", "ChannelClosed": "_channels", "channel": "_channels"}


def __getattr__(name: str):
    module = _LATER.get(name)
    if module is None:
        return attribute(name)
    import importlib

    found = globals()[name] = getattr(importlib.import_module(f"pyboot.{module}"), name)
    return found


def __dir__() -> list[str]:
    return [*__all__, *callbacks()]
