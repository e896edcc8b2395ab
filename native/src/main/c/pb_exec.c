#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pb_context.h"
#include "pb_handle.h"
#include "pb_journey.h"
#include "pb_view.h"

enum { KEEP = PB_KEEP_RESULT | PB_KEEP_ELEMENTS };
enum { MAX_FUNCTIONS = 1 << 16, MAX_CODE = 512, MAX_CACHED_SOURCE = 1 << 16, MAX_PLAIN_TEXT = 1000, SMALL_CALL = 16 };

/* Names of functions by number, for all contexts. Written once each, before Java uses the number. */
typedef struct {
    uint32_t length;
    char text[];
} function_name;

static function_name *_Atomic function_names[MAX_FUNCTIONS];

bool pb_function_define(uint32_t number, const char *name, uint32_t length) {
    if (number >= MAX_FUNCTIONS)
        return false;
    function_name *made = malloc(sizeof *made + length);
    if (!made)
        return false;
    made->length = length;
    memcpy(made->text, name, length);
    function_name *expected = NULL;
    if (atomic_compare_exchange_strong(&function_names[number], &expected, made))
        return true;
    bool same = expected->length == length && memcmp(expected->text, name, length) == 0;
    free(made);
    return same;
}

/* ---- replies ---- */

/* The texts are cut, so that the reply fits whatever the limit for messages is. */
static void reply_text(pb_writer *reply, pb_reply kind, const char *first, const char *second) {
    char short_first[MAX_PLAIN_TEXT], short_second[MAX_PLAIN_TEXT];
    snprintf(short_first, sizeof short_first, "%s", first);
    snprintf(short_second, sizeof short_second, "%s", second);
    pb_journey_undo(reply);
    reply->pos = 0;
    pb_write_u8(reply, (uint8_t)kind);
    pb_write_text(reply, short_first);
    pb_write_text(reply, short_second);
}

/* Type and message of an exception that could not be described; nothing of it is trusted. */
static void reply_plain(PyObject *exception, pb_writer *reply) {
    PyObject *name = py.PyObject_GetAttrString(pb_type(exception), "__name__");
    const char *type = name ? py.PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    py.PyErr_Clear();
    PyObject *str = py.PyObject_Str(exception);
    const char *message = str ? py.PyUnicode_AsUTF8AndSize(str, NULL) : NULL;
    py.PyErr_Clear();
    reply_text(reply, PB_REPLY_RAISED_PLAIN, type ? type : "Exception", message ? message : "");
    pb_clear(&name);
    pb_clear(&str);
}

void pb_reply_raised(pb_state *state, pb_writer *reply) {
    PyObject *exception = py.PyErr_GetRaisedException();
    if (!exception) {
        reply_text(reply, PB_REPLY_RAISED_PLAIN, "SystemError", "failed without an exception");
        return;
    }
    pb_conversion_error error;
    pb_codec deep = state->codec;
    deep.max_depth = PB_MAX_DEPTH; /* a chain of causes is nested, whatever the limit for values */
    PyObject *described = state->describe
                              ? py.PyObject_CallFunctionObjArgs(state->describe, exception, NULL)
                              : NULL;
    reply->pos = 0;
    if (!described || !pb_write_u8(reply, PB_REPLY_RAISED) || !pb_encode(&deep, reply, described, &error) ||
        !pb_journey_seal(reply)) {
        py.PyErr_Clear();
        reply_plain(exception, reply);
    }
    pb_clear(&described);
    py.Py_DecRef(exception);
}

static bool reply_value(pb_state *state, PyObject *value, pb_writer *reply) {
    pb_conversion_error error;
    if (pb_write_u8(reply, PB_REPLY_VALUE) && pb_encode(&state->codec, reply, value, &error)) {
        if (pb_journey_seal(reply))
            return true;
        snprintf(error.message, sizeof error.message, "the message would be larger than its limit (max-message-size)");
    }
    reply_text(reply, PB_REPLY_UNCONVERTIBLE, error.message, error.path);
    return false;
}

/* ---- namespaces ---- */

/* The namespace of a session, made at its first use; 0 is that of the context. A new reference: the session may end
 * while its code runs. */
