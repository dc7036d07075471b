/* `closedclaw sandbox explain --json`: the field names of gateways' own command, and beside them `origins`, `mounts`,
 * `limits` and the rest of what is ours. */
#include "cli/explain.h"
#include "common/own.h"
#include "policy/tool_tables.h"

#include <string.h>

#define DOCS_URL "https://docs.openclaw.ai/sandbox"

static struct cc_jval *
strings_json(struct cc_json *doc, const struct cc_strings *strings)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < strings->count; i++)
    cc_jappend_str(doc, array, strings->items[i]);
  return array;
}

static struct cc_jval *
origin_json(const struct explained *e, struct cc_json *doc, const struct cc_origin *origin)
{
  static const char *const layers[] = { "default", "global", "agent" };
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

  cc_jset_str(doc, o, "source", layers[origin->file != 0 ? origin->layer : CC_LAYER_DEFAULT]);
  if (origin->file == 0)
    return o;
  cc_jset_str(doc, o, "file", cc_config_file(e->config, origin->file));
  cc_jset_int(doc, o, "line", origin->line);
  cc_jset_int(doc, o, "column", origin->column);
  return o;
}

/* -- tools -- */

/* One list of the sandbox's tool policy, as a gateway resolves it: the agent's, else the one at the top, else the
 * default. */
static void
set_sandbox_list(const struct explained *e, struct cc_json *doc, struct cc_jval *tools, bool deny,
                 const char *const *fallback)
{
  const char *key = deny ? "deny" : "allow";
  const struct cc_tool_block *blocks[] = { e->agent_tools, e->global_tools };
  struct cc_jval *sources = cc_jneed_object(doc, tools, "sources"), *source = cc_jneed_object(doc, sources, key);
  cc_auto_free char *ours = cc_xasprintf("agents.list[].tools.sandbox.tools.%s", key);
  cc_auto_free char *everybodys = cc_xasprintf("tools.sandbox.tools.%s", key);
  struct cc_jval *array;

  for (size_t i = 0; i < 2; i++)
    {
      const struct cc_tool_rules *rules = blocks[i] != NULL ? &blocks[i]->sandbox : NULL;
      const struct cc_tool_list *list = rules == NULL ? NULL : deny ? &rules->deny : &rules->allow;

      if (list == NULL || !list->set)
        continue;
      cc_jset(doc, tools, key, strings_json(doc, &list->names));
      cc_jset_str(doc, source, "source", i == 0 ? "agent" : "global");
      cc_jset_str(doc, source, "key", i == 0 ? ours : everybodys);
      return;
    }
  array = cc_jneed_array(doc, tools, key);
  for (; *fallback != NULL; fallback++)
    cc_jappend_str(doc, array, *fallback);
  cc_jset_str(doc, source, "source", "default");
  cc_jset_str(doc, source, "key", everybodys);
}

static void
add_denied(struct cc_json *doc, struct cc_jval *array, const struct cc_tool_block *block)
{
  if (block != NULL)
    for (size_t i = 0; i < block->own.deny.names.count; i++)
      cc_jappend_str(doc, array, block->own.deny.names.items[i]);
}

/* Seed 004's words: profile, denied, effective tools. */
static struct cc_jval *
policy_json(const struct explained *e, struct cc_json *doc, const struct explained_session *s)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *denied, *effective;
  enum cc_tool_profile profile;
  struct cc_origin place = { 0 };

  if (cc_tools_profile(s->tools, &profile, &place))
    cc_jset_str(doc, o, "profile", cc_tool_profile_name(profile));
  else
    cc_jset(doc, o, "profile", cc_jnew(doc, CC_JSON_NULL));
  cc_jset(doc, o, "profileOrigin", origin_json(e, doc, &place));
  denied = cc_jneed_array(doc, o, "denied");
  add_denied(doc, denied, e->global_tools);
  add_denied(doc, denied, e->agent_tools);
  effective = cc_jneed_array(doc, o, "effective");
  for (const struct cc_tool *tool = cc_tools_known; tool->name != NULL; tool++)
    if (cc_tools_allow(s->tools, tool->name))
      cc_jappend_str(doc, effective, tool->name);
  return o;
}

