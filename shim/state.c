#include "shim/state.h"

#include "common/fd.h"
#include "common/json.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/lowlevel_state.h"
#include "shim/state_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STATE_MAX (1u << 20)
#define BOUND_MAX 128 /* the last line: a state that is written has room for it */
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

void
cc_state_clear(struct cc_state *s)
{
  free(s->low_level);
  free(s->bundle);
  free(s->cgroup);
  free(s->apparmor);
  free(s->selinux);
  free(s->audit_file);
  free(s->expect);
  cc_tool_guard_clear(&s->tools);
  free(s->about);
  for (size_t i = 0; i < s->capabilities.count; i++)
    free(s->capabilities.items[i]);
  free(s->capabilities.items);
  for (size_t i = 0; i < s->ulimit_count; i++)
    free(s->ulimits[i].name);
  free(s->ulimits);
  memset(s, 0, sizeof(*s));
}

/* -- places -- */

/* Others may pass through the uppermost one: the stage is below it, where the root of a container's user namespace
 * opens its sources. What they may not read or write there, they cannot list. */
#define TOP_MODE 0711
#define MODE 0700

/* A directory of ours below DIRFD, made when MAKE and missing. Negative with ERR set; -2 when missing and not MAKE. */
static int
open_directory(int dirfd, const char *name, mode_t mode, bool make, struct cc_error *err)
{
  cc_auto_close int fd = -1;
  struct stat st;

  if (make && mkdirat(dirfd, name, mode) < 0 && errno != EEXIST)
    return cc_error_set(err, errno, "make directory `%s`", name);
  fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT && !make)
    return -2;
  if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
    return cc_error_refuse(err, "state", "directory `%s`: it is a link or a file; remove it", name);
  if (fd < 0 || fstat(fd, &st) < 0)
    return cc_error_set(err, errno, "open directory `%s`", name);
  if (st.st_uid != geteuid() || (st.st_mode & 077 & ~mode) != 0)
    return cc_error_refuse(err, "state", "directory `%s`: others may use it; remove it, it must be mode %03o and ours",
                           name, mode);
  /* what a umask took away */
  if (make && (st.st_mode & 0777) != mode && fchmod(fd, mode) < 0)
    return cc_error_set(err, errno, "chmod directory `%s`", name);
  return cc_move_fd(&fd);
}

static const char *
runtime_directory(void)
{
  const char *dir = geteuid() == 0 ? NULL : secure_getenv("XDG_RUNTIME_DIR");

  return dir != NULL && dir[0] == '/' ? dir : "/run";
}

/* Two engines may use the same id under different roots, so each root has its own directory, named by a hash of
 * the root's text (FNV-1a: the root is the engine's, nobody chooses it to collide). Another spelling of a root is the
 * same one: to closedclaw-runtime-auto a container without a state is nobody's, and its execs pass. */
void
cc_state_root_name(const char *root, char *out, size_t size)
{
  cc_auto_free char *clean = root != NULL ? cc_path_clean(root) : NULL;
  const char *text = clean != NULL ? clean : root != NULL ? root : "";
  uint64_t h = 14695981039346656037u;

  if (strncmp(text, "/var/run/", strlen("/var/run/")) == 0)
    text += strlen("/var");
  for (const char *p = text; *p != '\0'; p++)
    h = (h ^ (unsigned char)*p) * 1099511628211u;
  snprintf(out, size, "%016" PRIx64, h);
}

