#include "policy/tools.h"

#include "common/own.h"
#include "policy/tool_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LIST(...)                                                                                                      \
  {                                                                                                                    \
    .set = true,                                                                                                       \
    .names = { .items = (char **)(const char *[]){ __VA_ARGS__ },                                                      \
               .count = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *) },                                    \
    .place                                                                                                             \
        = {.line = __LINE__ }                                                                                          \
  }
#define EMPTY_LIST                                                                                                     \
  {                                                                                                                    \
    .set = true                                                                                                        \
  }
#define NAMED(text) .name = (char *)(uintptr_t)(text)

static bool
allowed(const struct cc_tool_query *query, const char *name)
{
  cc_auto_tools struct cc_tools *tools = cc_tools_resolve(query);

  return cc_tools_allow(tools, name);
}

static enum cc_tool_layer
denied_by(const struct cc_tool_query *query, const char *name)
{
  cc_auto_tools struct cc_tools *tools = cc_tools_resolve(query);
  struct cc_tool_verdict v = cc_tools_judge(tools, name);

  assert_false(v.allowed);
  return v.layer;
}

static char *
text_of(const struct cc_tool_query *query, const char *name)
{
  cc_auto_tools struct cc_tools *tools = cc_tools_resolve(query);
  struct cc_tool_verdict v = cc_tools_judge(tools, name);

  return cc_tool_verdict_text(&v);
}

static void
nothing_written_allows_everything(void **state)
{
  struct cc_tool_query q = { .sandboxed = false };

  (void)state;
  assert_true(allowed(&q, "exec"));
  assert_true(allowed(&q, "whatever_a_plugin_brings"));
}

static void
names_have_aliases_and_no_case(void **state)
{
  struct cc_tool_block g = { .own = { .deny = LIST(" BASH ", "Apply-Patch", "cron") } };
  struct cc_tool_query q = { .global = &g };

  (void)state;
  assert_false(allowed(&q, "exec"));
  assert_false(allowed(&q, "Exec"));
  assert_false(allowed(&q, "bash"));
  assert_false(allowed(&q, "apply_patch"));
  assert_false(allowed(&q, "automations"));
  assert_true(allowed(&q, "read"));
}

static void
patterns_match_anywhere(void **state)
{
  (void)state;
  assert_true(cc_tool_matches("*", "exec"));
  assert_true(cc_tool_matches("sessions_*", "sessions_list"));
  assert_true(cc_tool_matches("*_patch", "apply_patch"));
  assert_true(cc_tool_matches("a*p*h", "apply_patch"));
  assert_false(cc_tool_matches("a*p*x", "apply_patch"));
  assert_false(cc_tool_matches("sessions_*", "sessions"));
  assert_false(cc_tool_matches("exe", "exec"));
  assert_false(cc_tool_matches("", "exec"));
  assert_true(cc_tool_matches("outlook__*", "outlook__send_mail"));
}

static void
deny_is_absolute(void **state)
{
  struct cc_tool_block g = { .own = { .allow = LIST("*", "exec"), .deny = LIST("group:runtime") } };
  struct cc_tool_block a = { .own = { .allow = LIST("exec"), .also_allow = LIST("exec") } };
  struct cc_tool_query q = { .global = &g, .agent = &a, .agent_id = "build" };

  (void)state;
  assert_int_equal(denied_by(&q, "exec"), CC_TOOL_GLOBAL);
  cc_auto_free char *text = text_of(&q, "exec");
  assert_string_equal(text, "`group:runtime` in tools.deny");
}

static void
an_empty_allow_is_none(void **state)
{
  struct cc_tool_block g = { .own = { .allow = EMPTY_LIST, .deny = LIST("exec") } };
  struct cc_tool_query q = { .global = &g };

  (void)state;
  assert_true(allowed(&q, "read"));
  assert_false(allowed(&q, "exec"));
}

static void
an_allow_is_all_there_is(void **state)
{
  struct cc_tool_block g = { .own = { .allow = LIST("write", "group:web") } };
  struct cc_tool_query q = { .global = &g };

  (void)state;
  assert_true(allowed(&q, "write"));
  assert_true(allowed(&q, "apply_patch")); /* comes with write */
  assert_false(allowed(&q, "edit"));
  assert_true(allowed(&q, "web_fetch"));
  assert_false(allowed(&q, "exec"));
}

