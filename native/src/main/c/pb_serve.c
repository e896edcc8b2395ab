#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pb_context.h"
#include "pb_handle.h"

enum {
    OWNER_STACK = 16 << 20,     /* deep recursion of Python needs 8 MB */
    REQUESTS_PER_TURN = 32      /* after so many requests the GIL is offered to callers that wait for it */
};

/* ---- start ---- */

/* A thread state on the calling thread, attached: of a new interpreter, or of the main one. NULL with a text. */
static PyThreadState *make_thread_state(bool subinterpreter, char *error, size_t error_size) {
    PyThreadState *main_ts = py.PyThreadState_New(py.PyInterpreterState_Main());
    if (!main_ts) {
        snprintf(error, error_size, "no memory for a thread state");
        return NULL;
    }
    py.PyEval_AcquireThread(main_ts);
    if (!subinterpreter)
        return main_ts;
    PyInterpreterConfig config = {
        .use_main_obmalloc = 0,
        .allow_fork = 0,
        .allow_exec = 0,
        .allow_threads = 1,
        .allow_daemon_threads = 0,
        .check_multi_interp_extensions = 1,
        .gil = PB_OWN_GIL,
    };
    PyThreadState *ts = NULL;
    PyStatus status = py.Py_NewInterpreterFromConfig(&ts, &config);
    bool failed = status.type != 0 || !ts;
    if (failed)
        snprintf(error, error_size, "CPython could not make a subinterpreter: %s",
                 status.err_msg ? status.err_msg : "unknown reason");
    else
        py.PyEval_SaveThread();
    /* After a success the new interpreter was current, after a failure the main one is. */
    if (!failed)
        py.PyEval_AcquireThread(main_ts);
    py.PyThreadState_Clear(main_ts);
    py.PyThreadState_DeleteCurrent();
    if (failed)
        return NULL;
    py.PyEval_AcquireThread(ts);
    return ts;
}

/* Puts the folder of the package pyboot in front of sys.path, where it is not there yet. */
static bool add_package_path(void) {
    PyObject *path = py.PySys_GetObject("path"); /* borrowed */
    PyObject *folder = py.PyUnicode_DecodeUTF8(pb_runtime_package_path(), (Py_ssize_t)strlen(pb_runtime_package_path()),
                                               "surrogateescape");
    bool done = false;
    if (path && folder) {
        PyObject *contains = py.PyObject_GetAttrString(path, "__contains__");
        PyObject *found = contains ? py.PyObject_CallFunctionObjArgs(contains, folder, NULL) : NULL;
        PyObject *insert = py.PyObject_GetAttrString(path, "insert");
        PyObject *zero = py.PyLong_FromLongLong(0);
        PyObject *inserted = NULL;
        if (found == py._Py_FalseStruct && insert && zero)
            inserted = py.PyObject_CallFunctionObjArgs(insert, zero, folder, NULL);
        done = found == py._Py_TrueStruct || inserted;
        pb_clear(&contains);
        pb_clear(&found);
        pb_clear(&insert);
        pb_clear(&zero);
        pb_clear(&inserted);
    }
    pb_clear(&folder);
    return done;
}

static bool run_setup(pb_context *ctx) {
    pb_reader r = {.at = ctx->config, .end = ctx->config + ctx->config_length};
    PyObject *config = pb_decode(&ctx->state.codec, &r);
    PyObject *setup = config ? py.PyObject_GetAttrString(ctx->state.engine, "setup") : NULL;
    /* Returns (max_depth, max_message_size). */
    PyObject *limits = setup ? py.PyObject_CallFunctionObjArgs(setup, config, NULL) : NULL;
    bool done = false;
    if (limits) {
        int overflow;
        ctx->state.codec.max_depth =
            (int)py.PyLong_AsLongLongAndOverflow(py.PyTuple_GetItem(limits, 0), &overflow);
        ctx->state.max_message = (size_t)py.PyLong_AsLongLongAndOverflow(py.PyTuple_GetItem(limits, 1), &overflow);
        done = ctx->state.codec.max_depth > 0 && ctx->state.codec.max_depth <= PB_MAX_DEPTH;
        if (!done)
            py.PyErr_SetString(py.PyExc_ValueError, "max_depth is out of range");
    }
    pb_clear(&limits);
    pb_clear(&setup);
    pb_clear(&config);
    return done;
}

static void reply_start_error(pb_context *ctx, const char *text) {
    pb_write_u8(&ctx->start_reply, PB_REPLY_RAISED_PLAIN);
    pb_write_text(&ctx->start_reply, "RuntimeError");
    pb_write_text(&ctx->start_reply, text);
}

/* ---- end ---- */

