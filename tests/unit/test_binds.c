/* Bind rules on real mounts. `naive` is what a check of the resolved path alone would say: where it lets a source
 * through that the rules refuse, the rules' work is shown. */
#include "common/own.h"
#include "common/path.h"
#include "host.h"
#include "policy/binds.h"
#include "policy/mountinfo.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define AT cc_host_path

static const char *
judge_with(const char *const *extra, const char *exempt, const char *source, bool read_only, struct cc_bind_source *out)
{
  static char workspace_root[] = "/var/lib/closedclaw/sandboxes";
  static struct cc_error err;
  struct cc_policy policy = { .workspace_root = workspace_root };
  struct cc_bind_rules *rules = NULL;
  struct cc_bind_source found = { .fd = -1 };
  int result;

  cc_error_clear(&err);
  assert_int_equal(cc_bind_rules_new(&policy, extra, &rules, &err), 0);
  if (exempt != NULL)
    cc_bind_rules_exempt(rules, exempt);
  result = cc_bind_judge(rules, source, read_only, &found, &err);
  cc_bind_rules_free(rules);
  if (result < 0)
    {
      assert_int_equal(found.fd, -1);
      assert_null(found.real_path);
      /* every refusal names what was asked and what to do instead */
      assert_non_null(strstr(err.msg, source));
      assert_non_null(strchr(err.msg, ';'));
      return err.rule[0] != '\0' ? err.rule : "failed";
    }
  assert_true(found.fd >= 0);
  assert_true(cc_path_is_clean(found.real_path));
  if (out != NULL)
    *out = found;
  else
    cc_bind_source_clear(&found);
  return "allowed";
}

static const char *
judge(const char *source)
{
  return judge_with(NULL, NULL, source, false, NULL);
}

/* The check that gateways make: realpath, then string prefixes. */
static bool
naive_allows(const char *source)
{
  static const char *const blocked[]
      = { "/etc", "/proc", "/sys", "/dev", "/boot", "/root", "/run", "/var/lib/docker/containers" };
  char real[PATH_MAX];

  if (realpath(source, real) == NULL)
    return false;
  for (size_t i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++)
    if (cc_path_is_under(real, blocked[i]) || cc_path_is_under(blocked[i], real))
      return false;
  return true;
}

#define assert_judged(source, rule) assert_string_equal(judge(source), rule)
#define assert_only_ours(source, rule)                                                                                 \
  do                                                                                                                   \
    {                                                                                                                  \
      assert_true(naive_allows(source));                                                                               \
      assert_string_equal(judge(source), rule);                                                                        \
    }                                                                                                                  \
  while (0)

static void
ordinary_sources_are_allowed(void **state)
{
  struct cc_bind_source out;

  (void)state;
  cc_host_mkdir(AT("@/project"));
  assert_int_equal(chown(AT("@/project"), 1234, 4321), 0);
  cc_host_file(AT("@/project/file"), "x");
  assert_int_equal(symlink(AT("@/project"), AT("@/link")), 0);
  assert_string_equal(judge_with(NULL, NULL, AT("@/link"), false, &out), "allowed");
  assert_string_equal(out.real_path, AT("@/project"));
  assert_true(out.directory);
  assert_false(out.submounts);
  assert_int_equal(out.uid, 1234);
  assert_int_equal(out.gid, 4321);
  assert_int_equal(fcntl(out.fd, F_GETFD), FD_CLOEXEC);
  cc_bind_source_clear(&out);
  assert_int_equal(out.fd, -1);
  assert_judged(AT("@/project/file"), "allowed");
  assert_judged(AT("@/project/../link/file"), "allowed");
  assert_judged("/usr/share", "allowed");
  cc_host_mkdir("/home/a/project");
  assert_judged("/home/a/project", "allowed");
  cc_host_file(AT("@/project/.docker/nginx.conf"), "");
  assert_judged(AT("@/project/.docker"), "allowed");
}

