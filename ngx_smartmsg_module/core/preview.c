#include "core/preview.h"

#include <stdio.h>

#include "core/sha256.h"

#define SIGNATURE_LEN 43    /* base64url of a digest */

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool smartmsg_preview_secret_valid(smartmsg_str_t secret)
{
    return secret.len >= SMARTMSG_PREVIEW_SECRET_MIN
           && secret.len <= SMARTMSG_PREVIEW_SECRET_MAX;
}

static void sign(smartmsg_str_t text, smartmsg_str_t secret,
                 char out[SIGNATURE_LEN])
{
    unsigned char digest[SMARTMSG_SHA256_SIZE + 1];
    uint32_t bits = 0;
    int count = 0;

    smartmsg_hmac_sha256(secret, text, digest);
    digest[SMARTMSG_SHA256_SIZE] = 0;   /* the last character has 4 bits */

    for (size_t i = 0, n = 0; n < SIGNATURE_LEN; n++) {
        if (count < 6) {
            bits = bits << 8 | digest[i++];
            count += 8;
        }

        count -= 6;
        out[n] = alphabet[bits >> count & 63];
    }
}

static bool is_plain(smartmsg_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }

    return true;
}

size_t smartmsg_preview_sign(const smartmsg_preview_t *preview,
                             smartmsg_str_t secret,
                             char token[SMARTMSG_PREVIEW_TOKEN_MAX])
{
    char text[SMARTMSG_PREVIEW_TOKEN_MAX + 1];
    int len;

    if (!smartmsg_rule_id_valid(preview->rule)
        || preview->variation.len > SMARTMSG_PREVIEW_VARIATION_MAX
        || !is_plain(preview->variation))
    {
        return 0;
    }

    len = snprintf(text, sizeof(text), "%.*s~%.*s~%lld",
                   (int)preview->rule.len, preview->rule.data,
                   (int)preview->variation.len,
                   preview->variation.len > 0 ? preview->variation.data : "",
                   (long long)preview->end);

    memcpy(token, text, (size_t)len);
    token[len] = '~';
    sign(smartmsg_str(text, (size_t)len), secret, token + len + 1);

    return (size_t)len + 1 + SIGNATURE_LEN;
}

/* Looks at every byte, whatever it finds. */
static bool same_signature(const char *a, const char *b)
{
    volatile unsigned char differs = 0;

    for (int i = 0; i < SIGNATURE_LEN; i++) {
        differs |= (unsigned char)(a[i] ^ b[i]);
    }

    return differs == 0;
}

/* Digits, and few enough of them; -1 if there is anything else. */
static int64_t number(smartmsg_str_t text)
{
    int64_t n = 0;

    if (text.len == 0 || text.len > 12) {
        return -1;
    }

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return -1;
        }

        n = n * 10 + (text.data[i] - '0');
    }

    return n;
}

/* Cuts off what follows the last '~'; false if there is none. */
static bool take_last(smartmsg_str_t *text, smartmsg_str_t *part)
{
    for (size_t i = text->len; i > 0; i--) {
        if (text->data[i - 1] == '~') {
            *part = smartmsg_str(text->data + i, text->len - i);
            text->len = i - 1;
            return true;
        }
    }

    return false;
}

bool smartmsg_preview_verify(smartmsg_str_t token, smartmsg_str_t secret,
                             int64_t now, smartmsg_preview_t *preview)
{
    char right[SIGNATURE_LEN];
    smartmsg_str_t signature, end;
    const char *tilde;

    if (token.len > SMARTMSG_PREVIEW_TOKEN_MAX
        || !smartmsg_preview_secret_valid(secret)
        || !take_last(&token, &signature) || signature.len != SIGNATURE_LEN)
    {
        return false;
    }

    sign(token, secret, right);

    if (!same_signature(right, signature.data) || !take_last(&token, &end)) {
        return false;
    }

    /* ids have no tilde, variations may */
    tilde = memchr(token.data, '~', token.len);

    if (tilde == NULL) {
        return false;
    }

    preview->end = number(end);
    preview->rule = smartmsg_str(token.data, (size_t)(tilde - token.data));
    preview->variation = smartmsg_str(tilde + 1, token.len - 1
                                                 - preview->rule.len);

    return preview->end > now;
}

/* Whether an argument, name and value, is the token; then *value is set. */
static bool is_token(smartmsg_str_t argument, smartmsg_str_t *value)
{
    static const char name[] = SMARTMSG_PREVIEW_ARG "=";
    size_t len = sizeof(name) - 1;

    if (argument.len < len || memcmp(argument.data, name, len) != 0) {
        return false;
    }

    *value = smartmsg_str(argument.data + len, argument.len - len);

    return true;
}

bool smartmsg_preview_cut(smartmsg_str_t query, char *rest, size_t *len,
                          smartmsg_str_t *value)
{
    smartmsg_str_t found;
    size_t from, to;
    bool any = false;

    for (from = 0; from < query.len && !any; from = to + 1) {
        const char *end = memchr(query.data + from, '&', query.len - from);

        to = end != NULL ? (size_t)(end - query.data) : query.len;
        any = is_token(smartmsg_str(query.data + from, to - from), value);
    }

    if (!any) {
        return false;
    }

    *len = 0;
    any = false;

    for (from = 0; from <= query.len; from = to + 1) {
        const char *end = memchr(query.data + from, '&', query.len - from);
        size_t n;

        to = end != NULL ? (size_t)(end - query.data) : query.len;
        n = to - from;

        if (is_token(smartmsg_str(query.data + from, n), &found)) {
            continue;
        }

        if (any) {
            rest[(*len)++] = '&';
        }

        memcpy(rest + *len, query.data + from, n);
        *len += n;
        any = true;
    }

    return true;
}
