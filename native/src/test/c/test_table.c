#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "pb_handle.h"
#include "pb_journey.h"
#include "pb_queue.h"

enum { THREADS = 4, HELD = 100 };

static pb_table table;

static uint32_t dead_of(pb_table *t) {
    pb_dead dead[7];
    uint32_t all = 0, n;
    while ((n = pb_table_take_dead(t, dead, 7)) > 0)
        all += n;
    return all;
}

static void lets_go_with_the_last_count(void) {
    int object;
    uint64_t id = pb_table_add(&table, &object);
    CHECK(id != 0 && (int64_t)id > 0);
    CHECK(pb_table_value(&table, id) == &object);
    CHECK(pb_table_retain(&table, id));
    CHECK(!pb_table_release(&table, id));
    CHECK(!pb_table_any_dead(&table));
    CHECK(pb_table_release(&table, id));
    CHECK(pb_table_any_dead(&table));
    CHECK(!pb_table_retain(&table, id));
    CHECK(!pb_table_release(&table, id));
    CHECK(pb_table_value(&table, id) == NULL);
    pb_dead dead;
    CHECK_INT(pb_table_take_dead(&table, &dead, 1), 1);
    CHECK(dead.id == id && dead.value == &object);
    CHECK_INT(pb_table_take_dead(&table, &dead, 1), 0);
    CHECK_INT(table.live, 0);
}

static void knows_no_id_of_an_earlier_use(void) {
    uint64_t first = pb_table_add(&table, NULL);
    pb_table_release(&table, first);
    CHECK_INT(dead_of(&table), 1);
    uint64_t second = pb_table_add(&table, NULL);
    CHECK((uint32_t)first == (uint32_t)second && first != second);
    CHECK(!pb_table_retain(&table, first));
    pb_table_release(&table, first);
    CHECK(pb_table_retain(&table, second));
    const uint64_t wrong[] = {0, 1, UINT32_MAX, UINT64_MAX, second ^ 1ull << 62, second + 100000};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(!pb_table_retain(&table, wrong[i]));
        CHECK(!pb_table_release(&table, wrong[i]));
        CHECK(pb_table_value(&table, wrong[i]) == NULL);
    }
    pb_table_release(&table, second);
    pb_table_release(&table, second);
    CHECK_INT(dead_of(&table), 1);
}

static void grows_and_kills_all(void) {
    enum { MANY = 5000 };
    static uint64_t ids[MANY];
    for (uintptr_t i = 0; i < MANY; i++) {
        ids[i] = pb_table_add(&table, (void *)(i + 1));
        CHECK(ids[i] != 0);
    }
    for (uintptr_t i = 0; i < MANY; i++)
        CHECK(pb_table_value(&table, ids[i]) == (void *)(i + 1));
    CHECK(pb_table_retain(&table, ids[5]));
    pb_table_kill_all(&table);
    CHECK(!pb_table_retain(&table, ids[5]));
    CHECK_INT(dead_of(&table), MANY);
    CHECK_INT(table.live, 0);
}

static _Atomic int64_t handed_out;

/* Each thread makes ids, retains and releases them, and takes what died, whosever that was. */
static void *use(void *argument) {
    uint64_t random = test_random_state(200 + (uint64_t)(uintptr_t)argument);
    uint64_t held[HELD] = {0};
    pb_dead dead[16];
    for (uint32_t i = 0; i < test_times(40000); i++) {
        uint32_t at = test_below(&random, HELD);
        if (!held[at]) {
            held[at] = pb_table_add(&table, argument);
            CHECK(held[at] != 0);
        } else if (test_below(&random, 2)) {
            CHECK(pb_table_retain(&table, held[at]));
            CHECK(pb_table_value(&table, held[at]) == argument);
            CHECK(!pb_table_release(&table, held[at]));
        } else {
            uint64_t id = held[at];
            pb_table_release(&table, id);
            held[at] = 0;
            /* Used again by another, it has another generation. */
            CHECK(!pb_table_retain(&table, id));
        }
        if (test_below(&random, 50) == 0)
            atomic_fetch_add(&handed_out, pb_table_take_dead(&table, dead, 16));
    }
    for (uint32_t at = 0; at < HELD; at++) {
        if (held[at])
            pb_table_release(&table, held[at]);
    }
    return NULL;
}

