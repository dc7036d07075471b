/* Elevated: which commands of a sandboxed agent's shell may run on the host (tools.elevated).
 *
 * A command is matched by its words, never by its text, and whatever is not certainly one plain command matches
 * nothing. Nothing here runs it. */
#ifndef CC_POLICY_ELEVATED_H
#define CC_POLICY_ELEVATED_H

#include "policy/tool_config.h"
#include "policy/tools.h"

#include <stdbool.h>
#include <stddef.h>

/* What is asked. */
struct cc_elevated_query
{
  const struct cc_tool_block *global; /* cc_config_tools (config, NULL) */
  const struct cc_tool_block *agent;  /* of the agent, NULL for none */
  const char *agent_id;               /* for texts; NULL without an agent */
  const struct cc_tools *tools;       /* without the tool `exec` nothing is elevated */
  bool sandboxed;                     /* a session that is not sandboxed runs on the host anyway */
  const char *provider;               /* the channel, "telegram"; NULL when not known */
  const char *sender; /* "ID" or "id:ID", "from:…", "e164:…", "username:…", "name:…", "tag:…"; NULL when not known */
};

enum cc_elevated_answer
{
  CC_ELEVATED_HOST,     /* runs on the host */
  CC_ELEVATED_APPROVAL, /* runs on the host when somebody approves */
  CC_ELEVATED_NO,       /* stays in the sandbox, or is not run at all */
};

struct cc_elevated_verdict
{
  enum cc_elevated_answer answer;
  char *reason;              /* half a sentence, malloc'd */
  const char *pattern;       /* of the global list, that matches; NULL for none. Valid while the block lives */
  struct cc_origin place;    /* its list's */
  const char *agent_pattern; /* of the agent's list; NULL for none or where it has no list */
  struct cc_origin agent_place;
  struct cc_origin decided; /* where what decided was written; all zero when nobody wrote it */
};

/* Judges a command of WORDS. The agent's block can only narrow: elevated must be enabled in both, the sender must be in
 * both lists and the command must match both, where the agent has them; approval is needed where one of them wants it.
 * OUT is the caller's (cc_elevated_verdict_clear). */
void cc_elevated_judge(const struct cc_elevated_query *query, const char *const *words, size_t count,
                       struct cc_elevated_verdict *out);

/* The same for what follows `--` on a command line: several arguments are the words; a single one is a line for a shell
 * (policy/shell_words.h), which matches nothing when it is not certainly one command. */
void cc_elevated_judge_arguments(const struct cc_elevated_query *query, const char *const *args, size_t count,
                                 struct cc_elevated_verdict *out);

/* True when the words match PATTERN: words, separated by blanks, without quotes. A `*` that is the last word stands for
 * any number of words, also none; any other one for any text in its word, in the first word without a `/`. */
bool cc_elevated_matches(const char *pattern, const char *const *words, size_t count);

/* Whether elevated is on at all, and whether it asks, by both blocks. *PLACE (may be NULL): where that was written. */
bool cc_elevated_enabled(const struct cc_tool_block *global, const struct cc_tool_block *agent,
                         struct cc_origin *place);
bool cc_elevated_asks(const struct cc_tool_block *global, const struct cc_tool_block *agent, struct cc_origin *place);

void cc_elevated_verdict_clear(struct cc_elevated_verdict *verdict);

#endif
