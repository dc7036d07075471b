/* Tries, from inside a container, every way to a socket and the system calls that the sandbox takes away, and prints
 * one line for each: `name: ok`, `name: EPERM`, `name: killed 31` and so on (tests/probe/expected.py).
 *
 * Build it static and not position independent, since int $0x80 takes 32-bit pointers:
 *   cc -O2 -static -no-pie sockprobe.c -o sockprobe      cc -m32 -O2 -static -no-pie sockprobe.c -o sockprobe32 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAMILIES 46
#define X32_BIT 0x40000000L
#ifndef IORING_OP_SOCKET
#define IORING_OP_SOCKET 45
#endif

/* Runs a raw system call and returns its result or -errno. */
static long
raw(long nr, long a, long b, long c, long d, long e)
{
  long rc = syscall(nr, a, b, c, d, e, 0);

  return rc == -1 ? -errno : rc;
}

/* Each probe runs in a child of its own: it may be killed, and what it opens is gone with it. */
static void
report(const char *name, long (*probe)(long), long arg)
{
  int status = 0;
  pid_t pid = fork();

  if (pid == 0)
    {
      long rc = probe(arg);

      _exit(rc < 0 && rc > -255 ? (int)-rc : 0);
    }
  if (pid < 0 || waitpid(pid, &status, 0) != pid)
    printf("%s: fork failed\n", name);
  else if (WIFSIGNALED(status))
    printf("%s: killed %d\n", name, WTERMSIG(status));
  else if (WEXITSTATUS(status) == 0)
    printf("%s: ok\n", name);
  else
    printf("%s: %s\n", name, strerrorname_np(WEXITSTATUS(status)));
}

static void
report_number(const char *prefix, long (*probe)(long), long arg)
{
  char name[64];

  snprintf(name, sizeof(name), "%s-%ld", prefix, arg);
  report(name, probe, arg);
}

/* -- sockets -- */

static long
try_socket(long family)
{
  return raw(SYS_socket, family, SOCK_STREAM, 0, 0, 0);
}

static long
try_datagram(long family)
{
  return raw(SYS_socket, family, SOCK_DGRAM, 0, 0, 0);
}

static long
try_socketpair(long family)
{
  static int fds[2];

  return raw(SYS_socketpair, family, SOCK_STREAM, 0, (long)fds, 0);
}

#if defined(__x86_64__)
/* The kernel reads the family as an int; only the filter sees the upper half. */
static long
try_high(long family)
{
  return raw(SYS_socket, (1L << 32) | family, SOCK_STREAM, 0, 0, 0);
}

static long
try_x32(long family)
{
  return raw(X32_BIT | SYS_socket, family, SOCK_STREAM, 0, 0, 0);
}
#endif

#if defined(__x86_64__) || defined(__i386__)
#define I386_SOCKETCALL 102
#define I386_SOCKET 359
#define I386_CLONE3 435
#define I386_UNSHARE 310

static long
int80(long nr, long a, long b, long c)
{
  int rc;

  /* r8 to r11 are lost on the way through the 32-bit entry of older kernels */
  __asm__ volatile("int $0x80"
                   : "=a"(rc)
                   : "a"(nr), "b"(a), "c"(b), "d"(c)
                   : "memory"
#if defined(__x86_64__)
                     ,
                     "r8", "r9", "r10", "r11"
#endif
  );
  return rc;
}

static long
try_i386_socket(long family)
{
  return int80(I386_SOCKET, family, SOCK_STREAM, 0);
}

static long
try_i386_socketcall(long family)
{
  static uint32_t args[3];

  args[0] = (uint32_t)family;
  args[1] = SOCK_STREAM;
  args[2] = 0;
  return int80(I386_SOCKETCALL, 1 /* SYS_SOCKET */, (long)args, 0);
}

