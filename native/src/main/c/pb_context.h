/* A context: one interpreter (or one namespace of the main interpreter), its owner thread, its queue, and the thread
 * states of the Java threads that enter it. */
#ifndef PB_CONTEXT_H
#define PB_CONTEXT_H

#include <pthread.h>

#include "pb_codec.h"
#include "pb_counters.h"
#include "pb_futex.h"
#include "pb_queue.h"

typedef struct pb_context pb_context;
typedef struct pb_pool pb_pool;

/* What a context keeps of its interpreter. References owned by the context, touched under its GIL only. */
typedef struct {
    PyObject *main;          /* the namespace that eval and exec use */
    PyObject *builtins;      /* of the interpreter, for session namespaces */
    PyObject *sessions;      /* dict: number -> namespace */
    PyObject *code[2];       /* dicts: source -> code, for eval and exec */
    PyObject *engine;        /* the module pyboot._engine */
    PyObject *resolve;       /* its functions */
    PyObject *resolve_in;
    PyObject *compile_source;
    PyObject *describe;
    PyObject *collect;
    PyObject *renew;
    PyObject *interrupted;   /* pyboot.RequestInterrupted */
    PyObject *raise_java;
    PyObject *keep;          /* makes the result of a request a handle, or its elements handles */
    PyObject **parents;      /* by function number: the object that holds the function, and its name there */
    PyObject **names;
    uint32_t functions;      /* length of the two arrays */
    uint32_t reloads;        /* how many reloads what is kept there has seen; see pb_reloaded */
    pb_codec codec;
    size_t max_message;
} pb_state;

/* One request on the stack of the thread that runs it. A callback into Java may come back with another request: that
 * one's frame is put on top. The thread pushes frames, and pops them under the GIL (and, where there is none, under the
 * context's lock), so that whoever holds the GIL and the lock may walk the frames of any thread. */
typedef struct pb_frame {
    struct pb_frame *outer; /* of the same thread state */
    struct pb_frame *below; /* of the same thread of the system, in whatever context; that thread's own */
    pb_context *ctx;
    struct pb_thread *thread;
    uint64_t request;
    uint32_t depth; /* frames further out */
    /* The owner's way: the slot of the request. NULL on the caller's way. */
    pb_slot *slot;
    /* The caller's way: its buffer, which callbacks use while buf_free: neither the request is read nor the reply is
     * written then. */
    uint8_t *buf;
    size_t cap;
    bool buf_free;
    /* An async exception was set for this request. Under the same rule as the list. */
    _Atomic bool interrupted;
    /* It was set while the thread ran a frame further in, which may have used it up. */
    _Atomic bool deferred;
    /* The wait for a callback's answer is to end. */
    _Atomic bool cut;
    PyObject *at_end; /* called when the request has ended; owned, NULL for nothing */
} pb_frame;

/* The frame on top of the calling thread, NULL for none. */
extern __thread pb_frame *pb_current __attribute__((tls_model("initial-exec")));

/* One thread's way into one context. Made by the thread itself; owned by the context, which frees it when the thread
 * has died (orphan) or when the context ends. */
typedef struct pb_thread {
    struct pb_thread *next; /* list of the context, under its lock */
    PyThreadState *ts;
    PyObject *context;      /* an empty PEP 567 context, kept from request to request while it stays empty */
    unsigned long ident;    /* as Python knows the thread */
    char *stack_end;        /* Python code must not go below this address; NULL if that is not known */
    bool orphan;            /* the thread is dead; under the lock */
    pb_frame *_Atomic frame; /* the request on top; see there */
} pb_thread;

typedef enum { PB_UNUSED, PB_STARTING, PB_READY, PB_STOPPING, PB_ENDED, PB_FAILED } pb_phase;

