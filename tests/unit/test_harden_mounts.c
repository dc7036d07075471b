/* Mounts, root filesystem, devices and tmpfs of a configuration, on a real directory tree. */
#include "common/json.h"
#include "common/own.h"
#include "host.h"
#include "shim/harden.h"
#include "shim/mount_options.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#define AT cc_host_path
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define POD "11111111-2222-3333-4444-555555555555"

/* One container under test. */
struct box
{
  struct cc_json *doc;
  struct cc_policy policy;
  struct cc_identity identity;
  struct cc_report report;
  struct cc_pins pins;
  struct cc_harden h;
  char *tmpfs[4];
};

static void
box_free(struct box *b)
{
  cc_json_free(b->doc);
  cc_report_clear(&b->report);
  cc_pins_clear(&b->pins);
}

#define auto_box __attribute__((cleanup(box_free)))

static enum cc_engine engine_of_boxes = CC_ENGINE_DOCKER;

/* STANDARD mounts of Docker, then MOUNTS. */
static void
box_fill(struct box *b, const char *members, const char *mounts)
{
  static char id[] = ID, pod[] = POD, root[] = "/var/lib/closedclaw/sandboxes", network[] = "none";
  static char *tmpfs[] = { (char *)"/tmp", (char *)"/var/tmp", (char *)"/run" };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_free char *text = cc_xasprintf(
      "{\"root\":{\"path\":\"/x\"},%s\"mounts\":["
      "{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
      "{\"destination\":\"/"
      "dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size="
      "65536k\"]},"
      "{\"destination\":\"/dev/"
      "pts\",\"type\":\"devpts\",\"source\":\"devpts\",\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode="
      "0666\"]},"
      "{\"destination\":\"/"
      "sys\",\"type\":\"sysfs\",\"source\":\"sysfs\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"ro\"]},"
      "{\"destination\":\"/sys/fs/"
      "cgroup\",\"type\":\"cgroup\",\"source\":\"cgroup\",\"options\":[\"ro\",\"nosuid\",\"noexec\",\"nodev\"]},"
      "{\"destination\":\"/dev/"
      "mqueue\",\"type\":\"mqueue\",\"source\":\"mqueue\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
      "{\"destination\":\"/dev/"
      "shm\",\"type\":\"tmpfs\",\"source\":\"shm\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size="
      "67108864\"]}"
      "%s%s]}",
      members, mounts[0] != '\0' ? "," : "", mounts);

  memset(b, 0, sizeof(*b));
  if (cc_json_parse(text, strlen(text), "test", &b->doc, &err) < 0)
    fail_msg("%s: %s", err.msg, text);
  b->policy.workspace_root = root;
  b->policy.network = network;
  b->policy.read_only_root = true;
  b->policy.tmpfs = (struct cc_strings){ tmpfs, 3 };
  b->policy.tmpfs_size = 256u << 20;
  b->identity.engine = engine_of_boxes;
  b->identity.container_id = id;
  b->identity.pod_uid = pod;
  b->h = (struct cc_harden){ .doc = b->doc,
                             .spec = cc_json_root(b->doc),
                             .policy = &b->policy,
                             .identity = &b->identity,
                             .bundle_fd = -1,
                             .rootfs_fd = -1,
                             .report = &b->report,
                             .pins = &b->pins,
                             .uid = 1000,
                             .gid = 1001 };
}

static void
run(struct box *b, cc_harden_fn module)
{
  struct cc_error err = CC_ERROR_INIT;

  if (module(&b->h, &err) < 0)
    fail_msg("%s", err.msg);
}

/* The rule of the first refusal, or "allowed". */
static const char *
verdict(const struct box *b)
{
  const struct cc_finding *f = cc_report_first_refusal(&b->report);

  if (f != NULL)
    assert_non_null(strchr(f->what, ';')); /* it says what to do instead */
  return f != NULL ? f->rule : "allowed";
}

static const struct cc_jval *
mount_at(const struct box *b, const char *destination)
{
  cc_jeach(m, cc_jget(b->h.spec, "mounts")) if (strcmp(cc_jget_str(m, "destination"), destination) == 0) return m;
  return NULL;
}

static char *
options_at(const struct box *b, const char *destination)
{
  const struct cc_jval *m = mount_at(b, destination);

  if (m == NULL)
    fail_msg("nothing at %s", destination);
  return cc_mount_options_text(cc_jget(m, "options"));
}

#define assert_options(b, destination, expected)                                                                       \
  do                                                                                                                   \
    {                                                                                                                  \
      cc_auto_free char *text_ = options_at(b, destination);                                                           \
      assert_string_equal(text_, expected);                                                                            \
    }                                                                                                                  \
  while (0)

static char *
bind_text(const char *source, const char *destination, const char *options)
{
  return cc_xasprintf("{\"destination\":\"%s\",\"type\":\"bind\",\"source\":\"%s\",\"options\":[%s]}", destination,
                      source, options);
}

/* What becomes of one bind. */
static const char *
judge_bind(const char *source, const char *destination, const char *options)
{
  auto_box struct box b;
  cc_auto_free char *text = bind_text(source, destination, options);

  box_fill(&b, "", text);
  run(&b, cc_harden_mounts);
  return verdict(&b);
}

static const char *
judge_mount(const char *mount)
{
  auto_box struct box b;

  box_fill(&b, "", mount);
  run(&b, cc_harden_mounts);
  return verdict(&b);
}

