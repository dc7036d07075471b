/* What the commands about tools ask in common: whose policy, of which session, and what it is. */
#ifndef CC_CLI_TOOL_QUESTION_H
#define CC_CLI_TOOL_QUESTION_H

#include "cli/configuration.h"
#include "policy/tools.h"

struct cli_tool_question
{
  struct cc_reading reading;
  struct cc_config *config;
  char *agent;         /* as the configuration spells it, or as it was asked for */
  const char *session; /* NULL: any that is not the main one */
  const char *provider, *sender;
  char *sender_there; /* "channel:PROVIDER:SENDER" when the provider is a channel */
  bool subagent;
  struct cc_policy policy;
  struct cc_tool_query query;
  struct cc_tools *tools;
};

/* The options that the question is asked with, for a command's table. */
#define CLI_QUESTION_OPTIONS                                                                                           \
  { "agent", .value = "ID", .help = "the agent; \"main\" without this", .complete = CLI_COMPLETE_AGENT },              \
  {                                                                                                                    \
    "session", .value = "KEY", .help = "the session, \"agent:ID:…\"; any but the main one without this"              \
  }

/* Reads the configuration and resolves the policy that CLI's options ask for. --provider is a model's, or with CHANNEL
 * the one that --sender is known to. 0, or an exit code: what is wrong with
 * the configuration has been shown then. Q is the caller's to clear, also on failure. */
int cli_question_read(const struct cli *cli, bool channel, struct cli_tool_question *q, struct cc_error *err);
void cli_question_clear(struct cli_tool_question *q);

/* "Agent `main`, a sandboxed session", malloc'd. */
char *cli_question_text(const struct cli_tool_question *q);

/* Members agent, session, sandboxed, subagent, provider and sender of O. */
void cli_question_json(const struct cli_tool_question *q, struct cc_json *doc, struct cc_jval *o);

/* Why, and where it was written: "`exec` in tools.deny, closedclaw.json5:3:10". Malloc'd. */
char *cli_verdict_text(const struct cli_tool_question *q, const struct cc_tool_verdict *verdict);

/* Members file, line and column of O, when PLACE was written. */
void cli_place_json(const struct cli_tool_question *q, struct cc_json *doc, struct cc_jval *o,
                    const struct cc_origin *place);

#endif
