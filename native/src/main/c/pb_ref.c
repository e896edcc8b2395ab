#include "pb_handle.h"

#include <string.h>

static pb_table refs = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char capsule_name[] = "pyboot.JavaRef";

uint64_t pb_ref_new(void) {
    return pb_table_add(&refs, NULL);
}

bool pb_ref_retain(uint64_t id) {
    return pb_table_retain(&refs, id);
}

void pb_ref_release(uint64_t id) {
    pb_table_release(&refs, id);
}

uint32_t pb_ref_take_dead(uint64_t *ids, uint32_t cap) {
    enum { BATCH = 64 };
    pb_dead dead[BATCH];
    uint32_t count = 0, n;
    do {
        n = pb_table_take_dead(&refs, dead, cap - count < BATCH ? cap - count : BATCH);
        for (uint32_t i = 0; i < n; i++)
            ids[count++] = dead[i].id;
    } while (n > 0 && count < cap);
    return count;
}

bool pb_ref_any_dead(void) {
    return pb_table_any_dead(&refs);
}

int64_t pb_ref_live(void) {
    return atomic_load_explicit(&refs.live, memory_order_relaxed);
}

static void free_capsule(PyObject *capsule) {
    pb_ref_release((uint64_t)(uintptr_t)py.PyCapsule_GetPointer(capsule, capsule_name));
}

PyObject *pb_ref_capsule(uint64_t id) {
    if (!pb_ref_retain(id)) {
        py.PyErr_SetString(py.PyExc_ValueError, "malformed message: a JavaRef is not known");
        return NULL;
    }
    PyObject *capsule = py.PyCapsule_New((void *)(uintptr_t)id, capsule_name, free_capsule);
    if (!capsule)
        pb_ref_release(id);
    return capsule;
}

uint64_t pb_ref_id(PyObject *capsule) {
    return (uint64_t)(uintptr_t)py.PyCapsule_GetPointer(capsule, capsule_name);
}
