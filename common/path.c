#include "common/path.h"

#include "common/own.h"

#include <string.h>

bool
cc_path_is_clean(const char *path)
{
  if (path == NULL || path[0] != '/')
    return false;
  if (path[1] == '\0')
    return true;
  for (const char *p = path; *p == '/';)
    {
      size_t n = strcspn(++p, "/");

      if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
        return false;
      p += n;
    }
  return true;
}

char *
cc_path_clean(const char *path)
{
  char *out;
  size_t used = 0;

  if (path == NULL || path[0] != '/')
    return NULL;
  out = cc_xcalloc(1, strlen(path) + 2);
  while (*path != '\0')
    {
      size_t n;

      path += strspn(path, "/");
      n = strcspn(path, "/");
      if (n == 2 && path[0] == '.' && path[1] == '.')
        while (used > 0 && out[--used] != '/')
          ;
      else if (n > 0 && !(n == 1 && path[0] == '.'))
        {
          out[used++] = '/';
          memcpy(out + used, path, n);
          used += n;
        }
      path += n;
    }
  if (used == 0)
    out[used++] = '/';
  out[used] = '\0';
  return out;
}

bool
cc_path_is_under(const char *path, const char *dir)
{
  size_t n = strlen(dir);

  if (n == 1)
    return true;
  return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

const char *
cc_path_base(const char *path)
{
  const char *slash = strrchr(path, '/');

  return slash != NULL ? slash + 1 : path;
}
