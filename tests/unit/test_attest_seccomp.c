/* The filter of a container is read back: the loaded one from the kernel, crun's from the file that it will load. */
#include "model.h"

#include "common/own.h"
#include "host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NAME cc_host_path("%s/seccomp.bpf", model_directory())
#define IN_FILE                                                                                                        \
  &(struct model_change)                                                                                               \
  {                                                                                                                    \
    .filter_in_file = true                                                                                             \
  }

static void
none(void **state)
{
  struct model m;

  (void)state;
  model_case(&(struct model_change){ .no_filter = true }, NULL, "seccomp filter: none is loaded, and none will be");
  model_begin(&m, &(struct model_change){ .no_filter = true });
  m.expect.seccomp = false;
  model_is_as_expected(&m);
  model_end(&m);
}

/* -- loaded -- */

#define ALLOWING(name)                                                                                                 \
  "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"write\",\"pause\",\"" name                        \
  "\"],\"action\":\"SCMP_ACT_ALLOW\"}]}"

static void
loaded(void **state)
{
  (void)state;
  model_case(&(struct model_change){ .profile = ALLOWING("read") }, NULL, NULL);
  model_case(&(struct model_change){ .profile = ALLOWING("mount") }, NULL, "seccomp filter: it lets mount (");
  model_case(&(struct model_change){ .profile = ALLOWING("socket") }, NULL,
             "seccomp filter: it lets socket with AF_NETLINK");
  model_case(&(struct model_change){ .profile = "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}" }, NULL,
             "seccomp filter: it lets ");
}

static int
state_letter(pid_t pid)
{
  cc_auto_file FILE *f = fopen(cc_host_path("/proc/%d/stat", pid), "re");
  char line[512], *end;

  assert_non_null(f);
  assert_non_null(fgets(line, sizeof(line), f));
  end = strrchr(line, ')');
  return end[2];
}

/* It was stopped for that, and waits on as before. */
static void
looking_changes_nothing(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  for (int i = 0; i < 50; i++)
    model_is_as_expected(&m);
  for (int i = 0; i < 100 && state_letter(m.pid) != 'S'; i++)
    usleep(1000);
  assert_int_equal(state_letter(m.pid), 'S');
  assert_int_equal(waitpid(m.pid, NULL, WNOHANG | WUNTRACED), 0);
  model_end(&m);
}

/* Somebody traces it already: then that a filter is loaded must do. */
static void
traced_by_another(void **state)
{
  struct model m;
  int ready[2];
  pid_t tracer;
  char byte;

  (void)state;
  model_begin(&m, &(struct model_change){ .profile = ALLOWING("mount") });
  assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
  tracer = fork();
  if (tracer == 0)
    {
      byte = ptrace(PTRACE_SEIZE, m.pid, NULL, NULL) == 0 ? 'y' : 'n';
      if (write(ready[1], &byte, 1) == 1)
        pause();
      _exit(1);
    }
  assert_int_equal(read(ready[0], &byte, 1), 1);
  assert_int_equal(byte, 'y');
  model_is_as_expected(&m);
  kill(tracer, SIGKILL);
  assert_int_equal(waitpid(tracer, NULL, 0), tracer);
  model_differs(&m, "seccomp filter: it lets mount (");
  model_end(&m);
  close(ready[0]);
  close(ready[1]);
}

/* A process that is confined itself, as in a container: its filters are inherited, and say nothing of the other's. */
static void
own_filters_do_not_count(void **state)
{
  pid_t child;
  int status;

  (void)state;
  child = fork();
  if (child == 0)
    {
      struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
      struct sock_fprog program = { 1, &allow };
      struct cc_error err = CC_ERROR_INIT;
      struct model with, without;

      if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        _exit(1);
      model_begin(&without, &(struct model_change){ .no_filter = true });
      if (cc_attest(&without.subject, &without.expect, &without.limits, &err) == 0
          || strstr(err.msg, "none is loaded") == NULL)
        _exit(2);
      model_end(&without);
      model_begin(&with, NULL);
      if (cc_attest(&with.subject, &with.expect, &with.limits, &err) != 0)
        _exit(3);
      kill(with.pid, SIGKILL);
      _exit(0);
    }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(WEXITSTATUS(status), 0);
}

/* -- in crun's file -- */

static void
in_a_file(void **state)
{
  (void)state;
  model_case(IN_FILE, NULL, NULL);
  model_case(&(struct model_change){ .filter_in_file = true, .profile = ALLOWING("bpf") }, NULL,
             "seccomp filter: it lets bpf (");
}

static void
put(const void *bytes, size_t length)
{
  int fd = open(FILE_NAME, O_WRONLY | O_TRUNC | O_CLOEXEC);

  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes, length), length);
  close(fd);
}

static void
try_content(const void *bytes, size_t length, const char *text)
{
  struct model m;

  model_begin(&m, IN_FILE);
  put(bytes, length);
  model_differs(&m, text);
  model_end(&m);
}

static void
other_contents(void **state)
{
  static const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  static const struct sock_filter packet[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), BPF_STMT(BPF_RET | BPF_K, 0) };
  cc_auto_free char *large = cc_xcalloc(BPF_MAXINSNS + 1, sizeof(allow));

  (void)state;
  for (size_t i = 0; i <= BPF_MAXINSNS; i++)
    memcpy(large + i * sizeof(allow), &(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0), sizeof(allow));
  try_content(&allow, sizeof(allow), "seccomp filter: it lets ");
  try_content("", 0, "seccomp filter: it cannot be loaded");
  try_content(&allow, 7, "seccomp filter: `seccomp.bpf` is cut");
  try_content(packet, sizeof(packet), "seccomp filter: it cannot be loaded");
  try_content(large, (BPF_MAXINSNS + 1) * sizeof(allow), "seccomp filter: none is loaded, and none will be");
}

static void
another_file(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, IN_FILE);
  assert_int_equal(rename(FILE_NAME, cc_host_path("%s/moved", model_directory())), 0);
  model_differs(&m, "seccomp filter: none is loaded, and none will be");
  assert_int_equal(symlink("moved", FILE_NAME), 0);
  model_differs(&m, "seccomp filter: none is loaded, and none will be");
  assert_int_equal(unlink(FILE_NAME), 0);
  /* the same text, but not what the process has open */
  cc_host_file(FILE_NAME, "x");
  model_differs(&m, "does not have `seccomp.bpf` open");
  assert_int_equal(rename(cc_host_path("%s/moved", model_directory()), FILE_NAME), 0);
  model_is_as_expected(&m);
  assert_int_equal(chmod(FILE_NAME, 0722), 0);
  model_differs(&m, "others than its owner could write");
  assert_int_equal(chmod(FILE_NAME, 0700), 0);
  assert_int_equal(chown(FILE_NAME, 1000, 0), 0);
  model_differs(&m, "others than its owner could write");
  model_end(&m);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(none),
    cmocka_unit_test(loaded),
    cmocka_unit_test(looking_changes_nothing),
    cmocka_unit_test(traced_by_another),
    cmocka_unit_test(own_filters_do_not_count),
    cmocka_unit_test(in_a_file),
    cmocka_unit_test(other_contents),
    cmocka_unit_test(another_file),
  };

  return cmocka_run_group_tests(tests, model_setup, model_teardown);
}
