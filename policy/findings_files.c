/* Findings on whole files, and on all of them together: switches that are dangerous by name, the record, and what the
 * reader said. */
#include "policy/findings_internal.h"

#include "common/own.h"
#include "common/path.h"

#include <inttypes.h>
#include <string.h>

#define RETENTION_LEAST 30 /* days: what a slow attack is noticed in */

/* -- switches -- */

/* Beside every key that begins with "dangerously". */
static const struct
{
  const char *key, *parent; /* the parent's key, NULL for any */
  bool value;
  const char *strict;
} flags[] = {
  { "allowInsecureAuth", "controlUi", true, "false" },
  { "allowUnsafeExternalContent", NULL, true, "false" },
  { "workspaceOnly", "applyPatch", false, "true" },
  { "noSandbox", "browser", true, "false" },
};

static const char *
strict_value(const struct cc_jval *v, const struct cc_jval *parent)
{
  if (v->key == NULL || v->type != CC_JSON_BOOL)
    return NULL;
  if (strncmp(v->key, "dangerously", 11) == 0)
    return v->boolean ? "false" : NULL;
  for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
    if (strcmp(v->key, flags[i].key) == 0 && v->boolean == flags[i].value
        && (flags[i].parent == NULL || (parent->key != NULL && strcmp(parent->key, flags[i].parent) == 0)))
      return flags[i].strict;
  return NULL;
}

static void
dangerous_flags(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_doc_map *map = &a->maps[a->source - a->reading->sources];

  for (size_t i = 1; i < map->count; i++)
    {
      const struct cc_jval *v = map->items[i].value;
      const char *strict = strict_value(v, map->items[map->items[i].parent].value);

      if (strict != NULL)
        cc_audit_set(a, cc_audit_at_value(a, kind, NULL, v), v->key, v->boolean ? "true" : "false", strict);
    }
}

/* A gateway's file, whose own default is another one than ours. */
static void
mode_unwritten(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  static const char *const theirs[] = { "gateway", "channels", "models", "meta", "wizard" };
  struct cc_fault *f;
  bool gateway = false;

  for (size_t i = 0; i < sizeof(theirs) / sizeof(theirs[0]); i++)
    gateway = gateway || cc_jget(a->block, theirs[i]) != NULL;
  if (!gateway || a->defaults->origin[CC_FIELD_MODE].line > 0)
    return;
  f = cc_findings_add(a->out, kind, NULL, a->source->path, 0, 0);
  cc_fault_seen(f, "`agents.defaults.sandbox.mode` is not written");
  cc_fault_fix(f, "set `agents.defaults.sandbox.mode` to \"all\" in the gateway's configuration too");
}

const struct cc_fault_kind cc_findings_of_flags[] = {
  { "config.insecure_or_dangerous_flags", CC_WARNING, "A dangerous switch is on",
    "It takes away a protection that is there by default; its name says so to make it hard to overlook.",
    dangerous_flags },
  { "sandbox.mode_unwritten", CC_INFO, "The gateway may take another mode than ClosedClaw",
    "Without the key ClosedClaw takes \"all\"; OpenClaw takes \"off\" and makes no container, so that there is nothing "
    "that ClosedClaw could hold.",
    mode_unwritten },
  { 0 },
};

/* -- the record -- */

static void
retention_short(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  cc_auto_free char *is = cc_xasprintf("%" PRId64 " days", a->defaults->audit_retention_days);

  if (a->defaults->audit_retention_days < RETENTION_LEAST)
    cc_audit_set(a, cc_audit_at(a, kind, &a->defaults->origin[CC_FIELD_AUDIT_RETENTION]), "audit.retentionDays", is,
                 "90");
}

static void
no_record(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (*a->defaults->audit_file == '\0' && !a->defaults->audit_journald)
    cc_audit_set(a, cc_audit_at(a, kind, &a->defaults->origin[CC_FIELD_AUDIT_JOURNALD]), "audit.journald",
                 "false, and `audit.file` is empty", "true");
}

