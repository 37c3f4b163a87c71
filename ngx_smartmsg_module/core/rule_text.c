#include "core/rule_text.h"

#include "core/jsonpos.h"
#include "core/members.h"
#include "core/rule.h"

static bool is_deeper(json_t *value, unsigned limit)
{
    size_t i;
    const char *key;
    json_t *member;

    if (!json_is_array(value) && !json_is_object(value)) {
        return false;
    }

    if (limit == 0) {
        return true;
    }

    json_array_foreach(value, i, member) {
        if (is_deeper(member, limit - 1)) {
            return true;
        }
    }

    json_object_foreach(value, key, member) {
        if (is_deeper(member, limit - 1)) {
            return true;
        }
    }

    return false;
}

static void set_syntax_error(smartmsg_error_t *err, const json_error_t *from)
{
    /* Without memory jansson does not always find a word for it. */
    if (json_error_code(from) == json_error_out_of_memory
        || from->text[0] == '\0')
    {
        smartmsg_error_no_memory(err);
        return;
    }

    smartmsg_error_set_at(err, from->line > 0 ? from->line : 0,
                          from->column > 0 ? from->column : 0, "%s",
                          from->text);
}

json_t *smartmsg_rule_text_load(smartmsg_str_t text, smartmsg_error_t *err)
{
    json_error_t error;

    if (text.len > SMARTMSG_RULE_TEXT_MAX) {
        smartmsg_error_set(err, NULL, "the rule is too long: %zu bytes, at "
                           "most %d are allowed", text.len,
                           SMARTMSG_RULE_TEXT_MAX);
        return NULL;
    }

    memset(&error, 0, sizeof(error));
    text = smartmsg_str_without_bom(text);

    json_t *root = json_loadb(text.len ? text.data : "", text.len,
                              JSON_REJECT_DUPLICATES, &error);

    if (root == NULL) {
        set_syntax_error(err, &error);
        return NULL;
    }

    if (!json_is_object(root)) {
        smartmsg_error_set(err, NULL, "a rule must be an object {...}, not %s",
                           smartmsg_members_kind(root));
        json_decref(root);
        return NULL;
    }

    if (is_deeper(root, SMARTMSG_RULE_DEPTH_MAX)) {
        smartmsg_error_set(err, NULL, "lists and objects are nested more than "
                           "%d deep", SMARTMSG_RULE_DEPTH_MAX);
        json_decref(root);
        return NULL;
    }

    return root;
}

void smartmsg_rule_text_locate(smartmsg_str_t text, smartmsg_error_t *err)
{
    smartmsg_jsonpos_t pos;

    if (err == NULL || err->path[0] == '\0') {
        return;
    }

    text = smartmsg_str_without_bom(text);

    if (smartmsg_jsonpos_find(text, smartmsg_str(err->path, strlen(err->path)),
                              &pos))
    {
        err->line = pos.line;
        err->column = pos.column;
    }
}
