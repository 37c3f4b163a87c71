#include "core/terms.h"

#include "core/members.h"

#define NAME_MAX 64

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9');
}

bool smartmsg_name_valid(smartmsg_str_t name)
{
    if (name.len == 0 || name.len > NAME_MAX
        || !is_alphanumeric(name.data[0]))
    {
        return false;
    }

    for (size_t i = 1; i < name.len; i++) {
        char c = name.data[i];

        if (!is_alphanumeric(c) && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }

    return true;
}

static bool parse_name(smartmsg_str_t *name, const json_t *root,
                       const char *key, smartmsg_error_t *err)
{
    const json_t *value = json_object_get(root, key);

    if (value == NULL) {
        return true;
    }

    if (json_is_string(value)) {
        *name = smartmsg_str(json_string_value(value),
                             json_string_length(value));

        if (smartmsg_name_valid(*name)) {
            return true;
        }
    }

    smartmsg_error_set(err, key, "must be a name of 1 to %d letters, digits, "
                       "'.', '_' or '-' that begins with a letter or digit",
                       NAME_MAX);

    return false;
}

/* What happens to the message itself is no goal of it. */
static bool parse_goal(smartmsg_terms_t *terms, const json_t *root,
                       smartmsg_error_t *err)
{
    static const char *const own[] = {
        "impression", "click", "dismiss", "claim", "view", "convert"
    };

    if (!parse_name(&terms->goal, root, "goal", err)) {
        return false;
    }

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (smartmsg_str_eq(terms->goal, smartmsg_str(own[i], strlen(own[i]))))
        {
            smartmsg_error_set(err, "goal", "must be something that the "
                               "visitor does in the shop, such as \"order\"; "
                               "\"click\" and \"dismiss\" belong to \"until\" "
                               "of a cap");
            return false;
        }
    }

    return true;
}

bool smartmsg_terms_parse(smartmsg_terms_t *terms, const json_t *root,
                          smartmsg_error_t *err)
{
    const json_t *urgent = json_object_get(root, "urgent");

    memset(terms, 0, sizeof(*terms));

    if (urgent != NULL && !json_is_boolean(urgent)) {
        smartmsg_error_set(err, "urgent", "must be true or false, not %s",
                           smartmsg_members_kind(urgent));
        return false;
    }

    terms->urgent = json_is_true(urgent);

    return parse_goal(terms, root, err)
           && parse_name(&terms->group, root, "group", err);
}
