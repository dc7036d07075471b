/* Tries one way to more than a container is given, and prints what came of it: `reached`, or the error's name, behind
 * it what was found. tests/bypass calls it; sockprobe.c is the survey of them all.
 *
 * Built static and not position independent: int $0x80 takes 32-bit pointers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IORING_OP_SOCKET
#define IORING_OP_SOCKET 45
#endif

static long
raw(long nr, long a, long b, long c, long d, long e)
{
  long rc = syscall(nr, a, b, c, d, e, 0);

  return rc == -1 ? -errno : rc;
}

static long
number(const char *text)
{
  return text != NULL ? (long)strtoull(text, NULL, 0) : 0;
}

#if defined(__x86_64__)
static long
int80(long nr, long a, long b, long c)
{
  int rc;

  __asm__ volatile("int $0x80" : "=a"(rc) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
  return rc;
}
#else
static long
int80(long nr, long a, long b, long c)
{
  (void)nr, (void)a, (void)b, (void)c;
  return -ENOSYS;
}
#endif

/* -- sockets -- */

static long
uring_socket(long family, long type)
{
  static struct io_uring_params p;
  long fd = raw(SYS_io_uring_setup, 4, (long)&p, 0, 0, 0);
  struct io_uring_sqe *sqe;
  struct io_uring_cqe *cqe;
  char *ring;

  if (fd < 0)
    return fd;
  ring = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, (int)fd, IORING_OFF_SQ_RING);
  sqe = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, (int)fd, IORING_OFF_SQES);
  if (ring == MAP_FAILED || sqe == MAP_FAILED)
    return -errno;
  sqe->opcode = IORING_OP_SOCKET;
  sqe->fd = (int)family;
  sqe->off = (uint64_t)type;
  ((unsigned *)(void *)(ring + p.sq_off.array))[0] = 0;
  __atomic_store_n((unsigned *)(void *)(ring + p.sq_off.tail), 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
    return -errno;
  cqe = (struct io_uring_cqe *)(void *)(ring + p.cq_off.cqes);
  return cqe->res;
}

/* socket FAMILY TYPE [plain | high | i386 | socketcall | uring] */
static long
try_socket(char **arg)
{
  const char *way = arg[2] != NULL ? arg[2] : "plain";
  long family = number(arg[0]), type = number(arg[1]);
  static uint32_t args[3];

  if (strcmp(way, "high") == 0) /* the kernel reads an int; only the filter sees the upper half */
    return raw(SYS_socket, (1L << 32) | family, type, 0, 0, 0);
  if (strcmp(way, "i386") == 0)
    return int80(359, family, type, 0);
  if (strcmp(way, "uring") == 0)
    return uring_socket(family, type);
  if (strcmp(way, "socketcall") != 0)
    return raw(SYS_socket, family, type, 0, 0, 0);
  args[0] = (uint32_t)family;
  args[1] = (uint32_t)type;
  args[2] = 0;
  return int80(102, 1 /* SYS_SOCKET */, (long)(uintptr_t)args, 0);
}

/* -- user namespaces -- */

static long
clone3_with(uint64_t flags)
{
  static struct
  {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  } args;

  args.flags = flags;
  args.exit_signal = SIGCHLD;
  return raw(SYS_clone3, (long)(uintptr_t)&args, sizeof(args), 0, 0, 0);
}

/* In the namespaces: everything that a user namespace opens to the unprivileged begins with a mount. */
static long
mount_something(void)
{
  return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 && mount("none", "/proc", "tmpfs", 0, NULL) == 0
             ? 0
             : -errno;
}

static long
mount_by_descriptors(void)
{
  long fs = raw(430 /* fsopen */, (long)(uintptr_t) "tmpfs", 0, 0, 0, 0), fd;

  if (fs < 0)
    return fs;
  if (raw(431 /* fsconfig */, fs, 6 /* FSCONFIG_CMD_CREATE */, 0, 0, 0) < 0)
    return -errno;
  fd = raw(432 /* fsmount */, fs, 0, 0, 0, 0);
  if (fd < 0)
    return fd;
  return raw(429 /* move_mount */, fd, (long)(uintptr_t) "", AT_FDCWD, (long)(uintptr_t) "/proc",
             4 /* MOVE_MOUNT_F_EMPTY_PATH */);
}

