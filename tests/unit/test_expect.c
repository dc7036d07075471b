/* What a created process must look like, worked out of a configuration. */
#include "common/own.h"
#include "host.h"
#include "shim/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT cc_host_path

/* JSON with ' for ". */
static struct cc_json *__attribute__((format(printf, 1, 2))) parse(const char *fmt, ...)
{
  struct cc_json *doc = NULL;
  struct cc_error err = CC_ERROR_INIT;
  char text[8192];
  va_list ap;

  va_start(ap, fmt);
  vsnprintf(text, sizeof(text), fmt, ap);
  va_end(ap);
  for (char *p = text; *p != '\0'; p++)
    if (*p == '\'')
      *p = '"';
  if (cc_json_parse(text, strlen(text), "test", &doc, &err) < 0)
    fail_msg("%s", err.msg);
  return doc;
}

/* Works it out twice over: what was written and read again is the same. */
static int
make(const struct cc_json *doc, const struct cc_pins *pins, bool systemd, struct cc_expect *out, struct cc_error *err)
{
  static const struct cc_pins none = CC_PINS_INIT;
  cc_auto_close int rootfs = open(AT("@/rootfs"), O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct cc_expect_source source = { .spec = cc_json_root(doc),
                                     .pins = pins != NULL ? pins : &none,
                                     .rootfs_fd = rootfs,
                                     .network_none = true,
                                     .systemd_cgroup = systemd };
  cc_auto_free char *text = NULL, *again = NULL;
  struct cc_expect made;

  if (cc_expect_make(&source, &made, err) < 0)
    return CC_FAILED;
  assert_int_equal(cc_expect_write(&made, &text, err), 0);
  assert_null(strchr(text, '\n'));
  cc_expect_clear(&made);
  if (cc_expect_read(text, out, err) < 0)
    fail_msg("%s", err->msg);
  assert_int_equal(cc_expect_write(out, &again, err), 0);
  assert_string_equal(text, again);
  return 0;
}

static struct cc_expect
made_of(const struct cc_json *doc)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_expect e;

  if (make(doc, NULL, false, &e, &err) < 0)
    fail_msg("%s", err.msg);
  return e;
}

static void
fails(const char *text, const char *message)
{
  cc_auto_json struct cc_json *doc = parse("%s", text);
  struct cc_error err = CC_ERROR_INIT;
  struct cc_expect e;

  assert_int_equal(make(doc, NULL, false, &e, &err), CC_FAILED);
  if (strstr(err.msg, message) == NULL)
    fail_msg("%s", err.msg);
}

/* -- the process -- */

static void
processes(void **state)
{
  cc_auto_json struct cc_json *doc = parse(
      "{'process':{'terminal':true,'noNewPrivileges':true,'user':{'uid':1000,'gid':100,'additionalGids':[5,100]},"
      "'capabilities':{'bounding':['CAP_CHOWN','CAP_SETUID'],'permitted':['CAP_CHOWN'],'effective':[],'ambient':"
      "['CAP_SETUID']}},'root':{'readonly':true},'linux':{'seccomp':{}}}");
  struct cc_expect e = made_of(doc);

  (void)state;
  assert_true(e.terminal && e.no_new_privs && e.seccomp && e.network_none && e.root_read_only && !e.below_root);
  assert_int_equal(e.uid, 1000);
  assert_int_equal(e.gid, 100);
  assert_int_equal(e.group_count, 2);
  assert_int_equal(e.groups[0], 5);
  assert_int_equal(e.capabilities[CC_CAP_BOUNDING], 1u << CAP_CHOWN | 1u << CAP_SETUID);
  assert_int_equal(e.capabilities[CC_CAP_PERMITTED], 1u << CAP_CHOWN);
  assert_int_equal(e.capabilities[CC_CAP_EFFECTIVE], 0);
  assert_int_equal(e.capabilities[CC_CAP_INHERITABLE], 0);
  assert_int_equal(e.capabilities[CC_CAP_AMBIENT], 1u << CAP_SETUID);
  cc_expect_clear(&e);
  fails("{'process':{'capabilities':{'bounding':['CAP_WHATEVER']}}}", "`CAP_WHATEVER` is not known");
}

