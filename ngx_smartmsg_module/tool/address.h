/*
 * The address of a Redis, as the directive smartmsg_redis takes it.
 */

#ifndef SMARTMSG_TOOL_ADDRESS_H
#define SMARTMSG_TOOL_ADDRESS_H

#include <stdbool.h>

#define CTL_REDIS_PORT 6379

/* host is the path if port is 0. */
typedef struct {
    char host[256];
    int port;
} ctl_address_t;

/*
 * Parses "host", "host:port", "[v6]", "[v6]:port" or "unix:/path".  Returns
 * NULL, or what is wrong.
 */
const char *ctl_address_parse(const char *text, ctl_address_t *address);

#endif
