/* Namespaces and the network. */
#include "common/own.h"
#include "netns.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#define NS(type) "{'type':'" type "'}"
#define AT(type, path) "{'type':'" type "','path':'" path "'}"
#define SPEC(list) "{'process':{},'linux':{'namespaces':[" list "]}}"
#define OWN NS("mount") "," NS("uts") "," NS("pid") "," NS("ipc")
#define ALL OWN "," NS("cgroup") "," NS("network")
#define NETNS "/run/netns/netns-00bb63a5"

static void
namespaces(void **state)
{
  static const struct trial_row rows[] = {
    { "all", SPEC(ALL), NULL, "", SPEC(ALL) },
    { "Docker on cgroup v1", SPEC(OWN "," NS("network")), NULL, "", SPEC(OWN "," NS("network") "," NS("cgroup")) },
    { "user and time are the caller's", SPEC(ALL "," NS("user") "," NS("time")), NULL, NULL, NULL },
    { "an empty path is none", SPEC(ALL "," AT("user", "")), NULL, NULL, NULL },
    { "no list", "{'process':{},'linux':{}}", "namespace-mount", NULL, NULL },
    { "--pid host", SPEC(NS("mount") "," NS("uts") "," NS("ipc")), "namespace-pid", NULL, NULL },
    { "--ipc host", SPEC(NS("mount") "," NS("uts") "," NS("pid")), "namespace-ipc", NULL, NULL },
    { "--uts host", SPEC(NS("mount") "," NS("ipc") "," NS("pid")), "namespace-uts", NULL, NULL },
    { "no mount namespace", SPEC(NS("uts") "," NS("ipc") "," NS("pid")), "namespace-mount", NULL, NULL },
    { "another case", SPEC(NS("mount") "," NS("uts") "," NS("ipc") "," NS("PID")), "namespace", NULL, NULL },
    { "--pid container:x", SPEC(NS("mount") "," NS("uts") "," NS("ipc") "," AT("pid", "/proc/1/ns/pid")),
      "namespace-pid", NULL, NULL },
    { "the host's cgroup namespace", SPEC(OWN "," AT("cgroup", "/proc/1/ns/cgroup")), "namespace-join", NULL, NULL },
    { "the host's user namespace", SPEC(ALL "," AT("user", "/proc/1/ns/user")), "namespace-join", NULL, NULL },
    { "the host's mount namespace", SPEC(NS("uts") "," NS("pid") "," NS("ipc") "," AT("mount", "/proc/1/ns/mnt")),
      "namespace-join", NULL, NULL },
    { "another type at its path", SPEC(OWN "," AT("time", "/proc/1/ns/net")), "namespace-join", NULL, NULL },
    { "first own, then the host's", SPEC(ALL "," AT("pid", "/proc/1/ns/pid")), "namespace", NULL, NULL },
    { "first the host's, then own", SPEC(AT("pid", "/proc/1/ns/pid") "," ALL), "namespace-pid", NULL, NULL },
    { "one that nobody knows", SPEC(ALL "," NS("syslog")), "namespace", NULL, NULL },
    { "no type", SPEC(ALL ",{'path':'/proc/1/ns/pid'}"), "namespace", NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_namespaces);
}

static void
network(void **state)
{
  static const struct trial_row rows[] = {
    { "own", SPEC(NS("network")), NULL, "", SPEC(NS("network")) },
    { "Podman's own, with a route out", SPEC(AT("network", NETNS)), NULL, "", SPEC(NS("network")) },
    { "CNI's", SPEC(AT("network", "/var/run/netns/cni-1")), NULL, "", SPEC(NS("network")) },
    { "--network host", SPEC(OWN), "namespace-network", NULL, NULL },
    { "Docker 20's host network", SPEC(AT("network", "/var/run/docker/netns/default")), "namespace-network", NULL,
      NULL },
    { "--network container:x", SPEC(AT("network", "/proc/1043/ns/net")), "namespace-network", NULL, NULL },
    { "a place below an engine's", SPEC(AT("network", NETNS "/../../../proc/1/ns/net")), "namespace-network", NULL,
      NULL },
    { "a named one of the host", SPEC(AT("network", "/run/netns/lan")), "namespace-network", NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_network);
}

static void
network_of_the_operator(void **state)
{
  struct trial t;

  (void)state;
  trial_begin(&t, SPEC(AT("network", NETNS)));
  free(t.policy.network);
  t.policy.network = strdup("bridge");
  assert_null(trial_run(&t, cc_harden_network));
  assert_string_equal(cc_jget_str(cc_jpath(t.h.spec, "linux.namespaces")->first, "path"), NETNS);
  trial_end(&t);

  /* another container's, only when the operator wrote both words */
  for (int allowed = 0; allowed < 2; allowed++)
    {
      const char *rule;

      trial_begin(&t, SPEC(AT("network", "/proc/1043/ns/net")));
      free(t.policy.network);
      t.policy.network = strdup("container:other");
      t.policy.allow_namespace_join = allowed != 0;
      rule = trial_run(&t, cc_harden_network);
      assert_true(allowed ? rule == NULL : rule != NULL && strcmp(rule, "namespace-network") == 0);
      trial_end(&t);
    }

  /* the host's, not even then */
  trial_begin(&t, SPEC(AT("network", "/proc/self/ns/net")));
  free(t.policy.network);
  t.policy.network = strdup("container:other");
  t.policy.allow_namespace_join = true;
  assert_string_equal(trial_run(&t, cc_harden_network), "namespace-network");
  trial_end(&t);
}

static const char *
rule_of_shared(const char *network, enum cc_engine engine, enum cc_kind kind)
{
  struct trial t;
  const char *rule;

  trial_begin(&t, SPEC(AT("network", NETNS)));
  free(t.policy.network);
  t.policy.network = cc_xstrdup(network);
  t.identity.engine = engine;
  t.identity.kind = kind;
  rule = trial_run(&t, cc_harden_network);
  trial_end(&t);
  return rule;
}

/* A /run of the test's own, also for who is not root. */
static int
own_run(void **state)
{
  (void)state;
  if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
    fail_msg("a mount namespace is needed: %s", strerror(errno));
  assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), 0);
  assert_int_equal(mount("test", "/run", "tmpfs", 0, NULL), 0);
  return mkdir("/run/netns", 0755);
}

