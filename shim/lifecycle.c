/* The calls between create and exec: start, delete, update, restore and checkpoint. */
#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/after_kill.h"
#include "shim/attest.h"
#include "shim/bundle.h"
#include "shim/call.h"
#include "shim/call_state.h"
#include "shim/identify.h"
#include "shim/limits.h"
#include "shim/lowlevel.h"
#include "shim/lowlevel_state.h"
#include "shim/netlock.h"
#include "shim/record.h"
#include "shim/shape.h"
#include "shim/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RESOURCES_MAX (1u << 20)

/* -- start -- */

static int
compare_with_state(const struct cc_attest_subject *subject, const struct cc_state *state, struct cc_error *err)
{
  struct cc_attest_limits limits = { { state->memory, state->memory_swap, state->pids, state->cpus, state->cpu_period },
                                     state->ulimits,
                                     state->ulimit_count };
  struct cc_expect expect;
  int result;

  if (state->expect[0] == '\0')
    return cc_error_refuse(err, "state",
                           "its state does not say what it must look like: nobody can compare it; recreate it");
  if (cc_expect_read(state->expect, &expect, err) < 0)
    return CC_FAILED;
  result = cc_attest(subject, &expect, &limits, err);
  cc_expect_clear(&expect);
  return result;
}

static int
bind_state(const struct cc_cmdline *c, const struct cc_attest_subject *subject, struct cc_state *state,
           struct cc_error *err)
{
  struct cc_lowlevel_instance instance;

  if (state
          ->bound) /* by a start that failed after this, or an exec before it: to this container, or it were no state */
    return 0;
  if (cc_lowlevel_instance(subject->directory, &instance, err) < 0)
    return CC_FAILED;
  return cc_state_bind(c->value[CC_OPT_ROOT], c->id, state, &instance, err);
}

/* A container that is not what create decided, or that nobody can look at, ends: its engine could start it otherwise.
 */
static int
attest(const struct cc_cmdline *c, const struct cc_attest_subject *subject, struct cc_state *state,
       struct cc_error *err)
{
  if (compare_with_state(subject, state, err) == 0 && bind_state(c, subject, state, err) == 0)
    return 0;
  syscall(SYS_pidfd_send_signal, subject->pidfd, SIGKILL, NULL, 0);
  return cc_error_prefix(err, "container `%s`", c->id);
}

/* Makes the container ready to run: its network locked, and all of it looked at. One whose program runs already is left
 * to the low-level runtime, which refuses it. */
static int
make_ready(const struct cc_cmdline *c, struct cc_state *state, struct cc_error *err)
{
  const char *low_level = cc_path_base(state->low_level), *root = c->value[CC_OPT_ROOT];
  cc_auto_close int pidfd = -1, directory = -1;
  struct cc_attest_subject subject;
  pid_t pid;
  int found;

  if (cc_lowlevel_init(low_level, root, c->id, &pid, &pidfd, err) < 0)
    return CC_FAILED;
  if (state->network_none && cc_netlock_apply(pid, pidfd, err) < 0)
    return CC_FAILED;
  found = cc_lowlevel_directory(low_level, root, c->id, &directory, err);
  if (found != 0)
    return found < 0 ? found : cc_error_set(err, ENOENT, "the low-level runtime's directory of container `%s`", c->id);
  found = cc_lowlevel_waits(directory, err);
  if (found != 1)
    return found;
  subject = (struct cc_attest_subject){ pid, pidfd, directory };
  return attest(c, &subject, state, err);
}

int
cc_call_start(struct cc_call *call, struct cc_error *err)
{
  struct cc_state state;
  int found = cc_call_state(call, &state, err);

  if (found == 1)
    return cc_call_pass_on(call, err);
  if (found < 0)
    return CC_FAILED;
  if (!state.managed || state.report)
    cc_call_untouched(call, state.low_level, err);
  else if (make_ready(&call->cmdline, &state, err) == 0)
    cc_lowlevel_exec(state.low_level, cc_call_arguments(&call->cmdline, NULL, NULL), -1, err);
  cc_state_clear(&state);
  return CC_FAILED;
}

/* -- delete -- */

/* The low-level runtime will refuse, because the container still runs. */
static bool
will_be_refused(const struct cc_cmdline *c, const char *low_level)
{
  cc_auto_close int pidfd = -1;
  pid_t pid;

  return c->value[CC_OPT_FORCE] == NULL
         && cc_lowlevel_init(cc_path_base(low_level), c->value[CC_OPT_ROOT], c->id, &pid, &pidfd, NULL) == 0;
}

/* A state of an earlier boot or of another container goes; one that cannot be believed does when its container does,
 * whose execs it refuses until then. */
static int
delete_without_state(struct cc_call *call, bool believed, struct cc_error *err)
{
  const struct cc_cmdline *c = &call->cmdline;

  /* crun 1.8.1 removes what `../../DIRECTORY` names */
  if (c->id != NULL && (strchr(c->id, '/') != NULL || strcmp(c->id, ".") == 0 || strcmp(c->id, "..") == 0))
    return cc_error_refuse(err, "argument",
                           "delete of container `%s`: that is a path, and what is there would be removed; name an id",
                           c->id);
  if (c->id != NULL && cc_id_is_valid(c->id) && (believed || !will_be_refused(c, "")))
    cc_state_remove(c->value[CC_OPT_ROOT], c->id, NULL);
  return cc_call_pass_on(call, err);
}

