/* The answer of closedclaw preview. */
#include "cli/preview.h"

#include "cli/configuration.h"
#include "common/own.h"

#include <string.h>

const char *
cli_verdict_name(enum cli_verdict verdict)
{
  static const char *const names[] = {
    [CLI_VERDICT_RUNS] = "runs",         [CLI_VERDICT_REFUSED] = "refused", [CLI_VERDICT_UNTOUCHED] = "untouched",
    [CLI_VERDICT_REPORTED] = "reported", [CLI_VERDICT_UNSEEN] = "unseen",   [CLI_VERDICT_UNKNOWN] = "unknown",
    [CLI_VERDICT_FAILS] = "fails",
  };

  return names[verdict];
}

/* What the runtime notes of a variable is the whole of it. */
char *
cli_finding_text(const struct cc_finding *finding, const char *text)
{
  size_t n = strcspn(text, "=");

  if (strstr(finding->what, "env") == NULL || strcmp(finding->rule, "environment") != 0 || text[n] == '\0')
    return cc_xstrdup(text);
  return cc_xasprintf("%.*s=…", (int)n, text);
}

/* -- the head -- */

static const struct
{
  enum cli_style style;
  const char *text;
} heads[] = {
  [CLI_VERDICT_RUNS] = { CLI_GREEN, "would run" },
  [CLI_VERDICT_REFUSED] = { CLI_CRITICAL, "would be refused" },
  [CLI_VERDICT_UNTOUCHED] = { CLI_YELLOW, "would run as it is: its policy does not sandbox it" },
  [CLI_VERDICT_REPORTED] = { CLI_YELLOW, "would run as it is: its policy only reports" },
  [CLI_VERDICT_UNSEEN] = { CLI_CRITICAL, "would run without closedclaw" },
  [CLI_VERDICT_UNKNOWN] = { CLI_YELLOW, "this user may not look at all that decides" },
  [CLI_VERDICT_FAILS] = { CLI_CRITICAL, "cannot be judged" },
};

static void
show_identity(const struct cli_preview *p)
{
  const struct cc_identity *i = &p->plan.identity;
  const struct cli_terminal *t = &p->cli->out;

  if (i->container_id == NULL)
    return;
  cli_print(t, CLI_DIM, "  engine ");
  cli_print(t, CLI_PLAIN, "%s", cc_engine_name(i->engine));
  cli_print(t, CLI_DIM, ", kind ");
  cli_print(t, CLI_PLAIN, "%s", cc_kind_name(i->kind));
  if (i->agent != NULL)
    {
      cli_print(t, CLI_DIM, ", agent ");
      cli_print(t, CLI_PLAIN, "%.40s", i->agent);
    }
  cli_print(t, CLI_PLAIN, "\n");
  if (i->session != NULL)
    {
      cli_print(t, CLI_DIM, "  session ");
      cli_wrap(t, CLI_PLAIN, 10, 10, i->session);
    }
  if (p->plan.low_level != NULL)
    {
      cli_print(t, CLI_DIM, "  low-level runtime ");
      cli_wrap(t, CLI_PLAIN, 20, 20, p->plan.low_level);
    }
}

static void
show_head(const struct cli_preview *p)
{
  const struct cli_terminal *t = &p->cli->out;
  cc_auto_free char *text = cc_xasprintf("%s: %s", p->subject, heads[p->verdict].text);

  cli_wrap(t, heads[p->verdict].style, 0, 2, text);
  show_identity(p);
  if (p->docker.foreign_runtime != NULL)
    {
      cc_auto_free char *why = cc_xasprintf("`--runtime %s`: closedclaw would not see this container at all. With "
                                            "closedclaw it is:",
                                            p->docker.foreign_runtime);

      cli_print(t, CLI_PLAIN, "  ");
      cli_wrap(t, CLI_RED, 2, 2, why);
    }
  if (p->failure.msg[0] != '\0')
    {
      cli_print(t, CLI_RED, "  error: ");
      cli_wrap(t, CLI_PLAIN, 9, 9, p->failure.msg);
    }
}

/* -- findings -- */

static void
show_refusals(const struct cli_preview *p)
{
  const struct cc_report *r = &p->plan.report;
  const struct cli_terminal *t = &p->cli->out;

  if (r->refusals == 0 || p->reading.problem_count > 0)
    return;
  cli_print(t, CLI_BOLD, "\n%s %zu\n", p->verdict == CLI_VERDICT_REPORTED ? "Would refuse" : "Refused", r->refusals);
  for (size_t i = 0; i < r->count; i++)
    if (r->items[i].kind == CC_REFUSED)
      {
        cli_print(t, CLI_RED, "  [%s]\n", r->items[i].rule);
        cli_print(t, CLI_PLAIN, "    ");
        cli_wrap(t, CLI_PLAIN, 4, 4, r->items[i].what);
      }
}

