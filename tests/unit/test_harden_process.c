/* The process: at create, and at every exec. */
#include "shim/exec_harden.h"
#include "shim/process.h"
#include "trial.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#define USER(text) "{'process':{'cwd':'/','user':{" text "}},'linux':{}}"
#define WITH(text) "{'process':{'cwd':'/','user':{'uid':1000}," text "},'linux':{}}"
#define CWD(text) "{'process':{'cwd':'" text "','user':{'uid':1000}},'linux':{}}"
#define NOBODY "{'uid':65532,'gid':65532}"

static void
users(void **state)
{
  static const struct trial_row rows[] = {
    { "the image's root", USER("'uid':0,'gid':0,'additionalGids':[0,10]"), NULL, "process.user", NOBODY },
    { "no user at all", "{'process':{'cwd':'/'},'linux':{}}", NULL, "process.user", NOBODY },
    { "a group without a user", USER("'gid':5"), NULL, "process.user", "{'gid':65532,'uid':65532}" },
    { "minus zero", USER("'uid':-0"), "user", NULL, NULL },
    { "an own user", USER("'uid':1000,'gid':1000,'additionalGids':[5]"), NULL, "process.user",
      "{'uid':1000,'gid':1000,'additionalGids':[5]}" },
    { "root's group beside it", USER("'uid':1000,'gid':1000,'additionalGids':[0,5,0]"), NULL,
      "process.user.additionalGids", "[5]" },
    { "CVE-2024-40635: wraps to 0", USER("'uid':4294967296"), "user", NULL, NULL },
    { "wraps to 0 in 64 bits", USER("'uid':18446744073709551616"), "user", NULL, NULL },
    { "above what a signed reader takes", USER("'uid':2147483648"), "user", NULL, NULL },
    { "the last", USER("'uid':2147483647"), NULL, NULL, NULL },
    { "negative", USER("'uid':-1"), "user", NULL, NULL },
    { "zero by another spelling", USER("'uid':0.0"), "user", NULL, NULL },
    { "zero with an exponent", USER("'uid':0e5"), "user", NULL, NULL },
    { "root's group as the first", USER("'uid':1000,'gid':0,'additionalGids':[5]"), NULL, "process.user",
      "{'uid':1000,'gid':1000,'additionalGids':[5]}" },
    { "no group at all", USER("'uid':1000"), NULL, "process.user", "{'uid':1000,'gid':1000}" },
    { "a group that wraps", USER("'uid':1000,'gid':4294967296"), "user", NULL, NULL },
    { "an additional group that wraps", USER("'uid':1000,'additionalGids':[4294967296]"), "user", NULL, NULL },
    { "mapped elsewhere",
      "{'process':{'cwd':'/'},'linux':{'uidMappings':[{'containerID':0,'hostID':100000,'size':1000}],"
      "'gidMappings':[{'containerID':0,'hostID':100000,'size':1000}]}}",
      NULL, "process.user", "{'uid':999,'gid':999}" },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_process);
}

static void
flags(void **state)
{
  static const struct trial_row rows[] = {
    { "no flag", WITH("'x':1"), NULL, "process.noNewPrivileges", "true" },
    { "false", WITH("'noNewPrivileges':false"), NULL, "process.noNewPrivileges", "true" },
    { "harder to kill", WITH("'oomScoreAdj':-1000"), NULL, "process.oomScoreAdj", "0" },
    { "out of range", WITH("'oomScoreAdj':4294966296"), NULL, "process.oomScoreAdj", "0" },
    { "easier to kill", WITH("'oomScoreAdj':1000"), NULL, "process.oomScoreAdj", "1000" },
    { "a terminal", WITH("'consoleSize':{'height':24,'width':65535}"), NULL, "process.consoleSize",
      "{'height':24,'width':65535}" },
    { "a terminal of no size", WITH("'consoleSize':{}"), NULL, "process.consoleSize", "{}" },
    { "a terminal that is too large", WITH("'consoleSize':{'height':65536,'width':80}"), NULL, "process.consoleSize",
      "absent" },
    { "a negative one", WITH("'consoleSize':{'height':24,'width':-1}"), NULL, "process.consoleSize", "absent" },
    { "one that not all read alike", WITH("'consoleSize':{'height':1e3,'width':80}"), NULL, "process.consoleSize",
      "absent" },
    { "real time", WITH("'scheduler':{'policy':'SCHED_FIFO','priority':99}"), NULL, "process.scheduler", "absent" },
    { "disk first", WITH("'ioPriority':{'class':'IOPRIO_CLASS_RT','priority':0}"), NULL, "process.ioPriority",
      "absent" },
    { "processors", WITH("'execCPUAffinity':{'initial':'0-63'}"), NULL, "process.execCPUAffinity", "absent" },
    { "unconfined", WITH("'apparmorProfile':'unconfined'"), "apparmor-unconfined", NULL, NULL },
    { "stacked", WITH("'apparmorProfile':'docker-default//&unconfined'"), "apparmor-unconfined", NULL, NULL },
    { "of a namespace", WITH("'apparmorProfile':':root://unconfined'"), "apparmor-unconfined", NULL, NULL },
    { "two words", WITH("'apparmorProfile':'a b'"), "apparmor-unconfined", NULL, NULL },
    { "the engine's", WITH("'apparmorProfile':'docker-default'"), NULL, "process.apparmorProfile", "'docker-default'" },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_process);
}

