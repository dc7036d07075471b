/* Findings on a screen, and as JSON. */
#include "cli/configuration.h"
#include "cli/doctor.h"
#include "common/own.h"

#include <string.h>
#include <time.h>

#define PLACES_MAX 5 /* of one kind, without --all */
#define INDENT 2
#define TEXT 8 /* where what follows "  Seen  " begins */

static const struct
{
  const char *heading;
  enum cli_style style;
} shown[CC_SEVERITIES] = {
  [CC_CRITICAL] = { "CRITICAL", CLI_CRITICAL },
  [CC_WARNING] = { "WARNING", CLI_YELLOW },
  [CC_INFO] = { "NOTE", CLI_CYAN },
};

/* -- one kind -- */

static void
print_part(const struct cli_terminal *t, const char *name, const char *text)
{
  if (*text == '\0')
    return;
  cli_print(t, CLI_DIM, "%*s%-6s", INDENT, "", name);
  cli_wrap(t, CLI_PLAIN, TEXT, TEXT, text);
}

/* "closedclaw.json5:5:24, agent `build`" */
static char *
place_text(const struct cc_fault *f)
{
  cc_auto_free char *place = f->line > 0 ? cc_xasprintf("%s:%u:%u", f->file, f->line, f->column) : cc_xstrdup(f->file);

  if (*f->agent == '\0')
    return cc_move_ptr(place);
  return cc_xasprintf("%s%sagent `%s`", place, *place != '\0' ? ", " : "", f->agent);
}

static void
print_place(const struct cli_terminal *t, const struct cc_reading *reading, const struct cc_fault *f)
{
  cc_auto_free char *place = place_text(f);

  print_part(t, "Where", place);
  cli_print_source(t, reading, f->file, f->line, f->column, TEXT);
  print_part(t, "Seen", f->seen);
  print_part(t, "Fix", f->fix);
  if (f->reason != NULL)
    print_part(t, "Off", f->reason);
}

static bool
is_shown(const struct cc_fault *f, bool all)
{
  return all || f->reason == NULL;
}

/* All findings from I on that have the id and severity of the I-th. */
static void
print_kind(const struct cli_terminal *t, const struct cc_reading *reading, const struct cc_findings *list, size_t i,
           bool all)
{
  const struct cc_fault *first = list->items[i];
  size_t count = 0;

  cli_print(t, shown[first->severity].style, "%s", shown[first->severity].heading);
  cli_print(t, CLI_PLAIN, "  ");
  cli_print(t, CLI_BOLD, "%s\n", first->id);
  cli_print(t, CLI_PLAIN, "%*s", INDENT, "");
  cli_wrap(t, CLI_PLAIN, INDENT, INDENT, first->kind->title);
  print_part(t, "Why", first->kind->why);
  for (; i < list->count && list->items[i]->severity == first->severity; i++)
    if (strcmp(list->items[i]->id, first->id) == 0 && is_shown(list->items[i], all) && (++count <= PLACES_MAX || all))
      {
        if (count > 1)
          cli_print(t, CLI_PLAIN, "\n");
        print_place(t, reading, list->items[i]);
      }
  if (count > PLACES_MAX && !all)
    {
      cli_print(t, CLI_PLAIN, "\n");
      cli_print(t, CLI_DIM, "%*s… and %zu more: --all shows %s\n", INDENT, "", count - PLACES_MAX,
                count - PLACES_MAX == 1 ? "it" : "them");
    }
  cli_print(t, CLI_PLAIN, "\n");
}

/* Kinds that were printed: few, however many findings there are. */
struct printed
{
  const char *ids[256];
  size_t count;
};

static bool
is_new(struct printed *printed, const char *id)
{
  for (size_t i = 0; i < printed->count; i++)
    if (strcmp(printed->ids[i], id) == 0)
      return false;
  if (printed->count < sizeof(printed->ids) / sizeof(printed->ids[0]))
    printed->ids[printed->count++] = id;
  return true;
}