/* `podman run --network ns:/run/netns/netns-…` of another container. */
static void
network_in_use(void **state)
{
  auto_netns other = netns_make();
  cc_auto_free char *place = cc_xasprintf("/proc/%d/ns/net", other.pid);

  (void)state;
  assert_int_equal(symlink(place, NETNS), 0);
  assert_string_equal(rule_of_shared("bridge", CC_ENGINE_PODMAN, CC_KIND_PLAIN), "namespace-network");
  /* a pod's sandbox keeps its network whatever the policy says */
  assert_string_equal(rule_of_shared("none", CC_ENGINE_CRI, CC_KIND_POD_SANDBOX), "namespace-network");
  /* not joined but replaced; and the second container of a pod */
  assert_null(rule_of_shared("none", CC_ENGINE_PODMAN, CC_KIND_PLAIN));
  assert_null(rule_of_shared("bridge", CC_ENGINE_CRIO, CC_KIND_PLAIN));
}

/* A pod's sandbox keeps the network that kubelet's probes need; its containers are not it by saying so. */
static void
network_of_a_pod(void **state)
{
  struct trial t;

  (void)state;
  trial_begin(&t, SPEC(AT("network", "/var/run/netns/cni-1")));
  t.identity.kind = CC_KIND_POD_SANDBOX;
  assert_null(trial_run(&t, cc_harden_network));
  assert_string_equal(cc_jget_str(cc_jpath(t.h.spec, "linux.namespaces")->first, "path"), "/var/run/netns/cni-1");
  trial_end(&t);

  trial_begin(&t, SPEC(ALL "," AT("user", "/proc/1/ns/user")));
  t.identity.sandbox_id = strdup("no-such-sandbox");
  assert_string_equal(trial_run(&t, cc_harden_namespaces), "namespace-join");
  trial_end(&t);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(namespaces),
    cmocka_unit_test(network),
    cmocka_unit_test(network_of_the_operator),
    cmocka_unit_test(network_of_a_pod),
    cmocka_unit_test_setup(network_in_use, own_run), /* the last: its /run stays */
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
