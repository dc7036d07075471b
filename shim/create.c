/* create and run: docs/architecture.md, "The way of a container". */
#include "common/own.h"
#include "common/path.h"
#include "policy/config.h"
#include "shim/bundle.h"
#include "shim/call.h"
#include "shim/capabilities.h"
#include "shim/expect.h"
#include "shim/harden.h"
#include "shim/identify.h"
#include "shim/limits.h"
#include "shim/lowlevel.h"
#include "shim/pins.h"
#include "shim/pod.h"
#include "shim/record.h"
#include "shim/refusal.h"
#include "shim/state.h"

#include <string.h>
#include <unistd.h>

struct creation
{
  struct cc_call *call;
  struct cc_bundle bundle;
  struct cc_identity identity;
  struct cc_policy policy;
  struct cc_report report;
  struct cc_pins pins;
  struct cc_state state;
  char *low_level;
};

static void
creation_clear(struct creation *c)
{
  cc_bundle_close(&c->bundle);
  cc_identity_clear(&c->identity);
  cc_policy_clear(&c->policy);
  cc_report_clear(&c->report);
  cc_pins_clear(&c->pins);
  cc_state_clear(&c->state);
  free(c->low_level);
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

/* What a sandbox may not be asked to be. */
static int
check_options(const struct cc_cmdline *c, struct cc_error *err)
{
  const char *fds = c->value[CC_OPT_PRESERVE_FDS], *manager = c->value[CC_OPT_CGROUP_MANAGER];
  const char *rootless = c->value[CC_OPT_ROOTLESS];

  if (fds != NULL && strcmp(fds, "0") != 0)
    return cc_error_refuse(err, "preserve-fds",
                           "option `--preserve-fds %s`: descriptors of the host in a sandbox are a way out of it; "
                           "leave it out, and mount what is needed",
                           fds);
  /* the host's tree stays below the container's: whoever unmounts that is there (tried with CAP_SYS_ADMIN) */
  if (c->value[CC_OPT_NO_PIVOT] != NULL)
    return cc_error_refuse(err, "no-pivot",
                           "option `--no-pivot`: the host's files would stay mounted beneath the container's; unset "
                           "DOCKER_RAMDISK, or no_pivot_root of the engine, and keep images on a disk");
  /* crun then makes no cgroup, and runc, to which `1` and `T` are `true` as well, takes limits that it could not set
   * for set */
  if ((manager != NULL && strcmp(manager, "disabled") == 0)
      || (rootless != NULL && geteuid() == 0 && strcmp(rootless, "false") != 0 && strcmp(rootless, "auto") != 0))
    return cc_error_refuse(
        err, "cgroup-path",
        "option `--cgroup-manager disabled` or `--rootless true` (--cgroups=disabled): nothing would "
        "hold the container to its limits; leave it out");
  return 0;
}

static bool
asks_for_root(const struct cc_jval *spec)
{
  const struct cc_jval *uid = cc_jpath(spec, "process.user.uid");

  return uid == NULL || strcmp(uid->text != NULL ? uid->text : "0", "0") == 0;
}

static char *
dup_or_empty(const char *s)
{
  return cc_xstrdup(s != NULL ? s : "");
}

/* What later calls are held to. */
static void
fill_state(struct creation *c, const struct cc_harden *h, bool asked_for_root)
{
  const struct cc_jval *process = h != NULL ? cc_jget(h->spec, "process") : NULL;
  struct cc_caps caps = cc_caps_of_policy(&c->policy);
  struct cc_state *s = &c->state;
  uint64_t period;

  s->managed = h != NULL;
  s->report = h != NULL && c->policy.enforcement == CC_REPORT;
  s->low_level = cc_xstrdup(c->low_level);
  s->bundle = cc_xstrdup(c->bundle.path);
  s->cgroup = dup_or_empty(cc_jstr(cc_jpath(cc_json_root(c->bundle.doc), "linux.cgroupsPath")));
  s->audit_file = dup_or_empty(c->policy.audit_file);
  s->apparmor = dup_or_empty(cc_jget_str(process, "apparmorProfile"));
  s->selinux = dup_or_empty(cc_jget_str(process, "selinuxLabel"));
  s->pod_sandbox = cc_pod_is_sandbox(&c->identity, cc_json_root(c->bundle.doc));
  if (h == NULL)
    return;
  s->network_none = strcmp(c->policy.network, "none") == 0 && c->identity.kind != CC_KIND_POD_SANDBOX;
  s->asked_for_root = asked_for_root;
  s->root_allowed = !c->policy.user_auto && c->policy.uid == 0;
  s->uid = h->uid;
  s->gid = h->gid;
  cc_capabilities_allowed(&c->policy, &s->capabilities);
  s->memory = caps.memory;
  s->memory_swap = caps.memory_swap;
  s->pids = caps.pids;
  s->cpus = caps.cpus;
  s->cpu_period = cc_juint64(cc_jpath(h->spec, "linux.resources.cpu.period"), &period) == 0 ? period : caps.cpu_period;
  cc_ulimit_caps(&c->policy, &s->ulimits, &s->ulimit_count);
}

/* What `start` will compare the created process with. */
static int
fill_expectation(struct creation *c, struct cc_error *err)
{
  const struct cc_cmdline *cmdline = &c->call->cmdline;
  const char *manager = cmdline->value[CC_OPT_CGROUP_MANAGER];
  struct cc_expect_source source = { .spec = cc_json_root(c->bundle.doc),
                                     .pins = &c->pins,
                                     .rootfs_fd = c->bundle.rootfs_fd,
                                     .network_none = strcmp(c->policy.network, "none") == 0,
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

  if (c->pins.count == 0)
    return 0;
  if (cc_state_stage(&directory, err) < 0)
    return CC_FAILED;
  return cc_pins_stage(&c->pins, c->bundle.doc, c->bundle.path, directory, err);
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
  if (cc_bundle_save(&c->bundle, err) == 0 && stage(c, err) == 0)
    return 0;
  cc_state_remove(cmdline->value[CC_OPT_ROOT], cmdline->id, NULL);
  return CC_FAILED;
}

/* Hardens the document in memory. With enforcement "report" the findings are recorded instead, and nothing fails. */
static int
harden(struct creation *c, struct cc_error *err)
{
  struct cc_jval *spec = cc_json_root(c->bundle.doc);
  struct cc_harden h = { .doc = c->bundle.doc,
                         .spec = spec,
                         .policy = &c->policy,
                         .identity = &c->identity,
                         .root_arg = c->call->cmdline.value[CC_OPT_ROOT],
                         .bundle_fd = c->bundle.fd,
                         .rootfs_fd = c->bundle.rootfs_fd,
                         .report = &c->report,
                         .pins = &c->pins };
  bool asked_for_root = asks_for_root(spec);
  bool report_only = c->policy.enforcement == CC_REPORT;
  struct cc_error why = CC_ERROR_INIT;
  int failed;

  if (check_options(&c->call->cmdline, &why) < 0)
    cc_refusal_note(&c->report, &why);
  failed = cc_harden_all(&h, &why);

  if (report_only)
    cc_record_report(c->policy.audit_file, c->identity.container_id, c->call->cmdline.sub_name, &c->report);
  if (failed < 0 && !report_only)
    {
      *err = why;
      return CC_FAILED;
    }
  fill_state(c, &h, asked_for_root);
  return report_only ? 0 : fill_expectation(c, err);
}

static int
prepare(struct creation *c, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = NULL;
  const struct cc_cmdline *cmdline = &c->call->cmdline;

  if (cc_config_load(secure_getenv(CC_CONFIG_ENV), &config, err) < 0
      || cc_bundle_open(cmdline->value[CC_OPT_BUNDLE], &c->bundle, err) < 0)
    return CC_FAILED;
  cc_identify(cc_json_root(c->bundle.doc), c->bundle.path, cmdline->id, &c->identity);
  cc_pod_verify(&c->identity, cmdline->value[CC_OPT_ROOT]);
  if (cc_config_uses_identity(config))
    cc_identify_by_labels(&c->identity);
  if (cc_config_resolve(config, &c->identity, &c->policy, err) < 0)
    return CC_FAILED;
  c->call->audit_file = dup_or_empty(c->policy.audit_file);
  return cc_lowlevel_find(cc_config_low_level(config), &c->low_level, err);
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
  const char *extra[] = { "--bundle", c->bundle.path, NULL };
  bool same = given == NULL || (clean != NULL && strcmp(clean, c->bundle.path) == 0);
  char **argv = cc_call_arguments(&c->call->cmdline, same ? is_keyring : is_bundle_or_keyring, same ? NULL : extra);

  return cc_lowlevel_exec(c->low_level, argv, -1, err);
}

static int
create(struct creation *c, struct cc_error *err)
{
  bool ours;

  if (check_arguments(&c->call->cmdline, err) < 0 || prepare(c, err) < 0)
    return CC_FAILED;
  if (c->call->automatic && !cc_identity_is_agent(&c->identity, cc_json_root(c->bundle.doc)))
    return cc_call_untouched(c->call, c->low_level, err);
  ours = c->policy.sandboxed;
  if (ours && c->bundle.rootfs_fd < 0 && c->policy.enforcement == CC_ENFORCE)
    return cc_error_refuse(
        err, "bundle", "root filesystem `%.200s`: it cannot be opened, so nobody can judge it; mount it before create",
        cc_jstr(cc_jpath(cc_json_root(c->bundle.doc), "root.path")));
  if (ours && harden(c, err) < 0)
    return CC_FAILED;
  if (!ours)
    fill_state(c, NULL, false);
  if (commit(c, err) < 0)
    return CC_FAILED;
  if (!ours || c->state.report)
    return cc_call_untouched(c->call, c->low_level, err);
  return hand_over(c, err);
}

int
cc_call_create(struct cc_call *call, struct cc_error *err)
{
  struct creation c = { .call = call, .bundle = CC_BUNDLE_INIT, .report = CC_REPORT_INIT, .pins = CC_PINS_INIT };
  int result = create(&c, err);

  creation_clear(&c);
  return result;
}
