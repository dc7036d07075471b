/* Files through descriptors. Every descriptor is close-on-exec. */
#ifndef CC_COMMON_FD_H
#define CC_COMMON_FD_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* openat2(2) with RESOLVE; O_CLOEXEC is added. Returns the descriptor, or -1 with errno. A kernel
 * without openat2 gives ENOSYS: there is no weaker fallback. */
int cc_openat2(int dirfd, const char *path, int flags, unsigned mode, uint64_t resolve);

/* Reads all of FD from its current offset into *OUT (malloc'd, NUL-terminated, the caller's).
 * More than MAX bytes is an error. WHAT names it in errors. */
int cc_read_all(int fd, size_t max, const char *what, char **out, size_t *length, struct cc_error *err);

/* Opens NAME below DIRFD without following a link at the end, and reads it as above. *ST (may be NULL)
 * is its fstat. Anything but a regular file is an error. */
int cc_read_file_at(int dirfd, const char *name, size_t max, char **out, size_t *length, struct stat *st,
                    struct cc_error *err);

/* Writes all of it. 0 or -1 with errno. */
int cc_write_all(int fd, const void *data, size_t length);

/* Replaces NAME below DIRFD by a file with this content, MODE and owner, so that at any instant
 * either the old or the new content is there, whole (temporary file in DIRFD, renameat). A call that replaces a
 * file and is killed at its last system call leaves the temporary file: a later call replaces that. Not synced: the
 * callers' directories are tmpfs, and a power cut ends every container anyway. */
int cc_replace_file_at(int dirfd, const char *name, const char *data, size_t length, mode_t mode, uid_t uid, gid_t gid,
                       struct cc_error *err);

/* Removes what a killed cc_replace_file_at of NAME may have left below DIRFD. */
void cc_replace_forget_at(int dirfd, const char *name);

/* A sealed, close-on-exec memfd named NAME that holds DATA, at offset 0. Returns it or a negative number. */
int cc_memfd(const char *name, const char *data, size_t length, struct cc_error *err);

/* The kernel's word for where FD is, from /proc/self/fd: malloc'd in *OUT. 0 or -1 with errno. What is not below this
 * process's root, or was removed, is told by the text. */
int cc_fd_path(int fd, char **out);

/* 1 when nobody but root and the caller may put something else at the absolute, link-free PATH: each directory above it
 * is theirs and, sticky ones such as /tmp apart, no one else's to write. 0 when somebody may; *PARENT (may be NULL) is
 * then where, malloc'd. -1 with errno. In a user namespace the host's root has the id that owns "/". */
int cc_parents_are_private(const char *path, char **parent);

/* True when neither group nor others may write and the owner is root or the caller's effective user. */
bool cc_is_private(const struct stat *st);

#endif
