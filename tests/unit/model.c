#include "model.h"

#include "common/fd.h"
#include "common/own.h"
#include "host.h"
#include "policy/seccomp_merge.h"
#include "seccomp_eval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT cc_host_path
#define GROUPS "/sys/fs/cgroup"
#define OWN_NAMESPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

static void
need(bool ok, const char *what)
{
  if (ok)
    return;
  perror(what);
  abort();
}

static void
write_text(const char *path, const char *text)
{
  int fd = open(path, O_WRONLY | O_CLOEXEC);

  need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
  close(fd);
}

/* -- cgroups -- */

static const char *const controllers[] = { "memory", "pids", "cpu", "devices" };
static bool unified;
static char group_name[64]; /* "/cc-unit-1234" */

static const char *
group_path(const char *controller, const char *below)
{
  return unified ? AT("%s%s%s", GROUPS, group_name, below) : AT("%s/%s%s%s", GROUPS, controller, group_name, below);
}

static bool
has_file(const char *controller, const char *name)
{
  return access(AT("%s/%s", group_path(controller, "/box"), name), F_OK) == 0;
}

void
model_set_limit(const char *controller, const char *v1, const char *v2, const char *text)
{
  write_text(AT("%s/%s", group_path(controller, "/box"), unified ? v2 : v1), text);
}

bool
model_is_unified(void)
{
  return unified;
}

static void
make_groups(void)
{
  struct statfs fs;

  need(statfs(GROUPS, &fs) == 0, GROUPS);
  unified = fs.f_type == CGROUP2_SUPER_MAGIC;
  snprintf(group_name, sizeof(group_name), "/cc-unit-%d", getpid());
  for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++)
    {
      need(mkdir(group_path(controllers[i], ""), 0755) == 0 || errno == EEXIST, "make a cgroup");
      if (unified && i == 0)
        write_text(group_path("", "/cgroup.subtree_control"), "+memory +pids +cpu");
    }
}

static void
limit_groups(void)
{
  char number[32];

  for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++)
    {
      need(mkdir(group_path(controllers[i], "/box"), 0755) == 0 || errno == EEXIST, "make a cgroup");
      need(mkdir(group_path(controllers[i], "/other"), 0755) == 0 || errno == EEXIST, "make a cgroup");
    }
  snprintf(number, sizeof(number), "%u", MODEL_MEMORY);
  model_set_limit("memory", "memory.limit_in_bytes", "memory.max", number);
  if (!unified && has_file("memory", "memory.memsw.limit_in_bytes"))
    model_set_limit("memory", "memory.memsw.limit_in_bytes", "", number);
  if (unified && has_file("memory", "memory.swap.max"))
    model_set_limit("memory", "", "memory.swap.max", "0");
  snprintf(number, sizeof(number), "%d", MODEL_PIDS);
  model_set_limit("pids", "pids.max", "pids.max", number);
  if (unified || has_file("cpu", "cpu.cfs_quota_us"))
    model_set_limit("cpu", "cpu.cfs_quota_us", "cpu.max", unified ? "50000 100000" : "50000");
}

/* A killed process leaves its group a moment later. */
static void
remove_groups(void)
{
  static const char *const names[] = { "/box", "/other", "" };

  for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++)
    for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
      for (int tries = 0; tries < 200 && rmdir(group_path(controllers[i], names[k])) < 0 && errno == EBUSY; tries++)
        usleep(10000);
}

/* BELOW: "/box", or "" for the root of the hierarchies. */
static void
join(pid_t pid, const char *below)
{
  char number[32];

  snprintf(number, sizeof(number), "%d", pid);
  for (size_t i = 0; i < (unified ? 1 : sizeof(controllers) / sizeof(controllers[0])); i++)
    {
      const char *root = unified ? GROUPS : AT("%s/%s", GROUPS, controllers[i]);

      write_text(AT("%s/cgroup.procs", below[0] != '\0' ? group_path(controllers[i], below) : root), number);
    }
}

/* -- the filter -- */

static struct seccomp_filter filter;

static void
compile(const char *profile)
{
  struct cc_seccomp_options opt = { .network_none = true };
  cc_auto_json struct cc_json *doc = NULL;
  struct cc_jval *made = NULL;

  seccomp_filter_free(&filter);
  if (profile == NULL)
    {
      doc = cc_json_new();
      need(cc_seccomp_intersect(doc, NULL, &opt, &made, NULL) == 0, "the built-in profile");
    }
  else
    {
      need(cc_json_parse(profile, strlen(profile), "profile", &doc, NULL) == 0, "a profile");
      made = cc_json_root(doc);
    }
  need(seccomp_filter_compile(made, seccomp_arch_native(), &filter) == 0, "compile a profile");
}

