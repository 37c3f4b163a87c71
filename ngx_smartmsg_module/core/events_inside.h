/*
 * Shared by the files that read events: events.c (the batch, and what holds
 * for every event) and event_members.c (the members of each kind).
 */

#ifndef SMARTMSG_CORE_EVENTS_INSIDE_H
#define SMARTMSG_CORE_EVENTS_INSIDE_H

#include "core/error.h"
#include "core/events.h"

/* One member is read: path is its own, reason says what is wrong with it. */
typedef struct {
    smartmsg_event_t *event;
    smartmsg_path_t *path;
    const char *reason;
} smartmsg_event_reading_t;

/* A member of an event; read is false, with a reason, for a bad value. */
typedef struct {
    const char *name;
    bool required;
    bool (*read)(smartmsg_event_reading_t *in, const json_t *value);
} smartmsg_event_member_t;

/* A kind of event: its members, up to a NULL name; one is always "event". */
typedef struct {
    smartmsg_str_t name;
    const smartmsg_event_member_t *members;
} smartmsg_event_kind_t;

extern const smartmsg_event_kind_t smartmsg_event_kinds[SMARTMSG_EVENT_KINDS];

#endif
