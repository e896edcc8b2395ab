#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_codec.h"
#include "pb_view.h"

enum { DEPTH = 50, LIMIT = 1 << 20, CORPUS = 200 };

static PyObject *ns;
static PyObject **views; /* where decode puts the views that it reads */
static pb_codec codec = {.max_depth = DEPTH};

/* What the tests need in Python: random values of every wire type, and a comparison that sees types and bits. */
static const char HELPERS[] =
    "import array, collections, dataclasses, enum, math, random, struct\n"
    "from datetime import date, datetime, time, timedelta, timezone\n"
    "from decimal import Decimal\n"
    "from pathlib import Path\n"
    "from uuid import UUID\n"
    "from zoneinfo import ZoneInfo\n"
    "Pair = collections.namedtuple('Pair', 'x y')\n"
    "Color = enum.Enum('Color', {'RED': 'r', 'ODD': object()})\n"
    "Node = dataclasses.make_dataclass('Node', ['x'])\n"
    "def same(a, b):\n"
    "    if type(a) is not type(b): return False\n"
    "    if isinstance(a, (list, tuple)): return len(a) == len(b) and all(map(same, a, b))\n"
    "    if isinstance(a, dict): return same(list(a.items()), list(b.items()))\n"
    "    if isinstance(a, float): return struct.pack('d', a) == struct.pack('d', b)\n"
    "    if isinstance(a, array.array): return a.typecode == b.typecode and a.tobytes() == b.tobytes()\n"
    "    return a == b\n"
    "def text(r):\n"
    "    alphabet = r.choice(['abc', 'a\\0b', '\\xe4\\xff', '\\u0800\\uffff', '\\U0001f600x', '\\udc00\\udfffz'])\n"
    "    return ''.join(r.choice(alphabet) for _ in range(r.choice([0, 1, 5, 255, 256, 300])))\n"
    "def number(r):\n"
    "    n = r.getrandbits(r.choice([1, 7, 8, 31, 63, 64, 65, 128, 2000, 20000]))\n"
    "    return r.choice([n, -n, -n - 1, 1 << n.bit_length(), -(1 << n.bit_length())])\n"
    "def scalar(r):\n"
    "    return r.choice([\n"
    "        lambda: None, lambda: True, lambda: False, lambda: number(r), lambda: r.uniform(-1e300, 1e300),\n"
    "        lambda: r.choice([0.0, -0.0, float('inf'), -float('inf'), 5e-324]), lambda: text(r),\n"
    "        lambda: r.randbytes(r.choice([0, 1, 300, 2000])),\n"
    "        lambda: datetime.fromtimestamp(r.randrange(2**32), timezone.utc), lambda: Decimal(r.random()),\n"
    "        lambda: UUID(int=r.getrandbits(128)), lambda: range(r.randrange(9)), lambda: timedelta(r.random()),\n"
    "        lambda: complex(r.random(), -0.0), lambda: Path(r.choice('abc')), lambda: date(r.randint(1, 9999), 1, 2),\n"
    "        lambda: time(r.randrange(24), tzinfo=r.choice([None, timezone.utc])), lambda: ZoneInfo('UTC'),\n"
    "        lambda: datetime(2026, 1, r.randint(1, 31), tzinfo=r.choice([None, ZoneInfo('UTC')])),\n"
    "        lambda: timezone(timedelta(seconds=r.randrange(-64800, 64800)))])()\n"
    "def key(r, depth):\n"
    "    if depth > 0 and r.random() < 0.3:\n"
    "        return r.choice([tuple, frozenset])(key(r, depth - 1) for _ in range(r.randrange(4)))\n"
    "    return scalar(r)\n"
    "def value(r, depth):\n"
    "    if depth == 0 or r.random() < 0.3:\n"
    "        if r.random() < 0.1:\n"
    "            return array.array(r.choice('bBhHiIlLqQfd'), [r.randrange(100) for _ in range(r.randrange(9))])\n"
    "        if r.random() < 0.1:\n"
    "            code = r.choice('bhHiIqQ?')\n"
    "            shape = r.choice([(), (3,), (2, 3), (1, 1, 2)])\n"
    "            return memoryview(r.randbytes(struct.calcsize(code) * math.prod(shape))).cast(code, shape)\n"
    "        return scalar(r)\n"
    "    n = r.choice([0, 1, 3, 8])\n"
    "    return r.choice([\n"
    "        lambda: [value(r, depth - 1) for _ in range(n)], lambda: tuple(value(r, depth - 1) for _ in range(n)),\n"
    "        lambda: {key(r, 2): value(r, depth - 1) for _ in range(n)},\n"
    "        lambda: {key(r, 2) for _ in range(n)}, lambda: frozenset(key(r, 2) for _ in range(n))])()\n";

