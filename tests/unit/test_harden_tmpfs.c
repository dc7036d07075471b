/* The tmpfs of the policy, on a real directory tree. */
#include "mount_box.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
tmpfs_of_the_policy(void **state)
{
  cc_auto_free char *secret = box_bind_text("/x", "/run/secrets/s", "\"rbind\"");
  cc_auto_free char *mounts = cc_xasprintf(
      "%s,{\"destination\":\"/"
      "tmp\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[\"rw\",\"size=1g\",\"nr_blocks=0\"]},"
      "{\"destination\":\"/small\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[\"size=1m\"]},"
      "{\"destination\":\"/"
      "big\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[\"size=1m\",\"size=50%%\",\"nr_inodes=0\"]}",
      secret);
  const struct cc_jval *first;
  auto_box struct box b, pause;

  (void)state;
  box_fill(&b, "", mounts);
  box_run(&b, cc_harden_tmpfs);
  assert_options(&b, "/tmp", "rw,size=268435456");
  assert_options(&b, "/small", "size=1m");
  assert_options(&b, "/big", "size=268435456");
  assert_options(&b, "/run", "nosuid,nodev,size=268435456,mode=1777,uid=1000,gid=1001");
  assert_options(&b, "/var/tmp", "nosuid,nodev,size=268435456,mode=1777,uid=1000,gid=1001");
  assert_options(&b, "/workspace", "nosuid,nodev,size=268435456,mode=0700,uid=1000,gid=1001");
  assert_options(&b, "/dev/shm", "nosuid,noexec,nodev,mode=1777,size=67108864");
  assert_options(&b, "/dev", "nosuid,strictatime,mode=755,size=65536k");
  /* before what the caller mounts below it */
  for (first = cc_jget(b.h.spec, "mounts")->first; strcmp(cc_jget_str(first, "destination"), "/run") != 0;
       first = first->next)
    assert_string_not_equal(cc_jget_str(first, "destination"), "/run/secrets/s");
  box_fill(&pause, "", "");
  pause.identity.kind = CC_KIND_POD_SANDBOX;
  pause.policy.tmpfs_size = 1u << 20;
  box_run(&pause, cc_harden_tmpfs);
  assert_null(box_mount(&pause, "/workspace"));
  assert_options(&pause, "/dev/shm", "nosuid,noexec,nodev,mode=1777,size=1048576");
}

static void
an_image_does_not_choose_where_a_tmpfs_goes(void **state)
{
  static const struct
  {
    const char *link, *to, *verdict;
  } rows[] = { { "workspace", "/proc/driver", "mount-target" },
               { "tmp", "dev/shm", "mount-target" },
               { "run", "/a/b", "mount-target" },
               { "var/tmp", "../tmp", "allowed" },
               { "run", "/var/run", "allowed" } };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_close int rootfs = -1;
      auto_box struct box b;

      cc_host_mkdir(AT("@/l/var"));
      cc_host_mkdir(AT("@/l/a"));
      unlink(AT("@/l/a/b"));
      assert_int_equal(symlink("/sys", AT("@/l/a/b")), 0);
      assert_int_equal(symlink(rows[i].to, AT("@/l/%s", rows[i].link)), 0);
      rootfs = open(AT("@/l"), O_PATH | O_DIRECTORY | O_CLOEXEC);
      box_fill(&b, "", "");
      b.h.rootfs_fd = rootfs;
      box_run(&b, cc_harden_tmpfs);
      assert_string_equal(box_verdict(&b), rows[i].verdict);
      assert_int_equal(unlink(AT("@/l/%s", rows[i].link)), 0);
    }
}

static void
what_is_mounted_is_not_covered(void **state)
{
  cc_auto_free char *var = box_bind_text("/x", "/var", "\"rbind\""),
                    *workspace = box_bind_text("/x", "/workspace", "\"rbind\"");
  cc_auto_free char *mounts = cc_xasprintf("%s,%s", var, workspace);
  auto_box struct box b;

  (void)state;
  box_fill(&b, "", mounts);
  box_run(&b, cc_harden_tmpfs);
  assert_null(box_mount(&b, "/var/tmp"));
  assert_string_equal(cc_jget_str(box_mount(&b, "/workspace"), "type"), "bind");
  assert_non_null(box_mount(&b, "/tmp"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(tmpfs_of_the_policy),
    cmocka_unit_test(an_image_does_not_choose_where_a_tmpfs_goes),
    cmocka_unit_test(what_is_mounted_is_not_covered),
  };
  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
