#include "cli/configuration.h"

#include "common/own.h"

#include <stdlib.h>
#include <string.h>

const char *
cli_config_path(void)
{
  const char *named = getenv(CC_CONFIG_ENV);

  return named != NULL ? named : CC_CONFIG_DEFAULT_PATH;
}

int
cli_config_read(const struct cli *cli, struct cc_reading *reading, struct cc_config **out, struct cc_error *err)
{
  const char *file = cli_value(cli, "config");

  if (file != NULL)
    return cc_config_read_file(file, reading, out, err);
  return cc_config_read(getenv(CC_CONFIG_ENV), reading, out, err);
}

/* -- a line of the source -- */

/* How many bytes at TEXT (LENGTH left) are one character. */
static size_t
character(const char *text, size_t length)
{
  size_t n = 1;

  while (n < length && (text[n] & 0xc0) == 0x80)
    n++;
  return n;
}

/* How many bytes the word at TEXT has: a string with its quotes, a name or number, or one sign. */
static size_t
word_length(const char *text, size_t length)
{
  size_t n = 1;

  if (length == 0)
    return 0;
  if (text[0] == '"' || text[0] == '\'')
    {
      while (n < length && text[n] != text[0])
        n += text[n] == '\\' && n + 1 < length ? 2 : 1;
      return n < length ? n + 1 : length;
    }
  n = 0;
  while (n < length && strchr(" \t,:{}[]/\"'", text[n]) == NULL)
    n++;
  return n > 0 ? n : 1;
}

/* The part of a line that fits beside its number: what is before and after is left out where it is too long. */
struct window
{
  const char *text;
  size_t length;
  size_t mark, mark_length; /* in bytes of `text` */
};

static struct window
window_of(const char *line, size_t length, uint32_t column, int room)
{
  struct window w = { .text = line, .length = length };
  size_t at = 0;

  for (uint32_t i = 1; i < column && at < length; i++)
    at += character(line + at, length - at);
  w.mark = at;
  w.mark_length = word_length(line + at, length - at);
  if (length > (size_t)room)
    {
      size_t begin = at > (size_t)room / 2 ? at - (size_t)room / 2 : 0;

      if (length - begin < (size_t)room)
        begin = length - (size_t)room;
      while (begin > 0 && (line[begin] & 0xc0) == 0x80)
        begin--;
      w.text += begin;
      w.length -= begin;
      w.mark -= begin;
      if (w.length > (size_t)room)
        for (w.length = (size_t)room; w.length > 0 && (w.text[w.length] & 0xc0) == 0x80;)
          w.length--;
      if (w.mark + w.mark_length > w.length)
        w.mark_length = w.length > w.mark ? w.length - w.mark : 0;
    }
  return w;
}

static const struct cc_source *
source_of(const struct cc_reading *reading, const char *file)
{
  for (size_t i = 0; i < reading->source_count; i++)
    if (strcmp(reading->sources[i].path, file) == 0)
      return &reading->sources[i];
  return NULL;
}

static char *
copy_line(const char *text, size_t length)
{
  char *copy = cc_xstrndup(text, length);

  for (char *p = copy; *p != '\0'; p++)
    *p = *p == '\t' ? ' ' : *p;
  return copy;
}

char *
cli_source_line(const struct cc_source *source, uint32_t line)
{
  size_t length = 0;
  const char *text = line > 0 ? cc_source_line(source, line, &length) : NULL;

  return text != NULL ? cc_xstrndup(text, length) : NULL;
}

void
cli_print_source(const struct cli_terminal *t, const struct cc_reading *reading, const char *file, uint32_t line,
                 uint32_t column, int indent)
{
  const struct cc_source *source = source_of(reading, file);
  cc_auto_free char *whole = source != NULL ? cli_source_line(source, line) : NULL;
  size_t end;
  cc_auto_free char *shown = NULL, *before = NULL, *mark = NULL;
  struct window w;

  if (whole == NULL)
    return;
  w = window_of(whole, strlen(whole), column, t->width - indent - 8);
  shown = copy_line(w.text, w.length);
  for (end = strlen(shown); end > 0 && shown[end - 1] == ' ';)
    shown[--end] = '\0';
  before = copy_line(w.text, w.mark);
  mark = copy_line(w.text + w.mark, w.mark_length);
  for (size_t i = 0, n = (size_t)cli_columns(mark); i <= n; i++) /* never longer than what it marks */
    mark[i] = i == n ? '\0' : i == 0 ? '^' : '~';
  cli_print(t, CLI_DIM, "%*s%5u | ", indent, "", line);
  cli_print(t, CLI_PLAIN, "%s\n", shown);
  cli_print(t, CLI_DIM, "%*s      | ", indent, "");
  cli_print(t, CLI_RED, "%*s%s\n", cli_columns(before), "", mark[0] != '\0' ? mark : "^");
}

