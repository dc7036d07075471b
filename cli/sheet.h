/* A sheet: labelled values, and dim at the right where each comes from. Everything is gathered first, so that the right
 * column is as narrow as it can be. */
#ifndef CC_CLI_SHEET_H
#define CC_CLI_SHEET_H

#include "cli/terminal.h"

struct cli_sheet;

/* The caller owns it; cli_sheet_print() frees it. */
struct cli_sheet *cli_sheet_new(void);

/* A line of its own: a heading, or "" for an empty line. */
void cli_sheet_line(struct cli_sheet *sheet, enum cli_style style, const char *text);

/* A value. Labels of rows that follow one another and are ALIGNED have their values in one column. LABEL may be "". A
 * value that does not fit is wrapped; an ORIGIN of "" is left out. All texts are copied. */
void cli_sheet_row(struct cli_sheet *sheet, bool aligned, int indent, const char *label, enum cli_style style,
                   const char *value, const char *origin);

void cli_sheet_print(struct cli_sheet *sheet, const struct cli_terminal *t);

#endif
