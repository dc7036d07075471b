/* Calls that no managed container may ever make, tried on a filter. */
#ifndef CC_SHIM_SECCOMP_PROBE_H
#define CC_SHIM_SECCOMP_PROBE_H

#include "shim/bpf.h"

/* The first of the calls that FILTER would let happen, as "bpf (i386)" in *CALL; false when there is none. They are
 * those of policy/seccomp_profile.h that are denied whatever a caller's profile says and that have opened containers
 * before, on each architecture that this machine's kernel may run: a filter is a list of what may happen, so one that
 * was left out, emptied or exchanged for another shows here. NETWORK_NONE: netlink sockets too. */
bool cc_seccomp_probe(const struct cc_bpf *filter, bool network_none, char *call, size_t size);

/* For the tests: the table, which ends with a NULL name, and the number of one of its calls on ARCH (AUDIT_ARCH_*,
 * x32 as PROBE_X32), -1 when that has none. */
#define CC_PROBE_X32 0x4000003eu
struct cc_probe
{
  const char *name;
  int x86_64, i386, aarch64, arm; /* numbers; -1: no such call */
};
extern const struct cc_probe cc_seccomp_probes[];
int cc_seccomp_probe_number(const struct cc_probe *probe, uint32_t arch);

#endif
