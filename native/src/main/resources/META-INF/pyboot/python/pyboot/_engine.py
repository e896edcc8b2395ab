"""What libpyboot calls. Private: the names and signatures are those of pb_exec.c.

Imports at the top are modules that every interpreter has loaded anyway, so that
a context starts fast.
"""

import sys

import _pyboot

from pyboot import _callbacks, _context, _handles, _output, _site
from pyboot._buffers import classify_buffer, make_array, make_buffer  # noqa: F401
from pyboot._views import end_views, make_view  # noqa: F401

__all__: list[str] = []


class RequestInterrupted(BaseException):
    """The request that ran was interrupted: past its deadline, cancelled, or at shutdown.

    It is no Exception, so that ``except Exception`` does not swallow it, and
    ``finally`` blocks run. ``request`` is the id of the request.
    """

    def __init__(self) -> None:
        self.request = _pyboot.current_request()
        super().__init__(f"request {self.request:#x} was interrupted")


# Both are one class for users, whatever module they found it in.
RequestInterrupted.__module__ = "pyboot"

# ---- objects that stay on their side ----

JavaRef = _handles.JavaRef
JavaRef.__module__ = "pyboot"
Handle = _handles.Handle
keep = _handles.keep


# ---- functions ----


def resolve(name: str, main: dict) -> tuple[object, str | tuple[str, ...]]:
    """Find the module that holds a function, and the function's name, or path, in it.

    ``name`` is ``module:qualified.name``, or dotted where it is clear: the
    longest prefix that is a module is taken then. The module ``__main__`` is the
    namespace of the context.
    """
    module, colon, qualname = name.partition(":")
    if not module or (colon and not qualname) or "\0" in name:
        raise ValueError(f"{name!r} does not name a function: write 'module:name'")
    if not colon:
        if "." not in name:
            raise ValueError(f"{name!r} does not name a function: write 'module:name' or 'builtins:{name}'")
        module, _, qualname = name.rpartition(".")
    if module == "__main__":
        return _descend(main, qualname, "__main__")
    return _import_holder(module, qualname, bool(colon))


def _import_holder(module: str, qualname: str, exact: bool) -> tuple[object, str | tuple[str, ...]]:
    import importlib

    try:
        return _descend(importlib.import_module(module), qualname, module)
    except ModuleNotFoundError as e:
        # "package.module.Class.method": the class is no module
        if exact or "." not in module or not (e.name == module or module.startswith(f"{e.name}.")):
            raise
        shorter, _, last = module.rpartition(".")
        try:
            return _import_holder(shorter, f"{last}.{qualname}", False)
        except ModuleNotFoundError:
            raise e from None


def _descend(holder, qualname: str, module: str) -> tuple[object, str | tuple[str, ...]]:
    names = tuple(qualname.split("."))
    found = holder
    for name in names:
        found = _member(found, name, module)
    if not callable(found):
        raise TypeError(f"{module}:{qualname} is not callable but a {type(found).__qualname__!r}")
    return holder, names if len(names) > 1 else names[0]


def _member(holder, name: str, module: str):
    try:
        return holder[name] if type(holder) is dict else getattr(holder, name)
    except (KeyError, AttributeError):
        pass
    import difflib

    names = holder if type(holder) is dict else dir(holder)
    near = difflib.get_close_matches(name, [n for n in names if isinstance(n, str)])
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise AttributeError(f"module {module!r} has no function {name!r}{hint}", name=name)


def resolve_in(name: str, namespace: dict):
    """Return the function of a dotted name in a session's namespace."""
    found = namespace
    for part in name.split("."):
        found = _member(found, part, "__main__")
    return found


def compile_source(source: str, is_expression: bool | None):
    """Compile an expression (True) or statements (None)."""
    if is_expression:
        return compile(source.strip(), "<eval>", "eval", dont_inherit=True)
    return compile(source, "<exec>", "exec", dont_inherit=True)


def collect() -> int:
    """Run the garbage collector, even where it is disabled; the number of unreachable objects found."""
    import gc

    return gc.collect()


