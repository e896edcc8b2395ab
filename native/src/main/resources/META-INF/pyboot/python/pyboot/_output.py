"""Where the output of Python code goes: ``sys.stdout``, ``sys.stderr``, warnings, and
exceptions that nobody handles. See docs/logging.md.
"""

import codecs
import io
import sys
from _thread import _local

import _pyboot

from pyboot import _callbacks, _imports

__all__: list[str] = []

# A line that grows longer is split.
_MAX_LINE = 16_384

_WARNING = 30
_ERROR = 40


class _Rest:
    """What one thread has written after its last newline."""

    __slots__ = ("text", "decoder", "orphans")

    def __init__(self, orphans: list[str]) -> None:
        self.text = ""
        self.decoder = None  # of bytes that were written to the buffer
        self.orphans = orphans

    def __del__(self) -> None:
        # The thread has ended. Nothing may be called from here; the next flush sends it.
        if self.text:
            self.orphans.append(self.text)


class LineStream(io.TextIOBase):
    """A stream whose lines go to a logger of Java.

    A line is sent when its newline is written, at a flush, at the end of the request,
    or when it grows too long. Each thread has its own unfinished line.
    """

    encoding = "utf-8"
    errors = ""  # of an instance; here since the base class lets none set it
    newlines = None
    line_buffering = True
    mode = "w"

    def __init__(self, index: int, name: str, errors: str, process, max_line: int) -> None:
        self.index = index  # 1 for stdout, 2 for stderr, as of descriptors
        self.name = name
        self.errors = errors
        self.process = process  # the stream of the process, or None
        self.max_line = max_line
        self.orphans: list[str] = []
        self.local = _local()
        self.buffer = LineBuffer(self)

    def rest(self) -> _Rest:
        """The unfinished line of the calling thread."""
        try:
            return self.local.rest
        except AttributeError:
            made = self.local.rest = _Rest(self.orphans)
            return made

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        rest = self.rest()
        # The rest is changed before lines are sent: Java may call code that prints.
        head, newline, tail = text.rpartition("\n")
        if newline:
            lines = (rest.text + head).split("\n")
            rest.text = tail
        else:
            lines = ()
            rest.text += tail
            if len(rest.text) > self.max_line:
                full = (len(rest.text) - 1) // self.max_line * self.max_line
                lines, rest.text = (rest.text[:full],), rest.text[full:]
        if rest.text:
            _pyboot.at_request_end(flush)
        if lines:
            self.send(lines)
        return len(text)

    def flush(self) -> None:
        while self.orphans:
            self.send((self.orphans.pop(0),))
        rest = self.rest()
        if rest.text:
            line, rest.text = rest.text, ""
            self.send((line,))

    def send(self, lines) -> None:
        """Send lines to Java, no more than so many characters at a time."""
        batch: list[str] = []
        size = 0
        for line in lines:
            line = line.removesuffix("\r")
            for start in range(0, len(line) or 1, self.max_line):
                piece = line[start : start + self.max_line]
                if batch and size + len(piece) > self.max_line:
                    self.deliver(batch)
                    batch, size = [], 0
                batch.append(piece)
                size += len(piece) + 8
        self.deliver(batch)

    def deliver(self, lines: list[str]) -> None:
        try:
            _callbacks.function("pyboot.output")(self.index, lines)
        except Exception:  # Java cannot be reached, or its logger failed
            if self.process is not None:
                text = "\n".join(lines) + "\n"
                try:
                    self.process.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
                    self.process.flush()
                except (OSError, ValueError):  # closed
                    pass

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        """That of the process's stream, for children that are given it."""
        if self.process is None:
            raise io.UnsupportedOperation("fileno")
        return self.process.fileno()

    def reconfigure(self, **options) -> None:
        """Accepted, since code that wants UTF-8 calls it. Changes nothing."""
        self.flush()

    def close(self) -> None:
        """Flushes only: other code of the interpreter prints here too."""
        self.flush()

    def __repr__(self) -> str:
        return f"<pyboot stream {self.name!r} to the logger 'python.{self.name.strip('<>')}'>"


