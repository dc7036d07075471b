/* Identity: which engine, agent, session and kind a container is of. From where the engine keeps the bundle, from
 * annotations (the API's caller sets them, the image cannot), and from the engine's own root-owned files; never from
 * the image's environment. docs/trust-model.md says how far each is trusted. */
#ifndef CC_SHIM_IDENTIFY_H
#define CC_SHIM_IDENTIFY_H

#include "common/json.h"
#include "policy/identity.h"

#include <stdbool.h>

/* Fills OUT (the caller clears it) for container ID of the document SPEC in BUNDLE (absolute path). Never fails: what
 * is not known stays NULL. */
void cc_identify(const struct cc_jval *spec, const char *bundle, const char *id, struct cc_identity *out);

/* Adds agent, session and kind from Docker's labels, where no annotation names them: those labels that the API's caller
 * set and the image did not (shim/docker_labels.h). Costs two files, so it is called only when the configuration tells
 * agents or sessions apart. */
void cc_identify_by_labels(struct cc_identity *identity);

/* For closedclaw-runtime-auto: true when the container shows any sign of being an agent's. Labels and the environment,
 * which an image can set, count too: here they only raise confinement. */
bool cc_identity_is_agent(const struct cc_identity *identity, const struct cc_jval *spec);

#endif
