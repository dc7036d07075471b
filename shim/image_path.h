/* Where a path of an image ends when its links are followed, also those that lead nowhere yet. */
#ifndef CC_SHIM_IMAGE_PATH_H
#define CC_SHIM_IMAGE_PATH_H

#include <stdbool.h>

/* PATH (absolute) as a process with the root directory DIRFD would walk it, without links: what is not there counts as
 * a directory that is, because runtimes create it, and because /proc and /dev are empty until they are mounted.
 * malloc'd, absolute and clean, the caller's; NULL for a ring of links or when it cannot be read. */
char *cc_image_resolve(int dirfd, const char *path);

/* The same where other things are mounted over the image: what COVERED says true of, being given CONTEXT and a path
 * without links, is not the image's, and holds no links. */
char *cc_image_resolve_below(int dirfd, const char *path, bool (*covered)(const char *path, const void *context),
                             const void *context);

#endif
