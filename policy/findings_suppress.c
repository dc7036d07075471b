/* `security.audit.suppressions`: findings that somebody has accepted, with the reason. The section is the gateway's, so
 * that one list serves both audits. */
#include "policy/findings_internal.h"

#include "common/own.h"

#include <string.h>

const struct cc_fault_kind cc_findings_of_suppressions[] = {
  { "security.audit.suppressions.active", CC_INFO, "Findings are suppressed",
    "They count neither for the summary nor for the exit code. This line cannot be suppressed." },
  { "security.audit.suppressions.no_reason", CC_WARNING, "A suppression is not applied",
    "Without a reason nobody can tell later whether it still holds." },
  { "security.audit.suppressions.unused", CC_INFO, "A suppression suppresses nothing",
    "It would hide the finding when it comes back." },
  { 0 },
};

enum
{
  ACTIVE,
  NO_REASON,
  UNUSED
};

/* True when TEXT has the member KEY of RULE in it, or there is no such member. */
static bool
includes(const struct cc_jval *rule, const char *key, const char *text)
{
  const struct cc_jval *v = cc_jget(rule, key);

  return v == NULL || (cc_jstr(v) != NULL && strcasestr(text, v->text) != NULL);
}

static bool
matches(const struct cc_jval *rule, const struct cc_fault *f)
{
  const char *id = cc_jget_str(rule, "checkId");

  return id != NULL && strcmp(id, f->id) == 0 && includes(rule, "titleIncludes", f->kind->title)
         && includes(rule, "detailIncludes", f->seen);
}

static bool
is_about_suppressions(const struct cc_fault *f)
{
  return f->kind >= cc_findings_of_suppressions && f->kind <= &cc_findings_of_suppressions[UNUSED];
}

static size_t
apply(const struct cc_source *source, const struct cc_jval *rule, struct cc_findings *list)
{
  const char *reason = cc_jget_str(rule, "reason"), *id = cc_jget_str(rule, "checkId");
  size_t before = list->count, count = 0;
  struct cc_fault *f;

  if (id == NULL || reason == NULL || reason[strspn(reason, " \t\n")] == '\0')
    {
      f = cc_findings_add(list, &cc_findings_of_suppressions[NO_REASON], NULL, source->path, rule->line, rule->column);
      cc_fault_seen(f, "the suppression of `%s` has no `%s`", id != NULL ? id : "?", id != NULL ? "reason" : "checkId");
      cc_fault_fix(f, "add `%s` to it, or remove it",
                   id != NULL ? "reason: \"why this is accepted, and until when\"" : "checkId: \"…\"");
      return 0;
    }
  for (size_t i = 0; i < before; i++)
    if (!is_about_suppressions(list->items[i]) && matches(rule, list->items[i]))
      {
        free(list->items[i]->reason);
        list->items[i]->reason = cc_xstrdup(reason);
        count++;
      }
  if (count == 0)
    {
      f = cc_findings_add(list, &cc_findings_of_suppressions[UNUSED], NULL, source->path, rule->line, rule->column);
      cc_fault_seen(f, "nothing matches the suppression of `%s`", id);
      cc_fault_fix(f, "remove it");
    }
  return count;
}

void
cc_findings_suppress(const struct cc_reading *reading, struct cc_findings *list)
{
  for (size_t i = 0; i < reading->source_count; i++)
    {
      const struct cc_source *source = &reading->sources[i];
      const struct cc_jval *rules
          = source->doc != NULL ? cc_jpath(cc_json_root(source->doc), "security.audit.suppressions") : NULL;
      struct cc_fault *f;
      size_t count = 0;

      cc_jeach(rule, cc_jis(rules, CC_JSON_ARRAY) ? rules : NULL)
      {
        count += apply(source, rule, list);
      }
      if (count == 0)
        continue;
      f = cc_findings_add(list, &cc_findings_of_suppressions[ACTIVE], NULL, source->path, rules->line, rules->column);
      cc_fault_seen(f, "%zu finding%s suppressed", count, count == 1 ? " is" : "s are");
      cc_fault_fix(f, "look at them with `--all`, and remove what no longer holds");
    }
}
