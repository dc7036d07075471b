/* What is staged is the object that was judged, in a namespace of its own. */
#include "common/own.h"
#include "shim/pins.h"
#include "tests/unit/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define AT(path) cc_host_path(path)

static char *
read_text(const char *path)
{
  char text[65536];
  cc_auto_file FILE *f = fopen(path, "re");
  size_t n = f != NULL ? fread(text, 1, sizeof(text) - 1, f) : 0;

  text[n] = '\0';
  return cc_xstrdup(text);
}

/* A pin of what PATH is now, for the mount number INDEX of DOC, -1 for the root filesystem. */
static void
pin(struct cc_pins *pins, struct cc_json *doc, int index, const char *path, bool read_only)
{
  struct cc_jval *m = index < 0 ? NULL : cc_jget(cc_json_root(doc), "mounts")->first;
  struct cc_pin one = { .fd = open(path, O_PATH | O_CLOEXEC), .read_only = read_only };
  struct cc_error err = CC_ERROR_INIT;

  for (; index > 0; index--)
    m = m->next;
  one.mount = m;
  assert_true(one.fd >= 0);
  assert_int_equal(cc_pins_add(pins, &one, &err), 0);
}

static struct cc_json *
parse(const char *text)
{
  struct cc_json *doc = NULL;
  struct cc_error err = CC_ERROR_INIT;

  assert_int_equal(cc_json_parse(text, strlen(text), "test", &doc, &err), 0);
  return doc;
}

