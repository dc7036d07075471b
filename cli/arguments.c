#include "cli/arguments.h"

#include "common/own.h"
#include "policy/nearest.h"

#include <string.h>

#define WORDS_MAX 3 /* of a command's name */

const struct cli_option cli_common_options[] = {
  { "help", 'h', .help = "say what this command does" },
  { "quiet", 'q', .help = "print nothing; only the exit code answers" },
  { "color", .value = "WHEN", .help = "colours: `auto`, on a terminal and without NO_COLOR",
    .words = "auto always never" },
  { 0 },
};

/* -- finding the command -- */

/* How many words of ARGV from AT on are the name NAME, 0 when they are another's. */
static int
match(const char *name, int argc, char **argv, int at)
{
  int words = 0;

  for (; *name != '\0'; words++)
    {
      size_t length = strcspn(name, " ");

      if (at + words >= argc || strlen(argv[at + words]) != length || strncmp(argv[at + words], name, length) != 0)
        return 0;
      name += length + (name[length] == ' ');
    }
  return words;
}

static const struct cli_command *
find_command(int argc, char **argv, int at, int *words)
{
  const struct cli_command *best = NULL;

  *words = 0;
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    {
      int n = match(cli_commands[i]->name, argc, argv, at);
      int m = cli_commands[i]->alias != NULL ? match(cli_commands[i]->alias, argc, argv, at) : 0;

      n = m > n ? m : n;
      if (n > *words)
        {
          best = cli_commands[i];
          *words = n;
        }
    }
  return best;
}

/* True when WORD begins the name of several commands: "sandbox". */
static bool
is_group(const char *word)
{
  size_t length = strlen(word);

  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (strncmp(cli_commands[i]->name, word, length) == 0 && cli_commands[i]->name[length] == ' ')
      return true;
  return false;
}

static int
unknown_command(int argc, char **argv, int at, struct cc_error *err)
{
  const char *names[128];
  cc_auto_free char *typed = NULL;
  unsigned distance;
  size_t count = 0;
  const char *near;

  if (is_group(argv[at]) && at + 1 < argc && argv[at + 1][0] != '-')
    typed = cc_xasprintf("%s %s", argv[at], argv[at + 1]);
  else
    typed = cc_xstrdup(argv[at]);
  for (size_t i = 0; cli_commands[i] != NULL && count < sizeof(names) / sizeof(names[0]); i++)
    names[count++] = cli_commands[i]->name;
  if (is_group(typed))
    return cc_error_set(err, 0, "`%s` needs one word more; `closedclaw help %s` lists what there is", typed, typed);
  near = cc_nearest(typed, names, count, &distance);
  if (near != NULL && distance <= 3)
    return cc_error_set(err, 0, "unknown command `%s`; did you mean `closedclaw %s`?", typed, near);
  return cc_error_set(err, 0, "unknown command `%s`; `closedclaw help` lists them", typed);
}

/* -- options -- */

static const struct cli_option *
find_in(const struct cli_option *options, const char *name, size_t length, char letter)
{
  for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++)
    if (name != NULL ? strlen(o->name) == length && strncmp(o->name, name, length) == 0 : o->letter == letter)
      return o;
  return NULL;
}

static const struct cli_option *
find_option(const struct cli *cli, const char *name, size_t length, char letter)
{
  const struct cli_option *found = cli->command != NULL ? find_in(cli->command->options, name, length, letter) : NULL;

  return found != NULL ? found : find_in(cli_common_options, name, length, letter);
}

static int
unknown_option(const struct cli *cli, const char *typed, struct cc_error *err)
{
  const char *names[64], *near;
  size_t count = 0;
  unsigned distance;
  const char *of = cli->command != NULL ? cli->command->name : "";

  for (const struct cli_option *o = cli->command != NULL ? cli->command->options : NULL; o != NULL && o->name != NULL;
       o++)
    if (count < 60)
      names[count++] = o->name;
  for (const struct cli_option *o = cli_common_options; o->name != NULL; o++)
    names[count++] = o->name;
  near = strncmp(typed, "--", 2) == 0 ? cc_nearest(typed + 2, names, count, &distance) : NULL;
  if (near != NULL && distance <= 2)
    return cc_error_set(err, 0, "unknown option `%s`; did you mean `--%s`?", typed, near);
  return cc_error_set(err, 0, "unknown option `%s`; `closedclaw help%s%s` lists them", typed, *of != '\0' ? " " : "",
                      of);
}

static bool
is_word_of(const char *words, const char *value)
{
  size_t length = strlen(value);

  for (const char *p = words; *p != '\0'; p += strcspn(p, " "), p += strspn(p, " "))
    if (strcspn(p, " ") == length && strncmp(p, value, length) == 0)
      return true;
  return false;
}

