#include "cli/json_diff.h"

#include "common/own.h"

#include <string.h>

/* Longer texts are nothing that a screen is for. */
#define TEXT_MAX 400

struct diff
{
  struct cli_changes *out;
  struct cc_json *scratch;
  bool full;
};

/* What tells the items of a list of objects apart. */
static const struct
{
  const char *path, *key;
} keys[] = {
  { "mounts", "destination" },         { "linux.namespaces", "type" },     { "process.rlimits", "type" },
  { "linux.devices", "path" },         { "hooks.prestart", "path" },       { "hooks.createRuntime", "path" },
  { "hooks.createContainer", "path" }, { "hooks.startContainer", "path" }, { "hooks.poststart", "path" },
  { "hooks.poststop", "path" },
};

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static void compare(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now);

/* -- texts -- */

/* S, malloc'd, cut to what fits, between characters. */
static char *
shorten(const char *s)
{
  size_t n = strlen(s);

  if (n <= TEXT_MAX)
    return cc_xstrdup(s);
  for (n = TEXT_MAX; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80;)
    n--;
  return cc_xasprintf("%.*s… (%zu bytes more)", (int)n, s, strlen(s) - n);
}

static char *
join(char *list, const char *separator, const char *item)
{
  char *longer = list == NULL || *list == '\0' ? cc_xstrdup(item) : cc_xasprintf("%s%s%s", list, separator, item);

  free(list);
  return longer;
}

/* The text of a scalar, or "*" when it is absent or -1. */
static const char *
number_or_any(const struct cc_jval *v)
{
  return v == NULL || v->text == NULL || strcmp(v->text, "-1") == 0 ? "*" : v->text;
}

static char *
mount_text(const struct cc_jval *m)
{
  const char *type = cc_jget_str(m, "type"), *source = cc_jget_str(m, "source");
  char *text = cc_xstrdup(type != NULL ? type : "");

  if (source != NULL && (type == NULL || strcmp(type, source) != 0))
    text = join(text, " ", source);
  if (cc_jis(cc_jget(m, "options"), CC_JSON_ARRAY) && cc_jget(m, "options")->count > 0)
    {
      cc_auto_free char *options = NULL;

      cc_jeach(o, cc_jget(m, "options")) options = join(options, ",", o->text != NULL ? o->text : "");
      text = join(text, " ", options);
    }
  return text;
}

static char *
device_text(const struct cc_jval *v)
{
  const char *type = cc_jget_str(v, "type"), *access = cc_jget_str(v, "access");

  return cc_xasprintf("%s %s %s:%s %s", cc_jbool(cc_jget(v, "allow"), false) ? "allow" : "deny",
                      type != NULL ? type : "a", number_or_any(cc_jget(v, "major")), number_or_any(cc_jget(v, "minor")),
                      access != NULL ? access : "rwm");
}

/* What an item of a known list is in few words; NULL for any other value. */
static char *
item_text(const struct cc_jval *v)
{
  const struct cc_jval *soft = cc_jget(v, "soft"), *hard = cc_jget(v, "hard");

  if (v->type != CC_JSON_OBJECT)
    return NULL;
  if (cc_jget_str(v, "destination") != NULL)
    return mount_text(v);
  if (cc_jis(cc_jget(v, "allow"), CC_JSON_BOOL))
    return device_text(v);
  if (soft != NULL && hard != NULL && soft->text != NULL && hard->text != NULL)
    return cc_xasprintf("soft %s, hard %s", soft->text, hard->text);
  if (v->count == 1 && cc_jget_str(v, "type") != NULL)
    return cc_xstrdup("a new one");
  return NULL;
}

/* V as one short text, malloc'd, without values of variables. */
static char *
value_text(struct diff *d, const struct cc_jval *v)
{
  cc_auto_free char *text = item_text(v);
  struct cc_jval *copy;
  size_t length;

  if (text != NULL)
    return shorten(text);
  if (v->type == CC_JSON_STRING)
    return v->length == 0 ? cc_xstrdup("\"\"") : shorten(v->text);
  copy = cc_jcopy(d->scratch, v);
  cli_json_hide_env(d->scratch, copy);
  if (cc_json_write(copy, &text, &length, NULL) < 0)
    return cc_xstrdup("(too deep to show)");
  return shorten(text);
}

