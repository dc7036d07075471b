/* The values of `sandbox.docker`: sizes, users, networks, binds and the other little grammars. */
#include "config_cases.h"

#include "common/own.h"

#include <stdio.h>
#include <string.h>

static void
test_sizes(void **state)
{
  static const struct
  {
    const char *text;
    uint64_t bytes;
  } good[] = {
    { "'6m'", UINT64_C(6) << 20 },
    { "'512m'", UINT64_C(512) << 20 },
    { "'512M'", UINT64_C(512) << 20 },
    { "'2g'", UINT64_C(2) << 30 },
    { "'2gb'", UINT64_C(2) << 30 },
    { "'2GiB'", UINT64_C(2) << 30 },
    { "'1.5g'", UINT64_C(3) << 29 },
    { "'2 g'", UINT64_C(2) << 30 },
    { "'1t'", UINT64_C(1) << 40 },
    { "'1p'", UINT64_C(1) << 50 },
    { "'8192k'", UINT64_C(8192) << 10 },
    { "'10485760'", 10485760 },
    { "'10485760b'", 10485760 },
    { "10485760", 10485760 },
    { "0xA00000", 10485760 },
    { "'0010m'", UINT64_C(10) << 20 },
  };
  static const char *const bad[] = {
    "'5m'",
    "'0'",
    "0",
    "-1",
    "'-1'",
    "''",
    "'g'",
    "'2x'",
    "'2gg'",
    "'2 gb '",
    "' 2g'",
    "'2  g'",
    "'+2g'",
    "'1,5g'",
    "'2.g'",
    "'.5g'",
    "'1e9'",
    "'99999999999g'",
    "'9007199254740992p'",
    "'8388608t'",
    "18446744073709551615",
    "9223372036854775808",
    "2.5e9",
    "Infinity",
    "NaN",
    "true",
    "null",
    "[]",
    "'2bb'",
    "'2bib'",
    "'0x10m'",
    "'inf'",
    "'nan'",
    "1e400",
  };

  (void)state;
  for (size_t i = 0; i < COUNT(good); i++)
    {
      char text[200];
      struct cc_policy p;

      snprintf(text, sizeof(text), DOCKER("memory: %s"), good[i].text);
      p = policy_of(text);
      if (p.memory != good[i].bytes)
        fail_msg("%s is %llu", good[i].text, (unsigned long long)p.memory);
      cc_policy_clear(&p);
    }
  for (size_t i = 0; i < COUNT(bad); i++)
    {
      char text[200];
      struct bad one
          = { text, 2, 9, "must be a size of at least 6291456 bytes", "`agents.defaults.sandbox.docker.memory`" };

      snprintf(text, sizeof(text), DOCKER("memory: %s"), bad[i]);
      check_bad(&one, 1);
    }
}

static void
test_memory_and_swap(void **state)
{
  static const struct bad cases[] = {
    { DOCKER("memorySwap: '1g', memory: '2g'"), 2, 13, "must not be less than `memory`", "docker.memorySwap" },
    { DOCKER("memorySwap: -1"), 2, 13, "must be a size", NULL },
    { DOCKER("tmpfsSize: 1"), 2, 12, "at least 4096", NULL },
  };

  (void)state;
  check_bad(cases, COUNT(cases));
}

static void
test_user(void **state)
{
  static const struct
  {
    const char *text;
    bool automatic;
    uint32_t uid, gid;
  } good[] = {
    { "auto", true, CC_DEFAULT_UID, CC_DEFAULT_UID },
    { "1000", false, 1000, 1000 },
    { "1000:0", false, 1000, 0 },
    { "0:0", false, 0, 0 },
    { "2147483647:2147483647", false, CC_ID_MAX, CC_ID_MAX },
  };
  static const char *const bad[] = {
    "''",
    "'root'",
    "'node:node'",
    "'1000:users'",
    "'0'",
    "'0:1000'",
    "'00:00'",
    "'00'",
    "'01000'",
    "'-1'",
    "'+1'",
    "' 1'",
    "'1 '",
    "'1:'",
    "':1'",
    "'1:2:3'",
    "'Auto'",
    "'2147483648'",
    "'1:2147483648'",
    "'4294967296'",
    "'4294967295'",
    "'18446744073709551616'",
    "'0x0'",
    "'1.0'",
    "0",
    "1000",
    "null",
    "['0:0']",
  };

  (void)state;
  for (size_t i = 0; i < COUNT(good); i++)
    {
      char text[200];
      struct cc_policy p;

      snprintf(text, sizeof(text), DOCKER("user: '%s'"), good[i].text);
      p = policy_of(text);
      assert_int_equal(p.user_auto, good[i].automatic);
      assert_int_equal(p.uid, good[i].uid);
      assert_int_equal(p.gid, good[i].gid);
      cc_policy_clear(&p);
    }
  for (size_t i = 0; i < COUNT(bad); i++)
    {
      char text[200];
      struct bad one = { text, 2, 7, "must ", "`agents.defaults.sandbox.docker.user`" };

      snprintf(text, sizeof(text), DOCKER("user: %s"), bad[i]);
      check_bad(&one, 1);
    }
}

