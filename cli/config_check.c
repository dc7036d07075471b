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

static int
answer_json(const struct cli *cli, const struct cc_reading *reading, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *files = cc_jneed_array(doc, o, "files");

  cc_jset_bool(doc, o, "valid", reading->problem_count == 0);
  for (size_t i = 0; i < reading->source_count; i++)
    cc_jappend_str(doc, files, reading->sources[i].path);
  cc_jset(doc, o, "errors", cli_problems_json(doc, reading));
  return cli_print_json(&cli->out, o, err);
}

static int
check(const struct cli *cli, struct cc_reading *reading, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = NULL;
  int result = cli->arg_count > 0 ? cc_config_read_file(cli->args[0], reading, &config, err)
                                  : cli_config_read(cli, reading, &config, err);

  if (result < 0 || (cli_has(cli, "json") && answer_json(cli, reading, err) < 0))
    return CC_FAILED;
  if (cli_has(cli, "json"))
    return reading->problem_count > 0 ? EXIT_WRONG : 0;
  if (reading->problem_count == 0)
    {
      print_good(cli, reading, config);
      return 0;
    }
  cli_print_problems(&cli->out, reading);
  cli_print(&cli->out, CLI_PLAIN, "\n");
  cli_print(&cli->out, CLI_BOLD, "%zu error%s: the runtime would start nothing with this configuration\n",
            reading->problem_count, reading->problem_count == 1 ? "" : "s");
  return EXIT_WRONG;
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cc_reading reading = CC_READING_INIT;
  int code = check(cli, &reading, err);

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