#define MAPS                                                                                                           \
  "'uidMappings':[{'containerID':0,'hostID':100000,'size':1000},{'containerID':1000,'hostID':5000,'size':2}],"         \
  "'gidMappings':[{'containerID':0,'hostID':200000,'size':65536}]"

static void
mapped_users(void **state)
{
  cc_auto_json struct cc_json *doc
      = parse("{'process':{'user':{'uid':1001,'gid':7,'additionalGids':[0,65535]}},'linux':{" MAPS
              ",'namespaces':[{'type':'user'}]}}");
  cc_auto_json struct cc_json *unused
      = parse("{'process':{'user':{'uid':1001,'gid':7}},'linux':{" MAPS ",'namespaces':[]}}");
  struct cc_expect e = made_of(doc);

  (void)state;
  assert_int_equal(e.uid, 5001);
  assert_int_equal(e.gid, 200007);
  assert_int_equal(e.groups[0], 200000);
  assert_int_equal(e.groups[1], 265535);
  cc_expect_clear(&e);
  e = made_of(unused); /* without a user namespace they mean nothing */
  assert_int_equal(e.uid, 1001);
  cc_expect_clear(&e);
  fails("{'process':{'user':{'uid':1002,'gid':7}},'linux':{" MAPS ",'namespaces':[{'type':'user'}]}}", "no id 1002");
  fails("{'process':{'user':{'uid':1,'gid':65536}},'linux':{" MAPS ",'namespaces':[{'type':'user'}]}}", "no id 65536");
}

static void
namespaces(void **state)
{
  cc_auto_json struct cc_json *doc
      = parse("{'linux':{'namespaces':[{'type':'mount'},{'type':'pid','path':''},{'type':'network','path':"
              "'/proc/%d/ns/net'}]}}",
              getpid());
  cc_auto_json struct cc_json *missing
      = parse("{'linux':{'namespaces':[{'type':'network','path':'/run/netns/none'}]}}");
  struct cc_expect e = made_of(doc);
  struct stat st;

  (void)state;
  assert_int_equal(stat("/proc/self/ns/net", &st), 0);
  assert_int_equal(e.namespaces[CC_NS_MOUNT].kind, CC_NS_NEW);
  assert_int_equal(e.namespaces[CC_NS_PID].kind, CC_NS_NEW);
  assert_int_equal(e.namespaces[CC_NS_NETWORK].kind, CC_NS_JOINED);
  assert_int_equal(e.namespaces[CC_NS_NETWORK].ino, st.st_ino);
  assert_int_equal(e.namespaces[CC_NS_USER].kind, CC_NS_HOSTS);
  assert_int_equal(e.namespaces[CC_NS_TIME].kind, CC_NS_HOSTS);
  cc_expect_clear(&e);
  e = made_of(missing);
  assert_int_equal(e.namespaces[CC_NS_NETWORK].kind, CC_NS_JOINED);
  assert_int_equal(e.namespaces[CC_NS_NETWORK].ino, 0);
  cc_expect_clear(&e);
  fails("{'linux':{'namespaces':[{'type':'network','path':'/etc/passwd/x'}]}}", "stat the namespace");
}

/* A namespace that is joined has a map of its own: here this process's, in which every id is itself. */
static void
users_of_a_joined_namespace(void **state)
{
  cc_auto_json struct cc_json *doc = parse("{'process':{'user':{'uid':7,'gid':8}},'linux':{'namespaces':[{'type':"
                                           "'user','path':'/proc/%d/ns/user'}]}}",
                                           getpid());
  struct cc_expect e = made_of(doc);

  (void)state;
  assert_int_equal(e.uid, 7);
  assert_int_equal(e.gid, 8);
  cc_expect_clear(&e);
}

/* -- mounts -- */

static const struct cc_expect_mount *
at(const struct cc_expect *e, const char *destination)
{
  for (size_t i = 0; i < e->mount_count; i++)
    if (strcmp(e->mounts[i].destination, destination) == 0)
      return &e->mounts[i];
  fail_msg("no %s", destination);
  return NULL;
}

