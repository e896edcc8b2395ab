#include "pb_journey.h"

#include <stdlib.h>
#include <string.h>

#include "pb_context.h"
#include "pb_handle.h"

bool pb_journey_retain(int64_t context, uint64_t id) {
    if (context == 0)
        return pb_ref_retain(id);
    pb_context *ctx = pb_enter(context, false);
    if (!ctx)
        return false;
    bool done = pb_handle_retain(ctx, id);
    pb_leave(ctx);
    return done;
}

void pb_journey_release(int64_t context, uint64_t id) {
    if (context == 0) {
        pb_ref_release(id);
        return;
    }
    pb_context *ctx = pb_enter(context, false);
    if (!ctx)
        return; /* it has let go of all its objects */
    pb_handle_release(ctx, id);
    pb_leave(ctx);
}

/* ---- writing ---- */

bool pb_journey_add(pb_writer *w, int64_t context, uint64_t id) {
    if (w->journey_count == w->journey_cap) {
        uint32_t cap = w->journey_cap ? w->journey_cap * 2 : 8;
        pb_journey *bigger = realloc(w->journeys, cap * sizeof *bigger);
        if (!bigger) {
            pb_journey_release(context, id);
            return false;
        }
        w->journeys = bigger;
        w->journey_cap = cap;
    }
    w->journeys[w->journey_count++] = (pb_journey){context, id};
    return true;
}

static void forget(pb_writer *w) {
    free(w->journeys);
    w->journeys = NULL;
    w->journey_count = w->journey_cap = 0;
}

void pb_journey_undo(pb_writer *w) {
    for (uint32_t i = 0; i < w->journey_count; i++)
        pb_journey_release(w->journeys[i].context, w->journeys[i].id);
    forget(w);
}

bool pb_journey_seal(pb_writer *w) {
    if (w->journey_count == 0)
        return true;
    size_t size = w->journey_count * sizeof *w->journeys;
    if (!pb_writer_reserve(w, size + sizeof w->journey_count)) {
        pb_journey_undo(w);
        return false;
    }
    memcpy(w->base + w->pos, w->journeys, size);
    memcpy(w->base + w->pos + size, &w->journey_count, sizeof w->journey_count);
    w->pos += size + sizeof w->journey_count;
    w->base[0] |= PB_JOURNEYS;
    forget(w);
    return true;
}

/* ---- reading ---- */

/* Where the journeys of a message begin, and how many there are; NULL if it has none. */
static const uint8_t *find(const uint8_t *bytes, size_t length, uint32_t *count) {
    if (length < 1 + sizeof *count || !(bytes[0] & PB_JOURNEYS))
        return NULL;
    memcpy(count, bytes + length - sizeof *count, sizeof *count);
    size_t room = length - 1 - sizeof *count;
    return *count <= room / sizeof(pb_journey) ? bytes + length - sizeof *count - *count * sizeof(pb_journey) : NULL;
}

void pb_journey_drop(uint8_t *bytes, size_t length) {
    uint32_t count;
    const uint8_t *at = find(bytes, length, &count);
    if (!at)
        return;
    bytes[0] &= (uint8_t)~PB_JOURNEYS;
    for (uint32_t i = 0; i < count; i++) {
        pb_journey journey;
        memcpy(&journey, at + i * sizeof journey, sizeof journey);
        pb_journey_release(journey.context, journey.id);
    }
}

bool pb_journey_take(uint8_t *bytes, size_t *length, pb_journeys *taken) {
    taken->all = taken->few;
    taken->count = 0;
    uint32_t count;
    const uint8_t *at = find(bytes, *length, &count);
    if (!at)
        return true;
    if (count > sizeof taken->few / sizeof *taken->few) {
        pb_journey *all = malloc(count * sizeof *all);
        if (!all) {
            pb_journey_drop(bytes, *length);
            return false;
        }
        taken->all = all;
    }
    memcpy(taken->all, at, count * sizeof *taken->all);
    taken->count = count;
    *length = (size_t)(at - bytes);
    bytes[0] &= (uint8_t)~PB_JOURNEYS;
    return true;
}

void pb_journey_release_all(pb_journeys *taken) {
    for (uint32_t i = 0; i < taken->count; i++)
        pb_journey_release(taken->all[i].context, taken->all[i].id);
    if (taken->all != taken->few)
        free(taken->all);
    taken->all = taken->few;
    taken->count = 0;
}