/* what is blank or unknown must not turn a list into none */
static void
an_allow_of_nothing_known_allows_nothing(void **state)
{
  struct cc_tool_block blank = { .own = { .allow = LIST(" ") } }, unknown = { .own = { .allow = LIST("group:nope") } };
  struct cc_tool_query q = { .global = &blank };

  (void)state;
  assert_false(allowed(&q, "exec"));
  q.global = &unknown;
  assert_false(allowed(&q, "exec"));
}

static void
layers_only_narrow(void **state)
{
  struct cc_tool_block g = { .own = { .allow = LIST("read", "write") } };
  struct cc_tool_block a = { .own = { .allow = LIST("read", "exec") } };
  struct cc_tool_query q = { .global = &g, .agent = &a, .agent_id = "x" };

  (void)state;
  assert_true(allowed(&q, "read"));
  assert_int_equal(denied_by(&q, "exec"), CC_TOOL_GLOBAL);
  assert_int_equal(denied_by(&q, "write"), CC_TOOL_AGENT);
  cc_auto_free char *text = text_of(&q, "write");
  assert_string_equal(text, "not in tools.allow of agent `x`");
}

static void
an_agents_profile_replaces_the_global_one(void **state)
{
  struct cc_tool_block g = { .own = { .has_profile = true, .profile = CC_PROFILE_MESSAGING } };
  struct cc_tool_block a = { .own = { .has_profile = true, .profile = CC_PROFILE_CODING } };
  struct cc_tool_query q = { .global = &g };

  (void)state;
  assert_true(allowed(&q, "message"));
  assert_int_equal(denied_by(&q, "exec"), CC_TOOL_PROFILE);
  cc_auto_free char *text = text_of(&q, "exec");
  assert_string_equal(text, "not in tools.profile \"messaging\"");
  q.agent = &a;
  q.agent_id = "build";
  assert_true(allowed(&q, "exec"));
  assert_false(allowed(&q, "message"));
}

static void
also_allow_adds_to_a_profile_and_allow_does_not(void **state)
{
  struct cc_tool_block vain
      = { .own = { .has_profile = true, .profile = CC_PROFILE_MESSAGING, .allow = LIST("exec", "message") } };
  struct cc_tool_block also
      = { .own = { .has_profile = true, .profile = CC_PROFILE_MESSAGING, .also_allow = LIST("exec") } };
  struct cc_tool_query q = { .global = &vain };
  struct cc_tool_verdict v;

  (void)state;
  assert_int_equal(denied_by(&q, "exec"), CC_TOOL_PROFILE);
  {
    cc_auto_tools struct cc_tools *tools = cc_tools_resolve(&q);

    assert_true(cc_tools_is_vain(tools, "exec", &v));
    assert_string_equal(v.key, "tools.allow");
    assert_false(cc_tools_is_vain(tools, "message", &v));
  }
  q.global = &also;
  assert_true(allowed(&q, "exec"));
  assert_true(allowed(&q, "message"));
  assert_false(allowed(&q, "read"));
}

/* the agent's alsoAllow takes the place of the global one even with the global profile */
static void
also_allow_of_the_agent_replaces(void **state)
{
  struct cc_tool_block g
      = { .own = { .has_profile = true, .profile = CC_PROFILE_MINIMAL, .also_allow = LIST("exec") } };
  struct cc_tool_block a = { .own = { .also_allow = LIST("read") } };
  struct cc_tool_query q = { .global = &g, .agent = &a };

  (void)state;
  assert_false(allowed(&q, "exec"));
  assert_true(allowed(&q, "read"));
}

