/* Files of an engine's own, as far as they can be believed. */
#ifndef CC_SHIM_ENGINE_FILE_H
#define CC_SHIM_ENGINE_FILE_H

#include "common/json.h"

/* Reads NAME below DIRECTORY (up to 8 MiB) when nobody but root, or the caller's own user, could have written it. The
 * caller's; NULL otherwise. */
struct cc_json *cc_engine_json_read(const char *directory, const char *name);

#endif
