#include "core/placeholder.h"

#include "core/amount.h"
#include "core/text.h"
#include "core/unicode.h"

const char smartmsg_placeholder_no_memory[] = "out of memory";

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9');
}

static smartmsg_str_t trim(smartmsg_str_t text)
{
    while (text.len > 0 && text.data[0] == ' ') {
        text.data++;
        text.len--;
    }

    while (text.len > 0 && text.data[text.len - 1] == ' ') {
        text.len--;
    }

    return text;
}

/* Takes what stands before the next '|', or all, off the front of rest. */
static smartmsg_str_t next_part(smartmsg_str_t *rest)
{
    const char *bar = rest->len > 0 ? memchr(rest->data, '|', rest->len) : NULL;
    size_t len = bar != NULL ? (size_t)(bar - rest->data) : rest->len;
    smartmsg_str_t part = smartmsg_str(rest->data, len);

    len += bar != NULL;
    *rest = smartmsg_str(rest->data + len, rest->len - len);

    return part;
}

static bool is_name(smartmsg_str_t name)
{
    if (name.len == 0 || name.len > SMARTMSG_PLACEHOLDER_NAME
        || !is_alphanumeric(name.data[0])
        || !is_alphanumeric(name.data[name.len - 1]))
    {
        return false;
    }

    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];

        if (!is_alphanumeric(c) && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }

    return true;
}

static bool parse_money(smartmsg_placeholder_t *placeholder,
                        smartmsg_str_t code)
{
    for (size_t i = 0; i < code.len; i++) {
        if (code.data[i] < 'A' || code.data[i] > 'Z') {
            return false;
        }
    }

    if (code.len != 3) {
        return false;
    }

    memcpy(placeholder->currency, code.data, 3);
    placeholder->format = SMARTMSG_FORMAT_MONEY;

    return true;
}

static bool parse_format(smartmsg_placeholder_t *placeholder,
                         smartmsg_str_t name)
{
    static const struct {
        smartmsg_str_t name;
        smartmsg_format_e format;
    } formats[] = {
        {{"money", 5}, SMARTMSG_FORMAT_MONEY},
        {{"number", 6}, SMARTMSG_FORMAT_NUMBER},
        {{"upper", 5}, SMARTMSG_FORMAT_UPPER},
        {{"lower", 5}, SMARTMSG_FORMAT_LOWER},
    };

    if (name.len > 6 && memcmp(name.data, "money:", 6) == 0) {
        return parse_money(placeholder,
                           smartmsg_str(name.data + 6, name.len - 6));
    }

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (smartmsg_str_eq(name, formats[i].name)) {
            placeholder->format = formats[i].format;
            return true;
        }
    }

    return false;
}

/* A static reason, or NULL. */
static const char *parse_filters(smartmsg_placeholder_t *placeholder,
                                 smartmsg_str_t rest,
                                 smartmsg_str_t *otherwise)
{
    bool formatted = false, given = false;

    while (rest.len > 0) {
        smartmsg_str_t part = next_part(&rest);
        smartmsg_str_t name = trim(part);

        if (name.len >= 3 && memcmp(name.data, "or:", 3) == 0) {
            if (given) {
                return "a placeholder has one \"or:\" at most";
            }

            given = true;
            *otherwise = trim(smartmsg_str(name.data + 3, name.len - 3));
            continue;
        }

        if (formatted || !parse_format(placeholder, name)) {
            return formatted
                   ? "a placeholder has one format at most"
                   : "unknown format in a placeholder; there are money, "
                     "money:EUR and the like, number, upper, lower and "
                     "or:TEXT";
        }

        formatted = true;
    }

    return NULL;
}

static bool intern(smartmsg_names_t *names, smartmsg_str_t name, uint32_t *slot)
{
    *slot = smartmsg_names_intern(names, name.data, name.len);

    return *slot != SMARTMSG_NO_SLOT;
}

size_t smartmsg_placeholder_find(smartmsg_str_t text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.data[i] == '{' && text.data[i + 1] == '{') {
            return i;
        }
    }

    return text.len;
}

