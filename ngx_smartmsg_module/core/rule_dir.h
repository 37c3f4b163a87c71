#ifndef SMARTMSG_CORE_RULE_DIR_H
#define SMARTMSG_CORE_RULE_DIR_H

#include "core/rule.h"

/* Rules sorted by id, each with one reference of the list. */
typedef struct {
    smartmsg_rule_t **rules;
    size_t n;
} smartmsg_rule_list_t;

/*
 * Reads all files *.json of a directory as rules; a name without .json is the
 * rule's id, names that begin with a dot are skipped. Blocks. Stops at the
 * first bad file in the order of names and returns false: then the path in
 * err is that of the file or directory, not a JSON path, which stands in the
 * text instead. On success the list must be freed. groups may be NULL, see
 * smartmsg_rule_parse_with().
 */
bool smartmsg_rule_dir_load(const char *path, smartmsg_names_t *names,
                            json_t *groups, smartmsg_rule_list_t *list,
                            smartmsg_error_t *err);

/* Gives the references back; may be called twice, and for an all zero one. */
void smartmsg_rule_list_free(smartmsg_rule_list_t *list);

#endif