/* -- bags: sorted texts, since a list of a hostile document may have a million items -- */

struct bag
{
  char **items;
  size_t *taken; /* at the first of several equal ones */
  size_t count;
};

static int
by_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
bag_add(struct bag *bag, const char *text)
{
  if ((bag->count & (bag->count - 1)) == 0)
    bag->items = cc_xrealloc(bag->items, (bag->count == 0 ? 1 : bag->count * 2) * sizeof(char *));
  bag->items[bag->count++] = cc_xstrdup(text);
}

static void
bag_sort(struct bag *bag)
{
  bag->taken = cc_xcalloc(bag->count + 1, sizeof(size_t));
  if (bag->count > 0)
    qsort(bag->items, bag->count, sizeof(char *), by_text);
}

static char *
json_text(const struct cc_jval *v)
{
  char *text = NULL;
  size_t length;

  return cc_json_write(v, &text, &length, NULL) == 0 ? text : cc_xstrdup("(too deep)");
}

static struct bag
bag_of(const struct cc_jval *list)
{
  struct bag bag = { NULL, NULL, 0 };

  cc_jeach(item, list)
  {
    cc_auto_free char *text = json_text(item);

    bag_add(&bag, text);
  }
  bag_sort(&bag);
  return bag;
}

/* Takes one TEXT out of BAG; false when there is none left. */
static bool
bag_take(struct bag *bag, const char *text)
{
  size_t low = 0, high = bag->count;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      if (strcmp(bag->items[middle], text) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == bag->count || low + bag->taken[low] >= bag->count || strcmp(bag->items[low + bag->taken[low]], text) != 0)
    return false;
  bag->taken[low]++;
  return true;
}

static void
bag_clear(struct bag *bag)
{
  for (size_t i = 0; i < bag->count; i++)
    free(bag->items[i]);
  free(bag->items);
  free(bag->taken);
}

/* How many of LIST's items are not in OTHER. */
static size_t
bag_surplus(const struct bag *list, struct bag *other)
{
  size_t n = 0;

  memset(other->taken, 0, (other->count + 1) * sizeof(size_t));
  for (size_t i = 0; i < list->count; i++)
    n += !bag_take(other, list->items[i]);
  return n;
}

/* -- changes -- */

static void
add(struct diff *d, enum cli_change_kind kind, const char *path, const char *was, const char *now)
{
  struct cli_changes *out = d->out;

  out->items = cc_xrealloc(out->items, (out->count + 1) * sizeof(*out->items));
  out->items[out->count++] = (struct cli_change){ kind, cc_xstrdup(path), was != NULL ? cc_xstrdup(was) : NULL,
                                                  now != NULL ? cc_xstrdup(now) : NULL };
}

/* The change from WAS to NOW as a whole. */
static void
note(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now)
{
  cc_auto_free char *before = was != NULL ? value_text(d, was) : NULL;
  cc_auto_free char *after = now != NULL ? value_text(d, now) : NULL;

  add(d, was == NULL ? CLI_ADDED : now == NULL ? CLI_REMOVED : CLI_CHANGED, path, before, after);
}

static bool
is_empty(const struct cc_jval *v)
{
  return v == NULL || ((v->type == CC_JSON_OBJECT || v->type == CC_JSON_ARRAY) && v->count == 0);
}

static bool
is_equal(const struct cc_jval *a, const struct cc_jval *b)
{
  cc_auto_free char *one = json_text(a), *two = json_text(b);

  return a->type == b->type && strcmp(one, two) == 0;
}

/* -- objects -- */

static void
compare_objects(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now)
{
  cc_jeach(m, was)
  {
    cc_auto_free char *below = cc_xasprintf("%s%s%s", path, *path != '\0' ? "." : "", m->key);

    compare(d, below, m, cc_jget(now, m->key));
  }
  cc_jeach(m, now)
  {
    cc_auto_free char *below = cc_xasprintf("%s%s%s", path, *path != '\0' ? "." : "", m->key);

    if (cc_jget(was, m->key) == NULL)
      compare(d, below, NULL, m);
  }
}