/* Only a preview says so: in the runtime nothing is nothing. */
static void
sources_that_an_engine_will_make(void **state)
{
  static char later[] = "/later/a", blocked[] = "/etc/later";
  static char *items[] = { later, blocked };
  struct cc_strings pending = { items, 2 };
  auto_box struct box b, c;

  (void)state;
  assert_string_equal(judge_bind(later, "/x", "\"rbind\""), "bind-missing");
  box_fill(&b, "", "{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/later/a\",\"options\":[\"rbind\"]}");
  b.h.pending = &pending;
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "allowed");
  assert_options(&b, "/x", "rbind,rprivate,nosuid,nodev");
  assert_int_equal(b.pins.count, 0);
  box_fill(&c, "", "{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/etc/later\",\"options\":[\"rbind\"]}");
  c.h.pending = &pending;
  run(&c, cc_harden_mounts);
  assert_string_equal(verdict(&c), "bind-blocked");
}

static void
engine_mounts_stay_as_they_are(void **state)
{
  static const char *const files[] = { "hosts", "hostname", "resolv.conf" };
  auto_box struct box b;
  cc_auto_free char *mounts = cc_xstrdup("");

  (void)state;
  for (size_t i = 0; i < 3; i++)
    {
      cc_auto_free char *destination = cc_xasprintf("/etc/%s", files[i]), *text = NULL;
      char *more;

      text = bind_text(cc_host_file(AT("@/d/containers/" ID "/%s", files[i]), ""), destination,
                       "\"rbind\",\"rprivate\"");
      more = cc_xasprintf("%s%s%s", mounts, i > 0 ? "," : "", text);
      free(mounts);
      mounts = more;
    }
  box_fill(&b, "", mounts);
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "allowed");
  assert_int_equal(b.report.count, 0);
  assert_options(&b, "/etc/hosts", "rbind,rprivate");
}

static void
only_this_containers_own_files(void **state)
{
  cc_auto_free char *mine = cc_xasprintf("%s/e/containers/" ID, cc_host_dir());
  cc_auto_free char *theirs = cc_xasprintf("%s/e/containers/" OTHER "/hosts", cc_host_dir());
  cc_auto_free char *config = cc_xasprintf("%s/config.v2.json", mine), *hosts = cc_xasprintf("%s/hosts", mine);
  cc_auto_free char *both = NULL, *one = NULL, *two = NULL;
  auto_box struct box b;

  (void)state;
  cc_host_file(hosts, "");
  cc_host_file(config, "");
  cc_host_file(theirs, "");
  assert_string_equal(judge_bind(hosts, "/etc/hosts", "\"rbind\""), "allowed");
  /* the right file at another target, another file, another container's: state of the engine */
  assert_string_equal(judge_bind(hosts, "/data/hosts", "\"rbind\""), "bind-blocked");
  assert_string_equal(judge_bind(config, "/etc/hosts", "\"rbind\""), "bind-blocked");
  one = bind_text(hosts, "/etc/hosts", "\"rbind\"");
  two = bind_text(theirs, "/etc/hostname", "\"rbind\"");
  both = cc_xasprintf("%s,%s", one, two);
  box_fill(&b, "", both);
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "bind-blocked");
  /* a tree that somebody else may write is not an engine's: then this is an ordinary file */
  assert_int_equal(chmod(mine, 0777), 0);
  assert_string_equal(judge_bind(hosts, "/etc/hosts", "\"rbind\",\"rprivate\",\"nosuid\",\"nodev\""), "allowed");
  assert_string_equal(judge_bind(config, "/data", "\"rbind\""), "allowed");
  assert_int_equal(chmod(mine, 0755), 0);
  /* nor one whose file is a link */
  assert_int_equal(unlink(hosts), 0);
  assert_int_equal(symlink("/etc/shadow", hosts), 0);
  assert_string_equal(judge_bind(hosts, "/etc/hosts", "\"rbind\""), "bind-blocked");
}

/* True when a bind is taken for the engine's own: left as it is, judged by nobody. */
static bool
is_engines(const char *source, const char *destination)
{
  auto_box struct box b;
  cc_auto_free char *text = bind_text(source, destination, "\"rbind\",\"rprivate\"");

  box_fill(&b, "", text);
  run(&b, cc_harden_mounts);
  return b.report.count == 0 && b.pins.count == 0;
}

