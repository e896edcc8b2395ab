"""Replaces modules of the application by what their source says now.

Private: the names and signatures are those of Reload.java, which runs check, then
prepare, in every context of a pool, and then commit in all of them, or drop in all.

The new code runs in module objects of its own, which nobody else sees before the
commit. So code that runs meanwhile has the old modules whole, a failure changes
nothing, and a name that the new source does not define is gone.
"""

import ast
import importlib
import os
import sys
from contextlib import ExitStack
from importlib import _bootstrap
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec, SourceFileLoader
from types import CodeType, FunctionType, ModuleType
from weakref import WeakSet

import _pyboot

__all__: list[str] = []

_NOTE = "pyboot.reload="

_STDLIB = os.path.dirname(os.__file__) + os.sep
_LIBRARIES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")

# By ticket: the new modules, by name, in the order in which they were made.
_prepared: dict[int, dict[str, ModuleType]] = {}

# Modules that were replaced and that something still refers to.
_retired: WeakSet[ModuleType] = WeakSet()

_Plan = dict[str, tuple[ModuleSpec, CodeType]]


def check(names: list[str]) -> list[str]:
    """Compile what a reload of the modules would run; return the names of that, dependencies first.

    Changes nothing. Modules that are not imported are left out: their first import
    reads the source anyway. ImportError for a module that cannot be reloaded.
    """
    return list(_plan(names))


def prepare(ticket: int, names: list[str]) -> list[str]:
    """Run the new source of the modules, and of those that import them, and keep the result under the ticket."""
    plan = _plan(names)
    if plan:
        _prepared[ticket] = _run(plan)
    return list(plan)


def commit(ticket: int) -> list[str]:
    """Put what was prepared in place; the names. Nothing for a context that was made since: it has the new code."""
    prepared = _prepared.pop(ticket, {})
    for name in prepared:
        replaced = sys.modules.get(name)
        if isinstance(replaced, ModuleType):
            _retired.add(replaced)
    sys.modules.update(prepared)
    for name, module in prepared.items():
        _bind_to_parent(name, module)
        _drop_caches(module)
    if prepared:
        _pyboot.forget_functions()
    return list(prepared)


def drop(ticket: int) -> None:
    """Forget what was prepared."""
    _prepared.pop(ticket, None)


def rebind(namespaces: list[dict]) -> None:
    """Let names that are bound to a replaced module mean its successor."""
    for namespace in namespaces:
        for name, value in list(namespace.items()):
            if isinstance(value, ModuleType) and value in _retired:
                namespace[name] = sys.modules.get(value.__name__, value)


# ---- what is reloaded ----


def _plan(names: list[str]) -> _Plan:
    importlib.invalidate_caches()
    loaded = [name for name in names if _is_reloadable(name)]
    return {name: _compile(name) for name in _with_importers(loaded)}


def _is_reloadable(name: str) -> bool:
    """Whether the module is imported; ImportError if it is of a kind that cannot be reloaded."""
    if name == "__main__":
        raise ImportError("__main__ is the namespace of a context, not a module with a source", name=name)
    if name.partition(".")[0] in ("pyboot", "_pyboot"):
        raise ImportError(f"{name!r} belongs to Pyboot and is not reloaded", name=name)
    module = sys.modules.get(name)
    if module is None:
        return False
    spec = getattr(module, "__spec__", None)
    origin = spec.origin if spec is not None else None
    if origin in ("built-in", "frozen") or (origin and _is_of_stdlib(origin)):
        raise ImportError(f"{name!r} belongs to Python's standard library and is not reloaded", name=name)
    if origin and origin.endswith(tuple(EXTENSION_SUFFIXES)):
        raise ImportError(
            f"{name!r} is an extension module ({origin}), which cannot be reloaded: restart the application",
            name=name,
        )
    if spec is not None and spec.origin is None and spec.submodule_search_locations is not None:
        raise ImportError(f"{name!r} is a folder without __init__.py: reload the modules in it", name=name)
    if _source_of(module) is None:
        raise ImportError(f"{name!r} was not loaded from a source file and cannot be reloaded", name=name)
    return True


def _is_of_stdlib(path: str) -> bool:
    return path.startswith(_STDLIB) and not any(folder in path for folder in _LIBRARIES)


def _source_of(module: object) -> str | None:
    spec = getattr(module, "__spec__", None)
    loader = getattr(spec, "loader", None)
    return spec.origin if isinstance(module, ModuleType) and isinstance(loader, SourceFileLoader) else None


def _application_modules() -> dict[str, tuple[ModuleType, str]]:
    """The modules that may depend on one that changes, with their files: no library's, and none whose file is gone."""
    found = {}
    for name, module in sys.modules.copy().items():
        path = _source_of(module)
        if path is None or name == "__main__" or name.partition(".")[0] == "pyboot":
            continue
        if not _is_of_stdlib(path) and not any(folder in path for folder in _LIBRARIES) and os.path.exists(path):
            found[name] = (module, path)
    return found


