#ifndef SMARTMSG_CORE_CATALOG_H
#define SMARTMSG_CORE_CATALOG_H

#include <stdbool.h>

#include "core/error.h"
#include "core/names.h"
#include "core/ruleset.h"
#include "core/str.h"

/* The field of the switch hash that stands for all rules. */
#define SMARTMSG_CATALOG_MAIN_SWITCH "*"

/*
 * All that is known about rules: those of the directory, those of Redis which
 * override them, the last good version of each, the switches. Makes the rule
 * sets. Compiles only what has changed. Belongs to one process and thread.
 */
typedef struct smartmsg_catalog_s smartmsg_catalog_t;

/*
 * names must live longer than the catalog and every rule set it has given.
 * Returns NULL when there is no memory.
 */
smartmsg_catalog_t *smartmsg_catalog_new(smartmsg_names_t *names);

/* Does nothing for NULL. Rule sets that others hold stay alive. */
void smartmsg_catalog_free(smartmsg_catalog_t *catalog);

/*
 * Loads the rules of a directory, see smartmsg_rule_dir_load(); they replace
 * what an earlier call has loaded. Blocks: for configuration time only. On
 * error returns false, err->path is the file and the catalog is unchanged.
 */
bool smartmsg_catalog_load_dir(smartmsg_catalog_t *catalog, const char *path,
                               smartmsg_error_t *err);

/*
 * The rule set that is in force, never NULL, borrowed until the next update;
 * to keep it longer take a reference.
 */
smartmsg_ruleset_t *smartmsg_catalog_ruleset(const smartmsg_catalog_t *catalog);

/*
 * What is wrong with the text that Redis has of a rule, "LINE:COLUMN: PATH:
 * REASON"; NULL if it has none, or a good one. Borrowed until the next update.
 */
const char *smartmsg_catalog_error(const smartmsg_catalog_t *catalog,
                                   smartmsg_str_t id);

/* The i-th of those rules, by id; false: there are not so many. */
bool smartmsg_catalog_broken(const smartmsg_catalog_t *catalog, size_t i,
                             smartmsg_str_t *id, const char **error);

/* A field of a Redis hash. */
typedef struct {
    smartmsg_str_t key;
    smartmsg_str_t value;
} smartmsg_kv_t;

/* Bytes of the name of a saved group. */
#define SMARTMSG_CATALOG_GROUP_ID_MAX 128

/* The three hashes, complete, in any order. */
typedef struct {
    const smartmsg_kv_t *rules;
    size_t n_rules;
    const smartmsg_kv_t *switches;
    size_t n_switches;
    const smartmsg_kv_t *good;
    size_t n_good;
} smartmsg_catalog_input_t;

/*
 * What an update has to say; any function may be NULL. They are called before
 * smartmsg_catalog_update() returns and must not call the catalog. Strings are
 * borrowed, and ids and values are foreign: they may be long or unprintable.
 */
typedef struct {
    void *data;

    /*
     * A text from Redis is no valid rule; once for each change of the text.
     * `in_force` tells what serves instead: "the last good version", "the
     * good version kept in Redis", "the file" or "nothing".
     */
    void (*broken)(void *data, smartmsg_str_t id, const smartmsg_error_t *err,
                   const char *in_force);

    /*
     * A text from Redis is in force from now on: it should be remembered as
     * good, and its status is ok. Not called on the first update for a text
     * that `good` holds already.
     */
    void (*good)(void *data, smartmsg_str_t id, smartmsg_str_t text);

    /*
     * A rule is gone from Redis: status and good text are to be forgotten.
     */
    void (*gone)(void *data, smartmsg_str_t id);

    /*
     * A switch is neither on nor off; once for each change of the value. The
     * position before, on at the beginning, stays.
     */
    void (*bad_switch)(void *data, smartmsg_str_t id, smartmsg_str_t value);

    /* A saved group cannot be read; its former state, if any, stays. */
    void (*bad_group)(void *data, smartmsg_str_t id,
                      const smartmsg_error_t *err);
} smartmsg_catalog_report_t;

/*
 * Takes the saved groups over, all fields of their hash. Rules that ask about
 * groups follow with the next update or directory. report may be NULL. Returns
 * false when there is no memory: then the former groups stay.
 */
bool smartmsg_catalog_set_groups(smartmsg_catalog_t *catalog,
                                 const smartmsg_kv_t *fields, size_t n,
                                 const smartmsg_catalog_report_t *report);

/* An object id -> group, borrowed until the groups are set again. */
const json_t *smartmsg_catalog_groups(const smartmsg_catalog_t *catalog);

/*
 * Brings the catalog to the state of the hashes and makes the new rule set,
 * see smartmsg_catalog_ruleset(). A text that does not parse never replaces a
 * good one: the last good version stays, else the text of `good`, else the
 * directory's. A missing switch means on; on and off are read without regard
 * to case. If nothing has changed the rule set stays the same object. Returns
 * false when there is no memory: then everything is as it was before, and the
 * next update reports again.
 */
bool smartmsg_catalog_update(smartmsg_catalog_t *catalog,
                             const smartmsg_catalog_input_t *input,
                             const smartmsg_catalog_report_t *report);

#endif
