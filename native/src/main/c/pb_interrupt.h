/* Interrupting one request, by its id. */
#ifndef PB_INTERRUPT_H
#define PB_INTERRUPT_H

#include "pb_context.h"

/* Raises pyboot.RequestInterrupted in the thread that runs the request, if it still does; 0 stands for every request. Does not wait: code inside C
 * that keeps the GIL delays it. False if the context is gone or a thread could not be made. */
bool pb_interrupt_send(int64_t id, uint64_t request);

#endif
