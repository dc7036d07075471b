#include "common/own.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void
cc_cleanup_free(void *p)
{
  void **pp = p;

  free(*pp);
  *pp = NULL;
}

void
cc_cleanup_close(int *fd)
{
  int saved = errno;

  if (*fd >= 0)
    close(*fd);
  *fd = -1;
  errno = saved;
}

void
cc_cleanup_file(FILE **f)
{
  int saved = errno;

  if (*f != NULL)
    fclose(*f);
  *f = NULL;
  errno = saved;
}

void *
cc_xcalloc(size_t n, size_t size)
{
  void *p = calloc(n == 0 ? 1 : n, size == 0 ? 1 : size);

  if (p == NULL)
    abort();
  return p;
}

void *
cc_xrealloc(void *p, size_t size)
{
  p = realloc(p, size == 0 ? 1 : size);
  if (p == NULL)
    abort();
  return p;
}

char *
cc_xstrdup(const char *s)
{
  return cc_xstrndup(s, strlen(s));
}

char *
cc_xstrndup(const char *s, size_t n)
{
  char *p = strndup(s, n);

  if (p == NULL)
    abort();
  return p;
}

char *
cc_xasprintf(const char *fmt, ...)
{
  char *p = NULL;
  va_list ap;

  va_start(ap, fmt);
  if (vasprintf(&p, fmt, ap) < 0)
    abort();
  va_end(ap);
  return p;
}
