/* What is remembered of a container. */
#include "common/own.h"
#include "host.h"
#include "shim/state.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char lowlevel[] = "/usr/sbin/runc", bundle[] = "/b \"\n\xc3\xa9", apparmor[] = "docker-default", selinux[] = "",
            audit[] = "/a", cgroup[] = "/docker/box", expect[] = "{\"seccomp\":true}";
static char no_exec[] = "tool `exec` is denied", no_change[] = "x", setup[] = "apt\n\"get\"";
static char chown_[] = "CAP_CHOWN", nofile[] = "RLIMIT_NOFILE";
static char *capabilities[] = { chown_ };
static struct cc_ulimit ulimits[] = { { nofile, 1024, 18446744073709551615u } };

static const struct cc_state full = { .managed = true,
                                      .report = true,
                                      .network_none = true,
                                      .pod_sandbox = true,
                                      .asked_for_root = true,
                                      .root_allowed = true,
                                      .uid = 2147483647,
                                      .gid = 65532,
                                      .low_level = lowlevel,
                                      .bundle = bundle,
                                      .cgroup = cgroup,
                                      .apparmor = apparmor,
                                      .selinux = selinux,
                                      .capabilities = { capabilities, 1 },
                                      .memory = 18446744073709551615u,
                                      .memory_swap = 1,
                                      .pids = 512,
                                      .cpus = 0.5,
                                      .cpu_period = 50000,
                                      .ulimits = ulimits,
                                      .ulimit_count = 1,
                                      .audit_file = audit,
                                      .tools = { .denied = { no_exec, no_change, NULL }, .setup = setup },
                                      .expect = expect };
static const struct cc_state empty = { .low_level = selinux,
                                       .bundle = selinux,
                                       .cgroup = selinux,
                                       .apparmor = selinux,
                                       .selinux = selinux,
                                       .audit_file = selinux,
                                       .expect = selinux };

static struct cc_error err;

static void
same_state(const struct cc_state *a, const struct cc_state *b)
{
  assert_true(a->managed == b->managed && a->report == b->report && a->network_none == b->network_none
              && a->pod_sandbox == b->pod_sandbox && a->asked_for_root == b->asked_for_root
              && a->root_allowed == b->root_allowed);
  assert_true(a->uid == b->uid && a->gid == b->gid && a->memory == b->memory && a->memory_swap == b->memory_swap
              && a->pids == b->pids && a->cpu_period == b->cpu_period && a->ulimit_count == b->ulimit_count);
  assert_true(a->cpus > b->cpus - 0.001 && a->cpus < b->cpus + 0.001);
  assert_string_equal(a->low_level, b->low_level);
  assert_string_equal(a->bundle, b->bundle);
  assert_string_equal(a->cgroup, b->cgroup);
  assert_string_equal(a->apparmor, b->apparmor);
  assert_string_equal(a->selinux, b->selinux);
  assert_string_equal(a->audit_file, b->audit_file);
  for (unsigned n = 0; n < CC_TOOL_NEEDS; n++)
    {
      assert_true((a->tools.denied[n] == NULL) == (b->tools.denied[n] == NULL));
      if (a->tools.denied[n] != NULL)
        assert_string_equal(a->tools.denied[n], b->tools.denied[n]);
    }
  assert_string_equal(a->tools.setup != NULL ? a->tools.setup : "", b->tools.setup != NULL ? b->tools.setup : "");
  assert_int_equal(a->capabilities.count, b->capabilities.count);
  for (size_t i = 0; i < a->capabilities.count; i++)
    assert_string_equal(a->capabilities.items[i], b->capabilities.items[i]);
  for (size_t i = 0; i < a->ulimit_count; i++)
    {
      assert_string_equal(a->ulimits[i].name, b->ulimits[i].name);
      assert_true(a->ulimits[i].soft == b->ulimits[i].soft && a->ulimits[i].hard == b->ulimits[i].hard);
    }
}

static void
comes_back(void **state)
{
  const struct cc_state *const states[] = { &full, &empty };

  (void)state;
  for (size_t i = 0; i < 2; i++)
    {
      struct cc_state got;

      assert_int_equal(cc_state_write(NULL, "box", states[i], &err), 0);
      assert_int_equal(cc_state_read(NULL, "box", &got, &err), 0);
      same_state(&got, states[i]);
      cc_state_clear(&got);
    }
  assert_int_equal(cc_state_remove(NULL, "box", &err), 0);
}