/* -- the sandbox -- */

static struct cc_jval *
sandbox_json(const struct explained *e, struct cc_json *doc, const struct explained_session *s)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *tools;

  cc_jset_str(doc, o, "mode", explain_mode(s->policy.mode));
  cc_jset_str(doc, o, "scope", explain_scope(s->policy.scope));
  cc_jset_bool(doc, o, "perSession", s->policy.scope == CC_SCOPE_SESSION);
  cc_jset_str(doc, o, "workspaceAccess", explain_access(s->policy.workspace_access));
  cc_jset_str(doc, o, "workspaceRoot", s->policy.workspace_root);
  cc_jset_bool(doc, o, "sessionIsSandboxed", s->policy.sandboxed);
  tools = cc_jneed_object(doc, o, "tools");
  cc_jneed_array(doc, tools, "allow");
  cc_jneed_array(doc, tools, "deny");
  set_sandbox_list(e, doc, tools, false, cc_tool_sandbox_allow);
  set_sandbox_list(e, doc, tools, true, cc_tool_sandbox_deny);
  return o;
}

static struct cc_jval *
sessions_json(const struct explained *e, struct cc_json *doc)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < e->session_count; i++)
    {
      struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

      cc_jset_str(doc, o, "sessionKey", e->sessions[i].key);
      cc_jset_bool(doc, o, "main", e->sessions[i].is_main);
      cc_jset_bool(doc, o, "sessionIsSandboxed", e->sessions[i].policy.sandboxed);
      cc_jset(doc, o, "toolPolicy", policy_json(e, doc, &e->sessions[i]));
      cc_jappend(array, o);
    }
  return array;
}

static struct cc_jval *
mount_json(struct cc_json *doc, const char *source, const char *target, bool read_only)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

  cc_jset_str(doc, o, "source", source);
  cc_jset_str(doc, o, "target", target);
  cc_jset_str(doc, o, "mode", read_only ? "ro" : "rw");
  return o;
}

static struct cc_jval *
mounts_json(const struct explained *e, struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < p->bind_count; i++)
    {
      struct cc_jval *o = mount_json(doc, p->binds[i].source, p->binds[i].target, p->binds[i].read_only);

      cc_jset(doc, o, "origin", origin_json(e, doc, &p->binds[i].place));
      cc_jappend(array, o);
    }
  for (size_t i = 0; i < p->tmpfs.count; i++)
    {
      struct cc_jval *o = mount_json(doc, "tmpfs", p->tmpfs.items[i], false);

      cc_jset(doc, o, "size", cc_jnew_uint(doc, p->tmpfs_size));
      cc_jset(doc, o, "origin", origin_json(e, doc, &p->origin[CC_FIELD_TMPFS]));
      cc_jappend(array, o);
    }
  return array;
}

static struct cc_jval *
limits_json(struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *ulimits;
  char cpus[40];

  snprintf(cpus, sizeof(cpus), "%g", p->cpus);
  cc_jset(doc, o, "memory", cc_jnew_uint(doc, p->memory));
  cc_jset(doc, o, "memorySwap", cc_jnew_uint(doc, p->memory_swap));
  cc_jset(doc, o, "cpus", cc_jnew_number(doc, cpus));
  cc_jset_int(doc, o, "pidsLimit", p->pids_limit);
  cc_jset(doc, o, "tmpfsSize", cc_jnew_uint(doc, p->tmpfs_size));
  ulimits = cc_jneed_object(doc, o, "ulimits");
  for (size_t i = 0; i < p->ulimit_count; i++)
    {
      struct cc_jval *u = cc_jneed_object(doc, ulimits, p->ulimits[i].name);

      cc_jset(doc, u, "soft",
              p->ulimits[i].soft == UINT64_MAX ? cc_jnew_int(doc, -1) : cc_jnew_uint(doc, p->ulimits[i].soft));
      cc_jset(doc, u, "hard",
              p->ulimits[i].hard == UINT64_MAX ? cc_jnew_int(doc, -1) : cc_jnew_uint(doc, p->ulimits[i].hard));
    }
  return o;
}

