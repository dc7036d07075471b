/* Which managed containers there are, and what is known of each. */
#include "common/own.h"
#include "host.h"
#include "shim/inventory.h"
#include "shim/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT cc_host_path

static struct cc_error err;
static char low_level[] = "/usr/sbin/runc";

/* -- what is written behind a state -- */

static char *
about_of(const char *root, const struct cc_identity *id, const struct cc_report *report)
{
  struct cc_about_source source = { .root = root, .identity = id, .report = report };
  char *text = NULL;

  assert_int_equal(cc_about_write(&source, &text, &err), 0);
  return text;
}

static void
says_who_and_what(void **state)
{
  static char agent[] = "build", session[] = "agent:build:main", dir[] = "/var/lib/docker/containers/x";
  struct cc_identity id
      = { .engine = CC_ENGINE_DOCKER, .kind = CC_KIND_AGENT, .agent = agent, .session = session, .engine_dir = dir };
  struct cc_report report = CC_REPORT_INIT;
  struct cc_about got;

  (void)state;
  cc_report_tighten(&report, "user", "process.user", "0:0", "%s", "65532:65532");
  cc_report_tighten(&report, "environment", "process.env", "LD_PRELOAD=secret", "removed");
  cc_report_refuse(&report, "network", "namespace: \"shared\"");
  cc_auto_free char *text = about_of("/run/r", &id, &report);
  assert_null(strchr(text, '\n'));
  assert_null(strstr(text, "secret"));
  assert_int_equal(cc_about_read(text, &got, &err), 0);
  assert_string_equal(got.root, "/run/r");
  assert_int_equal(got.engine, CC_ENGINE_DOCKER);
  assert_int_equal(got.kind, CC_KIND_AGENT);
  assert_string_equal(got.agent, agent);
  assert_string_equal(got.session, session);
  assert_string_equal(got.engine_dir, dir);
  assert_null(got.name);
  assert_true(got.created > 1700000000000);
  assert_int_equal(got.count, 3);
  assert_int_equal(got.left, 0);
  assert_false(got.items[0].refused);
  assert_string_equal(got.items[0].rule, "user");
  assert_string_equal(got.items[0].what, "process.user");
  assert_string_equal(got.items[0].was, "0:0");
  assert_string_equal(got.items[0].now, "65532:65532");
  assert_string_equal(got.items[1].was, "LD_PRELOAD");
  assert_true(got.items[2].refused);
  assert_string_equal(got.items[2].what, "namespace: \"shared\"");
  cc_about_clear(&got);
  cc_report_clear(&report);
}

/* A caller's thousand mounts must not make a state that nobody can write. */
static void
has_a_bound(void **state)
{
  struct cc_identity id = { .engine = CC_ENGINE_NONE };
  struct cc_report report = CC_REPORT_INIT;
  char was[2001];
  struct cc_about got;

  (void)state;
  memset(was, 1, sizeof(was) - 1);
  was[sizeof(was) - 1] = '\0';
  for (int i = 0; i < 100; i++)
    cc_report_tighten(&report, "mount-option", "mounts[/x]", was, "ro");
  cc_auto_free char *text = about_of(NULL, &id, &report);
  assert_true(strlen(text) < CC_ABOUT_MAX);
  assert_int_equal(cc_about_read(text, &got, &err), 0);
  assert_null(got.root);
  assert_true(got.count > 0);
  assert_int_equal(got.count + got.left, 100);
  cc_about_clear(&got);
  cc_report_clear(&report);
}

