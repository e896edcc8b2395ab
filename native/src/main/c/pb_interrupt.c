#include "pb_interrupt.h"

#include <stdlib.h>

typedef struct {
    pb_context *ctx; /* inside, so it does not end under the interrupter */
    uint64_t request;
} job;

/* Raises in one thread, if it runs the request (0: whatever it runs). Under the GIL and the context's lock. */
static bool raise_in(pb_context *ctx, pb_thread *target, uint64_t request) {
    pb_frame *top = atomic_load(&target->frame);
    bool found = false;
    for (pb_frame *frame = top; frame && (request == 0 || !found); frame = frame->outer) {
        if (request != 0 && frame->request != request)
            continue;
        /* The flags first: the request's end looks at them after it has left the list. */
        atomic_store(&frame->interrupted, true);
        atomic_store(&frame->deferred, frame != top);
        atomic_store(&frame->cut, true);
        found = true;
    }
    return found && py.PyThreadState_SetAsyncExc(target->ident, ctx->state.interrupted) != 0;
}

/* A throw-away thread: it may wait for the GIL for as long as the code it wants to interrupt keeps it. */
static void *interrupt_main(void *argument) {
    job j = *(job *)argument;
    free(argument);
    bool hit = false;
    PyThreadState *ts = py.PyThreadState_New(j.ctx->interp);
    if (ts) {
        py.PyEval_AcquireThread(ts);
        pthread_mutex_lock(&j.ctx->lock);
        hit = raise_in(j.ctx, &j.ctx->owner, j.request);
        for (pb_thread *t = j.ctx->threads; t; t = t->next)
            hit |= raise_in(j.ctx, t, j.request);
        pthread_mutex_unlock(&j.ctx->lock);
        pb_queue_wake(j.ctx->queue); /* the owner may wait for the answer of a callback */
        py.PyThreadState_Clear(ts);
        py.PyThreadState_DeleteCurrent();
    }
    pb_count(hit ? PB_INTERRUPTS_DELIVERED : PB_INTERRUPTS_TOO_LATE);
    pb_leave(j.ctx);
    return NULL;
}

bool pb_interrupt_send(int64_t id, uint64_t request) {
    pb_context *ctx = pb_enter(id, false);
    if (!ctx)
        return false;
    uint32_t phase = atomic_load(&ctx->phase);
    job *j = phase == PB_READY || phase == PB_STOPPING ? malloc(sizeof *j) : NULL;
    if (!j) {
        pb_leave(ctx);
        return false;
    }
    *j = (job){ctx, request};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 1 << 20);
    pb_count(PB_INTERRUPTS_SENT);
    int result = pthread_create(&thread, &attributes, interrupt_main, j);
    pthread_attr_destroy(&attributes);
    if (result != 0) {
        pb_count(PB_INTERRUPTS_TOO_LATE);
        free(j);
        pb_leave(ctx);
        return false;
    }
    return true;
}
