#include "core/show_inside.h"

#include "core/members.h"

#define NAME_MAX  32
#define VALUE_MAX 64

/* In the order of smartmsg_show_type_e. */
static const char *const types[] = {
    "email", "phone", "text", "rating", "choice", NULL
};

static bool is_name(smartmsg_str_t name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '_'))) {
            return false;
        }
    }

    return name.len > 0;
}

static bool parse_name(smartmsg_show_reader_t *r, const json_t *value,
                       smartmsg_show_field_t *field)
{
    smartmsg_show_form_t *form = &r->show->form;

    if (!smartmsg_show_line(r, value, "name", NAME_MAX, &field->name)) {
        return false;
    }

    if (!is_name(field->name)) {
        return smartmsg_show_wrong(r, "name", "must be a letter, then letters, "
                                   "digits and \"_\"");
    }

    for (size_t i = 0; i < form->n_fields; i++) {
        if (smartmsg_str_eq(form->fields[i].name, field->name)) {
            return smartmsg_show_wrong(r, "name", "another field has this "
                                       "name");
        }
    }

    return true;
}

/* A text that is value and label in one, or {"value": ..., "label": ...}. */
static bool parse_choice(smartmsg_show_reader_t *r, const json_t *choice)
{
    static const char *const names[] = {"value", "label", NULL};
    smartmsg_str_t value;
    const json_t *label;

    if (json_is_string(choice)) {
        return smartmsg_show_check_text(r, choice, false, false)
               && (json_string_length(choice) <= VALUE_MAX
                   || smartmsg_show_wrong(r, NULL, "is too long for an answer; "
                                          "give it \"value\" and \"label\""));
    }

    return smartmsg_members_check(choice, "a choice", names, r->path, r->err)
           && smartmsg_show_line(r, choice, "value", VALUE_MAX, &value)
           && smartmsg_show_text(r, choice, "label", SMARTMSG_SHOW_REQUIRED,
                                 &label);
}

static bool parse_choices(smartmsg_show_reader_t *r, const json_t *list,
                          smartmsg_show_field_t *field)
{
    size_t former = smartmsg_path_key(r->path, "choices");
    size_t i;
    json_t *value;

    if ((list != NULL) != (field->type == SMARTMSG_SHOW_CHOICE)) {
        return smartmsg_show_wrong(r, NULL, list == NULL
                                   ? "the choices are missing"
                                   : "belong to a field of the type choice");
    }

    if (list != NULL && (json_array_size(list) < 2
                         || json_array_size(list) > SMARTMSG_SHOW_CHOICES))
    {
        return smartmsg_show_wrong(r, NULL, "must be a list of 2 to 8 choices");
    }

    json_array_foreach(list, i, value) {
        size_t outer = smartmsg_path_index(r->path, i);

        if (!parse_choice(r, value)) {
            return false;
        }

        smartmsg_path_pop(r->path, outer);
    }

    field->choices = list;
    smartmsg_path_pop(r->path, former);

    return true;
}

static bool parse_field(smartmsg_show_reader_t *r, const json_t *value)
{
    static const char *const names[] = {
        "type", "name", "label", "choices", "required", NULL
    };
    smartmsg_show_form_t *form = &r->show->form;
    smartmsg_show_field_t *field = &form->fields[form->n_fields];
    smartmsg_str_t type;

    field->required = true;

    if (!smartmsg_members_check(value, "a field", names, r->path, r->err)
        || !smartmsg_show_word(r, value, "type", types, &type)
        || !parse_name(r, value, field)
        || !smartmsg_show_text(r, value, "label", SMARTMSG_SHOW_REQUIRED,
                               &field->label)
        || !smartmsg_show_boolean(r, value, "required", &field->required))
    {
        return false;
    }

    while (strcmp(types[field->type], type.data) != 0) {
        field->type++;
    }

    if (!parse_choices(r, json_object_get(value, "choices"), field)) {
        return false;
    }

    form->n_fields++;

    return true;
}

static bool parse_fields(smartmsg_show_reader_t *r, const json_t *list)
{
    size_t former = smartmsg_path_key(r->path, "fields");
    size_t i;
    json_t *value;

    if (json_array_size(list) < 1
        || json_array_size(list) > SMARTMSG_SHOW_FIELDS)
    {
        return smartmsg_show_wrong(r, NULL, "must be a list of 1 to 5 fields");
    }

    json_array_foreach(list, i, value) {
        size_t outer = smartmsg_path_index(r->path, i);

        if (!parse_field(r, value)) {
            return false;
        }

        smartmsg_path_pop(r->path, outer);
    }

    smartmsg_path_pop(r->path, former);

    return true;
}

bool smartmsg_show_parse_form(smartmsg_show_reader_t *r, const json_t *value)
{
    static const char *const names[] = {
        "fields", "consent", "send", "thanks", NULL
    };
    smartmsg_show_form_t *form = &r->show->form;

    if (value == NULL) {
        return true;
    }

    size_t former = smartmsg_path_key(r->path, "form");

    if (!smartmsg_members_check(value, "a form", names, r->path, r->err)
        || !parse_fields(r, json_object_get(value, "fields"))
        || !smartmsg_show_html(r, value, "consent", &form->consent)
        || !smartmsg_show_text(r, value, "send", SMARTMSG_SHOW_OPTIONAL,
                               &form->send)
        || !smartmsg_show_text(r, value, "thanks", SMARTMSG_SHOW_OPTIONAL,
                               &form->thanks))
    {
        return false;
    }

    smartmsg_path_pop(r->path, former);

    return true;
}
