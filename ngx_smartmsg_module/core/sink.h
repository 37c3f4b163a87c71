#ifndef SMARTMSG_CORE_SINK_H
#define SMARTMSG_CORE_SINK_H

#include "core/str.h"

#include <stdint.h>

/*
 * Output that is made twice by the same code: once with out NULL, to learn how
 * long it gets, then into memory that has room for exactly that.
 */
typedef struct {
    char *out;
    size_t len;     /* bytes put so far */
} smartmsg_sink_t;

static inline void smartmsg_sink_put(smartmsg_sink_t *sink,
                                     smartmsg_str_t piece)
{
    if (sink->out != NULL && piece.len > 0) {
        memcpy(sink->out + sink->len, piece.data, piece.len);
    }

    sink->len += piece.len;
}

/* For a NUL terminated string of the program itself. */
static inline void smartmsg_sink_puts(smartmsg_sink_t *sink, const char *text)
{
    smartmsg_sink_put(sink, smartmsg_str(text, strlen(text)));
}

/* Where the next byte goes; NULL while only the length is wanted. */
static inline char *smartmsg_sink_end(const smartmsg_sink_t *sink)
{
    return sink->out != NULL ? sink->out + sink->len : NULL;
}

/* In decimal. */
static inline void smartmsg_sink_number(smartmsg_sink_t *sink, uint64_t n)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);

    smartmsg_sink_put(sink, smartmsg_str(digits + at, sizeof(digits) - at));
}

#endif
