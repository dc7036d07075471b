/* closedclaw completion: a script for bash, zsh or fish. What changes from host to host (agents, containers, tools) the
 * script asks of `closedclaw complete`. */
#include "cli/completion.h"

#include "common/own.h"

#include <stdio.h>
#include <string.h>

/* The words that `closedclaw complete WORD` answers, by kind. */
static const char *const kinds[] = {
  [CLI_COMPLETE_AGENT] = "agents",
  [CLI_COMPLETE_CONTAINER] = "containers",
  [CLI_COMPLETE_TOOL] = "tools",
};

static bool
is_asked(enum cli_complete kind)
{
  return kind == CLI_COMPLETE_AGENT || kind == CLI_COMPLETE_CONTAINER || kind == CLI_COMPLETE_TOOL;
}

/* Calls EACH for every option of COMMAND, the common ones included. */
static void
each_option(FILE *f, const struct cli_command *c,
            void (*each)(FILE *f, const struct cli_command *c, const struct cli_option *o))
{
  const struct cli_option *const tables[] = { c->options, cli_common_options };

  for (size_t i = 0; i < 2; i++)
    for (const struct cli_option *o = tables[i]; o != NULL && o->name != NULL; o++)
      each(f, c, o);
}

/* -- bash -- */

static void
bash_option(FILE *f, const struct cli_command *c, const struct cli_option *o)
{
  (void)c;
  fprintf(f, " --%s", o->name);
}

