#include "policy/config_internal.h"

#include "common/own.h"
#include "common/path.h"
#include "policy/nearest.h"

#include <math.h>
#include <string.h>
#include <strings.h>

bool
cc_is_plain(const char *s)
{
  for (; *s != '\0'; s++)
    if ((unsigned char)*s < 0x20 || *s == 0x7f)
      return false;
  return true;
}

/* A section of the gateway's own: whatever it holds is the gateway's to check. */
int
cc_read_any(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const struct cc_key *key,
            struct cc_layer *layer)
{
  (void)read, (void)where, (void)v, (void)key, (void)layer;
  return 0;
}

int
cc_read_bool(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  bool *slot = cc_layer_slot(layer, key->field);

  if (v->type != CC_JSON_BOOL)
    return cc_bad(read, where, v, "must be true or false");
  if (slot != NULL)
    *slot = v->boolean;
  return 0;
}

static void
store(struct cc_layer *layer, const struct cc_key *key, const char *s)
{
  char **slot = cc_layer_slot(layer, key->field);

  if (slot != NULL)
    cc_set_string(slot, s);
}

int
cc_read_string(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
               const struct cc_key *key, struct cc_layer *layer)
{
  if (v->type != CC_JSON_STRING)
    return cc_bad(read, where, v, "must be a string");
  if (!cc_is_plain(v->text))
    return cc_bad(read, where, v, "must be one line without control characters");
  if (v->length < (size_t)key->min)
    return cc_bad(read, where, v, "must not be empty");
  store(layer, key, v->text);
  return 0;
}

int
cc_read_word(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  const char *const *words = key->arg;
  unsigned *slot = cc_layer_slot(layer, key->field);
  char list[256] = "";
  unsigned distance, count = 0;
  const char *near;

  for (; words[count] != NULL; count++)
    if (v->type == CC_JSON_STRING && strcmp(words[count], v->text) == 0)
      {
        if (slot != NULL)
          *slot = count; /* the enumerations of policy.h are in the order of the words */
        return 0;
      }
  for (unsigned i = 0; i < count; i++)
    {
      size_t used = strlen(list);

      snprintf(list + used, sizeof(list) - used, "%s\"%s\"", i > 0 ? ", " : "", words[i]);
    }
  if (v->type == CC_JSON_STRING && (near = cc_nearest(v->text, words, count, &distance)) != NULL && distance <= 2
      && distance < v->length) /* nobody who writes "on" means "off" */
    return cc_bad(read, where, v, "must be one of %s; did you mean \"%s\"?", list, near);
  return cc_bad(read, where, v, "must be one of %s", list);
}

int
cc_read_integer(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  int64_t *slot = cc_layer_slot(layer, key->field), n;

  if (cc_jint64(v, &n) < 0 || n < key->min || n > key->max)
    return cc_bad(read, where, v, "must be a whole number from %lld to %lld", (long long)key->min, (long long)key->max);
  if (slot != NULL)
    *slot = n;
  return 0;
}

int
cc_read_number(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
               const struct cc_key *key, struct cc_layer *layer)
{
  double *slot = cc_layer_slot(layer, key->field), n = NAN;

  /* a hundredth is the least that Docker's --cpus and the kernel's 1 ms of 100 ms take */
  if (v->type == CC_JSON_NUMBER)
    n = strtod(v->text, NULL);
  if (!isfinite(n) || n < (double)key->min / 100 || n > (double)key->max)
    return cc_bad(read, where, v, "must be a number from %g to %lld, such as 2 or 0.5", (double)key->min / 100,
                  (long long)key->max);
  if (slot != NULL)
    *slot = n;
  return 0;
}

/* -- sizes -- */

/* The factor that the unit UNIT of Docker stands for ("", "b", "k", "kb", "kib", … "p"; in any case), 0 when it is
 * none. */
static double
unit_factor(const char *unit)
{
  static const char units[] = "bkmgtp";
  double factor = 1;
  const char *at;

  if (*unit == '\0')
    return 1;
  at = strchr(units, *unit | 0x20);
  if (at == NULL)
    return 0;
  for (const char *u = units; u < at; u++)
    factor *= 1024;
  if (at == units)
    return unit[1] == '\0' ? 1 : 0;
  return unit[1] == '\0' || strcasecmp(unit + 1, "b") == 0 || strcasecmp(unit + 1, "ib") == 0 ? factor : 0;
}

