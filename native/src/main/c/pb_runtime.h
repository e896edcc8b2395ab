/* CPython in this process: loaded and initialised once, on a thread of its own that stays. */
#ifndef PB_RUNTIME_H
#define PB_RUNTIME_H

#include "pb_context.h"

typedef struct {
    const char *library;    /* libpython */
    const char *home;       /* base prefix */
    const char *executable; /* becomes sys.executable */
    const char *package;    /* the folder with the package pyboot */
    const uint8_t *config;  /* a dict for pyboot._engine.setup_main, as the codec writes it */
    uint32_t config_length;
} pb_runtime_options;

/* True once CPython runs. On failure the reply says why. Called once at a time; a second success is a no-op. */
bool pb_runtime_start(const pb_runtime_options *options, pb_writer *reply);

#endif
