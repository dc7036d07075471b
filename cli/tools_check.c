/* closedclaw tools check: may an agent use this tool, and who says so. */
#include "cli/tools.h"

#include "cli/tool_question.h"
#include "common/own.h"
#include "policy/tool_tables.h"

#include <string.h>

#define EXIT_DENIED 1

/* -- for people -- */

static void
print_layers(const struct cli *cli, const struct cli_tool_question *q, const char *tool)
{
  static const char *const titles[] = { "LAYER", "SAYS", "WHY", NULL };
  struct cli_table *table = cli_table_new(3, titles);

  for (size_t i = 0; i < cc_tools_layer_count(q->tools); i++)
    {
      struct cc_tool_verdict v = cc_tools_judge_layer(q->tools, i, tool);
      cc_auto_free char *why
          = v.why == CC_TOOL_UNMENTIONED ? cc_xstrdup("it says nothing of this tool") : cli_verdict_text(q, &v);
      const enum cli_style styles[] = { CLI_PLAIN, v.allowed ? CLI_GREEN : CLI_RED, CLI_PLAIN };

      cli_table_row(table, styles,
                    (const char *const[]){ cc_tool_layer_name(v.layer), v.allowed ? "allowed" : "denied", why });
    }
  cli_table_print(table, &cli->out, 0);
}

static void
note(const struct cli *cli, const char *text)
{
  cli_print(&cli->out, CLI_PLAIN, "\n");
  cli_wrap(&cli->out, CLI_PLAIN, 0, 0, text);
}

/* Which key to change, where it is not the one that is shown. */
static void
print_way_out(const struct cli *cli, const char *name, const struct cc_tool_verdict *v)
{
  bool built_in = v->place.file == 0;
  cc_auto_free char *text = NULL;

  if (v->layer <= CC_TOOL_PROVIDER_PROFILE)
    text = cc_xasprintf("To allow it beside the profile, write `%s` into `alsoAllow` of the same block.", name);
  else if (v->layer == CC_TOOL_SANDBOX && built_in)
    text = cc_xasprintf("To allow it in sandboxes, write `%s` into `tools.sandbox.tools.alsoAllow`.", name);
  else if (v->layer == CC_TOOL_SUBAGENT && built_in)
    text = cc_xstrdup("No configuration gives this tool to a sub-agent.");
  if (text != NULL)
    note(cli, text);
}

/* What people may have expected otherwise. */
static void
print_notes(const struct cli *cli, const struct cli_tool_question *q, const char *tool, const char *name,
            const struct cc_tool_verdict *verdict)
{
  struct cc_tool_verdict v;

  if (!cc_tool_entry_is_known(name))
    {
      cc_auto_free char *text
          = cc_xasprintf("`%s` is no tool that is known here. A plugin may bring one of that name.", tool);

      note(cli, text);
    }
  if (cc_tools_is_vain(q->tools, tool, &v))
    {
      cc_auto_free char *where = cli_verdict_text(q, &v);
      cc_auto_free char *text = cc_xasprintf(
          "The profile does not have `%s`, and %s does not bring it back: a list in `allow` only narrows. "
          "Write it into `alsoAllow`, which adds to the profile.",
          name, where);

      note(cli, text);
    }
  else if (!verdict->allowed)
    print_way_out(cli, name, verdict);
  if (q->provider == NULL
      && (q->query.global->provider_count > 0 || (q->query.agent != NULL && q->query.agent->provider_count > 0)))
    note(cli, "tools.byProvider was left out: name the model with --provider.");
}

static void
print_text(const struct cli *cli, const struct cli_tool_question *q, const char *tool, const struct cc_tool_verdict *v)
{
  cc_auto_free char *who = cli_question_text(q);
  cc_auto_free char *why = cli_verdict_text(q, v);
  cc_auto_free char *name = cc_tool_normalize(tool);
  cc_auto_free char *text = v->allowed ? cc_xasprintf("allowed: no layer takes it away")
                                       : cc_xasprintf("denied by the layer %s: %s", cc_tool_layer_name(v->layer), why);

  cli_print(&cli->out, CLI_BOLD, "%s", name);
  cli_print(&cli->out, CLI_PLAIN, "  ");
  cli_wrap(&cli->out, v->allowed ? CLI_GREEN : CLI_RED, cli_columns(name) + 2, 2, text);
  cli_wrap(&cli->out, CLI_DIM, 0, 0, who);
  if (cc_tools_layer_count(q->tools) > 0)
    {
      cli_print(&cli->out, CLI_PLAIN, "\n");
      print_layers(cli, q, tool);
    }
  print_notes(cli, q, tool, name, v);
}

