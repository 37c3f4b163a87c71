/* Names of facts for the tests of a program: a fixture for each of them. */

#ifndef T_UNIT_SUPPORT_NAMES_H
#define T_UNIT_SUPPORT_NAMES_H

#include "support.h"

#include "core/names.h"

static smartmsg_names_t *names;

static int make_names(void **state)
{
    (void)state;
    names = smartmsg_names_create();

    return names == NULL;
}

static int drop_names(void **state)
{
    (void)state;
    smartmsg_names_destroy(names);

    return 0;
}

#endif
