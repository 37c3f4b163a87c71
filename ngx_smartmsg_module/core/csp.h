#ifndef SMARTMSG_CORE_CSP_H
#define SMARTMSG_CORE_CSP_H

#include <stdbool.h>

#include "core/str.h"

/*
 * Whether the content security policies of a page (CSP Level 3,
 * https://www.w3.org/TR/CSP3/) let our script run, import its second file and
 * report. Policies are only read: adding a source or a nonce to one could
 * switch off what the page's own scripts rely on.
 *
 * Trusted Types (require-trusted-types-for, trusted-types) need no attention:
 * the runtime clones templates and never hands strings to a sink.
 */

typedef enum {
    SMARTMSG_CSP_ALLOW,     /* nothing to do */
    SMARTMSG_CSP_NONCE,     /* the script tag must carry the nonce */
    SMARTMSG_CSP_BLOCK      /* do not inject */
} smartmsg_csp_verdict_e;

/* One header value or the policies of a page's <meta> tags. */
typedef struct {
    smartmsg_str_t value;   /* any number of policies, parted by commas */
    bool report_only;       /* Content-Security-Policy-Report-Only */
    bool meta;              /* sandbox and report-only do not count there */
} smartmsg_csp_value_t;

/* Where the page is, as the browser sees it, and what it will fetch from there. */
typedef struct {
    bool https;             /* else http */
    bool upgradable;        /* an http page that the browser does not trust as
                               it trusts those of its own machine: under
                               upgrade-insecure-requests it asks for our files
                               over https, and the events leave the origin */
    bool base;              /* <base>: relative addresses lead anywhere */
    smartmsg_str_t host;    /* without port, an IPv6 address in brackets */
    unsigned port;          /* 0: the scheme's default */
    smartmsg_str_t script;  /* path of the runtime: "/smartmsg/rt.0123.js" */
    smartmsg_str_t ui;      /* path of the module that it imports */
    smartmsg_str_t event;   /* path events are posted to */
    smartmsg_str_t decide;  /* path that is asked for the messages of pages
                               without a load */
} smartmsg_csp_page_t;

typedef struct {
    smartmsg_csp_verdict_e verdict;
    smartmsg_str_t nonce;   /* NONCE: points into a value; characters of
                               base64 and base64url only */
    const char *directive;  /* BLOCK: whose fault it is, else NULL; static:
                               "sandbox", "upgrade-insecure-requests",
                               "require-sri-for", "script-src" (or its
                               fall-backs), "connect-src" (likewise), "nonce"
                               (policies that ask for different ones) */
} smartmsg_csp_result_t;

/*
 * Decides for all n values of a page together; they must outlive the result.
 * Every policy counts, those that only report as well, since a report for
 * each page view would be noise. Never fails: what cannot be understood
 * matches nothing, as in browsers.
 */
smartmsg_csp_result_t smartmsg_csp_decide(const smartmsg_csp_page_t *page,
                                          const smartmsg_csp_value_t *values,
                                          size_t n);

/* Whether they all let the page show an image of this address, which is written
   as in an <img>. */
bool smartmsg_csp_allows_image(const smartmsg_csp_page_t *page,
                               const smartmsg_csp_value_t *values, size_t n,
                               smartmsg_str_t address);

#endif
