/* Messages too large for a slot, known by number. The table is this process's own: a number can stand in shared memory
 * where a pointer cannot. */
#ifndef PB_SEGMENT_H
#define PB_SEGMENT_H

#include <stdint.h>

/* Takes ownership of malloc'ed memory; returns its number, never 0 (0: memory is short and the bytes are still yours). */
uint32_t pb_segment_put(uint8_t *bytes);

/* The memory of a number, still owned by the table; NULL for an unknown number. */
uint8_t *pb_segment_get(uint32_t number);

/* Takes the memory out of the table; the caller frees it. NULL for an unknown number. */
uint8_t *pb_segment_take(uint32_t number);

#endif
