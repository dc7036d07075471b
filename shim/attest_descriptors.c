/* What stays open in the container's program. */
#include "shim/attest_internal.h"

#include "common/own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The program gets the three standard ones: --preserve-fds is refused, and no variable of systemd's arrives. Whatever
 * else a low-level runtime has open while it waits, it has marked by then; one that it inherited and forgot was
 * CVE-2024-21626. */
static int
compare_one(const struct cc_attest *a, const char *number, struct cc_error *err)
{
  cc_auto_free char *name = cc_xasprintf("fdinfo/%s", number), *link = cc_xasprintf("fd/%s", number), *text = NULL;
  struct cc_error why = CC_ERROR_INIT;
  char target[PATH_MAX];
  const char *flags;
  ssize_t n;

  if (cc_attest_read(a, name, &text, &why) < 0)
    {
      /* a runtime in Go closes and opens some while it waits */
      if (why.errnum == ENOENT)
        return 0;
      return cc_error_set(err, why.errnum, "read `%s` of the container's process", name);
    }
  flags = cc_attest_field(text, "flags");
  if (flags == NULL)
    return cc_error_set(err, 0, "`%s` of the container's process has no flags", name);
  if ((strtoul(flags, NULL, 8) & O_CLOEXEC) != 0)
    return 0;
  n = readlinkat(a->proc, link, target, sizeof(target) - 1);
  target[n > 0 ? n : 0] = '\0';
  return cc_attest_differs(err, "descriptor %s of its process: `%s` would stay open in its program", number, target);
}

int
cc_attest_descriptors(struct cc_attest *a, struct cc_error *err)
{
  int fd = openat(a->proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
  const struct dirent *entry;
  int result = 0;

  if (dir == NULL)
    {
      int saved = errno;

      cc_cleanup_close(&fd);
      return cc_error_set(err, saved, "list the descriptors of the container's process");
    }
  while (result == 0 && (entry = readdir(dir)) != NULL)
    if (entry->d_name[0] != '.' && atoi(entry->d_name) > STDERR_FILENO)
      result = compare_one(a, entry->d_name, err);
  closedir(dir);
  return result;
}
