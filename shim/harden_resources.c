#include "shim/harden.h"
#include "shim/limits.h"

#include <string.h>

int
cc_harden_resources (struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *linux_ = cc_jget (h->spec, "linux");
  const char *cgroup = cc_jget_str (linux_, "cgroupsPath");
  struct cc_caps caps = cc_caps_of_policy (h->policy);

  (void) err;
  if (cgroup != NULL && (strcmp (cgroup, "..") == 0 || strncmp (cgroup, "../", 3) == 0 || strstr (cgroup, "/../") != NULL
                         || (strlen (cgroup) >= 3 && strcmp (cgroup + strlen (cgroup) - 3, "/..") == 0)))
    cc_report_refuse (h->report, "cgroup-path", "cgroupsPath `%s`: it leads out of the engine's tree; name a plain cgroup", cgroup);
  cc_limits_apply (h->doc, cc_jneed_object (h->doc, linux_, "resources"), &caps, true, h->report);
  return 0;
}
