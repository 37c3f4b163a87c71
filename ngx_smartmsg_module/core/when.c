#include "core/when.h"

#include <stdlib.h>

#include "core/members.h"

typedef struct {
    smartmsg_trigger_set_t kinds;
    uint32_t min_views;
    unsigned needs;
    smartmsg_str_t json;        /* as the browser gets it */
} entry_t;

struct smartmsg_when_s {
    size_t n;
    entry_t entries[];          /* then the bytes that they point to */
};

/* A member of entries that concerns the server alone. */
#define VIEWS "minViews"

/* One of the triggers of the entry; `also` is a member that is none of it. */
static bool add_trigger(entry_t *entry, const json_t *value, const char *also,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    smartmsg_trigger_e kind;

    if (!smartmsg_trigger_check(value, also, path, &kind, err)) {
        return false;
    }

    entry->kinds |= SMARTMSG_TRIGGER_BIT(kind);

    if (kind == SMARTMSG_TRIGGER_CART) {
        entry->needs |= SMARTMSG_WHEN_CART;
    } else if (json_is_true(json_object_get(value, "session"))) {
        entry->needs |= SMARTMSG_WHEN_SECONDS;
    }

    return true;
}

/* A list of 1 to 8 things; `what` says of what. */
static bool check_list(const json_t *list, const char *what,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    if (!json_is_array(list)) {
        smartmsg_error_set(err, path->text, "%s: %s is a list such as "
                           "[{\"on\": \"exit\"}]", smartmsg_members_kind(list),
                           what);
        return false;
    }

    if (json_array_size(list) < 1
        || json_array_size(list) > SMARTMSG_WHEN_ENTRIES)
    {
        smartmsg_error_set(err, path->text, "must have 1 to %d entries",
                           SMARTMSG_WHEN_ENTRIES);
        return false;
    }

    return true;
}

static bool parse_group(entry_t *entry, const json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    static const char *const names[] = {"all", VIEWS, NULL};
    const json_t *list = json_object_get(value, "all");
    const json_t *trigger;
    size_t i;

    if (!smartmsg_members_check(value, "a group", names, path, err)) {
        return false;
    }

    size_t former = smartmsg_path_key(path, "all");

    if (!check_list(list, "what must have happened", path, err)) {
        return false;
    }

    json_array_foreach(list, i, trigger) {
        size_t outer = smartmsg_path_index(path, i);

        if (!add_trigger(entry, trigger, NULL, path, err)) {
            return false;
        }

        smartmsg_path_pop(path, outer);
    }

    smartmsg_path_pop(path, former);

    return true;
}

static bool parse_views(entry_t *entry, const json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    json_int_t n = json_integer_value(value);

    if (value == NULL) {
        return true;
    }

    if (!json_is_integer(value) || n < 1 || n > SMARTMSG_WHEN_VIEWS_MAX) {
        (void)smartmsg_path_key(path, VIEWS);
        smartmsg_error_set(err, path->text, "must be a number of page views "
                           "from 1 to %d", SMARTMSG_WHEN_VIEWS_MAX);
        return false;
    }

    /* the first view is always there, and need not be asked for */
    if (n > 1) {
        entry->min_views = (uint32_t)n;
        entry->needs |= SMARTMSG_WHEN_VIEWS;
    }

    return true;
}

static bool parse_entry(entry_t *entry, const json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    bool right = json_object_get(value, "all") != NULL
        ? parse_group(entry, value, path, err)
        : add_trigger(entry, value, VIEWS, path, err);

    return right && parse_views(entry, json_object_get(value, VIEWS), path,
                                err);
}

static void put_entry(smartmsg_sink_t *sink, const json_t *value)
{
    const json_t *list = json_object_get(value, "all");
    const json_t *trigger;
    size_t i;

    if (list == NULL) {
        smartmsg_trigger_put(sink, value);
        return;
    }

    smartmsg_sink_puts(sink, "{&quot;all&quot;:[");

    json_array_foreach(list, i, trigger) {
        if (i > 0) {
            smartmsg_sink_puts(sink, ",");
        }

        smartmsg_trigger_put(sink, trigger);
    }

    smartmsg_sink_puts(sink, "]}");
}

