/* closedclaw elevated check: would this command leave the sandbox. */
#include "cli/tools.h"

#include "cli/tool_question.h"
#include "common/own.h"
#include "policy/elevated.h"

#include <string.h>

static const struct
{
  int code;
  const char *word, *text; /* for programs, for people */
  enum cli_style style;
} answers[] = {
  [CC_ELEVATED_HOST] = { 0, "host", "runs on the host", CLI_YELLOW },
  [CC_ELEVATED_APPROVAL] = { 1, "approval", "runs on the host when somebody approves", CLI_YELLOW },
  [CC_ELEVATED_NO] = { 2, "no", "not elevated", CLI_GREEN },
};

/* The words as they were given, malloc'd: of several, those with blanks are quoted, and it is one line, for what comes
 * below it is the answer. */
static char *
command_text(const struct cli *cli)
{
  char *text = cc_xstrdup("");

  for (int i = 0; i < cli->arg_count; i++)
    {
      const char *word = cli->args[i], *quote = cli->arg_count > 1 && word[strcspn(word, " \t\n")] != '\0' ? "'" : "";
      char *longer = cc_xasprintf("%s%s%s%s%s", text, i > 0 ? " " : "", quote, word, quote);

      free(text);
      text = longer;
    }
  for (char *p = text; *p != '\0'; p++)
    *p = *p == '\n' ? '?' : *p;
  return text;
}

static void
print_pattern(const struct cli_tool_question *q, struct cli_table *table, const char *label, const char *pattern,
              const struct cc_origin *place)
{
  cc_auto_free char *where = pattern == NULL ? NULL : cli_origin_text(q->config, place);
  cc_auto_free char *text = pattern == NULL ? NULL : cc_xasprintf("%s  (%s)", pattern, where);

  if (text != NULL)
    cli_table_row(table, NULL, (const char *const[]){ label, text });
}

static void
print_text(const struct cli *cli, const struct cli_tool_question *q, const struct cc_elevated_verdict *v)
{
  struct cli_table *table = cli_table_new(2, NULL);
  cc_auto_free char *command = command_text(cli);
  cc_auto_free char *who = cli_question_text(q);

  cli_wrap(&cli->out, CLI_BOLD, 0, 2, command);
  cli_print(&cli->out, CLI_PLAIN, "  ");
  cli_print(&cli->out, answers[v->answer].style, "%s\n\n", answers[v->answer].text);
  cli_table_row(table, NULL, (const char *const[]){ "Why", v->reason });
  if (v->decided.file != 0)
    {
      cc_auto_free char *where = cli_origin_text(q->config, &v->decided);

      cli_table_row(table, NULL, (const char *const[]){ "Where", where });
    }
  print_pattern(q, table, "Pattern", v->pattern, &v->place);
  print_pattern(q, table, "Agent's", v->agent_pattern, &v->agent_place);
  cli_table_row(table, NULL, (const char *const[]){ "Whose", who });
  cli_table_print(table, &cli->out, 2);
}

static void
pattern_json(const struct cli_tool_question *q, struct cc_json *doc, struct cc_jval *o, const char *key,
             const char *pattern, const struct cc_origin *place)
{
  struct cc_jval *one = pattern != NULL ? cc_jnew(doc, CC_JSON_OBJECT) : cc_jnew(doc, CC_JSON_NULL);

  if (pattern != NULL)
    {
      cc_jset_str(doc, one, "text", pattern);
      cli_place_json(q, doc, one, place);
    }
  cc_jset(doc, o, key, one);
}

static int
print_json(const struct cli *cli, const struct cli_tool_question *q, const struct cc_elevated_verdict *v,
           struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *command = cc_jneed_array(doc, o, "command");

  for (int i = 0; i < cli->arg_count; i++)
    cc_jappend_str(doc, command, cli->args[i]);
  cli_question_json(q, doc, o);
  cc_jset_str(doc, o, "answer", answers[v->answer].word);
  cc_jset_str(doc, o, "reason", v->reason);
  cli_place_json(q, doc, o, &v->decided);
  pattern_json(q, doc, o, "pattern", v->pattern, &v->place);
  pattern_json(q, doc, o, "agentPattern", v->agent_pattern, &v->agent_place);
  return cli_print_json(&cli->out, o, err);
}

/* --provider is a channel here, and --sender somebody there: what they may do to the tools is another question. */
static int
check(const struct cli *cli, struct cli_tool_question *q, struct cc_error *err)
{
  struct cc_elevated_query query;
  struct cc_elevated_verdict v;
  int code = cli_question_read(cli, true, q, err);

  if (code != 0)
    return code;
  query = (struct cc_elevated_query){ .global = q->query.global,
                                      .agent = q->query.agent,
                                      .agent_id = q->agent,
                                      .tools = q->tools,
                                      .sandboxed = q->policy.sandboxed,
                                      .provider = q->provider,
                                      .sender = q->sender };
  cc_elevated_judge_arguments(&query, (const char *const *)cli->args, (size_t)cli->arg_count, &v);
  code = answers[v.answer].code;
  if (!cli_has(cli, "json"))
    print_text(cli, q, &v);
  else if (print_json(cli, q, &v, err) < 0)
    code = CC_FAILED;
  cc_elevated_verdict_clear(&v);
  return code;
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cli_tool_question q;
  int code = check(cli, &q, err);

  cli_question_clear(&q);
  return code;
}

static const struct cli_option options[] = {
  CLI_QUESTION_OPTIONS,
  { "provider", .value = "CHANNEL", .help = "the channel that the request comes from: telegram, discord, …" },
  { "sender", .value = "WHO", .help = "who asks there: an id, or username:…, name:…, e164:…" },
  CLI_CONFIG_OPTION,
  { "json", .help = "answer as JSON" },
  { NULL },
};
static const char *const exits[] = {
  "0", "it runs on the host",          "1",  "it does when somebody approves", "2", "it is not elevated",
  "3", "the configuration has errors", NULL,
};
static const char *const examples[] = {
  "closedclaw elevated check -- git push origin main",
  "several arguments are the words of the command",
  "closedclaw elevated check 'git push; rm -rf /'",
  "one argument is a line for a shell; this one matches no pattern, since it is more than one command",
  "closedclaw elevated check --provider telegram --sender 42 -- brew install jq",
  "where tools.elevated.allowFrom says who may ask",
  NULL,
};

const struct cli_command cli_command_elevated_check = {
  .name = "elevated check",
  .summary = "say whether a command would run outside of the sandbox",
  .arguments = "[--] COMMAND…",
  .description
  = "Asks tools.elevated whether a command of a sandboxed agent would run on the host, with approval, or not. Nothing "
    "is "
    "run.\n\nA command is matched by its words. A line that is not certainly one plain command (several of them, a "
    "redirection, a variable, a substitution, a pattern for file names …) matches nothing.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .min = 1,
  .max = -1,
  .run = run,
};
