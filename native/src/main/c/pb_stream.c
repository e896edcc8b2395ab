/* Streams: iterators of Python that Java reads batch by batch. What is known of one is kept by pyboot/_streams.py, which
 * also says who may run it when; the loop over its items is here. */
#include <stdio.h>
#include <string.h>

#include "pb_context.h"

enum {
    BATCH_BYTES = 64 * 1024, /* a batch ends after so many, ... */
    BATCH_NANOS = 1000000    /* ... or after so long: an item that is there does not wait for slow ones after it */
};

/* What ended a batch: those of pyboot/_streams.py. */
typedef enum { MORE, EXHAUSTED, RAISED, RAISED_LATER, REFUSED, REFUSED_LATER } outcome;

static bool load(pb_state *state) {
    if (state->stream_close_all)
        return true;
    PyObject *module = py.PyImport_ImportModule("pyboot._streams");
    if (!module)
        return false;
    pb_clear(&state->stream_keep);
    pb_clear(&state->stream_begin);
    pb_clear(&state->stream_end);
    state->stream_keep = py.PyObject_GetAttrString(module, "keep");
    state->stream_begin = py.PyObject_GetAttrString(module, "begin");
    state->stream_end = py.PyObject_GetAttrString(module, "end");
    if (state->stream_keep && state->stream_begin && state->stream_end)
        state->stream_close_all = py.PyObject_GetAttrString(module, "close_all");
    py.Py_DecRef(module);
    return state->stream_close_all;
}

PyObject *pb_stream_keep(pb_state *state, int64_t id, PyObject *value) {
    PyObject *number = load(state) ? py.PyLong_FromLongLong(id) : NULL;
    PyObject *result = number ? py.PyObject_CallFunctionObjArgs(state->stream_keep, number, value, NULL) : NULL;
    pb_clear(&number);
    return result;
}

/* Items from the iterator, or first the one that waits, into the reply. *item is the one that could not be written; an
 * exception may be set. */
static outcome write_items(pb_state *state, PyObject *iterator, PyObject *waiting, uint32_t max, pb_writer *reply,
                           uint32_t *count, PyObject **item, pb_conversion_error *error) {
    int64_t until = pb_deadline(BATCH_NANOS);
    size_t start = reply->pos;
    if (py.PyTuple_Size(waiting) > 0) {
        *item = py.PyTuple_GetItem(waiting, 0);
        py.Py_IncRef(*item);
    } else {
        *item = py.PyIter_Next(iterator);
    }
    while (*item) {
        size_t at = reply->pos;
        if (!pb_encode(&state->codec, reply, *item, error)) {
            reply->pos = at;
            return *count > 0 ? REFUSED_LATER : REFUSED;
        }
        pb_clear(item);
        if (++*count >= max || reply->pos - start > BATCH_BYTES || pb_now() > until)
            return MORE;
        *item = py.PyIter_Next(iterator);
    }
    if (!py.PyErr_Occurred())
        return EXHAUSTED;
    return *count > 0 ? RAISED_LATER : RAISED;
}

/* Tells the Python side how the batch ended; object is what it is to keep. An interrupt that comes meanwhile must not
 * leave the stream as if it ran. False with an exception set. */
static bool tell(pb_state *state, PyObject *number, uint32_t count, outcome how, PyObject *object) {
    PyObject *written = py.PyLong_FromLongLong(count), *code = py.PyLong_FromLongLong(how), *result = NULL;
    for (int attempt = 0; written && code && !result && attempt < 2; attempt++) {
        py.PyErr_Clear();
        result = py.PyObject_CallFunctionObjArgs(state->stream_end, number, written, code, object ? object : PB_NONE,
                                                 NULL);
    }
    bool done = result;
    pb_clear(&result);
    pb_clear(&written);
    pb_clear(&code);
    return done;
}

/* "[7]" in front of the path: which item of the stream it is. */
static void locate(pb_conversion_error *error, PyObject *index) {
    int overflow;
    char path[PB_PATH_SIZE];
    snprintf(path, sizeof path, "[%lld]%.480s", py.PyLong_AsLongLongAndOverflow(index, &overflow), error->path);
    memcpy(error->path, path, sizeof path);
}

static pb_batch run_batch(pb_state *state, PyObject *number, PyObject *step, uint32_t max, pb_writer *reply,
                          pb_conversion_error *error) {
    PyObject *context = py.PyTuple_GetItem(step, 1), *item = NULL;
    uint32_t count = 0;
    size_t count_at = reply->pos + 1 + 5 + 1;
    uint32_t two = 2;
    error->path[0] = '\0';
    snprintf(error->message, sizeof error->message, "no memory was left for a batch of a stream");
    if (!pb_write_u8(reply, PB_REPLY_VALUE) || !pb_write_u8(reply, '(') || !pb_write_u32(reply, two) ||
        !pb_write_u8(reply, '[') || !pb_write_u32(reply, 0) || py.PyContext_Enter(context) != 0) {
        tell(state, number, 0, MORE, NULL);
        return py.PyErr_Occurred() ? PB_BATCH_RAISED : PB_BATCH_REFUSED;
    }
    outcome how = write_items(state, py.PyTuple_GetItem(step, 0), py.PyTuple_GetItem(step, 2), max, reply, &count,
                              &item, error);
    PyObject *raised = how == RAISED || how == RAISED_LATER ? py.PyErr_GetRaisedException() : NULL;
    py.PyContext_Exit(context);
    bool told = tell(state, number, count, how, raised ? raised : item);
    pb_clear(&item);
    if (how == RAISED && raised) {
        py.PyErr_SetRaisedException(raised); /* takes the reference */
        return PB_BATCH_RAISED;
    }
    pb_clear(&raised);
    if (how == REFUSED)
        locate(error, py.PyTuple_GetItem(step, 3));
    if (how == REFUSED || !told)
        return how == REFUSED ? PB_BATCH_REFUSED : PB_BATCH_RAISED;
    memcpy(reply->base + count_at, &count, sizeof count);
    return pb_write_u8(reply, how == EXHAUSTED ? 'F' : 'T') ? PB_BATCH_WRITTEN : PB_BATCH_REFUSED;
}

pb_batch pb_stream_next(pb_state *state, int64_t id, uint32_t max, pb_writer *reply, pb_conversion_error *error) {
    PyObject *number = load(state) ? py.PyLong_FromLongLong(id) : NULL;
    /* (iterator, context, the item that waits, if any, number of items before) */
    PyObject *step = number ? py.PyObject_CallFunctionObjArgs(state->stream_begin, number, NULL) : NULL;
    pb_batch result = step ? run_batch(state, number, step, max, reply, error) : PB_BATCH_RAISED;
    pb_clear(&step);
    pb_clear(&number);
    return result;
}

void pb_stream_close_all(pb_state *state) {
    if (!state->stream_close_all)
        return;
    PyObject *result = py.PyObject_CallFunctionObjArgs(state->stream_close_all, NULL);
    pb_clear(&result);
    py.PyErr_Clear();
}

void pb_stream_clear(pb_state *state) {
    pb_clear(&state->stream_keep);
    pb_clear(&state->stream_begin);
    pb_clear(&state->stream_end);
    pb_clear(&state->stream_close_all);
}
