/* CPython as this library sees it: opaque objects and one table of functions, resolved at run time.
 * No header of Python is used and no struct of it is read, so that one binary serves 3.12, 3.13 and 3.14. */
#ifndef PB_PYTHON_H
#define PB_PYTHON_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

typedef struct _object PyObject;
typedef struct _ts PyThreadState;
typedef struct _is PyInterpreterState;
typedef struct pyinitconfig PyInitConfig;
typedef ptrdiff_t Py_ssize_t;

/* PyStatus and PyInterpreterConfig have the same fields in 3.12 to 3.14 (PEP 587, PEP 684). */
typedef struct {
    int type;
    const char *func;
    const char *err_msg;
    int exitcode;
} PyStatus;

typedef struct {
    int use_main_obmalloc;
    int allow_fork;
    int allow_exec;
    int allow_threads;
    int allow_daemon_threads;
    int check_multi_interp_extensions;
    int gil;
} PyInterpreterConfig;

enum { PB_OWN_GIL = 2 };

/* PyMethodDef is part of the stable ABI. */
typedef PyObject *(*PyCFunction)(PyObject *, PyObject *);
typedef struct {
    const char *ml_name;
    PyCFunction ml_meth;
    int ml_flags;
    const char *ml_doc;
} PyMethodDef;

/* What ml_meth of a function with METH_FASTCALL | METH_KEYWORDS really is. */
typedef PyObject *(*PyCFunctionFastWithKeywords)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

enum {
    PB_METH_VARARGS = 0x0001,
    PB_METH_KEYWORDS = 0x0002,
    PB_METH_NOARGS = 0x0004,
    PB_METH_O = 0x0008,
    PB_METH_FASTCALL = 0x0080
};

/* Py_buffer is part of the stable ABI since 3.11 (PEP 3118). */
typedef struct {
    void *buf;
    PyObject *obj;
    Py_ssize_t len;
    Py_ssize_t itemsize;
    int readonly;
    int ndim;
    char *format;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    Py_ssize_t *suboffsets;
    void *internal;
} Py_buffer;

enum { PB_BUF_FULL_RO = 0x011c, PB_BUF_READ = 0x0100, PB_BUF_WRITE = 0x0200 };

/* Bits of PyType_GetFlags that the stable ABI fixes. */
#define PB_TPFLAGS_LONG (1UL << 24)
#define PB_TPFLAGS_LIST (1UL << 25)
#define PB_TPFLAGS_TUPLE (1UL << 26)
#define PB_TPFLAGS_BYTES (1UL << 27)
#define PB_TPFLAGS_UNICODE (1UL << 28)
#define PB_TPFLAGS_DICT (1UL << 29)

