/* What a configuration can say, one by one, and where it was said. */
#ifndef CC_POLICY_FIELD_H
#define CC_POLICY_FIELD_H

#include <stdint.h>

/* One for each value of a block that this product uses. */
enum cc_field
{
  CC_FIELD_NONE, /* a key that is checked and not used */
  CC_FIELD_MODE,
  CC_FIELD_SCOPE,
  CC_FIELD_WORKSPACE_ACCESS,
  CC_FIELD_WORKSPACE_ROOT,
  CC_FIELD_READ_ONLY_ROOT,
  CC_FIELD_NETWORK,
  CC_FIELD_CAP_DROP,
  CC_FIELD_TMPFS,
  CC_FIELD_TMPFS_SIZE,
  CC_FIELD_USER,
  CC_FIELD_PIDS_LIMIT,
  CC_FIELD_MEMORY,
  CC_FIELD_MEMORY_SWAP,
  CC_FIELD_CPUS,
  CC_FIELD_ULIMITS,
  CC_FIELD_BINDS,
  CC_FIELD_ENV,
  CC_FIELD_SETUP_COMMAND,
  CC_FIELD_SECCOMP_PROFILE,
  CC_FIELD_APPARMOR_PROFILE,
  CC_FIELD_DEVICES,
  CC_FIELD_GPUS,
  CC_FIELD_NAMESPACE_JOIN,
  CC_FIELD_RESERVED_TARGETS,
  CC_FIELD_EXTERNAL_BINDS,
  CC_FIELD_ENFORCEMENT,
  CC_FIELD_LOW_LEVEL,
  CC_FIELD_AUDIT_FILE,
  CC_FIELD_AUDIT_JOURNALD,
  CC_FIELD_AUDIT_RETENTION,
  CC_FIELD_POLICY_END, /* those below are not members of struct cc_policy */
  CC_FIELD_BROWSER_ENABLED = CC_FIELD_POLICY_END,
  CC_FIELD_BROWSER_NETWORK,
  CC_FIELD_BROWSER_BINDS,
  CC_FIELD_BROWSER_HOST_CONTROL,
  CC_FIELD_COUNT,
};

enum cc_layer_kind
{
  CC_LAYER_DEFAULT, /* nobody wrote it */
  CC_LAYER_GLOBAL,  /* agents.defaults, runtime, audit, or the top */
  CC_LAYER_AGENT,   /* the agent's own block */
};

/* Where a value was written. All zero: nobody wrote it. */
struct cc_origin
{
  uint32_t line, column; /* 1-based, the column in characters */
  uint16_t file;         /* for cc_config_file(), 0 for none */
  uint8_t layer;         /* enum cc_layer_kind */
};

/* The key of FIELD as an agent's block has it: "sandbox.docker.network"; "runtime.enforcement". "" for CC_FIELD_NONE.
 */
const char *cc_field_key(enum cc_field field);

#endif
