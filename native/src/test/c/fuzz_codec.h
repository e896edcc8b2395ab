/* Any bytes against the decoder. All functions need the GIL. */
#ifndef PB_FUZZ_CODEC_H
#define PB_FUZZ_CODEC_H

#include "pb_codec.h"

/* test_codec.c: makes the codec of its tests, once. */
const pb_codec *test_codec_start(void);

/* test_codec.c: gives each a message of every tag, and random ones. */
void test_codec_corpus(void (*each)(const uint8_t *bytes, size_t length, int number));

/* Decodes, and encodes what that gave; whether the bytes were a message. Anything but a value or a clean error ends the
 * process. */
bool fuzz_message(const pb_codec *codec, const uint8_t *data, size_t size);

#endif