int
cc_state_open_top(bool make, struct cc_error *err)
{
  cc_auto_close int run = open(runtime_directory(), O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (run < 0)
    return cc_error_set(err, errno, "open `%s`", runtime_directory());
  return open_directory(run, "closedclaw", TOP_MODE, make, err);
}

int
cc_state_open_directory(int top, const char *name, bool make, struct cc_error *err)
{
  return open_directory(top, name, MODE, make, err);
}

/* The directory of ROOT's states: a descriptor, -2 when it is not there and not to be made, CC_FAILED. */
static int
open_root(const char *root, bool make, struct cc_error *err)
{
  cc_auto_close int top = cc_state_open_top(make, err);
  char name[20];

  if (top < 0)
    return top;
  cc_state_root_name(root, name, sizeof(name));
  return cc_state_open_directory(top, name, make, err);
}

int
cc_state_stage(char **out, struct cc_error *err)
{
  cc_auto_close int top = cc_state_open_top(true, err), stage = -1;

  if (top < 0)
    return CC_FAILED;
  stage = open_directory(top, "mounts", TOP_MODE, true, err);
  if (stage < 0)
    return CC_FAILED;
  *out = cc_xasprintf("%s/closedclaw/mounts", runtime_directory());
  return 0;
}

static void
file_name(const char *id, char *out, size_t size)
{
  snprintf(out, size, "%s.json", id);
}

/* -- text -- */

static void
set_strings(struct cc_json *doc, struct cc_jval *obj, const char *key, const struct cc_strings *strings)
{
  struct cc_jval *array = cc_jneed_array(doc, obj, key);

  for (size_t i = 0; i < strings->count; i++)
    cc_jappend_str(doc, array, strings->items[i]);
}

/* Members that are not there deny nothing: states of earlier versions have none of them. */
static const char *const denied_keys[CC_TOOL_NEEDS]
    = { [CC_TOOL_NEED_EXEC] = "exec", [CC_TOOL_NEED_CHANGE] = "change", [CC_TOOL_NEED_READ] = "read" };

static void
set_tools(struct cc_json *doc, struct cc_jval *obj, const struct cc_tool_guard *guard)
{
  struct cc_jval *tools;

  if (!cc_tool_guard_denies(guard))
    return;
  tools = cc_jneed_object(doc, obj, "tools");
  for (unsigned n = 0; n < CC_TOOL_NEEDS; n++)
    if (guard->denied[n] != NULL)
      cc_jset_str(doc, tools, denied_keys[n], guard->denied[n]);
  if (guard->setup != NULL)
    cc_jset_str(doc, tools, "setup", guard->setup);
}

static void
get_tools(const struct cc_jval *obj, struct cc_tool_guard *guard)
{
  const struct cc_jval *tools = cc_jget(obj, "tools");
  const char *setup = cc_jget_str(tools, "setup");

  for (unsigned n = 0; n < CC_TOOL_NEEDS; n++)
    {
      const char *why = cc_jget_str(tools, denied_keys[n]);

      guard->denied[n] = why != NULL ? cc_xstrdup(why) : NULL;
    }
  guard->setup = setup != NULL ? cc_xstrdup(setup) : NULL;
}

static struct cc_jval *
to_json(struct cc_json *doc, const struct cc_state *s)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *list;
  char cpus[40];

  cc_jset_int(doc, o, "version", 2);
  cc_jset_bool(doc, o, "managed", s->managed);
  cc_jset_bool(doc, o, "report", s->report);
  cc_jset_bool(doc, o, "networkNone", s->network_none);
  cc_jset_bool(doc, o, "podSandbox", s->pod_sandbox);
  cc_jset_bool(doc, o, "askedForRoot", s->asked_for_root);
  cc_jset_bool(doc, o, "rootAllowed", s->root_allowed);
  cc_jset_int(doc, o, "uid", s->uid);
  cc_jset_int(doc, o, "gid", s->gid);
  cc_jset_str(doc, o, "lowLevel", s->low_level);
  cc_jset_str(doc, o, "bundle", s->bundle);
  cc_jset_str(doc, o, "cgroup", s->cgroup != NULL ? s->cgroup : "");
  cc_jset_str(doc, o, "apparmor", s->apparmor);
  cc_jset_str(doc, o, "selinux", s->selinux);
  cc_jset_str(doc, o, "auditFile", s->audit_file);
  set_tools(doc, o, &s->tools);
  set_strings(doc, o, "capabilities", &s->capabilities);
  cc_jset(doc, o, "memory", cc_jnew_uint(doc, s->memory));
  cc_jset(doc, o, "memorySwap", cc_jnew_uint(doc, s->memory_swap));
  cc_jset_int(doc, o, "pids", s->pids);
  snprintf(cpus, sizeof(cpus), "%" PRIu64, (uint64_t)(s->cpus * 1000));
  cc_jset(doc, o, "milliCpus", cc_jnew_number(doc, cpus));
  cc_jset(doc, o, "cpuPeriod", cc_jnew_uint(doc, s->cpu_period));
  list = cc_jneed_array(doc, o, "ulimits");
  for (size_t i = 0; i < s->ulimit_count; i++)
    {
      struct cc_jval *u = cc_jnew(doc, CC_JSON_OBJECT);

      cc_jset_str(doc, u, "type", s->ulimits[i].name);
      cc_jset(doc, u, "soft", cc_jnew_uint(doc, s->ulimits[i].soft));
      cc_jset(doc, u, "hard", cc_jnew_uint(doc, s->ulimits[i].hard));
      cc_jappend(list, u);
    }
  return o;
}

