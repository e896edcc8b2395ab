#include "pb_handle.h"

#include <string.h>

uint64_t pb_handle_new(pb_table *handles, PyObject *object) {
    py.Py_IncRef(object);
    uint64_t id = pb_table_add(handles, object);
    if (!id)
        py.Py_DecRef(object);
    return id;
}

PyObject *pb_handle_object(pb_table *handles, uint64_t id) {
    /* A count keeps the object while it gets a reference, also where there is no GIL. */
    if (!pb_table_retain(handles, id))
        return NULL;
    PyObject *object = pb_table_value(handles, id);
    py.Py_IncRef(object);
    pb_table_release(handles, id);
    return object;
}

bool pb_handle_retain(pb_context *ctx, uint64_t id) {
    return pb_table_retain(&ctx->handles, id);
}

void pb_handle_release(pb_context *ctx, uint64_t id) {
    if (pb_table_release(&ctx->handles, id))
        pb_queue_wake(ctx->queue);
}

static void release_dead(pb_context *ctx) {
    enum { BATCH = 64 };
    pb_dead dead[BATCH];
    uint32_t n;
    while ((n = pb_table_take_dead(&ctx->handles, dead, BATCH)) > 0) {
        for (uint32_t i = 0; i < n; i++)
            py.Py_DecRef(dead[i].value);
    }
    py.PyErr_Clear();
}

/* What a finaliser runs may call Java, which may call this context again. So it is in a frame, as if a cast ran it: the
 * owner then serves such requests while it waits. */
void pb_handle_reap(pb_context *ctx) {
    if (!pb_table_any_dead(&ctx->handles))
        return;
    pb_slot cast;
    memset(&cast, 0, sizeof cast);
    cast.kind = PB_CAST;
    pb_frame frame = {.ctx = ctx, .thread = &ctx->owner, .slot = &cast};
    pb_frame_push(&frame);
    release_dead(ctx);
    pb_frame_pop(&frame, true);
}

void pb_handle_clear(pb_context *ctx) {
    pb_table_kill_all(&ctx->handles);
    release_dead(ctx);
}
