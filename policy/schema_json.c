#include "policy/schema_json.h"

#include "policy/config_internal.h"

#include <stdio.h>
#include <string.h>

enum cc_shape
cc_shape_of(const struct cc_key *key)
{
  static const struct
  {
    cc_reader *read;
    enum cc_shape shape;
  } shapes[] = {
    { cc_read_any, CC_SHAPE_ANY },
    { cc_read_bool, CC_SHAPE_BOOL },
    { cc_read_string, CC_SHAPE_STRING },
    { cc_read_apparmor, CC_SHAPE_STRING },
    { cc_read_word, CC_SHAPE_WORD },
    { cc_read_integer, CC_SHAPE_INTEGER },
    { cc_read_number, CC_SHAPE_NUMBER },
    { cc_read_size, CC_SHAPE_SIZE },
    { cc_read_path, CC_SHAPE_PATH },
    { cc_read_path_or_empty, CC_SHAPE_PATH_OR_EMPTY },
    { cc_read_seccomp, CC_SHAPE_PATH_OR_EMPTY },
    { cc_read_paths, CC_SHAPE_PATHS },
    { cc_read_tmpfs, CC_SHAPE_PATHS },
    { cc_read_devices, CC_SHAPE_PATHS },
    { cc_read_strings, CC_SHAPE_STRINGS },
    { cc_read_caps, CC_SHAPE_STRINGS },
    { cc_read_scalars, CC_SHAPE_SCALARS },
    { cc_read_text, CC_SHAPE_TEXT },
    { cc_read_user, CC_SHAPE_USER },
    { cc_read_network, CC_SHAPE_NETWORK },
    { cc_read_env, CC_SHAPE_ENV },
    { cc_read_ulimits, CC_SHAPE_ULIMITS },
    { cc_read_binds, CC_SHAPE_BINDS },
    { cc_read_low_level, CC_SHAPE_RUNTIMES },
    { cc_read_object, CC_SHAPE_OBJECT },
    { cc_read_tools, CC_SHAPE_OBJECT },
    { cc_read_map, CC_SHAPE_MAP },
  };

  if (key->shape != CC_SHAPE_BY_READER)
    return key->shape;
  for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
    if (shapes[i].read == key->read)
      return shapes[i].shape;
  return CC_SHAPE_REFUSED; /* a reader that nobody described shows at once, in every editor and in the tests */
}

/* -- fragments that need nothing of the key: written as JSON -- */

#define PATH "{\"type\":\"string\",\"pattern\":\"^/\",\"maxLength\":4095}"
#define LINE "{\"type\":\"string\",\"minLength\":1}"
#define LIMIT "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":-1},{\"type\":\"string\",\"pattern\":\"^(-1|[0-9]+)$\"}]}"

static const char *const fixed[] = {
  [CC_SHAPE_ANY] = "true",
  [CC_SHAPE_REFUSED] = "false",
  [CC_SHAPE_BOOL] = "{\"type\":\"boolean\"}",
  [CC_SHAPE_PATH] = PATH,
  [CC_SHAPE_PATH_OR_EMPTY] = "{\"type\":\"string\",\"pattern\":\"^(/|$)\"}",
  [CC_SHAPE_PATHS] = "{\"type\":\"array\",\"items\":" PATH "}",
  [CC_SHAPE_STRINGS] = "{\"type\":\"array\",\"items\":" LINE "}",
  [CC_SHAPE_SCALARS] = "{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"number\"]}}",
  [CC_SHAPE_TEXT] = "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]}",
  [CC_SHAPE_USER] = "{\"type\":\"string\",\"pattern\":\"^(auto|[0-9]+(:[0-9]+)?)$\"}",
  [CC_SHAPE_NETWORK] = "{\"type\":\"string\",\"minLength\":1,\"not\":{\"const\":\"host\"}}",
  [CC_SHAPE_ENV] = "{\"type\":\"object\",\"propertyNames\":{\"pattern\":\"^[A-Za-z_][A-Za-z0-9_]*$\"},"
                   "\"additionalProperties\":{\"type\":\"string\"}}",
  [CC_SHAPE_ULIMITS]
  = "{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":-1},"
    "{\"type\":\"string\",\"pattern\":\"^(-1|[0-9]+)(:(-1|[0-9]+))?$\"},"
    "{\"type\":\"object\",\"properties\":{\"soft\":" LIMIT ",\"hard\":" LIMIT "},"
    "\"additionalProperties\":false,\"minProperties\":1}]}}",
  [CC_SHAPE_BINDS] = "{\"type\":\"array\",\"items\":{\"type\":\"string\","
                     "\"pattern\":\"^/[^:]*:/[^:]*(:(ro|rw|z|Z)(,(ro|rw|z|Z))*)?$\"}}",
  [CC_SHAPE_RUNTIMES] = "{\"type\":\"array\",\"minItems\":1,\"items\":" LINE "}",
  [CC_SHAPE_LAST_WORD] = "{\"type\":\"string\",\"pattern\":\"^[^: ]+$\",\"maxLength\":128}",
};