/* -- problems -- */

/* The order of their file among the files that were read; a file that could not be read comes first. */
static size_t
rank(const struct cc_reading *reading, const struct cc_problem *p)
{
  const struct cc_source *source = source_of(reading, p->file);

  return source != NULL ? (size_t)(source - reading->sources) + 1 : 0;
}

static int
compare(const void *a, const void *b, void *context)
{
  const struct cc_problem *p = *(const struct cc_problem *const *)a, *q = *(const struct cc_problem *const *)b;
  size_t m = rank(context, p), n = rank(context, q);

  if (m != n)
    return m < n ? -1 : 1;
  if (p->line != q->line)
    return p->line < q->line ? -1 : 1;
  if (p->column != q->column)
    return p->column < q->column ? -1 : 1;
  return p < q ? -1 : 1; /* qsort need not be stable */
}

/* The problems in the order in which they are shown; the list is the caller's to free. */
static const struct cc_problem **
sorted(const struct cc_reading *reading)
{
  const struct cc_problem **list = cc_xcalloc(reading->problem_count + 1, sizeof(*list));

  for (size_t i = 0; i < reading->problem_count; i++)
    list[i] = &reading->problems[i];
  qsort_r(list, reading->problem_count, sizeof(*list), compare, (void *)reading);
  return list;
}

static void
print_problem(const struct cli_terminal *t, const struct cc_reading *reading, const struct cc_problem *p)
{
  if (p->line > 0)
    cli_print(t, CLI_BOLD, "%s:%u:%u\n", p->file, p->line, p->column);
  else if (p->file[0] != '\0')
    cli_print(t, CLI_BOLD, "%s\n", p->file);
  cli_print(t, CLI_PLAIN, "  ");
  cli_wrap(t, CLI_RED, 2, 2, p->text);
  cli_print_source(t, reading, p->file, p->line, p->column, 0);
}

void
cli_print_problems(const struct cli_terminal *t, const struct cc_reading *reading)
{
  cc_auto_free const struct cc_problem **list = sorted(reading);

  for (size_t i = 0; i < reading->problem_count; i++)
    {
      if (i > 0)
        cli_print(t, CLI_PLAIN, "\n");
      print_problem(t, reading, list[i]);
    }
}

bool
cli_refuse_problems(const struct cli *cli, const struct cc_reading *reading)
{
  if (reading->problem_count == 0)
    return false;
  cli_print_problems(&cli->out, reading);
  cli_print(&cli->out, CLI_PLAIN, "\n");
  cli_wrap(&cli->out, CLI_BOLD, 0, 0,
           "The configuration is wrong, so the runtime starts nothing with it, and there is no policy to show.");
  return true;
}

struct cc_jval *
cli_problems_json(struct cc_json *doc, const struct cc_reading *reading)
{
  cc_auto_free const struct cc_problem **list = sorted(reading);
  struct cc_jval *array = cc_jnew(doc, CC_JSON_ARRAY);

  for (size_t i = 0; i < reading->problem_count; i++)
    {
      struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

      cc_jset_str(doc, o, "rule", list[i]->rule);
      cc_jset_str(doc, o, "file", list[i]->file);
      cc_jset_int(doc, o, "line", list[i]->line);
      cc_jset_int(doc, o, "column", list[i]->column);
      cc_jset_str(doc, o, "message", list[i]->text);
      cc_jappend(array, o);
    }
  return array;
}

int
cli_answer_problems(const struct cli *cli, const struct cc_reading *reading, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);

  if (reading->problem_count == 0)
    return 0;
  if (!cli_has(cli, "json"))
    return cli_refuse_problems(cli, reading) ? 1 : 0;
  cc_jset(doc, o, "problems", cli_problems_json(doc, reading));
  return cli_print_json(&cli->out, o, err) < 0 ? CC_FAILED : 1;
}

void
cli_complain_problems(const struct cli *cli, const struct cc_reading *reading)
{
  struct cli_terminal t;

  if (cli->quiet)
    return;
  cli_terminal_open(&t, stderr, cli_value(cli, "color") != NULL ? cli_value(cli, "color") : "auto");
  cli_print_problems(&t, reading);
}

char *
cli_origin_text(const struct cc_config *config, const struct cc_origin *origin)
{
  static const char *const layers[] = { "default", "global", "agent" };

  if (origin->file == 0)
    return cc_xstrdup(layers[CC_LAYER_DEFAULT]);
  return cc_xasprintf("%s, %s:%u:%u", layers[origin->layer], cc_config_file(config, origin->file), origin->line,
                      origin->column);
}
