/* The built-in module _pyboot: what the Python side needs of this library. */
#include <stdlib.h>
#include <string.h>

#include "pb_context.h"
#include "pb_view.h"

static PyObject *text_or_none(char *text) {
    PyObject *result = PB_NONE;
    if (text)
        result = py.PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
    else
        py.Py_IncRef(result);
    free(text);
    return result;
}

/* probe_extension(name): imports the module in the main interpreter. None, or what that raised.
 * On 3.13.0 to 3.14.3 an init function that raises inside a subinterpreter aborts the process (cpython#144601). */
static PyObject *probe_extension(PyObject *self, PyObject *name) {
    const char *text = py.PyUnicode_AsUTF8AndSize(name, NULL);
    if (!text)
        return NULL;
    char *copy = strdup(text), *error = NULL;
    if (!copy)
        return py.PyErr_NoMemory();
    pb_count(PB_EXTENSIONS_PROBED);
    PyThreadState *ts = py.PyEval_SaveThread();
    int64_t last = pb_thread_last(0);
    /* What main does there is not done by the request, nor in the context of this thread. */
    pb_frame *frame = pb_current;
    pb_context *owned = pb_owned;
    pb_current = NULL;
    pb_owned = NULL;
    pb_main_call("probe_extension", copy, &error);
    pb_current = frame;
    pb_owned = owned;
    py.PyEval_RestoreThread(ts);
    pb_thread_last(last);
    free(copy);
    return text_or_none(error);
}

/* current_request(): the id of the request that the calling thread runs, 0 for none. */
static PyObject *current_request(PyObject *self, PyObject *unused) {
    return py.PyLong_FromLongLong(pb_current ? (long long)pb_current->request : 0);
}

/* at_request_end(function): calls it when the request ends that the calling thread runs. A request keeps one function:
 * another one is not taken while it has one. False if the thread runs none. */
static PyObject *at_request_end(PyObject *self, PyObject *function) {
    pb_frame *frame = pb_current;
    if (frame && !frame->at_end) {
        py.Py_IncRef(function);
        frame->at_end = function;
    }
    PyObject *result = frame ? py._Py_TrueStruct : py._Py_FalseStruct;
    py.Py_IncRef(result);
    return result;
}

/* give_back_view(number): the memory of Java that pyboot._views was given is no longer seen. */
static PyObject *give_back_view(PyObject *self, PyObject *number) {
    int overflow = 0;
    pb_view_give_back(py.PyLong_AsLongLongAndOverflow(number, &overflow));
    if (py.PyErr_Occurred())
        return NULL;
    py.Py_IncRef(PB_NONE);
    return PB_NONE;
}

/* forget_functions(): the modules that hold functions are found anew from the next request on. */
static PyObject *forget_functions(PyObject *self, PyObject *unused) {
    pb_reloaded();
    py.Py_IncRef(PB_NONE);
    return PB_NONE;
}

static PyMethodDef methods[] = {
    {"probe_extension", probe_extension, PB_METH_O, "probe_extension(name) -> str | None"},
    {"current_request", current_request, PB_METH_NOARGS, "current_request() -> int"},
    {"at_request_end", at_request_end, PB_METH_O, "at_request_end(function) -> bool"},
    {"give_back_view", give_back_view, PB_METH_O, "give_back_view(number) -> None"},
    {"java_function", pb_java_function, PB_METH_O, "java_function((number, name)) -> function that calls Java"},
    {"forget_functions", forget_functions, PB_METH_NOARGS, "forget_functions() -> None"},
};

bool pb_module_register(void) {
    PyObject *modules = py.PyImport_GetModuleDict(); /* borrowed */
    if (py.PyDict_GetItemString(modules, "_pyboot"))
        return true; /* contexts of the main interpreter share it */
    PyObject *module = py.PyModule_New("_pyboot");
    if (!module)
        return false;
    bool done = true;
    for (size_t i = 0; done && i < sizeof methods / sizeof *methods; i++) {
        PyObject *function = py.PyCFunction_NewEx(&methods[i], module, NULL);
        done = function && py.PyDict_SetItemString(py.PyModule_GetDict(module), methods[i].ml_name, function) == 0;
        pb_clear(&function);
    }
    done = done && py.PyDict_SetItemString(modules, "_pyboot", module) == 0;
    py.Py_DecRef(module);
    return done;
}