/* Nor may a name of a megabyte, or one of many escapes; and a path of a command line may be of any bytes. */
static void
has_short_names(void **state)
{
  char *agent = cc_xcalloc(1, 1000001), path[4100];
  struct cc_identity id = { .engine = CC_ENGINE_DOCKER, .agent = agent, .session = agent, .engine_dir = path };
  struct cc_report report = CC_REPORT_INIT;
  struct cc_about got;

  (void)state;
  memset(agent, 1, 1000000);
  memset(path, 1, sizeof(path) - 1);
  path[sizeof(path) - 1] = '\0';
  cc_report_tighten(&report, "user", "process.user", "0:0", "%s", "65532:65532");
  cc_auto_free char *text = about_of(path, &id, &report);
  assert_true(strlen(text) < CC_ABOUT_MAX);
  assert_int_equal(cc_about_read(text, &got, &err), 0);
  assert_int_equal(strlen(got.agent), 512);
  assert_int_equal(strlen(got.session), 512);
  assert_int_equal(got.count, 1);
  cc_about_clear(&got);
  cc_report_clear(&report);

  memset(agent, 'x', 511); /* a character of two bytes that is cut */
  memcpy(agent + 511, "\xc3\xa9", 3);
  cc_auto_free char *whole = about_of("/run/\xff", &id, &report);
  assert_int_equal(cc_about_read(whole, &got, &err), 0);
  assert_string_equal(got.root, "/run/?");
  assert_int_equal(strlen(got.agent), 512);
  assert_int_equal(got.agent[511], '?');
  cc_about_clear(&got);
  free(agent);
}

static void
takes_what_another_version_wrote(void **state)
{
  static const char *const texts[]
      = { "{}", "{\"engine\":\"new\",\"kind\":7,\"report\":[[],[1],{},\"x\"],\"left\":-1,\"later\":{}}" };

  (void)state;
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
    {
      struct cc_about got;

      assert_int_equal(cc_about_read(texts[i], &got, &err), 0);
      assert_int_equal(got.engine, CC_ENGINE_NONE);
      assert_int_equal(got.kind, CC_KIND_PLAIN);
      assert_int_equal(got.left, 0);
      cc_about_clear(&got);
    }
  assert_int_equal(cc_about_read("{", &(struct cc_about){ .root = NULL }, &err), CC_FAILED);
}

/* -- the list -- */

static void
write_state(const char *root, const char *id, char *bundle, char *about)
{
  static char text[] = "";
  struct cc_state state = { .managed = true,
                            .low_level = low_level,
                            .bundle = bundle,
                            .cgroup = text,
                            .apparmor = text,
                            .selinux = text,
                            .audit_file = text,
                            .about = about };

  assert_int_equal(cc_state_write(root, id, &state, &err), 0);
}

/* What runc keeps of a container whose first process is PID. */
static void
keep(const char *root, const char *id, pid_t pid)
{
  uint64_t start;
  char letter;

  assert_int_equal(cc_process_stat(pid, &letter, &start, &err), 0);
  cc_host_mkdir(AT("%s/%s", root, id));
  cc_host_file(AT("%s/%s/state.json", root, id),
               AT("{\"init_process_pid\":%d,\"init_process_start\":%llu}", (int)pid, (unsigned long long)start));
}

static const struct cc_container *
get(const struct cc_inventory *inventory, const char *name)
{
  const struct cc_container *c = cc_inventory_find(inventory, name, &err);

  assert_non_null(c);
  return c;
}

static char bundle[] = "/run/containerd/io.containerd.runtime.v2.task/default/x";

/* A gateway's labels have no agent but in the session. */
static void
knows_the_agent_by_the_session(void **state)
{
  static char shared[] = "agent:build", other[] = "agent:ops:telegram:1", nobodys[] = "main";
  struct cc_identity id = { .engine = CC_ENGINE_CONTAINERD, .session = shared };
  struct cc_report report = CC_REPORT_INIT;
  struct cc_inventory got = CC_INVENTORY_INIT;
  cc_auto_free char *one = about_of("/nowhere", &id, &report), *two = NULL, *three = NULL;

  (void)state;
  id.session = other;
  two = about_of("/nowhere", &id, &report);
  id.session = nobodys;
  three = about_of("/nowhere", &id, &report);
  write_state("/nowhere", "one", bundle, one);
  write_state("/nowhere", "two", bundle, two);
  write_state("/nowhere", "three", bundle, three);
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  assert_string_equal(get(&got, "one")->about.agent, "build");
  assert_string_equal(get(&got, "two")->about.agent, "ops");
  assert_null(get(&got, "three")->about.agent);
  cc_inventory_clear(&got);
  assert_int_equal(cc_state_remove("/nowhere", "one", &err), 0);
  assert_int_equal(cc_state_remove("/nowhere", "two", &err), 0);
  assert_int_equal(cc_state_remove("/nowhere", "three", &err), 0);
}

