#include "policy/import.h"

#include "common/own.h"
#include "policy/config_internal.h"
#include "policy/json5.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct walk
{
  struct cc_json *doc;
  const struct cc_reading *reading;
  struct cc_import *out;
};

static void
note(struct walk *w, enum cc_import_kind kind, const char *key, const struct cc_jval *at, const char *why)
{
  struct cc_import_item *item;

  w->out->items = cc_xrealloc(w->out->items, (w->out->count + 1) * sizeof(*item));
  item = &w->out->items[w->out->count++];
  *item = (struct cc_import_item){ kind, cc_xstrdup(key), at != NULL ? at->line : 0, at != NULL ? at->column : 0,
                                   cc_xstrdup(why) };
}

/* The problem with V, a value or (MEMBER) a member of an object, NULL when it is fine. */
static const struct cc_problem *
problem_of(const struct walk *w, const struct cc_jval *v, bool member)
{
  uint32_t line = 0, column = 0;

  if (member)
    cc_json5_key_place(v, &line, &column);
  for (size_t i = 0; i < w->reading->problem_count; i++)
    {
      const struct cc_problem *p = &w->reading->problems[i];

      if ((p->line == v->line && p->column == v->column) || (member && p->line == line && p->column == column))
        return p;
    }
  return NULL;
}

/* A message of the reader without the key, which is shown before it. */
static const char *
reason(const struct cc_problem *p)
{
  const char *is = p->text[0] == '`' ? strstr(p->text, "` is ") : NULL;

  return is != NULL ? is + strlen("` ") : p->text;
}

static struct cc_jval *copy_value(struct walk *w, const struct cc_jval *v, const struct cc_key *key, const char *path);

/* V counts as carried over. A gateway puts the value of a variable in place of ${NAME} in any text. */
static void
count(struct walk *w, const struct cc_jval *v, const char *path)
{
  const char *at = v->type == CC_JSON_STRING ? strstr(v->text, "${") : NULL;

  w->out->carried++;
  if (at != NULL && (isalpha((unsigned char)at[2]) || at[2] == '_'))
    note(w, CC_IMPORT_NOTE, path, v,
         "a gateway puts the value of a variable in place of `${…}`; here it is text as it stands: write the value");
}

/* Docker's bind without a mode is writable, ours is not. What belongs to a block that the reader left at its first
 * error was not read, and may be anything. */
static struct cc_jval *
copy_bind(struct walk *w, const struct cc_jval *v, const char *path)
{
  const char *target = cc_jstr(v) != NULL ? strchr(v->text, ':') : NULL;
  const char *options = target != NULL ? strchr(target + 1, ':') : NULL;
  cc_auto_free char *text = NULL;

  if (target == NULL)
    {
      note(w, CC_IMPORT_WRONG, path, v, "must be `source:target`");
      return NULL;
    }

  count(w, v, path);
  if (options != NULL && (strstr(options, "ro") != NULL || strstr(options, "rw") != NULL))
    return cc_jcopy(w->doc, v);
  text = cc_xasprintf("%s%srw", v->text, options != NULL ? "," : ":");
  note(w, CC_IMPORT_CHANGED, path, v,
       "a bind without a mode is writable for Docker and read-only here: `rw` was written, so that nothing changes; "
       "`ro` is safer");
  return cc_jnew_str(w->doc, text);
}

static struct cc_jval *
copy_items(struct walk *w, const struct cc_jval *v, const struct cc_key *key, const char *path)
{
  struct cc_jval *array = cc_jnew(w->doc, CC_JSON_ARRAY);
  const struct cc_key agent = { "", cc_read_object, .arg = key->arg };
  enum cc_shape shape = cc_shape_of(key);
  size_t i = 0;

  cc_jeach(c, v)
  {
    cc_auto_free char *here = cc_xasprintf("%s[%zu]", path, i++);
    const struct cc_problem *p = problem_of(w, c, false);
    struct cc_jval *copy = NULL;

    if (p != NULL)
      note(w, CC_IMPORT_WRONG, here, c, reason(p));
    else if (shape == CC_SHAPE_AGENTS)
      copy = copy_value(w, c, &agent, here);
    else if (shape == CC_SHAPE_BINDS)
      copy = copy_bind(w, c, here);
    else
      {
        count(w, c, here);
        copy = cc_jcopy(w->doc, c);
      }
    if (copy != NULL)
      cc_jappend(array, copy);
  }
  return array;
}

