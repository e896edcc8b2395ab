#include "pb_queue.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "pb_counters.h"
#include "pb_futex.h"
#include "pb_journey.h"
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

static inline uint32_t calling(uint32_t callback) {
    return callback << 8 | PB_CALLING;
}

static inline bool is_calling(uint64_t state) {
    return (state & 0xff) == PB_CALLING;
}

/* The slot of the callback that a state asks for. */
static inline pb_slot *asked(pb_queue *q, uint64_t state) {
    return slot_at(q, (uint32_t)state >> 8);
}

/* The futex word of a slot: the low half of its state (little-endian machines only, as the wire format). */
static inline const void *word(pb_slot *slot) {
    return &slot->state;
}

/* Each ring has room for every slot it may hold, so a push can fail only while a consumer that claimed the cell before us has not
 * left it yet: a matter of a few instructions, or of its time slice. */
static void push_slot(pb_ring *r, uint32_t number) {
    while (!pb_ring_push(r, number))
        sched_yield();
}

static size_t aligned(size_t n) {
    return (n + 63) & ~(size_t)63;
}

pb_queue *pb_queue_create(uint32_t capacity) {
    uint32_t both = PB_SPARE; /* a power of two with room for all slots */
    while (both < capacity + PB_SPARE)
        both *= 2;
    size_t own = aligned(pb_ring_size(capacity)), spare = aligned(pb_ring_size(PB_SPARE));
    size_t all = aligned(pb_ring_size(both));
    size_t header = aligned(sizeof(pb_queue));
    size_t slots = header + 2 * own + spare + 2 * all;
    size_t size = slots + ((size_t)capacity + PB_SPARE) * sizeof(pb_slot);
    pb_queue *q = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (q == MAP_FAILED)
        return NULL;
    q->capacity = capacity;
    q->size = size;
    q->submitted = header;
    q->unused = header + own;
    q->spare = header + 2 * own;
    q->nested = q->spare + spare;
    q->finished = q->nested + all;
    q->slots = slots;
    atomic_init(&q->asleep, 0);
    atomic_init(&q->woken, 0);
    pb_ring_init(ring(q, q->submitted), capacity);
    pb_ring_init(ring(q, q->unused), capacity);
    pb_ring_init(ring(q, q->spare), PB_SPARE);
    pb_ring_init(ring(q, q->nested), both);
    pb_ring_init(ring(q, q->finished), both);
    for (uint32_t i = 0; i < capacity; i++)
        pb_ring_push(ring(q, q->unused), i);
    for (uint32_t i = 0; i < PB_SPARE; i++)
        pb_ring_push(ring(q, q->spare), capacity + i);
    return q;
}

static void free_segment(pb_slot *slot) {
    if (slot->segment) {
        free(pb_segment_take(slot->segment));
        slot->segment = 0;
    }
}

/* Invariant: length is 0 once the message has been handed on, so it is dropped where it ends, or not at all. */
void pb_slot_drop(pb_slot *slot) {
    if (slot->length > 0)
        pb_journey_drop((uint8_t *)pb_slot_message(slot), slot->length);
    slot->length = 0;
}

void pb_queue_destroy(pb_queue *q) {
    for (uint32_t i = 0; i < q->capacity + PB_SPARE; i++) {
        pb_slot *slot = slot_at(q, i);
        if ((uint32_t)atomic_load(&slot->state) != PB_FREE) { /* untouched pages stay untouched */
            pb_slot_drop(slot);
            free_segment(slot);
        }
    }
    munmap(q, q->size);
}

static void set_free(pb_queue *q, pb_slot *slot) {
    pb_slot_drop(slot);
    free_segment(slot);
    uint64_t state = atomic_load_explicit(&slot->state, memory_order_relaxed);
    uint64_t generation = (state >> 32) + 1;
    atomic_store_explicit(&slot->state, (generation & 0x7fffffff) << 32 | PB_FREE, memory_order_release);
    uint32_t number = number_of(q, slot);
    push_slot(ring(q, number < q->capacity ? q->unused : q->spare), number);
}