/* Requests that nobody will run any more are answered. Under the GIL or not: Python is not touched. */
static void refuse_queued(pb_context *ctx) {
    pb_slot *slot;
    while (pb_queue_take(ctx->queue, &slot)) {
        pb_slot_drop(slot);
        pb_writer reply = pb_slot_reply(slot, PB_INLINE);
        pb_write_u8(&reply, PB_REPLY_STOPPED);
        if (pb_queue_complete(ctx->queue, slot, &reply, true))
            pb_pool_notify(ctx->pool);
    }
}

/* Waits until no other thread is inside and every answer was fetched: a caller that waits comes in and leaves again
 * until it has its answer. False if somebody stays inside for too long. */
static bool await_nobody_inside(pb_context *ctx) {
    int64_t until = pb_deadline(atomic_load(&ctx->end_grace));
    int64_t slice = 100000;
    for (;;) {
        uint32_t inside = atomic_load(&ctx->inside);
        refuse_queued(ctx); /* after the look: whoever was inside when the phase changed may have submitted and left */
        if (inside == 0 && pb_queue_depth(ctx->queue) == 0)
            return true;
        int64_t rest = until - pb_now();
        if (rest <= 0)
            return false;
        if (slice < 10 * 1000000)
            slice *= 2; /* nobody wakes us when an answer is fetched */
        pb_futex_wait(&ctx->inside, inside, rest > slice ? slice : rest);
    }
}

static bool only_thread_state(pb_context *ctx) {
    PyThreadState *head = py.PyInterpreterState_ThreadHead(ctx->interp);
    return head == ctx->owner.ts && py.PyThreadState_Next(head) == NULL;
}

/* Asks the Python side to end what runs in the interpreter: threads are joined within the grace, then the functions of
 * atexit run. */
static bool close_engine(pb_context *ctx) {
    PyObject *close = ctx->state.engine ? py.PyObject_GetAttrString(ctx->state.engine, "close") : NULL;
    PyObject *millis = py.PyLong_FromLongLong(atomic_load(&ctx->end_grace) / 1000000);
    PyObject *result = close && millis ? py.PyObject_CallFunctionObjArgs(close, millis, NULL) : NULL;
    bool done = result == py._Py_TrueStruct;
    py.PyErr_Clear();
    pb_clear(&result);
    pb_clear(&millis);
    pb_clear(&close);
    return done;
}

/* From here on no id of this life lets anybody in. False if somebody who got in before stays too long. */
static bool shut(pb_context *ctx) {
    pthread_mutex_lock(&ctx->lock); /* a dying thread compares the generation under it */
    atomic_fetch_add(&ctx->generation, 1);
    pthread_mutex_unlock(&ctx->lock);
    return await_nobody_inside(ctx);
}

static void announce_end(pb_context *ctx, pb_phase phase) {
    uint32_t generation = atomic_load(&ctx->generation) - 1;
    atomic_store(&ctx->phase, phase);
    atomic_store(&ctx->ended, generation);
    pb_futex_wake(&ctx->ended, INT32_MAX);
}

/* Gives everything back but the structure, which serves another context. Nobody is inside. */
static void retire(pb_context *ctx) {
    pb_pool_remove(ctx->pool, ctx, false);
    while (atomic_load(&ctx->inside) != 0) /* who answered a callback that the end made is on its way out */
        usleep(100);
    pb_queue_destroy(ctx->queue);
    ctx->queue = NULL;
    pb_count(PB_CONTEXTS_DESTROYED);
    announce_end(ctx, PB_ENDED);
    pb_context_recycle(ctx);
}

/* What cannot be ended is left as it is: memory is never freed under a thread that may still run in it. */
static void abandon(pb_context *ctx) {
    pb_pool_remove(ctx->pool, ctx, true);
    pb_count(PB_CONTEXTS_ABANDONED);
    atomic_store(&ctx->abandoned, atomic_load(&ctx->generation) - 1);
    announce_end(ctx, PB_ENDED);
}

/* Ends the interpreter, or the thread state in the main one. Attached on entry, detached on return. False, with the
 * interpreter left alone, if threads that Python code started are still there: Py_EndInterpreter would abort the
 * process. */
static bool end_interpreter(pb_context *ctx) {
    PyThreadState *ts = ctx->owner.ts;
    bool closed = !ctx->subinterpreter || close_engine(ctx);
    pb_thread_clear_all(ctx);
    pb_clear(&ctx->owner.context);
    if (ctx->subinterpreter && (!closed || !only_thread_state(ctx))) {
        py.PyEval_SaveThread();
        return false;
    }
    pb_handle_clear(ctx);
    pb_state_clear(&ctx->state);
    if (ctx->subinterpreter) {
        py.Py_EndInterpreter(ts);
    } else {
        py.PyThreadState_Clear(ts);
        py.PyThreadState_DeleteCurrent();
    }
    return true;
}

