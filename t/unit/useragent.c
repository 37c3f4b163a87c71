#include "support.h"

#include "core/useragent.h"

#define W10      "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
#define MAC      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
#define X11      "Mozilla/5.0 (X11; Linux x86_64)"
#define CHROME   " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
#define MOBILE   CHROME " Mobile Safari/537.36"
#define SAFARI   CHROME " Safari/537.36"
#define IPHONE   "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) " \
                 "AppleWebKit/605.1.15 (KHTML, like Gecko)"
#define IPAD     "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) " \
                 "AppleWebKit/605.1.15 (KHTML, like Gecko)"
#define PIXEL    "Mozilla/5.0 (Linux; Android 14; Pixel 8)"

/* What a user agent is: "type os browser". */
static const char *const agents[][2] = {
    /* desktop */
    { W10 SAFARI, "desktop windows chrome" },
    { W10 SAFARI " Edg/126.0.2592.61", "desktop windows edge" },
    { W10 " AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 "
      "Safari/537.36 Edge/18.17763", "desktop windows edge" },
    { W10 SAFARI " OPR/111.0.0.0", "desktop windows opera" },
    { W10 SAFARI " Vivaldi/6.7", "desktop windows vivaldi" },
    { W10 CHROME " YaBrowser/24.4.0.0 Safari/537.36",
      "desktop windows yandex" },
    { "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 "
      "Firefox/127.0", "desktop windows firefox" },
    { "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
      "desktop windows ie" },
    { "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; "
      "Tablet PC 2.0)", "desktop windows ie" },
    { MAC SAFARI, "desktop macos chrome" },
    { MAC " AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
      "Safari/605.1.15", "desktop macos safari" },
    { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) "
      "Gecko/20100101 Firefox/127.0", "desktop macos firefox" },
    { MAC " AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
      "Safari/605.1.15 Ddg/17.4", "desktop macos duckduckgo" },
    { X11 SAFARI, "desktop linux chrome" },
    { X11 " AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu Chromium/80.0 "
      "Chrome/80.0 Safari/537.36", "desktop linux chromium" },
    { "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 "
      "Firefox/127.0", "desktop linux firefox" },
    { "Mozilla/5.0 (X11; FreeBSD amd64; rv:120.0) Gecko/20100101 "
      "Firefox/120.0", "desktop bsd firefox" },
    { "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)" SAFARI,
      "desktop chromeos chrome" },

    /* phones */
    { IPHONE " Version/17.5 Mobile/15E148 Safari/604.1", "mobile ios safari" },
    { IPHONE " CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1",
      "mobile ios chrome" },
    { IPHONE " FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
      "mobile ios firefox" },
    { IPHONE " Version/17.0 EdgiOS/125.0 Mobile/15E148 Safari/605.1.15",
      "mobile ios edge" },
    { IPHONE " GSA/320.0 Mobile/15E148 Safari/604.1", "mobile ios google" },
    { IPHONE " Mobile/15E148", "mobile ios webview" },
    { IPHONE " Mobile/15E148 [FBAN/FBIOS;FBAV/460.0;FBDV/iPhone14,5]",
      "mobile ios facebook" },
    { IPHONE " Mobile/15E148 Instagram 330.0 (iPhone14,5; iOS 17_5; FBAN/x)",
      "mobile ios instagram" },
    { "Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X) "
      "AppleWebKit/604.1 (KHTML, like Gecko) Version/12.0 Mobile/15A372 "
      "Safari/604.1", "mobile ios safari" },
    { PIXEL MOBILE, "mobile android chrome" },
    { "Mozilla/5.0 (Linux; Android 10; K)" MOBILE, "mobile android chrome" },
    { PIXEL MOBILE " EdgA/126.0.0.0", "mobile android edge" },
    { PIXEL MOBILE " OPR/82.0.0.0", "mobile android opera" },
    { "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S911B) AppleWebKit/537.36 "
      "(KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile "
      "Safari/537.36", "mobile android samsung" },
    { "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
      "mobile android firefox" },
    { "Mozilla/5.0 (Linux; Android 13; M2101K6G; wv) AppleWebKit/537.36 "
      "(KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36",
      "mobile android webview" },
    { "Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 "
      "(KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 "
      "[FB_IAB/FB4A;FBAV/465.0;]", "mobile android facebook" },
    { "Mozilla/5.0 (Linux; Android 12; CUBOT X50; wv; CUBOT)" MOBILE,
      "mobile android chrome" },
    { "Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; GT-I9100 Build/IML74K) "
      "AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile "
      "Safari/534.30", "mobile android android" },
    { "Mozilla/5.0 (Linux; U; Android 11; en-US; RMX3263) AppleWebKit/537.36 "
      "(KHTML, like Gecko) Version/4.0 Chrome/100 UCBrowser/13.4 Mobile "
      "Safari/537.36", "mobile android uc" },
    { "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1/191.0; U; en) Presto/2.12",
      "mobile  opera" },
    { "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) "
      "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0 Mobile "
      "Safari/537.36 Edge/15.15063", "mobile windows edge" },
    { "Mozilla/5.0 (Mobile; Nokia_2720_Flip; rv:48.0) Gecko/48.0 "
      "Firefox/48.0 KAIOS/2.5.2", "mobile kaios firefox" },
    { "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like "
      "Gecko) Chrome/114.0 Safari/537.36 ArkWeb/4.1 Mobile",
      "mobile harmonyos chrome" },

    /* tablets */
    { IPAD " Version/16.6 Mobile/15E148 Safari/604.1", "tablet ios safari" },
    { IPAD " CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1",
      "tablet ios chrome" },
    { "Mozilla/5.0 (Linux; Android 13; SM-X700)" SAFARI,
      "tablet android chrome" },
    { "Mozilla/5.0 (Linux; Android 9; SM-T510)" MOBILE,
      "tablet android chrome" },
    { "Mozilla/5.0 (Android 13; Tablet; rv:127.0) Gecko/127.0 Firefox/127.0",
      "tablet android firefox" },
    { "Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 (KHTML, like "
      "Gecko) Silk/120.4 like Chrome/120.0 Safari/537.36",
      "tablet android silk" },

    /* television */
    { "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, "
      "like Gecko) 76.0.3809.146/6.0 TV Safari/537.36", "tv tizen safari" },
    { "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like "
      "Gecko) Chrome/94.0 Safari/537.36 WebAppManager", "tv webos chrome" },
    { "Mozilla/5.0 (Linux; Android 9; BRAVIA 4K UR3)" SAFARI,
      "tv android chrome" },
    { "Mozilla/5.0 (Linux; Android 7.1.2; AFTMM Build/NS6265; wv) "
      "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/70.0 Mobile "
      "Safari/537.36", "tv android webview" },
    { "Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 "
      "(KHTML, like Gecko) Version/15.4 Safari/605.1.15",
      "tv playstation safari" },
    { W10 "; Xbox; Xbox Series X)" SAFARI " Edg/125.0", "tv windows edge" },

    /* programs */
    { "Mozilla/5.0 (compatible; Googlebot/2.1; "
      "+http://www.google.com/bot.html)", "bot  " },
    { "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P)" MOBILE
      " (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      "bot android chrome" },
    { "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
      "bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0 "
      "Safari/537.36", "bot  chrome" },
    { "Mozilla/5.0 (compatible; YandexBot/3.0)", "bot  " },
    { "Mozilla/5.0 (compatible; Baiduspider/2.0)", "bot  " },
    { "Mozilla/5.0 (compatible; Yahoo! Slurp)", "bot  " },
    { "DuckDuckBot/1.1", "bot  " },
    { "facebookexternalhit/1.1", "bot  " },
    { "WhatsApp/2.23.20.0", "bot  " },
    { "Mozilla/5.0 (compatible; AhrefsBot/7.0)", "bot  " },
    { "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
      "GPTBot/1.2)", "bot  " },
    { X11 " AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 "
      "Safari/537.36", "bot linux chrome" },
    { MAC SAFARI " Chrome-Lighthouse", "bot macos chrome" },
    { "curl/8.5.0", "bot  " },
    { "Wget/1.21.3", "bot  " },
    { "python-requests/2.31.0", "bot  " },
    { "Go-http-client/2.0", "bot  " },
    { "Java/17.0.2", "bot  " },
    { "CUBOT somethingbot", "bot  " },

    /* nobody knows */
    { "", "  " },
    { "-", "  " },
    { "Mozilla/5.0", "  " },
};

