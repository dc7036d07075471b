/* create and run: docs/architecture.md, "The way of a container". */
#include "common/own.h"
#include "common/path.h"
#include "shim/about.h"
#include "shim/call.h"
#include "shim/capabilities.h"
#include "shim/expect.h"
#include "shim/identify.h"
#include "shim/limits.h"
#include "shim/lowlevel.h"
#include "shim/plan.h"
#include "shim/pod.h"
#include "shim/record.h"
#include "shim/state.h"
#include "shim/streams.h"

#include <string.h>
#include <unistd.h>

struct creation
{
  struct cc_call *call;
  struct cc_plan plan;
  struct cc_state state;
};

static struct cc_jval *
spec_of(const struct creation *c)
{
  return cc_json_root(c->plan.bundle.doc);
}

/* What is read at all. */
static int
check_arguments(const struct cc_cmdline *c, struct cc_error *err)
{
  if (c->id == NULL || !cc_id_is_valid(c->id))
    return cc_error_refuse(err, "argument",
                           "container id `%s`: missing, or not made of letters, digits and `_+-.`; name another",
                           c->id != NULL ? c->id : "");
  if (c->value[CC_OPT_CONFIG] != NULL)
    return cc_error_refuse(err, "argument",
                           "option `--config`: only crun reads it, and from elsewhere than the bundle; put the "
                           "configuration into the bundle");
  return 0;
}

static char *
dup_or_empty(const char *s)
{
  return cc_xstrdup(s != NULL ? s : "");
}

/* What later calls are held to. */
static void
fill_state(struct creation *c, bool managed)
{
  const struct cc_plan *p = &c->plan;
  const struct cc_jval *spec = spec_of(c), *process = managed ? cc_jget(spec, "process") : NULL;
  struct cc_caps caps = cc_caps_of_policy(&p->policy);
  struct cc_state *s = &c->state;
  uint64_t period;

  s->managed = managed;
  s->report = managed && p->policy.enforcement == CC_REPORT;
  s->low_level = cc_xstrdup(p->low_level);
  s->bundle = cc_xstrdup(p->bundle.path);
  s->cgroup = dup_or_empty(cc_jstr(cc_jpath(spec, "linux.cgroupsPath")));
  s->audit_file = dup_or_empty(p->policy.audit_file);
  s->apparmor = dup_or_empty(cc_jget_str(process, "apparmorProfile"));
  s->selinux = dup_or_empty(cc_jget_str(process, "selinuxLabel"));
  s->pod_sandbox = cc_pod_is_sandbox(&p->identity, spec);
  if (!managed)
    return;
  /* `run` has no start, and so no lock that could be looked for */
  s->network_none = strcmp(p->policy.network, "none") == 0 && p->identity.kind != CC_KIND_POD_SANDBOX
                    && c->call->cmdline.sub != CC_SUB_RUN;
  s->asked_for_root = p->asked_for_root;
  s->root_allowed = !p->policy.user_auto && p->policy.uid == 0;
  s->uid = p->uid;
  s->gid = p->gid;
  cc_capabilities_allowed(&p->policy, &s->capabilities);
  s->memory = caps.memory;
  s->memory_swap = caps.memory_swap;
  s->pids = caps.pids;
  s->cpus = caps.cpus;
  s->cpu_period = cc_juint64(cc_jpath(spec, "linux.resources.cpu.period"), &period) == 0 ? period : caps.cpu_period;
  cc_ulimit_caps(&p->policy, &s->ulimits, &s->ulimit_count);
  cc_tool_guard_make(p->config, &p->identity, &p->policy, &s->tools);
}

/* What the operator may ask later. */
static int
fill_about(struct creation *c, struct cc_error *err)
{
  struct cc_about_source source = { .root = c->call->cmdline.value[CC_OPT_ROOT],
                                    .identity = &c->plan.identity,
                                    .annotations = cc_jget(spec_of(c), "annotations"),
                                    .report = &c->plan.report };

  return cc_about_write(&source, &c->state.about, err);
}

/* What `start` will compare the created process with. */
static int
fill_expectation(struct creation *c, struct cc_error *err)
{
  const struct cc_cmdline *cmdline = &c->call->cmdline;
  const char *manager = cmdline->value[CC_OPT_CGROUP_MANAGER];
  struct cc_expect_source source = { .spec = spec_of(c),
                                     .pins = &c->plan.pins,
                                     .rootfs_fd = c->plan.bundle.rootfs_fd,
                                     .network_none = strcmp(c->plan.policy.network, "none") == 0,
                                     .systemd_cgroup = cmdline->value[CC_OPT_SYSTEMD_CGROUP] != NULL
                                                       || (manager != NULL && strcmp(manager, "systemd") == 0) };
  struct cc_expect expect;
  int result;

  if (cc_expect_make(&source, &expect, err) < 0)
    return CC_FAILED;
  result = cc_expect_write(&expect, &c->state.expect, err);
  cc_expect_clear(&expect);
  return result;
}

