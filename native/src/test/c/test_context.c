/* Contexts from their start to their end, through the exported functions, as Java calls them. */
#include "test.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pb_context.h"

/* Of pb_api.c, as LibPyboot declares them. */
int64_t pb_start_context(int32_t subinterpreter, int64_t pool, int32_t capacity, const uint8_t *config, int32_t length);
int64_t pb_await_start(int64_t id, uint8_t *buf, int32_t cap, int64_t nanos);
int64_t pb_stop_context(int64_t id, int64_t grace);
int64_t pb_await_end(int64_t id, int64_t nanos);
int64_t pb_call(int64_t id, int32_t nested, uint8_t *buf, int32_t length, int32_t cap, int64_t request);
int64_t pb_submit(int64_t id, int32_t kind, const uint8_t *buf, int32_t length, int64_t request);
int64_t pb_await(int64_t id, int64_t ticket, uint8_t *buf, int32_t cap, int64_t nanos);
int64_t pb_cancel(int64_t id, int64_t ticket);
int64_t pb_answer(int64_t id, int64_t ticket, uint8_t *buf, int32_t length);
void pb_set_upcall(pb_upcall upcall);
int64_t pb_interrupt(int64_t id, int64_t request);
int64_t pb_create_pool(void);
void pb_destroy_pool(int64_t number);
int64_t pb_drain(int64_t number, uint8_t *buf, uint32_t cap, int64_t nanos);
void pb_stop_drainer(int64_t number);
void pb_free(int64_t address);

enum { MAIN, SUBINTERPRETER };

static const int64_t SECOND = 1000000000, LONG = 60 * 1000000000ll;

static int64_t pool;
static const char *preload; /* a module that the next contexts import, or NULL */

/* Python that C code calls back. */
static const char CALLBACK[] = "import sqlite3\n"
                               "c = sqlite3.connect(':memory:')\n"
                               "c.create_function('twice', 1, lambda x: 2 * x)\n"
                               "assert c.execute('select twice(21)').fetchone() == (42,)\n"
                               "c.close()\n";

/* ---- starting and stopping ---- */

static void write_u32_pair(pb_writer *w, const char *key, const char *tag_and_nothing) {
    pb_write_text(w, key);
    pb_write_u8(w, (uint8_t)tag_and_nothing[0]);
    pb_write_u32(w, 0);
}

static void write_number(pb_writer *w, const char *key, int64_t value) {
    pb_write_text(w, key);
    pb_write_u8(w, 'l');
    CHECK(pb_writer_reserve(w, 8));
    memcpy(w->base + w->pos, &value, 8);
    w->pos += 8;
}

static int64_t begin_start(int mode, int64_t max_message, int32_t capacity) {
    uint8_t memory[1024];
    pb_writer w = {.base = memory, .cap = sizeof memory, .limit = sizeof memory};
    pb_write_u8(&w, '{');
    pb_write_u32(&w, 9);
    pb_write_text(&w, "pool");
    pb_write_text(&w, "test");
    pb_write_text(&w, "mode");
    pb_write_text(&w, mode == MAIN ? "main" : "subinterpreter");
    write_u32_pair(&w, "site_folders", "[");
    write_u32_pair(&w, "site_paths", "[");
    write_u32_pair(&w, "path", "[");
    pb_write_text(&w, "preload");
    pb_write_u8(&w, '[');
    pb_write_u32(&w, preload ? 1 : 0);
    if (preload)
        pb_write_text(&w, preload);
    write_number(&w, "index", 0);
    write_number(&w, "max_depth", 100);
    write_number(&w, "max_message_size", max_message);
    /* The memory is gone before the owner thread has read it: it must have taken a copy. */
    uint8_t *config = malloc(w.pos);
    memcpy(config, memory, w.pos);
    int64_t id = pb_start_context(mode, pool, capacity, config, (int32_t)w.pos);
    memset(config, 'x', w.pos);
    free(config);
    CHECK(id >= 0);
    return id;
}

static void await_ready(int64_t id) {
    uint8_t buf[65536];
    int64_t result;
    while ((result = pb_await_start(id, buf, sizeof buf, SECOND)) == PB_PENDING)
        ;
    if (result != 0)
        test_fail(__FILE__, __LINE__, "no start: %lld %.*s", (long long)result, (int)(result > 0 ? result : 0),
                  (char *)buf);
}

static int64_t start(int mode) {
    int64_t id = begin_start(mode, 1 << 24, 16);
    await_ready(id);
    return id;
}

static void stop(int64_t id) {
    CHECK_INT(pb_stop_context(id, 10 * SECOND), 0);
    CHECK_INT(pb_await_end(id, LONG), 1);
}

/* ---- requests ---- */

