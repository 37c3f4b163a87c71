/*
 * Asks an HTTP server for one page again and again over kept connections, as
 * the browsers of many visitors do, and tells how long that took.
 *
 *     http_load PORT URI CONNECTIONS RATE COOKIES
 *
 * For each line of its input, a number of requests, it asks for so many pages
 * and prints one line: requests, seconds, bytes of all bodies, and the
 * latencies p50 p90 p99 max in microseconds.  The connections stay open in
 * between.  Any answer but a complete 200 ends it with an error.
 *
 * RATE 0: each connection asks again as soon as it has its answer.  Else
 * requests fall due so many times a second, whether or not answers have come,
 * and latency counts from when a request was due.  COOKIES is a file with a
 * Cookie header's value in each line, used in turn.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 256
#define BUFFER          (256 * 1024)
#define HEAD_SIZE       8192

typedef enum { HEAD, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER } state_e;

typedef struct {
    int fd;
    bool busy;
    state_e state;
    bool chunked;
    uint64_t left; /* bytes of the body or the chunk still to come */
    double due;
    size_t head_len;
    char head[HEAD_SIZE];
} client_t;

static client_t clients[MAX_CONNECTIONS];
static unsigned nclients, port;
static const char *uri;
static char **cookies;
static size_t ncookies, turn; /* whose it is */
static uint64_t wanted, sent, done, bytes;
static float *latency;

static void fail(const char *what)
{
    fprintf(stderr, "http_load: %s: %s\n", what,
            errno ? strerror(errno) : "unexpected");
    exit(1);
}

static double now(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) {
        fail("clock");
    }

    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_cookies(const char *name)
{
    FILE *file = fopen(name, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t len;

    if (file == NULL) {
        fail(name);
    }

    while ((len = getline(&line, &size, file)) > 0) {
        char **more = realloc(cookies, (ncookies + 1) * sizeof(*cookies));

        if (more == NULL) {
            fail("memory");
        }

        line[strcspn(line, "\n")] = '\0';
        cookies = more;
        cookies[ncookies++] = line;
        line = NULL;
        size = 0;
    }

    (void)fclose(file);

    if (ncookies == 0) {
        fail("no cookies");
    }
}

static void open_client(client_t *c, int epoll)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

    c->fd = socket(AF_INET, SOCK_STREAM, 0);

    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0
        || epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
    {
        fail("connect");
    }
}

static void ask(client_t *c, double due)
{
    char text[4096];
    int len = snprintf(text, sizeof(text),
        "GET %s HTTP/1.1\r\n"
        "Host: shop.example:%u\r\n"
        "Connection: keep-alive\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "
        "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36\r\n"
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,"
        "image/avif,image/webp,*/*;q=0.8\r\n"
        "Sec-Fetch-Site: same-origin\r\n"
        "Sec-Fetch-Mode: navigate\r\n"
        "Sec-Fetch-User: ?1\r\n"
        "Sec-Fetch-Dest: document\r\n"
        "Referer: http://shop.example:%u/\r\n"
        "Accept-Encoding: gzip, deflate, br\r\n"
        "Accept-Language: en-US,en;q=0.9,de;q=0.8\r\n"
        "Cookie: %s\r\n\r\n",
        uri, port, port, cookies[turn++ % ncookies]);

    if (len < 0 || (size_t)len >= sizeof(text)
        || send(c->fd, text, (size_t)len, MSG_NOSIGNAL) != len)
    {
        fail("send");
    }

    sent++;
    c->busy = true;
    c->state = HEAD;
    c->head_len = 0;
    c->due = due;
}

static void finished(client_t *c)
{
    latency[done++] = (float)((now() - c->due) * 1e6);
    c->busy = false;
}

static const char *header(client_t *c, const char *name)
{
    const char *found = strcasestr(c->head, name);

    return found ? found + strlen(name) : NULL;
}

/* The head is complete: how long is the body? */
static void take_head(client_t *c)
{
    const char *length = header(c, "\r\nContent-Length:");

    c->chunked = header(c, "\r\nTransfer-Encoding: chunked") != NULL;

    if (strncmp(c->head, "HTTP/1.1 200 ", 13) != 0
        || (length == NULL && !c->chunked))
    {
        errno = 0;
        fail(c->head);
    }

    c->left = c->chunked ? 0 : strtoull(length, NULL, 10);
    c->state = c->chunked ? CHUNK_SIZE : BODY;
    c->head_len = 0;
}

