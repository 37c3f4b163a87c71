#include "core/click.h"

#include "core/query.h"

typedef struct {
    const char *argument;
    const char *source;
} click_t;

static const click_t clicks[] = {
    { "gclid", "google" },
    { "gbraid", "google" },
    { "wbraid", "google" },
    { "dclid", "google" },
    { "msclkid", "microsoft" },
    { "fbclid", "facebook" },
    { "ttclid", "tiktok" },
    { "twclid", "x" },
    { "li_fat_id", "linkedin" },
    { "epik", "pinterest" },
    { "ScCid", "snapchat" },
    { "rdt_cid", "reddit" },
    { "qclid", "quora" },
    { "yclid", "yandex" },
    { "tblci", "taboola" },
    { "obclid", "outbrain" },
    { "cto_pld", "criteo" },
    { "awc", "awin" },
    { "irclickid", "impact" },
    { "cjevent", "cj" },
    { NULL, NULL }
};

bool smartmsg_click_find(smartmsg_str_t query, smartmsg_str_t *source,
    char *buf, size_t size, size_t *len)
{
    *len = 0;

    for (const click_t *click = clicks; click->argument != NULL; click++) {
        smartmsg_str_t name = smartmsg_str(click->argument,
                                           strlen(click->argument));

        if (smartmsg_query_get(query, name, buf, size, len) && *len > 0) {
            *source = smartmsg_str(click->source, strlen(click->source));
            return true;
        }
    }

    return false;
}