#define PLACE_MAX 32

/* One line of what was and what is, when it fits: "~ place  was -> now"; else each on lines of its own. */
static void
show_pair(const struct cli_terminal *t, enum cli_change_kind kind, const char *place, const char *was, const char *now,
          int column)
{
  static const enum cli_style styles[] = { ['+'] = CLI_GREEN, ['-'] = CLI_RED, ['~'] = CLI_YELLOW };
  bool both = was != NULL && now != NULL;
  cc_auto_free char *text = both ? cc_xasprintf("%s -> %s", was, now)
                                 : cc_xstrdup(was != NULL   ? was
                                              : now != NULL ? now
                                                            : "");
  int at = cli_columns(place);

  cli_print(t, styles[kind], "  %c ", (char)kind);
  if (at <= column && 4 + column + 2 + cli_columns(text) <= t->width)
    {
      cli_print(t, styles[kind], "%s", place);
      cli_print(t, CLI_PLAIN, "%*s%s\n", text[0] != '\0' ? column - at + 2 : 0, "", text);
      return;
    }
  cli_wrap(t, styles[kind], 4, 4, place);
  if (both)
    {
      cli_print(t, CLI_RED, "    - ");
      cli_wrap(t, CLI_PLAIN, 6, 6, was);
      cli_print(t, CLI_GREEN, "    + ");
      cli_wrap(t, CLI_PLAIN, 6, 6, now);
    }
  else if (text[0] != '\0')
    {
      cli_print(t, CLI_PLAIN, "      ");
      cli_wrap(t, CLI_PLAIN, 6, 6, text);
    }
}

static int
wider(int column, const char *place)
{
  int own = cli_columns(place);

  return own > PLACE_MAX || own < column ? column : own;
}

static void
show_tightened(const struct cli_preview *p)
{
  const struct cc_report *r = &p->plan.report;
  const struct cli_terminal *t = &p->cli->out;
  int column = 0;

  if (!p->judged)
    return;
  if (r->count == r->refusals)
    {
      cli_print(t, CLI_BOLD, "\nTightened nothing\n");
      return;
    }
  cli_print(t, CLI_BOLD, "\n%s %zu\n", p->verdict == CLI_VERDICT_RUNS ? "Tightened" : "Would tighten",
            r->count - r->refusals);
  for (size_t i = 0; i < r->count; i++)
    column = r->items[i].kind == CC_TIGHTENED ? wider(column, r->items[i].what) : column;
  for (size_t i = 0; i < r->count; i++)
    if (r->items[i].kind == CC_TIGHTENED)
      {
        cc_auto_free char *was = cli_finding_text(&r->items[i], r->items[i].was);
        cc_auto_free char *now = cli_finding_text(&r->items[i], r->items[i].now);

        show_pair(t, CLI_CHANGED, r->items[i].what, was[0] != '\0' ? was : "nothing", now, column);
      }
}

/* -- the difference -- */

static void
show_diff(const struct cli_preview *p)
{
  const struct cli_terminal *t = &p->cli->out;
  struct cli_changes changes;
  int column = 0;

  if (!p->judged)
    return;
  cli_json_diff(cc_json_root(p->before), cc_json_root(p->plan.bundle.doc), cli_has(p->cli, "full"), &changes);
  cli_print(t, CLI_BOLD, "\nconfig.json: %zu change%s\n", changes.count, changes.count == 1 ? "" : "s");
  for (size_t i = 0; i < changes.count; i++)
    column = wider(column, changes.items[i].path);
  for (size_t i = 0; i < changes.count; i++)
    show_pair(t, changes.items[i].kind, changes.items[i].path, changes.items[i].was, changes.items[i].now, column);
  cli_changes_clear(&changes);
}

/* -- notes -- */

static void
show_notes(const struct cli_terminal *t, const struct cli_notes *a, const struct cli_notes *b, enum cli_note_kind kind,
           const char *title)
{
  const struct cli_notes *both[] = { a, b };
  bool any = false;

  for (int k = 0; k < 2; k++)
    for (size_t i = 0; i < both[k]->count; i++)
      if (both[k]->items[i].kind == kind)
        {
          if (!any)
            cli_print(t, CLI_BOLD, "\n%s\n", title);
          any = true;
          cli_print(t, CLI_YELLOW, "  ? ");
          cli_wrap(t, CLI_PLAIN, 4, 4, both[k]->items[i].text);
        }
}

void
cli_preview_show(const struct cli_preview *p)
{
  const struct cli_terminal *t = &p->cli->out;

  show_head(p);
  if (p->reading.problem_count > 0)
    {
      cli_print(t, CLI_BOLD, "\nThe configuration is wrong, so the runtime refuses every container\n");
      cli_print_problems(t, &p->reading);
      return;
    }
  show_refusals(p);
  if (cli_has(p->cli, "diff"))
    show_diff(p);
  else
    show_tightened(p);
  show_notes(t, &p->notes, &p->docker.notes, CLI_NOTE_WARNING, "Note");
  show_notes(t, &p->notes, &p->docker.notes, CLI_NOTE_NOT_JUDGED, "Not judged");
  show_notes(t, &p->notes, &p->docker.notes, CLI_NOTE_ASSUMED, "Assumed");
}

