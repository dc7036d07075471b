/* The typed configuration: what is accepted, what is refused, where, and with which words. */
#include "config_cases.h"

#include "common/own.h"

#include <stdio.h>
#include <string.h>

/* -- keys -- */

static void
test_unknown_keys(void **state)
{
  static const struct bad cases[] = {
    { DOCKER("  readOnlRoot: true"), 2, 3, "unknown key `readOnlRoot` in `agents.defaults.sandbox.docker`",
      "did you mean `readOnlyRoot`?" },
    { DOCKER("readonlyroot: true"), 2, 1, "unknown key `readonlyroot`", "did you mean `readOnlyRoot`?" },
    { DOCKER("memory: 1e9,\n 'memroy': 1"), 2, 9, "is 1e9: must be a size", NULL },
    { DOCKER("memory: '1g',\n 'memroy': 1"), 3, 2, "unknown key `memroy`", "did you mean `memory`?" },
    { DOCKER("capdrop: []"), 2, 1, "capdrop", "did you mean `capDrop`?" },
    { DOCKER("runtime: 'runc'"), 2, 1, "unknown key `runtime`", "key" },
    { DOCKER("privileged: true"), 2, 1, "unknown key `privileged`", "the nearest known key is `" },
    { DOCKER("'': true"), 2, 1, "unknown key `` in", NULL },
    { SANDBOX("mod: 'all'"), 2, 1, "unknown key `mod` in `agents.defaults.sandbox`", "did you mean `mode`?" },
    { SANDBOX("memory: '1g'"), 2, 1, "unknown key `memory`", "did you mean `docker.memory`?" },
    { SANDBOX("readOnlyRoot: true"), 2, 1, "unknown key", "did you mean `docker.readOnlyRoot`?" },
    { SANDBOX("cdpPort: 1"), 2, 1, "unknown key", "did you mean `browser.cdpPort`?" },
    { SANDBOX("browser: { enabld: true }"), 2, 12, "in `agents.defaults.sandbox.browser`", "`enabled`" },
    { SANDBOX("prune: { idleHour: 1 }"), 2, 10, "in `agents.defaults.sandbox.prune`", "`idleHours`" },
    { SANDBOX("ssh: { target: 'x', key: 1 }"), 2, 21, "in `agents.defaults.sandbox.ssh`", NULL },
    { AGENTS("list: [ { id: 'a' }, { id: 'b', sandbox: { docker: { bind: [] } } } ]"), 2, 54,
      "unknown key `bind` in `agents.list[1].sandbox.docker`", "did you mean `binds`?" },
    { AGENTS("entries: { b: { sandbox: { docker: { bind: [] } } } }"), 2, 38,
      "unknown key `bind` in `agents.entries.b.sandbox.docker`", NULL },
    { AGENTS("default: {}"), 2, 1, "unknown key `default` in `agents`", "did you mean `defaults`?" },
    { AGENTS("lists: []"), 2, 1, "unknown key `lists` in `agents`", "did you mean `list`?" },
    { "{ tools: { alow: [] } }", 1, 12, "unknown key `alow` in `tools`", "did you mean `allow`?" },
    { "{ tools: { elevated: { pattern: [] } } }", 1, 24, "in `tools.elevated`", "did you mean `patterns`?" },
    { "{ tools: { sandbox: { tools: { x: 1 } } } }", 1, 32, "in `tools.sandbox.tools`", NULL },
    { "{ tools: { byProvider: { openai: { dany: [] } } } }", 1, 36, "in `tools.byProvider.openai`", "`deny`" },
    { AGENTS("list: [{ id: 'a', tools: { denny: [] } }]"), 2, 28, "in `agents.list[0].tools`", "`deny`" },
    { "{ session: { mainkey: 'x' } }", 1, 14, "in `session`", "did you mean `mainKey`?" },
    { "{ runtime: { lowlevel: ['runc'] } }", 1, 14, "in `runtime`", "did you mean `lowLevel`?" },
    { "{ mirror: { skill: [] } }", 1, 13, "in `mirror`", "did you mean `skills`?" },
    { "{ audit: { path: '/x' } }", 1, 12, "in `audit`", NULL },
    /* one slip beside the gateway's own keys */
    { "{ agent: {} }", 1, 3, "unknown key `agent` at the top", "did you mean `agents`?" },
    { "{ Agents: {} }", 1, 3, "unknown key `Agents` at the top", "did you mean `agents`?" },
    { "{ aduit: {} }", 1, 3, "unknown key `aduit`", "did you mean `audit`?" },
    { "{ sessions: {} }", 1, 3, "unknown key `sessions`", "did you mean `session`?" },
    { AGENTS("defaults: { sandbx: {} }"), 2, 13, "unknown key `sandbx` in `agents.defaults`",
      "did you mean `sandbox`?" },
    { AGENTS("list: [{ id: 'a', Sandbox: {} }]"), 2, 19, "unknown key `Sandbox` in `agents.list[0]`", NULL },
    { "{ $include: './x.json5' }", 1, 3, "`$include` is not followed", "conf.d" },
    { AGENTS("defaults: { $include: './x.json5' }"), 2, 13, "`$include` is not followed", NULL },
    { AGENTS("$include: './x.json5'"), 2, 1, "`$include` is not followed", NULL },
  };

  (void)state;
  check_bad(cases, COUNT(cases));
}

