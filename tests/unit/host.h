/* A host of the test's own: a private mount namespace, with directories that stand for a real machine's. */
#ifndef CC_TESTS_UNIT_HOST_H
#define CC_TESTS_UNIT_HOST_H

#include <stdbool.h>

/* Enters a private mount namespace with empty /home, /root, /boot, /var/lib and /tmp, and makes a scratch directory on
 * the root filesystem. Call it once. Ends the program when something is in the way (the tests need root). */
void cc_host_enter(void);

/* The scratch directory. */
const char *cc_host_dir(void);

/* A path from a format, in one of eight rotating buffers; a leading '@' is the scratch directory. */
const char *cc_host_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Makes a directory with its parents, or a file of that content with them. */
const char *cc_host_mkdir(const char *path);
const char *cc_host_file(const char *path, const char *text);

/* Bind mount of FROM at TO, which is made. */
void cc_host_bind(const char *from, const char *to);
void cc_host_mount(const char *type, const char *at, const char *data);
void cc_host_umount(const char *at);

/* Takes the scratch directory away. */
void cc_host_leave(void);

#endif
