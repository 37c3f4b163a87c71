/*
 * All that is wrong with rules.
 */

#ifndef SMARTMSG_TOOL_LINT_H
#define SMARTMSG_TOOL_LINT_H

#include "tool/file.h"

typedef struct {
    char *file;
    int line;               /* 0: not known */
    int column;
    char *path;             /* in the JSON, "" for all of it */
    char *text;
    bool fact;              /* a fact or group that is not known: no error
                               for nginx */
} ctl_finding_t;

typedef struct {
    ctl_finding_t *findings;
    size_t n;
    size_t n_errors;        /* those that keep a rule from serving */
} ctl_findings_t;

/* What is known besides the rules. */
typedef struct {
    const ctl_words_t *facts;   /* names, besides core/schema.h */
    const json_t *groups;       /* id -> group; NULL: not known */
} ctl_known_t;

void ctl_lint_file(const ctl_file_t *file, const ctl_known_t *known,
    ctl_findings_t *out);

/* The same for each, and prerequisites in a circle among them. */
void ctl_lint_files(const ctl_files_t *files, const ctl_known_t *known,
    ctl_findings_t *out);

void ctl_findings_add(ctl_findings_t *out, const char *file,
    smartmsg_str_t text, const char *path, const char *format, ...)
    SMARTMSG_PRINTF(5, 6);
void ctl_findings_free(ctl_findings_t *findings);

/* Prints "FILE:LINE:COLUMN: PATH: TEXT". */
void ctl_findings_print(const ctl_t *ctl, FILE *out,
    const ctl_findings_t *findings);
json_t *ctl_findings_json(const ctl_findings_t *findings);

#endif