static void
filesystems(void **state)
{
  cc_auto_json struct cc_json *doc
      = parse("{'mounts':[{'destination':'/tmp','type':'tmpfs','options':['nosuid','nodev','size=1m']},"
              "{'destination':'/proc','type':'proc','options':['nosuid','rw','ro','noexec','exec']},"
              "{'destination':'/x','type':'tmpfs','options':['ro','rw']}]}");
  struct cc_expect e = made_of(doc);

  (void)state;
  assert_int_equal(e.mount_count, 3);
  assert_string_equal(at(&e, "/tmp")->type, "tmpfs");
  assert_int_equal(at(&e, "/tmp")->size, 1u << 20);
  assert_int_equal(at(&e, "/tmp")->flags, CC_MOUNT_NOSUID | CC_MOUNT_NODEV);
  assert_false(at(&e, "/tmp")->below);
  assert_int_equal(at(&e, "/proc")->flags, CC_MOUNT_NOSUID | CC_MOUNT_RO);
  assert_int_equal(at(&e, "/x")->flags, 0);
  cc_expect_clear(&e);
}

static void
engines_binds(void **state)
{
  cc_auto_json struct cc_json *doc
      = parse("{'mounts':[{'destination':'/etc/hosts','type':'bind','source':'%s','options':['rbind','rro']},"
              "{'destination':'/e','source':'%s','options':['bind']}]}",
              AT("@/hosts"), AT("@/hosts"));
  struct cc_expect e = made_of(doc);
  struct stat st;

  (void)state;
  assert_int_equal(stat(AT("@/hosts"), &st), 0);
  assert_string_equal(at(&e, "/etc/hosts")->type, "");
  assert_int_equal(at(&e, "/etc/hosts")->object.ino, st.st_ino);
  assert_int_equal(at(&e, "/etc/hosts")->flags, CC_MOUNT_RO);
  assert_true(at(&e, "/etc/hosts")->below);
  assert_int_equal(at(&e, "/etc/hosts")->below_flags, 0);
  assert_false(at(&e, "/e")->below);
  cc_expect_clear(&e);
  fails("{'mounts':[{'destination':'/x','type':'bind','source':'/nowhere/at/all'}]}", "stat `/nowhere/at/all`");
}

/* The object that was judged counts, and not what is at its path by now. */
static void
pinned_binds(void **state)
{
  static const struct
  {
    const char *options;
    bool read_only, submounts, below;
    unsigned below_flags;
  } cases[] = {
    { "'rbind'", false, false, false, CC_MOUNT_NOSUID | CC_MOUNT_NODEV },
    { "'rbind'", false, true, true, CC_MOUNT_NOSUID | CC_MOUNT_NODEV },
    { "'rbind','ro'", true, true, true, CC_MOUNT_NOSUID | CC_MOUNT_NODEV | CC_MOUNT_RO },
    { "'bind'", false, true, false, CC_MOUNT_NOSUID | CC_MOUNT_NODEV },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
      cc_auto_json struct cc_json *doc
          = parse("{'mounts':[{'destination':'/data','type':'bind','source':'%s','options':[%s]}]}", AT("@/other"),
                  cases[i].options);
      struct cc_pins pins = CC_PINS_INIT;
      struct cc_pin pin = { .mount = cc_jpath(cc_json_root(doc), "mounts")->first,
                            .fd = open(AT("@/source"), O_PATH | O_CLOEXEC),
                            .read_only = cases[i].read_only,
                            .submounts = cases[i].submounts };
      struct cc_error err = CC_ERROR_INIT;
      struct cc_expect e;
      struct stat st;

      assert_int_equal(cc_pins_add(&pins, &pin, &err), 0);
      pins.below_root = i == 0;
      assert_int_equal(make(doc, &pins, false, &e, &err), 0);
      assert_int_equal(stat(AT("@/source"), &st), 0);
      assert_int_equal(at(&e, "/data")->object.ino, st.st_ino);
      assert_int_equal(at(&e, "/data")->below, cases[i].below);
      assert_int_equal(at(&e, "/data")->below_flags, cases[i].below_flags);
      assert_int_equal(e.below_root, i == 0);
      cc_expect_clear(&e);
      cc_pins_clear(&pins);
    }
}