static char *
dup_member(const struct cc_jval *o, const char *key)
{
  const char *s = cc_jget_str(o, key);

  return cc_xstrdup(s != NULL ? s : "");
}

static uint64_t
number(const struct cc_jval *o, const char *key)
{
  uint64_t n = 0;

  cc_juint64(cc_jget(o, key), &n);
  return n;
}

static void
from_json(const struct cc_jval *o, struct cc_state *s)
{
  s->managed = cc_jbool(cc_jget(o, "managed"), true);
  s->report = cc_jbool(cc_jget(o, "report"), false);
  s->network_none = cc_jbool(cc_jget(o, "networkNone"), true);
  s->pod_sandbox = cc_jbool(cc_jget(o, "podSandbox"), false);
  s->asked_for_root = cc_jbool(cc_jget(o, "askedForRoot"), false);
  s->root_allowed = cc_jbool(cc_jget(o, "rootAllowed"), false);
  s->uid = (uint32_t)number(o, "uid");
  s->gid = (uint32_t)number(o, "gid");
  s->low_level = dup_member(o, "lowLevel");
  s->bundle = dup_member(o, "bundle");
  s->cgroup = dup_member(o, "cgroup");
  s->apparmor = dup_member(o, "apparmor");
  s->selinux = dup_member(o, "selinux");
  s->audit_file = dup_member(o, "auditFile");
  get_tools(o, &s->tools);
  cc_jeach(c, cc_jget(o, "capabilities"))
  {
    s->capabilities.items = cc_xrealloc(s->capabilities.items, (s->capabilities.count + 1) * sizeof(char *));
    s->capabilities.items[s->capabilities.count++] = cc_xstrdup(cc_jstr(c) != NULL ? c->text : "");
  }
  s->memory = number(o, "memory");
  s->memory_swap = number(o, "memorySwap");
  s->pids = (int64_t)number(o, "pids");
  s->cpus = (double)number(o, "milliCpus") / 1000;
  s->cpu_period = number(o, "cpuPeriod");
  cc_jeach(u, cc_jget(o, "ulimits"))
  {
    s->ulimits = cc_xrealloc(s->ulimits, (s->ulimit_count + 1) * sizeof(*s->ulimits));
    s->ulimits[s->ulimit_count++] = (struct cc_ulimit){ dup_member(u, "type"), number(u, "soft"), number(u, "hard") };
  }
}

/* -- files -- */

/* True when a low-level runtime keeps something under the container id of NAME ("ID.json", N bytes of it the id).
 * Without a
 * --root it keeps it in one of a few places (shim/lowlevel_state.c). */
static bool
is_kept(const char *root, const char *name, size_t n)
{
  const char *xdg = root == NULL ? getenv("XDG_RUNTIME_DIR") : NULL;
  const struct
  {
    const char *directory, *below;
  } places[] = { { root, "" },
                 { root == NULL ? "/run" : NULL, "/runc" },
                 { root == NULL ? "/run" : NULL, "/crun" },
                 { xdg, "/runc" },
                 { xdg, "/crun" } };

  for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
    {
      char path[4096];

      if (places[i].directory == NULL)
        continue;
      snprintf(path, sizeof(path), "%s%s/%.*s", places[i].directory, places[i].below, (int)n, name);
      if (access(path, F_OK) == 0)
        return true;
    }
  return false;
}