/* userns [unshare | clone | clone3 | i386 | fsopen [alone]]: with a mount namespace, unless alone */
static long
try_userns(char **arg)
{
  const char *way = arg[0] != NULL ? arg[0] : "unshare";
  const long flags = CLONE_NEWUSER | (arg[0] != NULL && arg[1] != NULL ? 0 : CLONE_NEWNS);
  long rc;
  int status;

  if (strcmp(way, "clone") == 0)
    rc = raw(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  else if (strcmp(way, "clone3") == 0)
    rc = clone3_with((uint64_t)flags);
  else if (strcmp(way, "i386") == 0)
    rc = int80(310, flags, 0, 0);
  else
    rc = raw(SYS_unshare, flags, 0, 0, 0, 0);
  if (rc < 0)
    return rc;
  if (rc > 0)
    return waitpid((pid_t)rc, &status, 0) < 0 ? -errno : -WEXITSTATUS(status);
  puts("in a user namespace");
  rc = strcmp(way, "fsopen") == 0 ? mount_by_descriptors() : mount_something();
  if (strncmp(way, "clone", 5) == 0)
    _exit((int)-rc);
  return rc;
}

/* -- keys -- */

/* key NAME: the payload of a key of the user's keyring or the session's */
static long
try_key(char **arg)
{
  static const long rings[] = { KEY_SPEC_SESSION_KEYRING, KEY_SPEC_USER_KEYRING, KEY_SPEC_USER_SESSION_KEYRING };
  static char text[256];
  long id = -ENOENT;

  for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]) && id < 0; i++)
    id = raw(SYS_keyctl, KEYCTL_SEARCH, rings[i], (long)(uintptr_t) "user", (long)(uintptr_t)arg[0], 0);
  if (id < 0)
    return id;
  /* a key of the user's keyring is the user's to read only through a keyring that the process holds */
  raw(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING, 0, 0);
  id = raw(SYS_keyctl, KEYCTL_READ, id, (long)(uintptr_t)text, sizeof(text) - 1, 0);
  if (id > 0)
    puts(text);
  return id;
}

/* holding NAME VALUE COMMAND…: runs it in a session keyring that has a key, which everybody in it may read */
static long
hold_key(char **arg)
{
  long ring = raw(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0);
  long id = raw(SYS_add_key, (long)(uintptr_t) "user", (long)(uintptr_t)arg[0], (long)(uintptr_t)arg[1],
                (long)strlen(arg[1]), KEY_SPEC_SESSION_KEYRING);

  if (ring < 0 || id < 0)
    return ring < 0 ? ring : id;
  raw(SYS_keyctl, KEYCTL_SETPERM, id, 0x3f3f3f3f, 0, 0);
  execv(arg[2], arg + 2);
  return -errno;
}

/* share NAME VALUE: a key in the user's keyring */
static long
share_key(char **arg)
{
  return raw(SYS_add_key, (long)(uintptr_t) "user", (long)(uintptr_t)arg[0], (long)(uintptr_t)arg[1],
             (long)strlen(arg[1]), KEY_SPEC_USER_KEYRING);
}

/* -- files by handle -- */

/* handle DIRECTORY TYPE HEX: reads the file of that handle on the directory's filesystem */
static long
try_handle(char **arg)
{
  union
  {
    struct file_handle handle;
    char room[sizeof(struct file_handle) + 128];
  } h;
  char text[256];
  ssize_t n;
  long dir = open(arg[0], O_RDONLY | O_DIRECTORY), fd;

  if (dir < 0)
    return -errno;
  h.handle.handle_type = (int)number(arg[1]);
  h.handle.handle_bytes = (unsigned)strlen(arg[2]) / 2;
  for (unsigned i = 0, byte; i < h.handle.handle_bytes && sscanf(arg[2] + 2 * i, "%2x", &byte) == 1; i++)
    h.handle.f_handle[i] = (unsigned char)byte;
  fd = raw(SYS_open_by_handle_at, dir, (long)(uintptr_t)&h.handle, O_RDONLY, 0, 0);
  if (fd < 0)
    return fd;
  n = read((int)fd, text, sizeof(text));
  return n < 0 ? -errno : (fwrite(text, 1, (size_t)n, stdout), 0);
}

/* -- a tracer that lets pass what a filter hands to tracers (SECCOMP_RET_TRACE) -- */

/* traced COMMAND…: runs it; calls that the filter leaves to a tracer are let through */
static long
try_traced(char **arg)
{
  pid_t child = fork(), pid;
  int status;

  if (child == 0)
    {
      ptrace(PTRACE_TRACEME, 0, 0, 0);
      raise(SIGSTOP);
      execv(arg[0], arg);
      _exit(127);
    }
  if (child < 0 || waitpid(child, &status, 0) < 0)
    return -errno;
  if (!WIFSTOPPED(status))
    return -EPERM;
  if (ptrace(PTRACE_SETOPTIONS, child, 0,
             PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORK
                 | PTRACE_O_TRACEEXEC)
      < 0)
    return -errno;
  ptrace(PTRACE_CONT, child, 0, 0);
  while ((pid = waitpid(-1, &status, __WALL)) > 0)
    {
      int sig = WIFSTOPPED(status) && status >> 16 == 0 && WSTOPSIG(status) != SIGSTOP && WSTOPSIG(status) != SIGTRAP
                    ? WSTOPSIG(status)
                    : 0;

      if (WIFSTOPPED(status))
        ptrace(PTRACE_CONT, pid, 0, sig);
      else if (pid == child)
        return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
    }
  return -errno;
}

