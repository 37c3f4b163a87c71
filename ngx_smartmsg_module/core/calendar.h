/*
 * Days of the Gregorian calendar, also before it was in use.
 */

#ifndef SMARTMSG_CORE_CALENDAR_H
#define SMARTMSG_CORE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* Days from 1970-01-01 to a date; month is 1..12, year 1..9999. */
int64_t smartmsg_calendar_days(int year, int month, int day);

/* The date so many days after 1970-01-01; the reverse of the above. */
void smartmsg_calendar_date(int64_t days, int *year, int *month, int *day);

/* 0 = Sunday ... 6 = Saturday. */
int smartmsg_calendar_weekday(int64_t days);

bool smartmsg_calendar_is_leap(int year);

/* 28..31 */
int smartmsg_calendar_month_length(int year, int month);

#endif
