#include "shim/harden.h"

/* The order matters where one module uses what another decided: mounts finds the workspace's owner, process the
 * user, tmpfs needs both. `privileged` comes first, because its one line says more than its ten consequences. */
static const struct
{
  const char *aspect;
  cc_harden_fn harden;
} modules[] = {
  { "privileged", cc_harden_privileged },
  { "root filesystem", cc_harden_rootfs },
  { "network", cc_harden_network },
  { "namespaces", cc_harden_namespaces },
  { "capabilities", cc_harden_capabilities },
  { "seccomp", cc_harden_seccomp },
  { "mounts", cc_harden_mounts },
  { "process", cc_harden_process },
  { "tmpfs", cc_harden_tmpfs },
  { "devices", cc_harden_devices },
  { "resources", cc_harden_resources },
  { "hooks", cc_harden_hooks },
  { "annotations", cc_harden_annotations },
  { "sysctls", cc_harden_sysctls },
  { "the rest", cc_harden_misc },
};

int
cc_harden_all(struct cc_harden *h, struct cc_error *err)
{
  struct cc_error failure = CC_ERROR_INIT, own = CC_ERROR_INIT;
  const struct cc_finding *refusal;

  for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
    if (modules[i].harden(h, &own) < 0 && failure.msg[0] == '\0')
      {
        cc_error_prefix(&own, "hardening of %s", modules[i].aspect);
        failure = own;
      }
  if (failure.msg[0] != '\0')
    {
      if (err != NULL)
        *err = failure;
      return CC_FAILED;
    }
  refusal = cc_report_first_refusal(h->report);
  if (refusal != NULL)
    return cc_error_refuse(err, refusal->rule, "%s", refusal->what);
  return 0;
}
