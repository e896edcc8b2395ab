/* The drainer's side of a pool: one Java thread sleeps here and takes the finished requests of all its contexts. */
#ifndef PB_POOL_H
#define PB_POOL_H

#include "pb_context.h"

int64_t pb_pool_create(void);
void pb_pool_destroy(int64_t number);

/* Fills buf with records: u64 request, u32 length, u32 flags, then the reply padded to 8 bytes, or its address if it is
 * large (flag 1). A callback (flag 2) has the context's id and the ticket for its answer before its message.
 * Sleeps at most nanos (negative: for ever) if nothing has finished. Returns the number of bytes, 0 for none. */
int64_t pb_pool_drain(int64_t number, uint8_t *buf, uint32_t cap, int64_t nanos);

/* Casts that succeeded. */
int64_t pb_pool_casts(int64_t number);

/* From now on pb_pool_drain does not sleep. */
void pb_pool_stop(int64_t number);

#endif
