#include "core/trigger.h"

#include <math.h>
#include <stdio.h>

#include "core/escape.h"
#include "core/members.h"

#define AFTER_MAX 86400         /* seconds */
#define TEXT_MAX 256            /* bytes of a selector or name */

/* What a trigger can be told beside `on` and `after`. */
typedef enum {
    SESSION, DEPTH, DIRECTION, SELECT, SIGN, NAME, MEMBERS
} member_e;

#define BIT(member) (1U << (member))

typedef struct {
    smartmsg_str_t name;
    uint32_t after;             /* milliseconds, if a rule does not say it */
    unsigned members;           /* that it may have */
    unsigned required;
} kind_t;

static const kind_t kinds[SMARTMSG_TRIGGER_KINDS] = {
    [SMARTMSG_TRIGGER_EXIT] = {{"exit", 4}, 3000, 0, 0},
    [SMARTMSG_TRIGGER_IDLE] = {{"idle", 4}, 30000, 0, 0},
    [SMARTMSG_TRIGGER_DWELL] = {{"dwell", 5}, 30000, BIT(SESSION), 0},
    [SMARTMSG_TRIGGER_LOAD] = {{"load", 4}, 0, 0, 0},
    [SMARTMSG_TRIGGER_SCROLL] = {{"scroll", 6}, 0,
                                 BIT(DEPTH) | BIT(DIRECTION), 0},
    [SMARTMSG_TRIGGER_VIEW] = {{"view", 4}, 1000, BIT(SELECT), BIT(SELECT)},
    [SMARTMSG_TRIGGER_CLICK] = {{"click", 5}, 0, BIT(SELECT), BIT(SELECT)},
    [SMARTMSG_TRIGGER_FORM] = {{"form", 4}, 15000, BIT(SELECT) | BIT(SIGN), 0},
    [SMARTMSG_TRIGGER_CART] = {{"cart", 4}, 60000, 0, 0},
    [SMARTMSG_TRIGGER_EVENT] = {{"event", 5}, 0, BIT(NAME), BIT(NAME)},
    [SMARTMSG_TRIGGER_COPY] = {{"copy", 4}, 0, BIT(SELECT), 0},
    [SMARTMSG_TRIGGER_RAGE] = {{"rage", 4}, 0, 0, 0},
};

static const char *const members[MEMBERS] = {
    [SESSION] = "session", [DEPTH] = "depth", [DIRECTION] = "direction",
    [SELECT] = "select", [SIGN] = "sign", [NAME] = "name",
};

static const char *const directions[] = {"down", "up", NULL};
static const char *const signs[] = {"hesitate", "errors", "abandon", NULL};

static smartmsg_str_t text_of(const json_t *value)
{
    return smartmsg_str(json_string_value(value), json_string_length(value));
}

smartmsg_str_t smartmsg_trigger_name(smartmsg_trigger_e kind)
{
    return kinds[kind].name;
}

bool smartmsg_trigger_find(smartmsg_str_t name, smartmsg_trigger_e *kind)
{
    for (int i = 0; i < SMARTMSG_TRIGGER_KINDS; i++) {
        if (smartmsg_str_eq(name, kinds[i].name)) {
            *kind = (smartmsg_trigger_e)i;
            return true;
        }
    }

    return false;
}

static void report_kind(const json_t *value, smartmsg_path_t *path,
                        smartmsg_error_t *err)
{
    const char *names[SMARTMSG_TRIGGER_KINDS + 1] = {NULL};
    const char *meant = NULL;
    char list[200];
    size_t len = 0;

    for (int i = 0; i < SMARTMSG_TRIGGER_KINDS; i++) {
        names[i] = kinds[i].name.data;
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
                                i ? ", " : "", names[i]);
    }

    if (json_is_string(value)) {
        meant = smartmsg_suggest(json_string_value(value), names);
    }

    (void)smartmsg_path_key(path, "on");

    if (meant != NULL) {
        smartmsg_error_set(err, path->text, "there is no such trigger; is "
                           "\"%s\" meant?", meant);
    } else {
        smartmsg_error_set(err, path->text, "%s one of %s",
                           value ? "must be" : "is missing:", list);
    }
}

/* One of the words; NULL if it is none. */
static const char *word_of(const json_t *value, const char *const *words)
{
    for (; json_is_string(value) && *words != NULL; words++) {
        if (strcmp(json_string_value(value), *words) == 0) {
            return *words;
        }
    }

    return NULL;
}

/* Quotes and brackets, which typing errors leave open, are in pairs. */
static bool is_balanced(smartmsg_str_t text)
{
    char open[TEXT_MAX];
    char quote = '\0';
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];

        if (c == '\\') {
            i++;
        } else if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '(' || c == '[') {
            open[n++] = c == '(' ? ')' : ']';
        } else if ((c == ')' || c == ']') && (n == 0 || open[--n] != c)) {
            return false;
        }
    }

    return n == 0 && quote == '\0';
}

/* A text of some length without control characters. */
static bool is_text(const json_t *value)
{
    smartmsg_str_t text = text_of(value);

    if (!json_is_string(value) || text.len == 0 || text.len > TEXT_MAX) {
        return false;
    }

    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] < ' ') {
            return false;
        }
    }

    return true;
}

