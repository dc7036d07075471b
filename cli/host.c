#include "cli/host.h"

#include "common/fd.h"
#include "common/own.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (64u << 20) /* dpkg's status of a desktop has ten */

static const struct
{
  const struct cc_fault_kind *kinds;
  void (*look)(const struct cli_host *h);
  bool live; /* only of the system that runs */
} parts[] = {
  { cli_kinds_lowlevel, cli_host_lowlevel, false },
  { cli_kinds_kernel, cli_host_kernel, true },
  { cli_kinds_engines, cli_host_docker, false },
  { NULL, cli_host_podman, false },
  { NULL, cli_host_containerd, false },
  { cli_kinds_access, cli_host_sockets, false },
  { NULL, cli_host_files, false },
  { cli_kinds_drift, cli_host_drift, true },
};

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

const struct cc_fault_kind *
cli_host_kind_at(size_t i)
{
  for (size_t p = 0; p < N_ELEMENTS(parts); p++)
    for (const struct cc_fault_kind *kind = parts[p].kinds; kind != NULL && kind->id != NULL; kind++)
      if (i-- == 0)
        return kind;
  return NULL;
}

int
cli_host_look(const char *root, const struct cc_policy *policy, struct cc_findings *out, struct cc_error *err)
{
  struct cli_host h = { .root = root != NULL ? root : "/", .live = root == NULL, .policy = policy, .out = out };
  cc_auto_close int fd = open(h.root, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return cc_error_set(err, errno, "open the directory `%s`", h.root);
  h.root_fd = fd;
  for (size_t i = 0; i < N_ELEMENTS(parts); i++)
    if (h.live || !parts[i].live)
      parts[i].look(&h);
  return 0;
}

/* -- files -- */

int
cli_host_open(const struct cli_host *h, const char *path, int flags)
{
  return cc_openat2(h->root_fd, path, (flags & O_PATH) != 0 ? flags : flags | O_NOCTTY, 0,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

char *
cli_host_read(const struct cli_host *h, const char *path)
{
  cc_auto_close int fd = cli_host_open(h, path, O_RDONLY | O_NONBLOCK);
  struct stat st;
  char *text;
  size_t length;

  if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || cc_read_all(fd, FILE_MAX, path, &text, &length, NULL) < 0)
    return NULL;
  return text;
}

bool
cli_host_stat(const struct cli_host *h, const char *path, struct stat *out)
{
  cc_auto_close int fd = cli_host_open(h, path, O_PATH);

  return fd >= 0 && fstat(fd, out) == 0;
}

bool
cli_host_has(const struct cli_host *h, const char *path)
{
  struct stat st;

  return cli_host_stat(h, path, &st);
}

struct cc_fault *
cli_host_add(const struct cli_host *h, const struct cc_fault_kind *kind, const char *file)
{
  return cc_findings_append(h->out, kind, file, 0, 0);
}
