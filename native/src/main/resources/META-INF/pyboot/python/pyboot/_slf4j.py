"""Sends records to the loggers of Java, and knows their levels.

The levels are asked for once a logger and kept here, so that a record whose level is
disabled does not cross. See docs/logging.md.
"""

from time import monotonic

from pyboot import _callbacks

__all__ = ["log"]

# Names of the levels of Python's logging that pyboot.log() knows, without its import.
_LEVELS = {
    "TRACE": 5,
    "DEBUG": 10,
    "INFO": 20,
    "WARN": 30,
    "WARNING": 30,
    "ERROR": 40,
    "CRITICAL": 50,
    "FATAL": 50,
}

WARNING = 30
ERROR = 40

# Levels of Java change while the application runs: how old the ones known here may be.
_PERIOD = 1.0

# By name of a Python logger: the lowest level of Python's that its logger in Java takes.
_thresholds: dict[str, int] = {}

# When the levels are to be asked for again. Read at each check of a level.
due = 0.0

# Called after the levels were asked for again.
refreshed: list = []


def threshold(name: str) -> int:
    """Return the lowest level that the Java logger of a Python logger takes.

    Calls Java the first time, so it must not be called under a lock. If Java cannot be
    reached, the level is that of Python's own default.
    """
    found = _thresholds.get(name)
    if found is None:
        try:
            found = _thresholds[name] = _callbacks.function("pyboot.levels")([_java_name(name)])[0]
        except Exception:  # between the end of one pool and the start of another
            return WARNING
    return found


def refresh() -> None:
    """Ask Java again for the levels of all loggers that are known here."""
    global due
    due = monotonic() + _PERIOD  # first, so that only one thread asks
    names = list(_thresholds)
    if not names:
        return
    try:
        levels = _callbacks.function("pyboot.levels")([_java_name(name) for name in names])
    except Exception:  # as above: what was known stays
        return
    _thresholds.update(zip(names, levels))
    for action in refreshed:
        action()


def emit(level: int, name: str, text: str) -> None:
    """Log a text, whatever the level of the logger was when it was asked for."""
    _callbacks.function("pyboot.log")(_index(level), _java_name(name), text)


def log(message: object, level: str | int = "INFO", logger: str = "pyboot") -> None:
    """Log a message to the application's log without Python's ``logging``.

    It goes to the logger ``python.<logger>`` of Java. ``level`` is a name, such as
    ``"WARNING"``, or a number of Python's ``logging``. Raises ValueError if there is no
    such level.

    >>> pyboot.log("model loaded")
    >>> pyboot.log(f"only {n} rows", "WARNING", logger="import")
    """
    if isinstance(level, str):
        number = _LEVELS.get(level.upper())
        if number is None:
            raise ValueError(f"there is no level {level!r}, only {', '.join(_LEVELS)}")
    else:
        number = level
    if monotonic() >= due:
        refresh()
    if number >= threshold(logger):
        emit(number, logger, str(message))


def _java_name(name: str) -> str:
    return "python" if name in ("root", "") else "python." + name


def _index(level: int) -> int:
    """TRACE, DEBUG, INFO, WARN, ERROR: the highest that is not above the level."""
    if level >= ERROR:
        return 4
    return 0 if level < 10 else level // 10
