/* What of a configuration may be shown: its text with everything covered that is, or may be, a secret.
 *
 * It is read here by signs and words alone, not by the grammar: a text that has an error is shown as well, and then
 * nobody knows more about it. When in doubt a word is covered. */
#include "policy/secret.h"

#include "common/own.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 80 /* more than policy/json5.c reads */

struct level
{
  bool object, secret;
};

struct cover
{
  const char *p, *end;
  char *out;
  struct level levels[DEPTH_MAX];
  size_t depth;   /* at least 1: the text around everything */
  char key[64];   /* what the value to come is called; "" in an array */
  bool has_colon; /* it follows */
};

/* -- what is written -- */

/* One sign for each character, so that columns stay; lines stay as well. */
static void
put(struct cover *c, const char *to, bool covered)
{
  for (; c->p < to; c->p++)
    if (!covered || *c->p == '\n' || *c->p == '\r')
      *c->out++ = *c->p;
    else if ((*c->p & 0xc0) != 0x80)
      *c->out++ = '*';
}

/* The word up to TO, which is covered behind FROM. A string keeps its quotes. */
static void
put_word(struct cover *c, const char *from, const char *to, bool covered)
{
  bool quoted = *c->p == '"' || *c->p == '\'', closed = quoted && to - c->p > 1 && to[-1] == *c->p;

  if (from == c->p)
    from += quoted;
  put(c, from, false);
  put(c, closed ? to - 1 : to, covered);
  put(c, to, false);
}

/* -- what is a secret -- */

/* Variables of an environment can hold anything, and so can commands. */
static bool
holds_secrets(const char *key)
{
  return strncasecmp(key, "env", 3) == 0 || strcasecmp(key, "setupCommand") == 0 || cc_name_is_secret(key);
}

static struct level *
level(struct cover *c)
{
  return &c->levels[c->depth < DEPTH_MAX ? c->depth : DEPTH_MAX - 1];
}

/* The word's text, without quotes and shortened; what it begins with tells. */
static void
text_of(const char *from, const char *to, char *out, size_t size)
{
  size_t length = (size_t)(to - from);
  bool quoted = length > 0 && (*from == '"' || *from == '\'');

  from += quoted;
  length -= quoted + (quoted && length > 1 && to[-1] == from[-1]);
  length = length < size - 1 ? length : size - 1;
  memcpy(out, from, length);
  out[length] = '\0';
}

/* -- words -- */

static bool
is_name(char ch)
{
  return isalnum((unsigned char)ch) || strchr("_-.", ch) != NULL;
}

/* A comment is covered from where it begins to speak of something secret to the end of its line. */
static void
read_comment(struct cover *c, const char *to)
{
  bool covered = level(c)->secret;

  while (c->p < to)
    {
      const char *word = c->p, *behind = word;
      char name[64], whole[256];

      while (behind < to && *behind != '\0' && is_name(*behind))
        behind++;
      behind += behind == word;
      text_of(word, behind, name, sizeof(name));
      text_of(word, to, whole, sizeof(whole));
      put(c, behind, covered || cc_value_is_secret(whole));
      covered = *word == '\n' ? level(c)->secret : covered || cc_value_is_secret(whole) || holds_secrets(name);
    }
}

static const char *
end_of_comment(const char *p, const char *end)
{
  bool line = p[1] == '/';

  for (p += 2; p < end; p++)
    if (line ? *p == '\n' || *p == '\r' : *p == '*' && p + 1 < end && p[1] == '/')
      return line ? p : p + 2;
  return end;
}

static bool
is_comment(const char *p, const char *end)
{
  return end - p > 1 && p[0] == '/' && (p[1] == '/' || p[1] == '*');
}

static const char *
end_of_word(const char *p, const char *end)
{
  char quote = *p == '"' || *p == '\'' ? *p++ : '\0';

  for (; p < end; p++)
    if (quote == '\0' ? strchr(" \t\r\n,:{}[]\"'", *p) != NULL || is_comment(p, end) : *p == quote || *p == '\n')
      return quote != '\0' && *p == quote ? p + 1 : p;
    else if (quote != '\0' && *p == '\\' && p + 1 < end)
      p += p[1] == '\r' && p + 2 < end && p[2] == '\n' ? 2 : 1;
  return end;
}

/* True when the next sign after P, blanks and comments aside, is a colon. */
static bool
is_key(const char *p, const char *end)
{
  while (p < end && (strchr(" \t\r\n", *p) != NULL || is_comment(p, end)))
    p = is_comment(p, end) ? end_of_comment(p, end) : p + 1;
  return p < end && *p == ':';
}

static void
read_word(struct cover *c)
{
  const char *to = end_of_word(c->p, c->end), *equals;
  bool object = level(c)->object, secret = level(c)->secret || (object && holds_secrets(c->key));
  char text[256];

  to += to == c->p; /* a NUL, which strchr() finds everywhere */
  text_of(c->p, to, text, sizeof(text));
  /* "NAME=value" as a key is the slip of somebody who knows `docker run -e` */
  equals = level(c)->secret ? memchr(c->p, '=', (size_t)(to - c->p)) : NULL;
  if (object && !c->has_colon && is_key(to, c->end))
    put_word(c, equals != NULL ? equals : c->p, to, equals != NULL);
  else
    put_word(c, c->p, to, secret || cc_value_is_secret(text));
  if (object && !c->has_colon)
    text_of(text, text + strlen(text), c->key, sizeof(c->key));
  c->has_colon = false;
}

/* -- signs -- */

static void
open_level(struct cover *c, bool object)
{
  bool secret = level(c)->secret || (level(c)->object && holds_secrets(c->key));

  c->depth++;
  *level(c) = (struct level){ object, secret || (c->depth >= DEPTH_MAX && level(c)->secret) };
  c->key[0] = '\0';
  c->has_colon = false;
}

static void
read_sign(struct cover *c)
{
  if (*c->p == '{' || *c->p == '[')
    open_level(c, *c->p == '{');
  else if ((*c->p == '}' || *c->p == ']') && c->depth > 1)
    c->depth--;
  if (*c->p == ',' || *c->p == '}' || *c->p == ']')
    c->key[0] = '\0';
  if (strchr(",:}]", *c->p) != NULL)
    c->has_colon = *c->p == ':';
  put(c, c->p + 1, false);
}

char *
cc_secret_cover(const char *text, size_t length)
{
  struct cover c = { .p = text, .end = text + length, .depth = 1 };
  char *copy = cc_xcalloc(1, length + 1);

  c.out = copy;
  while (c.p < c.end)
    if (is_comment(c.p, c.end))
      read_comment(&c, end_of_comment(c.p, c.end));
    else if (*c.p != '\0' && strchr(",:{}[]", *c.p) != NULL)
      read_sign(&c);
    else if (*c.p != '\0' && strchr(" \t\r\n", *c.p) != NULL)
      put(&c, c.p + 1, false);
    else
      read_word(&c);
  return copy;
}