size_t smartmsg_placeholder_parse(smartmsg_str_t text, smartmsg_names_t *names,
                                  smartmsg_placeholder_t *placeholder,
                                  smartmsg_str_t *otherwise,
                                  const char **reason)
{
    size_t end = 2;

    memset(placeholder, 0, sizeof(*placeholder));
    placeholder->currency_slot = SMARTMSG_NO_SLOT;
    *otherwise = smartmsg_str(NULL, 0);

    while (end + 1 < text.len
           && !(text.data[end] == '}' && text.data[end + 1] == '}'))
    {
        end++;
    }

    if (end + 1 >= text.len) {
        *reason = "a placeholder is not closed: {{ needs }}";
        return 0;
    }

    smartmsg_str_t rest = smartmsg_str(text.data + 2, end - 2);
    smartmsg_str_t name = trim(next_part(&rest));

    if (!is_name(name)) {
        *reason = "a placeholder begins with the name of a fact, such as "
                  "{{cart.value|money}}";
        return 0;
    }

    *reason = parse_filters(placeholder, rest, otherwise);

    if (*reason != NULL) {
        return 0;
    }

    if (!intern(names, name, &placeholder->slot)
        || (placeholder->format == SMARTMSG_FORMAT_MONEY
            && placeholder->currency[0] == '\0'
            && !intern(names, SMARTMSG_STR("cart.currency"),
                       &placeholder->currency_slot)))
    {
        *reason = smartmsg_placeholder_no_memory;
        return 0;
    }

    return end + 2;
}

/* As much of the text as fits, in whole characters. Needs no memory. */
static size_t put_text(smartmsg_str_t source, smartmsg_format_e format,
                       char *out)
{
    size_t len = 0;

    while (source.len > 0) {
        uint32_t code = smartmsg_next_char(&source);
        smartmsg_text_t one;

        if (format == SMARTMSG_FORMAT_UPPER) {
            code = smartmsg_upper(code);
        } else if (format == SMARTMSG_FORMAT_LOWER) {
            code = smartmsg_lower(code);
        }

        smartmsg_text_init(&one);
        smartmsg_text_add_char(&one, code);

        if (len + one.len > SMARTMSG_PLACEHOLDER_VALUE) {
            break;
        }

        memcpy(out + len, one.data, one.len);
        len += one.len;
    }

    return len;
}

static smartmsg_str_t currency_of(const smartmsg_placeholder_t *placeholder,
                                  const smartmsg_facts_t *facts)
{
    const smartmsg_value_t *value;

    if (placeholder->currency[0] != '\0') {
        return smartmsg_str(placeholder->currency, 3);
    }

    value = smartmsg_fact(facts, placeholder->currency_slot);

    if (value == NULL || value->type != SMARTMSG_STRING
        || value->u.string.len != 3)
    {
        return smartmsg_str(NULL, 0);
    }

    return value->u.string;
}

static size_t put_number(const smartmsg_placeholder_t *placeholder,
                         const smartmsg_facts_t *facts, double number,
                         smartmsg_str_t language, char *out)
{
    char currency[3];
    smartmsg_str_t code;

    if (placeholder->format != SMARTMSG_FORMAT_MONEY) {
        return smartmsg_amount_number(number, language, out);
    }

    /* the next question for a fact may take the answer's memory away */
    code = currency_of(placeholder, facts);

    if (code.len > 0) {
        memcpy(currency, code.data, sizeof(currency));
        code.data = currency;
    }

    return smartmsg_amount_money(number, code, language, out);
}

size_t smartmsg_placeholder_value(const smartmsg_placeholder_t *placeholder,
                                  const smartmsg_facts_t *facts,
                                  smartmsg_str_t language, char *out)
{
    const smartmsg_value_t *value = smartmsg_fact(facts, placeholder->slot);
    smartmsg_format_e format = placeholder->format;

    if (value == NULL) {
        return 0;
    }

    if (value->type == SMARTMSG_NUMBER) {
        return put_number(placeholder, facts, value->u.number, language, out);
    }

    if (format == SMARTMSG_FORMAT_MONEY || format == SMARTMSG_FORMAT_NUMBER) {
        return 0;
    }

    if (value->type == SMARTMSG_BOOLEAN) {
        return put_text(value->u.boolean ? SMARTMSG_STR("true")
                                         : SMARTMSG_STR("false"), format, out);
    }

    return value->type == SMARTMSG_STRING
           ? put_text(value->u.string, format, out) : 0;
}
