/* Finding a container's init process in what runc and crun recorded. The records have the form of runc 1.1.5 and
 * crun 1.8.1. */
#include "shim/lowlevel_state.h"

#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char runc_form[] = "{\"id\":\"c\",\"init_process_pid\":%d,\"init_process_start\":%llu,\"created\":"
                                "\"2026-11-20T20:39:06.553444088Z\",\"config\":{\"labels\":[\"bundle=/b\"],\"x\":"
                                "18446744073709551615},\"external_descriptors\":[\"/dev/null\"]}";
static const char crun_form[] = "{\n    \"pid\": %d,\n    \"process-start-time\": %llu,\n    \"cgroup-path\": \"/c\",\n"
                                "    \"systemd-cgroup\": false\n}\n";

struct fixture
{
  char root[64];
  pid_t child;
  unsigned long long start;
};

/* Its name is what a parser that stops at the first ')' falls for: "a) R 1 1". */
static pid_t
start_child(void)
{
  int ready[2];
  char byte;
  pid_t pid;

  assert_int_equal(pipe(ready), 0);
  pid = fork();
  assert_true(pid >= 0);
  if (pid == 0)
    {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      prctl(PR_SET_NAME, "a) R 1 1 (b) ");
      if (write(ready[1], "x", 1) != 1)
        _exit(1);
      for (;;)
        pause();
    }
  assert_int_equal(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  close(ready[1]);
  return pid;
}

static unsigned long long
start_time(pid_t pid)
{
  cc_auto_free char *path = cc_xasprintf("/proc/%d/stat", pid);
  cc_auto_file FILE *f = fopen(path, "re");
  char text[1024], *at;

  assert_non_null(f);
  assert_non_null(fgets(text, sizeof(text), f));
  at = strrchr(text, ')');
  for (int field = 2; field < 22; field++)
    at = strchr(at + 1, ' ');
  return strtoull(at, NULL, 10);
}

static int
setup(void **state)
{
  struct fixture *f = cc_xcalloc(1, sizeof(*f));

  snprintf(f->root, sizeof(f->root), "/tmp/cc-lowlevel-XXXXXX");
  assert_non_null(mkdtemp(f->root));
  f->child = start_child();
  f->start = start_time(f->child);
  *state = f;
  return 0;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
  (void)st;
  (void)type;
  (void)ftw;
  return remove(path);
}

static int
teardown(void **state)
{
  struct fixture *f = *state;

  unsetenv("XDG_RUNTIME_DIR");
  kill(f->child, SIGKILL);
  waitpid(f->child, NULL, 0);
  nftw(f->root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  free(f);
  return 0;
}

static void
write_text(const struct fixture *f, const char *dir, const char *file, const char *text)
{
  cc_auto_free char *at = cc_xasprintf("%s/%s", f->root, dir);
  cc_auto_free char *path = cc_xasprintf("%s/%s", at, file);
  cc_auto_file FILE *out = NULL;

  mkdir(at, 0700);
  out = fopen(path, "we");
  assert_non_null(out);
  assert_int_equal(fchmod(fileno(out), 0600), 0);
  assert_true(fputs(text, out) >= 0);
}

static void
write_record(const struct fixture *f, const char *file, const char *form, int pid, unsigned long long start)
{
  cc_auto_free char *text = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  text = cc_xasprintf(form, pid, start);
#pragma GCC diagnostic pop
  write_text(f, "c", file, text);
}

static void
expect_found(const struct fixture *f, const char *runtime, const char *root)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_close int pidfd = -1;
  pid_t pid = 0;

  if (cc_lowlevel_init(runtime, root, "c", &pid, &pidfd, &err) != 0)
    fail_msg("%s", err.msg);
  assert_int_equal(pid, f->child);
  assert_true(fcntl(pidfd, F_GETFD) & FD_CLOEXEC);
  assert_int_equal(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0), 0);
}