static struct cc_jval *
from_text(struct cc_json *doc, const char *text)
{
  cc_auto_json struct cc_json *parsed = NULL;

  if (cc_json_parse(text, strlen(text), "a fragment", &parsed, NULL) < 0)
    return cc_jnew_bool(doc, false);
  return cc_jcopy(doc, cc_json_root(parsed));
}

/* -- fragments that the key decides -- */

static struct cc_jval *of_object(struct cc_json *doc, const struct cc_object *object);
static struct cc_jval *of_key(struct cc_json *doc, const struct cc_key *key);

static struct cc_jval *
typed(struct cc_json *doc, const char *type)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

  cc_jset_str(doc, o, "type", type);
  return o;
}

static struct cc_jval *
of_word(struct cc_json *doc, const struct cc_key *key)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *words = cc_jneed_array(doc, o, "enum");

  for (const char *const *w = key->arg; *w != NULL; w++)
    cc_jappend_str(doc, words, *w);
  return o;
}

static struct cc_jval *
of_number(struct cc_json *doc, const struct cc_key *key)
{
  struct cc_jval *o = typed(doc, "number");
  char least[32];

  snprintf(least, sizeof(least), "%g", (double)key->min / 100); /* as cc_read_number() reads it */
  cc_jset(doc, o, "minimum", cc_jnew_number(doc, least));
  cc_jset_int(doc, o, "maximum", key->max);
  return o;
}

static struct cc_jval *
of_size(struct cc_json *doc, const struct cc_key *key)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *choices = cc_jneed_array(doc, o, "anyOf");
  struct cc_jval *bytes = typed(doc, "integer"), *text = typed(doc, "string");

  cc_jset_int(doc, bytes, "minimum", key->min);
  cc_jset_str(doc, text, "pattern", "^[0-9]+(\\.[0-9]+)? ?([bB]|[kKmMgGtTpP]([iI]?[bB])?)?$");
  cc_jappend(choices, bytes);
  cc_jappend(choices, text);
  return o;
}

static struct cc_jval *
of_agents(struct cc_json *doc, const struct cc_key *key)
{
  struct cc_jval *o = typed(doc, "array"), *agent = of_object(doc, key->arg);

  cc_jappend_str(doc, cc_jneed_array(doc, agent, "required"), "id");
  cc_jset(doc, o, "items", agent);
  return o;
}

static struct cc_jval *
of_key(struct cc_json *doc, const struct cc_key *key)
{
  enum cc_shape shape = cc_shape_of(key);
  struct cc_jval *o;

  switch (shape)
    {
    case CC_SHAPE_STRING:
      o = typed(doc, "string");
      if (key->min > 0)
        cc_jset_int(doc, o, "minLength", key->min);
      return o;
    case CC_SHAPE_WORD:
      return of_word(doc, key);
    case CC_SHAPE_INTEGER:
      o = typed(doc, "integer");
      cc_jset_int(doc, o, "minimum", key->min);
      cc_jset_int(doc, o, "maximum", key->max);
      return o;
    case CC_SHAPE_NUMBER:
      return of_number(doc, key);
    case CC_SHAPE_SIZE:
      return of_size(doc, key);
    case CC_SHAPE_OBJECT:
      return of_object(doc, key->arg);
    case CC_SHAPE_MAP:
      o = typed(doc, "object");
      cc_jset(doc, o, "additionalProperties", of_key(doc, key->arg));
      return o;
    case CC_SHAPE_AGENTS:
      return of_agents(doc, key);
    default:
      return from_text(doc, fixed[shape]);
    }
}

/* Two spellings of one key: not both. */
static void
add_twins(struct cc_json *doc, struct cc_jval *o, const struct cc_object *object)
{
  for (const struct cc_key *k = object->keys; k->name != NULL; k++)
    if (k->twin != NULL && strcmp(k->name, k->twin) < 0)
      {
        struct cc_jval *rule = cc_jnew(doc, CC_JSON_OBJECT), *both;

        both = cc_jneed_array(doc, cc_jneed_object(doc, rule, "not"), "required");
        cc_jappend_str(doc, both, k->name);
        cc_jappend_str(doc, both, k->twin);
        cc_jappend(cc_jneed_array(doc, o, "allOf"), rule);
      }
}

static struct cc_jval *
of_object(struct cc_json *doc, const struct cc_object *object)
{
  struct cc_jval *o = typed(doc, "object"), *properties = cc_jneed_object(doc, o, "properties");

  for (const struct cc_key *k = object->keys; k->name != NULL; k++)
    cc_jset(doc, properties, k->name, of_key(doc, k));
  cc_jset_bool(doc, o, "additionalProperties", object->shared);
  add_twins(doc, o, object);
  return o;
}

struct cc_jval *
cc_config_schema(struct cc_json *doc)
{
  struct cc_jval *root = cc_jnew(doc, CC_JSON_OBJECT), *body = of_object(doc, &cc_table_root);

  cc_jset_str(doc, root, "$schema", "https://json-schema.org/draft/2020-12/schema");
  cc_jset_str(doc, root, "title", "closedclaw.json5");
  cc_jset_str(doc, root, "description", "The policy of closedclaw-runtime: see closedclaw.json5(5).");
  cc_jeach(c, body) cc_jset(doc, root, c->key, cc_jcopy(doc, c));
  return root;
}