/* A container without an oomScoreAdj inherits the runtime's, which is its daemon's. */
static void
killed_last(void **state)
{
  static const struct
  {
    const char *given;
    int own;
    const char *now;
  } rows[] = {
    { "{}", -998, "0" },
    { "{}", 0, "absent" },
    { "{}", 300, "absent" },
    { "{'oomScoreAdj':500}", -998, "500" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      struct cc_json *doc = trial_json(rows[i].given);
      struct cc_report report = CC_REPORT_INIT;
      char *now;

      cc_process_limit_oom(doc, cc_json_root(doc), rows[i].own, &report);
      now = trial_text(cc_json_root(doc), "oomScoreAdj");
      assert_string_equal(now, rows[i].now);
      free(now);
      cc_report_clear(&report);
      cc_json_free(doc);
    }
}

static void
directories(void **state)
{
  static const struct trial_row rows[] = {
    { "plain", CWD("/data/x"), NULL, "process.cwd", "'/data/x'" },
    { "dots in a name", CWD("/a..b/..c/d.."), NULL, NULL, NULL },
    { "relative", CWD("work"), "process-cwd", NULL, NULL },
    { "empty", CWD(""), "process-cwd", NULL, NULL },
    { "CVE-2024-21626", CWD("/proc/self/fd/7"), "process-cwd", NULL, NULL },
    { "its parent", CWD("/proc/self/fd/7/../.."), "process-cwd", NULL, NULL },
    { "doubled", CWD("//proc//self/fd/8"), "process-cwd", NULL, NULL },
    { "with a dot", CWD("/./proc/self/fd/8"), "process-cwd", NULL, NULL },
    { "up and in", CWD("/x/../proc/self"), "process-cwd", NULL, NULL },
    { "up at the end", CWD("/link/.."), "process-cwd", NULL, NULL },
    { "the place itself", CWD("/proc"), "process-cwd", NULL, NULL },
    { "a name that begins like it", CWD("/processes"), NULL, NULL, NULL },
    { "none", "{'process':{'user':{'uid':1000}},'linux':{}}", "process-cwd", NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_process);
}

/* The working directory is the image's to make: CVE-2024-21626 came as a link as well. */
static void
directories_of_an_image(void **state)
{
  static const struct
  {
    const char *cwd, *rule;
  } rows[] = {
    { "/plain/below", NULL },  { "/missing", NULL },       { "/inside", NULL },
    { "/inside/below", NULL }, { "/fd", "process-cwd" },   { "/fd/x", "process-cwd" },
    { "/up", "process-cwd" },  { "/ring", "process-cwd" }, { "/chain", "process-cwd" },
  };
  char top[] = "/tmp/closedclaw-cwd-XXXXXX", command[600];

  (void)state;
  assert_non_null(mkdtemp(top));
  snprintf(command, sizeof(command),
           "cd %s && mkdir -p plain/below && ln -s /plain inside && ln -s /proc/self/fd/7 fd && ln -s ring ring &&"
           " ln -s ../../proc/self/cwd up && ln -s /up/x chain",
           top);
  assert_int_equal(system(command), 0);
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      char spec[200];
      const char *rule;
      struct trial t;

      snprintf(spec, sizeof(spec), "{'process':{'cwd':'%s','user':{'uid':1000}},'linux':{}}", rows[i].cwd);
      trial_begin(&t, spec);
      t.h.rootfs_fd = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
      rule = trial_run(&t, cc_harden_process);
      if (rule == NULL ? rows[i].rule != NULL : rows[i].rule == NULL || strcmp(rule, rows[i].rule) != 0)
        fail_msg("%s: %s", rows[i].cwd, rule != NULL ? rule : "taken");
      close(t.h.rootfs_fd);
      trial_end(&t);
    }
  snprintf(command, sizeof(command), "rm -rf %s", top);
  assert_int_equal(system(command), 0);
}

static void
environment(void **state)
{
#define ENV(list) WITH("'env':[" list "]")
#define CLEAN "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  static const struct trial_row rows[] = {
    { "harmless", ENV("'A=b','EMPTY=','B=c=d'"), NULL, "process.env", "['A=b','EMPTY=','B=c=d']" },
    { "loader", ENV("'LD_PRELOAD=/x','LD_AUDIT=','A=b','LD_LIBRARY_PATH=/y'"), NULL, "process.env", "['A=b']" },
    { "shells", ENV("'BASH_ENV=/x','ENV=/x','PS4=$(id)','SHELLOPTS=xtrace','PROMPT_COMMAND=id','IFS=/','CDPATH=/'"),
      NULL, "process.env", "[]" },
    { "an exported function", ENV("'BASH_FUNC_ls%%=() { id; }'"), NULL, "process.env", "[]" },
    { "libc", ENV("'GCONV_PATH=/x','GLIBC_TUNABLES=glibc.malloc.check=1','LOCPATH=/x','HOSTALIASES=/x'"), NULL,
      "process.env", "[]" },
    { "descriptors and sockets of the host", ENV("'LISTEN_FDS=1','NOTIFY_SOCKET=/run/x'"), NULL, "process.env", "[]" },
    { "no name, no value", ENV("'=x','LD_PRELOAD','A=b'"), NULL, "process.env", "['A=b']" },
    { "a name that begins like one", ENV("'ENVIRONMENT=x','ENVX=y','LDX=z'"), NULL, "process.env",
      "['ENVIRONMENT=x','ENVX=y','LDX=z']" },
    { "lower case is another", ENV("'ld_preload=x'"), NULL, "process.env", "['ld_preload=x']" },
    { "relative PATH", ENV("'PATH=.:/bin:bin::/usr/bin:'"), NULL, "process.env", "['PATH=/bin:/usr/bin']" },
    { "PATH through /proc", ENV("'PATH=/proc/self/cwd:/bin:/./proc/1'"), NULL, "process.env", "['PATH=/bin']" },
    { "PATH upwards", ENV("'PATH=/bin/..:/a/../b:/bin'"), NULL, "process.env", "['PATH=/bin']" },
    { "PATH with a command", ENV("'PATH=/bin:/$(id):/a b'"), NULL, "process.env", "['PATH=/bin']" },
    { "nothing left of PATH", ENV("'PATH=.'"), NULL, "process.env", "['" CLEAN "']" },
    { "the second PATH", ENV("'PATH=/bin','PATH=.'"), NULL, "process.env", "['PATH=/bin','" CLEAN "']" },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_process);
}

