#ifndef SMARTMSG_CORE_ESCAPE_H
#define SMARTMSG_CORE_ESCAPE_H

#include "core/str.h"

/*
 * Escaping for what is put into pages. All output is ASCII, so that it means
 * the same in every encoding a page can have, and never contains '<' or '"'
 * of the input, so that nothing can break out or be read as an SSI command.
 *
 * Each function writes to out when it is not NULL and returns the number of
 * bytes written or, with NULL, needed. The input is UTF-8; each byte that is
 * none becomes U+FFFD.
 */

/*
 * Text between tags: character references for & < > " ' and everything beyond
 * ASCII; a line feed (also as CR LF) becomes <br>, a tab a space, as it is
 * shown; other control characters are dropped.
 */
size_t smartmsg_escape_text(smartmsg_str_t text, char *out);

/*
 * Value of an attribute in double quotes: as above, but line feeds stay as
 * character references, and tabs as they are.
 */
size_t smartmsg_escape_attribute(smartmsg_str_t text, char *out);

/*
 * Contents of a JSON string (without its quotes) inside an attribute in double
 * quotes: \uXXXX, with surrogate pairs (RFC 8259, section 7), for what JSON
 * must or HTML should not see, then & < > " as character references.
 */
size_t smartmsg_escape_json(smartmsg_str_t text, char *out);

#endif
