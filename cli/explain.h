/* closedclaw sandbox explain: what an agent's sandbox is, who decided it, and what became of a real container. */
#ifndef CC_CLI_EXPLAIN_H
#define CC_CLI_EXPLAIN_H

#include "cli/command.h"
#include "cli/sheet.h"
#include "policy/reading.h"
#include "policy/tools.h"

extern const struct cli_command cli_command_explain;

/* -- inside cli/explain*.c -- */

/* Exit codes beside 0. */
#define EXPLAIN_WRONG 2 /* the configuration has errors */
#define EXPLAIN_NONE 1  /* there is no such container */

#define ARROW "\xe2\x86\x92" /* also without UTF-8 in the locale: terminals have shown it for twenty years */

struct explained_session
{
  char *key;
  bool is_main;
  struct cc_policy policy;
  struct cc_tools *tools;
};

struct explained
{
  struct cc_reading reading;
  struct cc_config *config;
  char *agent;      /* as the configuration spells it, or as it was asked for */
  bool listed;      /* the configuration has it */
  bool named;       /* somebody asked for it */
  char *main_key;   /* "agent:ID:main" */
  bool one_session; /* --session named it */
  struct explained_session sessions[2];
  size_t session_count;
  const struct cc_tool_block *global_tools, *agent_tools; /* the latter NULL */
};

/* Works it all out for AGENT and SESSION, both may be NULL; E->reading and E->config are there already. */
int explain_resolve(struct explained *e, const char *agent, const char *session, struct cc_error *err);
void explain_clear(struct explained *e);

/* The policy that is shown: that of the session that is asked for, or of the one that is sandboxed. */
const struct explained_session *explain_shown(const struct explained *e);

int explain_print_text(const struct cli_terminal *t, const struct explained *e);
int explain_print_json(const struct cli_terminal *t, const struct explained *e, struct cc_error *err);

/* "global, closedclaw.json5:12": where ORIGIN is, with its path as it is below the configuration's directory. Malloc'd.
 */
char *explain_origin(const struct explained *e, const struct cc_origin *origin);

/* "host (with approval)" … for every elevated pattern; see cli/explain_elevated.c. */
void explain_elevated_rows(const struct explained *e, struct cli_sheet *sheet);
void explain_elevated_json(const struct explained *e, struct cc_json *doc, struct cc_jval *parent);

/* The one for --container. */
int explain_container(const struct cli *cli, const char *name, struct cc_error *err);

/* What words of the configuration are called: "non-main", "session", "ro". */
const char *explain_mode(enum cc_mode mode);
const char *explain_scope(enum cc_scope scope);
const char *explain_access(enum cc_workspace_access access);

/* BYTES for people, "2 GiB"; malloc'd. */
char *explain_size(uint64_t bytes);

#endif
