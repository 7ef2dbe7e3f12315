/* server_listen: addresses as people write them, and sockets that listen on them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server_internal.h"

#include "util/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

struct place {
    struct sockaddr_storage address;
    socklen_t len;
};

/* "host:port" or "[v6]:port" -> host and port. */
static bool split(struct str text, struct str *host, struct str *port)
{
    size_t colon = str_rfind_char(text, ':');
    uint64_t number;
    if (colon == SIZE_MAX)
        return false;
    *host = str_slice(text, 0, colon);
    *port = str_from_pos(text, colon + 1);
    if (host->len > 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']')
        *host = str_slice(*host, 1, host->len - 1);
    else if (str_find_char(*host, ':') != SIZE_MAX)
        return false;
    return host->len > 0 && scan_whole_u64(*port, 65535, &number);
}

/* Only numeric addresses and "localhost": a name server shall not decide who may connect. */
static bool parse(struct arena *a, struct str text, struct place *out)
{
    struct str host, port;
    struct err ignored = ERR_INIT;
    struct addrinfo *found = NULL;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
    if (!split(text, &host, &port))
        return false;
    if (str_eq_nocase(host, STR("localhost")))
        host = STR("127.0.0.1");
    const char *chost = arena_cstr(a, host, &ignored), *cport = arena_cstr(a, port, &ignored);
    if (chost == NULL || cport == NULL || getaddrinfo(chost, cport, &hints, &found) != 0)
        return false;
    memcpy(&out->address, found->ai_addr, found->ai_addrlen);
    out->len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static bool is_loopback(const struct place *p)
{
    if (p->address.ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, &p->address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, &p->address, sizeof v6);
    return memcmp(&v6.sin6_addr, &in6addr_loopback, sizeof v6.sin6_addr) == 0;
}

bool http_address_is_loopback(struct str address)
{
    AUTO_ARENA a = ARENA_INIT;
    struct place p;
    return parse(&a, address, &p) && is_loopback(&p);
}

static struct str written(struct arena *a, int fd)
{
    struct place p = { .len = sizeof p.address };
    char host[INET6_ADDRSTRLEN], port[8];
    if (getsockname(fd, (struct sockaddr *)&p.address, &p.len) != 0 ||
        getnameinfo((struct sockaddr *)&p.address, p.len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return STR_EMPTY;
    return arena_printf(a, p.address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

struct str address_text(struct arena *a, const struct sockaddr *address)
{
    char host[INET6_ADDRSTRLEN];
    const void *number = NULL;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address != NULL && address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        number = &v4.sin_addr;
    } else if (address != NULL && address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        number = &v6.sin6_addr;
    }
    if (number == NULL || inet_ntop(address->sa_family, number, host, sizeof host) == NULL)
        return STR_EMPTY;
    return arena_str(a, str_from(host));
}

bool listen_open(struct arena *a, struct str address, int *fd_out, struct str *address_out,
                 struct err *err)
{
    struct place p;
    int on = 1;
    if (!parse(a, address, &p)) {
        err_set(err, ERR_CONFIG, "%.*s is no address to listen on", STR_FMT(address));
        return err_fix(err, "Write it as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one.");
    }
    int fd = socket(p.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(err, errno, "a socket for %.*s", STR_FMT(address));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (p.address.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&p.address, p.len) != 0 || listen(fd, BACKLOG) != 0) {
        int error = errno;
        close(fd);
        err_errno(err, error, "listening on %.*s", STR_FMT(address));
        return err_fix(err, "Choose another address by the setting server.listen.");
    }
    *fd_out = fd;
    *address_out = written(a, fd);
    return true;
}
