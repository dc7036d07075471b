/* A caller's mounts and the operator's, on a real directory tree. */
#include "mount_box.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
callers_binds_are_narrowed_and_keep_their_mode(void **state)
{
  cc_auto_free char *project = cc_xstrdup(cc_host_mkdir(AT("@/c/project"))), *tree = cc_xstrdup(AT("@/c/tree"));
  cc_auto_free char *one = box_bind_text(project, "/workspace", "\"rbind\"");
  cc_auto_free char *two = box_bind_text(project, "/b/", "\"rbind\",\"ro\",\"rslave\"");
  cc_auto_free char *three = box_bind_text(tree, "/c", "\"rbind\",\"rprivate\",\"ro\"");
  cc_auto_free char *mounts = cc_xasprintf("%s,%s,%s", one, two, three);
  auto_box struct box b;
  struct stat st;

  (void)state;
  assert_int_equal(chown(project, 1234, 4321), 0);
  cc_host_mount("tmpfs", AT("@/c/tree/inner"), NULL);
  box_fill(&b, "", mounts);
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "allowed");
  assert_options(&b, "/workspace", "rbind,rprivate,nosuid,nodev");
  assert_options(&b, "/b", "rbind,ro,rprivate,nosuid,nodev");
  assert_options(&b, "/c", "rbind,rprivate,ro,nosuid,nodev");
  /* each judged object is pinned, with what its mount must be */
  assert_int_equal(b.pins.count, 3);
  assert_false(b.pins.items[0].read_only || b.pins.items[0].submounts);
  assert_true(b.pins.items[2].read_only && b.pins.items[2].submounts);
  assert_int_equal(stat(tree, &st), 0);
  assert_int_equal(b.pins.items[2].ino, st.st_ino);
  assert_true(b.h.workspace_mounted);
  assert_int_equal(b.h.workspace_uid, 1234);
  assert_int_equal(b.h.workspace_gid, 4321);
  assert_int_equal(b.report.count, 3);
  cc_host_umount(AT("@/c/tree/inner"));
}

static void
binds_that_are_refused(void **state)
{
  cc_auto_free char *ok = cc_xstrdup(cc_host_mkdir(AT("@/r/ok")));

  (void)state;
  assert_string_equal(box_judge_bind("/etc", "/x", "\"rbind\""), "bind-blocked");
  assert_string_equal(box_judge_bind(AT("@/r/none"), "/x", "\"rbind\""), "bind-missing");
  assert_string_equal(box_judge_bind("relative", "/x", "\"rbind\""), "bind-missing");
  assert_string_equal(box_judge_bind("/dev/shm", "/dev/shm/x", "\"rbind\""), "bind-target");
  assert_string_equal(box_judge_bind(ok, "/proc/sys", "\"rbind\""), "bind-target");
  assert_string_equal(box_judge_bind(ok, "/", "\"rbind\""), "bind-target");
  assert_string_equal(box_judge_bind(ok, "/sys/fs/cgroup/x", "\"rbind\""), "bind-target");
  assert_string_equal(box_judge_bind(ok, "/a/../proc", "\"rbind\""), "mount-target");
  assert_string_equal(box_judge_bind(ok, "a", "\"rbind\""), "mount-target");
  assert_string_equal(box_judge_bind(ok, "//proc//", "\"rbind\""), "mount-target");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"rshared\""), "bind-propagation");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"unbindable\""), "bind-propagation");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"suid\""), "mount-option");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"dev\""), "mount-option");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"idmap\""), "mount-option");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"src-nofollow\""), "mount-option");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"nosuid,dev\""), "mount-option");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",1"), "mount-option");
  assert_string_equal(box_judge_bind(ok, "/x", "\"rbind\",\"nocopy,dev\""), "mount-option");
  assert_string_equal(
      box_judge_mount("{\"destination\":\"/x\",\"type\":\"tmpfs\",\"source\":\"/etc\",\"options\":[\"rbind\"]}"),
      "mount-type");
  assert_string_equal(box_judge_mount("{\"destination\":\"/x\",\"source\":\"/etc\",\"options\":[\"ro\",\"bind\"]}"),
                      "bind-blocked");
  assert_string_equal(box_judge_bind(ok, "/x\",\"uidMappings\":[],\"y\":\"", "\"rbind\""), "mount-option");
}

