#include "shim/harden.h"

#include <string.h>

/* Prefixes that steer a low-level runtime or shim past the configuration. Measured: run.oci.seccomp_bpf_data replaced a
 * whole filter, run.oci.hooks.stdout wrote a root-owned host file (crun 1.8.1 and 1.28). CVE-2025-24965,
 * CVE-2026-84042: krun. */
static const char *const steering[] = {
  "run.oci.",
  "krun.",
  "org.systemd.property.",
  "module.wasm.",
  "io.containerd.runc.v2.",
  "org.criu.",
  "io.crun",
  "dev.gvisor.",
  "io.katacontainers.",
  "io.kubernetes.cri-o.seccompNotifierAction",
  "org.opencontainers.runc.",
};

/* Podman writes these two itself on every container; they only say how systemd ends the scope. */
static bool
is_podmans_own(const struct cc_jval *a)
{
  const char *value = cc_jstr(a);

  if (value == NULL)
    return false;
  if (strcmp(a->key, "org.systemd.property.KillSignal") == 0)
    return value[0] != '\0' && value[strspn(value, "0123456789")] == '\0';
  if (strcmp(a->key, "org.systemd.property.TimeoutStopUSec") == 0 && strncmp(value, "uint64 ", 7) == 0)
    return value[7] != '\0' && value[7 + strspn(value + 7, "0123456789")] == '\0';
  return false;
}

/* runc keeps annotations as "key=value" beside its own "bundle=…", and the first that it finds there is it: an exec
 * took its process from the directory that an annotation named (1.1.5 and 1.5). */
static bool
is_taken_for_runcs(const struct cc_jval *a)
{
  return strcmp(a->key, "bundle") == 0 || strchr(a->key, '=') != NULL;
}

static bool
steers(const struct cc_jval *a)
{
  if (is_taken_for_runcs(a))
    return true;
  for (size_t i = 0; i < sizeof(steering) / sizeof(steering[0]); i++)
    if (strncmp(a->key, steering[i], strlen(steering[i])) == 0)
      return !is_podmans_own(a);
  return false;
}

int
cc_harden_annotations(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *annotations = cc_jget(h->spec, "annotations");

  (void)err;
  cc_jeach(a, annotations) if (steers(a))
  {
    cc_jremove(annotations, a);
    cc_report_tighten(h->report, "annotation", a->key, cc_jstr(a) != NULL ? a->text : "", "removed");
  }
  return 0;
}