/* Runs IN_CHILD after a stage of PINS. Returns what it returns. */
static int
staged(const struct cc_pins *pins, struct cc_json *doc, int (*in_child)(struct cc_json *doc))
{
  pid_t child = fork();
  int status;

  if (child == 0)
    {
      struct cc_error err = CC_ERROR_INIT;

      if (cc_pins_stage(pins, doc, AT("@/bundle"), AT("@/stage"), &err) < 0)
        {
          fprintf(stderr, "%s\n", err.msg);
          _exit(100);
        }
      _exit(in_child(doc));
    }
  assert_true(child > 0);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static int
setup(void **state)
{
  (void)state;
  cc_host_mkdir(AT("@/bundle"));
  cc_host_file(AT("@/bundle/config.json"), "on disk");
  cc_host_mkdir(AT("@/stage"));
  cc_host_mkdir(AT("@/a/dir"));
  cc_host_file(AT("@/a/dir/mark"), "honest");
  cc_host_file(AT("@/a/file"), "honest file");
  cc_host_mkdir(AT("@/secret"));
  cc_host_file(AT("@/secret/mark"), "secret");
  return 0;
}

/* -- the object -- */

static int
sees_the_honest_objects(struct cc_json *doc)
{
  cc_auto_free char *dir = read_text(AT("@/stage/0/mark")), *file = read_text(AT("@/stage/1"));
  cc_auto_free char *root = read_text(AT("@/stage/2/mark")), *config = read_text(AT("@/bundle/config.json"));
  cc_auto_free char *source = cc_xasprintf("\"source\":\"%s\"", AT("@/stage/0"));
  cc_auto_free char *path = cc_xasprintf("\"path\":\"%s\"", AT("@/stage/2"));

  (void)doc;
  if (strcmp(dir, "honest") != 0)
    return 1;
  if (strcmp(file, "honest file") != 0)
    return 2;
  if (strcmp(root, "honest") != 0)
    return 3;
  return strstr(config, source) != NULL && strstr(config, path) != NULL ? 0 : 4;
}

static void
a_swapped_path_changes_nothing(void **state)
{
  cc_auto_json struct cc_json *doc = parse("{\"root\":{\"path\":\"r\"},\"mounts\":[{\"source\":\"x\",\"options\":["
                                           "\"rbind\"]},{\"source\":\"y\",\"options\":[\"bind\"]}]}");
  struct cc_pins pins = CC_PINS_INIT;
  cc_auto_free char *before = read_text("/proc/self/mountinfo"), *after = NULL, *config = NULL;

  (void)state;
  pin(&pins, doc, 0, AT("@/a/dir"), false);
  pin(&pins, doc, 1, AT("@/a/file"), false);
  pin(&pins, doc, -1, AT("@/a/dir"), false);
  /* the last component, and one above it */
  assert_int_equal(rename(AT("@/a"), AT("@/moved")), 0);
  assert_int_equal(symlink(AT("@/secret"), AT("@/a")), 0);
  assert_int_equal(staged(&pins, doc, sees_the_honest_objects), 0);
  /* nothing of it is seen here, during or after */
  after = read_text("/proc/self/mountinfo");
  assert_string_equal(before, after);
  config = read_text(AT("@/bundle/config.json"));
  assert_string_equal(config, "on disk");
  assert_int_equal(rmdir(AT("@/stage")), 0);
  cc_host_mkdir(AT("@/stage"));
  cc_pins_clear(&pins);
  assert_int_equal(unlink(AT("@/a")), 0);
  assert_int_equal(rename(AT("@/moved"), AT("@/a")), 0);
}

/* -- the mount -- */

static int
is_restricted_all_the_way(struct cc_json *doc)
{
  struct statvfs top, below, writable;

  (void)doc;
  if (statvfs(AT("@/stage/0"), &top) < 0 || statvfs(AT("@/stage/0/inner"), &below) < 0
      || statvfs(AT("@/stage/1"), &writable) < 0)
    return 1;
  if ((top.f_flag & ST_RDONLY) == 0 || (below.f_flag & ST_RDONLY) == 0 || (writable.f_flag & ST_RDONLY) != 0)
    return 2;
  if ((below.f_flag & (ST_NOSUID | ST_NODEV)) != (ST_NOSUID | ST_NODEV)
      || (writable.f_flag & (ST_NOSUID | ST_NODEV)) != (ST_NOSUID | ST_NODEV))
    return 3;
  /* a plain bind shows the directory, not what is mounted on it */
  return access(AT("@/stage/1/in-tmpfs"), F_OK) < 0 && access(AT("@/stage/0/inner/in-tmpfs"), F_OK) == 0 ? 0 : 4;
}

static void
mounts_below_are_restricted_too(void **state)
{
  cc_auto_json struct cc_json *doc
      = parse("{\"mounts\":[{\"source\":\"x\",\"options\":[\"rbind\",\"ro\"]},{\"source\":\"y\",\"options\":["
              "\"bind\"]}]}");
  struct cc_pins pins = CC_PINS_INIT;
  struct statvfs fs;

  (void)state;
  cc_host_mkdir(AT("@/a/dir/inner"));
  cc_host_mount("tmpfs", AT("@/a/dir/inner"), NULL);
  cc_host_file(AT("@/a/dir/inner/in-tmpfs"), "");
  pin(&pins, doc, 0, AT("@/a/dir"), true);
  pin(&pins, doc, 1, AT("@/a/dir"), false);
  assert_int_equal(staged(&pins, doc, is_restricted_all_the_way), 0);
  /* the host's own mount is as it was */
  assert_int_equal(statvfs(AT("@/a/dir/inner"), &fs), 0);
  assert_int_equal(fs.f_flag & (ST_RDONLY | ST_NODEV), 0);
  cc_pins_clear(&pins);
  cc_host_umount(AT("@/a/dir/inner"));
}

static int
mounts_something(struct cc_json *doc)
{
  (void)doc;
  return mount("tmpfs", AT("@/stage/0"), "tmpfs", 0, NULL) == 0 && mount("tmpfs", AT("@/a"), "tmpfs", 0, NULL) == 0 ? 0
                                                                                                                    : 1;
}

static void
nothing_travels_to_the_host(void **state)
{
  cc_auto_json struct cc_json *doc = parse("{\"mounts\":[{\"source\":\"x\",\"options\":[\"rbind\"]}]}");
  struct cc_pins pins = CC_PINS_INIT;
  cc_auto_free char *before = NULL, *after = NULL;

  (void)state;
  /* as on a host with systemd: everything shared */
  cc_host_bind(AT("@/a"), AT("@/a"));
  assert_int_equal(mount(NULL, AT("@/a"), NULL, MS_SHARED, NULL), 0);
  before = read_text("/proc/self/mountinfo");
  pin(&pins, doc, 0, AT("@/a/dir"), false);
  assert_int_equal(staged(&pins, doc, mounts_something), 0);
  after = read_text("/proc/self/mountinfo");
  assert_string_equal(before, after);
  cc_pins_clear(&pins);
  cc_host_umount(AT("@/a"));
}

/* -- a mount in another -- */

static int
sees_the_inner_mounts(struct cc_json *doc)
{
  cc_auto_free char *mark = read_text(AT("@/stage/0/made/deep/mark")), *file = read_text(AT("@/stage/0/made/one"));
  cc_auto_free char *inner = read_text(AT("@/stage/0/made/deep/sub/mark"));
  cc_auto_free char *config = read_text(AT("@/bundle/config.json"));
  struct statvfs outer, deep;

  (void)doc;
  if (strcmp(mark, "honest") != 0 || strcmp(file, "honest file") != 0 || strcmp(inner, "secret") != 0)
    return 1;
  if (statvfs(AT("@/stage/0"), &outer) < 0 || statvfs(AT("@/stage/0/made/deep"), &deep) < 0)
    return 2;
  if ((outer.f_flag & ST_NOEXEC) != 0 || (deep.f_flag & (ST_NOEXEC | ST_NODEV)) != (ST_NOEXEC | ST_NODEV))
    return 3;
  /* the low-level runtime mounts the outer one only, with everything in it */
  if (strstr(config, "/v/made") != NULL || strstr(config, "\"destination\":\"/v\"") == NULL)
    return 4;
  return strstr(config, "[\"rprivate\",\"rbind\"]") != NULL ? 0 : 5;
}

/* Mount number INDEX, of what PATH is now, lies at REST in mount number BELOW. */
static void
pin_below(struct cc_pins *pins, struct cc_json *doc, int index, const char *path, int below, const char *rest)
{
  struct cc_jval *m = cc_jget(cc_json_root(doc), "mounts")->first;

  pin(pins, doc, index, path, false);
  for (; below > 0; below--)
    m = m->next;
  pins->items[pins->count - 1].below = m;
  pins->items[pins->count - 1].rest = cc_xstrdup(rest);
}

static struct cc_json *
nested(void)
{
  return parse("{\"mounts\":[{\"destination\":\"/v\",\"source\":\"x\",\"options\":[\"bind\",\"rprivate\"]},"
               "{\"destination\":\"/v/made/deep\",\"source\":\"y\",\"options\":[\"rbind\",\"noexec\",\"nosuid\"]},"
               "{\"destination\":\"/v/made/one\",\"source\":\"z\",\"options\":[\"rbind\"]},"
               "{\"destination\":\"/v/made/deep/sub\",\"source\":\"s\",\"options\":[\"rbind\"]}]}");
}

static void
a_mount_in_another_goes_with_it(void **state)
{
  cc_auto_json struct cc_json *doc = nested();
  struct cc_pins pins = CC_PINS_INIT;
  struct stat st;

  (void)state;
  cc_host_mkdir(AT("@/volume"));
  pin(&pins, doc, 0, AT("@/volume"), false);
  pin_below(&pins, doc, 1, AT("@/a/dir"), 0, "made/deep");
  pin_below(&pins, doc, 2, AT("@/a/file"), 0, "made/one");
  pin_below(&pins, doc, 3, AT("@/secret"), 1, "sub");
  assert_int_equal(staged(&pins, doc, sees_the_inner_mounts), 0);
  /* the places are made, as a low-level runtime does it */
  assert_int_equal(stat(AT("@/volume/made/deep"), &st), 0);
  assert_int_equal(st.st_mode, S_IFDIR | 0755);
  assert_int_equal(stat(AT("@/volume/made/one"), &st), 0);
  assert_int_equal(st.st_mode, S_IFREG | 0644);
  cc_pins_clear(&pins);
}

/* The owner of the outer mount's source puts a link where the inner one is to be. */
static void
a_mount_in_another_follows_no_link(void **state)
{
  static const char *const rests[] = { "link", "link/sub", "made/up", "made/up/x" };

  (void)state;
  assert_int_equal(symlink(AT("@/secret"), AT("@/volume/link")), 0);
  assert_int_equal(symlink("..", AT("@/volume/made/up")), 0);
  for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++)
    {
      cc_auto_json struct cc_json *doc = nested();
      struct cc_pins pins = CC_PINS_INIT;
      struct cc_error err = CC_ERROR_INIT;
      pid_t child;
      int status;

      pin(&pins, doc, 0, AT("@/volume"), false);
      pin_below(&pins, doc, 1, AT("@/a/dir"), 0, rests[i]);
      child = fork();
      if (child == 0)
        _exit(cc_pins_stage(&pins, doc, AT("@/bundle"), AT("@/stage"), &err) < 0 && cc_error_is_refusal(&err)
                      && strcmp(err.rule, "bind-target") == 0
                  ? 0
                  : 1);
      assert_int_equal(waitpid(child, &status, 0), child);
      assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
      cc_pins_clear(&pins);
    }
  assert_int_equal(access(AT("@/secret/sub"), F_OK), -1);
}

