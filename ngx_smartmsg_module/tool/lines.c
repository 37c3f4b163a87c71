#include "tool/lines.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool/text.h"

#define CONTEXT 3

/* Larger tables are not made: then all lines in between count as changed. */
#define CELLS_MAX 4000000

typedef struct {
    smartmsg_str_t *lines;
    size_t n;
} lines_t;

/* A line of the outcome: ' ', '-' or '+', and where it is in both texts. */
typedef struct {
    char sign;
    size_t old;
    size_t new;
} edit_t;

typedef struct {
    lines_t old;
    lines_t new;
    edit_t *edits;
    size_t n;
} diff_t;

static lines_t split(smartmsg_str_t text)
{
    lines_t out = { NULL, 0 };

    while (text.len > 0) {
        const char *end = memchr(text.data, '\n', text.len);
        size_t len = end != NULL ? (size_t) (end - text.data) : text.len;

        out.lines = ctl_realloc(out.lines, (out.n + 1) * sizeof(*out.lines));
        out.lines[out.n++] = smartmsg_str(text.data, len);
        len += end != NULL;
        text.data += len;
        text.len -= len;
    }

    return out;
}

static void add(diff_t *diff, char sign, size_t old, size_t new)
{
    edit_t *edit = &diff->edits[diff->n++];

    edit->sign = sign;
    edit->old = old;
    edit->new = new;
}

static bool same(const diff_t *diff, size_t old, size_t new)
{
    return smartmsg_str_eq(diff->old.lines[old], diff->new.lines[new]);
}

/*
 * The lengths of the longest common subsequences of old[o..] and new[n..], for
 * each pair of lines below rows and columns; row by row, one more of both.
 * NULL if that were too many.
 */
static uint32_t *lengths(const diff_t *diff, size_t first, size_t rows,
    size_t columns)
{
    size_t stride = columns + 1;
    uint32_t *table;

    if ((rows + 1) * stride > CELLS_MAX) {
        return NULL;
    }

    table = ctl_alloc((rows + 1) * stride * sizeof(*table));

    for (size_t i = rows; i-- > 0;) {
        for (size_t j = columns; j-- > 0;) {
            uint32_t *cell = &table[i * stride + j];

            if (same(diff, first + i, first + j)) {
                *cell = cell[stride + 1] + 1;
            } else {
                *cell = cell[stride] > cell[1] ? cell[stride] : cell[1];
            }
        }
    }

    return table;
}

/* Compares old[first..o_end) with new[first..n_end). */
static void compare(diff_t *diff, size_t first, size_t o_end, size_t n_end)
{
    size_t stride = n_end - first + 1;
    uint32_t *table = lengths(diff, first, o_end - first, n_end - first);
    size_t i = first, j = first;

    while (i < o_end || j < n_end) {
        size_t at = (i - first) * stride + (j - first);

        if (table != NULL && i < o_end && j < n_end && same(diff, i, j)) {
            add(diff, ' ', i++, j++);

        } else if (i < o_end
                   && (j == n_end || table == NULL
                       || table[at + stride] >= table[at + 1]))
        {
            add(diff, '-', i++, j);

        } else {
            add(diff, '+', i, j++);
        }
    }

    free(table);
}

static void make_edits(diff_t *diff)
{
    size_t first = 0;
    size_t o_end = diff->old.n, n_end = diff->new.n;

    diff->edits = ctl_alloc((o_end + n_end + 1) * sizeof(*diff->edits));

    while (first < o_end && first < n_end && same(diff, first, first)) {
        add(diff, ' ', first, first);
        first++;
    }

    while (o_end > first && n_end > first && same(diff, o_end - 1, n_end - 1))
    {
        o_end--;
        n_end--;
    }

    compare(diff, first, o_end, n_end);

    for (; o_end < diff->old.n; o_end++, n_end++) {
        add(diff, ' ', o_end, n_end);
    }
}

/* Where the hunk that begins at the change `at` ends. */
static size_t hunk_end(const diff_t *diff, size_t at)
{
    size_t last = at;

    for (size_t i = at; i < diff->n && i - last <= 2 * CONTEXT; i++) {
        if (diff->edits[i].sign != ' ') {
            last = i;
        }
    }

    return last + CONTEXT + 1 < diff->n ? last + CONTEXT + 1 : diff->n;
}

static void print_hunk(const ctl_t *ctl, const diff_t *diff, size_t begin,
    size_t end)
{
    size_t olds = 0, news = 0;

    for (size_t i = begin; i < end; i++) {
        olds += diff->edits[i].sign != '+';
        news += diff->edits[i].sign != '-';
    }

    (void) printf("@@ -%zu,%zu +%zu,%zu @@\n",
                  diff->edits[begin].old + (olds > 0), olds,
                  diff->edits[begin].new + (news > 0), news);

    for (size_t i = begin; i < end; i++) {
        const edit_t *edit = &diff->edits[i];
        ctl_color_e color = edit->sign == '-' ? CTL_RED
                            : edit->sign == '+' ? CTL_GREEN : CTL_PLAIN;

        (void) printf("%s%c", ctl_color(ctl, color), edit->sign);
        ctl_print_safe(stdout, edit->sign == '+' ? diff->new.lines[edit->new]
                                                 : diff->old.lines[edit->old]);
        (void) printf("%s\n", ctl_color_end(ctl, color));
    }
}

void ctl_lines_diff(const ctl_t *ctl, smartmsg_str_t old, smartmsg_str_t new)
{
    diff_t diff = { split(old), split(new), NULL, 0 };

    make_edits(&diff);

    for (size_t i = 0; i < diff.n; i++) {
        if (diff.edits[i].sign != ' ') {
            size_t end = hunk_end(&diff, i);

            print_hunk(ctl, &diff, i > CONTEXT ? i - CONTEXT : 0, end);
            i = end - 1;
        }
    }

    free(diff.old.lines);
    free(diff.new.lines);
    free(diff.edits);
}
