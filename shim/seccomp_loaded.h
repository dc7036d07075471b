/* The filter that is loaded in another process. */
#ifndef CC_SHIM_SECCOMP_LOADED_H
#define CC_SHIM_SECCOMP_LOADED_H

#include "common/error.h"

#include <linux/filter.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads filter number INDEX (0 is the oldest) of the main thread of the process PID, that PIDFD stands for, into *CODE,
 * malloc'd and the caller's. For that the thread is stopped by ptrace(2) for some 50 us, and goes on as if nothing had
 * been: a system call that waits is continued, no signal is lost, and its parent learns nothing. When this process is
 * killed meanwhile, the kernel lets the thread go on.
 *
 * 0; 1 when that is not to be had here (no CAP_SYS_ADMIN, ptrace forbidden by Yama or already used, this process
 * confined by seccomp itself, a kernel without CONFIG_CHECKPOINT_RESTORE); negative when the process is gone, or does
 * not stop (a frozen one): then this process must end, since it still holds the other. */
int cc_seccomp_loaded(pid_t pid, int pidfd, unsigned long index, struct sock_filter **code, size_t *count,
                      struct cc_error *err);

#endif
