/* What can be judged only when a whole file was read: keys that allow what other keys ask for. */
#include "policy/config_internal.h"

#include <string.h>

static bool
allowed(const struct cc_config *config, const struct cc_layer *layer, enum cc_field field)
{
  const struct cc_policy *policy = cc_layer_has(layer, field) ? &layer->policy : &config->global.policy;

  if (policy == &config->global.policy && !cc_layer_has(&config->global, field))
    return false;
  return field == CC_FIELD_NAMESPACE_JOIN ? policy->allow_namespace_join : policy->allow_reserved_targets;
}

static int
check_network(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *block,
              const struct cc_layer *layer)
{
  const struct cc_jval *network = cc_jget(block, "network");
  const struct cc_where here = { .up = where, .key = "network" };

  if (cc_jstr(network) == NULL || !cc_network_joins(network->text)
      || allowed(read->config, layer, CC_FIELD_NAMESPACE_JOIN))
    return 0;
  return cc_bad(read, &here, network,
                "another container's network is no sandbox of its own; write a network's name, or allow it with "
                "`docker.dangerouslyAllowContainerNamespaceJoin`");
}

static int
check_targets(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *binds,
              const struct cc_layer *layer)
{
  const struct cc_where here = { .up = where, .key = "binds" };
  struct cc_where item = { .up = &here };
  int result = 0;

  if (allowed(read->config, layer, CC_FIELD_RESERVED_TARGETS))
    return 0;
  cc_jeach(c, cc_jis(binds, CC_JSON_ARRAY) ? binds : NULL)
  {
    const char *colon = cc_jstr(c) != NULL ? strchr(c->text, ':') : NULL, *target = colon != NULL ? colon + 1 : "";
    char path[16];
    size_t length = strcspn(target, ":");

    /* only a path this short, or one that goes on with '/', can be or be under the reserved ones */
    if (length >= sizeof(path))
      length = sizeof(path) - 1;
    memcpy(path, target, length);
    path[length] = '\0';
    if (cc_target_is_reserved(path))
      {
        result = cc_bad(
            read, &item, c,
            "`/workspace` and `/agent` are filled by the sandbox itself; write another target, or allow it with "
            "`docker.dangerouslyAllowReservedContainerTargets`");
        if (!cc_goes_on(read))
          return result;
      }
    item.index++;
  }
  return result;
}

static int
check_sandbox(const struct cc_read *read, const struct cc_where *up, const struct cc_jval *sandbox,
              const struct cc_layer *layer)
{
  const struct cc_where where = { .up = up, .key = "sandbox" };
  const struct cc_where docker_where = { .up = &where, .key = "docker" };
  const struct cc_where browser_where = { .up = &where, .key = "browser" };
  const struct cc_where swap_where = { .up = &docker_where, .key = "memorySwap" };
  const struct cc_jval *docker = cc_jget(sandbox, "docker"), *browser = cc_jget(sandbox, "browser");
  const struct cc_jval *swap = cc_jget(docker, "memorySwap");
  const struct
  {
    const struct cc_where *where;
    const struct cc_jval *block;
    bool network;
  } blocks[] = { { &docker_where, docker, true }, { &browser_where, browser, true }, { &where, sandbox, false } };
  int result = 0;

  if (swap != NULL && cc_jget(docker, "memory") != NULL && cc_layer_has(layer, CC_FIELD_MEMORY)
      && cc_layer_has(layer, CC_FIELD_MEMORY_SWAP) && layer->policy.memory_swap < layer->policy.memory)
    result = cc_bad(read, &swap_where, swap, "memory and swap together must not be less than `memory`");
  for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]) && (result == 0 || cc_goes_on(read)); i++)
    if ((blocks[i].network && check_network(read, blocks[i].where, blocks[i].block, layer) < 0)
        || check_targets(read, blocks[i].where, cc_jget(blocks[i].block, "binds"), layer) < 0)
      result = CC_FAILED;
  return result;
}

/* WHERE is the agent's block V, ID its id; a block that is no agent at all was complained of already. */
static int
check_agent(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const char *id)
{
  const struct cc_agent *agent = id != NULL ? cc_config_agent(read->config, id) : NULL;

  return agent == NULL ? 0 : check_sandbox(read, where, cc_jget(v, "sandbox"), agent->layer);
}

int
cc_check_root(const struct cc_read *read, const struct cc_jval *root)
{
  const struct cc_where agents = { .key = "agents" };
  const struct cc_where defaults = { .up = &agents, .key = "defaults" };
  const struct cc_where list = { .up = &agents, .key = "list" }, entries = { .up = &agents, .key = "entries" };
  const struct cc_jval *all = cc_jpath(root, "agents.list"), *named = cc_jpath(root, "agents.entries");
  struct cc_where item = { .up = &list };
  int result = check_sandbox(read, &defaults, cc_jpath(root, "agents.defaults.sandbox"), &read->config->global);

  if (!cc_jis(all, CC_JSON_ARRAY))
    all = NULL;
  for (const struct cc_jval *c = all != NULL ? all->first : NULL; c != NULL && (result == 0 || cc_goes_on(read));
       c = c->next)
    {
      if (check_agent(read, &item, c, cc_jget_str(c, "id")) < 0)
        result = CC_FAILED;
      item.index++;
    }
  item.up = &entries;
  if (!cc_jis(named, CC_JSON_OBJECT))
    named = NULL;
  for (const struct cc_jval *c = named != NULL ? named->first : NULL; c != NULL && (result == 0 || cc_goes_on(read));
       c = c->next)
    {
      item.key = c->key;
      if (check_agent(read, &item, c, c->key) < 0)
        result = CC_FAILED;
    }
  return result;
}
