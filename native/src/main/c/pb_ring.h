/* A bounded queue of small numbers for many producers and many consumers (the scheme is Dmitry Vyukov's).
 * It holds no pointers, so it may lie in memory that two processes map at different addresses.
 *
 * Invariant: cell i is free for the producer of ticket t (t % capacity == i) while sequence == t, holds its value
 * while sequence == t + 1, and becomes free for ticket t + capacity when the consumer has taken it. */
#ifndef PB_RING_H
#define PB_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    _Atomic uint32_t sequence;
    uint32_t value;
} pb_cell;

typedef struct {
    uint32_t mask; /* capacity - 1; the capacity is a power of two */
    char pad0[60];
    _Atomic uint32_t tail; /* next ticket of a producer */
    char pad1[60];
    _Atomic uint32_t head; /* next ticket of a consumer */
    char pad2[60];
    pb_cell cells[];
} pb_ring;

static inline size_t pb_ring_size(uint32_t capacity) {
    return sizeof(pb_ring) + (size_t)capacity * sizeof(pb_cell);
}

void pb_ring_init(pb_ring *ring, uint32_t capacity);

/* False if the ring is full. */
bool pb_ring_push(pb_ring *ring, uint32_t value);

/* False if the ring is empty, or if the producer of the next value has not finished yet. */
bool pb_ring_pop(pb_ring *ring, uint32_t *value);

/* Number of values in the ring; a snapshot. */
uint32_t pb_ring_count(pb_ring *ring);

#endif
