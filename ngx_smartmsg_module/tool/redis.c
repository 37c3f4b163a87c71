#include "tool/redis.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "tool/address.h"

#define TIMEOUT     2   /* seconds */
#define PREFIX      "smartmsg:"
#define PREFIX_MAX  64

void ctl_redis_options(ctl_t *ctl)
{
    ctl_options_t *o = &ctl->options;
    const char *env = getenv("SMARTMSG_REDIS");
    const char *secret = getenv("SMARTMSG_PASSWORD");
    ctl_address_t address;
    const char *wrong;

    if (o->redis == NULL) {
        o->redis = env != NULL && env[0] != '\0' ? env : "127.0.0.1:6379";
    }

    if (o->password == NULL && secret != NULL && secret[0] != '\0') {
        o->password = ctl_strndup(secret, strlen(secret));
    }

    if (o->prefix == NULL) {
        o->prefix = PREFIX;
    }

    wrong = ctl_address_parse(o->redis, &address);
    if (wrong != NULL) {
        ctl_fail(CTL_USAGE, "the address \"%s\" %s", o->redis, wrong);
    }

    if (strlen(o->prefix) > PREFIX_MAX || strchr(o->prefix, '{') != NULL) {
        ctl_fail(CTL_USAGE, "the prefix may have %d bytes and no \"{\"",
                 PREFIX_MAX);
    }

    if (o->db != NULL) {
        (void) ctl_number("db", o->db, 0, 1000000);
    }

    if (o->user != NULL && o->password == NULL) {
        ctl_fail(CTL_USAGE, "--user needs a password");
    }
}

static _Noreturn void fail_away(const ctl_t *ctl, const char *reason)
{
    ctl_fail(CTL_AWAY, "Redis at %s: %s", ctl->options.redis, reason);
}

/* hiredis says "Resource temporarily unavailable" when time is up. */
static const char *reason_of(const redisContext *redis, int error)
{
    if (redis == NULL) {
        return "out of memory";
    }

    if (redis->err == REDIS_ERR_IO && (error == EAGAIN || error == EWOULDBLOCK
                                       || error == ETIMEDOUT))
    {
        return "no answer within 2 seconds";
    }

    return redis->errstr;
}

static void login(ctl_t *ctl)
{
    const ctl_options_t *o = &ctl->options;

    if (o->password != NULL && o->user != NULL) {
        freeReplyObject(ctl_command(ctl, REDIS_REPLY_STATUS, "AUTH", o->user,
                                    o->password, NULL));

    } else if (o->password != NULL) {
        freeReplyObject(ctl_command(ctl, REDIS_REPLY_STATUS, "AUTH",
                                    o->password, NULL));
    }

    if (o->db != NULL && strcmp(o->db, "0") != 0) {
        freeReplyObject(ctl_command(ctl, REDIS_REPLY_STATUS, "SELECT", o->db,
                                    NULL));
    }
}

void ctl_redis_connect(ctl_t *ctl)
{
    struct timeval timeout = { TIMEOUT, 0 };
    ctl_address_t address;

    if (ctl->redis != NULL) {
        return;
    }

    (void) ctl_address_parse(ctl->options.redis, &address);
    errno = 0;

    ctl->redis = address.port == 0
        ? redisConnectUnixWithTimeout(address.host, timeout)
        : redisConnectWithTimeout(address.host, address.port, timeout);

    if (ctl->redis == NULL || ctl->redis->err) {
        fail_away(ctl, reason_of(ctl->redis, errno));
    }

    if (redisSetTimeout(ctl->redis, timeout) != REDIS_OK) {
        fail_away(ctl, reason_of(ctl->redis, errno));
    }

    login(ctl);
}

void ctl_redis_close(ctl_t *ctl)
{
    if (ctl->redis != NULL) {
        redisFree(ctl->redis);
        ctl->redis = NULL;
    }
}