static PyObject *namespace_of(pb_state *state, int64_t session) {
    if (session == 0) {
        py.Py_IncRef(state->main);
        return state->main;
    }
    PyObject *key = py.PyLong_FromLongLong(session);
    if (!key)
        return NULL;
    PyObject *found = py.PyDict_GetItemWithError(state->sessions, key);
    if (!found && !py.PyErr_Occurred()) {
        PyObject *name = py.PyUnicode_FromStringAndSize("__main__", 8);
        PyObject *made = py.PyDict_New();
        if (name && made && py.PyDict_SetItemString(made, "__name__", name) == 0 &&
            py.PyDict_SetItemString(made, "__builtins__", state->builtins) == 0 &&
            py.PyDict_SetItem(state->sessions, key, made) == 0)
            found = made;
        pb_clear(&name);
        py.Py_DecRef(key);
        if (!found)
            pb_clear(&made);
        return found;
    }
    py.Py_DecRef(key);
    if (found)
        py.Py_IncRef(found);
    return found;
}

static PyObject *end_session(pb_state *state, int64_t session) {
    PyObject *key = py.PyLong_FromLongLong(session);
    if (key && py.PyDict_DelItem(state->sessions, key) < 0)
        py.PyErr_Clear(); /* it was never used in this context */
    pb_clear(&key);
    py.Py_IncRef(PB_NONE);
    return PB_NONE;
}

/* ---- calls ---- */

/* Splits "(holder, name or names)" into two owned references. */
static bool unpack_pair(PyObject *pair, PyObject **first, PyObject **second) {
    if (!pair)
        return false;
    *first = py.PyTuple_GetItem(pair, 0);
    *second = py.PyTuple_GetItem(pair, 1);
    bool done = *first && *second;
    if (done) {
        py.Py_IncRef(*first);
        py.Py_IncRef(*second);
    }
    py.Py_DecRef(pair);
    return done;
}

/* Counts reloads in this process. A context that kept functions before the last one forgets them at its next request. */
static _Atomic uint32_t reloads;

void pb_reloaded(void) {
    atomic_fetch_add(&reloads, 1);
}

/* Forgets what was kept of modules that may have been replaced. Freeing them may run Python code and give up the GIL, so
 * that another thread resolves meanwhile: each entry is taken out whole before that. */
static void renew(pb_state *state, uint32_t now) {
    state->reloads = now;
    for (uint32_t i = 0; i < state->functions; i++) {
        PyObject *holder = state->parents[i], *name = state->names[i];
        state->parents[i] = state->names[i] = NULL;
        pb_clear(&holder);
        pb_clear(&name);
    }
    PyObject *done = py.PyObject_CallFunctionObjArgs(state->renew, state->main, state->sessions, NULL);
    pb_clear(&done);
    py.PyErr_Clear();
}

/* Finds the object that holds a function, and its name there; both are kept by number from then on, unless modules were
 * replaced meanwhile. New references. */
static bool resolve_function(pb_state *state, uint32_t number, PyObject **holder, PyObject **attribute) {
    function_name *name = number < MAX_FUNCTIONS ? atomic_load(&function_names[number]) : NULL;
    if (!name) {
        py.PyErr_SetString(py.PyExc_LookupError, "unknown function number");
        return false;
    }
    if (number >= state->functions) {
        uint32_t length = number + 64;
        PyObject **parents = realloc(state->parents, length * sizeof *parents);
        if (parents)
            state->parents = parents;
        PyObject **names = parents ? realloc(state->names, length * sizeof *names) : NULL;
        if (!names) {
            py.PyErr_NoMemory();
            return false;
        }
        state->names = names;
        for (uint32_t i = state->functions; i < length; i++)
            state->parents[i] = state->names[i] = NULL;
        state->functions = length;
    }
    uint32_t seen = atomic_load(&reloads);
    PyObject *text = py.PyUnicode_DecodeUTF8(name->text, name->length, "surrogatepass");
    bool done = text && unpack_pair(py.PyObject_CallFunctionObjArgs(state->resolve, text, state->main, NULL), holder,
                                    attribute);
    pb_clear(&text);
    if (done && pb_type(*attribute) == py.PyUnicode_Type)
        py.PyUnicode_InternInPlace(attribute);
    /* The import may have given up the GIL: another thread may have been first, or a reload may have come. */
    if (done && !state->parents[number] && atomic_load(&reloads) == seen) {
        py.Py_IncRef(*holder);
        py.Py_IncRef(*attribute);
        state->parents[number] = *holder;
        state->names[number] = *attribute;
    }
    return done;
}