struct pb_context {
    uint32_t index;
    bool subinterpreter;
    pb_pool *pool;
    /* Part of the id. Changes when the context has ended, so that ids of its former life match nothing. */
    _Atomic uint32_t generation;
    _Atomic uint32_t phase; /* pb_phase; a futex word: whoever waits for a start or an end sleeps here */
    _Atomic uint32_t ended; /* the last generation that has ended; a futex word */
    _Atomic uint32_t abandoned; /* the generation that was abandoned; written before ended. Such a structure is not reused */
    /* Threads inside a function of this library that use the context. Entering means: increment, then look at the
     * generation and the phase. Ending means: change the phase, then wait until nobody is inside. */
    _Atomic uint32_t inside;
    PyInterpreterState *_Atomic interp; /* set by the owner; read by whoever looks for the context of its interpreter */
    pb_state state;
    pb_thread owner;
    pb_queue *queue;
    pb_table handles; /* Python objects that Java holds */
    pthread_mutex_t lock; /* a leaf lock: nothing of Python is called under it. Guards threads and orphan flags */
    pb_thread *threads;
    _Atomic uint32_t orphans; /* how many of them are orphans; a hint, so that entries need no lock */
    _Atomic int64_t requests; /* run so far */
    /* For the start: what setup() of pyboot._engine is given, and the reply (a description of what went wrong). */
    uint8_t *config; /* a copy: whoever starts the context may give up and go before the owner thread reads it */
    uint32_t config_length;
    pb_writer start_reply;
    _Atomic int64_t end_grace; /* nanoseconds that Python threads and callers are given when the context ends */
};

/* ---- pb_registry.c: ids ---- */

enum { PB_MAX_CONTEXTS = 4096 };

/* A fresh context in phase STARTING; NULL if there are too many. */
pb_context *pb_context_new(void);
int64_t pb_context_id(pb_context *ctx);

/* Enters the context of an id: it stays valid until pb_leave. NULL if it is gone, or, with only_ready, if it does not
 * take work. */
pb_context *pb_enter(int64_t id, bool only_ready);
void pb_leave(pb_context *ctx);

/* The structure of an id, whether or not that life of it has ended; NULL for an id that never was. */
pb_context *pb_context_of(int64_t id);

/* The context whose owner thread calls, or one whose interpreter the calling thread is attached to: entered, as by
 * pb_enter. NULL if there is none. */
pb_context *pb_enter_here(void);

/* Set by an owner thread for itself. */
extern __thread pb_context *pb_owned __attribute__((tls_model("initial-exec")));

/* Makes the structure available for another context. */
void pb_context_recycle(pb_context *ctx);

/* ---- pb_thread.c: thread states ---- */

/* The calling thread's record for the context, made at the first call; NULL if memory is short. The caller is inside. */
pb_thread *pb_thread_enter(pb_context *ctx);

/* Takes the GIL with the thread's state. False if memory is short; nothing is attached then.
 *
 * CPython writes into the state that a thread attached last when the thread attaches another one. That state is freed
 * when its context ends, whether or not the thread lives. So a thread that comes from another context keeps that one
 * from ending meanwhile, or makes CPython forget its state if it has ended. */
bool pb_thread_attach(pb_context *ctx, pb_thread *thread);

/* The same for other code that attaches a state: before it does, it must hold the context of the state that the calling
 * thread attached last, and pb_leave it afterwards (NULL: nothing to hold). False if memory is short. */
bool pb_thread_hold_last(pb_context **held);

/* Notes the id of the context whose state CPython keeps for the calling thread: 0 after another state was attached and
 * deleted. Returns what it was before, for code that attaches that one again. */
int64_t pb_thread_last(int64_t now);

/* Frees the thread states of dead threads. Under the context's GIL, which is given up meanwhile; between requests of the
 * calling thread, since an interrupt could not tell its thread state from the one that is used for this. */
void pb_thread_reap(pb_context *ctx);

/* Frees all thread states but the owner's. As above; no other thread is inside. */
void pb_thread_clear_all(pb_context *ctx);

/* Begins and ends a request on a thread. ctx, thread, request and the way's fields of the frame are set by the caller.
 * The end is under the GIL if attached. */
void pb_frame_push(pb_frame *frame);
void pb_frame_pop(pb_frame *frame, bool attached);

/* ---- pb_exec.c: requests ---- */

