#include "cli/list.h"

#include "cli/ages.h"
#include "common/own.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#define ID_SHOWN 12 /* as engines show it */

static const char *
or_dash(const char *s)
{
  return s != NULL && s[0] != '\0' ? s : "-";
}

char *
cli_container_name(const struct cc_container *c)
{
  return c->name != NULL ? cc_xstrdup(c->name) : cc_xstrndup(c->id, ID_SHOWN);
}

char *
cli_container_state(const struct cc_container *c)
{
  const char *more = c->unreadable       ? ""
                     : !c->state.managed ? ", not sandboxed"
                     : c->state.report   ? ", report only"
                                         : "";

  return cc_xasprintf("%s%s", cc_container_status_name(c->status), more);
}

/* -- JSON -- */

static void
set_or_null(struct cc_json *doc, struct cc_jval *o, const char *key, const char *value)
{
  cc_jset(doc, o, key, value != NULL && value[0] != '\0' ? cc_jnew_str(doc, value) : cc_jnew(doc, CC_JSON_NULL));
}

struct cc_jval *
cli_container_json(struct cc_json *doc, const struct cc_container *c)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  cc_auto_free char *created = cli_moment(c->about.created);

  cc_jset_str(doc, o, "id", c->id);
  set_or_null(doc, o, "name", c->name);
  set_or_null(doc, o, "image", c->image);
  cc_jset_str(doc, o, "engine", cc_engine_name(c->about.engine));
  cc_jset_str(doc, o, "kind", cc_kind_name(c->about.kind));
  set_or_null(doc, o, "agent", c->about.agent);
  set_or_null(doc, o, "session", c->about.session);
  cc_jset_str(doc, o, "status", cc_container_status_name(c->status));
  cc_jset(doc, o, "pid", c->pid > 0 ? cc_jnew_int(doc, c->pid) : cc_jnew(doc, CC_JSON_NULL));
  set_or_null(doc, o, "created", created);
  cc_jset_bool(doc, o, "sandboxed", c->state.managed);
  cc_jset_bool(doc, o, "enforced", c->state.managed && !c->state.report);
  set_or_null(doc, o, "lowLevel", c->state.low_level);
  set_or_null(doc, o, "root", c->about.root);
  set_or_null(doc, o, "bundle", c->state.bundle);
  if (c->why != NULL)
    cc_jset_str(doc, o, "problem", c->why);
  return o;
}

/* -- which -- */

static bool
is_usual(const struct cc_container *c)
{
  return c->unreadable || (c->state.managed && c->status != CC_CONTAINER_STOPPED && c->status != CC_CONTAINER_GONE);
}

static bool
is_asked_for(const struct cli *cli, const struct cc_container *c)
{
  const char *agent = cli_value(cli, "agent"), *engine = cli_value(cli, "engine");

  return (agent == NULL || (c->about.agent != NULL && strcasecmp(c->about.agent, agent) == 0))
         && (engine == NULL || strcmp(cc_engine_name(c->about.engine), engine) == 0);
}

/* -- the screen -- */

/* The agent's column says who: "agent:build:" in front of its session is what makes lines too long. */
static const char *
short_session(const struct cc_container *c)
{
  size_t length = c->about.agent != NULL ? strlen(c->about.agent) : 0;
  const char *session = c->about.session;

  if (session != NULL && length > 0 && strncmp(session, "agent:", 6) == 0
      && strncasecmp(session + 6, c->about.agent, length) == 0 && session[6 + length] == ':')
    return session + 6 + length + 1;
  return session;
}

static void
add_row(struct cli_table *table, const struct cc_container *c)
{
  cc_auto_free char *name = cli_container_name(c), *state = cli_container_state(c), *age = cli_age(c->about.created);
  enum cli_style status = c->unreadable || c->status == CC_CONTAINER_UNKNOWN ? CLI_RED
                          : !c->state.managed || c->state.report             ? CLI_YELLOW
                          : c->status == CC_CONTAINER_RUNNING                ? CLI_GREEN
                                                                             : CLI_PLAIN;
  const enum cli_style styles[] = { CLI_PLAIN, CLI_PLAIN, CLI_PLAIN, CLI_PLAIN, status, CLI_PLAIN };
  const char *const cells[]
      = { name, cc_engine_name(c->about.engine), or_dash(c->about.agent), age, state, or_dash(short_session(c)) };

  cli_table_row(table, styles, cells);
}

