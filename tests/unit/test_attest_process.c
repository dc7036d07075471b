/* A process, its limits and its namespaces are read back. */
#include "model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void
what_was_decided(void **state)
{
  (void)state;
  model_case(NULL, NULL, NULL);
}

/* -- descriptors -- */

static void
forgotten_descriptor(void)
{
  if (fcntl(open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC), F_DUPFD, 100) != 100)
    _exit(1);
  model_drop(MODEL_UID, MODEL_UID, 0);
}

static void
marked_descriptor(void)
{
  if (fcntl(open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC), F_DUPFD_CLOEXEC, 100) != 100)
    _exit(1);
  model_drop(MODEL_UID, MODEL_UID, 0);
}

static void
descriptors(void **state)
{
  (void)state;
  model_case(&(struct model_change){ .privileges = forgotten_descriptor }, NULL,
             "descriptor 100 of its process: `/etc` would stay open in its program");
  model_case(&(struct model_change){ .privileges = marked_descriptor }, NULL, NULL);
}

/* -- user and privileges -- */

static void
other_user(void)
{
  model_drop(MODEL_UID + 1, MODEL_UID, 0);
}

static void
root_user(void)
{
  model_drop(0, MODEL_UID, 0);
}

static void
other_group(void)
{
  model_drop(MODEL_UID, 0, 0);
}

/* Only the saved one, with which the process could become root again. */
static void
saved_user(void)
{
  model_drop(0, MODEL_UID, (uint64_t)1 << CAP_SETUID);
  if (setresuid(MODEL_UID, MODEL_UID, 0) != 0)
    _exit(1);
}

static void
additional_groups(void)
{
  const gid_t groups[] = { MODEL_UID, 4 };

  model_drop(MODEL_UID, MODEL_UID, (uint64_t)1 << CAP_SETGID);
  if (setgroups(2, groups) != 0)
    _exit(1);
}

static void
users_and_groups(void **state)
{
  (void)state;
  model_case(&(struct model_change){ .privileges = other_user }, NULL,
             "user of its process: it is 65533 of the host, not 65532");
  model_case(&(struct model_change){ .privileges = root_user }, NULL, "user of its process: it is 0");
  model_case(&(struct model_change){ .privileges = other_group }, NULL, "group of its process: it is 0");
  model_case(&(struct model_change){ .privileges = saved_user }, NULL, "user of its process: it is 0");
  model_case(&(struct model_change){ .privileges = additional_groups }, NULL, "additional group 4");
}

static void
groups_of_the_configuration(void **state)
{
  static uint32_t groups[] = { 5, 4 };
  struct model m;

  (void)state;
  model_begin(&m, &(struct model_change){ .privileges = additional_groups });
  m.expect.capabilities[CC_CAP_INHERITABLE] = m.expect.capabilities[CC_CAP_PERMITTED]
      = m.expect.capabilities[CC_CAP_EFFECTIVE] = m.expect.capabilities[CC_CAP_BOUNDING]
      = m.expect.capabilities[CC_CAP_AMBIENT] = (uint64_t)1 << CAP_SETGID;
  model_differs(&m, "additional group 4");
  free(m.expect.groups);
  m.expect.groups = groups;
  m.expect.group_count = 2;
  model_is_as_expected(&m);
  m.expect.groups = NULL;
  model_end(&m);
}

#define KEPT ((uint64_t)1 << CAP_NET_RAW)

static void
keep_one(void)
{
  model_drop(MODEL_UID, MODEL_UID, KEPT);
}

static void
each_set_of_capabilities(void **state)
{
  static const char *const names[CC_CAP_SETS] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
  struct model m;

  (void)state;
  model_begin(&m, &(struct model_change){ .privileges = keep_one });
  for (size_t i = 0; i < CC_CAP_SETS; i++)
    m.expect.capabilities[i] = KEPT;
  model_is_as_expected(&m);
  for (size_t i = 0; i < CC_CAP_SETS; i++)
    {
      m.expect.capabilities[i] = KEPT << 1;
      model_differs(&m, names[i]);
      m.expect.capabilities[i] = KEPT | KEPT << 1; /* fewer than allowed are no difference */
      model_is_as_expected(&m);
    }
  model_end(&m);
}

static void
without_no_new_privs(void)
{
  struct rlimit none = { 0, 0 };
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct sets[2] = { { 0 } };

  setrlimit(RLIMIT_CORE, &none);
  for (unsigned long c = 0; c < 64; c++)
    prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
  if (setgroups(0, NULL) != 0 || setresgid(MODEL_UID, MODEL_UID, MODEL_UID) != 0
      || setresuid(MODEL_UID, MODEL_UID, MODEL_UID) != 0 || syscall(SYS_capset, &header, sets) != 0)
    _exit(1);
}

