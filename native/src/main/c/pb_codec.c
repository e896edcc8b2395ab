#include "pb_codec.h"

#include "pb_buffer.h"
#include "pb_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pb_handle.h"
#include "pb_journey.h"

/* ---- messages ---- */

bool pb_writer_reserve(pb_writer *w, size_t n) {
    if (n > w->limit - w->pos)
        return false;
    if (n <= w->cap - w->pos)
        return true;
    size_t cap = w->cap * 2 > w->pos + n ? w->cap * 2 : w->pos + n;
    if (cap > w->limit)
        cap = w->limit;
    uint8_t *base = w->owned ? realloc(w->base, cap) : malloc(cap);
    if (!base)
        return false;
    if (!w->owned && w->pos > 0)
        memcpy(base, w->base, w->pos);
    w->base = base;
    w->cap = cap;
    w->owned = true;
    return true;
}

void pb_writer_free(pb_writer *w) {
    pb_journey_undo(w);
    if (w->owned)
        free(w->base);
    w->base = NULL;
    w->owned = false;
}

/* For callers that have reserved the room. */
static inline void put(pb_writer *w, const void *bytes, size_t n) {
    memcpy(w->base + w->pos, bytes, n);
    w->pos += n;
}

static inline void put_tagged_u32(pb_writer *w, uint8_t tag, uint32_t n) {
    w->base[w->pos++] = tag;
    put(w, &n, sizeof n);
}

bool pb_write_u8(pb_writer *w, uint8_t value) {
    if (!pb_writer_reserve(w, 1))
        return false;
    w->base[w->pos++] = value;
    return true;
}

bool pb_write_u32(pb_writer *w, uint32_t value) {
    if (!pb_writer_reserve(w, sizeof value))
        return false;
    put(w, &value, sizeof value);
    return true;
}

static bool write_block(pb_writer *w, uint8_t tag, const void *bytes, size_t n) {
    if (n > UINT32_MAX || !pb_writer_reserve(w, n + 5))
        return false;
    put_tagged_u32(w, tag, (uint32_t)n);
    put(w, bytes, n);
    return true;
}

bool pb_write_text(pb_writer *w, const char *utf8) {
    size_t n = strlen(utf8), left = w->limit - w->pos, room = left > 10 ? left / 2 - 5 : 0;
    if (n > room) {
        n = room;
        while (n > 0 && (utf8[n] & 0xc0) == 0x80) /* not within a character */
            n--;
    }
    return write_block(w, 'u', utf8, n);
}

static inline size_t left(const pb_reader *r) {
    return (size_t)(r->end - r->at);
}

static inline bool get(pb_reader *r, void *value, size_t n) {
    if (left(r) < n)
        return false;
    memcpy(value, r->at, n);
    r->at += n;
    return true;
}

bool pb_read_u8(pb_reader *r, uint8_t *value) {
    return get(r, value, 1);
}

bool pb_read_u32(pb_reader *r, uint32_t *value) {
    return get(r, value, sizeof *value);
}

/* ---- Python to bytes ---- */

typedef struct {
    const pb_codec *codec;
    pb_writer *w;
    pb_conversion_error *error;
    PyObject *parents[PB_MAX_DEPTH + 1]; /* the containers around the value, for the cycle check; borrowed */
} encoder;

static bool encode(encoder *e, PyObject *o, int depth);

static bool fail(encoder *e, const char *message) {
    snprintf(e->error->message, sizeof e->error->message, "%s", message);
    py.PyErr_Clear();
    return false;
}

static bool too_large(encoder *e) {
    char text[160];
    snprintf(text, sizeof text, "the message would be larger than the limit of %zu bytes (max-message-size)",
             e->w->limit);
    return fail(e, text);
}

/* Puts a step in front of the path. The innermost steps are kept if the path is too long. */
static void prepend_path(pb_conversion_error *error, const char *step) {
    size_t have = strlen(error->path), add = strlen(step);
    if (have + add + 1 > sizeof error->path)
        return;
    memmove(error->path + add, error->path, have + 1);
    memcpy(error->path, step, add);
}

static bool at_index(encoder *e, Py_ssize_t index) {
    char step[32];
    snprintf(step, sizeof step, "[%zd]", index);
    prepend_path(e->error, step);
    return false;
}

