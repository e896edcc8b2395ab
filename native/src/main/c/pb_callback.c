/* Python calls Java. What runs a callback is the thread that waits for the request that asks: on the caller's way that
 * is the calling thread itself, which is one of Java's; on the owner's way the waiting caller takes the callback out of
 * the queue. Where nobody waits, the pool's drainer takes it. The Python code is not left meanwhile: the answer comes
 * back into the middle of it. While the owner waits, it runs the requests that the callback makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pb_context.h"
#include "pb_journey.h"

enum {
    MAX_DEPTH = 100,       /* requests within callbacks within requests, on one thread */
    HEADROOM = 64 * 1024,  /* of stack, for the error itself */
    ANSWER_VALUE = 0 /* first byte of an answer; others go to pyboot._engine.raise_java */
};

/* Set once, before any context is there. */
static pb_upcall _Atomic upcall;

void pb_callback_set_upcall(pb_upcall function) {
    atomic_store(&upcall, function);
}

/* ---- the message ---- */

static bool unconvertible(const pb_conversion_error *error, const char *argument) {
    char text[PB_MESSAGE_SIZE + PB_PATH_SIZE + 200];
    snprintf(text, sizeof text, "%s, at %s%s", error->message, argument, error->path);
    py.PyErr_SetString(py.PyExc_TypeError, text);
    return false;
}

static bool write_argument(pb_state *state, pb_writer *w, PyObject *value, Py_ssize_t index) {
    pb_conversion_error error;
    if (pb_encode(&state->codec, w, value, &error))
        return true;
    char argument[40];
    snprintf(argument, sizeof argument, "args[%zd]", index);
    return unconvertible(&error, argument);
}

static bool write_keyword(pb_state *state, pb_writer *w, PyObject *name, PyObject *value) {
    pb_conversion_error error;
    if (pb_encode(&state->codec, w, name, &error) && pb_encode(&state->codec, w, value, &error))
        return true;
    const char *text = py.PyUnicode_AsUTF8AndSize(name, NULL);
    char argument[120];
    snprintf(argument, sizeof argument, "kwargs['%.80s']", text ? text : "?");
    return unconvertible(&error, argument);
}

/* u8 0 (for PB_JOURNEYS), u32 number, u32 positional, u32 keywords, values, then names and values in turn. False with
 * an exception set. */
static bool write_message(pb_state *state, pb_writer *w, uint32_t number, PyObject *const *values, Py_ssize_t count,
                          PyObject *names) {
    Py_ssize_t keywords = names ? py.PyTuple_Size(names) : 0;
    if (!pb_write_u8(w, 0) || !pb_write_u32(w, number) || !pb_write_u32(w, (uint32_t)count) ||
        !pb_write_u32(w, (uint32_t)keywords)) {
        py.PyErr_NoMemory();
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!write_argument(state, w, values[i], i))
            return false;
    }
    for (Py_ssize_t i = 0; i < keywords; i++) {
        if (!write_keyword(state, w, py.PyTuple_GetItem(names, i), values[count + i]))
            return false;
    }
    if (!pb_journey_seal(w)) {
        py.PyErr_NoMemory();
        return false;
    }
    return true;
}

/* The value of an answer without its journeys, or NULL with the exception that it says. */
static PyObject *read_values(pb_state *state, const uint8_t *bytes, size_t length) {
    pb_reader r = {.at = bytes, .end = bytes + length};
    uint8_t kind;
    if (!pb_read_u8(&r, &kind)) {
        py.PyErr_SetString(py.PyExc_RuntimeError, "the callback got no answer: its caller gave up, or memory was short");
        return NULL;
    }
    PyObject *value = pb_decode(&state->codec, &r);
    if (!value || kind == ANSWER_VALUE)
        return value;
    PyObject *kind_object = py.PyLong_FromLongLong(kind);
    if (kind_object)
        pb_clear(&(PyObject *){py.PyObject_CallFunctionObjArgs(state->raise_java, kind_object, value, NULL)});
    pb_clear(&kind_object);
    py.Py_DecRef(value);
    return NULL;
}

static PyObject *read_answer(pb_state *state, const uint8_t *bytes, size_t length) {
    pb_journeys journeys;
    if (!pb_journey_take((uint8_t *)bytes, &length, &journeys))
        return py.PyErr_NoMemory();
    PyObject *value = read_values(state, bytes, length);
    pb_journey_release_all(&journeys);
    return value;
}

