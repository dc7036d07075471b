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
  (void)state;
  assert_non_null(mkdtemp(top));
  return chmod(top, 0755);
}

static int
tear_down(void **state)
{
  cc_auto_free char *command = cc_xasprintf("rm -rf %s", top);

  (void)state;
  return system(command);
}

/* The rule of the refusal of `create` with OPTION VALUE in a bundle that is not there, "" for no refusal. */
static const char *
rule_of(const char *option, const char *value)
{
  static struct cc_error err;
  const char *argv[] = { "closedclaw-runtime", option, value, "create", "--bundle", "/nonexistent", "c1", NULL };
  struct cc_call call = { 0 };

  cc_error_clear(&err);
  assert_int_equal(cc_cmdline_parse(7, (char **)argv, &call.cmdline, &err), 0);
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
    assert_string_equal(rule_of("--rootless", values[i]), "cgroup-path");
  assert_string_equal(rule_of("--cgroup-manager", "disabled"), "cgroup-path");
  assert_string_equal(rule_of("--rootless", "false"), "");
  assert_string_equal(rule_of("--rootless", "auto"), "");
  assert_string_equal(rule_of("--cgroup-manager", "systemd"), "");
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
    cmocka_unit_test(way_to_the_bundle),
    cmocka_unit_test(no_file_in_the_bundle),
  };

  return cmocka_run_group_tests(tests, set_up, tear_down);
}
