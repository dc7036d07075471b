#include "common/own.h"
#include "shim/capabilities.h"
#include "shim/harden.h"

#include <string.h>

static const char *const sets[] = { "bounding", "effective", "inheritable", "permitted", "ambient" };

static const char *const defaults[] = {
  "CAP_AUDIT_WRITE", "CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FOWNER",     "CAP_FSETID",
  "CAP_KILL",        "CAP_MKNOD",   "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",    "CAP_SETFCAP",
  "CAP_SETGID",      "CAP_SETPCAP", "CAP_SETUID",           "CAP_SYS_CHROOT",
};

bool
cc_capability_is_default(const char *name)
{
  for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
    if (strcmp(defaults[i], name) == 0)
      return true;
  return false;
}

static bool
contains(const struct cc_strings *strings, const char *s)
{
  for (size_t i = 0; i < strings->count; i++)
    if (strcmp(strings->items[i], s) == 0)
      return true;
  return false;
}

void
cc_capabilities_allowed(const struct cc_policy *policy, struct cc_strings *out)
{
  struct cc_strings allowed = { NULL, 0 };

  for (size_t i = 0; !policy->drop_all_capabilities && i < sizeof(defaults) / sizeof(defaults[0]); i++)
    if (!contains(&policy->cap_drop, defaults[i]))
      {
        allowed.items = cc_xrealloc(allowed.items, (allowed.count + 1) * sizeof(char *));
        allowed.items[allowed.count++] = cc_xstrdup(defaults[i]);
      }
  *out = allowed;
}

bool
cc_capabilities_limit(struct cc_json *doc, struct cc_jval *process, const struct cc_strings *allowed)
{
  bool changed = cc_jget(process, "capabilities") == NULL;
  struct cc_jval *caps = cc_jneed_object(doc, process, "capabilities");

  for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
    {
      struct cc_jval *old = cc_jget(caps, sets[i]), *kept = cc_jnew(doc, CC_JSON_ARRAY);

      cc_jeach(c, old)
      {
        if (contains(allowed, c->text))
          cc_jappend_str(doc, kept, c->text);
        else
          changed = true;
      }
      cc_jset(doc, caps, sets[i], kept);
    }
  return changed;
}

/* The first capability of CAPS beyond an engine's defaults, or NULL. */
static const char *
beyond_defaults(const struct cc_jval *caps)
{
  for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
    cc_jeach(c, cc_jget(caps, sets[i])) if (!cc_capability_is_default(c->text)) return c->text;
  return NULL;
}

int
cc_harden_capabilities(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *process = cc_jget(h->spec, "process");
  const char *beyond = beyond_defaults(cc_jget(process, "capabilities"));
  struct cc_jval *bounding = cc_jpath(process, "capabilities.bounding");
  char was[40];
  struct cc_strings allowed;

  (void)err;
  if (beyond != NULL)
    return cc_report_refuse(
        h->report, "capabilities",
        "capability %s: an agent's container gets none; leave out --cap-add (or `capabilities.add`)", beyond);
  snprintf(was, sizeof(was), "%u capabilities", bounding != NULL ? bounding->count : 0);
  cc_capabilities_allowed(h->policy, &allowed);
  if (cc_capabilities_limit(h->doc, process, &allowed))
    cc_report_tighten(h->report, "capabilities", "process.capabilities", was, "%zu in all five sets", allowed.count);
  for (size_t i = 0; i < allowed.count; i++)
    free(allowed.items[i]);
  free(allowed.items);
  return 0;
}

/* What `--privileged` leaves of a configuration: engines have no flag for it there. */
int
cc_harden_privileged(struct cc_harden *h, struct cc_error *err)
{
  const struct cc_jval *bounding = cc_jpath(h->spec, "process.capabilities.bounding");
  const struct cc_jval *masked = cc_jpath(h->spec, "linux.maskedPaths");

  (void)err;
  if (cc_jarray_has(bounding, "CAP_SYS_ADMIN") && cc_jarray_has(bounding, "CAP_SYS_MODULE")
      && cc_jpath(h->spec, "linux.seccomp") == NULL && (masked == NULL || masked->count == 0))
    cc_report_refuse(
        h->report, "privileged",
        "a privileged container: it has the host's devices and every capability; leave out --privileged and mount or "
        "ask for only what the work needs");
  return 0;
}
