/* Mounts that an engine makes for itself, told from those of its caller, on a real directory tree. */
#include "mount_box.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only a preview says so: in the runtime nothing is nothing. */
static void
sources_that_an_engine_will_make(void **state)
{
  static char later[] = "/later/a", blocked[] = "/etc/later";
  static char *items[] = { later, blocked };
  struct cc_strings pending = { items, 2 };
  auto_box struct box b, c;

  (void)state;
  assert_string_equal(box_judge_bind(later, "/x", "\"rbind\""), "bind-missing");
  box_fill(&b, "", "{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/later/a\",\"options\":[\"rbind\"]}");
  b.h.pending = &pending;
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "allowed");
  assert_options(&b, "/x", "rbind,rprivate,nosuid,nodev");
  assert_int_equal(b.pins.count, 0);
  box_fill(&c, "", "{\"destination\":\"/x\",\"type\":\"bind\",\"source\":\"/etc/later\",\"options\":[\"rbind\"]}");
  c.h.pending = &pending;
  box_run(&c, cc_harden_mounts);
  assert_string_equal(box_verdict(&c), "bind-blocked");
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

      text = box_bind_text(cc_host_file(AT("@/d/containers/" ID "/%s", files[i]), ""), destination,
                           "\"rbind\",\"rprivate\"");
      more = cc_xasprintf("%s%s%s", mounts, i > 0 ? "," : "", text);
      free(mounts);
      mounts = more;
    }
  box_fill(&b, "", mounts);
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "allowed");
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
  assert_string_equal(box_judge_bind(hosts, "/etc/hosts", "\"rbind\""), "allowed");
  /* the right file at another target, another file, another container's: state of the engine */
  assert_string_equal(box_judge_bind(hosts, "/data/hosts", "\"rbind\""), "bind-blocked");
  assert_string_equal(box_judge_bind(config, "/etc/hosts", "\"rbind\""), "bind-blocked");
  one = box_bind_text(hosts, "/etc/hosts", "\"rbind\"");
  two = box_bind_text(theirs, "/etc/hostname", "\"rbind\"");
  both = cc_xasprintf("%s,%s", one, two);
  box_fill(&b, "", both);
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "bind-blocked");
  /* a tree that somebody else may write is not an engine's: then this is an ordinary file */
  assert_int_equal(chmod(mine, 0777), 0);
  assert_string_equal(box_judge_bind(hosts, "/etc/hosts", "\"rbind\",\"rprivate\",\"nosuid\",\"nodev\""), "allowed");
  assert_string_equal(box_judge_bind(config, "/data", "\"rbind\""), "allowed");
  assert_int_equal(chmod(mine, 0755), 0);
  /* nor one whose file is a link */
  assert_int_equal(unlink(hosts), 0);
  assert_int_equal(symlink("/etc/shadow", hosts), 0);
  assert_string_equal(box_judge_bind(hosts, "/etc/hosts", "\"rbind\""), "bind-blocked");
}

/* True when a bind is taken for the engine's own: left as it is, judged by nobody. */
static bool
is_engines(const char *source, const char *destination)
{
  auto_box struct box b;
  cc_auto_free char *text = box_bind_text(source, destination, "\"rbind\",\"rprivate\"");

  box_fill(&b, "", text);
  box_run(&b, cc_harden_mounts);
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
  for (box_engine = CC_ENGINE_NONE; box_engine <= CC_ENGINE_CRIO; box_engine++)
    assert_int_equal(is_engines(hosts, "/etc/hosts"),
                     box_engine == CC_ENGINE_DOCKER || box_engine == CC_ENGINE_CONTAINERD);
  box_engine = CC_ENGINE_DOCKER;
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
  cc_auto_free char *text = box_bind_text(hosts, "/etc/hosts", "\"rbind\",\"rprivate\"");
  cc_auto_free char *of_docker = box_bind_text(hostname, "/etc/hostname", "\"rbind\",\"rprivate\"");
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

      box_engine = rows[i].owned == docker ? CC_ENGINE_DOCKER : CC_ENGINE_PODMAN;
      assert_int_equal(chown(rows[i].owned, rows[i].uid, (gid_t)-1), 0);
      box_fill(&b, rows[i].with_mapping ? mapped : "", rows[i].owned == docker ? of_docker : text);
      b.identity.sandbox_id = NULL;
      box_run(&b, cc_harden_mounts);
      if ((b.report.count == 0 && b.pins.count == 0) != rows[i].is_engines)
        fail_msg("row %zu: %s", i, box_verdict(&b));
      assert_int_equal(chown(rows[i].owned, 0, (gid_t)-1), 0);
    }
  box_engine = CC_ENGINE_DOCKER;
}