/* An interrupt may have come while code further in ran, and have been used up there. */
static bool interrupted_meanwhile(pb_frame *frame) {
    if (!frame || !atomic_exchange(&frame->deferred, false))
        return false;
    py.PyThreadState_SetAsyncExc(frame->thread->ident, NULL);
    py.PyErr_SetNone(frame->ctx->state.interrupted);
    return true;
}

/* ---- the caller's way ---- */

static PyObject *call_here(pb_frame *frame, uint32_t number, PyObject *const *values, Py_ssize_t count,
                           PyObject *names) {
    pb_context *ctx = frame->ctx;
    /* Encoding and decoding may run Python code, which may make callbacks: those must not use the buffer too. */
    bool use_buf = frame->buf_free;
    frame->buf_free = false;
    pb_writer w = {.limit = ctx->state.max_message};
    if (use_buf) {
        w.base = frame->buf;
        w.cap = frame->cap;
    }
    PyObject *result = NULL;
    if (write_message(&ctx->state, &w, number, values, count, names)) {
        py.PyEval_SaveThread();
        const uint8_t *answer = (const uint8_t *)(intptr_t)atomic_load_explicit(&upcall, memory_order_relaxed)(
            pb_pool_number(ctx->pool), (int64_t)(intptr_t)w.base, (int64_t)w.pos);
        while (!pb_thread_attach(ctx, frame->thread))
            usleep(1000); /* memory is short; the Python code cannot go on without its thread state */
        uint64_t length = 0;
        if (answer)
            memcpy(&length, answer, sizeof length);
        if (!interrupted_meanwhile(frame))
            result = read_answer(&ctx->state, answer + sizeof length, length);
        else if (length > 0)
            pb_journey_drop((uint8_t *)answer + sizeof length, length);
    }
    pb_writer_free(&w);
    frame->buf_free = use_buf;
    return result;
}

/* ---- the owner's way, and threads that Python code started ---- */

static void await_as_owner(pb_frame *frame, pb_slot *callback) {
    pb_context *ctx = frame->ctx;
    pb_slot *nested;
    while (!pb_queue_answered(callback) && !atomic_load(&frame->cut)) {
        if (pb_queue_take_nested(ctx->queue, &nested)) {
            py.PyEval_RestoreThread(ctx->owner.ts);
            pb_serve_one(ctx, nested);
            py.PyEval_SaveThread();
        } else {
            PB_SPIN_WHILE(!pb_queue_answered(callback));
            pb_queue_sleep_asking(ctx->queue, callback, &frame->cut);
        }
    }
}

/* frame is that of the owner, NULL on another thread or while the context starts. */
static PyObject *await_answer(pb_context *ctx, pb_frame *frame, pb_slot *callback, bool to_drainer) {
    /* Where contexts could not be ended, they outlive their pool's drainer. It drains once more after it was told to
     * stop, so either it takes the callback or this sees that it was. */
    if (to_drainer && pb_pool_stopping(ctx->pool) && pb_queue_withdraw(callback)) {
        py.PyErr_SetString(py.PyExc_RuntimeError, "the pool has stopped: nobody answers callbacks");
        return NULL;
    }
    PyThreadState *ts = py.PyEval_SaveThread();
    if (to_drainer)
        pb_pool_notify(ctx->pool);
    if (frame)
        await_as_owner(frame, callback);
    else
        pb_queue_await_answer(callback);
    py.PyEval_RestoreThread(ts);
    if (frame && atomic_exchange(&frame->cut, false) && pb_queue_forget(ctx->queue, callback, frame->slot)) {
        py.PyThreadState_SetAsyncExc(frame->thread->ident, NULL);
        atomic_store(&frame->deferred, false);
        py.PyErr_SetNone(ctx->state.interrupted);
        return NULL;
    }
    PyObject *result = NULL;
    if (!interrupted_meanwhile(frame))
        result = read_answer(&ctx->state, pb_slot_message(callback), callback->length);
    pb_queue_release(ctx->queue, callback);
    return result;
}

static pb_slot *spare_slot(pb_context *ctx, bool owner) {
    pb_slot *slot = pb_queue_spare(ctx->queue);
    if (slot || owner)
        return slot;
    PyThreadState *ts = py.PyEval_SaveThread();
    while (!(slot = pb_queue_spare(ctx->queue)))
        usleep(500); /* other threads' callbacks take them all; theirs end without this one */
    py.PyEval_RestoreThread(ts);
    return slot;
}

