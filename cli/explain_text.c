/* The screen of `closedclaw sandbox explain`. */
#include "cli/explain.h"
#include "common/own.h"
#include "policy/tool_tables.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static void __attribute__((format(printf, 7, 8)))
row(const struct explained *e, struct cli_sheet *sheet, bool aligned, int indent, const char *label,
    const struct cc_origin *origin, const char *fmt, ...)
{
  cc_auto_free char *value = NULL;
  cc_auto_free char *from = origin != NULL ? explain_origin(e, origin) : cc_xstrdup("");
  va_list ap;

  va_start(ap, fmt);
  if (vasprintf(&value, fmt, ap) < 0)
    abort();
  va_end(ap);
  cli_sheet_row(sheet, aligned, indent, label, CLI_PLAIN, value, from);
}

static void
heading(struct cli_sheet *sheet, const char *text)
{
  cli_sheet_line(sheet, CLI_PLAIN, "");
  cli_sheet_line(sheet, CLI_BOLD, text);
}

static char *
joined(const struct cc_strings *strings, const char *none)
{
  char *text = cc_xstrdup(strings->count == 0 ? none : "");

  for (size_t i = 0; i < strings->count; i++)
    {
      char *longer = cc_xasprintf("%s%s%s", text, i > 0 ? ", " : "", strings->items[i]);

      free(text);
      text = longer;
    }
  return text;
}

/* -- the head -- */

static void
add_head(const struct explained *e, struct cli_sheet *sheet)
{
  const struct cc_policy *p = &explain_shown(e)->policy;

  if (e->listed || !e->named)
    row(e, sheet, true, 0, "Agent:", NULL, "%s", e->agent);
  else
    row(e, sheet, true, 0, "Agent:", NULL, "%s (not configured: the defaults hold)", e->agent);
  if (p->enforcement == CC_REPORT)
    cli_sheet_row(sheet, true, 0, "Enforcement:", CLI_YELLOW, "report: nothing of this is enforced", "");
  row(e, sheet, true, 0, "Sandbox mode:", &p->origin[CC_FIELD_MODE], "%s", explain_mode(p->mode));
  row(e, sheet, true, 0, "Sandbox scope:", &p->origin[CC_FIELD_SCOPE], "%s", explain_scope(p->scope));
  row(e, sheet, true, 0, "Workspace access:", &p->origin[CC_FIELD_WORKSPACE_ACCESS], "%s",
      explain_access(p->workspace_access));
  row(e, sheet, true, 0, "Workspace root:", &p->origin[CC_FIELD_WORKSPACE_ROOT], "%s", p->workspace_root);
}

static void
add_sessions(const struct explained *e, struct cli_sheet *sheet)
{
  cli_sheet_line(sheet, CLI_PLAIN, "");
  for (size_t i = 0; i < e->session_count; i++)
    {
      const struct explained_session *s = &e->sessions[i];
      cc_auto_free char *text = cc_xasprintf("Session \"%s\" " ARROW " %s", s->key,
                                             s->policy.sandboxed             ? "SANDBOX"
                                             : s->policy.mode == CC_MODE_OFF ? "HOST (mode is off)"
                                                                             : "HOST (main session exempted)");

      cli_sheet_line(sheet, s->policy.sandboxed ? CLI_GREEN : CLI_YELLOW, text);
    }
}

/* -- tools -- */

static char *
effective_tools(const struct cc_tools *tools)
{
  char *text = cc_xstrdup("");

  for (const struct cc_tool *tool = cc_tools_known; tool->name != NULL; tool++)
    if (cc_tools_allow(tools, tool->name))
      {
        char *longer = cc_xasprintf("%s%s%s", text, text[0] != '\0' ? ", " : "", tool->name);

        free(text);
        text = longer;
      }
  if (text[0] == '\0')
    {
      free(text);
      text = cc_xstrdup("none");
    }
  return text;
}

static void
add_list(const struct explained *e, struct cli_sheet *sheet, const char *label, const struct cc_tool_list *list)
{
  cc_auto_free char *names = joined(&list->names, "(empty list)");

  if (list->set)
    row(e, sheet, false, 2, label, &list->place, "%s", names);
}

static void
add_lists(const struct explained *e, struct cli_sheet *sheet, const struct cc_tool_block *block)
{
  if (block == NULL)
    return;
  add_list(e, sheet, "Denied:", &block->own.deny);
  add_list(e, sheet, "Allowed only:", &block->own.allow);
  add_list(e, sheet, "Also allowed:", &block->own.also_allow);
  add_list(e, sheet, "Denied in sandboxes:", &block->sandbox.deny);
  add_list(e, sheet, "Allowed in sandboxes only:", &block->sandbox.allow);
  add_list(e, sheet, "Also allowed in sandboxes:", &block->sandbox.also_allow);
}

