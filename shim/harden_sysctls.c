#include "shim/harden.h"

#include <string.h>

/* Sysctls of the container's own ipc and network namespaces that Kubernetes calls safe or that Docker sets by itself.
 */
static const char *const safe[] = {
  "kernel.shm_rmid_forced",           "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",        "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",     "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",      "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",          "net.ipv4.tcp_wmem",
  "net.ipv6.conf.all.disable_ipv6",   "net.ipv6.conf.default.disable_ipv6",
};

static bool
is_safe(const struct cc_jval *s)
{
  const char *value = cc_jstr(s);

  /* CVE-2022-0811: a value with '+' smuggled further settings into CRI-O's helper */
  if (value == NULL || value[strspn(value, "0123456789 -\t")] != '\0')
    return false;
  for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++)
    if (strcmp(safe[i], s->key) == 0)
      return true;
  return false;
}

int
cc_harden_sysctls(struct cc_harden *h, struct cc_error *err)
{
  (void)err;
  cc_jeach(s, cc_jpath(h->spec, "linux.sysctl")) if (!is_safe(s)) return cc_report_refuse(
      h->report, "sysctl",
      "sysctl `%s`: not on the list of safe ones (docs/refusals.md), or its value is no number; leave it out", s->key);
  return 0;
}