static bool at_key(encoder *e, PyObject *key) {
    char step[96];
    PyObject *repr = py.PyObject_Repr(key);
    const char *text = repr ? py.PyUnicode_AsUTF8AndSize(repr, NULL) : NULL;
    snprintf(step, sizeof step, text && strlen(text) > 80 ? "[%.77s...]" : "[%s]", text ? text : "?");
    py.PyErr_Clear();
    pb_clear(&repr);
    prepend_path(e->error, step);
    return false;
}

/* "module.Class", without trusting the class to answer. */
static void type_name(PyObject *o, char *name, size_t size) {
    PyObject *type = pb_type(o);
    PyObject *module = py.PyObject_GetAttrString(type, "__module__");
    py.PyErr_Clear();
    PyObject *qualname = py.PyObject_GetAttrString(type, "__qualname__");
    py.PyErr_Clear();
    const char *m = module && (py.PyType_GetFlags(pb_type(module)) & PB_TPFLAGS_UNICODE)
                        ? py.PyUnicode_AsUTF8AndSize(module, NULL)
                        : NULL;
    const char *q = qualname && (py.PyType_GetFlags(pb_type(qualname)) & PB_TPFLAGS_UNICODE)
                        ? py.PyUnicode_AsUTF8AndSize(qualname, NULL)
                        : NULL;
    py.PyErr_Clear();
    if (m && strcmp(m, "builtins") != 0)
        snprintf(name, size, "%.120s.%.120s", m, q ? q : "?");
    else
        snprintf(name, size, "%.240s", q ? q : "?");
    pb_clear(&module);
    pb_clear(&qualname);
}

static bool enter(encoder *e, PyObject *o, int depth) {
    if (depth < e->codec->max_depth) {
        e->parents[depth] = o;
        return true;
    }
    char name[256], text[400];
    type_name(o, name, sizeof name);
    for (int i = 0; i < depth; i++) {
        if (e->parents[i] == o) {
            snprintf(text, sizeof text, "a Python '%s' contains itself", name);
            return fail(e, text);
        }
    }
    snprintf(text, sizeof text, "containers are nested deeper than %d levels (max-depth)", e->codec->max_depth);
    return fail(e, text);
}

static bool encode_int(encoder *e, PyObject *o) {
    int overflow = 0;
    long long value = py.PyLong_AsLongLongAndOverflow(o, &overflow);
    if (overflow == 0) {
        if (value >= INT8_MIN && value <= INT8_MAX) {
            uint8_t bytes[2] = {'b', (uint8_t)value};
            if (!pb_writer_reserve(e->w, sizeof bytes))
                return too_large(e);
            put(e->w, bytes, sizeof bytes);
            return true;
        }
        if (!pb_writer_reserve(e->w, 9))
            return too_large(e);
        e->w->base[e->w->pos++] = 'l';
        put(e->w, &value, sizeof value);
        return true;
    }
    PyObject *bytes = py.PyObject_CallFunctionObjArgs(e->codec->int_to_bytes, o, NULL);
    char *data;
    Py_ssize_t n;
    if (!bytes || py.PyBytes_AsStringAndSize(bytes, &data, &n) < 0) {
        pb_clear(&bytes);
        return fail(e, "an int is too large to be converted");
    }
    bool done = write_block(e->w, 'L', data, (size_t)n);
    pb_clear(&bytes);
    return done || too_large(e);
}

static bool encode_str(encoder *e, PyObject *o) {
    Py_ssize_t n;
    const char *utf8 = py.PyUnicode_AsUTF8AndSize(o, &n);
    if (utf8) {
        bool ascii = py.PyUnicode_GetLength(o) == n;
        if (ascii && n <= UINT8_MAX) {
            if (!pb_writer_reserve(e->w, (size_t)n + 2))
                return too_large(e);
            e->w->base[e->w->pos++] = 'a';
            e->w->base[e->w->pos++] = (uint8_t)n;
            put(e->w, utf8, (size_t)n);
            return true;
        }
        return write_block(e->w, ascii ? 's' : 'u', utf8, (size_t)n) || too_large(e);
    }
    py.PyErr_Clear(); /* lone surrogates have no UTF-8 */
    PyObject *bytes = py.PyUnicode_AsEncodedString(o, "utf-16-le", "surrogatepass");
    char *data;
    if (!bytes || py.PyBytes_AsStringAndSize(bytes, &data, &n) < 0) {
        pb_clear(&bytes);
        return fail(e, "a str could not be encoded");
    }
    bool done = write_block(e->w, 'w', data, (size_t)n);
    pb_clear(&bytes);
    return done || too_large(e);
}