static void
blocked_places_and_what_holds_them(void **state)
{
  static const char *const places[]
      = { "/",    "/etc",     "/etc/",    "/etc/ssl",    "/etc/passwd", "/proc",       "/proc/sys",
          "/sys", "/dev",     "/dev/shm", "/boot",       "/root",       "/run",        "/var/run",
          "/var", "/var/lib", "/home",    "/usr/../etc", "/proc/self",  "/dev/../run", "/tmp" };

  (void)state;
  for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
    if (strcmp(judge(places[i]), "bind-blocked") != 0)
      fail_msg("%s: %s", places[i], judge(places[i]));
  cc_host_mkdir("/var/lib/docker/overlay2");
  cc_host_mkdir("/var/lib/kubelet/pods/other/volumes");
  cc_host_mkdir("/root/project");
  cc_host_mkdir("/home/a");
  assert_judged("/var/lib/docker", "bind-blocked");
  assert_judged("/var/lib/docker/overlay2", "bind-blocked");
  assert_judged("/var/lib/kubelet/pods/other/volumes", "bind-blocked");
  assert_judged("/root/project", "bind-blocked");
  assert_judged("/home/a", "bind-blocked");
  cc_host_mkdir("/tmp/.X11-unix");
  assert_judged("/tmp/.X11-unix", "bind-blocked");
}

static void
links_are_what_they_lead_to(void **state)
{
  (void)state;
  cc_host_mkdir(AT("@/links"));
  assert_int_equal(symlink("/etc", AT("@/links/etc")), 0);
  assert_int_equal(symlink("etc/ssl", AT("@/links/ssl")), 0);
  assert_int_equal(symlink("loop", AT("@/links/loop")), 0);
  assert_judged(AT("@/links/etc"), "bind-blocked");
  assert_judged(AT("@/links/ssl"), "bind-blocked");
  assert_judged(AT("@/links/etc/passwd"), "bind-blocked");
  assert_judged(AT("@/links/loop"), "bind-blocked");
  /* what they mean depends on the process that looks */
  assert_judged("/proc/self/root/usr", "bind-blocked");
  assert_judged("/proc/self/cwd", "bind-blocked");
}

static void
bind_mounted_copies_are_the_original(void **state)
{
  (void)state;
  cc_host_bind("/etc", AT("@/copies/etc"));
  cc_host_bind("/etc/ssl", AT("@/copies/ssl"));
  cc_host_bind("/etc/passwd", AT("@/copies/accounts"));
  cc_host_bind("/", AT("@/copies/all"));
  assert_only_ours(AT("@/copies/etc"), "bind-blocked");
  assert_only_ours(AT("@/copies/etc/ssl"), "bind-blocked");
  assert_only_ours(AT("@/copies/etc/passwd"), "bind-blocked");
  assert_only_ours(AT("@/copies/ssl"), "bind-blocked");
  assert_only_ours(AT("@/copies/ssl/certs"), "bind-blocked");
  assert_only_ours(AT("@/copies/accounts"), "bind-blocked");
  assert_only_ours(AT("@/copies/all"), "bind-blocked");
  assert_only_ours(AT("@/copies/all/etc/ssl"), "bind-blocked");
  assert_only_ours(AT("@/copies/all/proc"), "bind-blocked");
  /* /usr of the copy is as good as /usr */
  assert_judged(AT("@/copies/all/usr/share"), "allowed");
  /* recursive: what is mounted below comes along */
  assert_only_ours(AT("@/copies"), "bind-blocked");
  cc_host_umount(AT("@/copies/all"));
  cc_host_umount(AT("@/copies/accounts"));
  cc_host_umount(AT("@/copies/ssl"));
  cc_host_umount(AT("@/copies/etc"));
  assert_judged(AT("@/copies"), "allowed");
}

static void
copies_of_homes_keep_their_secrets(void **state)
{
  (void)state;
  cc_host_file("/home/b/.ssh/id", "");
  cc_host_file("/home/b/.config/token", "");
  cc_host_bind("/home/b", AT("@/homes/b"));
  cc_host_bind("/home/b/.ssh", AT("@/homes/keys"));
  cc_host_bind("/home/b/.config", AT("@/homes/settings"));
  assert_only_ours(AT("@/homes/b"), "bind-blocked");
  assert_only_ours(AT("@/homes/b/.ssh"), "bind-credential");
  assert_only_ours(AT("@/homes/keys"), "bind-credential");
  assert_only_ours(AT("@/homes/keys/id"), "bind-credential");
  assert_only_ours(AT("@/homes/settings"), "bind-credential");
  assert_only_ours(AT("@/homes"), "bind-blocked");
  cc_host_umount(AT("@/homes/settings"));
  cc_host_umount(AT("@/homes/keys"));
  cc_host_umount(AT("@/homes/b"));
}

