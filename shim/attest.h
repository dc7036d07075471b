/* Attestation: the process that was created, read back from the kernel before its program runs.
 *
 * The low-level runtime was told what to do; this looks whether it is so, whoever made the difference: a fault of that
 * runtime, a race that it lost, a hand on the host between create and start. `start` is the one moment for it: all of
 * the container is there, and nothing of its program has run. `run` has no such moment, and is not attested.
 *
 * Not read back, because nothing outside can: the AppArmor or SELinux label that the low-level runtime sets for the
 * program it will execute (it is the task's own until then), the device nodes below /dev, and the rules of the device
 * cgroup on cgroup v2, which are a program without a source. The network is shim/netlock.h's. */
#ifndef CC_SHIM_ATTEST_H
#define CC_SHIM_ATTEST_H

#include "common/error.h"
#include "policy/policy.h"
#include "shim/expect.h"
#include "shim/limits.h"

#include <sys/types.h>

struct cc_attest_subject
{
  pid_t pid;     /* the container's first process, waiting to execute its program */
  int pidfd;     /* of it, from before PID was looked at */
  int directory; /* where the low-level runtime keeps the container (crun's seccomp.bpf), O_PATH */
};

struct cc_attest_limits
{
  struct cc_caps caps;             /* of its cgroup */
  const struct cc_ulimit *ulimits; /* of the process, as "RLIMIT_NOFILE" */
  size_t ulimit_count;
};

/* Compares SUBJECT with EXPECT and LIMITS. 0 when there is no difference. The first one is a refusal by the rule
 * "attest" that names it ("mount at `/data` is …, not …; recreate the container"); what cannot be read is an error. In
 * both cases the program must not run. Nothing is changed, no process is started; the caller must be single-threaded.
 */
int cc_attest(const struct cc_attest_subject *subject, const struct cc_expect *expect,
              const struct cc_attest_limits *limits, struct cc_error *err);

#endif