#define PB_PY_FUNCTIONS(X)                                                                                             \
    X(void, Py_IncRef, (PyObject *))                                                                                   \
    X(void, Py_DecRef, (PyObject *))                                                                                   \
    X(const char *, Py_GetVersion, (void))                                                                             \
    X(int, Py_IsInitialized, (void))                                                                                   \
    X(void, Py_InitializeEx, (int))                                                                                    \
    X(void, Py_SetPythonHome, (const wchar_t *))                                                                       \
    X(void, Py_SetProgramName, (const wchar_t *))                                                                      \
    X(PyStatus, Py_NewInterpreterFromConfig, (PyThreadState **, const PyInterpreterConfig *))                          \
    X(void, Py_EndInterpreter, (PyThreadState *))                                                                      \
    X(PyInterpreterState *, PyInterpreterState_Main, (void))                                                           \
    X(PyInterpreterState *, PyInterpreterState_Get, (void))                                                            \
    X(PyInterpreterState *, PyThreadState_GetInterpreter, (PyThreadState *))                                           \
    X(PyThreadState *, PyInterpreterState_ThreadHead, (PyInterpreterState *))                                          \
    X(PyThreadState *, PyThreadState_Next, (PyThreadState *))                                                          \
    X(PyThreadState *, PyThreadState_New, (PyInterpreterState *))                                                      \
    X(void, PyThreadState_Clear, (PyThreadState *))                                                                    \
    X(void, PyThreadState_Delete, (PyThreadState *))                                                                   \
    X(void, PyThreadState_DeleteCurrent, (void))                                                                       \
    X(int, PyThreadState_SetAsyncExc, (unsigned long, PyObject *))                                                     \
    X(PyThreadState *, PyEval_SaveThread, (void))                                                                      \
    X(void, PyEval_RestoreThread, (PyThreadState *))                                                                   \
    X(void, PyEval_AcquireThread, (PyThreadState *))                                                                   \
    X(void, PyEval_ReleaseThread, (PyThreadState *))                                                                   \
    X(unsigned long, PyThread_get_thread_ident, (void))                                                                \
    X(PyObject *, PyObject_Type, (PyObject *))                                                                         \
    X(PyObject *, PyObject_Str, (PyObject *))                                                                          \
    X(PyObject *, PyObject_Repr, (PyObject *))                                                                         \
    X(PyObject *, PyObject_GetAttr, (PyObject *, PyObject *))                                                          \
    X(PyObject *, PyObject_GetAttrString, (PyObject *, const char *))                                                  \
    X(PyObject *, PyObject_GetIter, (PyObject *))                                                                      \
    X(PyObject *, PyIter_Next, (PyObject *))                                                                           \
    X(PyObject *, PyObject_CallFunctionObjArgs, (PyObject *, ...))                                                     \
    X(PyObject *, PyObject_Vectorcall, (PyObject *, PyObject *const *, size_t, PyObject *))                            \
    X(int, PyObject_IsInstance, (PyObject *, PyObject *))                                                              \
    X(unsigned long, PyType_GetFlags, (PyObject *))                                                                    \
    X(PyObject *, PyLong_FromLongLong, (long long))                                                                    \
    X(long long, PyLong_AsLongLongAndOverflow, (PyObject *, int *))                                                    \
    X(PyObject *, PyFloat_FromDouble, (double))                                                                        \
    X(double, PyFloat_AsDouble, (PyObject *))                                                                          \
    X(PyObject *, PyUnicode_FromStringAndSize, (const char *, Py_ssize_t))                                             \
    X(PyObject *, PyUnicode_DecodeLatin1, (const char *, Py_ssize_t, const char *))                                    \
    X(PyObject *, PyUnicode_DecodeUTF8, (const char *, Py_ssize_t, const char *))                                      \
    X(PyObject *, PyUnicode_DecodeUTF16, (const char *, Py_ssize_t, const char *, int *))                              \
    X(PyObject *, PyUnicode_AsEncodedString, (PyObject *, const char *, const char *))                                 \
    X(const char *, PyUnicode_AsUTF8AndSize, (PyObject *, Py_ssize_t *))                                               \
    X(Py_ssize_t, PyUnicode_GetLength, (PyObject *))                                                                   \
    X(void, PyUnicode_InternInPlace, (PyObject **))                                                                    \
    X(PyObject *, PyBytes_FromStringAndSize, (const char *, Py_ssize_t))                                               \
    X(int, PyBytes_AsStringAndSize, (PyObject *, char **, Py_ssize_t *))                                               \
    X(char *, PyByteArray_AsString, (PyObject *))                                                                      \
    X(Py_ssize_t, PyByteArray_Size, (PyObject *))                                                                      \
    X(int, PyObject_CheckBuffer, (PyObject *))                                                                         \
    X(int, PyObject_GetBuffer, (PyObject *, Py_buffer *, int))                                                         \
    X(void, PyBuffer_Release, (Py_buffer *))                                                                           \
    X(int, PyBuffer_ToContiguous, (void *, const Py_buffer *, Py_ssize_t, char))                                       \
    X(PyObject *, PyMemoryView_FromMemory, (char *, Py_ssize_t, int))                                                  \
    X(PyObject *, PyList_New, (Py_ssize_t))                                                                            \
    X(int, PyList_SetItem, (PyObject *, Py_ssize_t, PyObject *))                                                       \
    X(PyObject *, PyList_GetItem, (PyObject *, Py_ssize_t))                                                            \
    X(Py_ssize_t, PyList_Size, (PyObject *))                                                                           \
    X(PyObject *, PyTuple_New, (Py_ssize_t))                                                                           \
    X(int, PyTuple_SetItem, (PyObject *, Py_ssize_t, PyObject *))                                                      \
    X(PyObject *, PyTuple_GetItem, (PyObject *, Py_ssize_t))                                                           \
    X(Py_ssize_t, PyTuple_Size, (PyObject *))                                                                          \
    X(PyObject *, PyDict_New, (void))                                                                                  \
    X(PyObject *, PyDict_Copy, (PyObject *))                                                                           \
    X(int, PyDict_Update, (PyObject *, PyObject *))                                                                    \
    X(int, PyDict_SetItem, (PyObject *, PyObject *, PyObject *))                                                       \
    X(int, PyDict_SetItemString, (PyObject *, const char *, PyObject *))                                               \
    X(PyObject *, PyDict_GetItemWithError, (PyObject *, PyObject *))                                                   \
    X(PyObject *, PyDict_GetItemString, (PyObject *, const char *))                                                    \
    X(int, PyDict_DelItem, (PyObject *, PyObject *))                                                                   \
    X(int, PyDict_Next, (PyObject *, Py_ssize_t *, PyObject **, PyObject **))                                          \
    X(Py_ssize_t, PyDict_Size, (PyObject *))                                                                           \
    X(PyObject *, PySet_New, (PyObject *))                                                                             \
    X(PyObject *, PyFrozenSet_New, (PyObject *))                                                                       \
    X(int, PySet_Add, (PyObject *, PyObject *))                                                                        \
    X(PyObject *, PyContext_New, (void))                                                                               \
    X(int, PyContext_Enter, (PyObject *))                                                                              \
    X(int, PyContext_Exit, (PyObject *))                                                                               \
    X(Py_ssize_t, PyObject_Size, (PyObject *))                                                                         \
    X(PyObject *, PyErr_Occurred, (void))                                                                              \
    X(void, PyErr_Clear, (void))                                                                                       \
    X(PyObject *, PyErr_GetRaisedException, (void))                                                                    \
    X(void, PyErr_SetRaisedException, (PyObject *))                                                                    \
    X(void, PyErr_SetString, (PyObject *, const char *))                                                               \
    X(void, PyErr_SetNone, (PyObject *))                                                                               \
    X(int, PyErr_ExceptionMatches, (PyObject *))                                                                       \
    X(PyObject *, PyErr_NoMemory, (void))                                                                              \
    X(PyObject *, PyImport_ImportModule, (const char *))                                                               \
    X(PyObject *, PyImport_AddModule, (const char *))                                                                  \
    X(PyObject *, PyImport_GetModuleDict, (void))                                                                      \
    X(PyObject *, PyModule_New, (const char *))                                                                        \
    X(PyObject *, PyModule_GetDict, (PyObject *))                                                                      \
    X(PyObject *, PyCFunction_NewEx, (PyMethodDef *, PyObject *, PyObject *))                                          \
    X(PyObject *, PySys_GetObject, (const char *))                                                                     \
    X(PyObject *, PyCapsule_New, (void *, const char *, void (*)(PyObject *)))                                         \
    X(void *, PyCapsule_GetPointer, (PyObject *, const char *))                                                        \
    X(PyObject *, PyEval_GetBuiltins, (void))                                                                          \
    X(PyObject *, PyEval_EvalCode, (PyObject *, PyObject *, PyObject *))

