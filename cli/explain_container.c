/* closedclaw sandbox explain --container: who it is of, what was asked, tightened and refused, and what it is now. */
#include "cli/ages.h"
#include "cli/configuration.h"
#include "cli/explain.h"
#include "cli/list.h"
#include "common/own.h"
#include "shim/expect.h"
#include "shim/record_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* What is known of one container. */
struct subject
{
  struct cc_inventory inventory;
  const struct cc_container *container; /* NULL: only the record has it */
  struct cc_record record;
  char *audit_file;
  struct cc_error record_error; /* why the record could not be read */
  struct cli_drift drift;
};

static void __attribute__((format(printf, 4, 5)))
row(struct cli_sheet *sheet, const char *label, enum cli_style style, const char *fmt, ...)
{
  cc_auto_free char *value = NULL;
  va_list ap;

  va_start(ap, fmt);
  if (vasprintf(&value, fmt, ap) < 0)
    abort();
  va_end(ap);
  cli_sheet_row(sheet, true, 0, label, style, value, "");
}

static void
heading(const struct cli_terminal *t, const char *text)
{
  cli_print(t, CLI_PLAIN, "\n");
  cli_print(t, CLI_BOLD, "%s\n", text);
}

/* -- who -- */

/* Why it got the policy that it got. */
static char *
why_this_policy(const struct cc_container *c)
{
  if (!c->state.managed)
    return cc_xstrdup("the mode, and the session it named, let it run as its engine asked");
  if (c->about.agent != NULL)
    return cc_xasprintf("that of the agent \"%s\", as the configuration was when it was created", c->about.agent);
  if (c->about.session != NULL)
    return cc_xasprintf("that of its session's agent, as the configuration was when it was created");
  return cc_xstrdup("the defaults, as the configuration was when it was created: nothing said whose it is");
}

static const char *
network_of(const struct cc_state *s)
{
  struct cc_expect expect;
  bool none;

  if (s->network_none)
    return "none (locked at start)";
  if (s->expect[0] == '\0' || cc_expect_read(s->expect, &expect, NULL) < 0)
    return "its engine's";
  none = expect.network_none;
  cc_expect_clear(&expect);
  return none ? "none (not locked: `run` has no start)" : "its engine's";
}

static void
add_limits(struct cli_sheet *sheet, const struct cc_state *s)
{
  cc_auto_free char *memory = explain_size(s->memory);

  row(sheet, "User:", CLI_PLAIN, "%" PRIu32 ":%" PRIu32 "%s", s->uid, s->gid,
      s->root_allowed ? " (root is allowed)" : "");
  row(sheet, "Capabilities:", CLI_PLAIN, s->capabilities.count == 0 ? "none" : "at most %zu", s->capabilities.count);
  row(sheet, "Network:", CLI_PLAIN, "%s", network_of(s));
  row(sheet, "Limits:", CLI_PLAIN, "%s of memory, %g processors, %" PRId64 " processes", memory, s->cpus, s->pids);
}

static void
print_head(const struct cli_terminal *t, const struct cc_container *c)
{
  struct cli_sheet *sheet = cli_sheet_new();
  cc_auto_free char *state = cli_container_state(c), *moment = cli_moment(c->about.created);
  cc_auto_free char *age = cli_age(c->about.created), *policy = why_this_policy(c);

  if (c->name != NULL)
    row(sheet, "Container:", CLI_BOLD, "%s", c->name);
  row(sheet, c->name != NULL ? "Id:" : "Container:", CLI_PLAIN, "%s", c->id);
  if (c->image != NULL)
    row(sheet, "Image:", CLI_PLAIN, "%s", c->image);
  row(sheet, "Engine:", CLI_PLAIN, "%s", cc_engine_name(c->about.engine));
  row(sheet, "Agent:", CLI_PLAIN, "%s", c->about.agent != NULL ? c->about.agent : "not said");
  row(sheet, "Session:", CLI_PLAIN, "%s", c->about.session != NULL ? c->about.session : "not said");
  row(sheet, "Kind:", CLI_PLAIN, "%s", cc_kind_name(c->about.kind));
  if (c->pid > 0)
    row(sheet, "State:", CLI_PLAIN, "%s, process %d", state, (int)c->pid);
  else
    row(sheet, "State:", CLI_PLAIN, "%s", state);
  row(sheet, "Created:", CLI_PLAIN, "%s (%s ago)", moment, age);
  row(sheet, "Runtime below:", CLI_PLAIN, "%s%s%s", c->state.low_level, c->about.root != NULL ? ", --root " : "",
      c->about.root != NULL ? c->about.root : "");
  row(sheet, "Policy:", CLI_PLAIN, "%s", policy);
  if (c->state.managed)
    add_limits(sheet, &c->state);
  if (c->why != NULL)
    row(sheet, "Problem:", CLI_RED, "%s", c->why);
  cli_sheet_print(sheet, t);
}

/* -- what was changed -- */

static size_t
count_of(const struct cc_about *about, bool refused)
{
  size_t count = 0;

  for (size_t i = 0; i < about->count; i++)
    count += about->items[i].refused == refused;
  return count;
}

