/* Files of the configuration: whose they are, where links lead, what conf.d adds. Needs root, for chown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/own.h"
#include "policy/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MEMORY(size) "{ agents: { defaults: { sandbox: { docker: { memory: '" size "' } } } } }"

static char base[64]; /* a fresh directory for each test, root's, 0755 */

/* -- helpers -- */

static const char *
at(const char *name)
{
  static char paths[8][512];
  static unsigned turn;
  char *path = paths[turn++ % 8];

  snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
  return path;
}

static void
put(const char *path, const char *text)
{
  cc_auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  assert_int_equal(fchmod(fd, 0644), 0);
}

static void
make(const char *path)
{
  assert_int_equal(mkdir(path, 0755), 0);
  assert_int_equal(chmod(path, 0755), 0);
}

static void
run_rm(const char *path)
{
  pid_t pid = fork();
  int status;

  assert_true(pid >= 0);
  if (pid == 0)
    {
      execl("/bin/rm", "rm", "-rf", "--", path, (char *)NULL);
      _exit(127);
    }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
}

static int
setup(void **state)
{
  (void)state;
  strcpy(base, "/tmp/closedclaw-test-XXXXXX");
  return mkdtemp(base) == NULL || chmod(base, 0755) < 0 ? -1 : 0;
}

static int
teardown(void **state)
{
  (void)state;
  run_rm(base);
  return 0;
}

static unsigned
open_descriptors(void)
{
  DIR *dir = opendir("/proc/self/fd");
  unsigned n = 0;

  assert_non_null(dir);
  while (readdir(dir) != NULL)
    n++;
  closedir(dir);
  return n;
}

/* The memory limit in MiB that PATH leads to. */
static unsigned
memory_of(const char *path)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_config struct cc_config *config = NULL;
  struct cc_policy policy = { 0 };
  unsigned before = open_descriptors(), megabytes;

  if (cc_config_load(path, &config, &err) < 0 || cc_config_resolve(config, NULL, &policy, &err) < 0)
    fail_msg("%s: [%s] %s", path != NULL ? path : "(default)", err.rule, err.msg);
  assert_int_equal(open_descriptors(), before);
  megabytes = (unsigned)(policy.memory >> 20);
  cc_policy_clear(&policy);
  return megabytes;
}

static void
assert_refused(const char *path, const char *rule, const char *says)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_config *config = NULL;
  unsigned before = open_descriptors();

  if (cc_config_load(path, &config, &err) == 0)
    fail_msg("%s was accepted, not refused with \"%s\"", path, says);
  assert_null(config);
  assert_int_equal(open_descriptors(), before);
  if (strcmp(err.rule, rule) != 0 || strstr(err.msg, says) == NULL || strchr(err.msg, '\n') != NULL)
    fail_msg("%s: [%s] %s\n  is not [%s] with \"%s\"", path, err.rule, err.msg, rule, says);
}

/* Runs TEST in a child, whose credentials and mounts may be changed; failures there fail here. */
static void
in_child(void (*test)(void))
{
  pid_t pid;
  int status;

  fflush(NULL);
  pid = fork();
  assert_true(pid >= 0);
  if (pid == 0)
    {
      test();
      _exit(0); /* a failed assertion of cmocka exits or aborts before */
    }
  assert_int_equal(waitpid(pid, &status, 0), pid);
  if (status != 0)
    fail_msg("the child ended with status %#x", (unsigned)status);
}

#define CHILD_TRUE(condition)                                                                                          \
  do                                                                                                                   \
    if (!(condition))                                                                                                  \
      {                                                                                                                \
        fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno));                           \
        _exit(1);                                                                                                      \
      }                                                                                                                \
  while (0)

/* As assert_refused, but for a child. RULE NULL: it must load. */
static void
child_load(const char *path, const char *rule, const char *says)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_config *config = NULL;
  int rc = cc_config_load(path, &config, &err);

  if (rule == NULL ? rc != 0 : rc == 0 || strcmp(err.rule, rule) != 0 || strstr(err.msg, says) == NULL)
    {
      fprintf(stderr, "%s: %d [%s] %s\n", path != NULL ? path : "(default)", rc, err.rule, err.msg);
      _exit(1);
    }
  cc_config_free(config);
}

