/* The mounts of a container are read back: each one altered, added or taken away between create and start is found. */
#include "host.h"
#include "model.h"
#include "shim/attest_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a container's mount namespace; the root directory is its own there. */

static void
must(int result)
{
  if (result != 0)
    {
      perror("in the container");
      _exit(1);
    }
}

static void
remount(const char *at, unsigned long flags)
{
  must(mount(NULL, at, NULL, MS_BIND | MS_REMOUNT | flags, NULL));
}

static void
tmpfs_at(const char *at, const char *data)
{
  must(mount("tmpfs", at, "tmpfs", MS_NOSUID | MS_NODEV, data));
}

/* -- a bind -- */

static void
covered_by_tmpfs(void)
{
  must(mount("tmpfs", "/data", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, NULL));
}

static void
covered_by_another_directory(void)
{
  must(mount("/srv/inner", "/data", NULL, MS_BIND, NULL));
  remount("/data", MS_RDONLY | MS_NOSUID | MS_NODEV);
}

static void
covered_by_its_own_part(void)
{
  must(mount("/data/below", "/data", NULL, MS_BIND, NULL));
  remount("/data", MS_RDONLY | MS_NOSUID | MS_NODEV);
}

static void
taken_away(void)
{
  must(umount2("/data", MNT_DETACH));
}

static void
writable(void)
{
  remount("/data", MS_NOSUID | MS_NODEV);
}

static void
suid(void)
{
  remount("/srv/inner", MS_NODEV);
}

static void
devices(void)
{
  remount("/srv/inner", MS_NOSUID);
}

static void
covered_from_above(void)
{
  tmpfs_at("/srv", NULL);
}

static void
swapped(void)
{
  must(umount2("/data", MNT_DETACH));
  must(mount("/srv/inner", "/data", NULL, MS_BIND, NULL));
  remount("/data", MS_RDONLY | MS_NOSUID | MS_NODEV);
}

static void
file_swapped(void)
{
  must(umount2("/etc/hosts", MNT_DETACH));
  must(mount("/dev/full", "/etc/hosts", NULL, MS_BIND, NULL));
}

static void
binds(void **state)
{
  (void)state;
  model_case(NULL, covered_by_tmpfs, "mount at `/data`: it is device");
  model_case(NULL, covered_by_another_directory, "mount at `/data`: it is device");
  model_case(NULL, covered_by_its_own_part, "mount at `/data`: it is device");
  model_case(NULL, swapped, "mount at `/data`: it is device");
  model_case(NULL, taken_away, "mount at `/data`: there is none");
  model_case(NULL, writable, "mount at `/data`: it is not `ro`");
  model_case(NULL, suid, "mount at `/srv/inner`: it is not `nosuid`");
  model_case(NULL, devices, "mount at `/srv/inner`: it is not `nodev`");
  model_case(NULL, covered_from_above, "mount at `/srv/inner`: there is none");
  model_case(NULL, file_swapped, "mount at `/etc/hosts`: it is device");
}

/* -- where a mount is -- */

static void
moved(void)
{
  must(mount("/real/place", "/srv/inner", NULL, MS_MOVE, NULL));
}

static void
moved_into_data(void)
{
  must(mount("/srv/inner", "/data/below", NULL, MS_MOVE, NULL));
}

/* CVE-2021-30465: the target became a link while the low-level runtime mounted, and is a directory again. */
static void
targets(void **state)
{
  (void)state;
  model_case(NULL, moved, "mount at `/srv/inner`: it is device");
  model_case(NULL, moved_into_data, "mount at `/srv/inner`: there is none");
}

