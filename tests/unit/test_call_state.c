/* Which state a call believes. */
#include "common/own.h"
#include "host.h"
#include "shim/call_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT cc_host_path

static char low_level[] = "/usr/bin/runc", text[] = "";
static const struct cc_state written = {
  .managed = true, .low_level = low_level, .bundle = text, .apparmor = text, .selinux = text, .audit_file = text
};

static struct cc_error err;

/* The call SUB of container ID: what cc_call_state() says, and whether the state was bound. */
static int
ask(enum cc_subcommand sub, const char *id, bool automatic, bool *bound)
{
  struct cc_call call = { .cmdline = { .sub = sub, .sub_name = "x", .id = id }, .automatic = automatic };
  struct cc_state state;
  int found;

  call.cmdline.value[CC_OPT_ROOT] = AT("@/low");
  cc_error_clear(&err);
  found = cc_call_state(&call, &state, &err);
  if (found == 0)
    {
      assert_non_null(call.audit_file);
      *bound = state.bound;
      cc_state_clear(&state);
    }
  free(call.audit_file);
  return found;
}

static bool
is_on_disk_bound(void)
{
  struct cc_state state;
  bool bound;

  assert_int_equal(cc_state_read(AT("@/low"), "box", &state, &err), 0);
  bound = state.bound;
  cc_state_clear(&state);
  return bound;
}

static void
write_state(void)
{
  rmdir(AT("@/low/box"));
  assert_int_equal(cc_state_write(AT("@/low"), "box", &written, &err), 0);
}

static void
none(void **state)
{
  bool bound;

  (void)state;
  assert_int_equal(ask(CC_SUB_EXEC, "box", false, &bound), CC_FAILED);
  assert_string_equal(err.rule, "state");
  assert_int_equal(ask(CC_SUB_EXEC, "box", true, &bound), 1);
  assert_int_equal(ask(CC_SUB_EXEC, "../box", false, &bound), CC_FAILED);
  assert_string_equal(err.rule, "argument");
  assert_int_equal(ask(CC_SUB_EXEC, NULL, false, &bound), CC_FAILED);
  assert_string_equal(err.rule, "argument");
  assert_int_equal(ask(CC_SUB_EXEC, NULL, true, &bound), 1);
}

/* `run` has no start: the first call that needs the state binds it. */
static void
is_bound_by_the_first_call(void **state)
{
  bool bound = true;

  (void)state;
  write_state();
  /* no container yet, or no more */
  assert_int_equal(ask(CC_SUB_EXEC, "box", false, &bound), 0);
  assert_false(bound);
  cc_host_mkdir(AT("@/low/box"));
  /* start looks at the container before it binds */
  assert_int_equal(ask(CC_SUB_START, "box", false, &bound), 0);
  assert_false(bound);
  assert_false(is_on_disk_bound());
  assert_int_equal(ask(CC_SUB_EXEC, "box", false, &bound), 0);
  assert_true(bound);
  assert_true(is_on_disk_bound());
  assert_int_equal(ask(CC_SUB_EXEC, "box", true, &bound), 0);
  assert_int_equal(ask(CC_SUB_START, "box", false, &bound), 0);
  assert_true(bound);
}

/* Somebody deleted the container by the low-level runtime itself, and made another of that name. */
static void
another_container_of_that_id(void **state)
{
  struct cc_cmdline cmdline = { .sub = CC_SUB_DELETE, .id = "box" };
  struct cc_state got;
  bool bound;

  (void)state;
  cmdline.value[CC_OPT_ROOT] = AT("@/low");
  assert_int_equal(cc_call_find_state(&cmdline, &got), 0);
  cc_state_clear(&got);
  assert_int_equal(rmdir(AT("@/low/box")), 0);
  assert_int_equal(ask(CC_SUB_EXEC, "box", false, &bound), 0); /* there is none: the low-level runtime will say so */
  usleep(20000);
  cc_host_mkdir(AT("@/low/box"));
  assert_int_equal(ask(CC_SUB_EXEC, "box", false, &bound), CC_FAILED);
  assert_string_equal(err.rule, "state");
  assert_int_equal(ask(CC_SUB_START, "box", false, &bound), CC_FAILED);
  assert_int_equal(ask(CC_SUB_EXEC, "box", true, &bound), 1);
  assert_int_equal(cc_call_find_state(&cmdline, &got), 1);
  cmdline.id = "../box";
  assert_int_equal(cc_call_find_state(&cmdline, &got), 1);
}

static void
what_is_not_managed_is_not_bound(void **state)
{
  struct cc_state free_one = written, report = written;
  bool bound;

  (void)state;
  free_one.managed = false;
  report.report = true;
  for (int i = 0; i < 2; i++)
    {
      rmdir(AT("@/low/box"));
      assert_int_equal(cc_state_write(AT("@/low"), "box", i == 0 ? &free_one : &report, &err), 0);
      cc_host_mkdir(AT("@/low/box"));
      assert_int_equal(ask(CC_SUB_EXEC, "box", false, &bound), 0);
      assert_false(bound);
    }
}

static int
setup(void **state)
{
  (void)state;
  cc_host_enter();
  cc_host_mount("tmpfs", "/run", "mode=755");
  cc_host_mkdir(AT("@/low"));
  return 0;
}

static int
teardown(void **state)
{
  (void)state;
  cc_host_leave();
  return 0;
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(none),
    cmocka_unit_test(is_bound_by_the_first_call),
    cmocka_unit_test(another_container_of_that_id),
    cmocka_unit_test(what_is_not_managed_is_not_bound),
  };

  return cmocka_run_group_tests(tests, setup, teardown);
}
