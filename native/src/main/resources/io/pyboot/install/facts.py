# Prints what Pyboot must know about this Python before it loads its library: values that
# end in NUL, in the order in which PythonFacts reads them. Runs on any Python 3.
import os
import platform
import site
import sys
import sysconfig


def mapped_library():
    """The libpython that this process runs on, by what the kernel has mapped."""
    try:
        with open("/proc/self/maps", errors="surrogateescape") as maps:
            for line in maps:
                path = line.rstrip("\n").split(None, 5)[5:]
                if path and os.path.basename(path[0]).startswith("libpython%d.%d" % sys.version_info[:2]):
                    return path[0]
    except OSError:
        pass  # no /proc here: the build configuration says it
    return ""


def installed_library():
    """The libpython that was installed along with an executable that does not need it."""
    var = sysconfig.get_config_var
    folders = [
        var("LIBDIR"),
        os.path.join(var("LIBDIR") or "", var("MULTIARCH") or ""),
        os.path.join(sys.base_prefix, "lib"),
        var("LIBPL"),
        var("PYTHONFRAMEWORKPREFIX"),
    ]
    for name in (var("INSTSONAME"), var("LDLIBRARY")):
        # libpython3.so is only a stub; a file that ends in .a is a static library.
        if name and not name.endswith(".a") and name != "libpython3.so":
            for folder in folders:
                path = os.path.join(folder or "/nonexistent", name)
                if os.path.isfile(path):
                    return path
    return ""


# The site-packages that belong to the base installation are found by CPython itself.
base = set(site.getsitepackages([sys.base_prefix, sys.base_exec_prefix]))
sites = [path for path in site.getsitepackages() if path in sys.path and path not in base]
values = [
    "pyboot-facts",
    platform.python_implementation(),
    "%d.%d.%d" % sys.version_info[:3],
    str(int(bool(sysconfig.get_config_var("Py_GIL_DISABLED")))),
    sys.executable,
    sys.prefix,
    sys.base_prefix,
    os.path.dirname(os.__file__),
    mapped_library() or installed_library(),
    str(len(sites)),
] + sites + sys.path
out = "".join(value + "\0" for value in values)
os.write(1, out.encode("utf-8", "surrogateescape"))
