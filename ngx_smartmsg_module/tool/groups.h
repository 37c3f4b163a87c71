/*
 * Saved groups out of a file.
 */

#ifndef SMARTMSG_TOOL_GROUPS_H
#define SMARTMSG_TOOL_GROUPS_H

#include "tool/ctl.h"

/*
 * The object id -> group of --groups, checked; NULL if the option is not
 * given. Ends the program if the file is not right. Free it with json_decref().
 */
json_t *ctl_groups_file(const ctl_t *ctl);

#endif