static const char *
or_nothing(const char *s)
{
  return s[0] != '\0' ? s : "nothing";
}

static void
print_changes(const struct cli_terminal *t, const struct cc_container *c)
{
  const struct cc_about *about = &c->about;
  const enum cli_style styles[] = { CLI_PLAIN, CLI_PLAIN };
  struct cli_table *table;

  if (c->state.about[0] == '\0')
    {
      cli_print(t, CLI_PLAIN, "\nAn earlier version made it, and did not write down what it changed.\n");
      return;
    }
  if (count_of(about, false) == 0)
    {
      cli_print(t, CLI_PLAIN, "\nNothing was tightened%s.\n",
                c->state.managed ? ": its engine asked for no more than the policy gives" : "");
      return;
    }
  heading(t, c->state.report ? "Would have been tightened:" : "Tightened:");
  table = cli_table_new(2, NULL);
  for (size_t i = 0; i < about->count; i++)
    {
      const struct cc_about_item *item = &about->items[i];
      cc_auto_free char *change = NULL;

      if (item->refused)
        continue;
      change = cc_xasprintf("%s " ARROW " %s [%s]", or_nothing(item->was), or_nothing(item->now), item->rule);
      cli_table_row(table, styles, (const char *[]){ item->what, change });
    }
  cli_table_print(table, t, 2);
  if (about->left > 0)
    cli_print(t, CLI_DIM, "  and %zu more\n", about->left);
}

/* Only with enforcement "report" is there a container and a refusal of its create. */
static void
print_would_refuse(const struct cli_terminal *t, const struct cc_about *about)
{
  if (count_of(about, true) == 0)
    return;
  heading(t, "Would have been refused:");
  for (size_t i = 0; i < about->count; i++)
    if (about->items[i].refused)
      {
        cc_auto_free char *text = cc_xasprintf("[%s] %s", about->items[i].rule, about->items[i].what);

        cli_print(t, CLI_PLAIN, "  ");
        cli_wrap(t, CLI_YELLOW, 2, 4, text);
      }
}

/* -- what was refused -- */

static bool
is_refusal(const struct cc_record_entry *e)
{
  return strcmp(e->event, "refused") == 0;
}

static size_t
count_refusals(const struct cc_record *record)
{
  size_t count = 0;

  for (size_t i = 0; i < record->count; i++)
    count += is_refusal(&record->items[i]);
  return count;
}

static void
print_refusals(const struct cli_terminal *t, const struct subject *s)
{
  if (s->record_error.msg[0] != '\0')
    {
      cli_print(t, CLI_PLAIN, "\n");
      cli_wrap(t, CLI_RED, 0, 2, s->record_error.msg);
      return;
    }
  if (s->audit_file[0] == '\0')
    {
      cli_print(t, CLI_PLAIN, "\nWhat was refused is not recorded: audit.file is \"\".\n");
      return;
    }
  if (count_refusals(&s->record) == 0)
    {
      cli_print(t, CLI_PLAIN, "\nNothing was refused, by %s%s.\n", s->record.cut ? "the end of " : "", s->audit_file);
      return;
    }
  heading(t, "Refused:");
  for (size_t i = 0; i < s->record.count; i++)
    {
      const struct cc_record_entry *e = &s->record.items[i];
      cc_auto_free char *text = NULL;

      if (!is_refusal(e))
        continue;
      text = cc_xasprintf("%s [%s] %s", e->call, e->rule[0] != '\0' ? e->rule : "error", e->message);
      cli_print(t, CLI_DIM, "  %s ", e->time);
      cli_wrap(t, CLI_PLAIN, 3 + cli_columns(e->time), 4, text);
    }
  if (s->record.left > 0 || s->record.cut)
    cli_print(t, CLI_DIM, "  older ones: %s\n", s->audit_file);
}

/* -- what it is now -- */

static void
print_drift(const struct cli_terminal *t, const struct cli_drift *drift)
{
  if (drift->answer == CLI_DRIFT_NOTHING)
    return;
  if (drift->answer == CLI_DRIFT_LOOKED && drift->drift.count == 0)
    {
      cli_print(t, CLI_PLAIN, "\nThe kernel's word on it is what was decided at its create (%zu process%s).\n",
                drift->drift.processes, drift->drift.processes == 1 ? "" : "es");
      return;
    }
  heading(t, "Drift:");
  if (drift->answer == CLI_DRIFT_UNKNOWN)
    {
      cli_print(t, CLI_PLAIN, "  ");
      cli_wrap(t, CLI_RED, 2, 4, drift->why.msg);
    }
  for (size_t i = 0; i < drift->drift.count; i++)
    {
      const struct cc_difference *d = &drift->drift.items[i];
      cc_auto_free char *text = cc_xasprintf("%s: %s", d->aspect, d->text);

      cli_print(t, CLI_PLAIN, "  ");
      cli_wrap(t, CLI_RED, 2, 4, text);
    }
}

/* -- JSON -- */

