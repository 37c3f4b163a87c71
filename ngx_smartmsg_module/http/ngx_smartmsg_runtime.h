/*
 * The browser runtime, compiled into the module.  The definitions are made at
 * build time by tools/embed-runtime.sh from browser/dist/.
 */

#ifndef NGX_SMARTMSG_RUNTIME_H
#define NGX_SMARTMSG_RUNTIME_H

#include <stddef.h>


#define SMARTMSG_RUNTIME_HASH_LEN  16


/*
 * One file, at PREFIX/NAME.HASH.js.  The hash, the first hex digits of the
 * SHA-256 of its content, is in the URL, which can therefore be cached for
 * ever.
 */

typedef struct {
    const char           *name;
    const char           *hash;

    /* as the browser gets it; not NUL terminated */
    const unsigned char  *data;
    size_t                len;

    /* the same as one gzip member (RFC 1952), for Content-Encoding: gzip */
    const unsigned char  *gz;
    size_t                gz_len;
} smartmsg_runtime_t;


/* what pages load: a classic script */
extern const smartmsg_runtime_t  smartmsg_runtime_rt;

/* what that imports before a message is shown: an ES module */
extern const smartmsg_runtime_t  smartmsg_runtime_ui;


#endif /* NGX_SMARTMSG_RUNTIME_H */
