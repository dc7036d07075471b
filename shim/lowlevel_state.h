/* What the low-level runtime recorded of a container: where, and its init process. */
#ifndef CC_SHIM_LOWLEVEL_STATE_H
#define CC_SHIM_LOWLEVEL_STATE_H

#include "common/error.h"

#include <stdint.h>
#include <sys/types.h>

/* The init process of container ID as the low-level runtime recorded it: runc in ROOT/ID/state.json
 * (`init_process_pid`, `init_process_start`), crun in ROOT/ID/status (`pid`, `process-start-time`); both when created
 * and when started.
 *
 * RUNTIME is the low-level runtime's base name. ROOT is its --root argument, or NULL for the default that it takes
 * itself with the environment that cc_lowlevel_exec() leaves it: /run/runc, /run/crun, or a directory in
 * $XDG_RUNTIME_DIR. Below a given ROOT both files are looked for, whatever the name; without one, that of RUNTIME, and
 * for a name other than "runc" and "crun" (a wrapper, another version's) both. Two that are there are ambiguous, and an
 * error.
 *
 * *PID is the process's number in the caller's PID namespace; *PIDFD, the caller's to close, was opened before the
 * checks, so that it stands for the process that they were made on. Fails when ID is not valid or not recorded, when
 * the record could have been written by another user than the caller's and root, when the process is not running (gone,
 * or a zombie), and when it began at another time than recorded: then its number is another process's by now. */
int cc_lowlevel_init(const char *runtime, const char *root, const char *id, pid_t *pid, int *pidfd,
                     struct cc_error *err);

/* One container, even when a later one has its id: the directory that the low-level runtime made for it. */
struct cc_lowlevel_instance
{
  uint32_t major, minor;
  uint64_t ino;
  uint64_t born; /* nanoseconds since 1970; 0 where the file system does not say, which then uses no number twice (tmpfs
                    before Linux 6.0) */
};

/* Whether a container whose DIRECTORY that is waits for its start: 1, 0 when its program runs or has run, negative.
 * Both low-level runtimes keep a pipe there until then, and who opens it lets the program run. */
int cc_lowlevel_waits(int directory, struct cc_error *err);

/* Opens (O_PATH) the directory in which the low-level runtime keeps container ID; RUNTIME and ROOT as above. *OUT is
 * the caller's to close. Returns 0, 1 when it keeps none, negative. */
int cc_lowlevel_directory(const char *runtime, const char *root, const char *id, int *out, struct cc_error *err);

/* Reads what tells DIRECTORY, of the function above, from any other. */
int cc_lowlevel_instance(int directory, struct cc_lowlevel_instance *out, struct cc_error *err);

/* The state letter and the start time (clock ticks since boot, field 22 of /proc/PID/stat) of the process PID. A number
 * and a start time together name one process. Fails when it is gone. */
int cc_process_stat(pid_t pid, char *state, uint64_t *start, struct cc_error *err);

#endif
