#include "policy/config_internal.h"

#include "policy/json5.h"
#include "policy/nearest.h"
#include "policy/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 64 /* of a key, for suggestions */

/* -- places and messages -- */

/* How many bytes of S to show, at most MAX and not half a character. */
static int
cut(const char *s, int max)
{
  int n = (int)strnlen(s, (size_t)max + 1);

  if (n <= max)
    return n;
  for (n = max; n > 0 && (s[n] & 0xc0) == 0x80; n--)
    ;
  return n;
}

void
cc_where_text(const struct cc_where *where, char *out, size_t size)
{
  size_t used;

  if (where == NULL)
    {
      snprintf(out, size, "%s", "");
      return;
    }
  cc_where_text(where->up, out, size);
  used = strlen(out);
  if (where->key == NULL)
    snprintf(out + used, size - used, "[%zu]", where->index);
  else
    snprintf(out + used, size - used, "%s%.*s", used > 0 ? "." : "", cut(where->key, WORD_MAX), where->key);
}

/* Variables, commands, and what is a secret by its name or its look: the runtime's message goes to whoever asked for a
 * container. */
static bool
is_secret(const struct cc_where *where, const struct cc_jval *v)
{
  if (v->type == CC_JSON_STRING && cc_value_is_secret(v->text))
    return true;
  for (; where != NULL; where = where->up)
    if (where->key != NULL
        && (strcmp(where->key, "env") == 0 || strcmp(where->key, "setupCommand") == 0 || cc_name_is_secret(where->key)))
      return true;
  return false;
}

/* A value as a message shows it. */
static void
describe(const struct cc_jval *v, bool secret, char *out, size_t size)
{
  if (secret && (v->type == CC_JSON_STRING || v->type == CC_JSON_NUMBER))
    {
      snprintf(out, size, "%s", v->type == CC_JSON_STRING ? "a string" : "a number");
      return;
    }
  switch (v->type)
    {
    case CC_JSON_NULL:
      snprintf(out, size, "null");
      break;
    case CC_JSON_BOOL:
      snprintf(out, size, "%s", v->boolean ? "true" : "false");
      break;
    case CC_JSON_NUMBER:
      snprintf(out, size, "%.60s", v->text);
      break;
    case CC_JSON_STRING:
      snprintf(out, size, "\"%.*s%s\"", cut(v->text, 100), v->text, v->length > 100 ? "…" : "");
      break;
    case CC_JSON_ARRAY:
      snprintf(out, size, "an array");
      break;
    case CC_JSON_OBJECT:
      snprintf(out, size, "an object");
      break;
    }
}

static int
bad_at(const struct cc_read *read, uint32_t line, uint32_t column, const char *text)
{
  if (read->reading != NULL)
    cc_reading_note(read->reading, "config", read->file, line, column, text);
  return cc_error_refuse(read->err, "config", "%s:%u:%u: %s", read->file, line, column, text);
}

int
cc_bad(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const char *fmt, ...)
{
  char place[512], value[128], text[512], whole[1200];
  va_list ap;

  cc_where_text(where, place, sizeof(place));
  describe(v, is_secret(where, v), value, sizeof(value));
  va_start(ap, fmt);
  vsnprintf(text, sizeof(text), fmt, ap);
  va_end(ap);
  if (place[0] == '\0')
    snprintf(whole, sizeof(whole), "the configuration is %s: %s", value, text);
  else
    snprintf(whole, sizeof(whole), "`%s` is %s: %s", place, value, text);
  return bad_at(read, v->line, v->column, whole);
}

int
cc_bad_key(const struct cc_read *read, const struct cc_jval *member, const char *fmt, ...)
{
  uint32_t line, column;
  char text[1024];
  va_list ap;

  cc_json5_key_place(member, &line, &column);
  va_start(ap, fmt);
  vsnprintf(text, sizeof(text), fmt, ap);
  va_end(ap);
  return bad_at(read, line, column, text);
}

