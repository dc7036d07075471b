#include "cli/help.h"

#include "common/own.h"

#include <string.h>

#define INDENT 2

char *
cli_option_text(const struct cli_option *o)
{
  cc_auto_free char *letter = o->letter != 0 ? cc_xasprintf("-%c, ", o->letter) : cc_xstrdup("    ");

  return cc_xasprintf("%s--%s%s%s", letter, o->name, o->value != NULL ? " " : "", o->value != NULL ? o->value : "");
}

static void
title(const struct cli_terminal *t, const char *text)
{
  cli_print(t, CLI_PLAIN, "\n");
  cli_print(t, CLI_BOLD, "%s\n", text);
}

static void
print_options(const struct cli_terminal *t, const struct cli_option *own)
{
  const struct cli_option *const tables[] = { own, cli_common_options };
  struct cli_table *table = cli_table_new(2, NULL);

  for (size_t i = 0; i < 2; i++)
    for (const struct cli_option *o = tables[i]; o != NULL && o->name != NULL; o++)
      {
        cc_auto_free char *left = cli_option_text(o);
        cc_auto_free char *right = o->words != NULL ? cc_xasprintf("%s (%s)", o->help, o->words) : cc_xstrdup(o->help);

        cli_table_row(table, NULL, (const char *const[]){ left, right });
      }
  title(t, "Options");
  cli_table_print(table, t, INDENT);
}

static void
print_pairs(const struct cli_terminal *t, const char *heading, const char *const *pairs)
{
  struct cli_table *table = cli_table_new(2, NULL);

  for (size_t i = 0; pairs[i] != NULL; i += 2)
    cli_table_row(table, NULL, (const char *const[]){ pairs[i], pairs[i + 1] });
  title(t, heading);
  cli_table_print(table, t, INDENT);
}

static void
print_examples(const struct cli_terminal *t, const char *const *pairs)
{
  title(t, "Examples");
  for (size_t i = 0; pairs[i] != NULL; i += 2)
    {
      cli_print(t, CLI_PLAIN, "  %s\n      ", pairs[i]);
      cli_wrap(t, CLI_DIM, 6, 6, pairs[i + 1]);
    }
}

void
cli_help_command(const struct cli_terminal *t, const struct cli_command *c)
{
  cli_print(t, CLI_PLAIN, "Usage: closedclaw %s [OPTIONS]%s%s\n", c->name, c->arguments[0] != '\0' ? " " : "",
            c->arguments);
  if (c->alias != NULL)
    cli_print(t, CLI_PLAIN, "   or: closedclaw %s [OPTIONS]%s%s\n", c->alias, c->arguments[0] != '\0' ? " " : "",
              c->arguments);
  cli_print(t, CLI_PLAIN, "\n");
  cli_wrap(t, CLI_PLAIN, 0, 0, c->description);
  print_options(t, c->options);
  if (c->exits != NULL)
    print_pairs(t, "Exit codes", c->exits);
  if (c->examples != NULL)
    print_examples(t, c->examples);
}

static bool
in_group(const struct cli_command *c, const char *group)
{
  size_t length = group != NULL ? strlen(group) : 0;

  if (c->hidden)
    return false;
  return group == NULL || (strncmp(c->name, group, length) == 0 && (c->name[length] == ' ' || c->name[length] == '\0'));
}

void
cli_help_all(const struct cli_terminal *t, const char *group)
{
  struct cli_table *table = cli_table_new(2, NULL);

  cli_print(t, CLI_PLAIN, "Usage: closedclaw %s%sCOMMAND [OPTIONS]\n\n", group != NULL ? group : "",
            group != NULL ? " " : "");
  if (group == NULL)
    cli_wrap(t, CLI_PLAIN, 0, 0,
             "Answers questions about the sandboxes of this host: what is wrong, why something was refused, and what "
             "would happen if. What runs in them is started by a container engine with closedclaw-runtime(8).");
  title(t, "Commands");
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (in_group(cli_commands[i], group))
      cli_table_row(table, NULL, (const char *const[]){ cli_commands[i]->name, cli_commands[i]->summary });
  cli_table_print(table, t, INDENT);
  cli_print(t, CLI_PLAIN, "\n");
  cli_wrap(t, CLI_PLAIN, 0, 0, "`closedclaw help COMMAND` says more. The manual: closedclaw(1), closedclaw.json5(5).");
}

/* -- closedclaw help -- */

static const struct cli_command *
named(char **args, int count)
{
  cc_auto_free char *name = cc_xasprintf("%s%s%s", args[0], count > 1 ? " " : "", count > 1 ? args[1] : "");

  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (strcmp(cli_commands[i]->name, name) == 0
        || (cli_commands[i]->alias != NULL && strcmp(cli_commands[i]->alias, name) == 0))
      return cli_commands[i];
  return NULL;
}

static bool
has_group(const char *group)
{
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (in_group(cli_commands[i], group))
      return true;
  return false;
}

static int
run_help(struct cli *cli, struct cc_error *err)
{
  const struct cli_command *c = cli->arg_count > 0 ? named(cli->args, cli->arg_count) : NULL;

  if (c != NULL)
    cli_help_command(&cli->out, c);
  else if (cli->arg_count == 0)
    cli_help_all(&cli->out, NULL);
  else if (cli->arg_count == 1 && has_group(cli->args[0]))
    cli_help_all(&cli->out, cli->args[0]);
  else
    {
      cc_error_set(err, 0, "no command `%s%s%s`; `closedclaw help` lists them", cli->args[0],
                   cli->arg_count > 1 ? " " : "", cli->arg_count > 1 ? cli->args[1] : "");
      return CC_FAILED;
    }
  return 0;
}

static const char *const help_examples[] = {
  "closedclaw help", "lists the commands", "closedclaw help sandbox explain", "says all about one of them", NULL,
};

const struct cli_command cli_command_help = {
  .name = "help",
  .summary = "say what a command does",
  .arguments = "[COMMAND]",
  .description = "Says what a command does, which options it takes, and how it ends. Without a command, lists them.",
  .examples = help_examples,
  .max = 2,
  .run = run_help,
};

/* -- closedclaw version -- */

static int
run_version(struct cli *cli, struct cc_error *err)
{
  (void)err;
  cli_print(&cli->out, CLI_PLAIN, "closedclaw %s\n", CC_VERSION);
  return 0;
}

const struct cli_command cli_command_version = {
  .name = "version",
  .summary = "print the version",
  .arguments = "",
  .description = "Prints the version of this program. `closedclaw-runtime --version` prints that of the runtime, after "
                 "the low-level runtime's.",
  .run = run_version,
};