static void
volumes_are_what_they_hold(void **state)
{
  struct cc_bind_source out;

  (void)state;
  cc_host_mkdir("/var/lib/docker/volumes/plain/_data/sub");
  cc_host_mkdir("/var/lib/docker/100000.100000/volumes/mapped/_data");
  cc_host_mkdir("/var/lib/containers/storage/volumes/podmans/_data");
  cc_host_file("/var/lib/docker/volumes/plain/opts.json", "{}");
  cc_host_mkdir(AT("@/data"));
  assert_judged("/var/lib/docker/volumes/plain/_data", "allowed");
  assert_judged("/var/lib/docker/volumes/plain/_data/sub", "allowed");
  assert_judged("/var/lib/docker/100000.100000/volumes/mapped/_data", "allowed");
  assert_judged("/var/lib/containers/storage/volumes/podmans/_data", "allowed");
  assert_judged("/var/lib/docker/volumes/plain", "bind-blocked");
  assert_judged("/var/lib/docker/volumes/plain/opts.json", "bind-blocked");
  assert_judged("/var/lib/docker/volumes", "bind-blocked");
  /* docker volume create -o type=none -o o=bind -o device=… */
  cc_host_bind("/etc", "/var/lib/docker/volumes/evil/_data");
  cc_host_bind("/var/lib/docker", "/var/lib/docker/volumes/engine/_data");
  cc_host_bind(AT("@/data"), "/var/lib/docker/volumes/good/_data");
  cc_host_mount("tmpfs", "/var/lib/docker/volumes/memory/_data", NULL);
  assert_only_ours("/var/lib/docker/volumes/evil/_data", "bind-blocked");
  assert_only_ours("/var/lib/docker/volumes/evil/_data/ssl", "bind-blocked");
  assert_judged("/var/lib/docker/volumes/engine/_data", "bind-blocked");
  assert_judged("/var/lib/docker/volumes/good/_data", "allowed");
  assert_judged("/var/lib/docker/volumes/memory/_data", "allowed");
  /* and what a volume shows elsewhere stays usable where it lies */
  assert_judged(AT("@/data"), "allowed");
  /* a volume's subdirectory is bound to this path first, by Docker from 26 on */
  cc_host_bind("/var/lib/docker/volumes/plain/_data/sub", "/var/lib/docker/tmp/safe-mount12");
  cc_host_bind("/var/lib/docker/volumes/plain", "/var/lib/docker/tmp/safe-mount13");
  cc_host_mkdir("/var/lib/docker/tmp/safe-mount14");
  assert_judged("/var/lib/docker/tmp/safe-mount12", "allowed");
  assert_only_ours("/var/lib/docker/tmp/safe-mount13", "bind-blocked");
  assert_only_ours("/var/lib/docker/tmp/safe-mount14", "bind-blocked");
  cc_host_mount("tmpfs", AT("@/data/inner"), NULL);
  assert_string_equal(judge_with(NULL, NULL, AT("@/data"), false, &out), "allowed");
  assert_true(out.submounts);
  cc_bind_source_clear(&out);
  cc_host_umount(AT("@/data/inner"));
}

static void
an_engine_elsewhere(void **state)
{
  cc_auto_free char *data = strdup(AT("@/engine/data")), *own = strdup(AT("@/engine/data/containers/1/volumes"));
  const char *const extra[] = { data, NULL };

  (void)state;
  cc_host_mkdir(AT("@/engine/data/containers/1"));
  cc_host_mkdir(AT("@/engine/data/volumes/v/_data"));
  cc_host_mkdir(AT("@/engine/other"));
  assert_judged(AT("@/engine/data"), "allowed");
  assert_string_equal(judge_with(extra, NULL, AT("@/engine/data/containers/1"), false, NULL), "bind-blocked");
  assert_string_equal(judge_with(extra, NULL, AT("@/engine"), false, NULL), "bind-blocked");
  assert_string_equal(judge_with(extra, NULL, AT("@/engine/data/volumes/v/_data"), false, NULL), "allowed");
  assert_string_equal(judge_with(extra, NULL, AT("@/engine/other"), false, NULL), "allowed");
  /* a pod's own volumes are not refused for their place, and still are what they are */
  cc_host_mkdir(AT("@/engine/data/containers/1/volumes/x"));
  cc_host_bind("/etc", AT("@/engine/data/containers/1/volumes/y"));
  assert_string_equal(judge_with(extra, own, AT("@/engine/data/containers/1/volumes/x"), false, NULL), "allowed");
  assert_string_equal(judge_with(extra, own, AT("@/engine/data/containers/1"), false, NULL), "bind-blocked");
  assert_string_equal(judge_with(extra, own, AT("@/engine/data/containers/1/volumes/y"), false, NULL), "bind-blocked");
  cc_host_umount(AT("@/engine/data/containers/1/volumes/y"));
}

