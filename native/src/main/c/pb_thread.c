#include <stdio.h>
#include <stdlib.h>

#include "pb_context.h"

/* What one thread knows about itself: its records by context index, valid while the generation is the context's. */
typedef struct {
    uint32_t generation;
    pb_thread *record;
    pb_context *ctx;
} entry;

typedef struct {
    uint32_t length;
    entry *entries;
    /* Id of the context whose state CPython keeps as the one that this thread attached last, whether or not that
     * context still lives; 0 if it keeps none. */
    int64_t last;
} thread_entries;

__thread pb_frame *pb_current;

static __thread thread_entries *mine __attribute__((tls_model("initial-exec")));
static pthread_key_t exit_key;
static pthread_once_t exit_key_once = PTHREAD_ONCE_INIT;

/* Runs on a thread that ends. It must not take a GIL: the next entry into each context frees what it leaves. */
static void on_thread_exit(void *value) {
    thread_entries *entries = value;
    for (uint32_t i = 0; i < entries->length; i++) {
        entry *e = &entries->entries[i];
        if (!e->record)
            continue;
        pthread_mutex_lock(&e->ctx->lock);
        /* An ended context has freed the record; its generation is changed under the same lock. */
        if (atomic_load(&e->ctx->generation) == e->generation) {
            e->record->orphan = true;
            atomic_fetch_add(&e->ctx->orphans, 1);
        }
        pthread_mutex_unlock(&e->ctx->lock);
    }
    free(entries->entries);
    free(entries);
    mine = NULL;
}

static void make_exit_key(void) {
    pthread_key_create(&exit_key, on_thread_exit);
}

/* The entry of the context in this thread's own array, grown if needed; NULL if memory is short. */
static entry *entry_for(pb_context *ctx) {
    if (!mine) {
        pthread_once(&exit_key_once, make_exit_key);
        mine = calloc(1, sizeof *mine);
        if (!mine)
            return NULL;
        pthread_setspecific(exit_key, mine);
    }
    if (ctx->index >= mine->length) {
        uint32_t length = ctx->index + 8;
        entry *bigger = realloc(mine->entries, length * sizeof *bigger);
        if (!bigger)
            return NULL;
        for (uint32_t i = mine->length; i < length; i++)
            bigger[i] = (entry){0};
        mine->entries = bigger;
        mine->length = length;
    }
    return &mine->entries[ctx->index];
}

/* HotSpot keeps guard pages (yellow, red and reserved zone) at the low end of the stack of a Java thread. CPython 3.14
 * measures the C stack and raises RecursionError before its end, so it must take that end to be above them. Without
 * this a deep recursion in C runs into the zones and the JVM dies. */
static void protect_stack(pb_thread *record) {
    enum { RESERVE = 256 * 1024 };
    pthread_attr_t attributes;
    void *low;
    size_t size;
    if (!py.PyUnstable_ThreadState_SetStackProtection || pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0 && size > 2 * RESERVE) {
        record->stack_end = (char *)low + RESERVE;
        py.PyUnstable_ThreadState_SetStackProtection(record->ts, record->stack_end, size - RESERVE);
    }
    pthread_attr_destroy(&attributes);
}

pb_thread *pb_thread_enter(pb_context *ctx) {
    uint32_t generation = atomic_load_explicit(&ctx->generation, memory_order_relaxed);
    if (mine && ctx->index < mine->length && mine->entries[ctx->index].generation == generation)
        return mine->entries[ctx->index].record;
    entry *e = entry_for(ctx);
    pb_thread *record = e ? calloc(1, sizeof *record) : NULL;
    if (!record)
        return NULL;
    record->ts = py.PyThreadState_New(ctx->interp);
    if (!record->ts) {
        free(record);
        return NULL;
    }
    protect_stack(record);
    record->ident = py.PyThread_get_thread_ident();
    *e = (entry){.generation = generation, .record = record, .ctx = ctx};
    pthread_mutex_lock(&ctx->lock);
    record->next = ctx->threads;
    ctx->threads = record;
    pthread_mutex_unlock(&ctx->lock);
    pb_count(PB_THREAD_STATES_CREATED);
    return record;
}

/* Runs on a thread of its own, which CPython has bound no state to. */
static void *make_bound_state(void *made) {
    *(PyThreadState **)made = py.PyThreadState_New(py.PyInterpreterState_Main());
    return NULL;
}

/* Makes CPython forget the state that the calling thread attached last, without a look at it: it has been freed. The
 * only way is to delete a state that some thread is bound to, which clears what is kept for the calling thread (see
 * free_records). That state was never attached, so it holds nothing and needs no GIL. */
