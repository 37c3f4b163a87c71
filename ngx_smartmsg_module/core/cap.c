#include "core/cap.h"

#include <math.h>
#include <string.h>

#include "core/members.h"

#define COUNT_MAX  1000000
#define DAYS_MAX   36500
#define DAY        86400

static bool parse_count(uint32_t *count, const json_t *cap, const char *key,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    const json_t *value = json_object_get(cap, key);
    double n = json_is_number(value) ? json_number_value(value) : 0;

    if (value == NULL) {
        return true;
    }

    if (!(n >= 1 && n <= COUNT_MAX) || n != floor(n)) {
        (void)smartmsg_path_key(path, key);
        smartmsg_error_set(err, path->text, "must be a whole number of "
                           "impressions from 1 to %d", COUNT_MAX);
        return false;
    }

    *count = (uint32_t)n;

    return true;
}

static bool parse_days(int64_t *pause, const json_t *value,
                       smartmsg_path_t *path, smartmsg_error_t *err)
{
    double days = json_is_number(value) ? json_number_value(value) : 0;

    if (value == NULL) {
        return true;
    }

    if (!(days > 0 && days <= DAYS_MAX)) {
        (void)smartmsg_path_key(path, "days");
        smartmsg_error_set(err, path->text, "must be a number of days above "
                           "0, at most %d", DAYS_MAX);
        return false;
    }

    /* Rounded up: even a tiny pause is one. */
    *pause = (int64_t)ceil(days * DAY);

    return true;
}

/* The bit of one event, 0 if it is none of them. */
static unsigned until_bit(const json_t *value)
{
    static const struct {
        const char *name;
        unsigned bit;
    } events[] = {
        {"click", SMARTMSG_UNTIL_CLICK},
        {"dismiss", SMARTMSG_UNTIL_DISMISS},
        {"convert", SMARTMSG_UNTIL_CONVERT},
    };

    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (json_is_string(value)
            && strcmp(json_string_value(value), events[i].name) == 0)
        {
            return events[i].bit;
        }
    }

    return 0;
}

static bool add_until(unsigned *until, const json_t *value,
                      const smartmsg_path_t *path, smartmsg_error_t *err)
{
    unsigned bit = until_bit(value);

    if (bit == 0) {
        smartmsg_error_set(err, path->text, "must be \"click\", \"dismiss\" "
                           "or \"convert\", or a list of these");
        return false;
    }

    *until |= bit;

    return true;
}

static bool parse_until(unsigned *until, const json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    size_t former = smartmsg_path_key(path, "until");
    size_t i;
    const json_t *event;

    if (value == NULL) {
        smartmsg_path_pop(path, former);
        return true;
    }

    if (!json_is_array(value) || json_array_size(value) == 0) {
        if (!add_until(until, value, path, err)) {
            return false;
        }
    }

    json_array_foreach(value, i, event) {
        size_t list = smartmsg_path_index(path, i);

        if (!add_until(until, event, path, err)) {
            return false;
        }

        smartmsg_path_pop(path, list);
    }

    smartmsg_path_pop(path, former);

    return true;
}

static bool parse_members(smartmsg_cap_t *cap, const json_t *value,
                          smartmsg_path_t *path, smartmsg_error_t *err)
{
    static const char *const names[] = {
        "session", "days", "total", "until", NULL
    };

    if (!smartmsg_members_check(value, "cap", names, path, err)) {
        return false;
    }

    if (json_object_size(value) == 0) {
        smartmsg_error_set(err, path->text, "is empty: give it \"session\", "
                           "\"days\", \"total\" or \"until\", or leave it "
                           "out for once per session");
        return false;
    }

    return parse_count(&cap->session, value, "session", path, err)
           && parse_count(&cap->total, value, "total", path, err)
           && parse_days(&cap->pause, json_object_get(value, "days"), path,
                         err)
           && parse_until(&cap->until, json_object_get(value, "until"), path,
                          err);
}

bool smartmsg_cap_parse(smartmsg_cap_t *cap, const json_t *value,
                        smartmsg_path_t *path, smartmsg_error_t *err)
{
    memset(cap, 0, sizeof(*cap));

    if (value != NULL) {
        size_t former = smartmsg_path_key(path, "cap");

        if (!parse_members(cap, value, path, err)) {
            return false;
        }

        smartmsg_path_pop(path, former);
    }

    if (cap->session == 0 && cap->total == 0 && cap->pause == 0) {
        cap->session = 1;
    }

    return true;
}
