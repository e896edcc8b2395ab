"""Iterators that Java reads as streams.

Private: libpyboot calls ``keep``, ``begin``, ``end`` and ``close_all``, Java calls
``close``. A stream lives in the context that made it and is read there by the
owner thread, batch by batch: nothing runs unless Java asks for items. All its
code runs in one ``contextvars`` context, so that what it sets holds from item to
item.
"""

import _thread
import contextvars
import sys

__all__: list[str] = []

# How a batch ended: those of pb_stream.c. The "later" ones come after items that were
# delivered; what they are about is kept for the next batch.
_MORE, _EXHAUSTED, _RAISED, _RAISED_LATER, _REFUSED, _REFUSED_LATER = range(6)


class _Stream:
    __slots__ = ("iterator", "context", "owner", "running", "closing", "waiting", "error", "count")

    def __init__(self, iterator) -> None:
        self.iterator = iterator
        self.context = contextvars.copy_context()
        self.owner = _thread.get_ident()  # contexts of the main interpreter share the table
        self.running = False  # a batch is being made: nobody else may touch the iterator
        self.closing = False  # it is to be closed when the batch is done
        self.waiting = ()  # the item that could not be written at the end of the last batch
        self.error = None  # what the iterator raised at the end of the last batch
        self.count = 0  # items delivered


# By the number that Java gave the stream, which no other has in this process.
_streams: dict[int, _Stream] = {}


def keep(number: int, value) -> None:
    """Keep an iterator over the value that a request gave."""
    cls = type(value)
    if not hasattr(cls, "__iter__") and not hasattr(cls, "__getitem__"):
        if hasattr(cls, "__aiter__"):
            raise TypeError(
                f"an asynchronous iterator ('{cls.__qualname__}') cannot be a stream yet: write a generator with 'def'"
            )
        if hasattr(cls, "__await__"):
            if hasattr(cls, "close"):
                value.close()  # else Python warns that it was never awaited
            raise TypeError(f"a '{cls.__qualname__}' cannot be a stream yet: write a generator with 'def'")
        raise TypeError(f"a '{cls.__qualname__}' cannot be a stream: it cannot be iterated")
    _streams[number] = _Stream(iter(value))


def begin(number: int) -> tuple:
    """Begin a batch: (iterator, context, item that comes first if any, items delivered so far)."""
    stream = _streams.get(number)
    if stream is None:
        raise LookupError("the stream is closed")
    if stream.running:
        raise RuntimeError("a stream cannot be read by code that its own generator calls")
    if stream.error is not None:
        del _streams[number]
        raise stream.error
    stream.running = True
    return stream.iterator, stream.context, stream.waiting, stream.count


def end(number: int, count: int, outcome: int, what) -> None:
    """End a batch of ``count`` items."""
    stream = _streams.get(number)
    if stream is None:
        return
    stream.count += count
    stream.waiting = (what,) if outcome == _REFUSED_LATER else ()
    stream.error = what if outcome == _RAISED_LATER else None
    stream.running = False
    if outcome in (_EXHAUSTED, _RAISED):
        del _streams[number]
    elif outcome == _REFUSED or stream.closing:
        try:
            close(number)
        except Exception:
            if outcome != _REFUSED:  # else what refused the item matters more
                raise


def close(number: int) -> None:
    """Close a stream: a generator is left at the item where it stands, its ``finally`` blocks run."""
    stream = _streams.get(number)
    if stream is None:
        return
    if stream.running:  # its own code has called Java, which closes it
        stream.closing = True
        return
    del _streams[number]
    stream.context.run(_close, stream)


def _close(stream: _Stream) -> None:
    iterator, stream.iterator = stream.iterator, None
    method = getattr(iterator, "close", None)  # of generators, files, cursors
    if callable(method):
        method()


def close_all() -> None:
    """Close the streams of the context whose owner thread calls; errors are reported, not raised."""
    owner = _thread.get_ident()
    for number, stream in list(_streams.items()):
        if stream.owner == owner:
            stream.running = False
            try:
                close(number)
            except BaseException:
                sys.excepthook(*sys.exc_info())


def count() -> int:
    """Return the number of open streams."""
    return len(_streams)
