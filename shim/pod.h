/* Whose pod a container is in. The annotations that say so are the caller's as well (Podman), so what they say counts
 * only when this runtime itself created that sandbox. */
#ifndef CC_SHIM_POD_H
#define CC_SHIM_POD_H

#include "common/json.h"
#include "policy/identity.h"

#include <stdbool.h>

/* True when the container of SPEC is one that others may join: Kubernetes' sandbox, or Podman's infra container. */
bool cc_pod_is_sandbox(const struct cc_identity *identity, const struct cc_jval *spec);

/* Forgets IDENTITY's sandbox unless it is the container itself, or one that this runtime created under ROOT (its
 * --root) as a sandbox. */
void cc_pod_verify(struct cc_identity *identity, const char *root);

/* True when PATH is "/proc/N/ns/TYPE" and N is the init process of IDENTITY's pod sandbox, which this
 * runtime itself created under ROOT (its --root): the annotation alone proves nothing. */
bool cc_pod_owns_namespace(const struct cc_identity *identity, const char *root, const char *path);

#endif
