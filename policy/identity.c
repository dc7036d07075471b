#include "policy/identity.h"

#include <stdlib.h>
#include <string.h>

void
cc_identity_clear(struct cc_identity *identity)
{
  char *const strings[] = { identity->container_id, identity->agent,         identity->session,  identity->sandbox_id,
                            identity->pod_uid,      identity->pod_namespace, identity->pod_name, identity->engine_dir };

  for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
    free(strings[i]);
  memset(identity, 0, sizeof(*identity));
}

size_t
cc_session_agent(const char *session, const char **id)
{
  if (session == NULL || strncmp(session, "agent:", strlen("agent:")) != 0)
    return 0;
  *id = session + strlen("agent:");
  return strcspn(*id, ":");
}

const char *
cc_engine_name(enum cc_engine engine)
{
  static const char *const names[] = {
    [CC_ENGINE_NONE] = "none", [CC_ENGINE_DOCKER] = "docker", [CC_ENGINE_CONTAINERD] = "containerd",
    [CC_ENGINE_CRI] = "cri",   [CC_ENGINE_PODMAN] = "podman", [CC_ENGINE_CRIO] = "cri-o",
  };

  return names[engine];
}

const char *
cc_kind_name(enum cc_kind kind)
{
  static const char *const names[] = {
    [CC_KIND_PLAIN] = "plain",
    [CC_KIND_AGENT] = "agent",
    [CC_KIND_BROWSER] = "browser",
    [CC_KIND_POD_SANDBOX] = "pod-sandbox",
  };

  return names[kind];
}
