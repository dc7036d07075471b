/* Options of mounts as texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shim/mount_options.h"

static void
sizes(void **state)
{
  static const char *const bad[]
      = { "08m", "010", "0x10", "", "50%", "x", "1z", "-1", "1kk", "99999999999999999999", "99999999999g" };
  uint64_t n = 7;

  (void)state;
  assert_int_equal(cc_mount_size("65536k", &n), 0);
  assert_int_equal(n, 67108864);
  assert_int_equal(cc_mount_size("1G", &n), 0);
  assert_int_equal(n, 1073741824);
  assert_int_equal(cc_mount_size("12", &n), 0);
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    assert_int_equal(cc_mount_size(bad[i], &n), -1);
  assert_int_equal(n, 12);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(sizes),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
