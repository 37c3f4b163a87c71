/*
 * A shop whose pages cost next to nothing: one process that answers each
 * request with a file, over kept connections.
 *
 *     http_shop FILE...
 *
 * Each file is at /NAME, everything else is 404.  It prints the port that it
 * listens to, on loopback.  Its client is one proxy: a request is a GET whose
 * header ends with what is read, and who does not take an answer in is waited
 * for.  A small page leaves from memory with its header, by one system call; a
 * large one by sendfile(), as web servers do it.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PAGES       16
#define REQUEST_SIZE    16384
#define HEADER_SIZE     512
#define SMALL           (64 * 1024)

typedef struct {
    const char *name;
    char *answer; /* the header, and a small page behind it */
    size_t len;
    int fd;       /* of a large one; -1: it is small */
    size_t size;
} page_t;

static page_t pages[MAX_PAGES];
static unsigned npages;

static const char not_found[] = "HTTP/1.1 404 Not Found\r\n"
                                "Content-Length: 0\r\n"
                                "Connection: keep-alive\r\n"
                                "\r\n";

static void fail(const char *what)
{
    fprintf(stderr, "http_shop: %s: %s\n", what,
            errno ? strerror(errno) : "unexpected");
    exit(1);
}

static void read_page(page_t *page, const char *file_name)
{
    const char *slash = strrchr(file_name, '/');
    struct stat st;
    int fd = open(file_name, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0) {
        fail(file_name);
    }

    page->name = slash ? slash + 1 : file_name;
    page->size = (size_t)st.st_size;
    page->fd = fd;
    page->answer = malloc(HEADER_SIZE + SMALL);

    if (page->answer == NULL) {
        fail("memory");
    }

    page->len = (size_t)snprintf(page->answer, HEADER_SIZE,
        "HTTP/1.1 200 OK\r\n"
        "Server: shop\r\n"
        "Date: Mon, 05 Jan 2026 12:00:00 GMT\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Length: %zu\r\n"
        "Last-Modified: Mon, 05 Jan 2026 12:00:00 GMT\r\n"
        "Connection: keep-alive\r\n"
        "ETag: \"695ba7c0-%zx\"\r\n"
        "Accept-Ranges: bytes\r\n"
        "\r\n",
        page->size, page->size);

    if (page->size > SMALL) {
        return;
    }

    if (read(fd, page->answer + page->len, page->size) != st.st_size) {
        fail(file_name);
    }

    (void)close(fd);

    page->fd = -1;
    page->len += page->size;
}

/* false: the proxy has gone, and its end is read next */
static bool send_text(int fd, const char *text, size_t len, int flags)
{
    while (len > 0) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL | flags);

        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }

            return false;
        }

        text += n;
        len -= (size_t)n;
    }

    return true;
}

static void send_page(int fd, const page_t *page)
{
    off_t sent = 0;

    if (!send_text(fd, page->answer, page->len,
                   page->fd < 0 ? 0 : MSG_MORE)
        || page->fd < 0)
    {
        return;
    }

    while ((size_t)sent < page->size) {
        ssize_t n = sendfile(fd, page->fd, &sent, page->size - (size_t)sent);

        if (n == 0 || (n < 0 && errno != EINTR)) {
            return;
        }
    }
}

static void serve(int fd)
{
    char request[REQUEST_SIZE + 1];
    ssize_t n = recv(fd, request, REQUEST_SIZE, 0);

    if (n <= 0) {
        (void)close(fd);
        return;
    }

    request[n] = '\0';

    if (strncmp(request, "GET /", 5) != 0
        || n < 4 || memcmp(request + n - 4, "\r\n\r\n", 4) != 0)
    {
        errno = 0;
        fail("no GET request in one piece");
    }

    size_t len = strcspn(request + 5, " ?");

    for (unsigned i = 0; i < npages; i++) {
        if (strlen(pages[i].name) == len
            && memcmp(pages[i].name, request + 5, len) == 0)
        {
            send_page(fd, &pages[i]);
            return;
        }
    }

    (void)send_text(fd, not_found, sizeof(not_found) - 1, 0);
}

static int listen_to_loopback(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr
                                       = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0
        || listen(fd, 128) != 0
        || getsockname(fd, (struct sockaddr *)&address, &len) != 0)
    {
        fail("listen");
    }

    printf("listening on %u\n", ntohs(address.sin_port));

    if (fflush(stdout) != 0) {
        fail("output");
    }

    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        fail("epoll");
    }
}

static void take_in(int epoll, int listener)
{
    int on = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
    {
        fail("accept");
    }

    watch(epoll, fd);
}

int main(int argc, char **argv)
{
    struct epoll_event events[64];
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    if (epoll < 0 || argc < 2 || argc - 1 > MAX_PAGES) {
        fail("usage: http_shop FILE...");
    }

    /* sendfile() to a connection that was closed */

    (void)signal(SIGPIPE, SIG_IGN);

    for (int i = 1; i < argc; i++) {
        read_page(&pages[npages++], argv[i]);
    }

    int listener = listen_to_loopback();

    watch(epoll, listener);

    for (;;) {
        int n = epoll_wait(epoll, events, 64, -1);

        if (n < 0 && errno != EINTR) {
            fail("epoll");
        }

        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener) {
                take_in(epoll, listener);
            } else {
                serve(events[i].data.fd);
            }
        }
    }
}
