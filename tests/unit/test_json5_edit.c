/* Values are replaced where they stand, and nothing else changes. */
#include "policy/json5_edit.h"

#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static char *
replace(const char *text, struct cc_json5_edit *edits, size_t count, struct cc_error *err)
{
  char *out = NULL;
  size_t length = 0;

  if (cc_json5_replace(text, strlen(text), edits, count, &out, &length, err) < 0)
    return NULL;
  assert_int_equal(strlen(out), length);
  return out;
}

static void
test_one(void **state)
{
  static const struct
  {
    const char *text;
    uint32_t line, column;
    const char *value, *wanted;
  } cases[] = {
    { "{ a: 1 }", 1, 6, "2", "{ a: 2 }" },
    { "{a:1}", 1, 4, "true", "{a:true}" },
    { "{ a: 'x', // why\n  b: 2, }\n", 1, 6, "\"y\"", "{ a: \"y\", // why\n  b: 2, }\n" },
    { "{ a: 'it\\'s', b: 1 }", 1, 6, "\"\"", "{ a: \"\", b: 1 }" },
    { "{ a: \"\\\"]\", b: 1 }", 1, 6, "0", "{ a: 0, b: 1 }" },
    { "{ a: [ 'x]', [1, { b: '}' }] ], c: 1 }", 1, 6, "[\"ALL\"]", "{ a: [\"ALL\"], c: 1 }" },
    { "{ a: [\n  1,\n  2,\n] }", 1, 6, "[]", "{ a: [] }" },
    { "{ a: [1, 'b', 3] }", 1, 10, "\"c\"", "{ a: [1, \"c\", 3] }" },
    { "{ \xc3\xa4: '\xf0\x9f\x90\xb3\xe2\x82\xac', b: 1 }", 1, 15, "2",
      "{ \xc3\xa4: '\xf0\x9f\x90\xb3\xe2\x82\xac', b: 2 }" },
    { "{\r\n  a: 1,\r\n  b: 2\r\n}", 3, 6, "3", "{\r\n  a: 1,\r\n  b: 3\r\n}" },
    { "{\r  a: 1,\r  b: 2\r}", 3, 6, "3", "{\r  a: 1,\r  b: 3\r}" },
    { "{ a: .5/* half */, b: 1 }", 1, 6, "1", "{ a: 1/* half */, b: 1 }" },
    { "{ a: 1// x\n}", 1, 6, "2", "{ a: 2// x\n}" },
    { "{ a: +0x1F }", 1, 6, "2", "{ a: 2 }" },
    { "{ a: 'two \\\nlines', b: 1 }", 1, 6, "2", "{ a: 2, b: 1 }" },
  };

  (void)state;
  for (size_t i = 0; i < N_ELEMENTS(cases); i++)
    {
      struct cc_json5_edit edit = { .line = cases[i].line, .column = cases[i].column, .value = cases[i].value };
      struct cc_error err = CC_ERROR_INIT;
      cc_auto_free char *out = replace(cases[i].text, &edit, 1, &err);

      if (out == NULL || strcmp(out, cases[i].wanted) != 0 || !edit.done)
        fail_msg("%s\n  %s\n  not %s", cases[i].text, out != NULL ? out : err.msg, cases[i].wanted);
    }
}

static void
test_several(void **state)
{
  struct cc_json5_edit edits[]
      = { { .line = 2, .column = 6, .value = "3" }, { .line = 1, .column = 6, .value = "\"long\"" } };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_free char *out = replace("{ a: 1, // x\n  b: 2 }", edits, 2, &err);

  (void)state;
  assert_string_equal(out, "{ a: \"long\", // x\n  b: 3 }");
}

/* A comment would be lost, and one edit inside of another is none. */
static void
test_not_done(void **state)
{
  struct cc_json5_edit comment = { .line = 1, .column = 6, .value = "[]" };
  struct cc_json5_edit inner[]
      = { { .line = 1, .column = 6, .value = "[]" }, { .line = 1, .column = 7, .value = "2" } };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_free char *kept = replace("{ a: [ // why\n 1] }", &comment, 1, &err);
  cc_auto_free char *outer = replace("{ a: [1] }", inner, 2, &err);

  (void)state;
  assert_string_equal(kept, "{ a: [ // why\n 1] }");
  assert_false(comment.done);
  assert_string_equal(outer, "{ a: [] }");
  assert_true(inner[0].done);
  assert_false(inner[1].done);
}

/* What would change more than its value is not done. */
static void
test_refused(void **state)
{
  static const struct
  {
    const char *text;
    uint32_t line, column;
    const char *value;
  } cases[] = {
    { "{ a: 1 }", 1, 6, "1, b: 2" }, /* a key more */
    { "{ a: 1 }", 1, 6, "{" },       /* no JSON5 any more */
    { "{ a: 1 }", 1, 3, "b" },       /* a key, not a value */
    { "{ a: 1 }", 4, 1, "2" },       /* nothing is there */
    { "{ a: 1, ", 1, 6, "2" },       /* no JSON5 before */
    { "{ a: [1, 2] }", 1, 7, "1, 3" },
  };

  (void)state;
  for (size_t i = 0; i < N_ELEMENTS(cases); i++)
    {
      struct cc_json5_edit edit = { .line = cases[i].line, .column = cases[i].column, .value = cases[i].value };
      struct cc_error err = CC_ERROR_INIT;
      cc_auto_free char *out = replace(cases[i].text, &edit, 1, &err);

      if (out != NULL || err.msg[0] == '\0')
        fail_msg("%s: was done: %s", cases[i].text, out);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_one),
    cmocka_unit_test(test_several),
    cmocka_unit_test(test_not_done),
    cmocka_unit_test(test_refused),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