def _with_importers(names: list[str]) -> list[str]:
    """The modules and those that import them, directly or not; each after what it imports, except in a cycle."""
    if not names:
        return []
    importers: dict[str, list[str]] = {}
    for name, (module, path) in _application_modules().items():
        for imported in _imports(name, module, path):
            importers.setdefault(imported, []).append(name)
    finished: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for importer in importers.get(name, ()):
            if importer not in seen:
                visit(importer)
        finished.append(name)

    for name in reversed(names):
        if name not in seen:
            visit(name)
    return finished[::-1]


def _imports(name: str, module: ModuleType, path: str) -> set[str]:
    """The modules that a module imports when it is loaded, by its source and by what it holds."""
    imported = set()
    for value in list(module.__dict__.values()):
        if isinstance(value, ModuleType):
            imported.add(value.__name__)
        elif isinstance(value, (type, FunctionType)) and isinstance(value.__module__, str):
            imported.add(value.__module__)
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
    except (OSError, SyntaxError, ValueError):
        tree = None  # if it is to be reloaded, compiling it will say so
    package = name if hasattr(module, "__path__") else name.rpartition(".")[0]
    if tree is not None:
        _add_imports(tree, package, imported)
    imported.discard(name)
    return imported


def _add_imports(node: ast.AST, package: str, imported: set[str]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue  # imports in a function happen at its call, which finds the new module by itself
        if isinstance(child, ast.Import):
            for alias in child.names:
                imported.update(_with_parents(alias.name))
        elif isinstance(child, ast.ImportFrom):
            source = _absolute(child, package)
            imported.update(_with_parents(source))
            imported.update(f"{source}.{alias.name}" for alias in child.names)
        elif isinstance(child, ast.If) and _is_type_checking(child.test):
            for statement in child.orelse:
                _add_imports(ast.Module([statement], []), package, imported)
        else:
            _add_imports(child, package, imported)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - node.level + 1])
    return f"{base}.{node.module}" if node.module else base


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


