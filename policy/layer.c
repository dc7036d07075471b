#include "policy/config_internal.h"

#include "common/own.h"

#include <string.h>
#include <strings.h>

/* -- lists -- */

void
cc_set_string(char **slot, const char *s)
{
  char *copy = cc_xstrdup(s);

  free(*slot);
  *slot = copy;
}

void
cc_strings_add(struct cc_strings *list, const char *s)
{
  list->items = cc_xrealloc(list->items, (list->count + 1) * sizeof(char *));
  list->items[list->count++] = cc_xstrdup(s);
}

void
cc_strings_clear(struct cc_strings *list)
{
  for (size_t i = 0; i < list->count; i++)
    free(list->items[i]);
  free(list->items);
  *list = (struct cc_strings){ 0 };
}

static void
binds_add(struct cc_bind **items, size_t *count, const struct cc_bind *bind)
{
  for (size_t i = 0; i < *count; i++)
    if (strcmp((*items)[i].target, bind->target) == 0)
      {
        cc_set_string(&(*items)[i].source, bind->source);
        (*items)[i].read_only = bind->read_only;
        (*items)[i].place = bind->place;
        return;
      }
  *items = cc_xrealloc(*items, (*count + 1) * sizeof(struct cc_bind));
  (*items)[*count]
      = (struct cc_bind){ cc_xstrdup(bind->source), cc_xstrdup(bind->target), bind->read_only, bind->place };
  *count += 1;
}

static void
binds_clear(struct cc_bind **items, size_t *count)
{
  for (size_t i = 0; i < *count; i++)
    {
      free((*items)[i].source);
      free((*items)[i].target);
    }
  free(*items);
  *items = NULL;
  *count = 0;
}

void
cc_binds_add(struct cc_bind_list *list, const struct cc_bind *bind)
{
  binds_add(&list->items, &list->count, bind);
}

void
cc_binds_clear(struct cc_bind_list *list)
{
  binds_clear(&list->items, &list->count);
}

void
cc_env_set(struct cc_policy *policy, const struct cc_env_entry *entry)
{
  for (size_t i = 0; i < policy->env_count; i++)
    if (strcmp(policy->env[i].name, entry->name) == 0)
      {
        cc_set_string(&policy->env[i].value, entry->value);
        policy->env[i].place = entry->place;
        return;
      }
  policy->env = cc_xrealloc(policy->env, (policy->env_count + 1) * sizeof(struct cc_env_entry));
  policy->env[policy->env_count++]
      = (struct cc_env_entry){ cc_xstrdup(entry->name), cc_xstrdup(entry->value), entry->place };
}

void
cc_ulimit_set(struct cc_policy *policy, const struct cc_ulimit *ulimit)
{
  size_t i = 0;

  while (i < policy->ulimit_count && strcmp(policy->ulimits[i].name, ulimit->name) != 0)
    i++;
  if (i == policy->ulimit_count)
    {
      policy->ulimits = cc_xrealloc(policy->ulimits, (i + 1) * sizeof(struct cc_ulimit));
      policy->ulimits[policy->ulimit_count++].name = cc_xstrdup(ulimit->name);
    }
  policy->ulimits[i].soft = ulimit->soft;
  policy->ulimits[i].hard = ulimit->hard;
  policy->ulimits[i].place = ulimit->place;
}

/* -- fields: how each is merged -- */

struct field
{
  size_t offset, size;
  void (*merge)(struct cc_policy *to, const struct cc_policy *from, const struct field *field);
};

static void
merge_flat(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  memcpy((char *)to + field->offset, (const char *)from + field->offset, field->size);
}

static void
merge_string(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  char *const *source = (char *const *)((const char *)from + field->offset);

  cc_set_string((char **)((char *)to + field->offset), *source);
}

static void
merge_strings(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  const struct cc_strings *source = (const struct cc_strings *)((const char *)from + field->offset);
  struct cc_strings *target = (struct cc_strings *)((char *)to + field->offset);

  cc_strings_clear(target);
  for (size_t i = 0; i < source->count; i++)
    cc_strings_add(target, source->items[i]);
}

static void
merge_caps(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  to->drop_all_capabilities = from->drop_all_capabilities;
  merge_strings(to, from, field);
}

static void
merge_user(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  (void)field;
  to->user_auto = from->user_auto;
  to->uid = from->uid;
  to->gid = from->gid;
}

static void
merge_binds(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  (void)field;
  for (size_t i = 0; i < from->bind_count; i++)
    binds_add(&to->binds, &to->bind_count, &from->binds[i]);
}

static void
merge_env(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  (void)field;
  for (size_t i = 0; i < from->env_count; i++)
    cc_env_set(to, &from->env[i]);
}

static void
merge_ulimits(struct cc_policy *to, const struct cc_policy *from, const struct field *field)
{
  (void)field;
  for (size_t i = 0; i < from->ulimit_count; i++)
    cc_ulimit_set(to, &from->ulimits[i]);
}

#define FIELD(member, merge)                                                                                           \
  {                                                                                                                    \
    offsetof(struct cc_policy, member), sizeof(((struct cc_policy *)0)->member), merge                                 \
  }

