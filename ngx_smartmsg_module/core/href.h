#ifndef SMARTMSG_CORE_HREF_H
#define SMARTMSG_CORE_HREF_H

#include "core/str.h"

/*
 * Checks a link of a message against the list of what links may do: http and
 * https with a host, tel, mailto, sms, and URLs relative to the page
 * (//host/... too). Returns NULL if it is allowed, else the reason, a static
 * sentence for the author of the message.
 *
 * Browsers drop tabs, line feeds and leading control characters from URLs and
 * read '\' as '/' (WHATWG URL, section 4.4); whatever has one of these is
 * refused, so that the scheme seen here is the one that the browser sees.
 */
const char *smartmsg_href_check(smartmsg_str_t href);

/* The same for an image: http, https and relative URLs only. */
const char *smartmsg_href_check_image(smartmsg_str_t src);

#endif