static int32_t request_of(uint8_t *buf, uint32_t cap, pb_op op, const char *source) {
    int64_t session = 0;
    pb_writer w = {.base = buf, .cap = cap, .limit = cap};
    pb_write_u8(&w, op);
    memcpy(w.base + w.pos, &session, 8);
    w.pos += 8;
    w.base[w.pos++] = 'u';
    pb_write_u32(&w, (uint32_t)strlen(source));
    memcpy(w.base + w.pos, source, strlen(source));
    w.pos += strlen(source);
    w.base[w.pos++] = 'N';
    return (int32_t)w.pos;
}

/* Runs source on the calling thread; the reply is in buf. */
static int64_t call(int64_t id, pb_op op, const char *source, uint8_t *buf, uint32_t cap, int64_t request) {
    return pb_call(id, 0, buf, request_of(buf, cap, op, source), (int32_t)cap, request);
}

static void check_call(int64_t id, pb_op op, const char *source) {
    uint8_t buf[65536];
    int64_t length = call(id, op, source, buf, sizeof buf, 1);
    if (length < 1 || buf[0] != PB_REPLY_VALUE)
        test_fail(__FILE__, __LINE__, "%s: %lld %.*s", source, (long long)length, (int)(length > 0 ? length : 0),
                  (char *)buf);
}

static int64_t submit(int64_t id, uint32_t kind, pb_op op, const char *source, int64_t request) {
    uint8_t buf[4096];
    return pb_submit(id, (int32_t)kind, buf, request_of(buf, sizeof buf, op, source), request);
}

/* Runs source on the owner thread. */
static void check_owner(int64_t id, pb_op op, const char *source) {
    uint8_t buf[65536];
    int64_t ticket = submit(id, PB_SYNC, op, source, 2);
    CHECK(ticket >= 0);
    int64_t length = pb_await(id, ticket, buf, sizeof buf, LONG);
    if (length < 1 || buf[0] != PB_REPLY_VALUE)
        test_fail(__FILE__, __LINE__, "%s: %lld %.*s", source, (long long)length, (int)(length > 0 ? length : 0),
                  (char *)buf);
}

static void *call_once(void *argument) {
    check_call(*(int64_t *)argument, PB_OP_EVAL, "1 + 1");
    return NULL;
}

/* ---- tests ---- */

static void calls_run_on_both_ways(void) {
    int64_t id = start(SUBINTERPRETER);
    check_call(id, PB_OP_EXEC, "x = 1");
    check_owner(id, PB_OP_EXEC, "x += 1");
    check_call(id, PB_OP_EXEC, "assert x == 2");
    stop(id);
    uint8_t buf[64];
    CHECK_INT(call(id, PB_OP_EVAL, "1", buf, sizeof buf, 1), PB_STALE);
    CHECK_INT(submit(id, PB_SYNC, PB_OP_EVAL, "1", 1), PB_STALE);
}

/* An owner that is about to sleep must hear of the stop. */
static void idle_contexts_end(void) {
    uint64_t random = test_random_state(600);
    for (uint32_t i = 0; i < test_times(80); i++) {
        int64_t id = start(MAIN);
        check_owner(id, PB_OP_EVAL, "1");
        if (i % 2)
            test_sleep_micros(test_below(&random, 100));
        stop(id);
    }
}

static void contexts_stopped_while_they_start_end(void) {
    for (uint32_t i = 0; i < 10; i++) {
        int64_t id = begin_start(i % 2, 1 << 24, 16);
        test_sleep_micros(i * 3000);
        stop(id);
    }
}

static void answers_keep_to_the_limit(void) {
    int64_t id = begin_start(SUBINTERPRETER, 4096, 16);
    await_ready(id);
    uint8_t *buf = malloc(65536);
    static const char *const values[] = {"'x' * 4000", "'x' * 5000", "['x' * 4000, 'y' * 60000]", "['x' * 60] * 2000",
                                         "1 // 0 if 1 else 2", "{}['k' * 100000]", "[object()]"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        int64_t length = call(id, PB_OP_EVAL, values[i], buf, 65536, 1);
        CHECK(length > 1 && length <= 4096);
        CHECK_INT(buf[0] == PB_REPLY_VALUE, i == 0);
        if (buf[0] == PB_REPLY_RAISED_PLAIN || buf[0] == PB_REPLY_UNCONVERTIBLE) {
            /* Two whole texts. */
            int64_t at = 1;
            for (int text = 0; text < 2; text++) {
                uint32_t n;
                CHECK(at + 5 <= length && buf[at] == 'u');
                memcpy(&n, buf + at + 1, 4);
                at += 5 + n;
            }
            CHECK_INT(at, length);
        }
    }
    free(buf);
    stop(id);
}