/* True when NAME is a state without a container, or what a killed cc_replace_file_at left. */
static bool
is_left_over(int dirfd, const char *root, const char *name, time_t now)
{
  size_t n = strlen(name);
  bool whole = n >= 6 && strcmp(name + n - 5, ".json") == 0;
  bool half = !whole && name[0] == '.' && strstr(name, ".json.closedclaw") != NULL;
  struct stat st;

  if ((!half && !whole) || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || now - st.st_mtime < 60)
    return false;
  return half || !is_kept(root, name, n - 5);
}

/* A foreground `run` deletes its container without another call, and a create may fail in the low-level runtime: their
 * states stay. Each write looks at a bounded number of neighbours, so that this never grows with the host. */
static void
sweep(int dirfd, const char *root)
{
  int copy = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
  time_t now = time(NULL);
  struct dirent *entry;

  if (dir == NULL)
    {
      cc_cleanup_close(&copy);
      return;
    }
  for (int i = 0; i < 32 && (entry = readdir(dir)) != NULL; i++)
    if (geteuid() == 0 && is_left_over(dirfd, root, entry->d_name, now))
      unlinkat(dirfd, entry->d_name, 0);
  closedir(dir);
}

/* This boot's number. */
static int
read_boot_id(char *out, size_t size, struct cc_error *err)
{
  cc_auto_close int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd >= 0 ? read(fd, out, size - 1) : -1;

  if (n <= 0)
    return cc_error_set(err, n < 0 ? errno : 0, "read `" BOOT_ID "`");
  out[n] = '\0';
  out[strcspn(out, "\n")] = '\0';
  return 0;
}

/* One file. Its first line is the state, the second one what the container must look like, which is as long again and
 * which only `start` reads. A third that begins with ABOUT is for the operator; earlier versions wrote none. The last
 * one is added when the state is bound: one write to the end of a file, that is there as a whole or not yet, and costs
 * a tenth of another file in its place. */
struct file
{
  struct cc_json *doc;
  char *expect;
  char *about; /* "" for none */
  bool bound;
  struct cc_lowlevel_instance instance;
  struct stat st;
};

static void
clear_file(struct file *f)
{
  cc_json_free(f->doc);
  free(f->expect);
  free(f->about);
}

#define ABOUT "about "
#define BOUND_WORD "bound "
#define BOUND BOUND_WORD "%" PRIu32 ":%" PRIu32 " %" PRIu64 " %" PRIu64 "\n"
#define BOUND_SCAN BOUND_WORD "%" SCNu32 ":%" SCNu32 " %" SCNu64 " %" SCNu64 "%n"

/* The line *LINE, which moves on, as a string of its length; NULL when there is none that has an end. */
static const char *
next_line(char **line, size_t *length)
{
  char *begin = *line, *end = strchr(begin, '\n');

  if (end == NULL)
    return NULL;
  *end = '\0';
  *length = (size_t)(end - begin);
  *line = end + 1;
  return begin;
}

/* TEXT is changed. What is not whole is an error, but for the line that binds, which may be being written now: behind
 * half of another one it would be a part of that. */
static int
parse_file(char *text, struct file *out, struct cc_error *err)
{
  const char *first, *second, *last;
  size_t length, rest;
  int end = 0;

  first = next_line(&text, &length);
  second = first != NULL ? next_line(&text, &rest) : NULL;
  if (second == NULL)
    return cc_error_set(err, 0, "the container's state is cut");
  if (cc_json_parse(first, length, "the container's state", &out->doc, err) < 0)
    return CC_FAILED;
  out->expect = cc_xstrdup(second);
  last = next_line(&text, &rest);
  if (last != NULL && strncmp(last, ABOUT, strlen(ABOUT)) == 0)
    {
      out->about = cc_xstrdup(last + strlen(ABOUT));
      last = next_line(&text, &rest);
    }
  if (last == NULL)
    return strncmp(text, BOUND, strnlen(text, strlen(BOUND_WORD))) == 0
               ? 0
               : cc_error_set(err, 0, "the container's state is cut");
  out->bound = sscanf(last, BOUND_SCAN, &out->instance.major, &out->instance.minor, &out->instance.ino,
                      &out->instance.born, &end)
                   == 4
               && last[end] == '\0';
  return out->bound ? 0 : cc_error_set(err, 0, "the container's state has a line that is none of ours");
}