/* A mount namespace whose /etc is an empty tmpfs with these permissions. */
static void
private_etc(void)
{
  CHILD_TRUE(unshare(CLONE_NEWNS) == 0);
  CHILD_TRUE(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
  CHILD_TRUE(mount("tmpfs", "/etc", "tmpfs", 0, "mode=755") == 0);
}

static void
child_put(const char *path, const char *text)
{
  FILE *f = fopen(path, "we");

  CHILD_TRUE(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0 && chmod(path, 0644) == 0);
}

/* -- one file -- */

static void
test_named_file(void **state)
{
  (void)state;
  put(at("a.json5"), MEMORY("7m"));
  assert_int_equal(memory_of(at("a.json5")), 7);
  assert_int_equal(chmod(at("a.json5"), 0600), 0);
  assert_int_equal(memory_of(at("a.json5")), 7);
  put(at("any name"), MEMORY("8m"));
  assert_int_equal(memory_of(at("any name")), 8);
  assert_refused(at("missing.json5"), "config", "does not exist");
  assert_refused(at("missing/x.json5"), "config", "does not exist");
  assert_refused(at("a.json5/x.json5"), "config", "a.json5` is not a directory");
  assert_refused("a.json5", "config", "must be the absolute path of a file");
  assert_refused("", "config", "must be the absolute path of a file");
  assert_refused(at(""), "config", "must be the absolute path of a file");
  assert_refused("/", "config", "must be the absolute path of a file");
}

static void
test_what_is_no_file(void **state)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  cc_auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  (void)state;
  make(at("directory.json5"));
  assert_refused(at("directory.json5"), "config", "is a directory");
  assert_int_equal(mkfifo(at("fifo.json5"), 0644), 0);
  assert_refused(at("fifo.json5"), "config", "is not a regular file");
  strcpy(address.sun_path, at("socket.json5"));
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
  assert_int_equal(chmod(at("socket.json5"), 0644), 0);
  assert_refused(at("socket.json5"), "config", "cannot be opened");
  assert_refused("/dev/zero", "config-owner", "`/dev/zero` can be written by others");
}

static void
test_text(void **state)
{
  cc_auto_free char *huge = cc_xcalloc(1, (8 << 20) + 2);

  (void)state;
  put(at("x.json5"), "");
  assert_refused(at("x.json5"), "config", "is empty");
  put(at("x.json5"), "\n// nothing\n");
  assert_refused(at("x.json5"), "config", "x.json5:3:1: the text ends");
  put(at("x.json5"), "{\n agents: {,} }");
  assert_refused(at("x.json5"), "config", "x.json5:2:11: `,` where a key");
  put(at("x.json5"), "{ audit: { fil: '' } }");
  assert_refused(at("x.json5"), "config", "x.json5:1:12: unknown key `fil` in `audit`; did you mean `file`?");
  memset(huge, ' ', (8 << 20) + 1);
  memcpy(huge, "{}", 2);
  put(at("x.json5"), huge);
  assert_refused(at("x.json5"), "config", "is larger than 8388608 bytes");
  huge[8 << 20] = '\0';
  put(at("x.json5"), huge);
  assert_int_equal(memory_of(at("x.json5")), 2048);
}

/* -- owners and modes -- */

static void
test_file_of_others(void **state)
{
  static const mode_t bad[] = { 0664, 0646, 0666, 0620, 0602, 0777, 0662 };
  static const mode_t good[] = { 0644, 0600, 0400, 0755, 0444, 04755 };
  const char *path = at("x.json5");

  (void)state;
  put(path, "{}");
  for (size_t i = 0; i < COUNT(bad); i++)
    {
      assert_int_equal(chmod(path, bad[i]), 0);
      assert_refused(path, "config-owner", "x.json5` can be written by others (mode 0");
    }
  for (size_t i = 0; i < COUNT(good); i++)
    {
      assert_int_equal(chmod(path, good[i]), 0);
      assert_int_equal(memory_of(path), 2048);
    }
  assert_int_equal(chown(path, 1000, 0), 0);
  assert_refused(path, "config-owner", "x.json5` belongs to uid 1000: the configuration must be root's");
  assert_int_equal(chown(path, 65534, 0), 0);
  assert_refused(path, "config-owner", "belongs to uid 65534");
  assert_int_equal(chown(path, 0, 1000), 0); /* a group that may not write is nobody's business */
  assert_int_equal(memory_of(path), 2048);
}