const char *ctl_key(const ctl_t *ctl, char out[CTL_KEY_SIZE],
    const char *format, ...)
{
    size_t len = (size_t) snprintf(out, CTL_KEY_SIZE, "%s",
                                   ctl->options.prefix);
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(out + len, CTL_KEY_SIZE - len, format, args);
    va_end(args);

    if (n < 0 || (size_t) n >= CTL_KEY_SIZE - len) {
        ctl_fail(CTL_USAGE, "the name of a key is too long");
    }

    return out;
}

static void send_words(ctl_t *ctl, const ctl_words_t *words)
{
    ctl_redis_connect(ctl);

    if (redisAppendCommandArgv(ctl->redis, (int) words->n, words->words, NULL)
        != REDIS_OK)
    {
        fail_away(ctl, reason_of(ctl->redis, 0));
    }
}

static void collect(ctl_words_t *words, va_list args)
{
    const char *word;

    while ((word = va_arg(args, const char *)) != NULL) {
        ctl_words_add(words, word);
    }
}

/* The command and its first key, but no passwords. */
static char *name_of(const ctl_words_t *words)
{
    bool secret = strcmp(words->words[0], "AUTH") == 0;

    return ctl_format("%s%s%s", words->words[0],
                      words->n > 1 && !secret ? " " : "",
                      words->n > 1 && !secret ? words->words[1] : "");
}

redisReply *ctl_command_words(ctl_t *ctl, int type, const ctl_words_t *words)
{
    char *what = name_of(words);
    redisReply *reply;

    send_words(ctl, words);
    reply = ctl_receive(ctl, type, what);
    free(what);
    return reply;
}

redisReply *ctl_command(ctl_t *ctl, int type, ...)
{
    ctl_words_t words = { NULL, 0 };
    redisReply *reply;
    va_list args;

    va_start(args, type);
    collect(&words, args);
    va_end(args);

    reply = ctl_command_words(ctl, type, &words);
    free(words.words);
    return reply;
}

void ctl_send(ctl_t *ctl, ...)
{
    ctl_words_t words = { NULL, 0 };
    va_list args;

    va_start(args, ctl);
    collect(&words, args);
    va_end(args);

    send_words(ctl, &words);
    free(words.words);
}

redisReply *ctl_receive(ctl_t *ctl, int type, const char *what)
{
    void *received = NULL;
    redisReply *reply;

    errno = 0;

    if (redisGetReply(ctl->redis, &received) != REDIS_OK) {
        fail_away(ctl, reason_of(ctl->redis, errno));
    }

    reply = received;

    if (reply->type == REDIS_REPLY_ERROR) {
        ctl_fail(CTL_REFUSED, "Redis refuses %s: %.*s", what,
                 (int) reply->len, reply->str);
    }

    if (type != 0 && reply->type != type) {
        ctl_fail(CTL_REFUSED, "Redis gives an unexpected answer to %s", what);
    }

    return reply;
}

static int by_field(const void *a, const void *b)
{
    return smartmsg_str_cmp(ctl_reply_str(*(redisReply *const *) a),
                            ctl_reply_str(*(redisReply *const *) b));
}

redisReply *ctl_hash(ctl_t *ctl, const char *key)
{
    redisReply *hash = ctl_command(ctl, REDIS_REPLY_ARRAY, "HGETALL", key,
                                   NULL);

    /* the pairs of field and value move together */
    if (hash->elements > 2) {
        qsort(hash->element, hash->elements / 2, 2 * sizeof(redisReply *),
              by_field);
    }

    return hash;
}

smartmsg_str_t ctl_reply_str(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_STRING
        && reply->type != REDIS_REPLY_STATUS)
    {
        return smartmsg_str("", 0);
    }

    return smartmsg_str(reply->str, reply->len);
}

smartmsg_str_t ctl_reply_at(const redisReply *list, size_t i)
{
    if (list->type != REDIS_REPLY_ARRAY || i >= list->elements) {
        return smartmsg_str("", 0);
    }

    return ctl_reply_str(list->element[i]);
}