static const struct field fields[CC_FIELD_POLICY_END] = {
  [CC_FIELD_MODE] = FIELD(mode, merge_flat),
  [CC_FIELD_SCOPE] = FIELD(scope, merge_flat),
  [CC_FIELD_WORKSPACE_ACCESS] = FIELD(workspace_access, merge_flat),
  [CC_FIELD_WORKSPACE_ROOT] = FIELD(workspace_root, merge_string),
  [CC_FIELD_READ_ONLY_ROOT] = FIELD(read_only_root, merge_flat),
  [CC_FIELD_NETWORK] = FIELD(network, merge_string),
  [CC_FIELD_CAP_DROP] = FIELD(cap_drop, merge_caps),
  [CC_FIELD_TMPFS] = FIELD(tmpfs, merge_strings),
  [CC_FIELD_TMPFS_SIZE] = FIELD(tmpfs_size, merge_flat),
  [CC_FIELD_USER] = FIELD(user_auto, merge_user),
  [CC_FIELD_PIDS_LIMIT] = FIELD(pids_limit, merge_flat),
  [CC_FIELD_MEMORY] = FIELD(memory, merge_flat),
  [CC_FIELD_MEMORY_SWAP] = FIELD(memory_swap, merge_flat),
  [CC_FIELD_CPUS] = FIELD(cpus, merge_flat),
  [CC_FIELD_ULIMITS] = FIELD(ulimits, merge_ulimits),
  [CC_FIELD_BINDS] = FIELD(binds, merge_binds),
  [CC_FIELD_ENV] = FIELD(env, merge_env),
  [CC_FIELD_SETUP_COMMAND] = FIELD(setup_command, merge_string),
  [CC_FIELD_SECCOMP_PROFILE] = FIELD(seccomp_profile, merge_string),
  [CC_FIELD_APPARMOR_PROFILE] = FIELD(apparmor_profile, merge_string),
  [CC_FIELD_DEVICES] = FIELD(devices, merge_strings),
  [CC_FIELD_GPUS] = FIELD(gpus, merge_string),
  [CC_FIELD_NAMESPACE_JOIN] = FIELD(allow_namespace_join, merge_flat),
  [CC_FIELD_RESERVED_TARGETS] = FIELD(allow_reserved_targets, merge_flat),
  [CC_FIELD_EXTERNAL_BINDS] = FIELD(allow_external_binds, merge_flat),
  [CC_FIELD_ENFORCEMENT] = FIELD(enforcement, merge_flat),
  [CC_FIELD_LOW_LEVEL] = FIELD(low_level, merge_strings),
  [CC_FIELD_AUDIT_FILE] = FIELD(audit_file, merge_string),
  [CC_FIELD_AUDIT_JOURNALD] = FIELD(audit_journald, merge_flat),
  [CC_FIELD_AUDIT_RETENTION] = FIELD(audit_retention_days, merge_flat),
};

void
cc_layer_merge(struct cc_policy *policy, const struct cc_layer *layer, uint64_t mask)
{
  for (unsigned i = CC_FIELD_NONE + 1; i < CC_FIELD_POLICY_END; i++)
    if ((layer->set & mask & CC_BIT(i)) != 0)
      {
        fields[i].merge(policy, &layer->policy, &fields[i]);
        policy->origin[i] = layer->policy.origin[i];
      }
}

void *
cc_layer_slot(struct cc_layer *layer, enum cc_field field)
{
  switch (field)
    {
    case CC_FIELD_NONE:
      return NULL;
    case CC_FIELD_BROWSER_ENABLED:
      return &layer->browser_enabled;
    case CC_FIELD_BROWSER_NETWORK:
      return &layer->browser_network;
    case CC_FIELD_BROWSER_BINDS:
      return &layer->browser_binds;
    case CC_FIELD_BROWSER_HOST_CONTROL:
      return &layer->browser_host_control;
    default:
      return (char *)&layer->policy + fields[field].offset;
    }
}

void
cc_layer_clear(struct cc_layer *layer)
{
  cc_policy_clear(&layer->policy);
  free(layer->browser_network);
  cc_binds_clear(&layer->browser_binds);
  cc_tool_block_free(layer->tools);
  *layer = (struct cc_layer){ 0 };
}

void
cc_policy_clear(struct cc_policy *policy)
{
  char *const strings[] = { policy->workspace_root,   policy->network, policy->setup_command, policy->seccomp_profile,
                            policy->apparmor_profile, policy->gpus,    policy->audit_file };

  for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
    free(strings[i]);
  cc_strings_clear(&policy->cap_drop);
  cc_strings_clear(&policy->tmpfs);
  cc_strings_clear(&policy->devices);
  cc_strings_clear(&policy->low_level);
  binds_clear(&policy->binds, &policy->bind_count);
  for (size_t i = 0; i < policy->env_count; i++)
    {
      free(policy->env[i].name);
      free(policy->env[i].value);
    }
  free(policy->env);
  for (size_t i = 0; i < policy->ulimit_count; i++)
    free(policy->ulimits[i].name);
  free(policy->ulimits);
  memset(policy, 0, sizeof(*policy));
}
