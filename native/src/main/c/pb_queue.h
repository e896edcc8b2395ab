/* The owner's way into a context: slots for requests and their replies, and rings of slot numbers.
 *
 * A slot goes FREE -> QUEUED -> RUNNING -> DONE -> FREE. A caller that gives up moves QUEUED -> DROPPED (the request
 * never runs) or RUNNING -> ABANDONED (its reply is dropped); the owner frees such a slot. Each step is one
 * compare-and-set on the slot's state, which also carries the slot's generation, so that a ticket of an earlier use
 * of the slot matches nothing.
 *
 * Invariant: whoever made the last step owns the slot's other fields: the submitter until QUEUED, the owner thread
 * from RUNNING, the collector from DONE. Everything is published by the step (release) and read after it (acquire).
 *
 * A callback into Java goes the other way, in a spare slot: the asking thread (the owner, or one that Python code
 * started) fills it: FREE -> QUEUED; Java takes it: QUEUED -> RUNNING, and answers: RUNNING -> DONE; the asker reads the
 * answer and frees it. An asker that gives up moves QUEUED or RUNNING -> ABANDONED; then Java's next step frees it.
 * If a caller waits for the request that asks, the owner moves that request's slot RUNNING -> CALLING and the caller
 * moves it back when it takes the callback; else the spare slot goes to the ring of finished requests.
 *
 * The memory holds offsets and numbers only, never pointers, and may be mapped by two processes. */
#ifndef PB_QUEUE_H
#define PB_QUEUE_H

#include "pb_codec.h"
#include "pb_ring.h"

enum { PB_FREE, PB_QUEUED, PB_RUNNING, PB_DONE, PB_DROPPED, PB_ABANDONED, PB_CALLING };

typedef enum {
    PB_SYNC,  /* a thread waits on the slot itself */
    PB_ASYNC, /* the reply goes to the ring of finished requests */
    PB_CAST,  /* no reply is wanted; a failure goes to the ring of finished requests */
    PB_ASK    /* a callback */
} pb_kind;

/* Added to a kind: the request is made by a callback of the context, so the owner runs it while it waits for that. */
enum { PB_NESTED = 8 };

/* PB_SPARE: slots for callbacks, and for nested requests when the others are used up. */
enum { PB_INLINE = 984, PB_SPARE = 256 };

typedef struct {
    /* generation << 32 | step; the low half is the futex word of a waiting caller. PB_CALLING is followed by the number
     * of the callback's slot: number << 8 | PB_CALLING. */
    _Atomic uint64_t state;
    uint64_t request;       /* the request's id */
    _Atomic uint32_t waiting; /* a caller sleeps on the state */
    uint32_t kind;
    uint32_t segment; /* 0: the message is in bytes; else the number of a segment */
    uint32_t length;  /* of the request, then of the reply */
    uint32_t by_owner; /* PB_ASK: the owner waits for the answer, and sleeps on the queue's word */
    uint8_t bytes[PB_INLINE];
} pb_slot;

typedef struct {
    uint32_t capacity;
    size_t size;
    /* 1 while the owner sleeps or is about to. A producer pushes first and looks here afterwards, the owner sets it
     * first and looks at the ring afterwards: one of the two sees the other. */
    _Atomic uint32_t asleep;
    _Atomic uint32_t woken; /* pb_queue_wake was called since the last sleep, which may come after it */
    size_t submitted; /* offsets of the rings and of the slots */
    size_t nested;
    size_t unused;
    size_t spare;
    size_t finished;
    size_t slots;
} pb_queue;

/* Results of calls that can fail; also what the exported functions return to Java (LibPyboot). */
enum { PB_LARGE = -1, PB_STALE = -2, PB_FULL = -3, PB_PENDING = -4, PB_NO_MEMORY = -5, PB_CALLBACK = -6 };

/* What became of a cancelled request. */
enum { PB_CANCEL_TOO_LATE = 0, PB_CANCEL_DROPPED = 1, PB_CANCEL_ABANDONED = 2 };

/* NULL if memory is short. The capacity is a power of two. */
pb_queue *pb_queue_create(uint32_t capacity);

/* Gives back the memory and every segment that a slot still holds. Nobody else may use the queue any more. */
void pb_queue_destroy(pb_queue *q);

/* Copies the request into a slot, queues it and wakes the owner. Returns the ticket, PB_FULL or PB_NO_MEMORY. */
int64_t pb_queue_submit(pb_queue *q, uint32_t kind, uint64_t request, const uint8_t *bytes, uint32_t length);

