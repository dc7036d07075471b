#include "shim/refusal.h"

#include <string.h>

/* The rules whose refusals modules pass on; a finding keeps the pointer. */
static const char *const rules[] = { "bind-blocked",   "bind-missing", "bind-type",    "bind-credential",
                                     "rootfs-blocked", "cgroup-path",  "preserve-fds", "no-pivot" };

int
cc_refusal_note(struct cc_report *report, struct cc_error *err)
{
  const char *rule = "policy";

  if (!cc_error_is_refusal(err))
    return CC_FAILED;
  for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
    if (strcmp(rules[i], err->rule) == 0)
      rule = rules[i];
  cc_report_refuse(report, rule, "%s", err->msg);
  cc_error_clear(err);
  return 0;
}
