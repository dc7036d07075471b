/* The tool policy: which tools an agent may use, and who said so.
 *
 * Layers are asked in order, and each can only take away: a tool is allowed when none of them takes it. In a layer a
 * name in `deny` is gone, whatever `allow` says; an empty `allow` lets everything else be, one with entries only those.
 * docs/tool-policy.md has all of it. */
#ifndef CC_POLICY_TOOLS_H
#define CC_POLICY_TOOLS_H

#include "policy/tool_config.h"

#include <stdbool.h>
#include <stddef.h>

enum cc_tool_layer
{
  CC_TOOL_PROFILE,
  CC_TOOL_PROVIDER_PROFILE,
  CC_TOOL_GLOBAL,
  CC_TOOL_PROVIDER,
  CC_TOOL_AGENT,
  CC_TOOL_AGENT_PROVIDER,
  CC_TOOL_SENDER,
  CC_TOOL_SANDBOX,
  CC_TOOL_SUBAGENT,
  CC_TOOL_WORKSPACE, /* workspaceAccess "ro" takes the tools that write */
  CC_TOOL_LAYERS
};

/* What is asked. The blocks are read while the answer lives. */
struct cc_tool_query
{
  const struct cc_tool_block *global; /* cc_config_tools (config, NULL) */
  const struct cc_tool_block *agent;  /* cc_config_tools (config, ID), NULL for none */
  const char *agent_id;               /* for texts; NULL without an agent */
  const char *provider;               /* the model's, "anthropic" or "anthropic/MODEL"; NULL: byProvider is left out */
  /* who asks: "ID", or "id:ID", "channel:CHANNEL:ID", "e164:…", "username:…", "name:…"; "" for somebody who is not
   * known, NULL: toolsBySender is left out */
  const char *sender;
  bool sandboxed, subagent;
  enum cc_workspace_access access; /* counts when sandboxed */
  struct cc_origin access_place;
};

enum cc_tool_why
{
  CC_TOOL_UNMENTIONED, /* allowed: the layer says nothing of it */
  CC_TOOL_IN_ALLOW,    /* allowed: an entry has it */
  CC_TOOL_IN_DENY,     /* denied: an entry has it */
  CC_TOOL_NOT_ALLOWED, /* denied: the layer lists what is allowed, and this is not on it */
};

/* What one layer says of a tool, or all of them together. Valid while the policy lives. */
struct cc_tool_verdict
{
  bool allowed;
  enum cc_tool_layer layer; /* that decided; CC_TOOL_LAYERS when allowed by all together */
  enum cc_tool_why why;
  const char *entry;      /* as written: "group:fs", "wr*"; "" when there is none */
  const char *key;        /* "tools.deny", "tools.profile \"coding\"", "the built-in list for sandboxes" */
  struct cc_origin place; /* all zero when nobody wrote it */
};

struct cc_tools;

/* The tool policy of QUERY. The caller owns it. For a list, ask it of every name of cc_tools_known
 * (policy/tool_tables.h). */
struct cc_tools *cc_tools_resolve(const struct cc_tool_query *query);
void cc_tools_free(struct cc_tools *tools);
void cc_cleanup_tools(struct cc_tools **tools);
#define cc_auto_tools __attribute__((cleanup(cc_cleanup_tools)))

/* Is the tool NAME allowed (any case, aliases)? */
bool cc_tools_allow(const struct cc_tools *tools, const char *name);

/* The same with the layer that took it: the first one that denied. */
struct cc_tool_verdict cc_tools_judge(const struct cc_tools *tools, const char *name);

/* The layers that have something to say, in order, and what each says of NAME by itself. */
size_t cc_tools_layer_count(const struct cc_tools *tools);
struct cc_tool_verdict cc_tools_judge_layer(const struct cc_tools *tools, size_t i, const char *name);

/* A tool that a profile does not have although an `allow` names it: that list cannot bring it back, which people
 * expect. True then, and *OUT is where it was written. */
bool cc_tools_is_vain(const struct cc_tools *tools, const char *name, struct cc_tool_verdict *out);

/* The profile that holds, and where it was written; false when none does. */
bool cc_tools_profile(const struct cc_tools *tools, enum cc_tool_profile *out, struct cc_origin *place);

/* The I-th entry, from 0, that stands for nothing known: it denies or allows nothing. False when there are not so many.
 * A plugin's tool is such an entry, too. */
bool cc_tools_unknown(const struct cc_tools *tools, size_t i, struct cc_tool_verdict *out);

/* True when SESSION (may be NULL) is a sub-agent's: "agent:ID:subagent:…". */
bool cc_tool_session_is_subagent(const char *session);

/* "global", "provider profile" … */
const char *cc_tool_layer_name(enum cc_tool_layer layer);

/* VERDICT in half a sentence, malloc'd: "`group:fs` in tools.deny", "not in tools.profile "messaging"". */
char *cc_tool_verdict_text(const struct cc_tool_verdict *verdict);

#endif
