/* What the record says of one container. */
#include "common/own.h"
#include "host.h"
#include "shim/record.h"
#include "shim/record_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT cc_host_path

static struct cc_error err;
static char path[200];

static void
refuse(const char *id, const char *why)
{
  struct cc_error refusal = CC_ERROR_INIT;

  cc_error_refuse(&refusal, "network", "%s", why);
  cc_record_refusal(path, id, "create", &refusal);
}

static void
begin(void)
{
  unlink(path);
  refuse("aaaa1111", "one");
  refuse("aaaa2222", "two \"quoted\"");
  refuse("aaaa1111", "three");
}

static void
of_one(void **state)
{
  struct cc_record got;

  (void)state;
  begin();
  assert_int_equal(cc_record_read(path, "aaaa1111", &got, &err), 0);
  assert_int_equal(got.count, 2);
  assert_string_equal(got.items[0].message, "one");
  assert_string_equal(got.items[1].message, "three");
  assert_string_equal(got.items[1].rule, "network");
  assert_string_equal(got.items[1].event, "refused");
  assert_string_equal(got.items[1].call, "create");
  assert_int_equal(strlen(got.items[1].time), strlen("2026-01-31T12:00:00Z"));
  assert_false(got.cut);
  cc_record_clear(&got);
  assert_int_equal(cc_record_read(path, "aaaa2", &got, &err), 0);
  assert_int_equal(got.count, 1);
  assert_string_equal(got.items[0].message, "two \"quoted\"");
  cc_record_clear(&got);
}

static void
of_nobody(void **state)
{
  static const char *const ids[] = { "bbbb", "", "aaaa11112", "one" };
  struct cc_record got;

  (void)state;
  begin();
  for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
    {
      assert_int_equal(cc_record_read(path, ids[i], &got, &err), 0);
      assert_int_equal(got.count, 0);
    }
  assert_int_equal(cc_record_read(AT("@/none"), "aaaa1111", &got, &err), 0);
  assert_int_equal(got.count, 0);
  assert_int_equal(cc_record_read(path, "aaaa", &got, &err), CC_FAILED);
  assert_int_equal(err.errnum, EEXIST);
}

/* The tail of a long file, and the newest of many entries. */
static void
is_bounded(void **state)
{
  struct cc_record got;
  FILE *f;

  (void)state;
  begin();
  f = fopen(path, "ae");
  assert_non_null(f);
  for (size_t n = 0; n < CC_RECORD_READ_MAX; n += 100)
    fprintf(f, "{\"container\":\"other\",\"x\":\"%071d\"}\n", 0);
  fprintf(f, "no entry of aaaa1111\n{\"container\":\n");
  fclose(f);
  assert_int_equal(cc_record_read(path, "aaaa1111", &got, &err), 0);
  assert_true(got.cut);
  assert_int_equal(got.count, 0);
  cc_record_clear(&got);
  for (int i = 0; i < CC_RECORD_ENTRIES_MAX + 5; i++)
    refuse("aaaa1111", AT("%d", i));
  assert_int_equal(cc_record_read(path, "aaaa1111", &got, &err), 0);
  assert_int_equal(got.count, CC_RECORD_ENTRIES_MAX);
  assert_int_equal(got.left, 5);
  assert_string_equal(got.items[0].message, "5");
  cc_record_clear(&got);
}

static void
others_words_are_none(void **state)
{
  struct cc_record got;

  (void)state;
  begin();
  assert_int_equal(chmod(path, 0666), 0);
  assert_int_equal(cc_record_read(path, "aaaa1111", &got, &err), CC_FAILED);
  unlink(path);
  assert_int_equal(symlink("/etc/hostname", path), 0);
  assert_int_equal(cc_record_read(path, "aaaa1111", &got, &err), CC_FAILED);
  unlink(path);
  assert_int_equal(mkfifo(path, 0600), 0);
  assert_int_equal(cc_record_read(path, "aaaa1111", &got, &err), CC_FAILED);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(of_one),
    cmocka_unit_test(of_nobody),
    cmocka_unit_test(is_bounded),
    cmocka_unit_test(others_words_are_none),
  };
  int failed;

  cc_host_enter();
  snprintf(path, sizeof(path), "%s", AT("@/audit.jsonl"));
  failed = cmocka_run_group_tests(tests, NULL, NULL);
  cc_host_leave();
  return failed;
}