/* A size as `docker run --memory` reads it: digits, perhaps a fraction, perhaps a space, perhaps a unit. */
static int
parse_size(const char *text, uint64_t *out)
{
  size_t whole = strspn(text, "0123456789"), fraction = 0;
  const char *unit = text + whole;
  double n, factor;

  if (*unit == '.')
    {
      fraction = strspn(unit + 1, "0123456789");
      unit += 1 + fraction;
      if (fraction == 0)
        return -1;
    }
  if (whole == 0)
    return -1;
  if (*unit == ' ')
    unit++;
  factor = unit_factor(unit);
  n = strtod(text, NULL) * factor;
  if (factor == 0 || !(n < 9.2e18)) /* under 2^63, so that any signed reader agrees */
    return -1;
  *out = (uint64_t)n;
  return 0;
}

int
cc_read_size(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  uint64_t *slot = cc_layer_slot(layer, key->field), n;
  int rc = v->type == CC_JSON_STRING ? parse_size(v->text, &n) : cc_juint64(v, &n);

  if (rc < 0 || n < (uint64_t)key->min || n > (uint64_t)key->max)
    return cc_bad(read, where, v,
                  "must be a size of at least %lld bytes, such as \"512m\", \"2g\" or a number of bytes",
                  (long long)key->min);
  if (slot != NULL)
    *slot = n;
  return 0;
}

/* -- paths and lists -- */

static int
check_path(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v)
{
  cc_auto_free char *clean = NULL;

  if (v->type != CC_JSON_STRING)
    return cc_bad(read, where, v, "must be an absolute path in quotes");
  if (v->text[0] == '~')
    return cc_bad(read, where, v,
                  "must be an absolute path; this file speaks for the host, which has no home directory");
  if (v->text[0] != '/')
    return cc_bad(read, where, v, "must be an absolute path");
  if (!cc_is_plain(v->text))
    return cc_bad(read, where, v, "must be a path without control characters");
  if (v->length > 4095)
    return cc_bad(read, where, v, "must be a path of at most 4095 bytes");
  if (cc_path_is_clean(v->text))
    return 0;
  clean = cc_path_clean(v->text);
  return cc_bad(read, where, v, "must be a plain path; write \"%s\"", clean);
}

int
cc_read_path(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  if (check_path(read, where, v) < 0)
    return CC_FAILED;
  store(layer, key, v->text);
  return 0;
}

int
cc_read_path_or_empty(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                      const struct cc_key *key, struct cc_layer *layer)
{
  if (v->type == CC_JSON_STRING && v->length == 0)
    {
      store(layer, key, "");
      return 0;
    }
  return cc_read_path(read, where, v, key, layer);
}

/* Reads the array V, each item by CHECK, into the list of strings that KEY stores. */
static int
read_list(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const struct cc_key *key,
          struct cc_layer *layer, int (*check)(const struct cc_read *, const struct cc_where *, const struct cc_jval *))
{
  struct cc_strings *slot = cc_layer_slot(layer, key->field);
  struct cc_where item = { .up = where };
  int result = 0;

  if (v->type != CC_JSON_ARRAY)
    return cc_bad(read, where, v, "must be an array of strings, as in `[\"…\"]`");
  if (slot != NULL)
    cc_strings_clear(slot);
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next, item.index++)
    {
      if (check(read, &item, c) < 0)
        result = CC_FAILED;
      else if (slot != NULL)
        cc_strings_add(slot, c->text);
    }
  return result;
}

static int
check_string(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v)
{
  if (v->type != CC_JSON_STRING || v->length == 0 || !cc_is_plain(v->text))
    return cc_bad(read, where, v, "must be a string of one line, not empty");
  return 0;
}

int
cc_read_strings(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  return read_list(read, where, v, key, layer, check_string);
}

int
cc_read_paths(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  return read_list(read, where, v, key, layer, check_path);
}

static int
check_tmpfs(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v)
{
  static const char *const kernel[] = { "/proc", "/sys", "/dev" };

  if (v->type == CC_JSON_STRING && strchr(v->text, ':') != NULL)
    return cc_bad(read, where, v, "must be a path alone; the options are fixed and the size is `tmpfsSize`");
  if (check_path(read, where, v) < 0)
    return CC_FAILED;
  if (strcmp(v->text, "/") == 0)
    return cc_bad(read, where, v, "must be a directory below `/`");
  for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
    if (cc_path_is_under(v->text, kernel[i]))
      return cc_bad(read, where, v, "must not cover `%s`", kernel[i]);
  return 0;
}

int
cc_read_tmpfs(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  return read_list(read, where, v, key, layer, check_tmpfs);
}

static int
check_device(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v)
{
  if (check_path(read, where, v) < 0)
    return CC_FAILED;
  if (!cc_path_is_under(v->text, "/dev") || strcmp(v->text, "/dev") == 0 || strchr(v->text, ':') != NULL)
    return cc_bad(read, where, v, "must be the path of a device below `/dev`");
  return 0;
}