/* The image's link is another one by now: the mount is where it was to be, and the program would not find it there. */
static void
links_of_the_image(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  assert_int_equal(unlink(cc_host_path("@/c/rootfs/link")), 0);
  assert_int_equal(symlink("/free", cc_host_path("@/c/rootfs/link")), 0);
  model_differs(&m, "mount at `/link/place`: what is there is not the mount at `/real/place`");
  assert_int_equal(unlink(cc_host_path("@/c/rootfs/link")), 0);
  assert_int_equal(symlink("/../../../real", cc_host_path("@/c/rootfs/link")), 0);
  model_is_as_expected(&m); /* above the root is the root */
  assert_int_equal(unlink(cc_host_path("@/c/rootfs/link")), 0);
  assert_int_equal(symlink("/real", cc_host_path("@/c/rootfs/link")), 0);
  model_end(&m);
}

/* -- the kernel's filesystems -- */

static void
larger(void)
{
  must(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, "size=2m"));
}

static void
without_limit(void)
{
  must(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, "size=0"));
}

static void
executable(void)
{
  remount("/proc", MS_NOSUID | MS_NODEV);
}

static void
other_type(void)
{
  must(umount2("/tmp", MNT_DETACH));
  must(mount("proc", "/tmp", "proc", MS_NOSUID | MS_NODEV, NULL));
}

static void
part_of_a_filesystem(void)
{
  must(mkdir("/tmp/part", 0755));
  must(mount("/tmp/part", "/tmp", NULL, MS_BIND, NULL));
  remount("/tmp", MS_NOSUID | MS_NODEV);
}

