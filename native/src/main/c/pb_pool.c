#include "pb_pool.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_POOLS = 1024 };

struct pb_pool {
    pthread_mutex_t lock; /* a leaf lock; guards the list */
    pb_context *contexts[PB_MAX_CONTEXTS];
    uint32_t count;
    bool abandoned; /* a context of this pool still runs somewhere; under the lock */
    _Atomic uint32_t used;
    _Atomic int64_t casts; /* that succeeded: nobody else hears of those */
    /* 1 while the drainer sleeps or is about to; the futex word it sleeps on. An owner puts its answer into a ring first
     * and looks here afterwards, the drainer sets it first and looks at the rings afterwards: one of the two sees the
     * other. While the drainer is busy, owners only read it. */
    _Atomic uint32_t asleep;
    _Atomic uint32_t stopping; /* set once the drainer is to end; it stays set, so that it cannot be missed */
    uint32_t turn; /* of the drainer: where it begins, so that a busy context does not starve the others */
};

static pb_pool pools[MAX_POOLS];

int64_t pb_pool_create(void) {
    for (uint32_t i = 0; i < MAX_POOLS; i++) {
        uint32_t unused = 0;
        if (atomic_compare_exchange_strong(&pools[i].used, &unused, 1)) {
            pthread_mutex_init(&pools[i].lock, NULL);
            atomic_store(&pools[i].casts, 0);
            atomic_store(&pools[i].stopping, 0);
            return i;
        }
    }
    return -1;
}

void pb_pool_destroy(int64_t number) {
    pb_pool *pool = pb_pool_get((uint32_t)number);
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    bool unused = pool->count == 0 && !pool->abandoned;
    pthread_mutex_unlock(&pool->lock);
    if (unused)
        atomic_store(&pool->used, 0);
}

pb_pool *pb_pool_get(uint32_t number) {
    return number < MAX_POOLS && atomic_load(&pools[number].used) ? &pools[number] : NULL;
}

int64_t pb_pool_number(pb_pool *pool) {
    return pool - pools;
}

void pb_pool_add(pb_pool *pool, pb_context *ctx) {
    pthread_mutex_lock(&pool->lock);
    pool->contexts[pool->count++] = ctx; /* a context is in one pool, so the array has room for all */
    pthread_mutex_unlock(&pool->lock);
}

void pb_pool_count_cast(pb_pool *pool) {
    atomic_fetch_add_explicit(&pool->casts, 1, memory_order_relaxed);
}

int64_t pb_pool_casts(int64_t number) {
    pb_pool *pool = pb_pool_get((uint32_t)number);
    return pool ? atomic_load_explicit(&pool->casts, memory_order_relaxed) : 0;
}

void pb_pool_remove(pb_pool *pool, pb_context *ctx, bool abandoned) {
    pthread_mutex_lock(&pool->lock);
    pool->abandoned |= abandoned;
    for (uint32_t i = 0; i < pool->count; i++) {
        if (pool->contexts[i] == ctx) {
            pool->contexts[i] = pool->contexts[--pool->count];
            break;
        }
    }
    pthread_mutex_unlock(&pool->lock);
}

bool pb_pool_stopping(pb_pool *pool) {
    atomic_thread_fence(memory_order_seq_cst); /* what the caller pushed is in its ring before the look */
    return atomic_load(&pool->stopping);
}

void pb_pool_notify(pb_pool *pool) {
    atomic_thread_fence(memory_order_seq_cst); /* the answer is in its ring before the look */
    if (atomic_load_explicit(&pool->asleep, memory_order_relaxed) && atomic_exchange(&pool->asleep, 0)) {
        pb_count(PB_DRAINER_WAKEUPS);
        pb_futex_wake(&pool->asleep, 1);
    }
}

/* One finished request in the drainer's buffer, or one callback. */
typedef struct {
    uint64_t request;
    uint32_t length;
    uint32_t flags;
} record;

enum {
    LARGE = 1,   /* the bytes are an address that the receiver must free */
    CALLBACK = 2 /* the bytes begin with the context's id and the ticket for the answer */
};

