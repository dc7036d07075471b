#include "shim/image_path.h"

#include "common/fd.h"
#include "common/own.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* the kernel's own limit */

/* What the link PATH below DIRFD says, malloc'd. *LINK is NULL when it is none. False on failure. */
static bool
read_link(int dirfd, const char *path, char **link)
{
  /* O_NOFOLLOW: the last name itself; the others were resolved before */
  cc_auto_close int fd = cc_openat2(dirfd, path + 1, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  char target[PATH_MAX];
  ssize_t n;

  *link = NULL;
  if (fd < 0)
    return errno == ENOENT || errno == ENOTDIR;
  n = readlinkat(fd, "", target, sizeof(target));
  if (n < 0)
    return errno == EINVAL || errno == ENOENT; /* no link */
  if (n == 0 || n == sizeof(target))
    return false;
  *link = cc_xstrndup(target, (size_t)n);
  return true;
}

/* One name of the rest, which begins at *REST. */
static char *
take_name(const char **rest)
{
  const char *from = *rest + strspn(*rest, "/");
  size_t n = strcspn(from, "/");

  *rest = from + n;
  return n > 0 ? cc_xstrndup(from, n) : NULL;
}

/* Moves *AT ("" is the root) into NAME. */
static void
enter(char **at, const char *name)
{
  char *slash = strrchr(*at, '/'), *longer;

  if (strcmp(name, ".") == 0)
    return;
  if (strcmp(name, "..") == 0)
    {
      if (slash != NULL)
        *slash = '\0';
      return;
    }
  longer = cc_xasprintf("%s/%s", *at, name);
  free(*at);
  *at = longer;
}

char *
cc_image_resolve_below(int dirfd, const char *path, bool (*covered)(const char *path, const void *context),
                       const void *context)
{
  cc_auto_free char *at = cc_xstrdup(""), *text = cc_xstrdup(path), *name = NULL;
  const char *rest = text;
  unsigned links = 0;

  while ((name = take_name(&rest)) != NULL)
    {
      cc_auto_free char *before = cc_xstrdup(at), *link = NULL;

      enter(&at, name);
      cc_cleanup_free(&name);
      if (at[0] == '\0' || strcmp(at, before) == 0 || (covered != NULL && covered(at, context)))
        continue;
      if (strlen(at) >= PATH_MAX || !read_link(dirfd, at, &link))
        return NULL;
      if (link != NULL)
        {
          char *joined = cc_xasprintf("%s/%s", link, rest);

          if (++links > LINKS_MAX)
            {
              free(joined);
              return NULL;
            }
          free(at);
          at = link[0] == '/' ? cc_xstrdup("") : cc_move_ptr(before);
          free(text);
          rest = text = joined;
        }
    }
  return at[0] != '\0' ? cc_move_ptr(at) : cc_xstrdup("/");
}

char *
cc_image_resolve(int dirfd, const char *path)
{
  return cc_image_resolve_below(dirfd, path, NULL, NULL);
}