/* Where the count of a container stands, so that it can be set to what was really written. */
static bool begin_container(encoder *e, uint8_t tag, size_t *count_at) {
    if (!pb_writer_reserve(e->w, 5))
        return too_large(e);
    put_tagged_u32(e->w, tag, 0);
    *count_at = e->w->pos - 4;
    return true;
}

static bool end_container(encoder *e, size_t count_at, uint32_t count) {
    memcpy(e->w->base + count_at, &count, sizeof count);
    return true;
}

/* A strong reference where the version can give one (another thread may change the list on a free-threaded build). */
static PyObject *list_item(PyObject *list, Py_ssize_t i) {
    if (py.PyList_GetItemRef)
        return py.PyList_GetItemRef(list, i);
    PyObject *item = py.PyList_GetItem(list, i);
    if (item)
        py.Py_IncRef(item);
    return item;
}

static bool encode_list(encoder *e, PyObject *o, int depth) {
    size_t count_at;
    if (!begin_container(e, '[', &count_at))
        return false;
    Py_ssize_t i = 0;
    for (; i < py.PyList_Size(o); i++) {
        PyObject *item = list_item(o, i);
        if (!item) {
            py.PyErr_Clear(); /* shrank meanwhile */
            break;
        }
        bool done = encode(e, item, depth + 1);
        py.Py_DecRef(item);
        if (!done)
            return at_index(e, i);
    }
    return end_container(e, count_at, (uint32_t)i);
}

static bool encode_tuple(encoder *e, PyObject *o, int depth) {
    size_t count_at;
    if (!begin_container(e, '(', &count_at))
        return false;
    Py_ssize_t n = py.PyTuple_Size(o);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!encode(e, py.PyTuple_GetItem(o, i), depth + 1))
            return at_index(e, i);
    }
    return end_container(e, count_at, (uint32_t)n);
}

static bool encode_set(encoder *e, PyObject *o, uint8_t tag, int depth) {
    size_t count_at;
    if (!begin_container(e, tag, &count_at))
        return false;
    PyObject *iterator = py.PyObject_GetIter(o);
    if (!iterator)
        return fail(e, "a set could not be iterated");
    uint32_t count = 0;
    PyObject *item;
    while ((item = py.PyIter_Next(iterator))) {
        if (!encode(e, item, depth + 1)) {
            at_key(e, item);
            py.Py_DecRef(item);
            py.Py_DecRef(iterator);
            return false;
        }
        py.Py_DecRef(item);
        count++;
    }
    py.Py_DecRef(iterator);
    if (py.PyErr_Occurred())
        return fail(e, "a set changed while it was converted");
    return end_container(e, count_at, count);
}

static bool encode_dict(encoder *e, PyObject *o, int depth) {
    size_t count_at;
    if (!begin_container(e, '{', &count_at))
        return false;
    /* Without a GIL another thread may change the dict under the iteration. With it nobody can: nothing below
     * releases it, except for values that pyboot._codec exports, after which the size is checked. */
    PyObject *copy = py.free_threaded ? py.PyDict_Copy(o) : NULL;
    PyObject *dict = copy ? copy : o;
    Py_ssize_t at = 0, size = py.PyDict_Size(dict);
    uint32_t count = 0;
    PyObject *key, *value;
    bool done = true;
    while (done && py.PyDict_Next(dict, &at, &key, &value)) {
        py.Py_IncRef(key);
        py.Py_IncRef(value);
        if (!encode(e, key, depth + 1)) {
            prepend_path(e->error, " of a dict's key");
            done = at_key(e, key);
        } else if (!encode(e, value, depth + 1)) {
            done = at_key(e, key);
        } else if (py.PyDict_Size(dict) != size) {
            done = fail(e, "a dict changed its size while it was converted");
        }
        py.Py_DecRef(key);
        py.Py_DecRef(value);
        count++;
    }
    pb_clear(&copy);
    return done && end_container(e, count_at, count);
}