/* The state file NAME of this boot. 0 and *OUT, to be cleared; 1 when it is not there; negative. */
static int
read_file(int dirfd, const char *name, const char *id, struct file *out, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  struct file file = { .doc = NULL };
  struct cc_error why = CC_ERROR_INIT;
  char boot[64];
  const char *written;
  size_t length;

  if (cc_read_file_at(dirfd, name, STATE_MAX, &text, &length, &file.st, &why) < 0)
    {
      if (why.errnum == ENOENT)
        return 1;
      if (fstatat(dirfd, name, &file.st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(file.st.st_mode))
        return cc_error_refuse(err, "state",
                               "state of container `%s`: it is a link, or no file; recreate the container", id);
      if (err != NULL)
        *err = why;
      return CC_FAILED;
    }
  if (file.st.st_uid != geteuid() || (file.st.st_mode & 077) != 0)
    return cc_error_refuse(err, "state", "state of container `%s`: others may write it; recreate the container", id);
  if (strlen(text) != length)
    return cc_error_set(err, 0, "the container's state holds a NUL");
  if (parse_file(text, &file, err) < 0 || read_boot_id(boot, sizeof(boot), err) < 0)
    {
      clear_file(&file);
      return CC_FAILED;
    }
  written = cc_jget_str(cc_json_root(file.doc), "boot");
  if (written == NULL || strcmp(written, boot) != 0)
    {
      clear_file(&file);
      return 1;
    }
  *out = file;
  return 0;
}

/* True when the process that wrote FILE still runs: it has become the low-level runtime by then, and is creating the
 * container. */
static bool
has_creator(const struct file *file)
{
  const struct cc_jval *o = cc_json_root(file->doc);
  uint64_t start;
  int64_t pid;
  char state;

  return cc_jint64(cc_jget(o, "creator"), &pid) == 0 && pid != getpid()
         && cc_process_stat((pid_t)pid, &state, &start, NULL) == 0 && state != 'Z'
         && start == number(o, "creatorStart");
}

static bool
is_being_created(int dirfd, const char *name, const char *id)
{
  struct file file;
  bool is;

  if (read_file(dirfd, name, id, &file, NULL) != 0)
    return false;
  is = has_creator(&file);
  clear_file(&file);
  return is;
}

static int
write_file(int dirfd, const char *root, const char *id, const struct cc_state *state, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  cc_auto_free char *line = NULL, *text = NULL;
  struct cc_jval *o = to_json(doc, state);
  bool has_about = state->about != NULL && state->about[0] != '\0';
  char name[256], boot[64], letter;
  uint64_t start;
  size_t length;

  file_name(id, name, sizeof(name));
  /* The low-level runtime will refuse this id, and the container that has it goes on: under its own state, not this one
   */
  if (is_kept(root, id, strlen(id)) || is_being_created(dirfd, name, id))
    return cc_error_refuse(err, "state",
                           "container `%s`: one of that id already exists; delete it first, or name another", id);
  if (cc_process_stat(getpid(), &letter, &start, err) < 0 || read_boot_id(boot, sizeof(boot), err) < 0)
    return CC_FAILED;
  cc_jset_int(doc, o, "creator", getpid());
  cc_jset(doc, o, "creatorStart", cc_jnew_uint(doc, start));
  cc_jset_str(doc, o, "boot", boot);
  if (cc_json_write(o, &line, &length, err) < 0)
    return CC_FAILED;
  text = cc_xasprintf("%s\n%s\n%s%s%s", line, state->expect != NULL ? state->expect : "", has_about ? ABOUT : "",
                      has_about ? state->about : "", has_about ? "\n" : "");
  length = strlen(text);
  if (length > STATE_MAX - BOUND_MAX)
    return cc_error_set(err, 0, "the container's state would have %zu bytes", length);
  return cc_replace_file_at(dirfd, name, text, length, 0600, geteuid(), getegid(), err);
}

/* Of two calls that change the state of one id, the second sees what the first one wrote. The lock ends with the
 * descriptor. */
static int
lock(int dirfd, struct cc_error *err)
{
  return flock(dirfd, LOCK_EX) == 0 ? 0 : cc_error_set(err, errno, "lock the states");
}

int
cc_state_write(const char *root, const char *id, const struct cc_state *state, struct cc_error *err)
{
  cc_auto_close int dirfd = open_root(root, true, err);

  if (dirfd < 0 || lock(dirfd, err) < 0 || write_file(dirfd, root, id, state, err) < 0)
    return CC_FAILED;
  sweep(dirfd, root);
  return 0;
}

int
cc_state_read_at(int dirfd, const char *id, struct cc_state *out, struct cc_error *err)
{
  struct file file;
  char name[256];
  int found;

  file_name(id, name, sizeof(name));
  found = read_file(dirfd, name, id, &file, err);
  if (found != 0)
    return found;
  memset(out, 0, sizeof(*out));
  from_json(cc_json_root(file.doc), out);
  out->expect = cc_move_ptr(file.expect);
  out->about = file.about != NULL ? cc_move_ptr(file.about) : cc_xstrdup("");
  out->bound = file.bound;
  out->instance = file.instance;
  out->file = (struct cc_state_file){ file.st.st_ino, file.st.st_ctim, file.st.st_size };
  clear_file(&file);
  return 0;
}

int
cc_state_read(const char *root, const char *id, struct cc_state *out, struct cc_error *err)
{
  cc_auto_close int dirfd = open_root(root, false, err);

  if (dirfd < 0)
    return dirfd == -2 ? 1 : CC_FAILED;
  return cc_state_read_at(dirfd, id, out, err);
}

/* The file may be another container's by now, or gone. */
static int
bind_file(int dirfd, const char *id, const struct cc_state *state, const struct cc_lowlevel_instance *instance,
          struct cc_error *err)
{
  cc_auto_close int fd = -1;
  char name[256], line[BOUND_MAX];
  struct stat st;
  ssize_t written;
  int n;

  file_name(id, name, sizeof(name));
  fd = openat(dirfd, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st) < 0)
    return cc_error_set(err, errno, "open the state of container `%s`", id);
  if (st.st_ino != state->file.ino || st.st_size != state->file.size
      || memcmp(&st.st_ctim, &state->file.changed, sizeof(st.st_ctim)) != 0)
    return cc_error_set(err, 0, "the state of container `%s` was changed meanwhile", id);
  n = snprintf(line, sizeof(line), BOUND, instance->major, instance->minor, instance->ino, instance->born);
  written = write(fd, line, (size_t)n);
  if (written == n)
    return 0;
  /* what a full disk took of the line goes again: the next one would be put behind it, and no call read both */
  cc_error_set(err, written < 0 ? errno : ENOSPC, "bind the state of container `%s`", id);
  if (written > 0 && ftruncate(fd, st.st_size) < 0)
    cc_error_prefix(err, "cut back");
  return CC_FAILED;
}

