/* What becomes of a configuration's tools at a container's execs. */
#include "policy/tool_guard.h"

#include "common/own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct box
{
  struct cc_config *config;
  struct cc_policy policy;
  struct cc_tool_guard guard;
};

/* AGENT and SESSION may be NULL. */
static void
begin(struct box *b, const char *text, const char *agent, const char *session, enum cc_kind kind)
{
  struct cc_identity identity
      = { .kind = kind, .agent = (char *)(uintptr_t)agent, .session = (char *)(uintptr_t)session };
  struct cc_error err = CC_ERROR_INIT;

  memset(b, 0, sizeof(*b));
  if (cc_config_parse(text, strlen(text), "c.json5", &b->config, &err) < 0
      || cc_config_resolve(b->config, &identity, &b->policy, &err) < 0)
    fail_msg("%s", err.msg);
  cc_tool_guard_make(b->config, &identity, &b->policy, &b->guard);
}

static void
end(struct box *b)
{
  cc_tool_guard_clear(&b->guard);
  cc_policy_clear(&b->policy);
  cc_config_free(b->config);
}

static const char *
judge(struct box *b, const char *const *argv)
{
  struct cc_exec_shape shape;
  size_t n = 0;

  while (argv[n] != NULL)
    n++;
  return cc_tool_guard_judge(&b->guard, argv, n, &shape);
}

#define ARGV(...)                                                                                                      \
  (const char *const[])                                                                                                \
  {                                                                                                                    \
    __VA_ARGS__, NULL                                                                                                  \
  }
#define FS(...) ARGV("sh", "-c", "set -eu", "openclaw-sandbox-fs", __VA_ARGS__)
#define SHELL ARGV("/bin/sh", "-lc", "id")
#define READ FS("read", "/workspace", "", "f")
#define STAT FS("/workspace", "f")
#define WRITE FS("write", "/workspace", "", "f", "1")
#define UNKNOWN FS("chmod", "/workspace", "", "f")
#define MOUNTS ARGV("cat", "/proc/self/mountinfo")
#define CLEANUP FS("CODEX_SANDBOX_EXEC_ID=0b1c")

static void
nothing_is_denied_by_default(void **state)
{
  struct box b;

  (void)state;
  begin(&b, "{}", "main", NULL, CC_KIND_AGENT);
  assert_false(cc_config_uses_identity(b.config));
  assert_false(cc_tool_guard_denies(&b.guard));
  assert_null(judge(&b, SHELL));
  assert_null(judge(&b, UNKNOWN));
  end(&b);
}

static void
without_exec_only_the_gateways_own_go_on(void **state)
{
  static const char text[] = "{\n tools: {\n  deny: ['group:runtime'] },\n"
                             " agents: { defaults: { sandbox: { docker: { setupCommand: 'apt-get update' } } } } }";
  struct box b;
  const char *why;

  (void)state;
  begin(&b, text, "main", NULL, CC_KIND_AGENT);
  assert_true(cc_config_uses_identity(b.config));
  why = judge(&b, SHELL);
  assert_non_null(why);
  assert_string_equal(why, "tool `exec` is denied to agent `main`: `group:runtime` in tools.deny (c.json5:3)");
  assert_non_null(judge(&b, ARGV("bash", "-lc", "id")));
  assert_non_null(judge(&b, ARGV("busybox")));
  assert_non_null(judge(&b, ARGV("sh", "-c", "id")));
  assert_non_null(judge(&b, UNKNOWN));
  assert_null(judge(&b, READ));
  assert_null(judge(&b, STAT));
  assert_null(judge(&b, WRITE));
  assert_null(judge(&b, MOUNTS));
  assert_null(judge(&b, CLEANUP));
  assert_null(judge(&b, ARGV("/bin/sh", "-lc", "apt-get update")));
  assert_null(judge(&b, ARGV("sh", "-lc", "apt-get update")));
  assert_non_null(judge(&b, ARGV("sh", "-lc", "apt-get update; id")));
  assert_non_null(judge(&b, ARGV("sh", "-c", "apt-get update")));
  end(&b);
}

static void
without_writing_tools_reading_goes_on(void **state)
{
  struct box b;

  (void)state;
  begin(&b, "{tools:{deny:['write','edit','apply_patch']}}", NULL, "agent:main:main", CC_KIND_AGENT);
  assert_null(judge(&b, SHELL));
  assert_null(judge(&b, READ));
  assert_null(judge(&b, STAT));
  assert_non_null(judge(&b, WRITE));
  assert_non_null(judge(&b, UNKNOWN));
  assert_null(judge(&b, MOUNTS));
  assert_null(judge(&b, CLEANUP));
  end(&b);
  /* any of them is enough */
  begin(&b, "{tools:{deny:['write','apply_patch']}}", "main", NULL, CC_KIND_AGENT);
  assert_null(judge(&b, WRITE));
  end(&b);
}

