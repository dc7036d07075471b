/* What a process may keep of the capabilities it was given. */
#ifndef CC_SHIM_CAPABILITIES_H
#define CC_SHIM_CAPABILITIES_H

#include "common/json.h"
#include "policy/policy.h"

#include <stdbool.h>

/* True for one of the capabilities that an engine grants unasked (Docker's 14 contain Podman's 11 and `runc spec`'s 3).
 */
bool cc_capability_is_default(const char *name);

/* Makes all five sets of PROCESS's capabilities contain nothing but what ALLOWED lists (CVE-2022-29162: inheritable and
 * ambient too). True when something was taken away or the object was missing. */
bool cc_capabilities_limit(struct cc_json *doc, struct cc_jval *process, const struct cc_strings *allowed);

/* What POLICY leaves of the default capabilities: none with capDrop ALL. *OUT is the caller's (free each item and the
 * list). */
void cc_capabilities_allowed(const struct cc_policy *policy, struct cc_strings *out);

#endif
