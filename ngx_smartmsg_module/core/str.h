#ifndef SMARTMSG_CORE_STR_H
#define SMARTMSG_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * A borrowed run of bytes: not NUL terminated, owned by whoever made it.
 * The empty string may have a NULL pointer.
 */
typedef struct {
    const char *data;
    size_t len;
} smartmsg_str_t;

/* A string literal as smartmsg_str_t. */
#define SMARTMSG_STR(literal) ((smartmsg_str_t){literal, sizeof(literal) - 1})

static inline smartmsg_str_t smartmsg_str(const char *data, size_t len)
{
    return (smartmsg_str_t){data, len};
}

static inline bool smartmsg_str_eq(smartmsg_str_t a, smartmsg_str_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Order of the bytes; a shorter string comes before its continuations. */
static inline int smartmsg_str_cmp(smartmsg_str_t a, smartmsg_str_t b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.data, b.data, n) : 0;

    if (order != 0) {
        return order;
    }

    return (a.len > b.len) - (a.len < b.len);
}

/* Some editors put U+FEFF in front, which no JSON parser likes. */
static inline smartmsg_str_t smartmsg_str_without_bom(smartmsg_str_t text)
{
    if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) {
        return smartmsg_str(text.data + 3, text.len - 3);
    }

    return text;
}

/* Equality that ignores the case of ASCII letters, whatever the locale. */
bool smartmsg_str_case_eq(smartmsg_str_t a, smartmsg_str_t b);

#endif
