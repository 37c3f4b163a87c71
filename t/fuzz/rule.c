/*
 * Any bytes as the text of a rule: it is refused with a reason, or everything
 * that a page view does with a rule works.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/jsonpos.h"
#include "core/snippet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_error(const smartmsg_error_t *err)
{
    require(err->text[0] != '\0');
    require(err->line >= 0 && err->column >= 0);
    require(err->path[0] == '\0' || err->line > 0);
}

static void check_snippet(const smartmsg_decision_t *decision)
{
    smartmsg_snippet_t snippet = {
        .armed = decision->armed,
        .n = decision->n,
        .language = SMARTMSG_STR("de-AT"),
        .script_url = SMARTMSG_STR("/smartmsg/rt.js"),
    };
    size_t room = smartmsg_snippet_room(&snippet);
    char *buf = malloc(room);

    require(buf != NULL);

    size_t size = smartmsg_snippet_write(&snippet, buf);

    require(size <= room);

    for (size_t i = 0; i < size; i++) {
        require((buf[i] >= 0x20 && buf[i] < 0x7f) || buf[i] == '\t');
        require(buf[i] != '<' || buf[i + 1] != '!');
    }

    free(buf);
}

static void use(smartmsg_rule_t *rule, smartmsg_names_t *names)
{
    smartmsg_ruleset_entry_t entry = {rule, true};
    smartmsg_ruleset_t *set = smartmsg_ruleset_new(&entry, 1, true);
    smartmsg_json_facts_t from;
    json_t *attributes = json_pack("{s:s,s:{s:s},s:{s:f,s:i}}", "id", "visitor",
                                   "page", "type", "cart", "cart", "value",
                                   60.0, "items", 2);
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, attributes);
    smartmsg_context_t context = {.facts = &facts};
    smartmsg_decision_t decision;

    require(set != NULL);
    smartmsg_ruleset_decide(set, &context, NULL, 1700000000, &decision);
    smartmsg_ruleset_unref(set);
    check_snippet(&decision);
    smartmsg_decision_release(&decision);
    json_decref(attributes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_error_t err;
    smartmsg_jsonpos_t pos;
    smartmsg_str_t text = smartmsg_str((const char *)data, size);
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_rule_t *rule;

    require(names != NULL);
    rule = smartmsg_rule_parse(SMARTMSG_STR("r"), text, names, &err);

    if (rule != NULL) {
        use(rule, names);
    } else {
        check_error(&err);
    }

    (void)smartmsg_jsonpos_find(text, SMARTMSG_STR("rules[0].force.show"),
                                &pos);
    require(pos.line > 0 && pos.column > 0);

    smartmsg_rule_unref(rule);
    smartmsg_names_destroy(names);

    return 0;
}