static PyObject *function(const char *name) {
    PyObject *found = py.PyDict_GetItemString(ns, name);
    CHECK(found != NULL);
    return found;
}

const pb_codec *test_codec_start(void) {
    if (ns)
        return &codec;
    ns = test_python_namespace();
    test_python_exec(ns, HELPERS);
    test_python_exec(ns, "from pyboot._engine import int_to_bytes, int_from_bytes, make_array, classify_buffer, make_buffer\n"
                         "from pyboot._engine import make_view, end_views, to_wire, from_wire");
    codec.int_to_bytes = function("int_to_bytes");
    codec.int_from_bytes = function("int_from_bytes");
    codec.make_array = function("make_array");
    codec.classify_buffer = function("classify_buffer");
    codec.make_buffer = function("make_buffer");
    codec.make_view = function("make_view");
    codec.end_views = function("end_views");
    codec.to_wire = function("to_wire");
    codec.from_wire = function("from_wire");
    return &codec;
}

/* A message in memory of exactly its size, so that AddressSanitizer sees a read past its end. */
typedef struct {
    uint8_t *bytes;
    size_t length;
} message;

static message copy_of(const uint8_t *bytes, size_t length) {
    message m = {malloc(length ? length : 1), length};
    if (length)
        memcpy(m.bytes, bytes, length);
    return m;
}

static bool encode(PyObject *value, size_t cap, size_t limit, message *m, pb_conversion_error *error) {
    pb_writer w = {.base = malloc(cap ? cap : 1), .cap = cap, .limit = limit};
    uint8_t *first = w.base;
    bool done = pb_encode(&codec, &w, value, error);
    CHECK(py.PyErr_Occurred() == NULL);
    CHECK(w.pos <= w.cap && w.pos <= limit);
    if (done)
        *m = copy_of(w.base, w.pos);
    else
        CHECK(error->message[0] != '\0');
    pb_writer_free(&w);
    free(first);
    return done;
}

static PyObject *decode(message m) {
    pb_reader r = {m.bytes, m.bytes + m.length, views};
    PyObject *value = pb_decode(&codec, &r);
    CHECK((value != NULL) == (py.PyErr_Occurred() == NULL));
    CHECK(r.at <= r.end);
    if (value)
        CHECK(r.at == r.end || m.length > 0);
    return value;
}

static PyObject *decode_bytes(const void *bytes, size_t length) {
    message m = copy_of(bytes, length);
    PyObject *value = decode(m);
    free(m.bytes);
    return value;
}

/* The text of the exception that decoding raises. */
static void check_refused(const void *bytes, size_t length, const char *part) {
    PyObject *value = decode_bytes(bytes, length);
    CHECK(value == NULL);
    PyObject *exception = py.PyErr_GetRaisedException();
    PyObject *str = py.PyObject_Str(exception);
    const char *text = py.PyUnicode_AsUTF8AndSize(str, NULL);
    if (!text || !strstr(text, part))
        test_fail(__FILE__, __LINE__, "'%s' was expected, not '%s'", part, text ? text : "?");
    py.Py_DecRef(str);
    py.Py_DecRef(exception);
}

static bool is_true(PyObject *result) {
    CHECK(result != NULL);
    bool answer = result == py._Py_TrueStruct;
    py.Py_DecRef(result);
    return answer;
}

