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

/* A tmpfs that is mounted nowhere, and goes with its last descriptor. */
static int
own_file_system(void)
{
  cc_auto_close int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

  if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
    return -1;
  return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
}

/* Puts another node of device DEV in the place of descriptor FD. */
static int
replace(int fd, dev_t dev, int *directory, struct cc_error *err)
{
  int flags = fcntl(fd, F_GETFL), descriptor_flags = fcntl(fd, F_GETFD);
  cc_auto_close int node = -1;
  char name[4];

  if (*directory < 0)
    *directory = own_file_system();
  /* Who may not mount may not give away the host's node either (a person's user namespace) */
  if (*directory < 0 && errno == EPERM)
    return 0;
  snprintf(name, sizeof(name), "%d", fd);
  if (flags < 0 || *directory < 0 || mknodat(*directory, name, S_IFCHR | 0600, dev) < 0
      || fchmodat(*directory, name, 0666, 0) < 0)
    return cc_error_set(err, errno, "make a node for standard stream %d", fd);
  node = openat(*directory, name, (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK)) | O_NOCTTY | O_CLOEXEC);
  if (node < 0 || dup3(node, fd, (descriptor_flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0) < 0)
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
  return replace(fd, st.st_rdev, directory, err);
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