/* From here on this process has a mount namespace of its own, and config.json there names the pinned sources. */
static int
stage(struct creation *c, struct cc_error *err)
{
  cc_auto_free char *directory = NULL;

  if (c->plan.pins.count == 0)
    return 0;
  if (cc_state_stage(&directory, err) < 0)
    return CC_FAILED;
  return cc_pins_stage(&c->plan.pins, c->plan.bundle.doc, c->plan.bundle.path, directory, err);
}

/* The state comes first: when the configuration cannot be written then, nothing was started and the state goes again.
 */
static int
commit(struct creation *c, struct cc_error *err)
{
  const struct cc_cmdline *cmdline = &c->call->cmdline;

  if (cc_state_write(cmdline->value[CC_OPT_ROOT], cmdline->id, &c->state, err) < 0)
    return CC_FAILED;
  if (!c->state.managed || c->state.report)
    return 0;
  if (cc_bundle_save(&c->plan.bundle, err) == 0 && stage(c, err) == 0)
    return 0;
  cc_state_remove(cmdline->value[CC_OPT_ROOT], cmdline->id, NULL);
  return CC_FAILED;
}

/* Hardens the document in memory. With enforcement "report" the findings are recorded instead, and nothing fails. */
static int
harden(struct creation *c, struct cc_error *err)
{
  const struct cc_cmdline *cmdline = &c->call->cmdline;
  bool report_only = c->plan.policy.enforcement == CC_REPORT;
  struct cc_error why = CC_ERROR_INIT;
  int failed = cc_plan_harden(&c->plan, cmdline, &why);

  if (report_only)
    cc_record_report(c->plan.policy.audit_file, c->plan.identity.container_id, cmdline->sub_name, &c->plan.report);
  if (failed < 0 && !report_only)
    {
      *err = why;
      return CC_FAILED;
    }
  fill_state(c, true);
  if (report_only)
    return 0;
  return cc_streams_protect(c->plan.low_level, false, err) < 0 ? CC_FAILED : fill_expectation(c, err);
}

static int
prepare(struct creation *c, struct cc_error *err)
{
  const struct cc_cmdline *cmdline = &c->call->cmdline;
  struct cc_plan *p = &c->plan;

  if (cc_config_load(secure_getenv(CC_CONFIG_ENV), &p->config, err) < 0
      || cc_bundle_open(cmdline->value[CC_OPT_BUNDLE], &p->bundle, err) < 0)
    return CC_FAILED;
  cc_plan_identify(p, cmdline->id, cmdline->value[CC_OPT_ROOT]);
  if (cc_plan_resolve(p, err) < 0)
    return CC_FAILED;
  c->call->audit_file = dup_or_empty(p->policy.audit_file);
  return cc_plan_low_level(p, err);
}

/* A container gets a session keyring of its own: keyrings have no namespaces, and the engine's may hold the host's
 * keys.
 */
static bool
is_keyring(enum cc_option option)
{
  return option == CC_OPT_NO_KEYRING;
}

static bool
is_bundle_or_keyring(enum cc_option option)
{
  return option == CC_OPT_BUNDLE || is_keyring(option);
}

/* The low-level runtime opens the bundle by its path again. The one that was checked is given when the caller's own
 * spelling goes another way: somebody may turn a link on it. */
static int
hand_over(struct creation *c, struct cc_error *err)
{
  const char *given = c->call->cmdline.value[CC_OPT_BUNDLE];
  cc_auto_free char *clean = given != NULL ? cc_path_clean(given) : NULL;
  const char *extra[] = { "--bundle", c->plan.bundle.path, NULL };
  bool same = given == NULL || (clean != NULL && strcmp(clean, c->plan.bundle.path) == 0);
  char **argv = cc_call_arguments(&c->call->cmdline, same ? is_keyring : is_bundle_or_keyring, same ? NULL : extra);

  return cc_lowlevel_exec(c->plan.low_level, argv, -1, err);
}

static int
create(struct creation *c, struct cc_error *err)
{
  struct cc_plan *p = &c->plan;

  if (check_arguments(&c->call->cmdline, err) < 0 || prepare(c, err) < 0)
    return CC_FAILED;
  if (c->call->automatic && !cc_identity_is_agent(&p->identity, spec_of(c)))
    return cc_call_untouched(c->call, p->low_level, err);
  if (p->policy.sandboxed && (cc_plan_check_rootfs(p, err) < 0 || harden(c, err) < 0))
    return CC_FAILED;
  if (!p->policy.sandboxed)
    fill_state(c, false);
  if (fill_about(c, err) < 0 || commit(c, err) < 0)
    return CC_FAILED;
  if (!p->policy.sandboxed || c->state.report)
    return cc_call_untouched(c->call, p->low_level, err);
  return hand_over(c, err);
}

int
cc_call_create(struct cc_call *call, struct cc_error *err)
{
  struct creation c = { .call = call, .plan = CC_PLAN_INIT };
  int result = create(&c, err);

  cc_plan_clear(&c.plan);
  cc_state_clear(&c.state);
  return result;
}
