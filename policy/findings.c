#include "policy/findings_internal.h"

#include "common/own.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct cc_finding_table tables[] = {
  { CC_EACH_POLICY, cc_findings_of_policy }, { CC_EACH_BLOCK, cc_findings_of_binds },
  { CC_EACH_BLOCK, cc_findings_of_blocks },  { CC_EACH_FILE, cc_findings_of_flags },
  { CC_EACH_TOOLS, cc_findings_of_tools },   { CC_EACH_FILE, cc_findings_of_tool_blocks },
  { CC_ONCE, cc_findings_of_record },        { CC_ONCE, cc_findings_of_reading }, /* last: what nobody said */
  { CC_ONCE, cc_findings_of_suppressions },
};

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

const char *
cc_severity_name(enum cc_severity severity)
{
  static const char *const names[CC_SEVERITIES] = { "info", "warning", "critical" };

  return names[severity];
}

const struct cc_fault_kind *
cc_fault_kind_at(size_t i)
{
  for (size_t t = 0; t < N_ELEMENTS(tables); t++)
    for (const struct cc_fault_kind *kind = tables[t].kinds; kind->id != NULL; kind++)
      if (i-- == 0)
        return kind;
  return NULL;
}

const struct cc_fault_kind *
cc_fault_kind_of(const char *id)
{
  const struct cc_fault_kind *kind = NULL;

  for (size_t i = 0; (kind = cc_fault_kind_at(i)) != NULL && strcmp(kind->id, id) != 0; i++)
    ;
  return kind;
}

/* -- the list -- */

/* FNV-1a */
static uint32_t
hash_text(uint32_t hash, const char *text)
{
  for (; *text != '\0'; text++)
    hash = (hash ^ (unsigned char)*text) * 16777619u;
  return hash;
}

static size_t
slot_of(const struct cc_findings *list, const char *id, const char *file, uint32_t line, uint32_t column)
{
  size_t i = hash_text(hash_text(2166136261u, id), file) ^ (line * 2654435761u) ^ (column * 40503u);

  for (i &= list->slot_count - 1; list->slots[i] != 0; i = (i + 1) & (list->slot_count - 1))
    {
      const struct cc_fault *f = list->items[list->slots[i] - 1];

      if (f->line == line && f->column == column && strcmp(f->id, id) == 0 && strcmp(f->file, file) == 0)
        break;
    }
  return i;
}

static void
grow(struct cc_findings *list)
{
  if (list->slot_count > list->count * 2)
    return;
  free(list->slots);
  for (list->slot_count = 64; list->slot_count <= list->count * 2;)
    list->slot_count *= 2;
  list->slots = cc_xcalloc(list->slot_count, sizeof(*list->slots));
  for (size_t i = 0; i < list->count; i++)
    {
      const struct cc_fault *f = list->items[i];

      list->slots[slot_of(list, f->id, f->file, f->line, f->column)] = (uint32_t)i + 1;
    }
}

static struct cc_fault *
append(struct cc_findings *list, const struct cc_fault_kind *kind, char *id, const char *file, uint32_t line,
       uint32_t column)
{
  struct cc_fault *f = cc_xcalloc(1, sizeof(*f));

  *f = (struct cc_fault){ .kind = kind,
                          .id = id,
                          .severity = kind->severity,
                          .agent = cc_xstrdup(""),
                          .file = cc_xstrdup(file),
                          .line = line,
                          .column = column,
                          .seen = cc_xstrdup(""),
                          .fix = cc_xstrdup(""),
                          .value = cc_xstrdup(""),
                          .mode = -1 };
  if ((list->count & (list->count - 1)) == 0) /* doubled: 10,000 agents may each have several */
    list->items = cc_xrealloc(list->items, (list->count == 0 ? 1 : list->count * 2) * sizeof(*list->items));
  list->items[list->count++] = f;
  return f;
}

struct cc_fault *
cc_findings_append(struct cc_findings *list, const struct cc_fault_kind *kind, const char *file, uint32_t line,
                   uint32_t column)
{
  return append(list, kind, cc_xstrdup(kind->id), file, line, column);
}

struct cc_fault *
cc_findings_add(struct cc_findings *list, const struct cc_fault_kind *kind, const char *name, const char *file,
                uint32_t line, uint32_t column)
{
  const char *star = strchr(kind->id, '*');
  cc_auto_free char *id = star != NULL && name != NULL
                              ? cc_xasprintf("%.*s%s%s", (int)(star - kind->id), kind->id, name, star + 1)
                              : cc_xstrdup(kind->id);
  struct cc_fault *f;
  size_t slot;

  grow(list);
  slot = slot_of(list, id, file, line, column);
  if (list->slots[slot] != 0)
    return NULL;
  f = append(list, kind, cc_move_ptr(id), file, line, column);
  list->slots[slot] = (uint32_t)list->count;
  return f;
}

