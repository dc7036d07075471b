#include "cli/tool_question.h"

#include "common/own.h"
#include "policy/tool_tables.h"

#include <string.h>
#include <strings.h>

/* The agent that gateways have without any list. */
#define DEFAULT_AGENT "main"

/* The agent of the session "agent:ID:…", malloc'd; NULL. */
static char *
agent_of(const char *session)
{
  const char *id;
  size_t length = cc_session_agent(session, &id);

  return length > 0 ? cc_xstrndup(id, length) : NULL;
}

static void
find_agent(struct cli_tool_question *q, const char *agent)
{
  cc_auto_free char *of_session = agent_of(q->session);

  if (agent == NULL)
    agent = of_session != NULL ? of_session : DEFAULT_AGENT;
  for (size_t i = 0; i < cc_config_agent_count(q->config) && q->agent == NULL; i++)
    if (strcasecmp(cc_config_agent_id(q->config, i), agent) == 0)
      q->agent = cc_xstrdup(cc_config_agent_id(q->config, i));
  if (q->agent == NULL)
    q->agent = cc_xstrdup(agent);
}

static int
resolve(struct cli_tool_question *q, bool channel, struct cc_error *err)
{
  struct cc_identity identity = { .kind = CC_KIND_AGENT, .agent = q->agent, .session = (char *)q->session };

  if (cc_config_resolve(q->config, &identity, &q->policy, err) < 0)
    return CC_FAILED;
  if (channel && q->provider != NULL && q->sender != NULL && strchr(q->sender, ':') == NULL)
    q->sender_there = cc_xasprintf("channel:%s:%s", q->provider, q->sender);
  q->query = (struct cc_tool_query){ .global = cc_config_tools(q->config, NULL),
                                     .agent = cc_config_tools(q->config, q->agent),
                                     .agent_id = q->agent,
                                     .provider = channel ? NULL : q->provider,
                                     .sender = q->sender_there != NULL ? q->sender_there
                                               : q->sender != NULL     ? q->sender
                                                                       : "",
                                     .sandboxed = q->policy.sandboxed,
                                     .subagent = q->subagent,
                                     .access = q->policy.workspace_access,
                                     .access_place = q->policy.origin[CC_FIELD_WORKSPACE_ACCESS] };
  q->tools = cc_tools_resolve(&q->query);
  return 0;
}

int
cli_question_read(const struct cli *cli, bool channel, struct cli_tool_question *q, struct cc_error *err)
{
  int wrong;

  memset(q, 0, sizeof(*q));
  if (cli_config_read(cli, &q->reading, &q->config, err) < 0)
    return CC_FAILED;
  wrong = cli_answer_problems(cli, &q->reading, err);
  if (wrong != 0)
    return wrong < 0 ? CC_FAILED : CLI_EXIT_CANNOT;
  q->session = cli_value(cli, "session");
  q->provider = cli_value(cli, "provider");
  q->sender = cli_value(cli, "sender");
  q->subagent = cli_has(cli, "subagent") || cc_tool_session_is_subagent(q->session);
  find_agent(q, cli_value(cli, "agent"));
  return resolve(q, channel, err);
}

void
cli_question_clear(struct cli_tool_question *q)
{
  cc_tools_free(q->tools);
  cc_policy_clear(&q->policy);
  free(q->sender_there);
  free(q->agent);
  cc_config_free(q->config);
  cc_reading_clear(&q->reading);
}

char *
cli_question_text(const struct cli_tool_question *q)
{
  const char *kind = q->policy.sandboxed ? "sandboxed" : "not sandboxed";
  const char *sub = q->subagent ? ", as a sub-agent" : "";

  if (q->session != NULL)
    return cc_xasprintf("Agent `%s`, session %s (%s)%s", q->agent, q->session, kind, sub);
  return cc_xasprintf("Agent `%s`, a session that is not the main one (%s)%s", q->agent, kind, sub);
}

static void
set_text(struct cc_json *doc, struct cc_jval *o, const char *key, const char *text)
{
  cc_jset(doc, o, key, text != NULL ? cc_jnew_str(doc, text) : cc_jnew(doc, CC_JSON_NULL));
}

void
cli_question_json(const struct cli_tool_question *q, struct cc_json *doc, struct cc_jval *o)
{
  set_text(doc, o, "agent", q->agent);
  set_text(doc, o, "session", q->session);
  cc_jset_bool(doc, o, "sandboxed", q->policy.sandboxed);
  cc_jset_bool(doc, o, "subagent", q->subagent);
  set_text(doc, o, "provider", q->provider);
  set_text(doc, o, "sender", q->sender);
}

char *
cli_verdict_text(const struct cli_tool_question *q, const struct cc_tool_verdict *v)
{
  cc_auto_free char *why = cc_tool_verdict_text(v);

  if (v->place.file == 0)
    return cc_move_ptr(why);
  return cc_xasprintf("%s, %s:%u", why, cc_config_file(q->config, v->place.file), v->place.line);
}

void
cli_place_json(const struct cli_tool_question *q, struct cc_json *doc, struct cc_jval *o, const struct cc_origin *place)
{
  bool written = place->file != 0;

  set_text(doc, o, "file", written ? cc_config_file(q->config, place->file) : NULL);
  cc_jset(doc, o, "line", written ? cc_jnew_uint(doc, place->line) : cc_jnew(doc, CC_JSON_NULL));
  cc_jset(doc, o, "column", written ? cc_jnew_uint(doc, place->column) : cc_jnew(doc, CC_JSON_NULL));
}
