/* Who a container is: from where its bundle lies, from annotations, from Docker's files; and what nobody can pretend.
 */
#include "common/own.h"
#include "host.h"
#include "shim/identify.h"
#include "shim/pod.h"
#include "shim/state.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TASK(ns) "/run/containerd/io.containerd.runtime.v2.task/" ns "/" ID
#define PODMAN "/var/lib/containers/storage/overlay-containers/" ID "/userdata"
#define CRIO "/run/containers/storage/overlay-containers/" ID "/userdata"

struct row
{
  const char *why, *bundle, *annotations;
  enum cc_engine engine;
  enum cc_kind kind;
  const char *agent, *session, *sandbox, *pod_uid;
};

static void
same(const char *why, const char *what, const char *is, const char *wanted)
{
  if (is == NULL ? wanted != NULL : wanted == NULL || strcmp(is, wanted) != 0)
    fail_msg("%s: %s is %s, not %s", why, what, is != NULL ? is : "unknown", wanted != NULL ? wanted : "unknown");
}

static void
identities(void **state)
{
#define CRI_SANDBOX                                                                                                    \
  "'io.kubernetes.cri.container-type':'sandbox','io.kubernetes.cri.sandbox-id':'" ID                                   \
  "','io.kubernetes.cri.sandbox-uid':'u'"
#define CRIO_SANDBOX                                                                                                   \
  "'io.container.manager':'cri-o','io.kubernetes.cri-o.ContainerType':'sandbox','io.kubernetes.cri-o.SandboxID':'" ID  \
  "'"
  static const struct row rows[] = {
    { "Docker", TASK("moby"), "", CC_ENGINE_DOCKER, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "a plugin of Docker", TASK("plugins.moby"), "", CC_ENGINE_DOCKER, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "ctr", TASK("default"), "", CC_ENGINE_CONTAINERD, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "a pod's sandbox", TASK("k8s.io"), CRI_SANDBOX, CC_ENGINE_CRI, CC_KIND_POD_SANDBOX, NULL, NULL, ID, "u" },
    { "the sandbox of another pod", TASK("k8s.io"),
      "'io.kubernetes.cri.container-type':'sandbox','io.kubernetes.cri.sandbox-id':'s'", CC_ENGINE_CRI, CC_KIND_PLAIN,
      NULL, NULL, "s", NULL },
    { "in a pod", TASK("k8s.io"), "'io.kubernetes.cri.container-type':'container','io.kubernetes.cri.sandbox-id':'s'",
      CC_ENGINE_CRI, CC_KIND_PLAIN, NULL, NULL, "s", NULL },
    { "Podman", PODMAN, "'io.container.manager':'libpod'", CC_ENGINE_PODMAN, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "Podman, by its bundle", PODMAN, "", CC_ENGINE_PODMAN, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "Podman, elsewhere", "/srv/x", "'io.container.manager':'libpod'", CC_ENGINE_PODMAN, CC_KIND_PLAIN, NULL, NULL,
      NULL, NULL },
    { "CRI-O", CRIO, CRIO_SANDBOX, CC_ENGINE_CRIO, CC_KIND_POD_SANDBOX, NULL, NULL, ID, NULL },
    { "bare", "/srv/bundle", "", CC_ENGINE_NONE, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "an agent", TASK("moby"), "'closedclaw.io/agent':'build','closedclaw.io/session':'agent:build:main'",
      CC_ENGINE_DOCKER, CC_KIND_AGENT, "build", "agent:build:main", NULL, NULL },
    { "the short spelling", "/srv/bundle", "'closedclaw.agent':'a'", CC_ENGINE_NONE, CC_KIND_AGENT, "a", NULL, NULL,
      NULL },
    { "the long one first", "/srv/bundle", "'closedclaw.agent':'a','closedclaw.io/agent':'b'", CC_ENGINE_NONE,
      CC_KIND_AGENT, "b", NULL, NULL, NULL },
    { "an empty name", "/srv/bundle", "'closedclaw.io/agent':''", CC_ENGINE_NONE, CC_KIND_PLAIN, NULL, NULL, NULL,
      NULL },
    { "no text", "/srv/bundle", "'closedclaw.io/agent':1", CC_ENGINE_NONE, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },

    { "Docker as a pod's sandbox", TASK("moby"), CRI_SANDBOX, CC_ENGINE_DOCKER, CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "Docker as Podman", TASK("moby"), "'io.container.manager':'libpod'", CC_ENGINE_DOCKER, CC_KIND_PLAIN, NULL, NULL,
      NULL, NULL },
    { "ctr as a pod's sandbox", TASK("default"), CRI_SANDBOX, CC_ENGINE_CONTAINERD, CC_KIND_PLAIN, NULL, NULL, NULL,
      NULL },
    { "Podman as CRI-O's sandbox", PODMAN, CRIO_SANDBOX, CC_ENGINE_PODMAN, CC_KIND_PLAIN, NULL, NULL, ID, NULL },
    { "Podman as a pod's sandbox", PODMAN, "'io.container.manager':'libpod'," CRI_SANDBOX, CC_ENGINE_PODMAN,
      CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
    { "Podman as nobody", PODMAN, "'io.container.manager':'x'", CC_ENGINE_PODMAN, CC_KIND_PLAIN, NULL, NULL, NULL,
      NULL },
    { "CRI-O's place, another id", "/run/containers/storage/overlay-containers/x/userdata", CRIO_SANDBOX,
      CC_ENGINE_PODMAN, CC_KIND_PLAIN, NULL, NULL, ID, NULL },
    { "Docker's place, another id", "/run/containerd/io.containerd.runtime.v2.task/moby/x", "", CC_ENGINE_NONE,
      CC_KIND_PLAIN, NULL, NULL, NULL, NULL },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_free char *spec = cc_xasprintf("{'annotations':{%s}}", rows[i].annotations);
      struct cc_json *doc = trial_json(spec);
      struct cc_identity identity;

      cc_identify(cc_json_root(doc), rows[i].bundle, ID, &identity);
      if (identity.engine != rows[i].engine || identity.kind != rows[i].kind)
        fail_msg("%s: %s, %s", rows[i].why, cc_engine_name(identity.engine), cc_kind_name(identity.kind));
      same(rows[i].why, "agent", identity.agent, rows[i].agent);
      same(rows[i].why, "session", identity.session, rows[i].session);
      same(rows[i].why, "sandbox", identity.sandbox_id, rows[i].sandbox);
      same(rows[i].why, "pod's uid", identity.pod_uid, rows[i].pod_uid);
      same(rows[i].why, "id", identity.container_id, ID);
      cc_identity_clear(&identity);
      cc_json_free(doc);
    }
}

static void
engine_directory(void **state)
{
  const char *own = cc_host_mkdir(cc_host_path("@/data/containers/" ID));
  const char *other = cc_host_mkdir(cc_host_path("@/data/containers/other"));
  const struct
  {
    const char *why, *source;
    mode_t mode;
    uid_t owner;
    bool found;
  } rows[] = {
    { "its own", cc_host_path("%s/hostname", own), 0710, 0, true },
    { "another container's", cc_host_path("%s/hostname", other), 0710, 0, false },
    { "another file", cc_host_path("%s/shadow", own), 0710, 0, false },
    { "upwards", cc_host_path("%s/../" ID "/hosts", own), 0710, 0, false },
    { "that others may write to", cc_host_path("%s/hosts", own), 0770, 0, false },
    { "somebody else's", cc_host_path("%s/hosts", own), 0710, 1000, false },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_free char *spec = cc_xasprintf("{'mounts':[{'destination':'/x','source':'%s'}]}", rows[i].source);
      struct cc_json *doc = trial_json(spec);
      struct cc_identity identity;

      assert_int_equal(chmod(own, rows[i].mode), 0);
      assert_int_equal(chown(own, rows[i].owner, 0), 0);
      cc_identify(cc_json_root(doc), TASK("moby"), ID, &identity);
      same(rows[i].why, "engine's directory", identity.engine_dir, rows[i].found ? own : NULL);
      cc_identity_clear(&identity);
      cc_json_free(doc);
    }
}

/* Podman's caller may name any container as its pod's sandbox: joining a victim's namespaces would be its right then.
 */
static void
pods(void **state)
{
  static char low_level[] = "/usr/bin/runc", empty[] = "";
  struct cc_state victim = {
    .managed = true, .low_level = low_level, .bundle = empty, .apparmor = empty, .selinux = empty, .audit_file = empty
  };
  const char *root = cc_host_mkdir(cc_host_path("@/root"));
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  for (int sandbox = 0; sandbox < 3; sandbox++)
    {
      struct cc_identity identity = { .engine = CC_ENGINE_PODMAN,
                                      .container_id = cc_xstrdup("me"),
                                      .sandbox_id = cc_xstrdup(sandbox == 2 ? "../victim" : "victim") };

      victim.pod_sandbox = sandbox == 1;
      assert_int_equal(cc_state_write(root, "victim", &victim, &err), 0);
      assert_false(cc_pod_owns_namespace(&identity, root, "/proc/1/ns/pid")); /* it has no process */
      cc_pod_verify(&identity, root);
      same("verified", "sandbox", identity.sandbox_id, sandbox == 1 ? "victim" : NULL);
      cc_identity_clear(&identity);
    }
  assert_int_equal(cc_state_remove(root, "victim", &err), 0);
}

static void
sandboxes(void **state)
{
  static const struct
  {
    enum cc_engine engine;
    enum cc_kind kind;
    const char *spec;
    bool sandbox;
  } rows[] = {
    { CC_ENGINE_CRI, CC_KIND_POD_SANDBOX, "{}", true },
    { CC_ENGINE_PODMAN, CC_KIND_PLAIN, "{'process':{'args':['/catatonit','-P']}}", true },
    { CC_ENGINE_PODMAN, CC_KIND_PLAIN, "{'process':{'args':['sh','/catatonit']}}", false },
    { CC_ENGINE_PODMAN, CC_KIND_PLAIN, "{'process':{}}", false },
    { CC_ENGINE_DOCKER, CC_KIND_PLAIN, "{'process':{'args':['/catatonit','-P']}}", false },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      struct cc_json *doc = trial_json(rows[i].spec);
      const struct cc_identity identity = { .engine = rows[i].engine, .kind = rows[i].kind };

      assert_int_equal(cc_pod_is_sandbox(&identity, cc_json_root(doc)), rows[i].sandbox);
      cc_json_free(doc);
    }
}

static void
agents_for_auto(void **state)
{
  static const struct
  {
    enum cc_kind kind;
    const char *spec;
    bool agent;
  } rows[] = {
    { CC_KIND_PLAIN, "{'process':{'env':['A=b']}}", false },
    { CC_KIND_PLAIN, "{'process':{'env':['OPENCLAW_CLI=1']}}", true },
    { CC_KIND_PLAIN, "{'process':{'env':['XOPENCLAW_CLI=1']}}", false },
    { CC_KIND_AGENT, "{}", true },
    { CC_KIND_BROWSER, "{}", true },
    { CC_KIND_POD_SANDBOX, "{}", false },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      struct cc_json *doc = trial_json(rows[i].spec);
      const struct cc_identity identity = { .kind = rows[i].kind };

      assert_int_equal(cc_identity_is_agent(&identity, cc_json_root(doc)), rows[i].agent);
      cc_json_free(doc);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(identities), cmocka_unit_test(engine_directory), cmocka_unit_test(pods),
    cmocka_unit_test(sandboxes),  cmocka_unit_test(agents_for_auto),
  };
  int failed;

  cc_host_enter();
  cc_host_mount("tmpfs", "/run", "mode=755");
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
