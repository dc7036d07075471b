#include "policy/seccomp_docker.h"

#include <seccomp.h>
#include <string.h>

/* Go's names of the architectures that a machine runs. */
static const struct
{
  uint32_t native;
  const char *names[4];
} go_names[] = {
  { SCMP_ARCH_X86_64, { "amd64", "x86", "x32" } },
  { SCMP_ARCH_AARCH64, { "arm64", "arm" } },
  { SCMP_ARCH_X86, { "x86", "386" } },
  { SCMP_ARCH_ARM, { "arm" } },
  { SCMP_ARCH_PPC64LE, { "ppc64le" } },
  { SCMP_ARCH_S390X, { "s390x", "s390" } },
  { SCMP_ARCH_RISCV64, { "riscv64" } },
};

/* True when the list ARCHES names an architecture of NATIVE. */
static bool
names_native(const struct cc_jval *arches, uint32_t native)
{
  for (size_t i = 0; i < sizeof(go_names) / sizeof(go_names[0]); i++)
    for (size_t k = 0; go_names[i].native == native && k < 4 && go_names[i].names[k] != NULL; k++)
      if (cc_jarray_has(arches, go_names[i].names[k]))
        return true;
  return false;
}

static bool
is_filled(const struct cc_jval *list)
{
  return cc_jis(list, CC_JSON_ARRAY) && list->count > 0;
}

static bool
applies(const struct cc_jval *rule, uint32_t native)
{
  const struct cc_jval *only = cc_jpath(rule, "includes.arches"), *caps = cc_jpath(rule, "includes.caps");
  const char *action = cc_jget_str(rule, "action");

  if (is_filled(only) && !names_native(only, native))
    return false;
  /* A denial that Docker would make under conditions is made anyway. */
  if (action == NULL || strcmp(action, "SCMP_ACT_ALLOW") != 0)
    return true;
  return !is_filled(caps) && !names_native(cc_jpath(rule, "excludes.arches"), native);
}

struct cc_jval *
cc_seccomp_from_docker(struct cc_json *doc, const struct cc_jval *profile, uint32_t native)
{
  struct cc_jval *made = cc_jcopy(doc, profile);
  struct cc_jval *rules = cc_jget(made, "syscalls");
  struct cc_jval *next;

  if (!cc_jis(rules, CC_JSON_ARRAY))
    return made;
  for (struct cc_jval *rule = rules->first; rule != NULL; rule = next)
    {
      const struct cc_jval *name = cc_jget(rule, "name");

      next = rule->next;
      if (!applies(rule, native))
        cc_jremove(rules, rule);
      else if (name != NULL && cc_jget(rule, "names") == NULL)
        cc_jappend(cc_jneed_array(doc, rule, "names"), cc_jcopy(doc, name));
    }
  return made;
}
