/*
 * The command line.
 */

#ifndef SMARTMSG_TOOL_OPTIONS_H
#define SMARTMSG_TOOL_OPTIONS_H

#include "tool/ctl.h"

/*
 * Reads argv[1..] into ctl->options; options and arguments may be mixed, "--"
 * ends the options.  The first argument names the command, which is returned:
 * NULL if there is none (then --help or --version was given).  Ends the
 * program with CTL_USAGE for anything that does not fit.
 */
const ctl_command_t *ctl_options_parse(ctl_t *ctl, int argc, char **argv);

/* Prints the help of a command, or for NULL that of the program. */
void ctl_options_help(const ctl_command_t *command);

#endif
