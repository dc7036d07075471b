#include "shim/cmdline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MAX 24

struct good
{
  const char *argv[MAX];
  enum cc_subcommand sub;
  const char *id, *bundle, *root, *log;
  int rest;
};

static int
count(const char *const *argv)
{
  int n = 0;

  while (n < MAX && argv[n] != NULL)
    n++;
  return n;
}

static void
same(const char *is, const char *wanted)
{
  if (wanted == NULL)
    assert_null(is);
  else
    assert_string_equal(is, wanted);
}

static void
read_alike(void **state)
{
  static const struct good good[] = {
    /* containerd's shim */
    { { "rt", "--root", "/r", "--log", "/b/log.json", "--log-format", "json", "create", "--bundle", "/b", "--pid-file",
        "/b/init.pid", "abc" },
      CC_SUB_CREATE,
      "abc",
      "/b",
      "/r",
      "/b/log.json",
      13 },
    /* conmon */
    { { "rt", "create", "--bundle", "/b", "--pid-file", "p", "id" }, CC_SUB_CREATE, "id", "/b", NULL, NULL, 7 },
    /* conmon-rs repeats globals, and execs without a process file */
    { { "rt", "--root=/a", "--systemd-cgroup", "--root=/r", "exec", "-d", "--pid-file=F", "id", "create", "--bundle",
        "x" },
      CC_SUB_EXEC,
      "id",
      NULL,
      "/r",
      NULL,
      8 },
    /* an id, a value or a command named like a subcommand is not one */
    { { "rt", "exec", "id", "create" }, CC_SUB_EXEC, "id", NULL, NULL, NULL, 3 },
    { { "rt", "--root", "create", "run", "-b", "create", "start" }, CC_SUB_RUN, "start", "create", "create", NULL, 7 },
    { { "rt", "state", "create" }, CC_SUB_OTHER, NULL, NULL, NULL, NULL, 3 },
    { { "rt", "create", "--bundle=/one", "-b", "/two", "x" }, CC_SUB_CREATE, "x", "/two", NULL, NULL, 6 },
    { { "rt", "create", "--bundle", "--pid-file", "x" }, CC_SUB_CREATE, "x", "--pid-file", NULL, NULL, 5 },
    { { "rt", "create", "--", "x" }, CC_SUB_CREATE, "x", NULL, NULL, NULL, 4 },
    { { "rt", "create", "--help" }, CC_SUB_OTHER, NULL, NULL, NULL, NULL, 3 },
    { { "rt", "--version" }, CC_SUB_NONE, NULL, NULL, NULL, NULL, 2 },
    { { "rt" }, CC_SUB_NONE, NULL, NULL, NULL, NULL, 1 },
    { { "rt", "--new-option", "state", "x" }, CC_SUB_NONE, NULL, NULL, NULL, NULL, 4 },
    { { "rt", "restore", "-no-subreaper", "--bundle", "b", "x" }, CC_SUB_RESTORE, "x", NULL, NULL, NULL, 6 },
    { { "rt", "delete", "--force", "x" }, CC_SUB_DELETE, "x", NULL, NULL, NULL, 4 },
    { { "rt", "update", "--resources=-", "x" }, CC_SUB_UPDATE, "x", NULL, NULL, NULL, 4 },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
    {
      struct cc_cmdline c;
      struct cc_error err = CC_ERROR_INIT;

      if (cc_cmdline_parse(count(good[i].argv), (char **)good[i].argv, &c, &err) < 0)
        fail_msg("case %zu: %s", i, err.msg);
      assert_int_equal(c.sub, good[i].sub);
      same(c.id, good[i].id);
      same(c.value[CC_OPT_BUNDLE], good[i].bundle);
      same(c.value[CC_OPT_ROOT], good[i].root);
      same(c.value[CC_OPT_LOG], good[i].log);
      assert_int_equal(c.rest_index, good[i].rest);
      cc_cmdline_clear(&c);
    }
}

static void
refused(void **state)
{
  /* What runc 1.1.5 and crun 1.8.1 do with each: style-anchors section 8. */
  static const char *const bad[][MAX] = {
    { "rt", "create", "-bundle", "/b", "x" }, /* runc: the bundle; crun: -b undle */
    { "rt", "create", "-b=/b", "x" },         /* crun: the path "=/b" */
    { "rt", "create", "-b/b", "x" },          /* runc: an error; crun: the bundle */
    { "rt", "create", "--bund", "/b", "x" },  /* crun takes a unique prefix */
    { "rt", "create", "--unknown", "create", "x" },
    { "rt", "create", "x", "--bundle", "/other" }, /* after the id */
    { "rt", "create", "--bundle" },
    { "rt", "exec", "-dt", "x", "sh" }, /* bundled letters */
    { "rt", "exec", "--detach=false", "x", "sh" },
    { "rt", "--unknown", "create", "x" }, /* could take "create" as its value */
    { "rt", "-root", "/r", "exec", "x", "sh" },
    { "rt", "--systemd-cgroup=true", "create", "x" },
    { "rt", "update", "--mem", "5g", "x" },
    { "rt", "start", "--bundle", "b", "x" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    {
      struct cc_cmdline c;
      struct cc_error err = CC_ERROR_INIT;

      if (cc_cmdline_parse(count(bad[i]), (char **)bad[i], &c, &err) == 0)
        fail_msg("case %zu was read", i);
      assert_string_equal(err.rule, "argument");
    }
}

/* runtimeArgs of a daemon.json: Docker puts an option that nobody knows before its own */
static void
refusal_reaches_the_log(void **state)
{
  char *argv[]
      = { (char *)"rt",   (char *)"--x",          (char *)"y",    (char *)"--root", (char *)"/r", (char *)"--log",
          (char *)"/b/l", (char *)"--log-format", (char *)"json", (char *)"create", (char *)"id" };
  struct cc_error err = CC_ERROR_INIT;
  struct cc_cmdline c;

  (void)state;
  assert_true(cc_cmdline_parse(11, argv, &c, &err) < 0);
  same(c.value[CC_OPT_LOG], "/b/l");
  same(c.value[CC_OPT_LOG_FORMAT], "json");
  assert_null(c.value[CC_OPT_ROOT]);
  cc_cmdline_clear(&c);
}

static void
ids(void **state)
{
  (void)state;
  assert_true(cc_id_is_valid("7cdb354849f0"));
  assert_true(cc_id_is_valid("a_b+c-d.e"));
  assert_false(cc_id_is_valid(""));
  assert_false(cc_id_is_valid(".."));
  assert_false(cc_id_is_valid("."));
  assert_false(cc_id_is_valid("a/b"));
  assert_false(cc_id_is_valid("-a"));
  assert_false(cc_id_is_valid("a b"));
  assert_false(cc_id_is_valid("\xc3\xa9"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(read_alike),
    cmocka_unit_test(refused),
    cmocka_unit_test(refusal_reaches_the_log),
    cmocka_unit_test(ids),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
