#include "core/date.h"

#include "core/calendar.h"

/* Reads n digits at position at. */
static bool digits(smartmsg_str_t text, size_t at, size_t n, int *value)
{
    *value = 0;

    for (size_t i = at; i < at + n; i++) {
        if (i >= text.len || text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }

        *value = *value * 10 + (text.data[i] - '0');
    }

    return true;
}

static bool is_char(smartmsg_str_t text, size_t at, char c)
{
    return at < text.len && text.data[at] == c;
}

/* Reads THH:MM[:SS]Z from the eleventh character on. */
static bool parse_time(smartmsg_str_t text, int64_t *seconds)
{
    int hour, minute, second = 0;
    size_t end = 16;

    if (!is_char(text, 10, 'T') || !digits(text, 11, 2, &hour)
        || !is_char(text, 13, ':') || !digits(text, 14, 2, &minute))
    {
        return false;
    }

    if (is_char(text, 16, ':')) {
        if (!digits(text, 17, 2, &second)) {
            return false;
        }

        end = 19;
    }

    if (!is_char(text, end, 'Z') || text.len != end + 1) {
        return false;
    }

    *seconds = (int64_t)hour * 3600 + minute * 60 + second;

    return hour < 24 && minute < 60 && second < 60;
}

bool smartmsg_date_parse(smartmsg_str_t text, int64_t *unix_time)
{
    int year, month, day;
    int64_t seconds = 0;

    if (!digits(text, 0, 4, &year) || !is_char(text, 4, '-')
        || !digits(text, 5, 2, &month) || !is_char(text, 7, '-')
        || !digits(text, 8, 2, &day))
    {
        return false;
    }

    if (year < 1970 || month < 1 || month > 12 || day < 1
        || day > smartmsg_calendar_month_length(year, month))
    {
        return false;
    }

    if (text.len != 10 && !parse_time(text, &seconds)) {
        return false;
    }

    *unix_time = smartmsg_calendar_days(year, month, day) * 86400 + seconds;

    return true;
}
