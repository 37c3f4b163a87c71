#include "core/language.h"

static const smartmsg_str_t known[] = {
    {"en", 2}, {"de", 2}, {"fr", 2}, {"es", 2}, {"it", 2}, {"nl", 2},
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Some shops write the name of a locale, de_DE, where a tag belongs. */
static smartmsg_str_t primary_subtag(smartmsg_str_t tag)
{
    size_t len = 0;

    while (len < tag.len && tag.data[len] != '-' && tag.data[len] != '_') {
        len++;
    }

    return smartmsg_str(tag.data, len);
}

bool smartmsg_language_valid(smartmsg_str_t text)
{
    size_t subtag = 0;      /* length of the one that is being read */
    bool first = true;

    if (text.len > SMARTMSG_LANGUAGE_MAX) {
        return false;
    }

    for (size_t i = 0; i <= text.len; i++) {
        if (i == text.len || text.data[i] == '-') {
            if (subtag == 0 || subtag > 8 || (first && (subtag < 2
                                                        || subtag > 3)))
            {
                return false;
            }

            subtag = 0;
            first = false;
            continue;
        }

        bool digit = text.data[i] >= '0' && text.data[i] <= '9';

        if (!is_letter(text.data[i]) && (first || !digit)) {
            return false;
        }

        subtag++;
    }

    return true;
}

/* Index of the best tag of asked's language, n if there is none. */
static size_t find(const smartmsg_str_t *tags, size_t n, smartmsg_str_t asked)
{
    smartmsg_str_t primary = primary_subtag(asked);
    size_t bare = n, related = n;

    for (size_t i = 0; i < n; i++) {
        if (smartmsg_str_case_eq(tags[i], asked)) {
            return i;
        }

        if (bare == n && smartmsg_str_case_eq(tags[i], primary)) {
            bare = i;
        }

        if (related == n
            && smartmsg_str_case_eq(primary_subtag(tags[i]), primary))
        {
            related = i;
        }
    }

    return bare < n ? bare : related;
}

size_t smartmsg_language_choose(const smartmsg_str_t *tags, size_t n,
                                smartmsg_str_t asked)
{
    size_t found = asked.len > 0 ? find(tags, n, asked) : n;

    if (found == n) {
        found = find(tags, n, known[0]);
    }

    return found < n ? found : 0;
}

const smartmsg_str_t *smartmsg_language_known(size_t *n)
{
    *n = KNOWN;

    return known;
}
