#include "test.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pb_counters.h"
#include "pb_futex.h"
#include "pb_queue.h"

enum { PRODUCERS = 4, BIG = 5000, SECOND = 1000000000 };

static int64_t submit(pb_queue *q, uint32_t kind, uint64_t id, uint32_t length) {
    uint8_t bytes[BIG];
    test_fill(bytes, length, id);
    return pb_queue_submit(q, kind, id, bytes, length);
}

static void reply(pb_queue *q, pb_slot *slot, uint32_t length, bool failed) {
    pb_writer w = pb_slot_reply(slot, BIG);
    uint64_t id = slot->request;
    CHECK(pb_writer_reserve(&w, length));
    test_fill(w.base, length, id);
    w.pos = length;
    pb_queue_complete(q, slot, &w, failed);
}

static pb_slot *take(pb_queue *q) {
    pb_slot *slot;
    CHECK(pb_queue_take(q, &slot));
    return slot;
}

/* ---- one thread: each rule by itself ---- */

static void answers_come_back_whatever_their_size(void) {
    pb_queue *q = pb_queue_create(4);
    static const uint32_t lengths[] = {0, 1, PB_INLINE, PB_INLINE + 1, BIG};
    uint8_t buf[PB_INLINE + 1];
    uint64_t id = 0;
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < 5; j++, id++) {
            int64_t ticket = submit(q, PB_SYNC, id, lengths[i]);
            CHECK(ticket >= 0);
            CHECK(pb_queue_is_queued(q, ticket));
            pb_slot *slot = take(q);
            CHECK(!pb_queue_is_queued(q, ticket));
            CHECK_INT(slot->length, lengths[i]);
            CHECK(test_filled(pb_slot_message(slot), lengths[i], id));
            CHECK_INT(pb_queue_await(q, ticket, buf, sizeof buf, 0), PB_PENDING);
            reply(q, slot, lengths[j], false);
            int64_t length = pb_queue_await(q, ticket, buf, sizeof buf, j % 2 ? INT64_MAX : 0);
            if (lengths[j] <= sizeof buf) {
                CHECK_INT(length, lengths[j]);
                CHECK(test_filled(buf, lengths[j], id));
            } else {
                uint64_t header[2];
                CHECK_INT(length, PB_LARGE);
                memcpy(header, buf, sizeof header);
                CHECK_INT(header[1], lengths[j]);
                CHECK(test_filled((uint8_t *)(uintptr_t)header[0], lengths[j], id));
                free((void *)(uintptr_t)header[0]);
            }
        }
    }
    CHECK_INT(pb_queue_depth(q), 0);
    pb_queue_destroy(q);
}

static void a_full_queue_refuses_and_goes_on(void) {
    pb_queue *q = pb_queue_create(4);
    int64_t tickets[4];
    for (int round = 0; round < 10; round++) {
        for (uint64_t i = 0; i < 4; i++)
            CHECK((tickets[i] = submit(q, PB_SYNC, i, 10)) >= 0);
        CHECK_INT(submit(q, PB_SYNC, 9, 10), PB_FULL);
        CHECK_INT(pb_queue_depth(q), 4);
        for (int i = 0; i < 4; i++) {
            uint8_t buf[64];
            reply(q, take(q), 20, false);
            CHECK_INT(submit(q, PB_SYNC, 9, 10), PB_FULL); /* until the answer is fetched */
            CHECK_INT(pb_queue_await(q, tickets[i], buf, sizeof buf, SECOND), 20);
            CHECK((tickets[i] = submit(q, PB_CAST, 9, 10)) >= 0);
        }
        for (int i = 0; i < 4; i++)
            reply(q, take(q), 0, false);
        CHECK_INT(pb_queue_depth(q), 0);
    }
    pb_queue_destroy(q);
}

static void tickets_of_an_earlier_use_match_nothing(void) {
    pb_queue *q = pb_queue_create(1);
    uint8_t buf[64];
    int64_t old = submit(q, PB_SYNC, 1, 10);
    reply(q, take(q), 5, false);
    CHECK_INT(pb_queue_await(q, old, buf, sizeof buf, SECOND), 5);
    CHECK_INT(pb_queue_await(q, old, buf, sizeof buf, SECOND), PB_STALE);
    int64_t now = submit(q, PB_SYNC, 2, 10);
    CHECK(now != old);
    CHECK_INT(pb_queue_cancel(q, old), PB_STALE);
    CHECK_INT(pb_queue_await(q, old, buf, sizeof buf, SECOND), PB_STALE);
    CHECK(!pb_queue_is_queued(q, old));
    CHECK(pb_queue_is_queued(q, now));
    CHECK_INT(pb_queue_cancel(q, -1), PB_STALE);
    CHECK_INT(pb_queue_cancel(q, now | 1000), PB_STALE); /* a slot that is not there */
    CHECK_INT(pb_queue_cancel(q, now), PB_CANCEL_DROPPED);
    pb_queue_destroy(q);
}

