/*
 * What a page gets for a rule: reads the rule from standard input and writes
 * the templates, without the script.
 *   snippet [LANGUAGE [FACTS]]      FACTS is a JSON object
 * Ends with 1 and the reason on standard error if the rule is not good.
 */

#include <stdio.h>
#include <stdlib.h>

#include "core/snippet.h"

static smartmsg_str_t str(const char *text)
{
    return smartmsg_str(text, strlen(text));
}

static void write_templates(const smartmsg_snippet_t *snippet)
{
    char *buf = malloc(smartmsg_snippet_room(snippet) + 1);

    if (buf == NULL) {
        exit(2);
    }

    buf[smartmsg_snippet_write(snippet, buf)] = '\0';
    (void)fputs(buf, stdout);
    free(buf);
}

static void decide(smartmsg_ruleset_t *set, smartmsg_names_t *names,
                   const char *language, json_t *object)
{
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &facts};
    smartmsg_decision_t decision;

    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);

    smartmsg_snippet_t snippet = {
        .armed = decision.armed, .n = decision.n, .language = str(language),
        .facts = &facts,
    };

    write_templates(&snippet);
    smartmsg_decision_release(&decision);
}

int main(int argc, char **argv)
{
    static char text[SMARTMSG_RULE_TEXT_MAX + 1];
    size_t len = fread(text, 1, sizeof(text), stdin);
    json_t *object = json_loads(argc > 2 ? argv[2] : "{}", 0, NULL);
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_error_t err;
    smartmsg_ruleset_entry_t entry = {
        smartmsg_rule_parse(str("shown"), smartmsg_str(text, len), names, &err),
        true
    };

    if (entry.rule == NULL) {
        (void)fprintf(stderr, "%s: %s\n", err.path, err.text);
        return 1;
    }

    smartmsg_ruleset_t *set = smartmsg_ruleset_new(&entry, 1, true);

    if (set == NULL || object == NULL) {
        return 2;
    }

    decide(set, names, argc > 1 ? argv[1] : "en", object);
    smartmsg_ruleset_unref(set);
    smartmsg_rule_unref(entry.rule);
    smartmsg_names_destroy(names);
    json_decref(object);

    return 0;
}
