#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/jsonpos.h"
#include "tool/json.h"
#include "tool/lint.h"
#include "tool/text.h"

void ctl_findings_add(ctl_findings_t *out, const char *file,
    smartmsg_str_t text, const char *path, const char *format, ...)
{
    smartmsg_jsonpos_t pos;
    ctl_finding_t *finding;
    char reason[512];
    va_list args;

    va_start(args, format);

    if (vsnprintf(reason, sizeof(reason), format, args) < 0) {
        reason[0] = '\0';
    }

    va_end(args);

    out->findings = ctl_realloc(out->findings,
                                (out->n + 1) * sizeof(*finding));
    finding = &out->findings[out->n++];
    memset(finding, 0, sizeof(*finding));
    finding->file = ctl_strndup(file, strlen(file));
    finding->path = ctl_strndup(path, strlen(path));
    finding->text = ctl_strndup(reason, strlen(reason));
    out->n_errors++;

    if (path[0] != '\0' && smartmsg_jsonpos_find(text, ctl_str(path), &pos)) {
        finding->line = pos.line;
        finding->column = pos.column;
    }
}

void ctl_findings_free(ctl_findings_t *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        free(findings->findings[i].file);
        free(findings->findings[i].path);
        free(findings->findings[i].text);
    }

    free(findings->findings);
    memset(findings, 0, sizeof(*findings));
}

void ctl_findings_print(const ctl_t *ctl, FILE *out,
    const ctl_findings_t *findings)
{
    bool color = out == stdout;

    for (size_t i = 0; i < findings->n; i++) {
        const ctl_finding_t *finding = &findings->findings[i];

        (void) fputs(color ? ctl_color(ctl, CTL_BOLD) : "", out);
        ctl_print_safe(out, ctl_str(finding->file));

        if (finding->line > 0) {
            (void) fprintf(out, ":%d:%d", finding->line, finding->column);
        }

        (void) fprintf(out, ":%s ", color ? ctl_color_end(ctl, CTL_BOLD) : "");

        if (finding->path[0] != '\0') {
            ctl_print_safe(out, ctl_str(finding->path));
            (void) fputs(": ", out);
        }

        ctl_print_safe(out, ctl_str(finding->text));
        (void) fputc('\n', out);
    }
}

json_t *ctl_findings_json(const ctl_findings_t *findings)
{
    json_t *list = ctl_json(json_array());

    for (size_t i = 0; i < findings->n; i++) {
        const ctl_finding_t *finding = &findings->findings[i];
        json_t *object = ctl_json(json_object());

        ctl_json_set(object, "file", ctl_json_text(ctl_str(finding->file)));

        if (finding->line > 0) {
            ctl_json_set(object, "line", json_integer(finding->line));
            ctl_json_set(object, "column", json_integer(finding->column));
        }

        ctl_json_set(object, "path", ctl_json_text(ctl_str(finding->path)));
        ctl_json_set(object, "error", ctl_json_text(ctl_str(finding->text)));
        ctl_json_set(object, "kind", json_string(finding->fact ? "fact"
                                                               : "error"));
        ctl_json_add(list, object);
    }

    return list;
}
