/* What is wrong with a configuration, though it can be read: the findings of `closedclaw doctor` and `closedclaw
 * security audit`. docs/findings.md has them all for people; tests/docs/check.py holds it to the tables. */
#ifndef CC_POLICY_FINDINGS_H
#define CC_POLICY_FINDINGS_H

#include "common/error.h"
#include "common/json.h"
#include "policy/reading.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cc_severity
{
  CC_INFO,
  CC_WARNING,
  CC_CRITICAL,
  CC_SEVERITIES
};

/* "critical" */
const char *cc_severity_name(enum cc_severity severity);

struct cc_audit;

/* A kind of finding: a row of a table. (A `finding` of shim/report.h is what was made of one container.) */
struct cc_fault_kind
{
  const char *id; /* '*' stands for a name that each finding fills in */
  enum cc_severity severity;
  const char *title;
  const char *why;
  void (*check)(struct cc_audit *audit, const struct cc_fault_kind *kind); /* NULL: found by somebody else */
};

struct cc_fault
{
  const struct cc_fault_kind *kind;
  char *id;
  enum cc_severity severity;
  char *agent;           /* "" when it is about all of them, or none */
  char *file;            /* "" when it is about none */
  uint32_t line, column; /* 0 when it is about the file itself */
  char *seen;            /* what was seen: one sentence without a dot, names in `ticks`; never a secret */
  char *fix;             /* the change that mends it, as a sentence without a dot */
  char *value;  /* JSON5 to write in the place of the value at the place, "" for none: what --fix may do by itself */
  int mode;     /* permissions to give the file, -1 for none: the same */
  char *reason; /* why it is suppressed, NULL when it is not */
};

struct cc_findings
{
  struct cc_fault **items;
  size_t count;
  uint32_t *slots; /* numbers from 1 of the items, by id and place */
  size_t slot_count;
};

#define CC_FINDINGS_INIT                                                                                               \
  {                                                                                                                    \
    NULL, 0, NULL, 0                                                                                                   \
  }

/* Looks at CONFIG and READING, which come from one of the functions of policy/reading.h, and appends what is found to
 * OUT. What a bind's source is, is looked up on this host; nothing else is. */
void cc_findings_audit(const struct cc_config *config, const struct cc_reading *reading, struct cc_findings *out);

/* Adds a finding of KIND about FILE ("" for none) at LINE and COLUMN (0 for none), with KIND's severity and no text.
 * NULL when there is one of that ID at that place already. NAME fills in the '*' of the id, NULL when it has none. */
struct cc_fault *cc_findings_add(struct cc_findings *list, const struct cc_fault_kind *kind, const char *name,
                                 const char *file, uint32_t line, uint32_t column);
/* The same, whatever is there already: of one container several differences are told. Never NULL. */
struct cc_fault *cc_findings_append(struct cc_findings *list, const struct cc_fault_kind *kind, const char *file,
                                    uint32_t line, uint32_t column);
/* Sets what was seen, and what mends it. F may be NULL. */
void cc_fault_seen(struct cc_fault *f, const char *fmt, ...) CC_PRINTF(2, 3);
void cc_fault_fix(struct cc_fault *f, const char *fmt, ...) CC_PRINTF(2, 3);

/* Applies the `security.audit.suppressions` of READING to LIST, and adds the findings about them. The last step. */
void cc_findings_suppress(const struct cc_reading *reading, struct cc_findings *list);

/* Orders LIST: severity, then file and place, then id. */
void cc_findings_sort(struct cc_findings *list);

/* How many of SEVERITY are not suppressed. */
size_t cc_findings_count(const struct cc_findings *list, enum cc_severity severity);

void cc_findings_clear(struct cc_findings *list);

/* Every kind that the configuration can have, for documents and tests: the I-th from 0, NULL after the last. */
const struct cc_fault_kind *cc_fault_kind_at(size_t i);

/* The kind of that id. It must exist. */
const struct cc_fault_kind *cc_fault_kind_of(const char *id);

#endif