/* -- for programs -- */

static void
verdict_json(const struct cli_tool_question *q, struct cc_json *doc, struct cc_jval *o, const struct cc_tool_verdict *v)
{
  cc_auto_free char *why = cc_tool_verdict_text(v);

  cc_jset_bool(doc, o, "allowed", v->allowed);
  cc_jset(doc, o, "layer",
          v->layer < CC_TOOL_LAYERS ? cc_jnew_str(doc, cc_tool_layer_name(v->layer)) : cc_jnew(doc, CC_JSON_NULL));
  cc_jset_str(doc, o, "reason", why);
  cc_jset_str(doc, o, "entry", v->entry);
  cc_jset_str(doc, o, "key", v->key);
  cli_place_json(q, doc, o, &v->place);
}

static int
print_json(const struct cli *cli, const struct cli_tool_question *q, const char *tool, const struct cc_tool_verdict *v,
           struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  cc_auto_free char *name = cc_tool_normalize(tool);
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *layers;

  cc_jset_str(doc, o, "tool", name);
  cc_jset_bool(doc, o, "known", cc_tool_entry_is_known(name));
  cli_question_json(q, doc, o);
  verdict_json(q, doc, o, v);
  layers = cc_jneed_array(doc, o, "layers");
  for (size_t i = 0; i < cc_tools_layer_count(q->tools); i++)
    {
      struct cc_jval *one = cc_jnew(doc, CC_JSON_OBJECT);
      struct cc_tool_verdict verdict = cc_tools_judge_layer(q->tools, i, tool);

      verdict_json(q, doc, one, &verdict);
      cc_jappend(layers, one);
    }
  return cli_print_json(&cli->out, o, err);
}

/* -- the command -- */

static int
check(struct cli *cli, struct cli_tool_question *q, struct cc_error *err)
{
  const char *tool = cli->args[0];
  struct cc_tool_verdict v;
  int code = cli_question_read(cli, false, q, err);

  if (code != 0)
    return code;
  v = cc_tools_judge(q->tools, tool);
  if (!cli_has(cli, "json"))
    print_text(cli, q, tool, &v);
  else if (print_json(cli, q, tool, &v, err) < 0)
    return CC_FAILED;
  return v.allowed ? 0 : EXIT_DENIED;
}

/* What stands for several tools in a list is none itself, and no list would take it away. */
static bool
is_one_tool(const char *name)
{
  cc_auto_free char *normal = cc_tool_normalize(name);

  return normal[0] != '\0' && strchr(normal, '*') == NULL && strncmp(normal, "group:", strlen("group:")) != 0;
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cli_tool_question q;
  int code;

  if (!is_one_tool(cli->args[0]))
    {
      cc_error_set(err, 0, "`%s` is not one tool: ask for each (`closedclaw tools list --groups` has their names)",
                   cli->args[0]);
      return CLI_EXIT_USAGE;
    }
  code = check(cli, &q, err);
  cli_question_clear(&q);
  return code;
}

static const struct cli_option options[] = {
  CLI_QUESTION_OPTIONS,
  { "provider", .value = "NAME", .help = "the model's provider, or provider/model (tools.byProvider)" },
  { "sender", .value = "WHO", .help = "who asks: an id, or username:…, channel:CHANNEL:ID (tools.toolsBySender)" },
  { "subagent", .help = "ask for a sub-agent" },
  CLI_CONFIG_OPTION,
  { "json", .help = "answer as JSON" },
  { NULL },
};
static const char *const exits[] = { "0", "allowed", "1", "denied", "3", "the configuration has errors", NULL };
static const char *const examples[] = {
  "closedclaw tools check exec",
  "may the agent \"main\" run commands, in a session that is not the main one",
  "closedclaw tools check bash --agent build --session agent:build:main",
  "the same of another agent's main session; `bash` is another name for `exec`",
  "closedclaw tools check read --sender id:42 || echo denied",
  "only the answer counts",
  NULL,
};

const struct cli_command cli_command_tools_check = {
  .name = "tools check",
  .summary = "say whether an agent may use a tool, and which layer decides",
  .arguments = "TOOL",
  .complete = CLI_COMPLETE_TOOL,
  .description
  = "Asks the tool policy for one tool and shows what each of its layers says. Each layer can only take away: the "
    "first "
    "that does so decides. The gateway offers tools by this policy; of what runs in a container the runtime refuses "
    "the "
    "shell and the file tools that the policy takes away.\n\nWithout --sender somebody is meant whom no list names; "
    "without --provider the lists for models are left out.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .min = 1,
  .max = 1,
  .run = run,
};
