#include "pb_buffer.h"

#include <stdio.h>
#include <string.h>

/* What the items are, by the code that the wire has for them; 0 if Java has no such number.
 * A format is a code of the module struct, maybe after its byte order. How wide l, n and the like are depends on that,
 * so the width is taken from the exporter. */
static char code_of(const char *format, Py_ssize_t itemsize, bool *swapped) {
    static const char signed_codes[] = "\0bh\0i\0\0\0q", unsigned_codes[] = "\0BH\0I\0\0\0Q";
    *swapped = false;
    if (!format)
        return itemsize == 1 ? 'B' : 0;
    if (*format == '>' || *format == '!')
        *swapped = true;
    if (*format && strchr("@=<>!", *format))
        format++;
    if (!format[0] || format[1] || itemsize < 1 || itemsize > 8)
        return 0;
    if (strchr("bhilqn", *format))
        return signed_codes[itemsize];
    if (strchr("BHILQN", *format))
        return unsigned_codes[itemsize];
    switch (*format) {
    case 'c': return itemsize == 1 ? 'B' : 0;
    case '?': return itemsize == 1 ? '?' : 0;
    case 'e': return itemsize == 2 ? 'e' : 0;
    case 'f': return itemsize == 4 ? 'f' : 0;
    case 'd': return itemsize == 8 ? 'd' : 0;
    default: return 0;
    }
}

/* The width of a code; 0 for none. */
static size_t width_of(uint8_t code) {
    switch (code) {
    case '?': case 'b': case 'B': return 1;
    case 'h': case 'H': case 'e': return 2;
    case 'i': case 'I': case 'f': return 4;
    case 'q': case 'Q': case 'd': return 8;
    default: return 0;
    }
}

static void swap_items(uint8_t *bytes, size_t n, size_t width) {
    for (uint8_t *item = bytes; width > 1 && item < bytes + n; item += width) {
        for (size_t i = 0, j = width - 1; i < j; i++, j--) {
            uint8_t byte = item[i];
            item[i] = item[j];
            item[j] = byte;
        }
    }
}

static void put(pb_writer *w, const void *bytes, size_t n) {
    memcpy(w->base + w->pos, bytes, n);
    w->pos += n;
}

/* The head of the value, with room for its n bytes behind. */
static bool write_head(pb_writer *w, uint8_t tag, uint8_t code, const Py_buffer *view, uint32_t n) {
    size_t dimensions = tag == 'Y' ? (size_t)view->ndim : 0;
    if (!pb_writer_reserve(w, 7 + 8 * dimensions + (size_t)n))
        return false;
    put(w, &tag, 1);
    if (tag != 'B')
        put(w, &code, 1);
    if (tag == 'Y') {
        uint8_t count = (uint8_t)dimensions;
        put(w, &count, 1);
        for (size_t i = 0; i < dimensions; i++) {
            int64_t length = view->shape[i];
            put(w, &length, sizeof length);
        }
    }
    put(w, &n, sizeof n);
    return true;
}

static pb_buffer_result refused(char *error, size_t error_size, const char *reason) {
    snprintf(error, error_size, "%s", reason);
    py.PyErr_Clear();
    return PB_BUFFER_REFUSED;
}

static pb_buffer_result write_view(pb_writer *w, const Py_buffer *view, pb_buffer_kind kind, char typecode, char *error,
                                   size_t error_size) {
    bool swapped;
    char code = code_of(view->format, view->itemsize, &swapped);
    uint8_t tag = 'Y';
    if (kind == PB_BUFFER_ARRAY)
        tag = 'A';
    else if (kind == PB_BUFFER_PLAIN && code == 'B' && view->ndim == 1)
        tag = 'B';
    if (tag == 'A') {
        code = typecode;
    } else if (!code) {
        snprintf(error, error_size, "it holds items of the format '%.80s'", view->format ? view->format : "B");
        return PB_BUFFER_REFUSED;
    }
    if (view->ndim < 0 || view->ndim > PB_MAX_DIMENSIONS || view->len < 0)
        return refused(error, error_size, "it exports a buffer of an impossible shape");
    size_t n = (size_t)view->len;
    if (n > UINT32_MAX || !write_head(w, tag, (uint8_t)code, view, (uint32_t)n))
        return PB_BUFFER_TOO_LARGE;
    if (n > 0 && py.PyBuffer_ToContiguous(w->base + w->pos, view, view->len, 'C') < 0)
        return refused(error, error_size, "it could not be read");
    if (swapped)
        swap_items(w->base + w->pos, n, (size_t)view->itemsize);
    w->pos += n;
    return PB_BUFFER_WRITTEN;
}

pb_buffer_result pb_buffer_write(pb_writer *w, PyObject *o, pb_buffer_kind kind, char typecode, char *error,
                                 size_t error_size) {
    Py_buffer view;
    if (py.PyObject_GetBuffer(o, &view, PB_BUF_FULL_RO) < 0)
        return refused(error, error_size, "it does not give its buffer away");
    pb_buffer_result result = write_view(w, &view, kind, typecode, error, error_size);
    py.PyBuffer_Release(&view);
    return result;
}

static PyObject *malformed(const char *what) {
    char text[120];
    snprintf(text, sizeof text, "malformed message: %s", what);
    py.PyErr_SetString(py.PyExc_ValueError, text);
    return NULL;
}

/* The shape as a tuple, whose product must be the number of items. NULL with an exception set. */
static PyObject *read_shape(pb_reader *r, size_t width, uint32_t *n) {
    uint8_t dimensions;
    if (!pb_read_u8(r, &dimensions) || dimensions > PB_MAX_DIMENSIONS ||
        (size_t)(r->end - r->at) < 8 * (size_t)dimensions)
        return malformed("a buffer has no shape");
    PyObject *shape = py.PyTuple_New(dimensions);
    uint64_t bytes = width;
    for (uint8_t i = 0; shape && i < dimensions; i++) {
        int64_t length;
        memcpy(&length, r->at, sizeof length);
        r->at += sizeof length;
        PyObject *number = py.PyLong_FromLongLong(length);
        bool possible = length >= 0 && length <= UINT32_MAX && bytes * (uint64_t)length <= UINT32_MAX;
        bytes *= possible ? (uint64_t)length : 0;
        if (!number || !possible) {
            pb_clear(&number);
            pb_clear(&shape);
            return py.PyErr_Occurred() ? NULL : malformed("a buffer has an impossible shape");
        }
        py.PyTuple_SetItem(shape, i, number); /* takes the reference */
    }
    if (shape && (!pb_read_u32(r, n) || *n != bytes || (size_t)(r->end - r->at) < *n)) {
        pb_clear(&shape);
        return malformed("the length of a buffer is not that of its shape");
    }
    return shape;
}

PyObject *pb_buffer_read(const pb_codec *codec, pb_reader *r) {
    uint8_t code;
    uint32_t n = 0;
    if (!pb_read_u8(r, &code) || !width_of(code))
        return malformed("unknown items of a buffer");
    PyObject *shape = read_shape(r, width_of(code), &n);
    if (!shape)
        return NULL;
    char name = (char)code;
    PyObject *text = py.PyUnicode_DecodeLatin1(&name, 1, NULL);
    PyObject *bytes = py.PyBytes_FromStringAndSize((const char *)r->at, n);
    PyObject *result = NULL;
    r->at += n;
    if (text && bytes)
        result = py.PyObject_CallFunctionObjArgs(codec->make_buffer, text, shape, bytes, NULL);
    pb_clear(&text);
    pb_clear(&bytes);
    pb_clear(&shape);
    return result;
}
