/* The values of `docker` that have a grammar of their own. */
#include "policy/config_internal.h"

#include "common/own.h"
#include "common/path.h"
#include "policy/nearest.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#define ENTRIES_MAX 1024 /* of env, binds: merging is quadratic, and no container needs more */

/* -- user -- */

/* A decimal id up to CC_ID_MAX, as written by people: no sign, no leading zero. */
static int
parse_id(const char *text, size_t length, uint32_t *out)
{
  uint64_t n = 0;

  if (length == 0 || length > 10 || (length > 1 && text[0] == '0'))
    return -1;
  for (size_t i = 0; i < length; i++)
    {
      if (text[i] < '0' || text[i] > '9')
        return -1;
      n = n * 10 + (uint64_t)(text[i] - '0');
    }
  if (n > CC_ID_MAX)
    return -1;
  *out = (uint32_t)n;
  return 0;
}

int
cc_read_user(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  const char *colon = NULL;
  uint32_t uid, gid;
  size_t length;

  (void)key;
  if (v->type != CC_JSON_STRING)
    return cc_bad(read, where, v, "must be \"auto\", \"uid\" or \"uid:gid\", in quotes");
  if (strcmp(v->text, "auto") == 0)
    {
      layer->policy.user_auto = true;
      layer->policy.uid = layer->policy.gid = CC_DEFAULT_UID;
      return 0;
    }
  colon = strchr(v->text, ':');
  length = colon != NULL ? (size_t)(colon - v->text) : v->length;
  /* A name would be looked up in the image, whose author could make it root. */
  if (parse_id(v->text, length, &uid) < 0)
    return cc_bad(read, where, v,
                  "must be \"auto\", \"uid\" or \"uid:gid\" in numbers up to %u; names are the image's to define",
                  CC_ID_MAX);
  gid = uid; /* not 0, which is what an engine takes for a uid without a group */
  if (colon != NULL && parse_id(colon + 1, v->length - length - 1, &gid) < 0)
    return cc_bad(read, where, v, "must be \"auto\", \"uid\" or \"uid:gid\" in numbers up to %u", CC_ID_MAX);
  if (uid == 0 && strcmp(v->text, "0:0") != 0)
    return cc_bad(read, where, v, "must not be root; write \"0:0\" if it really has to be");
  layer->policy.user_auto = false;
  layer->policy.uid = uid;
  layer->policy.gid = gid;
  return 0;
}

/* -- network -- */

bool
cc_network_joins(const char *network)
{
  return strncasecmp(network, "container:", 10) == 0;
}

static bool
is_docker_name(const char *s)
{
  if (!isalnum((unsigned char)*s))
    return false;
  for (; *s != '\0'; s++)
    if (!isalnum((unsigned char)*s) && strchr("_.-", *s) == NULL)
      return false;
  return true;
}

int
cc_read_network(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  char **slot = cc_layer_slot(layer, key->field);
  const char *name = v->text;

  if (v->type != CC_JSON_STRING)
    return cc_bad(read, where, v, "must be \"none\", \"bridge\" or the name of a network");
  if (strcasecmp(name, "host") == 0)
    return cc_bad(read, where, v,
                  "the host's network is no sandbox; write \"none\", \"bridge\" or the name of a network");
  if (!is_docker_name(cc_network_joins(name) ? name + 10 : name) || v->length > 255)
    return cc_bad(read, where, v, "must be \"none\", \"bridge\" or the name of a network");
  if (strcmp(name, "default") == 0) /* Docker's other word for it */
    name = "bridge";
  cc_set_string(slot, strcasecmp(name, "none") == 0 ? "none" : name);
  return 0;
}

/* -- capabilities -- */

/* NAME ("chown", "CAP_CHOWN") as "CAP_CHOWN" in OUT. */
static int
normalize_cap(const char *name, char *out, size_t size)
{
  cap_value_t value;
  size_t length;

  if (strncasecmp(name, "cap_", 4) == 0)
    name += 4;
  length = strlen(name);
  if (length == 0 || length + 5 > size || !isalpha((unsigned char)*name)) /* libcap takes numbers too */
    return -1;
  memcpy(out, "CAP_", 4);
  for (size_t i = 0; i <= length; i++)
    out[4 + i] = (char)toupper((unsigned char)name[i]);
  return cap_from_name(out, &value);
}

static int
read_cap(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, struct cc_policy *policy)
{
  char name[64];

  if (v->type == CC_JSON_STRING && strcasecmp(v->text, "ALL") == 0)
    policy->drop_all_capabilities = true;
  else if (v->type != CC_JSON_STRING || normalize_cap(v->text, name, sizeof(name)) < 0)
    return cc_bad(read, where, v, "must be \"ALL\" or the name of a capability, such as \"NET_RAW\"");
  else
    cc_strings_add(&policy->cap_drop, name);
  return 0;
}