/* Detached on entry. */
static void end(pb_context *ctx) {
    py.PyEval_RestoreThread(ctx->owner.ts);
    pb_stream_close_all(&ctx->state); /* while what their code calls still works */
    py.PyEval_SaveThread();
    await_nobody_inside(ctx); /* while ids still let callers in to fetch their answers */
    if (!shut(ctx)) {
        abandon(ctx);
        return;
    }
    py.PyEval_RestoreThread(ctx->owner.ts);
    if (end_interpreter(ctx))
        retire(ctx);
    else
        abandon(ctx);
}

/* ---- serve ---- */

void pb_serve_one(pb_context *ctx, pb_slot *slot) {
    pb_frame frame = {.ctx = ctx, .thread = &ctx->owner, .request = slot->request, .slot = slot};
    pb_frame_push(&frame);
    pb_writer reply = pb_slot_reply(slot, ctx->state.max_message);
    bool succeeded = pb_execute(&frame, pb_slot_message(slot), slot->length, &reply);
    pb_frame_pop(&frame, true);
    if (slot->kind == PB_CAST && succeeded)
        pb_pool_count_cast(ctx->pool);
    if (pb_queue_complete(ctx->queue, slot, &reply, !succeeded))
        pb_pool_notify(ctx->pool);
}

/* Attached on entry, detached on return. */
static void serve(pb_context *ctx) {
    uint32_t turn = 0;
    while (atomic_load_explicit(&ctx->phase, memory_order_relaxed) == PB_READY) {
        pb_slot *slot;
        if (pb_queue_take(ctx->queue, &slot)) {
            pb_serve_one(ctx, slot);
            if (++turn % REQUESTS_PER_TURN != 0)
                continue;
            pb_thread_reap(ctx);
            pb_handle_reap(ctx);
            py.PyEval_SaveThread();
        } else {
            pb_thread_reap(ctx);
            pb_handle_reap(ctx);
            py.PyEval_SaveThread();
            PB_SPIN_WHILE(pb_queue_submitted_count(ctx->queue) == 0);
            while (pb_queue_submitted_count(ctx->queue) == 0 && atomic_load(&ctx->phase) == PB_READY &&
                   !pb_table_any_dead(&ctx->handles))
                pb_queue_sleep(ctx->queue, -1);
        }
        py.PyEval_RestoreThread(ctx->owner.ts);
    }
    py.PyEval_SaveThread();
}

/* Hands the reply of a start that failed to whoever waits for it, who gives the structure back; does that itself if the
 * context was stopped meanwhile. Detached. */
static void announce_failure(pb_context *ctx) {
    pb_pool_remove(ctx->pool, ctx, false);
    uint32_t starting = PB_STARTING;
    if (atomic_compare_exchange_strong(&ctx->phase, &starting, PB_FAILED)) {
        pb_futex_wake(&ctx->phase, INT32_MAX);
        return;
    }
    pb_writer_free(&ctx->start_reply);
    if (shut(ctx)) {
        pb_queue_destroy(ctx->queue);
        ctx->queue = NULL;
        announce_end(ctx, PB_ENDED);
        pb_context_recycle(ctx);
    } else {
        announce_end(ctx, PB_ENDED);
    }
}

static void *owner_main(void *argument) {
    pb_context *ctx = argument;
    pb_owned = ctx;
    char name[16], error[256];
    snprintf(name, sizeof name, "pyboot-%u", ctx->index);
    pthread_setname_np(pthread_self(), name);
    PyThreadState *ts = make_thread_state(ctx->subinterpreter, error, sizeof error);
    if (!ts) {
        reply_start_error(ctx, error);
        free(ctx->config);
        ctx->config = NULL;
        announce_failure(ctx);
        return NULL;
    }
    pb_count(PB_CONTEXTS_CREATED);
    ctx->interp = py.PyThreadState_GetInterpreter(ts);
    ctx->owner.ts = ts;
    ctx->owner.ident = py.PyThread_get_thread_ident();
    bool ready = add_package_path() && pb_state_init(ctx) && run_setup(ctx);
    if (!ready)
        pb_reply_raised(&ctx->state, &ctx->start_reply);
    free(ctx->config);
    ctx->config = NULL;
    uint32_t starting = PB_STARTING;
    if (ready && atomic_compare_exchange_strong(&ctx->phase, &starting, PB_READY)) {
        pb_futex_wake(&ctx->phase, INT32_MAX);
        serve(ctx);
        end(ctx);
    } else if (ready) { /* stopped before it was ready */
        py.PyEval_SaveThread();
        end(ctx);
    } else {
        pb_count(end_interpreter(ctx) ? PB_CONTEXTS_DESTROYED : PB_CONTEXTS_ABANDONED);
        announce_failure(ctx);
    }
    return NULL;
}

int pb_serve_start(pb_context *ctx) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, OWNER_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int result = pthread_create(&thread, &attributes, owner_main, ctx);
    pthread_attr_destroy(&attributes);
    return result;
}
