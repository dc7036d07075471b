#include "policy/exec_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct row
{
  enum cc_exec_kind kind;
  const char *argv[20];
};

static size_t
count_of(const char *const *argv)
{
  size_t n = 0;

  while (argv[n] != NULL)
    n++;
  return n;
}

static void
check(const struct row *rows, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      struct cc_exec_shape shape = cc_exec_shape(rows[i].argv, count_of(rows[i].argv));

      if (shape.kind != rows[i].kind)
        fail_msg("row %zu (%s … %s): kind %d, not %d", i, rows[i].argv[0] != NULL ? rows[i].argv[0] : "",
                 rows[i].argv[0] != NULL && count_of(rows[i].argv) > 4 ? rows[i].argv[4] : "", shape.kind,
                 rows[i].kind);
      assert_non_null(shape.what);
    }
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))
#define FS "sh", "-c", "set -eu", "openclaw-sandbox-fs"

/* as OpenClaw 2026.9.6 and Clawdbot 2026.1.24 call them */
static void
gateways_own_forms(void **state)
{
  static const struct row rows[] = {
    { CC_EXEC_SHELL, { "/bin/sh", "-lc", "ls; id" } },
    { CC_EXEC_SHELL, { "sh", "-lc", "ls" } },
    { CC_EXEC_READ, { FS, "/workspace/a b", "0", "1" } },
    { CC_EXEC_READ, { FS, "/workspace/a", "1" } },
    { CC_EXEC_READ, { FS, "/workspace", "file.txt" } },
    { CC_EXEC_READ, { FS, "read", "/workspace", "", "file" } },
    { CC_EXEC_READ, { FS, "read", "/workspace", "a/b", "file", "1048576" } },
    { CC_EXEC_READ, { FS, "readdir", "/workspace", "" } },
    { CC_EXEC_CHANGE, { FS, "write", "/workspace", "a", "file", "1" } },
    { CC_EXEC_CHANGE, { FS, "create", "/workspace", "", "file", "0" } },
    { CC_EXEC_CHANGE, { FS, "mkdirp", "/workspace", "a/b" } },
    { CC_EXEC_CHANGE, { FS, "remove", "/workspace", "", "file", "0", "1" } },
    { CC_EXEC_CHANGE, { FS, "rename", "/workspace", "", "a", "/workspace", "", "b", "1" } },
    { CC_EXEC_CHANGE, { "/bin/sh", "-c", "x", "openclaw-sandbox-fs", "copy", "/a", "", "a", "/b", "", "b", "0" } },
    { CC_EXEC_CLEANUP, { FS, "CODEX_SANDBOX_EXEC_ID=0b1c2d3e-0000-4000-8000-123456789abc" } },
    { CC_EXEC_MOUNTS, { "cat", "/proc/self/mountinfo" } },
  };

  (void)state;
  CHECK(rows);
}

static void
what_only_looks_like_them(void **state)
{
  static const struct row rows[] = {
    { CC_EXEC_OTHER, { NULL } },
    { CC_EXEC_OTHER, { "sh" } },
    { CC_EXEC_OTHER, { "sh", "-c", "id" } },
    { CC_EXEC_OTHER, { "bash", "-lc", "id" } },
    { CC_EXEC_OTHER, { "/usr/bin/sh", "-lc", "id" } },
    { CC_EXEC_OTHER, { "sh", "-lc", "id", "more" } },
    { CC_EXEC_OTHER, { "sh", "-lic", "id" } },
    { CC_EXEC_OTHER, { "dash", "-c", "set -eu", "openclaw-sandbox-fs", "read", "/workspace", "", "file" } },
    { CC_EXEC_OTHER, { "busybox", "sh", "-c", "x", "openclaw-sandbox-fs", "read", "/workspace", "", "file" } },
    { CC_EXEC_OTHER, { "sh", "-lc", "x", "openclaw-sandbox-fs", "read", "/workspace", "", "file" } },
    { CC_EXEC_OTHER, { "sh", "-c", "-x", "x", "openclaw-sandbox-fs", "read" } },
    { CC_EXEC_OTHER, { "sh", "-c", "x", "openclaw-sandbox-fs2", "read", "/workspace", "", "file" } },
    { CC_EXEC_OTHER, { "cat", "/proc/self/mountinfo", "/etc/passwd" } },
    { CC_EXEC_OTHER, { "cat", "/proc/1/mountinfo" } },
    { CC_EXEC_OTHER, { "/bin/cat", "/proc/self/mountinfo" } },
    { CC_EXEC_UNKNOWN_FILE, { FS } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "shell", "id" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "READ", "/workspace", "", "file" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "read", "workspace", "", "file" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "read", "/workspace", "/etc", "file" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "read", "/workspace", "", "a/b" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "read", "/workspace", "", "" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "read", "/workspace", "", "file", "12x" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "read", "/workspace", "", "file", "" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "read", "/workspace", "", "file", "1", "2" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "write", "/workspace", "a", "file" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "write", "/workspace", "a", "file", "2" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "/workspace", "0", "1", "x" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "relative", "file" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "CODEX_SANDBOX_EXEC_ID=" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "CODEX_SANDBOX_EXEC_ID=a b" } },
    { CC_EXEC_UNKNOWN_FILE, { FS, "CODEX_SANDBOX_EXEC_ID=a", "rm" } },
    { CC_EXEC_UNKNOWN_FILE,
      { FS, "rename", "/w", "", "a", "/w", "", "b", "1", "x", "x", "x", "x", "x" } }, /* more than is looked at */
  };

  (void)state;
  CHECK(rows);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(gateways_own_forms),
    cmocka_unit_test(what_only_looks_like_them),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