static smartmsg_when_t *build(const entry_t *entries, const json_t *list)
{
    smartmsg_sink_t sink = {NULL, 0};
    const json_t *value;
    size_t i;

    json_array_foreach(list, i, value) {
        put_entry(&sink, value);
    }

    size_t n = json_array_size(list);
    smartmsg_when_t *when = malloc(sizeof(*when) + n * sizeof(entries[0])
                                   + sink.len);

    if (when == NULL) {
        return NULL;
    }

    char *bytes = (char *)&when->entries[n];

    when->n = n;
    memcpy(when->entries, entries, n * sizeof(entries[0]));
    sink = (smartmsg_sink_t){bytes, 0};

    json_array_foreach(list, i, value) {
        size_t begin = sink.len;

        put_entry(&sink, value);
        when->entries[i].json = smartmsg_str(bytes + begin,
                                             sink.len - begin);
    }

    return when;
}

smartmsg_when_t *smartmsg_when_parse(const json_t *value, smartmsg_path_t *path,
                                     smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, "when");
    entry_t entries[SMARTMSG_WHEN_ENTRIES];
    const json_t *entry;
    size_t i;

    memset(entries, 0, sizeof(entries));

    if (!check_list(value, "when to show the message", path, err)) {
        return NULL;
    }

    json_array_foreach(value, i, entry) {
        size_t outer = smartmsg_path_index(path, i);

        if (!parse_entry(&entries[i], entry, path, err)) {
            return NULL;
        }

        smartmsg_path_pop(path, outer);
    }

    smartmsg_when_t *when = build(entries, value);

    if (when == NULL) {
        smartmsg_error_no_memory(err);
        return NULL;
    }

    smartmsg_path_pop(path, former);

    return when;
}

void smartmsg_when_free(smartmsg_when_t *when)
{
    free(when);
}

smartmsg_when_set_t smartmsg_when_choose(const smartmsg_when_t *when,
                                         smartmsg_trigger_set_t free_kinds,
                                         uint32_t views)
{
    smartmsg_when_set_t chosen = 0;

    for (size_t i = 0; i < when->n; i++) {
        const entry_t *entry = &when->entries[i];

        if ((entry->kinds & ~free_kinds) == 0 && views >= entry->min_views) {
            chosen |= (smartmsg_when_set_t)1 << i;
        }
    }

    return chosen;
}

uint32_t smartmsg_when_min_views(const smartmsg_when_t *when)
{
    uint32_t least = when->entries[0].min_views;

    for (size_t i = 1; i < when->n; i++) {
        if (when->entries[i].min_views < least) {
            least = when->entries[i].min_views;
        }
    }

    return least > 0 ? least : 1;
}

smartmsg_when_set_t smartmsg_when_all(const smartmsg_when_t *when)
{
    return ((smartmsg_when_set_t)1 << when->n) - 1;
}

smartmsg_trigger_set_t smartmsg_when_kinds(const smartmsg_when_t *when,
                                           smartmsg_when_set_t entries)
{
    smartmsg_trigger_set_t kinds = 0;

    for (size_t i = 0; i < when->n; i++) {
        if (entries >> i & 1) {
            kinds |= when->entries[i].kinds;
        }
    }

    return kinds;
}

unsigned smartmsg_when_needs(const smartmsg_when_t *when,
                             smartmsg_when_set_t entries)
{
    unsigned needs = 0;

    for (size_t i = 0; i < when->n; i++) {
        if (entries >> i & 1) {
            needs |= when->entries[i].needs;
        }
    }

    return needs;
}

size_t smartmsg_when_room(const smartmsg_when_t *when)
{
    size_t room = when->n;

    for (size_t i = 0; i < when->n; i++) {
        room += when->entries[i].json.len;
    }

    return room;
}

size_t smartmsg_when_write(const smartmsg_when_t *when,
                           smartmsg_when_set_t entries, char *out)
{
    smartmsg_sink_t sink = {out, 0};

    for (size_t i = 0; i < when->n; i++) {
        if ((entries >> i & 1) == 0) {
            continue;
        }

        if (sink.len > 0) {
            smartmsg_sink_puts(&sink, ",");
        }

        smartmsg_sink_put(&sink, when->entries[i].json);
    }

    return sink.len;
}
