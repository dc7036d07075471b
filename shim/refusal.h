/* From an error that is a refusal to a finding of the report. */
#ifndef CC_SHIM_REFUSAL_H
#define CC_SHIM_REFUSAL_H

#include "common/error.h"
#include "shim/report.h"

/* Notes ERR in REPORT when it is a refusal, and empties it: 0. Any other error stays: CC_FAILED. */
int cc_refusal_note(struct cc_report *report, struct cc_error *err);

#endif
