/* What people ask of a container later: who it is of, and what was made of what its caller asked for. Written at create
 * behind the state (shim/state.h), where no call of an engine reads it; for the operator's command. */
#ifndef CC_SHIM_ABOUT_H
#define CC_SHIM_ABOUT_H

#include "common/error.h"
#include "common/json.h"
#include "policy/identity.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest text that is written: of findings, what does not fit is counted (`left`); names are cut. */
#define CC_ABOUT_MAX (128u << 10)

/* A line of what was tightened, or, with enforcement "report", would have been. */
struct cc_about_item
{
  bool refused;
  char *rule;
  char *what;      /* tightened: the place in the configuration; refused: the message */
  char *was, *now; /* tightened */
};

struct cc_report; /* shim/report.h */

struct cc_about
{
  char *root; /* the low-level runtime's --root as it was given, NULL when it was not */
  enum cc_engine engine;
  enum cc_kind kind;
  char *agent, *session; /* NULL: unknown */
  char *name, *image;    /* where annotations say them; NULL */
  char *engine_dir;      /* Docker's directory of the container, NULL */
  int64_t created;       /* milliseconds since 1970 */
  struct cc_about_item *items;
  size_t count, left;
};

/* What cc_about_write() takes. Nothing is owned. */
struct cc_about_source
{
  const char *root;
  const struct cc_identity *identity;
  const struct cc_jval *annotations; /* of the specification; NULL for none */
  const struct cc_report *report;
};

/* As one line of JSON without a newline, malloc'd in *OUT. Of a variable of the environment only its name is written.
 */
int cc_about_write(const struct cc_about_source *source, char **out, struct cc_error *err);

/* Reads that. Members that are missing or unknown are no error: versions differ. *OUT is the caller's. */
int cc_about_read(const char *text, struct cc_about *out, struct cc_error *err);

void cc_about_clear(struct cc_about *about);

#endif