static void
expect_failure(const char *runtime, const char *root, const char *id, const char *why)
{
  struct cc_error err = CC_ERROR_INIT;
  int pidfd = -7;
  pid_t pid = -7;

  assert_true(cc_lowlevel_init(runtime, root, id, &pid, &pidfd, &err) < 0);
  assert_int_equal(pid, -7);
  assert_int_equal(pidfd, -7);
  if (strstr(err.msg, why) == NULL)
    fail_msg("`%s` says nothing of `%s`", err.msg, why);
}

static void
test_both_forms(void **state)
{
  struct fixture *f = *state;
  cc_auto_free char *path = cc_xasprintf("%s/c/state.json", f->root);

  write_record(f, "state.json", runc_form, f->child, f->start);
  expect_found(f, "runc", f->root);
  expect_found(f, "runc-1.4", f->root);
  expect_found(f, "crun", f->root); /* a link of one name to the other program */
  assert_int_equal(unlink(path), 0);
  write_record(f, "status", crun_form, f->child, f->start);
  expect_found(f, "crun", f->root);
  expect_found(f, "krun", f->root);
}

/* Members before, between and behind, and what a simple reader falls for. */
static void
test_other_members(void **state)
{
  static const char *const forms[] = {
    "{\"init_process_pid\":%d,\"init_process_start\":%llu}",
    (" {\n\t\"x\" : { \"init_process_pid\" : 1, \"y\" : [ \"]}\\\"{\", [ ] ] } ,\r\n\"init_process_pid\" : %d , "
     "\"e\":\"\\\\\", \"n\":null,\"f\":-1.5e3,\"t\":true,\"init_process_start\":\n%llu\n}\n"),
    "{\"init_process_pid\":%d,\"a\":[],\"b\":{},\"c\":\"\",\"init_process_start\":%llu,\"init_process_start\":1}",
  };
  struct fixture *f = *state;

  for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
    {
      write_record(f, "state.json", forms[i], f->child, f->start);
      expect_found(f, "runc", f->root);
    }
}

static void
test_two_records_are_ambiguous(void **state)
{
  struct fixture *f = *state;

  write_record(f, "state.json", runc_form, f->child, f->start);
  write_record(f, "status", crun_form, f->child, f->start);
  expect_failure("runc", f->root, "c", "both");
}

/* crun takes $XDG_RUNTIME_DIR also as root. */
static void
test_default_root(void **state)
{
  struct fixture *f = *state;
  cc_auto_free char *text = cc_xasprintf("{\"pid\":%d,\"process-start-time\":%llu}", f->child, f->start);
  cc_auto_free char *dir = cc_xasprintf("%s/crun", f->root);

  assert_int_equal(mkdir(dir, 0700), 0);
  write_text(f, "crun/c", "status", text);
  assert_int_equal(setenv("XDG_RUNTIME_DIR", f->root, 1), 0);
  expect_found(f, "crun", NULL);
  expect_found(f, "another", NULL);
  expect_failure("runc", NULL, "c", "no container");
}

static void
test_no_record(void **state)
{
  struct fixture *f = *state;

  expect_failure("runc", f->root, "c", "no container");
  write_text(f, "c", "other", "");
  expect_failure("runc", f->root, "c", "no container");
  expect_failure("runc", "/nonexistent", "c", "no container");
}

static void
test_id_is_no_path(void **state)
{
  struct fixture *f = *state;

  write_record(f, "state.json", runc_form, f->child, f->start);
  expect_failure("runc", f->root, "../c", "id");
  expect_failure("runc", f->root, "c/../c", "id");
  expect_failure("runc", f->root, "", "id");
}

static void *
go_on(void *nothing)
{
  for (;;)
    pause();
  return nothing;
}