static void
test_long_hostile_keys(void **state)
{
  char text[20000], key[9000];
  struct cc_error err = CC_ERROR_INIT;
  struct cc_config *config = NULL;

  (void)state;
  memset(key, 'x', sizeof(key));
  key[sizeof(key) - 1] = '\0';
  snprintf(text, sizeof(text), "{agents:{defaults:{sandbox:{docker:{%s:1}}}}}", key);
  assert_int_equal(cc_config_parse(text, strlen(text), "f", &config, &err), CC_FAILED);
  assert_non_null(strstr(err.msg, "the nearest known key is"));
  snprintf(text, sizeof(text), "{agents:{defaults:{sandbox:{docker:{env:{'\\n%s\\u00e9':1}}}}}}", key);
  assert_int_equal(cc_config_parse(text, strlen(text), "f", &config, &err), CC_FAILED);
  assert_null(strchr(err.msg, '\n'));
  snprintf(text, sizeof(text), "{agents:{defaults:{sandbox:{mode:'%s'}}}}", key);
  assert_int_equal(cc_config_parse(text, strlen(text), "f", &config, &err), CC_FAILED);
  assert_non_null(strstr(err.msg, "must be one of"));
}

static void
test_two_spellings(void **state)
{
  static const struct bad both[] = {
    { SANDBOX("workspace: 'ro', workspaceAccess: 'ro'"), 2, 1, "`workspace` and `workspaceAccess` are two spellings",
      NULL },
    { SANDBOX("scope: 'agent', perSession: true"), 2, 1, "`scope` and `perSession` are two spellings", NULL },
    { SANDBOX("binds: [], docker: { binds: [] }"), 2, 1, "`binds` and `docker.binds` are two spellings", NULL },
    { SANDBOX("browser: { enableNoVnc: true, noVncEnabled: true }"), 2, 12, "two spellings", NULL },
    { "{ tools: { exec: {}, bash: {} } }", 1, 12, "`exec` and `bash` are two spellings", NULL },
  };
  struct cc_policy p = policy_of(SANDBOX("workspace: 'rw', perSession: false, binds: ['/a:/b']"));

  (void)state;
  check_bad(both, COUNT(both));
  assert_int_equal(p.workspace_access, CC_WORKSPACE_RW);
  assert_int_equal(p.scope, CC_SCOPE_SHARED);
  assert_int_equal(p.bind_count, 1);
  cc_policy_clear(&p);
  p = policy_of(SANDBOX("workspaceAccess: 'ro', perSession: true, docker: { binds: ['/a:/b', '/c:/d'] }"));
  assert_int_equal(p.workspace_access, CC_WORKSPACE_RO);
  assert_int_equal(p.scope, CC_SCOPE_SESSION);
  assert_int_equal(p.bind_count, 2);
  cc_policy_clear(&p);
}

/* -- types and ranges -- */

