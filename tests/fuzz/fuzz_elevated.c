/* A line for a shell, and whether it is elevated. */
#include "common/own.h"
#include "invariants.h"
#include "policy/elevated.h"
#include "policy/shell_words.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* WORDS as a line in which nothing is left to a shell; malloc'd. */
static char *
quoted(const struct cc_strings *words)
{
  char *line = cc_xcalloc(1, 1);

  for (size_t i = 0; i < words->count; i++)
    for (const char *p = words->items[i];; p++)
      {
        const char *piece = *p == '\0' ? " " : *p == '\'' ? "\\'" : NULL;
        char *longer = piece != NULL ? cc_xasprintf("%s%s%s", line, p == words->items[i] ? "''" : "", piece)
                                     : cc_xasprintf("%s'%c'", line, *p);

        free(line);
        line = longer;
        if (*p == '\0')
          break;
      }
  return line;
}

static void
check_words(const struct cc_strings *words, const char *line)
{
  cc_auto_free char *again = quoted(words);
  struct cc_strings same;
  const char *why;

  require(words->count > 0 && words->items[0][0] != '\0', "a command has a program", line);
  require(cc_shell_words(again, &same, &why), "words in quotes are words", again);
  require(same.count == words->count, "as many as before", again);
  for (size_t i = 0; i < same.count; i++)
    require(strcmp(same.items[i], words->items[i]) == 0, "the same as before", again);
  cc_shell_words_clear(&same);
  if (cc_elevated_matches("git push *", (const char *const *)words->items, words->count))
    require(words->count >= 2 && strcmp(words->items[0], "git") == 0 && strcmp(words->items[1], "push") == 0,
            "a pattern's words are the command's", line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cc_auto_free char *line = NULL;
  struct cc_strings words;
  const char *why = NULL;

  if (size > 256) /* `quoted` is slow, and nothing of a line depends on much before it */
    return -1;
  line = cc_xstrndup((const char *)data, size);
  if (!cc_shell_words(line, &words, &why))
    {
      require(why != NULL, "what is no command has a reason", line);
      return 0;
    }
  check_words(&words, line);
  cc_shell_words_clear(&words);
  /* the same text as a pattern must end, whatever it is */
  cc_elevated_matches(line, (const char *const[]){ "git", "push", "a/b*c" }, 3);
  return 0;
}
