#include "pb_queue.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "pb_counters.h"
#include "pb_futex.h"
#include "pb_segment.h"

static inline pb_ring *ring(pb_queue *q, size_t offset) {
    return (pb_ring *)((char *)q + offset);
}

static inline pb_slot *slot_at(pb_queue *q, uint32_t i) {
    return (pb_slot *)((char *)q + q->slots) + i;
}

static inline uint32_t number_of(pb_queue *q, pb_slot *slot) {
    return (uint32_t)(slot - slot_at(q, 0));
}

static inline uint64_t step(uint64_t state, uint32_t next) {
    return (state & ~(uint64_t)UINT32_MAX) | next;
}

/* The futex word of a slot: the low half of its state (little-endian machines only, as the wire format). */
static inline const void *word(pb_slot *slot) {
    return &slot->state;
}

/* Each ring has room for every slot, so a push can fail only while a consumer that claimed the cell before us has not
 * left it yet: a matter of a few instructions, or of its time slice. */
static void push_slot(pb_ring *r, uint32_t number) {
    while (!pb_ring_push(r, number))
        sched_yield();
}

static size_t aligned(size_t n) {
    return (n + 63) & ~(size_t)63;
}

pb_queue *pb_queue_create(uint32_t capacity) {
    size_t rings = aligned(pb_ring_size(capacity));
    size_t header = aligned(sizeof(pb_queue));
    size_t size = header + 3 * rings + (size_t)capacity * sizeof(pb_slot);
    pb_queue *q = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (q == MAP_FAILED)
        return NULL;
    q->capacity = capacity;
    q->size = size;
    q->submitted = header;
    q->unused = header + rings;
    q->finished = header + 2 * rings;
    q->slots = header + 3 * rings;
    atomic_init(&q->asleep, 0);
    atomic_init(&q->woken, 0);
    pb_ring_init(ring(q, q->submitted), capacity);
    pb_ring_init(ring(q, q->unused), capacity);
    pb_ring_init(ring(q, q->finished), capacity);
    for (uint32_t i = 0; i < capacity; i++)
        pb_ring_push(ring(q, q->unused), i);
    return q;
}

static void free_segment(pb_slot *slot) {
    if (slot->segment) {
        free(pb_segment_take(slot->segment));
        slot->segment = 0;
    }
}

void pb_queue_destroy(pb_queue *q) {
    for (uint32_t i = 0; i < q->capacity; i++) {
        pb_slot *slot = slot_at(q, i);
        if ((uint32_t)atomic_load(&slot->state) != PB_FREE) /* untouched pages stay untouched */
            free_segment(slot);
    }
    munmap(q, q->size);
}

static void set_free(pb_queue *q, pb_slot *slot) {
    free_segment(slot);
    uint64_t state = atomic_load_explicit(&slot->state, memory_order_relaxed);
    uint64_t generation = (state >> 32) + 1;
    atomic_store_explicit(&slot->state, (generation & 0x7fffffff) << 32 | PB_FREE, memory_order_release);
    push_slot(ring(q, q->unused), number_of(q, slot));
}

static void wake_sleeper(pb_queue *q) {
    if (atomic_exchange(&q->asleep, 0)) {
        pb_count(PB_OWNER_WAKEUPS);
        pb_futex_wake(&q->asleep, 1);
    }
}

int64_t pb_queue_submit(pb_queue *q, pb_kind kind, uint64_t request, const uint8_t *bytes, uint32_t length) {
    uint32_t number;
    if (!pb_ring_pop(ring(q, q->unused), &number))
        return PB_FULL;
    pb_slot *slot = slot_at(q, number);
    slot->request = request;
    slot->kind = kind;
    slot->length = length;
    slot->segment = 0;
    atomic_store_explicit(&slot->waiting, 0, memory_order_relaxed);
    if (length <= PB_INLINE) {
        memcpy(slot->bytes, bytes, length);
    } else {
        uint8_t *copy = malloc(length);
        if (copy) {
            memcpy(copy, bytes, length);
            slot->segment = pb_segment_put(copy);
        }
        if (!slot->segment) {
            free(copy);
            set_free(q, slot);
            return PB_NO_MEMORY;
        }
    }
    uint64_t state = step(atomic_load_explicit(&slot->state, memory_order_relaxed), PB_QUEUED);
    /* The ticket is made before the slot is published: afterwards it is the owner's. */
    int64_t ticket = (int64_t)((state & ~(uint64_t)UINT32_MAX) | number);
    atomic_store_explicit(&slot->state, state, memory_order_release);
    push_slot(ring(q, q->submitted), number);
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&q->asleep, memory_order_relaxed))
        wake_sleeper(q);
    return ticket;
}

bool pb_queue_take(pb_queue *q, pb_slot **taken) {
    uint32_t number;
    while (pb_ring_pop(ring(q, q->submitted), &number)) {
        pb_slot *slot = slot_at(q, number);
        uint64_t state = atomic_load_explicit(&slot->state, memory_order_acquire);
        if ((uint32_t)state == PB_QUEUED &&
            atomic_compare_exchange_strong(&slot->state, &state, step(state, PB_RUNNING))) {
            *taken = slot;
            return true;
        }
        pb_count(PB_REQUESTS_DROPPED);
        set_free(q, slot); /* DROPPED: its caller is gone and left the slot to us */
    }
    return false;
}

void pb_queue_sleep(pb_queue *q, int64_t nanos) {
    atomic_store(&q->asleep, 1);
    atomic_thread_fence(memory_order_seq_cst);
    if (!atomic_exchange(&q->woken, 0) && pb_ring_count(ring(q, q->submitted)) == 0)
        pb_futex_wait(&q->asleep, 1, nanos);
    atomic_store(&q->asleep, 0);
}

