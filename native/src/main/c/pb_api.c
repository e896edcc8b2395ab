/* The exported functions: what io.pyboot.binding.LibPyboot declares. Nothing but translation happens here.
 * Memory comes as an address and a length; a negative result is one of PB_LARGE ... PB_NO_MEMORY. */
#include <stdlib.h>
#include <string.h>

#include "pb_context.h"
#include "pb_handle.h"
#include "pb_interrupt.h"
#include "pb_journey.h"
#include "pb_pool.h"
#include "pb_runtime.h"
#include "pb_view.h"

#define EXPORT __attribute__((visibility("default")))

enum { ABI = 3 };

EXPORT int64_t pb_abi(void) {
    return ABI;
}

/* Whether CPython can be told where the stack of a thread ends, which callers need (see pb_thread.c). */
EXPORT int64_t pb_protects_stack(void) {
    return py.PyUnstable_ThreadState_SetStackProtection != NULL;
}

EXPORT void pb_free(int64_t address) {
    free((void *)(intptr_t)address);
}

EXPORT int64_t pb_read_counters(int64_t *values, int32_t length) {
    for (int32_t i = 0; i < length && i < PB_COUNTER_COUNT; i++)
        values[i] = atomic_load_explicit(&pb_counters[i], memory_order_relaxed);
    return PB_COUNTER_COUNT;
}

/* Hands a finished message to Java: its length if it lies in buf, PB_LARGE if it moved to memory of its own. */
static int64_t hand_over(pb_writer *w, uint8_t *buf) {
    if (!w->owned)
        return (int64_t)w->pos;
    uint64_t header[2] = {(uint64_t)(uintptr_t)w->base, w->pos};
    memcpy(buf, header, sizeof header);
    return PB_LARGE;
}

/* strings: library, home, executable and package path, each ending in NUL. The reply is a value (facts) or an error. */
EXPORT int64_t pb_start_runtime(const char *strings, const uint8_t *config, int32_t config_length, uint8_t *buf,
                                int32_t cap) {
    const char *home = strings + strlen(strings) + 1;
    const char *executable = home + strlen(home) + 1;
    const char *package = executable + strlen(executable) + 1;
    pb_runtime_options options = {strings, home, executable, package, config, (uint32_t)config_length};
    pb_writer reply = {.base = buf, .cap = (size_t)cap, .limit = 1 << 24};
    pb_runtime_start(&options, &reply);
    return hand_over(&reply, buf);
}

/* Runs pyboot._engine.name(argument) in main. The text is copied into buf, cut if it is too long. Returns its length;
 * -1 - length if it is that of an error. */
EXPORT int64_t pb_call_main(const char *name, const char *argument, char *buf, int32_t cap) {
    char *text;
    bool done = pb_main_call(name, argument, &text);
    int64_t length = text ? (int64_t)strnlen(text, (size_t)cap) : 0;
    memcpy(buf, text ? text : "", (size_t)length);
    free(text);
    return done ? length : -1 - length;
}

EXPORT int64_t pb_define_function(int32_t number, const char *name, int32_t length) {
    return number >= 0 && pb_function_define((uint32_t)number, name, (uint32_t)length);
}

/* ---- contexts ---- */

/* Gives back what a context that never ran holds. */
static void unmake(pb_context *ctx) {
    if (ctx->queue)
        pb_queue_destroy(ctx->queue);
    ctx->queue = NULL;
    free(ctx->config);
    ctx->config = NULL;
    pb_context_recycle(ctx);
}

/* Begins the start of a context; returns its id. */
EXPORT int64_t pb_start_context(int32_t subinterpreter, int64_t pool_number, int32_t capacity, const uint8_t *config,
                                int32_t config_length) {
    pb_pool *pool = pb_pool_get((uint32_t)pool_number);
    pb_context *ctx = pool ? pb_context_new() : NULL;
    if (!ctx)
        return PB_NO_MEMORY;
    ctx->subinterpreter = subinterpreter;
    ctx->config = malloc((size_t)config_length);
    if (ctx->config)
        memcpy(ctx->config, config, (size_t)config_length);
    ctx->config_length = (uint32_t)config_length;
    ctx->start_reply = (pb_writer){.limit = 1 << 24};
    atomic_store(&ctx->end_grace, 1000000000);
    ctx->pool = pool;
    ctx->queue = pb_queue_create((uint32_t)capacity);
    int64_t id = pb_context_id(ctx);
    if (!ctx->queue || !ctx->config) {
        unmake(ctx);
        return PB_NO_MEMORY;
    }
    pb_pool_add(pool, ctx);
    if (pb_serve_start(ctx) != 0) {
        pb_pool_remove(pool, ctx, false);
        unmake(ctx);
        return PB_NO_MEMORY;
    }
    return id;
}

/* Gives back what a context holds that failed to start; the caller is inside, as the only one, and leaves. The reply of
 * the start becomes the caller's. False if another caller was first. */
