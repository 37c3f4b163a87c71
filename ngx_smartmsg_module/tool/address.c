#include "tool/address.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static const char *set_host(ctl_address_t *address, const char *data,
    size_t len)
{
    if (len == 0) {
        return "has no host";
    }

    if (len >= sizeof(address->host)) {
        return "is too long";
    }

    memcpy(address->host, data, len);
    address->host[len] = '\0';
    return NULL;
}

static const char *set_port(ctl_address_t *address, const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || port < 1
        || port > 65535)
    {
        return "has a bad port, it must be 1 to 65535";
    }

    address->port = (int) port;
    return NULL;
}

static const char *parse_unix(const char *path, ctl_address_t *address)
{
    struct sockaddr_un where;

    address->port = 0;

    if (path[0] == '\0') {
        return "has no path";
    }

    if (strlen(path) >= sizeof(where.sun_path)) {
        return "has a path that is too long for a unix socket";
    }

    return set_host(address, path, strlen(path));
}

static const char *parse_v6(const char *text, ctl_address_t *address)
{
    const char *end = strchr(text, ']');
    const char *wrong;

    if (end == NULL) {
        return "lacks a \"]\"";
    }

    wrong = set_host(address, text + 1, (size_t) (end - text - 1));

    if (wrong != NULL || end[1] == '\0') {
        return wrong;
    }

    return end[1] == ':' ? set_port(address, end + 2)
                         : "has something behind the \"]\"";
}

const char *ctl_address_parse(const char *text, ctl_address_t *address)
{
    const char *colon = strchr(text, ':');
    const char *wrong;

    address->port = CTL_REDIS_PORT;

    if (strncmp(text, "unix:", 5) == 0) {
        return parse_unix(text + 5, address);
    }

    if (strpbrk(text, "/ \t\r\n@") != NULL) {
        return "is none: host, host:port, [v6]:port or unix:/path";
    }

    if (text[0] == '[') {
        return parse_v6(text, address);
    }

    if (colon != NULL && strchr(colon + 1, ':') != NULL) {
        return "has several colons: put an IPv6 address into [ ]";
    }

    wrong = set_host(address, text, colon ? (size_t) (colon - text)
                                          : strlen(text));

    return wrong != NULL || colon == NULL ? wrong
                                          : set_port(address, colon + 1);
}
