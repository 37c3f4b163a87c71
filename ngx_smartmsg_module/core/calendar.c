#include "core/calendar.h"

#define DAYS_TO_1970    719162  /* from 0001-01-01 */
#define DAYS_400_YEARS  146097
#define DAYS_100_YEARS  36524
#define DAYS_4_YEARS    1461

/* Days of a year before its month, without February 29. */
static const int before_month[] = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
};

bool smartmsg_calendar_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int smartmsg_calendar_month_length(int year, int month)
{
    return before_month[month] - before_month[month - 1]
           + (month == 2 && smartmsg_calendar_is_leap(year));
}

int64_t smartmsg_calendar_days(int year, int month, int day)
{
    int64_t past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400 - DAYS_TO_1970
           + before_month[month - 1]
           + (month > 2 && smartmsg_calendar_is_leap(year)) + day - 1;
}

void smartmsg_calendar_date(int64_t days, int *year, int *month, int *day)
{
    int64_t left = days + DAYS_TO_1970;
    int64_t n400 = left / DAYS_400_YEARS;
    int64_t n100, n4, n1;

    left %= DAYS_400_YEARS;

    /* The last of four centuries, or years, has a day more. */
    n100 = left / DAYS_100_YEARS < 4 ? left / DAYS_100_YEARS : 3;
    left -= n100 * DAYS_100_YEARS;
    n4 = left / DAYS_4_YEARS;
    left %= DAYS_4_YEARS;
    n1 = left / 365 < 4 ? left / 365 : 3;
    left -= n1 * 365;

    *year = (int)(n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1);
    *month = 1;

    while (left >= smartmsg_calendar_month_length(*year, *month)) {
        left -= smartmsg_calendar_month_length(*year, *month);
        (*month)++;
    }

    *day = (int)left + 1;
}

int smartmsg_calendar_weekday(int64_t days)
{
    int weekday = (int)((days + 4) % 7);    /* 1970-01-01 was a Thursday */

    return weekday < 0 ? weekday + 7 : weekday;
}