/* Who may rename a directory above can put another file in place. */
static void
test_directories_of_others(void **state)
{
  static const char *const chain[] = { "a", "a/b", "a/b/c" };
  const char *path;

  (void)state;
  for (size_t i = 0; i < COUNT(chain); i++)
    make(at(chain[i]));
  path = at("a/b/c/x.json5");
  put(path, MEMORY("9m"));
  assert_int_equal(memory_of(path), 9);
  for (size_t i = 0; i < COUNT(chain); i++)
    {
      char says[128];
      const char *dir = at(chain[i]);

      path = at("a/b/c/x.json5");
      snprintf(says, sizeof(says), "`%s` belongs to uid 1234", dir);
      assert_int_equal(chown(dir, 1234, 0), 0);
      assert_refused(path, "config-owner", says);
      assert_int_equal(chown(dir, 0, 0), 0);
      snprintf(says, sizeof(says), "`%s` can be written by others (mode 0775)", dir);
      assert_int_equal(chmod(dir, 0775), 0);
      assert_refused(path, "config-owner", says);
      assert_int_equal(chmod(dir, 0757), 0);
      assert_refused(path, "config-owner", "(mode 0757)");
      assert_int_equal(chmod(dir, 0700), 0);
      assert_int_equal(memory_of(path), 9);
    }
}

/* Others can add names to a sticky directory; they can neither remove nor replace ours. */
static void
test_sticky_directories(void **state)
{
  (void)state;
  make(at("s"));
  assert_int_equal(chmod(at("s"), 01777), 0);
  put(at("s/x.json5"), MEMORY("9m"));
  assert_int_equal(memory_of(at("s/x.json5")), 9);
  make(at("s/d"));
  put(at("s/d/x.json5"), MEMORY("10m"));
  assert_int_equal(memory_of(at("s/d/x.json5")), 10);
  assert_int_equal(chown(at("s/d"), 1000, 1000), 0);
  assert_refused(at("s/d/x.json5"), "config-owner", "s/d` belongs to uid 1000");
  assert_int_equal(chown(at("s/x.json5"), 1000, 1000), 0);
  assert_refused(at("s/x.json5"), "config-owner", "x.json5` belongs to uid 1000");
  assert_int_equal(symlink(at("s/d/x.json5"), at("s/l.json5")), 0);
  assert_int_equal(lchown(at("s/l.json5"), 1000, 1000), 0);
  assert_int_equal(chown(at("s/d"), 0, 0), 0);
  assert_refused(at("s/l.json5"), "config-owner", "s/l.json5` belongs to uid 1000");
  /* the owner of a sticky directory can replace what is in it */
  put(at("s/x.json5"), "{}");
  assert_int_equal(chown(at("s/x.json5"), 0, 0), 0);
  assert_int_equal(chown(at("s"), 1000, 0), 0);
  assert_refused(at("s/x.json5"), "config-owner", "s` belongs to uid 1000");
  assert_int_equal(chown(at("s"), 0, 0), 0);
  /* conf.d beside it, made by somebody else */
  make(at("s/conf.d"));
  put(at("s/conf.d/x.json5"), MEMORY("99m"));
  assert_int_equal(chown(at("s/conf.d"), 1000, 0), 0);
  assert_refused(at("s/x.json5"), "config-owner", "s/conf.d` belongs to uid 1000");
}

static void
as_user(void)
{
  CHILD_TRUE(setgid(1000) == 0 && setuid(1000) == 0);
  child_load(at("own.json5"), NULL, NULL);
  child_load(at("root.json5"), NULL, NULL);
  child_load(at("other.json5"), "config-owner", "belongs to uid 1001");
  child_load(at("secret.json5"), "config", "secret.json5` cannot be opened (Permission denied)");
  child_load(at("closed/x.json5"), "config", "cannot be opened (Permission denied)");
  child_load(at("group.json5"), "config-owner", "can be written by others");
}

static void
test_as_ordinary_user(void **state)
{
  static const struct
  {
    const char *name;
    uid_t uid;
    mode_t mode;
  } files[] = { { "own.json5", 1000, 0600 },
                { "root.json5", 0, 0644 },
                { "other.json5", 1001, 0644 },
                { "secret.json5", 0, 0600 },
                { "group.json5", 1000, 0664 } };

  (void)state;
  for (size_t i = 0; i < COUNT(files); i++)
    {
      put(at(files[i].name), "{}");
      assert_int_equal(chown(at(files[i].name), files[i].uid, 0), 0);
      assert_int_equal(chmod(at(files[i].name), files[i].mode), 0);
    }
  make(at("closed"));
  put(at("closed/x.json5"), "{}");
  assert_int_equal(chmod(at("closed"), 0700), 0);
  in_child(as_user);
}

