/*
 * delay_relay: stands in front of a server on this machine and makes it as far away as a real one.
 *
 * usage: delay_relay PORT DELAY-MS
 * Listens on a free port of 127.0.0.1, which it prints, and passes each connection on to PORT.  The
 * first bytes that a client sends behind an answer (a new request) wait DELAY-MS; answers do not.
 * Ends when its standard input does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "util/err.h"
#include "util/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 256 * 1024, STACK_BYTES = 64 * 1024, BACKLOG = 512 };

struct relay {
    int client, server;
    long delay_ms;
};

static struct sockaddr_in address_of(uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void set_nodelay(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Pass on what has come; false at the end of the connection. */
static bool pass_on(int from, int to, char *bytes)
{
    ssize_t n = read(from, bytes, PIECE_BYTES);
    for (ssize_t done = 0, k; done < n; done += k) {
        k = send(to, bytes + done, (size_t)(n - done), MSG_NOSIGNAL);
        if (k <= 0)
            return false;
    }
    return n > 0;
}

static void *run(void *arg)
{
    struct relay *r = arg;
    bool is_new_request = true;
    bool goes_on = true;
    char *bytes = malloc(PIECE_BYTES);
    while (goes_on && bytes != NULL) {
        struct pollfd fds[] = { { .fd = r->client, .events = POLLIN },
                                { .fd = r->server, .events = POLLIN } };
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        if (fds[0].revents != 0) {
            const struct timespec delay = { r->delay_ms / 1000, r->delay_ms % 1000 * 1000000 };
            if (is_new_request)
                (void)nanosleep(&delay, NULL);
            is_new_request = false;
            goes_on = pass_on(r->client, r->server, bytes);
        }
        if (fds[1].revents != 0) {
            is_new_request = true;
            goes_on = goes_on && pass_on(r->server, r->client, bytes);
        }
    }
    free(bytes);
    (void)close(r->client);
    (void)close(r->server);
    free(r);
    return NULL;
}

static void serve(int client, uint16_t port, long delay_ms)
{
    pthread_t thread;
    pthread_attr_t attr;
    struct sockaddr_in to = address_of(port);
    struct relay *r = calloc(1, sizeof *r);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (r == NULL || server < 0 || connect(server, (struct sockaddr *)&to, sizeof to) != 0)
        panic("port %u does not answer", (unsigned)port);
    set_nodelay(client);
    set_nodelay(server);
    *r = (struct relay){ client, server, delay_ms };
    (void)pthread_attr_init(&attr);
    (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    (void)pthread_attr_setstacksize(&attr, STACK_BYTES);
    if (pthread_create(&thread, &attr, run, r) != 0)
        panic("no thread for a connection");
    (void)pthread_attr_destroy(&attr);
}

/* The relay must not outlive the measurement that started it. */
static void *end_with_input(void *arg)
{
    char byte;
    (void)arg;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    exit(0);
}

int main(int argc, char **argv)
{
    uint64_t port, delay_ms;
    if (argc != 3 || !scan_whole_u64(str_from(argv[1]), 65535, &port) ||
        !scan_whole_u64(str_from(argv[2]), 60000, &delay_ms))
        return 2;
    pthread_t watcher;
    struct sockaddr_in at = address_of(0);
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(listener, BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr *)&at, &size) != 0 ||
        pthread_create(&watcher, NULL, end_with_input, NULL) != 0)
        panic("no port to listen on");
    printf("%u\n", (unsigned)ntohs(at.sin_port));
    (void)fflush(stdout);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client >= 0)
            serve(client, (uint16_t)port, (long)delay_ms);
    }
}
