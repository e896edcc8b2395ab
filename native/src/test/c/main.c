/* Runs the tests of libpyboot. Usage: test [LIBPYTHON HOME EXECUTABLE PACKAGE [COMPANION...]]
 *
 * PYBOOT_TEST_SEED repeats a run (as far as threads let it); PYBOOT_TEST_SCALE makes it longer; PYBOOT_TEST_ONLY names
 * the one concern to test. */
#include "test.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_SECONDS = 240 };

test_python test_cpython;

static uint64_t seed;
static uint32_t scale = 1;
static const char *running = "start";

void test_fail(const char *file, int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    fprintf(stderr, "FAILED %s at %s:%d: ", running, file, line);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, " (PYBOOT_TEST_SEED=%llu)\n", (unsigned long long)seed);
    va_end(arguments);
    fflush(stderr);
    _exit(1);
}

uint32_t test_times(uint32_t n) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    n = n > 4 ? n / 4 : n;
#endif
    return n * scale;
}

uint64_t test_random(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

uint64_t test_random_state(uint64_t stream) {
    uint64_t state = seed ^ (stream << 32);
    test_random(&state);
    return state;
}

uint32_t test_below(uint64_t *state, uint32_t bound) {
    return (uint32_t)(test_random(state) % bound);
}

pthread_t test_start(void *(*body)(void *), void *argument) {
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, body, argument), 0);
    return thread;
}

void test_join(pthread_t thread) {
    CHECK_INT(pthread_join(thread, NULL), 0);
}

void test_sleep_micros(uint32_t micros) {
    struct timespec t = {.tv_sec = micros / 1000000, .tv_nsec = micros % 1000000 * 1000};
    nanosleep(&t, NULL);
}

void test_fill(uint8_t *bytes, uint32_t length, uint64_t id) {
    for (uint32_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(id * 31 + i);
}

bool test_filled(const uint8_t *bytes, uint32_t length, uint64_t id) {
    for (uint32_t i = 0; i < length; i++) {
        if (bytes[i] != (uint8_t)(id * 31 + i))
            return false;
    }
    return true;
}

/* A lost wake-up shows as a test that never ends. */
static void on_alarm(int number) {
    (void)number;
    static const char text[] = "FAILED: a test hangs: ";
    ssize_t ignored = write(2, text, sizeof text - 1);
    ignored = write(2, running, strlen(running));
    ignored = write(2, "\n", 1);
    (void)ignored;
    _exit(2);
}

static void run(const char *name, void (*test)(void), bool needs_python) {
    const char *only = getenv("PYBOOT_TEST_ONLY");
    if (only && strcmp(only, name) != 0)
        return;
    if (needs_python && !test_cpython.library) {
        printf("skipped %s: no CPython was given (libpython, home, executable, package)\n", name);
        return;
    }
    struct timespec began, ended;
    running = name;
    clock_gettime(CLOCK_MONOTONIC, &began);
    test();
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("passed %s in %lld ms\n", name,
           (long long)(ended.tv_sec - began.tv_sec) * 1000 + (ended.tv_nsec - began.tv_nsec) / 1000000);
    fflush(stdout);
}

int main(int argc, char **argv) {
    const char *given_seed = getenv("PYBOOT_TEST_SEED"), *given_scale = getenv("PYBOOT_TEST_SCALE");
    seed = given_seed ? strtoull(given_seed, NULL, 10) : 20240229;
    if (given_scale && atoi(given_scale) > 0)
        scale = (uint32_t)atoi(given_scale);
    if (argc >= 5)
        test_cpython = (test_python){argv[1], argv[2], argv[3], argv[4], argv + 5};
    signal(SIGALRM, on_alarm);
    alarm(LONGEST_SECONDS * scale);
    run("ring", test_ring, false);
    run("segment", test_segment, false);
    run("table", test_table, false);
    run("queue", test_queue, false);
    run("thread", test_thread, false);
    run("codec", test_codec, true);
    run("context", test_context, true);
    return 0;
}