def _is_type_checking(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", None), getattr(test, "attr", None))


# ---- compiling and running ----


def _compile(name: str) -> tuple[ModuleSpec, CodeType]:
    """Compile the source itself: a .pyc may be that of an older source of the same size and second."""
    spec = _find_spec(name)
    if spec is None or not isinstance(spec.loader, SourceFileLoader) or spec.origin is None:
        path = _source_of(sys.modules.get(name))
        raise _noted(ModuleNotFoundError(f"the source of module {name!r} is gone: {path}", name=name), name, path, 0)
    try:
        return spec, spec.loader.source_to_code(spec.loader.get_data(spec.origin), spec.origin)
    except Exception as e:
        raise _noted(e, name, spec.origin, getattr(e, "lineno", None) or 0)


def _find_spec(name: str) -> ModuleSpec | None:
    parent = sys.modules.get(name.rpartition(".")[0])
    path = getattr(parent, "__path__", None)
    for finder in list(sys.meta_path):
        spec = finder.find_spec(name, path, None)
        if spec is not None:
            return spec
    return None


def _noted(error: BaseException, name: str, path: str | None, line: int) -> BaseException:
    error.add_note(f"{_NOTE}{name} ({path}:{line})")
    return error


class _Finder:
    """Gives the planned modules to the import system; first in sys.meta_path while they are made.

    So they import each other, in cycles too, as at their first import.
    """

    def __init__(self, plan: _Plan, old: dict[str, ModuleType]) -> None:
        self._plan = plan
        self._old = old

    def find_spec(self, name: str, path=None, target=None) -> ModuleSpec | None:
        planned = self._plan.get(name)
        if planned is None:
            return None
        spec, code = planned
        if not isinstance(spec.loader, _Loader):
            spec.loader = _Loader(spec.loader, code, self._old.get(name))
        return spec


class _Loader:
    """Runs code that was compiled before; the module has the loader of its file then."""

    def __init__(self, loader, code: CodeType, old: ModuleType | None) -> None:
        self._loader = loader
        self._code = code
        self._old = old

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        prefix = f"{module.__name__}."
        for name, loaded in sys.modules.copy().items():
            child = name.removeprefix(prefix)
            if child != name and "." not in child and loaded is not None:
                setattr(module, child, loaded)  # a submodule that is not reloaded stays an attribute of its package
        try:
            exec(self._code, module.__dict__)
        except BaseException:
            if self._old is not None:  # another thread may have got hold of the new module, and waits for it
                module.__dict__.update(self._old.__dict__)
            raise


def _run(plan: _Plan) -> dict[str, ModuleType]:
    """Make the planned modules and take them out of sight again.

    Another thread that imports one of them meanwhile waits for its lock and finds the
    old one then, unless it came when the new one was complete.
    """
    made: dict[str, ModuleType] = {}
    late: dict[str, list[ModuleType]] = {}
    try:
        with ExitStack() as locks:
            for name in sorted(plan):
                locks.enter_context(_bootstrap._ModuleLockManager(name))
            _run_locked(plan, made, late)
    finally:
        for name, new in late.items():
            _bootstrap._lock_unlock_module(name)  # its import may have waited for the locks above
            module = sys.modules.get(name)
            if module is not None and _holds(module, new):
                made[name] = sys.modules.pop(name)
                _pyboot.forget_functions()
    return made


def _is_being_imported(module: object) -> bool:
    return getattr(getattr(module, "__spec__", None), "_initializing", False)


def _holds(module: object, others: list[ModuleType]) -> bool:
    """Whether a module has imported one of the others, or a part of one."""
    namespaces = [other.__dict__ for other in others]
    for value in list(module.__dict__.values()):
        owner = value.__dict__ if isinstance(value, ModuleType) else getattr(value, "__globals__", None)
        if any(owner is namespace for namespace in namespaces):
            return True
        if isinstance(value, type) and any(namespace.get(value.__name__) is value for namespace in namespaces):
            return True
    return False


def _run_locked(plan: _Plan, made: dict[str, ModuleType], late: dict[str, list[ModuleType]]) -> None:
    before = set(sys.modules)
    old = {name: sys.modules[name] for name in plan if name in sys.modules}
    finder = _Finder(plan, old)
    importing = ""
    try:
        sys.meta_path.insert(0, finder)
        for name in plan:
            sys.modules.pop(name, None)
        for name in plan:
            importing = name
            importlib.import_module(name)
        made.update((name, sys.modules[name]) for name in plan)
    except BaseException as e:
        raise _located(e, plan, importing)
    finally:
        try:
            _withdraw(plan, old, before, finder, made, late)
        except BaseException:  # an interrupt, which comes once: what is half done here would break later imports
            _withdraw(plan, old, before, finder, made, late)
            raise


def _withdraw(plan: _Plan, old: dict, before: set[str], finder: _Finder, made: dict, late: dict) -> None:
    """Put everything back as it was. May be repeated.

    Modules that were imported for the first time may hold parts of those that are not
    in place yet, so they go with them, into made. One that another thread is just
    importing cannot be taken away from it: it goes into late, with the new modules.
    """
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)
    for name in _dependents(plan, before):
        module = sys.modules.get(name)
        if _is_being_imported(module):
            late[name] = [new for new in map(sys.modules.get, plan) if new is not None]
        elif module is not None:
            made[name] = module
    withdrawn = {}
    for name in {**plan, **made}:
        withdrawn[name] = sys.modules.pop(name, None)
        if name in old:
            sys.modules[name] = old[name]
    for name, new in withdrawn.items():
        parent = sys.modules.get(name.rpartition(".")[0])
        child = name.rpartition(".")[2]
        # Only code that imports from the package right now can have seen the new module there.
        if parent is not None and new is not old.get(name) and parent.__dict__.get(child) is new:
            if name in old:
                setattr(parent, child, old[name])
            else:
                delattr(parent, child)
    _pyboot.forget_functions()  # a call that came meanwhile may have found a function in a new module


def _dependents(plan: _Plan, before: set[str]) -> list[str]:
    if all(name in before or name in plan for name in _application_modules()):
        return []
    return [name for name in _with_importers(list(plan)) if name not in before and name not in plan]


def _bind_to_parent(name: str, module: ModuleType) -> None:
    parent = sys.modules.get(name.rpartition(".")[0])
    if parent is None:
        return
    child = name.rpartition(".")[2]
    bound = parent.__dict__.get(child)
    if bound is None or (isinstance(bound, ModuleType) and bound in _retired):
        setattr(parent, child, module)


def _located(error: BaseException, plan: _Plan, importing: str) -> BaseException:
    """Note the innermost line of a planned module that the error came through."""
    name, line = importing, 0
    by_file = {spec.origin: planned for planned, (spec, _) in plan.items()}
    tb = error.__traceback__
    while tb is not None:
        planned = by_file.get(tb.tb_frame.f_code.co_filename)
        if planned is not None:
            name, line = planned, tb.tb_lineno or 0
        tb = tb.tb_next
    return _noted(error, name, plan[name][0].origin if name in plan else None, line)


def _drop_caches(module: ModuleType) -> None:
    """Drop the .pyc, which a context made later might take for that of the new source, and the lines of tracebacks."""
    spec = getattr(module, "__spec__", None)
    if spec is None:
        return
    if spec.cached:
        try:
            os.unlink(spec.cached)
        except OSError:
            pass  # there is none, or it cannot be written either
    linecache = sys.modules.get("linecache")
    if linecache is not None:
        linecache.cache.pop(spec.origin, None)