static bool forget_last(void) {
    PyThreadState *made = NULL;
    pthread_t helper;
    if (pthread_create(&helper, NULL, make_bound_state, &made) != 0)
        return false;
    pthread_join(helper, NULL);
    if (made)
        py.PyThreadState_Delete(made);
    return made != NULL;
}

bool pb_thread_hold_last(pb_context **held) {
    *held = NULL;
    if (!mine || !mine->last)
        return true;
    *held = pb_enter(mine->last, false);
    if (*held)
        return true;
    if (!forget_last())
        return false;
    mine->last = 0;
    return true;
}

int64_t pb_thread_last(int64_t now) {
    int64_t before = mine ? mine->last : 0;
    if (mine)
        mine->last = now;
    return before;
}

bool pb_thread_attach(pb_context *ctx, pb_thread *thread) {
    int64_t id = (int64_t)((uint64_t)mine->entries[ctx->index].generation << 16 | ctx->index);
    if (mine->last == id) {
        py.PyEval_AcquireThread(thread->ts);
        return true;
    }
    pb_context *held;
    if (!pb_thread_hold_last(&held))
        return false;
    py.PyEval_AcquireThread(thread->ts);
    mine->last = id;
    if (held)
        pb_leave(held);
    return true;
}

/* CPython keeps, for each thread of the system, the state that the thread attached last: PyGILState_Ensure finds it
 * there, and so do callbacks from C code. PyThreadState_Delete makes it forget that of the calling thread, whosever
 * state is deleted. So the states of other threads are deleted on a state made for that: it is the one that is
 * forgotten, and when the thread's own is attached again, it is known again. Without scratch the thread's own is. */
static void free_records(pb_thread *record, PyThreadState *scratch) {
    PyThreadState *own = scratch ? py.PyEval_SaveThread() : NULL;
    if (scratch)
        py.PyEval_AcquireThread(scratch);
    while (record) {
        pb_thread *next = record->next;
        pb_clear(&record->context);
        py.PyThreadState_Clear(record->ts); /* may run Python code: the record is in no list any more */
        py.PyThreadState_Delete(record->ts);
        free(record);
        pb_count(PB_THREAD_STATES_REAPED);
        record = next;
    }
    if (scratch) {
        py.PyThreadState_Clear(scratch);
        py.PyThreadState_DeleteCurrent();
        py.PyEval_RestoreThread(own);
    }
}

/* Takes records out of the context's list: the orphans, or all. */
static pb_thread *take_records(pb_context *ctx, bool all) {
    pb_thread *taken = NULL;
    pthread_mutex_lock(&ctx->lock);
    for (pb_thread **at = &ctx->threads; *at;) {
        pb_thread *record = *at;
        if (all || record->orphan) {
            *at = record->next;
            record->next = taken;
            taken = record;
        } else {
            at = &record->next;
        }
    }
    atomic_store(&ctx->orphans, 0);
    pthread_mutex_unlock(&ctx->lock);
    return taken;
}

void pb_thread_reap(pb_context *ctx) {
    if (atomic_load_explicit(&ctx->orphans, memory_order_relaxed) == 0)
        return;
    PyThreadState *scratch = py.PyThreadState_New(ctx->interp);
    if (scratch) /* else the next one reaps */
        free_records(take_records(ctx, false), scratch);
}

void pb_thread_clear_all(pb_context *ctx) {
    free_records(take_records(ctx, true), py.PyThreadState_New(ctx->interp));
}

void pb_frame_push(pb_frame *frame) {
    pb_frame *outer = atomic_load_explicit(&frame->thread->frame, memory_order_relaxed);
    frame->outer = outer;
    frame->depth = outer ? outer->depth + 1 : 0;
    frame->below = pb_current;
    pb_current = frame;
    atomic_store_explicit(&frame->thread->frame, frame, memory_order_release);
}

void pb_frame_pop(pb_frame *frame, bool attached) {
    pb_thread *thread = frame->thread;
    pb_current = frame->below;
    if (py.free_threaded || !attached) {
        pthread_mutex_lock(&frame->ctx->lock);
        atomic_store(&thread->frame, frame->outer);
        pthread_mutex_unlock(&frame->ctx->lock);
    } else {
        atomic_store_explicit(&thread->frame, frame->outer, memory_order_release);
    }
    if (attached && atomic_load_explicit(&frame->interrupted, memory_order_relaxed)) {
        /* The exception may still be pending; it must not hit the next request. */
        py.PyThreadState_SetAsyncExc(thread->ident, NULL);
    }
}