/* One member by its key, NULL when it does not carry over. KEY is NULL for a key that is the gateway's. */
static struct cc_jval *
copy_member(struct walk *w, const struct cc_jval *v, const struct cc_key *key, const char *path)
{
  const struct cc_problem *p = problem_of(w, v, true);

  if (p != NULL)
    {
      note(w, CC_IMPORT_WRONG, path, v, reason(p));
      return NULL;
    }
  if (key == NULL || cc_shape_of(key) == CC_SHAPE_ANY)
    {
      note(w, CC_IMPORT_FOREIGN, path, v, "the gateway's own; nothing here acts on it");
      return NULL;
    }
  return copy_value(w, v, key, path);
}

static struct cc_jval *
copy_members(struct walk *w, const struct cc_jval *v, const struct cc_key *key, const char *path)
{
  struct cc_jval *o = cc_jnew(w->doc, CC_JSON_OBJECT);
  const struct cc_object *table = cc_shape_of(key) == CC_SHAPE_OBJECT ? key->arg : NULL;

  cc_jeach(c, v)
  {
    cc_auto_free char *here = cc_xasprintf("%s%s%s", path, *path != '\0' ? "." : "", c->key);
    const struct cc_key *k = table != NULL ? table->keys : key->arg;
    struct cc_jval *copy;

    while (table != NULL && k->name != NULL && strcmp(k->name, c->key) != 0)
      k++;
    copy = copy_member(w, c, k != NULL && k->name != NULL ? k : NULL, here);
    if (copy != NULL && (copy->count > 0 || c->count == 0)) /* what lost everything in it is not worth a line */
      cc_jset(w->doc, o, c->key, copy);
  }
  return o;
}

static struct cc_jval *
copy_value(struct walk *w, const struct cc_jval *v, const struct cc_key *key, const char *path)
{
  enum cc_shape shape = cc_shape_of(key);

  if ((shape == CC_SHAPE_OBJECT || shape == CC_SHAPE_MAP) && v->type == CC_JSON_OBJECT)
    return copy_members(w, v, key, path);
  if (v->type == CC_JSON_OBJECT) /* an environment and its kind: no names are known, but each value can be wrong */
    {
      struct cc_jval *o = cc_jnew(w->doc, CC_JSON_OBJECT);

      cc_jeach(c, v)
      {
        cc_auto_free char *here = cc_xasprintf("%s.%s", path, c->key);
        const struct cc_problem *p = problem_of(w, c, true);

        if (p != NULL)
          {
            note(w, CC_IMPORT_WRONG, here, c, reason(p));
            continue;
          }
        count(w, c, here);
        cc_jset(w->doc, o, c->key, cc_jcopy(w->doc, c));
      }
      return o;
    }
  if (v->type == CC_JSON_ARRAY)
    return copy_items(w, v, key, path);
  count(w, v, path);
  return cc_jcopy(w->doc, v);
}

/* What the gateway's silence means, and ours does not: measured with OpenClaw 2026.9.6. */
static void
note_defaults(struct walk *w, const struct cc_jval *root)
{
  static const struct
  {
    const char *key, *why;
  } silent[] = {
    { "mode", "not written: a gateway takes \"off\", here it is \"all\"; write \"off\" if that is meant" },
    { "scope", "not written: OpenClaw takes \"agent\", here it is \"session\"" },
  };
  const struct cc_jval *sandbox = cc_jpath(root, "agents.defaults.sandbox");

  for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
    if (cc_jget(sandbox, silent[i].key) == NULL
        && !(strcmp(silent[i].key, "scope") == 0 && cc_jget(sandbox, "perSession") != NULL))
      {
        cc_auto_free char *key = cc_xasprintf("agents.defaults.sandbox.%s", silent[i].key);

        note(w, CC_IMPORT_NOTE, key, NULL, silent[i].why);
      }
}

struct cc_jval *
cc_config_import(struct cc_json *doc, const struct cc_reading *reading, struct cc_import *out)
{
  const struct cc_jval *root = cc_json_root(reading->sources[0].doc);
  const struct cc_key key = { "", cc_read_object, .arg = &cc_table_root };
  struct walk w = { doc, reading, out };
  struct cc_jval *o;

  if (root->type != CC_JSON_OBJECT)
    return cc_jnew(doc, CC_JSON_OBJECT);
  o = copy_members(&w, root, &key, "");
  note_defaults(&w, root);
  return o;
}

void
cc_import_clear(struct cc_import *import)
{
  for (size_t i = 0; i < import->count; i++)
    {
      free(import->items[i].key);
      free(import->items[i].why);
    }
  free(import->items);
  *import = (struct cc_import){ 0 };
}
