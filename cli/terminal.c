#include "cli/terminal.h"

#include "common/own.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MIN 40
#define WIDTH_MAX 200
#define WIDTH_DEFAULT 80

static const char *const escapes[CLI_STYLES] = {
  [CLI_PLAIN] = "",         [CLI_BOLD] = "\033[1m",    [CLI_DIM] = "\033[2m",   [CLI_RED] = "\033[31m",
  [CLI_GREEN] = "\033[32m", [CLI_YELLOW] = "\033[33m", [CLI_CYAN] = "\033[36m", [CLI_CRITICAL] = "\033[1;31m",
};

/* -- what the terminal can -- */

static int
width_of(FILE *file)
{
  const char *columns = getenv("COLUMNS");
  struct winsize size;
  int width = columns != NULL ? atoi(columns) : 0;

  if (width <= 0 && ioctl(fileno(file), TIOCGWINSZ, &size) == 0)
    width = size.ws_col;
  if (width <= 0)
    width = WIDTH_DEFAULT;
  return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

static bool
wants_colour(FILE *file, const char *when)
{
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

  if (strcmp(when, "auto") != 0)
    return strcmp(when, "always") == 0;
  return isatty(fileno(file)) && (no == NULL || no[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0;
}

void
cli_terminal_open(struct cli_terminal *out, FILE *file, const char *when)
{
  *out = (struct cli_terminal){ file, wants_colour(file, when), width_of(file) };
}

/* -- characters -- */

/* The length in bytes of the character at S, 0 when it is no UTF-8; *C is set to it. */
static size_t
decode(const char *s, uint32_t *c)
{
  static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  const unsigned char *p = (const unsigned char *)s;
  size_t size = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;

  if (size <= 1)
    {
      *c = p[0];
      return size;
    }
  *c = p[0] & (0x7fu >> size);
  for (size_t i = 1; i < size; i++)
    {
      if ((p[i] & 0xc0) != 0x80)
        return 0;
      *c = *c << 6 | (p[i] & 0x3f);
    }
  return *c < least[size] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff) ? 0 : size;
}

/* C0 and C1 controls, and the marks that turn the direction of a text ("Trojan Source", CVE-2021-42574). */
static bool
is_control(uint32_t c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
         || c == 0x2028 || c == 0x2029 || c == 0x200e || c == 0x200f;
}

/* Combining marks take no column, East Asian wide characters take two: the larger blocks of Unicode 15. */
static int
columns_of(uint32_t c)
{
  if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200d) || (c >= 0xfe00 && c <= 0xfe0f))
    return 0;
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3)
                 || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60)
                 || (c >= 0x1f300 && c <= 0x1faff)
             ? 2
             : 1;
}

/* TEXT with every control character but newline, and every byte that is no UTF-8, as '?'. malloc'd. */
static char *
safe(const char *text)
{
  char *out = cc_xcalloc(1, strlen(text) + 1), *p = out;

  while (*text != '\0')
    {
      uint32_t c;
      size_t size = decode(text, &c);

      if (size == 0 || (is_control(c) && c != '\n'))
        *p++ = '?';
      else
        p = mempcpy(p, text, size);
      text += size > 0 ? size : 1;
    }
  return out;
}

/* As much of TEXT as takes at most COLUMNS: the bytes, and the columns that they take. */
static size_t
fit(const char *text, size_t length, int columns, int *taken)
{
  size_t at = 0;

  *taken = 0;
  while (at < length)
    {
      uint32_t c;
      size_t size = decode(text + at, &c);
      int width = size > 0 ? columns_of(c) : 1;

      if (*taken + width > columns)
        break;
      *taken += width;
      at += size > 0 ? size : 1;
    }
  return at;
}

static int
columns_in(const char *text, size_t length)
{
  int taken;

  fit(text, length, __INT_MAX__ - 2, &taken);
  return taken;
}

int
cli_columns(const char *text)
{
  return columns_in(text, strlen(text));
}

/* -- text -- */

static void
put(const struct cli_terminal *t, enum cli_style style, const char *text, size_t length)
{
  bool coloured = t->colour && style != CLI_PLAIN && length > 0;

  if (coloured)
    fputs(escapes[style], t->file);
  fwrite(text, 1, length, t->file);
  if (coloured)
    fputs("\033[0m", t->file);
}

/* A newline that is not FMT's own came from outside, and would begin a line that looks like one of ours. */
static void
flatten(char *text, const char *fmt)
{
  size_t length = strlen(text), before = strspn(fmt, "\n"), behind = 0, size = strlen(fmt);

  while (behind < size && fmt[size - behind - 1] == '\n')
    behind++;
  for (const char *p = fmt + before; p < fmt + size - behind; p++)
    if (*p == '\n')
      return;
  for (size_t i = before; i + behind < length; i++)
    text[i] = (char)(text[i] == '\n' ? '?' : text[i]);
}

void
cli_print(const struct cli_terminal *t, enum cli_style style, const char *fmt, ...)
{
  cc_auto_free char *text = NULL, *shown = NULL;
  size_t length, begin, end;
  va_list ap;

  va_start(ap, fmt);
  if (vasprintf(&text, fmt, ap) < 0)
    abort();
  va_end(ap);
  flatten(text, fmt);
  shown = safe(text);
  /* a colour that is open at the end of a line colours the next one's margin */
  begin = strspn(shown, "\n");
  length = end = strlen(shown);
  while (end > begin && shown[end - 1] == '\n')
    end--;
  fwrite(shown, 1, begin, t->file);
  put(t, style, shown + begin, end - begin);
  fwrite(shown + end, 1, length - end, t->file);
}

