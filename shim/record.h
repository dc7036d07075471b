/* The record of what was refused, and, with enforcement "report", of what would have been. One JSON object a line,
 * appended to the policy's audit file, outside of every container. A failure to record never fails the call. */
#ifndef CC_SHIM_RECORD_H
#define CC_SHIM_RECORD_H

#include "common/error.h"
#include "shim/report.h"

/* Records that ID's CALL ("create", "exec", …) was refused with ERR. FILE "" or NULL: no record. */
void cc_record_refusal(const char *file, const char *id, const char *call, const struct cc_error *err);

/* Records each finding of REPORT as what enforcement would have done. */
void cc_record_report(const char *file, const char *id, const char *call, const struct cc_report *report);

#endif
