/* What the two halves of the comparison share: shim/drift.c for the container's first process, shim/drift_processes.c
 * for all others. */
#ifndef CC_SHIM_DRIFT_INTERNAL_H
#define CC_SHIM_DRIFT_INTERNAL_H

#include "shim/attest_internal.h"
#include "shim/drift.h"

#include <stdbool.h>

/* A container whose first process was opened. */
struct cc_drift_subject
{
  const struct cc_state *state;
  struct cc_attest attest; /* of the first process; its cgroup was read */
  uint64_t mount_ns;       /* the container's own */
  uint64_t pid_ns;         /* 0 when it is shared with others */
};

/* Adds a difference. TEXT is copied. */
void cc_drift_add(struct cc_drift *drift, pid_t pid, const char *aspect, const char *text);

/* The number of the namespace NAME ("mnt") of the process whose directory PROC is; 0 when it cannot be read. */
uint64_t cc_drift_namespace(int proc, const char *name);

/* Compares every process in the container but the first. */
int cc_drift_processes(const struct cc_drift_subject *s, const struct cc_processes *processes, struct cc_drift *drift,
                       struct cc_error *err);

#endif