static void
add_tools(const struct explained *e, struct cli_sheet *sheet)
{
  const struct explained_session *shown = explain_shown(e), *first = &e->sessions[0];
  cc_auto_free char *one = effective_tools(first->tools), *other = effective_tools(shown->tools);
  enum cc_tool_profile profile;
  struct cc_origin place;

  heading(sheet, "Tool policy:");
  if (cc_tools_profile(shown->tools, &profile, &place))
    row(e, sheet, false, 2, "Profile:", &place, "%s", cc_tool_profile_name(profile));
  else
    row(e, sheet, false, 2, "Profile:", &(struct cc_origin){ .file = 0 }, "none (no tool is left out)");
  add_lists(e, sheet, e->global_tools);
  add_lists(e, sheet, e->agent_tools);
  row(e, sheet, false, 2, "Effective tools:", NULL, "%s", one);
  if (strcmp(one, other) != 0)
    row(e, sheet, false, 2, "Effective tools in the sandbox:", NULL, "%s", other);
}

/* -- the container -- */

static void
add_mounts(const struct explained *e, struct cli_sheet *sheet)
{
  const struct cc_policy *p = &explain_shown(e)->policy;
  cc_auto_free char *size = explain_size(p->tmpfs_size);

  heading(sheet, "Mounts:");
  for (size_t i = 0; i < p->bind_count; i++)
    row(e, sheet, false, 2, "", &p->binds[i].place, "%s " ARROW " %s (%s)", p->binds[i].source, p->binds[i].target,
        p->binds[i].read_only ? "ro" : "rw");
  for (size_t i = 0; i < p->tmpfs.count; i++)
    row(e, sheet, false, 2, "", &p->origin[CC_FIELD_TMPFS], "tmpfs " ARROW " %s (%s)", p->tmpfs.items[i], size);
  row(e, sheet, false, 2, "", NULL, "tmpfs " ARROW " /workspace (%s), unless the gateway mounts one", size);
}

static void
add_user(const struct explained *e, struct cli_sheet *sheet, const struct cc_policy *p)
{
  const struct cc_origin *origin = &p->origin[CC_FIELD_USER];

  if (p->user_auto)
    row(e, sheet, true, 2, "User:", origin, "auto (the workspace's owner)");
  else
    row(e, sheet, true, 2, "User:", origin, "%" PRIu32 ":%" PRIu32 "%s", p->uid, p->gid, p->uid == 0 ? " (root)" : "");
}

static void
add_capabilities(const struct explained *e, struct cli_sheet *sheet, const struct cc_policy *p)
{
  cc_auto_free char *names = joined(&p->cap_drop, "nothing");
  const struct cc_origin *origin = &p->origin[CC_FIELD_CAP_DROP];

  if (p->drop_all_capabilities)
    row(e, sheet, true, 2, "Capabilities:", origin, "none (ALL dropped)");
  else
    row(e, sheet, true, 2, "Capabilities:", origin, "the engine's without %s", names);
}

static void
add_container(const struct explained *e, struct cli_sheet *sheet)
{
  const struct cc_policy *p = &explain_shown(e)->policy;
  cc_auto_free char *devices = joined(&p->devices, "none");

  heading(sheet, "Container:");
  row(e, sheet, true, 2, "Network:", &p->origin[CC_FIELD_NETWORK], "%s", p->network);
  row(e, sheet, true, 2, "Root filesystem:", &p->origin[CC_FIELD_READ_ONLY_ROOT], "%s",
      p->read_only_root ? "read-only" : "writable");
  add_user(e, sheet, p);
  add_capabilities(e, sheet, p);
  row(e, sheet, true, 2, "Seccomp:", &p->origin[CC_FIELD_SECCOMP_PROFILE], "built-in%s%s",
      p->seccomp_profile[0] != '\0' ? ", narrowed by " : "", p->seccomp_profile);
  row(e, sheet, true, 2, "AppArmor:", &p->origin[CC_FIELD_APPARMOR_PROFILE], "%s",
      p->apparmor_profile[0] != '\0' ? p->apparmor_profile : "the engine's");
  row(e, sheet, true, 2, "Devices:", &p->origin[CC_FIELD_DEVICES], "%s", devices);
  if (p->gpus[0] != '\0')
    row(e, sheet, true, 2, "GPUs:", &p->origin[CC_FIELD_GPUS], "%s", p->gpus);
  for (size_t i = 0; i < p->env_count; i++)
    row(e, sheet, true, 2, i == 0 ? "Environment:" : "", &p->env[i].place, "%s", p->env[i].name);
  if (p->setup_command[0] != '\0')
    row(e, sheet, true, 2, "Setup command:", &p->origin[CC_FIELD_SETUP_COMMAND], "set");
}