static void
is_alone_with_its_root(void **state)
{
  struct cc_state got;

  (void)state;
  assert_int_equal(cc_state_write("/r1", "box", &full, &err), 0);
  assert_int_equal(cc_state_read("/r2", "box", &got, &err), 1);
  assert_int_equal(cc_state_read(NULL, "box", &got, &err), 1);
  assert_int_equal(cc_state_read("/r1", "bo", &got, &err), 1);
  assert_int_equal(cc_state_read("/r1", "box.json", &got, &err), 1);
  assert_int_equal(cc_state_remove("/r1", "box", &err), 0);
  assert_int_equal(cc_state_read("/r1", "box", &got, &err), 1);
  assert_int_equal(cc_state_remove("/r1", "box", &err), 0); /* none is no error */
}

static void
root_in_any_spelling(void **state)
{
  static const char *const spellings[] = { "/run/r6", "/run/r6/", "//run/./r6", "/run/x/../r6", "/var/run/r6" };
  struct cc_state got;

  (void)state;
  assert_int_equal(cc_state_write("/run/r6", "box", &full, &err), 0);
  for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
    {
      assert_int_equal(cc_state_read(spellings[i], "box", &got, &err), 0);
      cc_state_clear(&got);
    }
  assert_int_equal(cc_state_remove("/run/r6", "box", &err), 0);
}

/* The only file below /run/closedclaw. */
static const char *
file_of(const char *root, const char *id)
{
  static char path[300];
  FILE *pipe;

  assert_int_equal(cc_state_write(root, id, &full, &err), 0);
  snprintf(path, sizeof(path), "find /run/closedclaw -name '%s.json' -newermt '-10 seconds'", id);
  pipe = popen(path, "r");
  assert_non_null(pipe);
  assert_non_null(fgets(path, sizeof(path), pipe));
  pclose(pipe);
  path[strcspn(path, "\n")] = '\0';
  return path;
}

static void
is_ours_alone(void **state)
{
  const char *path = file_of("/r3", "mine");
  struct cc_state got;
  struct stat st;

  (void)state;
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 07777, 0600);
  assert_int_equal(stat("/run/closedclaw", &st), 0);
  assert_int_equal(st.st_mode & 07777, 0711); /* a container's mapped root passes to the stage */

  assert_int_equal(chmod(path, 0622), 0);
  assert_true(cc_state_read("/r3", "mine", &got, &err) < 0);
  assert_string_equal(err.rule, "state");
  assert_int_equal(chmod(path, 0600), 0);
  assert_int_equal(chown(path, 1000, 0), 0);
  assert_true(cc_state_read("/r3", "mine", &got, &err) < 0);
  assert_int_equal(chown(path, 0, 0), 0);

  assert_int_equal(chmod("/run/closedclaw", 0755), 0);
  assert_true(cc_state_read("/r3", "mine", &got, &err) < 0);
  assert_true(cc_state_write("/r3", "mine", &full, &err) < 0);
  assert_int_equal(chmod("/run/closedclaw", 0700), 0);

  assert_int_equal(cc_state_read("/r3", "mine", &got, &err), 0);
  cc_state_clear(&got);
}

/* A link leads where its target's owner wants. */
static void
is_no_link(void **state)
{
  const char *path = file_of("/r7", "linked");
  struct cc_state got;

  (void)state;
  assert_int_equal(rename(path, "/run/elsewhere.json"), 0);
  assert_int_equal(symlink("/run/elsewhere.json", path), 0);
  assert_true(cc_state_read("/r7", "linked", &got, &err) < 0);
  assert_string_equal(err.rule, "state");
  assert_int_equal(unlink(path), 0);

  cc_error_clear(&err);
  assert_int_equal(rename("/run/closedclaw", "/run/elsewhere"), 0);
  assert_int_equal(symlink("/run/elsewhere", "/run/closedclaw"), 0);
  assert_true(cc_state_read("/r7", "linked", &got, &err) < 0);
  assert_string_equal(err.rule, "state");
  assert_true(cc_state_write("/r7", "linked", &full, &err) < 0);
  assert_int_equal(unlink("/run/closedclaw"), 0);
  assert_int_equal(rename("/run/elsewhere", "/run/closedclaw"), 0);
}

