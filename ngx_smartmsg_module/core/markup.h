#ifndef SMARTMSG_CORE_MARKUP_H
#define SMARTMSG_CORE_MARKUP_H

#include "core/draft.h"
#include "core/error.h"

#define SMARTMSG_MARKUP_DEPTH 8     /* elements in each other */

/*
 * Reads the small HTML that the author of a message may write and puts it
 * anew: never a byte of the source is passed through. Allowed are
 *
 *     b strong i em u s small span sup sub code br
 *     a with a href that smartmsg_href_check() allows
 *     p ul ol at the top, li in ul and ol, ul and ol in li
 *
 * without other attributes, each closed, well nested; text with placeholders
 * and character references &amp; &lt; &gt; &quot; &apos; &nbsp; &#...;.
 * Whatever else there is fails: then false, with the reason in err at `path`.
 */
bool smartmsg_markup_put(smartmsg_draft_t *draft, smartmsg_str_t html,
                         const char *path, smartmsg_error_t *err);

#endif