static void
test_network(void **state)
{
  static const struct
  {
    const char *text, *network;
  } good[] = {
    { DOCKER("network: 'none'"), "none" },
    { DOCKER("network: 'None'"), "none" },
    { DOCKER("network: 'bridge'"), "bridge" },
    { DOCKER("network: 'default'"), "bridge" },
    { DOCKER("network: 'my_net-1.x'"), "my_net-1.x" },
    { DOCKER("network: 'container:vpn', dangerouslyAllowContainerNamespaceJoin: true"), "container:vpn" },
  };
  static const struct bad bad[] = {
    { DOCKER("network: 'host'"), 2, 10, "is no sandbox", "`agents.defaults.sandbox.docker.network` is \"host\"" },
    { DOCKER("network: 'HOST', dangerouslyAllowContainerNamespaceJoin: true"), 2, 10, "is no sandbox", NULL },
    { DOCKER("network: 'container:x'"), 2, 10, "dangerouslyAllowContainerNamespaceJoin", "is \"container:x\"" },
    { DOCKER("network: 'Container:x'"), 2, 10, "dangerouslyAllowContainerNamespaceJoin", NULL },
    { DOCKER("dangerouslyAllowContainerNamespaceJoin: false,\nnetwork: 'container:x'"), 3, 10,
      "dangerouslyAllowContainerNamespaceJoin", NULL },
    { DOCKER("network: 'container:', dangerouslyAllowContainerNamespaceJoin: true"), 2, 10, "name of a network", NULL },
    { DOCKER("network: ''"), 2, 10, "name of a network", NULL },
    { DOCKER("network: '-x'"), 2, 10, "name of a network", NULL },
    { DOCKER("network: 'ns:/proc/1/ns/net'"), 2, 10, "name of a network", NULL },
    { DOCKER("network: 'a/b'"), 2, 10, "name of a network", NULL },
    { DOCKER("network: 'a b'"), 2, 10, "name of a network", NULL },
    { DOCKER("network: 'host\\n'"), 2, 10, "name of a network", NULL },
    { DOCKER("network: ['none']"), 2, 10, "name of a network", NULL },
    { SANDBOX("browser: { network: 'host' }"), 2, 21, "is no sandbox", "browser.network" },
    { SANDBOX("browser: { network: 'container:x' }"), 2, 21, "dangerouslyAllowContainerNamespaceJoin",
      "browser.network" },
    { AGENTS("list: [{ id: 'a', sandbox: { docker: { network: 'container:x' } } }]"), 2, 49,
      "`agents.list[0].sandbox.docker.network`", "dangerouslyAllowContainerNamespaceJoin" },
    { AGENTS("entries: { a: { sandbox: { docker: { network: 'container:x' } } } }"), 2, 47,
      "`agents.entries.a.sandbox.docker.network`", NULL },
  };

  (void)state;
  for (size_t i = 0; i < COUNT(good); i++)
    {
      struct cc_policy p = policy_of(good[i].text);

      assert_string_equal(p.network, good[i].network);
      cc_policy_clear(&p);
    }
  check_bad(bad, COUNT(bad));
}

