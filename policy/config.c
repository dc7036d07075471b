#include "policy/config_internal.h"

#include "common/own.h"
#include "policy/json5.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* With no file at all, the strict ones: docs/configuration.md. */
static void
set_defaults(struct cc_layer *layer)
{
  static const char *const tmpfs[] = { "/tmp", "/var/tmp", "/run" };
  static const char *const low_level[] = { "runc", "crun" };
  struct cc_policy *p = &layer->policy;

  p->mode = CC_MODE_ALL;
  p->scope = CC_SCOPE_SESSION;
  p->workspace_access = CC_WORKSPACE_NONE;
  p->workspace_root = cc_xstrdup("/var/lib/closedclaw/sandboxes");
  p->read_only_root = true;
  p->network = cc_xstrdup("none");
  p->drop_all_capabilities = true;
  for (size_t i = 0; i < sizeof(tmpfs) / sizeof(tmpfs[0]); i++)
    cc_strings_add(&p->tmpfs, tmpfs[i]);
  p->tmpfs_size = UINT64_C(256) << 20;
  p->user_auto = true;
  p->uid = p->gid = CC_DEFAULT_UID;
  p->pids_limit = 512;
  p->memory = p->memory_swap = UINT64_C(2) << 30;
  p->cpus = 2;
  p->setup_command = cc_xstrdup("");
  p->seccomp_profile = cc_xstrdup("");
  p->apparmor_profile = cc_xstrdup("");
  p->gpus = cc_xstrdup("");
  p->enforcement = CC_ENFORCE;
  for (size_t i = 0; i < sizeof(low_level) / sizeof(low_level[0]); i++)
    cc_strings_add(&p->low_level, low_level[i]);
  p->audit_file = cc_xstrdup("/var/log/closedclaw/audit.jsonl");
  p->audit_journald = true;
  p->audit_retention_days = 90;
  layer->browser_network = cc_xstrdup("openclaw-sandbox-browser");
  layer->set = ~UINT64_C(0);
}

struct cc_config *
cc_config_new_default(void)
{
  struct cc_config *config = cc_xcalloc(1, sizeof(*config));

  set_defaults(&config->defaults);
  config->main_key = cc_xstrdup("main");
  return config;
}

void
cc_config_free(struct cc_config *config)
{
  if (config == NULL)
    return;
  cc_layer_clear(&config->defaults);
  cc_layer_clear(&config->global);
  for (size_t i = 0; i < config->agent_count; i++)
    {
      free(config->agents[i].id);
      cc_layer_clear(config->agents[i].layer);
      free(config->agents[i].layer);
    }
  free(config->agents);
  free(config->agent_slots);
  cc_strings_clear(&config->files);
  free(config->main_key);
  free(config);
}

void
cc_cleanup_config(struct cc_config **config)
{
  cc_config_free(*config);
  *config = NULL;
}

/* -- agents -- */

/* FNV-1a, ASCII case aside. Ids are the operator's own, so nobody chooses them to collide. */
static size_t
hash_id(const char *id)
{
  uint64_t h = 14695981039346656037u;

  for (; *id != '\0'; id++)
    h = (h ^ (unsigned char)(*id >= 'A' && *id <= 'Z' ? *id + 32 : *id)) * 1099511628211u;
  return (size_t)(h ^ h >> 32);
}

/* The slot of ID: the one that has it, or the free one where it belongs. The table is not empty. */
static uint32_t *
find_slot(const struct cc_config *config, const char *id)
{
  size_t mask = config->agent_slot_count - 1;
  size_t i = hash_id(id) & mask;

  while (config->agent_slots[i] != 0 && strcasecmp(config->agents[config->agent_slots[i] - 1].id, id) != 0)
    i = (i + 1) & mask;
  return &config->agent_slots[i];
}

static void
grow_agents(struct cc_config *config)
{
  config->agent_room = config->agent_room > 0 ? config->agent_room * 2 : 8;
  config->agents = cc_xrealloc(config->agents, config->agent_room * sizeof(struct cc_agent));
  config->agent_slot_count = config->agent_room * 2;
  free(config->agent_slots);
  config->agent_slots = cc_xcalloc(config->agent_slot_count, sizeof(uint32_t));
  for (size_t i = 0; i < config->agent_count; i++)
    *find_slot(config, config->agents[i].id) = (uint32_t)i + 1;
}

const struct cc_agent *
cc_config_agent(const struct cc_config *config, const char *id)
{
  uint32_t slot = config->agent_count > 0 ? *find_slot(config, id) : 0;

  return slot > 0 ? &config->agents[slot - 1] : NULL;
}

struct cc_agent *
cc_config_need_agent(struct cc_config *config, const char *id)
{
  uint32_t *slot;

  if (config->agent_count == config->agent_room)
    grow_agents(config);
  slot = find_slot(config, id);
  if (*slot == 0)
    {
      config->agents[config->agent_count]
          = (struct cc_agent){ .id = cc_xstrdup(id), .layer = cc_xcalloc(1, sizeof(struct cc_layer)) };
      *slot = (uint32_t)++config->agent_count;
    }
  return &config->agents[*slot - 1];
}