/* Callbacks of C code find the thread state of their thread by PyGILState_Ensure. Freeing the state of a dead thread
 * must not make CPython forget that of the living thread that does it. */
static void c_code_finds_its_thread_state_after_a_reap(void) {
    int64_t id = start(SUBINTERPRETER);
    check_owner(id, PB_OP_EXEC, CALLBACK);
    check_call(id, PB_OP_EXEC, CALLBACK);
    test_join(test_start(call_once, &id)); /* leaves the state of a dead thread */
    check_owner(id, PB_OP_EVAL, "1");      /* the owner frees it */
    test_sleep_micros(20000);
    check_owner(id, PB_OP_EXEC, CALLBACK);
    test_join(test_start(call_once, &id));
    check_call(id, PB_OP_EVAL, "1"); /* or this thread does */
    check_call(id, PB_OP_EXEC, CALLBACK);
    stop(id);
}

/* What only a broken sender can write. */
static void requests_that_cannot_be_read_are_refused(void) {
    static const struct {
        const char *bytes;
        int32_t length;
    } requests[] = {
        {"", 0},
        {"\2", 1},
        {"\377\0\0\0\0\0\0\0\0", 9},
        {"\3\0\0\0\0\0\0\0\0", 9},
        {"\3\0\0\0\0\0\0\0\0a\1", 11},
        /* sorted(**{5: None}): a keyword that is no str */
        {"\2\0\0\0\0\0\0\0\0a\17builtins:sorted\0\0\0\0\1\0\0\0b\5N", 37},
        {"\2\0\0\0\0\0\0\0\0a\17builtins:sorted\377\377\377\377\377\377\377\377", 34},
    };
    int64_t id = start(MAIN);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        uint8_t buf[4096];
        int64_t ticket = pb_submit(id, PB_SYNC, (const uint8_t *)requests[i].bytes, requests[i].length, 1);
        CHECK(pb_await(id, ticket, buf, sizeof buf, LONG) > 1);
        CHECK_INT(buf[0], PB_REPLY_MALFORMED);
    }
    check_owner(id, PB_OP_EVAL, "1");
    stop(id);
}

static void contexts_that_fail_to_start_leave_nothing_behind(void) {
    preload = "no_such_module";
    int64_t index = -1;
    for (int i = 0; i < 6; i++) {
        uint8_t buf[65536];
        int64_t id = begin_start(i % 2, 1 << 24, 16), length = PB_PENDING;
        if (i < 4) {
            while (length == PB_PENDING)
                length = pb_await_start(id, buf, i < 2 ? 20 : sizeof buf, SECOND);
            if (length == PB_LARGE) { /* there is more to say than fits */
                uint64_t header[2];
                memcpy(header, buf, sizeof header);
                length = (int64_t)header[1];
                memcpy(buf, (void *)(uintptr_t)header[0], header[1]);
                pb_free((int64_t)header[0]);
            }
            CHECK(length > 20 && buf[0] == PB_REPLY_RAISED);
            CHECK(memmem(buf, (size_t)length, "no_such_module", 14));
            CHECK_INT(pb_await_start(id, buf, sizeof buf, SECOND), PB_STALE);
        } else { /* it fails when nobody waits any more */
            while (atomic_load(&pb_context_of(id)->phase) != PB_FAILED)
                test_sleep_micros(1000);
            pb_stop_context(id, SECOND);
        }
        CHECK_INT(pb_stop_context(id, SECOND), PB_STALE);
        CHECK(index == -1 || (id & 0xffff) <= index); /* the structure is used again, or one before it */
        index = id & 0xffff;
    }
    preload = NULL;
}

static void check_raised(const uint8_t *buf, int64_t length, const char *part) {
    if (length < 1 || buf[0] != PB_REPLY_RAISED || !memmem(buf, (size_t)length, part, strlen(part)))
        test_fail(__FILE__, __LINE__, "%s was expected: %lld %.*s", part, (long long)length,
                  (int)(length > 0 ? length : 0), (const char *)buf);
}

typedef struct {
    int64_t id;
    int64_t request;
} running;

static void *run_for_ever(void *argument) {
    running *r = argument;
    uint8_t buf[65536];
    check_raised(buf, call(r->id, PB_OP_EXEC, "while True: pass", buf, sizeof buf, r->request), "RequestInterrupted");
    check_call(r->id, PB_OP_EVAL, "sum(range(100))");
    return NULL;
}