static void
workspace_owner(void **state)
{
  struct trial t;

  (void)state;
  trial_begin(&t, USER("'uid':0"));
  t.h.workspace_mounted = true;
  t.h.workspace_uid = 1234;
  t.h.workspace_gid = 2345;
  assert_null(trial_run(&t, cc_harden_process));
  assert_int_equal(t.h.uid, 1234);
  assert_int_equal(t.h.gid, 2345);
  trial_end(&t);

  /* nor does root's group become the user's, whoever owns the workspace */
  trial_begin(&t, USER("'uid':1234,'gid':0"));
  t.h.workspace_mounted = true;
  t.h.workspace_uid = 1234;
  t.h.workspace_gid = 2345;
  assert_null(trial_run(&t, cc_harden_process));
  assert_int_equal(t.h.gid, 2345);
  trial_end(&t);
  trial_begin(&t, USER("'uid':0"));
  t.h.workspace_mounted = true;
  t.h.workspace_uid = 1234;
  assert_null(trial_run(&t, cc_harden_process));
  assert_int_equal(t.h.uid, 1234);
  assert_int_equal(t.h.gid, 1234);
  trial_end(&t);

  /* a workspace of root's makes nobody root */
  trial_begin(&t, USER("'uid':0"));
  t.h.workspace_mounted = true;
  assert_null(trial_run(&t, cc_harden_process));
  assert_int_equal(t.h.uid, 65532);
  trial_end(&t);
}

