/* The table of thread states, over a CPython that only counts. */
#include "test.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pb_context.h"

enum { CONTEXTS = 3, THREADS = 4, LIVES = 60 };

/* ---- a CPython of fakes ---- */

struct _is {
    pthread_mutex_t gil;
};

struct _ts {
    PyInterpreterState *interp;
    pthread_t maker;
    bool is_bound;
    _Atomic uint32_t cleared, deleted;
};

static struct _is main_interpreter;
static _Atomic int64_t made, deleted;
static __thread PyThreadState *current;

/* The state that PyGILState_Ensure finds for a thread, kept as pystate.c does, with all its traps. */
static __thread PyThreadState *bound;

static void bind(PyThreadState *ts) {
    if (bound)
        bound->is_bound = false; /* AddressSanitizer sees whether it has been freed */
    bound = ts;
    ts->is_bound = true;
}

static void unbind(PyThreadState *ts) {
    if (ts->is_bound)
        bound = NULL; /* whosever it was */
}

static PyThreadState *fake_new(PyInterpreterState *interp) {
    PyThreadState *ts = calloc(1, sizeof *ts);
    ts->interp = interp;
    ts->maker = pthread_self();
    if (!bound)
        bind(ts);
    atomic_fetch_add(&made, 1);
    return ts;
}

static void fake_clear(PyThreadState *ts) {
    CHECK(current && current->interp == ts->interp); /* under the GIL of its interpreter */
    CHECK_INT(atomic_fetch_add(&ts->cleared, 1), 0);
}

static void fake_delete(PyThreadState *ts) {
    CHECK(ts != current);
    CHECK_INT(ts->cleared, ts->interp != &main_interpreter);
    CHECK_INT(atomic_fetch_add(&ts->deleted, 1), 0);
    unbind(ts);
    atomic_fetch_add(&deleted, 1);
    free(ts);
}

static void fake_acquire(PyThreadState *ts) {
    CHECK(!current);
    pthread_mutex_lock(&ts->interp->gil);
    current = ts;
    if (!ts->is_bound)
        bind(ts);
}

static PyThreadState *fake_save(void) {
    PyThreadState *ts = current;
    current = NULL;
    pthread_mutex_unlock(&ts->interp->gil);
    return ts;
}

static void fake_release(PyThreadState *ts) {
    CHECK(current == ts);
    fake_save();
}

static void fake_delete_current(void) {
    PyThreadState *ts = current;
    CHECK_INT(ts->cleared, 1);
    unbind(ts);
    fake_save();
    atomic_fetch_add(&deleted, 1);
    free(ts);
}

static PyInterpreterState *fake_main(void) {
    return &main_interpreter;
}

static unsigned long fake_ident(void) {
    return (unsigned long)pthread_self();
}

static void use_fakes(void) {
    memset(&py, 0, sizeof py);
    py.PyInterpreterState_Main = fake_main;
    py.PyThreadState_New = fake_new;
    py.PyThreadState_Clear = fake_clear;
    py.PyThreadState_Delete = fake_delete;
    py.PyThreadState_DeleteCurrent = fake_delete_current;
    py.PyEval_AcquireThread = fake_acquire;
    py.PyEval_RestoreThread = fake_acquire;
    py.PyEval_ReleaseThread = fake_release;
    py.PyEval_SaveThread = fake_save;
    py.PyThread_get_thread_ident = fake_ident;
}

/* ---- lives of contexts, as pb_serve.c leads them ---- */

static struct _is interpreters[CONTEXTS];

static pb_context *begin_life(int i) {
    pb_context *ctx = pb_context_new();
    CHECK(ctx != NULL);
    ctx->interp = &interpreters[i];
    ctx->owner.ts = fake_new(ctx->interp);
    atomic_store(&ctx->phase, PB_READY);
    return ctx;
}

static void await_nobody_inside(pb_context *ctx) {
    while (atomic_load(&ctx->inside) != 0)
        test_sleep_micros(10);
}

/* The generation changes when nobody who may make a record is inside any more: a record made afterwards would carry
 * the generation of the next life. */
static void end_life(pb_context *ctx) {
    atomic_store(&ctx->phase, PB_STOPPING);
    await_nobody_inside(ctx);
    pthread_mutex_lock(&ctx->lock);
    atomic_fetch_add(&ctx->generation, 1);
    pthread_mutex_unlock(&ctx->lock);
    await_nobody_inside(ctx);
    fake_acquire(ctx->owner.ts);
    pb_thread_clear_all(ctx);
    CHECK(ctx->threads == NULL);
    py.PyThreadState_Clear(ctx->owner.ts);
    py.PyThreadState_DeleteCurrent();
    pb_context_recycle(ctx);
}

