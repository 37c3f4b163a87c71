/*
 * The insides of a catalogue, shared by catalog.c and catalog_update.c.
 */

#ifndef SMARTMSG_CORE_CATALOG_INSIDE_H
#define SMARTMSG_CORE_CATALOG_INSIDE_H

#include "core/catalog.h"

#include <stdint.h>

#include "core/rule_dir.h"

/* Stands for a text that was refused; its bytes are not worth keeping. */
typedef struct {
    size_t len;
    uint64_t hash;
} smartmsg_catalog_print_t;

/* What Redis says of one id: a rule, a switch or both. */
typedef struct {
    char *id;
    size_t id_len;
    smartmsg_rule_t *rule;      /* last good version; NULL: none */
    bool has_text;              /* there is a field in the hash of rules */
    bool broken;                /* whose text is no rule */
    smartmsg_catalog_print_t text;          /* that one, if it is broken */
    char *error;                /* what is wrong with it then */
    bool on;
    bool bad_switch;            /* the switch is neither on nor off */
    smartmsg_catalog_print_t switch_text;   /* what it is then */
} smartmsg_catalog_entry_t;

/* Sorted by id. */
typedef struct {
    smartmsg_catalog_entry_t *entries;
    size_t n;
} smartmsg_catalog_state_t;

struct smartmsg_catalog_s {
    smartmsg_names_t *names;
    smartmsg_rule_list_t files;
    smartmsg_catalog_state_t state;
    json_t *groups;             /* object id -> group */
    bool regroup;               /* rules that use them are to be compiled */
    bool updated;               /* there was an update */
    smartmsg_ruleset_t *set;
};

smartmsg_str_t smartmsg_catalog_entry_id(const smartmsg_catalog_entry_t *entry);

/* NULL if there is none. */
smartmsg_catalog_entry_t *smartmsg_catalog_find(
    const smartmsg_catalog_state_t *state, smartmsg_str_t id);

/* Leaves an empty state. */
void smartmsg_catalog_free_state(smartmsg_catalog_state_t *state);

/* Whether one of the files is the rule id. */
bool smartmsg_catalog_has_file(const smartmsg_rule_list_t *files,
                               smartmsg_str_t id);

/*
 * The set that files and state make, as a new reference: old, which may be
 * NULL, if it is still right. NULL without memory.
 */
smartmsg_ruleset_t *smartmsg_catalog_make_set(
    const smartmsg_rule_list_t *files, const smartmsg_catalog_state_t *state,
    smartmsg_ruleset_t *old);

/* Takes the reference of set, gives that of the former one back. */
void smartmsg_catalog_replace_set(smartmsg_catalog_t *catalog,
                                  smartmsg_ruleset_t *set);

#endif