static void
test_wrong_types(void **state)
{
  static const struct bad cases[] = {
    { "[]", 1, 1, "the configuration is an array: must be an object", NULL },
    { "'x'", 1, 1, "the configuration is \"x\"", NULL },
    { "null", 1, 1, "the configuration is null", NULL },
    { "{ agents: [] }", 1, 11, "`agents` is an array: must be an object", NULL },
    { AGENTS("defaults: null"), 2, 11, "`agents.defaults` is null", NULL },
    { AGENTS("defaults: { sandbox: true }"), 2, 22, "`agents.defaults.sandbox` is true", NULL },
    { AGENTS("list: {}"), 2, 7, "`agents.list` is an object: must be an array", NULL },
    { AGENTS("entries: []"), 2, 10, "`agents.entries` is an array: must be an object", NULL },
    { AGENTS("list: [ 1 ]"), 2, 9, "`agents.list[0]` is 1: must be an object with an `id`", NULL },
    { AGENTS("entries: { a: 1 }"), 2, 15, "`agents.entries.a` is 1", NULL },
    { SANDBOX("mode: true"), 2, 7,
      "`agents.defaults.sandbox.mode` is true: must be one of \"off\", \"non-main\", \"all\"", NULL },
    { SANDBOX("mode: 'al'"), 2, 7, "did you mean \"all\"?", NULL },
    { SANDBOX("mode: 'All'"), 2, 7, "did you mean \"all\"?", NULL },
    { SANDBOX("mode: 'everything'"), 2, 7, "must be one of", NULL },
    { SANDBOX("mode: ''"), 2, 7, "must be one of", NULL },
    { SANDBOX("scope: 'container'"), 2, 8, "\"session\", \"agent\", \"shared\"", NULL },
    { SANDBOX("workspaceAccess: 'write'"), 2, 18, "\"none\", \"ro\", \"rw\"", NULL },
    { SANDBOX("workspace: '/home/x'"), 2, 12, "\"none\", \"ro\", \"rw\"", NULL },
    { SANDBOX("perSession: 'yes'"), 2, 13, "must be true or false", NULL },
    { SANDBOX("workspaceRoot: '~/.openclaw/sandboxes'"), 2, 16, "must be an absolute path", "no home directory" },
    { SANDBOX("workspaceRoot: 'x'"), 2, 16, "must be an absolute path", NULL },
    { SANDBOX("workspaceRoot: '/a/../b'"), 2, 16, "must be a plain path; write \"/b\"", NULL },
    { SANDBOX("workspaceRoot: '/a/'"), 2, 16, "write \"/a\"", NULL },
    { SANDBOX("workspaceRoot: '/a\\nb'"), 2, 16, "control characters", NULL },
    { SANDBOX("docker: []"), 2, 9, "`agents.defaults.sandbox.docker` is an array", NULL },
    { DOCKER("readOnlyRoot: 1"), 2, 15, "is 1: must be true or false", NULL },
    { DOCKER("readOnlyRoot: 'true'"), 2, 15, "is \"true\": must be true or false", NULL },
    { DOCKER("readOnlyRoot: null"), 2, 15, "is null: must be true or false", NULL },
    { DOCKER("pidsLimit: 0"), 2, 12, "must be a whole number from 1 to 4194304", NULL },
    { DOCKER("pidsLimit: -1"), 2, 12, "must be a whole number", NULL },
    { DOCKER("pidsLimit: 1.5"), 2, 12, "must be a whole number", NULL },
    { DOCKER("pidsLimit: '512'"), 2, 12, "must be a whole number", NULL },
    { DOCKER("pidsLimit: 4194305"), 2, 12, "must be a whole number", NULL },
    { DOCKER("pidsLimit: 99999999999999999999"), 2, 12, "must be a whole number", NULL },
    { DOCKER("pidsLimit: Infinity"), 2, 12, "is Infinity: must be a whole number", NULL },
    { DOCKER("pidsLimit: NaN"), 2, 12, "is NaN: must be a whole number", NULL },
    { DOCKER("cpus: 0"), 2, 7, "must be a number from 0.01 to 8192", NULL },
    { DOCKER("cpus: -1"), 2, 7, "must be a number", NULL },
    { DOCKER("cpus: '2'"), 2, 7, "must be a number", NULL },
    { DOCKER("cpus: 8193"), 2, 7, "must be a number", NULL },
    { DOCKER("cpus: 1e999"), 2, 7, "must be a number", NULL },
    { DOCKER("cpus: Infinity"), 2, 7, "is Infinity: must be a number", NULL },
    { DOCKER("cpus: NaN"), 2, 7, "is NaN: must be a number", NULL },
    { DOCKER("gpus: 1"), 2, 7, "must be a string", NULL },
    { DOCKER("gpus: 'a\\nb'"), 2, 7, "one line", NULL },
    { DOCKER("image: ''"), 2, 8, "must not be empty", NULL },
    { DOCKER("dns: '1.1.1.1'"), 2, 6, "must be an array of strings", NULL },
    { DOCKER("dns: [1]"), 2, 7, "`agents.defaults.sandbox.docker.dns[0]` is 1", NULL },
    { DOCKER("setupCommand: 5"), 2, 15, "must be a string, or an array", NULL },
    { DOCKER("setupCommand: ['a', 5]"), 2, 21, "setupCommand[1]` is a number: must be a string", NULL },
    { DOCKER("workdir: 'workspace'"), 2, 10, "must be an absolute path", NULL },
    { "{ audit: { file: 'x' } }", 1, 18, "must be an absolute path", NULL },
    { "{ audit: { retentionDays: 0 } }", 1, 27, "must be a whole number from 1", NULL },
    { "{ mirror: { skills: ['skills'] } }", 1, 22, "`mirror.skills[0]`", NULL },
    { "{ mirror: { media: '/x' } }", 1, 20, "must be an array", NULL },
    { "{ session: { mainKey: '' } }", 1, 23, "main session", NULL },
    { "{ session: { mainKey: 'telegram:group:1' } }", 1, 23, "no `:`", NULL },
    { "{ session: { mainKey: 'a b' } }", 1, 23, "no space", NULL },
    { "{ session: { mainKey: 1 } }", 1, 23, "main session", NULL },
  };

  (void)state;
  check_bad(cases, COUNT(cases));
}