static void
writable_cgroup(void)
{
  remount("/groups", MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

static void
filesystems(void **state)
{
  (void)state;
  model_case(NULL, larger, "tmpfs at `/tmp`: its size is 2048 KiB");
  model_case(NULL, without_limit, "tmpfs at `/tmp`: its size is 0 KiB");
  model_case(NULL, executable, "mount at `/proc`: it is not `noexec`");
  model_case(NULL, other_type, "mount at `/tmp`: it is `/` of a filesystem of type proc, not a whole tmpfs");
  model_case(NULL, part_of_a_filesystem, "mount at `/tmp`: it is `/part` of a filesystem of type tmpfs");
  model_case(NULL, writable_cgroup, "mount at `/groups`: it is not `ro`");
}

/* The host's /proc is a mount of that type as well. */
static void
the_hosts_proc(void **state)
{
  struct model m;
  pid_t child;
  int status;

  (void)state;
  model_begin(&m, NULL);
  child = fork();
  if (child == 0)
    {
      int tree = open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
      int fd = open(cc_host_path("/proc/%d/ns/mnt", m.pid), O_RDONLY | O_CLOEXEC);

      must(tree >= 0 && fd >= 0 ? setns(fd, CLONE_NEWNS) : -1);
      must(umount2("/proc", MNT_DETACH));
      must(move_mount(tree, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH));
      must(mount("/dev/null", "/proc/keys", NULL, MS_BIND, NULL));
      must(mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL));
      remount("/proc/sys", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
      _exit(0);
    }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  model_differs(&m, "mount at `/proc`: it is the host's proc");
  model_end(&m);
}

/* A group of the host's. */
static void
foreign_cgroup(void)
{
  must(umount2("/groups", MNT_DETACH));
  must(mount("cgroup", "/groups", model_is_unified() ? "cgroup2" : "cgroup",
             MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, model_is_unified() ? NULL : "memory"));
}

static void
the_hosts_cgroups(void **state)
{
  (void)state;
  /* who enters the mount namespace only mounts what the cgroup namespace of the host shows */
  model_case(NULL, foreign_cgroup, "cgroup mount at `/groups`: it shows `/`");
}

/* -- hidden and read-only paths -- */

static void
unhide_file(void)
{
  must(umount2("/proc/keys", MNT_DETACH));
}

static void
unhide_directory(void)
{
  must(umount2("/hidden", MNT_DETACH));
}

static void
hide_by_another_device(void)
{
  must(umount2("/proc/keys", MNT_DETACH));
  must(mount("/dev/full", "/proc/keys", NULL, MS_BIND, NULL));
}

static void
hide_by_something(void)
{
  must(mount("/data", "/hidden", NULL, MS_BIND, NULL));
  remount("/hidden", MS_RDONLY);
}

static void
writable_hiding(void)
{
  remount("/hidden", 0);
}

static void
writable_sys(void)
{
  remount("/proc/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC);
}

static void
without_sys(void)
{
  must(umount2("/proc/sys", MNT_DETACH));
}

static void
sys_of_something_else(void)
{
  must(mount("/tmp", "/proc/sys", NULL, MS_BIND, NULL));
  remount("/proc/sys", MS_RDONLY | MS_NOSUID | MS_NODEV);
}

static void
paths(void **state)
{
  (void)state;
  model_case(NULL, unhide_file, "`/proc/keys`: it is to be hidden");
  model_case(NULL, unhide_directory, "`/hidden`: it is to be hidden");
  model_case(NULL, hide_by_another_device, "`/proc/keys`: it is to be hidden");
  model_case(NULL, hide_by_something, "`/hidden`: it is to be hidden");
  model_case(NULL, writable_hiding, "`/hidden`: it is to be hidden");
  model_case(NULL, writable_sys, "`/proc/sys`: it is to be read-only");
  model_case(NULL, without_sys, "`/proc/sys`: it is to be read-only");
  model_case(NULL, sys_of_something_else, "mount at `/proc/sys`: nobody asked for it");
}

/* -- what nobody asked for -- */

static void
another(void)
{
  tmpfs_at("/free", NULL);
}

static void
below_a_bind(void)
{
  tmpfs_at("/srv/inner", NULL);
}

static void
inside_a_tmpfs(void)
{
  must(mkdir("/tmp/in", 0755));
  must(mount("/data", "/tmp/in", NULL, MS_BIND, NULL));
}

static void
over_the_root(void)
{
  must(mount("/data", "/", NULL, MS_BIND, NULL));
}

static void
device_node(void)
{
  must(mount("/dev/full", "/dev/null", NULL, MS_BIND, NULL));
}

static void
the_right_device(void)
{
  must(mknod("/tmp/null", S_IFCHR | 0666, makedev(1, 3)));
  must(mount("/tmp/null", "/dev/null", NULL, MS_BIND, NULL));
}

static void
shared(void)
{
  must(mount(NULL, "/srv/inner", NULL, MS_SHARED, NULL));
}

static void
additional_mounts(void **state)
{
  (void)state;
  model_case(NULL, another, "mount at `/free`: nobody asked for it (`/` of a filesystem of type tmpfs)");
  model_case(NULL, below_a_bind, "mount at `/srv/inner`");
  model_case(NULL, inside_a_tmpfs, "mount at `/tmp/in`: nobody asked for it");
  model_case(NULL, over_the_root, "mount at `/`: something covers");
  model_case(NULL, device_node, "mount at `/dev/null`: nobody asked for it");
  model_case(NULL, the_right_device, NULL);
  model_case(NULL, shared, "mount at `/srv/inner`: it hands mounts on");
}

/* NVIDIA's hook chooses what it mounts, but nothing over what was configured. */
static void
mounts_of_a_hook(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  m.expect.hooks = true;
  model_enter(&m, another);
  model_enter(&m, device_node);
  model_is_as_expected(&m);
  model_enter(&m, below_a_bind);
  model_differs(&m, "mount at `/srv/inner`");
  model_end(&m);
  model_begin(&m, NULL);
  m.expect.hooks = true;
  model_enter(&m, covered_from_above);
  model_differs(&m, "mount at `/srv/inner`: there is none");
  model_end(&m);
}

static void
console(void)
{
  int fd = open("/dev/console", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  must(fd >= 0 ? 0 : -1);
  must(mkdir("/dev/pts", 0755));
  must(mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666"));
  must(mount("/dev/pts/ptmx", "/dev/console", NULL, MS_BIND, NULL));
}

static void
consoles(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  model_enter(&m, console);
  m.expect.mounts = realloc(m.expect.mounts, (m.expect.mount_count + 1) * sizeof(*m.expect.mounts));
  m.expect.mounts[m.expect.mount_count++] = (struct cc_expect_mount){ .destination = strdup("/dev/pts"),
                                                                      .place = strdup("/dev/pts"),
                                                                      .type = strdup("devpts") };
  model_differs(&m, "mount at `/dev/console`: nobody asked for it");
  m.expect.terminal = true;
  model_is_as_expected(&m);
  model_end(&m);
}

static void
tmpfs_below_data(void)
{
  must(mount("tmpfs", "/data/below", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, NULL));
}

static void
writable_below_data(void)
{
  tmpfs_at("/data/below", NULL);
}

static struct cc_expect_mount *
expected_at(struct model *m, const char *destination)
{
  for (size_t i = 0; i < m->expect.mount_count; i++)
    if (strcmp(m->expect.mounts[i].destination, destination) == 0)
      return &m->expect.mounts[i];
  fail_msg("no %s", destination);
  return NULL;
}

static void
of_half_of_the_memory(void)
{
  tmpfs_at("/tmp", NULL);
}

/* The kernel does not write a size that is its default. */
static void
size_by_default(void **state)
{
  uint64_t half = (uint64_t)sysconf(_SC_PHYS_PAGES) / 2 * (uint64_t)sysconf(_SC_PAGESIZE);
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  model_enter(&m, of_half_of_the_memory);
  model_differs(&m, "tmpfs at `/tmp`: its size is ");
  expected_at(&m, "/tmp")->size = half / 2;
  model_differs(&m, "tmpfs at `/tmp`: its size is ");
  expected_at(&m, "/tmp")->size = half;
  model_is_as_expected(&m);
  model_enter(&m, without_limit);
  model_differs(&m, "tmpfs at `/tmp`: its size is 0 KiB");
  model_end(&m);
}

static void
mounts_below_a_source(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  model_enter(&m, tmpfs_below_data);
  model_differs(&m, "mount at `/data/below`: nobody asked for it");
  expected_at(&m, "/data")->below = true;
  expected_at(&m, "/data")->below_flags = CC_MOUNT_RO | CC_MOUNT_NOSUID | CC_MOUNT_NODEV;
  model_is_as_expected(&m);
  model_end(&m);
  model_begin(&m, NULL);
  model_enter(&m, writable_below_data);
  expected_at(&m, "/data")->below = true;
  expected_at(&m, "/data")->below_flags = CC_MOUNT_RO | CC_MOUNT_NOSUID | CC_MOUNT_NODEV;
  model_differs(&m, "mount at `/data/below`: it is not `ro`");
  expected_at(&m, "/data")->below_flags = CC_MOUNT_NOSUID;
  model_is_as_expected(&m);
  model_end(&m);
}

/* -- the root filesystem -- */

static void
writable_root(void)
{
  remount("/", 0);
}

static void
root_filesystem(void **state)
{
  struct model m;

  (void)state;
  model_case(NULL, writable_root, "mount at `/`: it is not `ro`");
  model_begin(&m, NULL);
  m.expect.root.ino++;
  model_differs(&m, "root filesystem: it is device");
  m.expect.root.ino--;
  m.expect.root.minor++;
  model_differs(&m, "root filesystem: it is device");
  m.expect.root.minor--;
  model_enter(&m, another);
  m.expect.below_root = true;
  model_is_as_expected(&m);
  model_end(&m);
}

/* CVE-2024-21626 */
static int outside = -1;

static void
stay_outside(void)
{
  must(fchdir(outside));
}

static void
working_directory(void **state)
{
  (void)state;
  outside = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  model_case(&(struct model_change){ .mounts = stay_outside }, NULL, "working directory of its process: it is not in");
  close(outside);
}

/* -- what is seen -- */

static struct cc_view
view_of(const char *text)
{
  struct cc_mountinfo table = CC_MOUNTINFO_INIT;
  struct cc_view view;

  assert_int_equal(cc_mountinfo_parse(strdup(text), &table, NULL), 0);
  assert_int_equal(cc_view_make(&table, 1, &view, NULL), 0);
  return view;
}

static uint64_t
seen_at(const struct cc_view *view, const char *point)
{
  const struct cc_view_line *line = cc_view_find(view, point);

  return line != NULL ? line->mount->id : 0;
}

static void
what_is_seen(void **state)
{
  struct cc_view view = view_of("1 900 0:1 / / ro - x x rw\n"
                                "2 1 0:2 / /a rw - x x rw\n"
                                "3 2 0:3 / /a/b rw - x x rw\n"
                                "4 1 0:4 / /c rw - x x rw\n"
                                "5 4 0:5 / /c rw - x x rw\n"   /* on 4 */
                                "6 4 0:6 / /c/d rw - x x rw\n" /* in 4, which 5 covers */
                                "7 5 0:7 / /c/e rw - x x rw\n"
                                "8 1 0:8 / /f/g rw - x x rw\n" /* 9 lies over /f */
                                "9 1 0:9 / /f rw - x x rw\n"
                                "10 900 0:10 / /h rw - x x rw\n"  /* on what is not the process's */
                                "12 11 0:12 / /i/j rw - x x rw\n" /* before the one that it is on */
                                "11 1 0:11 / /i rw - x x rw\n"
                                "13 1 0:13 / /ab rw - x x rw\n"); /* no part of /a */

  (void)state;
  assert_int_equal(seen_at(&view, "/"), 1);
  assert_int_equal(seen_at(&view, "/a"), 2);
  assert_int_equal(seen_at(&view, "/a/b"), 3);
  assert_int_equal(seen_at(&view, "/c"), 5);
  assert_int_equal(seen_at(&view, "/c/d"), 0);
  assert_int_equal(seen_at(&view, "/c/e"), 7);
  assert_int_equal(seen_at(&view, "/f"), 9);
  assert_int_equal(seen_at(&view, "/f/g"), 0);
  assert_int_equal(seen_at(&view, "/h"), 0);
  assert_int_equal(seen_at(&view, "/i/j"), 12);
  assert_int_equal(seen_at(&view, "/ab"), 13);
  assert_int_equal(cc_view_by_id(&view, 6)->mount->id, 6);
  assert_null(cc_view_by_id(&view, 99));
  cc_view_clear(&view);
}

static void
what_cannot_be_seen(void **state)
{
  struct cc_mountinfo table = CC_MOUNTINFO_INIT;
  struct cc_error err = CC_ERROR_INIT;
  struct cc_view view;

  (void)state;
  assert_int_equal(cc_mountinfo_parse(strdup("2 1 0:1 / / ro - x x rw\n"), &table, NULL), 0);
  assert_int_equal(cc_view_make(&table, 1, &view, &err), CC_FAILED);
  assert_string_not_equal(err.msg, "");
  cc_mountinfo_clear(&table);
  /* two that are on each other */
  view = view_of("1 900 0:1 / / ro - x x rw\n2 3 0:2 / /a rw - x x rw\n3 2 0:3 / /a rw - x x rw\n");
  assert_int_equal(seen_at(&view, "/a"), 0);
  cc_view_clear(&view);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(binds),
    cmocka_unit_test(targets),
    cmocka_unit_test(links_of_the_image),
    cmocka_unit_test(filesystems),
    cmocka_unit_test(the_hosts_proc),
    cmocka_unit_test(the_hosts_cgroups),
    cmocka_unit_test(paths),
    cmocka_unit_test(additional_mounts),
    cmocka_unit_test(mounts_of_a_hook),
    cmocka_unit_test(consoles),
    cmocka_unit_test(size_by_default),
    cmocka_unit_test(mounts_below_a_source),
    cmocka_unit_test(root_filesystem),
    cmocka_unit_test(working_directory),
    cmocka_unit_test(what_is_seen),
    cmocka_unit_test(what_cannot_be_seen),
  };

  return cmocka_run_group_tests(tests, model_setup, model_teardown);
}
