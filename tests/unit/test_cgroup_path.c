/* Which group a container's limits may be set on. */
#include "shim/cgroup_path.h"

#include "common/own.h"
#include "host.h"

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Two hierarchies of cgroup v1, real but without a controller, and which of their groups have a process. */
static const struct
{
  const char *group;
  bool used;
} groups[] = {
  { "memory/docker", false },
  { "memory/docker/theirs", true },
  { "memory/docker/leftover", false },
  { "memory/one", false },
  { "memory/system.slice", false },
  { "memory/system.slice/docker-busy.scope", true },
  { "memory/a.slice", false },
  { "memory/a.slice/a-b.slice", false },
  { "memory/a.slice/a-b.slice/p-busy.scope", true },
  { "memory/p-busy.scope", true },
  { "pids/only-here", true },
};

static char top[PATH_MAX];
static pid_t processes[16];
static size_t process_count;

static void
add(const char *group)
{
  cc_auto_free char *procs = cc_xasprintf("%s/%s/cgroup.procs", top, group);
  cc_auto_file FILE *f = fopen(procs, "we");

  assert_non_null(f);
  fprintf(f, "%d\n", processes[process_count - 1]);
}

/* A process can be in one group of a hierarchy, so each used one gets its own. */
static void
start_process(void)
{
  pid_t process = fork();

  if (process == 0)
    {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      pause();
      _exit(0);
    }
  assert_true(process > 0);
  processes[process_count++] = process;
}

static void
set_up(void)
{
  cc_host_enter();
  snprintf(top, sizeof(top), "%s/cgroup", cc_host_dir());
  cc_host_mount("tmpfs", top, NULL);
  cc_host_mount("cgroup", cc_host_path("%s/memory", top), "none,name=closedclaw-a");
  cc_host_mount("cgroup", cc_host_path("%s/pids", top), "none,name=closedclaw-b");
  /* what is no hierarchy: crun 1.8.1 makes such directories where it misses cgroup2 */
  cc_host_file(cc_host_path("%s/unified/plain/cgroup.procs", top), "1\n");
  for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
    {
      cc_host_mkdir(cc_host_path("%s/%s", top, groups[i].group));
      if (groups[i].used)
        {
          start_process();
          add(groups[i].group);
        }
    }
}

/* The group of relative_to_the_runtime(), below the top. */
static char relative[PATH_MAX];

static void
remove_upwards(char *group)
{
  while (group[0] != '\0' && rmdir(cc_host_path("%s/%s", top, group)) == 0 && strrchr(group, '/') != NULL)
    *strrchr(group, '/') = '\0';
}

/* Groups stay in their hierarchy when it is unmounted. */
static void
tear_down(void)
{
  for (size_t i = 0; i < process_count; i++)
    {
      kill(processes[i], SIGKILL);
      waitpid(processes[i], NULL, 0);
    }
  remove_upwards(relative);
  for (size_t i = sizeof(groups) / sizeof(groups[0]); i-- > 0;)
    rmdir(cc_host_path("%s/%s", top, groups[i].group));
  cc_host_umount(cc_host_path("%s/memory", top));
  cc_host_umount(cc_host_path("%s/pids", top));
  cc_host_umount(top);
  cc_host_leave();
}

static bool
is_refused(const char *path, const char *root)
{
  struct cc_error err = CC_ERROR_INIT;
  int result = cc_cgroup_path_judge(path, root, &err);

  if (result < 0 && strcmp(err.rule, "cgroup-path") != 0)
    fail_msg("%s: [%s] %s", path, err.rule, err.msg);
  if (result < 0)
    assert_non_null(strchr(err.msg, ';'));
  return result < 0;
}

static void
texts(void **state)
{
  static const char *const taken[]
      = { "/docker/0123",  "system.slice:docker:0123",
          "a/b",           "/a..b/..c",
          ":docker:0123",  "system.slice:docker:x.y",
          "-.slice",       "/x.slice/y.slice",
          "x-y.slice:p:n", "/sub:dir/0123" },
      *const refused[]
      = { "/",           "/./.", "///", "..", "../x", "/docker/../system.slice", "/docker/..", "a.slice:p:system.slice",
          "::user.slice" };

  (void)state;
  for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
    if (is_refused(taken[i], "/nonexistent"))
      fail_msg("%s is refused", taken[i]);
  for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
    if (!is_refused(refused[i], "/nonexistent"))
      fail_msg("%s is taken", refused[i]);
}

/* crun 1.8.1 gave the processes of such a group the container's limits and killed them at delete; runc 1.1.5 looks into
 * the devices hierarchy alone. */
static void
groups_of_others(void **state)
{
  static const struct
  {
    const char *path;
    bool refused;
  } rows[] = {
    { "/docker/new", false },
    { "/docker/leftover", false },
    { "/docker/theirs", true },
    { "//docker/./theirs/", true },
    { "/docker/theirs/x", false }, /* its own limits hold, inside of theirs */
    { "/docker", true },
    { "/only-here", true },
    { "/one", false },
    { "docker/theirs", true },
    { "docker/new", false },
    { "system.slice:docker:busy", true },
    { ":docker:busy", true },
    { "system.slice:docker:new", false },
    { "a-b.slice:p:busy", true },
    { "a-b.slice:p:new", false },
    { "a-c.slice:p:busy", false },
    { "-.slice:p:busy", true },
    { "a.slice:p:busy", false },
    { "/docker/cgroup.procs", false }, /* no directory: the runtime fails */
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    if (is_refused(rows[i].path, top) != rows[i].refused)
      fail_msg("%s is %s", rows[i].path, rows[i].refused ? "taken" : "refused");
}

/* To runc a relative path begins at its own group on cgroup v1, and beside it on v2. */
static void
relative_to_the_runtime(void **state)
{
  cc_auto_file FILE *f = fopen("/proc/self/cgroup", "re");
  char line[1024] = "", *own = NULL;

  (void)state;
  assert_non_null(f);
  while (own == NULL && fgets(line, sizeof(line), f) != NULL)
    {
      line[strcspn(line, "\n")] = '\0';
      own = strchr(strchr(line, ':') + 1, ':') + 1;
    }
  assert_non_null(own);
  assert_false(is_refused("mine", top));
  snprintf(relative, sizeof(relative), "pids%s/mine", strcmp(own, "/") == 0 ? "" : own);
  cc_host_mkdir(cc_host_path("%s/%s", top, relative));
  assert_false(is_refused("mine", top));
  start_process();
  add(relative);
  assert_true(is_refused("mine", top));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(texts),
    cmocka_unit_test(groups_of_others),
    cmocka_unit_test(relative_to_the_runtime),
  };

  int failed;

  set_up();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  tear_down();
  return failed;
}