static void
print_notes(const struct cli *cli, const struct cc_inventory *inventory, size_t shown, size_t hidden)
{
  if (shown == 0)
    cli_print(&cli->out, CLI_PLAIN, "There is no managed container%s.\n",
              cli_has(cli, "agent") || cli_has(cli, "engine") ? " of that kind" : "");
  for (size_t i = 0; i < inventory->count; i++)
    if (inventory->items[i].why != NULL && is_asked_for(cli, &inventory->items[i]))
      {
        cc_auto_free char *name = cli_container_name(&inventory->items[i]);
        cc_auto_free char *text = cc_xasprintf("%s: %s", name, inventory->items[i].why);

        cli_wrap(&cli->out, CLI_RED, 0, 2, text);
      }
  if (hidden > 0)
    cli_print(&cli->out, CLI_DIM, "%zu more that stopped, are gone or are not sandboxed: --all\n", hidden);
  if (geteuid() != 0)
    cli_print(&cli->out, CLI_YELLOW, "Only your own containers are seen: those of root's engines need root.\n");
}

static void
print_table(const struct cli *cli, const struct cc_inventory *inventory)
{
  static const char *const titles[] = { "CONTAINER", "ENGINE", "AGENT", "AGE", "STATE", "SESSION" };
  struct cli_table *table = NULL;
  size_t shown = 0, hidden = 0;

  for (size_t i = inventory->count; i-- > 0;) /* the newest first, as engines have it */
    {
      const struct cc_container *c = &inventory->items[i];

      if (!is_asked_for(cli, c))
        continue;
      if (!cli_has(cli, "all") && !is_usual(c))
        {
          hidden++;
          continue;
        }
      if (table == NULL)
        table = cli_table_new(6, titles);
      add_row(table, c);
      shown++;
    }
  if (table != NULL)
    cli_table_print(table, &cli->out, 0);
  print_notes(cli, inventory, shown, hidden);
}

static int
print_json(const struct cli *cli, const struct cc_inventory *inventory, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *array;

  cc_jset_bool(doc, o, "complete", geteuid() == 0);
  array = cc_jneed_array(doc, o, "containers");
  for (size_t i = inventory->count; i-- > 0;)
    if (is_asked_for(cli, &inventory->items[i]) && (cli_has(cli, "all") || is_usual(&inventory->items[i])))
      cc_jappend(array, cli_container_json(doc, &inventory->items[i]));
  return cli_print_json(&cli->out, o, err);
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cc_inventory inventory = CC_INVENTORY_INIT;
  int result = 0;

  if (cc_inventory_read(&inventory, err) < 0)
    return CC_FAILED;
  if (cli_has(cli, "json"))
    result = print_json(cli, &inventory, err);
  else
    print_table(cli, &inventory);
  cc_inventory_clear(&inventory);
  return result;
}

static const struct cli_option options[] = {
  { "all", 'a', .help = "also those that stopped, are gone, or are not sandboxed" },
  { "agent", .value = "ID", .help = "only this agent's", .complete = CLI_COMPLETE_AGENT },
  { "engine", .value = "NAME", .help = "only this engine's", .words = "docker containerd cri podman cri-o none" },
  { "json", .help = "prints JSON" },
  { NULL },
};

static const char *const examples[] = {
  "closedclaw sandbox list",
  "the containers that are held to a policy now",
  "closedclaw sandbox list --all --agent build",
  "every one of an agent",
  "closedclaw sandbox list --json",
  "for a program",
  NULL,
};

const struct cli_command cli_command_list = {
  .name = "sandbox list",
  .alias = "ps",
  .summary = "lists the managed containers of all engines",
  .arguments = "",
  .description = "Lists the containers that closedclaw created since the host was booted, whatever engine asked for "
                 "them, the newest "
                 "first: which agent and session each is of, how old it is, and what it does now.\n\n"
                 "A state that says \"not sandboxed\" is of a container that the configuration lets run as its engine "
                 "asked; \"report "
                 "only\", of one that nothing is enforced on (runtime.enforcement). For another user than root it "
                 "lists that user's own "
                 "containers, and says so.",
  .options = options,
  .examples = examples,
  .run = run,
};