static PyObject *call_elsewhere(pb_context *ctx, pb_frame *frame, uint32_t number, PyObject *const *values,
                                Py_ssize_t count, PyObject *names) {
    pb_slot *callback = spare_slot(ctx, frame);
    if (!callback) {
        py.PyErr_SetString(py.PyExc_RecursionError, "callbacks into Java and requests that they make are nested too deep");
        return NULL;
    }
    pb_writer w = pb_slot_reply(callback, ctx->state.max_message);
    if (!write_message(&ctx->state, &w, number, values, count, names)) {
        pb_writer_free(&w);
        pb_queue_release(ctx->queue, callback);
        return NULL;
    }
    if (frame)
        atomic_store(&frame->cut, false); /* of an interrupt that has been delivered */
    bool to_drainer =
        pb_queue_ask(ctx->queue, callback, &w, frame ? frame->request : 0, frame ? frame->slot : NULL, frame != NULL);
    return await_answer(ctx, frame, callback, to_drainer);
}

/* ---- the functions that Python code calls ---- */

/* Whether one callback more would be too many. Each takes some ten kilobytes of the stack of a Java thread, and when it
 * is used up, the error still has to be told to every level further out. */
static bool too_deep(pb_frame *frame) {
    char *stack_end = frame->thread->stack_end;
    return frame->depth >= MAX_DEPTH || (stack_end && (char *)__builtin_frame_address(0) < stack_end + HEADROOM);
}

static PyObject *call_java(PyObject *number_object, PyObject *const *values, Py_ssize_t count, PyObject *names) {
    int overflow;
    uint32_t number = (uint32_t)py.PyLong_AsLongLongAndOverflow(number_object, &overflow);
    pb_frame *frame = pb_current;
    if (!atomic_load_explicit(&upcall, memory_order_relaxed)) {
        py.PyErr_SetString(py.PyExc_RuntimeError, "nobody serves callbacks in this process");
        return NULL;
    }
    if (frame && too_deep(frame)) {
        py.PyErr_SetString(py.PyExc_RecursionError, "callbacks into Java and requests that they make are nested too deep");
        return NULL;
    }
    if (frame && !frame->slot)
        return call_here(frame, number, values, count, names);
    if (frame)
        return call_elsewhere(frame->ctx, frame, number, values, count, names);
    pb_context *ctx = pb_enter_here();
    if (!ctx) {
        py.PyErr_SetString(py.PyExc_RuntimeError, "this thread belongs to no context that runs: nobody answers callbacks");
        return NULL;
    }
    PyObject *result = call_elsewhere(ctx, NULL, number, values, count, names);
    pb_leave(ctx);
    return result;
}

/* CPython keeps the address of a function's definition, so definitions are never freed; there is one a name. */
typedef struct definition {
    struct definition *next;
    PyMethodDef method;
    char name[];
} definition;

static definition *definitions;
static pthread_mutex_t definitions_lock = PTHREAD_MUTEX_INITIALIZER; /* a leaf lock; guards the list */

static PyMethodDef *define(const char *name) {
    pthread_mutex_lock(&definitions_lock);
    definition *found = definitions;
    while (found && strcmp(found->name, name) != 0)
        found = found->next;
    if (!found && (found = calloc(1, sizeof *found + strlen(name) + 1))) {
        strcpy(found->name, name);
        found->method = (PyMethodDef){found->name, (PyCFunction)(void (*)(void))call_java,
                                      PB_METH_FASTCALL | PB_METH_KEYWORDS, "A callback into Java."};
        found->next = definitions;
        definitions = found;
    }
    pthread_mutex_unlock(&definitions_lock);
    return found ? &found->method : NULL;
}

PyObject *pb_java_function(PyObject *self, PyObject *number_and_name) {
    (void)self;
    PyObject *number = py.PyTuple_GetItem(number_and_name, 0), *name = py.PyTuple_GetItem(number_and_name, 1);
    const char *text = number && name ? py.PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    if (!text)
        return NULL;
    PyMethodDef *method = define(text);
    return method ? py.PyCFunction_NewEx(method, number, NULL) : py.PyErr_NoMemory();
}