/* Subclasses that their type's flags do not tell. False if it is none of these. */
static bool encode_subclass(encoder *e, PyObject *o, int depth, bool *done) {
    if (py.PyObject_IsInstance(o, py.PyFloat_Type) == 1) {
        double value = py.PyFloat_AsDouble(o);
        *done = pb_writer_reserve(e->w, 9) || too_large(e);
        if (*done) {
            e->w->base[e->w->pos++] = 'd';
            put(e->w, &value, sizeof value);
        }
        return true;
    }
    if (py.PyObject_IsInstance(o, py.PySet_Type) == 1 || py.PyObject_IsInstance(o, py.PyFrozenSet_Type) == 1) {
        *done = enter(e, o, depth) &&
                encode_set(e, o, py.PyObject_IsInstance(o, py.PySet_Type) == 1 ? 'S' : 'Z', depth);
        return true;
    }
    py.PyErr_Clear(); /* of a class that lies about itself */
    return false;
}

static bool no_counterpart(encoder *e, PyObject *o, const char *reason) {
    char name[256], text[PB_MESSAGE_SIZE];
    type_name(o, name, sizeof name);
    if (reason)
        snprintf(text, sizeof text, "a Python '%s' cannot become a Java value: %.200s", name, reason);
    else
        snprintf(text, sizeof text, "a Python '%s' has no counterpart in Java", name);
    return fail(e, text);
}

/* For the exception that classify_buffer raised. */
static bool no_buffer(encoder *e, PyObject *o) {
    PyObject *exception = py.PyErr_GetRaisedException();
    PyObject *str = exception ? py.PyObject_Str(exception) : NULL;
    const char *text = str ? py.PyUnicode_AsUTF8AndSize(str, NULL) : NULL;
    char reason[128];
    snprintf(reason, sizeof reason, "%s", text ? text : "it does not say what it is");
    bool done = no_counterpart(e, o, reason);
    pb_clear(&str);
    pb_clear(&exception);
    return done;
}

/* ---- objects that stay on their side ---- */

static bool encode_ref(encoder *e, PyObject *o) {
    PyObject *capsule = py.PyObject_GetAttrString(o, "_capsule");
    uint64_t id = capsule ? pb_ref_id(capsule) : 0;
    bool held = id && pb_ref_retain(id);
    pb_clear(&capsule);
    if (!held)
        return fail(e, "a JavaRef is not valid");
    if (!pb_journey_add(e->w, 0, id) || !pb_writer_reserve(e->w, 9))
        return too_large(e);
    e->w->base[e->w->pos++] = 'J';
    put(e->w, &id, sizeof id);
    return true;
}

static bool encode_handle(encoder *e, PyObject *o) {
    if (!e->codec->handles)
        return fail(e, "a handle cannot be made here: there is no context");
    PyObject *object = py.PyObject_GetAttrString(o, "object");
    uint64_t id = object ? pb_handle_new(e->codec->handles, object) : 0;
    pb_clear(&object);
    if (!id)
        return fail(e, "a handle could not be made: memory is short");
    if (!pb_journey_add(e->w, e->codec->context, id) || !pb_writer_reserve(e->w, 17))
        return too_large(e);
    e->w->base[e->w->pos++] = 'H';
    put(e->w, &e->codec->context, sizeof e->codec->context);
    put(e->w, &id, sizeof id);
    return true;
}

/* What exports the buffer protocol. classify_buffer of pyboot._buffers says how it crosses: a str is the typecode of an
 * array, a tuple holds a value that stands for it, False refuses it. */
