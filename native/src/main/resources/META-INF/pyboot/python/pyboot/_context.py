"""What a context knows about itself."""

__all__ = ["Context", "context"]


class Context:
    """Facts about the context that the calling code runs in.

    ``pool`` is the name of its pool, ``index`` its 0-based place there and
    ``mode`` is ``"subinterpreter"`` or ``"main"``.
    """

    __slots__ = ("pool", "index", "mode")

    def __init__(self, pool: str, index: int, mode: str) -> None:
        self.pool = pool
        self.index = index
        self.mode = mode

    def __repr__(self) -> str:
        return f"Context(pool={self.pool!r}, index={self.index}, mode={self.mode!r})"


# By the identifier of the owner thread where contexts share an interpreter; under
# None the only context of a subinterpreter.
_contexts: dict[int | None, Context] = {}


def context() -> Context:
    """Return the context that the calling code runs in.

    Raises RuntimeError on a thread that Python code started in the main
    interpreter, which belongs to no context.
    """
    found = _contexts.get(None)
    if found is None:
        import _thread

        found = _contexts.get(_thread.get_ident())
    if found is None:
        raise RuntimeError("this thread belongs to no context")
    return found
