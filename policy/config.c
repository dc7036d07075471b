#include "policy/config_internal.h"

#include "common/own.h"
#include "policy/json5.h"

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
      cc_layer_clear(&config->agents[i].layer);
    }
  free(config->agents);
  free(config->main_key);
  free(config);
}

void
cc_cleanup_config(struct cc_config **config)
{
  cc_config_free(*config);
  *config = NULL;
}

const struct cc_agent *
cc_config_agent(const struct cc_config *config, const char *id)
{
  for (size_t i = 0; i < config->agent_count; i++)
    if (strcasecmp(config->agents[i].id, id) == 0)
      return &config->agents[i];
  return NULL;
}

int
cc_config_add_text(struct cc_config *config, const char *text, size_t length, const char *name, struct cc_error *err)
{
  const struct cc_read read = { .file = name, .config = config, .err = err };
  cc_auto_json struct cc_json *doc = NULL;

  if (cc_json5_parse(text, length, name, &doc, err) < 0 || cc_read_root(&read, cc_json_root(doc)) < 0)
    return CC_FAILED;
  return cc_check_root(&read, cc_json_root(doc));
}

int
cc_config_parse(const char *text, size_t length, const char *name, struct cc_config **out, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = cc_config_new_default();

  if (cc_config_add_text(config, text, length, name, err) < 0)
    return CC_FAILED;
  *out = cc_move_ptr(config);
  return 0;
}

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
         || cc_layer_has(&config->global, CC_FIELD_BROWSER_BINDS);
}