static bool encode_buffer(encoder *e, PyObject *o, int depth) {
    PyObject *how = py.PyObject_CallFunctionObjArgs(e->codec->classify_buffer, o, NULL);
    if (!how)
        return no_buffer(e, o);
    if (how == py._Py_FalseStruct) {
        py.Py_DecRef(how);
        return no_counterpart(e, o, NULL);
    }
    if (pb_type(how) == py.PyTuple_Type) {
        PyObject *value = py.PyTuple_GetItem(how, 0);
        bool done = value && pb_type(value) != pb_type(o) ? encode(e, value, depth) : no_counterpart(e, o, NULL);
        py.Py_DecRef(how);
        return done;
    }
    pb_buffer_kind kind = how == PB_NONE ? PB_BUFFER_PLAIN : PB_BUFFER_TYPED;
    const char *typecode = pb_type(how) == py.PyUnicode_Type ? py.PyUnicode_AsUTF8AndSize(how, NULL) : NULL;
    char reason[128];
    pb_buffer_result result = pb_buffer_write(e->w, o, typecode ? PB_BUFFER_ARRAY : kind, typecode ? *typecode : 0,
                                              reason, sizeof reason);
    py.Py_DecRef(how);
    if (result == PB_BUFFER_TOO_LARGE)
        return too_large(e);
    return result == PB_BUFFER_WRITTEN || no_counterpart(e, o, reason);
}

/* A container, or a plain value, written in place of the object, whose place among the parents it takes. */
static bool encode_instead(encoder *e, PyObject *o, PyObject *plain, int depth) {
    PyObject *type = pb_type(plain);
    bool is_container = type == py.PyDict_Type || type == py.PyList_Type || type == py.PySet_Type;
    if (!is_container)
        return encode(e, plain, depth);
    if (!enter(e, o, depth))
        return false;
    return type == py.PyDict_Type   ? encode_dict(e, plain, depth)
           : type == py.PyList_Type ? encode_list(e, plain, depth)
                                    : encode_set(e, plain, 'S', depth);
}

static void drop_first_step(pb_conversion_error *error) {
    const char *end = error->path[0] == '[' ? strchr(error->path, ']') : NULL;
    if (end)
        memmove(error->path, end + 1, strlen(end + 1) + 1);
}

/* The fields of a value of the kind. 'E' and 'K' hold any values, so they count as containers; the fields of the others
 * are plain. The index of a field means nothing to a reader, but that of a named tuple ('K') is its own. */
static bool encode_fields(encoder *e, PyObject *o, char kind, PyObject *fields, int depth) {
    Py_ssize_t n = py.PyTuple_Size(fields);
    if ((kind == 'E' || kind == 'K') && !enter(e, o, depth))
        return false;
    if (!pb_writer_reserve(e->w, 6))
        return too_large(e);
    e->w->base[e->w->pos++] = 'X';
    put_tagged_u32(e->w, (uint8_t)kind, (uint32_t)n);
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!encode(e, py.PyTuple_GetItem(fields, i), depth + 1)) {
            at_index(e, i);
            if (kind != 'K')
                drop_first_step(e->error);
            return false;
        }
    }
    return true;
}

/* What pyboot._values makes of the object: (kind, fields), ('=', what stands for it) or ('!', why it cannot cross).
 * False, and nothing is written, if it makes nothing of it. */
static bool encode_value(encoder *e, PyObject *o, int depth, bool *done) {
    PyObject *made = py.PyObject_CallFunctionObjArgs(e->codec->to_wire, o, NULL);
    if (!made || made == py._Py_NoneStruct) {
        py.PyErr_Clear(); /* a class that answers with exceptions is one that nothing can be made of */
        pb_clear(&made);
        return false;
    }
    const char *kind = py.PyUnicode_AsUTF8AndSize(py.PyTuple_GetItem(made, 0), NULL);
    PyObject *content = py.PyTuple_GetItem(made, 1);
    if (*kind == '=')
        *done = encode_instead(e, o, content, depth);
    else if (*kind == '!')
        *done = no_counterpart(e, o, py.PyUnicode_AsUTF8AndSize(content, NULL));
    else
        *done = encode_fields(e, o, *kind, content, depth);
    py.Py_DecRef(made);
    return true;
}

