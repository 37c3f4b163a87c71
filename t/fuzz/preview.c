/*
 * Preview tokens and the queries that they come in: what is cut out leaves the
 * rest as it was, and nothing but a signature makes a token good.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/preview.h"

#define SECRET "0123456789abcdef0123456789abcdef"

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void fuzz_query(smartmsg_str_t query)
{
    char *rest = malloc(query.len + 1), *again = malloc(query.len + 1);
    smartmsg_str_t value;
    size_t len, unused;

    if (rest != NULL && again != NULL
        && smartmsg_preview_cut(query, rest, &len, &value))
    {
        check(len < query.len);
        check(value.data >= query.data
              && value.data + value.len <= query.data + query.len);
        check(!smartmsg_preview_cut(smartmsg_str(rest, len), again, &unused,
                                    &value));
    }

    free(rest);
    free(again);
}

/* As it is, and as the text that was signed. */
static void fuzz_token(smartmsg_str_t text)
{
    char token[SMARTMSG_PREVIEW_TOKEN_MAX];
    smartmsg_preview_t preview, read;
    size_t len;

    check(!smartmsg_preview_verify(text, SMARTMSG_STR(SECRET), 0, &read));

    preview.rule = SMARTMSG_STR("rule");
    preview.variation = text;
    preview.end = 1;
    len = smartmsg_preview_sign(&preview, SMARTMSG_STR(SECRET), token);

    if (len > 0) {
        check(smartmsg_preview_verify(smartmsg_str(token, len),
                                      SMARTMSG_STR(SECRET), 0, &read));
        check(smartmsg_str_eq(read.variation, text));
        check(!smartmsg_preview_verify(smartmsg_str(token, len),
                                       SMARTMSG_STR(SECRET), 1, &read));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    smartmsg_str_t text = smartmsg_str((const char *) data, size);

    fuzz_query(text);
    fuzz_token(text);

    return 0;
}