static struct cc_jval *
changes_json(struct cc_json *doc, const struct cc_about *about)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < about->count; i++)
    {
      const struct cc_about_item *item = &about->items[i];
      struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

      if (item->refused)
        continue;
      cc_jset_str(doc, o, "place", item->what);
      cc_jset_str(doc, o, "was", item->was);
      cc_jset_str(doc, o, "now", item->now);
      cc_jset_str(doc, o, "rule", item->rule);
      cc_jappend(array, o);
    }
  return array;
}

static struct cc_jval *
refusals_json(struct cc_json *doc, const struct cc_record *record)
{
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < record->count; i++)
    {
      const struct cc_record_entry *e = &record->items[i];
      struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

      if (!is_refusal(e))
        continue;
      cc_jset_str(doc, o, "time", e->time);
      cc_jset_str(doc, o, "call", e->call);
      cc_jset_str(doc, o, "rule", e->rule);
      cc_jset_str(doc, o, "message", e->message);
      cc_jappend(array, o);
    }
  return array;
}

static int
print_json(const struct cli_terminal *t, const struct subject *s, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o
      = s->container != NULL ? cli_container_json(doc, s->container, &s->drift) : cc_jnew(doc, CC_JSON_OBJECT);
  struct cc_jval *would;

  if (s->container == NULL)
    {
      cc_jset_str(doc, o, "id", s->record.items[0].container);
      cc_jset_str(doc, o, "status", "none");
    }
  else
    {
      cc_jset(doc, o, "tightened", changes_json(doc, &s->container->about));
      would = cc_jneed_array(doc, o, "wouldRefuse");
      for (size_t i = 0; i < s->container->about.count; i++)
        if (s->container->about.items[i].refused)
          {
            struct cc_jval *item = cc_jnew(doc, CC_JSON_OBJECT);

            cc_jset_str(doc, item, "rule", s->container->about.items[i].rule);
            cc_jset_str(doc, item, "message", s->container->about.items[i].what);
            cc_jappend(would, item);
          }
    }
  cc_jset(doc, o, "refused", refusals_json(doc, &s->record));
  cc_jset_str(doc, o, "record", s->audit_file);
  return cli_print_json(t, o, err);
}

/* -- finding it -- */

/* Where what is refused now would be recorded. */
static char *
configured_audit_file(const struct cli *cli)
{
  struct cc_reading reading = CC_READING_INIT;
  struct cc_policy policy;
  cc_auto_config struct cc_config *config = NULL;
  char *file = NULL;

  if (cli_config_read(cli, &reading, &config, NULL) == 0 && cc_config_resolve(config, NULL, &policy, NULL) == 0)
    {
      file = cc_xstrdup(policy.audit_file);
      cc_policy_clear(&policy);
    }
  cc_reading_clear(&reading);
  return file != NULL ? file : cc_xstrdup("");
}

/* 0, 1 when there is no such container, negative. */
static int
find(const struct cli *cli, const char *name, struct subject *s, struct cc_error *err)
{
  struct cc_error why = CC_ERROR_INIT;

  if (cc_inventory_read(&s->inventory, err) < 0)
    return CC_FAILED;
  s->container = cc_inventory_find(&s->inventory, name, &why);
  if (s->container == NULL && why.errnum == EEXIST)
    {
      *err = why;
      return CC_FAILED;
    }
  s->audit_file = s->container != NULL && !s->container->unreadable ? cc_xstrdup(s->container->state.audit_file)
                                                                    : configured_audit_file(cli);
  if (s->audit_file[0] != '\0'
      && cc_record_read(s->audit_file, s->container != NULL ? s->container->id : name, &s->record, &s->record_error) < 0
      && s->container == NULL)
    {
      *err = s->record_error;
      return CC_FAILED;
    }
  if (s->container != NULL)
    cli_container_drift(s->container, NULL, &s->drift);
  if (s->container != NULL || s->record.count > 0)
    return 0;
  *err = why;
  if (geteuid() != 0)
    cc_error_set(err, 0, "%s; those of root's engines are seen by root alone", why.msg);
  return 1;
}

static void
print_text(const struct cli_terminal *t, const struct subject *s)
{
  if (s->container == NULL)
    {
      cli_print(t, CLI_PLAIN, "Container: %s\n", s->record.items[0].container);
      cli_print(t, CLI_PLAIN, "There is none under this id: it was refused, or is deleted.\n");
    }
  else
    print_head(t, s->container);
  if (s->container != NULL && !s->container->unreadable)
    {
      print_changes(t, s->container);
      print_would_refuse(t, &s->container->about);
    }
  print_refusals(t, s);
  if (s->container != NULL)
    print_drift(t, &s->drift);
}

int
explain_container(const struct cli *cli, const char *name, struct cc_error *err)
{
  struct subject s = { .inventory = CC_INVENTORY_INIT, .record = CC_RECORD_INIT };
  int result = find(cli, name, &s, err);

  if (result == 1)
    result = EXPLAIN_NONE;
  else if (result == 0 && cli_has(cli, "json"))
    result = print_json(&cli->out, &s, err);
  else if (result == 0)
    print_text(&cli->out, &s);
  cc_inventory_clear(&s.inventory);
  cc_record_clear(&s.record);
  cc_drift_clear(&s.drift.drift);
  free(s.audit_file);
  return result;
}