/* What cannot be read is an error, not a missing state: an exec fails then. */
static void
broken_is_not_missing(void **state)
{
  static const char *const texts[] = { "", "{", "{}", "{}\n", "{\n\n", "{\"uid\":1,\"UID\":0}\n\n" };
  const char *path = file_of("/r4", "broken");
  struct cc_state got;

  (void)state;
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
    {
      int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

      assert_true(fd >= 0 && write(fd, texts[i], strlen(texts[i])) == (ssize_t)strlen(texts[i]));
      close(fd);
      assert_true(cc_state_read("/r4", "broken", &got, &err) < 0);
    }
  assert_int_equal(unlink(path), 0);
  assert_int_equal(symlink("/etc/hostname", path), 0);
  assert_true(cc_state_read("/r4", "broken", &got, &err) < 0);
  /* a write replaces the link, and not what it leads to */
  assert_int_equal(cc_state_write("/r4", "broken", &full, &err), 0);
  assert_int_equal(cc_state_read("/r4", "broken", &got, &err), 0);
  cc_state_clear(&got);
}

static void __attribute__((format(printf, 2, 3))) write_text(const char *path, const char *fmt, ...)
{
  int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  va_list ap;

  assert_true(fd >= 0);
  va_start(ap, fmt);
  assert_true(vdprintf(fd, fmt, ap) > 0);
  va_end(ap);
  close(fd);
}

static char boot[64];

static const char *
this_boot(void)
{
  FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

  assert_non_null(f);
  assert_non_null(fgets(boot, sizeof(boot), f));
  fclose(f);
  boot[strcspn(boot, "\n")] = '\0';
  return boot;
}

/* A member that is missing must not loosen. */
static void
missing_is_strict(void **state)
{
  struct cc_state got;

  (void)state;
  write_text(file_of("/r5", "old"), "{\"boot\":\"%s\"}\n\n", this_boot());
  assert_int_equal(cc_state_read("/r5", "old", &got, &err), 0);
  assert_true(got.managed && !got.report && got.network_none && !got.root_allowed && !got.asked_for_root
              && !got.pod_sandbox && !got.bound);
  assert_int_equal(got.capabilities.count, 0);
  assert_string_equal(got.expect, "");
  cc_state_clear(&got);
}

/* Where /run outlives a boot, so do states and the low-level runtime's directories. */
static void
another_boots_is_none(void **state)
{
  const char *path = file_of("/r7", "box");
  struct cc_state got;

  (void)state;
  write_text(path, "{\"managed\":false,\"creator\":%d,\"creatorStart\":0}\n\n", getppid()); /* of an older version */
  assert_int_equal(cc_state_read("/r7", "box", &got, &err), 1);
  write_text(path, "{\"managed\":false,\"boot\":\"00000000-0000-0000-0000-000000000000\"}\n\n");
  assert_int_equal(cc_state_read("/r7", "box", &got, &err), 1);
  assert_int_equal(cc_state_write("/r7", "box", &full, &err), 0);
  assert_int_equal(cc_state_read("/r7", "box", &got, &err), 0);
  same_state(&got, &full);
  cc_state_clear(&got);
  assert_int_equal(cc_state_remove("/r7", "box", &err), 0);
}

/* The writer of another boot's has a number that anybody may have by now. */
static void
another_boots_creator_is_not_in_the_way(void **state)
{
  const char *path = file_of("/r8", "box");
  struct cc_state got;
  uint64_t start;
  char letter;

  (void)state;
  assert_int_equal(cc_process_stat(getppid(), &letter, &start, &err), 0);
  write_text(path, "{\"boot\":\"%s\",\"creator\":%d,\"creatorStart\":%llu}\n\n", this_boot(), getppid(),
             (unsigned long long)start);
  assert_int_equal(cc_state_write("/r8", "box", &full, &err), CC_FAILED);
  write_text(path, "{\"boot\":\"another\",\"creator\":%d,\"creatorStart\":%llu}\n\n", getppid(),
             (unsigned long long)start);
  assert_int_equal(cc_state_write("/r8", "box", &full, &err), 0);
  assert_int_equal(cc_state_read("/r8", "box", &got, &err), 0);
  cc_state_clear(&got);
  assert_int_equal(cc_state_remove("/r8", "box", &err), 0);
}

