#include "core/resp.h"

#include <stdlib.h>
#include <string.h>

/* items there is room for at first, and at rest */
#define ITEMS_AT_REST 64

/* digits of an integer of 64 bits, without its sign */
#define DIGITS_MAX 19

/* digits of a number that is within the limits, whatever it counts */
#define DIGITS_FEW 5

/*
 * A number, which a line of its own ends, from buf + pos on. MORE: the line is
 * not complete. *end is the place behind it.
 */
static smartmsg_resp_result_e parse_number(const char *buf, size_t len,
                                           size_t pos, int64_t *number,
                                           size_t *end)
{
    bool negative = pos < len && buf[pos] == '-';
    size_t first = pos + negative;
    size_t i = first;
    uint64_t value = 0;

    /* 19 digits do not overflow */
    while (i < len && buf[i] >= '0' && buf[i] <= '9') {
        if (i - first == DIGITS_MAX) {
            return SMARTMSG_RESP_BROKEN;
        }

        value = value * 10 + (uint64_t)(buf[i++] - '0');
    }

    if (value > (uint64_t)INT64_MAX + negative
        || (i < len && (i == first || buf[i] != '\r'))
        || (i + 1 < len && buf[i + 1] != '\n'))
    {
        return SMARTMSG_RESP_BROKEN;
    }

    if (i + 2 > len) {
        return SMARTMSG_RESP_MORE;
    }

    *number = negative ? (int64_t)(0 - value) : (int64_t)value;
    *end = i + 2;

    return SMARTMSG_RESP_DONE;
}

/*
 * The item is the text of so many bytes from pos on, which a line end follows.
 * What has been understood is not looked at again: the text can be ended now.
 */
static inline void set_text(smartmsg_resp_t *item, char *buf, size_t pos,
                            size_t len)
{
    item->number = (int64_t)pos;
    item->str = buf + pos;
    item->len = len;
    item->str[len] = '\0';
}

/* A status or an error: the rest of the line. */
static smartmsg_resp_result_e parse_line(smartmsg_resp_t *item, char *buf,
                                         size_t len, size_t pos, size_t *end)
{
    size_t max = len - pos;

    if (max > SMARTMSG_RESP_LINE_MAX) {
        max = SMARTMSG_RESP_LINE_MAX;
    }

    const char *lf = memchr(buf + pos, '\n', max);

    if (lf == NULL) {
        return max == SMARTMSG_RESP_LINE_MAX ? SMARTMSG_RESP_LARGE
                                             : SMARTMSG_RESP_MORE;
    }

    if (lf == buf + pos || lf[-1] != '\r') {
        return SMARTMSG_RESP_BROKEN;
    }

    *end = (size_t)(lf + 1 - buf);
    set_text(item, buf, pos, *end - 2 - pos);

    return SMARTMSG_RESP_DONE;
}

/* The bytes of a string, which begin at pos. */
static smartmsg_resp_result_e parse_string(smartmsg_resp_parser_t *parser,
                                           smartmsg_resp_t *item, char *buf,
                                           size_t len, size_t pos, size_t *end)
{
    if ((uint64_t)item->number > SMARTMSG_RESP_SIZE_MAX - 2
        || pos > SMARTMSG_RESP_SIZE_MAX - 2 - (size_t)item->number)
    {
        return SMARTMSG_RESP_LARGE;
    }

    *end = pos + (size_t)item->number + 2;

    if (*end > len) {
        parser->want = *end;
        return SMARTMSG_RESP_MORE;
    }

    if (buf[*end - 2] != '\r' || buf[*end - 1] != '\n') {
        return SMARTMSG_RESP_BROKEN;
    }

    set_text(item, buf, pos, (size_t)item->number);

    return SMARTMSG_RESP_DONE;
}

/* The null of RESP3, a line with nothing in it. */
static smartmsg_resp_result_e parse_null(smartmsg_resp_t *item, char *buf,
                                         size_t len, size_t pos, size_t *end)
{
    smartmsg_resp_result_e result = parse_line(item, buf, len, pos, end);

    if (result == SMARTMSG_RESP_DONE && item->len > 0) {
        return SMARTMSG_RESP_BROKEN;
    }

    *item = (smartmsg_resp_t){ .type = SMARTMSG_RESP_NIL, .span = 1 };

    return result;
}

/* How many items follow, in a map how many pairs. */
static smartmsg_resp_result_e parse_array(smartmsg_resp_parser_t *parser,
                                          smartmsg_resp_t *item, char sign)
{
    item->type = sign == '>' ? SMARTMSG_RESP_PUSH : SMARTMSG_RESP_ARRAY;

    if (item->number >= (int64_t)SMARTMSG_RESP_ITEMS_MAX
        || parser->depth == SMARTMSG_RESP_DEPTH_MAX)
    {
        return SMARTMSG_RESP_LARGE;
    }

    if (sign == '%') {
        item->number *= 2;
    }

    return SMARTMSG_RESP_DONE;
}