struct cc_origin
cc_origin_of(const struct cc_read *read, const struct cc_layer *layer, const struct cc_jval *v)
{
  size_t file = read->config->files.count;
  struct cc_origin origin = { .layer = layer == &read->config->global ? CC_LAYER_GLOBAL : CC_LAYER_AGENT };

  if (file <= UINT16_MAX) /* no place rather than one in another file */
    {
      origin.file = (uint16_t)file;
      origin.line = v->line;
      origin.column = v->column;
    }
  return origin;
}

/* -- suggestions -- */

static const char *
nearest_key(const char *word, const struct cc_key *keys, unsigned *distance)
{
  const char *names[80] = { NULL };
  size_t count = 0;

  for (const struct cc_key *k = keys; k->name != NULL && count < sizeof(names) / sizeof(names[0]); k++)
    names[count++] = k->name;
  return cc_nearest(word, names, count, distance);
}

/* The key of KEYS that is an object with a key WORD: `memory` beside `docker` belongs into it. */
static const struct cc_key *
holder_of(const char *word, const struct cc_key *keys)
{
  for (const struct cc_key *k = keys; k->name != NULL; k++)
    if (k->read == cc_read_object)
      for (const struct cc_key *inner = ((const struct cc_object *)k->arg)->keys; inner->name != NULL; inner++)
        if (strcmp(inner->name, word) == 0)
          return k;
  return NULL;
}

/* -- the walk -- */

static int
unknown_key(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *member,
            const struct cc_object *object)
{
  const struct cc_key *holder = holder_of(member->key, object->keys);
  unsigned distance;
  const char *near = nearest_key(member->key, object->keys, &distance), *hint;
  char place[512], in[520] = "at the top";

  /* Shared objects hold the gateway's keys too; only one slip away from a longer one of ours is ours. */
  if (object->shared && (distance > 1 || strlen(near) < 5))
    return 0;
  cc_where_text(where, place, sizeof(place));
  if (where != NULL)
    snprintf(in, sizeof(in), "in `%s`", place);
  if (holder != NULL)
    return cc_bad_key(read, member, "unknown key `%s` %s; did you mean `%s.%s`?", member->key, in, holder->name,
                      member->key);
  hint = distance <= 2 || distance <= strlen(near) / 3 ? "did you mean" : "the nearest known key is";
  return cc_bad_key(read, member, "unknown key `%.*s` %s; %s `%s`%s", cut(member->key, WORD_MAX), member->key, in, hint,
                    near, *hint == 'd' ? "?" : "");
}

static int
read_member(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *object,
            const struct cc_jval *member, const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_where here = { .up = where, .key = member->key };

  if (key->twin != NULL && cc_jget(object, key->twin) != NULL)
    return cc_bad_key(read, member, "`%s` and `%s` are two spellings of one key; keep one of them", member->key,
                      key->twin);
  if (key->read(read, &here, member, key, layer) < 0)
    return CC_FAILED;
  if (key->field != CC_FIELD_NONE)
    {
      layer->set |= CC_BIT(key->field);
      layer->policy.origin[key->field] = cc_origin_of(read, layer, member);
    }
  return 0;
}

int
cc_read_object(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
               const struct cc_key *key, struct cc_layer *layer)
{
  const struct cc_object *object = key->arg;
  int result = 0;

  if (v->type != CC_JSON_OBJECT)
    return cc_bad(read, where, v, "must be an object, as in `{ … }`");
  for (const struct cc_jval *member = v->first; member != NULL && (result == 0 || cc_goes_on(read));
       member = member->next)
    {
      const struct cc_key *k = object->keys;

      while (k->name != NULL && strcmp(k->name, member->key) != 0)
        k++;
      if ((k->name != NULL ? read_member(read, where, v, member, k, layer) : unknown_key(read, where, member, object))
          < 0)
        result = CC_FAILED;
    }
  return result;
}

int
cc_read_root(const struct cc_read *read, const struct cc_jval *root)
{
  const struct cc_key key = { .arg = &cc_table_root };

  cc_strings_add(&read->config->files, read->file);
  return cc_read_object(read, NULL, root, &key, &read->config->global);
}