static void set_text(char **slot, const char *fmt, va_list ap) CC_PRINTF(2, 0);

static void
set_text(char **slot, const char *fmt, va_list ap)
{
  char *text;

  if (vasprintf(&text, fmt, ap) < 0)
    abort();
  free(*slot);
  *slot = text;
}

void
cc_fault_seen(struct cc_fault *f, const char *fmt, ...)
{
  va_list ap;

  if (f == NULL)
    return;
  va_start(ap, fmt);
  set_text(&f->seen, fmt, ap);
  va_end(ap);
}

void
cc_fault_fix(struct cc_fault *f, const char *fmt, ...)
{
  va_list ap;

  if (f == NULL)
    return;
  va_start(ap, fmt);
  set_text(&f->fix, fmt, ap);
  va_end(ap);
}

static int
compare(const void *a, const void *b)
{
  const struct cc_fault *x = *(struct cc_fault *const *)a, *y = *(struct cc_fault *const *)b;
  int order = (int)y->severity - (int)x->severity;

  if (order == 0)
    order = strcmp(x->file, y->file);
  if (order == 0)
    order = (x->line > y->line) - (x->line < y->line);
  if (order == 0)
    order = (x->column > y->column) - (x->column < y->column);
  return order != 0 ? order : strcmp(x->id, y->id);
}

void
cc_findings_sort(struct cc_findings *list)
{
  if (list->count > 1)
    qsort(list->items, list->count, sizeof(*list->items), compare);
  free(list->slots); /* they have the numbers of before */
  list->slots = NULL;
  list->slot_count = 0;
}

size_t
cc_findings_count(const struct cc_findings *list, enum cc_severity severity)
{
  size_t count = 0;

  for (size_t i = 0; i < list->count; i++)
    count += list->items[i]->severity == severity && list->items[i]->reason == NULL;
  return count;
}

void
cc_findings_clear(struct cc_findings *list)
{
  for (size_t i = 0; i < list->count; i++)
    {
      struct cc_fault *f = list->items[i];

      free(f->id), free(f->agent), free(f->file), free(f->seen), free(f->fix), free(f->value), free(f->reason);
      free(f);
    }
  free(list->items);
  free(list->slots);
  *list = (struct cc_findings)CC_FINDINGS_INIT;
}

/* -- for the checks -- */

const struct cc_source *
cc_audit_source(const struct cc_audit *a, const char *file)
{
  for (size_t i = 0; i < a->reading->source_count; i++)
    if (strcmp(a->reading->sources[i].path, file) == 0)
      return &a->reading->sources[i];
  return NULL;
}

static struct cc_fault *
of_agent(const struct cc_audit *a, struct cc_fault *f)
{
  if (f != NULL && *a->agent != '\0')
    {
      free(f->agent);
      f->agent = cc_xstrdup(a->agent);
    }
  return f;
}

struct cc_fault *
cc_audit_at(struct cc_audit *a, const struct cc_fault_kind *kind, const struct cc_origin *origin)
{
  return of_agent(
      a, cc_findings_add(a->out, kind, NULL, cc_config_file(a->config, origin->file), origin->line, origin->column));
}

struct cc_fault *
cc_audit_at_value(struct cc_audit *a, const struct cc_fault_kind *kind, const char *name, const struct cc_jval *v)
{
  return of_agent(a, cc_findings_add(a->out, kind, name, a->source->path, v->line, v->column));
}

char *
cc_audit_key(const struct cc_audit *a, const struct cc_fault *f, const char *fallback)
{
  const struct cc_source *source = cc_audit_source(a, f->file);
  const struct cc_doc_map *map = source != NULL ? &a->maps[source - a->reading->sources] : NULL;
  const struct cc_doc_entry *entry = map != NULL ? cc_doc_map_find(map, f->line, f->column) : NULL;
  cc_auto_free char *path = entry != NULL ? cc_doc_map_path(map, entry) : cc_xstrdup(fallback);

  return cc_xasprintf("`%s`", path);
}