/* A place that is itself mounted from elsewhere has a second path there. */
static void
a_place_with_a_second_path(void **state)
{
  (void)state;
  cc_host_file(AT("@/big/containerd/secret"), "");
  cc_host_bind(AT("@/big/containerd"), "/var/lib/containerd");
  assert_only_ours(AT("@/big/containerd"), "bind-blocked");
  assert_only_ours(AT("@/big/containerd/secret"), "bind-blocked");
  assert_only_ours(AT("@/big"), "bind-blocked");
  cc_host_umount("/var/lib/containerd");
  assert_judged(AT("@/big"), "allowed");
}

static void
filesystems_of_the_kernel(void **state)
{
  (void)state;
  cc_host_mount("proc", AT("@/fs/p"), NULL);
  cc_host_mount("sysfs", AT("@/fs/s"), NULL);
  cc_host_mount("tmpfs", AT("@/fs/t"), NULL);
  cc_host_mkdir(AT("@/fs/upper"));
  cc_host_mount("overlay", AT("@/fs/o"), "lowerdir=/etc:/usr");
  assert_only_ours(AT("@/fs/p"), "bind-blocked");
  assert_only_ours(AT("@/fs/p/sys"), "bind-blocked");
  assert_only_ours(AT("@/fs/s"), "bind-blocked");
  assert_only_ours(AT("@/fs/o"), "bind-blocked");
  assert_only_ours(AT("@/fs/o/passwd"), "bind-blocked");
  assert_only_ours(AT("@/fs"), "bind-blocked");
  assert_judged(AT("@/fs/t"), "allowed");
  /* the EFI partition, mounted once more */
  cc_host_mount("tmpfs", "/boot/efi", NULL);
  cc_host_bind("/boot/efi", AT("@/fs/efi"));
  assert_only_ours(AT("@/fs/efi"), "bind-blocked");
  cc_host_umount(AT("@/fs/efi"));
  cc_host_umount("/boot/efi");
  cc_host_umount(AT("@/fs/o"));
  cc_host_umount(AT("@/fs/t"));
  cc_host_umount(AT("@/fs/s"));
  cc_host_umount(AT("@/fs/p"));
}

static void
only_directories_and_files(void **state)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  cc_auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), other = -1;

  (void)state;
  cc_host_mkdir(AT("@/kinds/with"));
  snprintf(address.sun_path, sizeof(address.sun_path), "%s", AT("@/kinds/s"));
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
  assert_int_equal(mkfifo(AT("@/kinds/f"), 0600), 0);
  assert_int_equal(mknod(AT("@/kinds/b"), S_IFBLK | 0600, makedev(254, 0)), 0);
  assert_int_equal(mknod(AT("@/kinds/c"), S_IFCHR | 0600, makedev(1, 11)), 0);
  cc_host_file(AT("@/kinds/plain"), "");
  assert_only_ours(AT("@/kinds/s"), "bind-type");
  assert_only_ours(AT("@/kinds/f"), "bind-type");
  assert_only_ours(AT("@/kinds/b"), "bind-type");
  assert_only_ours(AT("@/kinds/c"), "bind-type");
  assert_judged(AT("@/kinds/plain"), "allowed");
  /* an engine's socket beside other files */
  other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf(address.sun_path, sizeof(address.sun_path), "%s", AT("@/kinds/with/docker.sock"));
  assert_int_equal(bind(other, (struct sockaddr *)&address, sizeof(address)), 0);
  assert_only_ours(AT("@/kinds/with"), "bind-blocked");
}

static void
hard_links_have_other_names(void **state)
{
  (void)state;
  cc_host_file("/var/lib/docker/containers/1/config.v2.json", "");
  cc_host_mkdir("/var/lib/elsewhere");
  assert_int_equal(link("/var/lib/docker/containers/1/config.v2.json", "/var/lib/elsewhere/innocent"), 0);
  assert_only_ours("/var/lib/elsewhere/innocent", "bind-type");
  assert_int_equal(unlink("/var/lib/docker/containers/1/config.v2.json"), 0);
  assert_judged("/var/lib/elsewhere/innocent", "allowed");
}

