/* The standard streams of a create, a run and an exec. */
#ifndef CC_SHIM_STREAMS_H
#define CC_SHIM_STREAMS_H

#include "common/error.h"

#include <stdbool.h>

/* Before the low-level runtime at PATH takes over for an exec, or for a create or run: crun before 1.24 gives each
 * standard stream to the container's user, and /dev/null of the host is one of them wherever an engine has nothing to
 * read (crun a9d12996, "never chown devices"). The program then owns the host's node, and may take it from everybody
 * with fchmod(2). So a stream that is a memory device (null, zero, …) is replaced by the same device behind a node of
 * its own, in a file system that nobody else sees, unless the low-level runtime leaves /dev/null alone by itself. A
 * stream that is another device, and no terminal, is refused (rule "stream"). */
int cc_streams_protect(const char *path, bool exec, struct cc_error *err);

#endif
