#include "policy/elevated.h"

#include "common/own.h"
#include "policy/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* -- patterns -- */

#define WORDS(...)                                                                                                     \
  (const char *const[])                                                                                                \
  {                                                                                                                    \
    __VA_ARGS__                                                                                                        \
  }
#define MATCHES(pattern, ...)                                                                                          \
  cc_elevated_matches(pattern, WORDS(__VA_ARGS__), sizeof(WORDS(__VA_ARGS__)) / sizeof(char *))

static void
patterns_are_words(void **state)
{
  (void)state;
  assert_true(MATCHES("git push *", "git", "push"));
  assert_true(MATCHES("git push *", "git", "push", "origin", "main"));
  assert_true(MATCHES("git push *", "git", "push", "; rm -rf /"));
  assert_true(MATCHES("  git \t push   * ", "git", "push", "x"));
  assert_true(MATCHES("git *", "git"));
  assert_true(MATCHES("git status", "git", "status"));
  assert_false(MATCHES("git status", "git", "status", "-s"));
  assert_false(MATCHES("git status", "git"));
  assert_false(MATCHES("git push *", "git", "pushx"));
  assert_false(MATCHES("git push *", "git", "-c", "x", "push"));
  assert_false(MATCHES("git push *", "/tmp/git", "push"));
  assert_false(MATCHES("git push *", "git push", "x"));
  assert_false(MATCHES("git push *", "Git", "push"));
  assert_true(MATCHES("git * origin", "git", "push", "origin"));
  assert_false(MATCHES("git * origin", "git", "origin"));
  assert_false(MATCHES("git * origin", "git", "push", "-f", "origin"));
  assert_true(MATCHES("systemctl status *.service", "systemctl", "status", "a.service"));
  assert_false(MATCHES("systemctl status *.service", "systemctl", "status", "a.service", "--host=x"));
  assert_true(MATCHES("*", "anything", "at", "all"));
  assert_false(MATCHES("", "anything"));
  assert_false(MATCHES(" \t", "anything"));
}

static void
a_programs_directory_is_not_left(void **state)
{
  (void)state;
  assert_true(MATCHES("/usr/bin/git* *", "/usr/bin/git-upload"));
  assert_false(MATCHES("/usr/bin/git* *", "/usr/bin/git/../../../tmp/x"));
  assert_false(MATCHES("* status", "/tmp/x", "status"));
  assert_true(MATCHES("cat /var/log/*", "cat", "/var/log/a/b"));
}

/* -- the whole question -- */

struct box
{
  struct cc_config *config;
  struct cc_tools *tools;
  struct cc_elevated_query query;
};

static void
begin(struct box *b, const char *text, const char *agent)
{
  struct cc_error err = CC_ERROR_INIT;

  memset(b, 0, sizeof(*b));
  if (cc_config_parse(text, strlen(text), "c.json5", &b->config, &err) < 0)
    fail_msg("%s", err.msg);
  struct cc_tool_query query = { .global = cc_config_tools(b->config, NULL),
                                 .agent = agent != NULL ? cc_config_tools(b->config, agent) : NULL,
                                 .agent_id = agent,
                                 .sandboxed = true };
  b->tools = cc_tools_resolve(&query);
  b->query = (struct cc_elevated_query){
    .global = query.global, .agent = query.agent, .agent_id = agent, .tools = b->tools, .sandboxed = true
  };
}

static void
end(struct box *b)
{
  cc_tools_free(b->tools);
  cc_config_free(b->config);
}

/* Checks the answer to LINE, and that REASON (NULL: any) is part of what is said. */
static void
ask(struct box *b, const char *line, enum cc_elevated_answer wanted, const char *reason)
{
  struct cc_elevated_verdict v;

  cc_elevated_judge_arguments(&b->query, &line, 1, &v);
  if (v.answer != wanted || (reason != NULL && strstr(v.reason, reason) == NULL))
    fail_msg("`%s`: %d, %s", line, v.answer, v.reason);
  cc_elevated_verdict_clear(&v);
}

#define SEED "{tools:{elevated:{enabled:true,patterns:['brew *','git push *','docker *'],requireApproval:true}}}"

