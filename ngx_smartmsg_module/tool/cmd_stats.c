/*
 * smartmsgctl stats [RULE...]
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/rule.h"
#include "tool/counters.h"
#include "tool/json.h"
#include "tool/table.h"

#define DAYS_DEFAULT 30
#define DAYS_MAX     400    /* statistics are not kept for longer */

typedef struct {
    char *name;
    ctl_counts_t counts;
} variation_t;

typedef struct {
    char *id;
    ctl_counts_t counts;
    variation_t *variations;
    size_t n;
    json_t *days;           /* day -> counts */
} stats_t;

typedef struct {
    stats_t *rules;
    size_t n;
} list_t;

static void add_rule(list_t *list, smartmsg_str_t id)
{
    if (!smartmsg_rule_id_valid(id)) {
        return;
    }

    for (size_t i = 0; i < list->n; i++) {
        if (smartmsg_str_eq(ctl_str(list->rules[i].id), id)) {
            return;
        }
    }

    list->rules = ctl_realloc(list->rules, (list->n + 1)
                                           * sizeof(list->rules[0]));
    memset(&list->rules[list->n], 0, sizeof(list->rules[0]));
    list->rules[list->n].id = ctl_strndup(id.data, id.len);
    list->rules[list->n++].days = ctl_json(json_object());
}

/* The prefix may have characters that mean something to SCAN. */
static char *scan_pattern(const ctl_t *ctl)
{
    char *pattern = ctl_alloc(2 * strlen(ctl->options.prefix) + 16);
    char *p = pattern;

    for (const char *c = ctl->options.prefix; *c != '\0'; c++) {
        if (strchr("*?[]\\^-", *c) != NULL) {
            *p++ = '\\';
        }

        *p++ = *c;
    }

    memcpy(p, "stats:*", sizeof("stats:*"));
    return pattern;
}

/* PREFIXstats:RULE:DAY */
static void add_key(const ctl_t *ctl, list_t *list, smartmsg_str_t key)
{
    size_t before = strlen(ctl->options.prefix) + strlen("stats:");
    size_t day = strlen(":20301224");

    if (key.len > before + day && key.data[key.len - day] == ':') {
        add_rule(list, smartmsg_str(key.data + before,
                                    key.len - before - day));
    }
}

/* All rules of which there are statistics: also those of the files. */
static void scan(ctl_t *ctl, list_t *list)
{
    char *pattern = scan_pattern(ctl);
    char *cursor = ctl_strndup("0", 1);

    do {
        redisReply *reply = ctl_command(ctl, REDIS_REPLY_ARRAY, "SCAN", cursor,
                                        "MATCH", pattern, "COUNT", "1000",
                                        NULL);
        smartmsg_str_t next = ctl_reply_at(reply, 0);

        free(cursor);
        cursor = ctl_strndup(next.data, next.len);

        for (size_t i = 0; reply->elements == 2
                           && i < reply->element[1]->elements; i++)
        {
            add_key(ctl, list, ctl_reply_at(reply->element[1], i));
        }

        freeReplyObject(reply);
    } while (strcmp(cursor, "0") != 0 && cursor[0] != '\0');

    free(cursor);
    free(pattern);
}

static variation_t *variation_of(stats_t *stats, smartmsg_str_t name)
{
    for (size_t i = 0; i < stats->n; i++) {
        if (smartmsg_str_eq(ctl_str(stats->variations[i].name), name)) {
            return &stats->variations[i];
        }
    }

    stats->variations = ctl_realloc(stats->variations,
                                    (stats->n + 1)
                                    * sizeof(stats->variations[0]));
    memset(&stats->variations[stats->n], 0, sizeof(stats->variations[0]));
    stats->variations[stats->n].name = ctl_strndup(name.data, name.len);
    return &stats->variations[stats->n++];
}

static void counts_json(json_t *object, const ctl_counts_t *counts)
{
    long long shown = counts->n[CTL_IMPRESSION];

    ctl_json_set(object, "impressions", json_integer(shown));
    ctl_json_set(object, "clicks", json_integer(counts->n[CTL_CLICK]));
    ctl_json_set(object, "dismissals", json_integer(counts->n[CTL_DISMISS]));
    ctl_json_set(object, "answers", json_integer(counts->n[CTL_ANSWER]));
    ctl_json_set(object, "rate", shown > 0
                 ? json_real((double) counts->n[CTL_CLICK] / (double) shown)
                 : json_null());
}

static void add_day(stats_t *stats, const char *day, const redisReply *fields)
{
    ctl_counts_t counts = { { 0 } };
    json_t *object;

    if (fields->elements == 0) {
        return;
    }

    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        smartmsg_str_t name;
        ctl_counter_e counter;
        long long n;

        if (ctl_counter_parse(ctl_reply_at(fields, i),
                              ctl_reply_at(fields, i + 1), &counter, &name,
                              &n))
        {
            counts.n[counter] += n;
            stats->counts.n[counter] += n;
            variation_of(stats, name)->counts.n[counter] += n;
        }
    }

    object = ctl_json(json_object());
    counts_json(object, &counts);
    ctl_json_set(stats->days, day, object);
}

