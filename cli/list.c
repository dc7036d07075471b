#include "cli/list.h"

#include "cli/ages.h"
#include "common/own.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#define ID_SHOWN 12   /* as engines show it */
#define NAME_SHOWN 24 /* gateways make names of 55 characters, most of them a hash: then the id is shorter */

static const char *
or_dash(const char *s)
{
  return s != NULL && s[0] != '\0' ? s : "-";
}

char *
cli_container_name(const struct cc_container *c)
{
  return c->name != NULL && strlen(c->name) <= NAME_SHOWN ? cc_xstrdup(c->name) : cc_xstrndup(c->id, ID_SHOWN);
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

void
cli_container_drift(const struct cc_container *c, const struct cc_processes *processes, struct cli_drift *out)
{
  int found;

  *out = (struct cli_drift){ .answer = CLI_DRIFT_NOTHING, .drift = CC_DRIFT_INIT, .why = CC_ERROR_INIT };
  if (c->unreadable || (c->status != CC_CONTAINER_RUNNING && c->status != CC_CONTAINER_PAUSED))
    return;
  found = cc_drift(c->about.root, c->id, &c->state, processes, &out->drift, &out->why);
  out->answer = found < 0 ? CLI_DRIFT_UNKNOWN : found == 0 ? CLI_DRIFT_LOOKED : CLI_DRIFT_NOTHING;
}

/* -- JSON -- */

static void
set_or_null(struct cc_json *doc, struct cc_jval *o, const char *key, const char *value)
{
  cc_jset(doc, o, key, value != NULL && value[0] != '\0' ? cc_jnew_str(doc, value) : cc_jnew(doc, CC_JSON_NULL));
}

static void
set_drift(struct cc_json *doc, struct cc_jval *o, const struct cli_drift *drift)
{
  struct cc_jval *array;

  if (drift->answer == CLI_DRIFT_UNKNOWN)
    cc_jset_str(doc, o, "driftProblem", drift->why.msg);
  if (drift->answer != CLI_DRIFT_LOOKED)
    {
      cc_jset(doc, o, "drift", cc_jnew(doc, CC_JSON_NULL));
      return;
    }
  array = cc_jneed_array(doc, o, "drift");
  for (size_t i = 0; i < drift->drift.count; i++)
    {
      struct cc_jval *item = cc_jnew(doc, CC_JSON_OBJECT);

      cc_jset_int(doc, item, "pid", drift->drift.items[i].pid);
      cc_jset_str(doc, item, "aspect", drift->drift.items[i].aspect);
      cc_jset_str(doc, item, "difference", drift->drift.items[i].text);
      cc_jappend(array, item);
    }
}

struct cc_jval *
cli_container_json(struct cc_json *doc, const struct cc_container *c, const struct cli_drift *drift)
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
  if (drift != NULL)
    set_drift(doc, o, drift);
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

/* What the list is about, and what was looked at for it. */
struct list
{
  const struct cli *cli;
  struct cc_inventory inventory;
  struct cc_processes *processes;
  struct cli_drift *drift; /* one for each container; NULL when nobody shall look */
};

static char *
drift_text(const struct cli_drift *drift, enum cli_style *style)
{
  *style = CLI_PLAIN;
  if (drift->answer == CLI_DRIFT_NOTHING)
    return cc_xstrdup("-");
  if (drift->answer == CLI_DRIFT_LOOKED && drift->drift.count == 0)
    return cc_xstrdup("none");
  *style = CLI_RED;
  if (drift->answer == CLI_DRIFT_UNKNOWN)
    return cc_xstrdup("unknown");
  return cc_xasprintf("%zu difference%s", drift->drift.count, drift->drift.count == 1 ? "" : "s");
}

static enum cli_style
state_style(const struct cc_container *c)
{
  if (c->unreadable || c->status == CC_CONTAINER_UNKNOWN)
    return CLI_RED;
  if (!c->state.managed || c->state.report)
    return CLI_YELLOW;
  return c->status == CC_CONTAINER_RUNNING ? CLI_GREEN : CLI_PLAIN;
}

/* What nobody is held to cannot drift: the same column says so. */
static char *
held_text(const struct list *l, size_t i, enum cli_style *style)
{
  const struct cc_container *c = &l->inventory.items[i];

  *style = CLI_YELLOW;
  if (!c->unreadable && !c->state.managed)
    return cc_xstrdup("not sandboxed");
  if (!c->unreadable && c->state.report)
    return cc_xstrdup("report only");
  *style = CLI_PLAIN;
  return l->drift != NULL ? drift_text(&l->drift[i], style) : cc_xstrdup("not looked");
}

/* The session is last: it is the longest, and only the last column is wrapped. */
static void
add_row(const struct list *l, struct cli_table *table, size_t i)
{
  const struct cc_container *c = &l->inventory.items[i];
  cc_auto_free char *name = cli_container_name(c), *age = cli_age(c->about.created);
  enum cli_style styles[] = { CLI_PLAIN, CLI_PLAIN, CLI_PLAIN, CLI_PLAIN, state_style(c), CLI_PLAIN, CLI_PLAIN };
  const char *state = cc_container_status_name(c->status);
  cc_auto_free char *drift = held_text(l, i, &styles[5]);
  const char *const cells[] = { name,  cc_engine_name(c->about.engine), or_dash(c->about.agent), age, state,
                                drift, or_dash(short_session(c)) };

  cli_table_row(table, styles, cells);
}

static void
print_note(const struct cli *cli, const struct cc_container *c, const char *text)
{
  cc_auto_free char *name = cli_container_name(c), *line = cc_xasprintf("%s: %s", name, text);

  cli_wrap(&cli->out, CLI_RED, 0, 2, line);
}

static bool
is_shown(const struct cli *cli, const struct cc_container *c)
{
  return is_asked_for(cli, c) && (cli_has(cli, "all") || is_usual(c));
}

static void
print_notes(const struct list *l, size_t shown, size_t hidden)
{
  const struct cli *cli = l->cli;

  if (shown == 0)
    cli_print(&cli->out, CLI_PLAIN, "There is no managed container%s.\n",
              cli_has(cli, "agent") || cli_has(cli, "engine") ? " of that kind" : "");
  for (size_t i = l->inventory.count; i-- > 0;)
    {
      const struct cc_container *c = &l->inventory.items[i];

      if (!is_shown(cli, c))
        continue;
      if (c->why != NULL)
        print_note(cli, c, c->why);
      if (l->drift != NULL && l->drift[i].answer == CLI_DRIFT_UNKNOWN)
        print_note(cli, c, l->drift[i].why.msg);
    }
  if (hidden > 0)
    cli_print(&cli->out, CLI_DIM, "%zu more that stopped, are gone or are not sandboxed: --all\n", hidden);
  if (geteuid() != 0)
    cli_print(&cli->out, CLI_YELLOW, "Only your own containers are seen: those of root's engines need root.\n");
}

static void
print_table(const struct list *l)
{
  static const char *const titles[] = { "CONTAINER", "ENGINE", "AGENT", "AGE", "STATE", "DRIFT", "SESSION" };
  struct cli_table *table = NULL;
  size_t shown = 0, hidden = 0;

  for (size_t i = l->inventory.count; i-- > 0;) /* the newest first, as engines have it */
    {
      if (!is_shown(l->cli, &l->inventory.items[i]))
        {
          hidden += is_asked_for(l->cli, &l->inventory.items[i]);
          continue;
        }
      if (table == NULL)
        table = cli_table_new(7, titles);
      add_row(l, table, i);
      shown++;
    }
  if (table != NULL)
    cli_table_print(table, &l->cli->out, 0);
  print_notes(l, shown, hidden);
}

static int
print_json(const struct list *l, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *array;

  cc_jset_bool(doc, o, "complete", geteuid() == 0);
  array = cc_jneed_array(doc, o, "containers");
  for (size_t i = l->inventory.count; i-- > 0;)
    if (is_shown(l->cli, &l->inventory.items[i]))
      cc_jappend(array, cli_container_json(doc, &l->inventory.items[i], l->drift != NULL ? &l->drift[i] : NULL));
  return cli_print_json(&l->cli->out, o, err);
}

static int
look(struct list *l, struct cc_error *err)
{
  if (cc_inventory_read(&l->inventory, err) < 0)
    return CC_FAILED;
  if (cli_has(l->cli, "no-drift"))
    return 0;
  if (cc_processes_read(&l->processes, err) < 0)
    return CC_FAILED;
  l->drift = cc_xcalloc(l->inventory.count + 1, sizeof(*l->drift));
  for (size_t i = 0; i < l->inventory.count; i++)
    if (is_shown(l->cli, &l->inventory.items[i]))
      cli_container_drift(&l->inventory.items[i], l->processes, &l->drift[i]);
  return 0;
}

static void
list_clear(struct list *l)
{
  for (size_t i = 0; l->drift != NULL && i < l->inventory.count; i++)
    cc_drift_clear(&l->drift[i].drift);
  free(l->drift);
  cc_processes_free(l->processes);
  cc_inventory_clear(&l->inventory);
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct list l = { .cli = cli, .inventory = CC_INVENTORY_INIT };
  int result = look(&l, err);

  if (result == 0 && cli_has(cli, "json"))
    result = print_json(&l, err);
  else if (result == 0)
    print_table(&l);
  list_clear(&l);
  return result;
}

static const struct cli_option options[] = {
  { "all", 'a', .help = "also those that stopped, are gone, or are not sandboxed" },
  { "agent", .value = "ID", .help = "only this agent's", .complete = CLI_COMPLETE_AGENT },
  { "engine", .value = "NAME", .help = "only this engine's", .words = "docker containerd cri podman cri-o none" },
  { "no-drift", .help = "do not compare each with what was decided for it" },
  { "json", .help = "print JSON" },
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
  .summary = "list the managed containers of all engines",
  .arguments = "",
  .description
  = "Lists the containers that closedclaw created since the host was booted, whatever engine asked for them, the "
    "newest "
    "first: which agent and session each is of, how old it is, what it does now, and its drift: whether the kernel's "
    "word on it still is what was decided at its create (sandbox explain --container ID says what differs).\n\n"
    "\"not sandboxed\" is a container that the configuration lets run as its engine asked; \"report only\", one that "
    "nothing is enforced on (runtime.enforcement). For another user than root it lists that user's own containers, and "
    "says so.",
  .options = options,
  .examples = examples,
  .run = run,
};
