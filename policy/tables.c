/* Which keys there are. docs/configuration.md is the same for people: change both.
 *
 * The names of a gateway's own keys are those of OpenClaw 2026.9.6 and Clawdbot 2026.1.24, so that their configurations
 * are read as they are; where a value says nothing to this product it is checked as far as it costs nothing and
 * dropped. */
#include "policy/config_internal.h"

#include "common/own.h"

#include <ctype.h>
#include <string.h>

#define AGENTS_MAX 65536 /* of one file */
#define PORT_MAX 65535
#define DAYS_MAX 36500

static const char *const mode_words[] = { "off", "non-main", "all", NULL };
static const char *const scope_words[] = { "session", "agent", "shared", NULL };
static const char *const access_words[] = { "none", "ro", "rw", NULL };
static const char *const enforcement_words[] = { "enforce", "report", NULL };
static const char *const visibility_words[] = { "spawned", "all", NULL };

/* -- readers of this file's own -- */

/* The older word for the scope: true is one container per session, false one for all. */
static int
read_per_session(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                 const struct cc_key *key, struct cc_layer *layer)
{
  (void)key;
  if (v->type != CC_JSON_BOOL)
    return cc_bad(read, where, v, "must be true or false");
  layer->policy.scope = v->boolean ? CC_SCOPE_SESSION : CC_SCOPE_SHARED;
  return 0;
}

static int
read_main_key(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  (void)key, (void)layer;
  /* with a ':' it could be the whole key of some other session, which would then not be sandboxed */
  if (v->type != CC_JSON_STRING || v->length == 0 || v->length > 128 || !cc_is_plain(v->text)
      || strpbrk(v->text, ": ") != NULL)
    return cc_bad(read, where, v,
                  "must be the last part of the main session's key, such as \"main\": no `:` and no space");
  cc_set_string(&read->config->main_key, v->text);
  return 0;
}

static int
read_include(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  (void)where, (void)key, (void)layer;
  return cc_bad_key(read, v,
                    "`$include` is not followed, for the owner of the other file would not be checked; put the file "
                    "into conf.d");
}

static int
read_sandbox(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  const struct cc_jval *binds = cc_jget(v, "binds");
  int result = 0;

  if (binds != NULL && cc_jpath(v, "docker.binds") != NULL)
    result = cc_bad_key(read, binds, "`binds` and `docker.binds` are two spellings of one key; keep one of them");
  if (result < 0 && !cc_goes_on(read))
    return CC_FAILED;
  return cc_read_object(read, where, v, key, layer) < 0 ? CC_FAILED : result;
}

/* -- sandbox -- */

static const struct cc_key docker_keys[] = {
  { "readOnlyRoot", cc_read_bool, CC_FIELD_READ_ONLY_ROOT },
  { "network", cc_read_network, CC_FIELD_NETWORK },
  { "capDrop", cc_read_caps, CC_FIELD_CAP_DROP },
  { "tmpfs", cc_read_tmpfs, CC_FIELD_TMPFS },
  { "tmpfsSize", cc_read_size, CC_FIELD_TMPFS_SIZE, .min = 4096, .max = INT64_MAX },
  { "user", cc_read_user, CC_FIELD_USER },
  { "pidsLimit", cc_read_integer, CC_FIELD_PIDS_LIMIT, .min = 1, .max = 4194304 /* PID_MAX_LIMIT */ },
  { "memory", cc_read_size, CC_FIELD_MEMORY, .min = 6 << 20 /* Docker's least */, .max = INT64_MAX },
  { "memorySwap", cc_read_size, CC_FIELD_MEMORY_SWAP, .min = 6 << 20, .max = INT64_MAX },
  { "cpus", cc_read_number, CC_FIELD_CPUS, .min = 1, .max = 8192 },
  { "ulimits", cc_read_ulimits, CC_FIELD_ULIMITS },
  { "binds", cc_read_binds, CC_FIELD_BINDS },
  { "env", cc_read_env, CC_FIELD_ENV },
  { "setupCommand", cc_read_text, CC_FIELD_SETUP_COMMAND },
  { "seccompProfile", cc_read_seccomp, CC_FIELD_SECCOMP_PROFILE },
  { "apparmorProfile", cc_read_apparmor, CC_FIELD_APPARMOR_PROFILE },
  { "devices", cc_read_devices, CC_FIELD_DEVICES },
  { "gpus", cc_read_string, CC_FIELD_GPUS },
  { "dangerouslyAllowContainerNamespaceJoin", cc_read_bool, CC_FIELD_NAMESPACE_JOIN },
  { "dangerouslyAllowReservedContainerTargets", cc_read_bool, CC_FIELD_RESERVED_TARGETS },
  { "dangerouslyAllowExternalBindSources", cc_read_bool, CC_FIELD_EXTERNAL_BINDS },
  { "image", cc_read_string, .min = 1 },
  { "containerPrefix", cc_read_string },
  { "workdir", cc_read_path },
  { "dns", cc_read_strings },
  { "extraHosts", cc_read_strings },
  { 0 },
};
static const struct cc_object docker_table = { docker_keys, false };

