#include "core/resp.h"

#include <stdlib.h>
#include <string.h>

/* items there is room for at first, and at rest */
#define ITEMS_AT_REST 64

/* digits of an integer of 64 bits, without its sign */
#define DIGITS_MAX 19

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

/* A status or an error: the rest of the line. */
static smartmsg_resp_result_e parse_line(smartmsg_resp_t *item,
                                         const char *buf, size_t len,
                                         size_t pos, size_t *end)
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

    item->number = (int64_t)pos;
    item->len = (size_t)(lf - 1 - (buf + pos));
    *end = (size_t)(lf + 1 - buf);

    return SMARTMSG_RESP_DONE;
}

/* The bytes of a string, which begin at pos. */
static smartmsg_resp_result_e parse_string(smartmsg_resp_parser_t *parser,
                                           smartmsg_resp_t *item,
                                           const char *buf, size_t len,
                                           size_t pos, size_t *end)
{
    if ((uint64_t)item->number > SMARTMSG_RESP_SIZE_MAX - 2
        || pos > SMARTMSG_RESP_SIZE_MAX - 2 - (size_t)item->number)
    {
        return SMARTMSG_RESP_LARGE;
    }

    item->len = (size_t)item->number;
    *end = pos + item->len + 2;

    if (*end > len) {
        parser->want = *end;
        return SMARTMSG_RESP_MORE;
    }

    if (buf[*end - 2] != '\r' || buf[*end - 1] != '\n') {
        return SMARTMSG_RESP_BROKEN;
    }

    item->number = (int64_t)pos;

    return SMARTMSG_RESP_DONE;
}

/* How many items follow. */
static smartmsg_resp_result_e parse_array(smartmsg_resp_parser_t *parser,
                                          smartmsg_resp_t *item)
{
    if (item->number >= (int64_t)SMARTMSG_RESP_ITEMS_MAX
        || parser->depth == SMARTMSG_RESP_DEPTH_MAX)
    {
        return SMARTMSG_RESP_LARGE;
    }

    return SMARTMSG_RESP_DONE;
}

/*
 * The item that begins at parser->pos. Until the reply is complete, number is
 * the place of a text: the buffer may move.
 */
static smartmsg_resp_result_e parse_item(smartmsg_resp_parser_t *parser,
                                         smartmsg_resp_t *item,
                                         const char *buf, size_t len,
                                         size_t *end)
{
    char sign = buf[parser->pos];
    size_t pos = parser->pos + 1;

    if (sign == '+' || sign == '-') {
        item->type = sign == '+' ? SMARTMSG_RESP_STATUS : SMARTMSG_RESP_ERROR;
        return parse_line(item, buf, len, pos, end);
    }

    if (sign != '$' && sign != ':' && sign != '*') {
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

    item->type = SMARTMSG_RESP_ARRAY;

    return parse_array(parser, item);
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
 * A text of less than a hundred bytes that has come as a whole: all that there
 * is in most replies. False: it is something else, or broken, or not here yet.
 */
static bool take_short(smartmsg_resp_parser_t *parser, const char *buf,
                       size_t len)
{
    const char *p = buf + parser->pos;
    size_t left = len - parser->pos;

    /* "$1", the end of that line, at least the end of the text */
    if (left < 6 || p[0] != '$' || p[1] < '0' || p[1] > '9') {
        return false;
    }

    size_t size = (size_t)(p[1] - '0');
    size_t head = 4;

    if (p[2] >= '0' && p[2] <= '9') {
        size = size * 10 + (size_t)(p[2] - '0');
        head = 5;
    }

    if (left < head + size + 2 || p[head - 2] != '\r' || p[head - 1] != '\n'
        || p[head + size] != '\r' || p[head + size + 1] != '\n')
    {
        return false;
    }

    smartmsg_resp_t *item = &parser->items[parser->n_items++];

    item->type = SMARTMSG_RESP_STRING;
    item->span = 1;
    item->number = (int64_t)(parser->pos + head);
    item->len = size;

    parser->pos += head + size + 2;

    return true;
}

/* Such texts of the array, but for its last item, which closes it. */
static void take_texts(smartmsg_resp_parser_t *parser, const char *buf,
                       size_t len)
{
    smartmsg_resp_level_t *level = &parser->levels[parser->depth - 1];

    while (level->left > 1 && parser->n_items < parser->size
           && parser->pos < SMARTMSG_RESP_SIZE_MAX
           && take_short(parser, buf, len))
    {
        level->left--;
    }
}

/* The item is complete, and with it perhaps the arrays that it is in. */
static void close_levels(smartmsg_resp_parser_t *parser)
{
    while (parser->depth > 0) {
        smartmsg_resp_level_t *level = &parser->levels[parser->depth - 1];

        if (--level->left > 0) {
            return;
        }

        parser->items[level->item].span
            = (uint32_t)(parser->n_items - level->item);
        parser->depth--;
    }
}

/* The buffer does not move any more. */
static void finish(smartmsg_resp_parser_t *parser, char *buf)
{
    smartmsg_resp_t *end = parser->items + parser->n_items;

    for (smartmsg_resp_t *item = parser->items; item < end; item++) {
        if (item->type == SMARTMSG_RESP_STRING
            || item->type == SMARTMSG_RESP_STATUS
            || item->type == SMARTMSG_RESP_ERROR)
        {
            item->str = buf + item->number;
            item->str[item->len] = '\0';
            item->number = 0;
        }
    }

    parser->n_items = 0;
    parser->pos = 0;
    parser->want = 0;
}

smartmsg_resp_result_e smartmsg_resp_parse(smartmsg_resp_parser_t *parser,
                                           char *buf, size_t len,
                                           smartmsg_resp_t **reply,
                                           size_t *used)
{
    if (len < parser->want) {
        return SMARTMSG_RESP_MORE;
    }

    do {
        size_t end = 0;

        if (parser->depth > 0) {
            take_texts(parser, buf, len);
        }

        if (parser->pos == len) {
            return SMARTMSG_RESP_MORE;
        }

        smartmsg_resp_result_e result = reserve(parser);

        if (result != SMARTMSG_RESP_DONE) {
            return result;
        }

        smartmsg_resp_t *item = &parser->items[parser->n_items];

        item->span = 1;
        item->str = NULL;
        item->len = 0;

        result = parse_item(parser, item, buf, len, &end);

        if (result != SMARTMSG_RESP_DONE) {
            return result;
        }

        parser->pos = end;
        parser->n_items++;

        if (end > SMARTMSG_RESP_SIZE_MAX) {
            return SMARTMSG_RESP_LARGE;
        }

        if (item->type == SMARTMSG_RESP_ARRAY && item->number > 0) {
            parser->levels[parser->depth++] = (smartmsg_resp_level_t){
                .item = parser->n_items - 1, .left = item->number,
            };

            continue;
        }

        close_levels(parser);

    } while (parser->depth > 0);

    *reply = parser->items;
    *used = parser->pos;

    finish(parser, buf);

    return SMARTMSG_RESP_DONE;
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