/* The item that begins at parser->pos. */
static smartmsg_resp_result_e parse_item(smartmsg_resp_parser_t *parser,
                                         smartmsg_resp_t *item, char *buf,
                                         size_t len, size_t *end)
{
    char sign = buf[parser->pos];
    size_t pos = parser->pos + 1;

    if (sign == '+' || sign == '-') {
        item->type = sign == '+' ? SMARTMSG_RESP_STATUS : SMARTMSG_RESP_ERROR;
        return parse_line(item, buf, len, pos, end);
    }

    if (sign == '_') {
        return parse_null(item, buf, len, pos, end);
    }

    if (sign != '$' && sign != ':' && sign != '*' && sign != '%'
        && sign != '>')
    {
        return SMARTMSG_RESP_BROKEN;
    }

    smartmsg_resp_result_e result = parse_number(buf, len, pos, &item->number,
                                                 end);

    if (result != SMARTMSG_RESP_DONE) {
        return result;
    }

    if (sign == ':') {
        item->type = SMARTMSG_RESP_INTEGER;
        return SMARTMSG_RESP_DONE;
    }

    if (item->number < 0) {
        item->type = SMARTMSG_RESP_NIL;
        return item->number == -1 ? SMARTMSG_RESP_DONE : SMARTMSG_RESP_BROKEN;
    }

    if (sign == '$') {
        item->type = SMARTMSG_RESP_STRING;
        return parse_string(parser, item, buf, len, *end, end);
    }

    return parse_array(parser, item, sign);
}

/* Room for one more. */
static smartmsg_resp_result_e reserve(smartmsg_resp_parser_t *parser)
{
    size_t size = parser->size ? parser->size * 2 : ITEMS_AT_REST;

    if (parser->n_items < parser->size) {
        return SMARTMSG_RESP_DONE;
    }

    if (size > SMARTMSG_RESP_ITEMS_MAX) {
        return SMARTMSG_RESP_LARGE;
    }

    smartmsg_resp_t *items = realloc(parser->items, size * sizeof(*items));

    if (items == NULL) {
        return SMARTMSG_RESP_NO_MEMORY;
    }

    parser->items = items;
    parser->size = size;

    return SMARTMSG_RESP_DONE;
}

/*
 * Texts of less than a hundred bytes that have come as a whole, from *pos on:
 * all that there is in most replies. Returns the item behind the last of them;
 * what comes there is something else, or broken, or not here yet.
 */
static inline smartmsg_resp_t *take_texts(smartmsg_resp_t *item,
                                          smartmsg_resp_t *last, char *buf,
                                          size_t len, size_t *pos)
{
    size_t max = len < SMARTMSG_RESP_SIZE_MAX ? len : SMARTMSG_RESP_SIZE_MAX;
    size_t at = *pos;

    /* "$1", the end of that line, at least the end of the text */
    for (; item < last && max - at >= 6 && buf[at] == '$'; item++) {
        size_t size = (size_t)(unsigned char)(buf[at + 1] - '0');
        size_t begin = at + 4;

        if (size > 9) {
            break;
        }

        if (buf[at + 2] != '\r') {
            size_t digit = (size_t)(unsigned char)(buf[at + 2] - '0');

            if (digit > 9) {
                break;
            }

            size = size * 10 + digit;
            begin++;
        }

        if (begin + size + 2 > max
            || memcmp(buf + begin - 2, "\r\n", 2) != 0
            || memcmp(buf + begin + size, "\r\n", 2) != 0)
        {
            break;
        }

        item->type = SMARTMSG_RESP_STRING;
        item->span = 1;
        set_text(item, buf, begin, size);
        at = begin + size + 2;
    }

    *pos = at;

    return item;
}

/* Such texts of the array that is not complete yet. */
static void take_rest(smartmsg_resp_parser_t *parser, char *buf, size_t len)
{
    smartmsg_resp_level_t *level = &parser->levels[parser->depth - 1];
    smartmsg_resp_t *first = parser->items + parser->n_items;
    smartmsg_resp_t *last = parser->items + parser->size;

    if (last - first > level->left) {
        last = first + level->left;
    }

    last = take_texts(first, last, buf, len, &parser->pos);
    level->left -= last - first;
    parser->n_items += (size_t)(last - first);
}

/*
 * The reply, if it is what nearly all are: an integer or an array of such
 * texts that has come as a whole. Else what there is of an array is taken, and
 * the rest is left.
 */
