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

/* True when the policy can differ by agent, session or kind, so that finding them out is worth its cost. */
bool cc_config_uses_identity(const struct cc_config *config);

/* Just what is needed before an identity is known. Valid while CONFIG lives. */
const struct cc_strings *cc_config_low_level(const struct cc_config *config);

#endif