static void
patterns_ask_by_default(void **state)
{
  struct box b;

  (void)state;
  begin(&b, SEED, NULL);
  ask(&b, "git push origin main", CC_ELEVATED_APPROVAL, "`git push *` matches");
  ask(&b, "brew install x", CC_ELEVATED_APPROVAL, NULL);
  ask(&b, "git status", CC_ELEVATED_NO, "no pattern");
  ask(&b, "git push; rm -rf /", CC_ELEVATED_NO, "another command");
  ask(&b, "git push $(id)", CC_ELEVATED_NO, "substitution");
  ask(&b, "X=1 git push", CC_ELEVATED_NO, "variable");
  ask(&b, "", CC_ELEVATED_NO, "no command");
  end(&b);
  begin(&b, "{tools:{elevated:{patterns:['git push *']}}}", NULL);
  ask(&b, "git push", CC_ELEVATED_APPROVAL, NULL);
  end(&b);
  begin(&b, "{tools:{elevated:{patterns:['git push *'],requireApproval:false}}}", NULL);
  ask(&b, "git push", CC_ELEVATED_HOST, NULL);
  end(&b);
}

static void
several_arguments_are_words(void **state)
{
  const char *args[] = { "git", "push", "; rm -rf / $(id)" }, *none[] = { "" };
  struct cc_elevated_verdict v;
  struct box b;

  (void)state;
  begin(&b, SEED, NULL);
  cc_elevated_judge_arguments(&b.query, args, 3, &v);
  assert_int_equal(v.answer, CC_ELEVATED_APPROVAL);
  assert_string_equal(v.pattern, "git push *");
  assert_int_equal(v.place.line, 1);
  cc_elevated_verdict_clear(&v);
  cc_elevated_judge_arguments(&b.query, none, 0, &v);
  assert_int_equal(v.answer, CC_ELEVATED_NO);
  cc_elevated_verdict_clear(&v);
  end(&b);
}

static void
nothing_written_elevates_nothing(void **state)
{
  struct box b;

  (void)state;
  begin(&b, "{}", NULL);
  ask(&b, "ls", CC_ELEVATED_NO, "no pattern in tools.elevated.patterns");
  end(&b);
}

static void
both_must_enable_it(void **state)
{
  struct box b;

  (void)state;
  begin(&b, "{tools:{elevated:{enabled:false,patterns:['ls']}}}", NULL);
  ask(&b, "ls", CC_ELEVATED_NO, "tools.elevated.enabled is false");
  end(&b);
  begin(&b,
        "{tools:{elevated:{enabled:false,patterns:['ls']}},agents:{list:[{id:'a',tools:{elevated:{enabled:true}}}]}}",
        "a");
  ask(&b, "ls", CC_ELEVATED_NO, "tools.elevated.enabled is false");
  end(&b);
  begin(&b, "{tools:{elevated:{patterns:['ls']}},agents:{list:[{id:'a',tools:{elevated:{enabled:false}}}]}}", "a");
  ask(&b, "ls", CC_ELEVATED_NO, "tools.elevated.enabled of agent `a` is false");
  end(&b);
}

static void
an_agent_only_narrows(void **state)
{
  static const char text[] = "{tools:{elevated:{patterns:['git *','ls'],requireApproval:false}},agents:{list:["
                             "{id:'a',tools:{elevated:{patterns:['git push *','id']}}},"
                             "{id:'b',tools:{elevated:{requireApproval:true}}},"
                             "{id:'c',tools:{elevated:{patterns:[]}}}]}}";
  struct box b;

  (void)state;
  begin(&b, text, "a");
  ask(&b, "git push x", CC_ELEVATED_HOST, NULL);
  ask(&b, "git status", CC_ELEVATED_NO, "no pattern of tools.elevated.patterns of agent `a`");
  ask(&b, "id", CC_ELEVATED_NO, "no pattern of tools.elevated.patterns matches it");
  end(&b);
  begin(&b, text, "b");
  ask(&b, "ls", CC_ELEVATED_APPROVAL, NULL);
  end(&b);
  begin(&b, text, "c");
  ask(&b, "ls", CC_ELEVATED_NO, NULL);
  end(&b);
  begin(&b, "{agents:{list:[{id:'a',tools:{elevated:{patterns:['ls'],requireApproval:false}}}]}}", "a");
  ask(&b, "ls", CC_ELEVATED_NO, "can only narrow");
  end(&b);
  begin(&b, "{tools:{elevated:{patterns:['ls']}},agents:{list:[{id:'a',tools:{elevated:{requireApproval:false}}}]}}",
        "a");
  ask(&b, "ls", CC_ELEVATED_APPROVAL, NULL);
  end(&b);
}

