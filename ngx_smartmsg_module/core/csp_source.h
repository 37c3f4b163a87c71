#ifndef SMARTMSG_CORE_CSP_SOURCE_H
#define SMARTMSG_CORE_CSP_SOURCE_H

#include "core/csp.h"

/* Takes the next word off the front of *list, parted by ASCII white space;
   false when there is none. */
bool smartmsg_csp_word(smartmsg_str_t *list, smartmsg_str_t *word);

/* What a page fetches. */
typedef struct {
    bool own;               /* from its own origin */
    bool https;
    smartmsg_str_t host;
    unsigned port;          /* 0: the scheme's default */
    smartmsg_str_t path;    /* empty: unknown, only sources without one match */
} smartmsg_csp_url_t;

/*
 * Reads the address of an image as a page has it: "https://cdn.example/a.png",
 * "//cdn.example/a.png", "/a.png?1", "a.png". False for other schemes.
 */
bool smartmsg_csp_url_parse(smartmsg_str_t text,
                            const smartmsg_csp_page_t *page,
                            smartmsg_csp_url_t *url);

bool smartmsg_csp_url_matches(smartmsg_str_t source,
                              const smartmsg_csp_page_t *page,
                              const smartmsg_csp_url_t *url);

/*
 * Whether a source expression matches a URL of the page's own origin with the
 * given path (CSP3, section 6.7.2.8, with no redirect before): 'self',
 * "https:", "*", "*.example.com:8080/assets/". Nonces, hashes, other keywords
 * and what is no source expression match nothing.
 */
bool smartmsg_csp_source_matches(smartmsg_str_t source,
                                 const smartmsg_csp_page_t *page,
                                 smartmsg_str_t path);

#endif
