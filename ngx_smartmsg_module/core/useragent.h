/*
 * What a visitor's browser says it is: client hints first, then the user
 * agent, which browsers fill with the names of others.
 */

#ifndef SMARTMSG_CORE_USERAGENT_H
#define SMARTMSG_CORE_USERAGENT_H

#include <stdbool.h>

#include "core/str.h"

/* Of a longer user agent the rest is not looked at. */
#define SMARTMSG_USERAGENT_MAX  1024

/*
 * Headers of a request; empty: not sent.  The hints are those of
 * https://wicg.github.io/ua-client-hints/ (brands: Sec-CH-UA, mobile:
 * Sec-CH-UA-Mobile, platform: Sec-CH-UA-Platform).
 */
typedef struct {
    smartmsg_str_t user_agent;
    smartmsg_str_t brands;
    smartmsg_str_t mobile;
    smartmsg_str_t platform;
} smartmsg_client_t;

/*
 * Names in lower case, constants of the program; empty: not known.
 *
 * type:    desktop, mobile, tablet, tv (game consoles, too), bot
 * os:      windows, macos, ios (iPadOS, too), android, chromeos, linux ...
 * browser: chrome, safari, firefox, edge, opera, samsung ...; "webview": a
 *          page inside an app
 */
typedef struct {
    smartmsg_str_t type;
    smartmsg_str_t os;
    smartmsg_str_t browser;
    bool bot;
} smartmsg_device_t;

/* Never fails: what nobody knows leaves everything empty. */
void smartmsg_device_detect(const smartmsg_client_t *client,
    smartmsg_device_t *device);

#endif