int
cc_state_bind(const char *root, const char *id, struct cc_state *state, const struct cc_lowlevel_instance *instance,
              struct cc_error *err)
{
  cc_auto_close int dirfd = open_root(root, false, err);

  if (dirfd == -2)
    return cc_error_set(err, ENOENT, "open the state of container `%s`", id);
  if (dirfd < 0 || lock(dirfd, err) < 0 || bind_file(dirfd, id, state, instance, err) < 0)
    return CC_FAILED;
  state->bound = true;
  state->instance = *instance;
  return 0;
}

/* -- whose group -- */

/* False only when OTHER, a cgroupsPath of container ID, surely is another group than the absolute MINE. Where a
 * relative one is, what systemd makes of a name, and where a runtime puts a container without one differ by runtime and
 * version: but all of these groups are named by what is compared. */
static bool
may_be_same_group(const char *mine, const char *other, const char *id)
{
  cc_auto_free char *a = cc_path_clean(mine), *b = other[0] == '/' ? cc_path_clean(other) : NULL;
  const char *colon = strrchr(other, ':');

  if (a == NULL || (other[0] == '/' && b == NULL))
    return true;
  if (b != NULL)
    return strcmp(a, b) == 0;
  if (other[0] == '\0')
    return strstr(a, id) != NULL;
  return strstr(cc_path_base(a), colon != NULL ? colon + 1 : cc_path_base(other)) != NULL;
}

