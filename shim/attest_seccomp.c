#include "shim/attest_internal.h"

#include "common/fd.h"
#include "common/own.h"
#include "shim/bpf.h"
#include "shim/seccomp_loaded.h"
#include "shim/seccomp_probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* crun writes the filter here. With no_new_privs it loads it as the last thing before the program: until then the
 * process has the file open. Without, and always in runc, the filter is loaded when create returns. */
#define FILTER_FILE "seccomp.bpf"

static long
number_of(const char *status, const char *key)
{
  const char *text = cc_attest_field(status, key);

  return text != NULL ? strtol(text, NULL, 10) : -1;
}

/* Filters that this process has itself: the container's has inherited them, and that says nothing. */
static int
own_filters(long *out, struct cc_error *err)
{
  struct cc_attest self = { .proc = -1 };
  cc_auto_close int proc = -1;
  cc_auto_free char *status = NULL;

  *out = 0;
  if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0)
    return 0;
  proc = open("/proc/thread-self", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0)
    return cc_error_set(err, errno, "open `/proc/thread-self`");
  self.proc = proc;
  if (cc_attest_read(&self, "status", &status, err) < 0)
    return CC_FAILED;
  *out = number_of(status, "Seccomp_filters");
  return 0;
}

/* 1: a filter beyond this process's own is loaded, 0: none is, negative. */
static int
is_loaded(const struct cc_attest *a, struct cc_error *err)
{
  long mode = number_of(a->status, "Seccomp"), filters = number_of(a->status, "Seccomp_filters"), own;

  if (mode < 0)
    return cc_error_set(err, 0, "`status` has no Seccomp");
  if (own_filters(&own, err) < 0)
    return CC_FAILED;
  if (mode != 2)
    return 0;
  /* Linux before 5.9 does not count them */
  return filters < 0 || own < 0 ? own == 0 : filters > own;
}

/* The process holds this very file, so what is read is what it will load. */
static bool
is_held(const struct cc_attest *a, const struct stat *file)
{
  int fd = openat(a->proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
  const struct dirent *entry;
  bool held = false;

  if (dir == NULL)
    {
      cc_cleanup_close(&fd);
      return false;
    }
  while (!held && (entry = readdir(dir)) != NULL)
    {
      struct stat st;

      held = entry->d_name[0] != '.' && fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && st.st_dev == file->st_dev
             && st.st_ino == file->st_ino;
    }
  closedir(dir);
  return held;
}

static int
compare_filter(const struct cc_attest *a, const struct sock_filter *code, size_t count, struct cc_error *err)
{
  struct cc_error why = CC_ERROR_INIT;
  struct cc_bpf filter;
  char call[64];

  if (cc_bpf_check(code, count, &filter, &why) < 0)
    return cc_attest_differs(err, "seccomp filter: it cannot be loaded (%s)", why.msg);
  if (cc_seccomp_probe(&filter, a->expect->network_none, call, sizeof(call)))
    return cc_attest_differs(err, "seccomp filter: it lets %s happen", call);
  return 0;
}

static int
compare_file(const struct cc_attest *a, struct cc_error *err)
{
  cc_auto_free char *bytes = NULL;
  struct cc_error why = CC_ERROR_INIT;
  struct stat st;
  size_t length;

  if (cc_read_file_at(a->subject->directory, FILTER_FILE, BPF_MAXINSNS * sizeof(struct sock_filter) + 1, &bytes,
                      &length, &st, &why)
      < 0)
    return cc_attest_differs(err, "seccomp filter: none is loaded, and none will be (%s)", why.msg);
  if (!cc_is_private(&st))
    return cc_attest_differs(err, "seccomp filter: others than its owner could write `%s`", FILTER_FILE);
  if (!is_held(a, &st))
    return cc_attest_differs(err, "seccomp filter: its process does not have `%s` open, so it will load another",
                             FILTER_FILE);
  if (length % sizeof(struct sock_filter) != 0)
    return cc_attest_differs(err, "seccomp filter: `%s` is cut", FILTER_FILE);
  /* malloc's memory is aligned for anything */
  return compare_filter(a, (const struct sock_filter *)(const void *)bytes, length / sizeof(struct sock_filter), err);
}

/* Where the kernel does not show a filter, that one is loaded must do. */
static int
compare_loaded(const struct cc_attest *a, struct cc_error *err)
{
  long filters = number_of(a->status, "Seccomp_filters");
  struct sock_filter *code;
  size_t count;
  int result = filters > 0 ? cc_seccomp_loaded(a->subject->pid, a->subject->pidfd, (unsigned long)filters - 1, &code,
                                               &count, err)
                           : 1;

  if (result != 0)
    return result == 1 ? 0 : result;
  result = compare_filter(a, code, count, err);
  free(code);
  return result;
}

int
cc_attest_seccomp(struct cc_attest *a, struct cc_error *err)
{
  int loaded;

  if (!a->expect->seccomp)
    return 0;
  loaded = is_loaded(a, err);
  if (loaded < 0)
    return CC_FAILED;
  return loaded == 1 ? compare_loaded(a, err) : compare_file(a, err);
}
