/* The record of refusals (shim/record.h), read again: what it says of one container. */
#ifndef CC_SHIM_RECORD_READ_H
#define CC_SHIM_RECORD_READ_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

/* How much of the end of the file is read, and how many entries of a container are kept: the newest. */
#define CC_RECORD_READ_MAX (4u << 20)
#define CC_RECORD_ENTRIES_MAX 200

struct cc_record_entry
{
  char *time;              /* "2026-01-31T12:00:00Z" */
  char *event;             /* "refused", "would-refuse", "would-tighten" */
  char *call;              /* "create", "exec" */
  char *container, *rule;  /* "" for unknown */
  char *message;           /* of a refusal, "" otherwise */
  char *place, *was, *now; /* of a tightening, "" otherwise */
};

struct cc_record
{
  struct cc_record_entry *items; /* the oldest first */
  size_t count;
  size_t left; /* entries of the container that are not kept */
  bool cut;    /* the file is longer than what was read: there may be older ones */
};

#define CC_RECORD_INIT                                                                                                 \
  {                                                                                                                    \
    NULL, 0, 0, false                                                                                                  \
  }

/* Reads from FILE what is about the container ID, or, when none is called exactly so, about the one whose id begins
 * with it: *OUT, the caller's. A file that is not there says nothing of anybody. Fails when it could have been written
 * by somebody else, and, with errnum EEXIST, when several containers begin so. Lines that are no entries are left out.
 */
int cc_record_read(const char *file, const char *id, struct cc_record *out, struct cc_error *err);

void cc_record_clear(struct cc_record *record);

#endif
