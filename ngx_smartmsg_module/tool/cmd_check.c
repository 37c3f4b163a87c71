/*
 * smartmsgctl check FILE...
 */

#include <stdio.h>

#include "tool/groups.h"
#include "tool/json.h"
#include "tool/lint.h"

int ctl_check(ctl_t *ctl)
{
    ctl_files_t files;
    ctl_findings_t findings;
    json_t *groups = ctl_groups_file(ctl);
    ctl_known_t known = { &ctl->options.facts, groups };
    size_t n;

    ctl_files_read(&ctl->options.args, &files);
    ctl_lint_files(&files, &known, &findings);
    json_decref(groups);
    n = findings.n;

    if (ctl->options.json) {
        ctl_json_print(ctl_findings_json(&findings));

    } else {
        ctl_findings_print(ctl, stdout, &findings);

        if (n == 0) {
            (void) printf("%zu rule%s: no errors\n", files.n,
                          files.n == 1 ? "" : "s");
        } else {
            (void) printf("%zu error%s\n", n, n == 1 ? "" : "s");
        }
    }

    ctl_findings_free(&findings);
    ctl_files_free(&files);
    return n == 0 ? CTL_OK : CTL_FINDINGS;
}
