/*
 * JSON that is put together and printed.  Without memory these end the
 * program.
 */

#ifndef SMARTMSG_TOOL_JSON_H
#define SMARTMSG_TOOL_JSON_H

#include "tool/ctl.h"

/* Passes a value that was just made on; ends the program for NULL. */
json_t *ctl_json(json_t *made);

/* A text; bytes that are no UTF-8 become U+FFFD. */
json_t *ctl_json_text(smartmsg_str_t text);

/* Sets a member, which is given away; the name is treated like a text. */
void ctl_json_set(json_t *object, const char *name, json_t *value);
void ctl_json_set_foreign(json_t *object, smartmsg_str_t name, json_t *value);
void ctl_json_add(json_t *list, json_t *value);

/* A number, without a point where it can be. */
json_t *ctl_json_number(double number);

/* A number if the text is one, else a text. */
json_t *ctl_json_auto(smartmsg_str_t text);

/* Prints it, in ASCII, with a line feed, and gives the reference back. */
void ctl_json_print(json_t *value);
void ctl_json_print_line(json_t *value);

/* On one line; the caller frees it. */
char *ctl_json_compact(const json_t *value);

#endif