/* The function now: its name is looked up in its holder at each call, as Python itself does, so that a function that
 * was defined anew or replaced is seen. A new reference. */
static PyObject *lookup_one(PyObject *holder, PyObject *name) {
    if (pb_type(holder) != py.PyDict_Type)
        return py.PyObject_GetAttr(holder, name);
    PyObject *found = py.PyDict_GetItemWithError(holder, name);
    if (found)
        py.Py_IncRef(found);
    else if (!py.PyErr_Occurred())
        py.PyErr_SetString(py.PyExc_LookupError, "the function is no longer defined in __main__");
    return found;
}

/* The name is a str, or a tuple of them for a member of a class. */
static PyObject *lookup(PyObject *holder, PyObject *name) {
    if (pb_type(name) != py.PyTuple_Type)
        return lookup_one(holder, name);
    py.Py_IncRef(holder);
    Py_ssize_t steps = py.PyTuple_Size(name);
    for (Py_ssize_t i = 0; holder && i < steps; i++) {
        PyObject *member = lookup_one(holder, py.PyTuple_GetItem(name, i));
        py.Py_DecRef(holder);
        holder = member;
    }
    return holder;
}

static PyObject *function_by_number(pb_state *state, pb_reader *r) {
    uint32_t number;
    if (!pb_read_u32(r, &number))
        return NULL;
    PyObject *holder, *attribute;
    if (number < state->functions && state->parents[number]) {
        /* Owned, as the look-up may run Python code while another thread forgets them. */
        holder = state->parents[number];
        attribute = state->names[number];
        py.Py_IncRef(holder);
        py.Py_IncRef(attribute);
    } else if (!resolve_function(state, number, &holder, &attribute)) {
        return NULL;
    }
    PyObject *function = lookup(holder, attribute);
    py.Py_DecRef(holder);
    py.Py_DecRef(attribute);
    return function;
}

static PyObject *function_by_name(pb_state *state, pb_reader *r, int64_t session) {
    PyObject *name = pb_decode(&state->codec, r);
    PyObject *function = NULL, *holder, *attribute;
    if (name && session != 0) {
        PyObject *ns = namespace_of(state, session);
        if (ns)
            function = py.PyObject_CallFunctionObjArgs(state->resolve_in, name, ns, NULL);
        pb_clear(&ns);
    } else if (name &&
               unpack_pair(py.PyObject_CallFunctionObjArgs(state->resolve, name, state->main, NULL), &holder,
                           &attribute)) {
        function = lookup(holder, attribute);
        py.Py_DecRef(holder);
        py.Py_DecRef(attribute);
    }
    pb_clear(&name);
    return function;
}

static bool malformed(bool *bad_request) {
    *bad_request = true;
    return false;
}

/* Decodes the arguments into values[0..n) and the names of the last ones into *names. */
static bool decode_arguments(pb_state *state, pb_reader *r, PyObject **values, uint32_t positional, uint32_t keywords,
                             PyObject **names, uint32_t *decoded, bool *bad_request) {
    for (uint32_t i = 0; i < positional; i++) {
        values[i] = pb_decode(&state->codec, r);
        if (!values[i])
            return malformed(bad_request);
        *decoded = i + 1;
    }
    if (keywords == 0)
        return true;
    *names = py.PyTuple_New(keywords);
    if (!*names)
        return false;
    for (uint32_t i = 0; i < keywords; i++) {
        PyObject *name = pb_decode(&state->codec, r);
        if (!name)
            return malformed(bad_request);
        if (pb_type(name) != py.PyUnicode_Type) { /* functions in C take it for one unseen */
            py.Py_DecRef(name);
            py.PyErr_SetString(py.PyExc_ValueError, "malformed message: the name of an argument is no str");
            return malformed(bad_request);
        }
        py.PyUnicode_InternInPlace(&name);
        py.PyTuple_SetItem(*names, i, name); /* takes the reference */
        values[positional + i] = pb_decode(&state->codec, r);
        if (!values[positional + i])
            return malformed(bad_request);
        *decoded = positional + i + 1;
    }
    return true;
}

