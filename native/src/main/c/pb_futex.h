/* Sleeping and waking on a 32-bit word, and the monotonic clock. Process-shared form, so that the same words work in
 * memory mapped by two processes. */
#ifndef PB_FUTEX_H
#define PB_FUTEX_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int64_t pb_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The time that is nanos from now; the end of time for those too far away to be counted. */
static inline int64_t pb_deadline(int64_t nanos) {
    int64_t now = pb_now();
    return nanos > INT64_MAX - now ? INT64_MAX : now + nanos;
}

/* Sleeps while *word == expected, at most nanos (negative: for ever). May return early; callers loop. */
static inline void pb_futex_wait(const void *word, uint32_t expected, int64_t nanos) {
    struct timespec t = {.tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT, expected, nanos < 0 ? NULL : &t, NULL, 0);
}

static inline void pb_futex_wake(const void *word, int count) {
    syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

#endif
