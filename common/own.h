/* Ownership: every resource is released by a cleanup attribute at its declaration.
 * A descriptor that is not there is -1 (0 is a valid descriptor: bubblewrap#731),
 * a pointer that is not there is NULL; all cleanups accept both. */
#ifndef CC_COMMON_OWN_H
#define CC_COMMON_OWN_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void cc_cleanup_free(void *p);  /* char **: frees it and sets it to NULL */
void cc_cleanup_close(int *fd); /* closes unless -1, keeps errno, sets it to -1 */
void cc_cleanup_file(FILE **f);

#define cc_auto_free __attribute__((cleanup(cc_cleanup_free)))
#define cc_auto_close __attribute__((cleanup(cc_cleanup_close)))
#define cc_auto_file __attribute__((cleanup(cc_cleanup_file)))

/* Hands ownership on: the value is returned, the variable becomes "none". */
#define cc_move_ptr(p)                                                                                                 \
  __extension__({                                                                                                      \
    __typeof__(p) *moved_p_ = &(p);                                                                                    \
    __typeof__(p) moved_ = *moved_p_;                                                                                  \
    *moved_p_ = NULL;                                                                                                  \
    moved_;                                                                                                            \
  })

static inline int
cc_move_fd(int *fd)
{
  int moved = *fd;
  *fd = -1;
  return moved;
}

/* Allocation that cannot fail: out of memory ends the program (abort), which is
 * closed for a runtime, since the low-level runtime is then never started. */
void *cc_xcalloc(size_t n, size_t size);
void *cc_xrealloc(void *p, size_t size);
char *cc_xstrdup(const char *s);
char *cc_xstrndup(const char *s, size_t n);
char *cc_xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
