/* Each finding fires on a configuration that has the fault, and not on one where it is mended. */
#include "policy/findings.h"

#include "common/own.h"
#include "policy/json5_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

struct looked
{
  struct cc_reading reading;
  struct cc_config *config;
  struct cc_findings list;
};

static struct looked
look(const char *text)
{
  struct looked l = { CC_READING_INIT, NULL, CC_FINDINGS_INIT };

  cc_config_read_text(text, strlen(text), "t.json5", &l.reading, &l.config);
  cc_findings_audit(l.config, &l.reading, &l.list);
  cc_findings_suppress(&l.reading, &l.list);
  cc_findings_sort(&l.list);
  return l;
}

static void
forget(struct looked *l)
{
  cc_findings_clear(&l->list);
  cc_config_free(l->config);
  cc_reading_clear(&l->reading);
}

static const struct cc_fault *
find(const struct looked *l, const char *id)
{
  for (size_t i = 0; i < l->list.count; i++)
    if (strcmp(l->list.items[i]->id, id) == 0)
      return l->list.items[i];
  return NULL;
}

static size_t
count(const struct looked *l, const char *id)
{
  size_t n = 0;

  for (size_t i = 0; i < l->list.count; i++)
    n += strcmp(l->list.items[i]->id, id) == 0;
  return n;
}

#define SANDBOX(s) "{ agents: { defaults: { sandbox: { " s " } } } }"
#define DOCKER(s) SANDBOX("docker: { " s " }")
#define AGENT(s) "{ agents: { list: [{ id: \"build\", " s " }] } }"

