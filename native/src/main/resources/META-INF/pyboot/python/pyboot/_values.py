"""Values that libpyboot does not know: what stands for them on their way to Java, and back.

Private. Both directions are closed: a value is made by one of the functions
here, of fields that are checked, whatever the bytes were; nothing is imported,
looked up or called because a message names it. A module of the standard library
is imported when the first of its values arrives, so that a context starts fast;
on the way to Java its class can only be there if the module is.

The kinds of the wire's tag ``X`` and their fields:

====  ==================  =====================================================
kind  value               fields
====  ==================  =====================================================
D     date                year, month, day
T     time                hour, minute, second, nanoseconds, offset or None
M     datetime            year, month, day, hour, minute, second, nanoseconds;
                          then the offset if it is aware; then the zone's key
                          if it has one
P     timedelta           days, seconds, microseconds
O     timezone            offset
R     ZoneInfo            key
N     Decimal             text
U     UUID                16 bytes
F     Path                text
C     complex             real, imaginary
G     range               start, stop, step
E     Enum member         value, name or None, name of the class (to Java only)
K     named tuple         elements, then the names in one str (to Java only)
H     channel             number, whether it carries bytes only, capacity (to
                          Python only)
I     Java iterator       number, how many items are taken at a time (to Python
                          only)
====  ==================  =====================================================

Offsets are those from UTC in seconds.
"""

import sys

__all__: list[str] = []

_INT64 = range(-(2**63), 2**63)


# ---- to Java ----


def to_wire(value):
    """Return what is to be written for a value.

    ``(kind, fields)``, or ``("=", plain)`` where a plain value stands for it, or
    ``("!", reason)`` why it cannot cross, or None: nothing is known about it.
    Classes are asked, never the value, whose ``__class__`` may lie or raise.
    """
    cls = type(value)
    exact = _EXACT.get(cls)
    if exact is not None:
        return exact(value)
    if hasattr(cls, "__dataclass_fields__") and not issubclass(cls, sys.modules["enum"].Enum):
        return _dataclass(value)
    for module, name, convert in _FAMILIES:
        base = getattr(sys.modules.get(module), name, None)
        if base is not None and issubclass(cls, base):
            if cls is base:
                _EXACT[cls] = convert
            return convert(value)
    if issubclass(cls, tuple):
        return _named_tuple(value)
    if cls.__name__ == "NAType" and cls.__module__ == "pandas._libs.missing":
        return "=", None
    return None


def _dataclass(value):
    from dataclasses import fields

    return "=", {f.name: getattr(value, f.name) for f in fields(value)}


def _mapping(value):
    return "=", {key: value[key] for key in value}


def _named_tuple(value):
    names = getattr(type(value), "_fields", None)
    if type(names) is not tuple or len(names) != tuple.__len__(value):
        return None
    if not all(type(n) is str and n.isidentifier() for n in names):
        return None
    return "K", (*tuple.__iter__(value), " ".join(names))


def _enum_member(value):
    cls = type(value)
    name = value._name_
    return "E", (value._value_, name if type(name) is str else None, f"{cls.__module__}.{cls.__qualname__}")


def _offset_of(value):
    """Return the offset in seconds, None for a naive value."""
    delta = value.utcoffset()
    if delta is None:
        return None
    if delta.microseconds:
        raise _Refused("its offset from UTC is no whole number of seconds")
    return delta.days * 86400 + delta.seconds


def _datetime(value):
    if value != value:  # pandas.NaT
        return "=", None
    try:
        offset = _offset_of(value)
    except _Refused as e:
        return "!", str(e)
    nanos = value.microsecond * 1000
    if type(value).__module__.startswith("pandas."):
        nanos += value.nanosecond
    fields = (value.year, value.month, value.day, value.hour, value.minute, value.second, nanos)
    if offset is None:
        return "M", fields
    key = getattr(value.tzinfo, "key", None) if _is_zone(value.tzinfo) else None
    return "M", (*fields, offset) if key is None else (*fields, offset, key)


def _is_zone(tz) -> bool:
    zone = getattr(sys.modules.get("zoneinfo"), "ZoneInfo", None)
    return zone is not None and issubclass(type(tz), zone)


def _date(value):
    return "D", (value.year, value.month, value.day)


def _time(value):
    try:
        offset = _offset_of(value)
    except _Refused as e:
        return "!", str(e)
    if offset is None and value.tzinfo is not None:
        return "!", "without a date, its zone has no offset"
    return "T", (value.hour, value.minute, value.second, value.microsecond * 1000, offset)


def _timedelta(value):
    if value != value:  # pandas.NaT is one as well
        return "=", None
    if getattr(value, "nanoseconds", 0):
        return "!", "it has a part below a microsecond"
    return "P", (value.days, value.seconds, value.microseconds)


def _timezone(value):
    delta = value.utcoffset(None)
    if delta.microseconds:
        return "!", "its offset from UTC is no whole number of seconds"
    return "O", (delta.days * 86400 + delta.seconds,)


def _zone(value):
    return ("R", (value.key,)) if type(value.key) is str else ("!", "it has no key")


def _decimal(value):
    if not value.is_finite():
        return "!", f"{type(value).__str__(value)} is no BigDecimal"
    from decimal import Decimal

    return "N", (Decimal.__str__(value),)


def _uuid(value):
    return "U", (value.bytes,)