static void interrupts_hit_the_request_they_name(void) {
    int64_t id = start(SUBINTERPRETER);
    running r = {id, 77};
    pthread_t caller = test_start(run_for_ever, &r);
    test_sleep_micros(50000);
    pb_interrupt(id, 78);
    test_sleep_micros(50000);
    CHECK_INT(pthread_tryjoin_np(caller, NULL), 16 /* EBUSY */);
    pb_interrupt(id, 77);
    test_join(caller);
    uint8_t buf[65536];
    int64_t ticket = submit(id, PB_SYNC, PB_OP_EXEC, "while True: pass", 80);
    test_sleep_micros(20000);
    pb_interrupt(id, 80);
    check_raised(buf, pb_await(id, ticket, buf, sizeof buf, LONG), "RequestInterrupted");
    check_owner(id, PB_OP_EVAL, "sum(range(1000))");
    stop(id);
}

/* ---- stops in the middle of traffic: every request has one outcome ---- */

enum { THREADS = 3, REQUESTS = 20000 };

typedef struct {
    _Atomic int64_t id, ids[2];
    _Atomic bool over;   /* nothing is submitted any more */
    _Atomic bool ended; /* nor answered */
    _Atomic int64_t accepted, answered, gone;
    _Atomic uint8_t outcomes[THREADS * REQUESTS]; /* of async requests, by id */
} traffic;

static traffic t;

static void *send(void *argument) {
    uint64_t first = (uint64_t)(uintptr_t)argument * REQUESTS, random = test_random_state(700 + first);
    for (uint64_t i = first; i < first + REQUESTS && !atomic_load(&t.over); i++) {
        int64_t id = atomic_load(&t.id);
        bool async = test_below(&random, 2);
        int64_t ticket = submit(id, async ? PB_ASYNC : PB_SYNC, PB_OP_EVAL, "'x' * 10", (int64_t)i + 1);
        if (ticket < 0) {
            CHECK(ticket == PB_STALE || ticket == PB_FULL);
            test_sleep_micros(100);
            continue;
        }
        if (async) {
            atomic_fetch_add(&t.accepted, 1);
            continue;
        }
        uint8_t buf[1024];
        int64_t length;
        while ((length = pb_await(id, ticket, buf, sizeof buf, test_below(&random, 2000000))) == PB_PENDING)
            ;
        CHECK(length >= 1);
        CHECK(buf[0] == PB_REPLY_VALUE || buf[0] == PB_REPLY_STOPPED);
    }
    return NULL;
}

static void *drain(void *argument) {
    uint8_t *buf = malloc(4096);
    int64_t length;
    while ((length = pb_drain(pool, buf, 4096, atomic_load(&t.ended) ? 0 : LONG)) > 0 || !atomic_load(&t.ended)) {
        for (int64_t at = 0; at < length;) {
            uint64_t id;
            uint32_t size, large;
            memcpy(&id, buf + at, 8);
            memcpy(&size, buf + at + 8, 4);
            memcpy(&large, buf + at + 12, 4);
            CHECK_INT(large, 0);
            CHECK(buf[at + 16] == PB_REPLY_VALUE || buf[at + 16] == PB_REPLY_STOPPED);
            CHECK_INT(atomic_fetch_add(&t.outcomes[id - 1], 1), 0);
            atomic_fetch_add(&t.answered, 1);
            at += 16 + ((size + 7) & ~7u);
        }
    }
    free(buf);
    return NULL;
}

static void every_request_is_answered_when_contexts_end(int mode, uint32_t lives) {
    memset(&t, 0, sizeof t);
    uint64_t random = test_random_state(800);
    atomic_store(&t.id, start(mode));
    pthread_t senders[THREADS], drainer = test_start(drain, NULL);
    for (uintptr_t i = 0; i < THREADS; i++)
        senders[i] = test_start(send, (void *)i);
    for (uint32_t life = 0; life < lives; life++) {
        test_sleep_micros(test_below(&random, 5000));
        int64_t old = atomic_load(&t.id);
        CHECK_INT(pb_stop_context(old, 10 * SECOND), 0);
        if (life % 2) /* also with nobody to send to */
            CHECK_INT(pb_await_end(old, LONG), 1);
        atomic_store(&t.id, start(mode));
        CHECK_INT(pb_await_end(old, LONG), 1);
    }
    atomic_store(&t.over, true);
    for (int i = 0; i < THREADS; i++)
        test_join(senders[i]);
    stop(atomic_load(&t.id));
    atomic_store(&t.ended, true);
    pb_stop_drainer(pool);
    test_join(drainer);
    pb_destroy_pool(pool);
    pool = pb_create_pool(); /* nobody drains the one that was told to stop */
    CHECK_INT(t.answered, t.accepted);
}

/* ---- callbacks ---- */

/* What the callbacks of this test do, by number: 10 + n answers with n; ASK_AGAIN makes a request of its own first. */
enum { ASK_AGAIN = 9, STAY = 8, INTERRUPTED = 77 };

