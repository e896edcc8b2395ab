#include "test.h"

#include <stdatomic.h>
#include <sched.h>
#include <stdlib.h>

#include "pb_ring.h"

enum { CAPACITY = 8, THREADS = 3 };

static void holds_as_many_as_its_capacity_in_order(void) {
    pb_ring *ring = malloc(pb_ring_size(CAPACITY));
    pb_ring_init(ring, CAPACITY);
    uint32_t value;
    /* Many times around, so that sequence numbers pass the capacity. */
    for (uint32_t round = 0; round < 100; round++) {
        CHECK(!pb_ring_pop(ring, &value));
        for (uint32_t i = 0; i < CAPACITY; i++)
            CHECK(pb_ring_push(ring, round * CAPACITY + i));
        CHECK(!pb_ring_push(ring, 0));
        CHECK_INT(pb_ring_count(ring), CAPACITY);
        for (uint32_t i = 0; i < CAPACITY; i++) {
            CHECK(pb_ring_pop(ring, &value));
            CHECK_INT(value, round * CAPACITY + i);
        }
    }
    free(ring);
}

/* Tickets wrap at 2^32. */
static void goes_on_when_its_tickets_wrap(void) {
    pb_ring *ring = malloc(pb_ring_size(CAPACITY));
    pb_ring_init(ring, CAPACITY);
    uint32_t start = UINT32_MAX - 19; /* a multiple of the capacity is not needed: cells are set by hand */
    start &= ~(uint32_t)(CAPACITY - 1);
    atomic_store(&ring->tail, start);
    atomic_store(&ring->head, start);
    for (uint32_t i = 0; i < CAPACITY; i++)
        atomic_store(&ring->cells[i].sequence, start + i);
    uint32_t value;
    for (uint32_t i = 0; i < 100; i++) {
        CHECK(pb_ring_push(ring, i));
        CHECK(pb_ring_push(ring, i + 1000));
        CHECK_INT(pb_ring_count(ring), 2);
        CHECK(pb_ring_pop(ring, &value));
        CHECK_INT(value, i);
        CHECK(pb_ring_pop(ring, &value));
        CHECK_INT(value, i + 1000);
    }
    CHECK(!pb_ring_pop(ring, &value));
    free(ring);
}

typedef struct {
    pb_ring *ring;
    uint32_t per_producer;
    _Atomic uint32_t producers;
    _Atomic uint32_t popped;
    _Atomic uint8_t *seen; /* by value */
} traffic;

static void *produce(void *argument) {
    traffic *t = argument;
    uint32_t first = atomic_fetch_add(&t->producers, 1) * t->per_producer;
    for (uint32_t i = 0; i < t->per_producer; i++) {
        while (!pb_ring_push(t->ring, first + i))
            sched_yield();
    }
    return NULL;
}

static void *consume(void *argument) {
    traffic *t = argument;
    uint32_t last[THREADS] = {0}, value;
    while (atomic_load(&t->popped) < THREADS * t->per_producer) {
        if (!pb_ring_pop(t->ring, &value)) {
            sched_yield();
            continue;
        }
        CHECK_INT(atomic_fetch_add(&t->seen[value], 1), 0);
        uint32_t producer = value / t->per_producer, number = value % t->per_producer + 1;
        CHECK(number > last[producer]); /* what one producer pushed, one consumer sees in order */
        last[producer] = number;
        atomic_fetch_add(&t->popped, 1);
    }
    return NULL;
}

static void loses_and_doubles_nothing_between_threads(void) {
    traffic t = {.per_producer = test_times(100000)};
    t.ring = malloc(pb_ring_size(CAPACITY));
    t.seen = calloc(THREADS * t.per_producer, 1);
    pb_ring_init(t.ring, CAPACITY);
    pthread_t threads[2 * THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = test_start(produce, &t);
        threads[THREADS + i] = test_start(consume, &t);
    }
    for (int i = 0; i < 2 * THREADS; i++)
        test_join(threads[i]);
    for (uint32_t i = 0; i < THREADS * t.per_producer; i++)
        CHECK_INT(t.seen[i], 1);
    CHECK_INT(pb_ring_count(t.ring), 0);
    free(t.ring);
    free((void *)t.seen);
}

void test_ring(void) {
    holds_as_many_as_its_capacity_in_order();
    goes_on_when_its_tickets_wrap();
    loses_and_doubles_nothing_between_threads();
}
