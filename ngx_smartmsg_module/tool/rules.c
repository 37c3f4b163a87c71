#include "tool/rules.h"

#include <stdlib.h>

#include "tool/groups.h"
#include "tool/json.h"

enum { RULES, SWITCH, GOOD, STATUS, GROUPS, HASHES };

static const char *const hash_names[] = { "rules", "switch", "good",
                                          "status", "groups" };

static void load_hashes(ctl_t *ctl, ctl_rules_t *rules)
{
    char keys[HASHES][CTL_KEY_SIZE];

    for (int i = 0; i < HASHES; i++) {
        ctl_send(ctl, "HGETALL", ctl_key(ctl, keys[i], "%s", hash_names[i]),
                 NULL);
    }

    for (int i = 0; i < HASHES; i++) {
        char *what = ctl_format("HGETALL %s", keys[i]);

        rules->hashes[i] = ctl_receive(ctl, REDIS_REPLY_ARRAY, what);
        free(what);
    }
}

static size_t size_of(const redisReply *hash)
{
    return hash != NULL ? hash->elements / 2 : 0;
}

/* The caller frees it. */
static smartmsg_kv_t *fields_of(const redisReply *hash)
{
    size_t n = size_of(hash);
    smartmsg_kv_t *fields = ctl_alloc(n * sizeof(*fields));

    for (size_t i = 0; i < n; i++) {
        fields[i].key = ctl_reply_at(hash, 2 * i);
        fields[i].value = ctl_reply_at(hash, 2 * i + 1);
    }

    return fields;
}

static bool find_field(const redisReply *hash, smartmsg_str_t key,
    smartmsg_str_t *value)
{
    for (size_t i = 0; i < size_of(hash); i++) {
        if (smartmsg_str_eq(ctl_reply_at(hash, 2 * i), key)) {
            *value = ctl_reply_at(hash, 2 * i + 1);
            return true;
        }
    }

    return false;
}

static int by_id(const void *a, const void *b)
{
    return smartmsg_str_cmp(((const ctl_rule_t *) a)->id,
                            ((const ctl_rule_t *) b)->id);
}

static void add_rule(ctl_rules_t *rules, smartmsg_str_t id, bool in_redis)
{
    ctl_rule_t *rule;

    rules->rules = ctl_realloc(rules->rules, (rules->n + 1) * sizeof(*rule));
    rule = &rules->rules[rules->n++];
    memset(rule, 0, sizeof(*rule));
    rule->id = id;
    rule->in_redis = in_redis;
    rule->on = true;
}

static void collect(ctl_rules_t *rules)
{
    smartmsg_str_t text;

    for (size_t i = 0; i < size_of(rules->hashes[RULES]); i++) {
        add_rule(rules, ctl_reply_at(rules->hashes[RULES], 2 * i), true);
    }

    for (size_t i = 0; i < rules->files.n; i++) {
        smartmsg_str_t id = smartmsg_rule_id(rules->files.rules[i]);

        if (!find_field(rules->hashes[RULES], id, &text)) {
            add_rule(rules, id, false);
        }
    }

    if (rules->n > 0) {
        qsort(rules->rules, rules->n, sizeof(rules->rules[0]), by_id);
    }
}

static ctl_rule_t *find(const ctl_rules_t *rules, smartmsg_str_t id)
{
    ctl_rule_t key = { .id = id };

    return rules->n == 0 ? NULL
        : bsearch(&key, rules->rules, rules->n, sizeof(key), by_id);
}

const ctl_rule_t *ctl_rules_find(const ctl_rules_t *rules, smartmsg_str_t id)
{
    return find(rules, id);
}

static void set_broken(ctl_rule_t *rule, char *error)
{
    rule->broken = true;
    free(rule->error);
    rule->error = error;
}

static void on_broken(void *data, smartmsg_str_t id,
    const smartmsg_error_t *err, const char *in_force)
{
    ctl_rule_t *rule = find(data, id);

    if (rule == NULL) {
        return;
    }

    rule->in_force = in_force;

    if (err->line > 0) {
        set_broken(rule, ctl_format("%d:%d: %s%s%s", err->line, err->column,
                                    err->path, err->path[0] ? ": " : "",
                                    err->text));
    } else {
        set_broken(rule, ctl_format("%s%s%s", err->path,
                                    err->path[0] ? ": " : "", err->text));
    }
}

/* What the servers say counts for more than what we think. */
static void read_status(ctl_rules_t *rules, ctl_rule_t *rule)
{
    smartmsg_str_t text;
    const char *state, *error;
    json_t *status;

    if (!rule->in_redis || !find_field(rules->hashes[STATUS], rule->id, &text))
    {
        return;
    }

    status = json_loadb(text.data, text.len, 0, NULL);
    state = json_string_value(json_object_get(status, "state"));
    error = json_string_value(json_object_get(status, "error"));

    if (state != NULL && strcmp(state, "error") == 0 && error != NULL) {
        set_broken(rule, ctl_strndup(error, strlen(error)));
    }

    json_decref(status);
}

static void on_bad_group(void *data, smartmsg_str_t id,
    const smartmsg_error_t *err)
{
    (void) data;
    ctl_warn("the group %.*s cannot be used: %s%s%s", (int) id.len, id.data,
             err->path, err->path[0] ? ": " : "", err->text);
}