static void check_round_trip(PyObject *value, size_t cap, const char *what) {
    pb_conversion_error error = {{0}, {0}};
    message m;
    if (!encode(value, cap, LIMIT, &m, &error))
        test_fail(__FILE__, __LINE__, "%s: %s at '%s'", what, error.message, error.path);
    PyObject *back = decode(m);
    CHECK(back != NULL);
    if (!is_true(py.PyObject_CallFunctionObjArgs(function("same"), value, back, NULL)))
        test_fail(__FILE__, __LINE__, "%s came back as something else", what);
    /* Cut anywhere, it is no value. */
    static uint64_t random;
    for (int i = 0; i < 4 && m.length > 0; i++) {
        PyObject *cut = decode_bytes(m.bytes, test_below(&random, (uint32_t)m.length));
        CHECK(cut == NULL);
        py.PyErr_Clear();
    }
    py.Py_DecRef(back);
    free(m.bytes);
}

/* ---- values that are worth naming ---- */

static void every_type_crosses(void) {
    static const char *const values[] = {
        "None", "True", "False", "0", "127", "128", "-128", "-129", "2**63-1", "2**63", "-2**63", "-2**63-1",
        "10**5000", "-(10**5000)", "1 << 64", "0.0", "-0.0", "float('inf')", "float('nan')", "5e-324",
        "struct.unpack('<d', bytes.fromhex('010000000000f47f'))[0]", /* a signalling NaN keeps its bits or turns quiet */
        "''", "'a' * 255", "'a' * 256", "'\\0'", "'a\\0b'", "'\\x7f\\x80'", "'\\xff' * 1000", "'\\u20ac' * 1000",
        "'\\U0010ffff'", "'\\ud800'", "'\\udc00\\ud800'", "b''", "b'\\0' * 3000", "[]", "()", "{}",
        "set()", "frozenset()", "[[[]]]", "{(): {}, frozenset(): []}", "{1: 'a', 1.5: 'b', None: 'c', b'x': 'd'}",
        "{'\\ud800': 1}", "array.array('d', [1.5, -0.0])", "array.array('b')", "[None] * 1000",
        "memoryview(array.array('d', range(6))).cast('B').cast('d', (2, 3))", "memoryview(b'abcd').cast('B', (2, 2))",
        "memoryview(b'12345678').cast('q', ())", "memoryview(b'').cast('d')", "[memoryview(b'abcd').cast('i')]",
        "date.max", "datetime.min", "datetime(2026, 1, 31, 1, 2, 3, 4, timezone.utc)", "time.max",
        "time(1, tzinfo=timezone(timedelta(hours=-5)))", "timedelta.min", "timedelta.max", "timezone.utc",
        "Decimal('1.50')", "Decimal('1E+400')", "UUID(int=1)", "Path('a')", "1.5-2j", "range(9, -9, -2)",
        "{date.min: [{UUID(int=2)}], Decimal('1.5'): (range(3),)}",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        PyObject *value = test_python_eval(ns, values[i]);
        if (i != 20) /* Python itself may turn it quiet */
            check_round_trip(value, 16, values[i]);
        py.Py_DecRef(value);
    }
}

static void copies_of_buffers_cross_as_bytes(void) {
    static const char *const values[] = {"bytearray(b'abc')", "memoryview(b'abc')", "memoryview(b'aXbXc')[::2]"};
    for (int i = 0; i < 3; i++) {
        PyObject *value = test_python_eval(ns, values[i]);
        PyObject *expected = test_python_eval(ns, "b'abc'");
        pb_conversion_error error;
        message m, wanted;
        CHECK(encode(value, 16, LIMIT, &m, &error) && encode(expected, 16, LIMIT, &wanted, &error));
        CHECK(m.length == wanted.length && memcmp(m.bytes, wanted.bytes, m.length) == 0);
        free(m.bytes);
        free(wanted.bytes);
        py.Py_DecRef(value);
        py.Py_DecRef(expected);
    }
}

