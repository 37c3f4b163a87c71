#include "core/useragent.h"

/* A text to look for, in lower case, and what it means. */
typedef struct {
    const char *token;
    const char *name;
} word_t;

/* In each table the first that is found decides. */

/* Programs: whoever does not want to be found out is not. */
static const char *const bots[] = {
    "bot", "crawl", "spider", "slurp", "facebookexternalhit", "facebookcatalog",
    "mediapartners-google", "google-inspectiontool", "googleother",
    "google-read-aloud", "apis-google", "feedfetcher", "bingpreview",
    "headlesschrome", "phantomjs", "lighthouse", "pagespeed", "pingdom",
    "gtmetrix", "statuscake", "site24x7", "monitor", "archiver", "scrapy",
    "chatgpt-user", "perplexity-user", "bytespider", "whatsapp/", "embedly",
    "preview", "validator", "checker", "curl/", "wget/", "python", "java/",
    "go-http-client", "okhttp", "libwww-perl", "httpclient", "axios/",
    "node-fetch", "undici", "guzzle", "php/", "faraday", "apachebench", "http://",
    "https://", NULL
};

static const word_t systems[] = {
    { "windows", "windows" },       /* phones claimed to be Android and iOS */
    { "xbox", "windows" },
    { "tizen", "tizen" },
    { "web0s", "webos" },
    { "webos", "webos" },
    { "hpwos", "webos" },
    { "kaios", "kaios" },
    { "playstation", "playstation" },
    { "nintendo", "nintendo" },
    { "roku", "roku" },
    { "iphone", "ios" },
    { "ipad", "ios" },
    { "ipod", "ios" },
    { "apple tv", "tvos" },
    { "appletv", "tvos" },
    { "openharmony", "harmonyos" },
    { "harmonyos", "harmonyos" },
    { "android", "android" },
    { "cros ", "chromeos" },
    { "macintosh", "macos" },
    { "mac os x", "macos" },
    { "blackberry", "blackberry" },
    { "bb10", "blackberry" },
    { "symbian", "symbian" },
    { "freebsd", "bsd" },
    { "openbsd", "bsd" },
    { "netbsd", "bsd" },
    { "linux", "linux" },
    { "x11", "linux" },
    { NULL, NULL }
};

static const word_t browsers[] = {
    { "edg/", "edge" },
    { "edga/", "edge" },
    { "edgios/", "edge" },
    { "edge/", "edge" },
    { "opr/", "opera" },
    { "opt/", "opera" },
    { "opios/", "opera" },
    { "opera", "opera" },
    { "samsungbrowser/", "samsung" },
    { "yabrowser/", "yandex" },
    { "vivaldi/", "vivaldi" },
    { "ddg/", "duckduckgo" },
    { "duckduckgo/", "duckduckgo" },
    { "brave/", "brave" },
    { "ucbrowser/", "uc" },
    { "miuibrowser/", "miui" },
    { "huaweibrowser/", "huawei" },
    { "heytapbrowser/", "oppo" },
    { "vivobrowser/", "vivo" },
    { "qqbrowser/", "qq" },
    { "silk/", "silk" },
    { "instagram", "instagram" },   /* before Facebook, whose marks it has */
    { "fban/", "facebook" },
    { "fbav/", "facebook" },
    { "fb_iab/", "facebook" },
    { "bytedancewebview", "tiktok" },
    { "musical_ly", "tiktok" },
    { "trill_", "tiktok" },
    { "pinterest/", "pinterest" },
    { "snapchat/", "snapchat" },
    { "linkedinapp", "linkedin" },
    { "micromessenger/", "wechat" },
    { " line/", "line" },
    { "gsa/", "google" },
    { "fxios/", "firefox" },
    { "focus/", "firefox" },
    { "klar/", "firefox" },
    { "seamonkey/", "seamonkey" },
    { "firefox/", "firefox" },
    { "crios/", "chrome" },
    { "; wv)", "webview" },
    { "chromium/", "chromium" },
    { "chrome/", "chrome" },
    { "crmo/", "chrome" },
    { "msie ", "ie" },
    { "trident/", "ie" },
    { "konqueror", "konqueror" },
    { "epiphany/", "epiphany" },
    { NULL, NULL }
};

