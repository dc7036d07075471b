/* The built-in seccomp profile: what a managed container may call at most. Only data.
 *
 * It is the union of what Docker 20.10 to 28.5, Podman 4.3 to 5.8 and containerd 1.6 to 2.1 allow a container
 * without extra capabilities, less what an agent's sandbox has no use for and what has opened containers before:
 * io_uring (a way around every socket rule), keyrings, bpf, perf, userfaultfd, the mount family, new and foreign
 * namespaces. Names that the local libseccomp does not know are harmless: runc and crun skip them. */
#ifndef CC_POLICY_SECCOMP_PROFILE_H
#define CC_POLICY_SECCOMP_PROFILE_H

#include "policy/seccomp_terms.h"

/* What happens to a system call that is not named. */
#define CC_SECCOMP_BUILTIN_DEFAULT_ERRNO 1 /* EPERM, as the engines */

/* The namespace bits of clone's flags (CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET). CLONE_NEWTIME (0x80) is part
 * of the exit signal in clone(2) and creates nothing there. */
#define CC_SECCOMP_CLONE_NAMESPACES 0x7E020000u

enum cc_seccomp_when
{
  CC_SECCOMP_ALWAYS,
  CC_SECCOMP_WITH_NETWORK, /* only when the policy allows a network */
};

/* A rule that allows NAME when TERMS hold, or makes it fail with ERRNUM whatever its arguments. */
struct cc_seccomp_builtin_rule
{
  const char *name;
  enum cc_seccomp_when when;
  int errnum; /* 0: allow */
  struct cc_seccomp_conj terms;
};

/* Allowed with any arguments; ends with NULL. */
extern const char *const cc_seccomp_builtin_allowed[];
extern const size_t cc_seccomp_builtin_allowed_count;

/* Allowed under conditions, or refused with an errno of its own; ends with a NULL name. */
extern const struct cc_seccomp_builtin_rule cc_seccomp_builtin_rules[];

/* The system calls that one number multiplexes on i386: socketcall(2) and ipc(2). libseccomp adds a rule for the
 * multiplexer to each rule for one of these, and drops the conditions in it. Ends with NULL. */
extern const char *const cc_seccomp_ipc_calls[];
extern const char *const cc_seccomp_socket_calls[];

#endif
