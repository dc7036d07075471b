#include "common/json_members.h"

#include <string.h>

static const char *
skip_blanks(const char *p)
{
  return p + strspn(p, " \t\r\n\v\f"); /* yajl takes all six */
}

/* Behind the string that begins at P; NULL when it does not end. */
static const char *
skip_string(const char *p)
{
  for (p++; *p != '\0' && *p != '"'; p++)
    if (*p == '\\' && *++p == '\0')
      return NULL;
  return *p == '"' ? p + 1 : NULL;
}

/* Behind the value that begins at P, or NULL. */
static const char *
skip_value(const char *p)
{
  size_t depth = 0;

  do
    {
      if (*p == '"')
        {
          p = skip_string(p);
          if (p == NULL)
            return NULL;
        }
      else if (*p == '{' || *p == '[')
        {
          depth++;
          p++;
        }
      else if (*p == '}' || *p == ']')
        {
          if (depth-- == 0)
            return NULL;
          p++;
        }
      else
        {
          size_t n = strcspn(p, depth == 0 ? ",}] \t\r\n\v\f" : "\"{}[]");

          if (n == 0)
            return NULL;
          p += n;
        }
    }
  while (depth > 0);
  return p;
}

bool
cc_json_find_members(const char *text, struct cc_json_member *members, size_t count)
{
  const char *p = skip_blanks(text);
  size_t found = 0;
  char before = '{';

  while (found < count && *p == before)
    {
      const char *key = skip_blanks(p + 1), *end = *key == '"' ? skip_string(key) : NULL, *value;

      if (end == NULL)
        return before == '{' && *key == '}';
      value = skip_blanks(end);
      if (*value != ':')
        return false;
      value = skip_blanks(value + 1);
      for (size_t i = 0; i < count; i++)
        if (strlen(members[i].name) == (size_t)(end - key) - 2
            && strncmp(members[i].name, key + 1, strlen(members[i].name)) == 0)
          {
            if (members[i].value != NULL)
              return false;
            members[i].value = value;
            found++;
          }
      p = skip_value(value);
      if (p == NULL)
        return false;
      p = skip_blanks(p);
      before = ',';
    }
  return found == count || *p == '}';
}
