/* A command of closedclaw: what it is called, what it takes, and the function behind it. One constant for each, in the
 * file of that command; cli/commands.c lists them. Help, manual pages and completion are made from these and nothing
 * else. */
#ifndef CC_CLI_COMMAND_H
#define CC_CLI_COMMAND_H

#include "cli/terminal.h"
#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit codes that mean the same everywhere; what 0, 1 and 2 answer is each command's own (its `exits`). */
#define CLI_EXIT_CANNOT 3 /* something that the question needs cannot be read or done */
#define CLI_EXIT_USAGE 64 /* EX_USAGE of sysexits.h */

/* What a value can be, for completion. */
enum cli_complete
{
  CLI_COMPLETE_NONE,
  CLI_COMPLETE_FILE,
  CLI_COMPLETE_DIRECTORY,
  CLI_COMPLETE_AGENT,     /* an agent's id of the configuration */
  CLI_COMPLETE_CONTAINER, /* a managed container */
  CLI_COMPLETE_TOOL,      /* a tool's or a group's name */
};

struct cli_option
{
  const char *name;  /* "agent" is --agent; NULL ends a table */
  char letter;       /* 'q' is -q; 0 for none */
  const char *value; /* what its value is called, "ID"; NULL for a switch */
  const char *help;  /* half a sentence, lower case, no dot */
  enum cli_complete complete;
  const char *words; /* when the value must be one of these: "auto always never" */
  bool many;         /* may be given more than once; otherwise twice is an error */
};

struct cli;

struct cli_command
{
  const char *name;      /* "sandbox explain" */
  const char *alias;     /* another name of the same, or NULL */
  const char *summary;   /* half a sentence: "shows what an agent's sandbox is, and why" */
  const char *arguments; /* after the options in the usage line: "FILE", "[-- CMD…]"; "" for none */
  enum cli_complete complete;
  const char *description;          /* paragraphs, separated by an empty line; wrapped when shown */
  const struct cli_option *options; /* its own; NULL for none */
  const char *const *exits;         /* pairs "0", "no finding", then NULL; NULL when 0 is all there is */
  const char *const *examples;      /* pairs "closedclaw doctor", "looks at this host", then NULL */
  bool hidden;                      /* not for people */
  int min, max;                     /* arguments; max -1: any number */
  /* Answers. The exit code, or CC_FAILED with ERR, which main() says and ends with CLI_EXIT_CANNOT. */
  int (*run)(struct cli *cli, struct cc_error *err);
};

/* One call of the program. */
struct cli
{
  const struct cli_command *command;
  struct cli_given
  {
    const struct cli_option *option;
    const char *value; /* NULL for a switch */
  } * given;
  size_t given_count;
  char **args; /* the arguments; what follows `--` is among them */
  int arg_count;
  bool dashes;   /* there was a `--` */
  int dashes_at; /* how many arguments came before it */
  bool quiet;
  struct cli_terminal out;
};

/* Every command, ends with NULL, in the order in which help shows them. */
extern const struct cli_command *const cli_commands[];
/* The options of every command: help, quiet, color. */
extern const struct cli_option cli_common_options[];

/* The value of option NAME, the last one given; "" for a switch; NULL when it was not given. */
const char *cli_value(const struct cli *cli, const char *name);
/* True when option NAME was given. */
bool cli_has(const struct cli *cli, const char *name);
/* The value of the I-th NAME given, from 0; NULL when there are not so many. */
const char *cli_value_at(const struct cli *cli, const char *name, size_t i);

#endif