const char *
model_directory(void)
{
  return AT("@/low/box");
}

static void
write_filter(void)
{
  int fd = open(AT("@/low/box/seccomp.bpf"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
  ssize_t length = (ssize_t)(filter.count * sizeof(*filter.code));

  need(fd >= 0 && write(fd, filter.code, (size_t)length) == length, "seccomp.bpf");
  close(fd);
}

/* -- the container: what follows runs in it -- */

static void
mount_it(const char *source, const char *at, const char *type, unsigned long flags, const char *data)
{
  need(mount(source, AT("@/c/rootfs%s", at), type, flags, data) == 0, at);
}

static void
bind_it(const char *source, const char *at, unsigned long flags)
{
  mount_it(AT("@/c%s", source), at, NULL, MS_BIND, NULL);
  if (flags != 0)
    mount_it(NULL, at, NULL, MS_BIND | MS_REMOUNT | flags, NULL);
}

static void
make_node(const char *name, unsigned major, unsigned minor)
{
  need(mknod(AT("@/c/rootfs/dev/%s", name), S_IFCHR | 0666, makedev(major, minor)) == 0, name);
}

static void
mount_all(void)
{
  bool proc_too = getpid() == 1; /* another one would be of the host's processes */

  need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make / private");
  mount_it(AT("@/c/rootfs"), "", NULL, MS_BIND | MS_REC, NULL);
  mount_it("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m");
  if (proc_too)
    mount_it("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  else
    bind_it("/none", "/proc", 0);
  mount_it("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=755,size=64k");
  make_node("null", 1, 3);
  make_node("full", 1, 7);
  bind_it("/source", "/data", MS_RDONLY | MS_NOSUID | MS_NODEV);
  bind_it("/inner", "/srv/inner", MS_NOSUID | MS_NODEV);
  bind_it("/hosts", "/etc/hosts", 0);
  bind_it("/linked", "/real/place", MS_NOSUID | MS_NODEV);
  mount_it(unified ? "cgroup2" : "cgroup", "/groups", unified ? "cgroup2" : "cgroup",
           MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, unified ? NULL : "memory");
  mount_it("tmpfs", "/hidden", "tmpfs", MS_RDONLY, NULL);
  if (!proc_too)
    return;
  mount_it(AT("@/c/rootfs/dev/null"), "/proc/keys", NULL, MS_BIND, NULL);
  mount_it(AT("@/c/rootfs/proc/sys"), "/proc/sys", NULL, MS_BIND, NULL);
  mount_it(NULL, "/proc/sys", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

static void
change_root(void)
{
  need(chdir(AT("@/c/rootfs")) == 0, "chdir");
  need(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
  need(umount2(".", MNT_DETACH) == 0, "umount of the old root");
  need(chdir("/") == 0, "chdir");
  need(mount(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0, "make / read-only");
}

void
model_drop(uid_t uid, gid_t gid, uint64_t keep)
{
  struct rlimit none = { 0, 0 };
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct sets[2];

  need(setrlimit(RLIMIT_CORE, &none) == 0, "setrlimit");
  for (unsigned long c = 0; c < 64 && prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
    if ((keep >> c & 1) == 0)
      prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
  need(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0, "keep capabilities");
  need(setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0, "become a user");
  for (int i = 0; i < 2; i++)
    sets[i] = (struct __user_cap_data_struct){ (uint32_t)(keep >> 32 * i), (uint32_t)(keep >> 32 * i),
                                               (uint32_t)(keep >> 32 * i) };
  need(syscall(SYS_capset, &header, sets) == 0, "set capabilities");
  for (unsigned long c = 0; c < 64; c++)
    if ((keep >> c & 1) != 0)
      need(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c, 0, 0) == 0, "an ambient capability");
  need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
}

static void
load(void)
{
  struct sock_fprog program = { .len = (unsigned short)filter.count, .filter = filter.code };

  need(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0, "load the filter");
}

static void
wait_for(int fd)
{
  char byte;

  need(read(fd, &byte, 1) == 1, "read a pipe");
}

static void
become(const struct model_change *change, int joined, int ready)
{
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  need(close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) == 0, "mark what the test itself has inherited");
  wait_for(joined);
  if ((change->shared & CLONE_NEWCGROUP) == 0)
    need(unshare(CLONE_NEWCGROUP) == 0, "a cgroup namespace");
  if ((change->shared & CLONE_NEWNS) == 0)
    {
      mount_all();
      change_root();
    }
  if (change->mounts != NULL)
    change->mounts();
  if (change->user_namespace)
    need(unshare(CLONE_NEWUSER) == 0, "a user namespace");
  if (change->privileges != NULL)
    change->privileges();
  else if (!change->user_namespace)
    model_drop(MODEL_UID, MODEL_UID, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* again: becoming another user takes it away */
  if (!change->no_filter && !change->filter_in_file)
    load();
  need(write(ready, "x", 1) == 1, "write a pipe");
  for (;;)
    pause();
}

/* -- what is expected -- */

#define SPEC                                                                                                           \
  "{'root':{'path':'rootfs','readonly':true},'process':{'user':{'uid':65532,'gid':65532},'noNewPrivileges':true,"      \
  "'capabilities':{}},'linux':{'seccomp':{},'cgroupsPath':'%s/box','namespaces':[{'type':'mount'},{'type':'pid'},"     \
  "{'type':'ipc'},{'type':'uts'},{'type':'network'},{'type':'cgroup'}],'maskedPaths':['/proc/keys','/hidden',"         \
  "'/proc/none'],'readonlyPaths':['/proc/sys','/proc/nothing'],'devices':[]},'mounts':["                               \
  "{'destination':'/tmp','type':'tmpfs','source':'tmpfs','options':['nosuid','nodev','size=1m']},"                     \
  "{'destination':'/proc','type':'proc','source':'proc','options':['nosuid','nodev','noexec']},"                       \
  "{'destination':'/dev','type':'tmpfs','source':'tmpfs','options':['nosuid','mode=755','size=64k']},"                 \
  "{'destination':'/data','type':'bind','source':'x','options':['rbind','ro','nosuid','nodev']},"                      \
  "{'destination':'/srv/inner','type':'bind','source':'x','options':['bind','nosuid','nodev']},"                       \
  "{'destination':'/etc/hosts','type':'bind','source':'%s','options':['rbind']},"                                      \
  "{'destination':'/link/place','type':'bind','source':'x','options':['rbind','nosuid','nodev']},"                     \
  "{'destination':'/groups','type':'cgroup','source':'cgroup','options':['ro','nosuid','nodev','noexec']}]}"

static struct cc_json *
parse_spec(void)
{
  cc_auto_free char *text = cc_xasprintf(SPEC, group_name, AT("@/c/hosts"));
  struct cc_json *doc = NULL;

  for (char *p = text; *p != '\0'; p++)
    if (*p == '\'')
      *p = '"';
  need(cc_json_parse(text, strlen(text), "the model", &doc, NULL) == 0, "parse the model");
  return doc;
}

static void
pin(struct cc_pins *pins, struct cc_json *doc, const char *destination, const char *source, bool read_only)
{
  struct cc_pin pin = { .fd = open(source, O_PATH | O_CLOEXEC), .read_only = read_only };

  cc_jeach(m, cc_jget(cc_json_root(doc), "mounts")) if (strcmp(cc_jget_str(m, "destination"), destination) == 0)
      pin.mount
      = m;
  need(pin.fd >= 0 && pin.mount != NULL && cc_pins_add(pins, &pin, NULL) == 0, source);
}

static void
work_out(struct model *m)
{
  static struct cc_ulimit core = { (char *)"RLIMIT_CORE", 0, 0 };
  cc_auto_json struct cc_json *doc = parse_spec();
  cc_auto_close int rootfs = open(AT("@/c/rootfs"), O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct cc_pins pins = CC_PINS_INIT;
  struct cc_error err = CC_ERROR_INIT;
  struct cc_expect_source source
      = { .spec = cc_json_root(doc), .pins = &pins, .rootfs_fd = rootfs, .network_none = true };

  pin(&pins, doc, "/data", AT("@/c/source"), true);
  pin(&pins, doc, "/srv/inner", AT("@/c/inner"), false);
  pin(&pins, doc, "/link/place", AT("@/c/linked"), false);
  if (cc_expect_make(&source, &m->expect, &err) < 0)
    fail_msg("%s", err.msg);
  cc_pins_clear(&pins);
  m->limits = (struct cc_attest_limits){ { MODEL_MEMORY, MODEL_MEMORY, MODEL_PIDS, 0.5, 100000 }, &core, 1 };
  if (unified ? !has_file("memory", "memory.swap.max") : !has_file("memory", "memory.memsw.limit_in_bytes"))
    m->limits.caps.memory_swap = 0;
  if (!unified && !has_file("cpu", "cpu.cfs_quota_us"))
    m->limits.caps.cpus = 0;
}

/* -- cases -- */

int
model_setup(void **state)
{
  (void)state;
  cc_host_enter();
  for (size_t i = 0; i < 9; i++)
    cc_host_mkdir(AT("@/c/rootfs/%s", ((const char *[]){ "proc", "dev", "tmp", "data", "srv/inner", "real/place",
                                                         "groups", "hidden", "free" })[i]));
  cc_host_mkdir(AT("@/c/source/below"));
  cc_host_mkdir(AT("@/c/inner"));
  cc_host_mkdir(AT("@/c/linked"));
  cc_host_mkdir(AT("@/c/none"));
  cc_host_mkdir(AT("@/low/box"));
  cc_host_file(AT("@/c/hosts"), "hosts");
  cc_host_file(AT("@/c/rootfs/etc/hosts"), "");
  cc_host_file(AT("@/c/rootfs/hidden/secret"), "secret");
  need(symlink("/real", AT("@/c/rootfs/link")) == 0, "a link of the image");
  make_groups();
  return 0;
}

/* Of a test that failed before its end. */
static pid_t alive[8];

static void
note_alive(pid_t before, pid_t after)
{
  for (size_t i = 0; i < sizeof(alive) / sizeof(alive[0]); i++)
    if (alive[i] == before)
      {
        alive[i] = after;
        return;
      }
}

int
model_teardown(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof(alive) / sizeof(alive[0]); i++)
    if (alive[i] != 0 && kill(alive[i], SIGKILL) == 0)
      waitpid(alive[i], NULL, 0);
  remove_groups();
  seccomp_filter_free(&filter);
  cc_host_leave();
  return 0;
}

void
model_begin(struct model *m, const struct model_change *change)
{
  static const struct model_change none;
  int joined[2], ready[2], held = -1;

  change = change != NULL ? change : &none;
  limit_groups();
  compile(change->profile);
  unlink(AT("@/low/box/seccomp.bpf"));
  memset(m, 0, sizeof(*m));
  work_out(m);
  need(pipe2(joined, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0, "pipe");
  if (change->filter_in_file)
    {
      write_filter();
      held = open(AT("@/low/box/seccomp.bpf"), O_RDONLY | O_CLOEXEC);
    }
  m->pid
      = (pid_t)syscall(SYS_clone, (long)((OWN_NAMESPACES & ~CLONE_NEWCGROUP & ~change->shared) | SIGCHLD), 0, 0, 0, 0);
  need(m->pid >= 0, "clone (the tests need root)");
  if (m->pid == 0)
    become(change, joined[0], ready[1]);
  note_alive(0, m->pid);
  close(joined[0]);
  close(ready[1]);
  cc_cleanup_close(&held);
  join(m->pid, change->cgroup != NULL ? change->cgroup : "/box");
  need(write(joined[1], "x", 1) == 1, "write a pipe");
  wait_for(ready[0]);
  close(joined[1]);
  close(ready[0]);
  m->subject = (struct cc_attest_subject){ m->pid, (int)syscall(SYS_pidfd_open, m->pid, 0),
                                           open(AT("@/low/box"), O_PATH | O_DIRECTORY | O_CLOEXEC) };
  need(m->subject.pidfd >= 0 && m->subject.directory >= 0, "open the container");
}

void
model_kill(struct model *m)
{
  if (m->pid == 0)
    return;
  kill(m->pid, SIGKILL);
  need(waitpid(m->pid, NULL, 0) == m->pid, "wait");
  note_alive(m->pid, 0);
  m->pid = 0;
}

void
model_end(struct model *m)
{
  model_kill(m);
  close(m->subject.pidfd);
  close(m->subject.directory);
  cc_expect_clear(&m->expect);
}

void
model_enter(const struct model *m, void (*change)(void))
{
  pid_t child = fork();
  int status;

  need(child >= 0, "fork");
  if (child == 0)
    {
      int fd = open(AT("/proc/%d/ns/mnt", m->pid), O_RDONLY | O_CLOEXEC);

      need(fd >= 0 && setns(fd, CLONE_NEWNS) == 0, "enter the mount namespace");
      change();
      _exit(0);
    }
  need(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0, "the change");
}

void
model_is_as_expected(const struct model *m)
{
  struct cc_error err = CC_ERROR_INIT;

  if (cc_attest(&m->subject, &m->expect, &m->limits, &err) != 0)
    fail_msg("[%s] %s", err.rule, err.msg);
}

void
model_differs(const struct model *m, const char *text)
{
  struct cc_error err = CC_ERROR_INIT;

  if (cc_attest(&m->subject, &m->expect, &m->limits, &err) == 0)
    fail_msg("no difference, but `%s`", text);
  if (strcmp(err.rule, "attest") != 0 || strstr(err.msg, text) == NULL)
    fail_msg("not `%s`: [%s] %s", text, err.rule, err.msg);
  assert_non_null(strstr(err.msg, "; recreate the container"));
  assert_non_null(strchr(err.msg, ':'));
}

void
model_case(const struct model_change *change, void (*entered)(void), const char *text)
{
  struct model m;

  model_begin(&m, change);
  if (entered != NULL)
    model_enter(&m, entered);
  if (text != NULL)
    model_differs(&m, text);
  else
    model_is_as_expected(&m);
  model_end(&m);
}