/* Oldest day first. */
static void load(ctl_t *ctl, stats_t *stats, long days, long long now)
{
    char day[CTL_DAY_SIZE], key[CTL_KEY_SIZE];

    for (long ago = days; ago-- > 0;) {
        ctl_day(now, ago, day);
        ctl_send(ctl, "HGETALL",
                 ctl_key(ctl, key, "stats:%s:%s", stats->id, day), NULL);
    }

    for (long ago = days; ago-- > 0;) {
        redisReply *reply;

        ctl_day(now, ago, day);
        reply = ctl_receive(ctl, REDIS_REPLY_ARRAY, "HGETALL of statistics");
        add_day(stats, day, reply);
        freeReplyObject(reply);
    }
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const stats_t *) a)->id, ((const stats_t *) b)->id);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const variation_t *) a)->name,
                  ((const variation_t *) b)->name);
}

static json_t *stats_json(const stats_t *stats)
{
    json_t *object = ctl_json(json_object());
    json_t *variations = ctl_json(json_object());

    ctl_json_set(object, "rule", ctl_json_text(ctl_str(stats->id)));
    counts_json(object, &stats->counts);

    for (size_t i = 0; i < stats->n; i++) {
        json_t *variation = ctl_json(json_object());

        counts_json(variation, &stats->variations[i].counts);
        ctl_json_set_foreign(variations, ctl_str(stats->variations[i].name),
                             variation);
    }

    ctl_json_set(object, "variations", variations);
    ctl_json_set(object, "days", json_incref(stats->days));
    return object;
}

static void add_row(ctl_table_t *table, const char *rule,
    const char *variation, const ctl_counts_t *counts)
{
    char rate[CTL_RATE_SIZE];

    ctl_table_row(table);
    ctl_table_set(table, 0, CTL_PLAIN, ctl_str(rule));
    ctl_table_set(table, 1, CTL_PLAIN, ctl_str(variation));

    for (size_t i = 0; i < CTL_COUNTERS; i++) {
        ctl_table_setf(table, 2 + i, CTL_PLAIN, "%lld", counts->n[i]);
    }

    ctl_rate(counts, rate);
    ctl_table_setf(table, 2 + CTL_COUNTERS, CTL_PLAIN, "%s", rate);
}

static void print_table(const ctl_t *ctl, const list_t *list)
{
    ctl_table_t table;

    ctl_table_init(&table, "RULE|VARIATION|>SHOWN|>CLICKED|>DISMISSED|>ANSWERED"
                           "|>RATE");

    for (size_t i = 0; i < list->n; i++) {
        const stats_t *stats = &list->rules[i];
        bool several = stats->n > 1
                       || (stats->n == 1 && stats->variations[0].name[0]);

        add_row(&table, stats->id, "", &stats->counts);

        for (size_t j = 0; several && j < stats->n; j++) {
            add_row(&table, "", stats->variations[j].name[0]
                                ? stats->variations[j].name : "(none)",
                    &stats->variations[j].counts);
        }
    }

    ctl_table_print(ctl, &table);

    if (list->n == 0) {
        (void) printf("no statistics\n");
    }
}

static void print_json(const list_t *list)
{
    json_t *rules = ctl_json(json_array());

    for (size_t i = 0; i < list->n; i++) {
        ctl_json_add(rules, stats_json(&list->rules[i]));
    }

    ctl_json_print(rules);
}

static void free_list(list_t *list)
{
    for (size_t i = 0; i < list->n; i++) {
        stats_t *stats = &list->rules[i];

        for (size_t j = 0; j < stats->n; j++) {
            free(stats->variations[j].name);
        }

        free(stats->variations);
        free(stats->id);
        json_decref(stats->days);
    }

    free(list->rules);
}

int ctl_stats(ctl_t *ctl)
{
    const ctl_words_t *ids = &ctl->options.args;
    long days = ctl->options.days
        ? ctl_number("days", ctl->options.days, 1, DAYS_MAX) : DAYS_DEFAULT;
    long long now = (long long) time(NULL);
    list_t list = { NULL, 0 };

    for (size_t i = 0; i < ids->n; i++) {
        if (!smartmsg_rule_id_valid(ctl_str(ids->words[i]))) {
            ctl_fail(CTL_USAGE, "\"%s\" is no name of a rule", ids->words[i]);
        }

        add_rule(&list, ctl_str(ids->words[i]));
    }

    if (ids->n == 0) {
        scan(ctl, &list);
    }

    for (size_t i = 0; i < list.n; i++) {
        load(ctl, &list.rules[i], days, now);

        if (list.rules[i].n > 0) {
            qsort(list.rules[i].variations, list.rules[i].n,
                  sizeof(variation_t), by_name);
        }
    }

    if (list.n > 0) {
        qsort(list.rules, list.n, sizeof(list.rules[0]), by_id);
    }

    if (ctl->options.json) {
        print_json(&list);
    } else {
        print_table(ctl, &list);
    }

    free_list(&list);
    return CTL_OK;
}