static bool encode(encoder *e, PyObject *o, int depth) {
    if (o == py._Py_NoneStruct || o == py._Py_TrueStruct || o == py._Py_FalseStruct) {
        uint8_t tag = o == py._Py_NoneStruct ? 'N' : o == py._Py_TrueStruct ? 'T' : 'F';
        return pb_write_u8(e->w, tag) || too_large(e);
    }
    PyObject *type = pb_type(o);
    if (type == py.PyFloat_Type) {
        double value = py.PyFloat_AsDouble(o);
        if (!pb_writer_reserve(e->w, 9))
            return too_large(e);
        e->w->base[e->w->pos++] = 'd';
        put(e->w, &value, sizeof value);
        return true;
    }
    unsigned long flags = py.PyType_GetFlags(type);
    if (flags & PB_TPFLAGS_UNICODE)
        return encode_str(e, o);
    if (flags & PB_TPFLAGS_LONG)
        return encode_int(e, o);
    if (flags & PB_TPFLAGS_LIST)
        return enter(e, o, depth) && encode_list(e, o, depth);
    if (flags & PB_TPFLAGS_DICT)
        return enter(e, o, depth) && encode_dict(e, o, depth);
    bool done;
    if (flags & PB_TPFLAGS_TUPLE && type != py.PyTuple_Type && encode_value(e, o, depth, &done))
        return done; /* a named tuple */
    if (flags & PB_TPFLAGS_TUPLE)
        return enter(e, o, depth) && encode_tuple(e, o, depth);
    if (flags & PB_TPFLAGS_BYTES) {
        char *data;
        Py_ssize_t n;
        if (py.PyBytes_AsStringAndSize(o, &data, &n) < 0)
            return fail(e, "bytes could not be read");
        return write_block(e->w, 'B', data, (size_t)n) || too_large(e);
    }
    if (type == py.PyByteArray_Type)
        return write_block(e->w, 'B', py.PyByteArray_AsString(o), (size_t)py.PyByteArray_Size(o)) || too_large(e);
    if (type == py.PySet_Type)
        return enter(e, o, depth) && encode_set(e, o, 'S', depth);
    if (type == py.PyFrozenSet_Type)
        return enter(e, o, depth) && encode_set(e, o, 'Z', depth);
    if (type == e->codec->ref_type)
        return encode_ref(e, o);
    if (type == e->codec->handle_type)
        return encode_handle(e, o);
    if (encode_subclass(e, o, depth, &done))
        return done;
    if (py.PyObject_CheckBuffer(o))
        return encode_buffer(e, o, depth);
    return encode_value(e, o, depth, &done) ? done : no_counterpart(e, o, NULL);
}

bool pb_encode(const pb_codec *codec, pb_writer *w, PyObject *value, pb_conversion_error *error) {
    encoder e;
    e.codec = codec;
    e.w = w;
    e.error = error;
    error->message[0] = '\0';
    error->path[0] = '\0';
    return encode(&e, value, 0);
}

/* ---- bytes to Python ---- */

/* owed: how many values the containers around this one still expect after it. Each takes a byte at least, so those
 * bytes are spoken for, and no count may claim them again. */
static PyObject *decode(const pb_codec *codec, pb_reader *r, int depth, size_t owed);

static PyObject *malformed(const char *what) {
    char text[120];
    snprintf(text, sizeof text, "malformed message: %s", what);
    py.PyErr_SetString(py.PyExc_ValueError, text);
    return NULL;
}

/* The next n bytes, n read from the message; NULL if there are fewer. */
static const char *block(pb_reader *r, uint32_t *n) {
    if (!pb_read_u32(r, n) || left(r) < *n)
        return NULL;
    const char *bytes = (const char *)r->at;
    r->at += *n;
    return bytes;
}