/* What completes a value, as a line of bash. */
static void
bash_values(FILE *f, enum cli_complete kind, const char *words)
{
  if (words != NULL)
    fprintf(f, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", words);
  else if (is_asked(kind))
    fprintf(f, "COMPREPLY=($(compgen -W \"$(closedclaw complete %s 2>/dev/null)\" -- \"$cur\"))", kinds[kind]);
  else if (kind == CLI_COMPLETE_FILE || kind == CLI_COMPLETE_DIRECTORY)
    /* by lines: a name can have blanks, and signs that a shell would make other names of */
    fprintf(f, "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -%c -- \"$cur\")",
            kind == CLI_COMPLETE_FILE ? 'f' : 'd');
  else
    fputs("COMPREPLY=()", f);
}

static void
bash_value(FILE *f, const struct cli_command *c, const struct cli_option *o)
{
  if (o->value == NULL)
    return;
  fprintf(f, "    '%s --%s') ", c->name, o->name);
  bash_values(f, o->complete, o->words);
  fputs("; return ;;\n", f);
}

static void
bash_command(FILE *f, const struct cli_command *c)
{
  fprintf(f, "    '%s')\n      [[ $cur == -* ]] && COMPREPLY=($(compgen -W '", c->name);
  each_option(f, c, bash_option);
  fputs("' -- \"$cur\")) && return\n      ", f);
  bash_values(f, c->complete, NULL);
  fputs(" ;;\n", f);
}

/* The first words of the names, and the second ones of each group. */
static void
bash_names(FILE *f)
{
  fputs("  local names='", f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      fprintf(f, "%s%s", i > 0 ? "|" : "", cli_commands[i]->name);
  fputs("'\n", f);
}

static void
print_bash(FILE *f)
{
  fputs("# bash completion for closedclaw(1), written by `closedclaw completion bash`\n"
        "_closedclaw() {\n"
        "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} name='' word rest i\n",
        f);
  bash_names(f);
  fputs(
      "  COMPREPLY=()\n"
      "  # `--color=au` comes as three words\n"
      "  if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; elif [[ $cur == = ]]; then cur=''; fi\n"
      "  # the longest name of a command that the words before the cursor begin with\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=${COMP_WORDS[i]}\n"
      "    [[ $word == -- ]] && return\n"
      "    [[ $word == -* ]] && continue\n"
      "    if [[ \"|$names|\" == *\"|${name:+$name }$word|\"* || \"|$names\" == *\"|${name:+$name }$word \"* ]]; then\n"
      "      name=\"${name:+$name }$word\"\n"
      "    else\n"
      "      break\n"
      "    fi\n"
      "  done\n"
      "  case \"$name $prev\" in\n",
      f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      each_option(f, cli_commands[i], bash_value);
  fputs("  esac\n"
        "  case $name in\n",
        f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      bash_command(f, cli_commands[i]);
  fputs("    *)\n"
        "      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '--help --version' -- \"$cur\")); return; fi\n"
        "      rest=$(tr '|' '\\n' <<<\"$names\" | sed -n \"s/^${name:+$name }\\([a-z]*\\).*/\\1/p\" | sort -u)\n"
        "      COMPREPLY=($(compgen -W \"$rest\" -- \"$cur\")) ;;\n"
        "  esac\n"
        "}\n"
        "complete -F _closedclaw closedclaw\n",
        f);
}

/* -- zsh -- */

/* TEXT for a zsh specification: quotes, colons and brackets mean something there. */
static void
zsh_text(FILE *f, const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (*text == '\'')
        fputs("'\\''", f);
      else if (strchr("[]:\\", *text) != NULL)
        fprintf(f, "\\%c", *text);
      else
        fputc(*text, f);
    }
}

static void
zsh_action(FILE *f, enum cli_complete kind, const char *words)
{
  if (words != NULL)
    fprintf(f, "(%s)", words);
  else if (is_asked(kind))
    fprintf(f, " _closedclaw_ask %s", kinds[kind]); /* with a blank first, _arguments adds no arguments of its own */
  else if (kind == CLI_COMPLETE_FILE)
    fputs("_files", f);
  else if (kind == CLI_COMPLETE_DIRECTORY)
    fputs("_files -/", f);
}

static void
zsh_option(FILE *f, const struct cli_command *c, const struct cli_option *o)
{
  (void)c;
  fputs(" \\\n        '", f);
  if (o->many)
    fputc('*', f);
  fprintf(f, "--%s[", o->name);
  zsh_text(f, o->help);
  fputc(']', f);
  if (o->value != NULL)
    {
      fprintf(f, ":%s:", o->value);
      zsh_action(f, o->complete, o->words);
    }
  fputc('\'', f);
}

static void
zsh_command(FILE *f, const struct cli_command *c)
{
  fprintf(f, "    '%s')\n      _arguments", c->name);
  each_option(f, c, zsh_option);
  if (c->complete != CLI_COMPLETE_NONE)
    {
      fputs(" \\\n        '*::argument:", f);
      zsh_action(f, c->complete, NULL);
      fputc('\'', f);
    }
  fputs(" ;;\n", f);
}

static void
print_zsh(FILE *f)
{
  fputs("#compdef closedclaw\n"
        "# zsh completion for closedclaw(1), written by `closedclaw completion zsh`\n"
        "_closedclaw_ask() {\n"
        "  local -a answers\n"
        "  answers=(${(f)\"$(closedclaw complete $1 2>/dev/null)\"})\n"
        "  compadd -a answers\n"
        "}\n"
        "_closedclaw() {\n"
        "  local -a names rest\n"
        "  local name='' word i at=2\n"
        "  names=(\n",
        f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      fprintf(f, "    '%s'\n", cli_commands[i]->name);
  fputs("  )\n"
        "  for ((i = 2; i < CURRENT; i++)); do\n"
        "    word=$words[i]\n"
        "    [[ $word == -* ]] && continue\n"
        "    if (( ${names[(I)${name:+$name }$word]} || ${names[(I)${name:+$name }$word *]} )); then\n"
        "      name=\"${name:+$name }$word\" at=$((i + 1))\n"
        "    else\n"
        "      break\n"
        "    fi\n"
        "  done\n"
        "  # _arguments takes the first word for the command\n"
        "  words=(closedclaw \"${(@)words[at,-1]}\")\n"
        "  (( CURRENT -= at - 2 ))\n"
        "  case $name in\n",
        f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      zsh_command(f, cli_commands[i]);
  fputs("    *)\n"
        "      rest=(${(M)names:#${name:+$name }*})\n"
        "      rest=(${(u)${rest#${name:+$name }}%% *})\n"
        "      compadd -a rest ;;\n"
        "  esac\n"
        "}\n"
        "if [[ $funcstack[1] == _closedclaw ]]; then _closedclaw \"$@\"; else compdef _closedclaw closedclaw; fi\n",
        f);
}

/* -- fish -- */

static void
fish_text(FILE *f, const char *text)
{
  fputc('\'', f);
  for (; *text != '\0'; text++)
    {
      if (*text == '\'' || *text == '\\')
        fputc('\\', f);
      fputc(*text, f);
    }
  fputc('\'', f);
}

/* True where a value is a file, which fish completes by itself. */
static bool
is_file(enum cli_complete kind)
{
  return kind == CLI_COMPLETE_FILE || kind == CLI_COMPLETE_DIRECTORY;
}

static void
fish_option(FILE *f, const struct cli_command *c, const struct cli_option *o)
{
  fprintf(f, "complete -c closedclaw -n '__closedclaw_at \"%s\"' -l %s", c->name, o->name);
  if (o->letter != 0)
    fprintf(f, " -s %c", o->letter);
  if (o->value != NULL)
    fputs(is_file(o->complete) ? " -r -F" : " -x", f);
  if (o->words != NULL)
    fprintf(f, " -a '%s'", o->words);
  else if (is_asked(o->complete))
    fprintf(f, " -a '(closedclaw complete %s 2>/dev/null)'", kinds[o->complete]);
  fputs(" -d ", f);
  fish_text(f, o->help);
  fputc('\n', f);
}

static void
fish_command(FILE *f, const struct cli_command *c)
{
  const char *second = strchr(c->name, ' ');
  int first = second != NULL ? (int)(second - c->name) : 0;

  if (second == NULL)
    fprintf(f, "complete -c closedclaw -n '__closedclaw_at \"\"' -a %s", c->name);
  else
    fprintf(f,
            "complete -c closedclaw -n '__closedclaw_at \"\"' -a %.*s\n"
            "complete -c closedclaw -n '__closedclaw_at \"%.*s\"' -a %s",
            first, c->name, first, c->name, second + 1);
  fputs(" -d ", f);
  fish_text(f, c->summary);
  fputc('\n', f);
  each_option(f, c, fish_option);
  if (is_file(c->complete))
    fprintf(f, "complete -c closedclaw -n '__closedclaw_at \"%s\"' -F\n", c->name);
  else if (is_asked(c->complete))
    fprintf(f, "complete -c closedclaw -n '__closedclaw_at \"%s\"' -a '(closedclaw complete %s 2>/dev/null)'\n",
            c->name, kinds[c->complete]);
}

static void
print_fish(FILE *f)
{
  fputs("# fish completion for closedclaw(1), written by `closedclaw completion fish`\n"
        "function __closedclaw_at\n"
        "    set -l name ''\n"
        "    set -l names",
        f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      fprintf(f, " '%s'", cli_commands[i]->name);
  fputs("\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        string match -q -- '-*' $word; and continue\n"
        "        set -l longer (string trim -- \"$name $word\")\n"
        "        if contains -- $longer $names; or string match -q -- \"$longer *\" $names\n"
        "            set name $longer\n"
        "        else\n"
        "            break\n"
        "        end\n"
        "    end\n"
        "    test \"$name\" = \"$argv[1]\"\n"
        "end\n"
        "complete -c closedclaw -f\n",
        f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      fish_command(f, cli_commands[i]);
}

/* -- the command -- */

static const struct
{
  const char *shell;
  void (*print)(FILE *f);
} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };

static int
run(struct cli *cli, struct cc_error *err)
{
  for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
    if (strcmp(cli->args[0], shells[i].shell) == 0)
      {
        shells[i].print(cli->out.file);
        return 0;
      }
  return cc_error_set(err, 0, "no completion for `%s`; there is one for bash, zsh and fish", cli->args[0]);
}

static const char *const examples[] = {
  "source <(closedclaw completion bash)",
  "completes in this shell; an installed package does so in every one",
  NULL,
};

const struct cli_command cli_command_completion = {
  .name = "completion",
  .summary = "print a completion script for a shell",
  .arguments = "bash|zsh|fish",
  .description
  = "Prints a script that completes commands, options, files, and the agents, containers and tools of this "
    "host.",
  .examples = examples,
  .min = 1,
  .max = 1,
  .run = run,
};
