/* The cgroup of a container and its limits are read back. */
#include "model.h"

#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
membership(void **state)
{
  (void)state;
  model_case(&(struct model_change){ .cgroup = "/other" }, NULL, "/other`, not `…/cc-unit-");
  model_case(&(struct model_change){ .cgroup = "" }, NULL, "it is the root, where nothing limits it");
}

/* Where the name is not known, it is at least not the runtime's own. */
static void
without_a_name(void **state)
{
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  m.expect.cgroup[0] = '\0';
  model_is_as_expected(&m);
  model_end(&m);
}

/* A group below the container's, as crun makes with systemd; and a name that only begins like it. */
static void
names(void **state)
{
  struct model m;
  cc_auto_free char *name = NULL;

  (void)state;
  model_begin(&m, NULL);
  name = m.expect.cgroup;
  m.expect.cgroup = cc_xstrndup(name, strlen(name) - strlen("/box"));
  m.limits.caps = (struct cc_caps){ UINT64_MAX, 0, -1, 0, 0 };
  model_is_as_expected(&m);
  m.expect.cgroup[strlen(m.expect.cgroup) - 1] = '\0';
  model_differs(&m, "cgroup of its process");
  model_end(&m);
}

static void
try_limit(const char *controller, const char *v1, const char *v2, const char *text, const char *difference)
{
  struct model m;

  model_begin(&m, NULL);
  model_set_limit(controller, v1, v2, text);
  if (difference != NULL)
    model_differs(&m, difference);
  else
    model_is_as_expected(&m);
  model_end(&m);
}

static void
limits(void **state)
{
  bool v2 = model_is_unified();
  struct model m;

  (void)state;
  model_begin(&m, NULL);
  /* swap first: version 1 does not let memory go above memory and swap */
  if (m.limits.caps.memory_swap > 0)
    {
      model_set_limit("memory", "memory.memsw.limit_in_bytes", "memory.swap.max", v2 ? "4096" : "67112960");
      model_differs(&m, "limit of its cgroup for memory and swap: it is 67112960 bytes, not at most 67108864");
      model_set_limit("memory", "memory.memsw.limit_in_bytes", "memory.swap.max", v2 ? "max" : "-1");
      model_differs(&m, "limit of its cgroup for memory and swap");
    }
  model_set_limit("memory", "memory.limit_in_bytes", "memory.max", "67112960");
  model_differs(&m, "limit of its cgroup for memory: it is 67112960 bytes, not at most 67108864");
  model_set_limit("memory", "memory.limit_in_bytes", "memory.max", v2 ? "max" : "-1");
  model_differs(&m, "limit of its cgroup for memory");
  model_end(&m);
  try_limit("pids", "pids.max", "pids.max", "33", "limit of its cgroup for pids: it is 33 processes, not at most 32");
  try_limit("pids", "pids.max", "pids.max", "max", "limit of its cgroup for pids: there is none, not 32");
  try_limit("pids", "pids.max", "pids.max", "5", NULL);
  model_begin(&m, NULL);
  if (m.limits.caps.cpus > 0)
    {
      model_set_limit("cpu", "cpu.cfs_quota_us", "cpu.max", v2 ? "52000 100000" : "52000");
      model_differs(&m, "limit of its cgroup for cpu: it is 520000 millionths of a processor, not at most 510000");
      model_set_limit("cpu", "cpu.cfs_quota_us", "cpu.max", v2 ? "max" : "-1");
      model_differs(&m, "limit of its cgroup for cpu: there is none");
      model_set_limit("cpu", "cpu.cfs_quota_us", "cpu.max", v2 ? "10000 50000" : "10000");
      model_is_as_expected(&m);
    }
  model_end(&m);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(membership),
    cmocka_unit_test(without_a_name),
    cmocka_unit_test(names),
    cmocka_unit_test(limits),
  };

  return cmocka_run_group_tests(tests, model_setup, model_teardown);
}