static PyObject *decode_block(const pb_codec *codec, uint8_t tag, pb_reader *r) {
    uint8_t typecode = 0;
    if (tag == 'A' && !pb_read_u8(r, &typecode))
        return malformed("no typecode");
    /* Those of numbers. An array of text ('u', 'w') would hold whatever the bytes say, also what no str may. */
    if (tag == 'A' && (!typecode || !strchr("bBhHiIlLqQfd", typecode)))
        return malformed("unknown typecode");
    uint32_t n;
    const char *bytes = block(r, &n);
    if (!bytes)
        return malformed("a length is past its end");
    int little_endian = -1;
    switch (tag) {
    case 's': return py.PyUnicode_DecodeLatin1(bytes, n, NULL);
    case 'u': return py.PyUnicode_DecodeUTF8(bytes, n, NULL);
    case 'w': return py.PyUnicode_DecodeUTF16(bytes, n, "surrogatepass", &little_endian);
    case 'B': return py.PyBytes_FromStringAndSize(bytes, n);
    default: break;
    }
    /* The function that fills an array from it releases the view. */
    PyObject *raw = tag == 'A' ? py.PyMemoryView_FromMemory((char *)(uintptr_t)bytes, n, PB_BUF_READ)
                               : py.PyBytes_FromStringAndSize(bytes, n);
    if (!raw)
        return NULL;
    PyObject *result = NULL;
    if (tag == 'L') {
        result = py.PyObject_CallFunctionObjArgs(codec->int_from_bytes, raw, NULL);
    } else {
        char name = (char)typecode;
        PyObject *code = py.PyUnicode_DecodeLatin1(&name, 1, NULL);
        if (code)
            result = py.PyObject_CallFunctionObjArgs(codec->make_array, code, raw, NULL);
        pb_clear(&code);
    }
    py.Py_DecRef(raw);
    return result;
}

static PyObject *decode_set(const pb_codec *codec, uint8_t tag, uint32_t n, pb_reader *r, int depth, size_t owed) {
    PyObject *set = tag == 'S' ? py.PySet_New(NULL) : py.PyFrozenSet_New(NULL);
    for (uint32_t i = 0; set && i < n; i++) {
        PyObject *item = decode(codec, r, depth + 1, owed + (n - i - 1));
        if (!item || py.PySet_Add(set, item) < 0)
            pb_clear(&set);
        pb_clear(&item);
    }
    if (set && py.PyObject_Size(set) != n) {
        pb_clear(&set);
        py.PyErr_SetString(py.PyExc_ValueError, "two elements of a set are equal in Python, such as 1, 1.0 and True");
    }
    return set;
}

static PyObject *decode_dict(const pb_codec *codec, uint32_t n, pb_reader *r, int depth, size_t owed) {
    PyObject *dict = py.PyDict_New();
    for (uint32_t i = 0; dict && i < n; i++) {
        size_t after = owed + 2 * (size_t)(n - i - 1);
        PyObject *key = decode(codec, r, depth + 1, after + 1);
        PyObject *value = key ? decode(codec, r, depth + 1, after) : NULL;
        if (!value || py.PyDict_SetItem(dict, key, value) < 0)
            pb_clear(&dict);
        pb_clear(&key);
        pb_clear(&value);
    }
    if (dict && py.PyDict_Size(dict) != n) {
        pb_clear(&dict);
        py.PyErr_SetString(py.PyExc_ValueError, "two keys of a map are equal in Python, such as 1, 1.0 and True");
    }
    return dict;
}

static PyObject *decode_container(const pb_codec *codec, uint8_t tag, pb_reader *r, int depth, size_t owed) {
    uint32_t n;
    /* A count past what is left is a lie that must not allocate. */
    if (!pb_read_u32(r, &n) || owed > left(r) || n > (left(r) - owed) / (tag == '{' ? 2 : 1))
        return malformed("a count is past its end");
    if (depth >= codec->max_depth)
        return malformed("containers are nested too deep");
    if (tag == '{')
        return decode_dict(codec, n, r, depth, owed);
    if (tag == 'S' || tag == 'Z')
        return decode_set(codec, tag, n, r, depth, owed);
    PyObject *sequence = tag == '[' ? py.PyList_New(n) : py.PyTuple_New(n);
    for (uint32_t i = 0; sequence && i < n; i++) {
        PyObject *item = decode(codec, r, depth + 1, owed + (n - i - 1));
        if (!item) {
            pb_clear(&sequence);
        } else if (tag == '[') {
            py.PyList_SetItem(sequence, i, item); /* takes the reference */
        } else {
            py.PyTuple_SetItem(sequence, i, item); /* takes the reference */
        }
    }
    return sequence;
}