static void
missing_sources(void **state)
{
  (void)state;
  cc_host_mkdir(AT("@/missing"));
  assert_int_equal(symlink("/nowhere", AT("@/missing/dangling")), 0);
  assert_int_equal(symlink("/etc", AT("@/missing/parent")), 0);
  cc_host_file(AT("@/missing/file"), "");
  assert_judged(AT("@/missing/none"), "bind-missing");
  assert_judged(AT("@/missing/dangling"), "bind-missing");
  assert_judged(AT("@/missing/parent/new-leaf"), "bind-missing");
  assert_judged(AT("@/missing/file/x"), "bind-missing");
  assert_judged("relative", "bind-missing");
  assert_judged("", "bind-missing");
}

/* What an engine would make there, asked before it does. */
static void
sources_of_the_future(void **state)
{
  static const struct
  {
    const char *source, *rule;
  } rows[] = {
    { "@/future/a/b", NULL },
    { "@/future/x/../a", NULL },
    { "@/future/.ssh/a", "bind-credential" },
    { "@/future/dangling", "bind-missing" },
    { "@/future/dangling/a", "bind-missing" },
    { "@/future/etc/new", "bind-blocked" }, /* a link to /etc */
    { "@/future/file/new", "bind-missing" },
    { "/etc/new/a", "bind-blocked" },
    { "/new", NULL },
    { "/proc/self/cwd/new", "bind-missing" },
    { "relative", "bind-missing" },
    { "", "bind-missing" },
    { "/", "bind-blocked" },
  };
  static char workspace_root[] = "/var/lib/closedclaw/sandboxes";
  struct cc_policy policy = { .workspace_root = workspace_root };
  struct cc_bind_rules *rules = NULL;

  (void)state;
  assert_int_equal(cc_bind_rules_new(&policy, NULL, &rules, NULL), 0);
  cc_host_mkdir(AT("@/future"));
  assert_int_equal(symlink("/nowhere", AT("@/future/dangling")), 0);
  assert_int_equal(symlink("/etc", AT("@/future/etc")), 0);
  cc_host_file(AT("@/future/file"), "");
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      struct cc_error err = CC_ERROR_INIT;
      const char *source = rows[i].source[0] == '@' ? AT("@%s", rows[i].source + 1) : rows[i].source;
      int result = cc_bind_judge_missing(rules, source, true, &err);

      if ((result == 0) != (rows[i].rule == NULL) || (result < 0 && strcmp(err.rule, rows[i].rule) != 0))
        fail_msg("%s: %s %s", rows[i].source, err.rule, err.msg);
    }
  cc_bind_rules_free(rules);
}

static void
credentials_by_name(void **state)
{
  static const char *const refused[] = { "/home/c/.ssh",
                                         "/home/c/.ssh/id_ed25519",
                                         "/home/c/.aws/credentials",
                                         "/home/c/.gnupg/x",
                                         "/home/c/.docker/config.json",
                                         "/home/c/.config/x",
                                         "/home/c/.kube/config",
                                         "/home/c/.netrc",
                                         "/home/c/.npm/_auth",
                                         "/home/c/.cargo/credentials",
                                         "/home/c/deep/.ssh/x",
                                         "/srv/cc-unit/.aws/x",
                                         "/home/c/.git-credentials",
                                         "/home/c/.local/share/keyrings/x",
                                         "/home/c/.local/share/containers/storage/x" };
  static const char *const allowed[]
      = { "/home/c/.cache/x", "/home/c/project/.config/x",  "/home/c/project/.docker/x",
          "/home/c/.sshd/x",  "/home/c/.local/share/app/x", "/home/c/.local/share/containers/storage/volumes/v/_data/x",
          "/home/c/ssh/x" };

  (void)state;
  cc_host_mount("tmpfs", "/srv", NULL);
  for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
    {
      cc_host_mkdir(AT("%s", refused[i]));
      if (strcmp(judge(refused[i]), "bind-credential") != 0)
        fail_msg("%s: %s", refused[i], judge(refused[i]));
    }
  for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
    {
      cc_host_mkdir(AT("%s", allowed[i]));
      if (strcmp(judge(allowed[i]), "allowed") != 0)
        fail_msg("%s: %s", allowed[i], judge(allowed[i]));
    }
  assert_judged("/home/c/.local", "bind-credential");
  assert_judged("/home/c/.local/share", "bind-credential");
  cc_host_umount("/srv");
}