static void
spaces(const struct cli_terminal *t, int count)
{
  if (count > 0)
    fprintf(t->file, "%*s", count, "");
}

/* The next line of TEXT that is at most COLUMNS wide, broken at a blank where there is one: its bytes, and in *NEXT
 * where the one after it begins. */
static size_t
take_line(const char *text, int columns, const char **next)
{
  size_t length = strcspn(text, "\n"), end;
  int taken;

  end = fit(text, length, columns, &taken);
  if (end == length)
    {
      *next = text[length] == '\n' ? text + length + 1 : text + length;
      return length;
    }
  for (size_t i = end + 1; i-- > 1;)
    if (text[i] == ' ' && text[i - 1] != ' ')
      {
        *next = text + i + strspn(text + i, " ");
        return i;
      }
  if (end == 0)
    end = length; /* not even one character fits */
  *next = text + end;
  return end;
}

void
cli_wrap(const struct cli_terminal *t, enum cli_style style, int at, int indent, const char *text)
{
  cc_auto_free char *shown = safe(text);
  const char *line = shown;
  int room = t->width - indent < 20 ? 20 : t->width - indent;

  do
    {
      const char *next;
      size_t length = take_line(line, line == shown ? t->width - at : room, &next);

      if (line != shown && length > 0)
        spaces(t, indent);
      put(t, style, line, length);
      fputc('\n', t->file);
      line = next;
    }
  while (*line != '\0');
}

int
cli_print_json(const struct cli_terminal *t, const struct cc_jval *value, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  size_t length;

  if (cc_json_write_pretty(value, &text, &length, err) < 0)
    return CC_FAILED;
  fwrite(text, 1, length, t->file);
  return 0;
}

/* -- tables -- */

struct row
{
  char **cells;
  enum cli_style *styles;
};

struct cli_table
{
  int columns;
  const char *const *titles;
  struct row *rows;
  size_t count;
};

#define GAP 2       /* spaces between columns */
#define ROOM_MIN 16 /* for a last column that is wrapped */

struct cli_table *
cli_table_new(int columns, const char *const *titles)
{
  struct cli_table *table = cc_xcalloc(1, sizeof(*table));

  table->columns = columns;
  table->titles = titles;
  return table;
}

void
cli_table_row(struct cli_table *table, const enum cli_style *styles, const char *const *cells)
{
  struct row *row;

  table->rows = cc_xrealloc(table->rows, (table->count + 1) * sizeof(*table->rows));
  row = &table->rows[table->count++];
  row->cells = cc_xcalloc((size_t)table->columns, sizeof(char *));
  row->styles = cc_xcalloc((size_t)table->columns, sizeof(*row->styles));
  for (int i = 0; i < table->columns; i++)
    {
      row->cells[i] = safe(cells[i]);
      for (char *p = row->cells[i]; *p != '\0'; p++)
        *p = *p == '\n' ? ' ' : *p;
      row->styles[i] = styles != NULL ? styles[i] : CLI_PLAIN;
    }
}

static int
width_of_column(const struct cli_table *table, int column)
{
  int width = table->titles != NULL ? cli_columns(table->titles[column]) : 0;

  for (size_t i = 0; i < table->count; i++)
    {
      int one = cli_columns(table->rows[i].cells[column]);

      width = one > width ? one : width;
    }
  return width;
}

static void
print_row(const struct cli_table *table, const struct cli_terminal *t, int indent, const int *widths,
          const char *const *cells, const enum cli_style *styles)
{
  const char *last = cells[table->columns - 1];
  int at = indent, left = t->width - indent;
  bool below;

  for (int i = 0; i < table->columns - 1; i++)
    left -= widths[i] + GAP;
  below = left < ROOM_MIN && cli_columns(last) > left; /* nobody reads what is wrapped into a few columns */
  spaces(t, indent);
  for (int i = 0; i < table->columns - 1; i++)
    {
      bool more = false;

      put(t, styles[i], cells[i], strlen(cells[i]));
      for (int j = i + 1; j < table->columns; j++)
        more = more || cells[j][0] != '\0';
      if (!more) /* no blanks at the end of a line */
        {
          fputc('\n', t->file);
          return;
        }
      if (below && i == table->columns - 2)
        {
          fputc('\n', t->file);
          at = indent + 4;
          spaces(t, at);
          break;
        }
      spaces(t, widths[i] - cli_columns(cells[i]) + GAP);
      at += widths[i] + GAP;
    }
  cli_wrap(t, styles[table->columns - 1], at, at, last);
}

void
cli_table_print(struct cli_table *table, const struct cli_terminal *t, int indent)
{
  cc_auto_free int *widths = cc_xcalloc((size_t)table->columns, sizeof(int));
  cc_auto_free enum cli_style *bold = cc_xcalloc((size_t)table->columns, sizeof(*bold));

  for (int i = 0; i < table->columns; i++)
    {
      widths[i] = width_of_column(table, i);
      bold[i] = CLI_BOLD;
    }
  if (table->titles != NULL)
    print_row(table, t, indent, widths, table->titles, bold);
  for (size_t i = 0; i < table->count; i++)
    {
      struct row *row = &table->rows[i];

      print_row(table, t, indent, widths, (const char *const *)row->cells, row->styles);
      for (int j = 0; j < table->columns; j++)
        free(row->cells[j]);
      free(row->cells);
      free(row->styles);
    }
  free(table->rows);
  free(table);
}