static const struct
{
  const char *id;
  enum cc_severity severity;
  const char *bad, *good, *agent;
} cases[] = {
  { "sandbox.mode_off", CC_CRITICAL, SANDBOX("mode: \"off\""), SANDBOX("mode: \"all\""), "" },
  { "sandbox.mode_off", CC_CRITICAL, AGENT("sandbox: { mode: \"off\" }"), AGENT("sandbox: {}"), "build" },
  { "sandbox.mode_non_main", CC_WARNING, SANDBOX("mode: \"non-main\""), SANDBOX("mode: \"all\""), "" },
  { "sandbox.workspace_rw", CC_WARNING, SANDBOX("workspaceAccess: \"rw\""), SANDBOX("workspaceAccess: \"ro\""), "" },
  { "sandbox.workspace_rw", CC_WARNING, SANDBOX("workspace: \"rw\""), SANDBOX("workspace: \"none\""), "" },
  { "sandbox.network_enabled", CC_WARNING, DOCKER("network: \"bridge\""), DOCKER("network: \"none\""), "" },
  { "sandbox.root_writable", CC_WARNING, DOCKER("readOnlyRoot: false"), DOCKER("readOnlyRoot: true"), "" },
  { "sandbox.caps_not_dropped", CC_WARNING, DOCKER("capDrop: []"), DOCKER("capDrop: [\"ALL\"]"), "" },
  { "sandbox.caps_not_dropped", CC_WARNING, DOCKER("capDrop: [\"NET_RAW\"]"), DOCKER(""), "" },
  { "sandbox.scope_shared", CC_WARNING, SANDBOX("scope: \"shared\""), SANDBOX("scope: \"session\""), "" },
  { "sandbox.scope_shared", CC_WARNING, SANDBOX("perSession: false"), SANDBOX("perSession: true"), "" },
  { "sandbox.user_root", CC_WARNING, DOCKER("user: \"0:0\""), DOCKER("user: \"auto\""), "" },
  { "runtime.enforcement_report", CC_CRITICAL, "{ runtime: { enforcement: \"report\" } }",
    "{ runtime: { enforcement: \"enforce\" } }", "" },
  { "sandbox.devices_allowed", CC_INFO, DOCKER("devices: [\"/dev/fuse\"]"), DOCKER("devices: []"), "" },
  { "sandbox.limits_missing.memory", CC_WARNING, DOCKER("memory: \"64g\""), DOCKER("memory: \"2g\""), "" },
  { "sandbox.limits_missing.pids", CC_WARNING, DOCKER("pidsLimit: 100000"), DOCKER("pidsLimit: 512"), "" },
  { "sandbox.limits_missing.cpu", CC_WARNING, DOCKER("cpus: 512"), DOCKER("cpus: 2"), "" },
  { "sandbox.limits_missing.tmpfs", CC_WARNING, DOCKER("tmpfsSize: \"16g\""), DOCKER("tmpfsSize: \"256m\""), "" },
  { "sandbox.limits_missing.disk", CC_INFO, SANDBOX("workspaceAccess: \"rw\""), SANDBOX("workspaceAccess: \"none\""),
    "" },
  { "sandbox.setup_needs_network_or_root", CC_WARNING, DOCKER("setupCommand: \"apt-get install -y git\""),
    DOCKER("setupCommand: \"apt-get install -y git\", network: \"bridge\", readOnlyRoot: false, user: \"0:0\""), "" },
  { "sandbox.setup_needs_network_or_root", CC_WARNING, DOCKER("setupCommand: [\"true\", \"npm i -g x\"]"),
    DOCKER("setupCommand: \"echo adapting\""), "" },
  { "sandbox.env_plain_secret", CC_WARNING, DOCKER("env: { OPENAI_API_KEY: \"0123456789\" }"),
    DOCKER("env: { OPENAI_API_KEY: \"${OPENAI_API_KEY}\", KEY_FILE: \"/run/secrets/key\", LANG: \"C.UTF-8\" }"), "" },
  { "sandbox.browser_host_control", CC_WARNING, SANDBOX("browser: { allowHostControl: true }"),
    SANDBOX("browser: { allowHostControl: false }"), "" },
  { "sandbox.browser_cdp_bridge_unrestricted", CC_WARNING, SANDBOX("browser: { enabled: true }"),
    SANDBOX("browser: { enabled: true, cdpSourceRange: \"172.21.0.1/32\" }"), "" },
  { "sandbox.dangerous_network_mode", CC_CRITICAL, DOCKER("network: \"host\""), DOCKER("network: \"none\""), "" },
  { "sandbox.dangerous_network_mode", CC_CRITICAL, DOCKER("network: \"container:db\""), DOCKER(""), "" },
  { "sandbox.dangerous_network_mode", CC_CRITICAL, SANDBOX("browser: { network: \"HOST\" }"), SANDBOX(""), "" },
  { "sandbox.dangerous_seccomp_profile", CC_CRITICAL, DOCKER("seccompProfile: \"unconfined\""),
    DOCKER("seccompProfile: \"\""), "" },
  { "sandbox.dangerous_apparmor_profile", CC_CRITICAL,
    AGENT("sandbox: { docker: { apparmorProfile: \"unconfined\" } }"),
    AGENT("sandbox: { docker: { apparmorProfile: \"\" } }"), "build" },
  { "sandbox.docker_config_mode_off", CC_WARNING, SANDBOX("mode: \"off\", docker: { memory: \"1g\" }"),
    SANDBOX("mode: \"off\", docker: {}"), "" },
  { "sandbox.docker_config_mode_off", CC_WARNING, AGENT("sandbox: { mode: \"off\", docker: { cpus: 1 } }"),
    AGENT("sandbox: { docker: { cpus: 1 } }"), "build" },
  { "sandbox.bind_mount_non_absolute", CC_WARNING, DOCKER("binds: [\"~/x:/x:ro\"]"),
    DOCKER("binds: [\"/srv/x:/x:ro\"]"), "" },
  { "sandbox.bind_mount_non_absolute", CC_WARNING, SANDBOX("binds: [\"data:/x\"]"), SANDBOX("binds: []"), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, DOCKER("binds: [\"/etc:/x:ro\"]"),
    DOCKER("binds: [\"/srv/etc:/x:ro\"]"), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, DOCKER("binds: [\"/:/x:ro\"]"), DOCKER(""), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, DOCKER("binds: [\"/var:/x:ro\"]"), DOCKER(""), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, DOCKER("binds: [\"/var/run/docker.sock:/d:ro\"]"), DOCKER(""), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, DOCKER("binds: [\"~/.ssh:/x:ro\"]"), DOCKER(""), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, DOCKER("binds: [\"/home/nobody-here/.config:/x:ro\"]"),
    DOCKER("binds: [\"/home/nobody-here/project:/x:ro\"]"), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, DOCKER("binds: [\"/home/nobody-here:/x:ro\"]"), DOCKER(""), "" },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, SANDBOX("browser: { binds: [\"/proc/1:/x\"] }"), SANDBOX(""), "" },
  { "sandbox.bind_contains_socket", CC_WARNING, DOCKER("binds: [\"/srv/app.sock:/x:ro\"]"),
    DOCKER("binds: [\"/srv/app:/x:ro\"]"), "" },
  { "sandbox.bind_secret_rw", CC_WARNING, DOCKER("binds: [\"/srv/secrets:/x:rw\"]"),
    DOCKER("binds: [\"/srv/secrets:/x:ro\"]"), "" },
  { "sandbox.bind_default_rw", CC_WARNING, DOCKER("binds: [\"/srv/x:/x\"]"), DOCKER("binds: [\"/srv/x:/x:ro\"]"), "" },
  { "sandbox.bind_default_rw", CC_WARNING, DOCKER("binds: [\"/srv/x:/x:z\"]"), DOCKER("binds: [\"/srv/x:/x:z,rw\"]"),
    "" },
  { "audit.log_agent_writable", CC_CRITICAL,
    "{ audit: { file: \"/srv/log/a.jsonl\" }, agents: { defaults: { sandbox: { binds: "
    "[\"/srv/log:/x:rw\"] } } } }",
    "{ audit: { file: \"/srv/log/a.jsonl\" }, agents: { defaults: { sandbox: { binds: [\"/srv/log:/x:ro\"] } } } }",
    "" },
  { "sandbox.elevated_pattern_broad", CC_WARNING, "{ tools: { elevated: { patterns: [\"docker *\"] } } }",
    "{ tools: { elevated: { patterns: [\"brew *\", \"git push *\", \"systemctl status *\", \"bash x.sh\"] } } }", "" },
  { "sandbox.elevated_pattern_broad", CC_WARNING, "{ tools: { elevated: { patterns: [\"/bin/bash *\"] } } }",
    "{ tools: { elevated: { enabled: false, patterns: [\"/bin/bash *\"] } } }", "" },
  { "sandbox.elevated_pattern_broad", CC_CRITICAL, "{ tools: { elevated: { patterns: [\"*\"] } } }", "{ tools: {} }",
    "" },
  { "sandbox.elevated_no_approval", CC_WARNING,
    "{ tools: { elevated: { patterns: [\"brew list\"], requireApproval: false } } }",
    "{ tools: { elevated: { patterns: [\"brew list\"], requireApproval: true } } }", "" },
  { "tools.elevated.allowFrom.telegram.wildcard", CC_CRITICAL,
    "{ tools: { elevated: { allowFrom: { telegram: [\"*\"] } } } }",
    "{ tools: { elevated: { allowFrom: { telegram: [\"me\"] } } } }", "" },
  { "tools.elevated.allowFrom.x.large", CC_WARNING,
    "{ tools: { elevated: { allowFrom: { x: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26] } } "
    "} }",
    "{ tools: { elevated: { allowFrom: { x: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25] } } } "
    "}",
    "" },
  { "tools.profile_minimal_overridden", CC_WARNING,
    "{ tools: { profile: \"minimal\" }, agents: { list: [{ id: \"build\", tools: { profile: \"full\" } }] } }",
    "{ tools: { profile: \"minimal\" }, agents: { list: [{ id: \"build\", tools: { profile: \"minimal\" } }] } }",
    "build" },
  { "tools.exec.fs_tools_disabled_but_exec_enabled", CC_WARNING,
    "{ tools: { deny: [\"group:fs\"] }, agents: { defaults: { sandbox: { mode: \"off\" } } } }",
    "{ tools: { deny: [\"group:fs\"] } }", "" },
  { "tools.exec.fs_tools_disabled_but_exec_enabled", CC_WARNING,
    "{ tools: { deny: [\"write\", \"Edit\"] }, agents: { defaults: { sandbox: { workspace: \"rw\" } } } }",
    "{ tools: { deny: [\"write\", \"edit\", \"exec\"] }, agents: { defaults: { sandbox: { workspace: \"rw\" } } } }",
    "" },
  { "tools.exec.host_sandbox_no_sandbox_defaults", CC_WARNING,
    "{ tools: { exec: { host: \"sandbox\" } }, agents: { defaults: { sandbox: { mode: \"off\" } } } }",
    "{ tools: { exec: { host: \"sandbox\" } } }", "" },
  { "tools.exec.host_sandbox_no_sandbox_agents", CC_WARNING,
    AGENT("sandbox: { mode: \"off\" }, tools: { exec: { host: \"sandbox\" } }"),
    AGENT("tools: { exec: { host: \"sandbox\" } }"), "build" },
  { "tools.exec.security_full_configured", CC_WARNING, "{ tools: { exec: { security: \"full\" } } }",
    "{ tools: { exec: { security: \"allowlist\" } } }", "" },
  { "tools.exec.security_full_configured", CC_CRITICAL,
    AGENT("sandbox: { mode: \"off\" }, tools: { bash: { security: \"full\" } }"), AGENT("tools: {}"), "build" },
  { "config.insecure_or_dangerous_flags", CC_WARNING, DOCKER("dangerouslyAllowExternalBindSources: true"),
    DOCKER("dangerouslyAllowExternalBindSources: false"), "" },
  { "config.insecure_or_dangerous_flags", CC_WARNING,
    "{ gateway: { controlUi: { allowInsecureAuth: true } }, agents: { defaults: { sandbox: { mode: \"all\" } } } }",
    "{ gateway: { controlUi: { allowInsecureAuth: false } } }", "" },
  { "sandbox.mode_unwritten", CC_INFO, "{ gateway: {} }",
    "{ gateway: {}, agents: { defaults: { sandbox: { mode: \"all\" } } } }", "" },
  { "audit.retention_short", CC_WARNING, "{ audit: { retentionDays: 7 } }", "{ audit: { retentionDays: 90 } }", "" },
  { "audit.disabled", CC_WARNING, "{ audit: { file: \"\", journald: false } }", "{ audit: { file: \"\" } }", "" },
  { "audit.file_in_workspace", CC_CRITICAL, "{ audit: { file: \"/var/lib/closedclaw/sandboxes/a\" } }",
    "{ audit: { file: \"/var/log/a\" } }", "" },
  { "config.invalid", CC_CRITICAL, DOCKER("readOnlRoot: true"), DOCKER("readOnlyRoot: true"), "" },
  { "config.invalid", CC_CRITICAL, "{ agents: ", "{}", "" },
  { "security.audit.suppressions.no_reason", CC_WARNING,
    "{ security: { audit: { suppressions: [{ checkId: \"sandbox.mode_off\" }] } } }", "{}", "" },
  { "security.audit.suppressions.unused", CC_INFO,
    "{ security: { audit: { suppressions: [{ checkId: \"sandbox.mode_off\", reason: \"x\" }] } } }", "{}", "" },
};

