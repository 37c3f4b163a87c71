#ifndef SMARTMSG_CORE_COOKIE_H
#define SMARTMSG_CORE_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

/* No browser sends a longer Cookie header; what comes behind is not read. */
#define SMARTMSG_COOKIE_HEADER_MAX 65536

/* Browsers ignore attributes longer than this (RFC 6265bis, section 5.6). */
#define SMARTMSG_COOKIE_ATTRIBUTE_MAX 1024

/* Longest name and longest value that a cookie of ours may have. */
#define SMARTMSG_COOKIE_NAME_MAX  128
#define SMARTMSG_COOKIE_VALUE_MAX 1024

typedef enum {
    SMARTMSG_SAMESITE_UNSET,
    SMARTMSG_SAMESITE_LAX,
    SMARTMSG_SAMESITE_STRICT,
    SMARTMSG_SAMESITE_NONE
} smartmsg_samesite_e;

/* A cookie to be set. Absent path or domain: empty string. */
typedef struct {
    smartmsg_str_t name;
    smartmsg_str_t value;
    smartmsg_str_t path;
    smartmsg_str_t domain;
    int64_t max_age;    /* seconds; 0 deletes the cookie, < 0: session cookie */
    smartmsg_samesite_e same_site;
    bool secure;
    bool http_only;
} smartmsg_set_cookie_t;

/*
 * Finds the cookie `name` (case-sensitive) in the value of one Cookie header,
 * read as servers read it (RFC 6265bis, section 4.2): pairs parted by ';',
 * blanks around names and values ignored, a pair without '=' has no name and
 * matches nothing, one pair of quotes around the value is removed. The first
 * match wins. On success stores the value, which borrows from header.
 */
bool smartmsg_cookie_find(smartmsg_str_t header, smartmsg_str_t name,
                          smartmsg_str_t *value);

/*
 * Tells whether the cookie can be set in every browser: name a token, value
 * of cookie octets, path and domain without control characters or ';', the
 * promises of the prefixes __Host- and __Secure- kept, SameSite=None only
 * with Secure. Returns NULL, or the reason why not, a static string made for
 * the operator. With secure_later set, Secure counts as given: it is added
 * for https only when the request is known.
 */
const char *smartmsg_cookie_check(const smartmsg_set_cookie_t *cookie,
                                  bool secure_later);

/*
 * Number of bytes of the Set-Cookie value (without the header's name).
 * The cookie must have passed smartmsg_cookie_check().
 */
size_t smartmsg_cookie_size(const smartmsg_set_cookie_t *cookie);

/*
 * Writes the Set-Cookie value to buf of `size` bytes, no NUL. Returns the
 * number of bytes, or 0 if they did not fit (nothing beyond size is touched).
 */
size_t smartmsg_cookie_write(const smartmsg_set_cookie_t *cookie, char *buf,
                             size_t size);

#endif
