/* The resolved tool policy, between the files that make it and ask it. */
#ifndef CC_POLICY_TOOLS_INTERNAL_H
#define CC_POLICY_TOOLS_INTERNAL_H

#include "common/arena.h"
#include "policy/tools.h"

/* One entry of a list; the texts are the arena's. */
struct cc_tool_entry
{
  const char *name;    /* normalised */
  const char *written; /* as it was */
  const char *key;
  struct cc_origin place;
  bool has_profile; /* stands for all that a profile has: `profile`, and no name */
  enum cc_tool_profile profile;
};

struct cc_tool_entries
{
  struct cc_tool_entry *items;
  size_t count;
};

struct cc_tool_rule_layer
{
  enum cc_tool_layer kind;
  struct cc_tool_entries allow; /* empty: everything that is not denied */
  struct cc_tool_entries deny;
};

struct cc_tools
{
  struct cc_arena arena;
  struct cc_tool_rule_layer layers[CC_TOOL_LAYERS + 2]; /* the sub-agents' block is one for all and one for the agent */
  size_t layer_count;
};

#endif