/* -- kernel interfaces -- */

static long
try_userfaultfd(char **arg)
{
  (void)arg;
  return raw(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */, 0, 0, 0, 0);
}

static long
try_perf(char **arg)
{
  static struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
                                         .size = sizeof(struct perf_event_attr),
                                         .config = PERF_COUNT_SW_TASK_CLOCK,
                                         .exclude_kernel = 1,
                                         .exclude_hv = 1 };

  (void)arg;
  return raw(SYS_perf_event_open, (long)(uintptr_t)&attr, 0, -1, -1, 0);
}

/* bpf: an array map, the least that the call does */
static long
try_bpf(char **arg)
{
  static uint32_t attr[32] = { 2 /* BPF_MAP_TYPE_ARRAY */, 4, 4, 1 };

  (void)arg;
  return raw(SYS_bpf, 0 /* BPF_MAP_CREATE */, (long)(uintptr_t)attr, sizeof(attr), 0, 0);
}

/* personality NUMBER */
static long
try_personality(char **arg)
{
  return raw(SYS_personality, number(arg[0]), 0, 0, 0, 0);
}

/* -- limits -- */

/* eat MEGABYTES: fills memory; the kernel ends it where a limit is */
static long
try_eat(char **arg)
{
  size_t size = (size_t)number(arg[0]) << 20;
  char *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pid_t child;
  int status;

  if (room == MAP_FAILED)
    return -errno;
  child = fork();
  if (child == 0)
    {
      for (size_t i = 0; i < size; i += 4096)
        room[i] = 1;
      _exit(0);
    }
  if (child < 0 || waitpid(child, &status, 0) < 0)
    return -errno;
  return WIFEXITED(status) ? 0 : -ENOMEM;
}

/* forks COUNT: that many processes at the same time */
static long
try_forks(char **arg)
{
  long count = number(arg[0]), i, error = 0;

  setpgid(0, 0);
  for (i = 0; i < count; i++)
    {
      pid_t pid = fork();

      if (pid == 0)
        pause();
      if (pid < 0)
        {
          error = -errno;
          break;
        }
    }
  signal(SIGTERM, SIG_IGN);
  kill(0, SIGTERM);
  return error;
}

/* descriptors COUNT: that many open at the same time */
static long
try_descriptors(char **arg)
{
  struct rlimit limit;

  /* up to the hard limit is anybody's right */
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
    return -errno;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  for (long i = 0; i < number(arg[0]); i++)
    if (dup(0) < 0)
      return -errno;
  return 0;
}

/* realtime: a scheduling class that takes a processor from everybody else */
static long
try_realtime(char **arg)
{
  struct sched_param p = { .sched_priority = 1 };

  (void)arg;
  return sched_setscheduler(0, SCHED_RR, &p) < 0 ? -errno : 0;
}

/* nice NUMBER */
static long
try_nice(char **arg)
{
  return setpriority(PRIO_PROCESS, 0, (int)strtol(arg[0], NULL, 10)) < 0 ? -errno : 0;
}

/* beneath FILE: what is under the root file system that this one was mounted over */
static long
try_beneath(char **arg)
{
  int ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), fd;
  char text[256];
  ssize_t n;

  if (ns < 0 || umount2("/", MNT_DETACH) < 0 || setns(ns, CLONE_NEWNS) < 0)
    return -errno;
  fd = open(arg[0], O_RDONLY | O_CLOEXEC);
  n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
  if (n < 0)
    return -errno;
  return write(1, text, (size_t)n) < 0 ? -errno : 0;
}

static const struct
{
  const char *name;
  int arguments;
  long (*attempt)(char **);
} ways[] = {
  { "socket", 2, try_socket },
  { "userns", 0, try_userns },
  { "key", 1, try_key },
  { "holding", 3, hold_key },
  { "share", 2, share_key },
  { "handle", 3, try_handle },
  { "traced", 1, try_traced },
  { "userfaultfd", 0, try_userfaultfd },
  { "perf", 0, try_perf },
  { "bpf", 0, try_bpf },
  { "personality", 1, try_personality },
  { "eat", 1, try_eat },
  { "forks", 1, try_forks },
  { "descriptors", 1, try_descriptors },
  { "realtime", 0, try_realtime },
  { "nice", 1, try_nice },
  { "beneath", 1, try_beneath },
};

int
main(int argc, char **argv)
{
  setvbuf(stdout, NULL, _IONBF, 0);
  for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
    if (argc > 1 && strcmp(argv[1], ways[i].name) == 0 && argc - 2 >= ways[i].arguments)
      {
        long rc = ways[i].attempt(argv + 2);

        puts(rc >= 0 ? "reached" : strerrorname_np((int)-rc) != NULL ? strerrorname_np((int)-rc) : "failed");
        return rc < 0;
      }
  fprintf(stderr, "reach: unknown way, or too few arguments\n");
  return 2;
}
