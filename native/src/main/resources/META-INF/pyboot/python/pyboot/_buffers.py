"""Arrays, NumPy and the buffer protocol, as far as the codec leaves them to Python.

Private: the names and signatures are those of pb_codec.c and pb_buffer.c. Neither
``array`` nor ``numpy`` is imported for a value that comes from Python: an object
of theirs exists only where somebody else has imported them.
"""

import sys

__all__: list[str] = []


def make_array(typecode: str, data: memoryview):
    """Make an array of the bytes, which are gone once this returns."""
    from array import array

    made = array(typecode)
    with data:
        made.frombytes(data)
    return made


def make_buffer(code: str, shape: tuple[int, ...], data: bytes) -> memoryview:
    """Make a read-only view of numbers; one without items has one dimension."""
    view = memoryview(data)
    return view.cast(code, shape) if 0 not in shape else view.cast(code)


def classify_buffer(value):
    """Say how an object that exports a buffer crosses.

    None: as bytes if it is one dimension of them, else with its shape. True:
    always with its shape. A typecode: as an array of it. A tuple: as the value in
    it. False: not at all.
    """
    if type(value) is memoryview:
        return None
    module = sys.modules.get("array")
    if module is not None and isinstance(value, module.array):
        return value.typecode if value.typecode not in "uw" else False
    numpy = sys.modules.get("numpy")
    generic = getattr(numpy, "generic", None)
    if generic is not None:
        if isinstance(value, numpy.ndarray):
            return _classify_array(numpy, value)
        if isinstance(value, generic):
            return _classify_scalar(numpy, value)
    return None


def _classify_array(numpy, value):
    if isinstance(value, numpy.ma.MaskedArray):
        return (value.tolist(),)  # its buffer also shows what the mask hides
    match value.dtype.kind:
        case "b" | "i" | "u" | "f" if value.dtype.itemsize <= 8:
            return True
        case "f":
            return (_map(numpy, value.tolist()),)
        case "M" | "m":
            return (_times(numpy, value).tolist(),)
        case "c" if value.dtype.itemsize > 16:
            return False
        case _:  # objects, text, complex numbers; a record is a tuple
            return (value.tolist(),)


def _classify_scalar(numpy, value):
    match value.dtype.kind:
        case "f":  # a long double is no float
            return (_exact_float(value),)
        case "M" | "m":
            return (_times(numpy, value).item(),)
        case "c" if value.dtype.itemsize > 16:
            return False
        case _:
            return (value.item(),)


def _exact_float(value) -> float:
    number = float(value)
    if number != value and value == value:
        raise ValueError("it is a long double that does not fit into a float")
    return number


def _map(numpy, values):
    return [_map(numpy, v) for v in values] if type(values) is list else _exact_float(values)


def _times(numpy, value):
    """Return dates and times in a unit that datetime has: NumPy gives an int for any other."""
    dates = value.dtype.kind == "M" and numpy.datetime_data(value.dtype)[0] in ("Y", "M", "W", "D")
    exact = value.astype(f"{value.dtype.kind}8[{'D' if dates else 'us'}]")
    same = (exact == value) | numpy.isnat(value)
    if not numpy.all(same) or any(type(v) is int for v in numpy.ravel(exact).tolist()):
        raise ValueError("it has dates or times that do not fit into those of datetime")
    return exact
