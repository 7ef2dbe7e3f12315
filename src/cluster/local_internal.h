/* local_internal: what the files of the local provider share.  See local.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLUSTER_LOCAL_INTERNAL_H
#define CLUSTER_LOCAL_INTERNAL_H

#include "cluster/local.h"

#include <sys/types.h>

enum {
    LOCAL_FILE_MAX_BYTES = 64 * 1024, /* of each file that is read back */
    LOCAL_MAX_WORKERS = 64,
    LOCAL_PORTS_N = 5,
};

/* ---- local_files.c ---- */

/* A file that is compiled into the program. */
struct local_file {
    const char *name;
    struct str text;
};
extern const struct local_file local_files[];
extern const size_t local_file_n;

/* The bytes of one of them; it must be there. */
struct str local_file(const char *name);

/* Write a file so that a reader or a crash sees the old bytes or the new. */
MUST_USE bool local_put(const char *path, struct str bytes, mode_t mode, struct err *err);
/* A whole file into the arena.  ERR_NOT_FOUND, ERR_TOO_LARGE, ERR_IO. */
MUST_USE bool local_get(struct arena *a, const char *path, struct str *out, struct err *err);
/* Make a folder and its parents. */
MUST_USE bool local_make_folder(const char *path, mode_t mode, struct err *err);
/* Remove it with all that is in it; what cannot be removed stays. */
void local_remove_folder(const char *path);

/* ---- local_status.c ---- */

/* What a cluster is, in its folder; written by the supervisor, at first by who orders it. */
struct local_status {
    struct str id, name, owner;
    enum cluster_stage stage;
    struct str progress, url;
    struct str error_code, error_data;
    int64_t created_ms, ready_ms, ended_ms;
    int64_t n_workers;
    int64_t pid, pid_ticks; /* of the supervisor and when it started; 0: not yet */
};

struct str local_stage_name(enum cluster_stage stage);
MUST_USE bool local_status_put(struct arena *a, const char *folder, const struct local_status *s,
                               struct err *err);
MUST_USE bool local_status_get(struct arena *a, const char *folder, struct local_status *out,
                               struct err *err);

/* The settings of the provider as the supervisor reads them, order.json, both ways. */
MUST_USE bool local_order_put(const char *folder, const struct local_settings *settings,
                              struct err *err);
MUST_USE bool local_order_get(struct arena *a, const char *folder, struct local_settings *out,
                              struct err *err);

/* How many workers there should be, "workers" in its folder; 0: nobody said. */
MUST_USE bool local_wanted_put(struct arena *a, const char *folder, int64_t n, struct err *err);
int64_t local_wanted_get(struct arena *a, const char *folder);
/* What the hub last said of its kernels, activity.json; nothing when there is none. */
void local_activity_get(struct arena *a, const char *folder, int64_t now_ms,
                        struct cluster_activity *out);

/* ---- local_process.c ---- */

/* Start argv[0] (searched in PATH without a slash) in the folder, its output appended to the log
 * (its standard output put into the file out, if that is not NULL), with the variables more
 * ("NAME=VALUE", NULL-terminated, may be NULL) over those of this process; its own session when
 * is_leader. */
struct local_program {
    const char *const *argv;
    const char *const *more;
    const char *folder, *log, *out;
    bool is_leader;
};
MUST_USE bool local_spawn(struct arena *a, const struct local_program *program, pid_t *out,
                          struct err *err);
/* When a process started, in the kernel's ticks; 0: there is none. */
int64_t local_ticks(pid_t pid);
/* Is it the very process? */
bool local_is_alive(int64_t pid, int64_t ticks);
/* Signal it if it is the very process. */
void local_signal(int64_t pid, int64_t ticks, int sig);
/* Signal every process of this user, but the caller, that has the variable text ("NAME=VALUE") in
 * its environment; how many there are.  sig 0 only counts. */
unsigned local_signal_all(struct str text, int sig);
/* End them all: asked first, forced after 5 s. */
void local_end_all(struct str text);
/* n ports of 127.0.0.1 that were free just now. */
MUST_USE bool local_free_ports(uint16_t *out, size_t n, struct err *err);

/* ---- local_install.c ---- */

/* Where an environment has its parts. */
struct local_places {
    struct str folder, java_home, node, npm, spark_home, python;
};
/* As local_prepare(); *out lives in a. */
MUST_USE bool local_install(struct arena *a, const struct local_settings *settings,
                            local_progress_fn *each, bool (*is_stopped)(void *ctx), void *ctx,
                            struct local_places *out, struct err *err);

#endif
