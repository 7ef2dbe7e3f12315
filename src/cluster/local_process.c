/* local_process: starting processes, and knowing them again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/local_internal.h"

#include "util/clock.h"
#include "util/scan.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ENVIRON_MAX_BYTES = 1024 * 1024, STAT_MAX_BYTES = 4096, ASKED_MS = 5000, FORCED_MS = 5000 };

/* ---- starting ---- */

/* The environment of this process with the variables more over it. */
static char *const *environment(struct arena *a, const char *const *more)
{
    char **all = NULL;
    size_t n = 0, cap = 0;
    for (char **e = environ; *e != NULL; e++) {
        size_t name = strcspn(*e, "=") + 1;
        bool is_replaced = false;
        for (const char *const *m = more; m != NULL && *m != NULL; m++)
            is_replaced |= strncmp(*e, *m, name) == 0;
        if (!is_replaced)
            *ARENA_PUSH(a, all, n, cap) = *e;
    }
    for (const char *const *m = more; m != NULL && *m != NULL; m++) {
        struct str copy = arena_printf(a, "%s", *m);
        union {
            const char *read;
            char *passed;
        } text = { .read = copy.ptr };
        *ARENA_PUSH(a, all, n, cap) = text.passed;
    }
    *ARENA_PUSH(a, all, n, cap) = NULL;
    return all;
}

bool local_spawn(struct arena *a, const struct local_program *program, pid_t *out, struct err *err)
{
    union {
        const char *const *read;
        char *const *passed;
    } argv = { .read = program->argv };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, program->log,
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (program->out == NULL)
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, program->out,
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addchdir_np(&actions, program->folder);
    posix_spawnattr_setflags(&attr, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                            (program->is_leader ? POSIX_SPAWN_SETSID : 0)));
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    int error = posix_spawnp(out, program->argv[0], &actions, &attr, argv.passed,
                             environment(a, program->more));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    return error == 0 || err_errno(err, error, "starting %s", program->argv[0]);
}

/* ---- knowing again ---- */

/* At most cap bytes of a file of /proc; how many, 0 when there is none. */
static size_t read_proc(pid_t pid, const char *name, char *out, size_t cap)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len = 0;
    ssize_t n = 0;
    while (fd >= 0 && len < cap && (n = read(fd, out + len, cap - len)) > 0)
        len += (size_t)n;
    if (fd >= 0)
        close(fd);
    return n < 0 ? 0 : len;
}

int64_t local_ticks(pid_t pid)
{
    enum { STATE_AT = 0, START_AT = 19 }; /* behind the name; proc(5): fields 3 and 22 */
    char text[STAT_MAX_BYTES + 1];
    size_t len = read_proc(pid, "stat", text, STAT_MAX_BYTES);
    text[len] = '\0';
    char *at = strrchr(text, ')'), *rest = NULL;
    if (at == NULL)
        return 0;
    char *field = strtok_r(at + 1, " ", &rest);
    for (int i = 0; field != NULL; i++, field = strtok_r(NULL, " ", &rest)) {
        if (i == STATE_AT && (field[0] == 'Z' || field[0] == 'X'))
            return 0;
        if (i == START_AT)
            return strtoll(field, NULL, 10);
    }
    return 0;
}

bool local_is_alive(int64_t pid, int64_t ticks)
{
    return pid > 0 && ticks > 0 && local_ticks((pid_t)pid) == ticks;
}

void local_signal(int64_t pid, int64_t ticks, int sig)
{
    /* The descriptor is taken first: from then on the number cannot become another process's. */
    int fd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
    if (fd < 0)
        return;
    if (local_is_alive(pid, ticks))
        (void)syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
    close(fd);
}

static bool has_variable(struct str env, struct str text)
{
    while (env.len > 0) {
        size_t end = str_find_char(env, '\0');
        struct str one = str_slice(env, 0, end == SIZE_MAX ? env.len : end);
        if (str_eq(one, text))
            return true;
        env = str_from_pos(env, end == SIZE_MAX ? env.len : end + 1);
    }
    return false;
}

unsigned local_signal_all(struct str text, int sig)
{
    DIR *proc = opendir("/proc");
    char *env = malloc(ENVIRON_MAX_BYTES);
    unsigned n = 0;
    struct dirent *entry;
    if (env == NULL)
        panic("no memory for an environment");
    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid <= 0 || pid == getpid())
            continue;
        int fd = (int)syscall(SYS_pidfd_open, pid, 0);
        size_t len = fd < 0 ? 0 : read_proc(pid, "environ", env, ENVIRON_MAX_BYTES);
        if (len > 0 && has_variable((struct str){ env, len }, text)) {
            n++;
            if (sig != 0)
                (void)syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0);
        }
        if (fd >= 0)
            close(fd);
    }
    if (proc != NULL)
        closedir(proc);
    free(env);
    return n;
}

static void rest_ms(long ms)
{
    const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

void local_end_all(struct str text)
{
    int64_t start_ms = clock_mono_ms();
    for (int sig = SIGTERM; local_signal_all(text, sig) > 0; rest_ms(50)) {
        int64_t ms = clock_mono_ms() - start_ms;
        sig = ms < ASKED_MS ? 0 : SIGKILL;
        if (ms > ASKED_MS + FORCED_MS)
            return;
    }
}

/* ---- ports ---- */

bool local_free_ports(uint16_t *out, size_t n, struct err *err)
{
    int held[LOCAL_PORTS_N];
    size_t got = 0;
    bool ok = n <= LOCAL_PORTS_N;
    for (; ok && got < n; got++) {
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr = { htonl(INADDR_LOOPBACK) } };
        socklen_t len = sizeof address;
        struct sockaddr *any = (struct sockaddr *)(void *)&address;
        held[got] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ok = held[got] >= 0 && bind(held[got], any, len) == 0 &&
             getsockname(held[got], any, &len) == 0;
        out[got] = ntohs(address.sin_port);
    }
    int error = errno;
    for (size_t i = 0; i < got; i++)
        if (held[i] >= 0)
            close(held[i]);
    return ok || err_errno(err, error, "looking for free ports");
}
