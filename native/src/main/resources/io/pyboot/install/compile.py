# Compiles the standard library of the unpacked CPython to .pyc files, on all cores.
# Arguments: the directory, and the path that it will have later. Unlike compileall with
# workers it forks, which costs nothing, and so is twice as fast on two cores.
import os
import py_compile
import sys

root, final = sys.argv[1:]
# Never imported by an application.
left_out = {"pydoc_data", "__phello__", "ensurepip", "turtledemo", "_pyrepl"}

sources = []
for folder, folders, files in os.walk(root):
    folders[:] = [name for name in folders if name not in left_out]
    sources += [os.path.join(folder, name) for name in files if name.endswith(".py")]
sources.sort(key=os.path.getsize)

workers = min(os.process_cpu_count() or 1, 8)
children = []
for worker in range(1, workers):
    pid = os.fork()
    if pid == 0:
        children = None
        break
    children.append(pid)
else:
    worker = 0

status = 0
try:
    for source in sources[worker::workers]:
        # The files never change after they have been published, so imports need not
        # compare times, which copies and image layers do not keep.
        py_compile.compile(
            source,
            dfile=final + source[len(root):],
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
except BaseException:
    import traceback

    traceback.print_exc()
    status = 1
if children is None:
    os._exit(status)
for pid in children:
    status |= os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(bool(status))