/* Each single thing that is otherwise than an engine's makes it an ordinary bind. */
static void
look_alikes(void **state)
{
  cc_auto_free char *top = cc_xasprintf("%s/look", cc_host_dir());
  cc_auto_free char *above = cc_xasprintf("%s/containers", top), *mine = cc_xasprintf("%s/" ID, above);
  cc_auto_free char *hosts = cc_xasprintf("%s/hosts", mine), *second = cc_xasprintf("%s/second", mine);
  cc_auto_free char *theirs = cc_xasprintf("%s/" OTHER "/hosts", above), *shm = cc_xasprintf("%s/mounts/shm", mine);
  cc_auto_free char *mounts = cc_xasprintf("%s/mounts", mine), *beside = cc_xasprintf("%s/hosts.d", mine);
  cc_auto_free char *secret = cc_xasprintf("%s/mounts/secrets/one", mine);
  const char *const directories[] = { top, above, mine };

  (void)state;
  cc_host_file(hosts, "");
  cc_host_file(theirs, "");
  cc_host_file(secret, "");
  cc_host_mkdir(shm);
  cc_host_mkdir(beside);
  assert_true(is_engines(hosts, "/etc/hosts"));
  assert_true(is_engines(shm, "/dev/shm"));
  assert_true(is_engines(secret, "/anywhere"));
  /* the id, the name, the target, the engine */
  assert_false(is_engines(theirs, "/etc/hosts"));
  assert_false(is_engines(beside, "/etc/hosts"));
  assert_false(is_engines(hosts, "/etc/hostname"));
  assert_false(is_engines(hosts, "/etc/hosts2"));
  for (engine_of_boxes = CC_ENGINE_NONE; engine_of_boxes <= CC_ENGINE_CRIO; engine_of_boxes++)
    assert_int_equal(is_engines(hosts, "/etc/hosts"),
                     engine_of_boxes == CC_ENGINE_DOCKER || engine_of_boxes == CC_ENGINE_CONTAINERD);
  engine_of_boxes = CC_ENGINE_DOCKER;
  /* the owner and the mode of every directory above */
  for (size_t i = 0; i < 3; i++)
    {
      assert_int_equal(chown(directories[i], 1000, (gid_t)-1), 0);
      assert_false(is_engines(hosts, "/etc/hosts"));
      assert_int_equal(chown(directories[i], 0, (gid_t)-1), 0);
      assert_int_equal(chmod(directories[i], 0775), 0);
      assert_false(is_engines(hosts, "/etc/hosts"));
      assert_int_equal(chmod(directories[i], 0755), 0);
      assert_true(is_engines(hosts, "/etc/hosts"));
    }
  assert_int_equal(chown(mounts, 1000, (gid_t)-1), 0);
  assert_false(is_engines(shm, "/dev/shm"));
  assert_int_equal(chown(mounts, 0, (gid_t)-1), 0);
  /* the owner of the file, but not of a secret, which its user chose */
  assert_int_equal(chown(hosts, 1000, (gid_t)-1), 0);
  assert_false(is_engines(hosts, "/etc/hosts"));
  assert_int_equal(chown(hosts, 0, (gid_t)-1), 0);
  assert_int_equal(chown(secret, 1000, (gid_t)-1), 0);
  assert_true(is_engines(secret, "/anywhere"));
  /* a second name, a directory where a file is due, a file where a directory is due, a link */
  assert_int_equal(link(hosts, second), 0);
  assert_false(is_engines(hosts, "/etc/hosts"));
  assert_int_equal(unlink(second), 0);
  assert_true(is_engines(hosts, "/etc/hosts"));
  assert_int_equal(unlink(hosts), 0);
  assert_int_equal(mkdir(hosts, 0755), 0);
  assert_false(is_engines(hosts, "/etc/hosts"));
  assert_int_equal(rmdir(hosts), 0);
  assert_int_equal(symlink("second", hosts), 0);
  cc_host_file(second, "");
  assert_false(is_engines(hosts, "/etc/hosts"));
  assert_int_equal(rmdir(shm), 0);
  cc_host_file(shm, "");
  assert_false(is_engines(shm, "/dev/shm"));
}

/* A link on the way is followed only where nobody else can turn it: what is mounted is looked up again by its path. */
static void
links_to_an_engines_directory(void **state)
{
  cc_auto_free char *data = cc_xasprintf("%s/l/data", cc_host_dir()), *link_ = cc_xasprintf("%s/l/lib", cc_host_dir());
  cc_auto_free char *hosts = cc_xasprintf("%s/containers/" ID "/hosts", data);
  cc_auto_free char *through = cc_xasprintf("%s/containers/" ID "/hosts", link_);
  cc_auto_free char *above = cc_xasprintf("%s/l", cc_host_dir());

  (void)state;
  cc_host_file(hosts, "");
  assert_int_equal(symlink("../l/./data", link_), 0);
  assert_true(is_engines(through, "/etc/hosts"));
  /* somebody else's link, and one in a directory of somebody else's */
  assert_int_equal(lchown(link_, 1000, 1000), 0);
  assert_false(is_engines(through, "/etc/hosts"));
  assert_int_equal(lchown(link_, 0, 0), 0);
  assert_int_equal(chmod(above, 01777), 0);
  assert_true(is_engines(through, "/etc/hosts"));
  assert_int_equal(chmod(above, 0777), 0);
  assert_false(is_engines(through, "/etc/hosts"));
  assert_int_equal(chmod(above, 0755), 0);
  /* to another container's */
  assert_int_equal(unlink(link_), 0);
  cc_host_file(AT("%s/containers/" OTHER "/hosts", data), "");
  cc_host_mkdir(AT("%s/containers", link_));
  assert_int_equal(symlink(AT("%s/containers/" OTHER, data), AT("%s/containers/" ID, link_)), 0);
  assert_false(is_engines(through, "/etc/hosts"));
  /* a ring of links */
  assert_int_equal(unlink(AT("%s/containers/" ID, link_)), 0);
  assert_int_equal(symlink(ID, AT("%s/containers/" ID, link_)), 0);
  assert_false(is_engines(through, "/etc/hosts"));
}