/* What --fix writes mends the finding, and leaves no other error. */
static void
mend(const char *text, const struct cc_fault *f)
{
  struct cc_json5_edit edit = { .line = f->line, .column = f->column, .value = f->value };
  cc_auto_free char *mended = NULL;
  struct cc_error err = CC_ERROR_INIT;
  struct looked l;
  size_t length;

  if (*f->value == '\0')
    return;
  if (cc_json5_replace(text, strlen(text), &edit, 1, &mended, &length, &err) < 0)
    fail_msg("%s: %s", f->id, err.msg);
  l = look(mended);
  if (find(&l, f->id) != NULL || l.reading.problem_count > 0)
    fail_msg("%s is not mended: %s", f->id, mended);
  forget(&l);
}

static void
test_each(void **state)
{
  (void)state;
  for (size_t i = 0; i < N_ELEMENTS(cases); i++)
    {
      struct looked bad = look(cases[i].bad), good = look(cases[i].good);
      const struct cc_fault *f = find(&bad, cases[i].id);

      if (f == NULL || find(&good, cases[i].id) != NULL)
        fail_msg("%s: %s\n  %s\n  %s", cases[i].id, f == NULL ? "not found" : "found where it is not", cases[i].bad,
                 cases[i].good);
      if (f->severity != cases[i].severity || strcmp(f->agent, cases[i].agent) != 0 || *f->seen == '\0'
          || *f->fix == '\0' || strcmp(f->file, "t.json5") != 0)
        fail_msg("%s: severity %d, agent `%s`, in `%s`: %s; %s", f->id, f->severity, f->agent, f->file, f->seen,
                 f->fix);
      mend(cases[i].bad, f);
      forget(&bad);
      forget(&good);
    }
}

