/* Resource caps: of a container at create, of `update`, and rlimits of a process. */
#ifndef CC_SHIM_LIMITS_H
#define CC_SHIM_LIMITS_H

#include "common/json.h"
#include "policy/policy.h"
#include "shim/report.h"

#include <stdbool.h>
#include <stdint.h>

struct cc_caps
{
  uint64_t memory, memory_swap; /* bytes; memory_swap 0: not accounted by this kernel */
  int64_t pids;
  double cpus;         /* 0: no bandwidth control in this kernel */
  uint64_t cpu_period; /* microseconds, used where a caller gives a quota without a period */
  bool unified;        /* cgroup v2 */
};

/* True where the host has cgroup v2 alone. */
bool cc_limits_unified(void);

/* Caps of POLICY, less what the kernel here cannot do (asking for swap accounting that it lacks fails the container).
 */
struct cc_caps cc_caps_of_policy(const struct cc_policy *policy);

/* Holds RESOURCES (runtime-spec config-linux.md "resources") to CAPS. FILL also adds the caps that are not mentioned,
 * as create needs; an update leaves alone what it does not mention, but may not mention anything that loosens. Notes
 * what it changes in REPORT. */
void cc_limits_apply(struct cc_json *doc, struct cc_jval *resources, const struct cc_caps *caps, bool fill,
                     struct cc_report *report);

/* The rlimit caps of POLICY as "RLIMIT_NOFILE" entries, with nofile, core, nice and rtprio present. The caller frees
 * names and list. */
void cc_ulimit_caps(const struct cc_policy *policy, struct cc_ulimit **out, size_t *count);

/* Holds PROCESS.rlimits to the COUNT CAPS: those asked for are lowered, missing ones are added. True when something
 * changed. */
bool cc_rlimits_apply(struct cc_json *doc, struct cc_jval *process, const struct cc_ulimit *caps, size_t count);

#endif
