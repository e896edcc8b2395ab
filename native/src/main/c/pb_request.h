/* The request that the calling thread runs, for code that wants to name it. */
#ifndef PB_REQUEST_H
#define PB_REQUEST_H

#include <stdint.h>

extern __thread uint64_t pb_current_request __attribute__((tls_model("initial-exec")));

#endif
