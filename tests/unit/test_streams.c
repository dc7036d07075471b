/* Standard streams that are devices. Needs root, to make nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/own.h"
#include "shim/streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child that calls the function with descriptor 0 like FD answers. */
enum
{
  SAME,
  REPLACED,
  REFUSED,
  FAILED
};

static int
protect(int fd, const char *runtime, bool exec)
{
  pid_t child = fork();
  int status;

  if (child == 0)
    {
      struct cc_error err = CC_ERROR_INIT;
      struct stat before, after;

      if (dup2(fd, 0) != 0 || fstat(0, &before) < 0)
        _exit(FAILED);
      if (cc_streams_protect(runtime, exec, &err) < 0)
        _exit(strcmp(err.rule, "stream") == 0 ? REFUSED : FAILED);
      if (fstat(0, &after) < 0 || after.st_rdev != before.st_rdev || (fcntl(0, F_GETFD) & FD_CLOEXEC) != 0
          || (fcntl(0, F_GETFL) & O_ACCMODE) != (fcntl(fd, F_GETFL) & O_ACCMODE))
        _exit(FAILED);
      if (before.st_dev == after.st_dev && before.st_ino == after.st_ino)
        _exit(SAME);
      if (fchown(0, 1000, 1000) < 0 || fchmod(0, 0) < 0 || fstat(fd, &after) < 0 || after.st_uid != before.st_uid
          || after.st_mode != before.st_mode)
        _exit(FAILED);
      _exit(REPLACED);
    }
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

static int
open_device(const char *directory, const char *name, mode_t type, unsigned device_major, unsigned device_minor)
{
  cc_auto_free char *path = cc_xasprintf("%s/%s", directory, name);
  int fd;

  assert_int_equal(mknod(path, type | 0666, makedev(device_major, device_minor)), 0);
  fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) /* a disk that is not there: what counts is what kind of file it is */
    fd = open(path, O_PATH | O_CLOEXEC);
  assert_true(fd >= 0);
  unlink(path);
  return fd;
}

static void
test_streams(void **state)
{
  char directory[] = "/var/tmp/closedclaw-streams-XXXXXX";
  int pipes[2];

  (void)state;
  assert_non_null(mkdtemp(directory));
  int null = open_device(directory, "null", S_IFCHR, 1, 3), zero = open_device(directory, "zero", S_IFCHR, 1, 5);
  int tun = open_device(directory, "tun", S_IFCHR, 10, 200), loop = open_device(directory, "loop", S_IFBLK, 7, 77);

  assert_int_equal(protect(null, "/usr/bin/runc", false), SAME);
  assert_int_equal(protect(null, "/usr/bin/runc", true), SAME);
  assert_int_equal(protect(null, "/usr/bin/crun", false), SAME);
  assert_int_equal(protect(null, "/usr/bin/crun", true), REPLACED);
  assert_int_equal(protect(null, "/opt/another", false), REPLACED);
  assert_int_equal(protect(zero, "/usr/bin/runc", false), REPLACED);
  assert_int_equal(protect(zero, "/usr/bin/crun", true), REPLACED);
  assert_int_equal(protect(tun, "/usr/bin/crun", true), REFUSED);
  assert_int_equal(protect(loop, "/usr/bin/runc", false), REFUSED);
  assert_int_equal(pipe(pipes), 0);
  assert_int_equal(protect(pipes[0], "/usr/bin/crun", true), SAME);
  rmdir(directory);
}

int
main(void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_streams) };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
