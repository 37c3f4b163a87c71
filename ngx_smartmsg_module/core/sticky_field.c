#include "core/sticky_field.h"

#include <stdio.h>

#include "core/sha256.h"

#define DIGEST_LEN 8    /* digits: one in four thousand million is mistaken */

static size_t join(const smartmsg_str_t *parts, size_t n, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        if (parts[i].len > SMARTMSG_STICKY_FIELD_MAX - len) {
            return 0;
        }

        if (parts[i].len > 0) {
            memcpy(out + len, parts[i].data, parts[i].len);
            len += parts[i].len;
        }
    }

    return len;
}

static smartmsg_str_t digest(const smartmsg_sticky_key_t *key,
    char text[DIGEST_LEN + 1])
{
    unsigned char bytes[SMARTMSG_SHA256_SIZE];

    smartmsg_sha256(key->value, bytes);
    (void) snprintf(text, DIGEST_LEN + 1, "%02x%02x%02x%02x", bytes[0],
                    bytes[1], bytes[2], bytes[3]);

    return smartmsg_str(text, DIGEST_LEN);
}

size_t smartmsg_sticky_field(const smartmsg_sticky_key_t *key,
    char out[SMARTMSG_STICKY_FIELD_MAX])
{
    smartmsg_str_t parts[] = {
        SMARTMSG_STR("sticky:"), key->experiment, SMARTMSG_STR(":"),
        key->attribute
    };

    return join(parts, 4, out);
}

size_t smartmsg_sticky_value(const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation, char out[SMARTMSG_STICKY_FIELD_MAX])
{
    char text[DIGEST_LEN + 1];
    smartmsg_str_t parts[] = { digest(key, text), SMARTMSG_STR(":"),
                               variation };

    return join(parts, 3, out);
}

bool smartmsg_sticky_variation(const smartmsg_sticky_key_t *key,
    smartmsg_str_t value, smartmsg_str_t *variation)
{
    char text[DIGEST_LEN + 1];

    if (value.len <= DIGEST_LEN || value.data[DIGEST_LEN] != ':'
        || !smartmsg_str_eq(smartmsg_str(value.data, DIGEST_LEN),
                            digest(key, text)))
    {
        return false;
    }

    *variation = smartmsg_str(value.data + DIGEST_LEN + 1,
                              value.len - DIGEST_LEN - 1);
    return true;
}
