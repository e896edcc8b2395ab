/* The wire format: typed, little-endian, unaligned. Java's side is io.pyboot.codec; docs/architecture.md has the table.
 *
 *   N F T            None, False, True
 *   b i8   l i64     int             L u32 n, n bytes   int, two's complement
 *   d f64            float
 *   a u8 n, n bytes  str, ASCII      s u32 n, n bytes   str, Latin-1
 *   u u32 n, n bytes str, UTF-8      w u32 n, n bytes   str, UTF-16LE, lone surrogates allowed
 *   B u32 n, n bytes bytes           A u8 typecode, u32 n, n bytes   array.array
 *   Y u8 code, u8 d, d i64 lengths, u32 n, n bytes    memoryview of numbers with d dimensions, in C order
 *   Q i64            memoryview of memory of Java's, by its number, for the length of a request
 *   [ ( S Z u32 n, n values          list, tuple, set, frozenset
 *   { u32 n, n pairs dict
 *   X u8 kind, u32 n, n values   a value made of others; kinds and fields are in pyboot/_values.py
 *   J u64 id         pyboot.JavaRef: a Java object that stays in the JVM
 *   H u64 context, u64 id   a Python object that stays in its context (pyboot.handle)
 */
#ifndef PB_CODEC_H
#define PB_CODEC_H

#include <stdbool.h>

#include "pb_python.h"
#include "pb_table.h"

/* A growing message. It starts in memory of the caller and moves to memory of its own when that is too small.
 * Invariant: pos <= cap and pos <= limit, where cap may be either side of limit; base is malloc'ed if and only if owned. */
typedef struct {
    uint8_t *base;
    size_t pos;
    size_t cap;
    size_t limit;
    bool owned;
    /* Counts that the message has taken over so far; see pb_journey.h. */
    struct pb_journey *journeys;
    uint32_t journey_count;
    uint32_t journey_cap;
} pb_writer;

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    PyObject **views; /* where to put the views that are read, a list made with the first one; NULL to refuse them */
} pb_reader;

/* What the codec needs from its interpreter: a few Python functions of pyboot._codec. Owned by the context. */
typedef struct {
    PyObject *int_to_bytes;
    PyObject *int_from_bytes;
    PyObject *make_array;
    PyObject *classify_buffer;
    PyObject *make_buffer;
    PyObject *make_view;
    PyObject *end_views;
    PyObject *to_wire;
    PyObject *from_wire;
    PyObject *ref_type;    /* pyboot.JavaRef */
    PyObject *handle_type; /* what pyboot.handle makes */
    pb_table *handles;     /* of the context; NULL where there is none */
    int64_t context;       /* its id */
    int max_depth;
} pb_codec;

enum { PB_MAX_DEPTH = 900, PB_PATH_SIZE = 512, PB_MESSAGE_SIZE = 512 };

/* Why a value could not cross, and where it stands: "[3]['x']". */
typedef struct {
    char message[PB_MESSAGE_SIZE];
    char path[PB_PATH_SIZE];
} pb_conversion_error;

/* Memory for n more bytes; false if the message would pass its limit or memory is short. */
bool pb_writer_reserve(pb_writer *w, size_t n);
bool pb_write_u8(pb_writer *w, uint8_t value);
bool pb_write_u32(pb_writer *w, uint32_t value);
/* A str from UTF-8 text, cut to half of what the limit leaves: for texts of errors, of which a reply holds two. */
bool pb_write_text(pb_writer *w, const char *utf8);
void pb_writer_free(pb_writer *w);

bool pb_read_u8(pb_reader *r, uint8_t *value);
bool pb_read_u32(pb_reader *r, uint32_t *value);

/* Writes a Python value. False with the error filled; no Python exception is left behind. */
bool pb_encode(const pb_codec *codec, pb_writer *w, PyObject *value, pb_conversion_error *error);

/* Reads one value; a new reference. NULL with a Python exception set if the bytes are no value. */
PyObject *pb_decode(const pb_codec *codec, pb_reader *r);

#endif
