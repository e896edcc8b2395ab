"""Guards the import of extension modules in a subinterpreter.

An extension module that is not of the standard library is imported in the main
interpreter first: CPython 3.13.0 to 3.14.3 aborts the process if its init
function raises inside a subinterpreter (cpython#144601). And a module that
refuses subinterpreters gets an error that says what to do.
"""

import sys

# Where importlib.machinery has it from: every interpreter has this module already.
from _frozen_importlib_external import ExtensionFileLoader

import _pyboot

__all__: list[str] = []

_REFUSED = "does not support loading in subinterpreters"


def install() -> None:
    """Wrap the loader of extension modules of the calling interpreter."""
    create_module = ExtensionFileLoader.create_module
    stdlib = _stdlib_folders()

    def create_guarded_module(self, spec):
        if not self.path.startswith(stdlib):
            error = _pyboot.probe_extension(spec.name)
            if error is not None and _REFUSED not in error:
                raise ImportError(f"{spec.name} cannot be imported: {error}", name=spec.name, path=self.path)
        try:
            return create_module(self, spec)
        except ImportError as e:
            if _REFUSED not in str(e):
                raise
            raise ImportError(
                f"{e}. Use a pool with mode: main for code that imports it",
                name=spec.name,
                path=self.path,
            ) from None

    ExtensionFileLoader.create_module = create_guarded_module


def _stdlib_folders() -> tuple[str, ...]:
    """Folders of lib-dynload, which holds the extension modules of the standard library."""
    return tuple(p + "/" for p in sys.path if p.endswith("/lib-dynload"))