static void
places(void **state)
{
  /* the image has: var/run -> /run, run/in -> /etc, dangling -> ../nowhere/x, loop -> loop */
  cc_auto_json struct cc_json *doc
      = parse("{'mounts':[{'destination':'/plain/deep','type':'tmpfs'},{'destination':'/var/run/a','type':'tmpfs'},"
              "{'destination':'/dangling/b','type':'tmpfs'},{'destination':'/run/in/c','type':'tmpfs'},"
              "{'destination':'/var/run','type':'tmpfs'},{'destination':'/run/in/d','type':'tmpfs'},"
              "{'destination':'/var/run/in/e','type':'tmpfs'}]}");
  struct cc_expect e = made_of(doc);

  (void)state;
  assert_string_equal(at(&e, "/plain/deep")->place, "/plain/deep");
  assert_string_equal(at(&e, "/var/run/a")->place, "/run/a");
  assert_string_equal(at(&e, "/dangling/b")->place, "/nowhere/x/b");
  assert_string_equal(at(&e, "/run/in/c")->place, "/etc/c");
  assert_string_equal(at(&e, "/var/run")->place, "/run");
  /* by then a tmpfs covers the link */
  assert_string_equal(at(&e, "/run/in/d")->place, "/run/in/d");
  assert_string_equal(at(&e, "/var/run/in/e")->place, "/run/in/e");
  cc_expect_clear(&e);
  fails("{'mounts':[{'destination':'/loop/x','type':'tmpfs'}]}", "follow the links of the image to `/loop/x`");
  fails("{'mounts':[{'destination':'x','type':'tmpfs'}]}", "mount at `x`");
}

/* -- the rest -- */

static void
devices(void **state)
{
  cc_auto_json struct cc_json *doc = parse(
      "{'linux':{'devices':[{'path':'/dev/fuse','type':'c','major':10,'minor':229},{'path':'/dev/x','type':'p'}],"
      "'maskedPaths':['/proc/a','/proc/b'],'readonlyPaths':['/proc/c']}}");
  struct cc_expect e = made_of(doc);
  bool found = false;

  (void)state;
  for (size_t i = 0; i < e.device_count; i++)
    {
      assert_string_not_equal(e.devices[i].path, "/dev/x");
      found |= strcmp(e.devices[i].path, "/dev/fuse") == 0 && e.devices[i].major == 10 && e.devices[i].minor == 229;
    }
  assert_true(found);
  assert_int_equal(e.device_count, 7);
  assert_int_equal(e.masked.count, 2);
  assert_string_equal(e.masked.items[1], "/proc/b");
  assert_int_equal(e.read_only.count, 1);
  cc_expect_clear(&e);
}

static void
hooks(void **state)
{
  static const struct
  {
    const char *hooks;
    bool mounts;
  } cases[] = {
    { "{}", false },
    { "{'prestart':[{'path':'/proc/1/exe','args':['libnetwork-setkey','x']}]}", false },
    { "{'prestart':[{'path':'/usr/bin/nvidia-container-runtime-hook','args':['nvidia-container-runtime-hook']}]}",
      true },
    { "{'prestart':[{'path':'/proc/1/exe','args':['libnetwork-setkey']},{'path':'/x'}]}", true },
    { "{'createContainer':[{'path':'/usr/bin/nvidia-ctk','args':['nvidia-ctk','hook']}]}", true },
    { "{'startContainer':[{'path':'/x'}],'poststop':[{'path':'/x'}]}", false },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
      cc_auto_json struct cc_json *doc = parse("{'hooks':%s}", cases[i].hooks);
      struct cc_expect e = made_of(doc);

      assert_int_equal(e.hooks, cases[i].mounts);
      cc_expect_clear(&e);
    }
}

