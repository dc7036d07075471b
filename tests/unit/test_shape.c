/* The types that documents must have, and names that only some parsers read. */
#include "shim/shape.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOOD "'process':{},'linux':{},'root':{'path':'r'}"

struct row
{
  const char *why, *text, *refused; /* a piece of the message; NULL: taken */
};

static void
try(const struct row *row, int (*check)(struct cc_jval *, struct cc_error *))
{
  struct cc_json *doc = trial_json(row->text);
  struct cc_error err = CC_ERROR_INIT;
  int result = check(cc_json_root(doc), &err);

  if ((result < 0) != (row->refused != NULL))
    fail_msg("%s: %s", row->why, result < 0 ? err.msg : "taken");
  if (result < 0)
    {
      assert_string_equal(err.rule, "config");
      if (strstr(err.msg, row->refused) == NULL)
        fail_msg("%s: %s", row->why, err.msg);
    }
  cc_json_free(doc);
}

#define TRY_ALL(rows, check)                                                                                           \
  for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++)                                                        \
  try(&(rows)[i], check)

static void
needed(void **state)
{
  static const struct row rows[] = {
    { "all", "{" GOOD "}", NULL },
    { "no process", "{'linux':{},'root':{'path':'r'}}", "missing" },
    { "no linux", "{'process':{},'root':{'path':'r'}}", "missing" },
    { "no root.path", "{'process':{},'linux':{},'root':{}}", "missing" },
    { "process is null", "{'process':null,'linux':{},'root':{'path':'r'}}", "missing" },
    { "not an object", "[]", "object" },
    { "a string", "'process'", "object" },
  };

  (void)state;
  TRY_ALL(rows, cc_shape_config);
}

/* Go's decoder takes a member that equals a name but for case, crun's does not: \"PROCESS\" would be two
 * configurations. */
static void
cases(void **state)
{
#define BESIDE(more) "{" GOOD "," more "}"
#define IN_LINUX(more) "{'process':{},'root':{'path':'r'},'linux':{" more "}}"
#define IN_PROCESS(more) "{'process':{" more "},'root':{'path':'r'},'linux':{}}"
  static const struct row rows[] = {
    { "upper case", BESIDE("'HOOKS':{}"), "hooks" },
    { "one letter", BESIDE("'Mounts':[]"), "mounts" },
    { "U+017F for s", BESIDE("'hook\\u017f':{}"), "hooks" },
    { "U+017F as bytes", BESIDE("'mount\xc5\xbf':[]"), "mounts" },
    { "U+212A for k", BESIDE("'hoo\\u212as':{}"), "hooks" },
    { "U+212A as bytes", BESIDE("'hoo\xe2\x84\xaas':{}"), "hooks" },
    { "both", BESIDE("'HOO\\u212a\\u017f':{}"), "hooks" },
    { "nested", IN_LINUX("'Seccomp':{}"), "seccomp" },
    { "in a list", IN_LINUX("'namespaces':[{'type':'pid','Path':'/proc/1/ns/pid'}]"), "path" },
    { "in a name of names", IN_PROCESS("'NoNewPrivileges':true"), "noNewPrivileges" },
    { "all small", IN_PROCESS("'nonewprivileges':true"), "noNewPrivileges" },
    { "in an unknown object", BESIDE("'x':{'Process':{}}"), "process" },
    { "of a newer version", IN_LINUX("'NetDevices':{}"), "netDevices" },
    { "of another platform", BESIDE("'Windows':{}"), "windows" },
    { "a name of the user's in annotations", BESIDE("'annotations':{'Process':'x','PATH':'y'}"), NULL },
    { "in sysctl", IN_LINUX("'sysctl':{'Type':'1'}"), NULL },
    { "an unknown name", BESIDE("'x-unknown':{'anything':[1,{'y':null}]}"), NULL },
    { "a dotless i is no i", BESIDE("'l\\u0131nux':{}"), NULL },
    { "a fullwidth letter is none", BESIDE("'\\uff48ooks':{}"), NULL },
    { "the right names", IN_LINUX("'seccomp':{'defaultAction':'SCMP_ACT_ERRNO'},'namespaces':[{'type':'pid'}]"), NULL },
  };

  (void)state;
  TRY_ALL(rows, cc_shape_config);
}

