/*
 * What is wrong with a document, in one sentence a user can act on.
 */

#ifndef SMARTMSG_CORE_ERROR_H
#define SMARTMSG_CORE_ERROR_H

#include <stddef.h>

#if defined(__GNUC__)
#define SMARTMSG_PRINTF(string, first) \
    __attribute__((format(printf, string, first)))
#else
#define SMARTMSG_PRINTF(string, first)
#endif

/*
 * line and column count from 1, 0 = not known (only a JSON syntax error has
 * them).  path is a JSON path such as rules[0].condition.cart.value.$gt, ""
 * for the document itself.  Both texts are NUL terminated and cut when they
 * do not fit; cutting never splits a UTF-8 sequence.
 */
typedef struct {
    int line;
    int column;
    char path[256];
    char text[256];
} smartmsg_error_t;

/* Empties err.  NULL is allowed. */
void smartmsg_error_clear(smartmsg_error_t *err);

/*
 * Sets path and text, line and column become 0.  path may be NULL (= "").
 * err may be NULL: then nothing happens, so callers need not test it.
 */
void smartmsg_error_set(smartmsg_error_t *err, const char *path,
    const char *format, ...) SMARTMSG_PRINTF(3, 4);

/* The same for a place in a text. */
void smartmsg_error_set_at(smartmsg_error_t *err, int line, int column,
    const char *format, ...) SMARTMSG_PRINTF(4, 5);

/* "out of memory", the only error that is not the document's fault. */
void smartmsg_error_no_memory(smartmsg_error_t *err);

/*
 * A JSON path that grows and shrinks while a document is walked.  Zero
 * initialised it is the empty path.  What does not fit is cut.
 */
typedef struct {
    char text[256];
    size_t len;
} smartmsg_path_t;

/* Both return the former length, which smartmsg_path_pop() takes back. */
size_t smartmsg_path_key(smartmsg_path_t *path, const char *key);
size_t smartmsg_path_index(smartmsg_path_t *path, size_t index);
void smartmsg_path_pop(smartmsg_path_t *path, size_t len);

/*
 * The word of the NULL terminated list that was probably meant by word (at
 * most two typing errors, or one in a short word), or NULL.
 */
const char *smartmsg_suggest(const char *word, const char *const *words);

#endif
