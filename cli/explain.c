#include "cli/explain.h"

#include "cli/configuration.h"
#include "common/own.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* Whose sandbox is asked for when nobody is named: the agent that gateways have without any list. */
#define DEFAULT_AGENT "main"

/* Where a group's messages come from, in the form that gateways write it. */
#define EXAMPLE_SESSION "telegram:group:-100123"

/* -- words -- */

const char *
explain_mode(enum cc_mode mode)
{
  static const char *const names[] = { [CC_MODE_OFF] = "off", [CC_MODE_NON_MAIN] = "non-main", [CC_MODE_ALL] = "all" };

  return names[mode];
}

const char *
explain_scope(enum cc_scope scope)
{
  static const char *const names[]
      = { [CC_SCOPE_SESSION] = "session", [CC_SCOPE_AGENT] = "agent", [CC_SCOPE_SHARED] = "shared" };

  return names[scope];
}

const char *
explain_access(enum cc_workspace_access access)
{
  static const char *const names[]
      = { [CC_WORKSPACE_NONE] = "none", [CC_WORKSPACE_RO] = "ro", [CC_WORKSPACE_RW] = "rw" };

  return names[access];
}

char *
explain_size(uint64_t bytes)
{
  static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB" };
  size_t unit = 0;

  while (unit < 5 && bytes >= 1024 && bytes % 1024 == 0)
    {
      bytes /= 1024;
      unit++;
    }
  return cc_xasprintf("%" PRIu64 " %s", bytes, units[unit]);
}

char *
explain_origin(const struct explained *e, const struct cc_origin *origin)
{
  static const char *const layers[] = { "default", "global", "agent" };
  const char *path = cc_config_file(e->config, origin->file);
  const char *main_file = e->reading.source_count > 0 ? e->reading.sources[0].path : "";
  const char *slash = strrchr(main_file, '/');
  size_t directory = slash != NULL ? (size_t)(slash - main_file) + 1 : 0;

  if (origin->file == 0)
    return cc_xstrdup(layers[CC_LAYER_DEFAULT]);
  if (strncmp(path, main_file, directory) == 0)
    path += directory;
  return cc_xasprintf("%s, %s:%" PRIu32, layers[origin->layer], path, origin->line);
}

/* -- resolving -- */

void
explain_clear(struct explained *e)
{
  for (size_t i = 0; i < e->session_count; i++)
    {
      free(e->sessions[i].key);
      cc_policy_clear(&e->sessions[i].policy);
      cc_tools_free(e->sessions[i].tools);
    }
  free(e->agent);
  free(e->main_key);
  cc_config_free(e->config);
  cc_reading_clear(&e->reading);
}

const struct explained_session *
explain_shown(const struct explained *e)
{
  return &e->sessions[e->session_count - 1];
}

/* The agent of the session "agent:ID:…", malloc'd; NULL. */
static char *
agent_of(const char *session)
{
  const char *id;
  size_t length = cc_session_agent(session, &id);

  return length > 0 ? cc_xstrndup(id, length) : NULL;
}

static void
find_agent(struct explained *e, const char *agent, const char *session)
{
  cc_auto_free char *of_session = session != NULL ? agent_of(session) : NULL;
  const char *wanted = agent != NULL ? agent : of_session != NULL ? of_session : DEFAULT_AGENT;

  e->named = agent != NULL || of_session != NULL;
  e->agent = cc_xstrdup(wanted);
  for (size_t i = 0; i < cc_config_agent_count(e->config) && !e->listed; i++)
    if (strcasecmp(cc_config_agent_id(e->config, i), wanted) == 0)
      {
        free(e->agent);
        e->agent = cc_xstrdup(cc_config_agent_id(e->config, i));
        e->listed = true;
      }
  e->global_tools = cc_config_tools(e->config, NULL);
  e->agent_tools = cc_config_tools(e->config, e->agent);
}

