/*
 * What a Redis sends, in pieces. The first byte of the input says how long
 * these are; whole or in pieces, it is understood the same way.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/resp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static uint32_t mix(uint32_t hash, const void *data, size_t len)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * 16777619u;
    }

    return hash;
}

/* The digest of a reply; all of it has to be there. */
static uint32_t digest(const smartmsg_resp_t *reply, const char *buf,
                       size_t len, uint32_t hash)
{
    for (uint32_t i = 0; i < reply->span; i++) {
        const smartmsg_resp_t *item = &reply[i];

        require(item->span >= 1 && i + item->span <= reply->span);
        hash = mix(hash, &item->type, sizeof(item->type));

        if (item->str) {
            require(item->str >= buf && item->str + item->len < buf + len);
            require(item->str[item->len] == '\0');
            hash = mix(hash, item->str, item->len);
        } else {
            hash = mix(hash, &item->number, sizeof(item->number));
        }
    }

    return hash;
}

/* A parser that has been in use goes other ways than a new one. */
static void use(smartmsg_resp_parser_t *parser)
{
    char buf[] = ":1\r\n";
    smartmsg_resp_t *reply;
    size_t used;

    require(smartmsg_resp_parse(parser, buf, sizeof(buf) - 1, &reply, &used)
            == SMARTMSG_RESP_DONE);
}

/* Moves the bytes each time, into a buffer of just their size. */
static uint32_t run(const uint8_t *data, size_t size, size_t step,
                    bool used_before)
{
    smartmsg_resp_parser_t parser = {0};
    smartmsg_resp_t *reply;
    uint32_t hash = 2166136261u;
    size_t from = 0, to = step, used;

    if (used_before) {
        use(&parser);
    }

    for ( ;; ) {
        to = to < size ? to : size;

        size_t len = to - from;
        char *buf = malloc(len ? len : 1);

        require(buf != NULL);

        if (len) {
            memcpy(buf, data + from, len);
        }

        smartmsg_resp_result_e result = smartmsg_resp_parse(&parser, buf, len,
                                                            &reply, &used);

        if (result == SMARTMSG_RESP_DONE) {
            require(used > 0 && used <= len);
            hash = digest(reply, buf, used, hash);
            from += used;
        }

        free(buf);

        if (result == SMARTMSG_RESP_MORE && to < size) {
            to += step;
        } else if (result != SMARTMSG_RESP_DONE) {
            hash = mix(hash, &result, sizeof(result));
            break;
        }
    }

    smartmsg_resp_free(&parser);

    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }

    require(run(data + 1, size - 1, size, true)
            == run(data + 1, size - 1, (size_t)data[0] % 32 + 1, false));
    require(run(data + 1, size - 1, size, false)
            == run(data + 1, size - 1, (size_t)data[0] % 32 + 1, true));

    return 0;
}