static PyObject *call(pb_frame *frame, pb_reader *r, PyObject *function, bool *bad_request) {
    pb_state *state = &frame->ctx->state;
    PyObject *small[SMALL_CALL + 1], **values = small, *names = NULL, *result = NULL;
    uint32_t positional, keywords, decoded = 0;
    if (!function)
        return NULL;
    if (!pb_read_u32(r, &positional) || !pb_read_u32(r, &keywords) ||
        (uint64_t)positional + keywords > (uint64_t)(r->end - r->at)) {
        malformed(bad_request);
        py.Py_DecRef(function);
        return NULL;
    }
    if (positional + keywords > SMALL_CALL) {
        values = malloc((positional + keywords + 1) * sizeof *values);
        if (!values) {
            py.Py_DecRef(function);
            return py.PyErr_NoMemory();
        }
    }
    /* values[0] is left free for the callee (PEP 590, PY_VECTORCALL_ARGUMENTS_OFFSET). */
    if (decode_arguments(state, r, values + 1, positional, keywords, &names, &decoded, bad_request)) {
        frame->buf_free = true;
        result = py.PyObject_Vectorcall(function, values + 1, positional | (size_t)1 << (8 * sizeof(size_t) - 1), names);
        frame->buf_free = false;
    }
    for (uint32_t i = 0; i < decoded; i++)
        py.Py_DecRef(values[i + 1]);
    pb_clear(&names);
    if (values != small)
        free(values);
    py.Py_DecRef(function);
    return result;
}

/* ---- source ---- */

/* Code for a source, from the cache or compiled; a new reference. The cache drops its oldest entry when full, and does
 * not keep long sources, which are rarely repeated. */
static PyObject *code_for(pb_state *state, PyObject *source, bool is_exec) {
    PyObject *cache = state->code[is_exec];
    PyObject *code = py.PyDict_GetItemWithError(cache, source);
    if (code)
        py.Py_IncRef(code); /* the code may drop itself from the cache while it runs */
    if (code || py.PyErr_Occurred())
        return code;
    PyObject *mode = is_exec ? PB_NONE : py._Py_TrueStruct;
    PyObject *made = py.PyObject_CallFunctionObjArgs(state->compile_source, source, mode, NULL);
    if (!made || py.PyUnicode_GetLength(source) > MAX_CACHED_SOURCE)
        return made;
    if (py.PyDict_Size(cache) >= MAX_CODE) {
        Py_ssize_t at = 0;
        PyObject *oldest, *unused;
        if (py.PyDict_Next(cache, &at, &oldest, &unused)) {
            py.Py_IncRef(oldest);
            py.PyDict_DelItem(cache, oldest);
            py.Py_DecRef(oldest);
        }
    }
    if (py.PyDict_SetItem(cache, source, made) < 0)
        pb_clear(&made);
    return made;
}

static PyObject *decode_variables(pb_state *state, pb_reader *r, bool *bad_request) {
    PyObject *variables = pb_decode(&state->codec, r);
    if (!variables)
        malformed(bad_request);
    return variables;
}

static PyObject *run_source(pb_frame *frame, pb_reader *r, int64_t session, bool is_exec, bool *bad_request) {
    pb_state *state = &frame->ctx->state;
    PyObject *source = pb_decode(&state->codec, r);
    if (!source) {
        malformed(bad_request);
        return NULL;
    }
    PyObject *variables = decode_variables(state, r, bad_request);
    PyObject *ns = variables ? namespace_of(state, session) : NULL;
    PyObject *code = ns ? code_for(state, source, is_exec) : NULL;
    PyObject *scope = NULL, *result = NULL;
    if (code) {
        bool has_variables = variables != PB_NONE;
        /* eval: the variables are names of this evaluation only, also inside lambdas and comprehensions, which see
         * globals alone. exec: they are bound in the namespace. */
        scope = has_variables && !is_exec ? py.PyDict_Copy(ns) : ns;
        if (scope == ns)
            py.Py_IncRef(ns);
        if (scope && (!has_variables || py.PyDict_Update(scope, variables) == 0)) {
            frame->buf_free = true;
            result = py.PyEval_EvalCode(code, scope, scope);
            frame->buf_free = false;
        }
        py.Py_DecRef(code);
    }
    pb_clear(&scope);
    pb_clear(&ns);
    pb_clear(&variables);
    py.Py_DecRef(source);
    return result;
}