/* Enters the context of an id, if it still lives, as pb_call does. */
static bool visit(int64_t id) {
    pb_context *ctx = pb_enter(id, true);
    if (!ctx)
        return false;
    pb_thread *thread = pb_thread_enter(ctx);
    CHECK(thread != NULL);
    CHECK(pb_thread_enter(ctx) == thread);
    CHECK(thread->ts->interp == ctx->interp);
    CHECK(pthread_equal(thread->ts->maker, pthread_self()));
    CHECK(!thread->orphan);
    CHECK(pb_thread_attach(ctx, thread));
    CHECK(bound == thread->ts);
    pb_thread_reap(ctx);
    CHECK(current == thread->ts && bound == thread->ts);
    py.PyEval_ReleaseThread(thread->ts);
    pb_leave(ctx);
    return true;
}

static void *visit_once(void *argument) {
    CHECK(visit(*(int64_t *)argument));
    return NULL;
}

static void states_of_dead_threads_are_freed_at_the_next_entry(void) {
    int64_t before = made - deleted;
    pb_context *ctx = begin_life(0);
    int64_t id = pb_context_id(ctx);
    for (int i = 0; i < 5; i++)
        test_join(test_start(visit_once, &id));
    /* Each one but the first has freed the one before it. */
    CHECK_INT(made - deleted, before + 2);
    CHECK(visit(id));
    CHECK_INT(made - deleted, before + 2);
    end_life(ctx);
    CHECK_INT(made, deleted);
    CHECK(!visit(id));
}

static void a_thread_that_outlives_a_context_gets_a_new_state_in_the_next(void) {
    for (int i = 0; i < 3; i++) {
        pb_context *ctx = begin_life(0);
        CHECK(visit(pb_context_id(ctx)));
        end_life(ctx);
        CHECK_INT(made, deleted);
    }
}

/* ---- all at once ---- */

static _Atomic int64_t ids[CONTEXTS];
static _Atomic bool done;

static void *visit_some(void *argument) {
    uint64_t random = (uint64_t)(uintptr_t)argument;
    uint32_t visits = test_below(&random, 60);
    for (uint32_t i = 0; i < visits; i++)
        visit(atomic_load(&ids[test_below(&random, CONTEXTS)]));
    return NULL;
}

/* Threads come and go. */
static void *crowd(void *argument) {
    uint64_t random = test_random_state(300 + (uint64_t)(uintptr_t)argument);
    while (!atomic_load(&done)) {
        pthread_t visitors[3];
        for (int i = 0; i < 3; i++)
            visitors[i] = test_start(visit_some, (void *)(uintptr_t)test_random(&random));
        for (int i = 0; i < 3; i++)
            test_join(visitors[i]);
    }
    return NULL;
}

static void everything_made_is_freed_once(void) {
    uint64_t random = test_random_state(400);
    pb_context *lives[CONTEXTS];
    for (int i = 0; i < CONTEXTS; i++) {
        lives[i] = begin_life(i);
        atomic_store(&ids[i], pb_context_id(lives[i]));
    }
    pthread_t crowds[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        crowds[i] = test_start(crowd, (void *)i);
    for (uint32_t life = 0; life < test_times(4 * LIVES); life++) {
        uint32_t i = test_below(&random, CONTEXTS);
        test_sleep_micros(test_below(&random, 3000));
        end_life(lives[i]);
        lives[i] = begin_life((int)i);
        atomic_store(&ids[i], pb_context_id(lives[i]));
    }
    atomic_store(&done, true);
    for (int i = 0; i < THREADS; i++)
        test_join(crowds[i]);
    for (int i = 0; i < CONTEXTS; i++)
        end_life(lives[i]);
    CHECK(made > 3 * LIVES);
    CHECK_INT(made, deleted);
}

/* On a thread of its own: what the table keeps of this CPython must not outlive it. */
static void *run_all(void *unused) {
    (void)unused;
    states_of_dead_threads_are_freed_at_the_next_entry();
    a_thread_that_outlives_a_context_gets_a_new_state_in_the_next();
    everything_made_is_freed_once();
    return NULL;
}

void test_thread(void) {
    use_fakes();
    for (int i = 0; i < CONTEXTS; i++)
        pthread_mutex_init(&interpreters[i].gil, NULL);
    test_join(test_start(run_all, NULL));
    memset(&py, 0, sizeof py);
}
