/* JSON5 1.0.0, case by case: the groups are those of the official json5-tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/own.h"
#include "policy/json5.h"

#include <stdio.h>
#include <string.h>

/* A text with its length, for those that hold a NUL. */
#define TEXT(s) s, sizeof(s) - 1

struct valid
{
  const char *text;
  size_t length;
  const char *json; /* what cc_json_write makes of it; NULL where only reading counts */
};

struct invalid
{
  const char *text;
  size_t length;
  unsigned line, column;
  const char *says; /* part of the message */
};

static void
check_valid(const struct valid *cases, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      struct cc_error err = CC_ERROR_INIT;
      cc_auto_json struct cc_json *doc = NULL;
      cc_auto_free char *json = NULL;
      size_t length;

      if (cc_json5_parse(cases[i].text, cases[i].length, "t", &doc, &err) < 0)
        fail_msg("case %zu <%s>: %s", i, cases[i].text, err.msg);
      assert_int_equal(cc_json_write(cc_json_root(doc), &json, &length, &err), 0);
      if (cases[i].json != NULL && strcmp(json, cases[i].json) != 0)
        fail_msg("case %zu <%s>: read as %s, not %s", i, cases[i].text, json, cases[i].json);
    }
}

static void
check_invalid(const struct invalid *cases, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      struct cc_error err = CC_ERROR_INIT;
      struct cc_json *doc = NULL;
      char place[64];

      if (cc_json5_parse(cases[i].text, cases[i].length, "dir/t.json5", &doc, &err) == 0)
        fail_msg("case %zu <%s> was read", i, cases[i].text);
      assert_null(doc);
      assert_string_equal(err.rule, "config");
      snprintf(place, sizeof(place), "dir/t.json5:%u:%u: ", cases[i].line, cases[i].column);
      if (strncmp(err.msg, place, strlen(place)) != 0 || strstr(err.msg, cases[i].says) == NULL)
        fail_msg("case %zu <%s>: \"%s\" is not at %s or does not say \"%s\"", i, cases[i].text, err.msg, place,
                 cases[i].says);
    }
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_arrays(void **state)
{
  static const struct valid valid[] = {
    { TEXT("[]"), "[]" },
    { TEXT("[true, false, null]"), "[true,false,null]" },
    { TEXT("[true,]"), "[true]" },
    { TEXT("[[],[[]],]"), "[[],[[]]]" },
  };
  static const struct invalid invalid[] = {
    { TEXT("[,null]"), 1, 2, "`,` where a value was expected" },
    { TEXT("[,]"), 1, 2, "a value" },
    { TEXT("[null,,]"), 1, 7, "a value" },
    { TEXT("[\n  true\n  false\n]"), 3, 3, "`,` or `]`" },
    { TEXT("[1"), 1, 3, "the text ends" },
    { TEXT("[1}"), 1, 3, "`}` where `,` or `]`" },
    { TEXT("]"), 1, 1, "a value" },
  };

  (void)state;
  check_valid(valid, COUNT(valid));
  check_invalid(invalid, COUNT(invalid));
}

