/* Process-wide counters. Each is moved at one kind of event and only ever grows. The order is that of the enum
 * NativeCounter in io.pyboot.runtime. */
#ifndef PB_COUNTERS_H
#define PB_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

typedef enum {
    PB_CONTEXTS_CREATED,
    PB_CONTEXTS_DESTROYED,
    PB_CONTEXTS_ABANDONED,
    PB_THREAD_STATES_CREATED,
    PB_THREAD_STATES_REAPED,
    PB_INTERRUPTS_SENT,
    PB_INTERRUPTS_DELIVERED,
    PB_INTERRUPTS_TOO_LATE,
    PB_REQUESTS_DROPPED,
    PB_LATE_REPLIES_DROPPED,
    PB_OWNER_WAKEUPS,
    PB_CALLER_WAKEUPS,
    PB_DRAINER_WAKEUPS,
    PB_EXTENSIONS_PROBED,
    PB_VIEWS_PINNED,
    PB_VIEWS_UNPINNED,
    PB_COUNTER_COUNT
} pb_counter;

extern _Atomic int64_t pb_counters[PB_COUNTER_COUNT];

static inline void pb_count(pb_counter counter) {
    atomic_fetch_add_explicit(&pb_counters[counter], 1, memory_order_relaxed);
}

#endif