static bool take_whole(smartmsg_resp_parser_t *parser, char *buf, size_t len,
                       size_t *used)
{
    smartmsg_resp_t *item = parser->items, *last, *end;
    size_t max = len < DIGITS_FEW + 1 ? len : DIGITS_FEW + 1;
    size_t number = 0, pos = 1;

    if (parser->size == 0 || len == 0 || (buf[0] != ':' && buf[0] != '*')) {
        return false;
    }

    while (pos < max && buf[pos] >= '0' && buf[pos] <= '9') {
        number = number * 10 + (size_t)(buf[pos++] - '0');
    }

    if (pos == 1 || len - pos < 2 || memcmp(buf + pos, "\r\n", 2) != 0) {
        return false;
    }

    *used = pos + 2;

    item->type = SMARTMSG_RESP_INTEGER;
    item->span = 1;
    item->number = (int64_t)number;
    item->str = NULL;
    item->len = 0;

    if (buf[0] == ':') {
        return true;
    }

    item->type = SMARTMSG_RESP_ARRAY;
    last = item + (number < parser->size ? number + 1 : parser->size);
    end = take_texts(item + 1, last, buf, len, used);

    if (end == item + number + 1) {
        item->span = (uint32_t)number + 1;
        return true;
    }

    parser->n_items = (size_t)(end - item);
    parser->pos = *used;
    parser->depth = 1;
    parser->levels[0] = (smartmsg_resp_level_t){
        .left = (int64_t)(number + 1 - parser->n_items),
    };

    return false;
}

/* Arrays that have all their items are items of those that they are in. */
static void close_levels(smartmsg_resp_parser_t *parser)
{
    while (parser->depth > 0) {
        smartmsg_resp_level_t *level = &parser->levels[parser->depth - 1];

        if (level->left > 0) {
            return;
        }

        parser->items[level->item].span
            = (uint32_t)(parser->n_items - level->item);

        if (--parser->depth > 0) {
            level[-1].left--;
        }
    }
}

/* The next item, if it has come, and what it completes. */
static smartmsg_resp_result_e take_item(smartmsg_resp_parser_t *parser,
                                        char *buf, size_t len)
{
    size_t end = 0;

    if (parser->pos == len) {
        return SMARTMSG_RESP_MORE;
    }

    smartmsg_resp_result_e result = reserve(parser);

    if (result != SMARTMSG_RESP_DONE) {
        return result;
    }

    smartmsg_resp_t *item = &parser->items[parser->n_items];

    *item = (smartmsg_resp_t){ .span = 1 };
    result = parse_item(parser, item, buf, len, &end);

    if (result != SMARTMSG_RESP_DONE) {
        return result;
    }

    parser->pos = end;
    parser->n_items++;

    if (end > SMARTMSG_RESP_SIZE_MAX) {
        return SMARTMSG_RESP_LARGE;
    }

    if ((item->type == SMARTMSG_RESP_ARRAY || item->type == SMARTMSG_RESP_PUSH)
        && item->number > 0)
    {
        parser->levels[parser->depth++] = (smartmsg_resp_level_t){
            .item = parser->n_items - 1, .left = item->number,
        };

    } else if (parser->depth > 0) {
        parser->levels[parser->depth - 1].left--;
        close_levels(parser);
    }

    return SMARTMSG_RESP_DONE;
}

/* The buffer may have moved since its first texts were found. */
static void place_texts(smartmsg_resp_parser_t *parser, char *buf)
{
    smartmsg_resp_t *end = parser->items + parser->n_items;

    for (smartmsg_resp_t *item = parser->items; item < end; item++) {
        if (item->str != NULL) {
            set_text(item, buf, (size_t)item->number, item->len);
        }
    }
}

/* Reads on, until the reply is complete. */
static smartmsg_resp_result_e take_items(smartmsg_resp_parser_t *parser,
                                         char *buf, size_t len, size_t *used)
{
    if (len < parser->want) {
        return SMARTMSG_RESP_MORE;
    }

    while (parser->n_items == 0 || parser->depth > 0) {
        smartmsg_resp_result_e result = take_item(parser, buf, len);

        if (result != SMARTMSG_RESP_DONE) {
            parser->pieces = true;
            return result;
        }

        if (parser->depth > 0) {
            take_rest(parser, buf, len);
            close_levels(parser);
        }
    }

    if (parser->pieces) {
        place_texts(parser, buf);
    }

    *used = parser->pos;

    parser->n_items = 0;
    parser->pos = 0;
    parser->want = 0;
    parser->pieces = false;

    return SMARTMSG_RESP_DONE;
}

smartmsg_resp_result_e smartmsg_resp_parse(smartmsg_resp_parser_t *parser,
                                           char *buf, size_t len,
                                           smartmsg_resp_t **reply,
                                           size_t *used)
{
    smartmsg_resp_result_e result = SMARTMSG_RESP_DONE;

    if (parser->pieces || !take_whole(parser, buf, len, used)) {
        result = take_items(parser, buf, len, used);
    }

    *reply = parser->items;

    return result;
}

void smartmsg_resp_free(smartmsg_resp_parser_t *parser)
{
    free(parser->items);

    *parser = (smartmsg_resp_parser_t){0};
}

const char *smartmsg_resp_reason(smartmsg_resp_result_e result)
{
    switch (result) {
    case SMARTMSG_RESP_BROKEN:
        return "protocol error";
    case SMARTMSG_RESP_LARGE:
        return "reply too large";
    case SMARTMSG_RESP_NO_MEMORY:
        return "not enough memory";
    default:
        return "";
    }
}
