#include "core/groups.h"

#include "core/condition.h"
#include "core/members.h"

static bool check_values(const json_t *values, const char *path,
                         smartmsg_error_t *err)
{
    size_t i;
    json_t *value;

    json_array_foreach((json_t *)values, i, value) {
        if (!json_is_string(value) && !json_is_number(value)
            && !json_is_boolean(value))
        {
            smartmsg_error_set(err, path, "must be a list of texts, numbers "
                               "and booleans, but has %s",
                               smartmsg_members_kind(value));
            return false;
        }
    }

    return true;
}

static bool check_list(const json_t *group, smartmsg_error_t *err)
{
    const json_t *values = json_object_get(group, "values");

    if (!json_is_array(values)) {
        smartmsg_error_set(err, "values", "must be a list");
        return false;
    }

    if (!json_is_string(json_object_get(group, "attributeKey"))) {
        smartmsg_error_set(err, "attributeKey", "must be the name of a fact");
        return false;
    }

    return check_values(values, "values", err);
}

static bool check_condition(const json_t *group, smartmsg_error_t *err)
{
    smartmsg_compile_t with = {
        .names = smartmsg_names_create(), .open_groups = true,
        .path = "condition"
    };
    smartmsg_condition_t *condition = NULL;

    if (with.names == NULL) {
        smartmsg_error_no_memory(err);
        return false;
    }

    if (json_is_object(json_object_get(group, "condition"))) {
        condition = smartmsg_condition_compile(
            json_object_get(group, "condition"), &with, err);
    } else {
        smartmsg_error_set(err, "condition", "must be an object");
    }

    smartmsg_condition_free(condition);
    smartmsg_names_destroy(with.names);

    return condition != NULL;
}

static bool check(const json_t *group, smartmsg_error_t *err)
{
    const char *type = json_string_value(json_object_get(group, "type"));

    if (json_is_array(group)) {
        return check_values(group, "", err);
    }

    if (type != NULL && strcmp(type, "list") == 0) {
        return check_list(group, err);
    }

    if (type != NULL && strcmp(type, "condition") == 0) {
        return check_condition(group, err);
    }

    smartmsg_error_set(err, json_is_object(group) ? "type" : "",
                       json_is_object(group)
                       ? "must be \"list\" or \"condition\""
                       : "must be a list");

    return false;
}

json_t *smartmsg_group_parse(smartmsg_str_t text, smartmsg_error_t *err)
{
    json_error_t error = {0};
    json_t *group;

    if (text.len > SMARTMSG_GROUP_TEXT_MAX) {
        smartmsg_error_set(err, NULL, "is too long: %zu bytes, at most %d are "
                           "allowed", text.len, SMARTMSG_GROUP_TEXT_MAX);
        return NULL;
    }

    group = json_loadb(text.len > 0 ? text.data : "", text.len,
                       JSON_REJECT_DUPLICATES, &error);

    if (group == NULL) {
        smartmsg_error_set_at(err, error.line > 0 ? error.line : 0,
                              error.column > 0 ? error.column : 0, "%s",
                              error.text[0] ? error.text : "out of memory");
        return NULL;
    }

    if (!check(group, err)) {
        json_decref(group);
        return NULL;
    }

    return group;
}

bool smartmsg_groups_used(const json_t *value)
{
    size_t i;
    const char *key;
    json_t *member;

    json_array_foreach((json_t *)value, i, member) {
        if (smartmsg_groups_used(member)) {
            return true;
        }
    }

    json_object_foreach((json_t *)value, key, member) {
        if (strcmp(key, "$inGroup") == 0 || strcmp(key, "$notInGroup") == 0
            || strcmp(key, "$savedGroup") == 0
            || smartmsg_groups_used(member))
        {
            return true;
        }
    }

    return false;
}