/* Every kind that the tables have is in the cases above, but for those that need a file. */
static void
test_all_are_tested(void **state)
{
  static const char *const elsewhere[]
      = { "policy.file_writable_by_agent", "policy.file_writable_by_others", "security.audit.suppressions.active" };
  const struct cc_fault_kind *kind;

  (void)state;
  for (size_t i = 0; (kind = cc_fault_kind_at(i)) != NULL; i++)
    {
      size_t before = strcspn(kind->id, "*");
      bool tested = false;

      for (size_t k = 0; k < N_ELEMENTS(cases); k++)
        tested = tested || strcmp(cases[k].id, kind->id) == 0
                 || (kind->id[before] == '*' && strncmp(cases[k].id, kind->id, before) == 0);
      for (size_t k = 0; k < N_ELEMENTS(elsewhere); k++)
        tested = tested || strcmp(elsewhere[k], kind->id) == 0;
      if (!tested || *kind->title == '\0' || *kind->why == '\0')
        fail_msg("%s has no case, or no text", kind->id);
    }
}

static void
test_strict_is_clean(void **state)
{
  struct looked empty = look("{}");
  struct looked strict
      = look("{ agents: { defaults: { sandbox: { mode: \"all\", scope: \"session\", workspaceAccess: \"none\", "
             "docker: { readOnlyRoot: true, network: \"none\", capDrop: [\"ALL\"] } } } } }");

  (void)state;
  assert_int_equal(empty.list.count, 0);
  assert_int_equal(strict.list.count, 0);
  forget(&empty);
  forget(&strict);
}