static void
test_objects(void **state)
{
  static const struct valid valid[] = {
    { TEXT("{}"), "{}" },
    { TEXT("{\"a\":true}"), "{\"a\":true}" },
    { TEXT("{'hello': \"world\"}"), "{\"hello\":\"world\"}" },
    { TEXT("{'': 1}"), "{\"\":1}" },
    { TEXT("{hello:\"world\",_:null,$:123,}"), "{\"hello\":\"world\",\"_\":null,\"$\":123}" },
    { TEXT("{while: true, null: 1, Infinity: 2}"), "{\"while\":true,\"null\":1,\"Infinity\":2}" },
    { TEXT("{\xc3\xbc\x6d\x6c\xc3\xa2\xc3\xbbt: true}"), "{\"\xc3\xbcml\xc3\xa2\xc3\xbbt\":true}" },
    { TEXT("{sig\\u03A3ma: 1, \\u0061b\\u200c: 2}"), "{\"sig\xce\xa3ma\":1,\"ab\xe2\x80\x8c\":2}" },
    { TEXT("{a1\xd9\xa0_\xcc\x81: 1}"), NULL },
    { TEXT("{\xe2\x85\xa7: 1, \xf0\x90\x90\x80: 2}"), NULL },
    { TEXT("{a:1,A:2}"), "{\"a\":1,\"A\":2}" },
    { TEXT("{\"__proto__\": 1}"), "{\"__proto__\":1}" },
  };
  static const struct invalid invalid[] = {
    { TEXT("{\n  \"foo\": \"bar\"\n  \"hello\": \"world\"\n}"), 3, 3, "`,` or `}`" },
    { TEXT("{,\n  \"foo\": \"bar\"\n}"), 1, 2, "a key or `}`" },
    { TEXT("{10twenty: \"ten twenty\"}"), 1, 2, "`1` where a key" },
    { TEXT("{multi-word: \"multi-word\"}"), 1, 7, "`-` where `:`" },
    { TEXT("{,}"), 1, 2, "a key" },
    { TEXT("{a:1,,}"), 1, 6, "a key" },
    { TEXT("{a}"), 1, 3, "`:` after a key" },
    { TEXT("{a:}"), 1, 4, "a value" },
    { TEXT("{a:1"), 1, 5, "ends" },
    { TEXT("{\xe2\x80\x9c"
           "a\xe2\x80\x9d: 1}"),
      1, 2, "U+201C" },
    { TEXT("{a\\u002db: 1}"), 1, 3, "U+002D cannot be in an unquoted key" },
    { TEXT("{\\u0030a: 1}"), 1, 2, "U+0030" },
    { TEXT("{\\u0000: 1}"), 1, 2, "U+0000" },
    { TEXT("{\\ud83d\\ude00: 1}"), 1, 2, "U+D83D" },
    { TEXT("{a\\x41: 1}"), 1, 4, "the only escape" },
    { TEXT("{\xe2\x80\x8c: 1}"), 1, 2, "U+200C" },
    { TEXT("{a\xc3\x97: 1}"), 1, 3, "U+00D7" },
  };

  (void)state;
  check_valid(valid, COUNT(valid));
  check_invalid(invalid, COUNT(invalid));
}

static void
test_duplicate_keys(void **state)
{
  static const struct invalid invalid[] = {
    { TEXT("{\n  a: true,\n  \"a\": false}"), 3, 3, "the key `a` is already at 2:3" },
    { TEXT("{b:1, x: {a:1, c:2, '\\x61':3}}"), 1, 21, "`a` is already at 1:11" },
    { TEXT("{'': 1, \"\": 2}"), 1, 9, "already" },
    { TEXT("{\\u0061: 1, a: 2}"), 1, 13, "`a`" },
  };
  char many[4096] = "{";
  struct invalid big = { many, 0, 1, 0, "`k7` is already at" };

  (void)state;
  check_invalid(invalid, COUNT(invalid));
  for (int i = 0; i < 200; i++)
    snprintf(many + strlen(many), sizeof(many) - strlen(many), "k%d:%d,", i, i);
  big.column = (unsigned)strlen(many) + 1;
  strcat(many, "k7:0}");
  big.length = strlen(many);
  check_invalid(&big, 1);
}

