/* What a create leaves behind whose low-level runtime was killed before it recorded its container. */
#ifndef CC_SHIM_AFTER_KILL_H
#define CC_SHIM_AFTER_KILL_H

#include "shim/state.h"

/* That low-level runtime's delete knows nothing of the container, so it leaves a group behind, and crun's also the
 * process that waits in there. The next create of this id would find the group in use. Ends and removes what is in the
 * group that STATE, of container ID under ROOT, was written with, when that is surely this create's; nothing when it
 * may be another container's. RUNTIME is the low-level runtime's base name. */
void cc_after_kill_clear(const char *root, const char *id, const char *runtime, const struct cc_state *state);

#endif
