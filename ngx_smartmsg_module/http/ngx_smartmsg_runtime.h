/*
 * The browser runtime, compiled into the module.  The definitions are made at
 * build time by tools/embed-runtime.sh from browser/dist/rt.min.js.
 */

#ifndef NGX_SMARTMSG_RUNTIME_H
#define NGX_SMARTMSG_RUNTIME_H

#include <stddef.h>


/* The script as the browser gets it; not NUL terminated. */
extern const unsigned char  smartmsg_runtime[];
extern const size_t         smartmsg_runtime_len;

/* The same as one gzip member (RFC 1952), for Content-Encoding: gzip. */
extern const unsigned char  smartmsg_runtime_gz[];
extern const size_t         smartmsg_runtime_gz_len;

/*
 * First 16 hex digits of the SHA-256 of the script, NUL terminated: the HASH
 * of its URL PREFIX/rt.HASH.js, which can therefore be cached for ever.
 */
extern const char           smartmsg_runtime_hash[17];


#endif /* NGX_SMARTMSG_RUNTIME_H */
