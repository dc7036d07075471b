/* closedclaw, the operator's command. What it decides is policy/'s; what it previews and compares is done by the
 * runtime's own code (shim/), so that the two cannot disagree. */
#include "cli/arguments.h"
#include "cli/help.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A full disk or a closed pipe must not look like success: what was printed is the answer. */
static int
finish(int code, struct cc_error *err)
{
  if (fflush(stdout) == 0 && ferror(stdout) == 0)
    return code;
  cc_error_set(err, errno, "cannot write the answer");
  return CC_FAILED;
}

static int
answer(struct cli *cli, struct cc_error *err)
{
  const char *when = cli_value(cli, "color");
  FILE *file = stdout;

  if (cli->quiet && !cli_has(cli, "help"))
    {
      file = fopen("/dev/null", "we");
      if (file == NULL)
        return cc_error_set(err, errno, "open /dev/null");
    }
  cli_terminal_open(&cli->out, file, when != NULL ? when : "auto");
  if (cli->command == NULL || cli_has(cli, "help"))
    {
      if (cli->command != NULL)
        cli_help_command(&cli->out, cli->command);
      else
        cli_help_all(&cli->out, NULL);
      return finish(cli_has(cli, "help") ? 0 : CLI_EXIT_USAGE, err);
    }
  int code = cli->command->run(cli, err);
  if (file != stdout)
    fclose(file);
  return code < 0 ? code : finish(code, err);
}

static void
complain(const char *message)
{
  struct cli_terminal t;

  cli_terminal_open(&t, stderr, "auto");
  cli_print(&t, CLI_CRITICAL, "closedclaw:");
  cli_print(&t, CLI_PLAIN, " %s\n", message);
}

int
main(int argc, char **argv)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cli cli;
  int code;

  if (cli_read_arguments(argc, argv, &cli, &err) < 0)
    code = CLI_EXIT_USAGE;
  else
    code = answer(&cli, &err);
  if (err.msg[0] != '\0')
    complain(err.msg);
  cli_arguments_clear(&cli);
  return code < 0 ? CLI_EXIT_CANNOT : code;
}
