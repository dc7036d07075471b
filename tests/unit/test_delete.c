/* What delete does with a state that cannot be believed, and with an id that is a path. */
#include "common/own.h"
#include "host.h"
#include "policy/config.h"
#include "shim/call.h"
#include "shim/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROOT "/run/low"
#define CONFIG "/run/closedclaw.json5"

/* Calls delete, with /bin/true for the low-level runtime: the refusal's rule, or NULL when that was called. */
static const char *
rule_of_delete(bool force, const char *id)
{
  static struct cc_error err;
  const char *argv[] = { "closedclaw-runtime", "--root", ROOT, "delete", force ? "--force" : id, id, NULL };
  struct cc_call call = { 0 };
  int status;
  pid_t child;

  cc_error_clear(&err);
  assert_int_equal(cc_cmdline_parse(force ? 6 : 5, (char **)argv, &call.cmdline, &err), 0);
  child = fork();
  if (child == 0)
    _exit(cc_call_delete(&call, NULL) < 0 ? 77 : 1);
  assert_int_equal(waitpid(child, &status, 0), child);
  if (WEXITSTATUS(status) == 77)
    assert_true(cc_call_delete(&call, &err) < 0);
  cc_cmdline_clear(&call.cmdline);
  return WEXITSTATUS(status) == 0 ? NULL : err.rule;
}

/* crun 1.8.1 removes what it names. */
static void
path_for_an_id(void **state)
{
  static const char *const paths[] = { "..", ".", "../other", "/etc", "a/b" };

  (void)state;
  for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
    assert_string_equal(rule_of_delete(true, paths[i]), "argument");
  assert_null(rule_of_delete(true, "box"));
}

/* The state of "box", which others may write. */
static char *
make_open_state(void)
{
  char word[] = "", path[300];
  const struct cc_state state = { .managed = true,
                                  .low_level = word,
                                  .bundle = word,
                                  .apparmor = word,
                                  .selinux = word,
                                  .audit_file = word,
                                  .expect = word };
  FILE *pipe;

  assert_int_equal(cc_state_write(ROOT, "box", &state, NULL), 0);
  pipe = popen("find /run/closedclaw -name box.json", "r");
  assert_non_null(pipe);
  assert_non_null(fgets(path, sizeof(path), pipe));
  pclose(pipe);
  path[strcspn(path, "\n")] = '\0';
  assert_int_equal(chmod(path, 0666), 0);
  return cc_xstrdup(path);
}

/* It refuses execs as long as there is something to exec in, and is in nobody's way afterwards. */
static void
disbelieved_state(void **state)
{
  cc_auto_free char *path = make_open_state(), *record = NULL;
  char line[4096];
  unsigned long long start;
  FILE *stat_file = fopen("/proc/self/stat", "re");

  (void)state;
  assert_non_null(stat_file);
  assert_non_null(fgets(line, sizeof(line), stat_file));
  fclose(stat_file);
  assert_int_equal(sscanf(strrchr(line, ')'),
                          ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &start),
                   1);
  record = cc_xasprintf("{\"init_process_pid\":%d,\"init_process_start\":%llu}", (int)getpid(), start);
  cc_host_file(ROOT "/box/state.json", record);
  assert_null(rule_of_delete(false, "box"));
  assert_int_equal(access(path, F_OK), 0);
  assert_null(rule_of_delete(true, "box"));
  assert_int_equal(access(path, F_OK), -1);

  free(cc_move_ptr(path));
  assert_int_equal(unlink(ROOT "/box/state.json"), 0);
  assert_int_equal(rmdir(ROOT "/box"), 0);
  path = make_open_state();
  assert_null(rule_of_delete(false, "box"));
  assert_int_equal(access(path, F_OK), -1);
}

int
main(void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test(path_for_an_id), cmocka_unit_test(disbelieved_state) };
  int failed;

  cc_host_enter();
  cc_host_mount("tmpfs", "/run", "mode=755");
  cc_host_mkdir(ROOT);
  cc_host_file(CONFIG, "{runtime: {lowLevel: ['/bin/true']}}");
  setenv(CC_CONFIG_ENV, CONFIG, 1);
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
