#include "shim/attest_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The number in the link PATH ("net:[4026531840]"): the inode's in nsfs, which names a namespace for as long as it
 * lives. Reading the link costs half of what opening the namespace does. -1 with errno. */
static int
read_number(int dirfd, const char *path, uint64_t *out)
{
  char link[64], *bracket, *end;
  ssize_t n = readlinkat(dirfd, path, link, sizeof(link) - 1);

  if (n < 0)
    return -1;
  link[n] = '\0';
  bracket = strchr(link, '[');
  errno = EINVAL;
  if (bracket == NULL)
    return -1;
  *out = strtoull(bracket + 1, &end, 10);
  return *end == ']' ? 0 : -1;
}

/* Where the kernel lacks a kind of namespaces, there is one for all and no file. */
static int
compare(const struct cc_attest *a, enum cc_namespace which, int own_ns, int init_ns, struct cc_error *err)
{
  const struct cc_expect_namespace *expected = &a->expect->namespaces[which];
  const char *name = cc_namespace_names[which].proc, *kind = cc_namespace_names[which].spec;
  uint64_t found, own = 0, init = 0;
  char path[16];

  snprintf(path, sizeof(path), "ns/%s", name);
  if (read_number(a->proc, path, &found) < 0)
    return errno == ENOENT && expected->kind == CC_NS_HOSTS ? 0 : cc_error_set(err, errno, "read `%s`", path);
  if (expected->kind == CC_NS_JOINED)
    return found == expected->ino
               ? 0
               : cc_attest_differs(err, "%s namespace: it is %" PRIu64 ", not %" PRIu64 ", which was to be joined",
                                   kind, found, expected->ino);
  if (read_number(own_ns, name, &own) < 0)
    return cc_error_set(err, errno, "read `/proc/self/ns/%s`", name);
  if (expected->kind == CC_NS_HOSTS)
    return found == own ? 0 : cc_attest_differs(err, "%s namespace: it is one that nobody asked for", kind);
  /* root of a user namespace may not look at process 1, and has the above */
  if (init_ns >= 0 && read_number(init_ns, name, &init) < 0 && errno != EACCES && errno != EPERM && errno != ENOENT)
    return cc_error_set(err, errno, "read `/proc/1/ns/%s`", name);
  if (found == own || found == init)
    return cc_attest_differs(err, "%s namespace: it is the host's, not the container's own", kind);
  return 0;
}

int
cc_attest_namespaces(struct cc_attest *a, struct cc_error *err)
{
  int own = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int init = open("/proc/1/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int result = own >= 0 ? 0 : cc_error_set(err, errno, "open `/proc/self/ns`");

  for (size_t i = 0; result == 0 && i < CC_NAMESPACES; i++)
    result = compare(a, (enum cc_namespace)i, own, init, err);
  if (own >= 0)
    close(own);
  if (init >= 0)
    close(init);
  return result;
}
