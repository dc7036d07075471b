/* The tools that gateways offer to agents: their names, their groups, and which profile has them. */
#ifndef CC_POLICY_TOOL_TABLES_H
#define CC_POLICY_TOOL_TABLES_H

#include "policy/tool_config.h"

#include <stdbool.h>
#include <stddef.h>

struct cc_tool
{
  const char *name;
  const char *groups;   /* "fs openclaw": the groups that it is in, without "group:" */
  const char *profiles; /* "minimal coding": the profiles that have it; "full" has all */
};

/* Every tool that is known by name, in the order in which they are shown. Ends with a NULL name. Plugins and MCP
 * servers bring others; `bundle-mcp` stands for all of the latter. */
extern const struct cc_tool cc_tools_known[];

/* What a sandboxed session has, and has not, where nobody wrote tools.sandbox.tools. End with NULL. */
extern const char *const cc_tool_sandbox_allow[];
extern const char *const cc_tool_sandbox_deny[];
/* What a sub-agent never has. Ends with NULL. */
extern const char *const cc_tool_subagent_deny[];

/* The names of groups with their "group:", ends with NULL. */
extern const char *const cc_tool_groups[];

/* NAME with lower-case letters, without blanks around it, and by its real name when it is another one for a tool
 * ("bash" is "exec"). The caller owns it. */
char *cc_tool_normalize(const char *name);

/* True when the tool NAME (normalised) is what ENTRY (normalised) stands for: its name, a pattern with `*` anywhere, or
 * a group. `bundle-mcp` and `group:plugins` stand for every name with "__" in it, as MCP servers' tools have. */
bool cc_tool_matches(const char *entry, const char *name);

/* True when PROFILE has the tool NAME (normalised). */
bool cc_tool_in_profile(enum cc_tool_profile profile, const char *name);

/* True when ENTRY (normalised) stands for something that is known: for a channel's name, too, and for what looks like
 * the tool of an MCP server. */
bool cc_tool_entry_is_known(const char *entry);

/* "minimal" … */
const char *cc_tool_profile_name(enum cc_tool_profile profile);

#endif