static const struct cc_lowlevel_instance one = { 254, 0, 18446744073709551615u, 1795219008000000001u };

static void
is_bound_to_a_container(void **state)
{
  struct cc_state got, again;

  (void)state;
  assert_int_equal(cc_state_write("/r9", "box", &full, &err), 0);
  assert_int_equal(cc_state_read("/r9", "box", &got, &err), 0);
  assert_false(got.bound);
  assert_string_equal(got.expect, full.expect);
  assert_int_equal(cc_state_bind("/r9", "box", &got, &one, &err), 0);
  assert_true(got.bound);
  assert_int_equal(cc_state_read("/r9", "box", &again, &err), 0);
  assert_true(again.bound);
  assert_memory_equal(&again.instance, &one, sizeof(one));
  same_state(&again, &full);
  assert_string_equal(again.expect, full.expect);
  cc_state_clear(&again);
  /* only once, and not what was read before somebody else did it */
  assert_int_equal(cc_state_bind("/r9", "box", &got, &one, &err), CC_FAILED);
  cc_state_clear(&got);
  assert_int_equal(cc_state_read("/r9", "box", &got, &err), 0);
  /* a new container of that id has a state of its own */
  assert_int_equal(cc_state_remove("/r9", "box", &err), 0);
  assert_int_equal(cc_state_bind("/r9", "box", &got, &one, &err), CC_FAILED);
  assert_int_equal(cc_state_write("/r9", "box", &full, &err), 0);
  assert_int_equal(cc_state_bind("/r9", "box", &got, &one, &err), CC_FAILED);
  assert_int_equal(cc_state_read("/r9", "box", &again, &err), 0);
  assert_false(again.bound);
  cc_state_clear(&again);
  cc_state_clear(&got);
  assert_int_equal(cc_state_remove("/r9", "box", &err), 0);
}

/* A state that could just be written could not be read any more once it was bound. */
static void
has_room_to_be_bound(void **state)
{
  const size_t most = 1u << 20;
  cc_auto_free char *about = cc_xcalloc(1, most + 1);
  struct cc_state big = full, got;
  size_t length = most;

  (void)state;
  memset(about, 'x', most);
  big.about = about;
  while (about[length] = '\0', cc_state_write("/r11", "box", &big, &err) < 0 && length > 0)
    length--;
  assert_true(length > most / 2);
  assert_int_equal(cc_state_read("/r11", "box", &got, &err), 0);
  assert_int_equal(cc_state_bind("/r11", "box", &got, &one, &err), 0);
  cc_state_clear(&got);
  assert_int_equal(cc_state_read("/r11", "box", &got, &err), 0);
  assert_true(got.bound);
  cc_state_clear(&got);
  assert_int_equal(cc_state_remove("/r11", "box", &err), 0);
}

/* Half of a line that stayed would make every later one unreadable. */
static void
is_not_half_bound(void **state)
{
  struct rlimit before, full_disk;
  struct cc_state got;

  (void)state;
  assert_int_equal(cc_state_write("/r12", "box", &full, &err), 0);
  assert_int_equal(cc_state_read("/r12", "box", &got, &err), 0);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  full_disk = (struct rlimit){ (rlim_t)got.file.size + 5, before.rlim_max };
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &full_disk), 0);
  assert_int_equal(cc_state_bind("/r12", "box", &got, &one, &err), CC_FAILED);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  cc_state_clear(&got);
  assert_int_equal(cc_state_read("/r12", "box", &got, &err), 0);
  assert_false(got.bound);
  assert_int_equal(cc_state_bind("/r12", "box", &got, &one, &err), 0);
  cc_state_clear(&got);
  assert_int_equal(cc_state_read("/r12", "box", &got, &err), 0);
  assert_true(got.bound);
  cc_state_clear(&got);
  assert_int_equal(cc_state_remove("/r12", "box", &err), 0);
}

/* What another call is writing in this moment is not there yet; anything else there is none of ours. Earlier versions
 * had no line for the operator: their containers run on over an upgrade. */
