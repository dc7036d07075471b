/* Who asks: the input, beside the configuration, of every decision. The strings come from outside;
 * they select what the operator wrote and can never carry a permission themselves (docs/trust-model.md). */
#ifndef CC_POLICY_IDENTITY_H
#define CC_POLICY_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

enum cc_engine
{
  CC_ENGINE_NONE,
  CC_ENGINE_DOCKER,
  CC_ENGINE_CONTAINERD,
  CC_ENGINE_CRI,
  CC_ENGINE_PODMAN,
  CC_ENGINE_CRIO
};

enum cc_kind
{
  CC_KIND_PLAIN,       /* a container that says nothing about itself */
  CC_KIND_AGENT,       /* an agent's sandbox */
  CC_KIND_BROWSER,     /* an agent's browser container */
  CC_KIND_POD_SANDBOX, /* Kubernetes' pause container */
};

/* Owned by whoever filled it in; NULL strings are "unknown". */
struct cc_identity
{
  enum cc_engine engine;
  enum cc_kind kind;
  char *container_id;
  char *agent;      /* agent id, "main" in "agent:main:telegram:group:1" */
  char *session;    /* whole session key */
  char *sandbox_id; /* the pod's sandbox container, for a container in a pod */
  char *pod_uid, *pod_namespace, *pod_name;
  char *engine_dir; /* Docker: <data-root>/containers/<id>, proven root-owned */
};

void cc_identity_clear(struct cc_identity *identity);

/* The agent of the session key SESSION (may be NULL): its length, and where it begins in *ID; 0 when there is none. It
 * is "agent:ID:…", or "agent:ID" alone, which gateways write for a container that all sessions of an agent share (scope
 * "agent"). */
size_t cc_session_agent(const char *session, const char **id);
const char *cc_engine_name(enum cc_engine engine);
const char *cc_kind_name(enum cc_kind kind);

#endif
