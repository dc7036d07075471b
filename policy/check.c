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

  if (network == NULL || !cc_network_joins(network->text) || allowed(read->config, layer, CC_FIELD_NAMESPACE_JOIN))
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

  if (allowed(read->config, layer, CC_FIELD_RESERVED_TARGETS))
    return 0;
  cc_jeach(c, binds)
  {
    const char *target = strchr(c->text, ':') + 1;
    char path[16];
    size_t length = strcspn(target, ":");

    /* only a path this short, or one that goes on with '/', can be or be under the reserved ones */
    if (length >= sizeof(path))
      length = sizeof(path) - 1;
    memcpy(path, target, length);
    path[length] = '\0';
    if (cc_target_is_reserved(path))
      return cc_bad(
          read, &item, c,
          "`/workspace` and `/agent` are filled by the sandbox itself; write another target, or allow it with "
          "`docker.dangerouslyAllowReservedContainerTargets`");
    item.index++;
  }
  return 0;
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

  if (swap != NULL && cc_jget(docker, "memory") != NULL && layer->policy.memory_swap < layer->policy.memory)
    return cc_bad(read, &swap_where, swap, "memory and swap together must not be less than `memory`");
  if (check_network(read, &docker_where, docker, layer) < 0 || check_network(read, &browser_where, browser, layer) < 0)
    return CC_FAILED;
  if (check_targets(read, &where, cc_jget(sandbox, "binds"), layer) < 0
      || check_targets(read, &docker_where, cc_jget(docker, "binds"), layer) < 0
      || check_targets(read, &browser_where, cc_jget(browser, "binds"), layer) < 0)
    return CC_FAILED;
  return 0;
}

int
cc_check_root(const struct cc_read *read, const struct cc_jval *root)
{
  const struct cc_where agents = { .key = "agents" };
  const struct cc_where defaults = { .up = &agents, .key = "defaults" };
  const struct cc_where list = { .up = &agents, .key = "list" }, entries = { .up = &agents, .key = "entries" };
  struct cc_where item = { .up = &list };

  if (check_sandbox(read, &defaults, cc_jpath(root, "agents.defaults.sandbox"), &read->config->global) < 0)
    return CC_FAILED;
  cc_jeach(c, cc_jpath(root, "agents.list"))
  {
    if (check_sandbox(read, &item, cc_jget(c, "sandbox"), &cc_config_agent(read->config, cc_jget_str(c, "id"))->layer)
        < 0)
      return CC_FAILED;
    item.index++;
  }
  item.up = &entries;
  cc_jeach(c, cc_jpath(root, "agents.entries"))
  {
    item.key = c->key;
    if (check_sandbox(read, &item, cc_jget(c, "sandbox"), &cc_config_agent(read->config, c->key)->layer) < 0)
      return CC_FAILED;
  }
  return 0;
}