int
cc_read_caps(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_policy *policy = &layer->policy;
  struct cc_where item = { .up = where };
  int result = 0;

  (void)key;
  if (v->type != CC_JSON_ARRAY)
    return cc_bad(read, where, v, "must be an array of capabilities, as in `[\"ALL\"]`");
  if (v->count > 64)
    return cc_bad(read, where, v, "must be at most 64 capabilities");
  cc_strings_clear(&policy->cap_drop);
  policy->drop_all_capabilities = false;
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next, item.index++)
    if (read_cap(read, &item, c, policy) < 0)
      result = CC_FAILED;
  if (policy->drop_all_capabilities)
    cc_strings_clear(&policy->cap_drop);
  return result;
}

/* -- environment -- */

static bool
is_env_name(const char *s)
{
  if (!isalpha((unsigned char)*s) && *s != '_')
    return false;
  for (; *s != '\0'; s++)
    if (!isalnum((unsigned char)*s) && *s != '_')
      return false;
  return true;
}

static int
read_variable(const struct cc_read *read, const struct cc_where *up, const struct cc_jval *v, struct cc_layer *layer)
{
  const struct cc_where where = { .up = up, .key = v->key };

  if (!is_env_name(v->key)) /* a `=` comes before a value */
    return cc_bad_key(read, v, "`%.*s%s` is no portable name of a variable: letters, digits and `_`, no digit first",
                      (int)strnlen(v->key, strcspn(v->key, "=") < 64 ? strcspn(v->key, "=") : 64), v->key,
                      strchr(v->key, '=') != NULL ? "=…" : "");
  if (v->type != CC_JSON_STRING)
    return cc_bad(read, &where, v, "must be a string of one line");
  if (!cc_is_plain(v->text)) /* without the text, which may be a secret */
    return cc_bad_key(read, v, "the variable `%.64s` must be a string of one line", v->key);
  cc_env_set(&layer->policy, &(struct cc_env_entry){ (char *)v->key, (char *)v->text, cc_origin_of(read, layer, v) });
  return 0;
}

int
cc_read_env(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const struct cc_key *key,
            struct cc_layer *layer)
{
  int result = 0;

  (void)key;
  if (v->type != CC_JSON_OBJECT)
    return cc_bad(read, where, v, "must be an object of names and values, as in `{ LANG: \"C.UTF-8\" }`");
  if (v->count > ENTRIES_MAX)
    return cc_bad(read, where, v, "must have at most %d entries", ENTRIES_MAX);
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next)
    if (read_variable(read, where, c, layer) < 0)
      result = CC_FAILED;
  return result;
}

/* -- ulimits -- */

/* A limit: a whole number, or -1 for none. */
static int
limit_of_text(const char *text, size_t length, uint64_t *out)
{
  char copy[24];
  char *end;

  if (length == 2 && memcmp(text, "-1", 2) == 0)
    {
      *out = UINT64_MAX;
      return 0;
    }
  if (length == 0 || length >= sizeof(copy) || strspn(text, "0123456789") < length)
    return -1;
  memcpy(copy, text, length);
  copy[length] = '\0';
  errno = 0;
  *out = strtoull(copy, &end, 10);
  return errno == 0 && *out <= INT64_MAX ? 0 : -1;
}

static int
limit_of_value(const struct cc_jval *v, uint64_t *out)
{
  return v->type == CC_JSON_NUMBER ? limit_of_text(v->text, v->length, out) : -1;
}

/* 1024, "1024", "1024:2048", { soft: 1024, hard: 2048 } */
static int
parse_ulimit(const struct cc_jval *v, uint64_t *soft, uint64_t *hard)
{
  const struct cc_jval *s = cc_jget(v, "soft"), *h = cc_jget(v, "hard");
  const char *colon;

  if (v->type == CC_JSON_OBJECT)
    {
      if (v->count == 0 || v->count != (s != NULL) + (unsigned)(h != NULL))
        return -1;
      return limit_of_value(s != NULL ? s : h, soft) < 0 || limit_of_value(h != NULL ? h : s, hard) < 0 ? -1 : 0;
    }
  if (v->type != CC_JSON_STRING)
    {
      if (limit_of_value(v, soft) < 0)
        return -1;
      *hard = *soft;
      return 0;
    }
  colon = strchr(v->text, ':');
  if (colon == NULL)
    colon = v->text + v->length;
  if (limit_of_text(v->text, (size_t)(colon - v->text), soft) < 0)
    return -1;
  *hard = *soft;
  return *colon == '\0' ? 0 : limit_of_text(colon + 1, strlen(colon + 1), hard);
}