static void set_groups(ctl_rules_t *rules, const smartmsg_kv_t *fields,
    size_t n)
{
    smartmsg_catalog_report_t report = { .bad_group = on_bad_group };

    if (!smartmsg_catalog_set_groups(rules->catalog, fields, n, &report)) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }
}

/* Those of a file. */
static void take_groups(ctl_rules_t *rules, json_t *groups)
{
    size_t n = 0;
    smartmsg_kv_t *fields = ctl_alloc(json_object_size(groups)
                                      * sizeof(*fields));
    const char *id;
    json_t *group;

    json_object_foreach(groups, id, group) {
        fields[n].key = ctl_str(id);
        fields[n++].value = ctl_str(ctl_json_compact(group));
    }

    set_groups(rules, fields, n);

    while (n > 0) {
        free((char *) fields[--n].value.data);
    }

    free(fields);
}

/* The groups of --groups, else those that Redis has. */
static void load_groups(const ctl_t *ctl, ctl_rules_t *rules)
{
    json_t *groups = ctl_groups_file(ctl);
    smartmsg_kv_t *fields;

    if (groups != NULL) {
        take_groups(rules, groups);
        json_decref(groups);
        return;
    }

    fields = fields_of(rules->hashes[GROUPS]);
    set_groups(rules, fields, size_of(rules->hashes[GROUPS]));
    free(fields);
}

static void load_catalog(ctl_t *ctl, ctl_rules_t *rules)
{
    const char *dir = ctl->options.rules;
    smartmsg_catalog_input_t input = { .n_rules = 0 };
    smartmsg_catalog_report_t report = { .data = rules, .broken = on_broken };
    smartmsg_kv_t *fields[3];
    smartmsg_error_t err;

    rules->catalog = smartmsg_catalog_new(rules->names);

    if (rules->catalog == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    load_groups(ctl, rules);

    if (dir != NULL
        && (!smartmsg_catalog_load_dir(rules->catalog, dir, &err)
            || !smartmsg_rule_dir_load(dir, rules->names, NULL, &rules->files,
                                       &err)))
    {
        ctl_fail(CTL_FINDINGS, "%s:%d:%d: %s", err.path, err.line, err.column,
                 err.text);
    }

    collect(rules);

    for (int i = 0; i < 3; i++) {
        fields[i] = fields_of(rules->hashes[i]);
    }

    input.rules = fields[RULES];
    input.n_rules = size_of(rules->hashes[RULES]);
    input.switches = fields[SWITCH];
    input.n_switches = size_of(rules->hashes[SWITCH]);
    input.good = fields[GOOD];
    input.n_good = size_of(rules->hashes[GOOD]);

    if (!smartmsg_catalog_update(rules->catalog, &input, &report)) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    for (int i = 0; i < 3; i++) {
        free(fields[i]);
    }
}

void ctl_rules_load(ctl_t *ctl, ctl_rules_t *rules)
{
    const smartmsg_ruleset_t *set;

    memset(rules, 0, sizeof(*rules));
    rules->names = smartmsg_names_create();

    if (rules->names == NULL) {
        ctl_fail(CTL_LOCAL, "out of memory");
    }

    if (!ctl->options.offline) {
        load_hashes(ctl, rules);
    }

    load_catalog(ctl, rules);
    set = smartmsg_catalog_ruleset(rules->catalog);
    rules->main_switch = smartmsg_ruleset_main_switch(set);

    for (size_t i = 0; i < rules->n; i++) {
        ctl_rule_t *rule = &rules->rules[i];
        smartmsg_str_t position;

        rule->rule = smartmsg_ruleset_find(set, rule->id, &rule->on);

        /* that of a rule without a good version is not in the set */
        if (rule->rule == NULL
            && find_field(rules->hashes[SWITCH], rule->id, &position))
        {
            rule->on = !smartmsg_str_case_eq(position, SMARTMSG_STR("off"));
        }

        read_status(rules, rule);
    }
}

void ctl_rules_free(ctl_rules_t *rules)
{
    for (size_t i = 0; i < rules->n; i++) {
        free(rules->rules[i].error);
    }

    free(rules->rules);
    smartmsg_catalog_free(rules->catalog);
    smartmsg_rule_list_free(&rules->files);
    smartmsg_names_destroy(rules->names);

    for (int i = 0; i < HASHES; i++) {
        if (rules->hashes[i] != NULL) {
            freeReplyObject(rules->hashes[i]);
        }
    }
}

ctl_state_e ctl_rule_state(const ctl_rules_t *rules, const ctl_rule_t *rule,
    long long now)
{
    if (rule->broken) {
        return CTL_STATE_BROKEN;
    }

    if (!rule->on || !rules->main_switch) {
        return CTL_STATE_OFF;
    }

    if (rule->rule == NULL || smartmsg_rule_in_season(rule->rule, now)) {
        return CTL_STATE_ON;
    }

    return smartmsg_rule_is_early(rule->rule, now) ? CTL_STATE_SCHEDULED : CTL_STATE_ENDED;
}

const char *ctl_state_name(ctl_state_e state)
{
    static const char *const names[] = { "on", "off", "broken", "scheduled",
                                         "ended" };

    return names[state];
}