/* ---- one request ---- */

static bool read_i64(pb_reader *r, int64_t *value) {
    if (r->end - r->at < 8)
        return false;
    memcpy(value, r->at, sizeof *value);
    r->at += sizeof *value;
    return true;
}

static PyObject *run(pb_frame *frame, const uint8_t *bytes, size_t length, PyObject **views, bool *bad_request);

/* Runs the request that makes the iterator, and keeps that. */
static PyObject *open_stream(pb_frame *frame, pb_reader *r, bool *bad_request) {
    int64_t id;
    if (!read_i64(r, &id) || r->at == r->end || (*r->at & ~KEEP) == PB_OP_STREAM) {
        malformed(bad_request);
        return NULL;
    }
    PyObject *iterable = run(frame, r->at, (size_t)(r->end - r->at), r->views, bad_request);
    PyObject *kept = iterable ? pb_stream_keep(&frame->ctx->state, id, iterable) : NULL;
    pb_clear(&iterable);
    if (!kept)
        return NULL;
    py.Py_DecRef(kept);
    return py.PyLong_FromLongLong(pb_context_id(frame->ctx));
}

static PyObject *run(pb_frame *frame, const uint8_t *bytes, size_t length, PyObject **views, bool *bad_request) {
    pb_state *state = &frame->ctx->state;
    pb_reader r = {bytes, bytes + length, views};
    uint8_t op;
    int64_t session;
    if (!pb_read_u8(&r, &op) || !read_i64(&r, &session)) {
        malformed(bad_request);
        return NULL;
    }
    switch (op & ~KEEP) {
    case PB_OP_CALL: return call(frame, &r, function_by_number(state, &r), bad_request);
    case PB_OP_CALL_NAMED: return call(frame, &r, function_by_name(state, &r, session), bad_request);
    case PB_OP_EVAL: return run_source(frame, &r, session, false, bad_request);
    case PB_OP_EXEC: return run_source(frame, &r, session, true, bad_request);
    case PB_OP_GC: return py.PyObject_CallFunctionObjArgs(state->collect, NULL);
    case PB_OP_SESSION_END: return end_session(state, session);
    case PB_OP_STREAM: return open_stream(frame, &r, bad_request);
    default: malformed(bad_request); return NULL;
    }
}

/* Enters a PEP 567 context of the request's own: an empty one that the thread kept, or a new one. NULL on error. */
static PyObject *enter_context(pb_thread *thread) {
    PyObject *context = thread->context;
    thread->context = NULL;
    if (!context)
        context = py.PyContext_New();
    if (context && py.PyContext_Enter(context) == 0)
        return context;
    pb_clear(&context);
    return NULL;
}

/* Leaves it; it is kept if the request left nothing in it. Copies that tasks made are theirs. */
static void leave_context(pb_thread *thread, PyObject *context) {
    py.PyContext_Exit(context);
    if (!thread->context && py.PyObject_Size(context) == 0)
        thread->context = context;
    else
        py.Py_DecRef(context);
}

/* Makes handles of the result, or of its elements, as the request asks. Takes the reference. */
static PyObject *kept(pb_state *state, PyObject *result, uint8_t op) {
    PyObject *elements = op & PB_KEEP_ELEMENTS ? py._Py_TrueStruct : py._Py_FalseStruct;
    PyObject *handles = result ? py.PyObject_CallFunctionObjArgs(state->keep, result, elements, NULL) : NULL;
    pb_clear(&result);
    return handles;
}

/* Runs a request that carries or asks for objects that stay on their side. */
static PyObject *run_with_handles(pb_frame *frame, const uint8_t *bytes, size_t length, PyObject **views,
                                  bool *bad_request) {
    pb_journeys journeys;
    uint8_t op = bytes[0];
    if (!pb_journey_take((uint8_t *)bytes, &length, &journeys))
        return py.PyErr_NoMemory();
    PyObject *result = run(frame, bytes, length, views, bad_request);
    /* Not before: the bytes are overwritten while it runs, and nobody else tells what was in them. */
    pb_journey_release_all(&journeys);
    return op & KEEP ? kept(&frame->ctx->state, result, op) : result;
}