static void
a_read_only_workspace_is_written_by_nobody(void **state)
{
  struct box b;

  (void)state;
  begin(&b, "{agents:{defaults:{sandbox:{workspaceAccess:'ro'}}}}", "main", NULL, CC_KIND_AGENT);
  assert_non_null(judge(&b, WRITE));
  assert_string_equal(
      judge(&b, WRITE),
      "tool `write` is denied to agent `main`: `write` in what workspaceAccess \"ro\" takes (c.json5:1)");
  assert_null(judge(&b, READ));
  assert_null(judge(&b, SHELL));
  end(&b);
}

static void
without_any_tool_that_reads_nothing_is_read(void **state)
{
  struct box b;

  (void)state;
  begin(&b, "{tools:{allow:['web_search']}}", "main", NULL, CC_KIND_AGENT);
  assert_non_null(judge(&b, READ));
  assert_non_null(judge(&b, STAT));
  assert_non_null(judge(&b, WRITE));
  assert_non_null(judge(&b, SHELL));
  assert_null(judge(&b, MOUNTS));
  assert_null(judge(&b, CLEANUP));
  end(&b);
}

static void
each_agent_has_its_own(void **state)
{
  static const char text[] = "{agents:{list:[{id:'a',tools:{deny:['exec']}},{id:'b'}]}}";
  struct box b;

  (void)state;
  begin(&b, text, "A", NULL, CC_KIND_AGENT);
  assert_true(cc_config_uses_identity(b.config));
  assert_non_null(judge(&b, SHELL));
  end(&b);
  begin(&b, text, NULL, "agent:a:main", CC_KIND_AGENT);
  assert_non_null(judge(&b, SHELL));
  end(&b);
  begin(&b, text, "b", NULL, CC_KIND_AGENT);
  assert_null(judge(&b, SHELL));
  end(&b);
  begin(&b, text, "nobody-wrote-it", NULL, CC_KIND_AGENT);
  assert_null(judge(&b, SHELL));
  end(&b);
  begin(&b, "{tools:{deny:['exec']}}", "nobody-wrote-it", NULL, CC_KIND_AGENT);
  assert_non_null(judge(&b, SHELL));
  end(&b);
}

/* a database that the same runtime starts is not an agent's, and its administrator's execs go on */
static void
who_is_no_agent_is_not_held(void **state)
{
  static const char text[] = "{tools:{deny:['*']}}";
  struct box b;

  (void)state;
  begin(&b, text, NULL, NULL, CC_KIND_PLAIN);
  assert_false(cc_tool_guard_denies(&b.guard));
  end(&b);
  begin(&b, text, NULL, "shared", CC_KIND_AGENT);
  assert_false(cc_tool_guard_denies(&b.guard));
  end(&b);
  begin(&b, text, "main", NULL, CC_KIND_POD_SANDBOX);
  assert_false(cc_tool_guard_denies(&b.guard));
  end(&b);
  begin(&b, "{tools:{deny:['*']},agents:{defaults:{sandbox:{mode:'off'}}}}", "main", NULL, CC_KIND_AGENT);
  assert_false(cc_tool_guard_denies(&b.guard));
  end(&b);
}

/* the label of a container that all sessions of an agent share: the default of gateways */
static void
a_shared_container_is_its_agents(void **state)
{
  static const char text[] = "{agents:{list:[{id:'closed',tools:{deny:['exec']}}]}}";
  struct box b;

  (void)state;
  begin(&b, text, NULL, "agent:closed", CC_KIND_AGENT);
  assert_non_null(judge(&b, SHELL));
  end(&b);
  begin(&b, text, NULL, "agent:close", CC_KIND_AGENT);
  assert_null(judge(&b, SHELL));
  end(&b);
}

static void
sub_agents_are_known_by_their_session(void **state)
{
  static const char text[] = "{tools:{subagents:{tools:{deny:['exec']}}}}";
  struct box b;

  (void)state;
  begin(&b, text, NULL, "agent:main:subagent:1", CC_KIND_AGENT);
  assert_non_null(judge(&b, SHELL));
  end(&b);
  begin(&b, text, NULL, "agent:main:main", CC_KIND_AGENT);
  assert_null(judge(&b, SHELL));
  end(&b);
}

/* a runtime knows neither the model nor who asks, and must not refuse what somebody may have */
static void
what_is_not_known_denies_nothing(void **state)
{
  static const char text[] = "{tools:{byProvider:{x:{deny:['exec']}},toolsBySender:{'*':{deny:['exec']}}}}";
  struct box b;

  (void)state;
  begin(&b, text, "main", NULL, CC_KIND_AGENT);
  assert_false(cc_tool_guard_denies(&b.guard));
  end(&b);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_is_denied_by_default),
    cmocka_unit_test(without_exec_only_the_gateways_own_go_on),
    cmocka_unit_test(without_writing_tools_reading_goes_on),
    cmocka_unit_test(a_read_only_workspace_is_written_by_nobody),
    cmocka_unit_test(without_any_tool_that_reads_nothing_is_read),
    cmocka_unit_test(each_agent_has_its_own),
    cmocka_unit_test(who_is_no_agent_is_not_held),
    cmocka_unit_test(a_shared_container_is_its_agents),
    cmocka_unit_test(sub_agents_are_known_by_their_session),
    cmocka_unit_test(what_is_not_known_denies_nothing),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
