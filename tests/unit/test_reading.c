/* Reading for people: all errors at once, where every value comes from, and many agents. */
#include "config_cases.h"

#include "common/own.h"
#include "policy/reading.h"
#include "policy/tool_config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void
read_text(const char *text, struct cc_reading *reading, struct cc_config **config)
{
  *reading = (struct cc_reading)CC_READING_INIT;
  cc_config_read_text(text, strlen(text), "x.json5", reading, config);
  assert_non_null(*config);
}

/* A key must not be able to write a line of its own. */
static void
test_problems_are_one_line(void **state)
{
  struct cc_reading reading;
  struct cc_config *config;

  (void)state;
  read_text("{ agents: { 'x\\nok  /etc/closedclaw': 1 } }", &reading, &config);
  assert_int_equal(reading.problem_count, 1);
  assert_null(strchr(reading.problems[0].text, '\n'));
  assert_non_null(strstr(reading.problems[0].text, "`x?ok"));
  cc_config_free(config);
  cc_reading_clear(&reading);
}

/* The lines that are shown, thousands of them, are found at once. */
static void
test_lines_are_shown_without_secrets(void **state)
{
  struct cc_reading reading;
  struct cc_config *config;
  size_t length;

  (void)state;
  read_text("{ agents: { defaults: { sandbox: { docker: {\n  env: { A: 'hush' },\n  setupCommand: 'hush' } } } } }",
            &reading, &config);
  assert_memory_equal(cc_source_line(&reading.sources[0], 2, &length), "  env: { A: '****' },", 21);
  assert_int_equal(length, 21);
  assert_non_null(strstr(reading.sources[0].text, "hush"));
  assert_null(strstr(reading.sources[0].shown, "hush"));
  cc_config_free(config);
  cc_reading_clear(&reading);
}

static void
test_every_error_is_told(void **state)
{
  static const char text[] = "{\n"
                             "  agents: {\n"
                             "    defaults: { sandbox: {\n"
                             "      mode: 'on',\n"
                             "      docker: {\n"
                             "        readOnlRoot: true,\n"
                             "        network: 'host',\n"
                             "        capDrop: ['ALL', 'NO_SUCH', 7],\n"
                             "        memory: '512m', memorySwap: 'lots',\n"
                             "        ulimits: { nofile: 'x', nofiles: 1 },\n"
                             "        env: { 'A B': 'c', GOOD: 'yes' },\n"
                             "        binds: ['relative:/x', '/srv/a:/a', '/srv/w:/workspace'],\n"
                             "      } } },\n"
                             "    list: [ { sandbox: {} }, { id: 'a', sandbox: { scope: 'all' } }, { id: 'a' } ],\n"
                             "  },\n"
                             "  tools: { profile: 'code', allow: ['x'], alsoAllow: ['y'], deny: 'z' },\n"
                             "}\n";
  static const struct
  {
    unsigned line, column;
    const char *says;
  } want[] = {
    { 4, 13, "`agents.defaults.sandbox.mode` is \"on\"" },
    { 6, 9, "did you mean `readOnlyRoot`" },
    { 7, 18, "the host's network" },
    { 8, 26, "capDrop[1]" },
    { 8, 37, "capDrop[2]" },
    { 9, 37, "memorySwap" },
    { 10, 28, "nofile" },
    { 10, 33, "unknown limit `nofiles`" },
    { 11, 16, "no portable name" },
    { 12, 17, "must be an absolute path" },
    { 14, 13, "an object with an `id`" },
    { 14, 59, "scope" },
    { 14, 70, "already" },
    { 16, 21, "\"code\"" },
    { 16, 67, "deny" },
    { 16, 43, "contradict" },
    { 12, 45, "`/workspace` and `/agent`" },
  };
  cc_auto_config struct cc_config *config = NULL;
  struct cc_reading reading;
  struct cc_policy policy;
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  read_text(text, &reading, &config);
  for (size_t i = 0; i < reading.problem_count; i++)
    print_message("%u:%u %s\n", reading.problems[i].line, reading.problems[i].column, reading.problems[i].text);
  assert_int_equal(reading.problem_count, COUNT(want));
  for (size_t i = 0; i < COUNT(want); i++)
    {
      const struct cc_problem *p = &reading.problems[i];

      assert_int_equal(p->line, want[i].line);
      assert_int_equal(p->column, want[i].column);
      assert_non_null(strstr(p->text, want[i].says));
      assert_string_equal(p->file, "x.json5");
      assert_string_equal(p->rule, "config");
    }
  /* what is wrong counts as not written, what is right beside it counts */
  assert_int_equal(cc_config_resolve(config, NULL, &policy, &err), 0);
  assert_int_equal(policy.mode, CC_MODE_ALL);
  assert_string_equal(policy.network, "none");
  assert_true(policy.drop_all_capabilities);
  assert_int_equal(policy.memory, 512u << 20);
  cc_policy_clear(&policy);
  cc_reading_clear(&reading);
}

