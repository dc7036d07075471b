/* What somebody should know about an answer: what was assumed, and what could not be looked at. */
#ifndef CC_CLI_NOTES_H
#define CC_CLI_NOTES_H

#include "common/error.h"

#include <stddef.h>

enum cli_note_kind
{
  CLI_NOTE_ASSUMED,
  CLI_NOTE_NOT_JUDGED,
  CLI_NOTE_WARNING,
};

struct cli_notes
{
  struct cli_note
  {
    enum cli_note_kind kind;
    char *text;
  } * items;
  size_t count;
};

/* Adds a note; one that is there already is not added again. */
void cli_note(struct cli_notes *notes, enum cli_note_kind kind, const char *fmt, ...) CC_PRINTF(3, 4);
void cli_notes_clear(struct cli_notes *notes);

#endif