static void
root_by_the_operator(void **state)
{
  struct trial t;
  (void)state;
  trial_begin(&t, USER("'uid':0"));
  t.policy.user_auto = false;
  t.policy.uid = 0;
  assert_null(trial_run(&t, cc_harden_process));
  assert_int_equal(t.h.uid, 0);
  trial_end(&t);

  /* or root's group only: user "1000:0" */
  trial_begin(&t, USER("'uid':1000,'gid':0"));
  t.policy.user_auto = false;
  t.policy.uid = 1000;
  t.policy.gid = 0;
  assert_null(trial_run(&t, cc_harden_process));
  assert_int_equal(t.h.gid, 0);
  trial_end(&t);
}

/* -- exec -- */

struct exec_row
{
  const char *why, *process;
  bool asked_for_root, root_allowed;
  const char *rule, *path, *now;
};

static void
try_exec(const struct exec_row *row)
{
  static char apparmor[] = "docker-default", none[] = "", type[] = "RLIMIT_NOFILE";
  static struct cc_ulimit nofile = { type, 100, 200 };
  const struct cc_state state = { .managed = true,
                                  .asked_for_root = row->asked_for_root,
                                  .root_allowed = row->root_allowed,
                                  .uid = 1000,
                                  .gid = 1001,
                                  .apparmor = apparmor,
                                  .selinux = none,
                                  .ulimits = &nofile,
                                  .ulimit_count = 1 };
  struct cc_json *doc = trial_json(row->process);
  struct cc_report report = CC_REPORT_INIT;
  struct cc_error err = CC_ERROR_INIT;
  int failed = cc_exec_harden(doc, &state, &report, &err);

  if ((failed < 0) != (row->rule != NULL) || (failed < 0 && strcmp(err.rule, row->rule) != 0))
    fail_msg("%s: refused by `%s`: %s", row->why, err.rule, err.msg);
  if (row->now != NULL)
    {
      char *now = trial_text(cc_json_root(doc), row->path);

      if (strcmp(now, row->now) != 0)
        fail_msg("%s: %s is %s, not %s", row->why, row->path, now, row->now);
      free(now);
    }
  cc_report_clear(&report);
  cc_json_free(doc);
}

/* The tool policy holds an exec by its arguments, also by none. */
static void
execs_are_held_to_the_tools(void **state)
{
  static const struct
  {
    const char *process;
    bool refused;
  } rows[] = {
    { "{'cwd':'/','args':['/bin/sh','-lc','id']}", true },
    { "{'cwd':'/','args':['id']}", true },
    { "{'cwd':'/','args':[]}", true },
    { "{'cwd':'/'}", true },
    { "{'cwd':'/','args':['cat','/proc/self/mountinfo']}", false },
    { "{'cwd':'/','args':['sh','-c','x','openclaw-sandbox-fs','/workspace','f']}", false },
    { "{'cwd':'/','args':['sh','-c','x','openclaw-sandbox-fs','read','/w','','f','1','1','1','1','1','1','1','1','1']}",
      true },
  };
  static char why[] = "tool `exec` is denied to agent `a`", none[] = "";
  const struct cc_state held = { .managed = true,
                                 .uid = 1000,
                                 .gid = 1000,
                                 .asked_for_root = true,
                                 .apparmor = none,
                                 .selinux = none,
                                 .tools.denied = { [CC_TOOL_NEED_EXEC] = why } };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      struct cc_json *doc = trial_json(rows[i].process);
      struct cc_report report = CC_REPORT_INIT;
      struct cc_error err = CC_ERROR_INIT;
      int failed = cc_exec_harden(doc, &held, &report, &err);

      if ((failed < 0) != rows[i].refused)
        fail_msg("%s: %s", rows[i].process, err.msg);
      if (rows[i].refused)
        {
          assert_string_equal(err.rule, "tool");
          assert_non_null(strstr(err.msg, why));
        }
      cc_report_clear(&report);
      cc_json_free(doc);
    }
}