static void check_unconvertible(const char *source, const char *part, const char *path) {
    PyObject *value = test_python_eval(ns, source);
    pb_conversion_error error;
    message m;
    if (encode(value, 16, LIMIT, &m, &error))
        test_fail(__FILE__, __LINE__, "%s was converted", source);
    if (!strstr(error.message, part) || strcmp(error.path, path) != 0)
        test_fail(__FILE__, __LINE__, "%s: '%s' at '%s'", source, error.message, error.path);
    py.Py_DecRef(value);
}

static void what_cannot_cross_is_named_with_its_place(void) {
    check_unconvertible("object()", "'object' has no counterpart", "");
    check_unconvertible("[1, (2, {'x': {3: iter('')}})]", "'str_ascii_iterator' has no counterpart", "[1][1]['x'][3]");
    check_unconvertible("{1: {object}}", "'type' has no counterpart", "[1][<class 'object'>]");
    check_unconvertible("{object: 1}", "has no counterpart", "[<class 'object'>] of a dict's key");
    check_unconvertible("[Decimal('NaN')]", "'decimal.Decimal' cannot become a Java value: NaN", "[0]");
    check_unconvertible("[Node({1: object()})]", "'object' has no counterpart", "[0]['x'][1]");
    check_unconvertible("[Pair(1, object())]", "'object' has no counterpart", "[0][1]");
    check_unconvertible("[Color.ODD]", "'object' has no counterpart", "[0]");
    check_unconvertible("array.array('u', 'x')" , "'array.array' has no counterpart", "");
    test_python_exec(ns, "loop = []\nloop.append({'x': (loop,)})");
    PyObject *loop = py.PyDict_GetItemString(ns, "loop");
    pb_conversion_error error;
    message m;
    CHECK(!encode(loop, 16, LIMIT, &m, &error));
    CHECK(strstr(error.message, "contains itself"));
    CHECK(strncmp(error.path, "[0]['x'][0]", 11) == 0);
    test_python_exec(ns, "loop.clear()\ndeep = x = []\nfor _ in range(50): x.append([]); x = x[0]");
    PyObject *deep = py.PyDict_GetItemString(ns, "deep");
    CHECK(!encode(deep, 16, LIMIT, &m, &error));
    CHECK(strstr(error.message, "deeper than 50"));
    test_python_exec(ns, "deep = deep[0]");
    check_round_trip(py.PyDict_GetItemString(ns, "deep"), 16, "50 levels");
    /* A class that does not answer truthfully. */
    test_python_exec(ns, "class Meta(type):\n"
                         "    def __getattribute__(c, name): raise KeyboardInterrupt\n"
                         "class Hidden(metaclass=Meta): pass\n"
                         "hidden = Hidden()");
    CHECK(!encode(py.PyDict_GetItemString(ns, "hidden"), 16, LIMIT, &m, &error));
}

/* A limit holds whatever the size of the buffer that the message begins in, and nothing is written past either. */
static void a_message_keeps_to_its_limit(void) {
    PyObject *value = test_python_eval(ns, "['x' * 100, b'y' * 1000, 10**100, 1.5, [None] * 500] * 10");
    pb_conversion_error error;
    message m;
    CHECK(encode(value, 16, LIMIT, &m, &error));
    size_t length = m.length;
    free(m.bytes);
    static const size_t caps[] = {0, 1, 64, 984, 4096, 65536};
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
        CHECK(encode(value, caps[i], length, &m, &error));
        free(m.bytes);
        for (size_t limit = 0; limit < length; limit += 1 + limit / 7) {
            CHECK(!encode(value, caps[i], limit, &m, &error));
            CHECK(strstr(error.message, "max-message-size"));
        }
        CHECK(!encode(value, caps[i], length - 1, &m, &error));
    }
    py.Py_DecRef(value);
}

