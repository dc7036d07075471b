/* Directories that nobody but root and the caller can put something else in the place of. */
#ifndef CC_SHIM_PRIVATE_PATH_H
#define CC_SHIM_PRIVATE_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Opens the directory PATH (absolute) step by step, each step judged through its descriptor: every directory on the
 * way, also of where a link leads, belongs to root or the caller, and nobody else may write to it; so does every link.
 * A sticky directory (/tmp) keeps others from renaming what is not theirs. The last directory may belong to LAST_OWNER
 * instead. Returns a descriptor (O_PATH), the caller's, and its place without links in REAL; -1 for anything else. */
int cc_private_open(const char *path, uid_t last_owner, char real[PATH_MAX]);

/* The same for the regular file PATH, whose owner and mode are the caller's to judge; it may be a link, too. */
int cc_private_open_file(const char *path, char real[PATH_MAX]);

/* The same for the directory NAME (relative; no links at all) below DIRFD, each of which may belong to OWNER. */
int cc_private_open_below(int dirfd, const char *name, uid_t owner);

/* True when ST is root's or the caller's. In a user namespace the host's root has the id that owns "/". */
bool cc_private_owner(const struct stat *st);

#endif
