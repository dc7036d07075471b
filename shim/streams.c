#include "shim/streams.h"

#include "common/own.h"
#include "common/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MEMORY_MAJOR 1 /* Documentation/admin-guide/devices.txt */
#define NULL_MINOR 3
#define OVERFLOW_UID 65534

/* A tmpfs that is mounted nowhere, and goes with its last descriptor. */
static int
own_file_system(void)
{
  cc_auto_close int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

  if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
    return -1;
  return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
}

/* Another node of device DEV, open as FD is: a descriptor, or -1 with errno. */
static int
own_node(int fd, dev_t dev, int *directory)
{
  int flags = fcntl(fd, F_GETFL);
  char name[4];

  if (*directory < 0)
    *directory = own_file_system();
  snprintf(name, sizeof(name), "%d", fd);
  if (flags < 0 || *directory < 0 || mknodat(*directory, name, S_IFCHR | 0600, dev) < 0
      || fchmodat(*directory, name, 0666, 0) < 0)
    return -1;
  return openat(*directory, name, (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK)) | O_NOCTTY | O_CLOEXEC);
}

static int
replace(int fd, const struct stat *st, int *directory, struct cc_error *err)
{
  cc_auto_close int node = own_node(fd, st->st_rdev, directory);

  /* In a person's user namespace no device can be made, and an owner without a number there cannot be changed either */
  if (node < 0 && (errno == EPERM || errno == EACCES) && st->st_uid == OVERFLOW_UID)
    return 0;
  if (node < 0)
    return cc_error_set(err, errno, "make a node for standard stream %d", fd);
  if (dup3(node, fd, (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0) < 0)
    return cc_error_set(err, errno, "replace standard stream %d", fd);
  return 0;
}

static int
protect_one(int fd, bool keeps_null, int *directory, struct cc_error *err)
{
  struct stat st;

  if (fstat(fd, &st) < 0)
    return errno == EBADF ? 0 : cc_error_set(err, errno, "standard stream %d", fd);
  if ((!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode)) || isatty(fd))
    return 0;
  if (S_ISBLK(st.st_mode) || major(st.st_rdev) != MEMORY_MAJOR)
    return cc_error_refuse(err, "stream",
                           "standard stream %d is the device %u:%u: the container's user would own a device of the "
                           "host; give it a pipe or a file",
                           fd, major(st.st_rdev), minor(st.st_rdev));
  if (minor(st.st_rdev) == NULL_MINOR && keeps_null)
    return 0;
  return replace(fd, &st, directory, err);
}

/* Which low-level runtimes leave /dev/null as it is: runc never touches it, crun opens the container's own one, but at
 * a create only (measured with 1.1.5 and 1.8.1). */
static bool
keeps_null_of(const char *path, bool exec)
{
  const char *name = cc_path_base(path);

  return strcmp(name, "runc") == 0 || (strcmp(name, "crun") == 0 && !exec);
}

int
cc_streams_protect(const char *path, bool exec, struct cc_error *err)
{
  bool keeps_null = keeps_null_of(path, exec);
  cc_auto_close int directory = -1;

  for (int fd = 0; fd <= 2; fd++)
    if (protect_one(fd, keeps_null, &directory, err) < 0)
      return CC_FAILED;
  return 0;
}