/* A container whose first thread ended goes on: who takes it for ended looks no further. */
static void
test_first_thread_has_ended(void **state)
{
  struct fixture *f = *state;
  struct cc_error err = CC_ERROR_INIT;
  pid_t pid = fork(), found;
  char letter = 'R';
  int pidfd = -1;
  uint64_t start;

  assert_true(pid >= 0);
  if (pid == 0)
    {
      pthread_t thread;

      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (pthread_create(&thread, NULL, go_on, NULL) != 0)
        _exit(1);
      syscall(SYS_exit, 0);
    }
  while (letter != 'Z')
    assert_int_equal(cc_process_stat(pid, &letter, &start, &err), 0);
  write_record(f, "state.json", runc_form, pid, start_time(pid));
  assert_int_equal(cc_lowlevel_init("runc", f->root, "c", &found, &pidfd, &err), CC_FAILED);
  assert_int_equal(err.errnum, EBUSY);
  assert_int_equal(pidfd, -1);
  kill(pid, SIGKILL);
  assert_int_equal(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), 0);
  expect_failure("runc", f->root, "c", "has ended");
  assert_int_equal(cc_lowlevel_init("runc", f->root, "c", &found, &pidfd, &err), CC_FAILED);
  assert_int_equal(err.errnum, ESRCH);
  waitpid(pid, NULL, 0);
}

static void
test_another_process_by_now(void **state)
{
  struct fixture *f = *state;

  write_record(f, "state.json", runc_form, f->child, f->start + 1);
  expect_failure("runc", f->root, "c", "another one by now");
  write_record(f, "state.json", runc_form, f->child, f->start - 1);
  expect_failure("runc", f->root, "c", "another one by now");
}

static void
test_ended(void **state)
{
  struct fixture *f = *state;
  siginfo_t info;

  write_record(f, "state.json", runc_form, f->child, f->start);
  kill(f->child, SIGKILL);
  assert_int_equal(waitid(P_PID, (id_t)f->child, &info, WEXITED | WNOWAIT), 0);
  expect_failure("runc", f->root, "c", "has ended"); /* a zombie */
  assert_int_equal(waitpid(f->child, NULL, 0), f->child);
  expect_failure("runc", f->root, "c", "not running");
}

static void
test_bad_records(void **state)
{
  static const struct
  {
    const char *text, *why;
  } bad[] = {
    { "", "state.json" },
    { "[]", "not what the low-level runtime writes" },
    { "{}", "names no process" },
    { "{\"a\":{\"init_process_pid\":1,\"init_process_start\":1}}", "names no process" },
    { "{\"init_process_pid\":1", "not what the low-level runtime writes" },
    { "{\"init_process_pid\":1,", "not what the low-level runtime writes" },
    { "{\"a\":\"}\\\",\"init_process_pid\":1,\"init_process_start\":1}", "not what the low-level runtime writes" },
    { "{\"a\":[1,{\"b\":2},\"init_process_pid\":1,\"init_process_start\":1}", "not what the low-level runtime writes" },
    { "{\"a\":]1,\"init_process_pid\":1,\"init_process_start\":1}", "not what the low-level runtime writes" },
    { "{\"a\" 1,\"init_process_pid\":1,\"init_process_start\":1}", "not what the low-level runtime writes" },
    { "{\"init_process_pid\":1.5,\"init_process_start\":1}", "names no process" },
    { "{\"init_process_pid\":99999999999999999999,\"init_process_start\":1}", "names no process" },
    { "{\"init_process_pid\":{\"x\":1},\"init_process_start\":1}", "names no process" },
    { "{\"init_process_start\":1}", "names no process" },
    { "{\"init_process_pid\":\"1\",\"init_process_start\":1}", "names no process" },
    { "{\"init_process_pid\":0,\"init_process_start\":1}", "names no process" },
    { "{\"init_process_pid\":-1,\"init_process_start\":1}", "names no process" },
    { "{\"init_process_pid\":4294967297,\"init_process_start\":1}", "names no process" },
    { "{\"init_process_pid\":1}", "no start time" },
    { "{\"init_process_pid\":1,\"init_process_start\":0}", "no start time" },
    { "{\"init_process_pid\":1,\"init_process_start\":-1}", "no start time" },
    { "{\"init_process_pid\":1,\"init_process_pid\":2,\"init_process_start\":1}", "init_process_pid" },
  };
  struct fixture *f = *state;

  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    {
      write_text(f, "c", "state.json", bad[i].text);
      expect_failure("runc", f->root, "c", bad[i].why);
    }
}