static int64_t calling; /* the context whose code calls */
static _Atomic bool stayed, leave;

/* Writes "VALUE b n" where the answer begins. */
static uint32_t answer_for(uint32_t number, uint8_t *answer) {
    uint8_t bytes[3] = {0, 'b', (uint8_t)(number - 10)};
    memcpy(answer, bytes, sizeof bytes);
    return sizeof bytes;
}

static int64_t upcall(int64_t pool_number, int64_t message, int64_t length) {
    static __thread uint8_t answer[64];
    uint32_t number;
    CHECK_INT(pool_number, pool);
    CHECK(length >= 12);
    memcpy(&number, (void *)(intptr_t)(message + 1), 4);
    if (number == ASK_AGAIN) {
        uint8_t buf[4096];
        int32_t request = request_of(buf, sizeof buf, PB_OP_EVAL, "once() and _pyboot.java_function((15, 'f'))()");
        int64_t got = pb_call(calling, 1, buf, request, sizeof buf, 99);
        CHECK(got == 3 && buf[0] == PB_REPLY_VALUE && buf[2] == 5);
        number = 16;
    }
    uint64_t size = answer_for(number, answer + 8);
    memcpy(answer, &size, 8);
    return (int64_t)(intptr_t)answer;
}

static void define_callbacks(int64_t id) {
    check_call(id, PB_OP_EXEC,
               "import _pyboot\nruns = 0\ndef once():\n  global runs\n  runs += 1\n  return True\n"
               "five = _pyboot.java_function((15, 'five'))\nagain = _pyboot.java_function((9, 'again'))\n"
               "stay = _pyboot.java_function((8, 'stay'))");
}

static void callers_run_callbacks_themselves(void) {
    calling = start(SUBINTERPRETER);
    define_callbacks(calling);
    check_call(calling, PB_OP_EXEC, "assert five(1, 'two', x=[3]) == 5 and five('x' * 100000) == 5");
    check_call(calling, PB_OP_EXEC, "assert again() == 6 and again() == 6 and runs == 2");
    uint8_t buf[65536];
    check_raised(buf, call(calling, PB_OP_EXEC, "five(object())", buf, sizeof buf, 1), "args[0]");
    check_call(calling, PB_OP_EXEC, "assert five() == 5");
    stop(calling);
}

/* Waits for an answer of the owner's way and serves the callbacks that come first. */
static int64_t serve(int64_t id, int64_t ticket, uint8_t *buf, uint32_t cap) {
    int64_t length;
    while ((length = pb_await(id, ticket, buf, cap, LONG)) == PB_CALLBACK) {
        uint64_t header[3];
        uint32_t number;
        memcpy(header, buf, sizeof header);
        const uint8_t *message = header[1] ? (void *)(uintptr_t)header[1] : buf + sizeof header;
        memcpy(&number, message + 1, 4);
        if (header[1])
            pb_free((int64_t)header[1]);
        if (number == ASK_AGAIN) {
            int64_t nested = submit(id, PB_SYNC | PB_NESTED, PB_OP_EVAL, "once() and five()", 98);
            CHECK(nested >= 0);
            CHECK_INT(serve(id, nested, buf, cap), 3);
            CHECK_INT(buf[2], 5);
            number = 16;
        }
        uint8_t answer[8];
        uint32_t size = answer_for(number, answer);
        CHECK_INT(pb_answer(id, (int64_t)header[0], answer, (int32_t)size), 0);
        CHECK_INT(pb_answer(id, (int64_t)header[0], answer, (int32_t)size), PB_STALE);
    }
    return length;
}

static void waiting_callers_serve_callbacks(void) {
    int64_t id = start(SUBINTERPRETER);
    define_callbacks(id);
    static const char *const sources[] = {"[five() for i in range(20)] and five('x' * 100000)",
                                          "again() - 1 + again() - 6"};
    uint8_t buf[4096];
    for (size_t i = 0; i < 2; i++) {
        int64_t ticket = submit(id, PB_SYNC, PB_OP_EVAL, sources[i], 3);
        CHECK_INT(serve(id, ticket, buf, sizeof buf), 3);
        CHECK_INT(buf[0], PB_REPLY_VALUE);
        CHECK_INT(buf[2], 5);
    }
    check_call(id, PB_OP_EXEC, "assert runs == 2");
    stop(id);
}

