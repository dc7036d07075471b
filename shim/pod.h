/* Whether a namespace path belongs to the pod that a container is in. */
#ifndef CC_SHIM_POD_H
#define CC_SHIM_POD_H

#include "policy/identity.h"

#include <stdbool.h>

/* True when PATH is "/proc/N/ns/TYPE" and N is the init process of IDENTITY's pod sandbox, which this
 * runtime itself created under ROOT (its --root): the annotation alone proves nothing. */
bool cc_pod_owns_namespace (const struct cc_identity *identity, const char *root, const char *path);

#endif