enum { SMALLEST = sizeof(record) + 3 * sizeof(uint64_t) }; /* a large callback */

static void append(uint8_t *buf, uint32_t *at, const void *bytes, uint32_t length) {
    memcpy(buf + *at, bytes, length);
    *at += length;
}

/* Copies a finished request or a callback out, of which the smallest form has room. Where the bytes do not fit, they
 * become memory of their own. */
static void drain_slot(pb_context *ctx, pb_slot *slot, uint8_t *buf, uint32_t cap, uint32_t *at) {
    record r = {.request = slot->request, .length = slot->length};
    int64_t origin[2] = {pb_context_id(ctx)};
    bool callback = slot->kind == PB_ASK;
    if (callback) {
        if (!pb_queue_take_callback(ctx->queue, slot, &origin[1]))
            return;
        r.flags = CALLBACK;
    }
    uint32_t padded = (slot->length + 7) & ~7u, extra = callback ? (uint32_t)sizeof origin : 0;
    uint8_t *copy = NULL;
    if (slot->length > UINT32_MAX - 7 || sizeof r + extra + padded > cap - *at) {
        r.flags |= LARGE;
        copy = malloc(slot->length);
        if (copy)
            memcpy(copy, pb_slot_message(slot), slot->length);
        else
            r.length = 0;
    }
    append(buf, at, &r, sizeof r);
    append(buf, at, origin, extra);
    if (r.flags & LARGE) {
        uint64_t address = (uint64_t)(uintptr_t)copy;
        append(buf, at, &address, sizeof address);
        if (copy)
            slot->length = 0;
    } else {
        memcpy(buf + *at, pb_slot_message(slot), slot->length);
        *at += padded;
        slot->length = 0; /* it is the receiver's now */
    }
    if (!callback)
        pb_queue_release(ctx->queue, slot);
}

/* Fills buf with what has finished. The lock keeps contexts from being taken out of the pool, and so their queues from
 * being unmapped, meanwhile; under it only memory is copied. */
static uint32_t drain(pb_pool *pool, uint8_t *buf, uint32_t cap) {
    uint32_t at = 0;
    bool full = false;
    pthread_mutex_lock(&pool->lock);
    for (uint32_t i = 0; i < pool->count && !full; i++) {
        pb_context *ctx = pool->contexts[(pool->turn + i) % pool->count];
        /* The room for the smallest outcome is checked first: a slot taken from the ring must be delivered. */
        while (!(full = cap - at < SMALLEST)) {
            pb_slot *slot = pb_queue_next_finished(ctx->queue);
            if (!slot)
                break;
            drain_slot(ctx, slot, buf, cap, &at);
        }
    }
    pool->turn++;
    pthread_mutex_unlock(&pool->lock);
    return at;
}

/* Whether a ring of the pool has something. */
static bool has_finished(pb_pool *pool) {
    bool found = false;
    pthread_mutex_lock(&pool->lock);
    for (uint32_t i = 0; i < pool->count && !found; i++)
        found = pb_queue_finished_count(pool->contexts[i]->queue) != 0;
    pthread_mutex_unlock(&pool->lock);
    return found;
}

int64_t pb_pool_drain(int64_t number, uint8_t *buf, uint32_t cap, int64_t nanos) {
    pb_pool *pool = pb_pool_get((uint32_t)number);
    if (!pool)
        return PB_STALE;
    uint32_t at = drain(pool, buf, cap);
    if (at == 0 && nanos != 0) {
        PB_SPIN_WHILE(!has_finished(pool));
        atomic_store(&pool->asleep, 1);
        atomic_thread_fence(memory_order_seq_cst);
        if (!has_finished(pool) && !atomic_load(&pool->stopping))
            pb_futex_wait(&pool->asleep, 1, nanos);
        atomic_store(&pool->asleep, 0);
        at = drain(pool, buf, cap);
    }
    return at;
}

void pb_pool_stop(int64_t number) {
    pb_pool *pool = pb_pool_get((uint32_t)number);
    if (pool) {
        atomic_store(&pool->stopping, 1);
        atomic_store(&pool->asleep, 0);
        pb_futex_wake(&pool->asleep, 1);
    }
}
