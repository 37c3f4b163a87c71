#include "tool/table.h"

#include <stdarg.h>
#include <stdlib.h>

void ctl_table_row(ctl_table_t *table)
{
    table->rows = ctl_realloc(table->rows,
                              (table->n + 1) * sizeof(table->rows[0]));
    memset(&table->rows[table->n++], 0, sizeof(table->rows[0]));
}

void ctl_table_init(ctl_table_t *table, const char *titles)
{
    memset(table, 0, sizeof(*table));
    ctl_table_row(table);

    while (*titles != '\0') {
        size_t len;

        if (*titles == '>') {
            table->right |= 1u << table->columns;
            titles++;
        }

        len = strcspn(titles, "|");
        ctl_table_set(table, table->columns++, CTL_FAINT,
                      smartmsg_str(titles, len));
        titles += len + (titles[len] == '|');
    }
}

void ctl_table_set(ctl_table_t *table, size_t column, ctl_color_e color,
    smartmsg_str_t text)
{
    ctl_row_t *row = &table->rows[table->n - 1];

    row->text[column] = ctl_strndup(text.data, text.len);
    row->len[column] = text.len;
    row->color[column] = color;
}

void ctl_table_setf(ctl_table_t *table, size_t column, ctl_color_e color,
    const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);

    if (vsnprintf(text, sizeof(text), format, args) < 0) {
        text[0] = '\0';
    }

    va_end(args);
    ctl_table_set(table, column, color, ctl_str(text));
}

static smartmsg_str_t cell(const ctl_row_t *row, size_t column)
{
    return smartmsg_str(row->text[column], row->len[column]);
}

static size_t column_width(const ctl_table_t *table, size_t column)
{
    size_t width = 0;

    for (size_t i = 0; i < table->n; i++) {
        size_t w = ctl_width(cell(&table->rows[i], column));

        width = w > width ? w : width;
    }

    return width;
}

static void pad(size_t n)
{
    (void) printf("%*s", (int) n, "");
}

/* The columns of a row behind `column` are all empty. */
static bool is_last(const ctl_table_t *table, const ctl_row_t *row,
    size_t column)
{
    for (size_t i = column + 1; i < table->columns; i++) {
        if (row->len[i] > 0) {
            return false;
        }
    }

    return true;
}

static void print_row(const ctl_t *ctl, const ctl_table_t *table,
    const ctl_row_t *row, const size_t *widths)
{
    for (size_t i = 0; i < table->columns; i++) {
        smartmsg_str_t text = cell(row, i);
        size_t gap = widths[i] - ctl_width(text);
        bool right = (table->right >> i) & 1;

        if (right) {
            pad(gap);
        }

        (void) fputs(ctl_color(ctl, row->color[i]), stdout);
        ctl_print_safe(stdout, text);
        (void) fputs(ctl_color_end(ctl, row->color[i]), stdout);

        if (is_last(table, row, i)) {
            break;
        }

        pad((right ? 0 : gap) + 2);
    }

    (void) putchar('\n');
}

void ctl_table_print(const ctl_t *ctl, ctl_table_t *table)
{
    size_t widths[CTL_COLUMNS];

    for (size_t i = 0; i < table->columns; i++) {
        widths[i] = column_width(table, i);
    }

    for (size_t i = 0; i < table->n && table->n > 1; i++) {
        print_row(ctl, table, &table->rows[i], widths);
    }

    for (size_t i = 0; i < table->n; i++) {
        for (size_t j = 0; j < table->columns; j++) {
            free(table->rows[i].text[j]);
        }
    }

    free(table->rows);
    memset(table, 0, sizeof(*table));
}