static void wake_sleeper(pb_queue *q) {
    if (atomic_exchange(&q->asleep, 0)) {
        pb_count(PB_OWNER_WAKEUPS);
        pb_futex_wake(&q->asleep, 1);
    }
}

/* Puts a copy of the bytes into the slot. False if memory is short: the message is empty then. */
static bool store_message(pb_slot *slot, const uint8_t *bytes, uint32_t length) {
    slot->length = length;
    slot->segment = 0;
    if (length <= PB_INLINE) {
        if (length > 0)
            memcpy(slot->bytes, bytes, length);
        return true;
    }
    uint8_t *copy = malloc(length);
    if (copy) {
        memcpy(copy, bytes, length);
        slot->segment = pb_segment_put(copy);
    }
    if (!slot->segment) {
        free(copy);
        slot->length = 0;
    }
    return slot->segment;
}

int64_t pb_queue_submit(pb_queue *q, uint32_t kind, uint64_t request, const uint8_t *bytes, uint32_t length) {
    uint32_t number;
    bool nested = kind & PB_NESTED;
    /* A nested request must not wait for a place: the owner, which frees them, waits for it. */
    if (!pb_ring_pop(ring(q, q->unused), &number) && !(nested && pb_ring_pop(ring(q, q->spare), &number)))
        return PB_FULL;
    pb_slot *slot = slot_at(q, number);
    slot->request = request;
    slot->kind = kind & ~(uint32_t)PB_NESTED;
    atomic_store_explicit(&slot->waiting, 0, memory_order_relaxed);
    if (!store_message(slot, bytes, length)) {
        set_free(q, slot);
        return PB_NO_MEMORY;
    }
    uint64_t state = step(atomic_load_explicit(&slot->state, memory_order_relaxed), PB_QUEUED);
    /* The ticket is made before the slot is published: afterwards it is the owner's. */
    int64_t ticket = (int64_t)((state & ~(uint64_t)UINT32_MAX) | number);
    atomic_store_explicit(&slot->state, state, memory_order_release);
    push_slot(ring(q, nested ? q->nested : q->submitted), number);
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&q->asleep, memory_order_relaxed))
        wake_sleeper(q);
    return ticket;
}

