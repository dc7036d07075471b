#include "shim/lowlevel_state.h"

#include "common/fd.h"
#include "common/json.h"
#include "common/json_members.h"
#include "common/own.h"
#include "shim/cmdline.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How each low-level runtime records: runc 1.0 to 1.5 (libcontainer's BaseState), crun 0.13 to 1.30 (libcrun/status.c).
 */
struct layout
{
  const char *runtime, *file, *pid, *start;
  bool xdg_for_root; /* crun takes $XDG_RUNTIME_DIR whoever runs it; runc 1.1.5 as root only in a user namespace (both
                        traced) */
};

static const struct layout layouts[] = {
  { "runc", "state.json", "init_process_pid", "init_process_start", false },
  { "crun", "status", "pid", "process-start-time", true },
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

struct record
{
  int64_t pid;
  uint64_t start;
};

/* As runc decides it: the initial namespace maps every id to itself. */
static bool
in_user_namespace(void)
{
  cc_auto_file FILE *f = fopen("/proc/self/uid_map", "re");
  unsigned long inside, outside, count;

  if (f == NULL)
    return false;
  return fscanf(f, "%lu %lu %lu", &inside, &outside, &count) != 3 || inside != 0 || outside != 0 || count != UINT32_MAX;
}

/* The caller's. */
static char *
default_root(const struct layout *layout)
{
  const char *xdg = getenv("XDG_RUNTIME_DIR");

  if (xdg != NULL && xdg[0] != '\0' && (layout->xdg_for_root || geteuid() != 0 || in_user_namespace()))
    return cc_xasprintf("%s/%s", xdg, layout->runtime);
  return cc_xasprintf("/run/%s", layout->runtime);
}

/* A whole number above 0, and nothing else. */
static bool
is_number(const char *text, uint64_t *out)
{
  char *end;

  errno = 0;
  if (text == NULL || text[0] < '1' || text[0] > '9')
    return false;
  *out = strtoull(text, &end, 10);
  return errno == 0 && strchr(",} \t\r\n", *end) != NULL;
}

static int
read_record(int dir, const struct layout *layout, const char *path, struct record *out, struct cc_error *err)
{
  struct cc_json_member members[] = { { layout->pid, NULL }, { layout->start, NULL } };
  cc_auto_free char *text = NULL;
  struct record record;
  struct stat st;
  size_t length;
  uint64_t pid;

  if (cc_read_file_at(dir, layout->file, CC_JSON_MAX_SIZE, &text, &length, &st, err) != 0)
    return CC_FAILED;
  if (!cc_is_private(&st))
    return cc_error_set(err, 0, "`%s/%s` could have been written by another user", path, layout->file);
  /* runc's is 30 KB, of which two numbers at the beginning count; a document of it would cost 250 us */
  if (!cc_json_find_members(text, members, 2))
    return cc_error_set(err, 0, "`%s/%s` is not what the low-level runtime writes, with one `%s` and one `%s`", path,
                        layout->file, layout->pid, layout->start);
  if (!is_number(members[0].value, &pid) || pid > INT_MAX)
    return cc_error_set(err, 0, "`%s/%s` names no process in `%s`", path, layout->file, layout->pid);
  if (!is_number(members[1].value, &record.start))
    return cc_error_set(err, 0, "`%s/%s` has no start time in `%s`", path, layout->file, layout->start);
  record.pid = (int64_t)pid;
  *out = record;
  return 0;
}

static const struct layout *
layout_of(const char *runtime)
{
  for (size_t i = 0; i < LAYOUTS; i++)
    if (strcmp(runtime, layouts[i].runtime) == 0)
      return &layouts[i];
  return NULL;
}

/* The directory of container ID below ROOT, or below LAYOUT's default: -1 with errno. */
static int
open_directory(const struct layout *layout, const char *root, const char *id)
{
  cc_auto_free char *own_root = root == NULL ? default_root(layout) : NULL;
  cc_auto_free char *path = cc_xasprintf("%s/%s", root == NULL ? own_root : root, id);

  return open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
cc_lowlevel_directory(const char *runtime, const char *root, const char *id, int *out, struct cc_error *err)
{
  const struct layout *known = root == NULL ? layout_of(runtime) : NULL;
  cc_auto_close int found = -1;

  if (!cc_id_is_valid(id))
    return cc_error_set(err, 0, "`%s` is not a container's id", id);
  for (size_t i = 0; i < (root == NULL ? LAYOUTS : 1); i++)
    {
      cc_auto_close int fd = -1;

      if (known != NULL && known != &layouts[i])
        continue;
      fd = open_directory(&layouts[i], root, id);
      if (fd < 0 && errno != ENOENT)
        return cc_error_set(err, errno, "open the directory of container `%s`", id);
      if (fd >= 0 && found >= 0)
        return cc_error_set(err, 0, "runc and crun both keep a container `%s`", id);
      if (fd >= 0)
        found = cc_move_fd(&fd);
    }
  if (found < 0)
    return 1;
  *out = cc_move_fd(&found);
  return 0;
}

int
cc_lowlevel_instance(int directory, struct cc_lowlevel_instance *out, struct cc_error *err)
{
  struct statx stx;

  if (statx(directory, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &stx) < 0)
    return cc_error_set(err, errno, "stat the directory of the container");
  *out = (struct cc_lowlevel_instance){ stx.stx_dev_major, stx.stx_dev_minor, stx.stx_ino, 0 };
  if ((stx.stx_mask & STATX_BTIME) != 0)
    out->born = (uint64_t)stx.stx_btime.tv_sec * 1000000000u + stx.stx_btime.tv_nsec;
  return 0;
}

/* Returns 1 when it is found, 0 when there is none. */
static int
find_record(const struct layout *layout, const char *root, const char *id, struct record *out, struct cc_error *err)
{
  cc_auto_free char *own_root = root == NULL ? default_root(layout) : NULL;
  cc_auto_free char *path = cc_xasprintf("%s/%s", root == NULL ? own_root : root, id);
  cc_auto_close int dir = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (dir < 0 && errno == ENOENT)
    return 0;
  if (dir < 0)
    return cc_error_set(err, errno, "open `%s`", path);
  if (faccessat(dir, layout->file, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
    return 0;
  return read_record(dir, layout, path, out, err) == 0 ? 1 : CC_FAILED;
}

static int
look_for_record(const char *runtime, const char *root, const char *id, struct record *out, struct cc_error *err)
{
  const struct layout *known = root == NULL ? layout_of(runtime) : NULL;
  int found = 0;

  for (size_t i = 0; i < LAYOUTS; i++)
    {
      int r = known == NULL || known == &layouts[i] ? find_record(&layouts[i], root, id, out, err) : 0;

      if (r < 0)
        return r;
      found += r;
    }
  if (found > 1)
    return cc_error_set(err, 0, "runc and crun have both recorded a container `%s`", id);
  return found == 1 ? 0 : cc_error_set(err, ENOENT, "`%s` has recorded no container `%s`", runtime, id);
}

/* Field 3 (state) and 22 (start time) of /proc/PID/stat. The name before them may hold anything, ") " too: proc(5). */
int
cc_process_stat(pid_t pid, char *state, uint64_t *start, struct cc_error *err)
{
  cc_auto_free char *path = cc_xasprintf("/proc/%d/stat", pid);
  cc_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
  char text[4096];
  ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
  const char *end;
  unsigned long long value;

  if (n < 0)
    return cc_error_set(err, errno, "read `%s`", path);
  text[n] = '\0';
  end = strrchr(text, ')');
  if (end == NULL
      || sscanf(end, ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", state, &value)
             != 2)
    return cc_error_set(err, 0, "`%s` has another form than proc(5) says", path);
  *start = value;
  return 0;
}

/* True when there is another thread than the first one, whose end makes a zombie of the whole process to look at while
 * the others run: proc(5) counts them as links of the directory. */
static bool
has_threads(pid_t pid)
{
  cc_auto_free char *path = cc_xasprintf("/proc/%d/task", pid);
  struct stat st;

  return stat(path, &st) == 0 && st.st_nlink > 2 + 1;
}

int
cc_lowlevel_init(const char *runtime, const char *root, const char *id, pid_t *pid, int *pidfd, struct cc_error *err)
{
  cc_auto_close int fd = -1;
  struct record record = { 0, 0 };
  uint64_t start;
  char state;

  if (!cc_id_is_valid(id))
    return cc_error_set(err, 0, "`%s` is not a container's id", id);
  if (look_for_record(runtime, root, id, &record, err) != 0)
    return CC_FAILED;
  fd = (int)syscall(SYS_pidfd_open, (pid_t)record.pid, 0);
  if (fd < 0)
    return cc_error_set(err, errno, "container `%s` is not running: process %d", id, (int)record.pid);
  if (cc_process_stat((pid_t)record.pid, &state, &start, err) != 0)
    return cc_error_prefix(err, "container `%s` is not running", id);
  if (start != record.start)
    return cc_error_set(err, ESRCH, "container `%s` is not running: process %d is another one by now", id,
                        (int)record.pid);
  if ((state == 'Z' || state == 'X') && has_threads((pid_t)record.pid))
    return cc_error_set(err, EBUSY, "container `%s`: the first thread of process %d has ended, and others go on", id,
                        (int)record.pid);
  if (state == 'Z' || state == 'X')
    return cc_error_set(err, ESRCH, "container `%s` is not running: process %d has ended", id, (int)record.pid);
  *pid = (pid_t)record.pid;
  *pidfd = cc_move_fd(&fd);
  return 0;
}

int
cc_lowlevel_waits(int directory, struct cc_error *err)
{
  if (faccessat(directory, "exec.fifo", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return 1;
  return errno == ENOENT ? 0 : cc_error_set(err, errno, "look at `exec.fifo` of the container");
}
