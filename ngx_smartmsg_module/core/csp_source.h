#ifndef SMARTMSG_CORE_CSP_SOURCE_H
#define SMARTMSG_CORE_CSP_SOURCE_H

#include "core/csp.h"

/* Takes the next word off the front of *list, parted by ASCII white space;
   false when there is none. */
bool smartmsg_csp_word(smartmsg_str_t *list, smartmsg_str_t *word);

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
