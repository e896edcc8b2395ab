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
thresholds: dict[str, int] = {}

# By the same names: those of the loggers in Java.
_java_names: dict[str, str] = {"root": "python", "": "python"}

# When the levels are to be asked for again. Read at each check of a level.
due = 0.0

# Called after the levels were asked for again.
refreshed: list = []


def threshold(name: str) -> int:
    """Return the lowest level that the Java logger of a Python logger takes.

    Calls Java the first time, so it must not be called under a lock. If Java cannot be
    reached, the level is that of Python's own default.
    """
    found = thresholds.get(name)
    if found is None:
        try:
            found = thresholds[name] = _callbacks.function("pyboot.levels")([_java_name(name)])[0]
        except Exception:  # between the end of one pool and the start of another
            return WARNING
    return found


def refresh() -> None:
    """Ask Java again for the levels of all loggers that are known here."""
    global due
    due = monotonic() + _PERIOD  # first, so that only one thread asks
    names = list(thresholds)
    if not names:
        return
    try:
        levels = _callbacks.function("pyboot.levels")([_java_name(name) for name in names])
    except Exception:  # as above: what was known stays
        return
    thresholds.update(zip(names, levels))
    for action in refreshed:
        action()


def emit(level: int, name: str, text: str) -> None:
    """Log a text, whatever the level of the logger was when it was asked for."""
    # TRACE, DEBUG, INFO, WARN, ERROR: the highest that is not above the level.
    index = 4 if level >= ERROR else level // 10 if level >= 10 else 0
    _callbacks.function("pyboot.log")(index, _java_names.get(name) or _java_name(name), text)


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
    found = _java_names.get(name)
    if found is None:
        found = _java_names[name] = "python." + name
    return found