/* Podman -v name:/data:nocopy */
static void
words_without_meaning(void **state)
{
  cc_auto_free char *source = cc_xstrdup(cc_host_mkdir(AT("@/words")));
  cc_auto_free char *bind = box_bind_text(source, "/b", "\"nocopy\",\"rbind\",\"\",\"rprivate\",\"copy\"");
  cc_auto_free char *mounts = cc_xasprintf(
      "%s,{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"\",\"ro\",\"nocopy\"]}", bind);
  auto_box struct box b;

  (void)state;
  box_fill(&b, "", mounts);
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "allowed");
  assert_options(&b, "/b", "rbind,rprivate,nosuid,nodev");
  assert_options(&b, "/t", "ro,nosuid,nodev");
}

static void
filesystems(void **state)
{
  auto_box struct box b;

  (void)state;
  assert_string_equal(
      box_judge_mount("{\"destination\":\"/o\",\"type\":\"overlay\",\"source\":\"o\",\"options\":[\"lowerdir=/etc\"]}"),
      "mount-type");
  assert_string_equal(box_judge_mount("{\"destination\":\"/o\",\"source\":\"o\"}"), "mount-type");
  assert_string_equal(box_judge_mount("{\"destination\":\"/o\",\"type\":\"ext4\",\"source\":\"/dev/sda1\"}"),
                      "mount-type");
  assert_string_equal(box_judge_mount("{\"destination\":\"/o\",\"type\":\"proc\",\"source\":\"proc\"}"),
                      "mount-target");
  assert_string_equal(box_judge_mount("{\"destination\":\"/proc/sys\",\"type\":\"tmpfs\",\"source\":\"t\"}"),
                      "mount-target");
  assert_string_equal(box_judge_mount("{\"destination\":\"/dev/x\",\"type\":\"tmpfs\",\"source\":\"t\"}"),
                      "mount-target");
  assert_string_equal(box_judge_mount("{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}"),
                      "mount-target");
  assert_string_equal(
      box_judge_mount("{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"suid\"]}"),
      "mount-option");
  assert_string_equal(
      box_judge_mount("{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"shared\"]}"),
      "bind-propagation");
  box_fill(
      &b, "",
      "{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"rw\",\"rprivate\",\"tmpcopyup\"]}");
  cc_jset(b.doc, cc_jget(b.h.spec, "mounts")->first->next->next->next, "options", cc_jnew(b.doc, CC_JSON_ARRAY));
  cc_jset_str(b.doc, cc_jget(b.h.spec, "mounts")->first->next->next->next->next, "options", "x");
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "allowed");
  assert_options(&b, "/sys", "nosuid,noexec,nodev,ro");
  assert_options(&b, "/sys/fs/cgroup", "nosuid,noexec,nodev,ro");
  assert_options(&b, "/t", "rw,rprivate,tmpcopyup,nosuid,nodev");
}

#define TMPFS(destination, options)                                                                                    \
  "{\"destination\":\"" destination "\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[" options "]}"

/* Podman --read-only, with an image whose /var/tmp is a link to /tmp */
static void
two_tmpfs_at_one_place(void **state)
{
  cc_auto_free char *source = cc_xstrdup(cc_host_mkdir(AT("@/two")));
  cc_auto_free char *bind = box_bind_text(source, "/t", "\"bind\"");
  cc_auto_free char *over = cc_xasprintf("%s,%s", TMPFS("/t", ""), bind);
  cc_auto_free char *under = cc_xasprintf("%s,%s", bind, TMPFS("/t", ""));
  auto_box struct box b;
  uint32_t count;

  (void)state;
  box_fill(&b, "", TMPFS("/t", "\"noexec\"") "," TMPFS("/t/", "\"exec\",\"suid\"") "," TMPFS("/u", ""));
  count = cc_jget(b.h.spec, "mounts")->count;
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "allowed");
  assert_int_equal(cc_jget(b.h.spec, "mounts")->count, count - 1);
  assert_options(&b, "/t", "noexec,nosuid,nodev");
  assert_null(box_mount(&b, "/t/"));
  assert_options(&b, "/u", "nosuid,nodev");
  assert_int_equal(b.report.count, 3);
  assert_string_equal(b.report.items[1].what, "mounts[/t]");
  assert_string_equal(b.report.items[1].rule, "mount-target");
  /* with a bind, one of them would be hidden */
  assert_string_equal(box_judge_mount(over), "mount-target");
  assert_string_equal(box_judge_mount(under), "mount-target");
  assert_string_equal(box_judge_mount(TMPFS("/t", "") "," TMPFS("/t", "\"bind\"")), "mount-target");
}

