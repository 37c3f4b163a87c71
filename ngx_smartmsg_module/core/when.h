#ifndef SMARTMSG_CORE_WHEN_H
#define SMARTMSG_CORE_WHEN_H

#include "core/trigger.h"

#define SMARTMSG_WHEN_ENTRIES   8       /* of `when`, and of a group */
#define SMARTMSG_WHEN_VIEWS_MAX 1000    /* largest `minViews` */

/*
 * The `when` of a message: a list of entries, each a trigger or a group
 * {"all": [trigger, ...]} of triggers that must all have happened. An entry
 * with `minViews` counts from so many page views of the session on.
 * Immutable.
 */
typedef struct smartmsg_when_s smartmsg_when_t;

/* Set of entries, one bit each. */
typedef uint32_t smartmsg_when_set_t;

/* What entries need to know of the session, ORed. */
#define SMARTMSG_WHEN_VIEWS   1         /* its page views */
#define SMARTMSG_WHEN_SECONDS 2         /* how old it is */
#define SMARTMSG_WHEN_CART    4         /* its cart */

/*
 * Strict, see smartmsg_message_parse(). path is that of the message. Nothing
 * of value is kept. Returns NULL on error; free with smartmsg_when_free().
 */
smartmsg_when_t *smartmsg_when_parse(const json_t *value, smartmsg_path_t *path,
                                     smartmsg_error_t *err);

/* Does nothing for NULL. */
void smartmsg_when_free(smartmsg_when_t *when);

/*
 * The entries that can be armed while the kinds in free_kinds are not given
 * to another message, on the session's page view number views: all kinds of
 * the entry are free, and there were enough views. 0: none.
 */
smartmsg_when_set_t smartmsg_when_choose(const smartmsg_when_t *when,
                                         smartmsg_trigger_set_t free_kinds,
                                         uint32_t views);

/* The page view of the session from which on one of its entries counts. */
uint32_t smartmsg_when_min_views(const smartmsg_when_t *when);

/* All of them. */
smartmsg_when_set_t smartmsg_when_all(const smartmsg_when_t *when);

/* The kinds of trigger of these entries, those in groups too. */
smartmsg_trigger_set_t smartmsg_when_kinds(const smartmsg_when_t *when,
                                           smartmsg_when_set_t entries);

/* What must be known for these entries: SMARTMSG_WHEN_... */
unsigned smartmsg_when_needs(const smartmsg_when_t *when,
                             smartmsg_when_set_t entries);

/*
 * The JSON of these entries for the browser, in their order, parted by
 * commas, escaped for an attribute: {&quot;on&quot;:&quot;exit&quot;,
 * &quot;after&quot;:5}. What the server has decided is left out. Writes to
 * out when it is not NULL; returns the number of bytes.
 */
size_t smartmsg_when_write(const smartmsg_when_t *when,
                           smartmsg_when_set_t entries, char *out);

/* What that takes at most, whatever the entries. */
size_t smartmsg_when_room(const smartmsg_when_t *when);

#endif
