#include "core/quiet.h"

#include <math.h>

#include "core/number.h"

#define SESSION_MAX  1000000
#define PAUSE_MAX    31536000   /* a year */

static const char session_name[] = "quiet.session";
static const char pause_name[] = "quiet.pause";

static bool is(smartmsg_str_t name, const char *text)
{
    return smartmsg_str_eq(name, smartmsg_str(text, strlen(text)));
}

bool smartmsg_quiet_knows(smartmsg_str_t name)
{
    return is(name, session_name) || is(name, pause_name);
}

static bool whole(smartmsg_str_t text, double max, double *number)
{
    return smartmsg_number_parse(text, number) && *number >= 0
           && *number <= max && *number == floor(*number);
}

bool smartmsg_quiet_set(smartmsg_quiet_t *quiet, smartmsg_str_t name,
                        smartmsg_str_t text, const char **reason)
{
    double number;

    if (is(name, session_name)) {
        if (whole(text, SESSION_MAX, &number)) {
            quiet->session = (uint32_t)number;
            return true;
        }

        *reason = "must be a whole number of messages, at most 1000000";

    } else if (is(name, pause_name)) {
        if (whole(text, PAUSE_MAX, &number)) {
            quiet->pause = (int64_t)number;
            return true;
        }

        *reason = "must be a whole number of seconds, at most 31536000";

    } else {
        *reason = "is no setting";
    }

    return false;
}

void smartmsg_quiet_keep(smartmsg_quiet_t *quiet,
                         const smartmsg_quiet_t *former, smartmsg_str_t name)
{
    if (is(name, session_name)) {
        quiet->session = former->session;
    } else if (is(name, pause_name)) {
        quiet->pause = former->pause;
    }
}
