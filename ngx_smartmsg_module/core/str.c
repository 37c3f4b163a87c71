#include "core/str.h"

static unsigned char str_lower(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

bool smartmsg_str_case_eq(smartmsg_str_t a, smartmsg_str_t b)
{
    if (a.len != b.len) {
        return false;
    }

    for (size_t i = 0; i < a.len; i++) {
        if (str_lower(a.data[i]) != str_lower(b.data[i])) {
            return false;
        }
    }

    return true;
}
