#include "pb_interrupt.h"

#include <stdlib.h>

typedef struct {
    pb_context *ctx; /* inside, so it does not end under the interrupter */
    uint64_t request;
} job;

/* The thread that runs the request, or NULL. Under the context's lock. */
static pb_thread *find(pb_context *ctx, uint64_t request) {
    if (atomic_load(&ctx->owner.request) == request)
        return &ctx->owner;
    for (pb_thread *t = ctx->threads; t; t = t->next) {
        if (atomic_load(&t->request) == request)
            return t;
    }
    return NULL;
}

/* A throw-away thread: it may wait for the GIL for as long as the code it wants to interrupt keeps it. */
static void *interrupt_main(void *argument) {
    job j = *(job *)argument;
    free(argument);
    PyThreadState *ts = py.PyThreadState_New(j.ctx->interp);
    if (ts) {
        py.PyEval_AcquireThread(ts);
        pthread_mutex_lock(&j.ctx->lock);
        pb_thread *target = find(j.ctx, j.request);
        int hit = 0;
        if (target) {
            /* The flag first: the request's end looks at it after it has cleared the request. */
            atomic_store(&target->interrupted, true);
            hit = py.PyThreadState_SetAsyncExc(target->ident, j.ctx->state.interrupted);
        }
        pthread_mutex_unlock(&j.ctx->lock);
        pb_count(hit ? PB_INTERRUPTS_DELIVERED : PB_INTERRUPTS_TOO_LATE);
        py.PyThreadState_Clear(ts);
        py.PyThreadState_DeleteCurrent();
    } else {
        pb_count(PB_INTERRUPTS_TOO_LATE);
    }
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
