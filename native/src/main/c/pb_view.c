#include "pb_view.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "pb_counters.h"

enum { MAX_VIEWS = 1 << 16, INDEX_BITS = 20 };

/* Free if the address is NULL; the generation then is that of the next use. */
typedef struct {
    uint8_t *address;
    int64_t length;
    uint32_t generation;
    uint32_t uses; /* requests that were given the memory and have not given it back */
    bool writable;
    bool closed;
} entry;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static entry *entries;
static uint32_t length, first_free;

/* Under the lock; NULL if the number is of no view, or of one that is over. */
static entry *find(int64_t view) {
    uint64_t index = (uint64_t)view & ((1 << INDEX_BITS) - 1);
    if (view <= 0 || index >= length)
        return NULL;
    entry *e = &entries[index];
    return e->address && e->generation == (uint32_t)(view >> INDEX_BITS) ? e : NULL;
}

static void release(entry *e) {
    e->address = NULL;
    e->generation++;
    uint32_t index = (uint32_t)(e - entries);
    if (index < first_free)
        first_free = index;
}

static bool grow(void) {
    uint32_t larger = length ? length * 2 : 16;
    entry *moved = larger <= MAX_VIEWS ? realloc(entries, larger * sizeof *moved) : NULL;
    if (!moved)
        return false;
    memset(moved + length, 0, (larger - length) * sizeof *moved);
    for (uint32_t i = length; i < larger; i++)
        moved[i].generation = 1; /* so that no number is 0 */
    entries = moved;
    length = larger;
    return true;
}

int64_t pb_view_open(void *address, int64_t bytes, bool writable) {
    int64_t view = 0;
    pthread_mutex_lock(&lock);
    while (first_free < length && entries[first_free].address)
        first_free++;
    if (first_free < length || grow()) {
        entry *e = &entries[first_free];
        *e = (entry){address, bytes, e->generation, 0, writable, false};
        view = (int64_t)e->generation << INDEX_BITS | first_free;
    }
    pthread_mutex_unlock(&lock);
    return view;
}

bool pb_view_close(int64_t view) {
    pthread_mutex_lock(&lock);
    entry *e = find(view);
    bool used = e && e->uses > 0;
    if (used && !e->closed)
        pb_count(PB_VIEWS_PINNED);
    if (used)
        e->closed = true;
    else if (e)
        release(e);
    pthread_mutex_unlock(&lock);
    return used;
}

bool pb_view_in_use(int64_t view) {
    pthread_mutex_lock(&lock);
    entry *e = find(view);
    bool used = e && e->uses > 0;
    pthread_mutex_unlock(&lock);
    return used;
}

void pb_view_give_back(int64_t view) {
    pthread_mutex_lock(&lock);
    entry *e = find(view);
    if (e && e->uses > 0 && --e->uses == 0 && e->closed) {
        pb_count(PB_VIEWS_UNPINNED);
        release(e);
    }
    pthread_mutex_unlock(&lock);
}

/* Copies what a request needs to know of the view, which it then uses. */
static bool take(int64_t view, entry *taken) {
    pthread_mutex_lock(&lock);
    entry *e = find(view);
    bool done = e && !e->closed;
    if (done) {
        e->uses++;
        *taken = *e;
    }
    pthread_mutex_unlock(&lock);
    return done;
}

PyObject *pb_view_read(const pb_codec *codec, pb_reader *r) {
    int64_t view;
    entry taken;
    if (r->end - r->at < (ptrdiff_t)sizeof view || !r->views) {
        py.PyErr_SetString(py.PyExc_ValueError, "malformed message: a view is for arguments only");
        return NULL;
    }
    memcpy(&view, r->at, sizeof view);
    r->at += sizeof view;
    if (!*r->views && !(*r->views = py.PyList_New(0)))
        return NULL;
    PyObject *number = py.PyLong_FromLongLong(view);
    if (!number || !take(view, &taken)) {
        if (number)
            py.PyErr_SetString(py.PyExc_ValueError, "malformed message: a view of memory that is not lent");
        pb_clear(&number);
        return NULL;
    }
    PyObject *memory = py.PyMemoryView_FromMemory((char *)taken.address, taken.length,
                                                  taken.writable ? PB_BUF_WRITE : PB_BUF_READ);
    PyObject *result = NULL;
    if (memory)
        result = py.PyObject_CallFunctionObjArgs(codec->make_view, memory, number, *r->views, NULL);
    else
        pb_view_give_back(view);
    pb_clear(&memory);
    pb_clear(&number);
    return result;
}

void pb_view_end(const pb_codec *codec, PyObject *views) {
    /* An interrupt that comes meanwhile is raised in it once: what it has not ended then, it ends now. */
    for (int i = 0; i < 2; i++) {
        PyObject *done = py.PyObject_CallFunctionObjArgs(codec->end_views, views, NULL);
        bool raised = !done;
        pb_clear(&done);
        py.PyErr_Clear();
        if (!raised)
            break;
    }
    py.Py_DecRef(views);
}