static void
tells_their_status(void **state)
{
  struct cc_identity id = { .engine = CC_ENGINE_CONTAINERD };
  struct cc_report report = CC_REPORT_INIT;
  cc_auto_free char *root = cc_xstrdup(cc_host_mkdir(AT("@/low")));
  cc_auto_free char *about = about_of(root, &id, &report);
  struct cc_inventory got = CC_INVENTORY_INIT;
  pid_t ended = fork();

  (void)state;
  if (ended == 0)
    {
      pause();
      _exit(0);
    }
  write_state(root, "running", bundle, about);
  write_state(root, "created", bundle, about);
  write_state(root, "stopped", bundle, about);
  write_state(root, "gone", bundle, about);
  write_state(root, "broken", bundle, about);
  write_state(root, "begun", bundle, about);
  keep(root, "running", getpid());
  keep(root, "created", getpid());
  cc_host_file(AT("%s/created/exec.fifo", root), "");
  keep(root, "stopped", ended);
  kill(ended, SIGKILL);
  assert_int_equal(waitpid(ended, NULL, 0), ended);
  cc_host_mkdir(AT("%s/broken", root));
  cc_host_file(AT("%s/broken/state.json", root), "no record");
  cc_host_mkdir(AT("%s/begun", root)); /* the low-level runtime is not that far yet */
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  assert_int_equal(got.count, 6);
  assert_int_equal(get(&got, "running")->status, CC_CONTAINER_RUNNING);
  assert_int_equal(get(&got, "running")->pid, getpid());
  assert_int_equal(get(&got, "created")->status, CC_CONTAINER_CREATED);
  assert_int_equal(get(&got, "stopped")->status, CC_CONTAINER_STOPPED);
  assert_int_equal(get(&got, "stopped")->pid, 0);
  assert_int_equal(get(&got, "gone")->status, CC_CONTAINER_GONE);
  assert_int_equal(get(&got, "begun")->status, CC_CONTAINER_CREATED);
  assert_int_equal(get(&got, "broken")->status, CC_CONTAINER_UNKNOWN);
  assert_non_null(get(&got, "broken")->why);
  cc_inventory_clear(&got);
}

/* A state that is bound is of that container alone. */
static void
another_container_under_the_id(void **state)
{
  const char *root = AT("@/low");
  static const struct cc_lowlevel_instance other = { 1, 2, 3, 4 };
  struct cc_inventory got = CC_INVENTORY_INIT;
  struct cc_state bound;

  (void)state;
  assert_int_equal(cc_state_read(root, "running", &bound, &err), 0);
  assert_int_equal(cc_state_bind(root, "running", &bound, &other, &err), 0);
  cc_state_clear(&bound);
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  assert_int_equal(get(&got, "running")->status, CC_CONTAINER_GONE);
  cc_inventory_clear(&got);
}