static int
add(struct cli *cli, const struct cli_option *option, const char *value, struct cc_error *err)
{
  if (value != NULL && value[0] == '\0') /* `--agent "$AGENT"` without such a variable asks about nobody */
    return cc_error_set(err, 0, "the value of `--%s` is empty", option->name);
  if (!option->many && cli_has(cli, option->name))
    return cc_error_set(err, 0, "`--%s` is given twice", option->name);
  if (option->words != NULL && !is_word_of(option->words, value))
    return cc_error_set(err, 0, "`--%s %s`: must be one of: %s", option->name, value, option->words);
  cli->given = cc_xrealloc(cli->given, (cli->given_count + 1) * sizeof(*cli->given));
  cli->given[cli->given_count++] = (struct cli_given){ option, value };
  return 0;
}

/* Takes the option's value from after '=', or from the next argument. */
static int
take_value(struct cli *cli, const struct cli_option *option, const char *value, int argc, char **argv, int *at,
           struct cc_error *err)
{
  if (option->value == NULL)
    return value == NULL ? add(cli, option, NULL, err)
                         : cc_error_set(err, 0, "`--%s` is a switch and takes no value", option->name);
  if (value == NULL && *at + 1 >= argc)
    return cc_error_set(err, 0, "`--%s` needs a value: --%s %s", option->name, option->name, option->value);
  return add(cli, option, value != NULL ? value : argv[++*at], err);
}

static int
read_letters(struct cli *cli, int argc, char **argv, int *at, struct cc_error *err)
{
  const char *word = argv[*at];

  for (const char *p = word + 1; *p != '\0'; p++)
    {
      const struct cli_option *option = find_option(cli, NULL, 0, *p);

      if (option == NULL)
        return unknown_option(cli, word, err);
      if (option->value != NULL)
        return take_value(cli, option, p[1] != '\0' ? p + 1 : NULL, argc, argv, at, err);
      if (add(cli, option, NULL, err) < 0)
        return CC_FAILED;
    }
  return 0;
}

static int
read_option(struct cli *cli, int argc, char **argv, int *at, struct cc_error *err)
{
  const char *word = argv[*at];
  size_t length = strcspn(word, "=");
  const struct cli_option *option;

  if (strncmp(word, "--", 2) != 0)
    return read_letters(cli, argc, argv, at, err);
  option = find_option(cli, word + 2, length - 2, 0);
  if (option == NULL)
    {
      cc_auto_free char *name = cc_xstrndup(word, length);

      return unknown_option(cli, name, err);
    }
  return take_value(cli, option, word[length] == '=' ? word + length + 1 : NULL, argc, argv, at, err);
}

/* -- all of it -- */

static int
check_count(const struct cli *cli, struct cc_error *err)
{
  const struct cli_command *c = cli->command;

  if (cli->arg_count < c->min)
    return cc_error_set(err, 0, "`closedclaw %s` needs %s: closedclaw %s %s", c->name,
                        cli->arg_count > 0 ? "more arguments" : "an argument", c->name, c->arguments);
  if (c->max >= 0 && cli->arg_count > c->max)
    return cc_error_set(err, 0, "`closedclaw %s` does not take the argument `%s`", c->name, cli->args[c->max]);
  return 0;
}

int
cli_read_arguments(int argc, char **argv, struct cli *cli, struct cc_error *err)
{
  int at = 1, words;

  *cli = (struct cli){ .args = cc_xcalloc((size_t)argc + 1, sizeof(char *)) };
  while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0' && strcmp(argv[at], "--") != 0)
    {
      if (strcmp(argv[at], "--version") == 0) /* the one word that both are said as: a command, and what people type */
        argv[at] = (char *)"version";
      else if (read_option(cli, argc, argv, &at, err) < 0)
        return CC_FAILED;
      else
        at++;
    }
  if (at >= argc)
    return 0;
  cli->command = find_command(argc, argv, at, &words);
  if (cli->command == NULL)
    return cli_has(cli, "help") ? 0 : unknown_command(argc, argv, at, err);
  for (at += words; at < argc; at++)
    if (!cli->dashes && strcmp(argv[at], "--") == 0)
      {
        cli->dashes = true;
        cli->dashes_at = cli->arg_count;
      }
    else if (cli->dashes || argv[at][0] != '-' || argv[at][1] == '\0')
      cli->args[cli->arg_count++] = argv[at];
    else if (read_option(cli, argc, argv, &at, err) < 0)
      return CC_FAILED;
  cli->quiet = cli_has(cli, "quiet");
  return cli_has(cli, "help") ? 0 : check_count(cli, err);
}

void
cli_arguments_clear(struct cli *cli)
{
  free(cli->given);
  free(cli->args);
}

const char *
cli_value_at(const struct cli *cli, const char *name, size_t i)
{
  for (size_t j = 0; j < cli->given_count; j++)
    if (strcmp(cli->given[j].option->name, name) == 0 && i-- == 0)
      return cli->given[j].value != NULL ? cli->given[j].value : "";
  return NULL;
}

bool
cli_has(const struct cli *cli, const char *name)
{
  return cli_value_at(cli, name, 0) != NULL;
}

const char *
cli_value(const struct cli *cli, const char *name)
{
  const char *value = NULL, *next;

  for (size_t i = 0; (next = cli_value_at(cli, name, i)) != NULL; i++)
    value = next;
  return value;
}
