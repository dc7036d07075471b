/* What is written for people: colours only where they are wanted, lines that fit, and no control characters from
 * outside. */
#ifndef CC_CLI_TERMINAL_H
#define CC_CLI_TERMINAL_H

#include "common/error.h"
#include "common/json.h"

#include <stdbool.h>
#include <stdio.h>

enum cli_style
{
  CLI_PLAIN,
  CLI_BOLD,
  CLI_DIM,
  CLI_RED,
  CLI_GREEN,
  CLI_YELLOW,
  CLI_CYAN,
  CLI_CRITICAL, /* bold red */
  CLI_STYLES
};

struct cli_terminal
{
  FILE *file;
  bool colour;
  int width; /* columns, 40 to 200; 80 when the output is no terminal and COLUMNS says nothing */
};

/* Fills OUT for FILE. WHEN is "auto", "always" or "never"; with "auto" there are colours on a terminal whose TERM is
 * not "dumb", and not where NO_COLOR is set and not empty (https://no-color.org). */
void cli_terminal_open(struct cli_terminal *out, FILE *file, const char *when);

/* Writes formatted text in STYLE. Control characters but newline become '?', and so does what is no UTF-8: names come
 * from images and callers, and a terminal obeys what it is shown. */
void cli_print(const struct cli_terminal *t, enum cli_style style, const char *fmt, ...) CC_PRINTF(3, 4);

/* Writes TEXT in STYLE as a paragraph, with words wrapped to the terminal's width: the first line begins where the
 * cursor is, at column AT; each next one is indented by INDENT. Ends with a newline. Newlines in TEXT are kept. */
void cli_wrap(const struct cli_terminal *t, enum cli_style style, int at, int indent, const char *text);

/* How many columns TEXT takes. */
int cli_columns(const char *text);

/* Writes VALUE as JSON of several lines, two spaces for each level, and a newline. Not coloured. */
int cli_print_json(const struct cli_terminal *t, const struct cc_jval *value, struct cc_error *err);

/* -- tables -- */

/* Columns that are as wide as their widest cell; when the row does not fit, the last column is wrapped. */
struct cli_table;

/* TITLES (ends with NULL; NULL itself for a table without a head) is not copied. The caller owns the table. */
struct cli_table *cli_table_new(int columns, const char *const *titles);
/* Adds a row: one text for each column, copied. STYLES (one for each column) may be NULL. */
void cli_table_row(struct cli_table *table, const enum cli_style *styles, const char *const *cells);
/* Writes it, each line indented by INDENT, and frees it. */
void cli_table_print(struct cli_table *table, const struct cli_terminal *t, int indent);

#endif
