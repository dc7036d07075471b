/* Which names and values are secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
  const struct CMUnitTest tests[] = { cmocka_unit_test(test_names), cmocka_unit_test(test_values) };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