static void
test_profiles(void **state)
{
  static const struct bad cases[] = {
    { DOCKER("seccompProfile: 'unconfined'"), 2, 17, "no container runs without a filter", NULL },
    { DOCKER("seccompProfile: 'Unconfined'"), 2, 17, "no container runs without a filter", NULL },
    { DOCKER("seccompProfile: 'profile.json'"), 2, 17, "must be an absolute path", NULL },
    { DOCKER("seccompProfile: {}"), 2, 17, "must be an absolute path", NULL },
    { DOCKER("apparmorProfile: 'unconfined'"), 2, 18, "no container runs unconfined", NULL },
    { DOCKER("apparmorProfile: 'UNCONFINED'"), 2, 18, "no container runs unconfined", NULL },
    { DOCKER("apparmorProfile: 'localhost/unconfined'"), 2, 18, "no container runs unconfined", NULL },
    { DOCKER("apparmorProfile: ' unconfined'"), 2, 18, "the name of a loaded profile", NULL },
    { DOCKER("apparmorProfile: 'a\\tb'"), 2, 18, "the name of a loaded profile", NULL },
    { DOCKER("apparmorProfile: true"), 2, 18, "the name of a loaded profile", NULL },
  };

  (void)state;
  check_bad(cases, COUNT(cases));
}

static void
test_cap_drop(void **state)
{
  static const struct bad bad[] = {
    { DOCKER("capDrop: 'ALL'"), 2, 10, "must be an array", NULL },
    { DOCKER("capDrop: ['ALL', 'NET_RAWW']"), 2, 18, "capDrop[1]` is \"NET_RAWW\"", "such as \"NET_RAW\"" },
    { DOCKER("capDrop: ['']"), 2, 11, "capDrop[0]", NULL },
    { DOCKER("capDrop: ['CAP_']"), 2, 11, "capDrop[0]", NULL },
    { DOCKER("capDrop: ['5']"), 2, 11, "capDrop[0]", NULL },
    { DOCKER("capDrop: ['cap_5']"), 2, 11, "capDrop[0]", NULL },
    { DOCKER("capDrop: [13]"), 2, 11, "capDrop[0]", NULL },
    { DOCKER("capDrop: ['CAP_CAP_CHOWN']"), 2, 11, "capDrop[0]", NULL },
  };
  struct cc_policy p = policy_of(DOCKER("capDrop: ['net_raw', 'CAP_CHOWN', 'Cap_Sys_Admin']"));

  (void)state;
  check_bad(bad, COUNT(bad));
  assert_false(p.drop_all_capabilities);
  assert_int_equal(p.cap_drop.count, 3);
  assert_string_equal(p.cap_drop.items[0], "CAP_NET_RAW");
  assert_string_equal(p.cap_drop.items[2], "CAP_SYS_ADMIN");
  cc_policy_clear(&p);
  p = policy_of(DOCKER("capDrop: ['CHOWN', 'all']"));
  assert_true(p.drop_all_capabilities);
  assert_int_equal(p.cap_drop.count, 0);
  cc_policy_clear(&p);
  p = policy_of(DOCKER("capDrop: []"));
  assert_false(p.drop_all_capabilities);
  cc_policy_clear(&p);
}