static void
writable_kernel_filesystems_become_read_only(void **state)
{
  auto_box struct box b;

  (void)state;
  box_fill(&b, "", "");
  cc_jappend_str(b.doc, cc_jneed_array(b.doc, cc_jget(b.h.spec, "mounts")->first->next->next->next, "options"), "rw");
  box_run(&b, cc_harden_mounts);
  assert_options(&b, "/sys", "nosuid,noexec,nodev,ro");
  assert_int_equal(b.report.count, 1);
}

static void
a_bundle_without_proc_and_dev_gets_them(void **state)
{
  auto_box struct box b;

  (void)state;
  box_fill(&b, "", "");
  cc_jset(b.doc, b.h.spec, "mounts", cc_jnew(b.doc, CC_JSON_ARRAY));
  box_run(&b, cc_harden_mounts);
  assert_string_equal(cc_jget_str(box_mount(&b, "/proc"), "type"), "proc");
  assert_string_equal(cc_jget_str(box_mount(&b, "/dev"), "type"), "tmpfs");
}

/* What a lookup of the text alone would accept: the target is neither /proc nor below it. */
static void
links_below_a_target(void **state)
{
  cc_auto_free char *volume = cc_xstrdup(cc_host_mkdir(AT("@/l/volume"))), *file = NULL;
  cc_auto_close int rootfs = -1;
  static const struct
  {
    const char *target, *rule;
  } cases[] = {
    { "/trap/sys", "bind-target" },
    { "/trap", "bind-target" },
    { "/up/proc/x", "bind-target" },
    { "/var/run/secrets", "allowed" },
    { "/etc/hostname", "bind-target" },
    { "/new/deep", "allowed" },
    { "/loop/x", "bind-target" },
    /* CVE-2019-16884: what the link names is there only when /proc is mounted (crun 1.8.1 then mounts there) */
    { "/mnt", "bind-target" },
    { "/media", "bind-target" },
    { "/media/x", "bind-target" },
    { "/root", "bind-target" },
    { "/var/lost/x", "allowed" },
  };

  (void)state;
  cc_host_mkdir(AT("@/l/rootfs/proc"));
  cc_host_mkdir(AT("@/l/rootfs/run"));
  cc_host_mkdir(AT("@/l/rootfs/var"));
  cc_host_mkdir(AT("@/l/rootfs/etc"));
  assert_int_equal(symlink("/proc", AT("@/l/rootfs/trap")), 0);
  assert_int_equal(symlink("../../../..", AT("@/l/rootfs/up")), 0);
  assert_int_equal(symlink("loop", AT("@/l/rootfs/loop")), 0);
  assert_int_equal(symlink("/run", AT("@/l/rootfs/var/run")), 0);
  assert_int_equal(symlink("/proc/sys/kernel/core_pattern", AT("@/l/rootfs/etc/hostname")), 0);
  cc_host_mkdir(AT("@/l/rootfs/proc/sys/kernel/core_pattern"));
  assert_int_equal(symlink("/proc/self/attr", AT("@/l/rootfs/mnt")), 0);
  assert_int_equal(symlink("gone/../../dev/pts", AT("@/l/rootfs/media")), 0);
  assert_int_equal(symlink(".//", AT("@/l/rootfs/root")), 0);
  assert_int_equal(symlink("nowhere", AT("@/l/rootfs/var/lost")), 0);
  rootfs = open(AT("@/l/rootfs"), O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
      cc_auto_free char *text = box_bind_text(volume, cases[i].target, "\"rbind\"");
      auto_box struct box b;

      box_fill(&b, "", text);
      b.h.rootfs_fd = rootfs;
      box_run(&b, cc_harden_mounts);
      if (strcmp(box_verdict(&b), cases[i].rule) != 0)
        fail_msg("%s: %s", cases[i].target, box_verdict(&b));
    }
  /* a target inside a volume whose owner made a link there */
  assert_int_equal(symlink("/proc", AT("@/l/volume/p")), 0);
  file = box_bind_text(volume, "/v/", "\"rbind\"");
  for (size_t i = 0; i < 2; i++)
    {
      cc_auto_free char *inner = box_bind_text(volume, i == 0 ? "/v/p/sys" : "/v/q", "\"rbind\"");
      cc_auto_free char *both = cc_xasprintf("%s,%s", file, inner);
      auto_box struct box b;

      box_fill(&b, "", both);
      b.h.rootfs_fd = rootfs;
      box_run(&b, cc_harden_mounts);
      assert_string_equal(box_verdict(&b), i == 0 ? "bind-target" : "allowed");
      if (i == 0)
        continue;
      assert_int_equal(b.pins.count, 2);
      assert_null(b.pins.items[0].below);
      assert_ptr_equal(b.pins.items[1].below, b.pins.items[0].mount);
      assert_string_equal(b.pins.items[1].rest, "q");
    }
  /* links of the image lead into that volume, or the volume itself goes elsewhere than it seems */
  assert_int_equal(symlink("/v/p", AT("@/l/rootfs/srv")), 0);
  assert_int_equal(symlink("/w", AT("@/l/rootfs/x")), 0);
  for (size_t i = 0; i < 4; i++)
    {
      static const char *const outer[] = { "/v", "/x", "/x", "/v" }, *const targets[]
                                                                     = { "/srv", "/w/p", "/w/q", "/w" };
      cc_auto_free char *first = box_bind_text(volume, outer[i], "\"rbind\"");
      cc_auto_free char *inner = box_bind_text(volume, targets[i], "\"rbind\"");
      cc_auto_free char *both = cc_xasprintf("%s,%s", first, inner);
      auto_box struct box b;

      box_fill(&b, "", both);
      b.h.rootfs_fd = rootfs;
      box_run(&b, cc_harden_mounts);
      assert_string_equal(box_verdict(&b), i < 2 ? "bind-target" : "allowed");
    }
}