static void
add_ulimit(const struct explained *e, struct cli_sheet *sheet, const struct cc_ulimit *u)
{
  cc_auto_free char *label = cc_xasprintf("%s:", u->name);
  cc_auto_free char *soft = u->soft == UINT64_MAX ? cc_xstrdup("unlimited") : cc_xasprintf("%" PRIu64, u->soft);
  cc_auto_free char *hard = u->hard == UINT64_MAX ? cc_xstrdup("unlimited") : cc_xasprintf("%" PRIu64, u->hard);

  row(e, sheet, true, 2, label, &u->place, strcmp(soft, hard) == 0 ? "%s" : "%s (soft), %s (hard)", soft, hard);
}

static void
add_limits(const struct explained *e, struct cli_sheet *sheet)
{
  const struct cc_policy *p = &explain_shown(e)->policy;
  cc_auto_free char *memory = explain_size(p->memory), *both = explain_size(p->memory_swap);

  heading(sheet, "Limits:");
  row(e, sheet, true, 2, "Memory:", &p->origin[CC_FIELD_MEMORY], "%s", memory);
  row(e, sheet, true, 2, "Memory and swap:", &p->origin[CC_FIELD_MEMORY_SWAP], "%s", both);
  row(e, sheet, true, 2, "Processors:", &p->origin[CC_FIELD_CPUS], "%g", p->cpus);
  row(e, sheet, true, 2, "Processes:", &p->origin[CC_FIELD_PIDS_LIMIT], "%" PRId64, p->pids_limit);
  for (size_t i = 0; i < p->ulimit_count; i++)
    add_ulimit(e, sheet, &p->ulimits[i]);
}

static void
add_allowances(const struct explained *e, struct cli_sheet *sheet)
{
  const struct cc_policy *p = &explain_shown(e)->policy;
  const struct
  {
    bool set;
    enum cc_field field;
  } flags[] = { { p->allow_namespace_join, CC_FIELD_NAMESPACE_JOIN },
                { p->allow_reserved_targets, CC_FIELD_RESERVED_TARGETS },
                { p->allow_external_binds, CC_FIELD_EXTERNAL_BINDS } };
  bool any = false;

  for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
    {
      cc_auto_free char *origin = explain_origin(e, &p->origin[flags[i].field]);

      if (!flags[i].set)
        continue;
      if (!any)
        heading(sheet, "Dangerous:");
      any = true;
      cli_sheet_row(sheet, false, 2, "", CLI_YELLOW, strrchr(cc_field_key(flags[i].field), '.') + 1, origin);
    }
}

/* -- the foot -- */

static void
add_files(const struct explained *e, struct cli_sheet *sheet)
{
  if (e->reading.source_count == 0)
    {
      cli_sheet_line(sheet, CLI_PLAIN, "");
      cli_sheet_line(sheet, CLI_DIM, "There is no configuration: all values are the strict defaults.");
      return;
    }
  cli_sheet_line(sheet, CLI_PLAIN, "");
  for (size_t i = 0; i < e->reading.source_count; i++)
    {
      cc_auto_free char *text
          = cc_xasprintf("%s%s", i == 0 ? "Configuration: " : "               ", e->reading.sources[i].path);

      cli_sheet_line(sheet, CLI_DIM, text);
    }
}

#define AGENTS_SHOWN 5

static void
add_other_agents(const struct explained *e, struct cli_sheet *sheet)
{
  size_t count = cc_config_agent_count(e->config), shown = 0;
  cc_auto_free char *text = cc_xstrdup("");

  for (size_t i = 0; i < count && shown < AGENTS_SHOWN; i++)
    {
      const char *id = cc_config_agent_id(e->config, i);
      char *longer;

      if (strcmp(id, e->agent) == 0)
        continue;
      longer = cc_xasprintf("%s%s%s", text, shown++ > 0 ? ", " : "", id);
      free(text);
      text = longer;
    }
  count -= shown + e->listed;
  if (shown == 0)
    return;
  cc_auto_free char *line = count > 0 ? cc_xasprintf("Other agents: %s and %zu more (--agent ID)", text, count)
                                      : cc_xasprintf("Other agents: %s (--agent ID)", text);
  cli_sheet_line(sheet, CLI_DIM, line);
}

/* -- all of it -- */

int
explain_print_text(const struct cli_terminal *t, const struct explained *e)
{
  struct cli_sheet *sheet = cli_sheet_new();

  add_head(e, sheet);
  add_sessions(e, sheet);
  heading(sheet, "Elevated patterns:");
  explain_elevated_rows(e, sheet);
  add_tools(e, sheet);
  if (explain_shown(e)->policy.sandboxed)
    {
      add_mounts(e, sheet);
      add_container(e, sheet);
      add_limits(e, sheet);
      add_allowances(e, sheet);
    }
  else
    {
      cli_sheet_line(sheet, CLI_PLAIN, "");
      cli_sheet_line(sheet, CLI_PLAIN,
                     "No sandbox here: what the configuration says of mounts and limits holds nothing.");
    }
  add_files(e, sheet);
  add_other_agents(e, sheet);
  cli_sheet_print(sheet, t);
  return 0;
}