static bool discard_failed(pb_context *ctx, pb_writer *reply) {
    uint32_t failed = PB_FAILED;
    if (!atomic_compare_exchange_strong(&ctx->phase, &failed, PB_ENDED))
        return false;
    *reply = ctx->start_reply;
    pb_queue *q = ctx->queue;
    ctx->queue = NULL;
    atomic_fetch_add(&ctx->generation, 1);
    pb_queue_destroy(q);
    pb_leave(ctx);
    pb_context_recycle(ctx);
    return true;
}

/* 0 once the context is ready; PB_PENDING after nanos; else the reply that says why it failed: its length, or PB_LARGE,
 * or PB_NO_MEMORY if there was none for it. The context is gone then. */
EXPORT int64_t pb_await_start(int64_t id, uint8_t *buf, int32_t cap, int64_t nanos) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx)
        return PB_STALE;
    if (atomic_load(&ctx->phase) == PB_STARTING)
        pb_futex_wait(&ctx->phase, PB_STARTING, nanos);
    pb_writer reply;
    if (discard_failed(ctx, &reply)) {
        if (reply.pos == 0 || reply.pos > (size_t)cap)
            return reply.pos == 0 ? PB_NO_MEMORY : hand_over(&reply, buf);
        memcpy(buf, reply.base, reply.pos);
        pb_writer_free(&reply);
        return (int64_t)reply.pos;
    }
    int64_t result = atomic_load(&ctx->phase) == PB_READY ? 0 : PB_PENDING;
    pb_leave(ctx);
    return result;
}

/* Begins the end of a context: no work is taken any more, and when the owner has finished what it runs, and callers
 * and Python threads have left within grace, the interpreter ends. */
EXPORT int64_t pb_stop_context(int64_t id, int64_t grace) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx)
        return PB_STALE;
    atomic_store(&ctx->end_grace, grace);
    uint32_t ready = PB_READY, starting = PB_STARTING;
    if (!atomic_compare_exchange_strong(&ctx->phase, &ready, PB_STOPPING))
        atomic_compare_exchange_strong(&ctx->phase, &starting, PB_STOPPING);
    pb_writer reply;
    if (discard_failed(ctx, &reply)) { /* nobody will ask why it failed */
        pb_writer_free(&reply);
        return 0;
    }
    pb_queue_wake(ctx->queue);
    pb_leave(ctx);
    return 0;
}

/* 1 once the context has ended, 2 if it was abandoned, 0 after nanos. */
EXPORT int64_t pb_await_end(int64_t id, int64_t nanos) {
    int64_t until = pb_deadline(nanos);
    uint32_t generation = (uint32_t)((uint64_t)id >> 16);
    pb_context *ctx = pb_context_of(id);
    if (!ctx)
        return PB_STALE;
    for (;;) {
        uint32_t ended = atomic_load(&ctx->ended);
        if ((int32_t)(ended - generation) >= 0)
            return atomic_load(&ctx->abandoned) == generation ? 2 : 1;
        int64_t rest = until - pb_now();
        if (rest <= 0)
            return 0;
        pb_futex_wait(&ctx->ended, ended, rest);
    }
}

/* ---- requests ---- */

/* Enters a context for a request. One that is made by a callback belongs to a request that was accepted before, so it
 * is also taken while the context drains. */
static pb_context *enter_for_request(int64_t id, bool nested) {
    pb_context *ctx = pb_enter(id, !nested);
    if (!ctx)
        return NULL;
    uint32_t phase = atomic_load(&ctx->phase);
    if (phase == PB_READY || phase == PB_STOPPING)
        return ctx;
    pb_leave(ctx);
    return NULL;
}

/* The caller's way: runs the request in buf on the calling thread and puts the reply in its place. A nested request is
 * made by a callback of this context. */
EXPORT int64_t pb_call(int64_t id, int32_t nested, uint8_t *buf, int32_t length, int32_t cap, int64_t request) {
    pb_context *ctx = enter_for_request(id, nested);
    if (!ctx)
        return PB_STALE;
    pb_thread *thread = pb_thread_enter(ctx);
    if (!thread) {
        pb_leave(ctx);
        return PB_NO_MEMORY;
    }
    pb_writer reply = {.base = buf, .cap = (size_t)cap, .limit = ctx->state.max_message};
    pb_frame frame = {.ctx = ctx, .thread = thread, .request = (uint64_t)request, .buf = buf, .cap = (size_t)cap};
    pb_frame_push(&frame);
    if (!pb_thread_attach(ctx, thread)) {
        pb_frame_pop(&frame, false);
        pb_leave(ctx);
        return PB_NO_MEMORY;
    }
    pb_execute(&frame, buf, (size_t)length, &reply);
    pb_frame_pop(&frame, true);
    if (!frame.outer) /* a frame further out has its own state, which may not be given up in between */
        pb_thread_reap(ctx);
    py.PyEval_ReleaseThread(thread->ts);
    pb_leave(ctx);
    return hand_over(&reply, buf);
}

/* The owner's way: queues a copy of the request in buf. Returns a ticket. kind is a pb_kind, with PB_NESTED if the
 * request is made by a callback of this context. */