/* The reply is written while the stream's code runs, which run() does not allow. */
static bool next_batch(pb_state *state, const uint8_t *bytes, size_t length, pb_writer *reply) {
    pb_reader r = {bytes + 1, bytes + length, NULL};
    int64_t session, id;
    uint32_t max;
    if (!read_i64(&r, &session) || !read_i64(&r, &id) || !pb_read_u32(&r, &max) || max == 0) {
        reply_text(reply, PB_REPLY_MALFORMED, "the request for a batch of a stream cannot be read", "");
        return false;
    }
    pb_conversion_error error;
    switch (pb_stream_next(state, id, max, reply, &error)) {
    case PB_BATCH_WRITTEN:
        if (pb_journey_seal(reply))
            return true;
        reply_text(reply, PB_REPLY_UNCONVERTIBLE, "the message would be larger than its limit (max-message-size)", "");
        return false;
    case PB_BATCH_REFUSED: reply_text(reply, PB_REPLY_UNCONVERTIBLE, error.message, error.path); return false;
    default: pb_reply_raised(state, reply); return false;
    }
}

/* Takes the reference; NULL is for the exception that is set. */
static bool reply_result(pb_state *state, PyObject *result, pb_writer *reply) {
    if (!result) {
        pb_reply_raised(state, reply);
        return false;
    }
    bool succeeded = reply_value(state, result, reply);
    py.Py_DecRef(result); /* may run Python code, which belongs to the request */
    return succeeded;
}

static void reply_malformed(pb_writer *reply) {
    PyObject *exception = py.PyErr_GetRaisedException();
    PyObject *text = exception ? py.PyObject_Str(exception) : NULL;
    const char *message = text ? py.PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
    reply_text(reply, PB_REPLY_MALFORMED, message ? message : "the request cannot be read", "");
    pb_clear(&text);
    pb_clear(&exception);
}

/* Whatever it raises has no caller. */
static void call_at_end(pb_frame *frame) {
    PyObject *function = frame->at_end;
    frame->at_end = NULL;
    py.PyErr_Clear();
    pb_clear(&(PyObject *){py.PyObject_CallFunctionObjArgs(function, NULL)});
    py.PyErr_Clear();
    py.Py_DecRef(function);
}

