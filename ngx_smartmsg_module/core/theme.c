#include "core/theme.h"

#include <math.h>
#include <stdint.h>

#include "core/escape.h"
#include "core/sink.h"

enum { ACCENT, ON_ACCENT, PAPER, INK, RADIUS, FONT };

const char *const smartmsg_theme_names[] = {
    "accent", "on-accent", "paper", "ink", "radius", "font", NULL
};

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_color(smartmsg_str_t value)
{
    if ((value.len != 4 && value.len != 7) || value.data[0] != '#') {
        return false;
    }

    for (size_t i = 1; i < value.len; i++) {
        if (hex(value.data[i]) < 0) {
            return false;
        }
    }

    return true;
}

/* One or two digits, perhaps a point and a digit, then the unit. */
static bool is_length(smartmsg_str_t value)
{
    size_t i = 0;

    while (i < value.len && i < 2 && hex(value.data[i]) >= 0
           && hex(value.data[i]) <= 9)
    {
        i++;
    }

    if (i == 0) {
        return false;
    }

    if (i + 1 < value.len && value.data[i] == '.' && hex(value.data[i + 1]) >= 0
        && hex(value.data[i + 1]) <= 9)
    {
        i += 2;
    }

    smartmsg_str_t unit = smartmsg_str(value.data + i, value.len - i);

    return smartmsg_str_eq(unit, SMARTMSG_STR("px"))
           || smartmsg_str_eq(unit, SMARTMSG_STR("em"));
}

static bool is_font(smartmsg_str_t value)
{
    size_t quotes = 0;

    if (value.len == 0 || value.len >= SMARTMSG_THEME_VALUE) {
        return false;
    }

    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                      || (c >= '0' && c <= '9');

        if (!letter && (c == '\0' || strchr(" -_,\"", c) == NULL)) {
            return false;
        }

        quotes += c == '"';
    }

    return quotes % 2 == 0;
}

bool smartmsg_theme_set(smartmsg_theme_t *theme, smartmsg_str_t name,
                        smartmsg_str_t value, const char **reason)
{
    for (size_t i = 0; smartmsg_theme_names[i] != NULL; i++) {
        if (!smartmsg_str_eq(name,
                             smartmsg_str(smartmsg_theme_names[i],
                                          strlen(smartmsg_theme_names[i]))))
        {
            continue;
        }

        if (i == RADIUS ? !is_length(value)
            : i == FONT ? !is_font(value) : !is_color(value))
        {
            *reason = i == RADIUS ? "must be a length such as 8px or 0.5em"
                      : i == FONT ? "must be a list of font families such as "
                                    "\"Open Sans\", sans-serif"
                                  : "must be a colour such as #0a7 or #00aa77";
            return false;
        }

        memset(theme->values[i], 0, SMARTMSG_THEME_VALUE);
        memcpy(theme->values[i], value.data, value.len);
        theme->given = true;

        return true;
    }

    *reason = "is no property of a theme; there are accent, on-accent, paper, "
              "ink, radius and font";

    return false;
}

/* Relative luminance, WCAG 2.2. */
static double luminance(const char *color)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    bool brief = strlen(color) == 4;
    double sum = 0;

    for (size_t i = 0; i < 3; i++) {
        int high = hex(color[brief ? i + 1 : 2 * i + 1]);
        int low = hex(color[brief ? i + 1 : 2 * i + 2]);
        double c = (high * 16 + low) / 255.0;

        sum += weights[i] * (c <= 0.04045 ? c / 12.92
                                          : pow((c + 0.055) / 1.055, 2.4));
    }

    return sum;
}

static double contrast(const char *a, const char *b)
{
    double x = luminance(a), y = luminance(b);

    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

bool smartmsg_theme_finish(smartmsg_theme_t *theme, const char **name,
                           const char **reason)
{
    char *accent = theme->values[ACCENT], *on = theme->values[ON_ACCENT];

    if (accent[0] != '\0' && on[0] == '\0') {
        (void)strcpy(on, contrast(accent, "#fff") >= contrast(accent, "#000")
                         ? "#fff" : "#000");
    }

    for (int i = ACCENT; i <= PAPER; i += 2) {
        const char *one = theme->values[i], *other = theme->values[i + 1];

        *name = smartmsg_theme_names[i + 1];

        if ((one[0] == '\0') != (other[0] == '\0')) {
            *name = smartmsg_theme_names[one[0] == '\0' ? i : i + 1];
            *reason = "is missing: the colours of text and ground are given "
                      "together";
            return false;
        }

        if (one[0] != '\0' && contrast(one, other) < 4.5) {
            *reason = "cannot be read well on its ground: their contrast is "
                      "less than 4.5 to 1";
            return false;
        }
    }

    return true;
}

size_t smartmsg_theme_write(const smartmsg_theme_t *own,
                            const smartmsg_theme_t *site, char *out)
{
    smartmsg_sink_t sink = {out, 0};

    own = own != NULL && own->given ? own : NULL;
    site = site != NULL && site->given ? site : NULL;

    if (own == NULL && site == NULL) {
        return 0;
    }

    for (size_t i = 0; smartmsg_theme_names[i] != NULL; i++) {
        const char *value = own != NULL ? own->values[i] : "";

        if (value[0] == '\0') {
            value = site != NULL ? site->values[i] : "";
        }

        if (value[0] == '\0') {
            continue;
        }

        smartmsg_sink_puts(&sink, sink.len == 0 ? ",&quot;theme&quot;:{&quot;"
                                                : ",&quot;");
        smartmsg_sink_puts(&sink, smartmsg_theme_names[i]);
        smartmsg_sink_puts(&sink, "&quot;:&quot;");
        sink.len += smartmsg_escape_json(smartmsg_str(value, strlen(value)),
                                         smartmsg_sink_end(&sink));
        smartmsg_sink_puts(&sink, "&quot;");
    }

    smartmsg_sink_puts(&sink, sink.len > 0 ? "}" : "");

    return sink.len;
}
