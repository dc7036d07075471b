/* Resource caps, rlimits and the cgroup's path. */
#include "shim/limits.h"
#include "trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/resource.h>

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

struct row
{
  const char *why, *given;
  bool fill;
  const char *now;
};

static void
try(const struct row *row, const struct cc_caps *caps)
{
  struct cc_json *doc = trial_json(row->given);
  struct cc_report report = CC_REPORT_INIT;
  char *now;

  cc_limits_apply(doc, cc_json_root(doc), caps, row->fill, &report);
  now = trial_text(cc_json_root(doc), "");
  if (strcmp(now, row->now) != 0)
    fail_msg("%s: %s, not %s", row->why, now, row->now);
  if ((report.count == 0) != (strcmp(row->given, row->now) == 0))
    fail_msg("%s: %zu notes of a change", row->why, report.count);
  assert_int_equal(report.refusals, 0);
  free(now);
  cc_report_clear(&report);
  cc_json_free(doc);
}

static void
resources(void **state)
{
#define ALL "{'memory':{'limit':1000,'swap':2000},'cpu':{'quota':200000,'period':100000},'pids':{'limit':50}}"
  const struct cc_caps caps = { 1000, 2000, 50, 2, 100000 };
  static const struct row rows[] = {
    { "nothing asked at create", "{}", true, ALL },
    { "nothing asked in an update", "{}", false, "{}" },
    { "already so", ALL, true, ALL },
    { "less", "{'memory':{'limit':10,'swap':20},'cpu':{'quota':1000,'period':1000},'pids':{'limit':1}}", true,
      "{'memory':{'limit':10,'swap':20},'cpu':{'quota':1000,'period':1000},'pids':{'limit':1}}" },
    { "unlimited by -1", "{'memory':{'limit':-1,'swap':-1},'cpu':{'quota':-1,'period':100000},'pids':{'limit':-1}}",
      false, ALL },
    { "unlimited by 0", "{'memory':{'limit':0,'swap':0},'cpu':{'quota':0,'period':0},'pids':{'limit':0}}", false, ALL },
    { "a number that fits no integer", "{'memory':{'limit':18446744073709551615,'swap':1e3},'pids':{'limit':50.0}}",
      false, "{'memory':{'limit':1000,'swap':2000},'pids':{'limit':50}}" },
    { "swap below memory", "{'memory':{'limit':500,'swap':100}}", false, "{'memory':{'limit':500,'swap':500}}" },
    { "swap alone", "{'memory':{'swap':99999}}", false, "{'memory':{'swap':2000}}" },
    { "reservation above the limit", "{'memory':{'limit':500,'reservation':9999,'swap':600}}", false,
      "{'memory':{'limit':500,'reservation':500,'swap':600}}" },
    { "kernel memory", "{'memory':{'limit':500,'swap':500,'kernel':-1,'kernelTCP':-1}}", false,
      "{'memory':{'limit':500,'swap':500}}" },
    { "memory beside the hierarchy", "{'memory':{'limit':1,'swap':1,'useHierarchy':false}}", false,
      "{'memory':{'limit':1,'swap':1}}" },
    { "what only slows it down", "{'memory':{'limit':1,'swap':1,'swappiness':100,'checkBeforeUpdate':true}}", false,
      "{'memory':{'limit':1,'swap':1,'swappiness':100,'checkBeforeUpdate':true}}" },
    { "no OOM killer", "{'memory':{'limit':1,'swap':1,'disableOOMKiller':true}}", false,
      "{'memory':{'limit':1,'swap':1,'disableOOMKiller':false}}" },
    { "a longer period under the same quota", "{'cpu':{'period':10000}}", false,
      "{'cpu':{'period':10000,'quota':20000}}" },
    { "a quota without a period", "{'cpu':{'quota':900000}}", false, "{'cpu':{'quota':200000,'period':100000}}" },
    { "a period out of range", "{'cpu':{'quota':1000,'period':1}}", false, "{'cpu':{'quota':1000,'period':100000}}" },
    { "bursts", "{'cpu':{'burst':999999,'shares':2}}", false, "{'cpu':{'shares':2}}" },
    { "shares", "{'cpu':{'shares':2048}}", false, "{'cpu':{'shares':2048}}" },
    { "more shares", "{'cpu':{'shares':2049}}", false, "{'cpu':{'shares':2048}}" },
    { "shares that are no number to count", "{'cpu':{'shares':-1}}", false, "{'cpu':{'shares':2048}}" },
    { "the first to run", "{'cpu':{'shares':18446744073709551615}}", false, "{'cpu':{'shares':2048}}" },
    { "processors and memory nodes", "{'cpu':{'cpus':'0-1','mems':'0','idle':1}}", false,
      "{'cpu':{'cpus':'0-1','mems':'0','idle':1}}" },
    { "real time", "{'cpu':{'realtimeRuntime':950000,'realtimePeriod':1000000}}", false, "{'cpu':{}}" },
    { "cgroup v2 by name",
      "{'unified':{'memory.max':'max','pids.max':'max','cpu.max':'max','cpu.weight':'1','memory.swap.max':'1'}}", false,
      "{'unified':{'cpu.weight':'1'}}" },
    { "weights of cgroup v2", "{'unified':{'cpu.weight':'200','io.weight':'default 100','cpu.idle':'1'}}", false,
      "{'unified':{'cpu.weight':'200','io.weight':'default 100','cpu.idle':'1'}}" },
    { "higher weights of cgroup v2", "{'unified':{'cpu.weight':'201','io.weight':'101'}}", false, "{}" },
    { "a weight for one device", "{'unified':{'io.weight':'8:0 100','cpu.weight':'max','memory.high':1}}", false,
      "{}" },
    { "a weight in two lines", "{'unified':{'io.weight':'default 1\\n8:0 9999'}}", false, "{}" },
    { "a weight that wraps", "{'unified':{'cpu.weight':'18446744073709551617','cpu.weight.nice':'-20'}}", false, "{}" },
    { "a controller of rdma, of misc", "{'unified':{'rdma.max':'x','misc.max':'x','cgroup.procs':'1'}}", false, "{}" },
    { "cgroup v2 by path", "{'unified':{'../other/memory.max':'max','memory.high':'1'}}", false,
      "{'unified':{'memory.high':'1'}}" },
    { "nothing of cgroup v2 left", "{'unified':{'memory.max':'max'}}", false, "{}" },
    { "a disk's weight", "{'blockIO':{'weight':19,'leafWeight':10}}", false,
      "{'blockIO':{'weight':19,'leafWeight':10}}" },
    { "Docker 20's none", "{'blockIO':{'weight':0}}", false, "{'blockIO':{'weight':0}}" },
    { "the first at the disk", "{'blockIO':{'weight':1000,'leafWeight':20}}", false,
      "{'blockIO':{'weight':19,'leafWeight':19}}" },
    { "the first at one disk",
      "{'blockIO':{'weightDevice':[{'major':8,'minor':0,'weight':500,'leafWeight':500},{'major':8,'minor':1}]}}", false,
      "{'blockIO':{'weightDevice':[{'major':8,'minor':0,'weight':19,'leafWeight':19},{'major':8,'minor':1}]}}" },
    { "rates", "{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':1}]}}", false,
      "{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':1}]}}" },
    { "huge pages", "{'hugepageLimits':[{'pageSize':'2MB','limit':0},{'pageSize':'64KB','limit':1}]}", false,
      "{'hugepageLimits':[{'pageSize':'2MB','limit':0},{'pageSize':'64KB','limit':1}]}" },
    { "huge pages of another group", "{'hugepageLimits':[{'pageSize':'2MB/../../memory','limit':1},{'limit':1}]}",
      false, "{'hugepageLimits':[]}" },
    { "network classes", "{'network':{'classID':1048577,'priorities':[{'name':'eth0','priority':500}]}}", false, "{}" },
    { "rdma", "{'rdma':{'mlx5_1':{'hcaHandles':3}}}", false, "{'rdma':{'mlx5_1':{'hcaHandles':3}}}" },
    { "what is not known", "{'x':{'n':18446744073709551615},'blockIO':{'weight':10}}", false,
      "{'x':{'n':18446744073709551615},'blockIO':{'weight':10}}" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    try(&rows[i], &caps);
}

static void
kernels_that_do_less(void **state)
{
  const struct cc_caps no_swap = { 1000, 0, 50, 2, 100000 }, no_bandwidth = { 1000, 1000, 50, 0, 100000 };
  static const struct row swap
      = { "no swap accounting", "{}", true,
          "{'memory':{'limit':1000},'cpu':{'quota':200000,'period':100000},'pids':{'limit':50}}" };
  static const struct row bandwidth
      = { "no bandwidth control", "{}", true, "{'memory':{'limit':1000,'swap':1000},'cpu':{},'pids':{'limit':50}}" };
  const struct cc_caps tiny = { 1000, 1000, 50, 0.001, 100000 };
  static const struct row smallest
      = { "the smallest quota", "{'cpu':{'quota':-1}}", false, "{'cpu':{'quota':1000,'period':100000}}" };

  const struct cc_caps unified = { 1000, 2000, 50, 2, 100000, true };
  static const struct row swap_file
      = { "swap of cgroup v2", "{'memory':{'limit':10,'swap':25},'unified':{'memory.swap.max':'max'}}", false,
          "{'memory':{'limit':10},'unified':{'memory.swap.max':'15'}}" };
  static const struct row all_swap_file = { "the caps of cgroup v2", "{}", true,
                                            "{'memory':{'limit':1000},'cpu':{'quota':200000,'period':100000},'pids':{"
                                            "'limit':50},'unified':{'memory.swap.max':'1000'}}" };
  static const struct row no_swap_file
      = { "memory alone", "{'memory':{'limit':10}}", false, "{'memory':{'limit':10}}" };

  (void)state;
  try(&swap_file, &unified);
  try(&all_swap_file, &unified);
  try(&no_swap_file, &unified);
  try(&swap, &no_swap);
  try(&bandwidth, &no_bandwidth);
  try(&smallest, &tiny);
}

/* -- rlimits -- */

static void
rlimits(void **state)
{
  static char nofile[] = "RLIMIT_NOFILE", core[] = "RLIMIT_CORE";
  static const struct cc_ulimit caps[] = { { nofile, 100, 200 }, { core, 0, 0 } };
#define CORE "{'type':'RLIMIT_CORE','hard':0,'soft':0}"
#define NOFILE(hard, soft) "{'type':'RLIMIT_NOFILE','hard':" hard ",'soft':" soft "}"
  static const struct row rows[] = {
    { "none", "{}", true, "{'rlimits':[" NOFILE("200", "100") "," CORE "]}" },
    { "below", "{'rlimits':[" NOFILE("20", "10") "," CORE "]}", false,
      "{'rlimits':[" NOFILE("20", "10") "," CORE "]}" },
    { "above", "{'rlimits':[" NOFILE("201", "201") "," CORE "]}", true,
      "{'rlimits':[" NOFILE("200", "100") "," CORE "]}" },
    { "no limit", "{'rlimits':[" NOFILE("18446744073709551615", "1") "," CORE "]}", true,
      "{'rlimits':[" NOFILE("200", "1") "," CORE "]}" },
    { "no number that counts", "{'rlimits':[" NOFILE("1e9", "-1") "," CORE "]}", true,
      "{'rlimits':[" NOFILE("200", "100") "," CORE "]}" },
    { "each of two", "{'rlimits':[" NOFILE("5", "5") "," NOFILE("999", "999") "," CORE "]}", true,
      "{'rlimits':[" NOFILE("5", "5") "," NOFILE("200", "100") "," CORE "]}" },
    { "another case", "{'rlimits':[{'type':'rlimit_nofile','hard':999,'soft':1}," CORE "]}", true,
      "{'rlimits':[{'type':'rlimit_nofile','hard':200,'soft':1}," CORE "]}" },
    { "no hard limit", "{'rlimits':[{'type':'RLIMIT_NOFILE','soft':1}," CORE "]}", true,
      "{'rlimits':[{'type':'RLIMIT_NOFILE','soft':1,'hard':200}," CORE "]}" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      struct cc_json *doc = trial_json(rows[i].given);
      bool changed = cc_rlimits_apply(doc, cc_json_root(doc), caps, 2);
      char *now = trial_text(cc_json_root(doc), "");

      if (strcmp(now, rows[i].now) != 0 || changed != rows[i].fill)
        fail_msg("%s: %s, not %s", rows[i].why, now, rows[i].now);
      free(now);
      cc_json_free(doc);
    }
}

/* The caps of the default policy, each within what this process itself may have. */
static void
caps_of_the_policy(void **state)
{
  static const char *const wanted[] = { "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_NICE", "RLIMIT_RTPRIO" };
  struct rlimit own;
  struct cc_ulimit *caps;
  struct trial t;
  size_t count;

  (void)state;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &own), 0);
  trial_begin(&t, "{}");
  cc_ulimit_caps(&t.policy, &caps, &count);
  assert_int_equal(count, 4);
  for (size_t i = 0; i < count; i++)
    {
      assert_string_equal(caps[i].name, wanted[i]);
      assert_true(i == 0 ? caps[i].hard == (own.rlim_max < 65536 ? own.rlim_max : 65536) : caps[i].hard == 0);
      assert_true(caps[i].soft <= caps[i].hard);
      free(caps[i].name);
    }
  free(caps);
  trial_end(&t);
}

static void
operators_ulimits_first(void **state)
{
  static char rtprio[] = "rtprio", nofile[] = "nofile";
  struct cc_ulimit own[] = { { rtprio, 5, 5 }, { nofile, 10, 20 } };
  const struct cc_policy policy = { .ulimits = own, .ulimit_count = 2 };
  struct cc_ulimit *caps;
  size_t count;

  (void)state;
  cc_ulimit_caps(&policy, &caps, &count);
  assert_int_equal(count, 4);
  assert_string_equal(caps[0].name, "RLIMIT_RTPRIO");
  assert_true(caps[0].hard <= 5 && caps[1].hard == 20 && caps[1].soft == 10);
  for (size_t i = 0; i < count; i++)
    free(caps[i].name);
  free(caps);
}

/* -- the module -- */

/* More in test_cgroup_path.c. */
static void
cgroup_paths(void **state)
{
#define PATH(text) "{'linux':{'cgroupsPath':'" text "'}}"
  static const struct trial_row rows[] = {
    { "Docker's", PATH("/docker/0123"), NULL, "linux.cgroupsPath", "'/docker/0123'" },
    { "none", "{'linux':{}}", NULL, NULL, NULL },
    { "the runtime's choice", PATH(""), NULL, NULL, NULL },
    { "the root", PATH("/"), "cgroup-path", NULL, NULL },
  };

  (void)state;
  trial_rows(ROWS(rows), cc_harden_resources);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(resources),          cmocka_unit_test(kernels_that_do_less),    cmocka_unit_test(rlimits),
    cmocka_unit_test(caps_of_the_policy), cmocka_unit_test(operators_ulimits_first), cmocka_unit_test(cgroup_paths),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