static void
test_untrusted_files(void **state)
{
  struct fixture *f = *state;
  cc_auto_free char *path = cc_xasprintf("%s/c/state.json", f->root);
  cc_auto_free char *real = cc_xasprintf("%s/c/real", f->root);

  write_record(f, "state.json", runc_form, f->child, f->start);
  assert_int_equal(chmod(path, 0622), 0);
  expect_failure("runc", f->root, "c", "another user");
  assert_int_equal(chmod(path, 0600), 0);
  expect_found(f, "runc", f->root);
  assert_int_equal(rename(path, real), 0);
  assert_int_equal(symlink("real", path), 0);
  expect_failure("runc", f->root, "c", "state.json");
  assert_int_equal(unlink(path), 0);
  assert_int_equal(mkfifo(path, 0600), 0);
  expect_failure("runc", f->root, "c", "state.json"); /* and does not hang */
}

/* -- directories -- */

static struct cc_lowlevel_instance
instance_of(const char *runtime, const char *root)
{
  struct cc_lowlevel_instance instance = { 0 };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_close int directory = -1;

  if (cc_lowlevel_directory(runtime, root, "c", &directory, &err) != 0
      || cc_lowlevel_instance(directory, &instance, &err) != 0)
    fail_msg("%s", err.msg);
  assert_true(fcntl(directory, F_GETFD) & FD_CLOEXEC);
  return instance;
}

static void
test_directories(void **state)
{
  struct fixture *f = *state;
  cc_auto_free char *runc = cc_xasprintf("%s/runc", f->root), *crun = cc_xasprintf("%s/crun", f->root);
  cc_auto_free char *other = cc_xasprintf("%s/e", f->root);
  struct cc_error err = CC_ERROR_INIT;
  int fd = -7;

  assert_int_equal(cc_lowlevel_directory("runc", f->root, "c", &fd, &err), 1);
  assert_int_equal(cc_lowlevel_directory("runc", f->root, "../c", &fd, &err), CC_FAILED);
  write_text(f, "c", "file", "");
  instance_of("runc", f->root);
  instance_of("whatever", f->root);
  assert_int_equal(setenv("XDG_RUNTIME_DIR", f->root, 1), 0);
  assert_int_equal(mkdir(crun, 0700), 0);
  assert_int_equal(cc_lowlevel_directory("crun", NULL, "c", &fd, &err), 1);
  write_text(f, "crun/c", "status", "");
  instance_of("crun", NULL);
  instance_of("krun", NULL);
  assert_int_equal(fd, -7);
  /* no link leads to another's */
  assert_int_equal(symlink("crun", runc), 0);
  assert_int_equal(rename(runc, other), 0);
  assert_int_equal(cc_lowlevel_directory("runc", f->root, "e", &fd, &err), CC_FAILED);
}

/* What is made anew under an old name is another one. */
static void
test_instances(void **state)
{
  struct fixture *f = *state;
  cc_auto_free char *dir = cc_xasprintf("%s/c", f->root), *file = cc_xasprintf("%s/c/file", f->root);
  struct cc_lowlevel_instance first, second;

  write_text(f, "c", "file", "");
  first = instance_of("runc", f->root);
  write_text(f, "c", "file", "other text");
  second = instance_of("runc", f->root);
  assert_memory_equal(&first, &second, sizeof(first));
  for (int i = 0; i < 5; i++) /* ext4 takes the same inode again */
    {
      assert_int_equal(unlink(file), 0);
      assert_int_equal(rmdir(dir), 0);
      usleep(20000);
      write_text(f, "c", "file", "");
      second = instance_of("runc", f->root);
      assert_memory_not_equal(&first, &second, sizeof(first));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(test_both_forms),
    TEST(test_other_members),
    TEST(test_two_records_are_ambiguous),
    TEST(test_default_root),
    TEST(test_no_record),
    TEST(test_id_is_no_path),
    TEST(test_first_thread_has_ended),
    TEST(test_another_process_by_now),
    TEST(test_ended),
    TEST(test_bad_records),
    TEST(test_untrusted_files),
    TEST(test_directories),
    TEST(test_instances),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
