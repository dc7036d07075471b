/* Hooks. */
#include "trial.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#define HOOK(stage, path, more) "{'hooks':{'" stage "':[{'path':'" path "'" more "}]}}"
#define SETKEY ",'args':['libnetwork-setkey','-exec-root=/var/run/docker','id','key']"

static void
hooks(void **state)
{
  static const struct trial_row rows[] = {
    { "Docker's network", HOOK("prestart", "/proc/1043/exe", SETKEY), NULL, "hooks", "{}" },
    { "no hooks", "{}", NULL, "", "{}" },
    { "empty lists", "{'hooks':{'prestart':[],'poststop':[]}}", NULL, "hooks", "{}" },
    { "Docker's at another stage", HOOK("createRuntime", "/proc/1043/exe", SETKEY), "hook", NULL, NULL },
    { "not the engine's program", HOOK("prestart", "/proc/self/exe", SETKEY), "hook", NULL, NULL },
    { "a program behind a number", HOOK("prestart", "/proc/1043/exe/../../../tmp/x", SETKEY), "hook", NULL, NULL },
    { "a program in its root", HOOK("prestart", "/proc/1043/root/exe", SETKEY), "hook", NULL, NULL },
    { "no number", HOOK("prestart", "/proc//exe", SETKEY), "hook", NULL, NULL },
    { "its name, another program", HOOK("prestart", "/bin/sh", SETKEY), "hook", NULL, NULL },
    { "another command of Docker", HOOK("prestart", "/proc/1/exe", ",'args':['dockerd']"), "hook", NULL, NULL },
    { "no arguments", HOOK("prestart", "/proc/1/exe", ""), "hook", NULL, NULL },
    { "nvidia's, without gpus", HOOK("prestart", "/usr/bin/nvidia-container-runtime-hook", ""), "hook", NULL, NULL },
    { "a stage of tomorrow", HOOK("preStop", "/bin/true", ""), "hook", NULL, NULL },
    { "a stage with a sign", HOOK("&prestart", "/proc/1/exe", SETKEY), "hook", NULL, NULL },
    { "an empty unknown stage", "{'hooks':{'preStop':[]}}", NULL, "hooks", "{'preStop':[]}" },
    { "no path", "{'hooks':{'poststop':[{}]}}", "hook", NULL, NULL },
    { "one beside Docker's", "{'hooks':{'prestart':[{'path':'/proc/1/exe'" SETKEY "},{'path':'/bin/true'}]}}", "hook",
      NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_hooks);
}

static void
every_stage(void **state)
{
  static const char *const stages[]
      = { "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop" };

  (void)state;
  for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
    {
      char spec[200];
      const struct trial_row row = { stages[i], spec, "hook", NULL, NULL };

      snprintf(spec, sizeof(spec), "{'hooks':{'%s':[{'path':'/bin/true'}]}}", stages[i]);
      trial_rows(&row, 1, cc_harden_hooks);
    }
}

/* CVE-2025-23266: what is kept has an environment of its own. */
static void
kept(void **state)
{
  struct trial t;

  (void)state;
  trial_begin(&t, HOOK("prestart", "/usr/bin/nvidia-container-runtime-hook",
                       ",'args':['nvidia-container-runtime-hook','prestart'],'env':['A=1','LD_PRELOAD=/tmp/x.so']"));
  free(t.policy.gpus);
  t.policy.gpus = strdup("all");
  assert_null(trial_run(&t, cc_harden_hooks));
  assert_int_equal(cc_jget(cc_jpath(t.h.spec, "hooks.prestart")->first, "env")->count, 1);
  assert_true(cc_jis(cc_jget(cc_jpath(t.h.spec, "hooks.prestart")->first, "env"), CC_JSON_ARRAY));
  trial_end(&t);
}

static const char *
rule_with_gpus(const char *path, const char *arguments)
{
  char spec[200];
  const char *rule;
  struct trial t;

  snprintf(spec, sizeof(spec), HOOK("createContainer", "%s", ",'args':[%s]"), path, arguments);
  trial_begin(&t, spec);
  free(t.policy.gpus);
  t.policy.gpus = strdup("all");
  rule = trial_run(&t, cc_harden_hooks);
  trial_end(&t);
  return rule;
}

/* The programs are installed for more than hooks. */
static void
nvidias_commands(void **state)
{
  (void)state;
  assert_null(rule_with_gpus("/usr/bin/nvidia-ctk", "'nvidia-ctk','hook','update-ldcache'"));
  assert_null(rule_with_gpus("/usr/bin/nvidia-cdi-hook", "'nvidia-cdi-hook','update-ldcache'"));
  assert_string_equal(rule_with_gpus("/usr/bin/nvidia-ctk", "'nvidia-ctk','runtime','configure'"), "hook");
  assert_string_equal(rule_with_gpus("/usr/bin/nvidia-ctk", "'hook'"), "hook");
  assert_string_equal(rule_with_gpus("/usr/bin/nvidia-container-toolkit", "'x','-config','/tmp/x','prestart'"), "hook");
}

/* The rule of a network hook of the program NAME, run from a copy by the process that the hook names. */
static const char *
rule_of_program(const char *name, mode_t mode, int namespaces)
{
  char directory[] = "/tmp/closedclaw-hooks-XXXXXX", path[60], command[120], spec[200];
  const char *rule;
  struct trial t;
  pid_t child;
  int ready[2];
  char byte;

  assert_non_null(mkdtemp(directory));
  snprintf(path, sizeof(path), "%s/%s", directory, name);
  snprintf(command, sizeof(command), "cp /bin/sleep %s", path);
  assert_int_equal(system(command), 0);
  assert_int_equal(chmod(path, mode), 0);
  assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
  child = (pid_t)syscall(SYS_clone, namespaces | SIGCHLD, NULL, NULL, NULL, NULL);
  assert_true(child >= 0);
  if (child == 0)
    {
      execl(path, name, "60", NULL);
      _exit(1);
    }
  close(ready[1]);
  assert_int_equal(read(ready[0], &byte, 1), 0); /* closed by execve */
  close(ready[0]);
  snprintf(spec, sizeof(spec), HOOK("prestart", "/proc/%d/exe", SETKEY), child);
  trial_begin(&t, spec);
  free(t.policy.network);
  t.policy.network = strdup("bridge");
  rule = trial_run(&t, cc_harden_hooks);
  trial_end(&t);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  unlink(path);
  rmdir(directory);
  return rule;
}

static void
programs(void **state)
{
  (void)state;
  if (geteuid() != 0)
    skip();
  assert_null(rule_of_program("dockerd", 0755, 0));
  assert_string_equal(rule_of_program("dockerd", 0777, 0), "hook");
  assert_string_equal(rule_of_program("dockerdx", 0755, 0), "hook");
  assert_string_equal(rule_of_program("sh", 0755, 0), "hook");
  assert_string_equal(rule_of_program("dockerd", 0755, CLONE_NEWPID), "hook"); /* in a container */
}

int
main(void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test(hooks), cmocka_unit_test(every_stage), cmocka_unit_test(kept),
                                      cmocka_unit_test(nvidias_commands), cmocka_unit_test(programs) };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
