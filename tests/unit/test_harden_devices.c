/* Devices, and the rules of the device cgroup. */
#include "mount_box.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define RULE(allow, access, more) "{\"allow\":" allow ",\"access\":\"" access "\"" more "}"
#define CHAR(major, minor) ",\"type\":\"c\",\"major\":" major ",\"minor\":" minor
#define DOCKERS                                                                                                        \
  RULE("false", "rwm", "")                                                                                             \
  "," RULE("true", "rwm", CHAR("1", "5")) "," RULE("true", "rwm", CHAR("1", "3")) "," RULE(                            \
      "true", "rwm", CHAR("5", "1")) "," RULE("false", "rwm", CHAR("10", "229"))

static const char *
judge_devices(const char *nodes, const char *rules, char *allowed, size_t *findings)
{
  auto_box struct box b;
  cc_auto_free char *members
      = cc_xasprintf("\"linux\":{\"devices\":[%s],\"resources\":{\"devices\":[%s]}},", nodes, rules);

  box_fill(&b, members, "");
  if (allowed != NULL)
    b.policy.devices = (struct cc_strings){ &allowed, 1 };
  box_run(&b, cc_harden_devices);
  assert_false(cc_jbool(cc_jget(cc_jpath(b.h.spec, "linux.resources.devices")->first, "allow"), true));
  if (findings != NULL)
    *findings = b.report.count;
  return box_verdict(&b);
}

static void
devices(void **state)
{
  size_t findings;
  char *node = cc_xstrdup(cc_host_file(AT("@/dev/none"), ""));

  (void)state;
  unlink(node);
  assert_int_equal(mknod(node, S_IFCHR | 0600, makedev(10, 236)), 0);
  assert_string_equal(judge_devices("", DOCKERS, NULL, &findings), "allowed");
  assert_int_equal(findings, 0);
  assert_string_equal(judge_devices("", DOCKERS "," DOCKERS, NULL, &findings), "allowed");
  assert_int_equal(findings, 0);
  assert_string_equal(judge_devices("", "", NULL, &findings), "allowed");
  assert_int_equal(findings, 1);
  /* a denial of reading alone denies nothing else */
  assert_string_equal(judge_devices("", RULE("false", "r", ""), NULL, &findings), "allowed");
  assert_int_equal(findings, 1);
  /* containerd's own list */
  assert_string_equal(
      judge_devices("", DOCKERS "," RULE("true", "rwm", CHAR("10", "200")) "," RULE("true", "m", ",\"type\":\"c\""),
                    NULL, &findings),
      "allowed");
  assert_int_equal(findings, 1);
  assert_string_equal(judge_devices("", RULE("true", "rwm", ""), NULL, NULL), "device");
  assert_string_equal(judge_devices("", DOCKERS "," RULE("true", "r", CHAR("1", "11")), NULL, NULL), "device");
  assert_string_equal(judge_devices("", DOCKERS "," RULE("true", "rw", ",\"type\":\"c\",\"major\":1"), NULL, NULL),
                      "device");
  assert_string_equal(
      judge_devices("", DOCKERS "," RULE("true", "rw", ",\"type\":\"b\",\"major\":254,\"minor\":0"), NULL, NULL),
      "device");
  assert_string_equal(
      judge_devices("{\"path\":\"/dev/kmsg\",\"type\":\"c\",\"major\":1,\"minor\":11}", DOCKERS, NULL, NULL), "device");
  assert_string_equal(
      judge_devices("{\"path\":\"/dev/null\",\"type\":\"c\",\"major\":1,\"minor\":3}", DOCKERS, NULL, NULL), "allowed");
  assert_string_equal(
      judge_devices("{\"path\":\"/dev/null\",\"type\":\"b\",\"major\":1,\"minor\":3}", DOCKERS, NULL, NULL), "device");
  /* a node's mode: Docker's, Podman's, and those of other kinds of nodes (crun makes them) */
  {
    static const struct
    {
      unsigned long long mode;
      const char *verdict;
    } modes[] = {
      { 0666, "allowed" },          { S_IFCHR | 0666, "allowed" }, { S_IFBLK | 0666, "device" },
      { S_IFREG | 0666, "device" }, { S_IFDIR | 0777, "device" },  { 1ull << 32, "device" },
    };

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
      {
        cc_auto_free char *null = cc_xasprintf(
            "{\"path\":\"/dev/null\",\"type\":\"c\",\"major\":1,\"minor\":3,\"fileMode\":%llu}", modes[i].mode);

        assert_string_equal(judge_devices(null, DOCKERS, NULL, NULL), modes[i].verdict);
      }
  }
  /* the operator's, by its number on the host */
  assert_string_equal(judge_devices("{\"path\":\"/dev/fuse\",\"type\":\"c\",\"major\":10,\"minor\":236}",
                                    DOCKERS "," RULE("true", "rwm", CHAR("10", "236")), node, NULL),
                      "allowed");
  assert_string_equal(
      judge_devices("{\"path\":\"/dev/fuse\",\"type\":\"c\",\"major\":10,\"minor\":229}", DOCKERS, node, NULL),
      "device");
  assert_string_equal(
      judge_devices("{\"path\":\"/etc/x\",\"type\":\"c\",\"major\":10,\"minor\":236}", DOCKERS, node, NULL), "device");
  free(node);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(devices),
  };
  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