/* Answers callbacks that nobody waits for; a STAY only when told to. */
static void *serve_drained(void *argument) {
    uint8_t *buf = malloc(65536);
    int64_t id = *(int64_t *)argument, length, held = -1;
    while ((length = pb_drain(pool, buf, 65536, atomic_load(&t.ended) ? 0 : SECOND / 100)) > 0 || !atomic_load(&t.ended)) {
        for (int64_t at = 0; at < length;) {
            uint32_t size, flags, number;
            int64_t origin[2];
            memcpy(&size, buf + at + 8, 4);
            memcpy(&flags, buf + at + 12, 4);
            if (flags == 2) {
                memcpy(origin, buf + at + 16, 16);
                memcpy(&number, buf + at + 33, 4);
                CHECK_INT(origin[0], id);
                uint8_t answer[8];
                if (number == STAY) {
                    held = origin[1];
                    atomic_store(&stayed, true);
                } else {
                    CHECK_INT(pb_answer(id, origin[1], answer, (int32_t)answer_for(number, answer)), 0);
                }
                at += 16;
            } else {
                uint64_t request;
                memcpy(&request, buf + at, 8);
                CHECK_INT(buf[at + 16], request == INTERRUPTED ? PB_REPLY_RAISED : PB_REPLY_VALUE);
                atomic_fetch_add(&t.answered, request != INTERRUPTED);
            }
            at += 16 + ((size + 7) & ~7u);
        }
        if (held >= 0 && atomic_load(&leave)) {
            CHECK_INT(pb_answer(id, held, NULL, 0), PB_STALE); /* it was given up */
            held = -1;
        }
    }
    free(buf);
    return NULL;
}

static void the_drainer_gets_callbacks_that_nobody_waits_for(void) {
    memset(&t, 0, sizeof t);
    int64_t id = start(SUBINTERPRETER);
    define_callbacks(id);
    pthread_t server = test_start(serve_drained, &id);
    for (int i = 0; i < 16; i++)
        CHECK(submit(id, PB_ASYNC, PB_OP_EVAL, "five() + five(1)", i + 1) >= 0);
    while (atomic_load(&t.answered) < 16)
        test_sleep_micros(100);
    /* Threads of Python, more than there are slots. */
    check_call(id, PB_OP_EXEC,
               "import threading\ngot = []\n"
               "threads = [threading.Thread(target=lambda: got.append(five())) for i in range(300)]\n"
               "for x in threads: x.start()\nfor x in threads: x.join()\nassert got == [5] * 300");
    /* An interrupt ends the wait for an answer. */
    CHECK(submit(id, PB_CAST, PB_OP_EXEC, "try:\n  stay()\nfinally:\n  ended = five()", INTERRUPTED) >= 0);
    while (!atomic_load(&stayed))
        test_sleep_micros(100);
    pb_interrupt(id, INTERRUPTED);
    check_owner(id, PB_OP_EXEC, "assert ended == 5");
    atomic_store(&leave, true);
    stop(id);
    atomic_store(&t.ended, true);
    test_join(server);
    CHECK_INT(atomic_load(&t.answered), 16);
}

/* ---- a thread that outlives the contexts it has used ---- */

/* The state of a living thread is freed with its context, and CPython writes into the state that a thread attached last
 * when the thread attaches another one. What was freed has other owners by then: these here must not see a write.
 * (Under AddressSanitizer freed memory is not given out again, so only the plain program can see it.) */
static void nothing_is_written_into_freed_thread_states(int64_t next) {
    enum { SMALLEST = 256, LARGEST = 4096, STEP = 16, EACH = 12, SIZES = (LARGEST - SMALLEST) / STEP };
    static uint8_t *owners[SIZES][EACH];
    for (int i = 0; i < SIZES; i++) {
        for (int j = 0; j < EACH; j++) {
            owners[i][j] = malloc(SMALLEST + i * STEP);
            memset(owners[i][j], 0xff, SMALLEST + i * STEP);
        }
    }
    check_call(next, PB_OP_EVAL, "1");
    for (int i = 0; i < SIZES; i++) {
        for (int j = 0; j < EACH; j++) {
            for (int k = 0; k < SMALLEST + i * STEP; k++)
                CHECK_INT(owners[i][j][k], 0xff);
            free(owners[i][j]);
        }
    }
}

static void threads_outlive_contexts(void) {
    for (uint32_t i = 0; i < test_times(8); i++) {
        int64_t first = start(SUBINTERPRETER), second = start(SUBINTERPRETER);
        check_call(second, PB_OP_EVAL, "1"); /* makes its state here */
        check_call(first, PB_OP_EVAL, "1");
        test_join(test_start(call_once, &first));
        stop(first);
        nothing_is_written_into_freed_thread_states(second);
        check_call(second, PB_OP_EXEC, CALLBACK);
        stop(second);
        /* A visit to the main interpreter in between. */
        char *text;
        CHECK(i % 2 || pb_main_call("probe_extension", "math", &text));
        int64_t third = start(SUBINTERPRETER);
        check_call(third, PB_OP_EXEC, CALLBACK);
        CHECK(pb_main_call("probe_extension", "math", &text));
        check_call(third, PB_OP_EXEC, "import _pyboot\n_pyboot.probe_extension('math')");
        check_call(third, PB_OP_EXEC, CALLBACK);
        stop(third);
    }
}