/* -- JSON -- */

static void
set_or_null(struct cc_json *doc, struct cc_jval *o, const char *key, const char *value)
{
  if (value != NULL)
    cc_jset_str(doc, o, key, value);
  else
    cc_jset(doc, o, key, cc_jnew(doc, CC_JSON_NULL));
}

static void
add_identity(struct cc_json *doc, struct cc_jval *o, const struct cc_identity *i)
{
  struct cc_jval *identity = cc_jneed_object(doc, o, "identity");

  cc_jset_str(doc, identity, "engine", cc_engine_name(i->engine));
  cc_jset_str(doc, identity, "kind", cc_kind_name(i->kind));
  set_or_null(doc, identity, "agent", i->agent);
  set_or_null(doc, identity, "session", i->session);
  set_or_null(doc, identity, "container", i->container_id);
}

static void
add_findings(struct cc_json *doc, struct cc_jval *o, const struct cc_report *r)
{
  struct cc_jval *refused = cc_jneed_array(doc, o, "refused"), *tightened = cc_jneed_array(doc, o, "tightened");

  for (size_t i = 0; i < r->count; i++)
    {
      struct cc_jval *f = cc_jnew(doc, CC_JSON_OBJECT);

      cc_jset_str(doc, f, "rule", r->items[i].rule);
      if (r->items[i].kind == CC_REFUSED)
        {
          cc_jset_str(doc, f, "message", r->items[i].what);
          cc_jappend(refused, f);
          continue;
        }
      cc_auto_free char *was = cli_finding_text(&r->items[i], r->items[i].was);
      cc_auto_free char *now = cli_finding_text(&r->items[i], r->items[i].now);

      cc_jset_str(doc, f, "place", r->items[i].what);
      cc_jset_str(doc, f, "was", was);
      cc_jset_str(doc, f, "now", now);
      cc_jappend(tightened, f);
    }
}

static void
add_notes(struct cc_json *doc, struct cc_jval *o, const struct cli_notes *notes)
{
  static const char *const keys[]
      = { [CLI_NOTE_ASSUMED] = "assumed", [CLI_NOTE_NOT_JUDGED] = "notJudged", [CLI_NOTE_WARNING] = "notes" };

  for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
    cc_jneed_array(doc, o, keys[i]);
  for (size_t i = 0; i < notes->count; i++)
    cc_jappend_str(doc, cc_jget(o, keys[notes->items[i].kind]), notes->items[i].text);
}

static void
add_diff(struct cc_json *doc, struct cc_jval *o, const struct cli_preview *p)
{
  struct cc_jval *list = cc_jneed_array(doc, o, "diff");
  struct cli_changes changes;

  cli_json_diff(cc_json_root(p->before), cc_json_root(p->plan.bundle.doc), cli_has(p->cli, "full"), &changes);
  for (size_t i = 0; i < changes.count; i++)
    {
      struct cc_jval *c = cc_jnew(doc, CC_JSON_OBJECT);
      char mark[] = { (char)changes.items[i].kind, '\0' };

      cc_jset_str(doc, c, "change", mark);
      cc_jset_str(doc, c, "path", changes.items[i].path);
      set_or_null(doc, c, "was", changes.items[i].was);
      set_or_null(doc, c, "now", changes.items[i].now);
      cc_jappend(list, c);
    }
  cli_changes_clear(&changes);
}

int
cli_preview_show_json(const struct cli_preview *p, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

  cc_jset_str(doc, o, "verdict", cli_verdict_name(p->verdict));
  cc_jset_str(doc, o, "subject", p->subject);
  add_identity(doc, o, &p->plan.identity);
  set_or_null(doc, o, "lowLevel", p->plan.low_level);
  set_or_null(doc, o, "otherRuntime", p->docker.foreign_runtime);
  set_or_null(doc, o, "error", p->failure.msg[0] != '\0' ? p->failure.msg : NULL);
  add_findings(doc, o, &p->plan.report);
  add_notes(doc, o, &p->notes);
  add_notes(doc, o, &p->docker.notes);
  if (cli_has(p->cli, "diff") && p->judged)
    add_diff(doc, o, p);
  if (cli_has(p->cli, "spec") && p->judged)
    {
      struct cc_jval *spec = cc_jcopy(doc, cc_json_root(p->plan.bundle.doc));

      cli_json_hide_env(doc, spec);
      cc_jset(doc, o, "spec", spec);
    }
  return cli_print_json(&p->cli->out, o, err);
}
