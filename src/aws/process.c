/* process: see process.h.  The command leads a process group, so that a time limit ends what it has
 * started too. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/process.h"

#include "util/buf.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE_BYTES = 4096 };

/* Its own group, no signal blocked (a server blocks some in all of its threads), the pipe as its
 * standard output. */
static int spawn(const char *line, char *const *env, int out, pid_t *pid)
{
    char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, NULL, NULL };
    char *args[4] = { argv[0], argv[1], NULL, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    union {
        const char *read;
        char *passed;
    } text = { .read = line };
    args[2] = text.passed;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setsigmask(&attr, &none);
    int error = posix_spawn(pid, "/bin/sh", &actions, &attr, args, env);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    return error;
}

/* Wait until fd can be read; false at the deadline. */
static bool wait_readable(int fd, int64_t deadline_ms)
{
    for (;;) {
        int64_t left_ms = deadline_ms - clock_mono_ms();
        struct pollfd p = { .fd = fd, .events = POLLIN };
        if (left_ms <= 0)
            return false;
        int n = poll(&p, 1, left_ms < 60000 ? (int)left_ms : 60000);
        if (n > 0 || (n < 0 && errno != EINTR))
            return true;
    }
}

static bool timed_out(int64_t timeout_ms, struct err *err)
{
    return err_set(err, ERR_TIMEOUT, "it did not end within %lld s", (long long)timeout_ms / 1000);
}

static bool read_all(int fd, int64_t timeout_ms, int64_t deadline_ms, struct buf *text,
                     struct err *err)
{
    for (;;) {
        char piece[PIECE_BYTES];
        if (!wait_readable(fd, deadline_ms))
            return timed_out(timeout_ms, err);
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, errno, "reading what it prints");
        if (n == 0)
            return true;
        buf_add(text, (struct str){ piece, (size_t)n });
        if (!buf_ok(text))
            return err_set(err, ERR_TOO_LARGE, "it prints more than %zu bytes", text->limit);
    }
}

/* It has closed its output; its end is awaited as long as time is left. */
static bool wait_end(pid_t pid, int64_t timeout_ms, int64_t deadline_ms, struct err *err)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        return err_errno(err, errno, "waiting for it");
    bool ok = wait_readable(fd, deadline_ms);
    close(fd);
    return ok || timed_out(timeout_ms, err);
}

static bool reap(pid_t pid, bool was_well, struct err *err)
{
    int status = 0;
    if (!was_well)
        (void)kill(-pid, SIGKILL); /* it may have ended just now */
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!was_well || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return was_well;
    return WIFEXITED(status)
               ? err_set(err, ERR_UPSTREAM, "it ended with status %d", WEXITSTATUS(status))
               : err_set(err, ERR_UPSTREAM, "it was ended by signal %d", WTERMSIG(status));
}

bool process_run(struct arena *a, const char *line, char *const *env, int64_t timeout_ms,
                 size_t limit_bytes, struct str *out, struct err *err)
{
    AUTO_BUF text = BUF_INIT(limit_bytes);
    int64_t deadline_ms = clock_mono_ms() + timeout_ms;
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_errno(err, errno, "a pipe");
    int error = spawn(line, env, ends[1], &pid);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return err_errno(err, error, "starting /bin/sh");
    }
    bool ok = read_all(ends[0], timeout_ms, deadline_ms, &text, err) &&
              wait_end(pid, timeout_ms, deadline_ms, err);
    close(ends[0]);
    if (!reap(pid, ok, err))
        return false;
    *out = arena_str(a, buf_str(&text));
    return true;
}