/* KEY is taken. */
static int
add_session(struct explained *e, char *key, struct cc_error *err)
{
  struct explained_session *s = &e->sessions[e->session_count];
  struct cc_identity id = { .kind = CC_KIND_AGENT, .agent = e->agent, .session = key };

  if (cc_config_resolve(e->config, &id, &s->policy, err) < 0)
    {
      free(key);
      return CC_FAILED;
    }
  e->session_count++;
  s->key = key;
  s->is_main = cc_config_is_main_session(e->config, key);
  s->tools = cc_tools_resolve(&(struct cc_tool_query){ .global = e->global_tools,
                                                       .agent = e->agent_tools,
                                                       .agent_id = e->agent,
                                                       .sandboxed = s->policy.sandboxed,
                                                       .subagent = cc_tool_session_is_subagent(s->key),
                                                       .access = s->policy.workspace_access,
                                                       .access_place = s->policy.origin[CC_FIELD_WORKSPACE_ACCESS] });
  return 0;
}

int
explain_resolve(struct explained *e, const char *agent, const char *session, struct cc_error *err)
{
  find_agent(e, agent, session);
  e->main_key = cc_xasprintf("agent:%s:%s", e->agent, cc_config_main_key(e->config));
  e->one_session = session != NULL;
  if (session != NULL)
    return add_session(
        e, strchr(session, ':') != NULL ? cc_xstrdup(session) : cc_xasprintf("agent:%s:%s", e->agent, session), err);
  if (add_session(e, cc_xstrdup(e->main_key), err) < 0)
    return CC_FAILED;
  return add_session(e, cc_xasprintf("agent:%s:%s", e->agent, EXAMPLE_SESSION), err);
}

/* -- the command -- */

static int
explain(struct cli *cli, struct explained *e, struct cc_error *err)
{
  int wrong;

  if (cli_config_read(cli, &e->reading, &e->config, err) < 0)
    return CC_FAILED;
  wrong = cli_answer_problems(cli, &e->reading, err);
  if (wrong != 0)
    return wrong < 0 ? CC_FAILED : EXPLAIN_WRONG;
  if (explain_resolve(e, cli_value(cli, "agent"), cli_value(cli, "session"), err) < 0)
    return CC_FAILED;
  return cli_has(cli, "json") ? explain_print_json(&cli->out, e, err) : explain_print_text(&cli->out, e);
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct explained e = { .reading = CC_READING_INIT };
  const char *container = cli_value(cli, "container");
  int result;

  if (container != NULL && (cli_has(cli, "agent") || cli_has(cli, "session") || cli_has(cli, "config")))
    {
      cc_error_set(err, 0,
                   "`--container` asks about what was created: leave out `--agent`, `--session` and `--config`");
      return CLI_EXIT_USAGE;
    }
  if (container != NULL)
    return explain_container(cli, container, err);
  result = explain(cli, &e, err);
  explain_clear(&e);
  return result;
}

static const struct cli_option options[] = {
  { "agent", .value = "ID", .help = "the agent; \"main\" without this", .complete = CLI_COMPLETE_AGENT },
  { "session", .value = "KEY", .help = "one session, \"agent:ID:…\", instead of the main one and an example" },
  { "container", .value = "ID", .help = "a real container: what was asked, tightened and refused",
    .complete = CLI_COMPLETE_CONTAINER },
  { "json", .help = "print JSON, with the field names of gateways" },
  CLI_CONFIG_OPTION,
  { NULL },
};

static const char *const exits[] = {
  "0", "explained", "1", "there is no such container", "2", "the configuration has errors", NULL,
};

static const char *const examples[] = {
  "closedclaw sandbox explain",
  "the agent \"main\": its main session, and another one",
  "closedclaw sandbox explain --agent build",
  "another agent",
  "closedclaw sandbox explain --session agent:main:telegram:group:-100123",
  "what one session gets",
  "closedclaw sandbox explain --container web",
  "why a container is as it is, or why it was refused",
  NULL,
};

const struct cli_command cli_command_explain = {
  .name = "sandbox explain",
  .alias = "explain",
  .summary = "show what an agent's sandbox is, and who decided it",
  .arguments = "",
  .description
  = "Shows where an agent's tools run, what they may do there, and at the right of every value the layer that "
    "decided it: the default, the configuration's defaults for all (global), or the agent's own block, with file and "
    "line.\n\n"
    "An agent that the configuration does not have gets the defaults, and so does one in this command. Of variables of "
    "an environment only the names are shown.\n\n"
    "With --container it is about a container that was created, or that was refused: who it is of, what was changed in "
    "what its engine asked for, and whether it is still so. ID is a container's id, the beginning of one, or the "
    "engine's name. This needs root.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .run = run,
};
