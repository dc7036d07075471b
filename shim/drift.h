/* Drift: whether a container that runs still is what was decided for it at create.
 *
 * `start` reads the container back before its program runs (shim/attest.h). Afterwards somebody on the host can raise a
 * limit, mount something into it, or put a process in that no exec of this runtime made: by nsenter(1), or by calling
 * the low-level runtime past this one. Nobody hears of that, so whoever looks after the host has to look. Nothing is
 * changed here. */
#ifndef CC_SHIM_DRIFT_H
#define CC_SHIM_DRIFT_H

#include "common/error.h"
#include "shim/state.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct cc_difference
{
  pid_t pid;          /* the process that it was seen on, as the caller sees its number */
  const char *aspect; /* "limits of the cgroup", "process", … */
  char *text;         /* "what it is, not what it should be"; names come from outside */
};

struct cc_drift
{
  struct cc_difference *items;
  size_t count;
  size_t processes; /* that were looked at */
};

#define CC_DRIFT_INIT                                                                                                  \
  {                                                                                                                    \
    NULL, 0, 0                                                                                                         \
  }

/* The processes of this host, read once for any number of containers. */
struct cc_processes;

int cc_processes_read(struct cc_processes **out, struct cc_error *err);
void cc_processes_free(struct cc_processes *processes);

/* Compares the container ID under the low-level runtime's ROOT (its --root, NULL when not given) with STATE, which was
 * read for it. PROCESSES may be NULL: then they are read. 0 and *OUT, the caller's, which is empty when all is as it
 * should be; 1 when there is nothing to compare: the container is not running, was passed through unchanged, or was
 * made by an earlier version that wrote nothing down; negative when it cannot be told. A difference that a process just
 * being made would show is looked at again before it is believed, which takes up to 300 ms for one and 2 s for all.
 * Needs root, or the owner of the container. */
int cc_drift(const char *root, const char *id, const struct cc_state *state, const struct cc_processes *processes,
             struct cc_drift *out, struct cc_error *err);

void cc_drift_clear(struct cc_drift *drift);

#endif