static void
homes_of_passwd(void **state)
{
  (void)state;
  cc_host_file(AT("@/passwd"), "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/usr/share:/bin/false\n"
                               "clawd:x:1001:1001::/opt/clawd:/bin/sh\n");
  cc_host_mount("tmpfs", "/opt", NULL);
  cc_host_mkdir("/opt/clawd/.config");
  cc_host_mkdir("/opt/clawd/work");
  assert_judged("/opt/clawd/.config", "allowed");
  cc_host_bind(AT("@/passwd"), "/etc/passwd");
  assert_judged("/opt/clawd", "bind-blocked");
  assert_judged("/opt", "bind-blocked");
  assert_judged("/opt/clawd/.config", "bind-credential");
  assert_judged("/opt/clawd/work", "allowed");
  assert_judged("/usr/share", "allowed");
  cc_host_umount("/etc/passwd");
  cc_host_umount("/opt");
}

static void
state_directories_and_their_sandboxes(void **state)
{
  static const char *const refused[] = { "/home/d/.openclaw",
                                         "/home/d/.openclaw/credentials",
                                         "/home/d/.openclaw/agents/main/agent",
                                         "/home/d/.openclaw/sandboxes",
                                         "/home/d/.openclaw/sandbox",
                                         "/home/d/.openclaw/sandbox/skills-workspaces",
                                         "/home/d/.openclaw/skills",
                                         "/home/d/.clawdbot",
                                         "/home/d/.ClosedClaw/state",
                                         "/root/.openclaw/credentials",
                                         "/root/work/.openclaw/sandboxes/a",
                                         "/var/lib/closedclaw",
                                         "/var/lib/closedclaw/audit",
                                         "/var/lib/closedclaw/sandboxes",
                                         "/var/log/closedclaw" };
  static const char *const allowed[]
      = { "/home/d/.openclaw/sandboxes/agent-main",
          "/home/d/.clawdbot/sandboxes/x/deep",
          "/home/d/.openclaw/sandboxes/agent-main/.openclaw/anything",
          "/home/d/.openclaw/sandbox/skills-workspaces/s/.openclaw/sandbox-skills/skills",
          "/home/d/.openclaw/workspace",
          "/home/d/.openclaw/workspace/skills",
          "/home/d/.openclaw/workspace-build/.agents/skills",
          "/home/d/work/.openclaw/attachments/1",
          "/root/.openclaw/sandboxes/a",
          "/root/.openclaw/workspace",
          "/var/lib/closedclaw/sandboxes/s1" };

  (void)state;
  for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
    {
      cc_host_mkdir(AT("%s", refused[i]));
      if (strcmp(judge(refused[i]), "bind-blocked") != 0)
        fail_msg("%s: %s", refused[i], judge(refused[i]));
    }
  for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
    {
      cc_host_mkdir(AT("%s", allowed[i]));
      if (strcmp(judge(allowed[i]), "allowed") != 0)
        fail_msg("%s: %s", allowed[i], judge(allowed[i]));
    }
  cc_host_mkdir("/home/d/.openclaw/sandboxes/agent-main/.ssh");
  assert_judged("/home/d/.openclaw/sandboxes/agent-main/.ssh", "bind-credential");
  assert_string_equal(judge_with(NULL, NULL, "/home/d/.openclaw/skills", true, NULL), "allowed");
  /* a sandbox that is a link is what it leads to */
  assert_int_equal(symlink("/etc", "/home/d/.openclaw/sandboxes/evil"), 0);
  assert_judged("/home/d/.openclaw/sandboxes/evil", "bind-blocked");
}

static void
links_do_not_lead_out_of_a_sandbox(void **state)
{
  (void)state;
  cc_host_mkdir("/home/e/.openclaw/sandboxes/one/skills");
  cc_host_mkdir("/home/e/.openclaw/sandboxes/two/skills");
  cc_host_mkdir("/home/e/.openclaw/workspace-x");
  cc_host_mkdir("/home/e/project");
  cc_host_mkdir("/var/lib/closedclaw/sandboxes/s1/media");
  cc_host_mkdir("/var/lib/closedclaw/sandboxes/s2/media");
  /* an agent's work: the next container of one would see two's files, which are no blocked place */
  assert_int_equal(symlink("../two/skills", "/home/e/.openclaw/sandboxes/one/other"), 0);
  assert_judged("/home/e/.openclaw/sandboxes/one/other", "bind-blocked");
  assert_int_equal(symlink("../two", "/home/e/.openclaw/sandboxes/one/up"), 0);
  assert_judged("/home/e/.openclaw/sandboxes/one/up/skills", "bind-blocked");
  assert_int_equal(symlink("/home/e/project", "/home/e/.openclaw/workspace-x/skills"), 0);
  assert_judged("/home/e/.openclaw/workspace-x/skills", "bind-blocked");
  assert_int_equal(symlink("../s2/media", "/var/lib/closedclaw/sandboxes/s1/in"), 0);
  assert_judged("/var/lib/closedclaw/sandboxes/s1/in", "bind-blocked");
  /* within it they may lead anywhere, and above it they are the operator's */
  assert_int_equal(symlink("skills", "/home/e/.openclaw/sandboxes/one/same"), 0);
  assert_judged("/home/e/.openclaw/sandboxes/one/same", "allowed");
  assert_int_equal(symlink("/home/e", "/home/link"), 0);
  assert_judged("/home/link/.openclaw/sandboxes/one/skills", "allowed");
}

