/* exec: the hot path. Engines build the process from their own stored specification, so nothing that create tightened
 * is in it (measured: plain `docker exec` came with 14 capabilities and no_new_privs off, engines.md 0.1 of the design
 * notes); each one is held to the container's state again. The rewritten process is a sealed memfd: what was judged is
 * what is used. */
#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/bundle.h"
#include "shim/call.h"
#include "shim/call_state.h"
#include "shim/exec_arguments.h"
#include "shim/exec_harden.h"
#include "shim/lowlevel.h"
#include "shim/lowlevel_state.h"
#include "shim/record.h"
#include "shim/shape.h"
#include "shim/state.h"
#include "shim/streams.h"

#include <fcntl.h>
#include <string.h>

#define PROCESS_MAX (4u << 20)

/* What the process says already; everything else the low-level runtime still needs. */
static bool
is_in_process(enum cc_option option)
{
  switch (option)
    {
    case CC_OPT_PROCESS:
    case CC_OPT_CWD:
    case CC_OPT_ENV:
    case CC_OPT_USER:
    case CC_OPT_GIDS:
    case CC_OPT_PROCESS_LABEL:
    case CC_OPT_APPARMOR:
    case CC_OPT_CAP:
    case CC_OPT_NNP:
    case CC_OPT_TTY:
      return true;
    default:
      return false;
    }
}

static int
check_arguments(const struct cc_cmdline *c, struct cc_error *err)
{
  const char *fds = c->value[CC_OPT_PRESERVE_FDS], *cgroup = c->value[CC_OPT_CGROUP];

  if (fds != NULL && strcmp(fds, "0") != 0)
    return cc_error_refuse(err, "preserve-fds",
                           "option `--preserve-fds %s`: descriptors of the host in a sandbox are a way out of it; "
                           "leave it out",
                           fds);
  if (cgroup != NULL)
    return cc_error_refuse(err, "cgroup-path",
                           "option `--cgroup %s`: a process stays in its container's cgroup; leave it out", cgroup);
  return 0;
}

static int
read_process(const struct cc_cmdline *c, const struct cc_state *state, struct cc_json **out, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = NULL;
  cc_auto_free char *text = NULL;
  size_t length;

  if (c->value[CC_OPT_PROCESS] == NULL)
    return cc_exec_process_from_arguments(c, state, out, err);
  if (c->rest_index < c->argc)
    return cc_error_refuse(err, "argument",
                           "argument `%s` beside `--process`: runc and crun do not read it alike; use one",
                           c->argv[c->rest_index]);
  if (cc_read_file_at(AT_FDCWD, c->value[CC_OPT_PROCESS], PROCESS_MAX, &text, &length, NULL, err) < 0
      || cc_json_parse(text, length, "the process file", &doc, err) < 0 || cc_shape_process(cc_json_root(doc), err) < 0)
    return CC_FAILED;
  *out = cc_move_ptr(doc);
  return 0;
}

static int
hand_over(struct cc_call *call, const struct cc_state *state, const struct cc_json *doc, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  cc_auto_close int fd = -1;
  size_t length;
  char path[40];
  const char *extra[] = { "--process", path, NULL };

  if (cc_json_write(cc_json_root(doc), &text, &length, err) < 0)
    return CC_FAILED;
  if (cc_streams_protect(state->low_level, true, err) < 0)
    return CC_FAILED;
  fd = cc_memfd("closedclaw-process", text, length, err);
  if (fd < 0)
    return CC_FAILED;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  return cc_lowlevel_exec(state->low_level, cc_call_arguments(&call->cmdline, is_in_process, extra), fd, err);
}

/* Before its start nobody has looked at the container (shim/attest.h). */
static int
check_started(const struct cc_cmdline *c, const struct cc_state *state, struct cc_error *err)
{
  cc_auto_close int directory = -1;
  int found = cc_lowlevel_directory(cc_path_base(state->low_level), c->value[CC_OPT_ROOT], c->id, &directory, err);

  if (found != 0)
    return found < 0 ? found : 0; /* none: the low-level runtime says so itself */
  found = cc_lowlevel_waits(directory, err);
  if (found != 1)
    return found;
  return cc_error_refuse(err, "state",
                         "exec in container `%s`: it has not been started, and is looked at only then; "
                         "start it first",
                         c->id);
}

static int
exec_in(struct cc_call *call, const struct cc_state *state, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = NULL;
  struct cc_report report = CC_REPORT_INIT;
  int result;

  if (check_started(&call->cmdline, state, err) < 0 || check_arguments(&call->cmdline, err) < 0
      || read_process(&call->cmdline, state, &doc, err) < 0)
    return CC_FAILED;
  result = cc_exec_harden(doc, state, &report, err);
  if (result == 0)
    result = hand_over(call, state, doc, err);
  cc_report_clear(&report);
  return result;
}

/* With enforcement "report": says what would have been done, and hands on what came. */
static int
exec_report(struct cc_call *call, const struct cc_state *state, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = NULL;
  struct cc_report report = CC_REPORT_INIT;
  struct cc_error why = CC_ERROR_INIT;

  if (read_process(&call->cmdline, state, &doc, &why) == 0)
    cc_exec_harden(doc, state, &report, &why);
  cc_record_report(state->audit_file, call->cmdline.id, "exec", &report);
  cc_report_clear(&report);
  return cc_call_untouched(call, state->low_level, err);
}

int
cc_call_exec(struct cc_call *call, struct cc_error *err)
{
  struct cc_state state;
  int found = cc_call_state(call, &state, err);

  if (found == 1)
    return cc_call_pass_on(call, err);
  if (found < 0)
    return CC_FAILED;
  if (!state.managed)
    cc_call_untouched(call, state.low_level, err);
  else if (state.report)
    exec_report(call, &state, err);
  else
    exec_in(call, &state, err);
  cc_state_clear(&state);
  return CC_FAILED;
}