static void
test_runtime(void **state)
{
  static const struct bad cases[] = {
    { "{ runtime: { lowLevel: [] } }", 1, 14, "`runtime.lowLevel` is empty", NULL },
    { "{ runtime: { lowLevel: 'runc' } }", 1, 24, "must be an array", NULL },
    { "{ runtime: { lowLevel: ['bin/runc'] } }", 1, 25, "must be an absolute path", NULL },
    { "{ runtime: { lowLevel: ['../runc'] } }", 1, 25, "must be an absolute path", NULL },
    { "{ runtime: { lowLevel: ['/'] } }", 1, 25, "path of a program", NULL },
    { "{ runtime: { lowLevel: ['..'] } }", 1, 25, "name or the absolute path", NULL },
    { "{ runtime: { lowLevel: ['-x'] } }", 1, 25, "name or the absolute path", NULL },
    { "{ runtime: { lowLevel: ['runc --debug'] } }", 1, 25, "name or the absolute path", NULL },
    { "{ runtime: { lowLevel: [''] } }", 1, 25, "name or the absolute path", NULL },
    { "{ runtime: { lowLevel: ['runc', 'closedclaw-runtime'] } }", 1, 33, "would call itself", "lowLevel[1]" },
    { "{ runtime: { lowLevel: ['/usr/bin/closedclaw-runtime-auto'] } }", 1, 25, "would call itself", NULL },
    { "{ runtime: { enforcement: 'off' } }", 1, 27, "\"enforce\", \"report\"", NULL },
  };

  (void)state;
  check_bad(cases, COUNT(cases));
}

static void
test_agents(void **state)
{
  static const struct bad cases[] = {
    { AGENTS("list: [{ sandbox: {} }]"), 2, 8, "must be an object with an `id`", "agents.list[0]" },
    { AGENTS("list: [{ id: 5 }]"), 2, 8, "with an `id`, a string", NULL },
    { AGENTS("list: [{ id: '' }]"), 2, 8, "must be at most 64 letters", NULL },
    { AGENTS("list: [{ id: 'a:b' }]"), 2, 8, "the id \"a:b\" must be", NULL },
    { AGENTS("list: [{ id: '../x' }]"), 2, 8, "the id \"../x\" must be", NULL },
    { AGENTS("list: [{ id: 'a/b' }]"), 2, 8, "must be at most 64 letters", NULL },
    { AGENTS("list: [{ id: 'a' }, { id: 'b' }, { id: 'A' }]"), 2, 34, "this file has the agent `A` already",
      "agents.list[2]" },
    { AGENTS("list: [{ id: 'a' }], entries: { a: {} }"), 2, 36, "this file has the agent `a` already",
      "agents.entries.a" },
    { AGENTS("entries: { 'a b': {} }"), 2, 19, "must be at most 64 letters", NULL },
    { AGENTS("entries: { a: { id: 'b' } }"), 2, 17, "must be its key, `a`", NULL },
    { AGENTS("entries: { a: [] }"), 2, 15, "must be an object", NULL },
  };
  static const char *const good[] = {
    AGENTS("list: [], entries: {}"),
    AGENTS("entries: { a: { id: 'a', model: 'x' }, 'b-1_2.c': {} }"),
    AGENTS("list: [{ id: 'a' }], entries: { b: {} }"),
    AGENTS("list: [{ id: 'a', default: true, workspace: '~/x', runtime: { type: 'acp' }, identity: {} }]"),
  };

  (void)state;
  check_bad(cases, COUNT(cases));
  check_good(good, COUNT(good));
}