static void
further_lines(void **state)
{
  static const struct
  {
    const char *line;
    int result;
    bool bound;
  } cases[] = {
    { "bound 1:2 3 4\n", 0, true },
    { "", 0, false },
    { "about {}\n", 0, false },
    { "about {}\nbound 1:2 3 4\n", 0, true },
    { "about {}\nbound 1:2 3 4", 0, false },
    { "about {}\nabout {}\n", CC_FAILED, false },
    { "about {}\nbound\n", CC_FAILED, false },
    { "bound 1:2 3 4\nabout {}\n", 0, true },
    { "bound 1:2 3 4", 0, false },
    { "bou", 0, false },
    { "bound 1:2 3 4 5\n", CC_FAILED, false },
    { "bound 1:2 3\n", CC_FAILED, false },
    { "bound 1:2 3 4x\n", CC_FAILED, false },
    { "\n", CC_FAILED, false },
    { "about {}", CC_FAILED, false },
    { "a", CC_FAILED, false },
    { "boux", CC_FAILED, false },
    { "about {}\nabo", CC_FAILED, false },
    { "about {}\nbou", 0, false },
  };
  const char *path = file_of("/r10", "box");

  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
      struct cc_state got;

      write_text(path, "{\"boot\":\"%s\"}\n{}\n%s", this_boot(), cases[i].line);
      assert_int_equal(cc_state_read("/r10", "box", &got, &err), cases[i].result);
      if (cases[i].result != 0)
        continue;
      assert_int_equal(got.bound, cases[i].bound);
      assert_string_equal(got.expect, "{}");
      assert_string_equal(got.about, strncmp(cases[i].line, "about", 5) == 0 ? "{}" : "");
      cc_state_clear(&got);
    }
  assert_int_equal(unlink(path), 0);
}

/* Every state under every root, and what it was written with. */
static void
are_listed(void **state)
{
  static char about[] = "{\"agent\":\"build\"}";
  struct cc_state told = full, got;
  struct cc_state_name *names;
  size_t count, seen = 0;

  (void)state;
  told.about = about;
  assert_int_equal(cc_state_write("/run/l1", "box-1", &told, &err), 0);
  assert_int_equal(cc_state_write("/run/l2", "box-1", &full, &err), 0);
  assert_int_equal(cc_state_write(NULL, "box-2", &full, &err), 0);
  assert_int_equal(cc_state_names(&names, &count, &err), 0);
  for (size_t i = 0; i < count; i++)
    {
      bool first = cc_state_is_of_root(&names[i], "/run/l1/"), second = cc_state_is_of_root(&names[i], "/run/l2");

      if (strncmp(names[i].id, "box-", 4) != 0)
        continue;
      seen++;
      assert_string_equal(names[i].id, first || second ? "box-1" : "box-2");
      assert_int_equal(cc_state_is_of_root(&names[i], NULL), !first && !second);
      assert_int_equal(cc_state_look(&names[i], &got, &err), 0);
      same_state(&got, &full);
      assert_string_equal(got.about, first ? about : "");
      cc_state_clear(&got);
    }
  assert_int_equal(seen, 3);
  assert_int_equal(cc_state_remove("/run/l1", "box-1", &err), 0);
  assert_int_equal(cc_state_remove("/run/l2", "box-1", &err), 0);
  assert_int_equal(cc_state_remove(NULL, "box-2", &err), 0);
  for (size_t i = 0; i < count; i++)
    {
      int found = cc_state_look(&names[i], &got, &err);

      assert_int_equal(found == 1, strncmp(names[i].id, "box-", 4) == 0);
      if (found == 0)
        cc_state_clear(&got);
    }
  cc_state_names_free(names, count);
}

static void
leftovers_go(void **state)
{
  const char *root = cc_host_mkdir(cc_host_path("@/root"));
  struct timespec old[2] = { { .tv_sec = time(NULL) - 3600 }, { .tv_sec = time(NULL) - 3600 } };
  struct cc_state got;

  (void)state;
  assert_int_equal(utimensat(AT_FDCWD, file_of(root, "gone"), old, 0), 0);
  assert_int_equal(utimensat(AT_FDCWD, file_of(root, "alive"), old, 0), 0);
  cc_host_mkdir(cc_host_path("@/root/alive"));
  /* an id that looks like what a killed write leaves */
  assert_int_equal(utimensat(AT_FDCWD, file_of(root, ".x.json.closedclaw-1"), old, 0), 0);
  cc_host_mkdir(cc_host_path("@/root/.x.json.closedclaw-1"));
  assert_int_equal(cc_state_write(root, "new", &full, &err), 0);
  assert_int_equal(cc_state_read(root, "gone", &got, &err), 1);
  assert_int_equal(cc_state_read(root, "alive", &got, &err), 0);
  cc_state_clear(&got);
  assert_int_equal(cc_state_read(root, ".x.json.closedclaw-1", &got, &err), 0);
  cc_state_clear(&got);
  assert_int_equal(cc_state_read(root, "new", &got, &err), 0);
  cc_state_clear(&got);
}