int
cc_read_devices(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  return read_list(read, where, v, key, layer, check_device);
}

/* An entry of runtime.lowLevel. */
static int
check_low_level(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v)
{
  static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";
  const char *base;

  if (v->type != CC_JSON_STRING || v->length == 0)
    return cc_bad(read, where, v, "must be the name or the absolute path of a runtime, such as \"runc\"");
  if (strchr(v->text, '/') != NULL)
    {
      if (check_path(read, where, v) < 0)
        return CC_FAILED;
      if (strcmp(v->text, "/") == 0)
        return cc_bad(read, where, v, "must be the path of a program");
    }
  else if (strspn(v->text, name_characters) != v->length || v->text[0] == '.' || v->text[0] == '-')
    return cc_bad(read, where, v, "must be the name or the absolute path of a runtime, such as \"runc\"");
  base = cc_path_base(v->text);
  if (strncmp(base, "closedclaw-runtime", strlen("closedclaw-runtime")) == 0)
    return cc_bad(read, where, v, "would call itself; name the runtime below, such as \"runc\"");
  return 0;
}

int
cc_read_low_level(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                  const struct cc_key *key, struct cc_layer *layer)
{
  if (v->type == CC_JSON_ARRAY && v->count == 0)
    return cc_bad_key(read, v,
                      "`runtime.lowLevel` is empty: there must be a runtime to hand over to, such as \"runc\"");
  return read_list(read, where, v, key, layer, check_low_level);
}

/* A text of several lines: a string, or an array of its lines. */
int
cc_read_text(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  cc_auto_free char *text = NULL;
  struct cc_where item = { .up = where };
  size_t size = 1, used = 0;

  if (v->type == CC_JSON_STRING)
    {
      store(layer, key, v->text);
      return 0;
    }
  if (v->type != CC_JSON_ARRAY)
    return cc_bad(read, where, v, "must be a string, or an array of strings that are its lines");
  cc_jeach(c, v)
  {
    if (c->type != CC_JSON_STRING)
      return cc_bad(read, &item, c, "must be a string");
    size += c->length + 1;
    item.index++;
  }
  text = cc_xcalloc(1, size);
  cc_jeach(c, v)
  {
    memcpy(text + used, c->text, c->length);
    used += c->length;
    if (c->next != NULL)
      text[used++] = '\n';
  }
  store(layer, key, text);
  return 0;
}

/* An object whose keys are names and whose values all are what the key KEY->arg says. */
int
cc_read_map(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const struct cc_key *key,
            struct cc_layer *layer)
{
  const struct cc_key *of = key->arg;
  struct cc_where item = { .up = where };
  int result = 0;

  if (v->type != CC_JSON_OBJECT)
    return cc_bad(read, where, v, "must be an object, as in `{ … }`");
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next)
    {
      item.key = c->key;
      if (of->read(read, &item, c, of, layer) < 0)
        result = CC_FAILED;
    }
  return result;
}

/* Senders are names or numbers; ports are numbers. */
int
cc_read_scalars(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_where item = { .up = where };

  (void)key, (void)layer;
  if (v->type != CC_JSON_ARRAY)
    return cc_bad(read, where, v, "must be an array of strings or numbers");
  cc_jeach(c, v)
  {
    if (c->type != CC_JSON_STRING && c->type != CC_JSON_NUMBER)
      return cc_bad(read, &item, c, "must be a string or a number");
    item.index++;
  }
  return 0;
}

/* -- profiles -- */

int
cc_read_seccomp(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  if (v->type == CC_JSON_STRING && strcasecmp(v->text, "unconfined") == 0)
    return cc_bad(read, where, v,
                  "no container runs without a filter; leave it out for the built-in profile, or name a file");
  return cc_read_path_or_empty(read, where, v, key, layer);
}

int
cc_read_apparmor(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                 const struct cc_key *key, struct cc_layer *layer)
{
  const char *name;

  if (v->type != CC_JSON_STRING || !cc_is_plain(v->text) || strchr(v->text, ' ') != NULL)
    return cc_bad(read, where, v, "must be the name of a loaded profile, or \"\" for the engine's");
  name = strncmp(v->text, "localhost/", 10) == 0 ? v->text + 10 : v->text;
  if (strcasecmp(name, "unconfined") == 0)
    return cc_bad(read, where, v,
                  "no container runs unconfined; leave it out for the engine's profile, or name another");
  store(layer, key, v->text);
  return 0;
}
