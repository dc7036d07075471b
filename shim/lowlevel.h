/* The low-level runtime: which one, and becoming it. */
#ifndef CC_SHIM_LOWLEVEL_H
#define CC_SHIM_LOWLEVEL_H

#include "common/error.h"
#include "policy/policy.h"

/* The first of CANDIDATES that exists: an absolute path, or a name looked up in fixed system directories (never in
 * PATH, which is the engine's). It must be a regular executable file that only root may write. *OUT (absolute path) is
 * the caller's. */
int cc_lowlevel_find(const struct cc_strings *candidates, char **out, struct cc_error *err);

/* Those directories, in the order in which they are looked through; ends with NULL. */
const char *const *cc_lowlevel_directories(void);

/* Puts /dev/null where a standard descriptor is closed, before anything else is opened: what took such a number would
 * become the container's standard input or output. cc_lowlevel_exec hands them on, cc_lowlevel_exec_untouched does not.
 */
int cc_lowlevel_reserve_descriptors(struct cc_error *err);

/* Replaces this process by PATH with ARGV (argv[0] is replaced by PATH): descriptors 0 to 2 open, KEEP_FD
 * (or -1) inherited, every other descriptor closed, no blocked signal, SIGCHLD at its default, and the
 * environment reduced to what a low-level runtime needs. Returns only on failure. */
int cc_lowlevel_exec(const char *path, char **argv, int keep_fd, struct cc_error *err);

/* The same with descriptors, signals and environment untouched: for a container that is not ours. */
int cc_lowlevel_exec_untouched(const char *path, char **argv, struct cc_error *err);

#endif
