/* What becomes of linux.seccomp: who asked for none, who merely has none, and the operator's own profile. */
#include "common/fd.h"
#include "common/own.h"
#include "shim/harden.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture
{
  char dir[64];
  struct cc_json *doc;
  struct cc_policy policy;
  struct cc_identity identity;
  struct cc_report report;
  struct cc_pins pins;
  struct cc_harden h;
};

static int
setup(void **state)
{
  struct fixture *f = cc_xcalloc(1, sizeof(*f));

  strcpy(f->dir, "/tmp/cc-seccomp-XXXXXX");
  assert_non_null(mkdtemp(f->dir));
  f->policy.network = cc_xstrdup("none");
  f->policy.seccomp_profile = cc_xstrdup("");
  *state = f;
  return 0;
}

static int
teardown(void **state)
{
  static const char *const names[] = { "hostconfig.json", "profile.json" };
  struct fixture *f = *state;

  for (size_t i = 0; i < 2; i++)
    {
      cc_auto_free char *path = cc_xasprintf("%s/%s", f->dir, names[i]);

      unlink(path);
    }
  rmdir(f->dir);
  cc_json_free(f->doc);
  free(f->policy.network);
  free(f->policy.seccomp_profile);
  cc_report_clear(&f->report);
  cc_pins_clear(&f->pins);
  free(f);
  return 0;
}

