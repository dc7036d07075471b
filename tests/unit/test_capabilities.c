/* Capabilities. */
#include "shim/capabilities.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#define CAPS(text) "{'process':{'capabilities':{" text "}},'linux':{'seccomp':{},'maskedPaths':['/proc/kcore']}}"
#define NONE "{'bounding':[],'effective':[],'inheritable':[],'permitted':[],'ambient':[]}"

static void
at_create(void **state)
{
  static const struct trial_row rows[] = {
    { "none written", "{'process':{}}", NULL, "process.capabilities", NONE },
    { "an engine's own",
      CAPS("'bounding':['CAP_CHOWN','CAP_NET_RAW'],'effective':['CAP_CHOWN'],'inheritable':['CAP_CHOWN'],"
           "'permitted':['CAP_CHOWN'],'ambient':['CAP_CHOWN']"),
      NULL, "process.capabilities", NONE },
    { "--cap-add SYS_ADMIN", CAPS("'bounding':['CAP_CHOWN','CAP_SYS_ADMIN']"), "capabilities", NULL, NULL },
    { "only ambient", CAPS("'ambient':['CAP_NET_ADMIN']"), "capabilities", NULL, NULL },
    { "only inheritable (CVE-2022-29162)", CAPS("'inheritable':['CAP_SYS_PTRACE']"), "capabilities", NULL, NULL },
    { "another case", CAPS("'bounding':['cap_sys_admin']"), "capabilities", NULL, NULL },
    { "without CAP_", CAPS("'bounding':['SYS_ADMIN']"), "capabilities", NULL, NULL },
    { "all at once", CAPS("'bounding':['ALL']"), "capabilities", NULL, NULL },
    { "one that nobody knows", CAPS("'effective':['CAP_99']"), "capabilities", NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_capabilities);
}

static void
by_the_operator(void **state)
{
  static char chown[] = "CAP_CHOWN";
  static char *dropped[] = { chown };
  struct cc_strings kept;
  struct trial t;
  char *now;

  (void)state;
  trial_begin(&t, CAPS("'bounding':['CAP_CHOWN','CAP_KILL'],'effective':['CAP_CHOWN','CAP_KILL']"));
  t.policy.drop_all_capabilities = false;
  kept = t.policy.cap_drop;
  t.policy.cap_drop = (struct cc_strings){ dropped, 1 };
  assert_null(trial_run(&t, cc_harden_capabilities));
  now = trial_text(t.h.spec, "process.capabilities");
  assert_string_equal(
      now, "{'bounding':['CAP_KILL'],'effective':['CAP_KILL'],'inheritable':[],'permitted':[],'ambient':[]}");
  free(now);
  t.policy.cap_drop = kept;
  trial_end(&t);
}

static void
limit_tells(void **state)
{
  const struct cc_strings none = { NULL, 0 };
  struct cc_json *doc = trial_json("{'capabilities':{'bounding':['CAP_CHOWN']}}");

  (void)state;
  assert_true(cc_capabilities_limit(doc, cc_json_root(doc), &none));
  assert_false(cc_capabilities_limit(doc, cc_json_root(doc), &none));
  cc_json_free(doc);
}

static void
privileged(void **state)
{
#define BOUNDING "'process':{'capabilities':{'bounding':['CAP_SYS_ADMIN','CAP_SYS_MODULE']}}"
  static const struct trial_row rows[] = {
    { "--privileged", "{" BOUNDING ",'linux':{}}", "privileged", NULL, NULL },
    { "with empty masks", "{" BOUNDING ",'linux':{'maskedPaths':[]}}", "privileged", NULL, NULL },
    { "--cap-add ALL: the next module's", "{" BOUNDING ",'linux':{'seccomp':{},'maskedPaths':['/x']}}", NULL, NULL,
      NULL },
    { "plain", "{'process':{},'linux':{}}", NULL, NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_privileged);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(at_create),
    cmocka_unit_test(by_the_operator),
    cmocka_unit_test(limit_tells),
    cmocka_unit_test(privileged),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