static void
cgroups(void **state)
{
  static const struct
  {
    const char *path;
    bool systemd;
    const char *expected;
  } cases[] = {
    { "/docker/1234", false, "/docker/1234" },
    { "a//b/", false, "/a/b" },
    { "", false, "" },
    { "/", false, "" },
    { "system.slice:docker:1234", true, "/docker-1234.scope" },
    { "kubepods-besteffort-pod1.slice:cri-containerd:5", true, "/cri-containerd-5.scope" },
    { "system.slice::1234", true, "" }, /* runc and crun make different names of it */
    { "/docker/1234", true, "" },
    { "slice:runc:", true, "" },
    { "a.slice:b:c.slice", true, "" }, /* no scope */
    { "system.slice:docker:1234", false, "/system.slice:docker:1234" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
      cc_auto_json struct cc_json *doc = parse("{'linux':{'cgroupsPath':'%s'}}", cases[i].path);
      struct cc_error err = CC_ERROR_INIT;
      struct cc_expect e;

      assert_int_equal(make(doc, NULL, cases[i].systemd, &e, &err), 0);
      assert_string_equal(e.cgroup, cases[i].expected);
      cc_expect_clear(&e);
    }
}

/* A state of another version, or a part of one, is nothing to compare with. */
static void
what_cannot_be_read(void **state)
{
  cc_auto_json struct cc_json *doc = parse("{'linux':{'devices':[]},'mounts':[{'destination':'/x','type':'tmpfs'}]}");
  struct cc_expect e = made_of(doc), other;
  cc_auto_json struct cc_json *written = NULL;
  cc_auto_free char *text = NULL;
  struct cc_error err = CC_ERROR_INIT;
  struct cc_jval *root;
  size_t members = 0;

  (void)state;
  assert_int_equal(cc_expect_write(&e, &text, &err), 0);
  cc_expect_clear(&e);
  assert_int_equal(cc_json_parse(text, strlen(text), "test", &written, &err), 0);
  root = cc_json_root(written);
  for (struct cc_jval *m = root->first; m != NULL; m = m->next, members++)
    {
      cc_auto_json struct cc_json *cut = cc_json_new();
      struct cc_jval *copy = cc_jcopy(cut, root);
      cc_auto_free char *without = NULL;
      size_t length;

      assert_true(cc_jdel(copy, m->key));
      assert_int_equal(cc_json_write(copy, &without, &length, &err), 0);
      if (cc_expect_read(without, &other, &err) == 0)
        fail_msg("read without `%s`", m->key);
    }
  assert_in_range(members, 15, 40);
  assert_int_equal(cc_expect_read("", &other, &err), CC_FAILED);
  assert_int_equal(cc_expect_read("[]", &other, &err), CC_FAILED);
  assert_int_equal(cc_expect_read("{}", &other, &err), CC_FAILED);
}

static int
setup(void **state)
{
  (void)state;
  cc_host_enter();
  cc_host_mkdir(AT("@/rootfs/run"));
  cc_host_mkdir(AT("@/rootfs/var"));
  cc_host_mkdir(AT("@/rootfs/etc"));
  cc_host_mkdir(AT("@/source"));
  cc_host_mkdir(AT("@/other"));
  cc_host_file(AT("@/hosts"), "");
  return symlink("/run", AT("@/rootfs/var/run")) != 0 || symlink("/etc", AT("@/rootfs/run/in")) != 0
         || symlink("../nowhere/x", AT("@/rootfs/dangling")) != 0 || symlink("loop", AT("@/rootfs/loop")) != 0;
}

static int
teardown(void **state)
{
  (void)state;
  cc_host_leave();
  return 0;
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(processes),    cmocka_unit_test(mapped_users),
    cmocka_unit_test(namespaces),   cmocka_unit_test(users_of_a_joined_namespace),
    cmocka_unit_test(filesystems),  cmocka_unit_test(engines_binds),
    cmocka_unit_test(pinned_binds), cmocka_unit_test(places),
    cmocka_unit_test(devices),      cmocka_unit_test(hooks),
    cmocka_unit_test(cgroups),      cmocka_unit_test(what_cannot_be_read),
  };

  return cmocka_run_group_tests(tests, setup, teardown);
}
