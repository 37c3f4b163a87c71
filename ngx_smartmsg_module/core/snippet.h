#ifndef SMARTMSG_CORE_SNIPPET_H
#define SMARTMSG_CORE_SNIPPET_H

#include <stdbool.h>

#include "core/ruleset.h"
#include "core/str.h"

/*
 * What is put into a page: a template element for each armed message, one
 * for what concerns the page as a whole, one with the trace of a preview, then
 * the script. ASCII only, without white
 * space around or between, never "<!--".
 *
 * The script's attribute data-smartmsg says how many templates there are, so
 * that it finds out if a framework has thrown them away, followed by "v" if
 * the view has yet to be reported; or it says "fetch".
 */
typedef struct {
    const smartmsg_armed_t *armed;  /* may be NULL if n is 0 */
    size_t n;
    smartmsg_str_t language;        /* the page's, "de-AT"; empty: unknown */
    smartmsg_str_t script_url;      /* written as an escaped attribute;
                                       empty: no script */
    smartmsg_str_t nonce;           /* of the page's CSP; empty: none */
    bool fetch;                     /* the script asks for the messages */
    bool preview;                   /* messages neither count nor report */
    const smartmsg_facts_t *facts;  /* for the texts; NULL: none is known */
    const smartmsg_theme_t *theme;  /* of the site; NULL: none */
    bool view;                      /* ask for one view event */
    bool anonymous;                 /* nothing may be remembered */
    bool consent;                   /* the browser is to look for consent */
    bool ga4;                       /* tell the dataLayer of messages */
    bool search;                    /* a search engine has led here */
    smartmsg_str_t pack;            /* of the shop, escaped; empty: none */
    smartmsg_str_t trace;           /* of a preview, escaped; empty: none */
} smartmsg_snippet_t;

/*
 * Bytes that smartmsg_snippet_write() needs at most: somewhat more than it
 * writes, but found without writing.
 */
size_t smartmsg_snippet_room(const smartmsg_snippet_t *snippet);

/*
 * Writes the snippet, no NUL, to buf that has room for it. Returns the number
 * of bytes.
 */
size_t smartmsg_snippet_write(const smartmsg_snippet_t *snippet, char *buf);

/*
 * Whether nonce has the form that a CSP nonce has (base64 or base64url, CSP
 * Level 3, section 2.3.1), at most 256 bytes. Any other is worth nothing:
 * browsers ignore the policy's source expression.
 */
bool smartmsg_snippet_nonce_valid(smartmsg_str_t nonce);

#endif