static const char *const tvs[] = {
    "smart-tv", "smarttv", "smart tv", "web0s", "apple tv", "appletv",
    "googletv", "google tv", "android tv", "androidtv", "bravia", "hbbtv",
    "netcast", "viera", "roku", "crkey", "; aft", "playstation 4",
    "playstation 5", "playstation 3", "xbox", "nintendo switch", "nintendo wiiu",
    "tizen tv", "tv safari", "dtv", NULL
};

static const char *const tablets[] = {
    "ipad", "tablet", "kindle", "playbook", "; sm-t", "; sm-x", "nexus 7",
    "nexus 9", "nexus 10", "pixel c ", "lenovo tb", "mediapad", NULL
};

static const char *const phones[] = {
    "mobile", "iphone", "ipod", "phone", "opera mini", "blackberry", "symbian",
    "midp", "kaios", "playstation vita", NULL
};

static const word_t brands[] = {
    { "\"headlesschrome\"", "chrome" },
    { "\"microsoft edge webview2\"", "webview" },
    { "\"microsoft edge\"", "edge" },
    { "\"opera", "opera" },
    { "\"samsung internet\"", "samsung" },
    { "\"yandex\"", "yandex" },
    { "\"yabrowser\"", "yandex" },
    { "\"brave\"", "brave" },
    { "\"vivaldi\"", "vivaldi" },
    { "\"duckduckgo\"", "duckduckgo" },
    { "\"android webview\"", "webview" },
    { "\"google chrome\"", "chrome" },
    { NULL, NULL }
};

static const word_t platforms[] = {
    { "windows", "windows" },
    { "macos", "macos" },
    { "mac os x", "macos" },
    { "android", "android" },
    { "chrome os", "chromeos" },
    { "chromeos", "chromeos" },
    { "chromium os", "chromeos" },
    { "ios", "ios" },
    { "linux", "linux" },
    { NULL, NULL }
};

/* Where the token begins, len if it is not there. */
static size_t position(smartmsg_str_t text, const char *token)
{
    size_t len = strlen(token);
    const char *p = text.data, *end = text.data + text.len;

    while ((size_t)(end - p) >= len) {
        p = memchr(p, token[0], (size_t)(end - p) - len + 1);

        if (p == NULL) {
            break;
        }

        if (memcmp(p, token, len) == 0) {
            return (size_t)(p - text.data);
        }

        p++;
    }

    return text.len;
}

static bool contains(smartmsg_str_t text, const char *token)
{
    return position(text, token) < text.len;
}

static bool contains_any(smartmsg_str_t text, const char *const *tokens)
{
    for (; *tokens != NULL; tokens++) {
        if (contains(text, *tokens)) {
            return true;
        }
    }

    return false;
}

static smartmsg_str_t name_of(const char *name)
{
    return smartmsg_str(name, strlen(name));
}

static bool is(smartmsg_str_t name, const char *text)
{
    return smartmsg_str_eq(name, name_of(text));
}

static smartmsg_str_t look_up(smartmsg_str_t text, const word_t *words)
{
    for (; words->token != NULL; words++) {
        if (contains(text, words->token)) {
            return name_of(words->name);
        }
    }

    return SMARTMSG_STR("");
}

