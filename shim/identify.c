#include "shim/identify.h"

#include "common/own.h"
#include "common/path.h"
#include "shim/docker_labels.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define TASKS "/io.containerd.runtime.v2.task/"

/* The containerd namespace that the bundle path names, malloc'd, or NULL. */
static char *
containerd_namespace(const char *bundle, const char *id)
{
  const char *tasks = strstr(bundle, TASKS), *name, *end;

  if (tasks == NULL)
    return NULL;
  name = tasks + strlen(TASKS);
  end = strchr(name, '/');
  if (end == NULL || strcmp(end + 1, id) != 0)
    return NULL;
  return cc_xstrndup(name, (size_t)(end - name));
}

/* containers/storage: …/overlay-containers/ID/userdata, of Podman and of CRI-O. */
static bool
is_storage_bundle(const char *bundle, const char *id)
{
  cc_auto_free char *tail = cc_xasprintf("-containers/%s/userdata", id);
  size_t have = strlen(bundle), want = strlen(tail);

  return have > want && strcmp(bundle + have - want, tail) == 0;
}

/* Podman lets its caller overwrite `io.container.manager` (measured with 4.3), and what says cri-o there and "sandbox"
 * beside it would keep its network. CRI-O's bundles are in the runtime directory, Podman's in the persistent one. */
static bool
is_crio(const struct cc_jval *annotations, const char *bundle, const char *id)
{
  const char *manager = cc_jget_str(annotations, "io.container.manager");

  return manager != NULL && strcmp(manager, "cri-o") == 0 && is_storage_bundle(bundle, id)
         && strncmp(bundle, "/run/containers/storage/", strlen("/run/containers/storage/")) == 0;
}

/* The bundle's place is the engine's own and comes first: annotations are also the caller's. */
static enum cc_engine
engine_of(const struct cc_jval *annotations, const char *bundle, const char *id)
{
  cc_auto_free char *ns = containerd_namespace(bundle, id);
  const char *manager = cc_jget_str(annotations, "io.container.manager");

  if (ns != NULL && (strcmp(ns, "moby") == 0 || strcmp(ns, "plugins.moby") == 0))
    return CC_ENGINE_DOCKER;
  if (ns != NULL && strcmp(ns, "k8s.io") == 0 && cc_jget(annotations, "io.kubernetes.cri.container-type") != NULL)
    return CC_ENGINE_CRI;
  if (ns != NULL)
    return CC_ENGINE_CONTAINERD;
  if (is_crio(annotations, bundle, id))
    return CC_ENGINE_CRIO;
  return manager != NULL || is_storage_bundle(bundle, id) ? CC_ENGINE_PODMAN : CC_ENGINE_NONE;
}

static char *
copy_first(const struct cc_jval *annotations, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    {
      const char *value = cc_jget_str(annotations, *keys);

      if (value != NULL && value[0] != '\0')
        return cc_xstrdup(value);
    }
  return NULL;
}

static const char *const agent_keys[] = { "closedclaw.io/agent", "closedclaw.agent", NULL };
static const char *const session_keys[] = { "closedclaw.io/session", "closedclaw.session", NULL };
/* How each engine writes a pod into its containers' annotations. Podman has CRI-O's, and lets its caller write any. */
static const struct
{
  enum cc_engine engine;
  const char *kind, *sandbox, *uid, *name_space, *name; /* kind NULL: no annotation makes a sandbox */
} pods[] = {
  { CC_ENGINE_CRI, "io.kubernetes.cri.container-type", "io.kubernetes.cri.sandbox-id", "io.kubernetes.cri.sandbox-uid",
    "io.kubernetes.cri.sandbox-namespace", "io.kubernetes.cri.sandbox-name" },
  { CC_ENGINE_CRIO, "io.kubernetes.cri-o.ContainerType", "io.kubernetes.cri-o.SandboxID", "io.kubernetes.pod.uid",
    "io.kubernetes.cri-o.Namespace", "io.kubernetes.cri-o.KubeName" },
  { CC_ENGINE_PODMAN, NULL, "io.kubernetes.cri-o.SandboxID", NULL, NULL, NULL },
};

static char *
copy_of(const struct cc_jval *annotations, const char *key)
{
  const char *const keys[] = { key, NULL };

  return copy_first(annotations, keys);
}

static void
identify_pod(const struct cc_jval *annotations, struct cc_identity *out)
{
  for (size_t i = 0; i < sizeof(pods) / sizeof(pods[0]); i++)
    {
      const char *kind = pods[i].kind != NULL ? cc_jget_str(annotations, pods[i].kind) : NULL;

      if (pods[i].engine != out->engine)
        continue;
      out->sandbox_id = copy_of(annotations, pods[i].sandbox);
      out->pod_uid = copy_of(annotations, pods[i].uid);
      out->pod_namespace = copy_of(annotations, pods[i].name_space);
      out->pod_name = copy_of(annotations, pods[i].name);
      /* a sandbox is its own pod's: one that names another, or none, was not made by the engine's pod code */
      if (kind != NULL && strcmp(kind, "sandbox") == 0 && out->sandbox_id != NULL
          && strcmp(out->sandbox_id, out->container_id) == 0)
        out->kind = CC_KIND_POD_SANDBOX;
    }
}

