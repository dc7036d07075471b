/* A gateway's configuration into ours: what carries over, and what does not. */
#ifndef CC_POLICY_IMPORT_H
#define CC_POLICY_IMPORT_H

#include "common/json.h"
#include "policy/reading.h"

#include <stddef.h>
#include <stdint.h>

enum cc_import_kind
{
  CC_IMPORT_CHANGED, /* written in another way, so that it means the same here */
  CC_IMPORT_NOTE,    /* means something else here; nothing was written */
  CC_IMPORT_WRONG,   /* left out: no configuration of ours may say it */
  CC_IMPORT_FOREIGN, /* left out: the gateway's own, nothing here acts on it */
};

struct cc_import_item
{
  enum cc_import_kind kind;
  char *key;             /* "agents.defaults.sandbox.docker.network" */
  uint32_t line, column; /* in the gateway's file, 0 when nothing was written there */
  char *why;
};

struct cc_import
{
  struct cc_import_item *items; /* in the order of the file */
  size_t count;
  size_t carried; /* values that were taken over as they are, or changed */
};

/* Takes over what the one file of READING (policy/reading.h), which must be JSON5, says of sandboxes, tools and
 * sessions: the result, an object, is made in DOC. READING's problems are what is left out as wrong. OUT must be empty.
 */
struct cc_jval *cc_config_import(struct cc_json *doc, const struct cc_reading *reading, struct cc_import *out);

void cc_import_clear(struct cc_import *import);

#endif