bool pb_execute(pb_frame *frame, const uint8_t *bytes, size_t length, pb_writer *reply) {
    pb_context *ctx = frame->ctx;
    pb_thread *thread = frame->thread;
    pb_state *state = &ctx->state;
    bool bad_request = false, succeeded = false;
    /* Under the GIL there is one writer. Without one, contexts have their owner as the only writer. */
    atomic_store_explicit(&ctx->requests, atomic_load_explicit(&ctx->requests, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    uint32_t now = atomic_load_explicit(&reloads, memory_order_relaxed);
    if (state->reloads != now)
        renew(state, now);
    PyObject *context = enter_context(thread);
    uint8_t op = length > 0 ? *bytes : 0;
    PyObject *views = NULL;
    if (context && op == PB_OP_STREAM_NEXT) {
        succeeded = next_batch(state, bytes, length, reply);
    } else {
        PyObject *result = NULL;
        if (context)
            result = op & (PB_JOURNEYS | KEEP) ? run_with_handles(frame, bytes, length, &views, &bad_request)
                                               : run(frame, bytes, length, &views, &bad_request);
        if (bad_request)
            reply_malformed(reply);
        else
            succeeded = reply_result(state, result, reply);
    }
    if (frame->at_end)
        call_at_end(frame);
    if (views)
        pb_view_end(&state->codec, views); /* after the reply, for which one may be the result */
    if (context)
        leave_context(thread, context);
    py.PyErr_Clear();
    if (pb_ref_any_dead() && reply->pos > 0)
        reply->base[0] |= PB_SWEEP;
    return succeeded;
}

/* ---- state of an interpreter ---- */

static PyObject *engine_function(pb_state *state, const char *name) {
    return py.PyObject_GetAttrString(state->engine, name);
}

static bool make_namespace(pb_context *ctx, pb_state *state) {
    if (ctx->subinterpreter) {
        PyObject *module = py.PyImport_AddModule("__main__"); /* borrowed */
        state->main = module ? py.PyModule_GetDict(module) : NULL;
        if (state->main)
            py.Py_IncRef(state->main);
        return state->main;
    }
    PyObject *name = py.PyUnicode_FromStringAndSize("__main__", 8);
    state->main = py.PyDict_New();
    bool done = name && state->main && py.PyDict_SetItemString(state->main, "__name__", name) == 0 &&
                py.PyDict_SetItemString(state->main, "__builtins__", state->builtins) == 0;
    pb_clear(&name);
    return done;
}

bool pb_state_init(pb_context *ctx) {
    pb_state *s = &ctx->state;
    memset(s, 0, sizeof *s);
    s->reloads = atomic_load(&reloads);
    s->codec.max_depth = 200;
    s->max_message = 1 << 30;
    if (!pb_module_register())
        return false;
    s->engine = py.PyImport_ImportModule("pyboot._engine");
    s->builtins = py.PyImport_ImportModule("builtins");
    if (!s->engine || !s->builtins || !make_namespace(ctx, s))
        return false;
    s->sessions = py.PyDict_New();
    s->code[0] = py.PyDict_New();
    s->code[1] = py.PyDict_New();
    s->resolve = engine_function(s, "resolve");
    s->resolve_in = engine_function(s, "resolve_in");
    s->compile_source = engine_function(s, "compile_source");
    s->describe = engine_function(s, "describe");
    s->collect = engine_function(s, "collect");
    s->renew = engine_function(s, "renew");
    s->interrupted = engine_function(s, "RequestInterrupted");
    s->raise_java = engine_function(s, "raise_java");
    s->keep = engine_function(s, "keep");
    s->codec.handles = &ctx->handles;
    s->codec.context = pb_context_id(ctx);
    s->codec.ref_type = engine_function(s, "JavaRef");
    s->codec.handle_type = engine_function(s, "Handle");
    s->codec.int_to_bytes = engine_function(s, "int_to_bytes");
    s->codec.int_from_bytes = engine_function(s, "int_from_bytes");
    s->codec.make_array = engine_function(s, "make_array");
    s->codec.classify_buffer = engine_function(s, "classify_buffer");
    s->codec.make_buffer = engine_function(s, "make_buffer");
    s->codec.make_view = engine_function(s, "make_view");
    s->codec.end_views = engine_function(s, "end_views");
    s->codec.to_wire = engine_function(s, "to_wire");
    s->codec.from_wire = engine_function(s, "from_wire");
    return s->sessions && s->code[0] && s->code[1] && s->resolve && s->resolve_in && s->compile_source &&
           s->describe && s->collect && s->renew && s->interrupted && s->raise_java && s->codec.int_to_bytes &&
           s->codec.int_from_bytes && s->codec.make_array && s->codec.classify_buffer && s->codec.make_buffer &&
           s->codec.make_view && s->codec.end_views && s->codec.to_wire && s->codec.from_wire && s->keep &&
           s->codec.ref_type && s->codec.handle_type;
}

void pb_state_clear(pb_state *s) {
    pb_stream_clear(s);
    for (uint32_t i = 0; i < s->functions; i++) {
        pb_clear(&s->parents[i]);
        pb_clear(&s->names[i]);
    }
    free(s->parents);
    free(s->names);
    s->parents = s->names = NULL;
    s->functions = 0;
    PyObject **owned[] = {&s->sessions,       &s->main,           &s->code[0],         &s->code[1],
                          &s->resolve,        &s->resolve_in,     &s->compile_source,  &s->describe,
                          &s->collect,        &s->renew,          &s->interrupted,    &s->raise_java,
                          &s->codec.int_to_bytes, &s->codec.int_from_bytes,
                          &s->codec.make_array, &s->codec.classify_buffer, &s->codec.make_buffer,
                          &s->codec.make_view, &s->codec.end_views, &s->codec.to_wire,
                          &s->codec.from_wire, &s->keep,          &s->codec.ref_type,   &s->codec.handle_type,
                          &s->builtins,       &s->engine};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        pb_clear(owned[i]);
}
