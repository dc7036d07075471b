/* The root filesystem, on a real directory tree. */
#include "mount_box.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void
root_is_read_only_and_masked(void **state)
{
  auto_box struct box b, again;

  (void)state;
  box_fill(&b, "\"linux\":{\"maskedPaths\":[\"/proc/mine\",\"/proc/kcore\"]},", "");
  box_run(&b, cc_harden_rootfs);
  assert_true(cc_jbool(cc_jpath(b.h.spec, "root.readonly"), false));
  assert_true(cc_jarray_has(cc_jpath(b.h.spec, "linux.maskedPaths"), "/proc/mine"));
  assert_true(cc_jarray_has(cc_jpath(b.h.spec, "linux.maskedPaths"), "/proc/keys"));
  assert_true(cc_jarray_has(cc_jpath(b.h.spec, "linux.maskedPaths"), "/sys/firmware"));
  assert_int_equal(cc_jpath(b.h.spec, "linux.maskedPaths")->count, 14);
  assert_int_equal(cc_jpath(b.h.spec, "linux.readonlyPaths")->count, 5);
  assert_int_equal(b.report.count, 3);
  /* a second time there is nothing left to do */
  cc_report_clear(&b.report);
  box_run(&b, cc_harden_rootfs);
  assert_int_equal(b.report.count, 0);
  box_fill(&again, "\"linux\":{\"rootfsPropagation\":\"rshared\"},", "");
  box_run(&again, cc_harden_rootfs);
  assert_string_equal(box_verdict(&again), "bind-propagation");
}

static const char *
judge_rootfs(const char *path)
{
  cc_auto_close int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  auto_box struct box b;

  assert_true(fd >= 0);
  box_fill(&b, "", "");
  b.h.rootfs_fd = fd;
  box_run(&b, cc_harden_rootfs);
  return box_verdict(&b);
}

static void
root_filesystems_with_links(void **state)
{
  auto_box struct box b;

  (void)state;
  cc_host_mkdir(AT("@/roots/good/proc"));
  cc_host_mkdir(AT("@/roots/bare"));
  cc_host_mkdir(AT("@/roots/proc"));
  cc_host_mkdir(AT("@/roots/dev"));
  cc_host_file(AT("@/roots/file/sys"), "");
  assert_int_equal(symlink("/tmp", AT("@/roots/proc/proc")), 0);
  assert_int_equal(symlink("volume/dev", AT("@/roots/dev/dev")), 0);
  assert_string_equal(judge_rootfs(AT("@/roots/good")), "allowed");
  assert_string_equal(judge_rootfs(AT("@/roots/bare")), "allowed");
  assert_string_equal(judge_rootfs(AT("@/roots/proc")), "rootfs-symlink");
  assert_string_equal(judge_rootfs(AT("@/roots/dev")), "rootfs-symlink");
  assert_string_equal(judge_rootfs(AT("@/roots/file")), "rootfs-symlink");
  assert_string_equal(judge_rootfs("/"), "rootfs-blocked");
  box_fill(&b, "", "");
  cc_jdel(cc_jget(b.h.spec, "root"), "path");
  box_run(&b, cc_harden_rootfs);
  assert_string_equal(box_verdict(&b), "rootfs");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(root_is_read_only_and_masked),
    cmocka_unit_test(root_filesystems_with_links),
  };
  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