/* A copy in lower case; buf has SMARTMSG_USERAGENT_MAX bytes. */
static smartmsg_str_t lower(smartmsg_str_t text, char *buf)
{
    size_t len = text.len < SMARTMSG_USERAGENT_MAX ? text.len
                                                   : SMARTMSG_USERAGENT_MAX;

    for (size_t i = 0; i < len; i++) {
        char c = text.data[i];

        buf[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }

    return smartmsg_str(buf, len);
}

/* Cubot makes phones. */
static bool is_bot(smartmsg_str_t agent)
{
    for (;;) {
        size_t at = position(agent, "cubot");

        if (contains_any(smartmsg_str(agent.data, at), bots)) {
            return true;
        }

        if (at == agent.len) {
            return false;
        }

        agent.data += at + 5;
        agent.len -= at + 5;
    }
}

static smartmsg_str_t browser_of(smartmsg_str_t agent)
{
    smartmsg_str_t name = look_up(agent, browsers);

    if (name.len > 0) {
        return name;
    }

    /* Apps on iOS have everything of Safari but its name. */
    if (contains(agent, "android")) {
        return contains(agent, "version/") ? SMARTMSG_STR("android")
                                           : SMARTMSG_STR("");
    }

    if (contains(agent, "safari/")) {
        return SMARTMSG_STR("safari");
    }

    return contains(agent, "applewebkit/") && contains(agent, "mobile/")
           ? SMARTMSG_STR("webview") : SMARTMSG_STR("");
}

static bool is_desktop(smartmsg_str_t os)
{
    return is(os, "windows") || is(os, "macos") || is(os, "linux")
           || is(os, "chromeos") || is(os, "bsd");
}

/* Old Internet Explorers say "Tablet PC" on any Windows. */
static smartmsg_str_t type_of(smartmsg_str_t agent, smartmsg_str_t os)
{
    bool windows = is(os, "windows");

    if (contains_any(agent, tvs)) {
        return SMARTMSG_STR("tv");
    }

    if (!windows && contains_any(agent, tablets)) {
        return SMARTMSG_STR("tablet");
    }

    if (contains_any(agent, phones)) {
        return SMARTMSG_STR("mobile");
    }

    if (is(os, "android") || is(os, "harmonyos")) {
        return SMARTMSG_STR("tablet");
    }

    if (is(os, "tizen") || is(os, "webos")) {
        return SMARTMSG_STR("tv");
    }

    return is_desktop(os) ? SMARTMSG_STR("desktop") : SMARTMSG_STR("");
}

/*
 * "?1" is a phone.  Everything else is "?0", and of that Android is on tablets
 * and on television sets, of which only the user agent tells.
 */
static smartmsg_str_t type_of_hints(smartmsg_str_t mobile,
    smartmsg_str_t agent, smartmsg_str_t os)
{
    if (smartmsg_str_eq(mobile, SMARTMSG_STR("?1"))) {
        return SMARTMSG_STR("mobile");
    }

    if (!smartmsg_str_eq(mobile, SMARTMSG_STR("?0"))) {
        return SMARTMSG_STR("");
    }

    if (contains_any(agent, tvs)) {
        return SMARTMSG_STR("tv");
    }

    if (is(os, "android")) {
        return SMARTMSG_STR("tablet");
    }

    return is_desktop(os) ? SMARTMSG_STR("desktop") : SMARTMSG_STR("");
}

void smartmsg_device_detect(const smartmsg_client_t *client,
    smartmsg_device_t *device)
{
    char buf[SMARTMSG_USERAGENT_MAX], brand_buf[SMARTMSG_USERAGENT_MAX];
    char platform_buf[SMARTMSG_USERAGENT_MAX];
    smartmsg_str_t agent = lower(client->user_agent, buf);
    smartmsg_str_t hints = lower(client->brands, brand_buf);
    smartmsg_str_t platform = lower(client->platform, platform_buf);

    memset(device, 0, sizeof(*device));

    device->os = look_up(platform, platforms);

    if (device->os.len == 0) {
        device->os = look_up(agent, systems);
    }

    device->browser = look_up(hints, brands);

    if (device->browser.len == 0) {
        device->browser = browser_of(agent);
    }

    if (is_bot(agent) || contains(hints, "\"headlesschrome\"")) {
        device->bot = true;
        device->type = SMARTMSG_STR("bot");
        return;
    }

    device->type = type_of_hints(client->mobile, agent, device->os);

    if (device->type.len == 0) {
        device->type = type_of(agent, device->os);
    }
}
