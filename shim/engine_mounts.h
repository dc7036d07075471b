/* What an engine mounts for itself: recognised by path, owner and the ids of this very container
 * (docs/mount-rules.md). Everything else in a configuration is the caller's. */
#ifndef CC_SHIM_ENGINE_MOUNTS_H
#define CC_SHIM_ENGINE_MOUNTS_H

#include "common/error.h"
#include "common/json.h"
#include "policy/binds.h"
#include "policy/identity.h"

struct cc_engine_mounts;

enum cc_engine_mount
{
  CC_MOUNT_CALLERS, /* not the engine's: the bind rules decide */
  CC_MOUNT_ENGINES, /* a file that the engine made for this container */
  CC_MOUNT_VOLUME,  /* a volume of this container in an engine's directory: judged by what it is, not by where */
  CC_MOUNT_TOKEN,   /* a Kubernetes service-account token */
};

/* Looks through the mounts of SPEC for directories of IDENTITY's container. ROOT_ARG is the low-level runtime's --root
 * or NULL. Both must outlive *OUT, the caller's. */
int cc_engine_mounts_new(const struct cc_jval *spec, const struct cc_identity *identity, const char *root_arg,
                         struct cc_engine_mounts **out, struct cc_error *err);
void cc_engine_mounts_free(struct cc_engine_mounts *engine);

/* The engine's data and state directories that these mounts showed, for cc_bind_rules_new(). Ends with NULL. */
const char *const *cc_engine_mounts_roots(const struct cc_engine_mounts *engine);

/* Exempts this container's volumes in those directories from RULES. */
void cc_engine_mounts_exempt(const struct cc_engine_mounts *engine, struct cc_bind_rules *rules);

/* Who made the bind of SOURCE to DESTINATION (clean absolute). READ_ONLY: it is. */
enum cc_engine_mount cc_engine_mounts_classify(const struct cc_engine_mounts *engine, const char *source,
                                               const char *destination, bool read_only);

#endif