/* What a kill between the last two system calls of a write leaves: the next write and the removal both cope with it. */
static void
half_written_states_go(void **state)
{
  char half[256];
  struct cc_state got;

  (void)state;
  assert_int_equal(cc_state_write("/r6", "box", &full, &err), 0);
  snprintf(half, sizeof(half), "%s", file_of("/r6", "box"));
  snprintf(strrchr(half, '/'), 40, "/.box.json.closedclaw");
  for (int i = 0; i < 2; i++)
    {
      int fd = open(half, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

      assert_true(fd >= 0 && write(fd, "{", 1) == 1);
      close(fd);
      if (i == 0)
        assert_int_equal(cc_state_write("/r6", "box", &full, &err), 0);
      else
        assert_int_equal(cc_state_remove("/r6", "box", &err), 0);
      assert_int_equal(access(half, F_OK), -1);
      assert_int_equal(cc_state_read("/r6", "box", &got, &err), i);
      if (i == 0)
        cc_state_clear(&got);
    }
}

/* A second create of an id fails in the low-level runtime, and the first container goes on: under its own state. */
static void
a_container_keeps_its_state(void **state)
{
  const char *root = cc_host_mkdir(cc_host_path("@/kept"));
  struct cc_state got;

  (void)state;
  assert_int_equal(cc_state_write(root, "box", &full, &err), 0);
  cc_host_mkdir(cc_host_path("@/kept/box"));
  assert_true(cc_state_write(root, "box", &empty, &err) < 0);
  assert_string_equal(err.rule, "state");
  assert_int_equal(cc_state_read(root, "box", &got, &err), 0);
  same_state(&got, &full);
  cc_state_clear(&got);
}

/* Two creates of one id, under a strict and a loose policy: the state that stays must be that of the container that
 * does. */
static void
one_creates_at_a_time(void **state)
{
  int ready[2];
  pid_t first;
  char byte;

  (void)state;
  assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
  first = fork();
  if (first == 0)
    {
      byte = cc_state_write("/nowhere", "race", &full, NULL) == 0 ? 'y' : 'n';
      if (write(ready[1], &byte, 1) == 1)
        pause();
      _exit(1);
    }
  assert_int_equal(read(ready[0], &byte, 1), 1);
  assert_int_equal(byte, 'y');
  cc_error_clear(&err);
  assert_int_equal(cc_state_write("/nowhere", "race", &empty, &err), CC_FAILED);
  assert_string_equal(err.rule, "state");
  kill(first, SIGKILL);
  assert_int_equal(waitpid(first, NULL, 0), first);
  assert_int_equal(cc_state_write("/nowhere", "race", &empty, &err), 0);
  assert_int_equal(cc_state_write("/nowhere", "race", &empty, &err), 0); /* by the same process: a create tried again */
  assert_int_equal(cc_state_remove("/nowhere", "race", &err), 0);
  close(ready[0]);
  close(ready[1]);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(comes_back),
    cmocka_unit_test(is_alone_with_its_root),
    cmocka_unit_test(is_ours_alone),
    cmocka_unit_test(is_no_link),
    cmocka_unit_test(broken_is_not_missing),
    cmocka_unit_test(missing_is_strict),
    cmocka_unit_test(another_boots_is_none),
    cmocka_unit_test(another_boots_creator_is_not_in_the_way),
    cmocka_unit_test(is_bound_to_a_container),
    cmocka_unit_test(has_room_to_be_bound),
    cmocka_unit_test(is_not_half_bound),
    cmocka_unit_test(are_listed),
    cmocka_unit_test(further_lines),
    cmocka_unit_test(leftovers_go),
    cmocka_unit_test(half_written_states_go),
    cmocka_unit_test(a_container_keeps_its_state),
    cmocka_unit_test(one_creates_at_a_time),
    cmocka_unit_test(root_in_any_spelling),
  };
  int failed;

  cc_host_enter();
  cc_host_mount("tmpfs", "/run", "mode=755");
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