static void a_cancelled_request_never_runs_or_its_answer_is_dropped(void) {
    pb_queue *q = pb_queue_create(2);
    pb_slot *slot;
    uint8_t buf[64];
    int64_t dropped = atomic_load(&pb_counters[PB_REQUESTS_DROPPED]);
    int64_t late = atomic_load(&pb_counters[PB_LATE_REPLIES_DROPPED]);
    int64_t queued = submit(q, PB_SYNC, 1, BIG);
    CHECK_INT(pb_queue_cancel(q, queued), PB_CANCEL_DROPPED);
    CHECK_INT(pb_queue_cancel(q, queued), PB_CANCEL_TOO_LATE);
    CHECK(!pb_queue_take(q, &slot));
    CHECK_INT(atomic_load(&pb_counters[PB_REQUESTS_DROPPED]), dropped + 1);
    int64_t running = submit(q, PB_ASYNC, 2, 10);
    slot = take(q);
    CHECK_INT(pb_queue_cancel(q, running), PB_CANCEL_ABANDONED);
    reply(q, slot, BIG, false);
    CHECK(pb_queue_next_finished(q) == NULL);
    CHECK_INT(atomic_load(&pb_counters[PB_LATE_REPLIES_DROPPED]), late + 1);
    int64_t done = submit(q, PB_SYNC, 3, 10);
    reply(q, take(q), 7, true);
    CHECK_INT(pb_queue_cancel(q, done), PB_CANCEL_TOO_LATE);
    CHECK_INT(pb_queue_await(q, done, buf, sizeof buf, 0), 7);
    CHECK_INT(pb_queue_depth(q), 0);
    pb_queue_destroy(q);
}

static void only_failed_casts_are_heard_of(void) {
    pb_queue *q = pb_queue_create(2);
    CHECK(submit(q, PB_CAST, 1, 10) >= 0);
    reply(q, take(q), BIG, false);
    CHECK(pb_queue_next_finished(q) == NULL);
    CHECK(submit(q, PB_CAST, 2, 10) >= 0);
    reply(q, take(q), BIG, true);
    CHECK_INT(pb_queue_finished_count(q), 1);
    pb_slot *slot = pb_queue_next_finished(q);
    CHECK_INT(slot->request, 2);
    CHECK(test_filled(pb_slot_message(slot), BIG, 2));
    pb_queue_release(q, slot);
    CHECK_INT(pb_queue_depth(q), 0);
    pb_queue_destroy(q);
}

static void a_destroyed_queue_gives_its_segments_back(void) {
    pb_queue *q = pb_queue_create(4);
    submit(q, PB_SYNC, 1, BIG);
    reply(q, take(q), BIG, false); /* never fetched */
    submit(q, PB_ASYNC, 2, BIG);
    take(q); /* runs */
    submit(q, PB_ASYNC, 3, BIG); /* waits */
    pb_queue_cancel(q, submit(q, PB_SYNC, 4, BIG));
    pb_queue_destroy(q); /* LeakSanitizer looks */
}

/* The owner looks at a flag of its own, is told that it has changed, and only then goes to sleep: what it was told
 * must not be lost. */
static void a_wake_before_the_sleep_is_not_lost(void) {
    pb_queue *q = pb_queue_create(2);
    int64_t began = pb_now();
    pb_queue_wake(q);
    pb_queue_sleep(q, 20ll * SECOND);
    CHECK(pb_now() - began < 10ll * SECOND);
    /* It counts once, and what is submitted is enough by itself. */
    began = pb_now();
    pb_queue_sleep(q, SECOND / 50);
    CHECK(pb_now() - began >= SECOND / 100);
    submit(q, PB_CAST, 1, 1);
    pb_queue_sleep(q, 20ll * SECOND);
    CHECK(pb_now() - began < 10ll * SECOND);
    pb_queue_destroy(q);
}

