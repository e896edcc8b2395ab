"""Memory of Java that Python sees for the length of a request.

Private: the names and signatures are those of pb_view.c.
"""

from _thread import RLock

import _pyboot

__all__: list[str] = []


class JavaMemory:
    """Exports memory of Java, and counts the views of it that exist.

    Each memoryview of the whole or a part of it, and whatever uses one, such as a
    NumPy array, shares an export. The memory goes back to Java when the last is
    gone; after the request no new one is given out.
    """

    __slots__ = ("_exports", "_lock", "_memory", "_view")

    def __init__(self, memory: memoryview, view: int) -> None:
        self._memory: memoryview | None = memory
        self._view = view
        self._exports = 0
        # Reentrant: the garbage collector may release a view at any allocation.
        self._lock = RLock()

    def __buffer__(self, flags: int) -> memoryview:
        with self._lock:
            if self._memory is None:
                raise BufferError("a view of a Java buffer ends with the request that it was an argument of")
            self._exports += 1
            return self._memory

    def __release_buffer__(self, view: memoryview) -> None:
        with self._lock:
            self._exports -= 1
            if self._exports == 0:
                self._give_back()

    def end(self, view: memoryview) -> None:
        """End the view; parts of it and what uses it keep the memory until they are gone."""
        with self._lock:
            self._memory = None
            try:
                view.release()
            except BufferError:
                pass
            if self._exports == 0:
                self._give_back()

    def _give_back(self) -> None:
        self._memory = None
        number, self._view = self._view, 0
        if number:
            _pyboot.give_back_view(number)


def make_view(memory: memoryview, number: int, views: list) -> memoryview:
    """Make the view of the memory that a request is given, and add it to its views."""
    holder = JavaMemory(memory, number)
    try:
        view = memoryview(holder)
        views.append((holder, view))
    except BaseException:
        holder._give_back()
        raise
    return view


def end_views(views: list) -> None:
    """End the views of a request. May be called again if it was interrupted."""
    for holder, view in views:
        holder.end(view)