static void
operators_binds(void **state)
{
  cc_auto_free char *cache = cc_xstrdup(cc_host_mkdir(AT("@/p/cache")));
  struct cc_bind binds[] = { { cache, (char *)"/cache", true }, { cache, (char *)"/taken", false } };
  cc_auto_free char *taken = box_bind_text(cache, "/taken", "\"rbind\",\"ro\"");
  struct cc_bind reserved = { cache, (char *)"/workspace", false }, over = { cache, (char *)"/dir", false };
  struct cc_bind blocked = { (char *)"/etc", (char *)"/e", true };
  cc_auto_free char *below = box_bind_text(cache, "/dir/x", "\"rbind\"");
  auto_box struct box b, r, o, e;

  (void)state;
  box_fill(&b, "", taken);
  b.policy.binds = binds;
  b.policy.bind_count = 2;
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "allowed");
  assert_options(&b, "/cache", "rbind,rprivate,nosuid,nodev,ro");
  assert_options(&b, "/taken", "rbind,ro,rprivate,nosuid,nodev");
  box_fill(&r, "", "");
  r.policy.binds = &reserved;
  r.policy.bind_count = 1;
  box_run(&r, cc_harden_mounts);
  assert_string_equal(box_verdict(&r), "bind-target");
  box_fill(&o, "", below);
  o.policy.binds = &over;
  o.policy.bind_count = 1;
  box_run(&o, cc_harden_mounts);
  assert_string_equal(box_verdict(&o), "bind-target");
  box_fill(&e, "", "");
  e.policy.binds = &blocked;
  e.policy.bind_count = 1;
  box_run(&e, cc_harden_mounts);
  assert_string_equal(box_verdict(&e), "bind-blocked");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(callers_binds_are_narrowed_and_keep_their_mode),
    cmocka_unit_test(binds_that_are_refused),
    cmocka_unit_test(words_without_meaning),
    cmocka_unit_test(filesystems),
    cmocka_unit_test(two_tmpfs_at_one_place),
    cmocka_unit_test(writable_kernel_filesystems_become_read_only),
    cmocka_unit_test(a_bundle_without_proc_and_dev_gets_them),
    cmocka_unit_test(links_below_a_target),
    cmocka_unit_test(operators_binds),
  };
  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
