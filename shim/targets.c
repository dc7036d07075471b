#include "shim/targets.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/image_path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <string.h>

static const char *const reserved[] = { "/proc", "/sys", "/dev" };

bool
cc_target_is_kernels(const char *destination)
{
  for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
    if (cc_path_is_under(destination, reserved[i]))
      return true;
  return strcmp(destination, "/") == 0;
}

char *
cc_target_landing(int rootfs_fd, const char *destination)
{
  cc_auto_close int fd = -1;

  if (rootfs_fd < 0)
    return cc_xstrdup(destination);
  /* nearly always there are no links, and one question tells */
  fd = cc_openat2(rootfs_fd, destination + 1, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (fd >= 0 || errno == ENOENT)
    return cc_xstrdup(destination);
  return cc_image_resolve(rootfs_fd, destination);
}