static void
providers_have_profiles_and_lists(void **state)
{
  struct cc_named_rules global[]
      = { { NAMED("anthropic"), .rules = { .has_profile = true, .profile = CC_PROFILE_CODING } },
          { NAMED("small/tiny"), .rules = { .has_profile = true, .profile = CC_PROFILE_MINIMAL } } };
  struct cc_named_rules own[] = { { NAMED("Anthropic"), .rules = { .deny = LIST("exec") } } };
  struct cc_tool_block g = { .providers = global, .provider_count = 2 };
  struct cc_tool_block a = { .providers = own, .provider_count = 1 };
  struct cc_tool_query q = { .global = &g, .provider = "ANTHROPIC/some" };

  (void)state;
  assert_true(allowed(&q, "exec"));
  assert_int_equal(denied_by(&q, "message"), CC_TOOL_PROVIDER_PROFILE);
  q.agent = &a;
  assert_int_equal(denied_by(&q, "exec"), CC_TOOL_AGENT_PROVIDER);
  q.provider = "small/tiny";
  assert_int_equal(denied_by(&q, "exec"), CC_TOOL_PROVIDER_PROFILE);
  q.provider = "small";
  assert_true(allowed(&q, "exec"));
  q.provider = NULL;
  assert_true(allowed(&q, "message"));
}

static void
senders_are_found_by_what_they_are(void **state)
{
  struct cc_named_rules senders[] = { { NAMED("*"), .rules = { .deny = LIST("group:runtime") } },
                                      { NAMED("id:42"), .rules = { .deny = LIST("browser") } },
                                      { NAMED("username:@Ann"), .rules = { .deny = LIST("read") } },
                                      { NAMED("channel:telegram:7"), .rules = { .deny = LIST("write") } } };
  struct cc_named_rules own[] = { { NAMED("42"), .rules = { .deny = LIST("edit") } } };
  struct cc_tool_block g = { .senders = senders, .sender_count = 4 };
  struct cc_tool_block a = { .senders = own, .sender_count = 1 };
  struct cc_tool_query q = { .global = &g, .sender = "" };

  (void)state;
  assert_int_equal(denied_by(&q, "exec"), CC_TOOL_SENDER);
  q.sender = NULL; /* not asked */
  assert_true(allowed(&q, "exec"));
  q.sender = "42";
  assert_true(allowed(&q, "exec"));
  assert_false(allowed(&q, "browser"));
  q.sender = "channel:discord:42";
  assert_false(allowed(&q, "browser"));
  assert_true(allowed(&q, "exec"));
  q.sender = "username:ann";
  assert_false(allowed(&q, "read"));
  q.sender = "ann"; /* an id, not the user of that name */
  assert_true(allowed(&q, "read"));
  assert_false(allowed(&q, "exec"));
  q.sender = "channel:telegram:7";
  assert_false(allowed(&q, "write"));
  q.sender = "42";
  q.agent = &a;
  assert_true(allowed(&q, "browser"));
  assert_false(allowed(&q, "edit"));
}

static void
sandboxed_sessions_have_a_list_of_their_own(void **state)
{
  struct cc_tool_block g = { .own = { .deny = { .set = false } } };
  struct cc_tool_query q = { .global = &g, .sandboxed = true };

  (void)state;
  assert_true(allowed(&q, "exec"));
  assert_true(allowed(&q, "view_image"));
  assert_int_equal(denied_by(&q, "browser"), CC_TOOL_SANDBOX);
  assert_int_equal(denied_by(&q, "telegram"), CC_TOOL_SANDBOX);
  assert_int_equal(denied_by(&q, "web_search"), CC_TOOL_SANDBOX);
}

static void
also_allow_cancels_what_nobody_wrote(void **state)
{
  struct cc_tool_block g = { .sandbox = { .also_allow = LIST("group:ui", "web_*") } };
  struct cc_tool_block hard = { .sandbox = { .also_allow = LIST("browser"), .deny = LIST("browser") } };
  struct cc_tool_query q = { .global = &g, .sandboxed = true };

  (void)state;
  assert_true(allowed(&q, "browser"));
  assert_true(allowed(&q, "canvas"));
  assert_true(allowed(&q, "web_fetch"));
  assert_true(allowed(&q, "exec"));
  assert_false(allowed(&q, "gateway"));
  q.global = &hard; /* somebody wrote it */
  assert_false(allowed(&q, "browser"));
}