/* -- lists -- */

static const char *
key_of(const char *path)
{
  for (size_t i = 0; i < N_ELEMENTS(keys); i++)
    if (strcmp(keys[i].path, path) == 0)
      return keys[i].key;
  return NULL;
}

/* The NUMBER-th item of LIST, from 0, whose KEY is NAME. */
static const struct cc_jval *
find_keyed(const struct cc_jval *list, const char *key, const char *name, size_t number)
{
  cc_jeach(item, list)
  {
    const char *own = cc_jget_str(item, key);

    if (own != NULL && strcmp(own, name) == 0 && number-- == 0)
      return item;
  }
  return NULL;
}

/* How many items of LIST before ITEM have its KEY. */
static size_t
number_of(const struct cc_jval *list, const struct cc_jval *item, const char *key)
{
  size_t n = 0;

  for (const struct cc_jval *i = list->first; i != item; i = i->next)
    n += strcmp(cc_jget_str(i, key), cc_jget_str(item, key)) == 0;
  return n;
}

static bool
is_keyed(const struct cc_jval *list, const char *key)
{
  cc_jeach(item, list) if (cc_jget_str(item, key) == NULL) return false;
  return true;
}

static char *
keyed_path(const char *path, const struct cc_jval *list, const struct cc_jval *item, const char *key)
{
  size_t number = number_of(list, item, key);

  return number == 0 ? cc_xasprintf("%s[%s]", path, cc_jget_str(item, key))
                     : cc_xasprintf("%s[%s #%zu]", path, cc_jget_str(item, key), number + 1);
}

static void
compare_keyed(struct diff *d, const char *path, const char *key, const struct cc_jval *was, const struct cc_jval *now)
{
  cc_jeach(item, was)
  {
    cc_auto_free char *below = keyed_path(path, was, item, key);
    const struct cc_jval *other = find_keyed(now, key, cc_jget_str(item, key), number_of(was, item, key));

    if (other == NULL)
      note(d, below, item, NULL);
    else
      compare_objects(d, below, item, other);
  }
  cc_jeach(item, now)
  {
    cc_auto_free char *below = keyed_path(path, now, item, key);

    if (find_keyed(was, key, cc_jget_str(item, key), number_of(now, item, key)) == NULL)
      note(d, below, NULL, item);
  }
}

/* What LIST has more of than OTHER, as one text; NULL when there is nothing. */
static char *
surplus(struct diff *d, const struct cc_jval *list, const struct cc_jval *other)
{
  struct bag bag = bag_of(other);
  char *text = NULL;
  size_t more = 0;

  cc_jeach(item, list)
  {
    cc_auto_free char *json = json_text(item), *own = NULL;

    if (bag_take(&bag, json))
      continue;
    if (text != NULL && strlen(text) > TEXT_MAX)
      {
        more++;
        continue;
      }
    own = value_text(d, item);
    text = join(text, item->type == CC_JSON_OBJECT ? "; " : " ", own);
  }
  bag_clear(&bag);
  if (more > 0)
    {
      cc_auto_free char *rest = cc_xasprintf("… (%zu more)", more);

      text = join(text, " ", rest);
    }
  return text;
}

static void
compare_items(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now)
{
  cc_auto_free char *gone = surplus(d, was, now), *come = surplus(d, now, was);

  if (gone != NULL)
    add(d, CLI_REMOVED, path, gone, NULL);
  if (come != NULL)
    add(d, CLI_ADDED, path, NULL, come);
}

/* -- variables -- */

static bool
is_env(const char *path)
{
  size_t n = strlen(path);

  return strcmp(path, "env") == 0 || (n > 4 && strcmp(path + n - 4, ".env") == 0);
}

static char *
name_of(const struct cc_jval *entry)
{
  const char *text = entry->text != NULL ? entry->text : "";

  return cc_xstrndup(text, strcspn(text, "="));
}

struct variable
{
  char *name;
  const char *text;
  size_t at;
};