/* ---- callbacks ---- */

/* Publishes a callback whose message is that of the id; true if it went to the drainer. */
static pb_slot *ask(pb_queue *q, uint64_t id, uint32_t length, pb_slot *asking, bool *to_drainer) {
    pb_slot *slot = pb_queue_spare(q);
    CHECK(slot != NULL);
    pb_writer w = pb_slot_reply(slot, BIG);
    CHECK(pb_writer_reserve(&w, length));
    test_fill(w.base, length, id);
    w.pos = length;
    *to_drainer = pb_queue_ask(q, slot, &w, id, asking, asking != NULL);
    return slot;
}

static void a_waiting_caller_gets_the_callback(void) {
    pb_queue *q = pb_queue_create(4);
    static const uint32_t lengths[] = {0, 1, 40, 41, BIG};
    for (size_t i = 0; i < 5; i++) {
        uint8_t buf[64];
        bool to_drainer;
        int64_t ticket = submit(q, PB_SYNC, 1, 10);
        pb_slot *asking = take(q), *callback = ask(q, 50 + i, lengths[i], asking, &to_drainer);
        CHECK(!to_drainer);
        CHECK_INT(pb_queue_await(q, ticket, buf, sizeof buf, 0), PB_CALLBACK);
        uint64_t header[3];
        memcpy(header, buf, sizeof header);
        CHECK_INT(header[2], lengths[i]);
        const uint8_t *message = header[1] ? (void *)(uintptr_t)header[1] : buf + sizeof header;
        CHECK(test_filled(message, lengths[i], 50 + i));
        free((void *)(uintptr_t)header[1]);
        CHECK(!pb_queue_answered(callback));
        CHECK_INT(pb_queue_await(q, ticket, buf, sizeof buf, 0), PB_PENDING);
        uint8_t answer[BIG];
        test_fill(answer, BIG - lengths[i], i);
        CHECK_INT(pb_queue_answer(q, (int64_t)header[0], answer, BIG - lengths[i]), 0);
        CHECK(pb_queue_answered(callback));
        CHECK(test_filled(pb_slot_message(callback), BIG - lengths[i], i));
        pb_queue_release(q, callback);
        CHECK_INT(pb_queue_answer(q, (int64_t)header[0], answer, 1), PB_STALE);
        reply(q, asking, 5, false);
        CHECK_INT(pb_queue_await(q, ticket, buf, sizeof buf, 0), 5);
    }
    CHECK_INT(pb_queue_depth(q), 0);
    pb_queue_destroy(q);
}

static void a_callback_is_given_up_by_either_side(void) {
    pb_queue *q = pb_queue_create(4);
    bool to_drainer;
    uint8_t buf[64];
    int64_t ticket = submit(q, PB_SYNC, 1, 10), answer;
    pb_slot *asking = take(q);
    /* The asker, before the caller has seen it, and after. */
    CHECK(pb_queue_forget(q, ask(q, 2, 10, asking, &to_drainer), asking));
    CHECK_INT(pb_queue_await(q, ticket, buf, sizeof buf, 0), PB_PENDING);
    pb_slot *callback = ask(q, 3, 10, asking, &to_drainer);
    CHECK_INT(pb_queue_await(q, ticket, buf, sizeof buf, 0), PB_CALLBACK);
    memcpy(&answer, buf, sizeof answer);
    CHECK(pb_queue_forget(q, callback, asking));
    CHECK_INT(pb_queue_answer(q, answer, buf, 5), PB_STALE);
    /* The caller: the asker gets an empty answer, and its next callback goes to the drainer. */
    callback = ask(q, 4, 10, asking, &to_drainer);
    CHECK_INT(pb_queue_cancel(q, ticket), PB_CANCEL_ABANDONED);
    CHECK(pb_queue_answered(callback));
    CHECK_INT(callback->length, 0);
    CHECK(!pb_queue_forget(q, callback, asking));
    pb_queue_release(q, callback);
    callback = ask(q, 5, 10, asking, &to_drainer);
    CHECK(to_drainer);
    CHECK(pb_queue_next_finished(q) == callback);
    CHECK(pb_queue_take_callback(q, callback, &answer));
    CHECK_INT(pb_queue_answer(q, answer, buf, 5), 0);
    pb_queue_release(q, callback);
    /* The asker, before the drainer has seen it. */
    callback = ask(q, 6, 10, NULL, &to_drainer);
    CHECK(pb_queue_forget(q, callback, NULL));
    CHECK(pb_queue_next_finished(q) == callback);
    CHECK(!pb_queue_take_callback(q, callback, &answer));
    reply(q, asking, 5, false);
    CHECK_INT(pb_queue_depth(q), 0);
    pb_queue_destroy(q);
}

