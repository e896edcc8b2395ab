"""Does something as soon as a module of the standard library is imported.

So a context need not import at its start what most Python code never uses.
"""

import sys

__all__: list[str] = []

# By name of the module: what is still to be done.
_actions: dict[str, object] = {}


def after_import(name: str, action) -> None:
    """Call ``action(module)`` once the module is there: now, or right after its import."""
    module = sys.modules.get(name)
    if module is not None:
        action(module)
        return
    _actions[name] = action
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


class _Finder:
    """Stands first, and leaves when there is nothing left to wait for."""

    @staticmethod
    def find_spec(fullname: str, path=None, target=None):
        if fullname not in _actions:
            return None
        for finder in list(sys.meta_path):
            spec = None if finder is _Finder else finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, fullname)
                return spec
        return None


class _Loader:
    """Loads a module by its own loader, and leaves no trace in the module."""

    def __init__(self, loader, name: str) -> None:
        self.loader = loader
        self.name = name

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module) -> None:
        module.__spec__.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        action = _actions.pop(self.name, None)
        if not _actions and _Finder in sys.meta_path:
            sys.meta_path.remove(_Finder)
        if action is not None:
            action(module)
