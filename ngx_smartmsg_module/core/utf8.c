#include "core/utf8.h"

size_t smartmsg_utf8_decode(smartmsg_str_t text, uint32_t *code)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};

    if (text.len == 0) {
        return 0;
    }

    unsigned char first = (unsigned char)text.data[0];
    uint32_t value;
    size_t len;

    if (first < 0x80) {
        *code = first;
        return 1;
    } else if ((first & 0xe0) == 0xc0) {
        value = first & 0x1f;
        len = 2;
    } else if ((first & 0xf0) == 0xe0) {
        value = first & 0x0f;
        len = 3;
    } else if ((first & 0xf8) == 0xf0) {
        value = first & 0x07;
        len = 4;
    } else {
        return 0;
    }

    if (text.len < len) {
        return 0;
    }

    for (size_t i = 1; i < len; i++) {
        unsigned char next = (unsigned char)text.data[i];

        if ((next & 0xc0) != 0x80) {
            return 0;
        }

        value = value << 6 | (next & 0x3f);
    }

    if (value < lowest[len] || value > 0x10ffff
        || (value >= 0xd800 && value <= 0xdfff))
    {
        return 0;
    }

    *code = value;

    return len;
}

bool smartmsg_utf8_valid(smartmsg_str_t text)
{
    uint32_t code;

    while (text.len > 0) {
        size_t len = smartmsg_utf8_decode(text, &code);

        if (len == 0) {
            return false;
        }

        text.data += len;
        text.len -= len;
    }

    return true;
}
