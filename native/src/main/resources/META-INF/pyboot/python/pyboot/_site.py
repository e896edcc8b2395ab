"""What the module ``site`` does for an interpreter, at a fifth of its cost where that is possible.

CPython 3.13 and later are started without ``site`` (see pb_runtime.c): its
import is a quarter of what a subinterpreter costs, as it brings ``os``. The main
interpreter imports it here and so gets what it always has. A context imports it
too if that did more than to add folders: ran a sitecustomize, or read a .pth
file. Otherwise the folders and the builtins are all there is to do.

Code that imports ``site`` in such a context later makes it do the same again,
which adds nothing.
"""

import sys

__all__: list[str] = []


def complete_main() -> list[str] | None:
    """Import ``site`` in the main interpreter.

    Returns the folders that a context needs on its path instead, or None if a
    context must import ``site`` itself.
    """
    _unset_no_site()
    import site

    customized = "sitecustomize" in sys.modules or "usercustomize" in sys.modules
    if customized or sys.prefix != sys.base_prefix:
        return None
    return [p for p in site.getsitepackages() if p in sys.path]


def complete(folders: list[str] | None) -> None:
    """Give a new subinterpreter what ``site`` gives. ``folders`` is what complete_main returned."""
    if not _unset_no_site():
        return  # 3.12: CPython has done it
    if folders is None or any(_has_pth_file(p) for p in folders):
        import site  # noqa: F401
    else:
        sys.path += folders
        _add_builtins()


def _unset_no_site() -> bool:
    """Make ``sys.flags`` say that ``site`` is in use: it decides on the arguments of child processes as well."""
    if not sys.flags.no_site:
        return False
    sys.flags = sys.flags.__replace__(no_site=0)
    return True


def _has_pth_file(folder: str) -> bool:
    from posix import listdir  # os would be the half of what is to be saved

    try:
        return any(name.endswith(".pth") for name in listdir(folder))
    except OSError:
        return False


def _add_builtins() -> None:
    import builtins

    import _sitebuiltins

    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")
    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.help = _sitebuiltins._Helper()
    for name in ("copyright", "credits", "license"):
        setattr(builtins, name, _Notice(name))


class _Notice:
    """Stands for one of the three texts, which ``site`` puts in its place when it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return repr(self._made())

    def __call__(self):
        return self._made()()

    def _made(self):
        import builtins
        import site

        if getattr(builtins, self._name, self) is self:
            site.setcopyright()
        return getattr(builtins, self._name)