static long
try_i386_socketcall_pair(long family)
{
  static int fds[2];
  static uint32_t args[4];

  args[0] = (uint32_t)family;
  args[1] = SOCK_STREAM;
  args[2] = 0;
  args[3] = (uint32_t)(uintptr_t)fds;
  return int80(I386_SOCKETCALL, 8 /* SYS_SOCKETPAIR */, (long)args, 0);
}

static long
try_i386_unshare(long flags)
{
  return int80(I386_UNSHARE, flags, 0, 0);
}
#endif

/* A connection over the loopback of the own namespace: what must keep working. */
static long
try_loopback(long family)
{
  struct sockaddr_in a4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
  struct sockaddr_un un = { .sun_family = AF_UNIX };
  struct sockaddr *address = family == AF_INET    ? (struct sockaddr *)&a4
                             : family == AF_INET6 ? (struct sockaddr *)&a6
                                                  : (struct sockaddr *)&un;
  socklen_t length = family == AF_INET ? sizeof(a4) : family == AF_INET6 ? sizeof(a6) : sizeof(un);
  int server = socket((int)family, SOCK_STREAM, 0), client = socket((int)family, SOCK_STREAM, 0);

  if (family == AF_UNIX)
    snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "probe-%d", getpid());
  if (server < 0 || client < 0 || bind(server, address, length) < 0 || listen(server, 1) < 0
      || getsockname(server, address, &length) < 0 || connect(client, address, length) < 0
      || accept(server, NULL, NULL) < 0)
    return -errno;
  return 0;
}

/* -- io_uring, which opens sockets without socket(2) -- */

static long
try_uring_setup(long unused)
{
  static struct io_uring_params params;

  (void)unused;
  return raw(SYS_io_uring_setup, 4, (long)&params, 0, 0, 0);
}

static long
try_uring_socket(long family)
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
  sqe->off = SOCK_STREAM;
  ((unsigned *)(void *)(ring + p.sq_off.array))[0] = 0;
  __atomic_store_n((unsigned *)(void *)(ring + p.sq_off.tail), 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
    return -errno;
  cqe = (struct io_uring_cqe *)(void *)(ring + p.cq_off.cqes);
  return cqe->res;
}

/* -- namespaces and processes -- */

static long
try_unshare(long flags)
{
  return raw(SYS_unshare, flags, 0, 0, 0, 0);
}