/* What is wrong with the value of a member; NULL if nothing is. */
static const char *wrong_with(member_e member, const json_t *value)
{
    switch (member) {
    case SESSION:
        return json_is_boolean(value) ? NULL : "must be true or false";
    case DEPTH:
        return json_is_integer(value) && json_integer_value(value) >= 1
               && json_integer_value(value) <= 100
               ? NULL : "must be a percentage from 1 to 100";
    case DIRECTION:
        return word_of(value, directions) ? NULL
               : "must be \"down\" or \"up\"";
    case SIGN:
        return word_of(value, signs) ? NULL
               : "must be \"hesitate\", \"errors\" or \"abandon\"";
    case SELECT:
        return !is_text(value) ? "must be a CSS selector of 1 to 256 bytes"
               : !is_balanced(text_of(value))
               ? "is no CSS selector: a quote or bracket has no partner"
               : NULL;
    default:
        return is_text(value) ? NULL
               : "must be the name of an event, 1 to 256 bytes";
    }
}

static bool report(const char *key, const char *wrong, smartmsg_path_t *path,
                   smartmsg_error_t *err)
{
    (void)smartmsg_path_key(path, key);
    smartmsg_error_set(err, path->text, "%s", wrong);

    return false;
}

static bool check_after(const json_t *value, smartmsg_path_t *path,
                        smartmsg_error_t *err)
{
    double seconds = json_is_number(value) ? json_number_value(value) : -1;

    if (value != NULL && !(seconds >= 0 && seconds <= AFTER_MAX)) {
        return report("after", "must be a number of seconds from 0 to 86400",
                      path, err);
    }

    return true;
}

/* Those that the kind has: nothing else, and none that it needs is missing. */
static bool check_members(const json_t *value, smartmsg_trigger_e kind,
                          const char *also, smartmsg_path_t *path,
                          smartmsg_error_t *err)
{
    const char *names[MEMBERS + 4] = {"on", "after"};
    size_t n = 2;
    char what[32];

    for (member_e i = 0; i < MEMBERS; i++) {
        if (kinds[kind].members & BIT(i)) {
            names[n++] = members[i];
        }
    }

    names[n] = also;

    (void)snprintf(what, sizeof(what), "the trigger \"%s\"",
                   kinds[kind].name.data);

    if (!smartmsg_members_check(value, what, names, path, err)) {
        return false;
    }

    for (member_e i = 0; i < MEMBERS; i++) {
        const json_t *member = json_object_get(value, members[i]);
        const char *wrong = NULL;

        if (member != NULL) {
            wrong = wrong_with(i, member);
        } else if (kinds[kind].required & BIT(i)) {
            wrong = i == NAME ? "is missing: the name of the event"
                              : "is missing: a CSS selector";
        }

        if (wrong != NULL) {
            return report(members[i], wrong, path, err);
        }
    }

    return check_after(json_object_get(value, "after"), path, err);
}

bool smartmsg_trigger_check(const json_t *value, const char *also,
                            smartmsg_path_t *path, smartmsg_trigger_e *kind,
                            smartmsg_error_t *err)
{
    const json_t *on = json_object_get(value, "on");

    if (!json_is_object(value)) {
        smartmsg_error_set(err, path->text, "a trigger must be an object "
                           "{...}, not %s", smartmsg_members_kind(value));
        return false;
    }

    if (!json_is_string(on) || !smartmsg_trigger_find(text_of(on), kind)) {
        report_kind(on, path, err);
        return false;
    }

    return check_members(value, *kind, also, path, err);
}

/* Seconds with at most three digits after the point, none in vain. */
static void put_seconds(smartmsg_sink_t *sink, uint32_t milliseconds)
{
    uint32_t rest = milliseconds % 1000;
    uint32_t digit = 100;

    smartmsg_sink_number(sink, milliseconds / 1000);

    if (rest > 0) {
        smartmsg_sink_puts(sink, ".");
    }

    for (; rest > 0; digit /= 10) {
        smartmsg_sink_number(sink, rest / digit);
        rest %= digit;
    }
}

static void put_text(smartmsg_sink_t *sink, smartmsg_str_t text)
{
    smartmsg_sink_puts(sink, "&quot;");
    sink->len += smartmsg_escape_json(text, smartmsg_sink_end(sink));
    smartmsg_sink_puts(sink, "&quot;");
}

static void put_member(smartmsg_sink_t *sink, const char *name,
                       const json_t *value)
{
    smartmsg_sink_puts(sink, ",&quot;");
    smartmsg_sink_puts(sink, name);
    smartmsg_sink_puts(sink, "&quot;:");

    if (json_is_string(value)) {
        put_text(sink, text_of(value));
    } else if (json_is_integer(value)) {
        smartmsg_sink_number(sink, (unsigned long)json_integer_value(value));
    } else {
        smartmsg_sink_puts(sink, json_is_true(value) ? "true" : "false");
    }
}

void smartmsg_trigger_put(smartmsg_sink_t *sink, const json_t *value)
{
    smartmsg_str_t name = text_of(json_object_get(value, "on"));
    const json_t *after = json_object_get(value, "after");
    smartmsg_trigger_e kind = SMARTMSG_TRIGGER_EXIT;

    (void)smartmsg_trigger_find(name, &kind);

    smartmsg_sink_puts(sink, "{&quot;on&quot;:");
    put_text(sink, name);
    smartmsg_sink_puts(sink, ",&quot;after&quot;:");
    put_seconds(sink, after != NULL
                ? (uint32_t)lround(json_number_value(after) * 1000)
                : kinds[kind].after);

    for (member_e i = 0; i < MEMBERS; i++) {
        const json_t *member = json_object_get(value, members[i]);

        if (member != NULL) {
            put_member(sink, members[i], member);
        }
    }

    smartmsg_sink_puts(sink, "}");
}