/* The root of a user namespace is not root: of Podman's directories it has the container's own, and no other. */
static void
files_of_a_user_namespace(void **state)
{
  static const char mapped[] = "\"linux\":{\"uidMappings\":[{\"containerID\":0,\"hostID\":100000,\"size\":65536}]},";
  cc_auto_free char *containers = cc_xasprintf("%s/p/overlay-containers", cc_host_dir());
  cc_auto_free char *box = cc_xasprintf("%s/" ID, containers), *mine = cc_xasprintf("%s/userdata", box);
  cc_auto_free char *hosts = cc_xasprintf("%s/hosts", mine);
  cc_auto_free char *docker = cc_xasprintf("%s/p/containers/" ID, cc_host_dir());
  cc_auto_free char *hostname = cc_xasprintf("%s/hostname", docker);
  cc_auto_free char *text = bind_text(hosts, "/etc/hosts", "\"rbind\",\"rprivate\"");
  cc_auto_free char *of_docker = bind_text(hostname, "/etc/hostname", "\"rbind\",\"rprivate\"");
  const struct
  {
    const char *owned;
    uid_t uid;
    bool with_mapping, is_engines;
  } rows[] = {
    { mine, 100000, true, true },    { mine, 100000, false, false },      { mine, 100001, true, false },
    { box, 100000, true, false },    { containers, 100000, true, false }, { hosts, 100000, true, true },
    { docker, 100000, true, false },
  };

  (void)state;
  cc_host_file(hosts, "");
  cc_host_file(hostname, "");
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      auto_box struct box b;

      engine_of_boxes = rows[i].owned == docker ? CC_ENGINE_DOCKER : CC_ENGINE_PODMAN;
      assert_int_equal(chown(rows[i].owned, rows[i].uid, (gid_t)-1), 0);
      box_fill(&b, rows[i].with_mapping ? mapped : "", rows[i].owned == docker ? of_docker : text);
      b.identity.sandbox_id = NULL;
      run(&b, cc_harden_mounts);
      if ((b.report.count == 0 && b.pins.count == 0) != rows[i].is_engines)
        fail_msg("row %zu: %s", i, verdict(&b));
      assert_int_equal(chown(rows[i].owned, 0, (gid_t)-1), 0);
    }
  engine_of_boxes = CC_ENGINE_DOCKER;
}

/* What identity found counts where no mount shows it. */
static void
the_engine_directory_of_identity(void **state)
{
  cc_auto_free char *own = cc_xasprintf("%s/containers/data/containers/" ID, cc_host_dir());
  cc_auto_free char *image = cc_xstrdup(cc_host_mkdir(AT("@/containers/data/overlay2/x")));
  cc_auto_free char *beside = cc_xstrdup(cc_host_mkdir(AT("@/containers/other")));
  cc_auto_free char *one = bind_text(image, "/x", "\"rbind\""), *two = bind_text(beside, "/x", "\"rbind\"");

  (void)state;
  for (size_t i = 0; i < 2; i++)
    {
      auto_box struct box b;

      box_fill(&b, "", i == 0 ? one : two);
      b.identity.engine_dir = own;
      run(&b, cc_harden_mounts);
      assert_string_equal(verdict(&b), i == 0 ? "bind-blocked" : "allowed");
    }
}

static void
pods_of_kubernetes(void **state)
{
  cc_auto_free char *pods = cc_xasprintf("%s/k/pods/" POD, cc_host_dir());
  cc_auto_free char *log = cc_xasprintf("%s/containers/main/abcd", pods);
  cc_auto_free char *empty = cc_xasprintf("%s/volumes/kubernetes.io~empty-dir/scratch", pods);
  cc_auto_free char *evil = cc_xasprintf("%s/volumes/kubernetes.io~csi/evil", pods);
  cc_auto_free char *api = cc_xasprintf("%s/volumes/kubernetes.io~projected/kube-api-access-x", pods);
  cc_auto_free char *hidden = cc_xasprintf("%s/volumes/kubernetes.io~projected/settings", pods);
  cc_auto_free char *other
      = cc_xasprintf("%s/k/pods/22222222-2222-3333-4444-555555555555/volumes/kubernetes.io~empty-dir/x", cc_host_dir());
  cc_auto_free char *with = NULL, *first = NULL, *second = NULL;
  auto_box struct box b;

  (void)state;
  engine_of_boxes = CC_ENGINE_CRI;
  cc_host_file(log, "");
  cc_host_mkdir(empty);
  cc_host_mkdir(api);
  cc_host_mkdir(hidden);
  cc_host_mkdir(other);
  cc_host_bind("/etc", evil);
  assert_string_equal(judge_bind(log, "/dev/termination-log", "\"rbind\",\"rprivate\",\"rw\""), "allowed");
  assert_string_equal(judge_bind(log, "/dev/kmsg", "\"rbind\""), "bind-target");
  assert_string_equal(judge_bind(empty, "/scratch", "\"rbind\",\"rprivate\",\"rw\""), "allowed");
  assert_string_equal(judge_bind(evil, "/evil", "\"rbind\""), "bind-blocked");
  assert_string_equal(judge_bind(api, "/var/run/secrets/kubernetes.io/serviceaccount", "\"rbind\",\"ro\""),
                      "bind-credential");
  assert_string_equal(judge_bind(api, "/elsewhere", "\"rbind\",\"ro\""), "bind-credential");
  assert_string_equal(judge_bind(hidden, "/settings", "\"rbind\",\"ro\""), "allowed");
  cc_host_file(AT("%s/token", hidden), "");
  assert_string_equal(judge_bind(hidden, "/settings", "\"rbind\",\"ro\""), "bind-credential");
  assert_string_equal(
      judge_bind(cc_host_mkdir(AT("%s/volumes/kubernetes.io~secret/default-token-x7k2p", pods)), "/s", "\"rbind\""),
      "bind-credential");
  assert_string_equal(
      judge_bind(cc_host_mkdir(AT("%s/volumes/kubernetes.io~empty-dir/a-token-cache", pods)), "/s", "\"rbind\""),
      "allowed");
  /* another pod's volume, once this pod's mounts have shown where kubelet keeps them */
  first = bind_text(log, "/dev/termination-log", "\"rbind\"");
  second = bind_text(other, "/stolen", "\"rbind\"");
  with = cc_xasprintf("%s,%s", first, second);
  box_fill(&b, "", with);
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "bind-blocked");
  cc_host_umount(evil);
  engine_of_boxes = CC_ENGINE_DOCKER;
}