static void check(const smartmsg_client_t *client, const char *expected)
{
    smartmsg_device_t device;
    char text[100];

    smartmsg_device_detect(client, &device);
    (void)snprintf(text, sizeof(text), "%.*s %.*s %.*s",
                   (int)device.type.len, device.type.len ? device.type.data
                                                         : "",
                   (int)device.os.len, device.os.len ? device.os.data : "",
                   (int)device.browser.len,
                   device.browser.len ? device.browser.data : "");

    if (strcmp(text, expected) != 0) {
        fail_msg("\"%s\", not \"%s\": %.*s", text, expected,
                 (int)client->user_agent.len, client->user_agent.data);
    }

    assert_int_equal(device.bot, strncmp(expected, "bot ", 4) == 0);
}

static void test_agents(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
        smartmsg_client_t client = {.user_agent = S(agents[i][0])};

        check(&client, agents[i][1]);
    }
}

static void hints(const char *brands, const char *mobile, const char *platform,
                  const char *agent, const char *expected)
{
    smartmsg_client_t client = {
        .user_agent = S(agent), .brands = S(brands), .mobile = S(mobile),
        .platform = S(platform),
    };

    check(&client, expected);
}

#define BRANDS(name) "\"Not/A)Brand\";v=\"8\", \"Chromium\";v=\"126\", " \
                     "\"" name "\";v=\"126\""