/* Present in some versions only; NULL elsewhere. */
#define PB_PY_OPTIONAL(X)                                                                                              \
    X(PyInitConfig *, PyInitConfig_Create, (void))                                                                     \
    X(void, PyInitConfig_Free, (PyInitConfig *))                                                                       \
    X(int, PyInitConfig_SetInt, (PyInitConfig *, const char *, int64_t))                                               \
    X(int, PyInitConfig_SetStr, (PyInitConfig *, const char *, const char *))                                          \
    X(int, PyInitConfig_GetError, (PyInitConfig *, const char **))                                                     \
    X(int, Py_InitializeFromInitConfig, (PyInitConfig *))                                                              \
    X(int, PyUnstable_ThreadState_SetStackProtection, (PyThreadState *, void *, size_t))                               \
    X(PyObject *, PyList_GetItemRef, (PyObject *, Py_ssize_t))

/* Objects whose address is the value (&PyLong_Type) ... */
#define PB_PY_OBJECTS(X)                                                                                               \
    X(PyLong_Type)                                                                                                     \
    X(PyFloat_Type)                                                                                                    \
    X(PyUnicode_Type)                                                                                                  \
    X(PyBytes_Type)                                                                                                    \
    X(PyByteArray_Type)                                                                                                \
    X(PyList_Type)                                                                                                     \
    X(PyTuple_Type)                                                                                                    \
    X(PyDict_Type)                                                                                                     \
    X(PySet_Type)                                                                                                      \
    X(PyFrozenSet_Type)                                                                                                \
    X(_Py_NoneStruct)                                                                                                  \
    X(_Py_TrueStruct)                                                                                                  \
    X(_Py_FalseStruct)

/* ... and variables that hold a pointer to the object. */
#define PB_PY_EXCEPTIONS(X)                                                                                            \
    X(PyExc_RuntimeError)                                                                                              \
    X(PyExc_ValueError)                                                                                                \
    X(PyExc_TypeError)                                                                                                 \
    X(PyExc_LookupError)                                                                                               \
    X(PyExc_RecursionError)                                                                                            \
    X(PyExc_MemoryError)

#define PB_FIELD(ret, name, args) ret(*name) args;
#define PB_OBJECT(name) PyObject *name;

typedef struct {
    PB_PY_FUNCTIONS(PB_FIELD)
    PB_PY_OPTIONAL(PB_FIELD)
    PB_PY_OBJECTS(PB_OBJECT)
    PB_PY_EXCEPTIONS(PB_OBJECT)
    int *Py_UTF8Mode;
    int *Py_IgnoreEnvironmentFlag;
    int *Py_NoUserSiteDirectory;
    int *Py_NoSiteFlag;
    int minor;         /* 12 for 3.12 */
    int free_threaded; /* built without the GIL (PEP 703) */
} pb_python;

/* Filled once by pb_python_load, before any other thread can see it; read-only afterwards. */
extern pb_python py;

/* Loads libpython with global symbols and fills the table. The exceptions' variables are read later, by
 * pb_python_bind_exceptions, since they are NULL until CPython is initialised. Returns 0, or -1 with a message. */
int pb_python_load(const char *library, char *error, size_t error_size);
void pb_python_bind_exceptions(void);

#define PB_NONE py._Py_NoneStruct

/* The type of an object without owning it: a type outlives its instances, so the reference may be given back. */
static inline PyObject *pb_type(PyObject *o) {
    PyObject *type = py.PyObject_Type(o);
    py.Py_DecRef(type);
    return type;
}

static inline void pb_clear(PyObject **slot) {
    PyObject *o = *slot;
    *slot = NULL; /* before the release, which may run Python code */
    if (o)
        py.Py_DecRef(o);
}

#endif
