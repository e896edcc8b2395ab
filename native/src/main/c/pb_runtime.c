#include "pb_runtime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAIN_STACK = 16 << 20 };

static char *package_path;
/* All three are written under the lock of Java's runtime. CPython can be initialised once in a process; setting up the
 * main interpreter may be tried again if it failed. */
static char *loaded_library;
static bool initialized;
static bool started;

const char *pb_runtime_package_path(void) {
    return package_path;
}

static void reply_error(pb_writer *reply, const char *text) {
    reply->pos = 0;
    pb_write_u8(reply, PB_REPLY_RAISED_PLAIN);
    pb_write_text(reply, "RuntimeError");
    pb_write_text(reply, text);
}

/* UTF-8 to wchar_t (UTF-32 here); never freed, as Py_SetPythonHome wants it. */
static wchar_t *wide(const char *utf8) {
    wchar_t *result = calloc(strlen(utf8) + 1, sizeof *result);
    size_t n = 0;
    for (const unsigned char *p = (const unsigned char *)utf8; result && *p;) {
        uint32_t c = *p++;
        int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
        c &= more == 3 ? 0x07 : more == 2 ? 0x0f : more == 1 ? 0x1f : 0x7f;
        while (more-- > 0 && (*p & 0xc0) == 0x80)
            c = c << 6 | (*p++ & 0x3f);
        result[n++] = (wchar_t)c;
    }
    return result;
}

/* Subinterpreters copy the configuration of the main interpreter. Without site a context starts in three quarters of
 * the time; pyboot._site does its work in main, and in contexts only where it must. Not on 3.12, where sys.flags cannot
 * be put right afterwards. */
static bool leave_site_out(void) {
    return py.minor >= 13;
}

/* 3.14 and later (PEP 741): an isolated configuration; errors come back as text. */
static bool initialize_new(const pb_runtime_options *o, pb_writer *reply) {
    PyInitConfig *config = py.PyInitConfig_Create();
    if (!config) {
        reply_error(reply, "no memory for the configuration of CPython");
        return false;
    }
    const char *error = NULL;
    bool done = py.PyInitConfig_SetInt(config, "utf8_mode", 1) == 0 &&
                py.PyInitConfig_SetInt(config, "install_signal_handlers", 0) == 0 &&
                py.PyInitConfig_SetInt(config, "site_import", !leave_site_out()) == 0 &&
                py.PyInitConfig_SetStr(config, "home", o->home) == 0 &&
                py.PyInitConfig_SetStr(config, "program_name", o->executable) == 0 &&
                py.PyInitConfig_SetStr(config, "executable", o->executable) == 0 &&
                py.Py_InitializeFromInitConfig(config) == 0;
    if (!done) {
        py.PyInitConfig_GetError(config, &error);
        char text[512];
        snprintf(text, sizeof text, "CPython could not be initialised: %s", error ? error : "unknown reason");
        reply_error(reply, text);
    }
    py.PyInitConfig_Free(config);
    return done;
}

/* 3.12 and 3.13: here a failure would end the process, so Java has checked home before. */
static bool initialize_old(const pb_runtime_options *o) {
    *py.Py_UTF8Mode = 1;
    *py.Py_IgnoreEnvironmentFlag = 1;
    *py.Py_NoUserSiteDirectory = 1;
    *py.Py_NoSiteFlag = leave_site_out();
    py.Py_SetPythonHome(wide(o->home));
    py.Py_SetProgramName(wide(o->executable));
    py.Py_InitializeEx(0);
    return py.Py_IsInitialized();
}

/* In the main interpreter: makes the package importable and runs setup_main, which adds paths and imports what must
 * be imported here before the first subinterpreter exists. */
static bool set_up_main(const pb_runtime_options *o, pb_writer *reply) {
    pb_state state = {.codec = {.max_depth = 64}};
    PyObject *path = py.PySys_GetObject("path"); /* borrowed */
    PyObject *folder = py.PyUnicode_DecodeUTF8(package_path, (Py_ssize_t)strlen(package_path), "surrogateescape");
    PyObject *insert = path ? py.PyObject_GetAttrString(path, "insert") : NULL;
    PyObject *zero = py.PyLong_FromLongLong(0);
    PyObject *inserted = insert && folder && zero ? py.PyObject_CallFunctionObjArgs(insert, zero, folder, NULL) : NULL;
    PyObject *engine = inserted && pb_module_register() ? py.PyImport_ImportModule("pyboot._engine") : NULL;
    pb_reader r = {.at = o->config, .end = o->config + o->config_length};
    PyObject *config = engine ? pb_decode(&state.codec, &r) : NULL;
    PyObject *setup = config ? py.PyObject_GetAttrString(engine, "setup_main") : NULL;
    PyObject *facts = setup ? py.PyObject_CallFunctionObjArgs(setup, config, NULL) : NULL;
    pb_conversion_error error;
    bool done = facts && pb_write_u8(reply, PB_REPLY_VALUE) && pb_encode(&state.codec, reply, facts, &error);
    if (!done) {
        if (!py.PyErr_Occurred())
            py.PyErr_SetString(py.PyExc_RuntimeError, "the facts of the main interpreter cannot be converted");
        state.describe = engine ? py.PyObject_GetAttrString(engine, "describe") : NULL;
        pb_reply_raised(&state, reply);
        pb_clear(&state.describe);
    }
    pb_clear(&facts);
    pb_clear(&setup);
    pb_clear(&config);
    pb_clear(&engine);
    pb_clear(&inserted);
    pb_clear(&zero);
    pb_clear(&insert);
    pb_clear(&folder);
    return done;
}