void
cc_audit_set(const struct cc_audit *a, struct cc_fault *f, const char *key, const char *is, const char *wanted)
{
  cc_auto_free char *path = NULL;

  if (f == NULL)
    return;
  path = cc_audit_key(a, f, key);
  cc_fault_seen(f, "%s is %s", path, is);
  cc_fault_fix(f, "set %s to %s", path, wanted);
  if (f->line > 0)
    {
      free(f->value);
      f->value = cc_xstrdup(wanted);
    }
}

char *
cc_audit_quote(const char *text)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  char *out = NULL;
  size_t length;

  if (cc_json_write(cc_jnew_str(doc, text), &out, &length, NULL) < 0)
    return cc_xstrdup("\"\"");
  return out;
}

/* -- going through it -- */

static void
run(struct cc_audit *a, enum cc_finding_scope scope)
{
  for (size_t t = 0; t < N_ELEMENTS(tables); t++)
    if (tables[t].scope == scope)
      for (const struct cc_fault_kind *kind = tables[t].kinds; kind->id != NULL; kind++)
        if (kind->check != NULL)
          kind->check(a, kind);
}

static void
look_at_policy(struct cc_audit *a, const char *agent)
{
  const struct cc_identity identity = { .agent = (char *)agent };
  struct cc_error err = CC_ERROR_INIT;
  struct cc_policy policy;

  a->agent = agent;
  if (cc_config_resolve(a->config, *agent != '\0' ? &identity : NULL, &policy, &err) < 0)
    {
      cc_audit_unresolved(a, &err);
      return;
    }
  a->policy = &policy;
  a->tools = cc_config_tools(a->config, *agent != '\0' ? agent : NULL);
  run(a, CC_EACH_POLICY);
  if (a->tools != NULL)
    run(a, CC_EACH_TOOLS);
  a->policy = NULL;
  a->tools = NULL;
  cc_policy_clear(&policy);
}

static void
look_at_block(struct cc_audit *a, const char *agent, const struct cc_jval *sandbox)
{
  a->agent = agent;
  a->block = sandbox;
  if (cc_jis(sandbox, CC_JSON_OBJECT))
    run(a, CC_EACH_BLOCK);
}

static void
look_at_file(struct cc_audit *a, const struct cc_source *source)
{
  const struct cc_jval *root = source->doc != NULL ? cc_json_root(source->doc) : NULL;

  if (root == NULL)
    return;
  a->source = source;
  look_at_block(a, "", cc_jpath(root, "agents.defaults.sandbox"));
  cc_jeach(c, cc_jpath(root, "agents.list"))
  {
    const char *id = cc_jget_str(c, "id");

    look_at_block(a, id != NULL ? id : "", cc_jget(c, "sandbox"));
  }
  cc_jeach(c, cc_jis(cc_jpath(root, "agents.entries"), CC_JSON_OBJECT) ? cc_jpath(root, "agents.entries") : NULL)
  {
    look_at_block(a, c->key, cc_jget(c, "sandbox"));
  }
  a->agent = "";
  a->block = root;
  run(a, CC_EACH_FILE);
  a->block = NULL;
}

static void
look_at_all(struct cc_audit *a)
{
  look_at_policy(a, "");
  for (size_t i = 0; i < cc_config_agent_count(a->config); i++)
    look_at_policy(a, cc_config_agent_id(a->config, i));
  for (size_t i = 0; i < a->reading->source_count; i++)
    look_at_file(a, &a->reading->sources[i]);
  a->agent = "";
  run(a, CC_ONCE);
}

void
cc_findings_audit(const struct cc_config *config, const struct cc_reading *reading, struct cc_findings *out)
{
  cc_auto_config struct cc_config *strict = cc_config_new_default();
  struct cc_policy defaults;
  struct cc_audit a = { .config = config, .reading = reading, .out = out, .agent = "", .defaults = &defaults };

  /* what cannot be resolved is said by look_at_policy(); the rest is looked at all the same */
  if (cc_config_resolve(config, NULL, &defaults, NULL) < 0 && cc_config_resolve(strict, NULL, &defaults, NULL) < 0)
    return;
  a.maps = cc_xcalloc(reading->source_count + 1, sizeof(*a.maps));
  for (size_t i = 0; i < reading->source_count; i++)
    cc_doc_map_make(reading->sources[i].doc != NULL ? cc_json_root(reading->sources[i].doc) : NULL, &a.maps[i]);
  look_at_all(&a);
  for (size_t i = 0; i < reading->source_count; i++)
    cc_doc_map_clear(&a.maps[i]);
  free(a.maps);
  cc_places_clear(&a.places);
  cc_bind_rules_free(a.rules);
  cc_policy_clear(&defaults);
}