static bool below_rootfs; /* of the last root filesystem that was judged */

static const char *
judge_rootfs(const char *path)
{
  static struct cc_error err;
  struct cc_policy policy = { 0 };
  struct cc_bind_rules *rules = NULL;
  cc_auto_close int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int result;

  cc_error_clear(&err);
  assert_true(fd >= 0);
  assert_int_equal(cc_bind_rules_new(&policy, NULL, &rules, &err), 0);
  result = cc_bind_judge_rootfs(rules, fd, &below_rootfs, &err);
  cc_bind_rules_free(rules);
  return result == 0 ? "allowed" : err.rule;
}

static void
root_filesystems(void **state)
{
  cc_auto_free char *data = NULL;

  (void)state;
  cc_host_bind("/", AT("@/root/copy"));
  cc_host_bind("/etc", AT("@/root/etc"));
  cc_host_mkdir(AT("@/root/bundle/rootfs"));
  cc_host_mkdir("/var/lib/docker/overlay2/x/merged");
  cc_host_mkdir("/root/bundle/rootfs");
  assert_string_equal(judge_rootfs("/"), "rootfs-blocked");
  assert_string_equal(judge_rootfs("/var"), "rootfs-blocked");
  assert_string_equal(judge_rootfs("/etc"), "rootfs-blocked");
  assert_string_equal(judge_rootfs("/home"), "rootfs-blocked");
  assert_string_equal(judge_rootfs("/etc/ssl"), "rootfs-blocked");
  assert_string_equal(judge_rootfs(AT("@/root/copy")), "rootfs-blocked");
  assert_string_equal(judge_rootfs(AT("@/root/etc")), "rootfs-blocked");
  assert_string_equal(judge_rootfs(AT("@/root/bundle/rootfs")), "allowed");
  assert_string_equal(judge_rootfs("/var/lib/docker/overlay2/x/merged"), "allowed");
  assert_string_equal(judge_rootfs("/root/bundle/rootfs"), "allowed");
  cc_host_mkdir("/home/al/.ssh/root");
  assert_string_equal(judge_rootfs("/home/al/.ssh"), "rootfs-blocked");
  assert_string_equal(judge_rootfs("/home/al/.ssh/root"), "rootfs-blocked");
  /* what is mounted below comes along */
  cc_host_bind("/etc/ssl", AT("@/root/bundle/rootfs/data"));
  assert_string_equal(judge_rootfs(AT("@/root/bundle/rootfs")), "rootfs-blocked");
  cc_host_umount(AT("@/root/bundle/rootfs/data"));
  cc_host_mount("tmpfs", AT("@/root/bundle/rootfs/data"), NULL);
  assert_string_equal(judge_rootfs(AT("@/root/bundle/rootfs")), "allowed");
  assert_true(below_rootfs);
  cc_host_umount(AT("@/root/bundle/rootfs/data"));
  assert_string_equal(judge_rootfs(AT("@/root/bundle/rootfs")), "allowed");
  assert_false(below_rootfs);
  /* an engine's overlay, without and with such a mount */
  cc_host_mkdir(AT("@/root/upper"));
  cc_host_mkdir(AT("@/root/work"));
  cc_host_mkdir(AT("@/root/merged"));
  data = cc_xasprintf("lowerdir=%s,upperdir=%s,workdir=%s", AT("@/root/bundle/rootfs"), AT("@/root/upper"),
                      AT("@/root/work"));
  cc_host_mount("overlay", AT("@/root/merged"), data);
  assert_string_equal(judge_rootfs(AT("@/root/merged")), "allowed");
  assert_false(below_rootfs);
  cc_host_mount("tmpfs", AT("@/root/merged/data"), NULL);
  assert_string_equal(judge_rootfs(AT("@/root/merged")), "allowed");
  assert_true(below_rootfs);
  cc_host_umount(AT("@/root/merged/data"));
  cc_host_bind("/etc/ssl", AT("@/root/merged/data"));
  assert_string_equal(judge_rootfs(AT("@/root/merged")), "rootfs-blocked");
  cc_host_umount(AT("@/root/merged/data"));
  cc_host_umount(AT("@/root/merged"));
  /* a copy of what holds a place has another path, and no place's inode */
  cc_host_bind("/usr", AT("@/root/usr"));
  assert_string_equal(judge_rootfs(AT("@/root/usr")), "allowed");
  cc_host_umount(AT("@/root/usr"));
  cc_host_bind("/var", AT("@/root/var"));
  assert_string_equal(judge_rootfs(AT("@/root/var")), "rootfs-blocked");
  cc_host_umount(AT("@/root/var"));
  cc_host_umount(AT("@/root/etc"));
  cc_host_umount(AT("@/root/copy"));
}

