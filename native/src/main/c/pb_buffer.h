/* The buffer protocol: items of numbers, of any shape. Java's side is io.pyboot.PythonBuffer. */
#ifndef PB_BUFFER_H
#define PB_BUFFER_H

#include "pb_codec.h"

/* As many dimensions as NumPy has at most; CPython's memoryview too. */
enum { PB_MAX_DIMENSIONS = 64 };

typedef enum { PB_BUFFER_WRITTEN, PB_BUFFER_TOO_LARGE, PB_BUFFER_REFUSED } pb_buffer_result;

typedef enum {
    PB_BUFFER_PLAIN, /* one dimension of unsigned bytes is bytes, all else a buffer */
    PB_BUFFER_TYPED, /* always a buffer: bytes are numbers too */
    PB_BUFFER_ARRAY  /* an array.array, of the given typecode */
} pb_buffer_kind;

/* Writes what the object exports: in C order, little-endian, one copy. typecode is for arrays only. REFUSED with the
 * reason in error, of the given size; no Python exception is left behind. */
pb_buffer_result pb_buffer_write(pb_writer *w, PyObject *o, pb_buffer_kind kind, char typecode, char *error,
                                 size_t error_size);

/* Reads the rest of a buffer, after its tag; a new reference to a memoryview. NULL with an exception set. */
PyObject *pb_buffer_read(const pb_codec *codec, pb_reader *r);

#endif
