/* A table of counted ids. Each id stands for something that one side keeps for the other, and is good while its count is
 * above zero. Whoever holds a count may use the id; taking and giving back a count needs no lock, no GIL and no Java.
 *
 * An id is generation << 32 | index. The generation of an entry changes when it is used again, so an id that was let go
 * matches nothing. Entries are never freed: a stale id finds a valid one whose generation says so. */
#ifndef PB_TABLE_H
#define PB_TABLE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    /* generation << 32 | count. Whoever brings the count to 0 puts the entry on the stack of the dead. */
    _Atomic uint64_t state;
    void *value;   /* set before the id is known; read by holders of a count, and by whoever takes the dead */
    uint32_t next; /* index + 1 of the next one in the stack or list that the entry is in; owned by that */
} pb_entry;

enum { PB_TABLE_CHUNKS = 20, PB_TABLE_FIRST = 64 };

typedef struct {
    pb_entry *_Atomic chunks[PB_TABLE_CHUNKS]; /* of 64, 128, 256 ... entries; set under the lock, then they stay */
    pthread_mutex_t lock;   /* a leaf lock; guards the three below, and the lists that the last two begin */
    uint32_t used;          /* entries that were ever given out */
    uint32_t unused;        /* index + 1 of the first one that may be used again */
    uint32_t taken;         /* index + 1 of the first one that was taken off the stack and not yet handed out */
    _Atomic uint32_t dead;  /* index + 1 of the top of the stack: pushed to one by one, taken as a whole, so never ABA */
    _Atomic int64_t live;   /* ids whose dead entry was not handed out yet */
} pb_table;

/* What an id that died stood for. */
typedef struct {
    uint64_t id;
    void *value;
} pb_dead;

/* A zeroed table becomes usable. */
void pb_table_init(pb_table *t);

/* A new id with a count of 1; 0 if memory is short. */
uint64_t pb_table_add(pb_table *t, void *value);

/* One count more; false if the id is not good (any more). */
bool pb_table_retain(pb_table *t, uint64_t id);

/* One count less. True if the stack of the dead was empty before, and no longer is. */
bool pb_table_release(pb_table *t, uint64_t id);

/* The value of an id of which the caller holds a count; NULL if the id is not good. */
void *pb_table_value(pb_table *t, uint64_t id);

/* Hands out what has died, at most cap; its entries may be used again. Returns how many. */
uint32_t pb_table_take_dead(pb_table *t, pb_dead *dead, uint32_t cap);
bool pb_table_any_dead(pb_table *t);

/* Lets every id die, whatever its count. Nobody else uses the table. */
void pb_table_kill_all(pb_table *t);

#endif
