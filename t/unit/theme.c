#include "support.h"

#include "core/theme.h"

static void set(smartmsg_theme_t *theme, const char *name, const char *value)
{
    const char *reason;

    if (!smartmsg_theme_set(theme, S(name), S(value), &reason)) {
        fail_msg("%s: %s %s", name, value, reason);
    }
}

static void refuse(const char *name, const char *value, const char *part)
{
    smartmsg_theme_t theme = {0}, empty = {0};
    const char *reason = NULL;

    assert_false(smartmsg_theme_set(&theme, S(name), S(value), &reason));
    assert_memory_equal(&theme, &empty, sizeof(theme));
    assert_non_null(strstr(reason, part));
}

static void test_values(void **state)
{
    static const char *const radii[] = {"0px", "8px", "0.5em", "12.5px"};
    smartmsg_theme_t theme = {0};

    (void)state;
    set(&theme, "accent", "#0A7");
    set(&theme, "accent", "#00aa77");
    assert_string_equal(theme.values[0], "#00aa77");
    set(&theme, "font", "\"Open Sans\", system-ui, sans-serif");

    for (size_t i = 0; i < 4; i++) {
        set(&theme, "radius", radii[i]);
    }

    refuse("accent", "", "colour");
    refuse("accent", "red", "colour");
    refuse("accent", "#12345", "colour");
    refuse("ink", "#ggg", "colour");
    refuse("paper", "url(x)", "colour");
    refuse("radius", "8", "length");
    refuse("radius", "px", "length");
    refuse("radius", "100px", "length");
    refuse("radius", "8%", "length");
    refuse("font", "", "font families");
    refuse("font", "a;b", "font families");
    refuse("font", "\"a", "font families");
    refuse("font", "url(x)", "font families");
    refuse("size", "8px", "no property");
    refuse("acc", "#fff", "no property");
}

static void finish(smartmsg_theme_t *theme, const char *wrong,
                   const char *part)
{
    const char *name = NULL, *reason = NULL;
    bool good = smartmsg_theme_finish(theme, &name, &reason);

    assert_int_equal(good, wrong == NULL);

    if (wrong != NULL) {
        assert_string_equal(name, wrong);
        assert_non_null(strstr(reason, part));
    }
}

static void test_pairs(void **state)
{
    smartmsg_theme_t theme = {0};

    (void)state;
    finish(&theme, NULL, NULL);

    set(&theme, "accent", "#ffd500");
    finish(&theme, NULL, NULL);
    assert_string_equal(theme.values[1], "#000");

    memset(&theme, 0, sizeof(theme));
    set(&theme, "accent", "#123");
    finish(&theme, NULL, NULL);
    assert_string_equal(theme.values[1], "#fff");

    set(&theme, "on-accent", "#444");
    finish(&theme, "on-accent", "contrast");

    memset(&theme, 0, sizeof(theme));
    set(&theme, "ink", "#000");
    finish(&theme, "paper", "missing");
    set(&theme, "paper", "#777");
    finish(&theme, NULL, NULL);
    set(&theme, "paper", "#707070");    /* 4.28 to 1 on black */
    finish(&theme, "ink", "contrast");

    memset(&theme, 0, sizeof(theme));
    set(&theme, "on-accent", "#fff");
    finish(&theme, "accent", "missing");
}

static void check(const smartmsg_theme_t *own, const smartmsg_theme_t *site,
                  const char *expected)
{
    char out[1000];
    size_t len = smartmsg_theme_write(own, site, NULL);

    assert_in_range(len, 0, sizeof(out));
    assert_int_equal(smartmsg_theme_write(own, site, out), len);
    assert_str(smartmsg_str(out, len), expected);
}

static void test_write(void **state)
{
    smartmsg_theme_t own = {0}, site = {0};

    (void)state;
    check(NULL, NULL, "");
    check(&own, &site, "");
    set(&site, "accent", "#123");
    set(&site, "font", "\"A\", b");
    check(NULL, &site, ",&quot;theme&quot;:{&quot;accent&quot;:&quot;#123&quot;,"
          "&quot;font&quot;:&quot;\\&quot;A\\&quot;, b&quot;}");
    set(&own, "accent", "#fff");
    set(&own, "radius", "0px");
    check(&own, &site, ",&quot;theme&quot;:{&quot;accent&quot;:&quot;#fff&quot;,"
          "&quot;radius&quot;:&quot;0px&quot;,"
          "&quot;font&quot;:&quot;\\&quot;A\\&quot;, b&quot;}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
