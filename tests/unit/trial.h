/* One hardening module tried on a document, for tables of what it tightens and refuses. */
#ifndef CC_TESTS_UNIT_TRIAL_H
#define CC_TESTS_UNIT_TRIAL_H

#include "common/json.h"
#include "shim/harden.h"

/* A document under the default policy, as a plain container. Change policy and identity before trial_run(). */
struct trial
{
  struct cc_json *doc;
  struct cc_policy policy;
  struct cc_identity identity;
  struct cc_report report;
  struct cc_pins pins;
  struct cc_harden h;
};

/* JSON with ' for ", which tables are easier to read with. Ends the test when it does not parse. */
struct cc_json *trial_json(const char *text);

void trial_begin(struct trial *t, const char *spec);
void trial_end(struct trial *t);

/* Runs MODULE: the rule of its first refusal, or NULL. */
const char *trial_run(struct trial *t, cc_harden_fn module);

/* The value at PATH ("" is the root), with ' for ", or "absent". The caller frees. */
char *trial_text(const struct cc_jval *root, const char *path);

/* A row: SPEC must be refused with RULE, or (RULE NULL) have NOW at PATH after MODULE. */
struct trial_row
{
  const char *why, *spec, *rule, *path, *now;
};

void trial_rows(const struct trial_row *rows, size_t count, cc_harden_fn module);

#endif