static void
an_agents_sandbox_lists_replace_one_by_one(void **state)
{
  struct cc_tool_block g = { .sandbox = { .allow = LIST("read", "exec"), .deny = LIST("exec") } };
  struct cc_tool_block a = { .sandbox = { .deny = LIST("write") } };
  struct cc_tool_query q = { .global = &g, .sandboxed = true };

  (void)state;
  assert_false(allowed(&q, "exec"));
  q.agent = &a;
  assert_true(allowed(&q, "exec"));
  assert_false(allowed(&q, "edit"));
  struct cc_tool_block open = { .sandbox = { .allow = EMPTY_LIST } };
  q.agent = &open;
  assert_true(allowed(&q, "edit"));
  assert_false(allowed(&q, "exec"));
}

static void
sub_agents_have_less(void **state)
{
  struct cc_tool_block g = { .subagents = { .allow = LIST("read", "exec", "message") } };
  struct cc_tool_block a = { .subagents = { .deny = LIST("exec") } };
  struct cc_tool_query q = { .global = &g, .subagent = true };

  (void)state;
  assert_true(allowed(&q, "exec"));
  assert_int_equal(denied_by(&q, "message"), CC_TOOL_SUBAGENT);
  assert_int_equal(denied_by(&q, "write"), CC_TOOL_SUBAGENT);
  q.agent = &a;
  assert_false(allowed(&q, "exec"));
  q.subagent = false;
  assert_true(allowed(&q, "message"));
}

static void
a_read_only_workspace_takes_the_writing_tools(void **state)
{
  struct cc_tool_query q = { .sandboxed = true, .access = CC_WORKSPACE_RO };

  (void)state;
  assert_int_equal(denied_by(&q, "write"), CC_TOOL_WORKSPACE);
  assert_false(allowed(&q, "edit"));
  assert_false(allowed(&q, "apply_patch"));
  assert_true(allowed(&q, "read"));
  q.access = CC_WORKSPACE_RW;
  assert_true(allowed(&q, "write"));
  q.access = CC_WORKSPACE_RO;
  q.sandboxed = false;
  assert_true(allowed(&q, "write"));
}

static void
older_names_stand_beside_the_real_ones(void **state)
{
  struct cc_tool_block g
      = { .own = { .deny = LIST("group:browser", "group:network", "group:automation", "group:media") } };
  struct cc_tool_query q = { .global = &g };
  static const char *const gone[] = { "browser",        "web_fetch",     "web_search", "cron", "gateway",
                                      "sessions_spawn", "sessions_send", "image",      "tts",  "view_image" };

  (void)state;
  for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
    assert_false(allowed(&q, gone[i]));
  assert_true(allowed(&q, "sessions_list"));
  struct cc_tool_block image = { .own = { .deny = LIST("image") } };
  q.global = &image;
  assert_false(allowed(&q, "view_image"));
}

static void
servers_tools_go_by_their_mark(void **state)
{
  struct cc_tool_block g = { .own = { .has_profile = true, .profile = CC_PROFILE_CODING } };
  struct cc_tool_block none = { .own = { .deny = LIST("group:plugins") } };
  struct cc_tool_query q = { .global = &g };

  (void)state;
  assert_true(allowed(&q, "outlook__send_mail"));
  assert_false(allowed(&q, "outlook"));
  q.global = &none;
  assert_false(allowed(&q, "outlook__send_mail"));
  assert_false(allowed(&q, "bundle-mcp"));
}

static void
unknown_entries_are_told(void **state)
{
  struct cc_tool_block g = { .own = { .deny = LIST("exce", "group:fs", "group:everything", "telegram"),
                                      .allow = LIST("read", "nosuch*", "x__y") } };
  struct cc_tool_query q = { .global = &g };
  cc_auto_tools struct cc_tools *tools = cc_tools_resolve(&q);
  struct cc_tool_verdict v;

  (void)state;
  assert_true(cc_tools_unknown(tools, 0, &v));
  assert_string_equal(v.entry, "exce");
  assert_string_equal(v.key, "tools.deny");
  assert_int_not_equal(v.place.line, 0);
  assert_true(cc_tools_unknown(tools, 1, &v));
  assert_string_equal(v.entry, "group:everything");
  assert_true(cc_tools_unknown(tools, 2, &v));
  assert_string_equal(v.entry, "nosuch*");
  assert_false(cc_tools_unknown(tools, 3, &v));
}

