/*
 * Search engines as referrers.
 */

#ifndef SMARTMSG_CORE_SEARCH_H
#define SMARTMSG_CORE_SEARCH_H

#include <stdbool.h>

#include "core/str.h"

/*
 * The engine whose result page is on this host (lower case, as
 * smartmsg_referrer_host() gives it): "google", "bing" ...; empty if it is
 * none.  Other services of the same company (mail.google.com) are none.
 */
smartmsg_str_t smartmsg_search_engine(smartmsg_str_t host);

/*
 * What was searched for, out of the URL of a result page on this host,
 * decoded and cleaned as by smartmsg_query_get().  Returns false with *len = 0
 * where the engine does not tell, as most of them no longer do.
 */
bool smartmsg_search_term(smartmsg_str_t host, smartmsg_str_t url, char *buf,
    size_t size, size_t *len);

#endif
