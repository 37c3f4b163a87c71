/*
 * What is kept of a visitor: PREFIX{ID}:s, :v, :o and :p, and his events.
 */

#ifndef SMARTMSG_TOOL_VISITOR_H
#define SMARTMSG_TOOL_VISITOR_H

#include "tool/redis.h"

/* Called for each event of the stream; entry is [id, [field, value ...]]. */
typedef void (*ctl_event_pt)(void *data, const redisReply *entry);

/* Reads the whole stream, and calls back for the events of a visitor. */
void ctl_visitor_events(ctl_t *ctl, const char *id, ctl_event_pt found,
    void *data);

/* An event as an object, "id" first. */
json_t *ctl_event_json(const redisReply *entry);

#endif