def renew(main: dict, sessions: dict) -> None:
    """After a reload: what is bound to a replaced module in the context's namespaces is bound to the new one."""
    reload = sys.modules.get("pyboot._reload")
    if reload is not None:  # it was this interpreter that had one
        reload.rebind([main, *sessions.values()])


# ---- values that the codec cannot make by itself ----


def int_to_bytes(value: int) -> bytes:
    return int.to_bytes(value, int.bit_length(value) // 8 + 1, "little", signed=True)


def int_from_bytes(data: bytes) -> int:
    return int.from_bytes(data, "little", signed=True)


_values = None  # the module, once a value needs it


def to_wire(value):
    """Return what stands for a value that libpyboot does not know, see pyboot._values, or None."""
    global _values
    if _values is None:
        from pyboot import _values
    return _values.to_wire(value)


def from_wire(kind: str, fields: tuple):
    """Return the value of a kind that libpyboot does not know, see pyboot._values."""
    global _values
    if _values is None:
        from pyboot import _values
    return _values.from_wire(kind, fields)


# ---- callbacks ----

raise_java = _callbacks.raise_java


# ---- exceptions ----

_MAX_CHAIN = 32
_MAX_FRAMES = 500
_MAX_TEXT = 1 << 20


def describe(exc: BaseException) -> tuple:
    """Describe an exception as values that cross.

    (type, message, traceback, notes, frames, cause, members, exit code,
    throwable); frames are innermost first, cause is described likewise or None,
    members are those of an exception group, throwable is the JavaRef of what
    Java threw, if that is what it is.
    """
    return _describe(exc, _format(exc), 0, set())


def _describe(exc: BaseException, text: str, depth: int, seen: set) -> tuple:
    seen.add(id(exc))
    cause = exc.__cause__
    if cause is None and not exc.__suppress_context__:
        cause = exc.__context__
    described = None
    if cause is not None and depth < _MAX_CHAIN and id(cause) not in seen:
        described = _describe(cause, "", depth + 1, seen)
    members = []
    if isinstance(exc, BaseExceptionGroup) and depth < _MAX_CHAIN:
        members = [_describe(e, "", depth + 1, seen) for e in exc.exceptions[:100] if id(e) not in seen]
    return (
        _type_name(type(exc)),
        _message(exc),
        text,
        _notes(exc),
        _frames(exc.__traceback__),
        described,
        members,
        _exit_code(exc),
        exc._throwable if isinstance(exc, _callbacks.JavaError) else None,
    )


def _type_name(cls: type) -> str:
    if cls.__module__ in ("builtins", "__main__"):
        return cls.__qualname__
    return f"{cls.__module__}.{cls.__qualname__}"


def _message(exc: BaseException) -> str:
    try:
        return str.__getitem__(str(exc), slice(0, _MAX_TEXT))  # exact, also if __str__ gives a subclass
    except BaseException as e:
        return f"<str() of the exception raised {type(e).__name__}>"


def _notes(exc: BaseException) -> list[str]:
    try:
        notes = getattr(exc, "__notes__", None)
        return [n for n in notes if type(n) is str] if type(notes) in (list, tuple) else []
    except BaseException:  # a property that raises: the exception itself matters more
        return []


def _frames(tb) -> list[tuple]:
    from collections import deque

    frames: deque[tuple] = deque(maxlen=_MAX_FRAMES)  # the innermost ones
    while tb is not None:
        code = tb.tb_frame.f_code
        module = tb.tb_frame.f_globals.get("__name__")
        frames.append((module if type(module) is str else "", code.co_qualname, code.co_filename, tb.tb_lineno or -1))
        tb = tb.tb_next
    return list(reversed(frames))


def _exit_code(exc: BaseException) -> int | None:
    if not isinstance(exc, SystemExit):
        return None
    code = exc.code
    if code is None:
        return 0
    return int.__and__(code, 0xFF) if isinstance(code, int) else 1


def _format(exc: BaseException) -> str:
    try:
        import traceback

        text = "".join(traceback.format_exception(exc, limit=-_MAX_FRAMES))
    except BaseException as e:
        text = f"{_type_name(type(exc))} (its traceback could not be formatted: {type(e).__name__})"
    return text[:_MAX_TEXT]


# ---- life of an interpreter ----


def setup_main(config: dict) -> dict:
    """Prepare the main interpreter; returns facts about it.

    The imports are those that must have happened here before the first
    subinterpreter exists: their static state is set up once a process.
    """
    site_folders = _site.complete_main()
    import datetime, decimal, os  # noqa: E401, F401

    os.environ.update(config["environment"])  # of the process: every interpreter sees it

    for name in config["imports"]:
        try:
            __import__(name)
        except ImportError as e:
            # A build without that module; then no subinterpreter can load it either.
            sys.stderr.write(f"pyboot: {name} is not available in this Python: {e}\n")
    _add_site_paths(config["site_paths"])
    _line_buffer()
    path = [p for p in sys.path if isinstance(p, str)]
    return {"version": sys.version, "path": path, "site_folders": site_folders}


def setup(config: dict) -> tuple[int, int]:
    """Prepare a context: path, facts, guards, preloaded modules."""
    made = _context.Context(config["pool"], config["index"], config["mode"])
    if config["mode"] == "subinterpreter":
        _context._contexts[None] = made
        _site.complete(config["site_folders"])
        _add_site_paths(config["site_paths"])
        _line_buffer()
        from pyboot import _extensions

        _extensions.install()
    else:
        import _thread

        _context._contexts[_thread.get_ident()] = made
    _callbacks.install()
    if "output" in config:  # else nobody serves callbacks
        _output.install(config["output"], config["max_message_size"])
    _extend_path(config["path"])
    for name in config["preload"]:
        _preload(name)
    return config["max_depth"], config["max_message_size"]


def _preload(name: str) -> None:
    import importlib

    try:
        importlib.import_module(name)
    except BaseException as e:
        e.add_note(f"pyboot.preload={name}")
        raise


def extend_path(paths: str) -> None:
    """Put directories, one a line, in front of the path of the calling interpreter."""
    _extend_path(paths.split("\n"))


def _extend_path(paths: list[str]) -> None:
    sys.path[:0] = [p for p in paths if p not in sys.path]


def _add_site_paths(paths: list[str]) -> None:
    missing = [p for p in paths if p not in sys.path]
    if missing:
        import site

        for p in missing:
            site.addsitedir(p)


def _line_buffer() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not None, and not replaced by a .pth file
            stream.reconfigure(line_buffering=True)


def probe_extension(name: str) -> str | None:
    """In main: import a module; None, or what the import raised."""
    import importlib

    try:
        importlib.import_module(name)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"
    return None


def close(millis: int) -> bool:
    """Join the threads that Python code started, for so long at most. True if none is left.

    Then functions registered with atexit run, while their output still reaches Java.
    """
    _output.flush()
    ended = _join_threads(millis)
    if ended:
        import atexit

        atexit._run_exitfuncs()
    _output.uninstall()
    return ended


def _join_threads(millis: int) -> bool:
    threading = sys.modules.get("threading")
    if threading is None:
        return True
    _end_idle_workers()
    import time

    until = time.monotonic() + millis / 1000
    # The "main thread" of a subinterpreter stands for that of the process, which no subinterpreter ends.
    others = {threading.current_thread(), threading.main_thread()}
    for thread in threading.enumerate():
        if thread not in others and not isinstance(thread, threading._DummyThread):
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                return False
    return True


def _end_idle_workers() -> None:
    """Tell the workers of every ThreadPoolExecutor to end, as the interpreter's exit does."""
    pools = sys.modules.get("concurrent.futures.thread")
    if pools is not None:
        with pools._global_shutdown_lock:
            pools._shutdown = True
        for queue in list(pools._threads_queues.values()):
            queue.put(None)