static void
each_layer_can_be_asked(void **state)
{
  struct cc_tool_block g = { .own = { .has_profile = true, .profile = CC_PROFILE_CODING, .deny = LIST("exec") } };
  struct cc_tool_query q = { .global = &g, .sandboxed = true };
  cc_auto_tools struct cc_tools *tools = cc_tools_resolve(&q);
  enum cc_tool_profile profile;
  struct cc_origin place;

  (void)state;
  assert_int_equal(cc_tools_layer_count(tools), 3);
  assert_true(cc_tools_judge_layer(tools, 0, "exec").allowed);
  assert_int_equal(cc_tools_judge_layer(tools, 0, "exec").why, CC_TOOL_IN_ALLOW);
  assert_int_equal(cc_tools_judge_layer(tools, 1, "exec").layer, CC_TOOL_GLOBAL);
  assert_false(cc_tools_judge_layer(tools, 1, "exec").allowed);
  assert_int_equal(cc_tools_judge_layer(tools, 2, "exec").layer, CC_TOOL_SANDBOX);
  assert_true(cc_tools_judge_layer(tools, 2, "exec").allowed);
  assert_true(cc_tools_profile(tools, &profile, &place));
  assert_int_equal(profile, CC_PROFILE_CODING);
}

/* every group of the tables has a name that can be asked for, and something in it */
static void
tables_are_whole(void **state)
{
  (void)state;
  for (const char *const *g = cc_tool_groups; *g != NULL; g++)
    {
      size_t members = 0;

      assert_true(cc_tool_entry_is_known(*g));
      for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
        members += cc_tool_matches(*g, t->name);
      assert_true(members > 0);
    }
  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    {
      size_t groups = 0;

      for (const char *const *g = cc_tool_groups; *g != NULL; g++)
        groups += cc_tool_matches(*g, t->name);
      assert_true(groups > 0);
      assert_true(cc_tool_in_profile(CC_PROFILE_FULL, t->name));
    }
  for (const char *const *p = cc_tool_sandbox_allow; *p != NULL; p++)
    assert_true(cc_tool_entry_is_known(*p));
  for (const char *const *p = cc_tool_sandbox_deny; *p != NULL; p++)
    assert_true(cc_tool_entry_is_known(*p));
  for (const char *const *p = cc_tool_subagent_deny; *p != NULL; p++)
    assert_true(cc_tool_entry_is_known(*p));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_written_allows_everything),
    cmocka_unit_test(names_have_aliases_and_no_case),
    cmocka_unit_test(patterns_match_anywhere),
    cmocka_unit_test(deny_is_absolute),
    cmocka_unit_test(an_empty_allow_is_none),
    cmocka_unit_test(an_allow_is_all_there_is),
    cmocka_unit_test(an_allow_of_nothing_known_allows_nothing),
    cmocka_unit_test(layers_only_narrow),
    cmocka_unit_test(an_agents_profile_replaces_the_global_one),
    cmocka_unit_test(also_allow_adds_to_a_profile_and_allow_does_not),
    cmocka_unit_test(also_allow_of_the_agent_replaces),
    cmocka_unit_test(providers_have_profiles_and_lists),
    cmocka_unit_test(senders_are_found_by_what_they_are),
    cmocka_unit_test(sandboxed_sessions_have_a_list_of_their_own),
    cmocka_unit_test(also_allow_cancels_what_nobody_wrote),
    cmocka_unit_test(an_agents_sandbox_lists_replace_one_by_one),
    cmocka_unit_test(sub_agents_have_less),
    cmocka_unit_test(a_read_only_workspace_takes_the_writing_tools),
    cmocka_unit_test(older_names_stand_beside_the_real_ones),
    cmocka_unit_test(servers_tools_go_by_their_mark),
    cmocka_unit_test(unknown_entries_are_told),
    cmocka_unit_test(each_layer_can_be_asked),
    cmocka_unit_test(tables_are_whole),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
