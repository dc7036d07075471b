/* Profiles in the form that Docker's and Podman's files have, which the engines resolve before a runtime sees them. */
#ifndef CC_POLICY_SECCOMP_DOCKER_H
#define CC_POLICY_SECCOMP_DOCKER_H

#include "common/json.h"

#include <stdint.h>

/* PROFILE as a profile of the runtime specification, new in DOC: rules for other architectures than NATIVE are left
 * out, and so are allowances that need a capability (`includes.caps`), since a managed container has none. A rule's
 * `name` becomes `names`. What is in the specification's form already stays as it is. Values that are not understood
 * are kept, for the strict reader to refuse. */
struct cc_jval *cc_seccomp_from_docker(struct cc_json *doc, const struct cc_jval *profile, uint32_t native);

#endif