static int
is_in_another_namespace(struct cc_json *doc)
{
  struct stat here, parent;
  cc_auto_free char *path = cc_xasprintf("/proc/%d/ns/mnt", getppid());

  (void)doc;
  return stat("/proc/self/ns/mnt", &here) == 0 && stat(path, &parent) == 0 && here.st_ino != parent.st_ino ? 0 : 1;
}

static void
no_pins_no_namespace(void **state)
{
  cc_auto_json struct cc_json *doc = parse("{\"mounts\":[{\"source\":\"x\",\"options\":[\"rbind\"]}]}");
  struct cc_pins pins = CC_PINS_INIT;

  (void)state;
  assert_int_equal(staged(&pins, doc, is_in_another_namespace), 1);
  pin(&pins, doc, 0, AT("@/a/dir"), false);
  assert_int_equal(staged(&pins, doc, is_in_another_namespace), 0);
  cc_pins_clear(&pins);
}

static void
what_cannot_be_staged_is_an_error(void **state)
{
  cc_auto_json struct cc_json *doc = parse("{\"mounts\":[{\"source\":\"x\",\"options\":[\"rbind\"]}]}");
  struct cc_pins pins = CC_PINS_INIT;

  (void)state;
  pin(&pins, doc, 0, AT("@/a/dir"), false);
  assert_int_equal(rename(AT("@/stage"), AT("@/stage2")), 0);
  assert_int_equal(staged(&pins, doc, is_in_another_namespace), 100);
  assert_int_equal(rename(AT("@/stage2"), AT("@/stage")), 0);
  assert_int_equal(rename(AT("@/bundle/config.json"), AT("@/bundle/other")), 0);
  assert_int_equal(staged(&pins, doc, is_in_another_namespace), 100);
  assert_int_equal(rename(AT("@/bundle/other"), AT("@/bundle/config.json")), 0);
  cc_pins_clear(&pins);
}

