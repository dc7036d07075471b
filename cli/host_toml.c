#include "cli/host_toml.h"

#include "common/own.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Cuts a comment off: a '#' outside of strings. */
static void
cut_comment(char *line)
{
  char quote = '\0';

  for (char *p = line; *p != '\0'; p++)
    if (quote != '\0')
      {
        if (*p == '\\' && quote == '"' && p[1] != '\0')
          p++;
        else if (*p == quote)
          quote = '\0';
      }
    else if (*p == '"' || *p == '\'')
      quote = *p;
    else if (*p == '#')
      {
        *p = '\0';
        return;
      }
}

static char *
trim(char *text)
{
  size_t length;

  while (isspace((unsigned char)*text))
    text++;
  for (length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]);)
    text[--length] = '\0';
  return text;
}

/* Takes the quotes and the blanks around the parts of a name away. */
static void
plain_name(char *name)
{
  char *out = name;

  for (const char *p = name; *p != '\0'; p++)
    if (*p != '"' && *p != '\'' && !isspace((unsigned char)*p))
      *out++ = *p;
  *out = '\0';
}

static char *
unquote(char *value)
{
  size_t length = strlen(value);

  if (length < 2 || (value[0] != '"' && value[0] != '\'') || value[length - 1] != value[0])
    return value;
  value[length - 1] = '\0';
  return value + 1;
}

static bool
is_open_array(const char *value)
{
  int depth = 0;

  for (; *value != '\0'; value++)
    depth += (*value == '[') - (*value == ']');
  return depth > 0;
}

void
cli_toml_read(const char *text, cli_toml_fn *each, void *context)
{
  cc_auto_free char *copy = cc_xstrdup(text), *table = cc_xstrdup(""), *open = NULL;
  uint32_t number = 0, begin = 0;

  for (char *line = copy, *next; line != NULL; line = next)
    {
      char *own = line, *equals, *value;

      next = strchr(line, '\n');
      if (next != NULL)
        *next++ = '\0';
      number++;
      cut_comment(own);
      own = trim(own);
      if (open != NULL) /* a line more of an array */
        {
          char *longer = cc_xasprintf("%s %s", open, own);

          free(open);
          open = longer;
        }
      else if (*own == '[')
        {
          own[strcspn(own, "]")] = '\0';
          free(table);
          table = cc_xstrdup(own + strspn(own, "["));
          plain_name(table);
          continue;
        }
      else
        {
          open = cc_xstrdup(own);
          begin = number;
        }
      equals = strchr(open, '=');
      if (equals != NULL && is_open_array(equals + 1) && next != NULL)
        continue;
      if (equals != NULL)
        {
          char *key = open;

          *equals = '\0';
          value = unquote(trim(equals + 1));
          key = trim(key);
          plain_name(key);
          each(context, begin, table, key, value);
        }
      free(open);
      open = NULL;
    }
}
