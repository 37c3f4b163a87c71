/*
 * Tables for people: aligned columns.
 */

#ifndef SMARTMSG_TOOL_TABLE_H
#define SMARTMSG_TOOL_TABLE_H

#include "tool/text.h"

#define CTL_COLUMNS 8

/* All zero is an empty table. */
typedef struct {
    char *text[CTL_COLUMNS];
    size_t len[CTL_COLUMNS];
    ctl_color_e color[CTL_COLUMNS];
} ctl_row_t;

typedef struct {
    size_t columns;
    unsigned right;         /* bits of the columns that are numbers */
    ctl_row_t *rows;
    size_t n;
} ctl_table_t;

/* Begins with the titles of the columns, parted by '|'; '>' first: a number. */
void ctl_table_init(ctl_table_t *table, const char *titles);

/* A new row; cells are set one by one, each at most once. */
void ctl_table_row(ctl_table_t *table);
void ctl_table_set(ctl_table_t *table, size_t column, ctl_color_e color,
    smartmsg_str_t text);
void ctl_table_setf(ctl_table_t *table, size_t column, ctl_color_e color,
    const char *format, ...) SMARTMSG_PRINTF(4, 5);

/* Prints it, titles only if there are rows, and frees it. */
void ctl_table_print(const ctl_t *ctl, ctl_table_t *table);

#endif
