/* Memory of Java that Python may see without a copy, by number. Messages hold the number, never the address, so a made-up
 * one finds nothing. Thread-safe; the lock is a leaf. */
#ifndef PB_VIEW_H
#define PB_VIEW_H

#include "pb_codec.h"

/* A number for the memory; 0 if there is no memory for it, or too many are open. */
int64_t pb_view_open(void *address, int64_t length, bool writable);

/* No request takes the memory any more. True if Python still sees it: it must stay valid until pb_view_in_use is false. */
bool pb_view_close(int64_t view);
bool pb_view_in_use(int64_t view);

/* Python has let go of memory that it was given. */
void pb_view_give_back(int64_t view);

/* Reads the rest of a view, after its tag; a new reference to a memoryview, which pb_view_end ends. NULL with an
 * exception set. */
PyObject *pb_view_read(const pb_codec *codec, pb_reader *r);

/* Ends the views of a request: who looks at one later gets a ValueError. Takes the reference to the list. */
void pb_view_end(const pb_codec *codec, PyObject *views);

#endif
