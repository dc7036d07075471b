#include "shim/attest_internal.h"

#include "common/fd.h"
#include "common/own.h"
#include "policy/mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct
{
  const char *aspect;
  int (*compare)(struct cc_attest *a, struct cc_error *err);
} aspects[] = {
  { "process", cc_attest_process },         { "limits of the process", cc_attest_limits_of_process },
  { "descriptors", cc_attest_descriptors }, { "namespaces", cc_attest_namespaces },
  { "cgroup", cc_attest_cgroup },           { "mounts", cc_attest_mounts },
  { "seccomp", cc_attest_seccomp },
};

int
cc_attest_differs(struct cc_error *err, const char *fmt, ...)
{
  char text[1024];
  va_list ap;

  va_start(ap, fmt);
  vsnprintf(text, sizeof(text), fmt, ap);
  va_end(ap);
  return cc_error_refuse(err, "attest", "%s; recreate the container", text);
}

int
cc_attest_read(const struct cc_attest *a, const char *name, char **out, struct cc_error *err)
{
  cc_auto_close int fd = openat(a->proc, name, O_RDONLY | O_CLOEXEC);
  size_t length;

  if (fd < 0)
    return cc_error_set(err, errno, "open `%s` of the container's process", name);
  return cc_read_all(fd, CC_MOUNTINFO_MAX, name, out, &length, err);
}

const char *
cc_attest_field(const char *status, const char *key)
{
  size_t n = strlen(key);

  for (const char *line = status; line != NULL; line = strchr(line, '\n'))
    {
      line += line[0] == '\n';
      if (strncmp(line, key, n) == 0 && line[n] == ':')
        return line + n + 1 + strspn(line + n + 1, " \t");
    }
  return NULL;
}

static int
open_process(struct cc_attest *a, struct cc_error *err)
{
  char path[32];

  snprintf(path, sizeof(path), "/proc/%d", a->subject->pid);
  a->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (a->proc < 0)
    return cc_error_set(err, errno, "open `%s`", path);
  /* still there, so PID was this process's when its directory was opened, and that is no other's later */
  if (syscall(SYS_pidfd_send_signal, a->subject->pidfd, 0, NULL, 0) != 0)
    return cc_error_set(err, errno, "the container's process %d", a->subject->pid);
  a->root = openat(a->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return a->root >= 0 ? 0 : cc_error_set(err, errno, "open the root directory of process %d", a->subject->pid);
}

static int
compare_all(struct cc_attest *a, struct cc_error *err)
{
  if (open_process(a, err) < 0)
    return CC_FAILED;
  for (size_t i = 0; i < sizeof(aspects) / sizeof(aspects[0]); i++)
    if (aspects[i].compare(a, err) < 0)
      return cc_error_is_refusal(err) ? CC_FAILED : cc_error_prefix(err, "read back: %s", aspects[i].aspect);
  return 0;
}

int
cc_attest(const struct cc_attest_subject *subject, const struct cc_expect *expect,
          const struct cc_attest_limits *limits, struct cc_error *err)
{
  struct cc_attest a = { .subject = subject, .expect = expect, .limits = limits, .proc = -1, .root = -1 };
  struct cc_error own = CC_ERROR_INIT;
  int result = compare_all(&a, &own);

  cc_cleanup_close(&a.proc);
  cc_cleanup_close(&a.root);
  free(a.status);
  free(a.cgroup_text);
  if (result < 0 && err != NULL)
    *err = own;
  return result;
}
