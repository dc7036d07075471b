/* What is left of the specification: personality, user mappings, labels, tuning, network devices. */
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#define LINUX(members) "{'process':{},'linux':{" members "}}"
#define LABEL(text) "{'process':{'selinuxLabel':'" text "'},'linux':{}}"

static void
tuning_goes(void **state)
{
  static const struct trial_row rows[] = {
    { "resctrl group of another container", LINUX("'intelRdt':{'closID':'other','l3CacheSchema':'L3:0=f'}"), NULL,
      "linux.intelRdt", "absent" },
    { "memory policy", LINUX("'memoryPolicy':{'mode':'MPOL_BIND','nodes':'1'}"), NULL, "linux.memoryPolicy", "absent" },
    { "time offsets are the container's own", LINUX("'timeOffsets':{'boottime':{'secs':5}}"), NULL, "linux.timeOffsets",
      "{'boottime':{'secs':5}}" },
    { "a clock that is none", LINUX("'timeOffsets':{'realtime':{'secs':5}}"), "namespace", NULL, NULL },
    { "two clocks in one", LINUX("'timeOffsets':{'monotonic':{'secs':5},'boottime 5 0\\nmonotonic':{'secs':5}}"),
      "namespace", NULL, NULL },
    { "nothing to do", LINUX("'x':1"), NULL, "linux", "{'x':1}" },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_misc);
}

static void
personality(void **state)
{
  static const struct trial_row rows[] = {
    { "plain", LINUX("'personality':{'domain':'LINUX'}"), NULL, "linux.personality.domain", "'LINUX'" },
    { "no flags", LINUX("'personality':{'domain':'LINUX','flags':[]}"), NULL, NULL, NULL },
    { "32 bit", LINUX("'personality':{'domain':'LINUX32'}"), "personality", NULL, NULL },
    { "no ASLR", LINUX("'personality':{'domain':'LINUX','flags':['ADDR_NO_RANDOMIZE']}"), "personality", NULL, NULL },
    { "no domain", LINUX("'personality':{}"), "personality", NULL, NULL },
    { "other case", LINUX("'personality':{'domain':'linux'}"), "personality", NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_misc);
}

static void
network_devices(void **state)
{
  static const struct trial_row rows[] = {
    { "the host's card", LINUX("'netDevices':{'eth0':{'name':'eth0'}}"), "network-device", NULL, NULL },
    { "none", LINUX("'netDevices':{}"), NULL, NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_misc);
}

static void
mappings(void **state)
{
#define MAP(which, id, host, count) LINUX("'" which "':[{'containerID':" id ",'hostID':" host ",'size':" count "}]")
  static const struct trial_row rows[] = {
    { "dockerd's userns-remap", MAP("uidMappings", "0", "231072", "65536"), NULL, NULL, NULL },
    { "a user that is the host's root", MAP("uidMappings", "1000", "0", "1"), "user-mapping", NULL, NULL },
    { "a group that is the host's root", MAP("gidMappings", "1000", "0", "1"), "user-mapping", NULL, NULL },
    { "root is root", MAP("uidMappings", "0", "0", "65536"), "user-mapping", NULL, NULL },
    { "around the end to 0", MAP("uidMappings", "0", "4294967295", "2"), "user-mapping", NULL, NULL },
    { "around the end in 64 bits", MAP("uidMappings", "0", "18446744073709551615", "2"), "user-mapping", NULL, NULL },
    { "2^32 is 0 to a 32-bit reader", MAP("uidMappings", "1000", "4294967296", "1"), "user-mapping", NULL, NULL },
    { "a number that not all read alike", MAP("uidMappings", "1000", "1e0", "1"), "user-mapping", NULL, NULL },
    { "no host id is 0", LINUX("'uidMappings':[{'containerID':1000,'size':1}]"), "user-mapping", NULL, NULL },
    { "the second one",
      LINUX("'uidMappings':[{'containerID':0,'hostID':1000,'size':1},"
            "{'containerID':1,'hostID':0,'size':1}]"),
      "user-mapping", NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_misc);
}

static void
labels(void **state)
{
  static const struct trial_row rows[] = {
    { "podman's", LABEL("system_u:system_r:container_t:s0:c1,c2"), NULL, NULL, NULL },
    { "none", LABEL(""), NULL, NULL, NULL },
    { "label=type:spc_t", LABEL("system_u:system_r:spc_t:s0"), "selinux-label", NULL, NULL },
    { "unconfined", LABEL("unconfined_u:unconfined_r:unconfined_t:s0"), "selinux-label", NULL, NULL },
    { "the runtime's", LABEL("system_u:system_r:container_runtime_t:s0"), "selinux-label", NULL, NULL },
    { "a second mount option", LINUX("'mountLabel':'a:b:c:s0\\u0022,size=0'"), "selinux-label", NULL, NULL },
    { "a second line", LABEL("a:b:container_t:s0\\nx"), "selinux-label", NULL, NULL },
    { "a mount label", LINUX("'mountLabel':'system_u:object_r:container_file_t:s0:c1,c2'"), NULL, NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_misc);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(tuning_goes), cmocka_unit_test(personality), cmocka_unit_test(network_devices),
    cmocka_unit_test(mappings),    cmocka_unit_test(labels),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
