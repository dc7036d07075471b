/* For a decision, not for running: a line is read as words only where sh, dash, bash and zsh cannot but read it so.
 * "git push; rm -rf /" begins with "git push", too. */
#include "policy/shell_words.h"

#include "common/own.h"

#include <string.h>

/* What is never plain outside of quotes. */
static const struct
{
  char c;
  const char *why;
} special[] = {
  { ';', "it has another command after `;`" },
  { '&', "it has another command after `&`" },
  { '|', "it has a pipe" },
  { '<', "it has a redirection" },
  { '>', "it has a redirection" },
  { '(', "it has a subshell" },
  { ')', "it has a subshell" },
  { '$', "it has a variable or a substitution" },
  { '`', "it has a substitution" },
  { '*', "it has a pattern for file names" },
  { '?', "it has a pattern for file names" },
  { '[', "it has a pattern for file names" },
  { ']', "it has a pattern for file names" },
  { '{', "it has braces" },
  { '}', "it has braces" },
  { '!', "it has a `!`" },
  { '\n', "it has several lines" },
  { '\r', "it has a control character" },
};

static const char *const reserved[]
    = { "if",     "then",      "else", "elif", "fi",      "do",      "done",     "case",   "esac",   "while", "until",
        "for",    "in",        "time", "[[",   "]]",      "coproc",  "function", "select", "repeat", "end",   "foreach",
        "noglob", "nocorrect", "exec", "eval", "command", "builtin", "source",   ".",      "-" };

/* What is being read: a word grows in TEXT, which has room for the whole line. */
struct reader
{
  const char *p;
  char *text;
  size_t length;
  bool in_word;
  bool quoted; /* some of the word was */
  const char *why;
};

static bool
fail(struct reader *r, const char *why)
{
  r->why = why;
  return false;
}

static bool
is_control(char c)
{
  return (unsigned char)c < 0x20 || c == 0x7f;
}

static void
put(struct reader *r, char c)
{
  r->text[r->length++] = c;
  r->in_word = true;
}

/* P is behind the quote. */
static bool
read_single(struct reader *r)
{
  r->in_word = r->quoted = true;
  for (; *r->p != '\''; r->p++)
    {
      if (*r->p == '\0')
        return fail(r, "a quote is not closed");
      if (is_control(*r->p))
        return fail(r, "it has a control character");
      put(r, *r->p);
    }
  r->p++;
  return true;
}

static bool
read_double(struct reader *r)
{
  r->in_word = r->quoted = true;
  for (; *r->p != '"'; r->p++)
    {
      if (*r->p == '\0')
        return fail(r, "a quote is not closed");
      if (*r->p == '$' || *r->p == '`')
        return fail(r, "it has a variable or a substitution");
      if (*r->p == '!') /* an interactive bash and zsh look into their history */
        return fail(r, "it has a `!`");
      if (is_control(*r->p))
        return fail(r, "it has a control character");
      /* before any other character the backslash stays */
      if (*r->p == '\\' && r->p[1] != '\0' && strchr("$`\"\\", r->p[1]) != NULL)
        r->p++;
      else if (*r->p == '\\')
        return fail(r, "it has a backslash in quotes");
      put(r, *r->p);
    }
  r->p++;
  return true;
}

static bool
read_plain(struct reader *r)
{
  char c = *r->p;

  for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
    if (special[i].c == c)
      return fail(r, special[i].why);
  if (is_control(c))
    return fail(r, "it has a control character");
  if ((unsigned char)c >= 0x80) /* some are blanks to some shells */
    return fail(r, "it has a character outside of ASCII without quotes");
  if (c == '#' && !r->in_word)
    return fail(r, "it has a comment");
  if (c == '~' && (r->length == 0 || strchr("=:", r->text[r->length - 1]) != NULL))
    return fail(r, "it has a `~`");
  if (c == '=' && !r->in_word) /* to zsh `=ls` is a path */
    return fail(r, "it has a word that begins with `=`");
  if (c == '^' && !r->in_word)
    return fail(r, "it has a `^`");
  put(r, c);
  r->p++;
  return true;
}

static bool
read_backslash(struct reader *r)
{
  if (r->p[1] == '\0' || is_control(r->p[1]))
    return fail(r, "it ends with a backslash, or has one before a new line");
  put(r, r->p[1]);
  r->quoted = true;
  r->p += 2;
  return true;
}

static bool
read_word(struct reader *r)
{
  bool good = true;

  r->length = 0;
  r->in_word = r->quoted = false;
  while (good && *r->p != '\0' && *r->p != ' ' && *r->p != '\t')
    if (*r->p == '\'' || *r->p == '"')
      good = *r->p++ == '\'' ? read_single(r) : read_double(r);
    else
      good = *r->p == '\\' ? read_backslash(r) : read_plain(r);
  return good;
}

/* The first word is the program. */
static bool
check_first(struct reader *r, const char *word)
{
  if (strchr(word, '=') != NULL)
    return fail(r, "it sets a variable before the command");
  for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
    if (strcmp(word, reserved[i]) == 0)
      return fail(r, "it begins with a word of the shell's own");
  return word[0] != '\0' || fail(r, "its program has no name");
}

static bool
read_words(struct reader *r, struct cc_strings *out)
{
  for (r->p += strspn(r->p, " \t"); *r->p != '\0'; r->p += strspn(r->p, " \t"))
    {
      if (!read_word(r))
        return false;
      out->items = cc_xrealloc(out->items, (out->count + 1) * sizeof(char *));
      out->items[out->count++] = cc_xstrndup(r->text, r->length);
      if (out->count == 1 && !check_first(r, out->items[0]))
        return false;
    }
  return out->count > 0 || fail(r, "there is no command");
}

bool
cc_shell_words(const char *line, struct cc_strings *out, const char **why)
{
  cc_auto_free char *text = NULL;
  struct cc_strings words = { NULL, 0 };
  struct reader r = { .p = line };
  size_t length = strlen(line);

  if (length > CC_SHELL_LINE_MAX)
    {
      *why = "it is too long";
      return false;
    }
  r.text = text = cc_xcalloc(length + 1, 1);
  if (!read_words(&r, &words))
    {
      cc_shell_words_clear(&words);
      *why = r.why;
      return false;
    }
  *out = words;
  return true;
}

void
cc_shell_words_clear(struct cc_strings *words)
{
  for (size_t i = 0; i < words->count; i++)
    free(words->items[i]);
  free(words->items);
  *words = (struct cc_strings){ NULL, 0 };
}
