#include "core/settings.h"

#include "core/error.h"

#define NAME_MAX 32

/* A setting that is one of two words; the second is the default. */
typedef struct {
    smartmsg_str_t name;
    smartmsg_str_t yes;
    smartmsg_str_t no;
    const char *reason;
} choice_t;

static const choice_t ga4 = {
    {"ga4", 3}, {"on", 2}, {"off", 3}, "must be \"on\" or \"off\""
};
static const choice_t runtime = {
    {"runtime", 7}, {"always", 6}, {"needed", 6},
    "must be \"always\" or \"needed\""
};

/* The choice of that name, and its place in settings; NULL if it is none. */
static const choice_t *find(smartmsg_settings_t *settings, smartmsg_str_t name,
                            bool **value)
{
    if (smartmsg_str_eq(name, ga4.name)) {
        *value = &settings->ga4;
        return &ga4;
    }

    if (smartmsg_str_eq(name, runtime.name)) {
        *value = &settings->always;
        return &runtime;
    }

    return NULL;
}

bool smartmsg_settings_knows(smartmsg_str_t name)
{
    return smartmsg_quiet_knows(name) || smartmsg_str_eq(name, ga4.name)
           || smartmsg_str_eq(name, runtime.name);
}

const char *smartmsg_settings_suggest(smartmsg_str_t name)
{
    static const char *const names[] = {
        "ga4", "preview.secret", "quiet.pause", "quiet.session", "runtime",
        NULL
    };
    char word[NAME_MAX];

    if (name.len >= sizeof(word) || memchr(name.data, '\0', name.len)) {
        return NULL;
    }

    memcpy(word, name.data, name.len);
    word[name.len] = '\0';

    return smartmsg_suggest(word, names);
}

bool smartmsg_settings_set(smartmsg_settings_t *settings, smartmsg_str_t name,
                           smartmsg_str_t text, const char **reason)
{
    bool *value;
    const choice_t *choice = find(settings, name, &value);

    if (choice == NULL) {
        return smartmsg_quiet_set(&settings->quiet, name, text, reason);
    }

    if (!smartmsg_str_eq(text, choice->yes)
        && !smartmsg_str_eq(text, choice->no))
    {
        *reason = choice->reason;
        return false;
    }

    *value = smartmsg_str_eq(text, choice->yes);

    return true;
}

void smartmsg_settings_keep(smartmsg_settings_t *settings,
                            const smartmsg_settings_t *former,
                            smartmsg_str_t name)
{
    smartmsg_settings_t other = *former;
    bool *value, *before;

    smartmsg_quiet_keep(&settings->quiet, &former->quiet, name);

    if (find(settings, name, &value) && find(&other, name, &before)) {
        *value = *before;
    }
}