static void
test_binds(void **state)
{
  static const struct
  {
    const char *text, *source, *target;
    bool read_only;
  } good[] = {
    { "/a:/b", "/a", "/b", true },
    { "/a:/b:ro", "/a", "/b", true },
    { "/a:/b:rw", "/a", "/b", false },
    { "/a:/b:ro,z", "/a", "/b", true },
    { "/a:/b:Z,rw", "/a", "/b", false },
    { "/a:/b:z", "/a", "/b", true },
    { "/srv/a b:/x y", "/srv/a b", "/x y", true },
    { "/:/host", "/", "/host", true }, /* what a source may be is decided when it is mounted */
    { "/a:/device", "/a", "/device", true },
  };
  static const char *const bad[] = {
    "''",
    "'/a'",
    "':/b'",
    "'/a:'",
    "'a:/b'",
    "'/a:b'",
    "'volume:/b'",
    "'./a:/b'",
    "'~/a:/b'",
    "'${HOME}/a:/b'",
    "'/a/../etc:/b'",
    "'/a:/b/../c'",
    "'/a/:/b'",
    "'/a//b:/b'",
    "'/a:/./b'",
    "'/a:/'",
    "'/a:/proc'",
    "'/a:/proc/x'",
    "'/a:/sys/fs'",
    "'/a:/dev/shm'",
    "'/a:/b:'",
    "'/a:/b:rx'",
    "'/a:/b:ro,rw'",
    "'/a:/b:ro,'",
    "'/a:/b:,'",
    "'/a:/b:rw:ro'",
    "'/a:/b:RO'",
    "'/a:/b:rshared'",
    "'/a:/b:ro,exec'",
    "'/a\\n:/b'",
    "'/a:/b\\u0007'",
    "1",
    "{}",
    "null",
    "['/a:/b']",
  };
  static const struct bad reserved[] = {
    { DOCKER("binds: ['/a:/workspace']"), 2, 9, "dangerouslyAllowReservedContainerTargets", "docker.binds[0]" },
    { DOCKER("binds: ['/a:/b', '/a:/agent/x:ro']"), 2, 18, "dangerouslyAllowReservedContainerTargets",
      "docker.binds[1]" },
    { SANDBOX("binds: ['/a:/workspace/deep/down:ro']"), 2, 9, "dangerouslyAllowReservedContainerTargets",
      "sandbox.binds[0]" },
    { SANDBOX("browser: { binds: ['/a:/workspace'] }"), 2, 20, "dangerouslyAllowReserved", "browser.binds[0]" },
    { AGENTS("list: [{ id: 'a', sandbox: { docker: { binds: ['/a:/agent'] } } }]"), 2, 48, "dangerouslyAllowReserved",
      NULL },
    { DOCKER("binds: {}"), 2, 8, "must be an array of binds", NULL },
  };
  static const char *const allowed[] = {
    DOCKER("binds: ['/a:/workspaces', '/b:/agents', '/c:/agentx/y', '/d:/w', '/e:/workspace-2']"),
    DOCKER("binds: ['/a:/workspace'], dangerouslyAllowReservedContainerTargets: true"),
    AGENTS("list: [{ id: 'a', sandbox: { docker: { binds: ['/a:/agent'] } } }],"
           "defaults: { sandbox: { docker: { dangerouslyAllowReservedContainerTargets: true } } }"),
  };

  (void)state;
  for (size_t i = 0; i < COUNT(good); i++)
    {
      char text[200];
      struct cc_policy p;

      snprintf(text, sizeof(text), DOCKER("binds: ['%s']"), good[i].text);
      p = policy_of(text);
      assert_int_equal(p.bind_count, 1);
      assert_string_equal(p.binds[0].source, good[i].source);
      assert_string_equal(p.binds[0].target, good[i].target);
      assert_int_equal(p.binds[0].read_only, good[i].read_only);
      cc_policy_clear(&p);
    }
  for (size_t i = 0; i < COUNT(bad); i++)
    {
      char text[200];
      struct bad one = { text, 2, 9, "`agents.defaults.sandbox.docker.binds[0]`", NULL };

      snprintf(text, sizeof(text), DOCKER("binds: [%s]"), bad[i]);
      check_bad(&one, 1);
    }
  check_bad(reserved, COUNT(reserved));
  check_good(allowed, COUNT(allowed));
}

static void
test_tmpfs_and_devices(void **state)
{
  static const struct bad cases[] = {
    { DOCKER("tmpfs: '/tmp'"), 2, 8, "must be an array", NULL },
    { DOCKER("tmpfs: ['tmp']"), 2, 9, "must be an absolute path", "tmpfs[0]" },
    { DOCKER("tmpfs: ['/tmp:size=1g']"), 2, 9, "`tmpfsSize`", NULL },
    { DOCKER("tmpfs: ['/']"), 2, 9, "below `/`", NULL },
    { DOCKER("tmpfs: ['/x', '/proc/x']"), 2, 15, "must not cover `/proc`", NULL },
    { DOCKER("tmpfs: ['/sys']"), 2, 9, "must not cover `/sys`", NULL },
    { DOCKER("tmpfs: ['/dev/shm']"), 2, 9, "must not cover `/dev`", NULL },
    { DOCKER("tmpfs: ['/tmp/../etc']"), 2, 9, "write \"/etc\"", NULL },
    { DOCKER("devices: ['/etc/x']"), 2, 11, "below `/dev`", NULL },
    { DOCKER("devices: ['/dev']"), 2, 11, "below `/dev`", NULL },
    { DOCKER("devices: ['/dev/../etc']"), 2, 11, "plain path", NULL },
    { DOCKER("devices: ['/dev/a:/dev/b']"), 2, 11, "below `/dev`", NULL },
    { DOCKER("devices: 'all'"), 2, 10, "must be an array", NULL },
  };

  (void)state;
  check_bad(cases, COUNT(cases));
}

