"""Python's ``logging`` goes to SLF4J. Installed when ``logging`` is imported first.

Levels: a logger that only Java listens to has the level of its logger in Java, as long
as Python code has set none. If it has, a record must pass both. Handlers that Python
code has added get what Python's own levels let pass.
"""

import logging
from time import monotonic

from pyboot import _slf4j

__all__ = ["LogHandler"]


class _Unset(int):
    """The level of the root logger that nobody has set. A class of its own, to be told apart from 30."""


_unset = _Unset(logging.WARNING)


class LogHandler(logging.Handler):
    """Sends records to SLF4J, to the logger ``python.<name of the logger>``.

    The root logger has one. A configuration that replaces the handlers of the root
    logger may name it: ``{"class": "pyboot.LogHandler"}``.
    """

    def createLock(self) -> None:
        """There is no lock: none may be held while Java runs, which may call Python."""
        self.lock = None

    def handle(self, record):
        passed = self.filter(record) if self.filters else True
        if isinstance(passed, logging.LogRecord):
            record = passed
        if passed:
            self.emit(record)
        return passed

    def emit(self, record) -> None:
        name = record.name
        if record.levelno < (_slf4j.thresholds.get(name) or _slf4j.threshold(name)):
            return  # meant for another handler
        try:
            # The default format is the message, unless there is more to say.
            plain = self.formatter is None and not (record.exc_info or record.exc_text or record.stack_info)
            _slf4j.emit(record.levelno, name, record.getMessage() if plain else self.format(record))
        except Exception:
            self.handleError(record)


def _is_enabled_for(self, level):
    """Is this logger enabled for level 'level'?"""
    if monotonic() >= _slf4j.due:
        _slf4j.refresh()
    if self.disabled:
        return False
    try:
        return self._cache[level]
    except KeyError:
        return _decide(self, level)


def _decide(logger, level) -> bool:
    java = _slf4j.threshold(logger.name)  # calls Java, so it comes before the lock
    with logging._lock:
        if logger.manager.disable >= level:
            enabled = False
        else:
            python = _python_level(logger)
            to_java, to_others = _receivers(logger)
            enabled = (to_java and level >= java and (python is _unset or level >= python)) or (
                to_others and level >= python
            )
        logger._cache[level] = enabled
    return enabled


def _python_level(logger) -> int:
    while logger is not None:
        if logger.level:
            return logger.level
        logger = logger.parent
    return logging.NOTSET


def _receivers(logger) -> tuple[bool, bool]:
    """Whether records of a logger reach a LogHandler, and whether they reach something else."""
    ours = others = False
    while logger is not None:
        for handler in logger.handlers:
            if isinstance(handler, LogHandler):
                ours = True
            else:
                others = True
        logger = logger.parent if logger.propagate else None
    return ours, others or not ours


def _effective_level(self) -> int:
    """Get the level in force: that of Python code if it has set one, else that of Java."""
    if monotonic() >= _slf4j.due:
        _slf4j.refresh()
    level = _python_level(self)
    if level is _unset and _receivers(self)[0]:
        return _slf4j.threshold(self.name)
    return int(level)


def _clearing_cache(method):
    def changed(self, handler):
        method(self, handler)
        self.manager._clear_cache()

    changed.__name__ = method.__name__
    changed.__qualname__ = method.__qualname__
    changed.__doc__ = method.__doc__
    return changed


def install() -> None:
    """Install the handler and the levels in this interpreter, once."""
    logger = logging.Logger
    if logger.isEnabledFor is _is_enabled_for:
        return
    logger.isEnabledFor = _is_enabled_for
    logger.getEffectiveLevel = _effective_level
    logger.addHandler = _clearing_cache(logger.addHandler)
    logger.removeHandler = _clearing_cache(logger.removeHandler)
    root = logging.root
    if root.level == logging.WARNING:
        root.level = _unset
    root.addHandler(LogHandler())
    _slf4j.refreshed.append(root.manager._clear_cache)


LogHandler.__module__ = "pyboot"  # where users find it
