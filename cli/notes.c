#include "cli/notes.h"

#include "common/own.h"

#include <stdarg.h>
#include <string.h>

void
cli_note(struct cli_notes *notes, enum cli_note_kind kind, const char *fmt, ...)
{
  char *text = NULL;
  va_list ap;
  int n;

  va_start(ap, fmt);
  n = vasprintf(&text, fmt, ap);
  va_end(ap);
  if (n < 0)
    abort();
  for (size_t i = 0; i < notes->count; i++)
    if (notes->items[i].kind == kind && strcmp(notes->items[i].text, text) == 0)
      {
        free(text);
        return;
      }
  notes->items = cc_xrealloc(notes->items, (notes->count + 1) * sizeof(*notes->items));
  notes->items[notes->count++] = (struct cli_note){ kind, text };
}

void
cli_notes_clear(struct cli_notes *notes)
{
  for (size_t i = 0; i < notes->count; i++)
    free(notes->items[i].text);
  free(notes->items);
  *notes = (struct cli_notes){ NULL, 0 };
}