static void
test_strings(void **state)
{
  static const struct valid valid[] = {
    { TEXT("'hello world'"), "\"hello world\"" },
    { TEXT("\"it's\""), "\"it's\"" },
    { TEXT("'I can\\'t \"wait\"'"), "\"I can't \\\"wait\\\"\"" },
    { TEXT("'hello\\\n world'"), "\"hello world\"" },
    { TEXT("'hello\\\r\n world'"), "\"hello world\"" },
    { TEXT("'hello\\\r world'"), "\"hello world\"" },
    { TEXT("'hello\\\xe2\x80\xa8 world\\\xe2\x80\xa9!'"), "\"hello world!\"" },
    { TEXT("'a\xe2\x80\xa8"
           "b\xe2\x80\xa9'"),
      "\"a\xe2\x80\xa8"
      "b\xe2\x80\xa9\"" },
    { TEXT("'\\b\\f\\n\\r\\t\\v\\\\\\/'"), "\"\\b\\f\\n\\r\\t\\u000B\\\\/\"" },
    { TEXT("'\\x41\\x7a\\u00e9\\uD83D\\uDE00'"), "\"Az\xc3\xa9\xf0\x9f\x98\x80\"" },
    { TEXT("'\\A\\C\\/\\D\\C'"), "\"AC/DC\"" },
    { TEXT("'\\\xc3\xa9'"), "\"\xc3\xa9\"" },
    { TEXT("'a\tb\x01'"), NULL },
    { TEXT("''"), "\"\"" },
  };
  static const struct invalid invalid[] = {
    { TEXT("\"foo\nbar\""), 1, 5, "the line ends inside a string" },
    { TEXT("'foo\rbar'"), 1, 5, "the line ends inside a string" },
    { TEXT("\"foo"), 1, 1, "never closed" },
    { TEXT("[\n 'foo\"]"), 2, 2, "add `'`" },
    { TEXT("'\\"), 1, 3, "ends" },
    { TEXT("foo"), 1, 1, "`foo` is no value; a string needs quotes" },
    { TEXT("'\\1'"), 1, 2, "`\\1` is no escape" },
    { TEXT("'ab\\9'"), 1, 4, "`\\9`" },
    { TEXT("'\\0'"), 1, 2, "U+0000" },
    { TEXT("'\\01'"), 1, 2, "U+0000" },
    { TEXT("'\\x00'"), 1, 2, "U+0000" },
    { TEXT("'a\\u0000'"), 1, 3, "U+0000" },
    { TEXT("'a\0b'"), 1, 3, "U+0000" },
    { TEXT("'\\x4'"), 1, 5, "two hex digits" },
    { TEXT("'\\u12g4'"), 1, 6, "four hex digits" },
    { TEXT("'\\ud83d'"), 1, 2, "half a surrogate pair" },
    { TEXT("'\\ude00'"), 1, 2, "half a surrogate pair" },
    { TEXT("'\\ud83d\\u0041'"), 1, 2, "half a surrogate pair" },
    { TEXT("'\\ud83d\\ud83d'"), 1, 2, "half a surrogate pair" },
    { TEXT("'\xff'"), 1, 2, "invalid UTF-8" },
    { TEXT("'\xc0\x80'"), 1, 2, "invalid UTF-8" },
    { TEXT("'\xe0\x80\x80'"), 1, 2, "invalid UTF-8" },
    { TEXT("'\xed\xa0\x80'"), 1, 2, "invalid UTF-8" },
    { TEXT("'\xf4\x90\x80\x80'"), 1, 2, "invalid UTF-8" },
    { TEXT("'\xf8\x88\x80\x80\x80'"), 1, 2, "invalid UTF-8" },
    { TEXT("'\xe2\x82"), 1, 2, "invalid UTF-8" },
    { TEXT("'\x80'"), 1, 2, "invalid UTF-8" },
  };

  (void)state;
  check_valid(valid, COUNT(valid));
  check_invalid(invalid, COUNT(invalid));
}

static void
test_numbers(void **state)
{
  static const struct valid valid[] = {
    { TEXT("[0, 1, 123, -7, +15, -0, +0]"), "[0,1,123,-7,15,-0,0]" },
    { TEXT("[1.2, .5, 5., -.5, +.25, 0.0, -0.0, +5.]"), "[1.2,0.5,5,-0.5,0.25,0.0,-0.0,5]" },
    { TEXT("[1e23, 5.e4, .5E-3, 1E+2, 0e23, 2e000]"), "[1e23,5e4,0.5e-3,1e+2,0e23,2e000]" },
    { TEXT("[0xC8, 0xc8, 0X1f, -0x0123456789abcdefABCDEF, +0x0, -0x0, 0x00]"),
      "[200,200,31,-1375488932539311409843695,0,-0,0]" },
    { TEXT("0xffffffffffffffff"), "18446744073709551615" },
    { TEXT("18446744073709551616"), "18446744073709551616" },
    { TEXT("[Infinity, -Infinity, +Infinity, NaN, -NaN, +NaN]"), NULL },
  };
  static const struct invalid invalid[] = {
    { TEXT("010"), 1, 1, "begin with 0" },
    { TEXT("080"), 1, 1, "begin with 0" },
    { TEXT("-00"), 1, 2, "begin with 0" },
    { TEXT("."), 1, 2, "a digit" },
    { TEXT("-"), 1, 2, "a digit" },
    { TEXT("+"), 1, 2, "a digit" },
    { TEXT("--1"), 1, 2, "a digit" },
    { TEXT("+ 1"), 1, 2, "a digit" },
    { TEXT("1e"), 1, 3, "exponent" },
    { TEXT("1e+"), 1, 4, "exponent" },
    { TEXT("1e-2.5"), 1, 5, "end of the text" },
    { TEXT("0x"), 1, 3, "a hex digit" },
    { TEXT("0xg"), 1, 3, "a hex digit" },
    { TEXT("0x1.5"), 1, 4, "end of the text" },
    { TEXT("1.2.3"), 1, 4, "end of the text" },
    { TEXT("1a"), 1, 2, "end of the value" },
    { TEXT("[5x]"), 1, 3, "end of the value" },
    { TEXT("0x1g"), 1, 4, "end of the value" },
    { TEXT("Infinit"), 1, 1, "a digit" },
    { TEXT("Infinity1"), 1, 9, "end of the value" },
    { TEXT("NaNa"), 1, 4, "end of the value" },
    { TEXT(".e1"), 1, 2, "a digit" },
    { TEXT("1_000"), 1, 2, "end of the value" },
    { TEXT("0b1"), 1, 2, "end of the value" },
  };
  static const char *const constants[] = { "Infinity", "-Infinity", "Infinity", "NaN", "NaN", "NaN" };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *doc = NULL;
  const char *text = valid[COUNT(valid) - 1].text;
  const struct cc_jval *v;
  int64_t n = 7;

  (void)state;
  check_valid(valid, COUNT(valid));
  check_invalid(invalid, COUNT(invalid));
  assert_int_equal(cc_json5_parse(text, strlen(text), "t", &doc, &err), 0);
  v = cc_json_root(doc)->first;
  for (size_t i = 0; i < COUNT(constants); i++, v = v->next)
    {
      assert_int_equal(v->type, CC_JSON_NUMBER);
      assert_string_equal(v->text, constants[i]);
      assert_int_equal(cc_jint64(v, &n), -1);
    }
  assert_int_equal(n, 7);
}

