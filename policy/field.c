#include "policy/field.h"

#include <stddef.h>

static const char *const keys[CC_FIELD_COUNT] = {
  [CC_FIELD_MODE] = "sandbox.mode",
  [CC_FIELD_SCOPE] = "sandbox.scope",
  [CC_FIELD_WORKSPACE_ACCESS] = "sandbox.workspaceAccess",
  [CC_FIELD_WORKSPACE_ROOT] = "sandbox.workspaceRoot",
  [CC_FIELD_READ_ONLY_ROOT] = "sandbox.docker.readOnlyRoot",
  [CC_FIELD_NETWORK] = "sandbox.docker.network",
  [CC_FIELD_CAP_DROP] = "sandbox.docker.capDrop",
  [CC_FIELD_TMPFS] = "sandbox.docker.tmpfs",
  [CC_FIELD_TMPFS_SIZE] = "sandbox.docker.tmpfsSize",
  [CC_FIELD_USER] = "sandbox.docker.user",
  [CC_FIELD_PIDS_LIMIT] = "sandbox.docker.pidsLimit",
  [CC_FIELD_MEMORY] = "sandbox.docker.memory",
  [CC_FIELD_MEMORY_SWAP] = "sandbox.docker.memorySwap",
  [CC_FIELD_CPUS] = "sandbox.docker.cpus",
  [CC_FIELD_ULIMITS] = "sandbox.docker.ulimits",
  [CC_FIELD_BINDS] = "sandbox.docker.binds",
  [CC_FIELD_ENV] = "sandbox.docker.env",
  [CC_FIELD_SETUP_COMMAND] = "sandbox.docker.setupCommand",
  [CC_FIELD_SECCOMP_PROFILE] = "sandbox.docker.seccompProfile",
  [CC_FIELD_APPARMOR_PROFILE] = "sandbox.docker.apparmorProfile",
  [CC_FIELD_DEVICES] = "sandbox.docker.devices",
  [CC_FIELD_GPUS] = "sandbox.docker.gpus",
  [CC_FIELD_NAMESPACE_JOIN] = "sandbox.docker.dangerouslyAllowContainerNamespaceJoin",
  [CC_FIELD_RESERVED_TARGETS] = "sandbox.docker.dangerouslyAllowReservedContainerTargets",
  [CC_FIELD_EXTERNAL_BINDS] = "sandbox.docker.dangerouslyAllowExternalBindSources",
  [CC_FIELD_ENFORCEMENT] = "runtime.enforcement",
  [CC_FIELD_LOW_LEVEL] = "runtime.lowLevel",
  [CC_FIELD_AUDIT_FILE] = "audit.file",
  [CC_FIELD_AUDIT_JOURNALD] = "audit.journald",
  [CC_FIELD_AUDIT_RETENTION] = "audit.retentionDays",
  [CC_FIELD_BROWSER_ENABLED] = "sandbox.browser.enabled",
  [CC_FIELD_BROWSER_NETWORK] = "sandbox.browser.network",
  [CC_FIELD_BROWSER_BINDS] = "sandbox.browser.binds",
  [CC_FIELD_BROWSER_HOST_CONTROL] = "sandbox.browser.allowHostControl",
};

const char *
cc_field_key(enum cc_field field)
{
  return field < CC_FIELD_COUNT && keys[field] != NULL ? keys[field] : "";
}