int
cc_call_delete(struct cc_call *call, struct cc_error *err)
{
  const struct cc_cmdline *c = &call->cmdline;
  cc_auto_free char *low_level = NULL, *bundle = NULL;
  struct cc_state state;
  int found = cc_call_find_state(c, &state);

  if (found != 0)
    return delete_without_state(call, found == 1, err);
  low_level = cc_move_ptr(state.low_level);
  bundle = cc_move_ptr(state.bundle);
  /* There is no process of ours after the low-level runtime's: the state goes first, unless that will refuse
   * because the container still runs. */
  if (!will_be_refused(c, low_level))
    {
      if (state.managed && !state.report)
        cc_after_kill_clear(c->value[CC_OPT_ROOT], c->id, cc_path_base(low_level), &state);
      cc_bundle_forget(bundle);
      cc_state_remove(c->value[CC_OPT_ROOT], c->id, NULL);
    }
  cc_state_clear(&state);
  return cc_call_untouched(call, low_level, err);
}

/* -- update -- */

static bool
is_replaced(enum cc_option option)
{
  return option == CC_OPT_RESOURCES;
}

static int
read_resources(const char *from, char **text, size_t *length, struct cc_error *err)
{
  if (strcmp(from, "-") == 0)
    return cc_read_all(STDIN_FILENO, RESOURCES_MAX, "the resources on standard input", text, length, err);
  return cc_read_file_at(AT_FDCWD, from, RESOURCES_MAX, text, length, NULL, err);
}

/* The resources of the call, held to the container's caps, in a memfd. */
static int
limited_resources(struct cc_call *call, const struct cc_state *state, struct cc_error *err)
{
  struct cc_caps caps
      = { state->memory, state->memory_swap, state->pids, state->cpus, state->cpu_period, cc_limits_unified() };
  const char *from = call->cmdline.value[CC_OPT_RESOURCES];
  cc_auto_json struct cc_json *doc = NULL;
  cc_auto_free char *text = NULL, *limited = NULL;
  struct cc_report report = CC_REPORT_INIT;
  size_t length;

  if (from == NULL || call->cmdline.value[CC_OPT_LIMIT] != NULL)
    return cc_error_refuse(
        err, "update", "limits as options of update: only a file can be held to the policy; use `--resources FILE`");
  if (read_resources(from, &text, &length, err) < 0 || cc_json_parse(text, length, "the resources", &doc, err) < 0
      || cc_shape_resources(cc_json_root(doc), err) < 0)
    return CC_FAILED;
  cc_limits_apply(doc, cc_json_root(doc), &caps, false, &report);
  /* Device rules belong to create: podman and containerd repeat their list here, which would replace ours. */
  cc_jdel(cc_json_root(doc), "devices");
  cc_report_clear(&report);
  if (cc_json_write(cc_json_root(doc), &limited, &length, err) < 0)
    return CC_FAILED;
  return cc_memfd("closedclaw-resources", limited, length, err);
}

static int
update(struct cc_call *call, const struct cc_state *state, struct cc_error *err)
{
  cc_auto_close int fd = -1;
  char path[40];
  const char *extra[] = { "--resources", path, NULL };

  if (!state->managed || state->report)
    return cc_call_untouched(call, state->low_level, err);
  fd = limited_resources(call, state, err);
  if (fd < 0)
    return CC_FAILED;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  return cc_lowlevel_exec(state->low_level, cc_call_arguments(&call->cmdline, is_replaced, extra), fd, err);
}

int
cc_call_update(struct cc_call *call, struct cc_error *err)
{
  struct cc_state state;
  int found = cc_call_state(call, &state, err);

  if (found == 1)
    return cc_call_pass_on(call, err);
  if (found < 0)
    return CC_FAILED;
  update(call, &state, err);
  cc_state_clear(&state);
  return CC_FAILED;
}

/* -- restore and checkpoint -- */

/* True when the bundle that a restore names, in any spelling, is not surely a container that is none of ours. */
static bool
restores_agent(const struct cc_cmdline *c)
{
  const char *path = NULL;
  struct cc_bundle bundle;
  struct cc_identity identity;
  bool agent;

  for (int i = c->sub_index + 1; i < c->argc; i++)
    {
      const char *name = c->argv[i] + strspn(c->argv[i], "-");

      if (c->argv[i][0] == '-' && strncmp(name, "bundle=", 7) == 0)
        path = name + 7;
      else if (c->argv[i][0] == '-' && (strcmp(name, "bundle") == 0 || strcmp(name, "b") == 0) && i + 1 < c->argc)
        path = c->argv[i + 1];
    }
  if (c->id == NULL || cc_bundle_open(path, &bundle, NULL) < 0)
    return true;
  cc_identify(cc_json_root(bundle.doc), bundle.path, c->id, &identity);
  agent = cc_identity_is_agent(&identity, cc_json_root(bundle.doc));
  cc_identity_clear(&identity);
  cc_bundle_close(&bundle);
  return agent;
}

int
cc_call_restore(struct cc_call *call, struct cc_error *err)
{
  const struct cc_cmdline *c = &call->cmdline;
  struct cc_state state;
  bool managed = !call->automatic;
  int found = cc_call_find_state(c, &state);

  if (found < 0) /* a state that cannot be believed is no sign that the container is not ours */
    managed = true;
  else if (found == 0)
    {
      managed = state.managed && !state.report;
      cc_state_clear(&state);
    }
  else if (call->automatic && c->sub == CC_SUB_RESTORE)
    managed = restores_agent(c);
  if (!managed)
    return cc_call_pass_on(call, err);
  return cc_error_refuse(err, c->sub_name,
                         "%s: a checkpoint carries its own security settings past the policy (CVE-2026-95837); "
                         "start the container anew",
                         c->sub_name);
}