static const struct cc_key browser_keys[] = {
  { "enabled", cc_read_bool, CC_FIELD_BROWSER_ENABLED },
  { "network", cc_read_network, CC_FIELD_BROWSER_NETWORK },
  { "binds", cc_read_binds, CC_FIELD_BROWSER_BINDS },
  { "image", cc_read_string, .min = 1 },
  { "containerPrefix", cc_read_string },
  { "cdpPort", cc_read_integer, .min = 1, .max = PORT_MAX },
  { "cdpSourceRange", cc_read_string },
  { "vncPort", cc_read_integer, .min = 1, .max = PORT_MAX },
  { "noVncPort", cc_read_integer, .min = 1, .max = PORT_MAX },
  { "headless", cc_read_bool },
  { "noVncEnabled", cc_read_bool, .twin = "enableNoVnc" },
  { "enableNoVnc", cc_read_bool, .twin = "noVncEnabled" },
  { "noSandbox", cc_read_bool },
  { "allowHostControl", cc_read_bool, CC_FIELD_BROWSER_HOST_CONTROL },
  { "allowedControlUrls", cc_read_strings },
  { "allowedControlHosts", cc_read_strings },
  { "allowedControlPorts", cc_read_scalars },
  { "autoStart", cc_read_bool },
  { "autoStartTimeoutMs", cc_read_integer, .min = 1, .max = INT32_MAX },
  { 0 },
};
static const struct cc_object browser_table = { browser_keys, false };

static const struct cc_key prune_keys[] = {
  { "idleHours", cc_read_integer, .max = DAYS_MAX * 24 },
  { "maxAgeDays", cc_read_integer, .max = DAYS_MAX },
  { 0 },
};
static const struct cc_object prune_table = { prune_keys, false };

static const struct cc_key ssh_keys[] = {
  { "target", cc_read_string, .min = 1 },
  { "command", cc_read_string, .min = 1 },
  { "workspaceRoot", cc_read_string, .min = 1 },
  { "strictHostKeyChecking", cc_read_bool },
  { "updateHostKeys", cc_read_bool },
  { "identityFile", cc_read_string, .min = 1 },
  { "certificateFile", cc_read_string, .min = 1 },
  { "knownHostsFile", cc_read_string, .min = 1 },
  { "identityData", cc_read_any },
  { "certificateData", cc_read_any },
  { "knownHostsData", cc_read_any },
  { 0 },
};
static const struct cc_object ssh_table = { ssh_keys, false };