static void
mount_tables(void **state)
{
  struct cc_mountinfo table = CC_MOUNTINFO_INIT;
  struct cc_error err = CC_ERROR_INIT;
  char *bad;

  (void)state;
  assert_int_equal(cc_mountinfo_parse(strdup("36 35 98:1 /mnt\\0401 /a\\134b rw shared:1 master:2 - ext4 /dev/x rw\n"
                                             "37 36 0:5 / /c ro,nosuid - tmpfs  rw,size=4k\n"),
                                      &table, &err),
                   0);
  assert_int_equal(table.count, 2);
  assert_string_equal(table.items[0].root, "/mnt 1");
  assert_string_equal(table.items[0].point, "/a\\b");
  assert_string_equal(table.items[0].type, "ext4");
  assert_int_equal(table.items[0].major, 98);
  assert_string_equal(cc_mountinfo_find(&table, 37)->point, "/c");
  assert_int_equal(cc_mountinfo_find(&table, 36)->parent, 35);
  assert_true(cc_mountinfo_find(&table, 36)->shared);
  assert_string_equal(cc_mountinfo_find(&table, 36)->options, "rw");
  assert_false(cc_mountinfo_find(&table, 37)->shared);
  assert_string_equal(cc_mountinfo_find(&table, 37)->super, "rw,size=4k");
  assert_true(cc_mountinfo_has(cc_mountinfo_find(&table, 37)->options, "ro"));
  assert_true(cc_mountinfo_has(cc_mountinfo_find(&table, 37)->options, "nosuid"));
  assert_false(cc_mountinfo_has(cc_mountinfo_find(&table, 37)->options, "nosui"));
  assert_false(cc_mountinfo_has("relatime,nosuid", "suid"));
  assert_null(cc_mountinfo_find(&table, 38));
  cc_mountinfo_clear(&table);
  bad = strdup("36 35 98:1 /mnt /a rw shared:1\n");
  assert_int_equal(cc_mountinfo_parse(bad, &table, &err), CC_FAILED);
  assert_int_equal(table.count, 0);
  free(bad);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(ordinary_sources_are_allowed),
    cmocka_unit_test(blocked_places_and_what_holds_them),
    cmocka_unit_test(links_are_what_they_lead_to),
    cmocka_unit_test(bind_mounted_copies_are_the_original),
    cmocka_unit_test(copies_of_homes_keep_their_secrets),
    cmocka_unit_test(volumes_are_what_they_hold),
    cmocka_unit_test(an_engine_elsewhere),
    cmocka_unit_test(a_place_with_a_second_path),
    cmocka_unit_test(filesystems_of_the_kernel),
    cmocka_unit_test(only_directories_and_files),
    cmocka_unit_test(hard_links_have_other_names),
    cmocka_unit_test(missing_sources),
    cmocka_unit_test(sources_of_the_future),
    cmocka_unit_test(credentials_by_name),
    cmocka_unit_test(homes_of_passwd),
    cmocka_unit_test(state_directories_and_their_sandboxes),
    cmocka_unit_test(links_do_not_lead_out_of_a_sandbox),
    cmocka_unit_test(root_filesystems),
    cmocka_unit_test(mount_tables),
  };
  int failed;

  cc_host_enter();
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