static void
test_env_and_ulimits(void **state)
{
  static const struct bad cases[] = {
    { DOCKER("env: ['A=1']"), 2, 6, "must be an object of names and values", NULL },
    { DOCKER("env: { A: 1 }"), 2, 11, "`agents.defaults.sandbox.docker.env.A` is a number:", NULL },
    { DOCKER("env: 'A=hush'"), 2, 6, "`agents.defaults.sandbox.docker.env` is a string:", NULL },
    { DOCKER("env: { 'A=hush': 'x' }"), 2, 8, "`A=…` is no portable name", NULL },
    { DOCKER("memory: 'ghp_0123456789abcdef'"), 2, 9, "memory` is a string:", NULL },
    { DOCKER("env: { A: 'x\\ny' }"), 2, 8, "one line", NULL },
    { DOCKER("env: { '1A': 'x' }"), 2, 8, "no portable name", NULL },
    { DOCKER("env: { 'A-B': 'x' }"), 2, 8, "no portable name", NULL },
    { DOCKER("env: { 'A=B': 'x' }"), 2, 8, "no portable name", NULL },
    { DOCKER("env: { '': 'x' }"), 2, 8, "no portable name", NULL },
    { DOCKER("env: { \xc3\x84: 'x' }"), 2, 8, "no portable name", NULL },
    { DOCKER("ulimits: []"), 2, 10, "must be an object of limits", NULL },
    { DOCKER("ulimits: { nofiles: 1 }"), 2, 12, "unknown limit `nofiles`; did you mean `nofile`?", NULL },
    { DOCKER("ulimits: { RLIMIT_NOFILE: 1 }"), 2, 12, "unknown limit", NULL },
    { DOCKER("ulimits: { nofile: -2 }"), 2, 20, "ulimits.nofile", "where -1 is no limit" },
    { DOCKER("ulimits: { nofile: 1.5 }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: '' }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: '1:' }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: ':1' }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: '1:2:3' }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: 'unlimited' }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: '2:1' }"), 2, 20, "must not be above the hard one", NULL },
    { DOCKER("ulimits: { nofile: '-1:1' }"), 2, 20, "must not be above the hard one", NULL },
    { DOCKER("ulimits: { nofile: { soft: 2, hard: 1 } }"), 2, 20, "must not be above the hard one", NULL },
    { DOCKER("ulimits: { nofile: { soft: '2' } }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: { soft: 2, max: 3 } }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: {} }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: 99999999999999999999999 }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: 9223372036854775808 }"), 2, 20, "ulimits.nofile", NULL },
    { DOCKER("ulimits: { nofile: true }"), 2, 20, "ulimits.nofile", NULL },
  };
  struct cc_policy p
      = policy_of(DOCKER("ulimits: { core: 0, nofile: '10', nproc: '5:6', stack: { hard: 8 }, cpu: -1 }"));
  static const uint64_t limits[][2] = { { 0, 0 }, { 10, 10 }, { 5, 6 }, { 8, 8 }, { UINT64_MAX, UINT64_MAX } };

  (void)state;
  check_bad(cases, COUNT(cases));
  assert_int_equal(p.ulimit_count, COUNT(limits));
  for (size_t i = 0; i < COUNT(limits); i++)
    {
      assert_true(p.ulimits[i].soft == limits[i][0]);
      assert_true(p.ulimits[i].hard == limits[i][1]);
    }
  cc_policy_clear(&p);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_sizes),   cmocka_unit_test(test_memory_and_swap),   cmocka_unit_test(test_user),
    cmocka_unit_test(test_network), cmocka_unit_test(test_profiles),          cmocka_unit_test(test_cap_drop),
    cmocka_unit_test(test_binds),   cmocka_unit_test(test_tmpfs_and_devices), cmocka_unit_test(test_env_and_ulimits),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
