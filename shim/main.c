/* closedclaw-runtime: an OCI runtime in front of runc or crun. docs/architecture.md shows the way of a call. */
#include "common/own.h"
#include "common/path.h"
#include "shim/call.h"
#include "shim/lowlevel.h"
#include "shim/record.h"
#include "shim/say.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct
{
  enum cc_subcommand sub;
  int (*call)(struct cc_call *call, struct cc_error *err);
} calls[] = {
  { CC_SUB_CREATE, cc_call_create },   { CC_SUB_RUN, cc_call_create },         { CC_SUB_START, cc_call_start },
  { CC_SUB_EXEC, cc_call_exec },       { CC_SUB_UPDATE, cc_call_update },      { CC_SUB_DELETE, cc_call_delete },
  { CC_SUB_RESTORE, cc_call_restore }, { CC_SUB_CHECKPOINT, cc_call_restore },
};

static bool
asks_for(const struct cc_cmdline *c, const char *name, const char *letter)
{
  for (int i = 1; c->sub == CC_SUB_NONE && i < c->argc; i++)
    if (strcmp(c->argv[i], name) == 0 || strcmp(c->argv[i], letter) == 0)
      return true;
  return false;
}

/* The low-level runtime's own lines first and unchanged, since go-runc, moby and CRI-O parse them; then one that has
 * neither the word "version" nor a "commit:". Its lines are the answer, so this is the one call that forks. */
static int
print_version(struct cc_call *call, struct cc_error *err)
{
  pid_t child = fork();
  int status = 0;

  if (child == 0)
    {
      cc_call_pass_on(call, err);
      _exit(CC_EXIT_FAILURE);
    }
  if (child > 0)
    waitpid(child, &status, 0);
  dprintf(STDOUT_FILENO, "closedclaw: %s\n", CC_VERSION);
  return 0;
}

static void
print_help(const char *program)
{
  dprintf(STDOUT_FILENO,
          "%s: an OCI runtime that makes the container a sandbox for an AI agent, in front of runc or crun.\n"
          "It is called as runc is. Policy: /etc/closedclaw/closedclaw.json5. Manual: closedclaw-runtime(8).\n"
          "The low-level runtime's own help follows.\n\n",
          program);
}

static int
dispatch(struct cc_call *call, struct cc_error *err)
{
  for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
    if (calls[i].sub == call->cmdline.sub)
      return calls[i].call(call, err);
  return cc_call_pass_on(call, err);
}

int
main(int argc, char **argv)
{
  struct cc_call call = { 0 };
  struct cc_error err = CC_ERROR_INIT;
  int code;

  if (argc < 1)
    return CC_EXIT_FAILURE;
  call.automatic = strcmp(cc_path_base(argv[0]), "closedclaw-runtime-auto") == 0;
  if (cc_cmdline_parse(argc, argv, &call.cmdline, &err) == 0 && cc_lowlevel_reserve_descriptors(&err) == 0)
    {
      if (asks_for(&call.cmdline, "--version", "-v"))
        return print_version(&call, &err);
      if (asks_for(&call.cmdline, "--help", "-h"))
        print_help(cc_path_base(argv[0]));
      dispatch(&call, &err);
    }
  if (cc_error_is_refusal(&err))
    cc_record_refusal(call.audit_file, call.cmdline.id, call.cmdline.sub_name != NULL ? call.cmdline.sub_name : "",
                      &err);
  code = cc_say_failure(&call.cmdline, &err);
  free(call.audit_file);
  cc_cmdline_clear(&call.cmdline);
  return code;
}
