/*
 * Click ids: what advertising networks append to the address of the page that
 * an ad leads to.
 */

#ifndef SMARTMSG_CORE_CLICK_H
#define SMARTMSG_CORE_CLICK_H

#include <stdbool.h>

#include "core/str.h"

/*
 * Finds the first click id that the table in click.c has in a raw query
 * string and that is not empty.  *source becomes the name of the network
 * ("google", "facebook" ...), a constant of the program; the id is decoded and
 * cleaned as by smartmsg_query_get().  Returns false with *len = 0 if there is
 * none.
 */
bool smartmsg_click_find(smartmsg_str_t query, smartmsg_str_t *source,
    char *buf, size_t size, size_t *len);

#endif
