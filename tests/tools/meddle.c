/* Changes the mounts of a container from outside, as nobody should between its create and its start.
 *
 *   meddle PID tmpfs TARGET | bind SOURCE TARGET | remount TARGET ro|rw | umount TARGET | proc TARGET
 *
 * TARGET is a path of the process PID, SOURCE one of the caller's. A new mount is nosuid and nodev. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

static void
need(int result, const char *what)
{
  if (result >= 0)
    return;
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static int
clone_of(const char *source)
{
  int fd = (int)syscall(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC);

  need(fd, source);
  return fd;
}

static void
enter(const char *pid)
{
  char path[64];
  int fd;

  snprintf(path, sizeof(path), "/proc/%s/ns/mnt", pid);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  need(fd, path);
  need(setns(fd, CLONE_NEWNS), "setns");
}

int
main(int argc, char **argv)
{
  const char *what = argc > 3 ? argv[2] : "", *target = argc > 3 ? argv[argc - 1] : "";
  int tree = -1;

  if (strcmp(what, "bind") == 0 && argc == 5)
    tree = clone_of(argv[3]);
  else if (strcmp(what, "proc") == 0)
    tree = clone_of("/proc");
  enter(argc > 1 ? argv[1] : "");
  if (tree >= 0)
    {
      need((int)syscall(SYS_move_mount, tree, "", AT_FDCWD, target, 4 /* MOVE_MOUNT_F_EMPTY_PATH */), target);
      need(mount(NULL, target, NULL, MS_PRIVATE, NULL), target);
    }
  else if (strcmp(what, "tmpfs") == 0)
    need(mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, NULL), target);
  else if (strcmp(what, "remount") == 0 && argc == 5)
    need(mount(NULL, argv[3], NULL,
               MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | (strcmp(argv[4], "ro") == 0 ? MS_RDONLY : 0), NULL),
         argv[3]);
  else if (strcmp(what, "umount") == 0)
    need(umount2(target, MNT_DETACH), target);
  else
    {
      fprintf(stderr, "meddle: what?\n");
      return 2;
    }
  return 0;
}
