/* No network at all: locking the network namespace of a container that was created and not started yet.
 *
 * Where an engine attaches its networks after create (Docker 28, Podman with a user namespace), nothing in the
 * configuration says so, and nothing that create does can prevent it. So `start` takes away what was attached, and lays
 * a packet filter over the namespace that lets nothing but the loopback pass: it also holds for what is attached later
 * (`docker network connect`). A container has no capability to undo either. */
#ifndef CC_SHIM_NETLOCK_H
#define CC_SHIM_NETLOCK_H

#include "common/error.h"

#include <sys/types.h>

/* Locks the network namespace of the process PID, that PIDFD (of the caller's, which stays its own) stands for:
 *
 * - the nf_tables table `inet closedclaw` is put there, or put anew, in one transaction: only what leaves and comes
 * through the loopback device passes, and of that nothing to 127.0.0.11, where Docker's resolver listens inside the
 * namespace and would carry names out (engines put its DNAT at priority -100; this comes before, at -400, and again on
 * input);
 * - lo is set up; every other link is deleted, or set down where the kernel does not delete it (a physical device that
 * was moved there, the fallback devices of tunnel modules). Routes go with their links.
 *
 * Starts no process. The caller's network namespace is the same afterwards: when there is no way back to it, the
 * process aborts, so that a low-level runtime never runs in a container's namespace. The caller must be
 * single-threaded.
 *
 * Refuses, by the rule "namespace-network", the caller's own namespace and that of process 1. Fails when the process is
 * gone, without CAP_SYS_ADMIN and CAP_NET_ADMIN over the namespace, and on a kernel without nf_tables. After a failure
 * the namespace may be partly locked; the container must not be started. */
int cc_netlock_apply(pid_t pid, int pidfd, struct cc_error *err);

/* Whether that filter is still there as it was laid: each chain with its place, priority and policy, each rule by what
 * it is made of, and the table not dormant. 0 when it is. The first difference is a refusal by the rule "attest"; what
 * cannot be read is an error. Changes nothing; otherwise as above. */
int cc_netlock_look(pid_t pid, int pidfd, struct cc_error *err);

#endif
