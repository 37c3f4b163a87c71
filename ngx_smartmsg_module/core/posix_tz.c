#include "core/posix_tz.h"

#include "core/calendar.h"

#define HOUR  3600
#define DAY   86400

/* Takes a character off the front if it is c. */
static bool take(smartmsg_str_t *text, char c)
{
    if (text->len == 0 || text->data[0] != c) {
        return false;
    }

    text->data++;
    text->len--;

    return true;
}

static bool is_digit(const smartmsg_str_t *text)
{
    return text->len > 0 && text->data[0] >= '0' && text->data[0] <= '9';
}

/* A number of at most three digits, from low to high. */
static bool take_number(smartmsg_str_t *text, int low, int high, int *number)
{
    int digits = 0;

    *number = 0;

    while (is_digit(text) && digits++ < 3) {
        *number = *number * 10 + (text->data[0] - '0');
        text->data++;
        text->len--;
    }

    return digits > 0 && !is_digit(text) && *number >= low && *number <= high;
}

/* [+-]hh[:mm[:ss]] with at most so many hours, in seconds. */
static bool take_time(smartmsg_str_t *text, int hours, int32_t *seconds)
{
    bool negative = take(text, '-');
    int h, m = 0, s = 0;

    if (!negative) {
        (void)take(text, '+');
    }

    if (!take_number(text, 0, hours, &h)
        || (take(text, ':')
            && (!take_number(text, 0, 59, &m)
                || (take(text, ':') && !take_number(text, 0, 59, &s)))))
    {
        return false;
    }

    *seconds = h * HOUR + m * 60 + s;

    if (negative) {
        *seconds = -*seconds;
    }

    return true;
}

/* The name of a zone's time: three letters or more, or anything in <>. */
static bool take_name(smartmsg_str_t *text)
{
    bool quoted = take(text, '<');
    size_t n = 0;

    while (n < text->len) {
        char c = text->data[n];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && !(quoted && ((c >= '0' && c <= '9') || c == '+'
                                    || c == '-')))
        {
            break;
        }

        n++;
    }

    if (n < 3) {
        return false;
    }

    text->data += n;
    text->len -= n;

    return !quoted || take(text, '>');
}

/* POSIX counts offsets to the west. */
static bool take_offset(smartmsg_str_t *text, int32_t *offset)
{
    if (!take_time(text, 24, offset)) {
        return false;
    }

    *offset = -*offset;

    return true;
}

static bool take_day(smartmsg_str_t *text, smartmsg_tz_change_t *change)
{
    if (take(text, 'M')) {
        change->kind = SMARTMSG_TZ_MONTH;

        return take_number(text, 1, 12, &change->month) && take(text, '.')
               && take_number(text, 1, 5, &change->week) && take(text, '.')
               && take_number(text, 0, 6, &change->day);
    }

    if (take(text, 'J')) {
        change->kind = SMARTMSG_TZ_JULIAN;

        return take_number(text, 1, 365, &change->day);
    }

    change->kind = SMARTMSG_TZ_DAY;

    return take_number(text, 0, 365, &change->day);
}

static bool take_change(smartmsg_str_t *text, smartmsg_tz_change_t *change)
{
    change->time = 2 * HOUR;

    return take(text, ',') && take_day(text, change)
           && (!take(text, '/') || take_time(text, 167, &change->time));
}

bool smartmsg_posix_tz_parse(smartmsg_str_t text, smartmsg_posix_tz_t *tz)
{
    memset(tz, 0, sizeof(*tz));

    if (!take_name(&text) || !take_offset(&text, &tz->standard)) {
        return false;
    }

    if (text.len == 0) {
        return true;
    }

    tz->has_summer = true;
    tz->summer = tz->standard + HOUR;

    if (!take_name(&text)
        || (text.len > 0 && text.data[0] != ','
            && !take_offset(&text, &tz->summer)))
    {
        return false;
    }

    return take_change(&text, &tz->begin) && take_change(&text, &tz->end)
           && text.len == 0;
}

static int64_t day_of_change(const smartmsg_tz_change_t *change, int year)
{
    int64_t first;
    int weekday, day;

    switch (change->kind) {

    case SMARTMSG_TZ_DAY:
        return smartmsg_calendar_days(year, 1, 1) + change->day;

    case SMARTMSG_TZ_JULIAN:
        return smartmsg_calendar_days(year, 1, 1) + change->day - 1
               + (smartmsg_calendar_is_leap(year) && change->day >= 60);

    default:
        break;
    }

    first = smartmsg_calendar_days(year, change->month, 1);
    weekday = smartmsg_calendar_weekday(first);
    day = (change->day - weekday + 7) % 7 + (change->week - 1) * 7;

    if (day >= smartmsg_calendar_month_length(year, change->month)) {
        day -= 7;
    }

    return first + day;
}

int32_t smartmsg_posix_tz_offset(const smartmsg_posix_tz_t *tz, int64_t time)
{
    int64_t latest = INT64_MIN, local = time + tz->standard;
    int64_t days = local / DAY - (local % DAY < 0);
    int year, month, day;
    bool summer = false;

    if (!tz->has_summer) {
        return tz->standard;
    }

    smartmsg_calendar_date(days, &year, &month, &day);

    /*
     * The latest change that has been decides.  One may be in the year before
     * or after that of its rule.  Where summer time never ends, its end and
     * its next begin are the same moment.
     */
    for (int y = year - 1; y <= year + 1; y++) {
        int64_t begin = day_of_change(&tz->begin, y) * DAY + tz->begin.time
                        - tz->standard;
        int64_t end = day_of_change(&tz->end, y) * DAY + tz->end.time
                      - tz->summer;

        if (end <= time && end > latest) {
            latest = end;
            summer = false;
        }

        if (begin <= time && begin >= latest) {
            latest = begin;
            summer = true;
        }
    }

    return summer ? tz->summer : tz->standard;
}