static void
print_count(const struct cli_terminal *t, size_t count, enum cli_style style, const char *one, const char *many)
{
  cli_print(t, count > 0 ? style : CLI_PLAIN, "%zu %s", count, count == 1 ? one : many);
}

static void
print_summary(const struct cli_terminal *t, const struct cc_findings *list)
{
  size_t suppressed = list->count;

  for (int s = 0; s < CC_SEVERITIES; s++)
    suppressed -= cc_findings_count(list, (enum cc_severity)s);
  if (suppressed == list->count)
    {
      cli_print(t, CLI_GREEN, "ok");
      cli_print(t, CLI_PLAIN, "  nothing found");
    }
  else
    {
      print_count(t, cc_findings_count(list, CC_CRITICAL), CLI_CRITICAL, "critical", "critical");
      cli_print(t, CLI_PLAIN, ", ");
      print_count(t, cc_findings_count(list, CC_WARNING), CLI_YELLOW, "warning", "warnings");
      cli_print(t, CLI_PLAIN, ", ");
      print_count(t, cc_findings_count(list, CC_INFO), CLI_CYAN, "note", "notes");
    }
  if (suppressed > 0)
    cli_print(t, CLI_DIM, " (%zu suppressed: --all shows them)", suppressed);
  cli_print(t, CLI_PLAIN, "\n");
}

void
cli_print_findings(const struct cli_terminal *t, const struct cc_reading *reading, const struct cc_findings *list,
                   bool all)
{
  struct printed printed = { .count = 0 };
  enum cc_severity severity = CC_CRITICAL;

  for (size_t i = 0; i < list->count; i++)
    {
      if (list->items[i]->severity != severity)
        printed.count = 0;
      severity = list->items[i]->severity;
      if (is_shown(list->items[i], all) && is_new(&printed, list->items[i]->id))
        print_kind(t, reading, list, i, all);
    }
  print_summary(t, list);
}

/* -- JSON -- */

static struct cc_jval *
finding_json(struct cc_json *doc, const struct cc_fault *f)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  /* the word of the gateways' own report, which tools read already */
  const char *severity = f->severity == CC_WARNING ? "warn" : cc_severity_name(f->severity);

  cc_jset_str(doc, o, "checkId", f->id);
  cc_jset_str(doc, o, "severity", severity);
  cc_jset_str(doc, o, "title", f->kind->title);
  cc_jset_str(doc, o, "detail", f->seen);
  cc_jset_str(doc, o, "why", f->kind->why);
  cc_jset_str(doc, o, "remediation", f->fix);
  cc_jset_str(doc, o, "file", f->file);
  cc_jset_int(doc, o, "line", f->line);
  cc_jset_int(doc, o, "column", f->column);
  cc_jset_str(doc, o, "agent", f->agent);
  if (f->reason != NULL)
    {
      struct cc_jval *suppression = cc_jneed_object(doc, o, "suppression");

      cc_jset_str(doc, suppression, "reason", f->reason);
    }
  return o;
}

int
cli_print_findings_json(const struct cli_terminal *t, const struct cc_findings *list, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *summary, *found, *suppressed;
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  cc_jset_int(doc, o, "ts", (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
  summary = cc_jneed_object(doc, o, "summary");
  cc_jset_int(doc, summary, "critical", (int64_t)cc_findings_count(list, CC_CRITICAL));
  cc_jset_int(doc, summary, "warn", (int64_t)cc_findings_count(list, CC_WARNING));
  cc_jset_int(doc, summary, "info", (int64_t)cc_findings_count(list, CC_INFO));
  found = cc_jneed_array(doc, o, "findings");
  suppressed = cc_jneed_array(doc, o, "suppressedFindings");
  for (size_t i = 0; i < list->count; i++)
    cc_jappend(list->items[i]->reason == NULL ? found : suppressed, finding_json(doc, list->items[i]));
  return cli_print_json(t, o, err);
}
