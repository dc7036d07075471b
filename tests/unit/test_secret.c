/* Which names and values are secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/secret.h"

static void
test_names(void **state)
{
  static const char *const secret[]
      = { "TOKEN",    "GITHUB_TOKEN", "apiKey",        "API_KEY",    "aws-secret-access-key",
          "PASSWORD", "dbPasswd",     "client_secret", "DEPLOY_KEY", "x-cookie" };
  static const char *const plain[] = { "LANG", "PATH", "mainKey", "KEY", "KEYBOARD", "monkeys", "HOME", "" };

  (void)state;
  for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
    if (!cc_name_is_secret(secret[i]))
      fail_msg("%s", secret[i]);
  for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
    if (cc_name_is_secret(plain[i]))
      fail_msg("%s", plain[i]);
}

static void
test_cover(void **state)
{
  static const struct
  {
    const char *text, *shown;
  } rows[] = {
    { "{ a: 'b', 'c': [1] } // d", "{ a: 'b', 'c': [1] } // d" },
    { "{ env: { A: 'bc', D: 12, E: ['f'], G: { h: true } }, i: 'j' }",
      "{ env: { A: '**', D: **, E: ['*'], G: { h: **** } }, i: 'j' }" },
    { "{ env: 'A=b', c: 'd' }", "{ env: '***', c: 'd' }" },
    { "{ env: [\"A=b\"], c: 'd' }", "{ env: [\"***\"], c: 'd' }" },
    { "{ \"Environment\": { \"A=b\": 1, 'C': 'd' } }", "{ \"Environment\": { \"A**\": *, 'C': '*' } }" },
    { "{ apiKey: 'b', token: { c: 'd' }, mainKey: 'e' }", "{ apiKey: '*', token: { c: '*' }, mainKey: 'e' }" },
    { "{ setupCommand: ['a', 'b'], a: ['ghp_0123456789abcdef'] }",
      "{ setupCommand: ['*', '*'], a: ['********************'] }" },
    /* lines and columns stay */
    { "{ env: { A: 'b\\\nc d\\\r\ne', F: '\xc3\xa9\xe4\xbd\xa0' } }", "{ env: { A: '**\n****\r\n*', F: '**' } }" },
    { "{ env: { A: '\\'b' }, c: '\\\\' }", "{ env: { A: '***' }, c: '\\\\' }" },
    /* comments */
    { "{ env: { /* A: 'b' */ // c\n A: 'd' } }", "{ env: { ************ ****\n A: '*' } }" },
    { "{ a: 1, // the token is b\n c: 'd' }", "{ a: 1, // the token*****\n c: 'd' }" },
    { "// see ghp_0123456789abcdef\n{ a: 1 }", "// see ********************\n{ a: 1 }" },
    { "{ env /* x */ : /* y */ { A: 'b' } }", "{ env /* x */ : /* y */ { A: '*' } }" },
    /* what has an error */
    { "{ env: { A: 'b\n c", "{ env: { A: '*\n *" },
    { "{ env: { A: b c, D = 'e' F: 1 'g' } } h: 'i'", "{ env: { A: * *, * * '*' F: * '*' } } h: 'i'" },
    { "{ token 'a', b: 'c' }", "{ token '*', b: 'c' }" },
    { "} ] { env: { A: 'b' } }", "} ] { env: { A: '*' } }" },
    { "", "" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      char *shown = cc_secret_cover(rows[i].text, strlen(rows[i].text));

      if (strcmp(shown, rows[i].shown) != 0)
        fail_msg("%s\n  is shown as\n%s", rows[i].text, shown);
      free(shown);
    }
}

/* Deeper than anything is read, and with a NUL. */
static void
test_cover_odd(void **state)
{
  char text[4096], *shown;

  (void)state;
  memset(text, '{', sizeof(text));
  memcpy(text + 200, "env:{A:'b'}", 11);
  memset(text + 300, '}', 2000);
  text[3000] = '\0';
  shown = cc_secret_cover(text, sizeof(text));
  assert_memory_equal(shown + 200, "env:{A:'*'}", 11);
  free(shown);
}

static void
test_values(void **state)
{
  (void)state;
  assert_true(cc_value_is_secret("ghp_0123456789abcdef"));
  assert_true(cc_value_is_secret("-----BEGIN PRIVATE KEY-----"));
  assert_true(cc_value_is_secret("postgres://user:word@host/base"));
  assert_false(cc_value_is_secret("postgres://user@host/base"));
  assert_false(cc_value_is_secret("https://host:8080/a@b"));
  assert_false(cc_value_is_secret("sk-"));
  assert_false(cc_value_is_secret("C.UTF-8"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_names), cmocka_unit_test(test_values),
                                      cmocka_unit_test(test_cover), cmocka_unit_test(test_cover_odd) };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