static void
record_in_workspace(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (*a->defaults->audit_file == '\0' || !cc_path_is_under(a->defaults->audit_file, a->defaults->workspace_root))
    return;
  f = cc_audit_at(a, kind, &a->defaults->origin[CC_FIELD_AUDIT_FILE]);
  if (f == NULL)
    return;
  key = cc_audit_key(a, f, "audit.file");
  cc_audit_set(a, f, "audit.file", "below `workspaceRoot`, where sandboxes write",
               "\"/var/log/closedclaw/audit.jsonl\"");
}

const struct cc_fault_kind cc_findings_of_record[] = {
  { "audit.retention_short", CC_WARNING, "The record is kept for a short time",
    "What an attack did is often asked weeks later.", retention_short },
  { "audit.disabled", CC_WARNING, "There is no record", "Nobody can tell afterwards what was refused, and when.",
    no_record },
  { "audit.file_in_workspace", CC_CRITICAL, "The record lies where sandboxes write",
    "A sandbox can remove what it did from the record.", record_in_workspace },
  { 0 },
};

/* -- what the reader said -- */

/* Findings that say the same as the reader, and more. */
static const char *const specific[] = { "sandbox.dangerous_network_mode", "sandbox.dangerous_seccomp_profile",
                                        "sandbox.dangerous_apparmor_profile", "sandbox.bind_mount_non_absolute" };

static void
collect_covered(const struct cc_findings *list, const struct cc_fault_kind *kind, struct cc_findings *covered)
{
  for (size_t i = 0; i < list->count; i++)
    for (size_t k = 0; k < sizeof(specific) / sizeof(specific[0]); k++)
      if (strcmp(list->items[i]->id, specific[k]) == 0)
        cc_findings_add(covered, kind, NULL, list->items[i]->file, list->items[i]->line, list->items[i]->column);
}

/* The reader's text is "what it is: why; what to do". */
static void
set_problem(struct cc_fault *f, const char *text)
{
  const char *way = NULL;

  for (const char *p = text; (p = strstr(p, "; ")) != NULL; p += 2)
    way = p;
  if (way == NULL)
    {
      cc_fault_seen(f, "%s", text);
      cc_fault_fix(f, "correct it; `closedclaw config check` shows the line");
      return;
    }
  cc_fault_seen(f, "%.*s", (int)(way - text), text);
  cc_fault_fix(f, "%s", way + 2);
}

static void
invalid(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  __attribute__((cleanup(cc_findings_clear))) struct cc_findings covered = CC_FINDINGS_INIT;

  collect_covered(a->out, kind, &covered);
  for (size_t i = 0; i < a->reading->problem_count; i++)
    {
      const struct cc_problem *p = &a->reading->problems[i];

      if (strcmp(p->rule, "config-owner") != 0
          && cc_findings_add(&covered, kind, NULL, p->file, p->line, p->column) != NULL)
        set_problem(cc_findings_add(a->out, kind, NULL, p->file, p->line, p->column), p->text);
    }
}

static void
writable_by_others(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  for (size_t i = 0; i < a->reading->problem_count; i++)
    if (strcmp(a->reading->problems[i].rule, "config-owner") == 0)
      set_problem(cc_findings_add(a->out, kind, NULL, a->reading->problems[i].file, 0, 0),
                  a->reading->problems[i].text);
}

const struct cc_fault_kind cc_findings_of_reading[] = {
  { "config.invalid", CC_CRITICAL, "The configuration is not valid",
    "The runtime creates no container until it is: it does not guess what was meant.", invalid },
  { "policy.file_writable_by_others", CC_CRITICAL, "Others than root may change the configuration",
    "Whoever may write it decides what a sandbox is. The runtime creates no container because of it.",
    writable_by_others },
  { 0 },
};

void
cc_audit_unresolved(struct cc_audit *a, const struct cc_error *err)
{
  if (a->reading->problem_count == 0)
    set_problem(cc_audit_at(a, &cc_findings_of_reading[0], &(struct cc_origin){ 0 }), err->msg);
}
