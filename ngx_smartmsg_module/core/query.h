#ifndef SMARTMSG_CORE_QUERY_H
#define SMARTMSG_CORE_QUERY_H

#include <stdbool.h>

#include "core/str.h"

/* Longest name of a host (RFC 1035), and room enough for an IPv6 literal. */
#define SMARTMSG_HOST_MAX 255

/*
 * Finds the argument `name` in a raw query string (what follows the '?'; pairs
 * parted by '&') and writes its decoded value to buf: %XX and '+' are decoded
 * (WHATWG URL, application/x-www-form-urlencoded), control characters and
 * bytes that are no valid UTF-8 are dropped, leading and trailing blanks too,
 * and what does not fit into `size` bytes is cut off between two characters.
 * Names are compared after decoding, by case; the first match wins. An
 * argument without '=' has the empty value. Returns false, with *len = 0, if
 * there is no such argument. No NUL is written.
 */
bool smartmsg_query_get(smartmsg_str_t query, smartmsg_str_t name, char *buf,
                        size_t size, size_t *len);

/*
 * Copies foreign text to buf the same way: without control characters and
 * invalid UTF-8, trimmed, cut to `size` bytes between two characters, but
 * without decoding anything. Returns the number of bytes written.
 */
size_t smartmsg_query_clean(smartmsg_str_t text, char *buf, size_t size);

/*
 * Writes the host of an absolute http or https URL (a Referer header) to buf,
 * in lower case, without user name, port or a trailing dot; IPv6 literals keep
 * their brackets. Returns its length, or 0 if there is none that can be
 * trusted: other scheme, empty, longer than `size` or SMARTMSG_HOST_MAX, or
 * with characters that no host has.
 */
size_t smartmsg_referrer_host(smartmsg_str_t url, char *buf, size_t size);

#endif
