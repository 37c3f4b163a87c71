#include "core/text.h"

#include <stdlib.h>

#include "core/utf8.h"

void smartmsg_text_init(smartmsg_text_t *text)
{
    text->data = text->small;
    text->len = 0;
    text->size = sizeof(text->small);
    text->failed = false;
}

void smartmsg_text_free(smartmsg_text_t *text)
{
    if (text->data != text->small) {
        free(text->data);
    }

    smartmsg_text_init(text);
}

static bool reserve(smartmsg_text_t *text, size_t more)
{
    size_t size = text->size;
    char *data;

    if (text->failed) {
        return false;
    }

    if (more <= size - text->len) {
        return true;
    }

    while (size - text->len < more) {
        if (size > SIZE_MAX / 2) {
            text->failed = true;
            return false;
        }
        size *= 2;
    }

    data = realloc(text->data != text->small ? text->data : NULL, size);
    if (data == NULL) {
        text->failed = true;
        return false;
    }

    if (text->data == text->small) {
        memcpy(data, text->small, text->len);
    }

    text->data = data;
    text->size = size;
    return true;
}

void smartmsg_text_add(smartmsg_text_t *text, smartmsg_str_t piece)
{
    if (piece.len > 0 && reserve(text, piece.len)) {
        memcpy(text->data + text->len, piece.data, piece.len);
        text->len += piece.len;
    }
}

void smartmsg_text_add_char(smartmsg_text_t *text, uint32_t code)
{
    char c[4];
    size_t n;

    if (code < 0x80) {
        c[0] = (char) code;
        n = 1;

    } else if (code < 0x800) {
        c[0] = (char) (0xC0 | (code >> 6));
        c[1] = (char) (0x80 | (code & 0x3F));
        n = 2;

    } else if (code < 0x10000) {
        c[0] = (char) (0xE0 | (code >> 12));
        c[1] = (char) (0x80 | ((code >> 6) & 0x3F));
        c[2] = (char) (0x80 | (code & 0x3F));
        n = 3;

    } else {
        c[0] = (char) (0xF0 | (code >> 18));
        c[1] = (char) (0x80 | ((code >> 12) & 0x3F));
        c[2] = (char) (0x80 | ((code >> 6) & 0x3F));
        c[3] = (char) (0x80 | (code & 0x3F));
        n = 4;
    }

    smartmsg_text_add(text, smartmsg_str(c, n));
}

void smartmsg_text_add_clean(smartmsg_text_t *text, smartmsg_str_t piece)
{
    while (piece.len > 0) {
        uint32_t code;
        size_t len = smartmsg_utf8_decode(piece, &code);

        if (len == 0) {
            smartmsg_text_add_char(text, 0xfffd);
            len = 1;
        } else {
            smartmsg_text_add(text, smartmsg_str(piece.data, len));
        }

        piece.data += len;
        piece.len -= len;
    }
}

smartmsg_str_t smartmsg_text_str(const smartmsg_text_t *text)
{
    return smartmsg_str(text->data, text->len);
}
