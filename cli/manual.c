/* closedclaw manual: the source of closedclaw(1), from the tables of the commands. docs/man/closedclaw.1 is what it
 * prints, and a test holds the two together. */
#include "cli/help.h"

#include "common/own.h"

#include <stdio.h>
#include <string.h>

/* One character, by its number where it is not of ASCII: groff reads no UTF-8 without its preprocessor. Returns where
 * its last byte is. */
static const char *
put_character(FILE *f, const char *text)
{
  unsigned c = (unsigned char)*text;
  int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

  if (more == 0)
    {
      fputc(*text, f);
      return text;
    }
  c &= 0x3fu >> more;
  for (int i = 0; i < more; i++)
    c = c << 6 | ((unsigned char)*++text & 0x3f);
  fprintf(f, "\\[u%04X]", c);
  return text;
}

/* TEXT as roff, with what is in `ticks` in bold. At the beginning of a line a dot or an apostrophe would be a request.
 */
static void
put_text(FILE *f, const char *text)
{
  bool bold = false, begins = true;

  for (; *text != '\0'; begins = *text == '\n', text++)
    switch (*text)
      {
      case '`':
        bold = !bold;
        fputs(bold ? "\\fB" : "\\fR", f);
        break;
      case '\\':
        fputs("\\e", f);
        break;
      case '-':
        fputs("\\-", f);
        break;
      case '.':
      case '\'':
        fprintf(f, "%s%c", begins ? "\\&" : "", *text);
        break;
      case '\n':
        if (text[1] == '\n') /* a new paragraph */
          {
            fputs("\n.PP\n", f);
            text++;
          }
        else
          fputs("\n.br\n", f);
        break;
      default:
        text = put_character(f, text);
      }
  fputc('\n', f);
}

static void
put_option(FILE *f, const struct cli_option *o)
{
  fputs(".TP\n", f);
  if (o->letter != 0)
    fprintf(f, "\\fB\\-%c\\fR, ", o->letter);
  fputs("\\fB\\-\\-", f);
  for (const char *p = o->name; *p != '\0'; p++)
    fputs(*p == '-' ? "\\-" : (const char[]){ *p, '\0' }, f);
  fprintf(f, "\\fR%s%s%s\n", o->value != NULL ? " \\fI" : "", o->value != NULL ? o->value : "",
          o->value != NULL ? "\\fR" : "");
  put_text(f, o->help);
  if (o->words != NULL)
    {
      cc_auto_free char *one_of = cc_xasprintf("(one of: %s)", o->words);

      put_text(f, one_of);
    }
}

static void
put_pairs(FILE *f, const char *heading, const char *const *pairs)
{
  fprintf(f, ".PP\n%s\n", heading);
  for (size_t i = 0; pairs[i] != NULL; i += 2)
    {
      fputs(".TP\n\\fB", f);
      put_text(f, pairs[i]);
      fputs("\\fR", f);
      put_text(f, pairs[i + 1]);
    }
}

static void
put_command(FILE *f, const struct cli_command *c)
{
  fprintf(f, ".SS %s\n", c->name);
  fprintf(f, "\\fBclosedclaw %s\\fR [\\fIoptions\\fR] ", c->name);
  put_text(f, c->arguments);
  if (c->alias != NULL)
    fprintf(f, ".br\n\\fBclosedclaw %s\\fR is the same.\n", c->alias);
  fputs(".PP\n", f);
  put_text(f, c->description);
  for (const struct cli_option *o = c->options; o != NULL && o->name != NULL; o++)
    put_option(f, o);
  if (c->exits != NULL)
    put_pairs(f, "Exit codes:", c->exits);
  if (c->examples != NULL)
    put_pairs(f, "Examples:", c->examples);
}

static const char head[]
    = ".\\\" Written by `closedclaw manual`: change the commands' own texts in cli/.\n"
      ".TH CLOSEDCLAW 1 \"\" \"closedclaw " CC_VERSION "\" \"User Commands\"\n"
      ".SH NAME\n"
      "closedclaw \\- ask about the sandboxes of this host\n"
      ".SH SYNOPSIS\n"
      "\\fBclosedclaw\\fR \\fIcommand\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]\n"
      ".SH DESCRIPTION\n"
      "\\fBclosedclaw\\fR is for the person who runs a host whose containers are started with\n"
      ".BR closedclaw\\-runtime (8).\n"
      "It answers what is wrong, why something was refused, and what would happen if. Its answers come from the code "
      "that the\nruntime itself decides with.\n"
      ".SH COMMANDS\n";

static const char tail[]
    = ".SH EXIT STATUS\n"
      "What 0, 1 and 2 answer is told at each command. The others are the same everywhere:\n"
      ".TP\n\\fB3\\fR\nthe question cannot be answered: something that is needed for it cannot be read; one line on "
      "the standard error says what\n"
      ".TP\n\\fB64\\fR\nthe command line is wrong\n"
      ".SH ENVIRONMENT\n"
      ".TP\n\\fBCLOSEDCLAW_CONFIG\\fR\nthe configuration, instead of the standard file; the runtime reads the same "
      "variable, in the engine's environment\n"
      ".TP\n\\fBNO_COLOR\\fR\nwhen set and not empty, no colours (https://no\\-color.org)\n"
      ".TP\n\\fBCOLUMNS\\fR\nthe width to which text is wrapped, instead of the terminal's\n"
      ".SH FILES\n"
      ".TP\n\\fI/etc/closedclaw/closedclaw.json5\\fR, \\fI/etc/closedclaw/conf.d/*.json5\\fR\nthe configuration\n"
      ".TP\n\\fI/run/closedclaw\\fR\nwhat the runtime remembers of containers\n"
      ".TP\n\\fI/var/log/closedclaw/audit.jsonl\\fR\nthe record\n"
      ".SH SEE ALSO\n"
      ".BR closedclaw.json5 (5),\n"
      ".BR closedclaw\\-runtime (8)\n";

static int
run(struct cli *cli, struct cc_error *err)
{
  FILE *f = cli->out.file;

  (void)err;
  fputs(head, f);
  for (size_t i = 0; cli_commands[i] != NULL; i++)
    if (!cli_commands[i]->hidden)
      put_command(f, cli_commands[i]);
  fputs(".SH COMMON OPTIONS\nEvery command takes these.\n", f);
  for (const struct cli_option *o = cli_common_options; o->name != NULL; o++)
    put_option(f, o);
  fputs(tail, f);
  return 0;
}

const struct cli_command cli_command_manual = {
  .name = "manual",
  .summary = "print the source of the manual page",
  .arguments = "",
  .description = "Prints closedclaw(1) as roff.",
  .hidden = true,
  .run = run,
};