static const struct cc_key sandbox_keys[] = {
  { "mode", cc_read_word, CC_FIELD_MODE, .arg = mode_words },
  { "scope", cc_read_word, CC_FIELD_SCOPE, .twin = "perSession", .arg = scope_words },
  { "perSession", read_per_session, CC_FIELD_SCOPE, .shape = CC_SHAPE_BOOL, .twin = "scope" },
  { "workspaceAccess", cc_read_word, CC_FIELD_WORKSPACE_ACCESS, .twin = "workspace", .arg = access_words },
  { "workspace", cc_read_word, CC_FIELD_WORKSPACE_ACCESS, .twin = "workspaceAccess", .arg = access_words },
  { "workspaceRoot", cc_read_path, CC_FIELD_WORKSPACE_ROOT },
  { "docker", cc_read_object, .arg = &docker_table },
  { "binds", cc_read_binds, CC_FIELD_BINDS },
  { "browser", cc_read_object, .arg = &browser_table },
  { "prune", cc_read_object, .arg = &prune_table },
  { "ssh", cc_read_object, .arg = &ssh_table },
  { "backend", cc_read_string, .min = 1 },
  { "sessionToolsVisibility", cc_read_word, .arg = visibility_words },
  { 0 },
};
static const struct cc_object sandbox_table = { sandbox_keys, false };

/* -- agents -- */

static const struct cc_key agent_keys[] = {
  { "id", cc_read_string, .min = 1 },
  { "sandbox", read_sandbox, .arg = &sandbox_table, .shape = CC_SHAPE_OBJECT },
  { "tools", cc_read_tools, .arg = &cc_table_tools },
  { "$include", read_include, .shape = CC_SHAPE_REFUSED },
  { 0 },
};
static const struct cc_object agent_table = { agent_keys, true };

static bool
is_agent_id(const char *s)
{
  if (!isalnum((unsigned char)*s) || strlen(s) > 64)
    return false;
  for (; *s != '\0'; s++)
    if (!isalnum((unsigned char)*s) && strchr("_.-", *s) == NULL)
      return false;
  return true;
}

/* The layer of the agent ID, which is made if need be; NULL when this file has it already. */
static struct cc_layer *
agent_layer(struct cc_config *config, const char *id)
{
  struct cc_agent *agent = cc_config_need_agent(config, id);

  if (agent->file == config->files.count)
    return NULL;
  agent->file = (unsigned)config->files.count;
  return agent->layer;
}

/* One agent; ID comes from its `id`, or from its key in agents.entries. */
static int
read_agent(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const char *id)
{
  const struct cc_key key = { .arg = &agent_table };
  struct cc_layer *layer;

  if (!is_agent_id(id))
    return cc_bad(read, where, v,
                  "the id \"%.64s\" must be at most 64 letters, digits, `_`, `.` and `-`, the first no sign", id);
  layer = agent_layer(read->config, id);
  if (layer == NULL)
    return cc_bad(read, where, v, "this file has the agent `%s` already; put both into one", id);
  return cc_read_object(read, where, v, &key, layer);
}

static int
read_agent_list(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_where item = { .up = where };
  int result = 0;

  (void)key, (void)layer;
  if (v->type != CC_JSON_ARRAY || v->count > AGENTS_MAX)
    return cc_bad(read, where, v, "must be an array of at most %d agents, as in `[{ id: \"build\", … }]`", AGENTS_MAX);
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next, item.index++)
    {
      const char *id = cc_jget_str(c, "id");

      if ((id == NULL ? cc_bad(read, &item, c, "must be an object with an `id`, a string")
                      : read_agent(read, &item, c, id))
          < 0)
        result = CC_FAILED;
    }
  return result;
}

static int
read_agent_entries(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                   const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_where item = { .up = where };
  int result = 0;

  (void)key, (void)layer;
  if (v->type != CC_JSON_OBJECT || v->count > AGENTS_MAX)
    return cc_bad(read, where, v, "must be an object of at most %d agents, as in `{ build: { … } }`", AGENTS_MAX);
  for (const struct cc_jval *c = v->first; c != NULL && (result == 0 || cc_goes_on(read)); c = c->next)
    {
      const struct cc_jval *id = cc_jget(c, "id");

      item.key = c->key;
      if ((id != NULL && (cc_jstr(id) == NULL || strcmp(id->text, c->key) != 0)
               ? cc_bad_key(read, id, "the `id` of an entry must be its key, `%.64s`", c->key)
               : read_agent(read, &item, c, c->key))
          < 0)
        result = CC_FAILED;
    }
  return result;
}