EXPORT int64_t pb_submit(int64_t id, int32_t kind, const uint8_t *buf, int32_t length, int64_t request) {
    pb_context *ctx = enter_for_request(id, kind & PB_NESTED);
    if (!ctx)
        return PB_STALE;
    int64_t ticket = pb_queue_submit(ctx->queue, (uint32_t)kind, (uint64_t)request, buf, (uint32_t)length);
    pb_leave(ctx);
    return ticket;
}

/* Answers a callback that pb_await or pb_drain gave; its ticket is void then. */
EXPORT int64_t pb_answer(int64_t id, int64_t ticket, uint8_t *buf, int32_t length) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx) {
        pb_journey_drop(buf, (size_t)length);
        return PB_STALE;
    }
    int64_t result = pb_queue_answer(ctx->queue, ticket, buf, (uint32_t)length);
    pb_leave(ctx);
    return result;
}

EXPORT void pb_set_upcall(pb_upcall upcall) {
    pb_callback_set_upcall(upcall);
}

EXPORT int64_t pb_await(int64_t id, int64_t ticket, uint8_t *buf, int32_t cap, int64_t nanos) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx)
        return PB_STALE;
    int64_t result = pb_queue_await(ctx->queue, ticket, buf, (uint32_t)cap, nanos);
    pb_leave(ctx);
    return result;
}

EXPORT int64_t pb_cancel(int64_t id, int64_t ticket) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx)
        return PB_STALE;
    int64_t result = pb_queue_cancel(ctx->queue, ticket);
    pb_leave(ctx);
    return result;
}

EXPORT int64_t pb_is_queued(int64_t id, int64_t ticket) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx)
        return 0;
    bool result = pb_queue_is_queued(ctx->queue, ticket);
    pb_leave(ctx);
    return result;
}

EXPORT int64_t pb_interrupt(int64_t id, int64_t request) {
    return pb_interrupt_send(id, (uint64_t)request);
}

/* Requests on the owner's way, and requests run so far; -1 if the context is gone. */
EXPORT int64_t pb_queue_length(int64_t id) {
    pb_context *ctx = pb_enter(id, true);
    if (!ctx)
        return -1;
    int64_t result = pb_queue_depth(ctx->queue);
    pb_leave(ctx);
    return result;
}

EXPORT int64_t pb_request_count(int64_t id) {
    pb_context *ctx = pb_enter(id, true);
    if (!ctx)
        return -1;
    int64_t result = atomic_load_explicit(&ctx->requests, memory_order_relaxed);
    pb_leave(ctx);
    return result;
}

/* ---- views of Java's memory ---- */

/* Lends memory, which stays valid until it is closed and no longer in use. Its number, 0 if there is none left. */
EXPORT int64_t pb_open_view(void *address, int64_t length, int32_t writable) {
    return pb_view_open(address, length, writable != 0);
}

/* 1 if Python still sees the memory. */
EXPORT int64_t pb_close_view(int64_t view) {
    return pb_view_close(view);
}

EXPORT int64_t pb_is_view_in_use(int64_t view) {
    return pb_view_in_use(view);
}

/* ---- pools ---- */

EXPORT int64_t pb_create_pool(void) {
    return pb_pool_create();
}

EXPORT void pb_destroy_pool(int64_t number) {
    pb_pool_destroy(number);
}

EXPORT int64_t pb_drain(int64_t number, uint8_t *buf, int32_t cap, int64_t nanos) {
    return pb_pool_drain(number, buf, (uint32_t)cap, nanos);
}

EXPORT void pb_stop_drainer(int64_t number) {
    pb_pool_stop(number);
}

EXPORT int64_t pb_casts_completed(int64_t number) {
    return pb_pool_casts(number);
}

/* ---- objects that stay on their side ---- */

/* An id for a Java object, with a count of 1; 0 if memory is short. Negative (the highest bit is added) if others have
 * died, which pb_dead_refs tells. */
EXPORT int64_t pb_new_ref(void) {
    uint64_t id = pb_ref_new();
    return (int64_t)(id && pb_ref_any_dead() ? id | (uint64_t)1 << 63 : id);
}

/* Writes ids of Java objects that nobody in Python holds any more; returns how many. */
EXPORT int64_t pb_dead_refs(uint64_t *ids, int32_t cap) {
    return pb_ref_take_dead(ids, (uint32_t)cap);
}

EXPORT int64_t pb_live_refs(void) {
    return pb_ref_live();
}

/* Takes and gives back a count of an id; context 0 for a Java object. 0 if the id is not good. */
EXPORT int64_t pb_retain(int64_t context, int64_t id) {
    return pb_journey_retain(context, (uint64_t)id);
}

EXPORT void pb_release(int64_t context, int64_t id) {
    pb_journey_release(context, (uint64_t)id);
}

/* Gives back what a message holds that was written and will not be sent or read. */
EXPORT void pb_drop(uint8_t *message, int64_t length) {
    pb_journey_drop(message, (size_t)length);
}

/* Python objects of a context that Java holds; -1 if the context is gone. */
EXPORT int64_t pb_live_handles(int64_t id) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx)
        return -1;
    int64_t result = atomic_load_explicit(&ctx->handles.live, memory_order_relaxed);
    pb_leave(ctx);
    return result;
}
