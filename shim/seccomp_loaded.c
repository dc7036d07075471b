#include "shim/seccomp_loaded.h"

#include "common/own.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A thread that waits in a system call stops within some 20 us; the rest is for a machine that has other things to do.
 */
#define SPINS 100
#define NAPS 200
#define NAP_NS 10000000

/* 0 once the thread has stopped, and *SIGNAL it was to be given by its next step, 0 for none. */
static int
wait_until_stopped(pid_t pid, int *signal, struct cc_error *err)
{
  const struct timespec nap = { .tv_nsec = NAP_NS };

  for (int i = 0; i < SPINS + NAPS; i++)
    {
      int status;
      pid_t got = waitpid(pid, &status, __WALL | WNOHANG);

      if (got < 0 && errno != EINTR)
        return cc_error_set(err, errno, "wait for process %d to stop", pid);
      if (got == pid && !WIFSTOPPED(status))
        return cc_error_set(err, ESRCH, "process %d has ended", pid);
      if (got == pid)
        {
          *signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
          return 0;
        }
      if (i < SPINS)
        sched_yield();
      else
        nanosleep(&nap, NULL);
    }
  return cc_error_set(err, ETIMEDOUT, "process %d does not stop", pid);
}

/* 0, or 1 when the kernel does not tell. */
static int
read_filter(pid_t pid, unsigned long index, struct sock_filter **code, size_t *count)
{
  long n = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)index, NULL);
  struct sock_filter *filter;

  if (n <= 0 || n > BPF_MAXINSNS)
    return 1;
  filter = cc_xcalloc((size_t)n, sizeof(*filter));
  if (ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)index, filter) != n)
    {
      free(filter);
      return 1;
    }
  *code = filter;
  *count = (size_t)n;
  return 0;
}

int
cc_seccomp_loaded(pid_t pid, int pidfd, unsigned long index, struct sock_filter **code, size_t *count,
                  struct cc_error *err)
{
  struct sock_filter *filter = NULL;
  size_t length = 0;
  int signal = 0, result;

  if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
    return errno == ESRCH ? cc_error_set(err, errno, "process %d", pid) : 1;
  /* it lives, so that number is still its own */
  if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) < 0)
    return cc_error_set(err, errno, "process %d has ended", pid);
  if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
    return cc_error_set(err, errno, "stop process %d", pid);
  if (wait_until_stopped(pid, &signal, err) < 0)
    return CC_FAILED;
  result = read_filter(pid, index, &filter, &length);
  if (ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)signal) < 0)
    {
      free(filter);
      return cc_error_set(err, errno, "let process %d go on", pid);
    }
  if (result == 0)
    {
      *code = filter;
      *count = length;
    }
  return result;
}