static long
try_clone(long flags)
{
  long rc = raw(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

  if (rc == 0)
    _exit(0);
  return rc;
}

static long
try_clone3(long flags)
{
  static struct
  {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  } args;
  long rc;

  args.flags = (uint64_t)flags;
  args.exit_signal = SIGCHLD;
  rc = raw(SYS_clone3, (long)&args, sizeof(args), 0, 0, 0);
  if (rc == 0)
    _exit(0);
  return rc;
}

/* -- the rest: called with arguments that no kernel accepts, so that only the filter says EPERM where it can be told
 * apart -- */

struct plain
{
  const char *name;
  long nr;
  long args[5];
};

static const struct plain plain[] = {
  { "keyctl", SYS_keyctl, { 0, -3, 0, 0, 0 } }, /* KEYCTL_GET_KEYRING_ID, session keyring */
  { "add_key", SYS_add_key, { 0, 0, 0, 0, 0 } },
  { "request_key", SYS_request_key, { 0, 0, 0, 0, 0 } },
  { "bpf", SYS_bpf, { -1, 0, 0, 0, 0 } },
  { "perf_event_open", SYS_perf_event_open, { 0, 0, -1, -1, 0 } },
  { "userfaultfd", SYS_userfaultfd, { 1 /* UFFD_USER_MODE_ONLY */, 0, 0, 0, 0 } },
  { "mount", SYS_mount, { 0, 0, 0, 0, 0 } },
  { "umount2", SYS_umount2, { 0, -1, 0, 0, 0 } },
  { "pivot_root", SYS_pivot_root, { 0, 0, 0, 0, 0 } },
  { "open_tree", 428, { -1, 0, -1, 0, 0 } },
  { "move_mount", 429, { -1, 0, -1, 0, -1 } },
  { "fsopen", 430, { 0, -1, 0, 0, 0 } },
  { "fsconfig", 431, { -1, -1, 0, 0, 0 } },
  { "fsmount", 432, { -1, -1, 0, 0, 0 } },
  { "fspick", 433, { -1, 0, -1, 0, 0 } },
  { "mount_setattr", 442, { -1, 0, -1, 0, 0 } },
  { "setns", SYS_setns, { -1, 0, 0, 0, 0 } },
  { "open_by_handle_at", SYS_open_by_handle_at, { -1, 0, 0, 0, 0 } },
  { "kexec_load", SYS_kexec_load, { 0, 0, 0, -1, 0 } },
  { "init_module", SYS_init_module, { 0, 0, 0, 0, 0 } },
  { "quotactl", SYS_quotactl, { -1, 0, 0, 0, 0 } },
  { "syslog", SYS_syslog, { 10 /* SYSLOG_ACTION_SIZE_BUFFER */, 0, 0, 0, 0 } },
  { "fanotify_init", SYS_fanotify_init, { 0x200 /* FAN_REPORT_FID */, 0, 0, 0, 0 } },
  { "personality-query", SYS_personality, { 0xffffffff, 0, 0, 0, 0 } },
  { "personality-norandomize", SYS_personality, { 0x40000, 0, 0, 0, 0 } },
  { "getpid", SYS_getpid, { 0, 0, 0, 0, 0 } },
};

static long
try_plain(long i)
{
  const struct plain *p = &plain[i];

  return raw(p->nr, p->args[0], p->args[1], p->args[2], p->args[3], p->args[4]);
}

static void
sockets(void)
{
  for (long family = 0; family < FAMILIES; family++)
    report_number("socket", try_socket, family);
  for (long family = 0; family < FAMILIES; family++)
    report_number("datagram", try_datagram, family);
  report_number("socketpair", try_socketpair, AF_UNIX);
  report_number("socketpair", try_socketpair, AF_INET);
  report_number("socketpair", try_socketpair, 30 /* AF_TIPC, the other family that has pairs */);
#if defined(__x86_64__)
  for (long family = 0; family < FAMILIES; family++)
    report_number("socket-high", try_high, family);
  for (long family = 0; family < FAMILIES; family++)
    report_number("x32-socket", try_x32, family);
#endif
#if defined(__x86_64__) || defined(__i386__)
  for (long family = 0; family < FAMILIES; family++)
    report_number("i386-socket", try_i386_socket, family);
  for (long family = 0; family < FAMILIES; family++)
    report_number("i386-socketcall", try_i386_socketcall, family);
  report_number("i386-socketcall-pair", try_i386_socketcall_pair, AF_UNIX);
  report("i386-unshare-user", try_i386_unshare, CLONE_NEWUSER);
#endif
  report("loopback-unix", try_loopback, AF_UNIX);
  report("loopback-inet", try_loopback, AF_INET);
  report("loopback-inet6", try_loopback, AF_INET6);
  report("io_uring_setup", try_uring_setup, 0);
  report("io_uring-socket", try_uring_socket, AF_INET);
}

static void
namespaces(void)
{
  report("unshare-user", try_unshare, CLONE_NEWUSER);
  report("unshare-net", try_unshare, CLONE_NEWNET);
  report("unshare-mount", try_unshare, CLONE_NEWNS);
  report("clone-plain", try_clone, 0);
  report("clone-user", try_clone, CLONE_NEWUSER);
  report("clone-mount", try_clone, CLONE_NEWNS);
  report("clone-net", try_clone, CLONE_NEWNET);
  report("clone3-plain", try_clone3, 0);
  report("clone3-user", try_clone3, CLONE_NEWUSER);
}

int
main(void)
{
  setvbuf(stdout, NULL, _IOLBF, 0);
  sockets();
  namespaces();
  for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
    report(plain[i].name, try_plain, (long)i);
  return 0;
}
