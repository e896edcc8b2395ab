/* CPython for the tests that need a real one. */
#include "test.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "pb_runtime.h"

enum { PB_FILE_INPUT = 257, PB_EVAL_INPUT = 258 };

void test_python_start(void) {
    static bool started;
    if (started)
        return;
    for (char **companion = test_cpython.companions; *companion; companion++)
        CHECK(dlopen(*companion, RTLD_NOW | RTLD_GLOBAL) != NULL);
    /* {"imports": [], "site_paths": [], "environment": {}} */
    static const uint8_t config[] = "{\3\0\0\0a\7imports[\0\0\0\0a\12site_paths[\0\0\0\0a\13environment{\0\0\0\0";
    pb_runtime_options options = {test_cpython.library, test_cpython.home,  test_cpython.executable,
                                  test_cpython.package, config,             sizeof config - 1};
    uint8_t memory[1 << 16];
    pb_writer reply = {.base = memory, .cap = sizeof memory, .limit = sizeof memory};
    if (!pb_runtime_start(&options, &reply))
        test_fail(__FILE__, __LINE__, "CPython did not start: %.*s", (int)reply.pos, (char *)reply.base);
    started = true;
}

PyThreadState *test_python_attach(void) {
    PyThreadState *ts = py.PyThreadState_New(py.PyInterpreterState_Main());
    CHECK(ts != NULL);
    py.PyEval_AcquireThread(ts);
    return ts;
}

void test_python_detach(PyThreadState *ts) {
    py.PyThreadState_Clear(ts);
    py.PyThreadState_DeleteCurrent();
}

static PyObject *evaluate(PyObject *namespace, const char *source, int mode) {
    PyObject *builtins = py.PyImport_ImportModule("builtins");
    PyObject *compile = py.PyObject_GetAttrString(builtins, "compile");
    PyObject *text_source = py.PyUnicode_DecodeUTF8(source, (Py_ssize_t)strlen(source), NULL);
    PyObject *file = py.PyUnicode_DecodeUTF8("<test>", 6, NULL);
    PyObject *kind = py.PyUnicode_DecodeUTF8(mode == PB_FILE_INPUT ? "exec" : "eval", 4, NULL);
    PyObject *code = py.PyObject_CallFunctionObjArgs(compile, text_source, file, kind, NULL);
    pb_clear(&kind);
    pb_clear(&file);
    pb_clear(&text_source);
    pb_clear(&compile);
    pb_clear(&builtins);
    PyObject *result = code ? py.PyEval_EvalCode(code, namespace, namespace) : NULL;
    pb_clear(&code);
    if (!result) {
        PyObject *exception = py.PyErr_GetRaisedException();
        const char *text = py.PyUnicode_AsUTF8AndSize(py.PyObject_Repr(exception), NULL);
        test_fail(__FILE__, __LINE__, "%s raised %s", source, text ? text : "?");
    }
    return result;
}

void test_python_exec(PyObject *namespace, const char *source) {
    PyObject *none = evaluate(namespace, source, PB_FILE_INPUT);
    py.Py_DecRef(none);
}

PyObject *test_python_eval(PyObject *namespace, const char *source) {
    return evaluate(namespace, source, PB_EVAL_INPUT);
}

PyObject *test_python_namespace(void) {
    PyObject *namespace = py.PyDict_New();
    CHECK(namespace && py.PyDict_SetItemString(namespace, "__builtins__", py.PyEval_GetBuiltins()) == 0);
    return namespace;
}
