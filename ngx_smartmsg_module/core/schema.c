#include "core/schema.h"

#include <stdio.h>

#include "core/error.h"

/* Sorted by name (strcmp). */
static const smartmsg_schema_fact_t facts[] = {
    { "answered.", "number", "forms of a rule's messages sent, ever" },
    { "cart.age", "number", "seconds since the cart changed" },
    { "cart.currency", "text", "currency of the cart" },
    { "cart.items", "number", "number of items in the cart" },
    { "cart.value", "number", "value of the cart" },
    { "click.id", "text", "click id of an advertising network" },
    { "click.source", "text", "the network it is of: google, facebook ..." },
    { "clicked.", "number", "clicks on the messages of a rule, ever" },
    { "consent", "text", "implied, granted, unknown or denied" },
    { "device.bot", "boolean", "whether it is a program, not a person" },
    { "device.browser", "text", "chrome, safari, firefox, edge ..." },
    { "device.os", "text", "windows, macos, ios, android, linux ..." },
    { "device.type", "text", "desktop, mobile, tablet, tv or bot" },
    { "dismissed.", "number", "how often a rule's messages were closed" },
    { "event.", "number", "how often it happened in this session" },
    { "id", "text", "the visitor's id" },
    { "page.host", "text", "host of the page, without the port" },
    { "page.language", "text", "Content-Language, else the browser's" },
    { "page.path", "text", "path of the page, without arguments" },
    { "page.scheme", "text", "http or https" },
    { "page.type", "text", "what smartmsg_page or smartmsg_shop says" },
    { "page.url", "text", "address of the page, with arguments" },
    { "profile.", "any", "what was written into the visitor's hash" },
    { "query.", "text", "an argument of the page's address" },
    { "referrer.host", "text", "host of the site the visitor came from" },
    { "referrer.search", "text", "the search engine that it is" },
    { "referrer.term", "text", "what was searched for, if it tells" },
    { "request.header.", "text", "a header of the request" },
    { "request.language", "text", "first language of Accept-Language" },
    { "request.method", "text", "method of the request" },
    { "request.referrer", "text", "host of the referring page" },
    { "seen.", "number", "how often a rule's messages were seen, ever" },
    { "seen_session.", "number", "the same in this session" },
    { "session.entry", "text", "path that the session began with" },
    { "session.events", "number", "what was reported in this session" },
    { "session.first", "number", "time of the first page view" },
    { "session.first_view", "boolean", "whether it begins with this page" },
    { "session.last", "number", "time of the page view before" },
    { "session.orders", "number", "orders in this session" },
    { "session.referrer", "text", "page of another site it came from" },
    { "session.seconds", "number", "seconds since the session began" },
    { "session.views", "number", "page views in this session" },
    { "time.date", "text", "date in the zone of smartmsg_timezone" },
    { "time.hour", "number", "hour, 0 to 23" },
    { "time.iso", "text", "date and time, with the offset from UTC" },
    { "time.minute", "number", "minute, 0 to 59" },
    { "time.weekday", "number", "0 is Sunday, 6 is Saturday" },
    { "traits.", "any", "what the shop's page said of the visitor" },
    { "utm.campaign", "text", "utm_campaign" },
    { "utm.content", "text", "utm_content" },
    { "utm.medium", "text", "utm_medium" },
    { "utm.source", "text", "utm_source" },
    { "utm.term", "text", "utm_term" },
    { "visitor.anonymous", "boolean", "whether there is no profile or id" },
    { "visitor.days_since_first", "number", "days since the first visit" },
    { "visitor.days_since_last", "number", "days since the visit before" },
    { "visitor.first", "number", "time of the first visit" },
    { "visitor.id", "text", "who it is, as the shop's page said" },
    { "visitor.known", "boolean", "whether there is a profile or id" },
    { "visitor.last", "number", "time at which the latest visit began" },
    { "visitor.last_order", "number", "days since the last order" },
    { "visitor.new", "boolean", "whether this is the first visit" },
    { "visitor.orders", "number", "orders ever" },
    { "visitor.returning", "boolean", "whether there was a visit before" },
    { "visitor.revenue", "number", "value of all orders" },
    { "visitor.visits", "number", "sessions, with this one" },
};

#define N_FACTS (sizeof(facts) / sizeof(facts[0]))

const smartmsg_schema_fact_t *smartmsg_schema_facts(size_t *count)
{
    *count = N_FACTS;
    return facts;
}

static bool is_family(const smartmsg_schema_fact_t *fact)
{
    return fact->name[strlen(fact->name) - 1] == '.';
}

const smartmsg_schema_fact_t *smartmsg_schema_find(smartmsg_str_t name)
{
    const smartmsg_schema_fact_t *family = NULL;

    for (size_t i = 0; i < N_FACTS; i++) {
        size_t len = strlen(facts[i].name);

        if (smartmsg_str_eq(name, smartmsg_str(facts[i].name, len))) {
            return is_family(&facts[i]) ? NULL : &facts[i];
        }

        if (is_family(&facts[i]) && name.len > len
            && memcmp(name.data, facts[i].name, len) == 0)
        {
            family = &facts[i];
        }
    }

    return family;
}

/* The only fact whose name ends with "." and word. */
static const char *find_tail(const char *word)
{
    const char *found = NULL;

    for (size_t i = 0; i < N_FACTS; i++) {
        const char *dot = strrchr(facts[i].name, '.');

        if (dot == NULL || strcmp(dot + 1, word) != 0) {
            continue;
        }

        if (found != NULL) {
            return NULL;
        }

        found = facts[i].name;
    }

    return found;
}

/* A name whose first part is almost that of a family. */
static bool suggest_family(const char *word,
    char out[SMARTMSG_SCHEMA_NAME_SIZE])
{
    const char *names[N_FACTS + 1];
    const char *dot = strchr(word, '.');
    const char *meant;
    char head[SMARTMSG_SCHEMA_NAME_SIZE];
    size_t n = 0;

    if (dot == NULL || dot[1] == '\0') {
        return false;
    }

    (void) snprintf(head, sizeof(head), "%.*s", (int) (dot + 1 - word), word);

    for (size_t i = 0; i < N_FACTS; i++) {
        if (is_family(&facts[i])) {
            names[n++] = facts[i].name;
        }
    }

    names[n] = NULL;
    meant = smartmsg_suggest(head, names);

    return meant != NULL
           && snprintf(out, SMARTMSG_SCHEMA_NAME_SIZE, "%s%s", meant, dot + 1)
              < SMARTMSG_SCHEMA_NAME_SIZE;
}

bool smartmsg_schema_suggest(smartmsg_str_t name,
    char out[SMARTMSG_SCHEMA_NAME_SIZE])
{
    const char *names[N_FACTS + 1];
    const char *meant;
    char word[SMARTMSG_SCHEMA_NAME_SIZE];
    size_t n = 0;

    if (name.len == 0 || name.len >= sizeof(word)
        || memchr(name.data, '\0', name.len) != NULL)
    {
        return false;
    }

    memcpy(word, name.data, name.len);
    word[name.len] = '\0';

    for (size_t i = 0; i < N_FACTS; i++) {
        if (!is_family(&facts[i])) {
            names[n++] = facts[i].name;
        }
    }

    names[n] = NULL;
    meant = smartmsg_suggest(word, names);

    if (meant == NULL) {
        meant = find_tail(word);
    }

    if (meant == NULL) {
        return suggest_family(word, out);
    }

    (void) snprintf(out, SMARTMSG_SCHEMA_NAME_SIZE, "%s", meant);
    return true;
}
