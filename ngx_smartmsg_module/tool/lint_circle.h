/*
 * Prerequisites in a circle: no rule of one can ever apply.
 */

#ifndef SMARTMSG_TOOL_LINT_CIRCLE_H
#define SMARTMSG_TOOL_LINT_CIRCLE_H

#include "tool/lint.h"

/* Adds a finding for each prerequisite that closes a circle. */
void ctl_lint_circles(const ctl_files_t *files, ctl_findings_t *out);

#endif