/* A kind and its fields become what pyboot._values makes of them. */
static PyObject *decode_value(const pb_codec *codec, pb_reader *r, int depth, size_t owed) {
    uint8_t kind;
    uint32_t n;
    if (!pb_read_u8(r, &kind) || !pb_read_u32(r, &n) || owed > left(r) || n > left(r) - owed)
        return malformed("a count is past its end");
    if (depth > codec->max_depth) /* values do not count as containers, but may stand in each other */
        return malformed("values are nested too deep");
    PyObject *fields = py.PyTuple_New(n), *result = NULL;
    for (uint32_t i = 0; fields && i < n; i++) {
        PyObject *field = decode(codec, r, depth + 1, owed + (n - i - 1));
        if (!field)
            pb_clear(&fields);
        else
            py.PyTuple_SetItem(fields, i, field); /* takes the reference */
    }
    PyObject *name = fields ? py.PyUnicode_DecodeLatin1((const char *)&kind, 1, NULL) : NULL;
    if (name)
        result = py.PyObject_CallFunctionObjArgs(codec->from_wire, name, fields, NULL);
    pb_clear(&name);
    pb_clear(&fields);
    return result;
}

static PyObject *constant(PyObject *o) {
    py.Py_IncRef(o);
    return o;
}

static PyObject *decode_ref(const pb_codec *codec, pb_reader *r) {
    uint64_t id;
    if (!get(r, &id, sizeof id))
        return malformed("it ends in a JavaRef");
    if (!codec->ref_type)
        return malformed("a JavaRef cannot be used here");
    PyObject *capsule = pb_ref_capsule(id);
    PyObject *ref = capsule ? py.PyObject_CallFunctionObjArgs(codec->ref_type, capsule, NULL) : NULL;
    pb_clear(&capsule);
    return ref;
}

static PyObject *decode_handle(const pb_codec *codec, pb_reader *r) {
    int64_t context;
    uint64_t id;
    if (!get(r, &context, sizeof context) || !get(r, &id, sizeof id))
        return malformed("it ends in a handle");
    if (context != codec->context) {
        char text[200];
        snprintf(text, sizeof text,
                 "a handle to a Python object of context #%u cannot be used in context #%u: objects stay in the "
                 "interpreter that made them",
                 (unsigned)(context & 0xffff), (unsigned)(codec->context & 0xffff));
        py.PyErr_SetString(py.PyExc_ValueError, text);
        return NULL;
    }
    PyObject *object = codec->handles ? pb_handle_object(codec->handles, id) : NULL;
    if (!object)
        py.PyErr_SetString(py.PyExc_ValueError, "the handle to a Python object was closed");
    return object;
}

static PyObject *decode(const pb_codec *codec, pb_reader *r, int depth, size_t owed) {
    uint8_t tag, small;
    int64_t integer;
    double real;
    if (!pb_read_u8(r, &tag))
        return malformed("it ends too early");
    switch (tag) {
    case 'N': return constant(py._Py_NoneStruct);
    case 'T': return constant(py._Py_TrueStruct);
    case 'F': return constant(py._Py_FalseStruct);
    case 'b':
        return pb_read_u8(r, &small) ? py.PyLong_FromLongLong((int8_t)small) : malformed("it ends in an int");
    case 'l':
        return get(r, &integer, 8) ? py.PyLong_FromLongLong(integer) : malformed("it ends in an int");
    case 'd':
        return get(r, &real, 8) ? py.PyFloat_FromDouble(real) : malformed("it ends in a float");
    case 'a':
        if (!pb_read_u8(r, &small) || left(r) < small)
            return malformed("a length is past its end");
        r->at += small;
        return py.PyUnicode_DecodeLatin1((const char *)r->at - small, small, NULL);
    case 's':
    case 'u':
    case 'w':
    case 'B':
    case 'L':
    case 'A': return decode_block(codec, tag, r);
    case 'Y': return pb_buffer_read(codec, r);
    case 'Q': return pb_view_read(codec, r);
    case '[':
    case '(':
    case '{':
    case 'S':
    case 'Z': return decode_container(codec, tag, r, depth, owed);
    case 'J': return decode_ref(codec, r);
    case 'H': return decode_handle(codec, r);
    case 'X': return decode_value(codec, r, depth, owed);
    default: return malformed("unknown tag");
    }
}

PyObject *pb_decode(const pb_codec *codec, pb_reader *r) {
    return decode(codec, r, 0, 0);
}
