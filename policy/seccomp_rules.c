#include "policy/seccomp_rules.h"

#include <string.h>

/* More names than this are no profile; the table's worst case is quadratic. */
#define NAMES_MAX 8192
#define ERRNO_MAX 4095 /* the kernel's MAX_ERRNO */

static const struct cc_seccomp_action actions[] = {
  { "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD },
  { "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
  { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
  { "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
  { "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0) },
  { "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0) },
  { "SCMP_ACT_LOG", SCMP_ACT_LOG },
  { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
  { NULL, 0 },
};

static const struct
{
  const char *name;
  int op;
} operators[] = {
  { "SCMP_CMP_NE", SCMP_CMP_NE },
  { "SCMP_CMP_LT", SCMP_CMP_LT },
  { "SCMP_CMP_LE", SCMP_CMP_LE },
  { "SCMP_CMP_EQ", SCMP_CMP_EQ },
  { "SCMP_CMP_GE", SCMP_CMP_GE },
  { "SCMP_CMP_GT", SCMP_CMP_GT },
  { "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
  { NULL, 0 },
};

bool
cc_seccomp_permits(struct cc_seccomp_action action)
{
  uint32_t kind = action.value & 0xffff0000u;

  return kind == SCMP_ACT_ALLOW || kind == SCMP_ACT_LOG || kind == SCMP_ACT_TRACE(0);
}

static uint32_t
hash_of(const char *name)
{
  uint32_t h = 2166136261u; /* FNV-1a */

  for (; *name != '\0'; name++)
    h = (h ^ (unsigned char)*name) * 16777619u;
  return h;
}

void
cc_seccomp_table_init(struct cc_seccomp_table *table, struct cc_json *doc, size_t names)
{
  uint32_t size = 64;

  while (size < 2 * names)
    size *= 2;
  memset(table, 0, sizeof(*table));
  table->doc = doc;
  table->mask = size - 1;
  table->slot = cc_json_alloc(doc, size * sizeof(struct cc_seccomp_entry *));
}

struct cc_seccomp_entry *
cc_seccomp_table_find(struct cc_seccomp_table *table, const char *name, bool create)
{
  uint32_t hash = hash_of(name);
  uint32_t i = hash & table->mask;
  struct cc_seccomp_entry *e;

  for (; (e = table->slot[i]) != NULL; i = (i + 1) & table->mask)
    if (e->hash == hash && strcmp(e->name, name) == 0)
      return e;
  if (!create)
    return NULL;
  e = cc_json_alloc(table->doc, sizeof(*e));
  e->name = name;
  e->hash = hash;
  if (table->last != NULL)
    table->last->next = e;
  else
    table->first = e;
  table->last = e;
  table->slot[i] = e;
  return e;
}

void
cc_seccomp_table_add(struct cc_seccomp_table *table, enum cc_seccomp_side side, const char *name,
                     struct cc_seccomp_action action, const struct cc_seccomp_conj *terms)
{
  struct cc_seccomp_decision *d = &cc_seccomp_table_find(table, name, true)->by[side];
  struct cc_seccomp_condition *c;

  if (d->unconditional || action.value == table->fallback[side].value)
    return;
  if (terms == NULL)
    {
      d->unconditional = true;
      d->action = action;
      return;
    }
  c = cc_json_alloc(table->doc, sizeof(*c));
  c->terms = *terms;
  c->action = action;
  if (d->last != NULL)
    d->last->next = c;
  else
    d->first = c;
  d->last = c;
  d->wide |= !cc_seccomp_conj_is_narrow(terms);
}

size_t
cc_seccomp_names(const struct cc_jval *profile)
{
  size_t n = 0;

  cc_jeach(rule, cc_jget(profile, "syscalls"))
  {
    const struct cc_jval *names = cc_jget(rule, "names");

    if (cc_jis(names, CC_JSON_ARRAY))
      n += names->count;
  }
  return n;
}

/* The member KEY, NULL also when it is null: Go writes that for an empty one. */
static const struct cc_jval *
member(const struct cc_jval *obj, const char *key)
{
  const struct cc_jval *v = cc_jget(obj, key);

  return cc_jis(v, CC_JSON_NULL) ? NULL : v;
}

static int
wrong(struct cc_error *err, const char *what)
{
  return cc_error_refuse(err, CC_SECCOMP_RULE,
                         "%s: not a valid seccomp profile of the runtime specification; correct the profile", what);
}

static int
read_action(const struct cc_jval *word, const struct cc_jval *errnum, struct cc_seccomp_action *out,
            struct cc_error *err)
{
  const char *name = cc_jstr(word);
  uint64_t number = 1; /* EPERM, unless the profile says otherwise (runc, crun) */
  const struct cc_seccomp_action *a = actions;

  if (name == NULL)
    return wrong(err, "a seccomp rule without an action");
  if (strcmp(name, "SCMP_ACT_NOTIFY") == 0)
    return cc_error_refuse(
        err, "seccomp-listener",
        "the seccomp action SCMP_ACT_NOTIFY: a listener could let every call happen; use SCMP_ACT_ERRNO");
  while (a->name != NULL && strcmp(a->name, name) != 0)
    a++;
  if (a->name == NULL)
    return cc_error_refuse(err, CC_SECCOMP_RULE,
                           "the seccomp action `%.64s`: unknown; use one of the runtime specification", name);
  if (errnum != NULL && (cc_juint64(errnum, &number) < 0 || number > ERRNO_MAX))
    return wrong(err, "an errno of a seccomp rule that is not a number from 0 to 4095");
  *out = *a;
  if (a->value == SCMP_ACT_ERRNO(0) || a->value == SCMP_ACT_TRACE(0))
    out->value |= (uint32_t)number;
  return 0;
}

static int
read_operator(const struct cc_jval *word, int *op, struct cc_error *err)
{
  const char *name = cc_jstr(word);

  for (size_t i = 0; name != NULL && operators[i].name != NULL; i++)
    if (strcmp(operators[i].name, name) == 0)
      {
        *op = operators[i].op;
        return 0;
      }
  return cc_error_refuse(err, CC_SECCOMP_RULE,
                         "the seccomp operator `%.64s`: unknown; use one of the runtime specification",
                         name != NULL ? name : "");
}

static int
read_term(const struct cc_jval *arg, uint64_t *index, struct cc_seccomp_term *out, struct cc_error *err)
{
  const struct cc_jval *two = member(arg, "valueTwo");
  struct cc_seccomp_term t = { 0, 0, 0 };

  if (cc_juint64(cc_jget(arg, "index"), index) < 0 || *index >= CC_SECCOMP_ARGS
      || cc_juint64(cc_jget(arg, "value"), &t.a) < 0 || (two != NULL && cc_juint64(two, &t.b) < 0))
    return wrong(err, "a seccomp condition without index (0 to 5) and value");
  if (read_operator(cc_jget(arg, "op"), &t.op, err) < 0)
    return CC_FAILED;
  if (t.op != SCMP_CMP_MASKED_EQ)
    t.b = 0;
  else if (t.a == 0 || (t.b & ~t.a) != 0)
    return wrong(err, "a masked seccomp condition without a mask, or that can never be true");
  *out = t;
  return 0;
}

struct conditions
{
  struct cc_seccomp_conj all[CC_SECCOMP_ARGS * 2];
  size_t count; /* 0: none were given */
};

/* ARGS as alternatives: one conjunction, or one for each term when two are on the same argument (engines.md: both
 * runtimes). */
static int
read_conditions(const struct cc_jval *args, struct conditions *out, struct cc_error *err)
{
  struct cc_seccomp_conj together = { 0 };
  bool alternatives = false;

  out->count = 0;
  if (args == NULL)
    return 0;
  if (!cc_jis(args, CC_JSON_ARRAY) || args->count > CC_SECCOMP_ARGS)
    return wrong(err, "`args` of a seccomp rule that is not a list of at most six conditions");
  cc_jeach(arg, args)
  {
    struct cc_seccomp_term t;
    uint64_t index;

    if (read_term(arg, &index, &t, err) < 0)
      return CC_FAILED;
    alternatives |= together.arg[index].op != 0;
    together.arg[index] = t;
    out->all[out->count] = (struct cc_seccomp_conj){ 0 };
    out->all[out->count++].arg[index] = t;
  }
  if (out->count > 0 && !alternatives)
    {
      out->all[0] = together;
      out->count = 1;
    }
  return 0;
}

static int
read_rule(struct cc_seccomp_table *table, enum cc_seccomp_side side, const struct cc_jval *rule, struct cc_error *err)
{
  const struct cc_jval *names = member(rule, "names");
  struct cc_seccomp_action action;
  struct conditions when;

  if (!cc_jis(rule, CC_JSON_OBJECT) || (names != NULL && !cc_jis(names, CC_JSON_ARRAY)))
    return wrong(err, "a seccomp rule that is not an object with `names`");
  if (read_action(cc_jget(rule, "action"), member(rule, "errnoRet"), &action, err) < 0
      || read_conditions(member(rule, "args"), &when, err) < 0)
    return CC_FAILED;
  cc_jeach(name, names)
  {
    if (cc_jstr(name) == NULL || name->length == 0)
      return wrong(err, "a name of a seccomp rule that is not a word");
    if (when.count == 0)
      cc_seccomp_table_add(table, side, name->text, action, NULL);
    for (size_t i = 0; i < when.count; i++)
      cc_seccomp_table_add(table, side, name->text, action, &when.all[i]);
  }
  return 0;
}

int
cc_seccomp_read(struct cc_seccomp_table *table, enum cc_seccomp_side side, const struct cc_jval *profile,
                struct cc_error *err)
{
  const struct cc_jval *rules = member(profile, "syscalls");

  if (!cc_jis(profile, CC_JSON_OBJECT) || (rules != NULL && !cc_jis(rules, CC_JSON_ARRAY)))
    return wrong(err, "`seccomp` that is not an object with `syscalls`");
  if (member(profile, "listenerPath") != NULL || member(profile, "listenerMetadata") != NULL)
    return cc_error_refuse(err, "seccomp-listener",
                           "a seccomp listener (listenerPath): it could let every call happen; leave it out");
  if (cc_seccomp_names(profile) > NAMES_MAX)
    return wrong(err, "a seccomp profile of more than 8192 names");
  if (read_action(cc_jget(profile, "defaultAction"), member(profile, "defaultErrnoRet"), &table->fallback[side], err)
      < 0)
    return CC_FAILED;
  cc_jeach(rule, rules)
  {
    if (read_rule(table, side, rule, err) < 0)
      return CC_FAILED;
  }
  return 0;
}
