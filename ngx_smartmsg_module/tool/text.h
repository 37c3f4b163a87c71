/*
 * Text of foreign origin on a terminal, and colours.
 */

#ifndef SMARTMSG_TOOL_TEXT_H
#define SMARTMSG_TOOL_TEXT_H

#include <stdio.h>

#include "tool/ctl.h"

/*
 * Prints text so that it cannot do anything to a terminal: control characters
 * and what changes the direction of writing become \n, \x1b, \u202e, and bytes
 * that are no UTF-8 \xff.
 */
void ctl_print_safe(FILE *out, smartmsg_str_t text);

/* How many columns it takes then. */
size_t ctl_width(smartmsg_str_t text);

typedef enum {
    CTL_PLAIN,
    CTL_BOLD,
    CTL_RED,
    CTL_GREEN,
    CTL_YELLOW,
    CTL_FAINT
} ctl_color_e;

/* What begins and ends a colour on stdout; empty where there are none. */
const char *ctl_color(const ctl_t *ctl, ctl_color_e color);
const char *ctl_color_end(const ctl_t *ctl, ctl_color_e color);

/* Decides from --color, NO_COLOR and the terminal. */
void ctl_color_init(ctl_t *ctl);

/* A time of day and date, UTC: "2030-12-24 18:00:00". */
#define CTL_TIME_SIZE 24
void ctl_format_time(long long seconds, char out[CTL_TIME_SIZE]);

#endif