/* -- texts -- */

int
cc_config_parse(const char *text, size_t length, const char *name, struct cc_config **out, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = cc_config_new_default();

  if (cc_config_add_text(config, text, length, name, NULL, err) < 0)
    return CC_FAILED;
  *out = cc_move_ptr(config);
  return 0;
}

/* The text of a failure that cc_json5_parse() begins with "NAME:LINE:COLUMN: ". */
static void
note_syntax(struct cc_reading *reading, const char *name, const struct cc_error *err)
{
  const char *rest = err->msg;
  size_t length = strlen(name);
  unsigned line = 0, column = 0;
  int used = 0;

  if (strncmp(rest, name, length) == 0 && sscanf(rest + length, ":%u:%u: %n", &line, &column, &used) == 2 && used > 0)
    rest += length + (size_t)used;
  cc_reading_note(reading, "config", name, line, column, rest);
}

int
cc_config_add_text(struct cc_config *config, const char *text, size_t length, const char *name,
                   struct cc_reading *reading, struct cc_error *err)
{
  struct cc_error own = CC_ERROR_INIT;
  const struct cc_read read = { .file = name, .config = config, .reading = reading, .err = &own };
  cc_auto_json struct cc_json *doc = NULL;
  int result = cc_json5_parse(text, length, name, &doc, &own);

  if (result == 0)
    {
      result = cc_read_root(&read, cc_json_root(doc));
      if (result == 0 || reading != NULL)
        result = cc_check_root(&read, cc_json_root(doc)) < 0 ? CC_FAILED : result;
    }
  else if (reading != NULL)
    note_syntax(reading, name, &own);
  if (reading != NULL)
    cc_reading_keep(reading, name, text, length, cc_move_ptr(doc));
  if (result < 0 && err != NULL)
    *err = own;
  return result;
}

/* -- what there is -- */

const struct cc_strings *
cc_config_low_level(const struct cc_config *config)
{
  const struct cc_layer *layer
      = cc_layer_has(&config->global, CC_FIELD_LOW_LEVEL) ? &config->global : &config->defaults;

  return &layer->policy.low_level;
}

bool
cc_config_uses_identity(const struct cc_config *config)
{
  return config->agent_count > 0
         || (cc_layer_has(&config->global, CC_FIELD_MODE) && config->global.policy.mode == CC_MODE_NON_MAIN)
         || cc_layer_has(&config->global, CC_FIELD_BROWSER_ENABLED)
         || cc_layer_has(&config->global, CC_FIELD_BROWSER_BINDS)
         /* which tools are denied is told to an agent's containers only (policy/tool_guard.h) */
         || config->global.tools != NULL
         || (cc_layer_has(&config->global, CC_FIELD_WORKSPACE_ACCESS)
             && config->global.policy.workspace_access == CC_WORKSPACE_RO);
}

const char *
cc_config_file(const struct cc_config *config, unsigned file)
{
  return file > 0 && file <= config->files.count ? config->files.items[file - 1] : "";
}

const char *
cc_config_main_key(const struct cc_config *config)
{
  return config->main_key;
}

size_t
cc_config_agent_count(const struct cc_config *config)
{
  return config->agent_count;
}

const char *
cc_config_agent_id(const struct cc_config *config, size_t i)
{
  return i < config->agent_count ? config->agents[i].id : NULL;
}

const struct cc_tool_block *
cc_config_tools(const struct cc_config *config, const char *id)
{
  static const struct cc_tool_block nothing;
  const struct cc_agent *agent = id != NULL ? cc_config_agent(config, id) : NULL;
  const struct cc_layer *layer = id == NULL ? &config->global : agent != NULL ? agent->layer : NULL;

  if (layer == NULL)
    return NULL;
  return layer->tools != NULL ? layer->tools : &nothing;
}

void
cc_config_browser(const struct cc_config *config, const char *id, struct cc_browser_policy *out)
{
  const struct cc_agent *agent = id != NULL ? cc_config_agent(config, id) : NULL;
  const struct cc_layer *layers[] = { &config->defaults, &config->global, agent != NULL ? agent->layer : NULL };

  *out = (struct cc_browser_policy){ 0 };
  for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++)
    for (unsigned f = CC_FIELD_POLICY_END; layers[i] != NULL && f < CC_FIELD_COUNT; f++)
      {
        const struct cc_layer *layer = layers[i];

        if (!cc_layer_has(layer, f))
          continue;
        out->origin[f] = layer->policy.origin[f];
        if (f == CC_FIELD_BROWSER_ENABLED)
          out->enabled = layer->browser_enabled;
        else if (f == CC_FIELD_BROWSER_HOST_CONTROL)
          out->allow_host_control = layer->browser_host_control;
        else if (f == CC_FIELD_BROWSER_NETWORK)
          out->network = layer->browser_network;
      }
}