/* What identity found counts where no mount shows it. */
static void
the_engine_directory_of_identity(void **state)
{
  cc_auto_free char *own = cc_xasprintf("%s/containers/data/containers/" ID, cc_host_dir());
  cc_auto_free char *image = cc_xstrdup(cc_host_mkdir(AT("@/containers/data/overlay2/x")));
  cc_auto_free char *beside = cc_xstrdup(cc_host_mkdir(AT("@/containers/other")));
  cc_auto_free char *one = box_bind_text(image, "/x", "\"rbind\""), *two = box_bind_text(beside, "/x", "\"rbind\"");

  (void)state;
  for (size_t i = 0; i < 2; i++)
    {
      auto_box struct box b;

      box_fill(&b, "", i == 0 ? one : two);
      b.identity.engine_dir = own;
      box_run(&b, cc_harden_mounts);
      assert_string_equal(box_verdict(&b), i == 0 ? "bind-blocked" : "allowed");
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
  box_engine = CC_ENGINE_CRI;
  cc_host_file(log, "");
  cc_host_mkdir(empty);
  cc_host_mkdir(api);
  cc_host_mkdir(hidden);
  cc_host_mkdir(other);
  cc_host_bind("/etc", evil);
  assert_string_equal(box_judge_bind(log, "/dev/termination-log", "\"rbind\",\"rprivate\",\"rw\""), "allowed");
  assert_string_equal(box_judge_bind(log, "/dev/kmsg", "\"rbind\""), "bind-target");
  assert_string_equal(box_judge_bind(empty, "/scratch", "\"rbind\",\"rprivate\",\"rw\""), "allowed");
  assert_string_equal(box_judge_bind(evil, "/evil", "\"rbind\""), "bind-blocked");
  assert_string_equal(box_judge_bind(api, "/var/run/secrets/kubernetes.io/serviceaccount", "\"rbind\",\"ro\""),
                      "bind-credential");
  assert_string_equal(box_judge_bind(api, "/elsewhere", "\"rbind\",\"ro\""), "bind-credential");
  assert_string_equal(box_judge_bind(hidden, "/settings", "\"rbind\",\"ro\""), "allowed");
  cc_host_file(AT("%s/token", hidden), "");
  assert_string_equal(box_judge_bind(hidden, "/settings", "\"rbind\",\"ro\""), "bind-credential");
  assert_string_equal(
      box_judge_bind(cc_host_mkdir(AT("%s/volumes/kubernetes.io~secret/default-token-x7k2p", pods)), "/s", "\"rbind\""),
      "bind-credential");
  assert_string_equal(
      box_judge_bind(cc_host_mkdir(AT("%s/volumes/kubernetes.io~empty-dir/a-token-cache", pods)), "/s", "\"rbind\""),
      "allowed");
  /* another pod's volume, once this pod's mounts have shown where kubelet keeps them */
  first = box_bind_text(log, "/dev/termination-log", "\"rbind\"");
  second = box_bind_text(other, "/stolen", "\"rbind\"");
  with = cc_xasprintf("%s,%s", first, second);
  box_fill(&b, "", with);
  box_run(&b, cc_harden_mounts);
  assert_string_equal(box_verdict(&b), "bind-blocked");
  cc_host_umount(evil);
  box_engine = CC_ENGINE_DOCKER;
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
      box_run(&b, cc_harden_mounts);
      assert_string_equal(box_verdict(&b), count == 1024 ? "allowed" : "mount-target");
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
  text = box_bind_text(init, "/sbin/docker-init", "\"bind\",\"ro\"");
  box_fill(&b, "", text);
  box_run(&b, cc_harden_mounts);
  assert_int_equal(b.report.count, 0);
  /* others may write it: an ordinary bind, which is narrowed */
  assert_int_equal(chmod(theirs, 0666), 0);
  assert_string_equal(box_judge_bind(theirs, "/sbin/docker-init", "\"bind\",\"ro\""), "allowed");
  assert_string_equal(box_judge_bind("/etc/passwd", "/sbin/docker-init", "\"bind\",\"ro\""), "bind-blocked");
}

/* How many findings there are about an init program; -1: refused. */
static int
findings_of_init(const char *source)
{
  auto_box struct box b;
  cc_auto_free char *text = box_bind_text(source, "/run/podman-init", "\"bind\",\"ro\"");

  box_fill(&b, "", text);
  box_run(&b, cc_harden_mounts);
  return strcmp(box_verdict(&b), "allowed") == 0 ? (int)b.report.count : -1;
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
  };
  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