static void
a_pin_knows_its_object(void **state)
{
  cc_auto_json struct cc_json *doc = parse("{\"mounts\":[{\"source\":\"x\"}]}");
  struct cc_pins pins = CC_PINS_INIT;
  struct cc_pin bad = { .fd = -1 };
  struct cc_error err = CC_ERROR_INIT;
  struct stat st;

  (void)state;
  pin(&pins, doc, 0, AT("@/a/file"), true);
  assert_int_equal(stat(AT("@/a/file"), &st), 0);
  assert_int_equal(pins.items[0].ino, st.st_ino);
  assert_ptr_equal(cc_pins_find(&pins, cc_jget(cc_json_root(doc), "mounts")->first), &pins.items[0]);
  assert_null(cc_pins_find(&pins, cc_json_root(doc)));
  assert_true(cc_pins_add(&pins, &bad, &err) < 0);
  assert_int_equal(pins.count, 1);
  cc_pins_clear(&pins);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_pin_knows_its_object),
    cmocka_unit_test(a_swapped_path_changes_nothing),
    cmocka_unit_test(mounts_below_are_restricted_too),
    cmocka_unit_test(nothing_travels_to_the_host),
    cmocka_unit_test(a_mount_in_another_goes_with_it),
    cmocka_unit_test(a_mount_in_another_follows_no_link),
    cmocka_unit_test(no_pins_no_namespace),
    cmocka_unit_test(what_cannot_be_staged_is_an_error),
  };

  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, setup, NULL);
  cc_host_leave();
  return failed;
}
