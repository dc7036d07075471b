#include "policy/schema_json.h"

#include "policy/config_internal.h"
#include "policy/show.h"

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

/* -- what editors show beside a key -- */

static const char *const about_field[CC_FIELD_COUNT] = {
  [CC_FIELD_MODE] = "Which sessions are sandboxed: none, all but the main one, or all",
  [CC_FIELD_SCOPE] = "What shares a private workspace; \"shared\" also switches off an agent's `docker` and `browser`",
  [CC_FIELD_WORKSPACE_ACCESS] = "What of the agent's workspace is seen",
  [CC_FIELD_WORKSPACE_ROOT] = "Where private workspaces are made",
  [CC_FIELD_READ_ONLY_ROOT] = "The root filesystem is read-only",
  [CC_FIELD_NETWORK] = "\"none\", \"bridge\" or \"default\", or the name of a network",
  [CC_FIELD_CAP_DROP] = "Capabilities to take away: \"ALL\", or names",
  [CC_FIELD_TMPFS] = "Places that are writable in memory, nosuid and nodev",
  [CC_FIELD_TMPFS_SIZE] = "The size of each tmpfs",
  [CC_FIELD_USER] = "\"auto\", \"uid\" or \"uid:gid\"; root only as \"0:0\"",
  [CC_FIELD_PIDS_LIMIT] = "Processes and threads, at most",
  [CC_FIELD_MEMORY] = "Memory, at most",
  [CC_FIELD_MEMORY_SWAP] = "Memory and swap together; as `memory` when nobody writes it",
  [CC_FIELD_CPUS] = "Processors, at most",
  [CC_FIELD_ULIMITS] = "Limits by their names in `docker run --ulimit`; -1 is no limit",
  [CC_FIELD_BINDS] = "\"source:target\" with :ro or :rw; without a mode it is read-only",
  [CC_FIELD_ENV] = "Variables of the environment",
  [CC_FIELD_SETUP_COMMAND] = "Runs once when the gateway made the container",
  [CC_FIELD_SECCOMP_PROFILE] = "A seccomp profile to narrow with; \"\" is the built-in one",
  [CC_FIELD_APPARMOR_PROFILE] = "A loaded AppArmor profile; \"\" is the engine's",
  [CC_FIELD_DEVICES] = "Devices below /dev that a caller may ask for",
  [CC_FIELD_GPUS] = "GPUs that a caller may ask for",
  [CC_FIELD_NAMESPACE_JOIN] = "Allows `network: \"container:NAME\"`",
  [CC_FIELD_RESERVED_TARGETS] = "Allows binds at or under /workspace and /agent",
  [CC_FIELD_EXTERNAL_BINDS] = "Allows a caller's binds from outside of the workspaces",
  [CC_FIELD_ENFORCEMENT] = "\"report\" changes nothing and records what would have been done",
  [CC_FIELD_LOW_LEVEL] = "The runtime below: the first of these that exists",
  [CC_FIELD_AUDIT_FILE] = "The record; \"\" for none",
  [CC_FIELD_AUDIT_JOURNALD] = "The record in the journal",
  [CC_FIELD_AUDIT_RETENTION] = "How many days the record is kept",
  [CC_FIELD_BROWSER_ENABLED] = "The agent's browser has its own network and more threads",
  [CC_FIELD_BROWSER_NETWORK] = "The browser's network",
  [CC_FIELD_BROWSER_BINDS] = "Used instead of `docker.binds` when set, even as []",
  [CC_FIELD_BROWSER_HOST_CONTROL] = "The gateway's: sandboxed sessions may use the host's browser",
};

/* Keys that are no field, by their names. */
static const struct
{
  const char *name, *text;
} about_name[] = {
  { "agents", "What holds for all agents, and for each" },
  { "defaults", "What holds for all agents" },
  { "list", "Agents, each with an `id`" },
  { "entries", "Agents by their ids" },
  { "id", "The agent's id: letters, digits, `_`, `.` and `-`" },
  { "sandbox", "The sandbox, or its tools" },
  { "docker", "What a container gets" },
  { "browser", "The agent's browser container" },
  { "tools", "Which tools there are" },
  { "profile", "A set of tools to begin with" },
  { "allow", "Only these tools; names, `group:…`, `*`" },
  { "alsoAllow", "These too, beside those of the profile" },
  { "deny", "Never these tools, whatever else is written" },
  { "byProvider", "Lists by the model's provider" },
  { "toolsBySender", "Lists by who asks" },
  { "elevated", "Commands that may run on the host" },
  { "patterns", "Commands that may run on the host, word by word: \"git push *\"" },
  { "requireApproval", "Somebody is asked first" },
  { "allowFrom", "Who may, by provider" },
  { "mainKey", "The last part of the main session's key" },
  { "mirror", "Directories of the host that are mirrored into sandboxes" },
  { "audit", "The record of what was refused" },
  { "runtime", "How the runtime works" },
  { "session", "The gateway's sessions" },
};

static const char *
about(const struct cc_key *key)
{
  if (key->field != CC_FIELD_NONE)
    return about_field[key->field];
  for (size_t i = 0; i < sizeof(about_name) / sizeof(about_name[0]); i++)
    if (strcmp(about_name[i].name, key->name) == 0)
      return about_name[i].text;
  return NULL;
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

/* The value that holds where nobody wrote KEY; NULL where there is none to tell. */
static struct cc_jval *
default_of(struct cc_json *doc, const struct cc_key *key)
{
  cc_auto_config struct cc_config *config = cc_config_new_default();

  /* another spelling has no default of its own, and memorySwap's is the memory's */
  if (key->field == CC_FIELD_NONE || key->field == CC_FIELD_MEMORY_SWAP || cc_shape_of(key) == CC_SHAPE_ENV
      || (key->twin != NULL && strcmp(key->name, "scope") != 0 && strcmp(key->name, "workspaceAccess") != 0))
    return NULL;
  return cc_policy_value(doc, &config->defaults.policy, key->field);
}

static struct cc_jval *
of_object(struct cc_json *doc, const struct cc_object *object)
{
  struct cc_jval *o = typed(doc, "object"), *properties = cc_jneed_object(doc, o, "properties");

  for (const struct cc_key *k = object->keys; k->name != NULL; k++)
    {
      struct cc_jval *property = of_key(doc, k), *value = default_of(doc, k);

      if (property->type == CC_JSON_OBJECT && about(k) != NULL)
        cc_jset_str(doc, property, "description", about(k));
      if (property->type == CC_JSON_OBJECT && value != NULL)
        cc_jset(doc, property, "default", value);
      cc_jset(doc, properties, k->name, property);
    }
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
