/* Where mounts go: the places that only the standard mounts may have, and where a target's links lead. */
#ifndef CC_SHIM_TARGETS_H
#define CC_SHIM_TARGETS_H

#include <stdbool.h>

/* True when DESTINATION (absolute, clean) is "/", or /proc, /sys, /dev or below one of them: a mount there hides what
 * labels and masks are written to (CVE-2019-16884, CVE-2019-19921). */
bool cc_target_is_kernels(const char *destination);

/* Where a mount at DESTINATION (absolute, clean) lands in the root filesystem ROOTFS_FD, whose links a low-level
 * runtime follows: malloc'd, the caller's; NULL when nobody can tell. DESTINATION itself when ROOTFS_FD is negative. */
char *cc_target_landing(int rootfs_fd, const char *destination);

#endif
