#include "shim/plan.h"

#include "common/own.h"
#include "shim/harden.h"
#include "shim/identify.h"
#include "shim/lowlevel.h"
#include "shim/pod.h"
#include "shim/refusal.h"

#include <string.h>
#include <unistd.h>

void
cc_plan_identify(struct cc_plan *plan, const char *id, const char *root)
{
  cc_identify(cc_json_root(plan->bundle.doc), plan->bundle.path, id, &plan->identity);
  cc_pod_verify(&plan->identity, root);
  if (cc_config_uses_identity(plan->config))
    cc_identify_by_labels(&plan->identity);
}

int
cc_plan_resolve(struct cc_plan *plan, struct cc_error *err)
{
  return cc_config_resolve(plan->config, &plan->identity, &plan->policy, err);
}

int
cc_plan_low_level(struct cc_plan *plan, struct cc_error *err)
{
  return cc_lowlevel_find(cc_config_low_level(plan->config), &plan->low_level, err);
}

/* -- hardening -- */

int
cc_plan_check_rootfs(const struct cc_plan *plan, struct cc_error *err)
{
  if (plan->bundle.rootfs_fd >= 0 || plan->policy.enforcement != CC_ENFORCE)
    return 0;
  return cc_error_refuse(
      err, "bundle", "root filesystem `%.200s`: it cannot be opened, so nobody can judge it; mount it before create",
      cc_jstr(cc_jpath(cc_json_root(plan->bundle.doc), "root.path")));
}

/* What a sandbox may not be asked to be. */
static int
check_options(const struct cc_cmdline *c, struct cc_error *err)
{
  const char *fds = c->value[CC_OPT_PRESERVE_FDS], *manager = c->value[CC_OPT_CGROUP_MANAGER];
  const char *rootless = c->value[CC_OPT_ROOTLESS];

  if (fds != NULL && strcmp(fds, "0") != 0)
    return cc_error_refuse(err, "preserve-fds",
                           "option `--preserve-fds %s`: descriptors of the host in a sandbox are a way out of it; "
                           "leave it out, and mount what is needed",
                           fds);
  /* the host's tree stays below the container's: whoever unmounts that is there (tried with CAP_SYS_ADMIN) */
  if (c->value[CC_OPT_NO_PIVOT] != NULL)
    return cc_error_refuse(err, "no-pivot",
                           "option `--no-pivot`: the host's files would stay mounted beneath the container's; unset "
                           "DOCKER_RAMDISK, or no_pivot_root of the engine, and keep images on a disk");
  /* crun then makes no cgroup, and runc, to which `1` and `T` are `true` as well, takes limits that it could not set
   * for set */
  if ((manager != NULL && strcmp(manager, "disabled") == 0)
      || (rootless != NULL && geteuid() == 0 && strcmp(rootless, "false") != 0 && strcmp(rootless, "auto") != 0))
    return cc_error_refuse(
        err, "cgroup-path",
        "option `--cgroup-manager disabled` or `--rootless true` (--cgroups=disabled): nothing would "
        "hold the container to its limits; leave it out");
  return 0;
}

static bool
asks_for_root(const struct cc_jval *spec)
{
  const struct cc_jval *uid = cc_jpath(spec, "process.user.uid");

  return uid == NULL || strcmp(uid->text != NULL ? uid->text : "0", "0") == 0;
}

int
cc_plan_harden(struct cc_plan *plan, const struct cc_cmdline *cmdline, struct cc_error *err)
{
  struct cc_jval *spec = cc_json_root(plan->bundle.doc);
  struct cc_harden h = { .doc = plan->bundle.doc,
                         .spec = spec,
                         .policy = &plan->policy,
                         .identity = &plan->identity,
                         .root_arg = cmdline != NULL ? cmdline->value[CC_OPT_ROOT] : NULL,
                         .bundle_fd = plan->bundle.fd,
                         .rootfs_fd = plan->bundle.rootfs_fd,
                         .report = &plan->report,
                         .pins = &plan->pins,
                         .pending = plan->pending,
                         .unjudged = plan->unjudged };
  struct cc_error why = CC_ERROR_INIT;
  int result;

  plan->asked_for_root = asks_for_root(spec);
  if (cmdline != NULL && check_options(cmdline, &why) < 0)
    cc_refusal_note(&plan->report, &why);
  result = cc_harden_all(&h, err);
  plan->uid = h.uid;
  plan->gid = h.gid;
  return result;
}

void
cc_plan_clear(struct cc_plan *plan)
{
  cc_config_free(plan->config);
  cc_bundle_close(&plan->bundle);
  cc_identity_clear(&plan->identity);
  cc_policy_clear(&plan->policy);
  cc_report_clear(&plan->report);
  cc_pins_clear(&plan->pins);
  free(plan->low_level);
  *plan = (struct cc_plan)CC_PLAN_INIT;
}
