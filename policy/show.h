/* An effective policy as its configuration would be written: for those who show it. */
#ifndef CC_POLICY_SHOW_H
#define CC_POLICY_SHOW_H

#include "common/json.h"
#include "policy/policy.h"

/* The value of FIELD in POLICY, as a configuration could say it ("2g", ["ALL"], "/srv/a:/b:ro"), in DOC. Of the
 * environment only the names, for values may be secrets. NULL for what is no member of a policy. */
struct cc_jval *cc_policy_value(struct cc_json *doc, const struct cc_policy *policy, enum cc_field field);

/* A number of bytes as a configuration says it: "512m" where that is exact, else the number. malloc'd. */
char *cc_size_text(uint64_t bytes);

/* The words of the configuration. */
const char *cc_mode_word(enum cc_mode mode);
const char *cc_scope_word(enum cc_scope scope);
const char *cc_access_word(enum cc_workspace_access access);
const char *cc_enforcement_word(enum cc_enforcement enforcement);

#endif
