/*
 * Preview links: whoever has one sees a message before it is on, and why each
 * rule was or was not chosen. The link's token names rule, variation and end,
 * and is signed with the site's secret, so that nothing has to be looked up.
 */

#ifndef SMARTMSG_CORE_PREVIEW_H
#define SMARTMSG_CORE_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/rule.h"
#include "core/str.h"

/* The argument of an address that holds the token. */
#define SMARTMSG_PREVIEW_ARG "smartmsg_preview"

/* The setting that is the secret: so many characters. */
#define SMARTMSG_PREVIEW_SETTING "preview.secret"
#define SMARTMSG_PREVIEW_SECRET_MIN 32
#define SMARTMSG_PREVIEW_SECRET_MAX 128

#define SMARTMSG_PREVIEW_VARIATION_MAX 128  /* bytes */

/* RULE~VARIATION~END~SIGNATURE: 20 digits and 43 characters at most. */
#define SMARTMSG_PREVIEW_TOKEN_MAX \
    (SMARTMSG_RULE_ID_MAX + SMARTMSG_PREVIEW_VARIATION_MAX + 20 + 43 + 3)

typedef struct {
    smartmsg_str_t rule;        /* a valid id */
    smartmsg_str_t variation;   /* its key; empty: whichever it would be */
    int64_t end;                /* unix seconds: good before that */
} smartmsg_preview_t;

/* Whether a text can be the secret. */
bool smartmsg_preview_secret_valid(smartmsg_str_t secret);

/*
 * Writes the token of a preview, not encoded for a URL, no NUL. Returns its
 * length, 0 if the rule is no id or the variation is too long or has control
 * characters.
 */
size_t smartmsg_preview_sign(const smartmsg_preview_t *preview,
                             smartmsg_str_t secret,
                             char token[SMARTMSG_PREVIEW_TOKEN_MAX]);

/*
 * Whether a token, decoded, was signed with the secret and is still good at
 * time now. The time that takes does not depend on how wrong the signature
 * is. *preview borrows from the token.
 */
bool smartmsg_preview_verify(smartmsg_str_t token, smartmsg_str_t secret,
                             int64_t now, smartmsg_preview_t *preview);

/*
 * Copies a query string without arguments of that name, and without the
 * ampersands that parted them, to rest, which has room for query.len bytes.
 * Returns the length; *value is that of the first one, still encoded and
 * borrowed from query. False if there is none: then nothing was written.
 */
bool smartmsg_preview_cut(smartmsg_str_t query, char *rest, size_t *len,
                          smartmsg_str_t *value);

#endif