/* Each is compared with each: a list without an end would take minutes. */
static void
mounts_without_end(void **state)
{
  auto_box struct box b;

  (void)state;
  for (size_t count = 1024; count <= 1025; count++)
    {
      struct cc_jval *list;

      box_fill(&b, "", "");
      list = cc_jget(b.h.spec, "mounts");
      while (list->count < count)
        {
          cc_auto_free char *destination = cc_xasprintf("/m%u", list->count);
          struct cc_jval *m = cc_jnew(b.doc, CC_JSON_OBJECT);

          cc_jset_str(b.doc, m, "destination", destination);
          cc_jset_str(b.doc, m, "type", "tmpfs");
          cc_jappend(list, m);
        }
      run(&b, cc_harden_mounts);
      assert_string_equal(verdict(&b), count == 1024 ? "allowed" : "mount-target");
      if (count == 1024)
        box_free(&b);
    }
}

static void
init_programs(void **state)
{
  const char *init = AT("@/i/docker-init"), *theirs = AT("@/i/w/docker-init");
  auto_box struct box b;
  cc_auto_free char *text = NULL;

  (void)state;
  cc_host_file(init, "");
  cc_host_file(theirs, "");
  text = bind_text(init, "/sbin/docker-init", "\"bind\",\"ro\"");
  box_fill(&b, "", text);
  run(&b, cc_harden_mounts);
  assert_int_equal(b.report.count, 0);
  /* others may write it: an ordinary bind, which is narrowed */
  assert_int_equal(chmod(theirs, 0666), 0);
  assert_string_equal(judge_bind(theirs, "/sbin/docker-init", "\"bind\",\"ro\""), "allowed");
  assert_string_equal(judge_bind("/etc/passwd", "/sbin/docker-init", "\"bind\",\"ro\""), "bind-blocked");
}

/* How many findings there are about an init program; -1: refused. */
static int
findings_of_init(const char *source)
{
  auto_box struct box b;
  cc_auto_free char *text = bind_text(source, "/run/podman-init", "\"bind\",\"ro\"");

  box_fill(&b, "", text);
  run(&b, cc_harden_mounts);
  return strcmp(verdict(&b), "allowed") == 0 ? (int)b.report.count : -1;
}

/* Debian 13: /usr/libexec/podman/catatonit */
static void
init_programs_behind_links(void **state)
{
  cc_auto_free char *program = cc_xstrdup(AT("@/il/bin/catatonit")), *second = cc_xstrdup(AT("@/il/bin/second"));
  cc_auto_free char *init = cc_xstrdup(AT("@/il/libexec/podman/catatonit"));
  cc_auto_free char *elsewhere = cc_xstrdup(AT("@/il/libexec/podman/tini"));
  cc_auto_free char *open_to_all = cc_xstrdup(AT("@/il/open"));
  cc_auto_free char *through = cc_xasprintf("%s/catatonit", open_to_all);

  (void)state;
  cc_host_file(program, "");
  cc_host_mkdir(AT("@/il/libexec/podman"));
  assert_int_equal(symlink("../../bin/catatonit", init), 0);
  assert_int_equal(findings_of_init(init), 0);
  /* a second name, as of a store that keeps equal files once */
  assert_int_equal(link(program, second), 0);
  assert_int_equal(findings_of_init(init), 0);
  /* a program of another name, a file that others may write to or own, a link of somebody else, and one that others
   * may replace: a caller's, whose second name is refused */
  assert_int_equal(symlink("../../bin/second", elsewhere), 0);
  assert_int_equal(findings_of_init(elsewhere), -1);
  assert_int_equal(chmod(program, 0775), 0);
  assert_int_equal(findings_of_init(init), -1);
  assert_int_equal(chmod(program, 0755), 0);
  assert_int_equal(chown(program, 1234, 0), 0);
  assert_int_equal(findings_of_init(init), -1);
  assert_int_equal(chown(program, 0, 0), 0);
  assert_int_equal(lchown(init, 1234, 0), 0);
  assert_int_equal(findings_of_init(init), -1);
  assert_int_equal(lchown(init, 0, 0), 0);
  assert_int_equal(findings_of_init(init), 0);
  cc_host_mkdir(open_to_all);
  assert_int_equal(symlink("../bin/catatonit", through), 0);
  assert_int_equal(findings_of_init(through), 0);
  assert_int_equal(chmod(open_to_all, 0777), 0);
  assert_int_equal(findings_of_init(through), -1);
}

