/* What hardening found: every tightening and every refusal, in order. */
#ifndef CC_SHIM_REPORT_H
#define CC_SHIM_REPORT_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum cc_finding_kind
{
  CC_TIGHTENED,
  CC_REFUSED
};

struct cc_finding
{
  enum cc_finding_kind kind;
  const char *rule; /* static */
  char *what;       /* tightened: the place in the configuration, "process.user"; refused: the whole message */
  char *was, *now;  /* tightened: short texts; NULL for a refusal */
};

struct cc_report
{
  struct cc_finding *items;
  size_t count;
  size_t refusals;
};

#define CC_REPORT_INIT                                                                                                 \
  {                                                                                                                    \
    NULL, 0, 0                                                                                                         \
  }

/* Notes that PLACE (a path in the configuration) was WAS and now is NOW. RULE must be a string literal.
 * Always returns 0. */
int cc_report_tighten(struct cc_report *report, const char *rule, const char *place, const char *was,
                      const char *now_fmt, ...) CC_PRINTF(5, 6);

/* Notes a refusal: "what was asked: why; what to do instead". Always returns 0: the pipeline goes
 * on, so that a report lists everything, and fails at its end. */
int cc_report_refuse(struct cc_report *report, const char *rule, const char *fmt, ...) CC_PRINTF(3, 4);

/* The first refusal, or NULL. */
const struct cc_finding *cc_report_first_refusal(const struct cc_report *report);

void cc_report_clear(struct cc_report *report);

#endif
