/*
 * smartmsgctl preview RULE --url URL
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "core/feature.h"
#include "core/preview.h"
#include "tool/json.h"
#include "tool/rules.h"

#define TTL_DEFAULT 3600
#define TTL_MIN 10
#define TTL_MAX (7 * 86400)

#define SECRET_BYTES 32

/* A random text, in hexadecimal; the caller frees it. */
static char *new_secret(void)
{
    unsigned char bytes[SECRET_BYTES];
    char *text = ctl_alloc(2 * SECRET_BYTES + 1);

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t) sizeof(bytes)) {
        ctl_fail(CTL_LOCAL, "no random bytes");
    }

    for (size_t i = 0; i < sizeof(bytes); i++) {
        (void) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }

    return text;
}

static redisReply *get_secret(ctl_t *ctl, const char *key)
{
    return ctl_command(ctl, 0, "HGET", key, SMARTMSG_PREVIEW_SETTING, NULL);
}

/* That of the site; it is made if there is none yet. Free the reply. */
static redisReply *site_secret(ctl_t *ctl)
{
    char key[CTL_KEY_SIZE];
    redisReply *reply = get_secret(ctl, ctl_key(ctl, key, "config"));

    if (reply->type == REDIS_REPLY_NIL) {
        char *made = new_secret();

        /* of two who make one at once, both use the first */
        freeReplyObject(reply);
        freeReplyObject(ctl_command(ctl, REDIS_REPLY_INTEGER, "HSETNX", key,
                                    SMARTMSG_PREVIEW_SETTING, made, NULL));
        free(made);
        reply = get_secret(ctl, key);
    }

    if (reply->type != REDIS_REPLY_STRING
        || !smartmsg_preview_secret_valid(ctl_reply_str(reply)))
    {
        ctl_fail(CTL_FINDINGS, "%s of %s must have %d to %d characters",
                 SMARTMSG_PREVIEW_SETTING, key, SMARTMSG_PREVIEW_SECRET_MIN,
                 SMARTMSG_PREVIEW_SECRET_MAX);
    }

    return reply;
}

static void check_url(const char *url)
{
    const char *host = strncmp(url, "http://", 7) == 0 ? url + 7
                       : strncmp(url, "https://", 8) == 0 ? url + 8 : "";
    bool plain = true;

    for (const char *p = url; *p != '\0'; p++) {
        plain = plain && *p > ' ' && *p < 0x7f;
    }

    if (!plain || *host == '\0' || strchr("/?#", *host) != NULL) {
        ctl_fail(CTL_USAGE, "--url needs the whole address of a page, such as"
                 " https://shop.example/cart, not \"%s\"", url);
    }
}

/* What would keep the link from showing anything. */
static void check_rule(ctl_t *ctl, const char *id, const char *variation)
{
    ctl_rules_t rules;
    const ctl_rule_t *rule;

    if (!smartmsg_rule_id_valid(ctl_str(id))) {
        ctl_fail(CTL_USAGE, "\"%s\" is no rule's name", id);
    }

    ctl_rules_load(ctl, &rules);
    rule = ctl_rules_find(&rules, ctl_str(id));

    if (rule == NULL) {
        ctl_warn("Redis%s has no rule %s: the servers' files may have one",
                 ctl->options.rules ? " and the directory" : "", id);

    } else if (rule->rule == NULL) {
        ctl_fail(CTL_FINDINGS, "%s is broken: %s", id, rule->error);

    } else if (smartmsg_rule_kinds(rule->rule) == 0) {
        ctl_fail(CTL_FINDINGS, "%s has no message", id);

    } else if (variation[0] != '\0'
               && smartmsg_feature_variation(smartmsg_rule_feature(rule->rule),
                                             ctl_str(variation)) == NULL)
    {
        ctl_fail(CTL_FINDINGS, "%s has no variation \"%s\"", id, variation);
    }

    ctl_rules_free(&rules);
}

/* The token as it stands in an address; the caller frees it. */
static char *encode(smartmsg_str_t token)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "abcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *text = ctl_alloc(3 * token.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < token.len; i++) {
        unsigned char c = (unsigned char) token.data[i];

        if (c != '\0' && strchr(plain, c) != NULL) {
            text[len++] = (char) c;
        } else {
            (void) snprintf(text + len, 4, "%%%02X", c);
            len += 3;
        }
    }

    return text;
}

/* The address with the token, in place of one it may have; free it. */
static char *make_link(const char *url, const char *token)
{
    const char *host = strstr(url, "://") + 3;
    const char *path = host + strcspn(host, "/?#");
    const char *end = path + strcspn(path, "?#");
    smartmsg_str_t query = smartmsg_str("", 0);
    char *rest, *link;
    smartmsg_str_t old;
    size_t len;

    if (*end == '?') {
        query = smartmsg_str(end + 1, strcspn(end + 1, "#"));
    }

    rest = ctl_strndup(query.data, query.len);
    len = query.len;

    if (smartmsg_preview_cut(query, rest, &len, &old)) {
        rest[len] = '\0';
    }

    link = ctl_format("%.*s%s?%s%s" SMARTMSG_PREVIEW_ARG "=%s%s",
                      (int) (end - url), url, path == end ? "/" : "", rest,
                      len > 0 ? "&" : "", token, end + strcspn(end, "#"));
    free(rest);
    return link;
}

int ctl_preview(ctl_t *ctl)
{
    const ctl_options_t *options = &ctl->options;
    const char *id = options->args.words[0];
    const char *variation = options->variation ? options->variation : "";
    long ttl = options->ttl == NULL ? TTL_DEFAULT
        : ctl_number("ttl", options->ttl, TTL_MIN, TTL_MAX);
    smartmsg_preview_t preview = { ctl_str(id), ctl_str(variation),
                                   (int64_t) time(NULL) + ttl };
    char token[SMARTMSG_PREVIEW_TOKEN_MAX];
    char *encoded, *link;
    redisReply *secret;
    size_t len;

    if (options->url == NULL) {
        ctl_fail(CTL_USAGE, "preview needs --url URL");
    }

    check_url(options->url);
    check_rule(ctl, id, variation);
    secret = site_secret(ctl);
    len = smartmsg_preview_sign(&preview, ctl_reply_str(secret), token);
    freeReplyObject(secret);

    if (len == 0) {
        ctl_fail(CTL_USAGE, "--variation is too long, or has control "
                 "characters");
    }

    encoded = encode(smartmsg_str(token, len));
    link = make_link(options->url, encoded);

    if (options->json) {
        ctl_json_print(ctl_json(json_pack("{s:s, s:s, s:I}", "rule", id, "url",
                                          link, "end",
                                          (json_int_t) preview.end)));
    } else {
        (void) printf("%s\n", link);
    }

    free(encoded);
    free(link);
    return CTL_OK;
}
