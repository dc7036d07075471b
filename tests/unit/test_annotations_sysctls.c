/* Annotations and sysctls. */
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#define NOTE(key, value) "{'annotations':{'" key "':'" value "'}}"
#define SYSCTL(key, value) "{'linux':{'sysctl':{'" key "':'" value "'}}}"

static void
annotations(void **state)
{
#define GONE(key, value)                                                                                               \
  {                                                                                                                    \
    key, NOTE(key, value), NULL, "annotations", "{}"                                                                   \
  }
#define STAYS(key, value)                                                                                              \
  {                                                                                                                    \
    key, NOTE(key, value), NULL, "annotations", "{'" key "':'" value "'}"                                              \
  }
  static const struct trial_row rows[] = {
    GONE("run.oci.seccomp_bpf_data", "BgAAAAAA/38="),
    GONE("run.oci.hooks.stdout", "/etc/cron.d/x"),
    GONE("run.oci.handler", "krun"),
    GONE("run.oci.systemd.force_cgroup_v1", "/x"),
    GONE("krun.cpus", "4"),
    GONE("module.wasm.image/variant", "compat"),
    GONE("io.containerd.runc.v2.group", "x"),
    GONE("org.criu.config", "/etc/shadow"),
    GONE("dev.gvisor.flag.network", "host"),
    GONE("org.systemd.property.DeviceAllow", "auto"),
    GONE("org.systemd.property.KillSignal", "SIGKILL"),
    GONE("org.systemd.property.KillSignal", ""),
    GONE("org.systemd.property.TimeoutStopUSec", "uint64 10, x"),
    GONE("org.systemd.property.TimeoutStopUSec", "uint64 "),
    GONE("org.systemd.property.KillSignalX", "15"),
    GONE("run.oci.keep_original_groups", "1"),
    GONE("run.oci.mount_context_type", "rootcontext"),
    GONE("run.oci.delegate-cgroup", "x"),
    GONE("run.oci.systemd.subgroup", ".."),
    GONE("run.oci.pidfd_receiver", "/run/x"),
    GONE("run.oci.seccomp.receiver", "/run/x"),
    GONE("run.oci.seccomp.plugins", "/x.so"),
    GONE("run.oci.seccomp_fail_unknown_syscall", "0"),
    GONE("run.oci.hooks.stderr", "/etc/x"),
    GONE("krun.variant", "sev"),
    GONE("krun.use_passt", "1"),
    /* as runc reads its own labels back */
    GONE("bundle", "/tmp/other"),
    GONE("bundle=/tmp/other;", "x"),
    GONE("org.criu.config=/etc/x", "y"),
    GONE("a=b", "c"),
    STAYS("Bundle", "x"),
    STAYS("org.example.bundle", "x"),
    STAYS("x", "bundle=y"),
    STAYS("RUN.OCI.HANDLER", "krun"), /* both low-level runtimes compare it byte by byte */
    STAYS("org.systemd.property.KillSignal", "15"),
    STAYS("org.systemd.property.TimeoutStopUSec", "uint64 10000000"),
    STAYS("closedclaw.io/agent", "build"),
    STAYS("io.kubernetes.cri.container-type", "container"),
    STAYS("org.opencontainers.image.stopSignal", "15"),
    { "no annotations", "{}", NULL, "", "{}" },
    { "not a string", "{'annotations':{'run.oci.handler':1,'a':2}}", NULL, "annotations", "{'a':2}" },
    { "all of several", "{'annotations':{'run.oci.a':'','x':'y','run.oci.b':'','krun.c':''}}", NULL, "annotations",
      "{'x':'y'}" },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_annotations);
}

static void
sysctls(void **state)
{
#define OK(key, value)                                                                                                 \
  {                                                                                                                    \
    key, SYSCTL(key, value), NULL, NULL, NULL                                                                          \
  }
#define NO(key, value)                                                                                                 \
  {                                                                                                                    \
    key, SYSCTL(key, value), "sysctl", NULL, NULL                                                                      \
  }
  static const struct trial_row rows[] = {
    OK("net.ipv4.ip_unprivileged_port_start", "0"),
    OK("net.ipv4.ping_group_range", "0 2147483647"),
    OK("net.ipv4.ping_group_range", "0\\t1"),
    OK("kernel.shm_rmid_forced", "1"),
    NO("net.ipv4.ip_forward", "1"),
    NO("net.ipv4.conf.all.route_localnet", "1"),
    NO("kernel.core_pattern", "|/bin/sh"),
    NO("kernel.shm_rmid_forced", "1+kernel.core_pattern=|/x"), /* CVE-2022-0811 */
    NO("kernel.shm_rmid_forced", "1\\n2"),
    NO("kernel.shmmax", "18446744073709551615"),
    NO("kernel.domainname", "1"),
    NO("fs.mqueue.msg_max", "1000000"),
    NO("net/ipv4/ip_forward", "1"), /* runc takes both spellings */
    NO("net/ipv4/ping_group_range", "0 1"),
    NO("net.ipv4.ping_group_range/../ip_forward", "1"),
    NO("NET.ipv4.ping_group_range", "0 1"),
    { "not a string", "{'linux':{'sysctl':{'kernel.shm_rmid_forced':1}}}", "sysctl", NULL, NULL },
    { "the second", "{'linux':{'sysctl':{'kernel.shm_rmid_forced':'1','vm.swappiness':'0'}}}", "sysctl", NULL, NULL },
    { "none", "{'linux':{}}", NULL, NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_sysctls);
}

int
main(void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test(annotations), cmocka_unit_test(sysctls) };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