static int
by_name(const void *a, const void *b)
{
  const struct variable *v = a, *w = b;
  int order = strcmp(v->name, w->name);

  return order != 0 ? order : v->at < w->at ? -1 : 1;
}

/* The variables of ENV by name, the last of several alone, which is the one that counts. *COUNT of them. */
static struct variable *
variables_of(const struct cc_jval *env, size_t *count)
{
  struct variable *all = cc_xcalloc(env != NULL ? env->count + 1 : 1, sizeof(*all));
  size_t n = 0, kept = 0;

  cc_jeach(e, env)
  {
    all[n] = (struct variable){ name_of(e), e->text != NULL ? e->text : "", n };
    n++;
  }
  if (n > 0)
    qsort(all, n, sizeof(*all), by_name);
  for (size_t i = 0; i < n; i++)
    if (i + 1 < n && strcmp(all[i].name, all[i + 1].name) == 0)
      free(all[i].name);
    else
      all[kept++] = all[i];
  *count = kept;
  return all;
}

static void
free_variables(struct variable *variables, size_t count)
{
  for (size_t i = 0; i < count; i++)
    free(variables[i].name);
  free(variables);
}

static void
compare_env(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now)
{
  size_t m, n;
  struct variable *a = variables_of(was, &m), *b = variables_of(now, &n);

  for (size_t i = 0, k = 0; i < m || k < n;)
    {
      int order = i == m ? 1 : k == n ? -1 : strcmp(a[i].name, b[k].name);
      cc_auto_free char *below = cc_xasprintf("%s[%s]", path, order <= 0 ? a[i].name : b[k].name);

      if (order < 0)
        add(d, CLI_REMOVED, below, NULL, NULL);
      else if (order > 0)
        add(d, CLI_ADDED, below, NULL, NULL);
      else if (strcmp(a[i].text, b[k].text) != 0)
        add(d, CLI_CHANGED, below, "a value", "another");
      i += order <= 0;
      k += order >= 0;
    }
  free_variables(a, m);
  free_variables(b, n);
}

void
cli_json_hide_env(struct cc_json *doc, struct cc_jval *value)
{
  cc_jeach(m, value)
  {
    if (m->key == NULL || strcmp(m->key, "env") != 0 || m->type != CC_JSON_ARRAY)
      {
        cli_json_hide_env(doc, m);
        continue;
      }
    struct cc_jval *hidden = cc_jnew(doc, CC_JSON_ARRAY);

    cc_jeach(e, m)
    {
      cc_auto_free char *name = name_of(e), *entry = cc_xasprintf("%s=…", name);

      cc_jappend_str(doc, hidden, entry);
    }
    m->first = hidden->first;
    m->last = hidden->last;
  }
}

/* -- seccomp -- */

static bool
allows(const struct cc_jval *rule)
{
  static const char *const actions[] = { "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE" };
  const char *action = cc_jget_str(rule, "action");

  for (size_t i = 0; action != NULL && i < N_ELEMENTS(actions); i++)
    if (strcmp(action, actions[i]) == 0)
      return true;
  return false;
}

/* The system calls that PROFILE names in rules that let them happen, each once. */
static struct bag
calls_of(const struct cc_jval *profile)
{
  struct bag bag = { NULL, NULL, 0 };
  size_t kept = 0;

  cc_jeach(rule, cc_jget(profile, "syscalls"))
  {
    if (allows(rule))
      cc_jeach(name, cc_jget(rule, "names")) bag_add(&bag, name->text != NULL ? name->text : "");
  }
  bag_sort(&bag);
  for (size_t i = 0; i < bag.count; i++)
    if (i + 1 < bag.count && strcmp(bag.items[i], bag.items[i + 1]) == 0)
      free(bag.items[i]);
    else
      bag.items[kept++] = bag.items[i];
  bag.count = kept;
  return bag;
}

