#include <stdlib.h>
#include <string.h>

#include "pb_context.h"

_Atomic int64_t pb_counters[PB_COUNTER_COUNT];

__thread pb_context *pb_owned;

/* Contexts by index. An entry is set once, under the lock, and its structure is never freed: a thread that holds a
 * stale id may look at it at any time. */
static pb_context *_Atomic contexts[PB_MAX_CONTEXTS];
static uint32_t used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* a leaf lock */

pb_context *pb_context_new(void) {
    pb_context *ctx = NULL;
    pthread_mutex_lock(&lock);
    for (uint32_t i = 0; i < used && !ctx; i++) {
        pb_context *candidate = atomic_load(&contexts[i]);
        if (atomic_load(&candidate->phase) == PB_UNUSED && atomic_load(&candidate->inside) == 0)
            ctx = candidate;
    }
    if (!ctx && used < PB_MAX_CONTEXTS) {
        ctx = calloc(1, sizeof *ctx);
        if (ctx) {
            ctx->index = used;
            atomic_init(&ctx->generation, 1);
            pthread_mutex_init(&ctx->lock, NULL);
            pb_table_init(&ctx->handles);
            atomic_store(&contexts[used++], ctx);
        }
    }
    if (ctx) {
        atomic_store(&ctx->requests, 0);
        atomic_store(&ctx->phase, PB_STARTING);
    }
    pthread_mutex_unlock(&lock);
    return ctx;
}

int64_t pb_context_id(pb_context *ctx) {
    return (int64_t)((uint64_t)atomic_load(&ctx->generation) << 16 | ctx->index);
}

pb_context *pb_context_of(int64_t id) {
    uint32_t index = (uint32_t)id & 0xffff;
    return id < 0 || index >= PB_MAX_CONTEXTS ? NULL : atomic_load_explicit(&contexts[index], memory_order_acquire);
}

pb_context *pb_enter(int64_t id, bool only_ready) {
    pb_context *ctx = pb_context_of(id);
    if (!ctx)
        return NULL;
    atomic_fetch_add(&ctx->inside, 1);
    if (atomic_load(&ctx->generation) == (uint32_t)((uint64_t)id >> 16) &&
        (!only_ready || atomic_load(&ctx->phase) == PB_READY))
        return ctx;
    pb_leave(ctx);
    return NULL;
}

static pb_context *enter_in_phase(PyInterpreterState *interp, uint32_t phase) {
    for (uint32_t i = 0; i < PB_MAX_CONTEXTS; i++) {
        pb_context *ctx = atomic_load_explicit(&contexts[i], memory_order_acquire);
        if (!ctx)
            return NULL;
        atomic_fetch_add(&ctx->inside, 1);
        if (ctx->interp == interp && atomic_load(&ctx->phase) == phase)
            return ctx;
        pb_leave(ctx);
    }
    return NULL;
}

pb_context *pb_enter_here(void) {
    if (pb_owned) { /* by its id, which says nothing of its phase */
        atomic_fetch_add(&pb_owned->inside, 1);
        return pb_owned;
    }
    /* Contexts of the main interpreter share it: one that takes work can answer, one that ends may have nobody left who
     * serves it. */
    static const uint32_t phases[] = {PB_READY, PB_STARTING, PB_STOPPING};
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        pb_context *ctx = enter_in_phase(py.PyInterpreterState_Get(), phases[i]);
        if (ctx)
            return ctx;
    }
    return NULL;
}

void pb_leave(pb_context *ctx) {
    if (atomic_fetch_sub(&ctx->inside, 1) == 1 && atomic_load_explicit(&ctx->phase, memory_order_relaxed) == PB_STOPPING)
        pb_futex_wake(&ctx->inside, INT32_MAX); /* the ending owner waits for the last one */
}

void pb_context_recycle(pb_context *ctx) {
    memset(&ctx->start_reply, 0, sizeof ctx->start_reply);
    ctx->interp = NULL;
    ctx->pool = NULL;
    memset(&ctx->owner, 0, sizeof ctx->owner);
    atomic_store(&ctx->phase, PB_UNUSED);
}
