/* Any bytes against the decoder: a target for libFuzzer (run.sh fuzz), which test_codec.c feeds with damaged messages. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_codec.h"
#include "pb_view.h"

enum { LIMIT = 1 << 24 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The only outcomes: a value, which can be written again, or an exception that says what is wrong with the message. */
bool fuzz_message(const pb_codec *codec, const uint8_t *data, size_t size) {
    uint8_t *exact = malloc(size ? size : 1); /* of exactly its size, so that AddressSanitizer sees a read past its end */
    if (size)
        memcpy(exact, data, size);
    PyObject *lent = NULL;
    pb_reader r = {exact, exact + size, &lent};
    PyObject *value = pb_decode(codec, &r);
    CHECK(r.at <= r.end);
    CHECK((value != NULL) == (py.PyErr_Occurred() == NULL));
    bool done = value != NULL;
    if (done) {
        pb_writer w = {.limit = LIMIT};
        pb_conversion_error error;
        if (!pb_encode(codec, &w, value, &error) && !strstr(error.message, "max-"))
            test_fail(__FILE__, __LINE__, "what was read cannot be written: %s", error.message);
        pb_writer_free(&w);
        py.Py_DecRef(value);
    } else {
        CHECK(!py.PyErr_ExceptionMatches(py.PyExc_MemoryError));
        PyObject *exception = py.PyErr_GetRaisedException(), *text = py.PyObject_Str(exception);
        bool malformed = py.PyObject_IsInstance(exception, py.PyExc_ValueError) == 1 ||
                         py.PyObject_IsInstance(exception, py.PyExc_TypeError) == 1;
        const char *message = text ? py.PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
        /* A channel is looked up in Java, which is not there. */
        if (!malformed && !(message && strcmp(message, "nobody serves callbacks in this process") == 0))
            test_fail(__FILE__, __LINE__, "it does not say that the message is malformed: %s", message ? message : "?");
        pb_clear(&text);
        pb_clear(&exception);
    }
    if (lent) {
        pb_view_end(codec, lent);
    }
    CHECK(py.PyErr_Occurred() == NULL);
    free(exact);
    return done;
}

/* ---- libFuzzer ---- */

static const pb_codec *codec;

static void write_seed(const uint8_t *bytes, size_t length, int number) {
    char path[4096];
    snprintf(path, sizeof path, "%s/seed-%d", getenv("PYBOOT_FUZZ_CORPUS"), number);
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

/* CPython is named by PYBOOT_FUZZ_PYTHON, the words of run.sh with newlines between them, as libFuzzer has the arguments
 * of the program. Seeds are written into the folder PYBOOT_FUZZ_CORPUS, before libFuzzer reads it. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    static char *words[32];
    size_t count = 0;
    const char *given = getenv("PYBOOT_FUZZ_PYTHON");
    CHECK(given != NULL);
    char *rest = strdup(given), *word;
    while ((word = strsep(&rest, "\n")) && count < 31)
        words[count++] = word;
    CHECK(count >= 4);
    test_cpython = (test_python){words[0], words[1], words[2], words[3], words + 4};
    test_python_start();
    test_python_attach();
    codec = test_codec_start();
    if (getenv("PYBOOT_FUZZ_CORPUS"))
        test_codec_corpus(write_seed);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_message(codec, data, size);
    return 0;
}