static struct cc_jval *
container_json(struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *env;
  cc_auto_free char *user = p->user_auto ? cc_xstrdup("auto") : cc_xasprintf("%u:%u", p->uid, p->gid);

  cc_jset_str(doc, o, "network", p->network);
  cc_jset_bool(doc, o, "readOnlyRoot", p->read_only_root);
  cc_jset_str(doc, o, "user", user);
  if (p->drop_all_capabilities)
    cc_jappend_str(doc, cc_jneed_array(doc, o, "capDrop"), "ALL");
  else
    cc_jset(doc, o, "capDrop", strings_json(doc, &p->cap_drop));
  cc_jset_str(doc, o, "seccompProfile", p->seccomp_profile);
  cc_jset_str(doc, o, "apparmorProfile", p->apparmor_profile);
  cc_jset(doc, o, "devices", strings_json(doc, &p->devices));
  cc_jset_str(doc, o, "gpus", p->gpus);
  env = cc_jneed_array(doc, o, "env"); /* names alone */
  for (size_t i = 0; i < p->env_count; i++)
    cc_jappend_str(doc, env, p->env[i].name);
  cc_jset_bool(doc, o, "setupCommand", p->setup_command[0] != '\0');
  return o;
}

static struct cc_jval *
origins_json(const struct explained *e, struct cc_json *doc, const struct cc_policy *p)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

  for (enum cc_field f = CC_FIELD_MODE; f < CC_FIELD_POLICY_END; f++)
    cc_jset(doc, o, cc_field_key(f), origin_json(e, doc, &p->origin[f]));
  return o;
}

/* -- all -- */

static void
set_fix_it(const struct cc_policy *p, struct cc_json *doc, struct cc_jval *o)
{
  static const char *const keys[]
      = { "tools.sandbox.tools.allow", "tools.sandbox.tools.deny", "agents.list[].tools.sandbox.tools.allow",
          "agents.list[].tools.sandbox.tools.deny", "tools.elevated.enabled" };
  struct cc_jval *array = cc_jneed_array(doc, o, "fixIt");

  if (p->mode != CC_MODE_OFF)
    {
      cc_jappend_str(doc, array, "agents.defaults.sandbox.mode=off");
      cc_jappend_str(doc, array, "agents.list[].sandbox.mode=off");
    }
  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
    cc_jappend_str(doc, array, keys[i]);
}

int
explain_print_json(const struct cli_terminal *t, const struct explained *e, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *files;
  /* a gateway's own command answers for the main session unless another one is named */
  const struct explained_session *s = &e->sessions[0];
  const struct cc_policy *p = &s->policy;

  cc_jset_str(doc, o, "docsUrl", DOCS_URL);
  cc_jset_str(doc, o, "agentId", e->agent);
  cc_jset_bool(doc, o, "agentIsConfigured", e->listed);
  cc_jset_str(doc, o, "sessionKey", s->key);
  cc_jset_str(doc, o, "mainSessionKey", e->main_key);
  cc_jset(doc, o, "sandbox", sandbox_json(e, doc, s));
  explain_elevated_json(e, doc, o);
  set_fix_it(p, doc, o);
  cc_jset_bool(doc, o, "enforced", p->enforcement == CC_ENFORCE);
  cc_jset(doc, o, "sessions", sessions_json(e, doc));
  cc_jset(doc, o, "toolPolicy", policy_json(e, doc, s));
  cc_jset(doc, o, "mounts", mounts_json(e, doc, p));
  cc_jset(doc, o, "container", container_json(doc, p));
  cc_jset(doc, o, "limits", limits_json(doc, p));
  cc_jset(doc, o, "origins", origins_json(e, doc, p));
  files = cc_jneed_array(doc, o, "files");
  for (size_t i = 0; i < e->reading.source_count; i++)
    cc_jappend_str(doc, files, e->reading.sources[i].path);
  return cli_print_json(t, o, err);
}