static void test_hints(void **state)
{
    (void)state;

    hints(BRANDS("Google Chrome"), "?0", "\"Windows\"", W10 SAFARI,
          "desktop windows chrome");
    hints(BRANDS("Microsoft Edge"), "?0", "\"macOS\"", MAC SAFARI,
          "desktop macos edge");
    hints(BRANDS("Brave"), "?0", "\"Linux\"", X11 SAFARI,
          "desktop linux brave");
    hints(BRANDS("Opera"), "?0", "\"Windows\"", W10 SAFARI,
          "desktop windows opera");
    hints(BRANDS("Android WebView"), "?1", "\"Android\"", PIXEL MOBILE,
          "mobile android webview");
    hints(BRANDS("Google Chrome"), "?1", "\"Android\"", PIXEL MOBILE,
          "mobile android chrome");
    hints(BRANDS("Samsung Internet"), "?0", "\"Android\"",
          "Mozilla/5.0 (Linux; Android 10; K)" SAFARI,
          "tablet android samsung");
    hints(BRANDS("Google Chrome"), "?0", "\"Chrome OS\"", X11 SAFARI,
          "desktop chromeos chrome");
    hints(BRANDS("Google Chrome"), "?0", "\"Android\"",
          "Mozilla/5.0 (Linux; Android 12; Google TV Streamer)" SAFARI,
          "tv android chrome");

    /* they count more than what the user agent says */
    hints(BRANDS("Google Chrome"), "?1", "\"Android\"", W10 SAFARI,
          "mobile android chrome");

    /* where they say nothing, the user agent counts */
    hints("\"Chromium\";v=\"126\"", "?0", "\"Linux\"", X11 SAFARI,
          "desktop linux chrome");
    hints("", "", "\"Unknown\"", W10 SAFARI, "desktop windows chrome");
    hints("", "?2", "", W10 SAFARI, "desktop windows chrome");
    hints("", "?1", "", "", "mobile  ");
    hints("", "?0", "", "", "  ");

    hints(BRANDS("HeadlessChrome"), "?0", "\"Linux\"", X11 SAFARI,
          "bot linux chrome");
    hints(BRANDS("Google Chrome"), "?0", "\"Linux\"", "x-crawler/1.0",
          "bot linux chrome");
}

/* Longer ones are cut, and need not be texts. */
static void test_strange(void **state)
{
    static char text[SMARTMSG_USERAGENT_MAX + 100];
    smartmsg_client_t client = {.user_agent = {text, sizeof(text)}};

    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text + SMARTMSG_USERAGENT_MAX - 2, "bot", 3);
    check(&client, "  ");
    memcpy(text + SMARTMSG_USERAGENT_MAX - 3, "bot", 3);
    check(&client, "bot  ");

    memset(text, '\0', sizeof(text));
    check(&client, "  ");
    memset(text, 0xff, sizeof(text));
    check(&client, "  ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agents),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_strange),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