static void
test_tools(void **state)
{
  static const struct bad cases[] = {
    { "{ tools: { profile: 'code' } }", 1, 21, "\"minimal\", \"coding\", \"messaging\", \"full\"", NULL },
    { "{ tools: { allow: 'exec' } }", 1, 19, "must be an array", NULL },
    { "{ tools: { deny: [1] } }", 1, 19, "`tools.deny[0]`", NULL },
    { "{ tools: { deny: [''] } }", 1, 19, "not empty", NULL },
    { "{ tools: { allow: ['a'], alsoAllow: ['b'] } }", 1, 26, "contradict each other", NULL },
    { "{ tools: { sandbox: { tools: { allow: ['a'], alsoAllow: ['b'] } } } }", 1, 46, "contradict each other", NULL },
    { "{ tools: { elevated: { enabled: 'yes' } } }", 1, 33, "must be true or false", NULL },
    { "{ tools: { elevated: { allowFrom: { telegram: '1' } } } }", 1, 47, "`tools.elevated.allowFrom.telegram`", NULL },
    { "{ tools: { elevated: { allowFrom: { telegram: [{}] } } } }", 1, 48, "a string or a number", NULL },
    { "{ tools: { byProvider: [] } }", 1, 24, "must be an object", NULL },
    { "{ tools: [] }", 1, 10, "must be an object", NULL },
    { AGENTS("list: [{ id: 'a', tools: { allow: ['a'], alsoAllow: ['b'] } }]"), 2, 42, "contradict", NULL },
  };
  static const char *const good[] = {
    "{ tools: { allow: [], alsoAllow: ['b'] } }",
    "{ tools: { profile: 'messaging', deny: ['group:runtime', '*'], bash: { timeoutSec: 60 }, web: { search: {} },"
    " elevated: { enabled: true, patterns: ['brew *'], requireApproval: true, allowFrom: { telegram: ['@a', 12, '*'] } "
    "},"
    " byProvider: { 'openai/gpt': { profile: 'minimal', allow: ['read'] } }, toolsBySender: { x: { deny: ['exec'] } },"
    " sandbox: { tools: { allow: ['exec'], deny: [] } }, subagents: { tools: {} } } }",
  };

  (void)state;
  check_bad(cases, COUNT(cases));
  check_good(good, COUNT(good));
}

/* -- configurations of real gateways -- */

