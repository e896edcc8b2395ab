#include "pb_table.h"

#include <stdlib.h>

void pb_table_init(pb_table *t) {
    pthread_mutex_init(&t->lock, NULL);
}

static inline uint32_t chunk_of(uint32_t index) {
    return 31 - (uint32_t)__builtin_clz(index / PB_TABLE_FIRST + 1);
}

static inline uint32_t first_of(uint32_t chunk) {
    return ((1u << chunk) - 1) * PB_TABLE_FIRST;
}

/* The entry of an index; NULL if it was never given out. */
static pb_entry *entry_at(pb_table *t, uint32_t index) {
    uint32_t chunk = chunk_of(index);
    if (chunk >= PB_TABLE_CHUNKS)
        return NULL;
    pb_entry *entries = atomic_load_explicit(&t->chunks[chunk], memory_order_acquire);
    return entries ? &entries[index - first_of(chunk)] : NULL;
}

static inline uint64_t make_id(uint64_t state, uint32_t index) {
    return (state & ~(uint64_t)UINT32_MAX) | index;
}

/* Generations have 31 bits, so that an id is never negative to Java, and are never 0, so that no id is. */
static inline uint64_t next_generation(uint64_t state) {
    uint64_t generation = ((state >> 32) + 1) & 0x7fffffff;
    return (generation ? generation : 1) << 32;
}

/* Under the lock: an entry that is in use no more, or was never. NULL if memory is short. */
static pb_entry *unused_entry(pb_table *t, uint32_t *index) {
    if (t->unused) {
        *index = t->unused - 1;
        pb_entry *entry = entry_at(t, *index);
        t->unused = entry->next;
        return entry;
    }
    uint32_t chunk = chunk_of(t->used);
    if (chunk >= PB_TABLE_CHUNKS)
        return NULL;
    if (t->used == first_of(chunk) && !atomic_load(&t->chunks[chunk])) {
        pb_entry *entries = calloc((size_t)PB_TABLE_FIRST << chunk, sizeof *entries);
        if (!entries)
            return NULL;
        atomic_store_explicit(&t->chunks[chunk], entries, memory_order_release);
    }
    *index = t->used++;
    return entry_at(t, *index);
}

uint64_t pb_table_add(pb_table *t, void *value) {
    uint32_t index;
    pthread_mutex_lock(&t->lock);
    pb_entry *entry = unused_entry(t, &index);
    pthread_mutex_unlock(&t->lock);
    if (!entry)
        return 0;
    entry->value = value;
    uint64_t state = next_generation(atomic_load_explicit(&entry->state, memory_order_relaxed));
    atomic_store_explicit(&entry->state, state | 1, memory_order_release);
    atomic_fetch_add_explicit(&t->live, 1, memory_order_relaxed);
    return make_id(state, index);
}

/* Whether the entry is that of the id, and has a count. */
static inline bool is_good(uint64_t state, uint64_t id) {
    return state >> 32 == id >> 32 && (uint32_t)state != 0;
}

bool pb_table_retain(pb_table *t, uint64_t id) {
    pb_entry *entry = entry_at(t, (uint32_t)id);
    uint64_t state = entry ? atomic_load_explicit(&entry->state, memory_order_acquire) : 0;
    while (entry && is_good(state, id)) {
        if (atomic_compare_exchange_weak(&entry->state, &state, state + 1))
            return true;
    }
    return false;
}

static bool push_dead(pb_table *t, pb_entry *entry, uint32_t index) {
    uint32_t top = atomic_load_explicit(&t->dead, memory_order_relaxed);
    do {
        entry->next = top;
    } while (!atomic_compare_exchange_weak(&t->dead, &top, index + 1));
    return top == 0;
}

bool pb_table_release(pb_table *t, uint64_t id) {
    pb_entry *entry = entry_at(t, (uint32_t)id);
    uint64_t state = entry ? atomic_load_explicit(&entry->state, memory_order_acquire) : 0;
    while (entry && is_good(state, id)) {
        if (atomic_compare_exchange_weak(&entry->state, &state, state - 1))
            return (uint32_t)state == 1 && push_dead(t, entry, (uint32_t)id);
    }
    return false;
}

void *pb_table_value(pb_table *t, uint64_t id) {
    pb_entry *entry = entry_at(t, (uint32_t)id);
    return entry && is_good(atomic_load_explicit(&entry->state, memory_order_acquire), id) ? entry->value : NULL;
}

bool pb_table_any_dead(pb_table *t) {
    return atomic_load_explicit(&t->dead, memory_order_relaxed) != 0;
}

uint32_t pb_table_take_dead(pb_table *t, pb_dead *dead, uint32_t cap) {
    uint32_t count = 0;
    pthread_mutex_lock(&t->lock);
    while (count < cap) {
        if (!t->taken && !(t->taken = atomic_exchange(&t->dead, 0)))
            break;
        uint32_t index = t->taken - 1;
        pb_entry *entry = entry_at(t, index);
        t->taken = entry->next;
        dead[count++] = (pb_dead){make_id(atomic_load_explicit(&entry->state, memory_order_relaxed), index), entry->value};
        entry->value = NULL;
        entry->next = t->unused;
        t->unused = index + 1;
    }
    pthread_mutex_unlock(&t->lock);
    atomic_fetch_sub_explicit(&t->live, count, memory_order_relaxed);
    return count;
}

void pb_table_kill_all(pb_table *t) {
    for (uint32_t index = 0; index < t->used; index++) {
        pb_entry *entry = entry_at(t, index);
        uint64_t state = atomic_load(&entry->state);
        if ((uint32_t)state != 0) {
            atomic_store(&entry->state, state & ~(uint64_t)UINT32_MAX);
            push_dead(t, entry, index);
        }
    }
}
