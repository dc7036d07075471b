/* The types that documents must have, and names that only some parsers read. */
#include "common/own.h"
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

/* Members of the specification that mean nothing here stay as they came, and so does what nobody knows yet: it may be
 * something that holds the container. */
static void
harmless(void **state)
{
  static const struct row rows[] = {
    { "an old version", BESIDE("'ociVersion':'0.1.0'"), NULL },
    { "a version of tomorrow", BESIDE("'ociVersion':'99.0.0-x+y'"), NULL },
    { "no version's text", BESIDE("'ociVersion':''"), NULL },
    { "names", BESIDE("'hostname':'box','domainname':'example.org'"), NULL },
    { "a name that the kernel refuses", BESIDE("'hostname':'../%s\\n'"), NULL },
    { "other platforms",
      BESIDE("'windows':{'x':1},'solaris':{},'vm':{'hypervisor':{'path':'/x'}},'zos':{},'freebsd':{}"), NULL },
    { "a command line of Windows", IN_PROCESS("'commandLine':'cmd.exe /c x','user':{'username':'Administrator'}"),
      NULL },
    { "a umask", IN_PROCESS("'user':{'umask':0}"), NULL },
    { "a member of tomorrow", IN_LINUX("'landlock':{'rules':[{'path':'/'}]}"), NULL },
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
    { "a console's size", IN_PROCESS("'consoleSize':{'height':'1'}"), "consoleSize.height" },
    { "a hook's timeout", "{" GOOD ",'hooks':{'prestart':[{'timeout':'1'}]}}", "timeout" },
    { "a weight", IN_LINUX("'resources':{'blockIO':{'weightDevice':[{'weight':'9'}]}}"), "weightDevice[].weight" },
    { "a page's size", IN_LINUX("'resources':{'hugepageLimits':[{'pageSize':2}]}"), "pageSize" },
    { "a domain", IN_LINUX("'personality':{'domain':0}"), "personality.domain" },
    { "linux as a list", "{'process':{},'linux':[],'root':{'path':'r'}}", "linux" },
    { "annotations as a list", "{" GOOD ",'annotations':[]}", "annotations" },
  };

  (void)state;
  TRY_ALL(rows, cc_shape_config);
}

/* BEFORE, ITEM N times with commas, AFTER. */
static char *
repeated(const char *before, const char *item, size_t n, bool commas, const char *after)
{
  char *text = cc_xcalloc(1, strlen(before) + n * (strlen(item) + 1) + strlen(after) + 1), *end = text;

  end = stpcpy(end, before);
  for (size_t i = 0; i < n; i++)
    {
      if (commas && i > 0)
        end = stpcpy(end, ",");
      end = stpcpy(end, item);
    }
  stpcpy(end, after);
  return text;
}

/* CVE-2021-43784 and quadratic work: lists and strings end somewhere. */
static void
sizes(void **state)
{
#define IN_LIST(name) "{'process':{},'root':{'path':'r'},'linux':{'" name "':["
#define IN_USER "{'linux':{},'root':{'path':'r'},'process':{'user':{'additionalGids':["
#define MAPPING "{'containerID':1,'hostID':2,'size':3}"
  static const struct
  {
    const char *why, *before, *item, *after;
    size_t most; /* 0: no limit here */
    bool commas;
  } rows[] = {
    { "a path", "{'process':{},'linux':{},'root':{'path':'", "x", "'}}", 4095, false },
    { "a hostname", "{" GOOD ",'hostname':'", "x", "'}", 4095, false },
    { "a namespace's path", IN_LIST("namespaces") "{'path':'", "x", "'}]}}", 4095, false },
    { "an option", "{" GOOD ",'mounts':[{'options':['", "x", "']}]}", 4095, false },
    { "options", "{" GOOD ",'mounts':[{'options':[", "'ro'", "]}]}", 1024, true },
    { "masked paths", IN_LIST("maskedPaths"), "'/x'", "]}}", 1024, true },
    { "a masked path", IN_LIST("maskedPaths") "'", "x", "']}}", 4095, false },
    { "uid mappings", IN_LIST("uidMappings"), MAPPING, "]}}", 340, true },
    { "gid mappings", IN_LIST("gidMappings"), MAPPING, "]}}", 340, true },
    { "namespaces", IN_LIST("namespaces"), "{}", "]}}", 64, true },
    { "devices", IN_LIST("devices"), "{}", "]}}", 4096, true },
    { "groups", IN_USER, "1", "]}}}", 65536, true },
    { "rlimits", "{'linux':{},'root':{'path':'r'},'process':{'rlimits':[", "{}", "]}}", 64, true },
    { "hooks", "{" GOOD ",'hooks':{'poststop':[", "{}", "]}}", 64, true },
    { "arguments", "{'linux':{},'root':{'path':'r'},'process':{'args':[", "'x'", "]}}", 0, true },
    { "an argument", "{'linux':{},'root':{'path':'r'},'process':{'args':['", "x", "']}}", 0, false },
    { "variables", "{'linux':{},'root':{'path':'r'},'process':{'env':[", "'A=b'", "]}}", 0, true },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    for (size_t above = 0; above < 2; above++)
      {
        size_t n = rows[i].most != 0 ? rows[i].most + above : 200000;
        char *text = repeated(rows[i].before, rows[i].item, n, rows[i].commas, rows[i].after);
        const struct row row = { rows[i].why, text, above != 0 && rows[i].most != 0 ? "longer" : NULL };

        try(&row, cc_shape_config);
        free(text);
      }
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
    cmocka_unit_test(harmless),
    cmocka_unit_test(sizes),
    cmocka_unit_test(nulls_go),
    cmocka_unit_test(processes_and_resources),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