/* -- links -- */

static void
test_links(void **state)
{
  (void)state;
  make(at("real"));
  make(at("real/deep"));
  put(at("real/deep/x.json5"), MEMORY("11m"));
  assert_int_equal(symlink(at("real/deep/x.json5"), at("absolute.json5")), 0);
  assert_int_equal(symlink("real/deep/x.json5", at("relative.json5")), 0);
  assert_int_equal(symlink("./real/../real//deep/./x.json5", at("dots.json5")), 0);
  assert_int_equal(symlink("relative.json5", at("chain.json5")), 0);
  assert_int_equal(symlink("real", at("dir")), 0);
  assert_int_equal(symlink(at("dir/deep"), at("dir2")), 0);
  assert_int_equal(symlink("dir2/x.json5", at("through.json5")), 0);
  assert_int_equal(memory_of(at("absolute.json5")), 11);
  assert_int_equal(memory_of(at("relative.json5")), 11);
  assert_int_equal(memory_of(at("dots.json5")), 11);
  assert_int_equal(memory_of(at("chain.json5")), 11);
  assert_int_equal(memory_of(at("dir/deep/x.json5")), 11);
  assert_int_equal(memory_of(at("dir2/x.json5")), 11);
  assert_int_equal(memory_of(at("dir2/../deep/x.json5")), 11);
  assert_int_equal(memory_of(at("through.json5")), 11);
  assert_refused(at("dir/missing.json5"), "config", "does not exist: create it");
}

static void
test_links_to_nowhere(void **state)
{
  (void)state;
  assert_int_equal(symlink("missing", at("dangling.json5")), 0);
  assert_refused(at("dangling.json5"), "config", "dangling.json5` is a link that leads nowhere");
  assert_int_equal(symlink("missing/x", at("dangling2.json5")), 0);
  assert_refused(at("dangling2.json5"), "config", "leads nowhere");
  assert_int_equal(symlink("missing", at("dir")), 0);
  assert_refused(at("dir/x.json5"), "config", "leads through a link to `missing`");
  assert_int_equal(symlink("loop.json5", at("loop.json5")), 0);
  assert_refused(at("loop.json5"), "config", "Too many levels");
  assert_int_equal(symlink("loopdir/x", at("loopdir")), 0);
  assert_refused(at("loopdir/x.json5"), "config", "Too many levels");
  make(at("d"));
  assert_int_equal(symlink("d", at("todir.json5")), 0);
  assert_refused(at("todir.json5"), "config", "is a directory");
  assert_int_equal(symlink("d/", at("slash.json5")), 0);
  assert_refused(at("slash.json5"), "config", "slash.json5` is a link that leads nowhere");
  assert_int_equal(symlink("..", at("up.json5")), 0);
  assert_refused(at("up.json5"), "config", "is a directory");
}

/* A link is as good as every directory on the way to what it means. */
static void
test_links_through_others(void **state)
{
  (void)state;
  make(at("open"));
  make(at("open/in"));
  put(at("open/in/x.json5"), MEMORY("11m"));
  assert_int_equal(symlink("open/in", at("dir")), 0);
  assert_int_equal(symlink("open/in/x.json5", at("x.json5")), 0);
  assert_int_equal(memory_of(at("dir/x.json5")), 11);
  assert_int_equal(chmod(at("open"), 0777), 0);
  assert_refused(at("dir/x.json5"), "config-owner", "open` can be written by others");
  assert_refused(at("x.json5"), "config-owner", "open` can be written by others");
  assert_int_equal(chmod(at("open"), 0755), 0);
  assert_int_equal(lchown(at("x.json5"), 1000, 0), 0);
  assert_refused(at("x.json5"), "config-owner", "x.json5` belongs to uid 1000");
  assert_int_equal(lchown(at("dir"), 1000, 0), 0);
  assert_refused(at("dir/x.json5"), "config-owner", "dir` belongs to uid 1000");
}

/* -- conf.d -- */