static void
new_privileges(void **state)
{
  (void)state;
  model_case(&(struct model_change){ .privileges = without_no_new_privs, .no_filter = true }, NULL, "no_new_privs");
}

static void
limits_of_the_process(void **state)
{
  struct cc_ulimit caps[] = { { (char *)"RLIMIT_CORE", 0, 0 }, { (char *)"RLIMIT_NOFILE", 0, 0 } };
  struct rlimit files;
  struct model m;

  (void)state;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
  model_begin(&m, NULL);
  m.limits.ulimits = caps;
  m.limits.ulimit_count = 2;
  caps[1].soft = files.rlim_cur;
  caps[1].hard = files.rlim_max;
  model_is_as_expected(&m);
  caps[1].soft--;
  model_differs(&m, "RLIMIT_NOFILE");
  caps[1].soft++;
  caps[1].hard--;
  model_differs(&m, "RLIMIT_NOFILE");
  model_end(&m);
}

/* -- namespaces -- */

static void
namespaces_of_the_host(void **state)
{
  (void)state;
  model_case(&(struct model_change){ .shared = CLONE_NEWNET }, NULL, "network namespace: it is the host's");
  model_case(&(struct model_change){ .shared = CLONE_NEWIPC }, NULL, "ipc namespace: it is the host's");
  model_case(&(struct model_change){ .shared = CLONE_NEWUTS }, NULL, "uts namespace: it is the host's");
  model_case(&(struct model_change){ .shared = CLONE_NEWPID }, NULL, "pid namespace: it is the host's");
  model_case(&(struct model_change){ .shared = CLONE_NEWCGROUP }, NULL, "cgroup namespace: it is the host's");
  model_case(&(struct model_change){ .shared = CLONE_NEWNS }, NULL, "mount namespace: it is the host's");
}

static void
nobody(void)
{
}

static void
namespaces_that_nobody_asked_for(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, &(struct model_change){ .user_namespace = true, .privileges = nobody, .no_filter = true });
  /* seen from here its ids are the overflow user's and it has every capability: not what this is about */
  m.expect.uid = m.expect.gid = 0;
  for (size_t i = 0; i < CC_CAP_SETS; i++)
    m.expect.capabilities[i] = UINT64_MAX;
  m.expect.no_new_privs = false;
  m.limits.ulimit_count = 0;
  model_differs(&m, "user namespace: it is one that nobody asked for");
  model_end(&m);
}

static void
joined_namespaces(void **state)
{
  struct model a, b;
  struct stat st;
  char path[64];

  (void)state;
  model_begin(&a, NULL);
  model_begin(&b, NULL);
  snprintf(path, sizeof(path), "/proc/%d/ns/net", a.pid);
  assert_int_equal(stat(path, &st), 0);
  a.expect.namespaces[CC_NS_NETWORK] = b.expect.namespaces[CC_NS_NETWORK]
      = (struct cc_expect_namespace){ CC_NS_JOINED, st.st_ino };
  model_is_as_expected(&a);
  model_differs(&b, "which was to be joined");
  model_end(&a);
  model_end(&b);
}

/* -- the process itself -- */

static void
one_that_ended(void **state)
{
  struct cc_error err = CC_ERROR_INIT;
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  kill(m.pid, SIGKILL);
  assert_int_equal(waitid(P_PID, (id_t)m.pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
  assert_int_equal(cc_attest(&m.subject, &m.expect, &m.limits, &err), CC_FAILED);
  assert_string_not_equal(err.msg, "");
  model_end(&m);
}

static void
another_process_of_that_number(void **state)
{
  struct cc_error err = CC_ERROR_INIT;
  struct model a, b;
  int own;

  (void)state;
  model_begin(&a, NULL);
  model_begin(&b, NULL);
  model_kill(&a);
  own = b.subject.pidfd;
  b.subject.pidfd = a.subject.pidfd; /* as if B had got A's number */
  assert_int_equal(cc_attest(&b.subject, &b.expect, &b.limits, &err), CC_FAILED);
  assert_string_equal(err.rule, "");
  b.subject.pidfd = own;
  model_is_as_expected(&b);
  model_end(&a);
  model_end(&b);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_decided),
    cmocka_unit_test(descriptors),
    cmocka_unit_test(users_and_groups),
    cmocka_unit_test(groups_of_the_configuration),
    cmocka_unit_test(each_set_of_capabilities),
    cmocka_unit_test(new_privileges),
    cmocka_unit_test(limits_of_the_process),
    cmocka_unit_test(namespaces_of_the_host),
    cmocka_unit_test(namespaces_that_nobody_asked_for),
    cmocka_unit_test(joined_namespaces),
    cmocka_unit_test(one_that_ended),
    cmocka_unit_test(another_process_of_that_number),
  };

  return cmocka_run_group_tests(tests, model_setup, model_teardown);
}