static void
are_found(void **state)
{
  static char dir[200], id_a[] = "aaaa1111", id_b[] = "aaaa2222", id_c[] = "cccc";
  struct cc_identity id = { .engine = CC_ENGINE_DOCKER, .engine_dir = dir };
  struct cc_report report = CC_REPORT_INIT;
  cc_auto_free char *root = cc_xstrdup(cc_host_mkdir(AT("@/found")));
  struct cc_inventory got = CC_INVENTORY_INIT;

  (void)state;
  snprintf(dir, sizeof(dir), "%s", cc_host_mkdir(AT("@/docker/containers/b")));
  cc_host_file(AT("%s/config.v2.json", dir), "{\"Name\":\"/box\",\"Config\":{\"Image\":\"busybox:1\"}}");
  cc_auto_free char *named = about_of(root, &id, &report);
  dir[0] = '\0';
  cc_auto_free char *plain = about_of(root, &id, &report);
  write_state(root, id_a, bundle, plain);
  write_state(root, id_b, bundle, named);
  write_state(root, id_c, bundle, plain);
  for (size_t i = 0; i < 3; i++)
    keep(root, (const char *[]){ id_a, id_b, id_c }[i], getpid());
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  assert_string_equal(get(&got, "box")->id, id_b);
  assert_string_equal(get(&got, "/box")->id, id_b);
  assert_string_equal(get(&got, "box")->image, "busybox:1");
  assert_string_equal(get(&got, "aaaa1")->id, id_a);
  assert_string_equal(get(&got, "cccc")->id, id_c);
  assert_null(cc_inventory_find(&got, "aaaa", &err));
  assert_int_equal(err.errnum, EEXIST);
  assert_null(cc_inventory_find(&got, "bo", &err));
  assert_int_equal(err.errnum, ENOENT);
  assert_null(cc_inventory_find(&got, "", &err));
  cc_inventory_clear(&got);
  /* the name of one is the id of another: the id is meant */
  cc_host_file(AT("@/docker/containers/b/config.v2.json"), "{\"Name\":\"/aaaa1111\"}");
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  assert_string_equal(get(&got, "aaaa1111")->id, id_a);
  cc_inventory_clear(&got);
}

/* Containers run on over an upgrade. */
static void
earlier_versions_are_listed(void **state)
{
  static char at[200], usual[] = "/run/containerd/runc/default";
  struct cc_inventory got = CC_INVENTORY_INIT;
  const struct cc_container *c;

  (void)state;
  snprintf(at, sizeof(at), "%s", "/run/containerd/io.containerd.runtime.v2.task/default/old");
  cc_host_mkdir(at);
  cc_host_file(AT("%s/config.json", at), "{\"annotations\":{\"closedclaw.io/agent\":\"build\"}}");
  write_state(usual, "old", at, NULL);
  cc_host_mkdir(usual);
  keep(usual, "old", getpid());
  write_state("/somewhere", "hidden", bundle, NULL);
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  c = get(&got, "old");
  assert_true(c->root_known);
  assert_string_equal(c->about.root, usual);
  assert_int_equal(c->status, CC_CONTAINER_RUNNING);
  assert_int_equal(c->about.engine, CC_ENGINE_CONTAINERD);
  assert_string_equal(c->about.agent, "build");
  assert_true(c->about.created > 1700000000000);
  c = get(&got, "hidden");
  assert_false(c->root_known);
  assert_int_equal(c->status, CC_CONTAINER_UNKNOWN);
  cc_inventory_clear(&got);
}

/* One state that cannot be believed hides no other. */
static void
one_that_cannot_be_read(void **state)
{
  struct cc_inventory got = CC_INVENTORY_INIT;
  size_t before;

  (void)state;
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  before = got.count;
  cc_inventory_clear(&got);
  assert_int_equal(system("chmod 0644 /run/closedclaw/*/hidden.json"), 0);
  assert_int_equal(cc_inventory_read(&got, &err), 0);
  assert_int_equal(got.count, before);
  assert_true(get(&got, "hidden")->unreadable);
  assert_non_null(get(&got, "hidden")->why);
  cc_inventory_clear(&got);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(says_who_and_what),
    cmocka_unit_test(has_a_bound),
    cmocka_unit_test(has_short_names),
    cmocka_unit_test(takes_what_another_version_wrote),
    cmocka_unit_test(knows_the_agent_by_the_session),
    cmocka_unit_test(tells_their_status),
    cmocka_unit_test(another_container_under_the_id),
    cmocka_unit_test(are_found),
    cmocka_unit_test(earlier_versions_are_listed),
    cmocka_unit_test(one_that_cannot_be_read),
  };
  int failed;

  cc_host_enter();
  cc_host_mount("tmpfs", "/run", "mode=755");
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
