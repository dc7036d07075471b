/* closedclaw config json: JSON5 in, strict JSON out. */
#include "cli/config.h"

#include "cli/configuration.h"
#include "common/own.h"
#include "policy/json5.h"

#include <string.h>

#define EXIT_WRONG 2

/* JSON5 has three numbers that JSON has not. */
static const struct cc_jval *
find_no_number(const struct cc_jval *v)
{
  if (v->type == CC_JSON_NUMBER && strpbrk(v->text, "IN") != NULL)
    return v;
  cc_jeach(c, v)
  {
    const struct cc_jval *found = find_no_number(c);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static bool
has_syntax_error(const struct cc_reading *reading)
{
  return reading->source_count != 1 || reading->sources[0].doc == NULL;
}

/* Only the grammar counts here: what the keys mean is `config check`'s. */
static int
convert(const struct cli *cli, struct cc_reading *reading, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = NULL;
  const char *path = cli->arg_count > 0 ? cli->args[0] : cli_config_path();
  const struct cc_jval *root, *bad;

  if (cc_config_read_file(path, reading, &config, err) < 0)
    return CC_FAILED;
  if (has_syntax_error(reading))
    {
      cli_complain_problems(cli, reading);
      return EXIT_WRONG;
    }
  root = cc_json_root(reading->sources[0].doc);
  bad = find_no_number(root);
  if (bad != NULL)
    return cc_error_set(err, 0, "%s:%u:%u: %s is no number of JSON; write another", path, bad->line, bad->column,
                        bad->text);
  return cli_print_json(&cli->out, root, err);
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cc_reading reading = CC_READING_INIT;
  int code = convert(cli, &reading, err);

  cc_reading_clear(&reading);
  return code;
}

static const char *const exits[] = { "0", "written", "2", "the file is no JSON5", NULL };
static const char *const examples[] = {
  "closedclaw config json | jq .agents",
  "asks the host's configuration with a tool that reads JSON",
  "closedclaw config json - <draft.json5",
  "converts what comes on the standard input",
  NULL,
};

const struct cli_command cli_command_config_json = {
  .name = "config json",
  .summary = "print a JSON5 file as strict JSON",
  .arguments = "[FILE]",
  .complete = CLI_COMPLETE_FILE,
  .description
  = "Prints FILE (without it the host's configuration; \"-\" is the standard input) as strict JSON: without "
    "comments and trailing commas, in the order in which it was written, with every key whatever it "
    "means. Unlike the other commands this one shows everything that is in the file, secrets included.",
  .exits = exits,
  .examples = examples,
  .max = 1,
  .run = run,
};
