"""Objects that stay on their side: Java objects that Python code holds, and Python objects that Java holds.

See docs/objects.md.
"""

from pyboot import _callbacks

__all__ = ["JavaRef", "handle"]


class JavaRef:
    """A Java object that Python code can hold, compare and give back, and nothing else.

    Java makes one with ``JavaRef.of(object)``. Given to a callback or returned, it
    arrives as the identical object. ``==`` and ``hash()`` are the object's ``equals``
    and ``hashCode``, so it can be in a set or the key of a dict. The object is kept
    as long as Python has a JavaRef of it.
    """

    # The capsule owns what keeps the object; libpyboot makes it.
    __slots__ = ("_capsule", "_hash", "__weakref__")

    def __new__(cls, capsule):
        if type(capsule).__name__ != "PyCapsule":
            raise TypeError("a JavaRef is made by Java: JavaRef.of(object)")
        self = super().__new__(cls)
        object.__setattr__(self, "_capsule", capsule)
        return self

    def __init_subclass__(cls, **kwargs):
        raise TypeError("pyboot.JavaRef cannot have subclasses")

    def __getattr__(self, name):
        if name == "_hash":  # not asked for yet
            value = _callbacks.function("pyboot.ref.hash")(self)
            object.__setattr__(self, "_hash", value)
            return value
        raise AttributeError(f"a JavaRef is opaque and has no attribute {name!r}: call Java with it", name=name)

    def __setattr__(self, name, value):
        raise AttributeError(f"a JavaRef is opaque: {name!r} cannot be set", name=name)

    def __delattr__(self, name):
        raise AttributeError(f"a JavaRef is opaque: {name!r} cannot be deleted", name=name)

    def __eq__(self, other):
        if self is other:
            return True
        if type(other) is not JavaRef:
            return NotImplemented
        return _callbacks.function("pyboot.ref.equals")(self, other)

    def __hash__(self):
        return self._hash

    def __repr__(self):
        try:
            return f"<JavaRef of {_callbacks.function('pyboot.ref.class')(self)}>"
        except Exception:  # nobody serves callbacks now
            return "<JavaRef>"

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, protocol):
        raise TypeError("a JavaRef cannot be pickled: the object is in this JVM")


class Handle:
    """What :func:`handle` makes; the codec knows it by its type."""

    __slots__ = ("object",)

    def __init__(self, object) -> None:
        self.object = object

    def __repr__(self) -> str:
        return f"pyboot.handle({self.object!r})"


def handle(object) -> Handle:
    """Let an object stay in Python when it goes to Java, where it arrives as a ``PythonObject``.

    For results, arguments of callbacks, and what is in them. Java's
    ``PythonObject``, given back to Python, is the object itself.

    >>> return pyboot.handle(model)
    """
    return Handle(object)


def keep(result, elements: bool):
    """Make a handle of a result, or of its elements (of the values, if it is a dict)."""
    if not elements:
        return _kept(result)
    if isinstance(result, dict):
        return {key: _kept(value) for key, value in result.items()}
    return None if result is None else [_kept(value) for value in result]


def _kept(value):
    return value if value is None or type(value) is Handle else Handle(value)


# ---- what io.pyboot.pool.KeptObject calls; the first argument is the object itself ----


def call(target, /, *args, **kwargs):
    return target(*args, **kwargs)


def call_method(target, name: str, /, *args, **kwargs):
    return getattr(target, name)(*args, **kwargs)


def call_as_method(target, name: str, functional: bool, /, *args):
    """Call a method for an interface of Java; the object itself if it is a function."""
    method = getattr(target, name, None)
    if method is None:
        if not (functional and callable(target)):
            raise AttributeError(f"{type(target).__name__!r} object has no method {name!r}", name=name, obj=target)
        method = target
    return method(*args)


def call_and_forget(target, name: str, functional: bool, /, *args) -> None:
    call_as_method(target, name, functional, *args)


def has_method(target, name: str, /) -> bool:
    return callable(getattr(target, name, None))


def get_item(target, key, /):
    return target[key]


def set_item(target, key, value, /) -> None:
    target[key] = value


def type_of(target, /) -> str:
    cls = type(target)
    module = cls.__module__
    return cls.__qualname__ if module in ("builtins", "__main__") else f"{module}.{cls.__qualname__}"


getattr, setattr, hasattr, len, str = getattr, setattr, hasattr, len, str


def itself(target, /):
    return target


def iterator(target, /) -> Handle:
    return Handle(iter(target))


def next_of(iterator, as_handle: bool, /):
    """Return (element,), or None at the end."""
    for element in iterator:
        return (_kept(element) if as_handle else element,)
    return None
