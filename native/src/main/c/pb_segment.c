#include "pb_segment.h"

#include <pthread.h>
#include <stdlib.h>

/* A leaf lock: nothing is called while it is held. It guards the table and the list of free entries. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t **table;
static uint32_t *free_numbers;
static uint32_t capacity, used, free_count;

/* Invariant: numbers 1..used have been given out; those in free_numbers[0..free_count) are unused now. */
static int grow(void) {
    uint32_t wanted = capacity ? capacity * 2 : 64;
    uint8_t **bigger = realloc(table, (wanted + 1) * sizeof *table);
    if (!bigger)
        return -1;
    table = bigger;
    uint32_t *numbers = realloc(free_numbers, wanted * sizeof *numbers);
    if (!numbers)
        return -1;
    free_numbers = numbers;
    capacity = wanted;
    return 0;
}

uint32_t pb_segment_put(uint8_t *bytes) {
    pthread_mutex_lock(&lock);
    uint32_t number = 0;
    if (free_count > 0)
        number = free_numbers[--free_count];
    else if (used < capacity || grow() == 0)
        number = ++used;
    if (number)
        table[number] = bytes;
    pthread_mutex_unlock(&lock);
    return number;
}

uint8_t *pb_segment_get(uint32_t number) {
    pthread_mutex_lock(&lock);
    uint8_t *bytes = number >= 1 && number <= used ? table[number] : NULL;
    pthread_mutex_unlock(&lock);
    return bytes;
}

uint8_t *pb_segment_take(uint32_t number) {
    pthread_mutex_lock(&lock);
    uint8_t *bytes = number >= 1 && number <= used ? table[number] : NULL;
    if (bytes) {
        table[number] = NULL;
        free_numbers[free_count++] = number;
    }
    pthread_mutex_unlock(&lock);
    return bytes;
}
