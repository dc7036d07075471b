#include "shim/lowlevel.h"

#include "common/own.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const directories[]
    = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", NULL };

/* What runc and crun read, and nothing that steers them past the configuration (RUN_OCI_SECCOMP_RECEIVER), their loader
 * (LD_*), or passes a host socket into the container (NOTIFY_SOCKET, LISTEN_FDS). */
static const char *const kept[] = {
  "PATH",
  "HOME",
  "TMPDIR",
  "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
  "DBUS_SYSTEM_BUS_ADDRESS",
  "GOMAXPROCS",
  "GOTRACEBACK",
  "LANG",
  "TERM",
  "_OCI_SYNCPIPE",
  "_OCI_STARTPIPE",
  "XDG_DATA_HOME",
};

static int
check_file(const char *path, struct cc_error *err)
{
  struct stat st;

  if (stat(path, &st) < 0)
    return cc_error_set(err, errno, "low-level runtime `%s`", path);
  if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
    return cc_error_set(err, 0, "low-level runtime `%s` is not an executable file", path);
  if (st.st_uid != 0 || (st.st_mode & 022) != 0)
    return cc_error_refuse(err, "low-level",
                           "low-level runtime `%s`: others than root may write it; chown and chmod it", path);
  return 0;
}

const char *const *
cc_lowlevel_directories(void)
{
  return directories;
}

static int
find_one(const char *candidate, char **out, struct cc_error *err)
{
  if (candidate[0] == '/')
    {
      if (check_file(candidate, err) < 0)
        return CC_FAILED;
      *out = cc_xstrdup(candidate);
      return 0;
    }
  for (size_t i = 0; directories[i] != NULL; i++)
    {
      cc_auto_free char *path = cc_xasprintf("%s/%s", directories[i], candidate);

      if (access(path, F_OK) < 0)
        continue;
      if (check_file(path, err) < 0)
        return CC_FAILED;
      *out = cc_move_ptr(path);
      return 0;
    }
  return cc_error_set(err, ENOENT, "low-level runtime `%s`", candidate);
}

int
cc_lowlevel_find(const struct cc_strings *candidates, char **out, struct cc_error *err)
{
  struct cc_error why = CC_ERROR_INIT;

  for (size_t i = 0; i < candidates->count; i++)
    {
      cc_error_clear(&why);
      if (find_one(candidates->items[i], out, &why) == 0)
        return 0;
      if (why.errnum != ENOENT)
        {
          *err = why;
          return CC_FAILED;
        }
    }
  return cc_error_refuse(
      err, "low-level",
      "no low-level runtime: none of runtime.lowLevel exists; install runc or crun, or name one there");
}

/* Standard descriptors that were closed, and are now /dev/null with close-on-exec. */
static unsigned reserved;

int
cc_lowlevel_reserve_descriptors(struct cc_error *err)
{
  for (int fd = 0; fd <= 2; fd++)
    {
      if (fcntl(fd, F_GETFD) >= 0)
        continue;
      /* the lowest number that is free */
      if (open("/dev/null", O_RDWR | O_CLOEXEC) != fd)
        return cc_error_set(err, errno, "open `/dev/null` for the closed descriptor %d", fd);
      reserved |= 1u << fd;
    }
  return 0;
}

static void
clean_environment(void)
{
  char **clean = cc_xcalloc(sizeof(kept) / sizeof(kept[0]) + 1, sizeof(char *));
  size_t n = 0;

  for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
    {
      const char *value = getenv(kept[i]);

      if (value != NULL)
        clean[n++] = cc_xasprintf("%s=%s", kept[i], value);
    }
  environ = clean;
}

static int
clean_descriptors(int keep_fd)
{
  for (int fd = 0; fd <= 2; fd++)
    if ((reserved & 1u << fd) != 0 && fcntl(fd, F_SETFD, 0) < 0)
      return -1;
  if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
    return -1;
  return keep_fd >= 0 ? fcntl(keep_fd, F_SETFD, 0) : 0;
}

int
cc_lowlevel_exec(const char *path, char **argv, int keep_fd, struct cc_error *err)
{
  struct sigaction by_default = { .sa_handler = SIG_DFL };
  sigset_t none;

  /* CVE-2024-21626: what an engine leaked must not reach the container through the low-level runtime */
  if (clean_descriptors(keep_fd) < 0)
    return cc_error_set(err, errno, "close descriptors");
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  sigaction(SIGCHLD, &by_default, NULL); /* bubblewrap#705 */
  clean_environment();
  return cc_lowlevel_exec_untouched(path, argv, err);
}

int
cc_lowlevel_exec_untouched(const char *path, char **argv, struct cc_error *err)
{
  argv[0] = (char *)path;
  execve(path, argv, environ);
  return cc_error_set(err, errno, "execute low-level runtime `%s`", path);
}