static void
test_number_length(void **state)
{
  static char text[2000];
  struct invalid invalid = { text, 0, 1, 0, "more than 512 characters" };
  struct valid valid = { text, 0, NULL };

  (void)state;
  memset(text, '9', sizeof(text));
  valid.length = 512;
  check_valid(&valid, 1);
  invalid.length = 513;
  invalid.column = 513;
  check_invalid(&invalid, 1);
  memset(text, '9', sizeof(text));
  text[0] = '.';
  invalid.length = sizeof(text);
  invalid.column = 512;
  check_invalid(&invalid, 1);
  memset(text, 'f', sizeof(text));
  memcpy(text, "-0x", 3);
  valid.length = 515;
  check_valid(&valid, 1);
  invalid.length = 516;
  invalid.column = 516;
  check_invalid(&invalid, 1);
}

static void
test_comments_and_space(void **state)
{
  static const struct valid valid[] = {
    { TEXT("[false // a comment\n , // another\r true // last\n]"), "[false,true]" },
    { TEXT("null // at the end"), "null" },
    { TEXT("// first\nnull//"), "null" },
    { TEXT("/* a /* b // c\n * */ null /**/"), "null" },
    { TEXT("{/**/a/*x*/:/***/1/**\r\n/*/,}"), "{\"a\":1}" },
    { TEXT("1 // ends at\xe2\x80\xa8"), "1" },
    { TEXT("[1 // ends at\xe2\x80\xa9 ,2]"), "[1,2]" },
    { TEXT("\t\v\f \xc2\xa0\xef\xbb\xbf\n\r\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x83\xe1\x9a\x80\xe2\x80\xaf\xe2\x81\x9f"
           "\xe3\x80\x80null"),
      "null" },
    { TEXT("\xef\xbb\xbf{}"), "{}" },
  };
  static const struct invalid invalid[] = {
    { TEXT(""), 1, 1, "the text ends where a value" },
    { TEXT("  \n  "), 2, 3, "the text ends" },
    { TEXT("// only"), 1, 8, "the text ends" },
    { TEXT("# no comment\n1"), 1, 1, "`#`" },
    { TEXT("1 /* open"), 1, 3, "never closed" },
    { TEXT("/*/"), 1, 1, "never closed" },
    { TEXT("1 / 2"), 1, 3, "neither" },
    { TEXT("1 // \xff"), 1, 6, "invalid UTF-8" },
    { TEXT("/* \xc3"), 1, 4, "invalid UTF-8" },
    { TEXT("\xe1\xa0\x8e"
           "1"),
      1, 1, "U+180E" }, /* no space since Unicode 6.3 */
    { TEXT("1 2"), 1, 3, "the end of the text" },
    { TEXT("{} }"), 1, 4, "`}`" },
    { TEXT("nul"), 1, 1, "`nul` is no value" },
    { TEXT("nulll"), 1, 5, "end of the value" },
    { TEXT("true\\u0061"), 1, 5, "end of the value" },
    { TEXT("\\u0074rue"), 1, 1, "a value" },
    { TEXT("\0"), 1, 1, "U+0000" },
  };

  (void)state;
  check_valid(valid, COUNT(valid));
  check_invalid(invalid, COUNT(invalid));
}

