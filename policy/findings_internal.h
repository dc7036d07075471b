/* What the tables of findings share. Nothing outside policy/ includes it. */
#ifndef CC_POLICY_FINDINGS_INTERNAL_H
#define CC_POLICY_FINDINGS_INTERNAL_H

#include "policy/binds.h"
#include "policy/document.h"
#include "policy/findings.h"
#include "policy/places.h"
#include "policy/tool_config.h"

/* One look at one configuration. What it is at now: POLICY for the tables of each policy; that and TOOLS for
 * those of each `tools`; SOURCE and BLOCK for those of each written block and each file. */
struct cc_audit
{
  const struct cc_config *config;
  const struct cc_reading *reading;
  struct cc_findings *out;
  struct cc_doc_map *maps; /* one for each source */
  struct cc_places places; /* loaded at the first bind */
  struct cc_bind_rules *rules;
  bool places_loaded;
  const char *agent; /* "" for the defaults */
  const struct cc_policy *policy;
  const struct cc_policy *defaults; /* the one of no agent */
  const struct cc_source *source;
  const struct cc_jval *block;
  const struct cc_tool_block *tools;
};

/* How often the checks of a table are made. */
enum cc_finding_scope
{
  CC_EACH_POLICY, /* for the defaults and each agent, on what comes out for it */
  CC_EACH_BLOCK,  /* for each `sandbox` block as it was written: also what the reader does not take */
  CC_EACH_TOOLS,  /* for the `tools` at the top and of each agent */
  CC_EACH_FILE,   /* for each file: BLOCK is its root */
  CC_ONCE,
};

struct cc_finding_table
{
  enum cc_finding_scope scope;
  const struct cc_fault_kind *kinds; /* ends with an id of NULL */
};

extern const struct cc_fault_kind cc_findings_of_policy[], cc_findings_of_binds[], cc_findings_of_blocks[],
    cc_findings_of_flags[], cc_findings_of_tools[], cc_findings_of_tool_blocks[], cc_findings_of_record[],
    cc_findings_of_reading[], cc_findings_of_suppressions[];

/* Adds a finding about the value that was written at ORIGIN, which all zero means "nowhere". NULL when it is known. */
struct cc_fault *cc_audit_at(struct cc_audit *a, const struct cc_fault_kind *kind, const struct cc_origin *origin);
/* The same about V of the current source. NAME fills in the '*' of the id. */
struct cc_fault *cc_audit_at_value(struct cc_audit *a, const struct cc_fault_kind *kind, const char *name,
                                   const struct cc_jval *v);

/* "`agents.defaults.sandbox.mode`" for the place of F, in ticks; FALLBACK in ticks when nothing is there. malloc'd. */
char *cc_audit_key(const struct cc_audit *a, const struct cc_fault *f, const char *fallback);

/* The usual text: "`KEY` is VALUE", and the fix "set `KEY` to WANTED", which is also what --fix may write when the
 * value is in the text. F may be NULL. */
void cc_audit_set(const struct cc_audit *a, struct cc_fault *f, const char *key, const char *is, const char *wanted);

/* Notes that the policy of the current agent cannot be resolved, unless the reader has said why already. */
void cc_audit_unresolved(struct cc_audit *a, const struct cc_error *err);

/* Quotes TEXT as a JSON string. malloc'd. */
char *cc_audit_quote(const char *text);

/* The source that is called FILE, or NULL. */
const struct cc_source *cc_audit_source(const struct cc_audit *a, const char *file);

#endif