/* Docker's directory of this container, from the source of a file that Docker itself mounts, when it is root's alone.
 */
static char *
docker_directory(const struct cc_jval *spec, const char *id)
{
  static const char *const files[] = { "/hostname", "/hosts", "/resolv.conf" };
  cc_auto_free char *tail = NULL;

  cc_jeach(m, cc_jget(spec, "mounts"))
  {
    const char *source = cc_jget_str(m, "source");

    for (size_t i = 0; source != NULL && i < sizeof(files) / sizeof(files[0]); i++)
      {
        struct stat st;
        size_t have = strlen(source), want;

        free(tail);
        tail = cc_xasprintf("/containers/%s%s", id, files[i]);
        want = strlen(tail);
        if (have <= want || strcmp(source + have - want, tail) != 0 || !cc_path_is_clean(source))
          continue;
        cc_auto_free char *dir = cc_xstrndup(source, have - strlen(files[i]));
        if (lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == 0 && (st.st_mode & 022) == 0)
          return cc_move_ptr(dir);
      }
  }
  return NULL;
}

void
cc_identify(const struct cc_jval *spec, const char *bundle, const char *id, struct cc_identity *out)
{
  const struct cc_jval *annotations = cc_jget(spec, "annotations");

  memset(out, 0, sizeof(*out));
  out->engine = engine_of(annotations, bundle, id);
  out->kind = CC_KIND_PLAIN;
  out->container_id = cc_xstrdup(id);
  out->agent = copy_first(annotations, agent_keys);
  out->session = copy_first(annotations, session_keys);
  if (out->agent != NULL || out->session != NULL)
    out->kind = CC_KIND_AGENT;
  if (out->engine == CC_ENGINE_DOCKER)
    out->engine_dir = docker_directory(spec, id);
  identify_pod(annotations, out);
}

/* -- labels -- */

static char *
copy_first_label(const struct cc_docker_labels *labels, const char *const *keys)
{
  for (; *keys != NULL; keys++)
    {
      const char *value = cc_docker_label_of_caller(labels, *keys);

      if (value != NULL && value[0] != '\0')
        return cc_xstrdup(value);
    }
  return NULL;
}

void
cc_identify_by_labels(struct cc_identity *identity)
{
  static const char *const agents[] = { "closedclaw.agent", NULL };
  static const char *const sessions[] = { "closedclaw.session", "openclaw.sessionKey", "clawdbot.sessionKey", NULL };
  static const char *const browsers[] = { "openclaw.sandboxBrowser", "clawdbot.sandboxBrowser", NULL };
  cc_auto_free char *browser = NULL;
  struct cc_docker_labels *labels;

  if (identity->engine_dir == NULL || identity->agent != NULL || identity->session != NULL)
    return;
  labels = cc_docker_labels_read(identity->engine_dir);
  if (labels == NULL)
    return;
  identity->agent = copy_first_label(labels, agents);
  identity->session = copy_first_label(labels, sessions);
  browser = copy_first_label(labels, browsers);
  if (identity->agent != NULL || identity->session != NULL)
    identity->kind = browser != NULL ? CC_KIND_BROWSER : CC_KIND_AGENT;
  cc_docker_labels_free(labels);
}

/* -- for closedclaw-runtime-auto -- */

static bool
environment_says_agent(const struct cc_jval *spec)
{
  return cc_jarray_has(cc_jpath(spec, "process.env"), "OPENCLAW_CLI=1");
}

static bool
labels_say_agent(const char *engine_dir)
{
  static const char *const keys[]
      = { "openclaw.sandbox",   "openclaw.sandboxBrowser", "clawdbot.sandbox",  "clawdbot.sandboxBrowser",
          "closedclaw.sandbox", "closedclaw.agent",        "closedclaw.session" };
  struct cc_docker_labels *labels = cc_docker_labels_read(engine_dir);
  bool found = false;

  for (size_t i = 0; labels != NULL && i < sizeof(keys) / sizeof(keys[0]); i++)
    found = found || cc_docker_label_is_there(labels, keys[i]);
  cc_docker_labels_free(labels);
  return found;
}

bool
cc_identity_is_agent(const struct cc_identity *identity, const struct cc_jval *spec)
{
  return identity->kind == CC_KIND_AGENT || identity->kind == CC_KIND_BROWSER || environment_says_agent(spec)
         || (identity->engine_dir != NULL && labels_say_agent(identity->engine_dir));
}