typedef struct {
    const pb_runtime_options *options;
    pb_writer *reply;
    _Atomic uint32_t outcome; /* 0 while it runs; 1 done, 2 failed. A futex word */
} start;

static void *main_thread(void *argument) {
    start *s = argument;
    pthread_setname_np(pthread_self(), "pyboot-main");
    bool done = py.PyInitConfig_Create ? initialize_new(s->options, s->reply) : initialize_old(s->options);
    initialized = done;
    if (done) {
        pb_python_bind_exceptions();
        done = set_up_main(s->options, s->reply);
        py.PyEval_SaveThread(); /* an idle thread holds no GIL */
    }
    /* s lives on the stack of the starter: this is the last touch. The woken word may be gone by the time of the
     * wake, which is harmless for a futex. */
    atomic_store(&s->outcome, done ? 1 : 2);
    pb_futex_wake(&s->outcome, 1);
    /* The thread that initialised CPython is its main thread (threading.main_thread) and stays. */
    static uint32_t forever;
    for (;;)
        pb_futex_wait(&forever, 0, -1);
    return NULL;
}

/* After a set-up that failed: the main thread of CPython is there and idle, so any thread may try again. */
static bool set_up_again(const pb_runtime_options *options, pb_writer *reply) {
    PyThreadState *ts = py.PyThreadState_New(py.PyInterpreterState_Main());
    if (!ts) {
        reply_error(reply, "no memory for a thread state");
        return false;
    }
    py.PyEval_AcquireThread(ts);
    bool done = set_up_main(options, reply);
    py.PyThreadState_Clear(ts);
    py.PyThreadState_DeleteCurrent();
    return done;
}

bool pb_runtime_start(const pb_runtime_options *options, pb_writer *reply) {
    char error[1024];
    if (started) {
        reply_error(reply, "CPython runs already");
        return false;
    }
    if (loaded_library && strcmp(loaded_library, options->library) != 0) {
        snprintf(error, sizeof error, "%s was loaded before, and a process can hold one CPython", loaded_library);
        reply_error(reply, error);
        return false;
    }
    if (!loaded_library && pb_python_load(options->library, error, sizeof error) < 0) {
        reply_error(reply, error);
        return false;
    }
    free(package_path);
    package_path = strdup(options->package);
    if (!loaded_library)
        loaded_library = strdup(options->library);
    if (initialized)
        return started = set_up_again(options, reply);
    start s = {.options = options, .reply = reply};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, MAIN_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int result = pthread_create(&thread, &attributes, main_thread, &s);
    pthread_attr_destroy(&attributes);
    if (result != 0) {
        reply_error(reply, strerror(result));
        return false;
    }
    while (atomic_load(&s.outcome) == 0)
        pb_futex_wait(&s.outcome, 0, -1);
    started = atomic_load(&s.outcome) == 1;
    return started;
}

bool pb_main_call(const char *name, const char *argument, char **text) {
    *text = NULL;
    pb_context *held;
    if (!pb_thread_hold_last(&held))
        return false;
    PyThreadState *ts = py.PyThreadState_New(py.PyInterpreterState_Main());
    if (ts)
        py.PyEval_AcquireThread(ts);
    if (held)
        pb_leave(held);
    if (!ts)
        return false;
    PyObject *engine = py.PyImport_ImportModule("pyboot._engine");
    PyObject *function = engine ? py.PyObject_GetAttrString(engine, name) : NULL;
    PyObject *value = py.PyUnicode_DecodeUTF8(argument, (Py_ssize_t)strlen(argument), "surrogateescape");
    PyObject *result = function && value ? py.PyObject_CallFunctionObjArgs(function, value, NULL) : NULL;
    bool done = result != NULL;
    if (!result) {
        PyObject *exception = py.PyErr_GetRaisedException();
        result = exception ? py.PyObject_Repr(exception) : NULL;
        pb_clear(&exception);
    }
    if (result && result != PB_NONE) {
        const char *utf8 = py.PyUnicode_AsUTF8AndSize(result, NULL);
        *text = strdup(utf8 ? utf8 : "failed");
    }
    py.PyErr_Clear();
    pb_clear(&result);
    pb_clear(&value);
    pb_clear(&function);
    pb_clear(&engine);
    py.PyThreadState_Clear(ts);
    py.PyThreadState_DeleteCurrent();
    pb_thread_last(0);
    return done;
}