static void
test_fragments(void **state)
{
  (void)state;
  put(at("x.json5"), MEMORY("7m"));
  make(at("conf.d"));
  assert_int_equal(memory_of(at("x.json5")), 7);
  put(at("conf.d/10-a.json5"), MEMORY("10m"));
  put(at("conf.d/9-b.json5"), MEMORY("9m"));
  assert_int_equal(memory_of(at("x.json5")), 9); /* byte order: "10…" before "9…" */
  put(at("conf.d/z.json"), MEMORY("20m"));
  put(at("conf.d/z.json5~"), MEMORY("20m"));
  put(at("conf.d/z.json5.bak"), MEMORY("20m"));
  put(at("conf.d/.z.json5"), MEMORY("20m"));
  put(at("conf.d/.json5"), MEMORY("20m"));
  put(at("conf.d/README"), "not a configuration");
  make(at("conf.d/sub"));
  assert_int_equal(symlink("nowhere", at("conf.d/broken")), 0);
  assert_int_equal(symlink("nowhere", at("conf.d/.#z.json5")), 0);
  assert_int_equal(memory_of(at("x.json5")), 9);
  put(at("conf.d/Z.json5"), MEMORY("30m"));
  put(at("conf.d/a.json5"), MEMORY("31m"));
  assert_int_equal(memory_of(at("x.json5")), 31);
  put(at("elsewhere"), MEMORY("40m"));
  assert_int_equal(symlink("../elsewhere", at("conf.d/zz.json5")), 0);
  assert_int_equal(memory_of(at("x.json5")), 40);
}

static void
test_bad_fragments(void **state)
{
  (void)state;
  put(at("x.json5"), "{}");
  make(at("conf.d"));
  put(at("conf.d/a.json5"), "{\n tools: { dony: [] } }");
  assert_refused(at("x.json5"), "config", "conf.d/a.json5:2:11: unknown key `dony`");
  put(at("conf.d/a.json5"), "");
  assert_refused(at("x.json5"), "config", "conf.d/a.json5` is empty");
  put(at("conf.d/a.json5"), "{}");
  assert_int_equal(chmod(at("conf.d/a.json5"), 0666), 0);
  assert_refused(at("x.json5"), "config-owner", "conf.d/a.json5` can be written by others");
  assert_int_equal(chmod(at("conf.d/a.json5"), 0644), 0);
  assert_int_equal(chown(at("conf.d/a.json5"), 1, 1), 0);
  assert_refused(at("x.json5"), "config-owner", "conf.d/a.json5` belongs to uid 1");
  assert_int_equal(unlink(at("conf.d/a.json5")), 0);
  assert_int_equal(symlink("nowhere", at("conf.d/a.json5")), 0);
  assert_refused(at("x.json5"), "config", "conf.d/a.json5` is a link that leads nowhere");
  assert_int_equal(unlink(at("conf.d/a.json5")), 0);
  make(at("conf.d/a.json5"));
  assert_refused(at("x.json5"), "config", "conf.d/a.json5` is a directory");
  assert_int_equal(rmdir(at("conf.d/a.json5")), 0);
  assert_int_equal(mkfifo(at("conf.d/a.json5"), 0600), 0);
  assert_refused(at("x.json5"), "config", "conf.d/a.json5` is not a regular file");
  assert_int_equal(unlink(at("conf.d/a.json5")), 0);
  assert_int_equal(chmod(at("conf.d"), 0775), 0);
  assert_refused(at("x.json5"), "config-owner", "conf.d` can be written by others");
  assert_int_equal(chmod(at("conf.d"), 0755), 0);
  assert_int_equal(memory_of(at("x.json5")), 2048);
}

static void
test_conf_d_itself(void **state)
{
  (void)state;
  put(at("x.json5"), "{}");
  put(at("conf.d"), "{}");
  assert_refused(at("x.json5"), "config", "conf.d` is not a directory");
  assert_int_equal(unlink(at("conf.d")), 0);
  assert_int_equal(symlink("nowhere", at("conf.d")), 0);
  assert_refused(at("x.json5"), "config", "leads through a link to `nowhere`");
  make(at("real"));
  put(at("real/a.json5"), MEMORY("12m"));
  assert_int_equal(unlink(at("conf.d")), 0);
  assert_int_equal(symlink("real", at("conf.d")), 0);
  assert_int_equal(memory_of(at("x.json5")), 12);
  assert_int_equal(chmod(at("real"), 0777), 0);
  assert_refused(at("x.json5"), "config-owner", "real` can be written by others");
  /* no file, but fragments: a name that was given must exist all the same */
  assert_int_equal(chmod(at("real"), 0755), 0);
  assert_int_equal(unlink(at("x.json5")), 0);
  assert_refused(at("x.json5"), "config", "does not exist");
}

