/* closedclaw config schema: for editors. */
#include "cli/config.h"

#include "policy/schema_json.h"

static int
run(struct cli *cli, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();

  return cli_print_json(&cli->out, cc_config_schema(doc), err);
}

static const char *const examples[] = {
  "closedclaw config schema >closedclaw.schema.json",
  "for an editor that completes and checks by a JSON Schema",
  NULL,
};

const struct cli_command cli_command_config_schema = {
  .name = "config schema",
  .summary = "print the JSON Schema of the configuration",
  .arguments = "",
  .description
  = "Prints the JSON Schema (draft 2020-12) of a file of the configuration. It is made from the tables that "
    "the reader goes by, so an editor completes exactly the keys that there are. Some values need more "
    "than a schema to judge: `closedclaw config check` has the last word.",
  .examples = examples,
  .run = run,
};