static void
test_places(void **state)
{
  /* every kind of line end, a tab and characters of 2, 3 and 4 bytes count as one column */
  static const struct invalid invalid[] = {
    { TEXT("{\n\ta: 1,\r\n  b: \r\r  ?"), 5, 3, "`?`" },
    { TEXT("['\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80', ?"), 1, 9, "`?`" },
    { TEXT("\xef\xbb\xbf?"), 1, 1, "`?`" },
    { TEXT("'a\\\nb' ?"), 2, 4, "`?`" },
    { TEXT("/*\n\n*/ ?"), 3, 4, "`?`" },
    { TEXT("[\x7f]"), 1, 2, "U+007F" },
  };
  static const char text[] = "{ a: 1,\n 'b' : [ 2,\n  {c: 'x'}] }";
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *doc = NULL;
  const struct cc_jval *b, *c;
  uint32_t line, column;

  (void)state;
  check_invalid(invalid, COUNT(invalid));
  assert_int_equal(cc_json5_parse(TEXT(text), "t", &doc, &err), 0);
  b = cc_jget(cc_json_root(doc), "b");
  assert_int_equal(b->line, 2);
  assert_int_equal(b->column, 8);
  cc_json5_key_place(b, &line, &column);
  assert_int_equal(line, 2);
  assert_int_equal(column, 2);
  c = cc_jget(b->last, "c");
  assert_int_equal(c->line, 3);
  assert_int_equal(c->column, 7);
  cc_json5_key_place(c, &line, &column);
  assert_int_equal(line, 3);
  assert_int_equal(column, 4);
}

static void
test_limits(void **state)
{
  char deep[400];
  cc_auto_free char *huge = cc_xcalloc(1, CC_JSON5_MAX_SIZE + 2);
  struct valid valid = { deep, 0, NULL };
  struct invalid invalid = { deep, 0, 1, 65, "nested deeper than 64" };

  (void)state;
  memset(deep, '[', 64);
  memset(deep + 64, ']', 64);
  valid.length = 128;
  check_valid(&valid, 1);
  memset(deep, '[', 65);
  memset(deep + 65, ']', 65);
  invalid.length = 130;
  check_invalid(&invalid, 1);
  for (int i = 0; i < 65; i++)
    memcpy(deep + i * 3, "{a:", 3);
  invalid.length = 195;
  invalid.column = 64 * 3 + 1;
  check_invalid(&invalid, 1);

  memset(huge, ' ', CC_JSON5_MAX_SIZE + 1);
  huge[0] = '1';
  valid = (struct valid){ huge, CC_JSON5_MAX_SIZE, "1" };
  check_valid(&valid, 1);
  invalid = (struct invalid){ huge, CC_JSON5_MAX_SIZE + 1, 1, 1, "larger than 8388608 bytes" };
  check_invalid(&invalid, 1);
}

/* A hostile text cannot write a second line into a log. */
static void
test_message_is_one_line(void **state)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_json *doc = NULL;

  (void)state;
  assert_int_equal(cc_json5_parse(TEXT("{'a\\nclosedclaw: fine': 1, 'a\\nclosedclaw: fine': 2}"), "t", &doc, &err), -1);
  assert_null(strchr(err.msg, '\n'));
  assert_non_null(strstr(err.msg, "1:28"));
}

/* Every prefix of a text with everything in it ends in an error or a value, never in a fault (sanitizers watch). */
static void
test_prefixes(void **state)
{
  static const char text[] = "\xef\xbb\xbf{ a: [1, .5, 0xff, -Infinity, NaN, 'x\\u00e9\\x41\\\n\\uD83D\\uDE00'], // "
                             "c\n \"b\": {/* */ \xc3\xa9: null,},}";

  (void)state;
  for (size_t n = 0; n < sizeof(text) - 1; n++)
    {
      struct cc_error err = CC_ERROR_INIT;
      cc_auto_json struct cc_json *doc = NULL;
      cc_auto_free char *copy = cc_xcalloc(1, n + 1);

      memcpy(copy, text, n);
      copy = cc_xrealloc(copy, n > 0 ? n : 1); /* so that reading past the end is seen */
      assert_int_equal(cc_json5_parse(copy, n, "t", &doc, &err), -1);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_arrays),
    cmocka_unit_test(test_objects),
    cmocka_unit_test(test_duplicate_keys),
    cmocka_unit_test(test_strings),
    cmocka_unit_test(test_numbers),
    cmocka_unit_test(test_number_length),
    cmocka_unit_test(test_comments_and_space),
    cmocka_unit_test(test_places),
    cmocka_unit_test(test_limits),
    cmocka_unit_test(test_message_is_one_line),
    cmocka_unit_test(test_prefixes),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
