#include "cli/sheet.h"

#include "common/own.h"

#include <stdlib.h>
#include <string.h>

struct row
{
  bool is_line, aligned;
  int indent;
  enum cli_style style;
  char *label, *value, *origin;
};

struct cli_sheet
{
  struct row *rows;
  size_t count;
};

#define GAP 2
#define WIDEST 110 /* what is further to the right than this is not read together with its line */

struct cli_sheet *
cli_sheet_new(void)
{
  return cc_xcalloc(1, sizeof(struct cli_sheet));
}

static struct row *
add(struct cli_sheet *sheet)
{
  sheet->rows = cc_xrealloc(sheet->rows, (sheet->count + 1) * sizeof(*sheet->rows));
  return &sheet->rows[sheet->count++];
}

void
cli_sheet_line(struct cli_sheet *sheet, enum cli_style style, const char *text)
{
  *add(sheet) = (struct row){ .is_line = true, .style = style, .value = cc_xstrdup(text) };
}

/* A copy of one line: what a container's label says must not look like a row of its own. */
static char *
line_of(const char *text)
{
  char *copy = cc_xstrdup(text);

  for (char *p = copy; *p != '\0'; p++)
    *p = *p == '\n' ? '?' : *p;
  return copy;
}

void
cli_sheet_row(struct cli_sheet *sheet, bool aligned, int indent, const char *label, enum cli_style style,
              const char *value, const char *origin)
{
  *add(sheet) = (struct row){ .aligned = aligned,
                              .indent = indent,
                              .style = style,
                              .label = line_of(label),
                              .value = line_of(value),
                              .origin = line_of(origin) };
}

static bool
is_of_block(const struct row *row)
{
  return !row->is_line && row->aligned;
}

/* The column in which the value of row I begins. */
static int
value_column(const struct cli_sheet *sheet, size_t i)
{
  const struct row *rows = sheet->rows;
  size_t first = i, last = i;
  int widest = 0;

  while (is_of_block(&rows[i]) && first > 0 && is_of_block(&rows[first - 1]))
    first--;
  while (is_of_block(&rows[i]) && last + 1 < sheet->count && is_of_block(&rows[last + 1]))
    last++;
  for (size_t j = first; j <= last; j++)
    {
      int width = rows[j].indent + cli_columns(rows[j].label);

      widest = width > widest ? width : widest;
    }
  return rows[i].label[0] != '\0' || widest > rows[i].indent ? widest + 1 : rows[i].indent;
}

/* TEXT without its first LENGTH bytes, and the blanks there. */
static char *
rest_of(const char *text, size_t length)
{
  return cc_xstrdup(text + length + strspn(text + length, " "));
}

/* As much of the words of TEXT as has room; all of it when not even one word has. */
static size_t
words_that_fit(const char *text, int room)
{
  size_t end = 0;

  for (size_t i = 1; i <= strlen(text); i++)
    {
      cc_auto_free char *begin = NULL;

      if (text[i] != ' ' && text[i] != '\0')
        continue;
      begin = cc_xstrndup(text, i);
      if (cli_columns(begin) > room)
        break;
      end = i;
    }
  return end > 0 ? end : strcspn(text, " ");
}

static void
print_origin(const struct cli_terminal *t, int at, int column, const char *origin)
{
  if (origin[0] != '\0' && at + GAP > column)
    {
      cli_print(t, CLI_PLAIN, "\n");
      at = 0;
    }
  if (origin[0] != '\0')
    {
      cli_print(t, CLI_PLAIN, "%*s", column - at, "");
      cli_print(t, CLI_DIM, "%s", origin);
    }
  cli_print(t, CLI_PLAIN, "\n");
}

/* The origin is at the end of the first line. */
static void
print_row(const struct cli_terminal *t, const struct row *row, int column, int origins)
{
  int room = (row->origin[0] != '\0' ? origins - GAP : t->width) - column, deeper = row->indent + 4;
  size_t length;
  int at = row->indent + cli_columns(row->label);
  cc_auto_free char *first = NULL, *rest = NULL;

  cli_print(t, CLI_PLAIN, "%*s%s", row->indent, "", row->label);
  if (row->value[0] != '\0')
    {
      cli_print(t, CLI_PLAIN, "%*s", column - at, "");
      at = column;
    }
  length = cli_columns(row->value) <= room ? strlen(row->value) : words_that_fit(row->value, room);
  first = cc_xstrndup(row->value, length);
  cli_print(t, row->style, "%s", first);
  print_origin(t, at + cli_columns(first), origins, row->origin);
  rest = rest_of(row->value, length);
  if (rest[0] == '\0')
    return;
  deeper = row->aligned && column < t->width / 2 ? column : deeper;
  cli_print(t, CLI_PLAIN, "%*s", deeper, "");
  cli_wrap(t, row->style, deeper, deeper, rest);
}

void
cli_sheet_print(struct cli_sheet *sheet, const struct cli_terminal *t)
{
  int width = t->width < WIDEST ? t->width : WIDEST, widest = 0;

  for (size_t i = 0; i < sheet->count; i++)
    if (!sheet->rows[i].is_line && cli_columns(sheet->rows[i].origin) > widest)
      widest = cli_columns(sheet->rows[i].origin);
  if (widest > width / 2)
    widest = width / 2;
  for (size_t i = 0; i < sheet->count; i++)
    {
      struct row *row = &sheet->rows[i];

      if (row->is_line)
        cli_wrap(t, row->style, 0, 2, row->value);
      else
        print_row(t, row, value_column(sheet, i), width - widest);
    }
  for (size_t i = 0; i < sheet->count; i++)
    {
      free(sheet->rows[i].label);
      free(sheet->rows[i].value);
      free(sheet->rows[i].origin);
    }
  free(sheet->rows);
  free(sheet);
}