static void
execs(void **state)
{
#define P(more) "{'cwd':'/'" more "}"
  static const struct exec_row rows[] = {
    { "the engine's own root", P(",'user':{'uid':0,'additionalGids':[0]}"), true, false, NULL, "user",
      "{'uid':1000,'gid':1001}" },
    { "no user", P(""), true, false, NULL, "user", "{'uid':1000,'gid':1001}" },
    { "-u 0", P(",'user':{'uid':0}"), false, false, "exec-user", NULL, NULL },
    { "-u 0 where the operator allows it", P(",'user':{'uid':0}"), false, true, NULL, "user.uid", "0" },
    { "-u 4294967296", P(",'user':{'uid':4294967296}"), true, false, "user", NULL, NULL },
    { "another user", P(",'user':{'uid':33,'gid':33}"), false, false, NULL, "user", "{'uid':33,'gid':33}" },
    { "--privileged", P(",'capabilities':{'bounding':['CAP_SYS_ADMIN'],'ambient':['CAP_CHOWN']}"), true, false, NULL,
      "capabilities", "{'bounding':[],'ambient':[],'effective':[],'inheritable':[],'permitted':[]}" },
    { "no_new_privs off", P(",'noNewPrivileges':false"), true, false, NULL, "noNewPrivileges", "true" },
    { "another label", P(",'apparmorProfile':'unconfined'"), true, false, NULL, "apparmorProfile", "'docker-default'" },
    { "no label", P(""), true, false, NULL, "apparmorProfile", "'docker-default'" },
    { "a label where the container has none", P(",'selinuxLabel':'a:b:spc_t:s0'"), true, false, NULL, "selinuxLabel",
      "absent" },
    { "more files", P(",'rlimits':[{'type':'RLIMIT_NOFILE','hard':18446744073709551615,'soft':50}]"), true, false, NULL,
      "rlimits", "[{'type':'RLIMIT_NOFILE','hard':200,'soft':50}]" },
    { "real time", P(",'scheduler':{'policy':'SCHED_FIFO'}"), true, false, NULL, "scheduler", "absent" },
    { "processors", P(",'execCPUAffinity':{'initial':'0'}"), true, false, NULL, "execCPUAffinity", "absent" },
    { "disk first", P(",'ioPriority':{'class':'IOPRIO_CLASS_RT'}"), true, false, NULL, "ioPriority", "absent" },
    { "harder to kill", P(",'oomScoreAdj':-1000"), true, false, NULL, "oomScoreAdj", "0" },
    { "a terminal that is too large", P(",'consoleSize':{'height':70000}"), true, false, NULL, "consoleSize",
      "absent" },
    { "additional groups", P(",'user':{'uid':33,'gid':33,'additionalGids':[0,999]}"), false, false, NULL,
      "user.additionalGids", "[999]" },
    { "root's group", P(",'user':{'uid':33,'gid':0}"), false, false, NULL, "user", "{'uid':33,'gid':33}" },
    { "root's group for the container's user", P(",'user':{'uid':1000}"), false, false, NULL, "user",
      "{'uid':1000,'gid':1001}" },
    { "a group that wraps", P(",'user':{'uid':33,'additionalGids':[4294967296]}"), false, false, "user", NULL, NULL },
    { "loader", P(",'env':['LD_PRELOAD=/x']"), true, false, NULL, "env", "[]" },
    { "directory", "{'cwd':'/proc/self/fd/7'}", true, false, "process-cwd", NULL, NULL },
    { "unknown members", P(",'x':{'n':18446744073709551615}"), true, false, NULL, "x", "{'n':18446744073709551615}" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    try_exec(&rows[i]);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(users),           cmocka_unit_test(flags),
    cmocka_unit_test(directories),     cmocka_unit_test(directories_of_an_image),
    cmocka_unit_test(killed_last),     cmocka_unit_test(environment),
    cmocka_unit_test(workspace_owner), cmocka_unit_test(root_by_the_operator),
    cmocka_unit_test(execs),           cmocka_unit_test(execs_are_held_to_the_tools),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