static void
types(void **state)
{
  static const struct row rows[] = {
    { "a number for a string", IN_PROCESS("'cwd':1"), "process.cwd" },
    { "a string for a number", IN_PROCESS("'user':{'uid':'0'}"), "process.user.uid" },
    { "a number for true", IN_PROCESS("'noNewPrivileges':1"), "process.noNewPrivileges" },
    { "a string for true", IN_PROCESS("'noNewPrivileges':'true'"), "process.noNewPrivileges" },
    { "a list for an object", IN_PROCESS("'capabilities':[]"), "process.capabilities" },
    { "an object for a list", IN_PROCESS("'env':{}"), "process.env" },
    { "a null among strings", IN_PROCESS("'args':['a',null]"), "process.args" },
    { "a number among strings", IN_PROCESS("'env':['A=b',1]"), "process.env" },
    { "a null among objects", "{" GOOD ",'mounts':[null]}", "mounts" },
    { "a string among numbers", IN_PROCESS("'user':{'additionalGids':['0']}"), "additionalGids" },
    { "in a mount", "{" GOOD ",'mounts':[{'destination':['/x']}]}", "mounts[].destination" },
    { "in a hook", "{" GOOD ",'hooks':{'poststop':[{'path':1}]}}", "hooks.poststop[].path" },
    { "in a device rule", IN_LINUX("'resources':{'devices':[{'allow':'true'}]}"), "allow" },
    { "in a seccomp rule", IN_LINUX("'seccomp':{'syscalls':[{'names':'read'}]}"), "names" },
    { "root as a string", "{'process':{},'linux':{},'root':'r'}", "root" },
    { "linux as a list", "{'process':{},'linux':[],'root':{'path':'r'}}", "linux" },
    { "annotations as a list", "{" GOOD ",'annotations':[]}", "annotations" },
  };

  (void)state;
  TRY_ALL(rows, cc_shape_config);
}

/* A null is absent to Go and something else to C: it goes, so that both see nothing. */
static void
nulls_go(void **state)
{
  struct cc_json *doc = trial_json("{" GOOD ",'mounts':null,'hooks':null,'x':null}");
  struct cc_error err = CC_ERROR_INIT;
  char *now;

  (void)state;
  assert_int_equal(cc_shape_config(cc_json_root(doc), &err), 0);
  now = trial_text(cc_json_root(doc), "");
  assert_string_equal(now, "{" GOOD ",'x':null}");
  free(now);
  cc_json_free(doc);
}

static void
processes_and_resources(void **state)
{
  static const struct row processes[] = {
    { "an engine's", "{'user':{'uid':0},'args':['id'],'cwd':'/','capabilities':{'bounding':[]}}", NULL },
    { "another case", "{'Capabilities':{}}", "capabilities" },
    { "deeper", "{'user':{'UID':0}}", "uid" },
    { "a wrong type", "{'user':[]}", "user" },
    { "a list", "[]", "object" },
  };
  static const struct row resources[] = {
    { "an engine's", "{'memory':{'limit':1},'cpu':{'cpus':'0'},'unified':{'Memory.max':'1'}}", NULL },
    { "another case", "{'Memory':{}}", "memory" },
    { "deeper", "{'pids':{'Limit':-1}}", "limit" },
    { "a wrong type", "{'pids':{'limit':'1'}}", "pids.limit" },
    { "a list", "[]", "object" },
  };

  (void)state;
  TRY_ALL(processes, cc_shape_process);
  TRY_ALL(resources, cc_shape_resources);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(needed),
    cmocka_unit_test(cases),
    cmocka_unit_test(types),
    cmocka_unit_test(nulls_go),
    cmocka_unit_test(processes_and_resources),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
