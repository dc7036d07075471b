/* What create and run refuse before the configuration is hardened: arguments, and the bundle's place. */
#include "common/own.h"
#include "shim/bundle.h"
#include "shim/call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "/tmp/closedclaw-create-XXXXXX";

static char *
make_directory(const char *name, uid_t uid, mode_t mode)
{
  char *path = cc_xasprintf("%s/%s", top, name);

  assert_int_equal(mkdir(path, 0700), 0);
  assert_int_equal(chown(path, uid, (gid_t)-1), 0);
  assert_int_equal(chmod(path, mode), 0);
  return path;
}

static int
set_up(void **state)
{
  cc_auto_free char *config = NULL;
  cc_auto_file FILE *f = NULL;

  (void)state;
  assert_non_null(mkdtemp(top));
  assert_int_equal(chmod(top, 0755), 0);
  free(make_directory("any", geteuid(), 0755));
  free(make_directory("any/rootfs", geteuid(), 0755));
  config = cc_xasprintf("%s/any/config.json", top);
  f = fopen(config, "we");
  assert_non_null(f);
  return fputs("{\"process\":{},\"linux\":{},\"root\":{\"path\":\"rootfs\"}}", f) < 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
  cc_auto_free char *command = cc_xasprintf("rm -rf %s", top);

  (void)state;
  return system(command);
}

/* The rule of the refusal of a create with these arguments. The bundle shares everything with the host, so that there
 * is always one, and of an option only when the option is what is refused. */
static const char *
rule_of(const char *before, const char *value, const char *after, const char *after_value)
{
  static struct cc_error err;
  cc_auto_free char *bundle = cc_xasprintf("%s/any", top), *root = cc_xasprintf("%s/root", top);
  const char *given[]
      = { "closedclaw-runtime", "--root", root, before, value, "create", after, after_value, "--bundle", bundle, "c1" },
      *argv[sizeof(given) / sizeof(given[0]) + 1];
  struct cc_call call = { 0 };
  int n = 0;

  for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
    if (given[i] != NULL)
      argv[n++] = given[i];
  argv[n] = NULL;
  cc_error_clear(&err);
  assert_int_equal(cc_cmdline_parse(n, (char **)argv, &call.cmdline, &err), 0);
  assert_true(cc_call_create(&call, &err) < 0);
  cc_cmdline_clear(&call.cmdline);
  free(call.audit_file);
  return err.rule;
}

static void
without_cgroups(void **state)
{
  static const char *const values[] = { "true", "True", "TRUE", "t", "T", "1" };

  (void)state;
  if (geteuid() != 0)
    skip();
  for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
    assert_string_equal(rule_of("--rootless", values[i], NULL, NULL), "cgroup-path");
  assert_string_equal(rule_of("--cgroup-manager", "disabled", NULL, NULL), "cgroup-path");
  assert_string_equal(rule_of("--rootless", "false", NULL, NULL), "namespace-network");
  assert_string_equal(rule_of("--rootless", "auto", NULL, NULL), "namespace-network");
  assert_string_equal(rule_of("--cgroup-manager", "systemd", NULL, NULL), "namespace-network");
}

static void
options(void **state)
{
  static const struct
  {
    const char *option, *value, *rule;
  } rows[] = {
    { "--no-pivot", NULL, "no-pivot" },
    { "--preserve-fds", "1", "preserve-fds" },
    { "--preserve-fds", "00", "preserve-fds" },
    { "--preserve-fds", "0", "namespace-network" },
    { "--config", "/x", "argument" },
    /* these are the engine's business; the keyring's is taken out when the call is handed on */
    { "--no-new-keyring", NULL, "namespace-network" },
    { "--pid-file", "/x", "namespace-network" },
    { "--console-socket", "/x", "namespace-network" },
    { "--pidfd-socket", "/x", "namespace-network" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    if (strcmp(rule_of(NULL, NULL, rows[i].option, rows[i].value), rows[i].rule) != 0)
      fail_msg("%s %s: %s", rows[i].option, rows[i].value != NULL ? rows[i].value : "",
               rule_of(NULL, NULL, rows[i].option, rows[i].value));
  assert_string_equal(rule_of("--systemd-cgroup", NULL, NULL, NULL), "namespace-network");
}

static const char *
bundle_rule(const char *name)
{
  static struct cc_error err;
  cc_auto_free char *path = cc_xasprintf("%s/%s", top, name);
  struct cc_bundle bundle;

  cc_error_clear(&err);
  assert_true(cc_bundle_open(path, &bundle, &err) < 0); /* there is no config.json */
  return err.rule;
}

/* The low-level runtime opens the bundle by its path once more. */
static void
way_to_the_bundle(void **state)
{
  (void)state;
  if (geteuid() != 0)
    skip();
  free(make_directory("ours", 0, 0755));
  free(make_directory("ours/b", 0, 0755));
  free(make_directory("open", 0, 0777));
  free(make_directory("open/b", 0, 0755));
  free(make_directory("open/b/c", 0, 0755));
  free(make_directory("sticky", 0, 01777));
  free(make_directory("sticky/b", 0, 0755));
  free(make_directory("theirs", 1000, 0755));
  free(make_directory("theirs/b", 0, 0755));
  assert_string_equal(bundle_rule("ours/b"), "");
  assert_string_equal(bundle_rule("sticky/b"), "");
  assert_string_equal(bundle_rule("open/b"), "bundle");
  assert_string_equal(bundle_rule("open/b/c"), "bundle");
  assert_string_equal(bundle_rule("theirs/b"), "bundle");
}

/* What is no file says something else to the low-level runtime, or is another's. */
static void
no_file_in_the_bundle(void **state)
{
  cc_auto_free char *linked = make_directory("linked", 0, 0755), *piped = make_directory("piped", 0, 0755);
  cc_auto_free char *link = cc_xasprintf("%s/config.json", linked), *fifo = cc_xasprintf("%s/config.json", piped);

  (void)state;
  assert_int_equal(symlink("/etc/passwd", link), 0);
  assert_int_equal(mkfifo(fifo, 0600), 0);
  assert_string_equal(bundle_rule("linked"), "bundle");
  assert_string_equal(bundle_rule("piped"), "bundle");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_cgroups),
    cmocka_unit_test(options),
    cmocka_unit_test(way_to_the_bundle),
    cmocka_unit_test(no_file_in_the_bundle),
  };

  return cmocka_run_group_tests(tests, set_up, tear_down);
}
