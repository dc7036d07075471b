/* Changing a JSON5 text where values stand in it: comments, blanks and the order of keys stay as they are. */
#ifndef CC_POLICY_JSON5_EDIT_H
#define CC_POLICY_JSON5_EDIT_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One value to replace. */
struct cc_json5_edit
{
  uint32_t line, column; /* of the value, as a document of the text has it */
  const char *value;     /* what to write: JSON5 of one value */
  bool done;             /* set: false when the old value has a comment in it, or another edit around it */
  size_t begin, end;     /* set when done: the bytes of the old text that were replaced */
};

/* Makes the COUNT EDITS, which it puts in the order of the text, and proves it: both texts are read, and but for these
 * values the documents are the same. *OUT is malloc'd and the caller's. Fails when the old text is no JSON5, a place
 * has no value, or the proof fails. */
int cc_json5_replace(const char *text, size_t length, struct cc_json5_edit *edits, size_t count, char **out,
                     size_t *out_length, struct cc_error *err);

#endif
