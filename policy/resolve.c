/* Who may have what: the effective policy of an identity.
 *
 * The identity comes from annotations and labels, that is, from whoever may call the engine's API. Such a caller can
 * name any agent and any session, and so choose among what the operator wrote: mode "off" for an agent, "non-main" for
 * the main session, the binds of an agent. It can never get more than the operator wrote for somebody, and what an
 * image says never gets here (docs/trust-model.md). */
#include "policy/config_internal.h"

#include "common/own.h"

#include <string.h>
#include <strings.h>

/* An agent's blocks that count nothing under scope "shared": docs/configuration.md, Merging. */
#define AGENT_OF_SHARED                                                                                                \
  (CC_BIT(CC_FIELD_MODE) | CC_BIT(CC_FIELD_SCOPE) | CC_BIT(CC_FIELD_WORKSPACE_ACCESS) | CC_BIT(CC_FIELD_WORKSPACE_ROOT))

/* Chromium alone runs more than 256 threads, and the pids limit counts threads. */
#define BROWSER_PIDS_LIMIT 1024

static void
cleanup_policy(struct cc_policy *policy)
{
  cc_policy_clear(policy);
}

/* The agent that IDENTITY names, NULL when it names none or one that the configuration does not know. An agent and the
 * session of another one are no identity. */
static int
find_agent(const struct cc_config *config, const struct cc_identity *identity, const struct cc_agent **out,
           struct cc_error *err)
{
  const char *of_session = NULL;
  size_t length = cc_session_agent(identity->session, &of_session);
  cc_auto_free char *id = NULL;

  if (identity->agent != NULL && length > 0
      && (strlen(identity->agent) != length || strncasecmp(identity->agent, of_session, length) != 0))
    return cc_error_refuse(
        err, "identity",
        "agent `%.64s` with the session `%.200s`: the session is another agent's; name the agent's own session",
        identity->agent, identity->session);
  if (identity->agent != NULL)
    id = cc_xstrdup(identity->agent);
  else if (length > 0)
    id = cc_xstrndup(of_session, length);
  *out = id != NULL ? cc_config_agent(config, id) : NULL;
  return 0;
}

/* Exactly: "agent:a:main:thread:1" is another session. */
bool
cc_config_is_main_session(const struct cc_config *config, const char *session)
{
  const char *id;
  size_t length;

  if (session == NULL)
    return false;
  if (strcmp(session, config->main_key) == 0)
    return true;
  length = cc_session_agent(session, &id);
  return length > 0 && id[length] == ':' && strcmp(id + length + 1, config->main_key) == 0;
}

static bool
is_sandboxed(const struct cc_config *config, const struct cc_policy *policy, const struct cc_identity *identity)
{
  if (policy->mode == CC_MODE_OFF)
    return false;
  return policy->mode != CC_MODE_NON_MAIN || identity == NULL || !cc_config_is_main_session(config, identity->session);
}

static bool
said(const struct cc_layer *global, const struct cc_layer *agent, enum cc_field field)
{
  return cc_layer_has(global, field) || (agent != NULL && cc_layer_has(agent, field));
}

static void
add_binds(struct cc_policy *policy, const struct cc_layer *layer)
{
  struct cc_bind_list list = { policy->binds, policy->bind_count };

  if (layer != NULL && cc_layer_has(layer, CC_FIELD_BROWSER_BINDS))
    for (size_t i = 0; i < layer->browser_binds.count; i++)
      cc_binds_add(&list, &layer->browser_binds.items[i]);
  policy->binds = list.items;
  policy->bind_count = list.count;
}

/* A browser container gets its own network and more threads only where the operator enabled the browser: that a
 * container calls itself one is no reason. AGENT is NULL when there is none or it does not count. */
static void
apply_browser(const struct cc_config *config, const struct cc_layer *agent, struct cc_policy *policy)
{
  const struct cc_layer *global = &config->global;
  const struct cc_layer *source;

  if (said(global, agent, CC_FIELD_BROWSER_BINDS))
    {
      struct cc_bind_list old = { policy->binds, policy->bind_count };

      cc_binds_clear(&old);
      policy->binds = NULL;
      policy->bind_count = 0;
      add_binds(policy, global);
      add_binds(policy, agent);
      policy->origin[CC_FIELD_BINDS] = (agent != NULL && cc_layer_has(agent, CC_FIELD_BROWSER_BINDS) ? agent : global)
                                           ->policy.origin[CC_FIELD_BROWSER_BINDS];
    }
  source = agent != NULL && cc_layer_has(agent, CC_FIELD_BROWSER_ENABLED) ? agent : global;
  if (!cc_layer_has(source, CC_FIELD_BROWSER_ENABLED) || !source->browser_enabled)
    return;
  source = agent != NULL && cc_layer_has(agent, CC_FIELD_BROWSER_NETWORK) ? agent
           : cc_layer_has(global, CC_FIELD_BROWSER_NETWORK)               ? global
                                                                          : &config->defaults;
  cc_set_string(&policy->network, source->browser_network);
  policy->origin[CC_FIELD_NETWORK] = source->policy.origin[CC_FIELD_BROWSER_NETWORK];
  if (!said(global, agent, CC_FIELD_PIDS_LIMIT))
    policy->pids_limit = BROWSER_PIDS_LIMIT;
}

/* The scope that counts, before anything else is merged. */
static enum cc_scope
scope_of(const struct cc_config *config, const struct cc_layer *agent)
{
  if (agent != NULL && cc_layer_has(agent, CC_FIELD_SCOPE))
    return agent->policy.scope;
  return cc_layer_has(&config->global, CC_FIELD_SCOPE) ? config->global.policy.scope : config->defaults.policy.scope;
}

int
cc_config_resolve(const struct cc_config *config, const struct cc_identity *identity, struct cc_policy *out,
                  struct cc_error *err)
{
  __attribute__((cleanup(cleanup_policy))) struct cc_policy policy = { 0 };
  const struct cc_agent *found = NULL;
  const struct cc_layer *agent; /* NULL too when its docker and browser blocks do not count */
  bool shared;

  if (identity != NULL && find_agent(config, identity, &found, err) < 0)
    return CC_FAILED;
  shared = scope_of(config, found != NULL ? found->layer : NULL) == CC_SCOPE_SHARED;
  agent = found != NULL && !shared ? found->layer : NULL;
  cc_layer_merge(&policy, &config->defaults, ~UINT64_C(0));
  cc_layer_merge(&policy, &config->global, ~UINT64_C(0));
  if (found != NULL)
    cc_layer_merge(&policy, found->layer, shared ? AGENT_OF_SHARED : ~UINT64_C(0));
  if (identity != NULL && identity->kind == CC_KIND_BROWSER)
    apply_browser(config, agent, &policy);
  /* Written nowhere it is no swap; written in another block than `memory` it cannot be less than that. */
  if (!said(&config->global, agent, CC_FIELD_MEMORY_SWAP) || policy.memory_swap < policy.memory)
    {
      policy.memory_swap = policy.memory;
      policy.origin[CC_FIELD_MEMORY_SWAP] = policy.origin[CC_FIELD_MEMORY];
    }
  if (cc_network_joins(policy.network) && !policy.allow_namespace_join)
    return cc_error_refuse(
        err, "config",
        "network `%s`: this agent may not join another container's network; give it a network, or set "
        "`dangerouslyAllowContainerNamespaceJoin`",
        policy.network);
  policy.sandboxed = is_sandboxed(config, &policy, identity);
  *out = policy;
  policy = (struct cc_policy){ 0 };
  return 0;
}
