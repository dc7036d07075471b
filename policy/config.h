/* The typed configuration: JSON5 text in, cc_config out, effective policy from it. */
#ifndef CC_POLICY_CONFIG_H
#define CC_POLICY_CONFIG_H

#include "common/error.h"
#include "policy/identity.h"
#include "policy/policy.h"

#define CC_CONFIG_DEFAULT_PATH "/etc/closedclaw/closedclaw.json5"
#define CC_CONFIG_ENV "CLOSEDCLAW_CONFIG"

struct cc_config; /* immutable once loaded */

/* The strict defaults, as with no file at all. The caller owns it. Never fails. */
struct cc_config *cc_config_new_default(void);
void cc_config_free(struct cc_config *config);
void cc_cleanup_config(struct cc_config **config);
#define cc_auto_config __attribute__((cleanup(cc_cleanup_config)))

/* Reads the configuration at PATH (NULL: CC_CONFIG_DEFAULT_PATH) and then every conf.d/<name>.json5 beside it, in
 * byte order of their names; later files override earlier ones by the merge rules of docs/configuration.md.
 * Each file and every directory up to "/" must belong to root (or to the caller's effective user when that is not root)
 * and be writable by nobody else; a sticky directory such as /tmp does not count as safe unless what is below it is
 * ours. With PATH NULL a missing file means the defaults; a PATH that was named must exist. Rules of refusals:
 * "config", "config-owner". Errors of a text carry "PATH:LINE:COLUMN: ". *OUT is the caller's. */
int cc_config_load(const char *path, struct cc_config **out, struct cc_error *err);

/* The same from a text, for tests, fuzzing and `--config` of the operator's command. NAME is used in messages. */
int cc_config_parse(const char *text, size_t length, const char *name, struct cc_config **out, struct cc_error *err);

/* The effective policy of IDENTITY (NULL: nothing is known about it). Identity can only raise confinement: `sandboxed`
 * is false only when the operator wrote mode "off", or "non-main" and the identity's session is proven to be the main
 * one. *OUT is filled in and owned by the caller (cc_policy_clear). */
int cc_config_resolve(const struct cc_config *config, const struct cc_identity *identity, struct cc_policy *out,
                      struct cc_error *err);

/* True when the policy, or what execs are held to, can differ by agent, session or kind, so that finding them out is
 * worth its cost. */
bool cc_config_uses_identity(const struct cc_config *config);

/* Just what is needed before an identity is known. Valid while CONFIG lives. */
const struct cc_strings *cc_config_low_level(const struct cc_config *config);

/* -- what there is, for those who show it -- */

/* The path of file number FILE of a struct cc_origin; "" for 0. */
const char *cc_config_file(const struct cc_config *config, unsigned file);
/* session.mainKey. */
const char *cc_config_main_key(const struct cc_config *config);
/* The agents, in the order in which they were first written. */
size_t cc_config_agent_count(const struct cc_config *config);
const char *cc_config_agent_id(const struct cc_config *config, size_t i);
/* True when SESSION is the main session's key: "MAIN_KEY" or "agent:ID:MAIN_KEY", exactly. */
bool cc_config_is_main_session(const struct cc_config *config, const char *session);

/* The browser's keys for AGENT (NULL: the defaults) that a policy of another container does not have. */
struct cc_browser_policy
{
  bool enabled, allow_host_control;
  const char *network;                     /* the configuration's */
  struct cc_origin origin[CC_FIELD_COUNT]; /* of CC_FIELD_BROWSER_… */
};
void cc_config_browser(const struct cc_config *config, const char *agent, struct cc_browser_policy *out);

#endif
