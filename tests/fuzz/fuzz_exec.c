/* `exec`: a process file, held to its container. */
#include "common/json.h"
#include "common/own.h"
#include "invariants.h"
#include "shim/exec_harden.h"
#include "shim/shape.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The hardened text, or NULL when DOC was refused. */
static char *
harden(struct cc_json *doc, const struct cc_state *state)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_report report = CC_REPORT_INIT;
  char *text = NULL;

  if (cc_exec_harden(doc, state, &report, &err) == 0)
    {
      text = to_text(cc_json_root(doc));
      require_process(cc_json_root(doc), text);
    }
  else
    require(cc_error_is_refusal(&err) && strchr(err.msg, '\n') == NULL, "a refusal is one line", err.msg);
  cc_report_clear(&report);
  return text;
}

/* What goes on although no program may: the gateways' own forms, which begin with one of two programs. */
static void
require_form(const struct cc_jval *process, const char *text)
{
  const struct cc_jval *args = cc_jget(process, "args");
  const char *program = args != NULL && args->first != NULL ? cc_jstr(args->first) : NULL;

  require(program != NULL
              && (strcmp(program, "sh") == 0 || strcmp(program, "/bin/sh") == 0 || strcmp(program, "cat") == 0)
              && (args->count == 2 || args->count > 4),
          "without exec no program but the gateways' own", text);
}

static void
try(const uint8_t *data, size_t size, bool asked_for_root, bool exec_denied)
{
  static struct cc_ulimit ulimits[] = { { (char *)"RLIMIT_NOFILE", 1024, 65536 }, { (char *)"RLIMIT_CORE", 0, 0 } };
  const struct cc_state state = { .managed = true,
                                  .asked_for_root = asked_for_root,
                                  .uid = 1000,
                                  .gid = 1000,
                                  .apparmor = (char *)"",
                                  .selinux = (char *)"",
                                  .tools.denied = { [CC_TOOL_NEED_EXEC] = exec_denied ? (char *)"denied" : NULL },
                                  .ulimits = ulimits,
                                  .ulimit_count = 2 };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *doc = NULL, *again = NULL;
  cc_auto_free char *text = NULL, *text_again = NULL;

  if (cc_json_parse((const char *)data, size, "fuzz", &doc, &err) < 0 || cc_shape_process(cc_json_root(doc), &err) < 0)
    return;
  text = harden(doc, &state);
  if (text == NULL)
    return;
  if (exec_denied)
    require_form(cc_json_root(doc), text);
  again = from_text(text);
  require(cc_shape_process(cc_json_root(again), &err) == 0, "what was hardened has the right shape", text);
  text_again = harden(again, &state);
  require(text_again != NULL && strcmp(text, text_again) == 0, "hardening twice is hardening once", text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size > 65536)
    return -1;
  try(data, size, true, false);
  try(data, size, false, false);
  try(data, size, true, true);
  return 0;
}
