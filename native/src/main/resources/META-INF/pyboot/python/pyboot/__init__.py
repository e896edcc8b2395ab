"""Python code's view of the Spring Boot application that it runs in.

Every context can import this package. Nothing outside the standard library is
needed.

>>> import pyboot
>>> pyboot.context().pool
'default'
"""

from pyboot._context import Context, context
from pyboot._engine import RequestInterrupted

__all__ = ["Context", "RequestInterrupted", "context"]