static void nested_requests_come_first_and_find_a_place_in_a_full_queue(void) {
    pb_queue *q = pb_queue_create(2);
    CHECK(submit(q, PB_SYNC, 1, 1) >= 0);
    CHECK(submit(q, PB_SYNC, 2, 1) >= 0);
    CHECK_INT(submit(q, PB_SYNC, 3, 1), PB_FULL);
    int64_t nested = submit(q, PB_SYNC | PB_NESTED, 4, 1);
    CHECK(nested >= 0);
    pb_slot *slot;
    CHECK(pb_queue_take_nested(q, &slot));
    CHECK_INT(slot->request, 4);
    CHECK_INT(slot->kind, PB_SYNC);
    CHECK(!pb_queue_take_nested(q, &slot));
    reply(q, slot, 3, false);
    uint8_t buf[8];
    CHECK_INT(pb_queue_await(q, nested, buf, sizeof buf, 0), 3);
    CHECK(submit(q, PB_SYNC | PB_NESTED, 5, 1) >= 0);
    CHECK_INT(take(q)->request, 5);
    CHECK_INT(take(q)->request, 1);
    pb_queue_destroy(q);
}

/* ---- many threads ---- */

typedef struct {
    pb_queue *q;
    uint32_t per_producer;
    _Atomic uint32_t producers;  /* started */
    _Atomic bool stopping;       /* the producers are done */
    _Atomic bool drained;        /* so is the owner */
    _Atomic uint8_t *executed;   /* how often, by request */
    _Atomic uint8_t *outcomes;
    _Atomic uint64_t full, dropped, abandoned, answered, casts;
} traffic;

static uint32_t some_length(uint64_t *random) {
    return test_below(random, 8) == 0 ? test_below(random, BIG) : test_below(random, 100);
}

static void outcome(traffic *t, uint64_t id) {
    CHECK_INT(atomic_fetch_add(&t->outcomes[id], 1), 0);
}

static void *own(void *argument) {
    traffic *t = argument;
    uint64_t random = test_random_state(7);
    for (;;) {
        pb_slot *slot;
        if (!pb_queue_take(t->q, &slot)) {
            if (atomic_load(&t->stopping) && pb_queue_submitted_count(t->q) == 0)
                return NULL;
            pb_queue_sleep(t->q, -1); /* a lost wake-up hangs here */
            continue;
        }
        uint64_t id = slot->request;
        CHECK(test_filled(pb_slot_message(slot), slot->length, id));
        CHECK_INT(atomic_fetch_add(&t->executed[id], 1), 0);
        if (test_below(&random, 4) == 0)
            test_sleep_micros(test_below(&random, 200));
        bool failed = slot->kind == PB_CAST && id % 3 == 0;
        if (slot->kind == PB_CAST && !failed) {
            atomic_fetch_add(&t->casts, 1);
            outcome(t, id);
        }
        reply(t->q, slot, some_length(&random), failed);
    }
}

static void *drain(void *argument) {
    traffic *t = argument;
    for (;;) {
        bool last = atomic_load(&t->drained);
        pb_slot *slot = pb_queue_next_finished(t->q);
        if (slot) {
            CHECK(slot->kind != PB_SYNC);
            CHECK(test_filled(pb_slot_message(slot), slot->length, slot->request));
            outcome(t, slot->request);
            atomic_fetch_add(&t->answered, 1);
            pb_queue_release(t->q, slot);
        } else if (last) {
            return NULL;
        } else {
            sched_yield();
        }
    }
}

static void given_up(traffic *t, uint64_t id, int64_t result) {
    atomic_fetch_add(result == PB_CANCEL_DROPPED ? &t->dropped : &t->abandoned, 1);
    outcome(t, id);
    if (result == PB_CANCEL_DROPPED)
        CHECK_INT(atomic_load(&t->executed[id]), 0);
}

