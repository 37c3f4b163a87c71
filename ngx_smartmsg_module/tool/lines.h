/*
 * The difference of two texts, line by line.
 */

#ifndef SMARTMSG_TOOL_LINES_H
#define SMARTMSG_TOOL_LINES_H

#include "tool/ctl.h"

/*
 * Prints the lines that differ, with '-' and '+' in front and three lines
 * around them, in the manner of diff -u.
 */
void ctl_lines_diff(const ctl_t *ctl, smartmsg_str_t old, smartmsg_str_t new);

#endif
