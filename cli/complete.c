/* closedclaw complete: what completion scripts ask. Not for people, so help does not list it. */
#include "cli/completion.h"

#include "cli/configuration.h"
#include "common/own.h"
#include "policy/tool_tables.h"
#include "shim/inventory.h"

#include <string.h>

/* One word in a line; never one that a shell would read as more than that. */
static void
put(struct cli *cli, const char *word)
{
  if (word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:+-")] == '\0')
    cli_print(&cli->out, CLI_PLAIN, "%s\n", word);
}

static void
put_agents(struct cli *cli)
{
  cc_auto_config struct cc_config *config = NULL;
  struct cc_reading reading = CC_READING_INIT;

  if (cli_config_read(cli, &reading, &config, NULL) == 0)
    for (size_t i = 0; i < cc_config_agent_count(config); i++)
      put(cli, cc_config_agent_id(config, i));
  cc_reading_clear(&reading);
}

static void
put_containers(struct cli *cli)
{
  struct cc_inventory inventory = CC_INVENTORY_INIT;

  if (cc_inventory_read(&inventory, NULL) == 0)
    for (size_t i = 0; i < inventory.count; i++)
      put(cli, inventory.items[i].name != NULL ? inventory.items[i].name : inventory.items[i].id);
  cc_inventory_clear(&inventory);
}

static void
put_tools(struct cli *cli)
{
  for (size_t i = 0; cc_tools_known[i].name != NULL; i++)
    put(cli, cc_tools_known[i].name);
}

static const struct
{
  const char *kind;
  void (*put)(struct cli *cli);
} kinds[] = { { "agents", put_agents }, { "containers", put_containers }, { "tools", put_tools } };

/* Silent when there is nothing to say, for it would be said into somebody's half-typed line. */
static int
run(struct cli *cli, struct cc_error *err)
{
  (void)err;
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
    if (strcmp(cli->args[0], kinds[i].kind) == 0)
      kinds[i].put(cli);
  return 0;
}

const struct cli_command cli_command_complete = {
  .name = "complete",
  .summary = "print words for completion",
  .arguments = "agents|containers|tools",
  .description = "Prints the agents of the configuration, the managed containers, or the known tools, one in a line.",
  .hidden = true,
  .min = 1,
  .max = 1,
  .run = run,
};