typedef enum {
    PB_OP_CALL = 1,    /* i32 function, args, kwargs */
    PB_OP_CALL_NAMED,  /* str name, args, kwargs: resolved in the session, or by module if there is none */
    PB_OP_EVAL,        /* str source, variables */
    PB_OP_EXEC,        /* str source, variables */
    PB_OP_GC,          /* nothing */
    PB_OP_SESSION_END  /* nothing: forgets the namespace */
} pb_op;

/* Added to an operation; the highest bit is PB_JOURNEYS. */
enum {
    PB_KEEP_RESULT = 0x40,  /* the result is to be a handle */
    PB_KEEP_ELEMENTS = 0x20 /* the elements of the result, or the values of a dict, are to be handles */
};

/* Added to the kind of a reply: there are Java objects that Python has let go of. */
enum { PB_SWEEP = 0x40 };

typedef enum {
    PB_REPLY_VALUE,         /* a value */
    PB_REPLY_RAISED,        /* the tuple of pyboot._engine.describe */
    PB_REPLY_RAISED_PLAIN,  /* str type, str message: describing it failed */
    PB_REPLY_UNCONVERTIBLE, /* str message, str path: the result cannot cross */
    PB_REPLY_MALFORMED,     /* str message: the request cannot be read */
    PB_REPLY_STOPPED        /* nothing: the context ended before the request's turn */
} pb_reply;

/* Functions by number, for all contexts. Names are UTF-8, "module:qualified.name". False if the number is taken by
 * another name, is out of range or memory is short. */
bool pb_function_define(uint32_t number, const char *name, uint32_t length);

/* Modules were replaced in some interpreter: every context looks up its functions anew, from its next request on. Any
 * thread. */
void pb_reloaded(void);

/* Runs one request under the GIL and writes its reply. True if it succeeded. */
bool pb_execute(pb_frame *frame, const uint8_t *bytes, size_t length, pb_writer *reply);

/* Writes the reply for the exception that is set, and clears it. */
void pb_reply_raised(pb_state *state, pb_writer *reply);

/* Fills the state from the interpreter: imports pyboot._engine and runs its setup. False with an exception set. */
bool pb_state_init(pb_context *ctx);
void pb_state_clear(pb_state *state);

/* ---- pb_callback.c: Python calls Java ---- */

/* The functions of the module _pyboot that call Java: java_function and call_java. */
PyObject *pb_java_function(PyObject *self, PyObject *number_and_name);

/* Runs a message of a callback on the calling thread, which is one of Java's that waits in pb_call. Returns the address
 * of the answer: u64 length, then so many bytes; 0 if there is none. The memory stays as it is until Java calls this
 * library again on the same thread. */
typedef int64_t (*pb_upcall)(int64_t pool, int64_t message, int64_t length);
void pb_callback_set_upcall(pb_upcall upcall);

/* ---- pb_serve.c: the owner thread ---- */

/* Owner: runs the request in a slot. Under the GIL. */
void pb_serve_one(pb_context *ctx, pb_slot *slot);

/* Starts the owner thread. 0, or an errno. */
int pb_serve_start(pb_context *ctx);

/* ---- pb_pool.c: finished requests of a pool's contexts ---- */

pb_pool *pb_pool_get(uint32_t number);
void pb_pool_add(pb_pool *pool, pb_context *ctx);
/* abandoned: the context may still notify the pool, whose number is not given to another pool then. */
void pb_pool_remove(pb_pool *pool, pb_context *ctx, bool abandoned);
void pb_pool_notify(pb_pool *pool);
/* Whether the drainer was told to end; what was pushed before this said no will be drained. */
bool pb_pool_stopping(pb_pool *pool);
int64_t pb_pool_number(pb_pool *pool);
void pb_pool_count_cast(pb_pool *pool);

/* ---- pb_runtime.c: CPython in this process ---- */

/* The folder with the package pyboot. */
const char *pb_runtime_package_path(void);

/* Registers the built-in module _pyboot in the current interpreter. False with an exception set. */
bool pb_module_register(void);

/* Runs pyboot._engine.name(argument) in the main interpreter, from a thread that holds no GIL, or that of another
 * interpreter, which it gives up meanwhile. The result, a str, is copied into malloc'ed memory; NULL for None. False
 * if it raised: the text is what it raised then. */
bool pb_main_call(const char *name, const char *argument, char **text);

#endif