static void containers_may_change_while_they_are_converted(void) {
    /* to_wire runs Python in the middle of a conversion: here it changes what is converted. */
    test_python_exec(ns, "class Odd: pass\n"
                         "def change(value):\n"
                         "    action()\n"
                         "    return '=', b'odd'\n");
    pb_codec usual = codec;
    codec.to_wire = function("change");
    static const struct {
        const char *target, *action;
        bool converts;
    } cases[] = {
        {"[Odd(), 1, 2, 3, 4]", "action = target.clear", true},
        {"[Odd(), 1]", "action = lambda: target.append(7)", true},
        {"{'a': Odd(), 'b': 1, 'c': 2}", "action = target.clear", false},
        {"{'a': Odd(), 'b': 1}", "action = lambda: target.update({i: i for i in range(1000)})", false},
        {"{'a': Odd(), 'b': 1}", "action = lambda: (target.pop('a'), target.update(z=3))", true},
        {"{Odd(), 1, 2, 3}", "action = target.clear", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char source[200];
        snprintf(source, sizeof source, "target = %s\n%s", cases[i].target, cases[i].action);
        test_python_exec(ns, source);
        pb_conversion_error error;
        message m;
        bool done = encode(py.PyDict_GetItemString(ns, "target"), 16, LIMIT, &m, &error);
        if (!cases[i].converts) {
            if (done || !strstr(error.message, "changed"))
                test_fail(__FILE__, __LINE__, "%s: '%s'", source, done ? "converted" : error.message);
            continue;
        }
        if (!done)
            test_fail(__FILE__, __LINE__, "%s: '%s'", source, error.message);
        PyObject *back = decode(m); /* the count is that of what was written */
        CHECK(back != NULL);
        py.Py_DecRef(back);
        free(m.bytes);
    }
    test_python_exec(ns, "del target, action");
    codec = usual;
}

/* ---- bytes that are no message ---- */

static void malformed_bytes_are_refused(void) {
    check_refused("", 0, "ends too early");
    check_refused("x", 1, "unknown tag");
    check_refused("b", 1, "ends in an int");
    check_refused("l1234567", 8, "ends in an int");
    check_refused("d1234567", 8, "ends in a float");
    check_refused("a\5abcd", 6, "past its end");
    check_refused("B\377\377\377\377x", 6, "past its end");
    check_refused("B\1\0\0", 4, "past its end");
    check_refused("A", 1, "no typecode");
    check_refused("[\2\0\0\0N", 6, "count is past its end");
    check_refused("{\1\0\0\0N", 6, "count is past its end"); /* a pair takes two bytes at least */
    check_refused("[\377\377\377\377N", 6, "count is past its end");
    check_refused("u\1\0\0\0\377", 6, "can't decode");
    check_refused("w\1\0\0\0a", 6, "truncated");
    check_refused("S\1\0\0\0[\0\0\0\0", 10, "unhashable");
    check_refused("Z\1\0\0\0{\0\0\0\0", 10, "unhashable");
    check_refused("{\1\0\0\0S\0\0\0\0N", 11, "unhashable");
    check_refused("Ad\7\0\0\0" "1234567", 13, "multiple of item size");
    /* Arrays of text hold whatever the bytes say, which no str may. */
    check_refused("Aw\4\0\0\0\377\377\377\377", 10, "typecode");
    check_refused("Au\4\0\0\0\377\377\377\377", 10, "typecode");
    check_refused("X", 1, "count is past its end");
    check_refused("XD\2\0\0\0N", 7, "count is past its end");
    check_refused("XD\377\377\377\377", 6, "count is past its end");
    check_refused("X?\0\0\0\0", 6, "unknown kind");
    check_refused("XE\0\0\0\0", 6, "unknown kind"); /* to Java only */
    static const char kinds[] = "DTMPORNUFCG";
    for (int i = 0; kinds[i]; i++) {
        char none[] = "X?\0\0\0\0", one[] = "X?\1\0\0\0{\0\0\0\0", two[] = "X?\2\0\0\0b\1N";
        none[1] = one[1] = two[1] = kinds[i];
        check_refused(none, 6, "can be made of ()");
        check_refused(one, 11, "can be made of ({},)");
        check_refused(two, 9, "can be made of (1, None)");
    }
    check_refused("XR\1\0\0\0a\5../..", 13, "ZoneInfo");
    check_refused("XN\1\0\0\0a\3NaN", 11, "not finite");
    check_refused("A\0\1\0\0\0x", 7, "typecode");
    check_refused("Ax\0\0\0\0", 6, "typecode");
    check_refused("Y", 1, "unknown items");
    check_refused("Ycx", 3, "unknown items");
    check_refused("Yd", 2, "no shape");
    check_refused("Yd\101", 3, "no shape"); /* 65 dimensions */
    check_refused("Yd\1\1\0\0\0\0\0\0", 10, "no shape");
    check_refused("YB\1\1\0\0\0\0\0\0\0\2\0\0\0xx", 17, "not that of its shape");
    check_refused("YB\1\2\0\0\0\0\0\0\0\2\0\0\0x", 16, "not that of its shape");
    check_refused("YB\1\377\377\377\377\377\377\377\377\1\0\0\0x", 16, "impossible shape");
    check_refused("Yd\2\0\0\0\100\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\0", 23, "impossible shape");
    check_refused("Yd\0\1\0\0\0x", 8, "not that of its shape");
}

/* Counts of containers within each other must not each claim all bytes that are left: memory would grow with the
 * product of size and depth. */
static void counts_share_the_bytes_that_are_left(void) {
    enum { SIZE = 100000 };
    uint8_t *bytes = malloc(SIZE);
    memset(bytes, 'N', SIZE);
    for (uint32_t level = 0; level < 3; level++) {
        uint32_t count = SIZE - 5 * (level + 1);
        bytes[5 * level] = level == 1 ? '{' : '[';
        if (level == 1)
            count /= 2;
        memcpy(bytes + 5 * level + 1, &count, sizeof count);
    }
    check_refused(bytes, SIZE, "count is past its end");
    free(bytes);
}

static message view_message(int64_t view) {
    uint8_t bytes[9] = {'Q'};
    memcpy(bytes + 1, &view, sizeof view);
    return copy_of(bytes, sizeof bytes);
}

static void memory_is_lent_for_a_request(void) {
    char *memory = strdup("lent");
    int64_t view = pb_view_open(memory, 4, false);
    message m = view_message(view), unknown = view_message(view + (1 << 20));
    check_refused(m.bytes, m.length, "arguments only");
    PyObject *lent = NULL;
    views = &lent;
    check_refused(unknown.bytes, unknown.length, "not lent");
    check_refused("Q1234567", 8, "arguments only");
    PyObject *seen = decode(m);
    CHECK(seen != NULL);
    py.PyDict_SetItemString(ns, "seen", seen);
    test_python_exec(ns, "assert bytes(seen) == b'lent' and seen.readonly\npart = seen[1:]");
    py.PyDict_SetItemString(ns, "holder", py.PyTuple_GetItem(py.PyList_GetItem(lent, 0), 0));
    CHECK(pb_view_in_use(view));
    pb_view_end(&codec, lent);
    /* It has ended, but a part of it holds the memory. */
    test_python_exec(ns, "try: seen[0]; raise AssertionError\n"
                         "except ValueError: pass\n"
                         "try: memoryview(holder); raise AssertionError\n"
                         "except BufferError: pass\n"
                         "assert bytes(part) == b'ent'");
    CHECK(pb_view_close(view) && pb_view_in_use(view));
    lent = NULL;
    check_refused(m.bytes, m.length, "not lent"); /* closed */
    test_python_exec(ns, "del part");
    CHECK(!pb_view_in_use(view) && !pb_view_close(view));
    free(memory); /* AddressSanitizer sees whoever reads it */
    char other[4];
    int64_t next = pb_view_open(other, sizeof other, true);
    CHECK(next != view && next != 0);
    CHECK(!pb_view_close(next));
    pb_view_give_back(next); /* over: nothing happens */
    test_python_exec(ns, "del seen, holder");
    py.Py_DecRef(seen);
    if (lent)
        py.Py_DecRef(lent);
    views = NULL;
    free(m.bytes);
    free(unknown.bytes);
}

static void depth_is_limited_when_reading(void) {
    static const char tags[] = "[({SZ";
    for (int i = 0; i < 5; i++) {
        uint8_t bytes[5 * 2000];
        for (int level = 0; level < 2000; level++)
            memcpy(bytes + 5 * level, (uint8_t[]){(uint8_t)tags[i], 1, 0, 0, 0}, 5);
        check_refused(bytes, sizeof bytes, "too deep");
    }
    uint8_t values[6 * 2000];
    for (int level = 0; level < 2000; level++)
        memcpy(values + 6 * level, "XK\1\0\0\0", 6);
    check_refused(values, sizeof values, "too deep");
}

/* ---- random values, and random damage to them ---- */

static void damage(message *m, uint64_t *random) {
    static const uint8_t tags[] = "NTFblLdasuwBAYQJH[({SZXX";
    static const uint32_t counts[] = {0, 1, 255, 256, 65535, 0x7fffffff, 0x80000000, 0xffffffff};
    uint32_t times = 1 + test_below(random, 4);
    for (uint32_t i = 0; i < times && m->length > 0; i++) {
        uint32_t at = test_below(random, (uint32_t)m->length);
        switch (test_below(random, 5)) {
        case 0: m->length = at; break;
        case 1: m->bytes[at] ^= (uint8_t)(1 << test_below(random, 8)); break;
        case 2: m->bytes[at] = tags[test_below(random, sizeof tags - 1)]; break;
        case 3: m->bytes[at] = (uint8_t)test_random(random); break;
        default:
            if (m->length - at >= 4)
                memcpy(m->bytes + at, &counts[test_below(random, 8)], 4);
        }
    }
}

static message damaged(const message *corpus, uint64_t *random) {
    const message *origin = &corpus[test_below(random, CORPUS)];
    message m = copy_of(origin->bytes, origin->length);
    damage(&m, random);
    return m;
}

static void damaged_messages_do_no_harm(const message *corpus, uint64_t *random) {
    uint32_t read = 0, refused = 0;
    for (uint32_t i = 0; i < test_times(100000); i++) {
        message m = damaged(corpus, random);
        fuzz_message(&codec, m.bytes, m.length) ? read++ : refused++;
        free(m.bytes);
    }
    CHECK(read > 0 && refused > 0);
}

static long long number_of(const char *expression) {
    PyObject *number = test_python_eval(ns, expression);
    int overflow;
    long long value = py.PyLong_AsLongLongAndOverflow(number, &overflow);
    py.Py_DecRef(number);
    return value;
}

/* A length that lies must not be believed before it is compared with what is there. */
static void memory_is_bounded_by_the_size_of_a_message(const message *corpus, uint64_t *random) {
    enum { SLACK = 1 << 16, BYTES_PER_BYTE = 100 };
    test_python_exec(ns, "import tracemalloc\ntracemalloc.start()\n"
                         "def peak():\n"
                         "    most = tracemalloc.get_traced_memory()[1]\n"
                         "    tracemalloc.reset_peak()\n"
                         "    return most - tracemalloc.get_traced_memory()[0]\n");
    for (uint32_t i = 0; i < test_times(4000); i++) {
        message m = damaged(corpus, random);
        number_of("peak()");
        fuzz_message(&codec, m.bytes, m.length);
        long long most = number_of("peak()");
        if (most > SLACK + BYTES_PER_BYTE * (long long)m.length)
            test_fail(__FILE__, __LINE__, "%lld bytes of memory for a message of %zu", most, m.length);
        free(m.bytes);
    }
    test_python_exec(ns, "tracemalloc.stop()");
}

/* The same messages a second time, when whatever is kept on purpose is there. */
static void nothing_leaks(const message *corpus, uint64_t *random) {
    enum { FEW = 100 };
    uint32_t times = test_times(4000);
    long long before = 0;
    uint64_t again = *random;
    for (int round = 0; round < 3; round++) {
        *random = again;
        for (uint32_t i = 0; i < times; i++) {
            message m = damaged(corpus, random);
            fuzz_message(&codec, m.bytes, m.length);
            free(m.bytes);
        }
        test_python_exec(ns, "import gc, sys\ngc.collect()");
        long long blocks = number_of("sys.getallocatedblocks()");
        if (round == 2 && blocks > before + FEW)
            test_fail(__FILE__, __LINE__, "%lld blocks are left of %u messages", blocks - before, times);
        before = blocks;
    }
}

/* As Java writes it too, which has messages that Python gives other tags. */
static message extra_seed(int number) {
    static const struct {
        const char *bytes;
        size_t length;
    } seeds[] = {{"s\1\0\0\0\377", 6}, {"Q\1\0\0\0\0\0\0\0", 9}, {"F", 1}, {"T", 1},
                 {"J\1\0\0\0\0\0\0\0", 9}, {"H\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 17}, {"w\2\0\0\0\0\330", 7}};
    int count = sizeof seeds / sizeof *seeds;
    return number < count ? copy_of((const uint8_t *)seeds[number].bytes, seeds[number].length) : (message){NULL, 0};
}

static message random_message(uint64_t *random) {
    char source[100];
    snprintf(source, sizeof source, "value(random.Random(%u), %u)", test_below(random, 1u << 31),
             test_below(random, 6));
    PyObject *value = test_python_eval(ns, source);
    check_round_trip(value, test_below(random, 2000), source);
    pb_conversion_error error;
    message m;
    CHECK(encode(value, 100, LIMIT, &m, &error));
    py.Py_DecRef(value);
    return m;
}

void test_codec_corpus(void (*each)(const uint8_t *bytes, size_t length, int number)) {
    uint64_t random = test_random_state(501);
    for (int i = 0; i < CORPUS; i++) {
        message m = extra_seed(i);
        if (!m.bytes)
            m = random_message(&random);
        each(m.bytes, m.length, i);
        free(m.bytes);
    }
}

/* What the corpus has of the tags and kinds. It finds the letters of texts as well, which is good enough: a tag that is
 * left out of the random values is not everywhere else. */
static void check_corpus_has_every_tag(const message *corpus) {
    static const char *const heads[] = {"N",  "F",  "T",  "b",  "l",  "L",  "d",  "a",  "s",  "u",  "w",
                                        "B",  "A",  "Y",  "Q",  "J",  "H",  "[",  "(",  "S",  "Z",  "{",  "XD", "XT",
                                        "XM", "XP", "XO", "XR", "XN", "XU", "XF", "XC", "XG"};
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
        bool found = false;
        for (int i = 0; i < CORPUS && !found; i++)
            found = memmem(corpus[i].bytes, corpus[i].length, heads[h], strlen(heads[h])) != NULL;
        if (!found)
            test_fail(__FILE__, __LINE__, "no message of the corpus has the tag %s", heads[h]);
    }
}

static void random_values_cross_and_damage_is_noticed(void) {
    uint64_t random = test_random_state(500);
    message corpus[CORPUS];
    for (int i = 0; i < CORPUS; i++) {
        corpus[i] = extra_seed(i);
        if (!corpus[i].bytes)
            corpus[i] = random_message(&random);
    }
    check_corpus_has_every_tag(corpus);
    damaged_messages_do_no_harm(corpus, &random);
    memory_is_bounded_by_the_size_of_a_message(corpus, &random);
    nothing_leaks(corpus, &random);
    for (int i = 0; i < CORPUS; i++)
        free(corpus[i].bytes);
}

void test_codec(void) {
    test_python_start();
    PyThreadState *ts = test_python_attach();
    test_codec_start();
    every_type_crosses();
    copies_of_buffers_cross_as_bytes();
    what_cannot_cross_is_named_with_its_place();
    a_message_keeps_to_its_limit();
    containers_may_change_while_they_are_converted();
    malformed_bytes_are_refused();
    counts_share_the_bytes_that_are_left();
    memory_is_lent_for_a_request();
    depth_is_limited_when_reading();
    random_values_cross_and_damage_is_noticed();
    pb_clear(&ns);
    test_python_detach(ts);
}