def _path(value):
    from pathlib import PurePath, PurePosixPath, PureWindowsPath

    foreign = PureWindowsPath if issubclass(type(PurePath()), PurePosixPath) else PurePosixPath
    if issubclass(type(value), foreign):
        return "!", "it is a path of another operating system"
    return "F", (type(value).__str__(value),)


def _range(value):
    fields = (value.start, value.stop, value.step)
    return ("G", fields) if all(f in _INT64 for f in fields) else ("!", "its bounds do not fit 64 bits")


def _complex(value):
    return "C", (value.real, value.imag)


def _list(value):
    return "=", list(value)


def _bytearray(value):
    return "=", bytes(memoryview(value))


def _user_string(value):
    return "=", str(value)


class _Refused(Exception):
    """Why a value cannot cross."""


# Classes that are always there, by themselves; others are added when they are first met.
_EXACT = {
    range: _range,
    complex: _complex,
    type(type.__dict__): lambda value: ("=", dict(value)),
}

# The first that fits: datetime is a date.
_FAMILIES = (
    ("enum", "Enum", _enum_member),
    ("datetime", "datetime", _datetime),
    ("datetime", "date", _date),
    ("datetime", "time", _time),
    ("datetime", "timedelta", _timedelta),
    ("datetime", "timezone", _timezone),
    ("zoneinfo", "ZoneInfo", _zone),
    ("decimal", "Decimal", _decimal),
    ("uuid", "UUID", _uuid),
    ("pathlib", "PurePath", _path),
    ("collections", "deque", _list),
    ("collections", "UserList", _list),
    ("collections", "UserString", _user_string),
    ("builtins", "bytearray", _bytearray),
    ("builtins", "complex", _complex),
    ("_collections_abc", "MappingView", _list),
    ("_collections_abc", "Mapping", _mapping),
)


# ---- from Java ----


def from_wire(kind: str, fields: tuple):
    """Return the value of a kind; ValueError if there is none of these fields."""
    make = _MAKERS.get(kind)
    if make is None:
        raise ValueError(f"malformed message: unknown kind {kind!r}")
    try:
        return make(*fields)
    except (ArithmeticError, LookupError, TypeError, ValueError) as e:
        raise ValueError(f"no {make.__name__.removeprefix('_make_')} can be made of {fields!r:.100}: {e}") from None


def _typed(cls: type, *values) -> None:
    for value in values:
        if type(value) is not cls:
            raise TypeError(f"{cls.__name__} expected, not {type(value).__name__}")


def _make_date(year, month, day):
    from datetime import date

    return date(year, month, day)


def _make_time(hour, minute, second, nanos, offset):
    from datetime import time

    _typed(int, nanos)
    return time(hour, minute, second, nanos // 1000, None if offset is None else _make_timezone(offset))


def _make_datetime(year, month, day, hour, minute, second, nanos, offset=None, key=None):
    from datetime import datetime

    _typed(int, nanos)
    naive = datetime(year, month, day, hour, minute, second, nanos // 1000)
    if offset is None:
        return naive
    fixed = naive.replace(tzinfo=_make_timezone(offset))
    if key is None:
        return fixed
    zone = _make_ZoneInfo(key)
    for fold in (0, 1):
        made = naive.replace(tzinfo=zone, fold=fold)
        if made.utcoffset() == fixed.utcoffset():
            return made
    return fixed.astimezone(zone)  # the instant, where the two sides disagree about the zone


def _make_timedelta(days, seconds, microseconds):
    from datetime import timedelta

    _typed(int, days, seconds, microseconds)
    return timedelta(days, seconds, microseconds)


def _make_timezone(offset):
    from datetime import timedelta, timezone

    _typed(int, offset)
    return timezone(timedelta(seconds=offset)) if offset else timezone.utc


def _make_ZoneInfo(key):  # noqa: N802
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    _typed(str, key)
    try:
        return ZoneInfo(key)
    except ZoneInfoNotFoundError:
        raise ValueError(
            f"this Python knows no time zone {key!r}; without those of the system, install the package tzdata"
        ) from None
    except OSError as e:  # names a folder of the data
        raise ValueError(f"{key!r} is no time zone: {e}") from None


def _make_decimal(text):
    from decimal import Decimal

    _typed(str, text)
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError("it is not finite")
    return value


def _make_uuid(data):
    from uuid import UUID

    _typed(bytes, data)
    return UUID(bytes=data)


def _make_path(text):
    from pathlib import Path

    _typed(str, text)
    return Path(text)


def _make_complex(real, imaginary):
    _typed(float, real, imaginary)
    return complex(real, imaginary)


def _make_range(start, stop, step):
    _typed(int, start, stop, step)
    if not all(f in _INT64 for f in (start, stop, step)):
        raise ValueError("it does not fit 64 bits")
    return range(start, stop, step)


def _make_channel(number, raw, capacity):
    from pyboot import _channels

    _typed(int, number, capacity)
    return _channels.channel_of(number, raw is True, capacity)


def _make_iterator(number, ahead):
    from pyboot._iterators import JavaIterator

    _typed(int, number, ahead)
    return JavaIterator(number, ahead)


_MAKERS = {
    "D": _make_date,
    "T": _make_time,
    "M": _make_datetime,
    "P": _make_timedelta,
    "O": _make_timezone,
    "R": _make_ZoneInfo,
    "N": _make_decimal,
    "U": _make_uuid,
    "F": _make_path,
    "C": _make_complex,
    "G": _make_range,
    "H": _make_channel,
    "I": _make_iterator,
}
