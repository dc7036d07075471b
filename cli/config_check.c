/* closedclaw config check: every error of a configuration at once. */
#include "cli/config.h"

#include "cli/configuration.h"
#include "common/own.h"

#define EXIT_WRONG 2

static void
print_good(const struct cli *cli, const struct cc_reading *reading, const struct cc_config *config)
{
  size_t agents = cc_config_agent_count(config);

  if (reading->source_count == 0)
    cli_print(&cli->out, CLI_GREEN, "no file at %s: the strict defaults hold\n", cli_config_path());
  for (size_t i = 0; i < reading->source_count; i++)
    {
      cli_print(&cli->out, CLI_GREEN, "ok");
      cli_print(&cli->out, CLI_PLAIN, "  %s\n", reading->sources[i].path);
    }
  if (agents > 0)
    cli_print(&cli->out, CLI_PLAIN, "%zu agent%s\n", agents, agents == 1 ? "" : "s");
}

/* What only shows when the layers are put together: agents whose every container would be refused. Appends one object
 * for each to ERRORS, as cli_problems_json() makes them. */
static void
find_refused(const struct cc_config *config, struct cc_json *doc, struct cc_jval *errors)
{
  static const enum cc_kind kinds[] = { CC_KIND_AGENT, CC_KIND_BROWSER };

  for (size_t i = 0; i < 2 * cc_config_agent_count(config); i++)
    {
      const struct cc_identity identity = { .kind = kinds[i % 2], .agent = (char *)cc_config_agent_id(config, i / 2) };
      struct cc_error why = CC_ERROR_INIT;
      struct cc_policy policy = { 0 };
      cc_auto_free char *message = NULL;
      struct cc_jval *one;

      if (cc_config_resolve(config, &identity, &policy, &why) == 0)
        {
          cc_policy_clear(&policy);
          continue;
        }
      message = cc_xasprintf("every %s of agent `%s` would be refused: %s",
                             identity.kind == CC_KIND_BROWSER ? "browser" : "container", identity.agent, why.msg);
      one = cc_jnew(doc, CC_JSON_OBJECT);
      cc_jset_str(doc, one, "rule", why.rule);
      cc_jset_str(doc, one, "file", "");
      cc_jset_int(doc, one, "line", 0);
      cc_jset_int(doc, one, "column", 0);
      cc_jset_str(doc, one, "message", message);
      cc_jappend(errors, one);
      i |= 1; /* once for an agent */
    }
}

static int
answer_json(const struct cli *cli, const struct cc_reading *reading, struct cc_json *doc, struct cc_jval *errors,
            struct cc_error *err)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *files = cc_jneed_array(doc, o, "files");

  cc_jset_bool(doc, o, "valid", errors->count == 0);
  for (size_t i = 0; i < reading->source_count; i++)
    cc_jappend_str(doc, files, reading->sources[i].path);
  cc_jset(doc, o, "errors", errors);
  return cli_print_json(&cli->out, o, err);
}

static void
print_text(const struct cli *cli, const struct cc_reading *reading, const struct cc_config *config,
           const struct cc_jval *errors)
{
  const struct cli_terminal *t = &cli->out;

  if (errors->count == 0)
    {
      print_good(cli, reading, config);
      return;
    }
  cli_print_problems(t, reading);
  if (reading->problem_count == 0)
    cc_jeach(one, errors) cli_wrap(t, CLI_RED, 0, 2, cc_jget_str(one, "message"));
  cli_print(t, CLI_PLAIN, "\n");
  cli_print(t, CLI_BOLD, "%zu error%s: the runtime would start nothing %s\n", (size_t)errors->count,
            errors->count == 1 ? "" : "s",
            reading->problem_count > 0 ? "with this configuration"
            : errors->count == 1       ? "of this agent"
                                       : "of these agents");
}

static int
check(const struct cli *cli, struct cc_reading *reading, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = NULL;
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *errors;

  if ((cli->arg_count > 0 ? cc_config_read_file(cli->args[0], reading, &config, err)
                          : cli_config_read(cli, reading, &config, err))
      < 0)
    return CC_FAILED;
  errors = cli_problems_json(doc, reading);
  if (reading->problem_count == 0)
    find_refused(config, doc, errors);
  if (!cli_has(cli, "json"))
    print_text(cli, reading, config, errors);
  else if (answer_json(cli, reading, doc, errors, err) < 0)
    return CC_FAILED;
  return errors->count > 0 ? EXIT_WRONG : 0;
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cc_reading reading = CC_READING_INIT;
  int code;

  if (cli->arg_count > 0 && cli_has(cli, "config"))
    {
      cc_error_set(err, 0, "`--config` and `%s`: only one file can be checked", cli->args[0]);
      return CLI_EXIT_USAGE;
    }
  code = check(cli, &reading, err);
  cc_reading_clear(&reading);
  return code;
}

static const struct cli_option options[] = {
  CLI_CONFIG_OPTION,
  { "json", .help = "answer as JSON: {valid, files, errors[{rule, file, line, column, message}]}" },
  { 0 },
};
static const char *const exits[] = { "0", "nothing is wrong", "2", "something is", NULL };
static const char *const examples[] = {
  "closedclaw config check",
  "checks the host's configuration, the owners of its files included",
  "closedclaw config check new.json5 && mv new.json5 /etc/closedclaw/closedclaw.json5",
  "checks a file before it is put into place",
  NULL,
};

const struct cli_command cli_command_config_check = {
  .name = "config check",
  .summary = "show every error of the configuration",
  .arguments = "[FILE]",
  .complete = CLI_COMPLETE_FILE,
  .description
  = "Reads the configuration as the runtime does and shows every error at once: the file, the line and the "
    "column, what is wrong, and what to write instead. The runtime refuses every container while there is "
    "one.\n\nWith FILE (\"-\" is the standard input) it checks that file alone, and not who owns it.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .max = 1,
  .run = run,
};