static void
test_syntax(void **state)
{
  cc_auto_config struct cc_config *config = NULL;
  struct cc_reading reading;
  size_t length;

  (void)state;
  read_text("{\r\n  a: 1,\r  b: }\n", &reading, &config);
  assert_int_equal(reading.problem_count, 1);
  assert_int_equal(reading.problems[0].line, 3);
  assert_int_equal(reading.problems[0].column, 6);
  assert_null(strstr(reading.problems[0].text, "x.json5"));
  assert_int_equal(reading.source_count, 1);
  assert_null(reading.sources[0].doc);
  assert_memory_equal(cc_source_line(&reading.sources[0], 3, &length), "  b: }", 6);
  assert_int_equal(length, 6);
  assert_memory_equal(cc_source_line(&reading.sources[0], 1, &length), "{", 1);
  assert_null(cc_source_line(&reading.sources[0], 5, &length));
  assert_null(cc_source_line(&reading.sources[0], 0, &length));
  cc_reading_clear(&reading);
}

static void
check_origin(const struct cc_policy *policy, enum cc_field field, enum cc_layer_kind layer, unsigned line,
             unsigned column)
{
  const struct cc_origin *o = &policy->origin[field];

  if (o->layer != layer || o->line != line || o->column != column || (o->file != 0) != (layer != CC_LAYER_DEFAULT))
    fail_msg("%s: layer %u, %u:%u, file %u", cc_field_key(field), o->layer, o->line, o->column, o->file);
}

static void
test_origins(void **state)
{
  static const char text[] = "{ agents: { defaults: { sandbox: { scope: 'agent', docker: { memory: '1g',\n"
                             "   binds: ['/srv/a:/a', '/srv/b:/b'], env: { A: '1', B: '2' } } } },\n"
                             " list: [ { id: 'Build', sandbox: { mode: 'non-main', docker: { cpus: 4,\n"
                             "   binds: ['/srv/c:/b:rw'], env: { B: '3' }, ulimits: { nofile: 9 } } } } ] },\n"
                             " audit: { retentionDays: 7 } }";
  cc_auto_config struct cc_config *config = NULL;
  struct cc_identity identity = { .agent = (char *)"build" };
  struct cc_error err = CC_ERROR_INIT;
  struct cc_policy p;

  (void)state;
  assert_int_equal(cc_config_parse(text, strlen(text), "x.json5", &config, &err), 0);
  assert_int_equal(cc_config_resolve(config, &identity, &p, &err), 0);
  check_origin(&p, CC_FIELD_MODE, CC_LAYER_AGENT, 3, 42);
  check_origin(&p, CC_FIELD_SCOPE, CC_LAYER_GLOBAL, 1, 43);
  check_origin(&p, CC_FIELD_MEMORY, CC_LAYER_GLOBAL, 1, 70);
  check_origin(&p, CC_FIELD_MEMORY_SWAP, CC_LAYER_GLOBAL, 1, 70);
  check_origin(&p, CC_FIELD_CPUS, CC_LAYER_AGENT, 3, 70);
  check_origin(&p, CC_FIELD_NETWORK, CC_LAYER_DEFAULT, 0, 0);
  check_origin(&p, CC_FIELD_BINDS, CC_LAYER_AGENT, 4, 11);
  check_origin(&p, CC_FIELD_AUDIT_RETENTION, CC_LAYER_GLOBAL, 5, 26);
  assert_int_equal(p.audit_retention_days, 7);
  assert_int_equal(p.bind_count, 2);
  assert_string_equal(p.binds[0].target, "/a");
  assert_int_equal(p.binds[0].place.line, 2);
  assert_int_equal(p.binds[0].place.layer, CC_LAYER_GLOBAL);
  assert_string_equal(p.binds[1].source, "/srv/c");
  assert_int_equal(p.binds[1].place.line, 4);
  assert_int_equal(p.binds[1].place.layer, CC_LAYER_AGENT);
  assert_int_equal(p.env[0].place.line, 2);
  assert_int_equal(p.env[1].place.line, 4);
  assert_int_equal(p.ulimits[0].place.column, 65);
  assert_string_equal(cc_config_file(config, p.binds[0].place.file), "x.json5");
  assert_string_equal(cc_config_file(config, 0), "");
  assert_string_equal(cc_config_agent_id(config, 0), "Build");
  cc_policy_clear(&p);
}

