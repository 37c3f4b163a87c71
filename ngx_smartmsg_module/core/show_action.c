#include "core/show_inside.h"

#include "core/members.h"

static const char *check_path(smartmsg_str_t path)
{
    if (path.len < 2 || path.data[0] != '/' || path.data[1] == '/') {
        return "must be a path of this site, such as /cart/coupon";
    }

    for (size_t i = 0; i < path.len; i++) {
        char c = path.data[i];

        if (c <= ' ' || c >= 0x7f || strchr("\\#\"<>{}", c) != NULL) {
            return "a path has no blanks, no backslash, no #, and is in ASCII";
        }
    }

    return NULL;
}

static bool parse_call_fields(smartmsg_show_reader_t *r, const json_t *fields)
{
    size_t former = smartmsg_path_key(r->path, "fields");
    const char *key;
    json_t *value;

    if (!json_is_object(fields)) {
        return smartmsg_show_kind(r, NULL, "an object {...}", fields);
    }

    if (json_object_size(fields) > SMARTMSG_SHOW_CALL) {
        return smartmsg_show_wrong(r, NULL, "a call has at most 16 fields");
    }

    json_object_foreach((json_t *)fields, key, value) {
        if (!json_is_string(value)) {
            return smartmsg_show_kind(r, key, "a text", value);
        }

        if (json_string_length(value) > SMARTMSG_SHOW_HREF_MAX) {
            return smartmsg_show_wrong(r, key, "the text is too long");
        }

        if (smartmsg_placeholder_find(smartmsg_show_str(value))
            < json_string_length(value))
        {
            return smartmsg_show_wrong(r, key,
                                       "placeholders are not filled in calls");
        }
    }

    smartmsg_path_pop(r->path, former);

    return true;
}

/* {"path": "/cart/coupon", "fields": {"code": "X5"}} */
static bool parse_call(smartmsg_show_reader_t *r,
                       smartmsg_show_action_t *action, const json_t *call)
{
    static const char *const names[] = {"path", "fields", NULL};
    size_t former = smartmsg_path_key(r->path, "call");
    const char *reason;

    if (!smartmsg_members_check(call, "a call", names, r->path, r->err)
        || !smartmsg_show_line(r, call, "path", SMARTMSG_SHOW_HREF_MAX,
                               &action->href))
    {
        return false;
    }

    reason = check_path(action->href);

    if (reason != NULL) {
        return smartmsg_show_wrong(r, "path", reason);
    }

    action->fields = json_object_get(call, "fields");

    if (action->fields != NULL && !parse_call_fields(r, action->fields)) {
        return false;
    }

    smartmsg_path_pop(r->path, former);
    action->does = SMARTMSG_SHOW_CALL_PATH;

    return true;
}

/* {"code": "X5"} */
static bool parse_coupon(smartmsg_show_reader_t *r,
                         smartmsg_show_action_t *action, const json_t *coupon)
{
    static const char *const names[] = {"code", NULL};
    size_t former = smartmsg_path_key(r->path, "coupon");

    if (!smartmsg_members_check(coupon, "a coupon", names, r->path, r->err)
        || !smartmsg_show_text(r, coupon, "code", SMARTMSG_SHOW_REQUIRED,
                               &action->code))
    {
        return false;
    }

    smartmsg_path_pop(r->path, former);
    action->does = SMARTMSG_SHOW_COPY;

    return true;
}

/* Exactly one of href, close, coupon and call. */
static bool parse_effect(smartmsg_show_reader_t *r,
                         smartmsg_show_action_t *action, const json_t *value)
{
    const json_t *href = json_object_get(value, "href");
    const json_t *close = json_object_get(value, "close");
    const json_t *coupon = json_object_get(value, "coupon");
    const json_t *call = json_object_get(value, "call");
    int n = (href != NULL) + (close != NULL) + (coupon != NULL)
            + (call != NULL);

    if (n != 1) {
        return smartmsg_show_wrong(r, NULL, n == 0
            ? "the action does nothing: give it \"href\", \"coupon\", "
              "\"call\" or \"close\": true"
            : href != NULL && close != NULL
              ? "the action has both href and close; it can only do one"
              : "the action can only do one thing of href, close, coupon and "
                "call");
    }

    if (coupon != NULL) {
        return parse_coupon(r, action, coupon);
    }

    if (call != NULL) {
        return parse_call(r, action, call);
    }

    if (close != NULL && !json_is_true(close)) {
        return smartmsg_show_wrong(r, "close", "must be true or be left out");
    }

    action->does = close != NULL ? SMARTMSG_SHOW_CLOSE : SMARTMSG_SHOW_LINK;

    return smartmsg_show_href(r, value, "href", &action->href);
}

static bool parse_action(smartmsg_show_reader_t *r, const json_t *value)
{
    static const char *const names[] = {
        "label", "href", "close", "coupon", "call", "done", "primary", NULL
    };
    smartmsg_show_action_t *action
        = &r->show->actions[r->show->n_actions];

    if (!smartmsg_members_check(value, "an action", names, r->path, r->err)
        || !smartmsg_show_text(r, value, "label", SMARTMSG_SHOW_REQUIRED,
                               &action->label)
        || !parse_effect(r, action, value)
        || !smartmsg_show_text(r, value, "done", SMARTMSG_SHOW_OPTIONAL,
                               &action->done)
        || !smartmsg_show_boolean(r, value, "primary", &action->primary))
    {
        return false;
    }

    if (action->done != NULL && action->does != SMARTMSG_SHOW_COPY
        && action->does != SMARTMSG_SHOW_CALL_PATH)
    {
        return smartmsg_show_wrong(r, "done", "belongs to a coupon or a call");
    }

    r->show->n_actions++;

    return true;
}

/* The first action is the primary one, unless a word about it was said. */
static bool parse_list(smartmsg_show_reader_t *r, const json_t *list)
{
    smartmsg_show_t *show = r->show;
    bool claimed = false, said = false;
    size_t i;
    json_t *value;

    json_array_foreach(list, i, value) {
        size_t former = smartmsg_path_index(r->path, i);

        if (!parse_action(r, value)) {
            return false;
        }

        if (claimed && show->actions[i].primary) {
            return smartmsg_show_wrong(r, "primary", "only one action can be "
                                       "the primary one");
        }

        claimed = claimed || show->actions[i].primary;
        said = said || (i == 0 && json_object_get(value, "primary") != NULL);
        smartmsg_path_pop(r->path, former);
    }

    if (show->n_actions > 0 && !claimed && !said) {
        show->actions[0].primary = true;
    }

    return true;
}

bool smartmsg_show_parse_actions(smartmsg_show_reader_t *r, const json_t *list)
{
    size_t former = smartmsg_path_key(r->path, "actions");

    if (list != NULL && !json_is_array(list)) {
        return smartmsg_show_kind(r, NULL, "a list [...]", list);
    }

    if (json_array_size(list) > SMARTMSG_SHOW_ACTIONS) {
        smartmsg_error_set(r->err, r->path->text,
                           "a message has at most %d actions",
                           SMARTMSG_SHOW_ACTIONS);
        return false;
    }

    if (!parse_list(r, list)) {
        return false;
    }

    smartmsg_path_pop(r->path, former);

    return true;
}