static void
callers_binds_are_narrowed_and_keep_their_mode(void **state)
{
  cc_auto_free char *project = cc_xstrdup(cc_host_mkdir(AT("@/c/project"))), *tree = cc_xstrdup(AT("@/c/tree"));
  cc_auto_free char *one = bind_text(project, "/workspace", "\"rbind\"");
  cc_auto_free char *two = bind_text(project, "/b/", "\"rbind\",\"ro\",\"rslave\"");
  cc_auto_free char *three = bind_text(tree, "/c", "\"rbind\",\"rprivate\",\"ro\"");
  cc_auto_free char *mounts = cc_xasprintf("%s,%s,%s", one, two, three);
  auto_box struct box b;
  struct stat st;

  (void)state;
  assert_int_equal(chown(project, 1234, 4321), 0);
  cc_host_mount("tmpfs", AT("@/c/tree/inner"), NULL);
  box_fill(&b, "", mounts);
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "allowed");
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
  assert_string_equal(judge_bind("/etc", "/x", "\"rbind\""), "bind-blocked");
  assert_string_equal(judge_bind(AT("@/r/none"), "/x", "\"rbind\""), "bind-missing");
  assert_string_equal(judge_bind("relative", "/x", "\"rbind\""), "bind-missing");
  assert_string_equal(judge_bind("/dev/shm", "/dev/shm/x", "\"rbind\""), "bind-target");
  assert_string_equal(judge_bind(ok, "/proc/sys", "\"rbind\""), "bind-target");
  assert_string_equal(judge_bind(ok, "/", "\"rbind\""), "bind-target");
  assert_string_equal(judge_bind(ok, "/sys/fs/cgroup/x", "\"rbind\""), "bind-target");
  assert_string_equal(judge_bind(ok, "/a/../proc", "\"rbind\""), "mount-target");
  assert_string_equal(judge_bind(ok, "a", "\"rbind\""), "mount-target");
  assert_string_equal(judge_bind(ok, "//proc//", "\"rbind\""), "mount-target");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"rshared\""), "bind-propagation");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"unbindable\""), "bind-propagation");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"suid\""), "mount-option");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"dev\""), "mount-option");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"idmap\""), "mount-option");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"src-nofollow\""), "mount-option");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"nosuid,dev\""), "mount-option");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",1"), "mount-option");
  assert_string_equal(judge_bind(ok, "/x", "\"rbind\",\"nocopy,dev\""), "mount-option");
  assert_string_equal(
      judge_mount("{\"destination\":\"/x\",\"type\":\"tmpfs\",\"source\":\"/etc\",\"options\":[\"rbind\"]}"),
      "mount-type");
  assert_string_equal(judge_mount("{\"destination\":\"/x\",\"source\":\"/etc\",\"options\":[\"ro\",\"bind\"]}"),
                      "bind-blocked");
  assert_string_equal(judge_bind(ok, "/x\",\"uidMappings\":[],\"y\":\"", "\"rbind\""), "mount-option");
}

/* Podman -v name:/data:nocopy */
static void
words_without_meaning(void **state)
{
  cc_auto_free char *source = cc_xstrdup(cc_host_mkdir(AT("@/words")));
  cc_auto_free char *bind = bind_text(source, "/b", "\"nocopy\",\"rbind\",\"\",\"rprivate\",\"copy\"");
  cc_auto_free char *mounts = cc_xasprintf(
      "%s,{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"\",\"ro\",\"nocopy\"]}", bind);
  auto_box struct box b;

  (void)state;
  box_fill(&b, "", mounts);
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "allowed");
  assert_options(&b, "/b", "rbind,rprivate,nosuid,nodev");
  assert_options(&b, "/t", "ro,nosuid,nodev");
}

static void
filesystems(void **state)
{
  auto_box struct box b;

  (void)state;
  assert_string_equal(
      judge_mount("{\"destination\":\"/o\",\"type\":\"overlay\",\"source\":\"o\",\"options\":[\"lowerdir=/etc\"]}"),
      "mount-type");
  assert_string_equal(judge_mount("{\"destination\":\"/o\",\"source\":\"o\"}"), "mount-type");
  assert_string_equal(judge_mount("{\"destination\":\"/o\",\"type\":\"ext4\",\"source\":\"/dev/sda1\"}"), "mount-type");
  assert_string_equal(judge_mount("{\"destination\":\"/o\",\"type\":\"proc\",\"source\":\"proc\"}"), "mount-target");
  assert_string_equal(judge_mount("{\"destination\":\"/proc/sys\",\"type\":\"tmpfs\",\"source\":\"t\"}"),
                      "mount-target");
  assert_string_equal(judge_mount("{\"destination\":\"/dev/x\",\"type\":\"tmpfs\",\"source\":\"t\"}"), "mount-target");
  assert_string_equal(judge_mount("{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}"), "mount-target");
  assert_string_equal(
      judge_mount("{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"suid\"]}"),
      "mount-option");
  assert_string_equal(
      judge_mount("{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"shared\"]}"),
      "bind-propagation");
  box_fill(
      &b, "",
      "{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":\"t\",\"options\":[\"rw\",\"rprivate\",\"tmpcopyup\"]}");
  cc_jset(b.doc, cc_jget(b.h.spec, "mounts")->first->next->next->next, "options", cc_jnew(b.doc, CC_JSON_ARRAY));
  cc_jset_str(b.doc, cc_jget(b.h.spec, "mounts")->first->next->next->next->next, "options", "x");
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "allowed");
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
  cc_auto_free char *bind = bind_text(source, "/t", "\"bind\"");
  cc_auto_free char *over = cc_xasprintf("%s,%s", TMPFS("/t", ""), bind);
  cc_auto_free char *under = cc_xasprintf("%s,%s", bind, TMPFS("/t", ""));
  auto_box struct box b;
  uint32_t count;

  (void)state;
  box_fill(&b, "", TMPFS("/t", "\"noexec\"") "," TMPFS("/t/", "\"exec\",\"suid\"") "," TMPFS("/u", ""));
  count = cc_jget(b.h.spec, "mounts")->count;
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "allowed");
  assert_int_equal(cc_jget(b.h.spec, "mounts")->count, count - 1);
  assert_options(&b, "/t", "noexec,nosuid,nodev");
  assert_null(mount_at(&b, "/t/"));
  assert_options(&b, "/u", "nosuid,nodev");
  assert_int_equal(b.report.count, 3);
  assert_string_equal(b.report.items[1].what, "mounts[/t]");
  assert_string_equal(b.report.items[1].rule, "mount-target");
  /* with a bind, one of them would be hidden */
  assert_string_equal(judge_mount(over), "mount-target");
  assert_string_equal(judge_mount(under), "mount-target");
  assert_string_equal(judge_mount(TMPFS("/t", "") "," TMPFS("/t", "\"bind\"")), "mount-target");
}

