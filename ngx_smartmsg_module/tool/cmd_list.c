/*
 * smartmsgctl list
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tool/counters.h"
#include "tool/json.h"
#include "tool/rules.h"
#include "tool/table.h"

/* Tells one version of a text from another (FNV-1a, 32 bits). */
static uint32_t version_of(const smartmsg_rule_t *rule)
{
    smartmsg_str_t text = smartmsg_rule_text(rule);
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char) text.data[i]) * 16777619u;
    }

    return hash;
}

/* Today's counters of each rule, in their order; the caller frees them. */
static ctl_counts_t *load_counts(ctl_t *ctl, const ctl_rules_t *rules,
    long long now)
{
    ctl_counts_t *counts = ctl_alloc(rules->n * sizeof(*counts));
    char day[CTL_DAY_SIZE], key[CTL_KEY_SIZE];

    ctl_day(now, 0, day);

    for (size_t i = 0; i < rules->n; i++) {
        smartmsg_str_t id = rules->rules[i].id;

        if (smartmsg_rule_id_valid(id)) {
            ctl_send(ctl, "HGETALL",
                     ctl_key(ctl, key, "stats:%.*s:%s", (int) id.len, id.data,
                             day), NULL);
        }
    }

    for (size_t i = 0; i < rules->n; i++) {
        redisReply *reply;

        if (smartmsg_rule_id_valid(rules->rules[i].id)) {
            reply = ctl_receive(ctl, REDIS_REPLY_ARRAY, "HGETALL of today's"
                                                        " statistics");
            ctl_counts_add(&counts[i], reply);
            freeReplyObject(reply);
        }
    }

    return counts;
}

static json_t *rule_json(const ctl_rules_t *rules, const ctl_rule_t *rule,
    const ctl_counts_t *counts, long long now)
{
    json_t *object = ctl_json(json_object());
    ctl_state_e state = ctl_rule_state(rules, rule, now);

    ctl_json_set(object, "rule", ctl_json_text(rule->id));
    ctl_json_set(object, "state", json_string(ctl_state_name(state)));
    ctl_json_set(object, "switch", json_string(rule->on ? "on" : "off"));
    ctl_json_set(object, "source", json_string(rule->in_redis ? "redis"
                                                              : "file"));

    if (rule->rule != NULL) {
        char version[16];

        (void) snprintf(version, sizeof(version), "%08x",
                        version_of(rule->rule));
        ctl_json_set(object, "version", json_string(version));
        ctl_json_set(object, "priority",
                     ctl_json_number(smartmsg_rule_priority(rule->rule)));
    }

    ctl_json_set(object, "shown", json_integer(counts->n[CTL_IMPRESSION]));
    ctl_json_set(object, "clicked", json_integer(counts->n[CTL_CLICK]));

    if (rule->error != NULL) {
        ctl_json_set(object, "error", ctl_json_text(ctl_str(rule->error)));
    }

    if (rule->in_force != NULL) {
        ctl_json_set(object, "in_force", json_string(rule->in_force));
    }

    return object;
}

static void print_json(const ctl_rules_t *rules, const ctl_counts_t *counts,
    long long now)
{
    json_t *object = ctl_json(json_object());
    json_t *list = ctl_json(json_array());

    for (size_t i = 0; i < rules->n; i++) {
        ctl_json_add(list, rule_json(rules, &rules->rules[i], &counts[i],
                                     now));
    }

    ctl_json_set(object, "main_switch",
                 json_string(rules->main_switch ? "on" : "off"));
    ctl_json_set(object, "rules", list);
    ctl_json_print(object);
}

static void print_table(const ctl_t *ctl, const ctl_rules_t *rules,
    const ctl_counts_t *counts, long long now)
{
    static const ctl_color_e colors[] = { CTL_GREEN, CTL_FAINT, CTL_RED,
                                          CTL_YELLOW, CTL_FAINT };
    ctl_table_t table;

    ctl_table_init(&table, "RULE|STATE|>PRIORITY|VERSION|SOURCE|>SHOWN|"
                           ">CLICKED|WHY");

    for (size_t i = 0; i < rules->n; i++) {
        const ctl_rule_t *rule = &rules->rules[i];
        ctl_state_e state = ctl_rule_state(rules, rule, now);

        ctl_table_row(&table);
        ctl_table_set(&table, 0, CTL_PLAIN, rule->id);
        ctl_table_setf(&table, 1, colors[state], "%s", ctl_state_name(state));

        if (rule->rule != NULL) {
            ctl_table_setf(&table, 2, CTL_PLAIN, "%g",
                           smartmsg_rule_priority(rule->rule));
            ctl_table_setf(&table, 3, CTL_PLAIN, "%08x",
                           version_of(rule->rule));
        }

        ctl_table_setf(&table, 4, CTL_PLAIN, "%s",
                       rule->in_redis ? "redis" : "file");
        ctl_table_setf(&table, 5, CTL_PLAIN, "%lld",
                       counts[i].n[CTL_IMPRESSION]);
        ctl_table_setf(&table, 6, CTL_PLAIN, "%lld", counts[i].n[CTL_CLICK]);

        if (rule->error != NULL) {
            ctl_table_set(&table, 7, CTL_RED, ctl_str(rule->error));
        }
    }

    ctl_table_print(ctl, &table);

    if (rules->n == 0) {
        (void) printf("no rules\n");
    }

    if (!rules->main_switch) {
        (void) printf("the main switch is off\n");
    }
}

int ctl_list(ctl_t *ctl)
{
    ctl_rules_t rules;
    ctl_counts_t *counts;
    long long now = (long long) time(NULL);
    int code = CTL_OK;

    ctl_rules_load(ctl, &rules);
    counts = load_counts(ctl, &rules, now);

    for (size_t i = 0; i < rules.n; i++) {
        code = rules.rules[i].broken ? CTL_FINDINGS : code;
    }

    if (ctl->options.json) {
        print_json(&rules, counts, now);
    } else {
        print_table(ctl, &rules, counts, now);
    }

    free(counts);
    ctl_rules_free(&rules);
    return code;
}