class LineBuffer(io.BufferedIOBase):
    """Takes the bytes that are written to ``sys.stdout.buffer``, in UTF-8."""

    def __init__(self, text: LineStream) -> None:
        self.text = text

    @property
    def name(self) -> str:
        return self.text.name

    @property
    def raw(self) -> "LineBuffer":
        return self

    def write(self, data) -> int:
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        with memoryview(data) as view:
            content = view.tobytes()
        rest = self.text.rest()
        if rest.decoder is None:
            rest.decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self.text.write(rest.decoder.decode(content))
        return len(content)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.text.fileno()

    def flush(self) -> None:
        self.text.flush()

    def close(self) -> None:
        self.text.flush()


# ---- what nobody handles ----


def _report(name: str, level: int, text: str) -> None:
    try:
        from pyboot import _slf4j  # not at the start of a context

        _slf4j.emit(level, name, text.rstrip("\n"))
    except Exception:  # Java cannot be reached
        print(text, file=sys.stderr)


def _excepthook(cls, value, traceback) -> None:
    _report("", _ERROR, _format(cls, value, traceback))


def _unraisablehook(unraisable) -> None:
    try:
        message = unraisable.err_msg or "Exception ignored in"
        where = "" if unraisable.object is None else f": {unraisable.object!r}"
        text = _format(unraisable.exc_type, unraisable.exc_value, unraisable.exc_traceback)
        _report("", _ERROR, f"{message}{where}\n{text}")
    except BaseException:  # it may be anything, raised anywhere
        sys.__unraisablehook__(unraisable)


def _thread_excepthook(args) -> None:
    if args.exc_type is not SystemExit:
        name = args.thread.name if args.thread is not None else "?"
        text = _format(args.exc_type, args.exc_value, args.exc_traceback)
        _report("", _ERROR, f"Exception in thread {name}:\n{text}")


def _format(cls, value, traceback) -> str:
    from traceback import format_exception

    return "".join(format_exception(cls, value, traceback))


def _hook_threading(module) -> None:
    if module.excepthook is module.__excepthook__:
        module.excepthook = _thread_excepthook


def _hook_warnings(module) -> None:
    original = module.showwarning

    def showwarning(message, category, filename, lineno, file=None, line=None):
        if file is not None:
            original(message, category, filename, lineno, file, line)
        else:
            text = module.formatwarning(message, category, filename, lineno, line)
            _report("py.warnings", _WARNING, text)

    module.showwarning = showwarning


def _hook_logging(module) -> None:
    from pyboot import _logging

    _logging.install()


# ---- life ----


def install(targets: dict[str, str], max_message_size: int) -> None:
    """Set up the interpreter: each stream goes to "logger" or "through" to the process.

    Contexts that share the main interpreter share its streams; the one that started
    last decides.
    """
    max_line = min(_MAX_LINE, max_message_size // 4 - 256)
    for index, name, errors in ((1, "stdout", "surrogateescape"), (2, "stderr", "backslashreplace")):
        present = getattr(sys, name)
        ours = isinstance(present, LineStream)
        if targets[name] == "logger" and not ours:
            # Code of an earlier context may have put anything there.
            process = present if hasattr(present, "write") else getattr(sys, f"__{name}__")
            setattr(sys, name, LineStream(index, f"<{name}>", errors, process, max_line))
        elif targets[name] == "through" and ours:
            setattr(sys, name, present.process)
    if sys.excepthook is not _excepthook:
        sys.excepthook = _excepthook
        sys.unraisablehook = _unraisablehook
        _imports.after_import("warnings", _hook_warnings)
        _imports.after_import("threading", _hook_threading)
        _imports.after_import("logging", _hook_logging)


def flush() -> None:
    """Send the unfinished lines of the calling thread."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # None, closed or replaced by the code that ran here
            pass


def uninstall() -> None:
    """The interpreter ends: what is still written goes to the process."""
    flush()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, LineStream):
            setattr(sys, name, stream.process)
    sys.excepthook = sys.__excepthook__
    sys.unraisablehook = sys.__unraisablehook__
