/* The effective policy of one container: flat, resolved, ready to enforce.
 * cc_config_resolve() (policy/config.h) makes it from configuration and identity. */
#ifndef CC_POLICY_POLICY_H
#define CC_POLICY_POLICY_H

#include "common/error.h"
#include "policy/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cc_mode
{
  CC_MODE_OFF,
  CC_MODE_NON_MAIN,
  CC_MODE_ALL
};
enum cc_scope
{
  CC_SCOPE_SESSION,
  CC_SCOPE_AGENT,
  CC_SCOPE_SHARED
};
enum cc_workspace_access
{
  CC_WORKSPACE_NONE,
  CC_WORKSPACE_RO,
  CC_WORKSPACE_RW
};
enum cc_enforcement
{
  CC_ENFORCE,
  CC_REPORT
};

/* A container's user when the policy names none ("auto") and no workspace tells an owner:
 * "nonroot" of the distroless images, an id that no distribution gives to a person or a daemon. */
#define CC_DEFAULT_UID 65532u
#define CC_ID_MAX 2147483647u /* CVE-2024-40635: larger ids wrap to root */

struct cc_strings
{
  char **items; /* NULL when empty */
  size_t count;
};

/* name=value pairs: env (value) and ulimits (soft, hard) */
struct cc_env_entry
{
  char *name, *value;
  struct cc_origin place;
};
struct cc_ulimit
{
  char *name; /* "nofile", as in Docker */
  uint64_t soft, hard;
  struct cc_origin place;
};

struct cc_bind
{
  char *source, *target;
  bool read_only;
  struct cc_origin place;
};

struct cc_policy
{
  bool sandboxed; /* false: mode and session say that this container runs as it is */
  enum cc_mode mode;
  enum cc_scope scope;
  enum cc_workspace_access workspace_access;
  enum cc_enforcement enforcement;
  char *workspace_root; /* clean absolute path */

  bool read_only_root;
  char *network;                /* "none", "bridge", a network's name, or "container:…" with the flag below */
  bool drop_all_capabilities;   /* capDrop has ALL */
  struct cc_strings cap_drop;   /* otherwise what is taken away, as "CAP_CHOWN" */
  struct cc_strings tmpfs;      /* clean absolute paths */
  uint64_t tmpfs_size;          /* bytes */
  bool user_auto;               /* user: "auto" */
  uint32_t uid, gid;            /* when not user_auto */
  int64_t pids_limit;           /* > 0 */
  uint64_t memory, memory_swap; /* bytes; memory_swap is memory plus swap */
  double cpus;                  /* > 0 */
  struct cc_ulimit *ulimits;
  size_t ulimit_count;
  struct cc_bind *binds; /* global, then agent */
  size_t bind_count;
  struct cc_env_entry *env;
  size_t env_count;
  char *setup_command;       /* "" for none */
  char *seccomp_profile;     /* path of a profile to narrow with, "" for the built-in one */
  char *apparmor_profile;    /* "" leaves the engine's */
  struct cc_strings devices; /* host paths that may be asked for */
  char *gpus;                /* "" for none */
  bool allow_namespace_join, allow_reserved_targets, allow_external_binds;

  struct cc_strings low_level; /* runtime.lowLevel */
  char *audit_file;            /* "" for none */
  bool audit_journald;
  int64_t audit_retention_days;

  struct cc_origin origin[CC_FIELD_COUNT]; /* where each value was written; of a list, where its last part was */
};

/* Frees what POLICY holds and zeroes it. */
void cc_policy_clear(struct cc_policy *policy);

#endif
