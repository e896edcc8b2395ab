/* The owner's way into a context: slots for requests and their replies, and three rings of slot numbers.
 *
 * A slot goes FREE -> QUEUED -> RUNNING -> DONE -> FREE. A caller that gives up moves QUEUED -> DROPPED (the request
 * never runs) or RUNNING -> ABANDONED (its reply is dropped); the owner frees such a slot. Each step is one
 * compare-and-set on the slot's state, which also carries the slot's generation, so that a ticket of an earlier use
 * of the slot matches nothing.
 *
 * Invariant: whoever made the last step owns the slot's other fields: the submitter until QUEUED, the owner thread
 * from RUNNING, the collector from DONE. Everything is published by the step (release) and read after it (acquire).
 *
 * The memory holds offsets and numbers only, never pointers, and may be mapped by two processes. */
#ifndef PB_QUEUE_H
#define PB_QUEUE_H

#include "pb_codec.h"
#include "pb_ring.h"

enum { PB_FREE, PB_QUEUED, PB_RUNNING, PB_DONE, PB_DROPPED, PB_ABANDONED };

typedef enum {
    PB_SYNC,  /* a thread waits on the slot itself */
    PB_ASYNC, /* the reply goes to the ring of finished requests */
    PB_CAST   /* no reply is wanted; a failure goes to the ring of finished requests */
} pb_kind;

enum { PB_INLINE = 984 };

typedef struct {
    _Atomic uint64_t state; /* generation << 32 | step; the low half is the futex word of a waiting caller */
    uint64_t request;       /* the request's id */
    _Atomic uint32_t waiting; /* a caller sleeps on the state */
    uint32_t kind;
    uint32_t segment; /* 0: the message is in bytes; else the number of a segment */
    uint32_t length;  /* of the request, then of the reply */
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
    size_t unused;
    size_t finished;
    size_t slots;
} pb_queue;

/* Results of calls that can fail; also what the exported functions return to Java (LibPyboot). */
enum { PB_LARGE = -1, PB_STALE = -2, PB_FULL = -3, PB_PENDING = -4, PB_NO_MEMORY = -5 };

/* What became of a cancelled request. */
enum { PB_CANCEL_TOO_LATE = 0, PB_CANCEL_DROPPED = 1, PB_CANCEL_ABANDONED = 2 };

/* NULL if memory is short. The capacity is a power of two. */
pb_queue *pb_queue_create(uint32_t capacity);

/* Gives back the memory and every segment that a slot still holds. Nobody else may use the queue any more. */
void pb_queue_destroy(pb_queue *q);

/* Copies the request into a slot, queues it and wakes the owner. Returns the ticket, PB_FULL or PB_NO_MEMORY. */
int64_t pb_queue_submit(pb_queue *q, pb_kind kind, uint64_t request, const uint8_t *bytes, uint32_t length);

/* Owner: claims the next request that nobody gave up. */
bool pb_queue_take(pb_queue *q, pb_slot **slot);

/* Owner: sleeps until something is submitted or pb_queue_wake is called; at most nanos (negative: for ever). A call
 * that came before the sleep ends it at once, since the owner may have looked at what it is about before that. */
void pb_queue_sleep(pb_queue *q, int64_t nanos);
void pb_queue_wake(pb_queue *q);

/* The bytes of the message in a slot. */
const uint8_t *pb_slot_message(pb_slot *slot);

/* Owner: the writer for the reply; it may overwrite the request. */
pb_writer pb_slot_reply(pb_slot *slot, size_t limit);

/* Owner: ends the request with what was written. Takes the writer's memory. True if the reply went to the ring of
 * finished requests, whose drainer must be woken then. */
bool pb_queue_complete(pb_queue *q, pb_slot *slot, pb_writer *w, bool failed);

/* Caller: waits at most nanos for the reply of a ticket and copies it into buf. Returns its length; PB_LARGE if it does
 * not fit (buf then holds the address and length of memory that the caller must free); PB_PENDING; PB_STALE. */
int64_t pb_queue_await(pb_queue *q, int64_t ticket, uint8_t *buf, uint32_t cap, int64_t nanos);

/* Caller: gives the request up. One of PB_CANCEL_*, or PB_STALE. */
int64_t pb_queue_cancel(pb_queue *q, int64_t ticket);

/* True while the request of a ticket waits for its turn. */
bool pb_queue_is_queued(pb_queue *q, int64_t ticket);

/* Drainer: the next finished request, or NULL. pb_queue_release frees its slot. */
pb_slot *pb_queue_next_finished(pb_queue *q);
void pb_queue_release(pb_queue *q, pb_slot *slot);

/* Requests that wait for their turn, and answers that wait for the drainer; snapshots. */
uint32_t pb_queue_submitted_count(pb_queue *q);
uint32_t pb_queue_finished_count(pb_queue *q);

/* Requests that wait or run on the owner's way; a snapshot. */
uint32_t pb_queue_depth(pb_queue *q);

#endif
