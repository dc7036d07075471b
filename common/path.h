/* Paths as text. What a path *is* is decided through a descriptor (common/fd.h), never here alone. */
#ifndef CC_COMMON_PATH_H
#define CC_COMMON_PATH_H

#include <stdbool.h>

/* True for "/", or an absolute path without empty, "." or ".." components and without a trailing '/'. */
bool cc_path_is_clean(const char *path);

/* The absolute PATH without empty and "." components, ".." resolved by text, no trailing '/'.
 * malloc'd, the caller's. NULL when PATH is not absolute. */
char *cc_path_clean(const char *path);

/* True when PATH is DIR or below it. Both clean. */
bool cc_path_is_under(const char *path, const char *dir);

/* The part after the last '/'. */
const char *cc_path_base(const char *path);

#endif