static void
writable_kernel_filesystems_become_read_only(void **state)
{
  auto_box struct box b;

  (void)state;
  box_fill(&b, "", "");
  cc_jappend_str(b.doc, cc_jneed_array(b.doc, cc_jget(b.h.spec, "mounts")->first->next->next->next, "options"), "rw");
  run(&b, cc_harden_mounts);
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
  run(&b, cc_harden_mounts);
  assert_string_equal(cc_jget_str(mount_at(&b, "/proc"), "type"), "proc");
  assert_string_equal(cc_jget_str(mount_at(&b, "/dev"), "type"), "tmpfs");
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
      cc_auto_free char *text = bind_text(volume, cases[i].target, "\"rbind\"");
      auto_box struct box b;

      box_fill(&b, "", text);
      b.h.rootfs_fd = rootfs;
      run(&b, cc_harden_mounts);
      if (strcmp(verdict(&b), cases[i].rule) != 0)
        fail_msg("%s: %s", cases[i].target, verdict(&b));
    }
  /* a target inside a volume whose owner made a link there */
  assert_int_equal(symlink("/proc", AT("@/l/volume/p")), 0);
  file = bind_text(volume, "/v/", "\"rbind\"");
  for (size_t i = 0; i < 2; i++)
    {
      cc_auto_free char *inner = bind_text(volume, i == 0 ? "/v/p/sys" : "/v/q", "\"rbind\"");
      cc_auto_free char *both = cc_xasprintf("%s,%s", file, inner);
      auto_box struct box b;

      box_fill(&b, "", both);
      b.h.rootfs_fd = rootfs;
      run(&b, cc_harden_mounts);
      assert_string_equal(verdict(&b), i == 0 ? "bind-target" : "allowed");
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
      cc_auto_free char *first = bind_text(volume, outer[i], "\"rbind\"");
      cc_auto_free char *inner = bind_text(volume, targets[i], "\"rbind\"");
      cc_auto_free char *both = cc_xasprintf("%s,%s", first, inner);
      auto_box struct box b;

      box_fill(&b, "", both);
      b.h.rootfs_fd = rootfs;
      run(&b, cc_harden_mounts);
      assert_string_equal(verdict(&b), i < 2 ? "bind-target" : "allowed");
    }
}

static void
operators_binds(void **state)
{
  cc_auto_free char *cache = cc_xstrdup(cc_host_mkdir(AT("@/p/cache")));
  struct cc_bind binds[] = { { cache, (char *)"/cache", true }, { cache, (char *)"/taken", false } };
  cc_auto_free char *taken = bind_text(cache, "/taken", "\"rbind\",\"ro\"");
  struct cc_bind reserved = { cache, (char *)"/workspace", false }, over = { cache, (char *)"/dir", false };
  struct cc_bind blocked = { (char *)"/etc", (char *)"/e", true };
  cc_auto_free char *below = bind_text(cache, "/dir/x", "\"rbind\"");
  auto_box struct box b, r, o, e;

  (void)state;
  box_fill(&b, "", taken);
  b.policy.binds = binds;
  b.policy.bind_count = 2;
  run(&b, cc_harden_mounts);
  assert_string_equal(verdict(&b), "allowed");
  assert_options(&b, "/cache", "rbind,rprivate,nosuid,nodev,ro");
  assert_options(&b, "/taken", "rbind,ro,rprivate,nosuid,nodev");
  box_fill(&r, "", "");
  r.policy.binds = &reserved;
  r.policy.bind_count = 1;
  run(&r, cc_harden_mounts);
  assert_string_equal(verdict(&r), "bind-target");
  box_fill(&o, "", below);
  o.policy.binds = &over;
  o.policy.bind_count = 1;
  run(&o, cc_harden_mounts);
  assert_string_equal(verdict(&o), "bind-target");
  box_fill(&e, "", "");
  e.policy.binds = &blocked;
  e.policy.bind_count = 1;
  run(&e, cc_harden_mounts);
  assert_string_equal(verdict(&e), "bind-blocked");
}

