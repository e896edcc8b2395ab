#include "pb_ring.h"

void pb_ring_init(pb_ring *ring, uint32_t capacity) {
    ring->mask = capacity - 1;
    atomic_init(&ring->tail, 0);
    atomic_init(&ring->head, 0);
    for (uint32_t i = 0; i < capacity; i++)
        atomic_init(&ring->cells[i].sequence, i);
}

bool pb_ring_push(pb_ring *ring, uint32_t value) {
    uint32_t ticket = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    for (;;) {
        pb_cell *cell = &ring->cells[ticket & ring->mask];
        uint32_t sequence = atomic_load_explicit(&cell->sequence, memory_order_acquire);
        int32_t difference = (int32_t)(sequence - ticket);
        if (difference == 0) {
            if (atomic_compare_exchange_weak_explicit(&ring->tail, &ticket, ticket + 1, memory_order_relaxed,
                                                      memory_order_relaxed)) {
                cell->value = value;
                atomic_store_explicit(&cell->sequence, ticket + 1, memory_order_release);
                return true;
            }
        } else if (difference < 0) {
            return false;
        } else {
            ticket = atomic_load_explicit(&ring->tail, memory_order_relaxed);
        }
    }
}

bool pb_ring_pop(pb_ring *ring, uint32_t *value) {
    uint32_t ticket = atomic_load_explicit(&ring->head, memory_order_relaxed);
    for (;;) {
        pb_cell *cell = &ring->cells[ticket & ring->mask];
        uint32_t sequence = atomic_load_explicit(&cell->sequence, memory_order_acquire);
        int32_t difference = (int32_t)(sequence - (ticket + 1));
        if (difference == 0) {
            if (atomic_compare_exchange_weak_explicit(&ring->head, &ticket, ticket + 1, memory_order_relaxed,
                                                      memory_order_relaxed)) {
                *value = cell->value;
                atomic_store_explicit(&cell->sequence, ticket + ring->mask + 1, memory_order_release);
                return true;
            }
        } else if (difference < 0) {
            return false;
        } else {
            ticket = atomic_load_explicit(&ring->head, memory_order_relaxed);
        }
    }
}

uint32_t pb_ring_count(pb_ring *ring) {
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    int32_t count = (int32_t)(tail - head);
    return count < 0 ? 0 : (uint32_t)count;
}