void pb_queue_wake(pb_queue *q) {
    atomic_store(&q->woken, 1);
    wake_sleeper(q);
}

const uint8_t *pb_slot_message(pb_slot *slot) {
    return slot->segment ? pb_segment_get(slot->segment) : slot->bytes;
}

pb_writer pb_slot_reply(pb_slot *slot, size_t limit) {
    return (pb_writer){.base = slot->bytes, .cap = PB_INLINE, .limit = limit};
}

/* Moves what was written into the slot, in place of the request. */
static void store_reply(pb_slot *slot, pb_writer *w) {
    free_segment(slot);
    slot->length = (uint32_t)w->pos;
    if (w->owned) {
        slot->segment = pb_segment_put(w->base);
        if (!slot->segment) { /* no memory for the table: an empty reply, which Java reports as such */
            pb_writer_free(w);
            slot->length = 0;
        }
        w->owned = false; /* the segment owns it now */
    }
}

bool pb_queue_complete(pb_queue *q, pb_slot *slot, pb_writer *w, bool failed) {
    store_reply(slot, w);
    uint32_t kind = slot->kind;
    uint64_t running = step(atomic_load_explicit(&slot->state, memory_order_relaxed), PB_RUNNING);
    if (kind == PB_CAST && !failed) {
        set_free(q, slot);
        return false;
    }
    if (!atomic_compare_exchange_strong(&slot->state, &running, step(running, PB_DONE))) {
        pb_count(PB_LATE_REPLIES_DROPPED);
        set_free(q, slot); /* ABANDONED */
        return false;
    }
    if (kind != PB_SYNC) {
        push_slot(ring(q, q->finished), number_of(q, slot));
        return true;
    }
    if (atomic_load(&slot->waiting)) {
        /* From here the slot may be freed and reused at any moment. A wake that then hits the word of another request
         * is harmless: waiters loop. */
        pb_count(PB_CALLER_WAKEUPS);
        pb_futex_wake(word(slot), 1);
    }
    return false;
}

/* The slot of a ticket, or NULL if the slot has been reused since. */
static pb_slot *slot_of(pb_queue *q, int64_t ticket, uint64_t *state) {
    uint32_t number = (uint32_t)ticket;
    if (number >= q->capacity)
        return NULL;
    pb_slot *slot = slot_at(q, number);
    *state = atomic_load_explicit(&slot->state, memory_order_acquire);
    return (*state >> 32) == (uint64_t)ticket >> 32 ? slot : NULL;
}

static int64_t copy_out(pb_slot *slot, uint8_t *buf, uint32_t cap) {
    uint32_t length = slot->length;
    if (length <= cap) {
        memcpy(buf, pb_slot_message(slot), length);
        return length;
    }
    uint8_t *memory;
    if (slot->segment) {
        memory = pb_segment_take(slot->segment);
        slot->segment = 0;
    } else {
        memory = malloc(length);
        if (!memory)
            return PB_NO_MEMORY;
        memcpy(memory, slot->bytes, length);
    }
    uint64_t header[2] = {(uint64_t)(uintptr_t)memory, length};
    memcpy(buf, header, sizeof header);
    return PB_LARGE;
}

int64_t pb_queue_await(pb_queue *q, int64_t ticket, uint8_t *buf, uint32_t cap, int64_t nanos) {
    int64_t until = pb_deadline(nanos);
    for (;;) {
        uint64_t state;
        pb_slot *slot = slot_of(q, ticket, &state);
        if (!slot)
            return PB_STALE;
        if ((uint32_t)state == PB_DONE) {
            int64_t length = copy_out(slot, buf, cap);
            set_free(q, slot);
            return length;
        }
        int64_t rest = until - pb_now();
        if (rest <= 0)
            return PB_PENDING;
        /* Announce the sleep before the last look at the state; the owner changes the state before it looks here. */
        atomic_store(&slot->waiting, 1);
        uint64_t now = atomic_load(&slot->state);
        if (now == state)
            pb_futex_wait(word(slot), (uint32_t)state, rest);
    }
}

int64_t pb_queue_cancel(pb_queue *q, int64_t ticket) {
    for (;;) {
        uint64_t state;
        pb_slot *slot = slot_of(q, ticket, &state);
        if (!slot)
            return PB_STALE;
        if ((uint32_t)state == PB_QUEUED) {
            if (atomic_compare_exchange_strong(&slot->state, &state, step(state, PB_DROPPED)))
                return PB_CANCEL_DROPPED;
        } else if ((uint32_t)state == PB_RUNNING) {
            if (atomic_compare_exchange_strong(&slot->state, &state, step(state, PB_ABANDONED)))
                return PB_CANCEL_ABANDONED;
        } else {
            return PB_CANCEL_TOO_LATE;
        }
    }
}

bool pb_queue_is_queued(pb_queue *q, int64_t ticket) {
    uint64_t state;
    return slot_of(q, ticket, &state) && (uint32_t)state == PB_QUEUED;
}

pb_slot *pb_queue_next_finished(pb_queue *q) {
    uint32_t number;
    if (!pb_ring_pop(ring(q, q->finished), &number))
        return NULL;
    return slot_at(q, number);
}

void pb_queue_release(pb_queue *q, pb_slot *slot) {
    set_free(q, slot);
}

uint32_t pb_queue_depth(pb_queue *q) {
    return q->capacity - pb_ring_count(ring(q, q->unused));
}

uint32_t pb_queue_submitted_count(pb_queue *q) {
    return pb_ring_count(ring(q, q->submitted));
}

uint32_t pb_queue_finished_count(pb_queue *q) {
    return pb_ring_count(ring(q, q->finished));
}