/* Goes from context to context while they end. */
static void *hop(void *argument) {
    uint64_t random = test_random_state((uint64_t)(uintptr_t)argument);
    uint8_t buf[4096];
    while (!atomic_load(&t.over)) {
        int64_t id = atomic_load(&t.ids[test_below(&random, 2)]);
        int64_t length = call(id, PB_OP_EVAL, "1", buf, sizeof buf, 1);
        CHECK(length == PB_STALE || (length > 0 && buf[0] == PB_REPLY_VALUE));
        atomic_fetch_add(&t.answered, 1);
    }
    return NULL;
}

static void threads_hop_between_contexts_that_end(void) {
    memset(&t, 0, sizeof t);
    uint64_t random = test_random_state(900);
    for (int i = 0; i < 2; i++)
        atomic_store(&t.ids[i], start(SUBINTERPRETER));
    pthread_t hoppers[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        hoppers[i] = test_start(hop, (void *)(i + 910));
    for (uint32_t life = 0; life < test_times(20); life++) {
        _Atomic int64_t *id = &t.ids[test_below(&random, 2)];
        test_sleep_micros(test_below(&random, 5000));
        stop(atomic_load(id));
        atomic_store(id, start(SUBINTERPRETER));
    }
    atomic_store(&t.over, true);
    for (int i = 0; i < THREADS; i++)
        test_join(hoppers[i]);
    for (int i = 0; i < 2; i++)
        stop(atomic_load(&t.ids[i]));
    CHECK(t.answered > 0);
}

static int64_t counter(pb_counter which) {
    return atomic_load(&pb_counters[which]);
}

/* ---- streams ---- */

static int32_t stream_request(uint8_t *buf, uint32_t cap, int64_t stream, const char *source) {
    int64_t session = 0;
    buf[0] = PB_OP_STREAM;
    memcpy(buf + 1, &session, 8);
    memcpy(buf + 9, &stream, 8);
    return 17 + request_of(buf + 17, cap - 17, PB_OP_EVAL, source);
}

static int32_t next_request(uint8_t *buf, int64_t stream, uint32_t most) {
    int64_t session = 0;
    buf[0] = PB_OP_STREAM_NEXT;
    memcpy(buf + 1, &session, 8);
    memcpy(buf + 9, &stream, 8);
    memcpy(buf + 17, &most, 4);
    return 21;
}

/* On the owner thread, whose the stream is then. */
static void open_stream(int64_t id, int64_t stream, const char *source) {
    uint8_t buf[4096];
    int64_t ticket = pb_submit(id, PB_SYNC, buf, stream_request(buf, sizeof buf, stream, source), 2);
    CHECK(ticket >= 0);
    CHECK(pb_await(id, ticket, buf, sizeof buf, LONG) > 1);
    CHECK_INT(buf[0], PB_REPLY_VALUE);
}

/* The kind of the reply; the number of items and whether there may be more are set if that is a value. */
static int next_items(int64_t id, int64_t stream, uint32_t most, uint32_t *count, bool *more) {
    uint8_t *buf = malloc(1 << 18);
    int64_t ticket = pb_submit(id, PB_SYNC, buf, next_request(buf, stream, most), 2);
    CHECK(ticket >= 0);
    int64_t length = pb_await(id, ticket, buf, 1 << 18, LONG);
    CHECK(length > 0);
    int kind = buf[0];
    if (kind == PB_REPLY_VALUE) {
        CHECK(length >= 12 && buf[1] == '(' && buf[6] == '[');
        memcpy(count, buf + 7, 4);
        CHECK(*count <= most && (buf[length - 1] == 'T' || buf[length - 1] == 'F'));
        *more = buf[length - 1] == 'T';
    }
    free(buf);
    return kind;
}

static void streams_give_their_items_in_batches(int mode) {
    int64_t id = start(mode);
    uint64_t random = test_random_state(700);
    for (int64_t stream = 1; stream <= test_times(40); stream++) {
        open_stream(id, stream, "(('x' * (i % 700), [i, {i: None}]) for i in range(1000))");
        uint32_t total = 0, count = 0;
        bool more = true;
        while (more) {
            CHECK_INT(next_items(id, stream, 1 + test_below(&random, 300), &count, &more), PB_REPLY_VALUE);
            total += count;
        }
        CHECK_INT(total, 1000);
        CHECK(next_items(id, stream, 1, &count, &more) != PB_REPLY_VALUE);
    }
    stop(id);
}

static void errors_of_a_stream_come_after_the_items_before(void) {
    static const char *const failing[] = {"(1 // (3 - i) for i in range(10))",
                                          "(object() if i == 3 else i for i in range(10))"};
    static const int kinds[] = {PB_REPLY_RAISED, PB_REPLY_UNCONVERTIBLE};
    int64_t id = start(SUBINTERPRETER);
    for (uint32_t most = 1; most <= 5; most++) {
        for (int i = 0; i < 2; i++) {
            open_stream(id, 10 * most + i, failing[i]);
            uint32_t total = 0, count = 0;
            bool more;
            int kind;
            while ((kind = next_items(id, 10 * most + i, most, &count, &more)) == PB_REPLY_VALUE) {
                CHECK(more);
                total += count;
            }
            CHECK_INT(total, 3);
            CHECK_INT(kind, kinds[i]);
        }
    }
    check_call(id, PB_OP_EXEC, "import pyboot._streams; assert pyboot._streams.count() == 0");
    stop(id);
}

static void requests_for_streams_that_cannot_be_read_are_refused(void) {
    int64_t id = start(SUBINTERPRETER);
    uint8_t whole[256], buf[4096];
    for (int which = 0; which < 2; which++) {
        int32_t full = which ? next_request(whole, 1, 1) : stream_request(whole, sizeof whole, 1, "[1]");
        for (int32_t length = 1; length < full; length++) {
            memcpy(buf, whole, (size_t)length);
            CHECK(pb_call(id, 0, buf, length, sizeof buf, 1) > 0);
            CHECK_INT(buf[0], PB_REPLY_MALFORMED);
        }
    }
    next_request(buf, 1, 0);
    CHECK(pb_call(id, 0, buf, 21, sizeof buf, 1) > 0);
    CHECK_INT(buf[0], PB_REPLY_MALFORMED);
    int32_t inner = stream_request(buf + 17, 256, 2, "[1]");
    memcpy(buf, buf + 17, 17);
    CHECK(pb_call(id, 0, buf, 17 + inner, sizeof buf, 1) > 0);
    CHECK_INT(buf[0], PB_REPLY_MALFORMED);
    stop(id);
}

static void contexts_that_end_close_their_streams(void) {
    for (int mode = MAIN; mode <= SUBINTERPRETER; mode++) {
        int64_t id = start(mode);
        check_call(id, PB_OP_EXEC,
                   "import tempfile\n"
                   "path = tempfile.mktemp(prefix='pyboot-stream-')\n"
                   "def numbers():\n"
                   "    try:\n"
                   "        yield from range(5)\n"
                   "    finally:\n"
                   "        open(path, 'w').close()\n");
        open_stream(id, 1000 + mode, "numbers()");
        uint32_t count;
        bool more;
        CHECK_INT(next_items(id, 1000 + mode, 2, &count, &more), PB_REPLY_VALUE);
        stop(id);
        int64_t other = start(MAIN);
        check_call(other, PB_OP_EXEC, "import glob, os, tempfile\n"
                                      "for path in glob.glob(tempfile.gettempdir() + '/pyboot-stream-*'):\n"
                                      "    os.remove(path)\n"
                                      "    break\n"
                                      "else:\n"
                                      "    raise AssertionError('the stream was not closed')\n");
        stop(other);
    }
}

void test_context(void) {
    test_python_start();
    pool = pb_create_pool();
    CHECK(pool >= 0);
    calls_run_on_both_ways();
    idle_contexts_end();
    contexts_stopped_while_they_start_end();
    answers_keep_to_the_limit();
    contexts_that_fail_to_start_leave_nothing_behind();
    requests_that_cannot_be_read_are_refused();
    streams_give_their_items_in_batches(MAIN);
    streams_give_their_items_in_batches(SUBINTERPRETER);
    errors_of_a_stream_come_after_the_items_before();
    requests_for_streams_that_cannot_be_read_are_refused();
    contexts_that_end_close_their_streams();
    interrupts_hit_the_request_they_name();
    every_request_is_answered_when_contexts_end(MAIN, test_times(100));
    every_request_is_answered_when_contexts_end(SUBINTERPRETER, test_times(8));
    pb_set_upcall(upcall);
    callers_run_callbacks_themselves();
    waiting_callers_serve_callbacks();
    the_drainer_gets_callbacks_that_nobody_waits_for();
    threads_outlive_contexts();
    threads_hop_between_contexts_that_end();
    c_code_finds_its_thread_state_after_a_reap();
    CHECK_INT(counter(PB_CONTEXTS_ABANDONED), 0);
    CHECK_INT(counter(PB_CONTEXTS_CREATED), counter(PB_CONTEXTS_DESTROYED));
    pb_destroy_pool(pool);
}