static int
read_ulimit(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, struct cc_layer *layer)
{
  /* those of `docker run --ulimit` */
  static const char *const names[] = { "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
                                       "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack" };
  uint64_t soft, hard;
  unsigned distance;
  const char *near = cc_nearest(v->key, names, sizeof(names) / sizeof(names[0]), &distance);

  if (strcmp(near, v->key) != 0)
    return cc_bad_key(read, v, "unknown limit `%.64s`; did you mean `%s`?", v->key, near);
  if (parse_ulimit(v, &soft, &hard) < 0)
    return cc_bad(read, where, v, "must be a number, \"soft:hard\" or `{ soft: …, hard: … }`, where -1 is no limit");
  if (soft > hard)
    return cc_bad(read, where, v, "the soft limit must not be above the hard one");
  cc_ulimit_set(&layer->policy, &(struct cc_ulimit){ (char *)v->key, soft, hard, cc_origin_of(read, layer, v) });
  return 0;
}

int
cc_read_ulimits(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_where item = { .up = where };
  int result = 0;

  (void)key;
  if (v->type != CC_JSON_OBJECT)
    return cc_bad(read, where, v, "must be an object of limits, as in `{ nofile: \"1024:2048\" }`");
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next)
    {
      item.key = c->key;
      if (read_ulimit(read, &item, c, layer) < 0)
        result = CC_FAILED;
    }
  return result;
}

/* -- binds -- */

bool
cc_target_is_reserved(const char *target)
{
  return cc_path_is_under(target, "/workspace") || cc_path_is_under(target, "/agent");
}

/* The options after the second ':'; "ro", "rw", "z" and "Z", each once. The default is read-only: what may be written
 * is to be read in the file. */
static int
parse_bind_options(const char *options, bool *read_only)
{
  bool ro = false, rw = false;

  while (options != NULL)
    {
      const char *comma = strchrnul(options, ',');
      size_t length = (size_t)(comma - options);

      if (length == 2 && memcmp(options, "ro", 2) == 0)
        ro = true;
      else if (length == 2 && memcmp(options, "rw", 2) == 0)
        rw = true;
      else if (length != 1 || (*options | 0x20) != 'z')
        return -1;
      options = *comma == ',' ? comma + 1 : NULL;
    }
  *read_only = !rw;
  return ro && rw ? -1 : 0;
}

static int
check_bind_path(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const char *what,
                const char *path)
{
  cc_auto_free char *clean = NULL;

  if (path[0] != '/')
    return cc_bad(read, where, v, "the %s must be an absolute path", what);
  if (cc_path_is_clean(path))
    return 0;
  clean = cc_path_clean(path);
  return cc_bad(read, where, v, "the %s must be a plain path; write \"%s\"", what, clean);
}

static int
read_bind(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
          const struct cc_layer *layer, struct cc_bind_list *list)
{
  static const char *const kernel[] = { "/proc", "/sys", "/dev" };
  cc_auto_free char *source = NULL;
  char *target, *options;
  bool read_only;

  if (v->type != CC_JSON_STRING || !cc_is_plain(v->text) || strchr(v->text, ':') == NULL || v->length > 8192)
    return cc_bad(read, where, v, "must be \"source:target\" or \"source:target:ro\" or \"source:target:rw\"");
  source = cc_xstrdup(v->text);
  target = strchr(source, ':');
  *target++ = '\0';
  options = strchr(target, ':');
  if (options != NULL)
    *options++ = '\0';
  if (check_bind_path(read, where, v, "source", source) < 0 || check_bind_path(read, where, v, "target", target) < 0)
    return CC_FAILED;
  if (parse_bind_options(options, &read_only) < 0)
    return cc_bad(read, where, v, "the options after the target can be `ro` or `rw`, and `z`");
  if (strcmp(target, "/") == 0)
    return cc_bad(read, where, v, "the target must not be `/`");
  for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
    if (cc_path_is_under(target, kernel[i]))
      return cc_bad(read, where, v, "the target must not cover `%s`", kernel[i]);
  cc_binds_add(list, &(struct cc_bind){ source, target, read_only, cc_origin_of(read, layer, v) });
  return 0;
}

int
cc_read_binds(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_policy *policy = &layer->policy;
  bool browser = key->field == CC_FIELD_BROWSER_BINDS;
  struct cc_bind_list list = { policy->binds, policy->bind_count };
  struct cc_where item = { .up = where };
  int result = 0;

  if (v->type != CC_JSON_ARRAY)
    return cc_bad(read, where, v, "must be an array of binds, as in `[\"/srv/data:/data:ro\"]`");
  if (v->count > ENTRIES_MAX)
    return cc_bad(read, where, v, "must have at most %d entries", ENTRIES_MAX);
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next, item.index++)
    if (read_bind(read, &item, c, layer, browser ? &layer->browser_binds : &list) < 0)
      result = CC_FAILED;
  policy->binds = list.items;
  policy->bind_count = list.count;
  return result;
}