/* Owner: claims the next request that nobody gave up; nested ones come first. */
bool pb_queue_take(pb_queue *q, pb_slot **slot);
bool pb_queue_take_nested(pb_queue *q, pb_slot **slot);

/* Owner: sleeps until something is submitted or pb_queue_wake is called; at most nanos (negative: for ever). A call
 * that came before the sleep ends it at once, since the owner may have looked at what it is about before that. */
void pb_queue_sleep(pb_queue *q, int64_t nanos);
void pb_queue_wake(pb_queue *q);

/* Gives back what a message holds that nobody will read (pb_journey.h). */
void pb_slot_drop(pb_slot *slot);

/* The bytes of the message in a slot. */
const uint8_t *pb_slot_message(pb_slot *slot);

/* Owner: the writer for the reply; it may overwrite the request. */
pb_writer pb_slot_reply(pb_slot *slot, size_t limit);

/* Owner: ends the request with what was written. Takes the writer's memory. True if the reply went to the ring of
 * finished requests, whose drainer must be woken then. */
bool pb_queue_complete(pb_queue *q, pb_slot *slot, pb_writer *w, bool failed);

/* Caller: waits at most nanos for the reply of a ticket and copies it into buf. Returns its length; PB_LARGE if it does
 * not fit (buf then holds the address and length of memory that the caller must free); PB_PENDING; PB_STALE; or
 * PB_CALLBACK if the request asks for one, which the caller must answer: buf then holds its ticket, and the address and
 * length of its message, as for PB_LARGE, or address 0 if the message follows in buf. */
int64_t pb_queue_await(pb_queue *q, int64_t ticket, uint8_t *buf, uint32_t cap, int64_t nanos);

/* Caller: gives the request up. One of PB_CANCEL_*, or PB_STALE. */
int64_t pb_queue_cancel(pb_queue *q, int64_t ticket);

/* True while the request of a ticket waits for its turn. */
bool pb_queue_is_queued(pb_queue *q, int64_t ticket);

/* Asker: a slot for a callback, NULL if none is free. Its message is written with pb_slot_reply and pb_queue_ask, which
 * publishes it. asking is the slot of the request that asks, NULL for a thread of Python. True if it went to the ring of
 * finished requests, whose drainer must be woken then. */
pb_slot *pb_queue_spare(pb_queue *q);
bool pb_queue_ask(pb_queue *q, pb_slot *callback, pb_writer *w, uint64_t request, pb_slot *asking, bool by_owner);

/* Asker that is not the owner: sleeps until the answer is there. */
void pb_queue_await_answer(pb_slot *callback);

/* Asker that is the owner: sleeps until the answer or a nested request is there, or pb_queue_wake is called; it may
 * wake up for nothing. *cut is looked at before the sleep. */
void pb_queue_sleep_asking(pb_queue *q, pb_slot *callback, _Atomic bool *cut);

bool pb_queue_answered(pb_slot *callback);

/* Asker: gives the callback up. False if the answer is there. */
bool pb_queue_forget(pb_queue *q, pb_slot *callback, pb_slot *asking);

/* Asker: gives up a callback that went to the ring of finished requests, if nobody has taken it. */
bool pb_queue_withdraw(pb_slot *callback);

/* Java: takes a callback, which it must answer then; false if the asker gave it up, and the slot is freed. The ticket is
 * for the answer. */
bool pb_queue_take_callback(pb_queue *q, pb_slot *callback, int64_t *ticket);
/* Takes what the answer holds, whatever it returns: 0, PB_STALE if nobody wants the answer any more, or PB_NO_MEMORY:
 * then the answer is empty. */
int64_t pb_queue_answer(pb_queue *q, int64_t ticket, uint8_t *bytes, uint32_t length);

/* Drainer: the next finished request or callback, or NULL. pb_queue_release frees its slot. */
pb_slot *pb_queue_next_finished(pb_queue *q);
void pb_queue_release(pb_queue *q, pb_slot *slot);

/* Requests that wait for their turn, and answers that wait for the drainer; snapshots. */
uint32_t pb_queue_submitted_count(pb_queue *q);
uint32_t pb_queue_finished_count(pb_queue *q);

/* Requests that wait or run on the owner's way; a snapshot. */
uint32_t pb_queue_depth(pb_queue *q);

#endif