static void
senders_must_be_listed(void **state)
{
  static const char text[]
      = "{tools:{elevated:{patterns:['ls'],requireApproval:false,allowFrom:{telegram:[42,'username:ann','name:Bob'],"
        "discord:['*']}}},agents:{list:[{id:'a',tools:{elevated:{allowFrom:{telegram:['id:42']}}}}]}}";
  static const struct
  {
    const char *agent, *provider, *sender;
    bool allowed;
  } rows[] = {
    { NULL, NULL, NULL, false },
    { NULL, "telegram", NULL, false },
    { NULL, "telegram", "42", true },
    { NULL, "Telegram", "id:42", true },
    { NULL, "telegram", "43", false },
    { NULL, "telegram", "", false },
    { NULL, "telegram", "name:42", false },
    { NULL, "telegram", "username:@Ann", true },
    { NULL, "telegram", "ann", false },
    { NULL, "telegram", "name:bob", true },
    { NULL, "telegram", "tag:42", false },
    { NULL, "telegram", "e164:42", true },
    { NULL, "discord", "anybody", true },
    { NULL, "signal", "42", false },
    { "a", "telegram", "42", true },
    { "a", "telegram", "username:ann", false },
    { "a", "discord", "anybody", false },
  };
  struct box b;

  (void)state;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    {
      begin(&b, text, rows[i].agent);
      b.query.provider = rows[i].provider;
      b.query.sender = rows[i].sender;
      ask(&b, "ls", rows[i].allowed ? CC_ELEVATED_HOST : CC_ELEVATED_NO, rows[i].allowed ? NULL : "allowFrom");
      end(&b);
    }
}

/* the third scenario of the documents: elevated adds no tool */
static void
without_the_tool_nothing_is_elevated(void **state)
{
  struct cc_elevated_verdict v;
  const char *line = "systemctl status nginx";
  struct box b;

  (void)state;
  begin(&b,
        "{tools:{profile:'messaging',deny:['group:runtime','group:fs'],elevated:{enabled:true,"
        "patterns:['systemctl status *','journalctl *'],requireApproval:true}}}",
        NULL);
  cc_elevated_judge_arguments(&b.query, &line, 1, &v);
  assert_int_equal(v.answer, CC_ELEVATED_NO);
  assert_string_equal(v.pattern, "systemctl status *");
  assert_non_null(strstr(v.reason, "tool `exec` is denied"));
  cc_elevated_verdict_clear(&v);
  b.query.sandboxed = false;
  ask(&b, line, CC_ELEVATED_NO, "tool `exec` is denied");
  end(&b);
}

static void
who_is_not_sandboxed_is_there_already(void **state)
{
  struct box b;

  (void)state;
  begin(&b, "{}", NULL);
  b.query.sandboxed = false;
  ask(&b, "anything; at all", CC_ELEVATED_HOST, "not sandboxed");
  end(&b);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(patterns_are_words),
    cmocka_unit_test(a_programs_directory_is_not_left),
    cmocka_unit_test(patterns_ask_by_default),
    cmocka_unit_test(several_arguments_are_words),
    cmocka_unit_test(nothing_written_elevates_nothing),
    cmocka_unit_test(both_must_enable_it),
    cmocka_unit_test(an_agent_only_narrows),
    cmocka_unit_test(senders_must_be_listed),
    cmocka_unit_test(without_the_tool_nothing_is_elevated),
    cmocka_unit_test(who_is_not_sandboxed_is_there_already),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
