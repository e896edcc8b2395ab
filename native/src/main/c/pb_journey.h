/* Messages that carry ids of objects kept on the other side. Each such message holds a count of each id in it: its
 * journey. Whoever sends it took that count for it, so that neither side can let the object go while the message is on
 * its way; whoever reads the message takes counts of its own for what it keeps, and then gives the journeys back.
 *
 * The ids are listed again at the end of the message, after its values: n pairs of (u64 context, u64 id), u32 n. The
 * highest bit of the message's first byte says so. So a message that nobody reads can be dropped without knowing what is
 * in it: late replies, requests that were refused, answers to a callback that was given up.
 *
 * Invariant: a message in memory whose bit is set holds its journeys. Whoever takes them over clears the bit. */
#ifndef PB_JOURNEY_H
#define PB_JOURNEY_H

#include "pb_codec.h"

enum { PB_JOURNEYS = 0x80 };

typedef struct pb_journey {
    int64_t context; /* that keeps the Python object; 0 for a Java object */
    uint64_t id;
} pb_journey;

/* The journeys of a message, taken out of it. */
typedef struct {
    pb_journey few[4];
    pb_journey *all; /* few, or memory of its own */
    uint32_t count;
} pb_journeys;

/* One count more, or less, of an id. Any thread. */
bool pb_journey_retain(int64_t context, uint64_t id);
void pb_journey_release(int64_t context, uint64_t id);

/* Notes a count that the message being written takes over; gives it back and returns false if memory is short. */
bool pb_journey_add(pb_writer *w, int64_t context, uint64_t id);

/* The message will not be sent: gives back what it took over so far. */
void pb_journey_undo(pb_writer *w);

/* Ends the message. False, and undone, if there is no room. */
bool pb_journey_seal(pb_writer *w);

/* Gives back the journeys of a message that nobody will read. */
void pb_journey_drop(uint8_t *bytes, size_t length);

/* Takes the journeys out of a message that is about to be read; the length becomes that without them. False if memory
 * is short. */
bool pb_journey_take(uint8_t *bytes, size_t *length, pb_journeys *taken);
void pb_journey_release_all(pb_journeys *taken);

#endif
