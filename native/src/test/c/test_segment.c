#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "pb_segment.h"

enum { THREADS = 4, HELD = 200 };

static void gives_back_what_was_put_once(void) {
    uint8_t *bytes = malloc(10);
    uint32_t number = pb_segment_put(bytes);
    CHECK(number != 0);
    CHECK(pb_segment_get(number) == bytes);
    CHECK(pb_segment_take(number) == bytes);
    CHECK(pb_segment_take(number) == NULL);
    CHECK(pb_segment_get(number) == NULL);
    CHECK(pb_segment_get(0) == NULL);
    CHECK(pb_segment_take(UINT32_MAX) == NULL);
    free(bytes);
}

static void *use(void *argument) {
    uint64_t random = test_random_state(100 + (uint64_t)(uintptr_t)argument);
    uint32_t numbers[HELD] = {0};
    uint8_t *memory[HELD] = {0};
    for (uint32_t i = 0; i < test_times(20000); i++) {
        uint32_t at = test_below(&random, HELD);
        if (numbers[at]) {
            CHECK(pb_segment_get(numbers[at]) == memory[at]);
            CHECK(pb_segment_take(numbers[at]) == memory[at]);
            free(memory[at]);
            numbers[at] = 0;
        } else {
            memory[at] = malloc(1 + test_below(&random, 64));
            numbers[at] = pb_segment_put(memory[at]);
            CHECK(numbers[at] != 0);
        }
    }
    for (uint32_t at = 0; at < HELD; at++) {
        if (numbers[at]) {
            CHECK(pb_segment_take(numbers[at]) == memory[at]);
            free(memory[at]);
        }
    }
    return NULL;
}

static void keeps_segments_of_threads_apart(void) {
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = test_start(use, (void *)i);
    for (int i = 0; i < THREADS; i++)
        test_join(threads[i]);
}

void test_segment(void) {
    gives_back_what_was_put_once();
    keeps_segments_of_threads_apart();
}