static void wait_sync(traffic *t, uint64_t id, int64_t ticket, uint64_t *random) {
    uint8_t buf[64];
    int64_t length;
    while ((length = pb_queue_await(t->q, ticket, buf, sizeof buf, test_below(random, 300000))) == PB_PENDING) {
        if (test_below(random, 4) != 0)
            continue;
        int64_t result = pb_queue_cancel(t->q, ticket);
        if (result == PB_CANCEL_DROPPED || result == PB_CANCEL_ABANDONED) {
            given_up(t, id, result);
            return;
        }
        CHECK_INT(result, PB_CANCEL_TOO_LATE); /* the answer is there */
    }
    if (length == PB_LARGE) {
        uint64_t header[2];
        memcpy(header, buf, sizeof header);
        CHECK(test_filled((uint8_t *)(uintptr_t)header[0], (uint32_t)header[1], id));
        free((void *)(uintptr_t)header[0]);
    } else {
        CHECK(length >= 0);
        CHECK(test_filled(buf, (uint32_t)length, id));
    }
    outcome(t, id);
    atomic_fetch_add(&t->answered, 1);
    CHECK_INT(pb_queue_await(t->q, ticket, buf, sizeof buf, 0), PB_STALE);
    CHECK_INT(pb_queue_cancel(t->q, ticket), PB_STALE);
}

static void *produce(void *argument) {
    traffic *t = argument;
    uint32_t number = atomic_fetch_add(&t->producers, 1);
    uint64_t random = test_random_state(20 + number);
    for (uint32_t i = 0; i < t->per_producer; i++) {
        uint64_t id = (uint64_t)number * t->per_producer + i;
        uint32_t dice = test_below(&random, 100);
        pb_kind kind = dice < 50 ? PB_SYNC : dice < 80 ? PB_ASYNC : PB_CAST;
        int64_t ticket;
        while ((ticket = submit(t->q, kind, id, some_length(&random))) < 0) {
            CHECK_INT(ticket, PB_FULL);
            atomic_fetch_add(&t->full, 1);
            test_sleep_micros(20);
        }
        if (kind == PB_SYNC) {
            wait_sync(t, id, ticket, &random);
        } else if (kind == PB_ASYNC && test_below(&random, 4) == 0) {
            int64_t result = pb_queue_cancel(t->q, ticket);
            if (result == PB_CANCEL_DROPPED || result == PB_CANCEL_ABANDONED)
                given_up(t, id, result);
        }
        if (test_below(&random, 64) == 0)
            test_sleep_micros(test_below(&random, 500)); /* lets the owner fall asleep */
    }
    return NULL;
}

static void every_request_gets_one_outcome(uint32_t capacity) {
    traffic t = {.q = pb_queue_create(capacity), .per_producer = test_times(6000)};
    uint32_t all = PRODUCERS * t.per_producer;
    t.executed = calloc(all, 1);
    t.outcomes = calloc(all, 1);
    pthread_t owner = test_start(own, &t), drainer = test_start(drain, &t), producers[PRODUCERS];
    for (int i = 0; i < PRODUCERS; i++)
        producers[i] = test_start(produce, &t);
    for (int i = 0; i < PRODUCERS; i++)
        test_join(producers[i]);
    atomic_store(&t.stopping, true);
    pb_queue_wake(t.q);
    test_join(owner);
    atomic_store(&t.drained, true);
    test_join(drainer);
    for (uint32_t i = 0; i < all; i++)
        CHECK_INT(t.outcomes[i], 1);
    CHECK_INT(t.answered + t.dropped + t.abandoned + t.casts, all);
    CHECK_INT(pb_queue_depth(t.q), 0);
    CHECK_INT(pb_queue_finished_count(t.q), 0);
    CHECK(t.dropped > 0 && t.abandoned > 0 && t.answered > 0 && t.casts > 0); /* the test reaches all of them */
    pb_queue_destroy(t.q);
    free((void *)t.executed);
    free((void *)t.outcomes);
}

void test_queue(void) {
    answers_come_back_whatever_their_size();
    a_full_queue_refuses_and_goes_on();
    tickets_of_an_earlier_use_match_nothing();
    a_cancelled_request_never_runs_or_its_answer_is_dropped();
    only_failed_casts_are_heard_of();
    a_destroyed_queue_gives_its_segments_back();
    a_wake_before_the_sleep_is_not_lost();
    a_waiting_caller_gets_the_callback();
    a_callback_is_given_up_by_either_side();
    nested_requests_come_first_and_find_a_place_in_a_full_queue();
    every_request_gets_one_outcome(2);
    every_request_gets_one_outcome(64);
}
