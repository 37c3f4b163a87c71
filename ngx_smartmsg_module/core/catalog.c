#include "core/catalog_inside.h"

#include <stdlib.h>

#include "core/groups.h"
#include "core/utf8.h"

typedef smartmsg_catalog_entry_t entry_t;
typedef smartmsg_catalog_state_t state_t;

smartmsg_str_t smartmsg_catalog_entry_id(const entry_t *entry)
{
    return smartmsg_str(entry->id, entry->id_len);
}

static int key_against_entry(const void *key, const void *entry)
{
    return smartmsg_str_cmp(*(const smartmsg_str_t *)key,
                            smartmsg_catalog_entry_id(entry));
}

entry_t *smartmsg_catalog_find(const state_t *state, smartmsg_str_t id)
{
    if (state->n == 0) {
        return NULL;
    }

    return bsearch(&id, state->entries, state->n, sizeof(entry_t),
                   key_against_entry);
}

void smartmsg_catalog_free_state(state_t *state)
{
    for (size_t i = 0; i < state->n; i++) {
        free(state->entries[i].id);
        free(state->entries[i].error);
        smartmsg_rule_unref(state->entries[i].rule);
    }

    free(state->entries);
    memset(state, 0, sizeof(*state));
}

static int key_against_file(const void *key, const void *file)
{
    return smartmsg_str_cmp(*(const smartmsg_str_t *)key,
                            smartmsg_rule_id(*(smartmsg_rule_t *const *)file));
}

bool smartmsg_catalog_has_file(const smartmsg_rule_list_t *files,
                               smartmsg_str_t id)
{
    return files->n > 0
           && bsearch(&id, files->rules, files->n, sizeof(files->rules[0]),
                      key_against_file) != NULL;
}

/* Without an entry, or without an understandable switch, a rule is on. */
static bool is_on(const state_t *state, smartmsg_str_t id)
{
    const entry_t *entry = smartmsg_catalog_find(state, id);

    return entry == NULL || entry->on;
}

/* Puts the rules that are in force into out, which has room for all. */
static size_t merge(const smartmsg_rule_list_t *files, const state_t *state,
                    smartmsg_ruleset_entry_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < state->n; i++) {
        const entry_t *entry = &state->entries[i];

        if (entry->rule != NULL) {
            out[n++] = (smartmsg_ruleset_entry_t){entry->rule, entry->on};
        }
    }

    for (size_t i = 0; i < files->n; i++) {
        smartmsg_rule_t *rule = files->rules[i];
        const entry_t *entry;

        entry = smartmsg_catalog_find(state, smartmsg_rule_id(rule));

        if (entry == NULL || entry->rule == NULL) {
            out[n++] = (smartmsg_ruleset_entry_t){
                rule, entry == NULL || entry->on
            };
        }
    }

    return n;
}

/* Would a set of these rules be the same as set? */
static bool is_same(const smartmsg_ruleset_t *set,
                    const smartmsg_ruleset_entry_t *entries, size_t n,
                    bool main_switch)
{
    if (smartmsg_ruleset_size(set) != n
        || smartmsg_ruleset_main_switch(set) != main_switch)
    {
        return false;
    }

    for (size_t i = 0; i < n; i++) {
        bool on = false;
        const smartmsg_rule_t *rule;

        rule = smartmsg_ruleset_find(set, smartmsg_rule_id(entries[i].rule),
                                     &on);

        if (rule != entries[i].rule || on != entries[i].on) {
            return false;
        }
    }

    return true;
}

smartmsg_ruleset_t *smartmsg_catalog_make_set(
    const smartmsg_rule_list_t *files, const state_t *state,
    smartmsg_ruleset_t *old)
{
    size_t size = files->n + state->n;
    smartmsg_ruleset_entry_t *entries = malloc((size + 1) * sizeof(entries[0]));
    bool on = is_on(state, SMARTMSG_STR(SMARTMSG_CATALOG_MAIN_SWITCH));
    smartmsg_ruleset_t *set;

    if (entries == NULL) {
        return NULL;
    }

    size_t n = merge(files, state, entries);

    if (old != NULL && is_same(old, entries, n, on)) {
        set = smartmsg_ruleset_ref(old);
    } else {
        set = smartmsg_ruleset_new(entries, n, on);
    }

    free(entries);

    return set;
}

