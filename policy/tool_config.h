/* What the configuration says of tools: the `tools` block at the top and in an agent, as it was written. What comes of
 * it is policy/tools.h's and policy/elevated.h's. */
#ifndef CC_POLICY_TOOL_CONFIG_H
#define CC_POLICY_TOOL_CONFIG_H

#include "policy/field.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

enum cc_tool_profile
{
  CC_PROFILE_MINIMAL,
  CC_PROFILE_CODING,
  CC_PROFILE_MESSAGING,
  CC_PROFILE_FULL,
};

/* A list of names that a block wrote, as written. `set` is true for an empty one too. */
struct cc_tool_list
{
  bool set;
  struct cc_strings names;
  struct cc_origin place;
};

struct cc_tool_rules
{
  bool has_profile;
  unsigned profile; /* enum cc_tool_profile */
  struct cc_origin profile_place;
  struct cc_tool_list allow, also_allow, deny;
};

/* tools.byProvider.NAME, tools.toolsBySender.NAME */
struct cc_named_rules
{
  char *name;
  struct cc_tool_rules rules;
};

struct cc_allow_from
{
  char *provider;
  struct cc_strings senders; /* numbers as their text */
  struct cc_origin place;
};

/* tools.elevated */
struct cc_elevated_config
{
  bool has_enabled, enabled;
  bool has_approval, require_approval;
  struct cc_origin place, enabled_place, approval_place; /* `place`: of the block */
  struct cc_tool_list patterns;
  bool has_allow_from;
  struct cc_allow_from *allow_from;
  size_t allow_from_count;
};

struct cc_tool_block
{
  struct cc_tool_rules own;       /* tools.allow and its kind */
  struct cc_tool_rules sandbox;   /* tools.sandbox.tools */
  struct cc_tool_rules subagents; /* tools.subagents.tools */
  struct cc_named_rules *providers, *senders;
  size_t provider_count, sender_count;
  struct cc_elevated_config elevated;
};

struct cc_config;

/* The block of agent ID (any case of letters), or the one at the top with NULL. NULL when there is no such agent; a
 * block that nobody wrote is empty. Valid while CONFIG lives. */
const struct cc_tool_block *cc_config_tools(const struct cc_config *config, const char *id);

#endif
