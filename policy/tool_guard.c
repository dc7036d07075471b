#include "policy/tool_guard.h"

#include "common/own.h"
#include "policy/config.h"
#include "policy/tools.h"

#include <string.h>

/* What each need is given by: any one of these is enough. Reading is part of many tools (what is sent or looked at is
 * read first), and whoever may run a shell may read by it. */
static const char *const giving[CC_TOOL_NEEDS][24] = {
  [CC_TOOL_NEED_EXEC] = { "exec", NULL },
  [CC_TOOL_NEED_CHANGE] = { "write", "edit", "apply_patch", NULL },
  [CC_TOOL_NEED_READ] = { "read", "ls", "write", "edit", "apply_patch", "exec", "view_image", "image", "pdf", "message",
                          "tts", "memory_get", "memory_search", "image_generate", "music_generate", "video_generate",
                          "skill_workshop", "bundle-mcp", NULL },
};

/* What each shape needs. An operation that nobody knows could be any. */
#define BIT(need) (1u << (need))
static const unsigned needs[] = {
  [CC_EXEC_OTHER] = BIT(CC_TOOL_NEED_EXEC),
  [CC_EXEC_SHELL] = BIT(CC_TOOL_NEED_EXEC),
  [CC_EXEC_READ] = BIT(CC_TOOL_NEED_READ),
  [CC_EXEC_CHANGE] = BIT(CC_TOOL_NEED_CHANGE),
  [CC_EXEC_UNKNOWN_FILE] = BIT(CC_TOOL_NEED_EXEC) | BIT(CC_TOOL_NEED_CHANGE) | BIT(CC_TOOL_NEED_READ),
  [CC_EXEC_CLEANUP] = 0,
  [CC_EXEC_MOUNTS] = 0,
};

/* -- making -- */

/* The agent of IDENTITY, malloc'd; NULL when it names none. */
static char *
agent_of(const struct cc_identity *identity)
{
  const char *id;
  size_t length = cc_session_agent(identity->session, &id);

  if (identity->agent != NULL)
    return cc_xstrdup(identity->agent);
  return length > 0 ? cc_xstrndup(id, length) : NULL;
}

/* Why TOOL is denied, malloc'd. */
static char *
reason(const struct cc_config *config, const char *agent, const char *tool, const struct cc_tool_verdict *v)
{
  cc_auto_free char *text = cc_tool_verdict_text(v);

  if (v->place.line == 0)
    return cc_xasprintf("tool `%s` is denied to agent `%.64s`: %s", tool, agent, text);
  return cc_xasprintf("tool `%s` is denied to agent `%.64s`: %s (%s:%u)", tool, agent, text,
                      cc_config_file(config, v->place.file), v->place.line);
}

void
cc_tool_guard_make(const struct cc_config *config, const struct cc_identity *identity, const struct cc_policy *policy,
                   struct cc_tool_guard *out)
{
  cc_auto_free char *agent = agent_of(identity);
  cc_auto_tools struct cc_tools *tools = NULL;
  struct cc_tool_query query = { .global = cc_config_tools(config, NULL),
                                 .agent = agent != NULL ? cc_config_tools(config, agent) : NULL,
                                 .agent_id = agent,
                                 .sandboxed = true,
                                 .subagent = cc_tool_session_is_subagent(identity->session),
                                 .access = policy->workspace_access,
                                 .access_place = policy->origin[CC_FIELD_WORKSPACE_ACCESS] };

  memset(out, 0, sizeof(*out));
  if (agent == NULL || !policy->sandboxed || identity->kind == CC_KIND_POD_SANDBOX)
    return;
  tools = cc_tools_resolve(&query);
  for (unsigned n = 0; n < CC_TOOL_NEEDS; n++)
    {
      struct cc_tool_verdict first = { .allowed = true };
      bool allowed = false;

      for (size_t i = 0; !allowed && giving[n][i] != NULL; i++)
        {
          struct cc_tool_verdict v = cc_tools_judge(tools, giving[n][i]);

          allowed = v.allowed;
          if (i == 0)
            first = v;
        }
      if (!allowed)
        out->denied[n] = reason(config, agent, giving[n][0], &first);
    }
  if (out->denied[CC_TOOL_NEED_EXEC] != NULL && policy->setup_command[0] != '\0')
    out->setup = cc_xstrdup(policy->setup_command);
}

/* -- asking -- */

bool
cc_tool_guard_denies(const struct cc_tool_guard *guard)
{
  for (unsigned n = 0; n < CC_TOOL_NEEDS; n++)
    if (guard->denied[n] != NULL)
      return true;
  return false;
}

const char *
cc_tool_guard_judge(const struct cc_tool_guard *guard, const char *const *argv, size_t count,
                    struct cc_exec_shape *shape)
{
  if (!cc_tool_guard_denies(guard))
    return NULL;
  *shape = cc_exec_shape(argv, count);
  if (shape->kind == CC_EXEC_SHELL && guard->setup != NULL && strcmp(argv[2], guard->setup) == 0)
    return NULL;
  for (unsigned n = 0; n < CC_TOOL_NEEDS; n++)
    if ((needs[shape->kind] & BIT(n)) != 0 && guard->denied[n] != NULL)
      return guard->denied[n];
  return NULL;
}

void
cc_tool_guard_clear(struct cc_tool_guard *guard)
{
  for (unsigned n = 0; n < CC_TOOL_NEEDS; n++)
    free(guard->denied[n]);
  free(guard->setup);
  memset(guard, 0, sizeof(*guard));
}