/* A line of the head, of a chunk's size or behind a chunk; bytes consumed. */
static size_t take_line(client_t *c, const char *p, size_t n)
{
    const char *end = memchr(p, '\n', n);
    size_t len = end ? (size_t)(end - p) + 1 : n;

    if (c->head_len + len >= sizeof(c->head)) {
        errno = 0;
        fail("a long line");
    }

    memcpy(c->head + c->head_len, p, len);
    c->head_len += len;
    c->head[c->head_len] = '\0';

    if (end == NULL) {
        return len;
    }

    switch (c->state) {
    case HEAD:
        if (c->head_len >= 4
            && strcmp(c->head + c->head_len - 4, "\r\n\r\n") == 0)
        {
            take_head(c);
        }
        return len;

    case CHUNK_SIZE:
        c->left = strtoull(c->head, NULL, 16);
        c->state = c->left ? CHUNK : TRAILER;
        break;

    case CHUNK_END:
        c->state = CHUNK_SIZE;
        break;

    default: /* TRAILER */
        finished(c);
        break;
    }

    c->head_len = 0;

    return len;
}

static void take(client_t *c, const char *p, size_t n)
{
    while (n > 0) {
        size_t len;

        if (!c->busy) {
            errno = 0;
            fail("more than was asked for");
        }

        if (c->state != BODY && c->state != CHUNK) {
            len = take_line(c, p, n);

        } else {
            len = n < c->left ? n : (size_t)c->left;
            c->left -= len;
            bytes += len;
        }

        if (c->left == 0 && c->busy) {
            if (c->state == BODY) {
                finished(c);

            } else if (c->state == CHUNK) {
                c->state = CHUNK_END;
            }
        }

        p += len;
        n -= len;
    }
}

static client_t *idle_client(void)
{
    for (unsigned i = 0; i < nclients; i++) {
        if (!clients[i].busy) {
            return &clients[i];
        }
    }

    return NULL;
}

/* Sends what is due; returns when the next request is, 0: after an answer. */
static double send_due(double start, double rate)
{
    while (sent < wanted) {
        double due = rate > 0 ? start + (double)sent / rate : 0;
        client_t *c;

        if (due > now()) {
            return due;
        }

        c = idle_client();

        if (c == NULL) {
            return 0;
        }

        ask(c, rate > 0 ? due : now());
    }

    return 0;
}

static void set_timer(int timer, double at)
{
    struct itimerspec spec = { .it_value = {
        .tv_sec = (time_t)at,
        .tv_nsec = (long)((at - (double)(time_t)at) * 1e9) } };

    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL) != 0) {
        fail("timer");
    }
}

static void run(int epoll, int timer, double rate)
{
    static char buffer[BUFFER];

    struct epoll_event events[64];
    /* at a fixed rate only once the server has accepted all connections */
    double start = now() + (rate > 0 ? 0.05 : 0);

    while (done < wanted) {
        double next = send_due(start, rate);

        if (next > 0) {
            set_timer(timer, next);
        }

        int n = epoll_wait(epoll, events, 64, 10000);

        if (n <= 0) {
            errno = 0;
            fail("no answer");
        }

        for (int i = 0; i < n; i++) {
            client_t *c = events[i].data.ptr;
            ssize_t len = read(c ? c->fd : timer, buffer,
                               c ? sizeof(buffer) : sizeof(uint64_t));

            if (c == NULL) {
                continue;
            }

            if (len <= 0) {
                fail("the connection was closed");
            }

            take(c, buffer, (size_t)len);
        }
    }
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static double part(double share)
{
    return (double)latency[(uint64_t)(share * (double)(done - 1))];
}

/* So many requests, and what there is to tell of them. */
static void burst(uint64_t requests, int epoll, int timer, double rate)
{
    double start = now(), seconds;

    wanted = requests;
    sent = done = bytes = 0;
    latency = calloc(wanted, sizeof(*latency));

    if (wanted == 0 || latency == NULL) {
        fail("number of requests");
    }

    run(epoll, timer, rate);
    seconds = now() - start;

    qsort(latency, done, sizeof(*latency), compare);

    printf("%llu %.6f %llu %.0f %.0f %.0f %.0f\n", (unsigned long long)done,
           seconds, (unsigned long long)bytes, part(0.5), part(0.9),
           part(0.99), part(1));
    free(latency);

    if (fflush(stdout) != 0) {
        fail("output");
    }
}

int main(int argc, char **argv)
{
    int epoll = epoll_create1(0);
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN };
    unsigned long long requests;

    if (argc != 6 || epoll < 0) {
        fail("usage: http_load PORT URI CONNECTIONS RATE COOKIES");
    }

    if (timer < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) != 0) {
        fail("timer");
    }

    port = (unsigned)atoi(argv[1]);
    uri = argv[2];
    nclients = (unsigned)atoi(argv[3]);

    if (nclients == 0 || nclients > MAX_CONNECTIONS) {
        fail("number of connections");
    }

    read_cookies(argv[5]);

    for (unsigned i = 0; i < nclients; i++) {
        open_client(&clients[i], epoll);
    }

    while (scanf("%llu", &requests) == 1) {
        burst(requests, epoll, timer, atof(argv[4]));
    }

    return 0;
}
