#include "common/json.h"
#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
round_trip(void **state)
{
  /* Each is written back byte for byte: numbers keep their text, members their order. */
  static const char *const texts[] = {
    "{\"z\":18446744073709551615,\"a\":1.0e3,\"m\":0.1000000000000000055,\"n\":-0}",
    "{\"unknown\":{\"deep\":[null,true,false,\"\\\"\\\\\\n\"]},\"ociVersion\":\"1.0.2\"}",
    "[]",
    "\"a/b \\u0001 \xc3\xa9 \xf0\x9f\x92\xa9\"",
    "{\"\":1}",
  };

  (void)state;
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
    {
      cc_auto_json struct cc_json *doc = NULL;
      cc_auto_free char *out = NULL;
      struct cc_error err = CC_ERROR_INIT;
      size_t n;

      assert_int_equal(cc_json_parse(texts[i], strlen(texts[i]), "t", &doc, &err), 0);
      assert_int_equal(cc_json_write(cc_json_root(doc), &out, &n, &err), 0);
      assert_string_equal(out, texts[i]);
      assert_int_equal(n, strlen(texts[i]));
    }
}

struct bad
{
  const char *text;
  size_t length; /* 0: strlen */
  const char *part_of_message;
};

static void
refused(void **state)
{
  static const struct bad bad[] = {
    { "", 0, "" },
    { "{", 0, "" },
    { "{}x", 0, "" },
    { "{}{}", 0, "" },
    { "{\"a\":1,\"a\":2}", 0, "`a` and `a`" },
    { "{\"hostname\":1,\"HostName\":2}", 0, "`hostname` and `HostName`" },
    { "{\"hooks\":1,\"hoo\xe2\x84\xaas\":2}", 0, "one object" }, /* U+212A folds to k */
    { "{\"mounts\":1,\"mount\xc5\xbf\":2}", 0, "one object" },   /* U+017F folds to s */
    { "{\"a\":\"x\\u0000y\"}", 0, "NUL" },
    { "{\"a\\u0000b\":1}", 0, "NUL" },
    { "\"a\0b\"", 5, "NUL" },
    { "/* c */{}", 0, "" },
    { "{}// c", 0, "" },
    { "\"\\ud800\"", 0, "surrogate" },
    { "\"\\ud800\\u0041\"", 0, "surrogate" },
    { "\"\\udc00\"", 0, "surrogate" },
    { "\"\xc0\xaf\"", 0, "UTF-8" },
    { "\"\xed\xa0\x80\"", 0, "UTF-8" },
    { "\"\xf5\x80\x80\x80\"", 0, "UTF-8" },
    { "\"\xff\"", 0, "UTF-8" },
    { "\xef\xbb\xbf{}", 0, "" },
    { "01", 0, "" },
    { "[1,]", 0, "" },
    { "'a'", 0, "" },
    { "NaN", 0, "" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    {
      struct cc_json *doc = NULL;
      struct cc_error err = CC_ERROR_INIT;
      size_t n = bad[i].length != 0 ? bad[i].length : strlen(bad[i].text);

      if (cc_json_parse(bad[i].text, n, "t", &doc, &err) == 0)
        fail_msg("accepted: %s", bad[i].text);
      assert_null(doc);
      assert_string_equal(err.rule, "json");
      assert_non_null(strstr(err.msg, bad[i].part_of_message));
      assert_null(strpbrk(err.msg, "\n?")); /* nor a line's end that was made harmless */
    }
}

static int
parse_nested(unsigned depth, struct cc_error *err)
{
  cc_auto_free char *text = cc_xcalloc(1, 2 * depth + 1);
  cc_auto_json struct cc_json *doc = NULL;

  memset(text, '[', depth);
  memset(text + depth, ']', depth);
  return cc_json_parse(text, 2 * depth, "t", &doc, err);
}

static void
depth_is_bounded(void **state)
{
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  assert_int_equal(parse_nested(CC_JSON_MAX_DEPTH, &err), 0);
  assert_int_equal(parse_nested(CC_JSON_MAX_DEPTH + 1, &err), CC_FAILED);
  /* yajl's own tree crashed on this one (style-anchors: SIGSEGV in the recursive free) */
  assert_int_equal(parse_nested(1000000, &err), CC_FAILED);
  assert_non_null(strstr(err.msg, "nested deeper"));
}

static void
size_is_bounded(void **state)
{
  cc_auto_free char *text = cc_xcalloc(1, CC_JSON_MAX_SIZE + 2);
  struct cc_json *doc = NULL;
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  memset(text, ' ', CC_JSON_MAX_SIZE);
  text[CC_JSON_MAX_SIZE] = '1';
  assert_int_equal(cc_json_parse(text, CC_JSON_MAX_SIZE + 1, "t", &doc, &err), CC_FAILED);
  text[CC_JSON_MAX_SIZE - 1] = '1';
  assert_int_equal(cc_json_parse(text, CC_JSON_MAX_SIZE, "t", &doc, &err), 0);
  cc_json_free(doc);
}

static void
many_keys(void **state)
{
  cc_auto_free char *text = cc_xcalloc(1, 64 * 1000 + 64);
  struct cc_json *doc = NULL;
  struct cc_error err = CC_ERROR_INIT;
  size_t n = 0;

  (void)state;
  n += (size_t)sprintf(text, "{");
  for (int i = 0; i < 1000; i++)
    n += (size_t)sprintf(text + n, "\"key%d\":%d,", i, i);
  strcpy(text + n, "\"KEY500\":0}");
  assert_int_equal(cc_json_parse(text, strlen(text), "t", &doc, &err), CC_FAILED);
  assert_non_null(strstr(err.msg, "KEY500"));
  strcpy(text + n, "\"KEY5000\":0}");
  assert_int_equal(cc_json_parse(text, strlen(text), "t", &doc, &err), 0);
  cc_json_free(doc);
}

static void
integers(void **state)
{
  static const char text[]
      = "[9223372036854775807,-9223372036854775808,9223372036854775808,1.0,1e3,-1,18446744073709551615,\"1\"]";
  cc_auto_json struct cc_json *doc = NULL;
  struct cc_error err = CC_ERROR_INIT;
  static const int as_int[] = { 0, 0, -1, -1, -1, 0, -1, -1 }, as_uint[] = { 0, -1, 0, -1, -1, -1, 0, -1 };
  int i = 0;

  (void)state;
  assert_int_equal(cc_json_parse(text, strlen(text), "t", &doc, &err), 0);
  cc_jeach(v, cc_json_root(doc))
  {
    int64_t s = 42;
    uint64_t u = 42;

    assert_int_equal(cc_jint64(v, &s), as_int[i]);
    assert_int_equal(cc_juint64(v, &u), as_uint[i]);
    if (as_int[i] < 0)
      assert_int_equal(s, 42);
    if (as_uint[i] < 0)
      assert_int_equal(u, 42);
    i++;
  }
}

static void
editing(void **state)
{
  static const char text[] = "{\"a\":1,\"b\":[1,2,3],\"c\":{\"d\":{}}}";
  cc_auto_json struct cc_json *doc = NULL;
  cc_auto_free char *out = NULL;
  struct cc_error err = CC_ERROR_INIT;
  struct cc_jval *root, *b;
  size_t n;

  (void)state;
  assert_int_equal(cc_json_parse(text, strlen(text), "t", &doc, &err), 0);
  root = cc_json_root(doc);
  b = cc_jget(root, "b");
  cc_jremove(b, b->last);
  cc_jremove(b, b->first);
  cc_jappend_str(doc, b, "x");
  cc_jprepend(b, cc_jnew_uint(doc, UINT64_MAX));
  cc_jset_str(doc, root, "a", "first");
  cc_jset(doc, cc_jpath(root, "c.d"), "copy", cc_jcopy(doc, b));
  assert_true(cc_jdel(root, "a"));
  assert_false(cc_jdel(root, "a"));
  cc_jset_bool(doc, cc_jneed_object(doc, root, "e"), "f", true);
  assert_null(cc_jpath(root, "c.d.x.y"));
  assert_int_equal(cc_json_write(root, &out, &n, &err), 0);
  assert_string_equal(out, "{\"b\":[18446744073709551615,2,\"x\"],"
                           "\"c\":{\"d\":{\"copy\":[18446744073709551615,2,\"x\"]}},\"e\":{\"f\":true}}");
}

/* What is written can be read again, whatever it was made of. */
static void
writes_valid_text(void **state)
{
  static const struct
  {
    const char *text, *written;
  } texts[] = {
    { "caf\xc3", "\"caf?\"" },
    { "\xf0\x9f\x92", "\"???\"" },
    { "\xff/\xc3\xa9/\xed\xa0\x80/\xc0\xaf", "\"?/\xc3\xa9/??"
                                             "?/?"
                                             "?\"" },
    { "\xe2\x82\xac\x80", "\"\xe2\x82\xac?\"" },
  };

  (void)state;
  for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
    {
      cc_auto_json struct cc_json *doc = cc_json_new(), *again = NULL;
      cc_auto_free char *out = NULL, *object = NULL;
      struct cc_error err = CC_ERROR_INIT;
      struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
      size_t n;

      assert_int_equal(cc_json_write(cc_jnew_str(doc, texts[i].text), &out, &n, &err), 0);
      assert_string_equal(out, texts[i].written);
      cc_jset_str(doc, o, texts[i].text, "x");
      assert_int_equal(cc_json_write(o, &object, &n, &err), 0);
      assert_int_equal(cc_json_parse(object, n, "t", &again, &err), 0);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(round_trip),      cmocka_unit_test(refused),           cmocka_unit_test(depth_is_bounded),
    cmocka_unit_test(size_is_bounded), cmocka_unit_test(many_keys),         cmocka_unit_test(integers),
    cmocka_unit_test(editing),         cmocka_unit_test(writes_valid_text),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