static void
root_is_read_only_and_masked(void **state)
{
  auto_box struct box b, again;

  (void)state;
  box_fill(&b, "\"linux\":{\"maskedPaths\":[\"/proc/mine\",\"/proc/kcore\"]},", "");
  run(&b, cc_harden_rootfs);
  assert_true(cc_jbool(cc_jpath(b.h.spec, "root.readonly"), false));
  assert_true(cc_jarray_has(cc_jpath(b.h.spec, "linux.maskedPaths"), "/proc/mine"));
  assert_true(cc_jarray_has(cc_jpath(b.h.spec, "linux.maskedPaths"), "/proc/keys"));
  assert_true(cc_jarray_has(cc_jpath(b.h.spec, "linux.maskedPaths"), "/sys/firmware"));
  assert_int_equal(cc_jpath(b.h.spec, "linux.maskedPaths")->count, 14);
  assert_int_equal(cc_jpath(b.h.spec, "linux.readonlyPaths")->count, 5);
  assert_int_equal(b.report.count, 3);
  /* a second time there is nothing left to do */
  cc_report_clear(&b.report);
  run(&b, cc_harden_rootfs);
  assert_int_equal(b.report.count, 0);
  box_fill(&again, "\"linux\":{\"rootfsPropagation\":\"rshared\"},", "");
  run(&again, cc_harden_rootfs);
  assert_string_equal(verdict(&again), "bind-propagation");
}

static const char *
judge_rootfs(const char *path)
{
  cc_auto_close int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  auto_box struct box b;

  assert_true(fd >= 0);
  box_fill(&b, "", "");
  b.h.rootfs_fd = fd;
  run(&b, cc_harden_rootfs);
  return verdict(&b);
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
  run(&b, cc_harden_rootfs);
  assert_string_equal(verdict(&b), "rootfs");
}

static void
tmpfs_of_the_policy(void **state)
{
  cc_auto_free char *secret = bind_text("/x", "/run/secrets/s", "\"rbind\"");
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
  run(&b, cc_harden_tmpfs);
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
  run(&pause, cc_harden_tmpfs);
  assert_null(mount_at(&pause, "/workspace"));
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
      run(&b, cc_harden_tmpfs);
      assert_string_equal(verdict(&b), rows[i].verdict);
      assert_int_equal(unlink(AT("@/l/%s", rows[i].link)), 0);
    }
}

static void
what_is_mounted_is_not_covered(void **state)
{
  cc_auto_free char *var = bind_text("/x", "/var", "\"rbind\""),
                    *workspace = bind_text("/x", "/workspace", "\"rbind\"");
  cc_auto_free char *mounts = cc_xasprintf("%s,%s", var, workspace);
  auto_box struct box b;

  (void)state;
  box_fill(&b, "", mounts);
  run(&b, cc_harden_tmpfs);
  assert_null(mount_at(&b, "/var/tmp"));
  assert_string_equal(cc_jget_str(mount_at(&b, "/workspace"), "type"), "bind");
  assert_non_null(mount_at(&b, "/tmp"));
}

static void
sizes(void **state)
{
  static const char *const bad[]
      = { "08m", "010", "0x10", "", "50%", "x", "1z", "-1", "1kk", "99999999999999999999", "99999999999g" };
  uint64_t n = 7;

  (void)state;
  assert_int_equal(cc_mount_size("65536k", &n), 0);
  assert_int_equal(n, 67108864);
  assert_int_equal(cc_mount_size("1G", &n), 0);
  assert_int_equal(n, 1073741824);
  assert_int_equal(cc_mount_size("12", &n), 0);
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    assert_int_equal(cc_mount_size(bad[i], &n), -1);
  assert_int_equal(n, 12);
}

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
  run(&b, cc_harden_devices);
  assert_false(cc_jbool(cc_jget(cc_jpath(b.h.spec, "linux.resources.devices")->first, "allow"), true));
  if (findings != NULL)
    *findings = b.report.count;
  return verdict(&b);
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
    cmocka_unit_test(engine_mounts_stay_as_they_are),
    cmocka_unit_test(sources_that_an_engine_will_make),
    cmocka_unit_test(only_this_containers_own_files),
    cmocka_unit_test(look_alikes),
    cmocka_unit_test(links_to_an_engines_directory),
    cmocka_unit_test(files_of_a_user_namespace),
    cmocka_unit_test(the_engine_directory_of_identity),
    cmocka_unit_test(pods_of_kubernetes),
    cmocka_unit_test(mounts_without_end),
    cmocka_unit_test(init_programs),
    cmocka_unit_test(init_programs_behind_links),
    cmocka_unit_test(callers_binds_are_narrowed_and_keep_their_mode),
    cmocka_unit_test(binds_that_are_refused),
    cmocka_unit_test(words_without_meaning),
    cmocka_unit_test(filesystems),
    cmocka_unit_test(two_tmpfs_at_one_place),
    cmocka_unit_test(writable_kernel_filesystems_become_read_only),
    cmocka_unit_test(a_bundle_without_proc_and_dev_gets_them),
    cmocka_unit_test(links_below_a_target),
    cmocka_unit_test(operators_binds),
    cmocka_unit_test(root_is_read_only_and_masked),
    cmocka_unit_test(root_filesystems_with_links),
    cmocka_unit_test(tmpfs_of_the_policy),
    cmocka_unit_test(an_image_does_not_choose_where_a_tmpfs_goes),
    cmocka_unit_test(what_is_mounted_is_not_covered),
    cmocka_unit_test(sizes),
    cmocka_unit_test(devices),
  };
  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