static bool take(pb_queue *q, pb_ring *from, pb_slot **taken) {
    uint32_t number;
    while (pb_ring_pop(from, &number)) {
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

bool pb_queue_take(pb_queue *q, pb_slot **taken) {
    return take(q, ring(q, q->nested), taken) || take(q, ring(q, q->submitted), taken);
}

bool pb_queue_take_nested(pb_queue *q, pb_slot **taken) {
    return take(q, ring(q, q->nested), taken);
}

void pb_queue_sleep(pb_queue *q, int64_t nanos) {
    atomic_store(&q->asleep, 1);
    atomic_thread_fence(memory_order_seq_cst);
    if (!atomic_exchange(&q->woken, 0) && pb_queue_submitted_count(q) == 0)
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

/* ---- replies ---- */

/* Moves what was written into the slot, in place of the request. */
static void store_reply(pb_slot *slot, pb_writer *w) {
    free_segment(slot);
    slot->length = (uint32_t)w->pos;
    if (w->owned) {
        slot->segment = pb_segment_put(w->base);
        if (!slot->segment) { /* no memory for the table: an empty reply, which Java reports as such */
            pb_journey_drop(w->base, w->pos);
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
    if (number >= q->capacity + PB_SPARE)
        return NULL;
    pb_slot *slot = slot_at(q, number);
    *state = atomic_load_explicit(&slot->state, memory_order_acquire);
    return (*state >> 32) == (uint64_t)ticket >> 32 ? slot : NULL;
}

/* The message as memory that the caller owns; NULL if memory is short. */
static uint8_t *take_memory(pb_slot *slot) {
    uint8_t *memory;
    if (slot->segment) {
        memory = pb_segment_take(slot->segment);
        slot->segment = 0;
    } else {
        memory = malloc(slot->length);
        if (memory)
            memcpy(memory, slot->bytes, slot->length);
    }
    return memory;
}

static int64_t copy_out(pb_slot *slot, uint8_t *buf, uint32_t cap) {
    uint32_t length = slot->length;
    if (length <= cap) {
        memcpy(buf, pb_slot_message(slot), length);
        slot->length = 0;
        return length;
    }
    uint8_t *memory = take_memory(slot);
    if (!memory)
        return PB_NO_MEMORY;
    slot->length = 0;
    uint64_t header[2] = {(uint64_t)(uintptr_t)memory, length};
    memcpy(buf, header, sizeof header);
    return PB_LARGE;
}

/* Takes the callback that the request of a waiting caller asks for. False if the asker gave it up. */
static bool take_asked(pb_queue *q, pb_slot *slot, uint64_t state, uint8_t *buf, uint32_t cap) {
    pb_slot *callback = asked(q, state);
    int64_t ticket;
    if (!atomic_compare_exchange_strong(&slot->state, &state, step(state, PB_RUNNING)) ||
        !pb_queue_take_callback(q, callback, &ticket))
        return false;
    uint64_t header[3] = {(uint64_t)ticket, 0, callback->length};
    if (callback->length <= cap - sizeof header)
        memcpy(buf + sizeof header, pb_slot_message(callback), callback->length);
    else
        header[1] = (uint64_t)(uintptr_t)take_memory(callback);
    callback->length = 0; /* it is the caller's now */
    memcpy(buf, header, sizeof header);
    return true;
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
        if (is_calling(state)) {
            if (take_asked(q, slot, state, buf, cap))
                return PB_CALLBACK;
            continue;
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
        } else if (is_calling(state)) {
            pb_slot *callback = asked(q, state);
            if (atomic_compare_exchange_strong(&slot->state, &state, step(state, PB_ABANDONED))) {
                int64_t unanswered;
                if (pb_queue_take_callback(q, callback, &unanswered))
                    pb_queue_answer(q, unanswered, NULL, 0);
                return PB_CANCEL_ABANDONED;
            }
        } else {
            return PB_CANCEL_TOO_LATE;
        }
    }
}

bool pb_queue_is_queued(pb_queue *q, int64_t ticket) {
    uint64_t state;
    return slot_of(q, ticket, &state) && (uint32_t)state == PB_QUEUED;
}

/* ---- callbacks ---- */

pb_slot *pb_queue_spare(pb_queue *q) {
    uint32_t number;
    if (!pb_ring_pop(ring(q, q->spare), &number))
        return NULL;
    pb_slot *slot = slot_at(q, number);
    slot->kind = PB_ASK;
    slot->segment = 0;
    atomic_store_explicit(&slot->waiting, 0, memory_order_relaxed);
    return slot;
}

bool pb_queue_ask(pb_queue *q, pb_slot *callback, pb_writer *w, uint64_t request, pb_slot *asking, bool by_owner) {
    store_reply(callback, w);
    callback->request = request;
    callback->by_owner = by_owner;
    uint64_t free = atomic_load_explicit(&callback->state, memory_order_relaxed);
    atomic_store_explicit(&callback->state, step(free, PB_QUEUED), memory_order_release);
    if (asking && asking->kind == PB_SYNC) {
        uint64_t running = step(atomic_load_explicit(&asking->state, memory_order_relaxed), PB_RUNNING);
        if (atomic_compare_exchange_strong(&asking->state, &running, step(running, calling(number_of(q, callback))))) {
            if (atomic_load(&asking->waiting)) {
                pb_count(PB_CALLER_WAKEUPS);
                pb_futex_wake(word(asking), 1);
            }
            return false;
        }
    }
    push_slot(ring(q, q->finished), number_of(q, callback));
    return true;
}

bool pb_queue_answered(pb_slot *callback) {
    return (uint32_t)atomic_load(&callback->state) == PB_DONE;
}

void pb_queue_await_answer(pb_slot *callback) {
    for (;;) {
        atomic_store(&callback->waiting, 1);
        uint64_t state = atomic_load(&callback->state);
        if ((uint32_t)state == PB_DONE)
            return;
        pb_futex_wait(word(callback), (uint32_t)state, -1);
    }
}

void pb_queue_sleep_asking(pb_queue *q, pb_slot *callback, _Atomic bool *cut) {
    atomic_store(&q->asleep, 1);
    atomic_thread_fence(memory_order_seq_cst);
    if (!pb_queue_answered(callback) && pb_ring_count(ring(q, q->nested)) == 0 && !atomic_load(cut))
        pb_futex_wait(&q->asleep, 1, -1);
    atomic_store(&q->asleep, 0);
}

bool pb_queue_forget(pb_queue *q, pb_slot *callback, pb_slot *asking) {
    if (asking) {
        uint64_t before = step(atomic_load_explicit(&asking->state, memory_order_relaxed), calling(number_of(q, callback)));
        if (atomic_compare_exchange_strong(&asking->state, &before, step(before, PB_RUNNING))) {
            set_free(q, callback); /* nobody else has seen it, or will */
            return true;
        }
    }
    uint64_t state = atomic_load(&callback->state);
    while ((uint32_t)state != PB_DONE) {
        if (atomic_compare_exchange_strong(&callback->state, &state, step(state, PB_ABANDONED)))
            return true;
    }
    return false;
}

bool pb_queue_withdraw(pb_slot *callback) {
    uint64_t state = atomic_load(&callback->state);
    return (uint32_t)state == PB_QUEUED &&
           atomic_compare_exchange_strong(&callback->state, &state, step(state, PB_ABANDONED));
}

bool pb_queue_take_callback(pb_queue *q, pb_slot *callback, int64_t *ticket) {
    uint64_t state = atomic_load_explicit(&callback->state, memory_order_acquire);
    if ((uint32_t)state == PB_QUEUED &&
        atomic_compare_exchange_strong(&callback->state, &state, step(state, PB_RUNNING))) {
        *ticket = (int64_t)((state & ~(uint64_t)UINT32_MAX) | number_of(q, callback));
        return true;
    }
    set_free(q, callback);
    return false;
}

int64_t pb_queue_answer(pb_queue *q, int64_t ticket, uint8_t *bytes, uint32_t length) {
    uint64_t state;
    pb_slot *callback = slot_of(q, ticket, &state);
    if (!callback || ((uint32_t)state != PB_RUNNING && (uint32_t)state != PB_ABANDONED)) {
        pb_journey_drop(bytes, length);
        return PB_STALE;
    }
    pb_slot_drop(callback);
    free_segment(callback);
    bool stored = store_message(callback, bytes, length);
    if (!stored)
        pb_journey_drop(bytes, length);
    uint32_t by_owner = callback->by_owner;
    state = step(state, PB_RUNNING);
    if (!atomic_compare_exchange_strong(&callback->state, &state, step(state, PB_DONE))) {
        pb_count(PB_LATE_REPLIES_DROPPED);
        set_free(q, callback); /* ABANDONED */
        return PB_STALE;
    }
    /* From here the slot is the asker's, who may free it at any moment; a wake of another's word is harmless. */
    if (!by_owner) {
        pb_futex_wake(word(callback), 1);
    } else {
        atomic_thread_fence(memory_order_seq_cst);
        if (atomic_load_explicit(&q->asleep, memory_order_relaxed))
            wake_sleeper(q);
    }
    return stored ? 0 : PB_NO_MEMORY;
}

/* ---- the drainer's side, and figures ---- */

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
    return q->capacity - pb_ring_count(ring(q, q->unused)) + PB_SPARE - pb_ring_count(ring(q, q->spare));
}

uint32_t pb_queue_submitted_count(pb_queue *q) {
    return pb_ring_count(ring(q, q->submitted)) + pb_ring_count(ring(q, q->nested));
}

uint32_t pb_queue_finished_count(pb_queue *q) {
    return pb_ring_count(ring(q, q->finished));
}
