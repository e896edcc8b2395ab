"""Java iterators and streams in Python."""

import _thread
from collections import deque

from pyboot import _callbacks

__all__ = ["JavaIterator"]

# Numbers of iterators that were collected before their end; Java is told with the next pull.
_released: list[int] = []


class JavaIterator:
    """A Java iterator or stream, pulled item by item.

    It serves while the request runs that it was passed to; one that a callback
    returned serves for as long as it is referred to. Like a generator it is for one
    thread at a time. ``close()`` lets go of it early, which closes a Java stream;
    as a context manager it does that at the end of the block.

    >>> def total(rows):
    ...     return sum(row["price"] for row in rows)
    """

    __slots__ = ("_number", "_ahead", "_items", "_lock", "__weakref__")

    def __init__(self, number: int, ahead: int) -> None:
        self._number: int | None = number
        self._ahead = ahead
        self._items: deque = deque()
        self._lock = _thread.allocate_lock()

    def __iter__(self) -> "JavaIterator":
        return self

    def __next__(self):
        items = self._items
        if items:
            return items.popleft()
        if not self._lock.acquire(False):
            raise ValueError("a Java iterator is read by another thread, or by code that it calls itself")
        try:
            self._pull()
        finally:
            self._lock.release()
        return items.popleft()

    def _pull(self) -> None:
        number = self._number
        if number is None:
            raise StopIteration
        answer = _callbacks.function("pyboot.iterator.next")(number, self._ahead, _take_released())
        if answer is None:
            self._number = None
            raise RuntimeError("the Java iterator is closed: the request that it was passed to has ended")
        items, more = answer
        self._items.extend(items)
        if not more:
            self._number = None
        if not items:
            self._number = None
            raise StopIteration

    def close(self) -> None:
        """Let go of the Java iterator; no more items come."""
        number, self._number = self._number, None
        self._items.clear()
        if number is not None:
            _callbacks.function("pyboot.iterator.release")([number, *_take_released()])

    def __enter__(self) -> "JavaIterator":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __del__(self) -> None:
        if self._number is not None:
            _released.append(self._number)  # no call into Java: this may run anywhere

    def __repr__(self) -> str:
        return f"<JavaIterator {'closed' if self._number is None else 'open'}>"


JavaIterator.__module__ = "pyboot"


def _take_released() -> list[int]:
    if not _released:
        return _released
    taken = _released[:]
    del _released[: len(taken)]
    return taken
