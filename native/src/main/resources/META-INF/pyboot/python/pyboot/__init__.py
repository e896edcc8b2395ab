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

from pyboot._application import bean_names, environment, publish
from pyboot._callbacks import JavaError, attribute as __getattr__, call, callbacks
from pyboot._context import Context, context
from pyboot._engine import RequestInterrupted
from pyboot._handles import JavaRef, handle

__all__ = [
    "Channel",
    "ChannelClosed",
    "Context",
    "JavaError",
    "JavaRef",
    "LogHandler",
    "RequestInterrupted",
    "bean_names",
    "call",
    "callbacks",
    "channel",
    "context",
    "environment",
    "handle",
    "log",
    "publish",
    "state",
]


def __dir__() -> list[str]:
    return [*__all__, *callbacks()]
