/* What the runtime remembers of a container between its calls: a root-only file for each, below
 * /run/closedclaw (for another user than root: $XDG_RUNTIME_DIR/closedclaw). Written at create, read at start, exec and
 * update, removed at delete. The engine's own copy of the specification knows nothing of what was tightened
 * (an exec's process file comes from it), so this is what every later call is held to.
 *
 * /run may outlive a boot (it is a directory of the root file system on some hosts), and an id may get another
 * container behind this runtime's back. So a state holds for the boot it was written in only: one of another boot
 * counts as none. And since what the low-level runtime makes of a create is not there yet when the state is written, a
 * state is bound to it later: at `start`, when it was compared with the state, and where there is no start (`run`) at
 * the first call that needs the state. From then on it is believed for this container alone (shim/call_state.h). */
#ifndef CC_SHIM_STATE_H
#define CC_SHIM_STATE_H

#include "common/error.h"
#include "policy/policy.h"
#include "policy/tool_guard.h"
#include "shim/lowlevel_state.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* What tells a state's file from a later one of that name. */
struct cc_state_file
{
  ino_t ino;
  struct timespec changed;
  off_t size;
};

struct cc_state
{
  bool managed;      /* false: passed through untouched, by mode or by report */
  bool report;       /* enforcement was "report" */
  bool network_none; /* `start` locks the network namespace */
  bool pod_sandbox;  /* other containers' namespaces may be joined to this one's: a pod's sandbox or infra container */
  bool asked_for_root; /* the engine's own user of this container is uid 0: its execs come as uid 0 unasked */
  bool root_allowed;   /* policy user is "0:0" */
  uint32_t uid, gid;   /* the container's user */
  char *low_level;     /* absolute path of the low-level runtime */
  char *bundle;        /* absolute path */
  char *cgroup;        /* linux.cgroupsPath as configured, "" for none */
  char *apparmor;      /* process.apparmorProfile, "" for none */
  char *selinux;       /* process.selinuxLabel, "" for none */
  struct cc_strings capabilities; /* what a process may have at most; empty for none */
  uint64_t memory, memory_swap;   /* caps, bytes; memory_swap 0: the kernel does not account it */
  int64_t pids;
  double cpus;
  uint64_t cpu_period;       /* microseconds, as created */
  struct cc_ulimit *ulimits; /* caps, as "RLIMIT_NOFILE" */
  size_t ulimit_count;
  char *audit_file;           /* "" for none */
  struct cc_tool_guard tools; /* denies nothing in a state of an earlier version */
  char *expect; /* what the process must look like at `start`: the text of shim/expect.h, which no other call reads;
                   "" for none */
  char *about;  /* for the operator: the text of shim/about.h, "" for none and in a state of an earlier version */
  bool bound;   /* to the low-level runtime's container: */
  struct cc_lowlevel_instance instance;
  struct cc_state_file file; /* set by reading */
};

void cc_state_clear(struct cc_state *state);

/* Writes STATE for container ID under the low-level runtime's ROOT (its --root, NULL when not given), replacing an
 * older one of that name whose container is gone; refuses while the low-level runtime keeps a container of that id, and
 * while another process that wrote such a state is still creating it. Also removes a few left-over states of ROOT whose
 * containers no longer exist. */
int cc_state_write(const char *root, const char *id, const struct cc_state *state, struct cc_error *err);

/* Reads it. Returns 0, 1 when there is none of this boot, negative on failure (also when it is not ours alone). *OUT is
 * the caller's. */
int cc_state_read(const char *root, const char *id, struct cc_state *out, struct cc_error *err);

/* One state's file. */
struct cc_state_name
{
  char *directory; /* of its root's states; the name only stands for the root */
  char *id;
};

/* What states there are, under any root: *OUT, an array that the caller frees with cc_state_names_free(). None at all
 * is no error. */
int cc_state_names(struct cc_state_name **out, size_t *count, struct cc_error *err);
void cc_state_names_free(struct cc_state_name *names, size_t count);

/* Reads one of these as cc_state_read() does. */
int cc_state_look(const struct cc_state_name *name, struct cc_state *out, struct cc_error *err);

/* True when the states of ROOT (NULL: of none given) are in NAME's directory. */
bool cc_state_is_of_root(const struct cc_state_name *name, const char *root);

/* Binds STATE, which was read and is not bound, to INSTANCE, and marks it so itself. Fails, and writes nothing, when
 * the file is another one by now or was bound by another call. */
int cc_state_bind(const char *root, const char *id, struct cc_state *state, const struct cc_lowlevel_instance *instance,
                  struct cc_error *err);

/* Whether what is left in the group of STATE, which was read, can only be of its container's create: that was ended
 * before a call was held to it, and no other state, under any root, may name the same group. Returns a descriptor, the
 * caller's to close, that keeps other creates under ROOT from going on; -1 when it cannot be told. */
int cc_state_sole_group(const char *root, const char *id, const struct cc_state *state);

/* Removes it; none there is no error. */
int cc_state_remove(const char *root, const char *id, struct cc_error *err);

/* The empty directory, ours alone, that shim/pins.h mounts its stage on: its path, malloc'd, in *OUT. */
int cc_state_stage(char **out, struct cc_error *err);

#endif
