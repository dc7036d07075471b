#include "shim/cgroup_path.h"
#include "shim/harden.h"
#include "shim/limits.h"
#include "shim/refusal.h"

#include <string.h>

int
cc_harden_resources(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *linux_ = cc_jget(h->spec, "linux");
  const char *cgroup = cc_jget_str(linux_, "cgroupsPath");
  struct cc_caps caps = cc_caps_of_policy(h->policy);

  if (cgroup != NULL && cgroup[0] != '\0' && cc_cgroup_path_judge(cgroup, "/sys/fs/cgroup", err) < 0
      && cc_refusal_note(h->report, err) < 0)
    return CC_FAILED;
  cc_limits_apply(h->doc, cc_jneed_object(h->doc, linux_, "resources"), &caps, true, h->report);
  return 0;
}
