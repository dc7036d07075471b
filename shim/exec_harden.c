#include "shim/exec_harden.h"

#include "shim/capabilities.h"
#include "shim/limits.h"
#include "shim/process.h"

#include <string.h>

/* uid 0 is what an engine writes when the image's user is root and nobody asked: then it becomes the container's user.
 * Where the container's own user is another, uid 0 was asked for, and is refused. */
static void
hold_user(struct cc_json *doc, struct cc_jval *process, const struct cc_state *state, struct cc_report *report)
{
  uint32_t uid = 0, gid = 0;

  if (!cc_process_read_user(process, &uid, &gid, report) || (uid == 0 && state->root_allowed))
    return;
  if (uid != 0)
    cc_process_drop_root_group(doc, process, uid == state->uid || state->gid == 0 ? state->gid : uid, report);
  else if (state->asked_for_root)
    cc_process_set_user(doc, process, state->uid, state->gid, report);
  else
    cc_report_refuse(report, "exec-user",
                     "exec as uid 0: the container runs as uid %u, and a sandbox has no root; leave out -u, or name "
                     "another user",
                     state->uid);
}

static void
hold_label(struct cc_json *doc, struct cc_jval *process, const char *key, const char *label, struct cc_report *report)
{
  const char *asked = cc_jget_str(process, key);

  if (strcmp(asked != NULL ? asked : "", label) == 0)
    return;
  cc_report_tighten(report, "label", key, asked != NULL ? asked : "", "%s", label);
  if (label[0] == '\0')
    cc_jdel(process, key);
  else
    cc_jset_str(doc, process, key, label);
}

/* The tool policy, as far as the arguments show which tool it is. */
static void
hold_tools(const struct cc_jval *process, const struct cc_tool_guard *guard, struct cc_report *report)
{
  const char *argv[CC_EXEC_SHAPE_MAX];
  const struct cc_jval *args = cc_jget(process, "args");
  struct cc_exec_shape shape;
  size_t count = 0;
  const char *why;

  if (!cc_tool_guard_denies(guard))
    return;
  cc_jeach(arg, args)
  {
    if (count == CC_EXEC_SHAPE_MAX)
      break;
    argv[count++] = cc_jstr(arg) != NULL ? arg->text : "";
  }
  why = cc_tool_guard_judge(guard, argv, args != NULL ? args->count : 0, &shape);
  if (why != NULL)
    cc_report_refuse(report, "tool", "exec of %.100s: %s; allow it there, and recreate the container", shape.what, why);
}

int
cc_exec_harden(struct cc_json *doc, const struct cc_state *state, struct cc_report *report, struct cc_error *err)
{
  struct cc_jval *process = cc_json_root(doc);
  const struct cc_finding *refusal;

  hold_tools(process, &state->tools, report);
  hold_user(doc, process, state, report);
  if (cc_capabilities_limit(doc, process, &state->capabilities))
    cc_report_tighten(report, "capabilities", "process.capabilities", "more", "%zu in all five sets",
                      state->capabilities.count);
  cc_process_tighten(doc, process, report);
  cc_process_scrub_env(doc, process, report);
  cc_process_check_cwd(process, report);
  hold_label(doc, process, "apparmorProfile", state->apparmor, report);
  hold_label(doc, process, "selinuxLabel", state->selinux, report);
  if (cc_rlimits_apply(doc, process, state->ulimits, state->ulimit_count))
    cc_report_tighten(report, "resources", "process.rlimits", "above the policy or missing", "%zu limits",
                      state->ulimit_count);
  refusal = cc_report_first_refusal(report);
  return refusal == NULL ? 0 : cc_error_refuse(err, refusal->rule, "%s", refusal->what);
}
