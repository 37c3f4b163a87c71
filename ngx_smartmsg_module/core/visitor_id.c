#include "core/visitor_id.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

#define ID_BYTES 16

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static bool random_bytes(unsigned char *bytes, size_t size)
{
    size_t got = 0;

    while (got < size) {
        /* GRND_NONBLOCK: a worker must not stand still; at boot there may be
         * no entropy yet, and then this visitor goes without an id. */
        ssize_t n = getrandom(bytes + got, size - got, GRND_NONBLOCK);

        if (n > 0) {
            got += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            return false;
        }
    }

    return true;
}

bool smartmsg_visitor_id_new(char *out)
{
    unsigned char bytes[ID_BYTES];

    if (!random_bytes(bytes, sizeof(bytes))) {
        return false;
    }

    uint32_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bits = bits << 8 | bytes[i];
        count += 8;

        while (count >= 6) {
            count -= 6;
            *out++ = alphabet[bits >> count & 63];
        }
    }

    *out = alphabet[bits << (6 - count) & 63];

    return true;
}

/* What each byte may be in an id; 0: it is none of the alphabet. */
enum { WITHIN = 1, AT_THE_END = 2 };

#define W WITHIN
#define E (WITHIN | AT_THE_END)

static const unsigned char id_byte[256] = {
    ['-'] = W, ['_'] = W,
    ['0'] = W, W, W, W, W, W, W, W, W, W,
    ['A'] = E, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, E,     /* to Q */
    ['R'] = W, W, W, W, W, W, W, W, W,
    ['a'] = W, W, W, W, W, W, E,                                   /* to g */
    ['h'] = W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, E,        /* to w */
    ['x'] = W, W, W
};

#undef W
#undef E

bool smartmsg_visitor_id_valid(smartmsg_str_t id)
{
    if (id.len != SMARTMSG_VISITOR_ID_LEN) {
        return false;
    }

    unsigned all = WITHIN;

    for (size_t i = 0; i < SMARTMSG_VISITOR_ID_LEN - 1; i++) {
        all &= id_byte[(unsigned char)id.data[i]];
    }

    return all
           && id_byte[(unsigned char)id.data[SMARTMSG_VISITOR_ID_LEN - 1]]
                  & AT_THE_END;
}