static void keeps_ids_of_threads_apart(void) {
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        threads[i] = test_start(use, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        test_join(threads[i]);
    CHECK(dead_of(&table) > 0 || handed_out > 0);
    CHECK_INT(table.live, 0);
}

/* All threads hold counts of one id; it dies once, with the last of them. */
static uint64_t shared;

static void *share(void *argument) {
    (void)argument;
    for (uint32_t i = 0; i < test_times(50000); i++) {
        CHECK(pb_table_retain(&table, shared));
        pb_table_release(&table, shared);
    }
    pb_table_release(&table, shared);
    return NULL;
}

static void dies_once(void) {
    pthread_t threads[THREADS];
    shared = pb_table_add(&table, NULL);
    for (int i = 1; i < THREADS; i++)
        CHECK(pb_table_retain(&table, shared));
    for (int i = 0; i < THREADS; i++)
        threads[i] = test_start(share, NULL);
    for (int i = 0; i < THREADS; i++)
        test_join(threads[i]);
    CHECK_INT(dead_of(&table), 1);
    CHECK_INT(table.live, 0);
}

/* ---- journeys ---- */

static void sweep(void) {
    uint64_t ids[16];
    while (pb_ref_take_dead(ids, 16) > 0)
        ;
}

/* A message with n new ids; each has the count of its journey only. */
static pb_writer message(uint32_t n) {
    pb_writer w = {.limit = 1 << 16};
    CHECK(pb_write_u8(&w, 3));
    for (uint32_t i = 0; i < n; i++)
        CHECK(pb_journey_add(&w, 0, pb_ref_new()));
    return w;
}

static void gives_back_what_a_dropped_message_holds(void) {
    for (uint32_t n = 0; n < 20; n++) {
        pb_writer w = message(n);
        CHECK(pb_journey_seal(&w));
        CHECK_INT(w.base[0] & PB_JOURNEYS, n ? PB_JOURNEYS : 0);
        CHECK_INT(pb_ref_live(), n);
        pb_journey_drop(w.base, w.pos);
        pb_journey_drop(w.base, w.pos);
        sweep();
        CHECK_INT(pb_ref_live(), 0);
        pb_writer_free(&w);
    }
}

static void gives_back_what_a_read_message_held(void) {
    for (uint32_t n = 0; n < 20; n++) {
        pb_writer w = message(n);
        CHECK(pb_journey_seal(&w));
        size_t length = w.pos;
        pb_journeys taken;
        CHECK(pb_journey_take(w.base, &length, &taken));
        CHECK_INT(length, 1);
        CHECK_INT(w.base[0], 3);
        pb_journey_drop(w.base, w.pos);
        sweep();
        CHECK_INT(pb_ref_live(), n);
        pb_journey_release_all(&taken);
        pb_journey_release_all(&taken);
        sweep();
        CHECK_INT(pb_ref_live(), 0);
        pb_writer_free(&w);
    }
}

static void undoes_a_message_that_is_not_sent(void) {
    pb_writer w = message(9);
    pb_journey_undo(&w);
    pb_writer_free(&w);
    w = message(9);
    pb_writer_free(&w);
    w = message(9);
    w.limit = 20; /* no room for the list */
    CHECK(!pb_journey_seal(&w));
    pb_writer_free(&w);
    sweep();
    CHECK_INT(pb_ref_live(), 0);
}

static void trusts_no_list_that_does_not_fit(void) {
    uint64_t random = test_random_state(300);
    for (uint32_t i = 0; i < test_times(20000); i++) {
        size_t length = test_below(&random, 80);
        uint8_t *bytes = malloc(length ? length : 1); /* of exactly its size, for AddressSanitizer */
        for (size_t k = 0; k < length; k++)
            bytes[k] = (uint8_t)test_random(&random);
        if (length >= 5 && i % 2) {
            uint32_t count = test_below(&random, 6);
            bytes[0] |= PB_JOURNEYS;
            memcpy(bytes + length - 4, &count, sizeof count);
        }
        size_t rest = length;
        pb_journeys taken;
        if (i % 3 == 0) {
            pb_journey_drop(bytes, length);
        } else if (pb_journey_take(bytes, &rest, &taken)) {
            CHECK(rest <= length);
            pb_journey_release_all(&taken);
        }
        free(bytes);
    }
}

/* ---- in slots ---- */

static void submit_with(pb_queue *q, uint32_t kind, uint32_t n, int64_t *ticket) {
    pb_writer w = message(n);
    CHECK(pb_journey_seal(&w));
    *ticket = pb_queue_submit(q, kind, 1, w.base, (uint32_t)w.pos);
    CHECK(*ticket >= 0);
    w.owned = false; /* the copy in the slot holds them now */
    free(w.base);
}

static void complete_with(pb_queue *q, pb_slot *slot, uint32_t n, bool failed) {
    pb_journeys taken;
    size_t length = slot->length;
    CHECK(pb_journey_take((uint8_t *)pb_slot_message(slot), &length, &taken));
    pb_journey_release_all(&taken);
    pb_writer reply = message(n);
    CHECK(pb_journey_seal(&reply));
    pb_queue_complete(q, slot, &reply, failed);
}

static void check_nothing_is_left(pb_queue *q) {
    pb_slot *slot;
    CHECK(!pb_queue_take(q, &slot)); /* frees what was dropped */
    sweep();
    CHECK_INT(pb_ref_live(), 0);
    CHECK_INT(pb_queue_depth(q), 0);
}

static void gives_back_what_queued_messages_hold(void) {
    pb_queue *q = pb_queue_create(8);
    pb_slot *slot;
    int64_t ticket;
    static uint8_t buf[4096];
    for (uint32_t n = 1; n < 100; n += 30) { /* in the slot, and in memory of their own */
        submit_with(q, PB_SYNC, n, &ticket); /* never run */
        CHECK_INT(pb_queue_cancel(q, ticket), PB_CANCEL_DROPPED);
        check_nothing_is_left(q);

        submit_with(q, PB_SYNC, n, &ticket); /* answered too late */
        CHECK(pb_queue_take(q, &slot));
        CHECK_INT(pb_queue_cancel(q, ticket), PB_CANCEL_ABANDONED);
        complete_with(q, slot, n, false);
        check_nothing_is_left(q);

        submit_with(q, PB_CAST, n, &ticket); /* nobody wants the answer */
        CHECK(pb_queue_take(q, &slot));
        complete_with(q, slot, n, false);
        check_nothing_is_left(q);

        submit_with(q, PB_SYNC, n, &ticket); /* answered: the receiver owns it */
        CHECK(pb_queue_take(q, &slot));
        complete_with(q, slot, n, false);
        int64_t length = pb_queue_await(q, ticket, buf, sizeof buf, 0);
        CHECK(length > 0);
        sweep();
        CHECK_INT(pb_ref_live(), n);
        pb_journey_drop(buf, (size_t)length);
        check_nothing_is_left(q);
    }
    submit_with(q, PB_SYNC, 5, &ticket);
    submit_with(q, PB_SYNC, 90, &ticket);
    pb_queue_destroy(q);
    sweep();
    CHECK_INT(pb_ref_live(), 0);
}

static pb_slot *ask_with(pb_queue *q, uint32_t n) {
    pb_slot *callback = pb_queue_spare(q);
    pb_writer w = message(n);
    CHECK(pb_journey_seal(&w));
    CHECK(pb_queue_ask(q, callback, &w, 1, NULL, false));
    CHECK(pb_queue_next_finished(q) == callback);
    return callback;
}

static void gives_back_what_callbacks_hold(void) {
    pb_queue *q = pb_queue_create(8);
    int64_t ticket;
    for (uint32_t n = 1; n < 100; n += 30) {
        pb_slot *callback = ask_with(q, n); /* given up before Java took it */
        CHECK(pb_queue_forget(q, callback, NULL));
        CHECK(!pb_queue_take_callback(q, callback, &ticket));
        check_nothing_is_left(q);

        callback = ask_with(q, n); /* answered without having been read */
        CHECK(pb_queue_take_callback(q, callback, &ticket));
        CHECK_INT(pb_queue_answer(q, ticket, NULL, 0), 0);
        pb_queue_release(q, callback);
        check_nothing_is_left(q);

        callback = ask_with(q, n); /* answered too late, and answered twice */
        CHECK(pb_queue_take_callback(q, callback, &ticket));
        CHECK(pb_queue_forget(q, callback, NULL));
        pb_writer w = message(n);
        CHECK(pb_journey_seal(&w));
        CHECK_INT(pb_queue_answer(q, ticket, w.base, (uint32_t)w.pos), PB_STALE);
        free(w.base);
        w = message(n);
        CHECK(pb_journey_seal(&w));
        CHECK_INT(pb_queue_answer(q, ticket, w.base, (uint32_t)w.pos), PB_STALE);
        free(w.base);
        check_nothing_is_left(q);

        callback = ask_with(q, n); /* the asker does not read the answer */
        CHECK(pb_queue_take_callback(q, callback, &ticket));
        w = message(n);
        CHECK(pb_journey_seal(&w));
        CHECK_INT(pb_queue_answer(q, ticket, w.base, (uint32_t)w.pos), 0);
        free(w.base);
        pb_queue_release(q, callback);
        check_nothing_is_left(q);
    }
    pb_queue_destroy(q);
}

void test_table(void) {
    pb_table_init(&table);
    lets_go_with_the_last_count();
    knows_no_id_of_an_earlier_use();
    grows_and_kills_all();
    keeps_ids_of_threads_apart();
    dies_once();
    gives_back_what_a_dropped_message_holds();
    gives_back_what_a_read_message_held();
    undoes_a_message_that_is_not_sent();
    trusts_no_list_that_does_not_fit();
    gives_back_what_queued_messages_hold();
    gives_back_what_callbacks_hold();
}