/* A later file speaks over an earlier one; binds add up, env and ulimits go by name, agents by id. */
static void
test_merging_of_files(void **state)
{
  cc_auto_config struct cc_config *config = NULL;
  struct cc_identity identity = { .agent = (char *)"build" };
  struct cc_policy p = { 0 };
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  put(at("x.json5"),
      "{ session: { mainKey: 'one' }, agents: { defaults: { sandbox: { mode: 'non-main', docker: { network: 'bridge',"
      " tmpfs: ['/a', '/b'], binds: ['/1:/1', '/2:/2'], env: { A: '1', B: '1' }, ulimits: { core: 1 } } } },"
      " list: [{ id: 'build', sandbox: { docker: { memory: '7m', binds: ['/3:/3'] } } }] } }");
  make(at("conf.d"));
  put(at("conf.d/a.json5"), "{ session: { mainKey: 'two' }, agents: { defaults: { sandbox: { docker: { tmpfs: ['/c'],"
                            " binds: ['/2:/2:rw', '/4:/4'], env: { B: '2' }, ulimits: { core: 2, cpu: 3 } } } },"
                            " entries: { Build: { sandbox: { docker: { pidsLimit: 9 } } }, other: {} } } }");
  assert_int_equal(cc_config_load(at("x.json5"), &config, &err), 0);
  identity.session = (char *)"agent:build:two";
  assert_int_equal(cc_config_resolve(config, &identity, &p, &err), 0);
  assert_false(p.sandboxed);
  assert_string_equal(p.network, "bridge");
  assert_int_equal(p.tmpfs.count, 1);
  assert_string_equal(p.tmpfs.items[0], "/c");
  assert_int_equal(p.bind_count, 4);
  assert_string_equal(p.binds[1].target, "/2");
  assert_false(p.binds[1].read_only);
  assert_string_equal(p.binds[2].target, "/4");
  assert_string_equal(p.binds[3].target, "/3");
  assert_int_equal(p.env_count, 2);
  assert_string_equal(p.env[1].value, "2");
  assert_int_equal(p.ulimit_count, 2);
  assert_int_equal(p.ulimits[0].hard, 2);
  assert_int_equal(p.memory, 7 << 20);
  assert_int_equal(p.pids_limit, 9);
  cc_policy_clear(&p);
}

/* -- the default path -- */

/* A value's place has 16 bits for the file: beyond them none is better than the place in another file. */
static void
test_places_in_many_files(void **state)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_config struct cc_config *config = NULL;
  struct cc_policy policy;
  char name[32];

  (void)state;
  make(at("conf.d"));
  for (int i = 0; i < UINT16_MAX; i++)
    {
      snprintf(name, sizeof(name), "conf.d/%05d.json5", i);
      put(at(name), i == UINT16_MAX - 1 ? MEMORY("64m") : "{}");
    }
  put(at("conf.d/z.json5"), "{ agents: { defaults: { sandbox: { mode: 'non-main' } } } }");
  put(at("x.json5"), "{}");
  assert_int_equal(unlink(at("conf.d/00000.json5")), 0);
  assert_int_equal(cc_config_load(at("x.json5"), &config, &err), 0);
  assert_int_equal(cc_config_resolve(config, NULL, &policy, &err), 0);
  assert_int_equal(policy.memory, 64 << 20);
  assert_int_equal(policy.origin[CC_FIELD_MEMORY].line, 1);
  assert_non_null(strstr(cc_config_file(config, policy.origin[CC_FIELD_MEMORY].file), "/65534.json5"));
  assert_int_equal(policy.mode, CC_MODE_NON_MAIN);
  assert_int_equal(policy.origin[CC_FIELD_MODE].line, 0);
  assert_int_equal(policy.origin[CC_FIELD_MODE].layer, CC_LAYER_GLOBAL);
  cc_policy_clear(&policy);
}

