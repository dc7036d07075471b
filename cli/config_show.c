/* closedclaw config show: the values that count, and who wrote each. */
#include "cli/config.h"

#include "cli/configuration.h"
#include "common/own.h"
#include "policy/show.h"
#include "policy/tool_config.h"

#define EXIT_WRONG 2

static void
clear_policy(struct cc_policy *policy)
{
  cc_policy_clear(policy);
}

/* The fields that are shown: with --effective all, else those that somebody wrote. */
static bool
is_shown(const struct cli *cli, const struct cc_policy *policy, unsigned field)
{
  return cli_has(cli, "effective") || policy->origin[field].file != 0;
}

/* "KEY = VALUE  # FROM", what is from where below when the line would be too long. */
static void
print_line(const struct cli *cli, const struct cc_config *config, const char *key, const struct cc_jval *value,
           const struct cc_origin *origin)
{
  const struct cli_terminal *t = &cli->out;
  cc_auto_free char *text = NULL, *from = cli_origin_text(config, origin);
  size_t length;
  int used;

  if (cc_json_write(value, &text, &length, NULL) < 0)
    abort(); /* what was just made is not nested too deep */
  used = cli_columns(key) + 3;
  cli_print(t, CLI_PLAIN, "%s = ", key);
  if (used + cli_columns(text) + 4 + cli_columns(from) <= t->width)
    {
      cli_print(t, CLI_BOLD, "%s", text);
      cli_print(t, CLI_DIM, "  # %s\n", from);
      return;
    }
  cli_wrap(t, CLI_BOLD, used, 4, text);
  cli_print(t, CLI_DIM, "    # %s\n", from);
}

static void
print_binds(const struct cli *cli, const struct cc_config *config, const struct cc_policy *policy)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  const struct cc_jval *values = cc_policy_value(doc, policy, CC_FIELD_BINDS);
  size_t i = 0;

  cc_jeach(c, values) print_line(cli, config, "sandbox.docker.binds[]", c, &policy->binds[i++].place);
  if (i == 0)
    print_line(cli, config, "sandbox.docker.binds", values, &policy->origin[CC_FIELD_BINDS]);
}

static void
print_all(const struct cli *cli, const struct cc_config *config, const struct cc_policy *policy)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  size_t shown = 0;

  for (unsigned f = CC_FIELD_NONE + 1; f < CC_FIELD_POLICY_END; f++)
    if (is_shown(cli, policy, f))
      {
        if (f == CC_FIELD_BINDS)
          print_binds(cli, config, policy);
        else
          print_line(cli, config, cc_field_key(f), cc_policy_value(doc, policy, f), &policy->origin[f]);
        shown++;
      }
  if (shown == 0)
    cli_wrap(&cli->out, CLI_PLAIN, 0, 0, "nobody wrote anything: the strict defaults hold (--effective shows them)");
}

static int
print_values(const struct cli *cli, const struct cc_config *config, const struct cc_policy *policy,
             struct cc_error *err)
{
  static const char *const layers[] = { "default", "global", "agent" };
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  const char *agent = cli_value(cli, "agent");
  struct cc_jval *values;

  cc_jset(doc, o, "agentId", agent != NULL ? cc_jnew_str(doc, agent) : cc_jnew(doc, CC_JSON_NULL));
  values = cc_jneed_object(doc, o, "values");
  for (unsigned f = CC_FIELD_NONE + 1; f < CC_FIELD_POLICY_END; f++)
    if (is_shown(cli, policy, f))
      {
        const struct cc_origin *from = &policy->origin[f];
        struct cc_jval *one = cc_jneed_object(doc, values, cc_field_key(f));

        cc_jset(doc, one, "value", cc_policy_value(doc, policy, f));
        cc_jset_str(doc, one, "layer", layers[from->file != 0 ? from->layer : CC_LAYER_DEFAULT]);
        cc_jset_str(doc, one, "file", cc_config_file(config, from->file));
        cc_jset_int(doc, one, "line", from->line);
        cc_jset_int(doc, one, "column", from->column);
      }
  return cli_print_json(&cli->out, o, err);
}

static int
show(const struct cli *cli, struct cc_reading *reading, struct cc_error *err)
{
  __attribute__((cleanup(clear_policy))) struct cc_policy policy = { 0 };
  cc_auto_config struct cc_config *config = NULL;
  const char *agent = cli_value(cli, "agent");
  const struct cc_identity identity = { .agent = (char *)agent };
  int wrong;

  if (cli_config_read(cli, reading, &config, err) < 0)
    return CC_FAILED;
  wrong = cli_answer_problems(cli, reading, err);
  if (wrong != 0)
    return wrong < 0 ? CC_FAILED : EXIT_WRONG;
  if (cc_config_resolve(config, &identity, &policy, err) < 0)
    return CC_FAILED;
  if (cli_has(cli, "json"))
    return print_values(cli, config, &policy, err);
  if (agent != NULL && cc_config_tools(config, agent) == NULL)
    cli_print(&cli->out, CLI_YELLOW, "no agent `%s` is configured: what holds for all is shown\n\n", agent);
  print_all(cli, config, &policy);
  return 0;
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cc_reading reading = CC_READING_INIT;
  int code = show(cli, &reading, err);

  cc_reading_clear(&reading);
  return code;
}

static const struct cli_option options[] = {
  { "effective", .help = "every value, the defaults that nobody wrote included" },
  { "agent", .value = "ID", .help = "as it counts for this agent", .complete = CLI_COMPLETE_AGENT },
  CLI_CONFIG_OPTION,
  { "json", .help = "answer as JSON: {agentId, values{KEY: {value, layer, file, line, column}}}" },
  { 0 },
};
static const char *const exits[] = { "0", "shown", "2", "the configuration has errors, which are shown instead", NULL };
static const char *const examples[] = {
  "closedclaw config show",
  "what was written, and where",
  "closedclaw config show --effective --agent build",
  "all that counts for the agent `build`",
  NULL,
};

const struct cli_command cli_command_config_show = {
  .name = "config show",
  .summary = "show the values that count, and who wrote each",
  .arguments = "",
  .description
  = "Shows the policy that comes out of all files of the configuration: each value, and the layer (default, "
    "global, agent), file, line and column that decided it. `closedclaw sandbox explain` says what that "
    "means for a session.\n\nOf the environment only names are shown, and of a set-up command that there is one.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .run = run,
};
