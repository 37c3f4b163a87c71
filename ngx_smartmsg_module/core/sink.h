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
    size_t digits = 1;

    for (uint64_t rest = n; rest >= 10; rest /= 10) {
        digits++;
    }

    sink->len += digits;

    if (sink->out != NULL) {
        for (char *p = sink->out + sink->len; digits > 0; digits--) {
            *--p = (char)('0' + n % 10);
            n /= 10;
        }
    }
}

#endif
