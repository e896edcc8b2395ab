/* What the tests of libpyboot share: assertions that end the program, random numbers from a seed that is printed on
 * failure, and threads. */
#ifndef PB_TEST_H
#define PB_TEST_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            test_fail(__FILE__, __LINE__, "%s", #condition);                                                           \
    } while (0)

#define CHECK_INT(actual, expected)                                                                                    \
    do {                                                                                                               \
        long long actual_ = (long long)(actual), expected_ = (long long)(expected);                                    \
        if (actual_ != expected_)                                                                                      \
            test_fail(__FILE__, __LINE__, "%s is %lld, not %lld", #actual, actual_, expected_);                        \
    } while (0)

/* Prints where, what and the seed, and ends the process. Any thread may call it. */
void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));

/* Where CPython is; library is NULL where none was given, and tests that need one are skipped then. */
typedef struct {
    const char *library;
    const char *home;
    const char *executable;
    const char *package; /* the folder with the package pyboot */
    char **companions;   /* libraries to load first; ends with NULL */
} test_python;

extern test_python test_cpython;

/* n, times PYBOOT_TEST_SCALE (1 by default), divided where a sanitizer makes everything slow. */
uint32_t test_times(uint32_t n);

/* Random numbers (splitmix64): one state a thread, all derived from the seed of the run. */
uint64_t test_random_state(uint64_t stream);
uint64_t test_random(uint64_t *state);
uint32_t test_below(uint64_t *state, uint32_t bound);

/* Starts a thread; a failure to do so ends the process. */
pthread_t test_start(void *(*body)(void *), void *argument);
void test_join(pthread_t thread);

void test_sleep_micros(uint32_t micros);

/* Bytes of a message that say whose they are. */
void test_fill(uint8_t *bytes, uint32_t length, uint64_t id);
bool test_filled(const uint8_t *bytes, uint32_t length, uint64_t id);

void test_ring(void);
void test_segment(void);
void test_table(void);
void test_queue(void);
void test_thread(void);
void test_codec(void);
void test_context(void);

/* ---- test_python.c: CPython for the tests that need it ---- */

typedef struct _ts PyThreadState;
typedef struct _object PyObject;

/* Starts CPython, once. */
void test_python_start(void);

/* The calling thread gets and loses the GIL of the main interpreter. */
PyThreadState *test_python_attach(void);
void test_python_detach(PyThreadState *ts);

/* Runs source in a namespace; an exception ends the process. */
void test_python_exec(PyObject *namespace, const char *source);

/* The value of an expression; a new reference. */
PyObject *test_python_eval(PyObject *namespace, const char *source);

/* A fresh namespace. */
PyObject *test_python_namespace(void);

#endif
