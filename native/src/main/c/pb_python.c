#include "pb_python.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pb_python py;

static void *library_handle;

#define PB_LOAD_FUNCTION(ret, name, args)                                                                              \
    {#name, offsetof(pb_python, name)},

static const struct {
    const char *name;
    size_t offset;
} required[] = {PB_PY_FUNCTIONS(PB_LOAD_FUNCTION)}, optional[] = {PB_PY_OPTIONAL(PB_LOAD_FUNCTION)};

#define PB_LOAD_OBJECT(name) {#name, offsetof(pb_python, name)},

static const struct {
    const char *name;
    size_t offset;
} objects[] = {PB_PY_OBJECTS(PB_LOAD_OBJECT){"Py_UTF8Mode", offsetof(pb_python, Py_UTF8Mode)},
               {"Py_IgnoreEnvironmentFlag", offsetof(pb_python, Py_IgnoreEnvironmentFlag)},
               {"Py_NoUserSiteDirectory", offsetof(pb_python, Py_NoUserSiteDirectory)},
               {"Py_NoSiteFlag", offsetof(pb_python, Py_NoSiteFlag)}},
    exceptions[] = {PB_PY_EXCEPTIONS(PB_LOAD_OBJECT)};

static void store(size_t offset, void *value) {
    memcpy((char *)&py + offset, &value, sizeof value);
}

int pb_python_load(const char *library, char *error, size_t error_size) {
    /* RTLD_GLOBAL: extension modules refer to libpython's symbols without naming it as a dependency. */
    void *handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
    if (!handle) {
        snprintf(error, error_size, "%s", dlerror());
        return -1;
    }
    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        void *symbol = dlsym(handle, required[i].name);
        if (!symbol) {
            snprintf(error, error_size, "%s has no %s: it is no CPython 3.12 to 3.14", library, required[i].name);
            return -1;
        }
        store(required[i].offset, symbol);
    }
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
        store(optional[i].offset, dlsym(handle, optional[i].name));
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        void *symbol = dlsym(handle, objects[i].name);
        if (!symbol) {
            snprintf(error, error_size, "%s has no %s", library, objects[i].name);
            return -1;
        }
        store(objects[i].offset, symbol);
    }
    const char *version = py.Py_GetVersion();
    if (strncmp(version, "3.", 2) != 0) {
        snprintf(error, error_size, "%s is Python %s, not 3.12 to 3.14", library, version);
        return -1;
    }
    py.minor = atoi(version + 2);
    py.free_threaded = strstr(version, "free-threading") != NULL;
    library_handle = handle;
    return 0;
}

void pb_python_bind_exceptions(void) {
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++) {
        PyObject **variable = dlsym(library_handle, exceptions[i].name);
        store(exceptions[i].offset, variable ? *variable : NULL);
    }
}