/* The state NAME ("ID.json") of another container. What cannot be read, or is of a version that did not write the group
 * down, may name any. */
static bool
may_name_group(int dirfd, const char *name, const char *group)
{
  cc_auto_free char *id = cc_xasprintf("%.*s", (int)(strlen(name) - 5), name);
  struct file file;
  const char *other;
  int found = read_file(dirfd, name, id, &file, NULL);
  bool may;

  if (found != 0)
    return found < 0;
  other = cc_jget_str(cc_json_root(file.doc), "cgroup");
  may = other == NULL || may_be_same_group(group, other, id);
  clear_file(&file);
  return may;
}

static DIR *
read_directory(int at, const char *name)
{
  cc_auto_close int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

  if (dir != NULL)
    fd = -1;
  return dir;
}

/* Another state than the file OWN, which is NULL in another root's directory. */
static bool
any_names_group(int top, const char *directory, const char *own, const char *group)
{
  DIR *dir = read_directory(top, directory);
  const struct dirent *entry;
  bool found = dir == NULL;

  while (!found && (entry = readdir(dir)) != NULL)
    {
      size_t n = strlen(entry->d_name);

      if (n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0 && (own == NULL || strcmp(entry->d_name, own) != 0))
        found = may_name_group(dirfd(dir), entry->d_name, group);
    }
  if (dir != NULL)
    closedir(dir);
  return found;
}

static bool
is_sole_group(int states, const char *root, const char *name, const char *group)
{
  DIR *top = read_directory(states, "..");
  const struct dirent *entry;
  bool sole = top != NULL;
  char own[20];

  cc_state_root_name(root, own, sizeof(own));
  while (sole && (entry = readdir(top)) != NULL)
    if (strlen(entry->d_name) == strlen(own))
      sole = !any_names_group(dirfd(top), entry->d_name, strcmp(entry->d_name, own) == 0 ? name : NULL, group);
  if (top != NULL)
    closedir(top);
  return sole;
}

int
cc_state_sole_group(const char *root, const char *id, const struct cc_state *state)
{
  cc_auto_close int dirfd = -1;
  char name[256];
  struct file file;
  bool ended;

  if (state->bound || state->cgroup[0] != '/')
    return -1;
  dirfd = open_root(root, false, NULL);
  if (dirfd < 0 || lock(dirfd, NULL) < 0)
    return -1;
  file_name(id, name, sizeof(name));
  if (read_file(dirfd, name, id, &file, NULL) != 0)
    return -1;
  ended = file.st.st_ino == state->file.ino && !file.bound && !has_creator(&file);
  clear_file(&file);
  return ended && is_sole_group(dirfd, root, name, state->cgroup) ? cc_move_fd(&dirfd) : -1;
}

int
cc_state_remove(const char *root, const char *id, struct cc_error *err)
{
  cc_auto_close int dirfd = open_root(root, false, err);
  char name[256];

  if (dirfd == -2)
    return 0;
  if (dirfd < 0)
    return CC_FAILED;
  file_name(id, name, sizeof(name));
  cc_replace_forget_at(dirfd, name);
  if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
    return cc_error_set(err, errno, "remove the state of container `%s`", id);
  return 0;
}