static const struct cc_key defaults_keys[] = {
  { "sandbox", read_sandbox, .arg = &sandbox_table, .shape = CC_SHAPE_OBJECT },
  { "$include", read_include, .shape = CC_SHAPE_REFUSED },
  { 0 },
};
static const struct cc_key entry = { "", cc_read_object, .arg = &agent_table };
static const struct cc_object defaults_table = { defaults_keys, true };

static const struct cc_key agents_keys[] = {
  { "defaults", cc_read_object, .arg = &defaults_table },
  { "list", read_agent_list, .arg = &agent_table, .shape = CC_SHAPE_AGENTS },
  { "entries", read_agent_entries, .arg = &entry, .shape = CC_SHAPE_MAP },
  { "$include", read_include, .shape = CC_SHAPE_REFUSED },
  { 0 },
};
static const struct cc_object agents_table = { agents_keys, false };

/* -- the rest -- */

static const struct cc_key session_keys[] = {
  { "mainKey", read_main_key, .shape = CC_SHAPE_LAST_WORD },
  { "agentToAgent", cc_read_any },
  { "dmScope", cc_read_any },
  { "heartbeatIdleMinutes", cc_read_any },
  { "identityLinks", cc_read_any },
  { "idleMinutes", cc_read_any },
  { "maintenance", cc_read_any },
  { "maxRecentTurns", cc_read_any },
  { "parentForkMaxTokens", cc_read_any },
  { "reset", cc_read_any },
  { "resetByChannel", cc_read_any },
  { "resetByType", cc_read_any },
  { "resetTriggers", cc_read_any },
  { "scope", cc_read_any },
  { "sendPolicy", cc_read_any },
  { "store", cc_read_any },
  { "threadBindings", cc_read_any },
  { "transcriptRetentionDays", cc_read_any },
  { "typingIntervalSeconds", cc_read_any },
  { "typingMode", cc_read_any },
  { 0 },
};
static const struct cc_object session_table = { session_keys, false };

static const struct cc_key runtime_keys[] = {
  { "lowLevel", cc_read_low_level, CC_FIELD_LOW_LEVEL },
  { "enforcement", cc_read_word, CC_FIELD_ENFORCEMENT, .arg = enforcement_words },
  { 0 },
};
static const struct cc_object runtime_table = { runtime_keys, false };

static const struct cc_key mirror_keys[] = {
  { "skills", cc_read_paths },
  { "media", cc_read_paths },
  { 0 },
};
static const struct cc_object mirror_table = { mirror_keys, false };

static const struct cc_key audit_keys[] = {
  { "file", cc_read_path_or_empty, CC_FIELD_AUDIT_FILE },
  { "journald", cc_read_bool, CC_FIELD_AUDIT_JOURNALD },
  { "retentionDays", cc_read_integer, CC_FIELD_AUDIT_RETENTION, .min = 1, .max = DAYS_MAX },
  { 0 },
};
static const struct cc_object audit_table = { audit_keys, false };

static const struct cc_key root_keys[] = {
  { "agents", cc_read_object, .arg = &agents_table },      { "tools", cc_read_tools, .arg = &cc_table_tools },
  { "session", cc_read_object, .arg = &session_table },    { "runtime", cc_read_object, .arg = &runtime_table },
  { "mirror", cc_read_object, .arg = &mirror_table },      { "audit", cc_read_object, .arg = &audit_table },
  { "$include", read_include, .shape = CC_SHAPE_REFUSED }, { 0 },
};
const struct cc_object cc_table_root = { root_keys, true };
