#include "shim/harden.h"
#include "shim/limits.h"

#include <string.h>

/* Limits on "/" would be nobody's, and ".." is another tree. */
static bool
is_plain_cgroup(const char *path)
{
  bool named = false;

  for (const char *p = path; *p != '\0'; p += strspn(p, "/"))
    {
      size_t n = strcspn(p, "/");

      if (n == 2 && strncmp(p, "..", 2) == 0)
        return false;
      named = named || (n > 0 && !(n == 1 && *p == '.'));
      p += n;
    }
  return named;
}

int
cc_harden_resources(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *linux_ = cc_jget(h->spec, "linux");
  const char *cgroup = cc_jget_str(linux_, "cgroupsPath");
  struct cc_caps caps = cc_caps_of_policy(h->policy);

  (void)err;
  if (cgroup != NULL && cgroup[0] != '\0' && !is_plain_cgroup(cgroup))
    cc_report_refuse(h->report, "cgroup-path",
                     "cgroupsPath `%s`: it leads out of the engine's tree; name a plain cgroup", cgroup);
  cc_limits_apply(h->doc, cc_jneed_object(h->doc, linux_, "resources"), &caps, true, h->report);
  return 0;
}
