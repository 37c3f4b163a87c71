#include "core/search.h"

#include "core/query.h"

/*
 * host is a name, with all that is below it; one that ends with a dot stands
 * for all top level domains, alone or behind "www.", "m." or "images.".
 */
typedef struct {
    const char *host;
    const char *engine;
    const char *argument;    /* of the term */
} engine_t;

static const engine_t engines[] = {
    { "google.", "google", "q" },
    { "bing.com", "bing", "q" },
    { "duckduckgo.com", "duckduckgo", "q" },
    { "search.yahoo.com", "yahoo", "p" },
    { "search.yahoo.co.jp", "yahoo", "p" },
    { "ecosia.org", "ecosia", "q" },
    { "qwant.com", "qwant", "q" },
    { "startpage.com", "startpage", "query" },
    { "baidu.com", "baidu", "wd" },
    { "yandex.", "yandex", "text" },
    { "ya.ru", "yandex", "text" },
    { "search.brave.com", "brave", "q" },
    { "kagi.com", "kagi", "q" },
    { "mojeek.com", "mojeek", "q" },
    { "swisscows.com", "swisscows", "query" },
    { "metager.org", "metager", "eingabe" },
    { "metager.de", "metager", "eingabe" },
    { "search.seznam.cz", "seznam", "q" },
    { "search.naver.com", "naver", "query" },
    { "search.daum.net", "daum", "q" },
    { "sogou.com", "sogou", "query" },
    { "so.com", "so", "q" },
    { "search.aol.com", "aol", "q" },
    { "ask.com", "ask", "q" },
    { "suche.t-online.de", "t-online", "q" },
    { "suche.web.de", "web.de", "q" },
    { "suche.gmx.net", "gmx", "q" },
    { "search.lilo.org", "lilo", "q" },
    { "presearch.com", "presearch", "q" },
    { NULL, NULL, NULL }
};

static bool starts_with(smartmsg_str_t text, const char *prefix)
{
    size_t len = strlen(prefix);

    return text.len >= len && memcmp(text.data, prefix, len) == 0;
}

static void skip(smartmsg_str_t *text, size_t n)
{
    text->data += n;
    text->len -= n;
}

/* "com", "de", "co.uk", "com.br" */
static bool is_top_level(smartmsg_str_t text)
{
    const char *dot = memchr(text.data, '.', text.len);
    size_t first = dot != NULL ? (size_t)(dot - text.data) : text.len;

    if (first < 2 || first > 3) {
        return false;
    }

    return dot == NULL || (text.len - first - 1 == 2
                           && memchr(dot + 1, '.', 2) == NULL);
}

static bool is_any_top_level(smartmsg_str_t host, const char *name)
{
    static const char *const prefixes[] = { "www.", "m.", "images." };

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (starts_with(host, prefixes[i])) {
            skip(&host, strlen(prefixes[i]));
            break;
        }
    }

    if (!starts_with(host, name)) {
        return false;
    }

    skip(&host, strlen(name));

    return is_top_level(host);
}

static bool is_below(smartmsg_str_t host, const char *name)
{
    size_t len = strlen(name);

    return host.len >= len
           && memcmp(host.data + host.len - len, name, len) == 0
           && (host.len == len || host.data[host.len - len - 1] == '.');
}

static const engine_t *find(smartmsg_str_t host)
{
    for (const engine_t *engine = engines; engine->host != NULL; engine++) {
        bool any = engine->host[strlen(engine->host) - 1] == '.';

        if (host.len > 0 && (any ? is_any_top_level(host, engine->host)
                                 : is_below(host, engine->host)))
        {
            return engine;
        }
    }

    return NULL;
}

smartmsg_str_t smartmsg_search_engine(smartmsg_str_t host)
{
    const engine_t *engine = find(host);

    return engine != NULL ? smartmsg_str(engine->engine,
                                         strlen(engine->engine))
                          : SMARTMSG_STR("");
}

/* What is between '?' and '#'. */
static smartmsg_str_t query_of(smartmsg_str_t url)
{
    const char *p = url.len > 0 ? memchr(url.data, '?', url.len) : NULL;

    if (p == NULL) {
        return smartmsg_str(NULL, 0);
    }

    skip(&url, (size_t)(p - url.data) + 1);
    p = url.len > 0 ? memchr(url.data, '#', url.len) : NULL;

    return smartmsg_str(url.data, p != NULL ? (size_t)(p - url.data)
                                            : url.len);
}

bool smartmsg_search_term(smartmsg_str_t host, smartmsg_str_t url, char *buf,
    size_t size, size_t *len)
{
    const engine_t *engine = find(host);

    *len = 0;

    return engine != NULL
           && smartmsg_query_get(query_of(url),
                                 smartmsg_str(engine->argument,
                                              strlen(engine->argument)),
                                 buf, size, len)
           && *len > 0;
}