/* "3 rules added, …", malloc'd; NULL when the rules are the same. */
static char *
rules_text(const struct cc_jval *was, const struct cc_jval *now)
{
  struct bag rules[2] = { bag_of(cc_jget(was, "syscalls")), bag_of(cc_jget(now, "syscalls")) };
  struct bag calls[2] = { calls_of(was), calls_of(now) };
  size_t added = bag_surplus(&rules[1], &rules[0]), removed = bag_surplus(&rules[0], &rules[1]);
  size_t more = bag_surplus(&calls[1], &calls[0]), fewer = bag_surplus(&calls[0], &calls[1]);
  char *text = NULL;

  if (added + removed > 0)
    text = cc_xasprintf("%zu rules added, %zu removed: %zu system calls more, %zu fewer", added, removed, more, fewer);
  for (int i = 0; i < 2; i++)
    {
      bag_clear(&rules[i]);
      bag_clear(&calls[i]);
    }
  return text;
}

static void
compare_seccomp(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now)
{
  static const char *const plain[] = { "defaultAction", "defaultErrnoRet", "architectures", "flags", "listenerPath" };
  cc_auto_free char *rules = cc_xasprintf("%s.syscalls", path), *text = rules_text(was, now);

  for (size_t i = 0; i < N_ELEMENTS(plain); i++)
    {
      cc_auto_free char *below = cc_xasprintf("%s.%s", path, plain[i]);

      compare(d, below, cc_jget(was, plain[i]), cc_jget(now, plain[i]));
    }
  if (text != NULL)
    add(d,
        was == NULL   ? CLI_ADDED
        : now == NULL ? CLI_REMOVED
                      : CLI_CHANGED,
        rules, now == NULL ? text : NULL, now != NULL ? text : NULL);
}

/* -- all of it -- */

static void
compare_lists(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now)
{
  const char *key = key_of(path);

  if (is_env(path))
    compare_env(d, path, was, now);
  else if (key != NULL && is_keyed(was, key) && is_keyed(now, key))
    compare_keyed(d, path, key, was, now);
  else
    compare_items(d, path, was, now);
}

static bool
are(enum cc_json_type type, const struct cc_jval *a, const struct cc_jval *b)
{
  return (a == NULL || a->type == type) && (b == NULL || b->type == type);
}

static void
compare(struct diff *d, const char *path, const struct cc_jval *was, const struct cc_jval *now)
{
  if (is_empty(was) && is_empty(now))
    return;
  if (are(CC_JSON_OBJECT, was, now) && !d->full && strcmp(path, "linux.seccomp") == 0)
    compare_seccomp(d, path, was, now);
  else if (are(CC_JSON_OBJECT, was, now))
    compare_objects(d, path, was, now);
  else if (are(CC_JSON_ARRAY, was, now))
    compare_lists(d, path, was, now);
  else if (was == NULL || now == NULL || !is_equal(was, now))
    note(d, path, was, now);
}

static bool
same_text(const char *a, const char *b)
{
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The five capability sets mostly change alike: members of one object with the same change become one. */
static void
merge_alike(struct cli_changes *c)
{
  static const char sets[] = "process.capabilities.";
  size_t n = strlen(sets);

  for (size_t i = 0; i < c->count; i++)
    for (size_t k = i + 1; k < c->count && strncmp(c->items[i].path, sets, n) == 0;)
      {
        struct cli_change *a = &c->items[i], *b = &c->items[k];

        if (strncmp(b->path, sets, n) != 0 || a->kind != b->kind || !same_text(a->was, b->was)
            || !same_text(a->now, b->now))
          {
            k++;
            continue;
          }
        a->path = join(a->path, ",", b->path + n);
        free(b->path);
        free(b->was);
        free(b->now);
        memmove(b, b + 1, (c->count - k - 1) * sizeof(*b));
        c->count--;
      }
}

void
cli_json_diff(const struct cc_jval *was, const struct cc_jval *now, bool full, struct cli_changes *out)
{
  cc_auto_json struct cc_json *scratch = cc_json_new();
  struct diff d = { out, scratch, full };

  *out = (struct cli_changes){ NULL, 0 };
  compare(&d, "", was, now);
  merge_alike(out);
}

void
cli_changes_clear(struct cli_changes *changes)
{
  for (size_t i = 0; i < changes->count; i++)
    {
      free(changes->items[i].path);
      free(changes->items[i].was);
      free(changes->items[i].now);
    }
  free(changes->items);
  *changes = (struct cli_changes){ NULL, 0 };
}