smartmsg_catalog_t *smartmsg_catalog_new(smartmsg_names_t *names)
{
    smartmsg_catalog_t *catalog = calloc(1, sizeof(*catalog));

    if (catalog == NULL) {
        return NULL;
    }

    catalog->names = names;
    catalog->groups = json_object();
    catalog->set = smartmsg_catalog_make_set(&catalog->files, &catalog->state,
                                             NULL);

    if (catalog->set == NULL || catalog->groups == NULL) {
        smartmsg_catalog_free(catalog);
        return NULL;
    }

    return catalog;
}

void smartmsg_catalog_free(smartmsg_catalog_t *catalog)
{
    if (catalog != NULL) {
        smartmsg_ruleset_unref(catalog->set);
        smartmsg_rule_list_free(&catalog->files);
        smartmsg_catalog_free_state(&catalog->state);
        json_decref(catalog->groups);
        free(catalog);
    }
}

smartmsg_ruleset_t *smartmsg_catalog_ruleset(const smartmsg_catalog_t *catalog)
{
    return catalog->set;
}

void smartmsg_catalog_replace_set(smartmsg_catalog_t *catalog,
                                  smartmsg_ruleset_t *set)
{
    smartmsg_ruleset_unref(catalog->set);
    catalog->set = set;
}

/*
 * Reads a group; of one that is none, that is reported, and its former state
 * is set. False without memory.
 */
static bool take_group(const smartmsg_catalog_t *catalog,
                       const smartmsg_kv_t *kv, json_t *groups,
                       const smartmsg_catalog_report_t *report)
{
    smartmsg_error_t err;
    json_t *group = NULL;

    smartmsg_error_clear(&err);

    if (kv->key.len > SMARTMSG_CATALOG_GROUP_ID_MAX
        || !smartmsg_utf8_valid(kv->key)
        || (kv->key.len > 0 && memchr(kv->key.data, '\0', kv->key.len)))
    {
        smartmsg_error_set(&err, NULL, "a group's name must be text of at "
                           "most %d bytes", SMARTMSG_CATALOG_GROUP_ID_MAX);
    } else {
        group = smartmsg_group_parse(kv->value, &err);
    }

    if (group == NULL) {
        if (report != NULL && report->bad_group != NULL) {
            report->bad_group(report->data, kv->key, &err);
        }

        group = json_incref(json_object_getn(catalog->groups, kv->key.data,
                                             kv->key.len));
    }

    return group == NULL
           || json_object_setn_new(groups, kv->key.data, kv->key.len, group)
              == 0;
}

bool smartmsg_catalog_set_groups(smartmsg_catalog_t *catalog,
                                 const smartmsg_kv_t *fields, size_t n,
                                 const smartmsg_catalog_report_t *report)
{
    json_t *groups = json_object();
    bool done = groups != NULL;

    for (size_t i = 0; done && i < n; i++) {
        done = take_group(catalog, &fields[i], groups, report);
    }

    if (done && !json_equal(groups, catalog->groups)) {
        json_t *former = catalog->groups;

        catalog->groups = json_incref(groups);
        catalog->regroup = true;
        json_decref(former);
    }

    json_decref(groups);

    return done;
}

const json_t *smartmsg_catalog_groups(const smartmsg_catalog_t *catalog)
{
    return catalog->groups;
}

const char *smartmsg_catalog_error(const smartmsg_catalog_t *catalog,
                                   smartmsg_str_t id)
{
    const entry_t *entry = smartmsg_catalog_find(&catalog->state, id);

    return entry != NULL ? entry->error : NULL;
}

bool smartmsg_catalog_broken(const smartmsg_catalog_t *catalog, size_t i,
                             smartmsg_str_t *id, const char **error)
{
    const state_t *state = &catalog->state;

    for (size_t at = 0; at < state->n; at++) {
        if (state->entries[at].error != NULL && i-- == 0) {
            *id = smartmsg_catalog_entry_id(&state->entries[at]);
            *error = state->entries[at].error;
            return true;
        }
    }

    return false;
}

bool smartmsg_catalog_load_dir(smartmsg_catalog_t *catalog, const char *path,
                               smartmsg_error_t *err)
{
    smartmsg_rule_list_t files;

    if (!smartmsg_rule_dir_load(path, catalog->names, catalog->groups, &files,
                                err)) {
        return false;
    }

    smartmsg_ruleset_t *set;

    set = smartmsg_catalog_make_set(&files, &catalog->state, NULL);

    if (set == NULL) {
        smartmsg_rule_list_free(&files);
        smartmsg_error_no_memory(err);
        return false;
    }

    smartmsg_rule_list_free(&catalog->files);
    catalog->files = files;
    smartmsg_catalog_replace_set(catalog, set);

    return true;
}
