/* The difference between two configurations, as it is shown. */
#include "cli/json_diff.h"
#include "common/own.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Every change as one line: "+ path: text" or "~ path: was -> now". The caller frees. */
static char *
lines_of(const char *was, const char *now, bool full)
{
  cc_auto_json struct cc_json *a = trial_json(was), *b = trial_json(now);
  struct cli_changes changes;
  char *text = cc_xstrdup("");

  cli_json_diff(cc_json_root(a), cc_json_root(b), full, &changes);
  for (size_t i = 0; i < changes.count; i++)
    {
      const struct cli_change *c = &changes.items[i];
      char *longer = cc_xasprintf("%s%c %s:%s%s%s%s%s\n", text, (char)c->kind, c->path, c->was != NULL ? " " : "",
                                  c->was != NULL ? c->was : "", c->was != NULL && c->now != NULL ? " ->" : "",
                                  c->now != NULL ? " " : "", c->now != NULL ? c->now : "");

      free(text);
      text = longer;
    }
  cli_changes_clear(&changes);
  return text;
}

static void
changes(void **state)
{
  static const struct
  {
    const char *was, *now, *lines;
  } rows[] = {
    { "{}", "{}", "" },
    { "{'a':1,'b':'x'}", "{'b':'x','a':1}", "" },
    { "{'a':1}", "{'a':2}", "~ a: 1 -> 2\n" },
    { "{'a':1.0}", "{'a':1}", "~ a: 1.0 -> 1\n" }, /* the text of a number is what is handed on */
    { "{'a':1}", "{}", "- a: 1\n" },
    { "{}", "{'a':{'b':true}}", "+ a.b: true\n" },
    { "{'a':[]}", "{}", "" }, /* nothing is nothing */
    { "{'a':'1'}", "{'a':1}", "~ a: 1 -> 1\n" },
    { "{'a':{'b':1}}", "{'a':[1]}", "~ a: {\"b\":1} -> [1]\n" },
    { "{'a':''}", "{'a':'x'}", "~ a: \"\" -> x\n" },
    /* lists of texts, whatever their order */
    { "{'a':['x','y','x']}", "{'a':['y','x','z']}", "- a: x\n+ a: z\n" },
    { "{'process':{'capabilities':{'bounding':['A','B'],'effective':['A','B'],'permitted':['A']}}}",
      "{'process':{'capabilities':{'bounding':[],'effective':[],'permitted':[]}}}",
      "- process.capabilities.bounding,effective: A B\n- process.capabilities.permitted: A\n" },
    /* lists with a key */
    { "{'mounts':[{'destination':'/a','type':'bind','source':'/s','options':['rbind']}]}",
      "{'mounts':[{'destination':'/b','type':'tmpfs','source':'tmpfs'},{'destination':'/a','type':'bind','source':"
      "'/s','options':['rbind','nosuid']}]}",
      "+ mounts[/a].options: nosuid\n+ mounts[/b]: tmpfs\n" },
    { "{'mounts':[{'destination':'/a','type':'bind','source':'/s'},{'destination':'/a','type':'tmpfs'}]}",
      "{'mounts':[{'destination':'/a','type':'bind','source':'/s'}]}", "- mounts[/a #2]: tmpfs\n" },
    { "{'linux':{'namespaces':[{'type':'network','path':'/run/netns/x'}]}}",
      "{'linux':{'namespaces':[{'type':'network'},{'type':'cgroup'}]}}",
      "- linux.namespaces[network].path: /run/netns/x\n+ linux.namespaces[cgroup]: a new one\n" },
    { "{'process':{'rlimits':[{'type':'RLIMIT_NOFILE','soft':1,'hard':2}]}}",
      "{'process':{'rlimits':[{'type':'RLIMIT_NOFILE','soft':1,'hard':1},{'type':'RLIMIT_CORE','soft':0,'hard':0}]}}",
      "~ process.rlimits[RLIMIT_NOFILE].hard: 2 -> 1\n+ process.rlimits[RLIMIT_CORE]: soft 0, hard 0\n" },
    { "{'linux':{'resources':{'devices':[{'allow':true,'type':'c','major':1,'minor':3,'access':'rw'}]}}}",
      "{'linux':{'resources':{'devices':[{'allow':false,'access':'rwm'}]}}}",
      "- linux.resources.devices: allow c 1:3 rw\n+ linux.resources.devices: deny a *:* rwm\n" },
    /* variables: never a value */
    { "{'process':{'env':['A=secret1','B=secret2','C=secret3','A=secret9']}}",
      "{'process':{'env':['B=secret2','A=secret4','D=secret5']}}",
      "~ process.env[A]: a value -> another\n- process.env[C]:\n+ process.env[D]:\n" },
    { "{}", "{'hooks':{'prestart':[{'path':'/h','env':['K=secret']}]}}",
      "+ hooks.prestart[/h]: {\"path\":\"/h\",\"env\":[\"K=…\"]}\n" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_free char *lines = lines_of(rows[i].was, rows[i].now, false);

      assert_string_equal(lines, rows[i].lines);
    }
}

static void
seccomp(void **state)
{
  static const char was[]
      = "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ALLOW','syscalls':["
        "{'names':['a','b'],'action':'SCMP_ACT_ALLOW'},{'names':['c'],'action':'SCMP_ACT_ERRNO'}]}}}";
  static const char now[] = "{'linux':{'seccomp':{'defaultAction':'SCMP_ACT_ERRNO','syscalls':["
                            "{'names':['a','d'],'action':'SCMP_ACT_ALLOW'}]}}}";
  cc_auto_free char *lines = lines_of(was, now, false), *full = lines_of(was, now, true),
                    *none = lines_of("{}", now, false);

  (void)state;
  assert_string_equal(lines, "~ linux.seccomp.defaultAction: SCMP_ACT_ALLOW -> SCMP_ACT_ERRNO\n"
                             "~ linux.seccomp.syscalls: 1 rules added, 2 removed: 1 system calls more, 1 fewer\n");
  assert_non_null(strstr(full, "- linux.seccomp.syscalls: {\"names\":[\"a\",\"b\"]"));
  assert_non_null(strstr(none, "+ linux.seccomp.syscalls: 1 rules added, 0 removed: 2 system calls more, 0 fewer"));
}

/* A hostile list is compared in no more than its length, and its text ends somewhere. */
static void
long_lists(void **state)
{
  cc_auto_json struct cc_json *a = cc_json_new(), *b = cc_json_new();
  struct cc_jval *one = cc_jnew(a, CC_JSON_OBJECT), *two = cc_jnew(b, CC_JSON_OBJECT);
  struct cli_changes changes;

  (void)state;
  for (int i = 0; i < 200000; i++)
    {
      cc_auto_free char *text = cc_xasprintf("N%d=%d", i, i);

      cc_jappend_str(a, cc_jneed_array(a, one, "list"), text);
      cc_jappend_str(b, cc_jneed_array(b, two, "list"), i % 2 == 0 ? text : "same");
      cc_jappend_str(a, cc_jneed_array(a, one, "env"), text);
      cc_jappend_str(b, cc_jneed_array(b, two, "env"), text);
    }
  cli_json_diff(one, two, false, &changes);
  assert_int_equal(changes.count, 2);
  for (size_t i = 0; i < changes.count; i++)
    assert_true(strlen(changes.items[i].was != NULL ? changes.items[i].was : changes.items[i].now) < 1000);
  assert_non_null(strstr(changes.items[0].was, "more)"));
  cli_changes_clear(&changes);
}

static void
hidden(void **state)
{
  cc_auto_json struct cc_json *doc
      = trial_json("{'process':{'env':['A=secret','B','C=']},'hooks':{'poststop':[{'env':['D=secret']}]},'env':'x'}");
  cc_auto_free char *text = NULL;

  (void)state;
  cli_json_hide_env(doc, cc_json_root(doc));
  text = trial_text(cc_json_root(doc), "");
  assert_string_equal(text, "{'process':{'env':['A=…','B=…','C=…']},'hooks':{'poststop':[{'env':['D=…']}]},'env':'x'}");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(changes),
    cmocka_unit_test(seccomp),
    cmocka_unit_test(long_lists),
    cmocka_unit_test(hidden),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
