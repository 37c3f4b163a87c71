#include "core/version.h"

#include "core/coerce.h"

#define PAD_TO 5

/* Without the leading v and without the build after a plus. */
static smartmsg_str_t strip(smartmsg_str_t version)
{
    const char *plus;

    if (version.len > 0 && version.data[0] == 'v') {
        version.data++;
        version.len--;
    }

    plus = version.len > 0 ? memchr(version.data, '+', version.len) : NULL;
    if (plus != NULL) {
        version.len = (size_t) (plus - version.data);
    }

    return version;
}

static bool is_number(smartmsg_str_t part)
{
    for (size_t i = 0; i < part.len; i++) {
        if (part.data[i] < '0' || part.data[i] > '9') {
            return false;
        }
    }

    return part.len > 0;
}

static void add_part(smartmsg_text_t *text, smartmsg_str_t part)
{
    if (is_number(part) && part.len < PAD_TO) {
        smartmsg_text_add(text, smartmsg_str("     ", PAD_TO - part.len));
    }

    smartmsg_text_add(text, part);
}

void smartmsg_add_version(smartmsg_text_t *text,
    const smartmsg_value_t *version)
{
    char number[SMARTMSG_NUMBER_SIZE];
    smartmsg_str_t rest = SMARTMSG_STR("0");
    size_t parts = 0;
    size_t i;

    if (version->type == SMARTMSG_NUMBER) {
        rest = smartmsg_str(number, smartmsg_format_number(version->u.number,
                                                           number));

    } else if (version->type == SMARTMSG_STRING && version->u.string.len > 0) {
        rest = version->u.string;
    }

    rest = strip(rest);

    for (;;) {
        for (i = 0; i < rest.len; i++) {
            if (rest.data[i] == '-' || rest.data[i] == '.') {
                break;
            }
        }

        if (parts++ > 0) {
            smartmsg_text_add(text, SMARTMSG_STR("-"));
        }

        add_part(text, smartmsg_str(rest.data, i));

        if (i == rest.len) {
            break;
        }

        rest.data += i + 1;
        rest.len -= i + 1;
    }

    /* ~ comes after everything that may stand for a pre-release */
    if (parts == 3) {
        smartmsg_text_add(text, SMARTMSG_STR("-~"));
    }
}
