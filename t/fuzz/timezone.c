/*
 * Files of time zones, and the rules at their ends: whatever is in one, the
 * local time is a time.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/calendar.h"
#include "core/posix_tz.h"
#include "core/timezone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_time(const smartmsg_timezone_t *zone, int64_t when)
{
    smartmsg_localtime_t at;

    smartmsg_timezone_local(zone, when, &at);
    require(at.year >= 1 && at.year <= 9999);
    require(at.month >= 1 && at.month <= 12);
    require(at.day >= 1
            && at.day <= smartmsg_calendar_month_length(at.year, at.month));
    require(at.hour >= 0 && at.hour <= 23);
    require(at.minute >= 0 && at.minute <= 59);
    require(at.second >= 0 && at.second <= 59);
    require(at.weekday >= 0 && at.weekday <= 6);
}

static void check_rule(smartmsg_str_t text)
{
    smartmsg_posix_tz_t rule;

    if (!smartmsg_posix_tz_parse(text, &rule)) {
        return;
    }

    for (int64_t t = 0; t < 3 * 366 * 86400; t += 86400 * 7 + 1234) {
        int32_t offset = smartmsg_posix_tz_offset(&rule, t);

        require(offset == rule.standard || offset == rule.summer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_str_t text = smartmsg_str((const char *)data, size);
    smartmsg_timezone_t *zone = smartmsg_timezone_parse(text, NULL);

    check_rule(text);

    if (zone == NULL) {
        return 0;
    }

    check_time(zone, INT64_MIN);
    check_time(zone, INT64_MAX);

    for (int64_t t = -4000000000; t < 8000000000; t += 86400 * 97 + 4321) {
        check_time(zone, t);
    }

    smartmsg_timezone_free(zone);

    return 0;
}