static void
test_gateway_configurations(void **state)
{
  static const char *const texts[] = {
    /* the documents that describe the system */
    "{ agents: { defaults: { sandbox: { mode: \"all\", scope: \"session\", workspaceAccess: \"none\","
    " docker: { readOnlyRoot: true, network: \"none\", capDrop: [\"ALL\"], }, }, }, }, }",
    "{ agents: { defaults: { sandbox: { docker: { binds: [\"/home/user/source:/source:ro\", "
    "\"/var/data/myapp:/data:ro\"] } } },"
    " list: [ { id: \"build\", sandbox: { docker: { binds: [\"/mnt/cache:/cache:rw\"] } } } ] } }",
    "{ agents: { defaults: { sandbox: { mode: \"all\", binds: [ \"/home/user/projects:/projects:ro\", // Read-only\n"
    " \"/home/user/data:/data:rw\" ] } } } }",
    "{ agents: { defaults: { sandbox: { mode: \"all\", scope: \"session\", workspace: \"ro\" } } }, tools: { profile: "
    "\"messaging\","
    " deny: [\"group:runtime\", \"group:fs\"], elevated: { enabled: true, patterns: [\"systemctl status *\"],"
    " requireApproval: true } } }",
    /* every sandbox key of OpenClaw 2026.9.6 */
    "{ agents: { defaults: { model: { primary: 'x' }, sandbox: { mode: 'non-main', backend: 'docker', scope: 'agent',"
    " workspaceAccess: 'rw', workspaceRoot: '/home/u/.openclaw/sandboxes', sessionToolsVisibility: 'spawned',"
    " docker: { image: 'openclaw-sandbox:bookworm-slim', containerPrefix: 'openclaw-sbx-', workdir: '/workspace',"
    " readOnlyRoot: true, tmpfs: ['/tmp', '/var/tmp', '/run'], network: 'none', user: '1000:1000', capDrop: ['ALL'],"
    " env: { LANG: 'C.UTF-8' }, setupCommand: 'apt-get update\\napt-get install -y git', pidsLimit: 256, memory: '1g',"
    " memorySwap: '2g', cpus: 1, gpus: 'all', ulimits: { nofile: { soft: 1024, hard: 2048 }, nproc: 256, core: '0:0' },"
    " seccompProfile: '/etc/seccomp.json', apparmorProfile: 'openclaw', dns: ['1.1.1.1'], extraHosts: ['h:10.0.0.1'],"
    " binds: ['/srv/x:/x:ro'], dangerouslyAllowReservedContainerTargets: false, dangerouslyAllowExternalBindSources: "
    "true,"
    " dangerouslyAllowContainerNamespaceJoin: false },"
    " browser: { enabled: true, image: 'openclaw-sandbox-browser:bookworm-slim', containerPrefix: 'p-',"
    " network: 'openclaw-sandbox-browser', cdpPort: 9222, cdpSourceRange: '172.21.0.1/32', vncPort: 5900, noVncPort: "
    "6080,"
    " headless: false, noVncEnabled: true, allowHostControl: false, autoStart: true, autoStartTimeoutMs: 12000, binds: "
    "[] },"
    " prune: { idleHours: 24, maxAgeDays: 7 }, ssh: { target: 'u@h:22', strictHostKeyChecking: true, identityData: {} "
    "} } } },"
    " channels: { telegram: { enabled: true } }, gateway: { port: 18789 }, hooks: {}, skills: {}, nodeHost: {}, cron: "
    "{},"
    " session: { scope: 'per-sender', dmScope: 'main', mainKey: 'main', reset: { mode: 'daily' }, store: '/x' } }",
    /* Clawdbot 2026.1 */
    "{ agents: { defaults: { sandbox: { mode: 'all', perSession: true, browser: { enabled: true, enableNoVnc: true,"
    " allowedControlUrls: ['http://x'], allowedControlHosts: ['h'], allowedControlPorts: [9222] }, docker: { user: "
    "'1000' } } } },"
    " tools: { bash: { backgroundMs: 1 }, elevated: { allowFrom: { whatsapp: ['+1'] } } }, session: { idleMinutes: 60 "
    "} }",
  };

  (void)state;
  check_good(texts, COUNT(texts));
}

/* The sum of many files and agents stays correct and quick. */
static void
test_many_agents(void **state)
{
  cc_auto_free char *text = cc_xcalloc(1, 4 << 20);
  size_t used = (size_t)sprintf(text, "{agents:{list:[");
  struct bad too_many = { text, 1, 15, "at most 65536 agents", NULL };
  const char *const good = text;

  (void)state;
  for (int i = 0; i < 65536; i++)
    used += (size_t)sprintf(text + used, "{id:'a%d'},", i);
  strcpy(text + used, "]}}");
  check_good(&good, 1);
  strcpy(text + used, "{id:'b'}]}}");
  check_bad(&too_many, 1);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_unknown_keys),  cmocka_unit_test(test_long_hostile_keys),
    cmocka_unit_test(test_two_spellings), cmocka_unit_test(test_wrong_types),
    cmocka_unit_test(test_runtime),       cmocka_unit_test(test_agents),
    cmocka_unit_test(test_tools),         cmocka_unit_test(test_gateway_configurations),
    cmocka_unit_test(test_many_agents),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