/* One for each place: who only inherits is not told again, who says it himself is. */
static void
test_one_for_each_place(void **state)
{
  struct looked l
      = look("{ agents: { defaults: { sandbox: { docker: { network: \"bridge\" } } }, list: [{ id: \"a\" }, "
             "{ id: \"b\", sandbox: { docker: { network: \"bridge\" } } }, { id: \"c\", sandbox: { docker: { "
             "network: \"none\" } } }] } }");

  (void)state;
  assert_int_equal(count(&l, "sandbox.network_enabled"), 2);
  assert_string_equal(l.list.items[0]->agent, "");
  assert_string_equal(l.list.items[1]->agent, "b");
  assert_non_null(strstr(l.list.items[1]->fix, "`agents.list[1].sandbox.docker.network`"));
  forget(&l);
}

static void
test_place(void **state)
{
  struct looked l = look("{\n  agents: { defaults: {\n    sandbox: { mode: \"off\" },\n  } },\n}\n");
  const struct cc_fault *f = find(&l, "sandbox.mode_off");

  (void)state;
  assert_int_equal(f->line, 3);
  assert_int_equal(f->column, 22);
  assert_string_equal(f->seen, "`agents.defaults.sandbox.mode` is \"off\"");
  assert_string_equal(f->fix, "set `agents.defaults.sandbox.mode` to \"all\"");
  assert_string_equal(f->value, "\"all\"");
  forget(&l);
}

