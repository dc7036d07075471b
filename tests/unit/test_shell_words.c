#include "policy/shell_words.h"

#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The words of LINE, each in brackets, malloc'd; "" when it is none. */
static char *
words_of(const char *line)
{
  struct cc_strings words;
  const char *why = NULL;
  char *out = cc_xstrdup("");

  if (!cc_shell_words(line, &words, &why))
    {
      assert_non_null(why);
      return out;
    }
  for (size_t i = 0; i < words.count; i++)
    {
      char *more = cc_xasprintf("%s[%s]", out, words.items[i]);

      free(out);
      out = more;
    }
  cc_shell_words_clear(&words);
  return out;
}

static void
plain_commands_are_read(void **state)
{
  static const char *const rows[][2] = {
    { "git push", "[git][push]" },
    { "  git\tpush  origin ", "[git][push][origin]" },
    { "git commit -m 'a; rm -rf /'", "[git][commit][-m][a; rm -rf /]" },
    { "git commit -m \"it's $5\"", "" },
    { "git commit -m \"it's\"", "[git][commit][-m][it's]" },
    { "echo 'a'\"b\"c\\ d", "[echo][abc d]" },
    { "echo ''", "[echo][]" },
    { "echo \"a\\\"b\\\\\"", "[echo][a\"b\\]" },
    { "echo a\\;b", "[echo][a;b]" },
    { "'git' push", "[git][push]" },
    { "git push origin HEAD~1:main", "[git][push][origin][HEAD~1:main]" },
    { "make CC=gcc", "[make][CC=gcc]" },
    { "echo a#b", "[echo][a#b]" },
    { "echo 'größer'", "[echo][größer]" },
    { "systemctl status nginx.service", "[systemctl][status][nginx.service]" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_free char *found = words_of(rows[i][0]);

      if (strcmp(found, rows[i][1]) != 0)
        fail_msg("`%s`: %s", rows[i][0], found);
    }
}

static void
what_could_be_more_is_not(void **state)
{
  static const char *const rows[] = {
    "",
    " \t",
    "git push; rm -rf /",
    "git push;",
    "git push & id",
    "git push && id",
    "git push || id",
    "git push | sh",
    "git push > /etc/passwd",
    "git push >> x",
    "git push < x",
    "git push 2>&1",
    "git push <<< x",
    "git push $(id)",
    "git push `id`",
    "git push $X",
    "git push ${X}",
    "git push \"$(id)\"",
    "git push \"`id`\"",
    "git push \"${X}\"",
    "git push\nid",
    "git push\rid",
    "git push \\\nid",
    "git push\\",
    "(git push)",
    "{ git push; }",
    "X=1 git push",
    "X= git push",
    "git push *",
    "ls ?",
    "ls [a]",
    "ls {a,b}",
    "! git push",
    "git push !!",
    "git push \"!!\"",
    "git push # comment",
    "#git push",
    "cat ~/x",
    "cat x=~/y",
    "cat a:~/y",
    "~/git push",
    "git push 'open",
    "git \"open",
    "git \"a\\b\"",
    "if git push",
    "time git push",
    "exec git push",
    "eval git push",
    "command git push",
    ". git",
    "source x",
    "for x",
    "'' push",
    "=ls",
    "ls =ls",
    "git ^push",
    "git \x01",
    "git \x7f",
    "git '\x1b[0m'",
    "git \xc2\xa0push",
    ("git gr\xc3\xb6\xc3\x9f"
     "er"),
    "''~x",
    "git ''~x",
    "[ a ]",
    "[[ a ]]",
    "git push $'x'",
    "git push <(id)",
    "git push %(x)",
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      cc_auto_free char *found = words_of(rows[i]);

      if (found[0] != '\0')
        fail_msg("`%s`: %s", rows[i], found);
    }
}

static void
a_long_line_is_none(void **state)
{
  cc_auto_free char *line = cc_xcalloc(CC_SHELL_LINE_MAX + 2, 1);
  cc_auto_free char *found = NULL;

  (void)state;
  memset(line, 'a', CC_SHELL_LINE_MAX + 1);
  found = words_of(line);
  assert_string_equal(found, "");
  line[CC_SHELL_LINE_MAX] = '\0';
  free(found);
  found = words_of(line);
  assert_int_equal(strlen(found), CC_SHELL_LINE_MAX + 2);
}

/* -- against the shells themselves -- */

#define LINES 40000

/* Writes a script that prints the words of each line that was taken, and what they must be. */
static size_t
write_script(FILE *script, FILE *wanted)
{
  static const char alphabet[] = "abgit  \t''\"\"\\\\=:~#.-/$`;&|<>()*?[]{}!%^@,+\x01\n\xc3\xb6";
  unsigned seed = 12345;
  size_t taken = 0;

  for (int i = 0; i < LINES; i++)
    {
      char line[16];
      struct cc_strings words;
      const char *why;
      size_t length;

      seed = seed * 1103515245u + 12345u;
      length = 1 + (seed >> 16) % (sizeof(line) - 1);
      for (size_t j = 0; j < length; j++)
        {
          seed = seed * 1103515245u + 12345u;
          /* the first two thirds are mostly plain */
          line[j] = alphabet[(seed >> 16) % ((seed >> 8 & 3) != 0 ? 24 : sizeof(alphabet) - 1)];
        }
      line[length] = '\0';
      if (!cc_shell_words(line, &words, &why))
        continue;
      fprintf(script, "set -- x %s\nprintf '%%s|' \"$@\"\necho\n", line);
      fputs("x|", wanted);
      for (size_t j = 0; j < words.count; j++)
        fprintf(wanted, "%s|", words.items[j]);
      fputc('\n', wanted);
      cc_shell_words_clear(&words);
      taken++;
    }
  return taken;
}

static void
shells_read_the_same_words(void **state)
{
  static const char *const shells[] = { "/bin/sh", "/bin/bash" };
  char script_path[] = "/tmp/closedclaw-words-XXXXXX", wanted_path[] = "/tmp/closedclaw-wanted-XXXXXX";
  FILE *script = fdopen(mkstemp(script_path), "w"), *wanted = fdopen(mkstemp(wanted_path), "w");
  size_t taken;

  (void)state;
  assert_non_null(script);
  assert_non_null(wanted);
  taken = write_script(script, wanted);
  fclose(script);
  fclose(wanted);
  assert_true(taken > 1000); /* else nothing was compared */
  for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
    {
      cc_auto_free char *command = cc_xasprintf("%s %s | cmp -s - %s", shells[i], script_path, wanted_path);

      if (system(command) != 0)
        fail_msg("%s does not agree: `%s`", shells[i], command);
    }
  unlink(script_path);
  unlink(wanted_path);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(plain_commands_are_read),
    cmocka_unit_test(what_could_be_more_is_not),
    cmocka_unit_test(a_long_line_is_none),
    cmocka_unit_test(shells_read_the_same_words),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
