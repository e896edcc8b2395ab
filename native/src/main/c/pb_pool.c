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
    /* Counts finished requests, wrapping. A futex word: the drainer reads it, looks at the rings and sleeps while it is
     * unchanged, so that a request finished in between is not missed. */
    _Atomic uint32_t finished;
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

void pb_pool_notify(pb_pool *pool) {
    atomic_fetch_add(&pool->finished, 1);
    if (atomic_load(&pool->asleep) && atomic_exchange(&pool->asleep, 0)) {
        pb_count(PB_DRAINER_WAKEUPS);
        pb_futex_wake(&pool->finished, 1);
    }
}

/* One finished request in the drainer's buffer. */
typedef struct {
    uint64_t request;
    uint32_t length;
    uint32_t large; /* the bytes are an address that the receiver must free */
} record;

/* Copies a reply out; false if it does not fit any more, which only the first of a batch may not hear. */
static bool drain_slot(pb_queue *q, pb_slot *slot, uint8_t *buf, uint32_t cap, uint32_t *at) {
    record r = {.request = slot->request, .length = slot->length};
    uint32_t room = (uint32_t)sizeof r + ((slot->length + 7) & ~7u);
    if (room <= cap - *at) {
        memcpy(buf + *at, &r, sizeof r);
        memcpy(buf + *at + sizeof r, pb_slot_message(slot), slot->length);
        *at += room;
        pb_queue_release(q, slot);
        return true;
    }
    return false;
}

/* Takes the reply out as memory of its own. */
static bool drain_large(pb_queue *q, pb_slot *slot, uint8_t *buf, uint32_t cap, uint32_t *at) {
    record r = {.request = slot->request, .length = slot->length, .large = 1};
    if (cap - *at < sizeof r + 8)
        return false;
    uint8_t *copy = malloc(slot->length);
    if (copy)
        memcpy(copy, pb_slot_message(slot), slot->length);
    else
        r.length = 0;
    uint64_t address = (uint64_t)(uintptr_t)copy;
    memcpy(buf + *at, &r, sizeof r);
    memcpy(buf + *at + sizeof r, &address, sizeof address);
    *at += (uint32_t)sizeof r + 8;
    pb_queue_release(q, slot);
    return true;
}

/* Fills buf with what has finished. The lock keeps contexts from being taken out of the pool, and so their queues from
 * being unmapped, meanwhile; under it only memory is copied. */
static uint32_t drain(pb_pool *pool, uint8_t *buf, uint32_t cap) {
    uint32_t at = 0;
    bool full = false;
    pthread_mutex_lock(&pool->lock);
    for (uint32_t i = 0; i < pool->count && !full; i++) {
        pb_queue *q = pool->contexts[(pool->turn + i) % pool->count]->queue;
        /* The room for the smallest outcome is checked first: a slot taken from the ring must be delivered. */
        while (!(full = cap - at < sizeof(record) + 8)) {
            pb_slot *slot = pb_queue_next_finished(q);
            if (!slot)
                break;
            if (!drain_slot(q, slot, buf, cap, &at))
                drain_large(q, slot, buf, cap, &at);
        }
    }
    pool->turn++;
    pthread_mutex_unlock(&pool->lock);
    return at;
}

int64_t pb_pool_drain(int64_t number, uint8_t *buf, uint32_t cap, int64_t nanos) {
    pb_pool *pool = pb_pool_get((uint32_t)number);
    if (!pool)
        return PB_STALE;
    uint32_t seen = atomic_load(&pool->finished);
    uint32_t at = drain(pool, buf, cap);
    if (at == 0 && nanos != 0) {
        atomic_store(&pool->asleep, 1);
        if (atomic_load(&pool->finished) == seen && !atomic_load(&pool->stopping))
            pb_futex_wait(&pool->finished, seen, nanos);
        atomic_store(&pool->asleep, 0);
        at = drain(pool, buf, cap);
    }
    return at;
}

void pb_pool_stop(int64_t number) {
    pb_pool *pool = pb_pool_get((uint32_t)number);
    if (pool) {
        atomic_store(&pool->stopping, 1);
        atomic_fetch_add(&pool->finished, 1);
        pb_futex_wake(&pool->finished, 1);
    }
}
