/* exec without a process file: what each option makes of the container's own process. */
#include "common/own.h"
#include "shim/exec_arguments.h"
#include "shim/exec_harden.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "/tmp/closedclaw-exec-XXXXXX";

/* The bundle as create left it. */
static const char config[]
    = "{'process':{'cwd':'/w','user':{'uid':1000,'gid':1001,'additionalGids':[5]},'args':['init'],'terminal':true,"
      "'consoleSize':{'height':1,'width':1},'env':['A=b'],'noNewPrivileges':true,'apparmorProfile':'docker-default',"
      "'capabilities':{'bounding':[],'effective':[],'inheritable':[],'permitted':[],'ambient':[]}},"
      "'root':{'path':'rootfs'},'linux':{}}";

static int
set_up(void **state)
{
  cc_auto_free char *path = NULL, *text = cc_xstrdup(config);
  cc_auto_file FILE *f = NULL;

  (void)state;
  if (mkdtemp(top) == NULL)
    return -1;
  for (char *p = text; *p != '\0'; p++)
    if (*p == '\'')
      *p = '"';
  path = cc_xasprintf("%s/config.json", top);
  f = fopen(path, "we");
  return f == NULL || fputs(text, f) < 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
  cc_auto_free char *path = cc_xasprintf("%s/config.json", top);

  (void)state;
  unlink(path);
  return rmdir(top);
}

struct row
{
  const char *why, *arguments; /* between "exec" and the id, by single spaces */
  const char *rule;            /* NULL: taken */
  const char *path, *now;
};

/* The rule of the refusal of `exec ARGUMENTS box id -u`, "" for none; *OUT is the process then. */
static const char *
ask(const char *arguments, struct cc_json **out)
{
  static char apparmor[] = "docker-default", none[] = "";
  static struct cc_error err;
  const struct cc_state state
      = { .managed = true, .uid = 1000, .gid = 1001, .bundle = top, .apparmor = apparmor, .selinux = none };
  cc_auto_free char *words = cc_xstrdup(arguments);
  char *argv[32] = { (char *)"rt", (char *)"exec" }, *save = NULL;
  struct cc_report report = CC_REPORT_INIT;
  struct cc_cmdline c;
  int n = 2;

  for (char *word = strtok_r(words, " ", &save); word != NULL; word = strtok_r(NULL, " ", &save))
    argv[n++] = word;
  argv[n++] = (char *)"box";
  argv[n++] = (char *)"id";
  argv[n++] = (char *)"-u";
  *out = NULL;
  cc_error_clear(&err);
  if (cc_cmdline_parse(n, argv, &c, &err) == 0 && cc_exec_process_from_arguments(&c, &state, out, &err) == 0)
    cc_exec_harden(*out, &state, &report, &err);
  cc_cmdline_clear(&c);
  cc_report_clear(&report);
  return err.rule;
}

static void
options(void **state)
{
  static const struct row rows[] = {
    { "nothing", "", NULL, "args", "['id','-u']" },
    { "no terminal unasked", "", NULL, "terminal", "false" },
    { "nor a size", "", NULL, "consoleSize", "absent" },
    { "a terminal", "-t", NULL, "terminal", "true" },
    { "detached", "--detach", NULL, "user.uid", "1000" },
    { "a capability", "--cap CAP_SYS_ADMIN -c CAP_SYS_PTRACE", NULL, "capabilities.effective", "[]" },
    { "in the bounding set", "--cap CAP_SYS_ADMIN", NULL, "capabilities.bounding", "[]" },
    { "another AppArmor profile", "--apparmor unconfined", NULL, "apparmorProfile", "'docker-default'" },
    { "an SELinux label", "--process-label a:b:spc_t:s0", NULL, "selinuxLabel", "absent" },
    { "no_new_privs", "--no-new-privs", NULL, "noNewPrivileges", "true" },
    { "no_new_privs off", "--no-new-privs=false", "argument", NULL, NULL },
    { "in a paused container", "--ignore-paused", NULL, "args", "['id','-u']" },
    { "groups", "--additional-gids 999,10", NULL, "user.additionalGids", "[5,999,10]" },
    { "root's group", "-g 0", NULL, "user.additionalGids", "[5]" },
    { "a group that wraps", "-g 4294967296", "user", NULL, NULL },
    { "a group by name", "-g docker", "argument", NULL, NULL },
    { "a user", "-u 33:34", NULL, "user", "{'uid':33,'gid':34}" },
    { "root", "-u 0", "exec-user", NULL, NULL },
    { "a user that wraps", "-u 4294967296", "user", NULL, NULL },
    { "a user by name", "-u root", "exec-user", NULL, NULL },
    { "a directory", "--cwd /tmp", NULL, "cwd", "'/tmp'" },
    { "CVE-2024-21626", "--cwd /proc/self/fd/7", "process-cwd", NULL, NULL },
    { "a variable", "-e C=d", NULL, "env", "['A=b','C=d']" },
    { "the loader's", "--env LD_PRELOAD=/x", NULL, "env", "['A=b']" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_json struct cc_json *process = NULL;
      const char *rule = ask(rows[i].arguments, &process);
      cc_auto_free char *now = NULL;

      if (strcmp(rule, rows[i].rule != NULL ? rows[i].rule : "") != 0)
        fail_msg("%s: refused by `%s`", rows[i].why, rule);
      if (rows[i].now == NULL)
        continue;
      now = trial_text(cc_json_root(process), rows[i].path);
      if (strcmp(now, rows[i].now) != 0)
        fail_msg("%s: %s is %s, not %s", rows[i].why, rows[i].path, now, rows[i].now);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test(options) };

  return cmocka_run_group_tests(tests, set_up, tear_down);
}