static void
write_file(struct fixture *f, const char *name, const char *text, mode_t mode)
{
  cc_auto_close int dirfd = open(f->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

  assert_int_equal(cc_replace_file_at(dirfd, name, text, strlen(text), mode, getuid(), getgid(), NULL), 0);
}

static int
run(struct fixture *f, const char *spec, struct cc_error *err)
{
  cc_json_free(f->doc);
  f->doc = NULL;
  assert_int_equal(cc_json_parse(spec, strlen(spec), "config.json", &f->doc, NULL), 0);
  f->h = (struct cc_harden){ .doc = f->doc,
                             .spec = cc_json_root(f->doc),
                             .policy = &f->policy,
                             .identity = &f->identity,
                             .report = &f->report,
                             .pins = &f->pins };
  return cc_harden_seccomp(&f->h, err);
}

static const struct cc_jval *
profile(const struct fixture *f)
{
  return cc_jpath(f->h.spec, "linux.seccomp");
}

static void
is_tightened(struct fixture *f, const char *spec)
{
  struct cc_error err = CC_ERROR_INIT;

  cc_report_clear(&f->report);
  cc_pins_clear(&f->pins);
  assert_int_equal(run(f, spec, &err), 0);
  assert_int_equal(f->report.count, 1);
  assert_int_equal(f->report.items[0].kind, CC_TIGHTENED);
  assert_string_equal(cc_jget_str(profile(f), "defaultAction"), "SCMP_ACT_ERRNO");
}

static void
is_refused(struct fixture *f, const char *spec, const char *rule)
{
  struct cc_error err = CC_ERROR_INIT;

  cc_report_clear(&f->report);
  cc_pins_clear(&f->pins);
  assert_int_equal(run(f, spec, &err), 0);
  assert_int_equal(f->report.refusals, 1);
  assert_string_equal(cc_report_first_refusal(&f->report)->rule, rule);
}

#define NONE "{\"linux\":{}}"

static void
nobody_thought_of_one(void **state)
{
  static const enum cc_engine engines[] = { CC_ENGINE_NONE, CC_ENGINE_CONTAINERD, CC_ENGINE_CRI, CC_ENGINE_CRIO };
  struct fixture *f = *state;

  for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
    {
      f->identity.engine = engines[i];
      is_tightened(f, NONE);
      is_tightened(f, "{\"linux\":{\"seccomp\":null}}");
      is_tightened(f, "{}");
    }
  f->identity.engine = CC_ENGINE_PODMAN;
  f->identity.kind = CC_KIND_POD_SANDBOX;
  is_tightened(f, NONE);
}

static void
podman_was_told_unconfined(void **state)
{
  struct fixture *f = *state;

  f->identity.engine = CC_ENGINE_PODMAN;
  is_refused(f, NONE, "seccomp-unconfined");
  assert_null(profile(f));
}

static void
docker_says_what_was_asked(void **state)
{
  struct fixture *f = *state;

  f->identity.engine = CC_ENGINE_DOCKER;
  is_refused(f, NONE, "seccomp-unconfined"); /* no record */
  f->identity.engine_dir = f->dir;
  is_refused(f, NONE, "seccomp-unconfined"); /* no file */
  write_file(f, "hostconfig.json", "{", 0600);
  is_refused(f, NONE, "seccomp-unconfined");
  write_file(f, "hostconfig.json",
             "{\"SecurityOpt\":[\"no-new-privileges\",\"seccomp=unconfined\"],\"Privileged\":false}", 0600);
  is_refused(f, NONE, "seccomp-unconfined");
  write_file(f, "hostconfig.json", "{\"SecurityOpt\":[\"seccomp:unconfined\"]}", 0600);
  is_refused(f, NONE, "seccomp-unconfined");
  write_file(f, "hostconfig.json", "{\"SecurityOpt\":null,\"Privileged\":true}", 0600);
  is_refused(f, NONE, "seccomp-unconfined");
  write_file(f, "hostconfig.json", "{\"SecurityOpt\":null,\"Privileged\":false}", 0600);
  is_tightened(f, NONE); /* a daemon whose default is unconfined */
}

static void
given_profile_is_narrowed(void **state)
{
  struct fixture *f = *state;

  f->identity.engine = CC_ENGINE_PODMAN;
  is_tightened(f, "{\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\","
                  "\"bpf\",\"mount\"],"
                  "\"action\":\"SCMP_ACT_ALLOW\"}]}}}");
  assert_string_equal(f->report.items[0].was, "profile of the engine: 3 system calls allowed");
  assert_string_equal(f->report.items[0].now, "narrowed: 1 system calls allowed");
  assert_false(cc_jarray_has(cc_jget(cc_jget(profile(f), "syscalls")->last, "names"), "bpf"));
}

static void
bad_profiles_are_refused(void **state)
{
  struct fixture *f = *state;

  is_refused(f, "{\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}}}", "seccomp-listener");
  is_refused(f, "{\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_PERMIT\"}}}", "seccomp-profile");
  is_refused(f, "{\"linux\":{\"seccomp\":{}}}", "seccomp-profile");
}

static bool
allows(const struct fixture *f, const char *name)
{
  cc_jeach(rule, cc_jget(profile(f), "syscalls"))
  {
    if (strcmp(cc_jget_str(rule, "action"), "SCMP_ACT_ALLOW") == 0 && cc_jarray_has(cc_jget(rule, "names"), name))
      return true;
  }
  return false;
}

/* Netlink is the one family that depends on the policy. */
static size_t
socket_rules(const struct fixture *f)
{
  size_t n = 0;

  cc_jeach(rule, cc_jget(profile(f), "syscalls")) n += cc_jarray_has(cc_jget(rule, "names"), "socket");
  return n;
}

static void
network_decides_netlink(void **state)
{
  struct fixture *f = *state;

  is_tightened(f, NONE);
  assert_int_equal(socket_rules(f), 3);
  free(f->policy.network);
  f->policy.network = cc_xstrdup("bridge");
  is_tightened(f, NONE);
  assert_int_equal(socket_rules(f), 4);
}

static void
operators_profile(void **state)
{
  struct fixture *f = *state;
  struct cc_error err = CC_ERROR_INIT;

  free(f->policy.seccomp_profile);
  f->policy.seccomp_profile = cc_xasprintf("%s/profile.json", f->dir);
  assert_int_equal(run(f, NONE, &err), CC_FAILED); /* missing: no looser container */
  assert_non_null(strstr(err.msg, "seccompProfile"));
  write_file(f, "profile.json",
             "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\",\"bpf\"],\"action\":\"SCMP_ACT_"
             "ALLOW\"}]}",
             0622);
  cc_error_clear(&err);
  assert_int_equal(run(f, NONE, &err), CC_FAILED);
  assert_string_equal(err.rule, "config-owner");
  write_file(f, "profile.json",
             "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\",\"bpf\"],\"action\":\"SCMP_ACT_"
             "ALLOW\"}]}",
             0644);
  is_tightened(f, NONE);
  assert_true(allows(f, "read"));
  assert_false(allows(f, "bpf"));
  assert_false(allows(f, "write"));
  write_file(f, "profile.json", "{", 0644);
  cc_error_clear(&err);
  assert_int_equal(run(f, NONE, &err), CC_FAILED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(nobody_thought_of_one),     TEST(podman_was_told_unconfined), TEST(docker_says_what_was_asked),
    TEST(given_profile_is_narrowed), TEST(bad_profiles_are_refused),   TEST(network_decides_netlink),
    TEST(operators_profile),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
