/* Objects that stay on their side: Java objects that Python holds (pyboot.JavaRef), and Python objects that Java holds
 * (io.pyboot.PythonObject). Both are known to the other side by counted ids (pb_table.h). */
#ifndef PB_HANDLE_H
#define PB_HANDLE_H

#include "pb_context.h"
#include "pb_table.h"

/* ---- pb_ref.c: Java objects. One table for the process; the objects are in io.pyboot.codec.JavaObjects ---- */

/* A new id, with a count of 1; 0 if memory is short. */
uint64_t pb_ref_new(void);
bool pb_ref_retain(uint64_t id);
void pb_ref_release(uint64_t id);

/* Hands out ids that nobody holds any more, whose objects Java drops. */
uint32_t pb_ref_take_dead(uint64_t *ids, uint32_t cap);
bool pb_ref_any_dead(void);

/* Ids that were given out and whose objects Java still keeps. */
int64_t pb_ref_live(void);

/* What a pyboot.JavaRef holds: a capsule that owns one count of the id, which it takes; gives the count back when it is
 * freed, on whatever thread that is. NULL with an exception set. */
PyObject *pb_ref_capsule(uint64_t id);

/* The id in a capsule; 0 with an exception set if it is none of ours. */
uint64_t pb_ref_id(PyObject *capsule);

/* ---- pb_handle.c: Python objects. One table a context ---- */

/* Under the GIL: keeps the object; a new id with a count of 1. 0 if memory is short. */
uint64_t pb_handle_new(pb_table *handles, PyObject *object);

/* Under the GIL: the object of an id, a new reference; NULL if the id is not good. */
PyObject *pb_handle_object(pb_table *handles, uint64_t id);

/* Any thread, with or without a GIL; the caller is inside the context. The last release wakes the owner. */
bool pb_handle_retain(pb_context *ctx, uint64_t id);
void pb_handle_release(pb_context *ctx, uint64_t id);

/* Owner, under the GIL, between requests: lets go of the objects that Java has let go of. */
void pb_handle_reap(pb_context *ctx);

/* Owner, under the GIL, at the end of the context: lets go of all. Nobody else is inside. */
void pb_handle_clear(pb_context *ctx);

#endif