static void
default_path(void)
{
  private_etc();
  child_load(NULL, NULL, NULL);
  child_load(CC_CONFIG_DEFAULT_PATH, "config", "does not exist");
  CHILD_TRUE(mkdir("/etc/closedclaw", 0755) == 0);
  child_load(NULL, NULL, NULL);
  CHILD_TRUE(symlink("nowhere", CC_CONFIG_DEFAULT_PATH) == 0);
  child_load(NULL, "config", "leads nowhere");
  CHILD_TRUE(unlink(CC_CONFIG_DEFAULT_PATH) == 0 && mkdir(CC_CONFIG_DEFAULT_PATH, 0755) == 0);
  child_load(NULL, "config", "is a directory");
  CHILD_TRUE(rmdir(CC_CONFIG_DEFAULT_PATH) == 0 && mkdir("/etc/closedclaw/conf.d", 0755) == 0);
  child_put("/etc/closedclaw/conf.d/a.json5", "{ x");
  child_load(NULL, "config", "/etc/closedclaw/conf.d/a.json5:1:4"); /* read also when the file is missing */
  child_put("/etc/closedclaw/conf.d/a.json5", "{}");
  child_load(NULL, NULL, NULL);
  child_put(CC_CONFIG_DEFAULT_PATH, "{ agents: { defaults: { sandbox: { mode: 'of' } } } }");
  child_load(NULL, "config", "/etc/closedclaw/closedclaw.json5:1:42");
  child_put(CC_CONFIG_DEFAULT_PATH, "{}");
  CHILD_TRUE(chown(CC_CONFIG_DEFAULT_PATH, 65534, 65534) == 0);
  child_load(NULL, "config-owner", "belongs to uid 65534"); /* "nobody" is somebody here */
  CHILD_TRUE(chown(CC_CONFIG_DEFAULT_PATH, 0, 0) == 0 && chmod("/etc", 0777) == 0);
  child_load(NULL, "config-owner", "`/etc` can be written by others");
  CHILD_TRUE(chmod("/etc", 0755) == 0 && rename("/etc/closedclaw", "/etc/real") == 0);
  CHILD_TRUE(symlink("real", "/etc/closedclaw") == 0);
  child_load(NULL, NULL, NULL);
  CHILD_TRUE(rename("/etc/real", "/etc/gone") == 0);
  child_load(NULL, "config", "leads through a link to `real`");
  CHILD_TRUE(unlink("/etc/closedclaw") == 0);
  child_put("/etc/closedclaw", "{}");
  child_load(NULL, "config", "`/etc/closedclaw` is not a directory");
}

static void
test_default_path(void **state)
{
  (void)state;
  in_child(default_path);
}

/* In a person's user namespace the host's root is shown as the overflow uid. Only the standard path, which only that
 * root can have filled, is believed there. */
static void
rootless(void)
{
  int pipe_fds[2], status;
  char go = 0;
  pid_t pid;

  private_etc();
  CHILD_TRUE(mkdir("/etc/closedclaw", 0755) == 0);
  child_put(CC_CONFIG_DEFAULT_PATH, "{}");
  CHILD_TRUE(pipe(pipe_fds) == 0);
  pid = fork();
  CHILD_TRUE(pid >= 0);
  if (pid == 0)
    {
      char map[64];
      FILE *f;

      CHILD_TRUE(read(pipe_fds[0], &go, 1) == 1);
      snprintf(map, sizeof(map), "/proc/%d/uid_map", (int)getppid());
      f = fopen(map, "we");
      CHILD_TRUE(f != NULL && fputs("0 1000 1\n1 100000 65536\n", f) >= 0 && fclose(f) == 0);
      _exit(0);
    }
  CHILD_TRUE(unshare(CLONE_NEWUSER) == 0 && write(pipe_fds[1], &go, 1) == 1);
  CHILD_TRUE(waitpid(pid, &status, 0) == pid && status == 0);
  CHILD_TRUE(setresuid(0, 0, 0) == 0);
  child_load(NULL, NULL, NULL);
  child_load(CC_CONFIG_DEFAULT_PATH, "config-owner", "belongs to uid 65534");
}

static void
test_rootless(void **state)
{
  (void)state;
  in_child(rootless);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(test_named_file),
    TEST(test_what_is_no_file),
    TEST(test_text),
    TEST(test_file_of_others),
    TEST(test_directories_of_others),
    TEST(test_sticky_directories),
    TEST(test_as_ordinary_user),
    TEST(test_links),
    TEST(test_links_to_nowhere),
    TEST(test_links_through_others),
    TEST(test_fragments),
    TEST(test_bad_fragments),
    TEST(test_conf_d_itself),
    TEST(test_merging_of_files),
    TEST(test_places_in_many_files),
    TEST(test_default_path),
    TEST(test_rootless),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