/* What the reader refuses and a finding explains is not said twice; what is not explained is said. */
static void
test_reader_and_findings(void **state)
{
  struct looked l = look("{ agents: { defaults: { sandbox: { docker: { network: \"host\", memory: \"much\" } } } } }");

  (void)state;
  assert_int_equal(count(&l, "sandbox.dangerous_network_mode"), 1);
  assert_int_equal(count(&l, "config.invalid"), 1);
  forget(&l);
}

static void
test_no_secret_is_shown(void **state)
{
  struct looked l = look("{ agents: { defaults: { sandbox: { docker: { env: { A_TOKEN: \"hunter2hunter2\" } } } } } }");
  const struct cc_fault *f = find(&l, "sandbox.env_plain_secret");

  (void)state;
  assert_non_null(f);
  assert_null(strstr(f->seen, "hunter2"));
  assert_null(strstr(f->fix, "hunter2"));
  forget(&l);
}

static void
test_suppressions(void **state)
{
  struct looked l
      = look("{ agents: { defaults: { sandbox: { scope: \"shared\", docker: { network: \"bridge\", readOnlyRoot: "
             "false } } } }, security: { audit: { suppressions: [\n"
             "{ checkId: \"sandbox.scope_shared\", reason: \"one user\" },\n"
             "{ checkId: \"sandbox.network_enabled\", detailIncludes: \"BRIDGE\", titleIncludes: \"network\", "
             "reason: \"proxy\" },\n"
             "{ checkId: \"sandbox.root_writable\", detailIncludes: \"nowhere\", reason: \"x\" },\n"
             "{ checkId: \"sandbox.root_writable\", reason: \" \" },\n"
             "{ checkId: \"security.audit.suppressions.active\", reason: \"hide\" }] } } }");

  (void)state;
  assert_string_equal(find(&l, "sandbox.scope_shared")->reason, "one user");
  assert_string_equal(find(&l, "sandbox.network_enabled")->reason, "proxy");
  assert_null(find(&l, "sandbox.root_writable")->reason);
  assert_null(find(&l, "security.audit.suppressions.active")->reason);
  assert_int_equal(count(&l, "security.audit.suppressions.no_reason"), 1);
  assert_int_equal(count(&l, "security.audit.suppressions.unused"), 2);
  assert_int_equal(cc_findings_count(&l.list, CC_WARNING), 2); /* root_writable, no_reason */
  forget(&l);
}

/* 10,000 agents that each say something: linear, and one finding for each. */
static void
test_many_agents(void **state)
{
  const size_t agents = 10000, room = agents * 80 + 100;
  cc_auto_free char *text = cc_xcalloc(1, room);
  size_t at = (size_t)snprintf(text, room, "{ agents: { defaults: { sandbox: { mode: \"off\" } }, entries: {\n");
  struct timespec begin, end;
  struct looked l;

  (void)state;
  for (size_t i = 0; i < agents; i++)
    at += (size_t)snprintf(text + at, room - at, "a%zu: { sandbox: { docker: { network: \"bridge\" } } },\n", i);
  snprintf(text + at, room - at, "} } }");
  clock_gettime(CLOCK_MONOTONIC, &begin);
  l = look(text);
  clock_gettime(CLOCK_MONOTONIC, &end);
  assert_int_equal(count(&l, "sandbox.mode_off"), 1);
  assert_int_equal(count(&l, "sandbox.network_enabled"), agents);
  assert_true(end.tv_sec - begin.tv_sec < 10); /* a second and less; quadratic it would be minutes */
  forget(&l);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_each),
    cmocka_unit_test(test_all_are_tested),
    cmocka_unit_test(test_strict_is_clean),
    cmocka_unit_test(test_one_for_each_place),
    cmocka_unit_test(test_place),
    cmocka_unit_test(test_reader_and_findings),
    cmocka_unit_test(test_no_secret_is_shown),
    cmocka_unit_test(test_suppressions),
    cmocka_unit_test(test_many_agents),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