static void
test_tool_blocks(void **state)
{
  static const char text[]
      = "{ tools: { profile: 'coding', deny: ['group:automation'], byProvider: { p: { allow: [] } },\n"
        "  sandbox: { tools: { allow: ['exec'] } }, subagents: { model: 'm', tools: { deny: ['read'] } },\n"
        "  elevated: { enabled: true, patterns: ['git push *'], allowFrom: { chat: ['ann', 7] } } },\n"
        "  agents: { list: [ { id: 'a', tools: { alsoAllow: ['browser'], elevated: { requireApproval: false } } }, "
        "{ id: 'b' } ] } }";
  cc_auto_config struct cc_config *config = NULL;
  struct cc_error err = CC_ERROR_INIT;
  const struct cc_tool_block *top, *agent;

  (void)state;
  assert_int_equal(cc_config_parse(text, strlen(text), "x.json5", &config, &err), 0);
  top = cc_config_tools(config, NULL);
  assert_true(top->own.has_profile && top->own.profile == CC_PROFILE_CODING);
  assert_true(top->own.deny.set && !top->own.allow.set && !top->own.also_allow.set);
  assert_string_equal(top->own.deny.names.items[0], "group:automation");
  assert_int_equal(top->own.deny.place.column, 37);
  assert_int_equal(top->provider_count, 1);
  assert_true(top->providers[0].rules.allow.set && top->providers[0].rules.allow.names.count == 0);
  assert_string_equal(top->sandbox.allow.names.items[0], "exec");
  assert_string_equal(top->subagents.deny.names.items[0], "read");
  assert_true(top->elevated.has_enabled && top->elevated.enabled && !top->elevated.has_approval);
  assert_string_equal(top->elevated.patterns.names.items[0], "git push *");
  assert_int_equal(top->elevated.allow_from_count, 1);
  assert_string_equal(top->elevated.allow_from[0].provider, "chat");
  assert_string_equal(top->elevated.allow_from[0].senders.items[1], "7");
  agent = cc_config_tools(config, "A");
  assert_string_equal(agent->own.also_allow.names.items[0], "browser");
  assert_int_equal(agent->own.also_allow.place.layer, CC_LAYER_AGENT);
  assert_true(agent->elevated.has_approval && !agent->elevated.require_approval);
  assert_false(cc_config_tools(config, "b")->own.deny.set);
  assert_null(cc_config_tools(config, "nobody"));
}

/* The usual size within 2 ms, 10,000 agents within 20 ms is asked for; a slow and busy machine, or a sanitizer, may
 * take ten times as long. That the time does not grow with the square is what this can prove everywhere. */
static void
test_ten_thousand_agents(void **state)
{
  cc_auto_free char *text = cc_xcalloc(1, 4 << 20);
  size_t used = (size_t)sprintf(text, "{ agents: { defaults: { sandbox: { docker: { memory: '1g' } } }, list: [\n");
  double best = 1e9;

  (void)state;
  for (int i = 0; i < 10000; i++)
    used += (size_t)sprintf(text + used,
                            "{ id: 'agent-%d', sandbox: { docker: { memory: '%dm', binds: ['/srv/%d:/data'] } } },\n",
                            i, 64 + i % 1000, i);
  strcpy(text + used, "] } }");
  for (int round = 0; round < 5; round++)
    {
      cc_auto_config struct cc_config *config = NULL;
      struct cc_identity identity = { .agent = (char *)"agent-9999" };
      struct cc_error err = CC_ERROR_INIT;
      struct cc_policy policy;
      struct timespec a, b;
      double took;

      clock_gettime(CLOCK_MONOTONIC, &a);
      assert_int_equal(cc_config_parse(text, strlen(text), "x", &config, &err), 0);
      assert_int_equal(cc_config_resolve(config, &identity, &policy, &err), 0);
      clock_gettime(CLOCK_MONOTONIC, &b);
      took = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
      best = took < best ? took : best;
      assert_int_equal(policy.memory, (uint64_t)(64 + 999) << 20);
      assert_string_equal(policy.binds[0].source, "/srv/9999");
      cc_policy_clear(&policy);
    }
  print_message("10,000 agents, %zu bytes: %.1f ms\n", strlen(text), best);
  assert_true(best < 400);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_error_is_told),
    cmocka_unit_test(test_problems_are_one_line),
    cmocka_unit_test(test_lines_are_shown_without_secrets),
    cmocka_unit_test(test_syntax),
    cmocka_unit_test(test_origins),
    cmocka_unit_test(test_tool_blocks),
    cmocka_unit_test(test_ten_thousand_agents),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
