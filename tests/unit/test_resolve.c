/* Identity and configuration to effective policy: modes, scopes, merging, browsers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/own.h"
#include "policy/config.h"

#include <string.h>

static struct cc_config *
config_of(const char *text)
{
  struct cc_config *config = NULL;
  struct cc_error err = CC_ERROR_INIT;

  if (cc_config_parse(text, strlen(text), "t", &config, &err) < 0)
    fail_msg("<%s>: %s", text, err.msg);
  return config;
}

/* The policy of TEXT for an agent's container (AGENT and SESSION may be NULL), which must exist. */
static struct cc_policy
resolve_kind(const char *text, enum cc_kind kind, const char *agent, const char *session)
{
  cc_auto_config struct cc_config *config = config_of(text);
  struct cc_identity identity = { .kind = kind, .agent = (char *)agent, .session = (char *)session };
  struct cc_policy policy = { 0 };
  struct cc_error err = CC_ERROR_INIT;

  if (cc_config_resolve(config, &identity, &policy, &err) < 0)
    fail_msg("<%s>: %s", text, err.msg);
  return policy;
}

static struct cc_policy
resolve(const char *text, const char *agent, const char *session)
{
  return resolve_kind(text, CC_KIND_AGENT, agent, session);
}

static void
assert_strings(const struct cc_strings *list, const char *joined)
{
  char text[1024] = "";

  for (size_t i = 0; i < list->count; i++)
    {
      strcat(text, i > 0 ? " " : "");
      strcat(text, list->items[i]);
    }
  assert_string_equal(text, joined);
}

static void
assert_binds(const struct cc_policy *policy, const char *joined)
{
  char text[1024] = "";

  for (size_t i = 0; i < policy->bind_count; i++)
    {
      strcat(text, i > 0 ? " " : "");
      strcat(text, policy->binds[i].source);
      strcat(text, ":");
      strcat(text, policy->binds[i].target);
      strcat(text, policy->binds[i].read_only ? ":ro" : ":rw");
    }
  assert_string_equal(text, joined);
}

static void
assert_strict(const struct cc_policy *p)
{
  assert_true(p->sandboxed);
  assert_int_equal(p->mode, CC_MODE_ALL);
  assert_int_equal(p->scope, CC_SCOPE_SESSION);
  assert_int_equal(p->workspace_access, CC_WORKSPACE_NONE);
  assert_int_equal(p->enforcement, CC_ENFORCE);
  assert_string_equal(p->workspace_root, "/var/lib/closedclaw/sandboxes");
  assert_true(p->read_only_root);
  assert_string_equal(p->network, "none");
  assert_true(p->drop_all_capabilities);
  assert_int_equal(p->cap_drop.count, 0);
  assert_strings(&p->tmpfs, "/tmp /var/tmp /run");
  assert_int_equal(p->tmpfs_size, 256 << 20);
  assert_true(p->user_auto);
  assert_int_equal(p->uid, CC_DEFAULT_UID);
  assert_int_equal(p->gid, CC_DEFAULT_UID);
  assert_int_equal(p->pids_limit, 512);
  assert_true(p->memory == UINT64_C(2) << 30 && p->memory_swap == p->memory);
  assert_true(p->cpus == 2.0);
  assert_int_equal(p->ulimit_count, 0);
  assert_int_equal(p->bind_count, 0);
  assert_int_equal(p->env_count, 0);
  assert_string_equal(p->setup_command, "");
  assert_string_equal(p->seccomp_profile, "");
  assert_string_equal(p->apparmor_profile, "");
  assert_int_equal(p->devices.count, 0);
  assert_string_equal(p->gpus, "");
  assert_false(p->allow_namespace_join || p->allow_reserved_targets || p->allow_external_binds);
  assert_strings(&p->low_level, "runc crun");
  assert_string_equal(p->audit_file, "/var/log/closedclaw/audit.jsonl");
  assert_true(p->audit_journald);
}

/* Nothing configured, nothing of ours configured, or empty blocks: the same strict policy, for any identity. */
static void
test_defaults(void **state)
{
  static const char *const texts[] = {
    "{}",
    "{ channels: { x: 1 }, gateway: { port: 1 }, models: [], $schema: 'x' }",
    "{ agents: {} }",
    "{ agents: { defaults: { model: 'm', sandbox: {} }, list: [{ id: 'a', model: 'm' }, { id: 'b', sandbox: {} }] } }",
    "{ agents: { defaults: { sandbox: { docker: {}, browser: {} } } }, tools: {}, session: {}, audit: {} }",
    "{ runtime: {}, mirror: {} }",
  };
  static const enum cc_kind kinds[] = { CC_KIND_PLAIN, CC_KIND_AGENT, CC_KIND_BROWSER, CC_KIND_POD_SANDBOX };
  static const char *const sessions[] = { NULL, "", "main", "agent:a:main", "agent:zz:main", "agent:", "x" };

  (void)state;
  for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++)
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
      for (size_t s = 0; s < sizeof(sessions) / sizeof(sessions[0]); s++)
        {
          struct cc_policy policy = resolve_kind(texts[t], kinds[k], NULL, sessions[s]);

          assert_strict(&policy);
          cc_policy_clear(&policy);
        }
}

static void
test_no_identity(void **state)
{
  cc_auto_config struct cc_config *config = cc_config_new_default();
  struct cc_policy policy = { 0 };
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  assert_int_equal(cc_config_resolve(config, NULL, &policy, &err), 0);
  assert_strict(&policy);
  assert_strings(cc_config_low_level(config), "runc crun");
  cc_policy_clear(&policy);
  assert_null(policy.network);
}

struct who
{
  const char *agent, *session;
  bool sandboxed;
};

static void
check_modes(const char *text, const struct who *cases, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      struct cc_policy policy = resolve(text, cases[i].agent, cases[i].session);

      if (policy.sandboxed != cases[i].sandboxed)
        fail_msg("<%s> agent %s session %s: sandboxed %d", text, cases[i].agent ? cases[i].agent : "-",
                 cases[i].session ? cases[i].session : "-", policy.sandboxed);
      cc_policy_clear(&policy);
    }
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Only what is exactly the main session is outside of the sandbox. */
static void
test_mode_non_main(void **state)
{
  static const struct who cases[] = {
    { NULL, "main", false },
    { NULL, "agent:main:main", false },
    { "main", "agent:main:main", false },
    { "main", "main", false },
    { "other", "agent:other:main", false },
    { "Other", "agent:other:main", false },
    { NULL, NULL, true },
    { "main", NULL, true },
    { NULL, "", true },
    { NULL, "MAIN", true },
    { NULL, " main", true },
    { NULL, "main ", true },
    { NULL, "main:main", true },
    { NULL, "agent:main", true },
    { NULL, "agent::main", true },
    { NULL, "agent:main:", true },
    { NULL, "agent:main:main:", true },
    { NULL, "agent:main:main:thread:1", true },
    { NULL, "agent:main:telegram:group:main", true },
    { NULL, "agent:main:agent:main:main", true },
    { NULL, "Agent:main:main", true },
    { NULL, "xagent:main:main", true },
    { NULL, "agent:main:mainx", true },
    { NULL, "agent:main:workspace:0123", true },
    { NULL, "global", true },
    { NULL, "main\nx", true },
  };
  static const struct who renamed[] = {
    { NULL, "agent:main:boss", false },
    { NULL, "boss", false },
    { NULL, "agent:main:main", true },
    { NULL, "main", true },
  };

  (void)state;
  check_modes("{ agents: { defaults: { sandbox: { mode: 'non-main' } } } }", cases, COUNT(cases));
  check_modes("{ session: { mainKey: 'boss' }, agents: { defaults: { sandbox: { mode: 'non-main' } } } }", renamed,
              COUNT(renamed));
}

static void
test_mode_all_and_off(void **state)
{
  static const struct who all[] = { { NULL, NULL, true }, { "main", "agent:main:main", true }, { NULL, "main", true } };
  static const struct who off[] = { { NULL, NULL, false }, { "x", "agent:x:y", false } };

  (void)state;
  check_modes("{ agents: { defaults: { sandbox: { mode: 'all' } } } }", all, COUNT(all));
  check_modes("{ agents: { defaults: { sandbox: { mode: 'off' } } } }", off, COUNT(off));
}

static void
test_mode_of_agent(void **state)
{
  static const char text[] = "{ agents: { defaults: { sandbox: { mode: 'all' } }, list: ["
                             "{ id: 'free', sandbox: { mode: 'off' } }, { id: 'half', sandbox: { mode: 'non-main' } },"
                             "{ id: 'plain' } ] } }";
  static const struct who cases[] = {
    { "free", NULL, false },
    { "FREE", NULL, false },
    { NULL, "agent:free:telegram:1", false },
    { "half", "agent:half:main", false },
    { "half", "agent:half:x", true },
    { "half", NULL, true },
    { "plain", "agent:plain:main", true },
    { "unknown", "agent:unknown:main", true },
    { "fre", NULL, true },
    { "freee", NULL, true },
    { "", NULL, true },
    { NULL, "free", true },
    { NULL, "agent:free", false }, /* what all sessions of an agent share */
    { NULL, "agent:free ", true },
    { NULL, "agent:fre", true },
    { NULL, "agent", true },
  };
  static const struct who entries[] = { { "free", NULL, false }, { NULL, "agent:main:main", true } };

  (void)state;
  check_modes(text, cases, COUNT(cases));
  check_modes("{ agents: { entries: { free: { sandbox: { mode: 'off' } } } } }", entries, COUNT(entries));
}

/* An agent with another agent's session would choose the laxer of two policies. */
static void
test_contradicting_identity(void **state)
{
  static const char *const sessions[] = { "agent:b:main", "agent:aa:main", "agent:b" };
  cc_auto_config struct cc_config *config = cc_config_new_default();

  (void)state;
  for (size_t i = 0; i < COUNT(sessions); i++)
    {
      struct cc_identity identity = { .agent = (char *)"a", .session = (char *)sessions[i] };
      struct cc_policy policy = { .pids_limit = 77 };
      struct cc_error err = CC_ERROR_INIT;

      assert_int_equal(cc_config_resolve(config, &identity, &policy, &err), CC_FAILED);
      assert_string_equal(err.rule, "identity");
      assert_int_equal(policy.pids_limit, 77);
      assert_null(policy.network);
    }
}

static void
test_scalars_agent_over_global(void **state)
{
  static const char text[]
      = "{ agents: { defaults: { sandbox: { scope: 'agent', workspaceAccess: 'ro', workspaceRoot: '/srv/w', docker: {"
        " readOnlyRoot: false, network: 'bridge', capDrop: ['NET_RAW', 'cap_chown'], tmpfs: ['/tmp', '/x'], tmpfsSize: "
        "'64m',"
        " user: '1000:1001', pidsLimit: 100, memory: '1g', memorySwap: '3g', cpus: 0.5, setupCommand: ['a', 'b'],"
        " seccompProfile: '/etc/p.json', apparmorProfile: 'prof', devices: ['/dev/fuse'], gpus: 'all',"
        " dangerouslyAllowExternalBindSources: true } } },"
        " list: [ { id: 'b', sandbox: { scope: 'session', workspace: 'rw', docker: { readOnlyRoot: true, network: "
        "'none',"
        " capDrop: ['ALL'], tmpfs: [], user: 'auto', pidsLimit: 7, memory: '512m', setupCommand: '',"
        " dangerouslyAllowExternalBindSources: false } } } ] } }";
  struct cc_policy global = resolve(text, NULL, NULL), agent = resolve(text, "b", NULL);

  (void)state;
  assert_int_equal(global.scope, CC_SCOPE_AGENT);
  assert_int_equal(global.workspace_access, CC_WORKSPACE_RO);
  assert_string_equal(global.workspace_root, "/srv/w");
  assert_false(global.read_only_root);
  assert_string_equal(global.network, "bridge");
  assert_false(global.drop_all_capabilities);
  assert_strings(&global.cap_drop, "CAP_NET_RAW CAP_CHOWN");
  assert_strings(&global.tmpfs, "/tmp /x");
  assert_int_equal(global.tmpfs_size, 64 << 20);
  assert_false(global.user_auto);
  assert_int_equal(global.uid, 1000);
  assert_int_equal(global.gid, 1001);
  assert_true(global.memory == UINT64_C(1) << 30 && global.memory_swap == UINT64_C(3) << 30);
  assert_true(global.cpus == 0.5);
  assert_string_equal(global.setup_command, "a\nb");
  assert_string_equal(global.seccomp_profile, "/etc/p.json");
  assert_string_equal(global.apparmor_profile, "prof");
  assert_strings(&global.devices, "/dev/fuse");
  assert_string_equal(global.gpus, "all");
  assert_true(global.allow_external_binds);

  assert_int_equal(agent.scope, CC_SCOPE_SESSION);
  assert_int_equal(agent.workspace_access, CC_WORKSPACE_RW);
  assert_string_equal(agent.workspace_root, "/srv/w");
  assert_true(agent.read_only_root);
  assert_string_equal(agent.network, "none");
  assert_true(agent.drop_all_capabilities);
  assert_int_equal(agent.cap_drop.count, 0);
  assert_int_equal(agent.tmpfs.count, 0);
  assert_true(agent.user_auto);
  assert_int_equal(agent.pids_limit, 7);
  assert_true(agent.memory == UINT64_C(512) << 20 && agent.memory_swap == UINT64_C(3) << 30);
  assert_string_equal(agent.setup_command, "");
  assert_string_equal(agent.seccomp_profile, "/etc/p.json");
  assert_false(agent.allow_external_binds);
  cc_policy_clear(&global);
  cc_policy_clear(&agent);
}

static void
test_lists_that_add_up(void **state)
{
  static const char text[]
      = "{ agents: { defaults: { sandbox: { docker: { binds: ['/a:/1:ro', '/b:/2:rw', '/c:/3'],"
        " env: { A: 'g', B: 'g' }, ulimits: { nofile: 100, core: 0 } } } },"
        " list: [ { id: 'b', sandbox: { docker: { binds: ['/d:/4:rw,z', '/e:/2:ro'], env: { B: 'a', C: '' },"
        " ulimits: { nofile: { soft: 5, hard: 6 }, nproc: '-1' } } } },"
        " { id: 'old', sandbox: { binds: ['/o:/9:rw'] } } ] } }";
  struct cc_policy global = resolve(text, "zz", NULL), agent = resolve(text, "b", NULL),
                   old = resolve(text, "old", NULL);

  (void)state;
  assert_binds(&global, "/a:/1:ro /b:/2:rw /c:/3:ro");
  assert_binds(&agent, "/a:/1:ro /e:/2:ro /c:/3:ro /d:/4:rw");
  assert_binds(&old, "/a:/1:ro /b:/2:rw /c:/3:ro /o:/9:rw");
  assert_int_equal(agent.env_count, 3);
  assert_string_equal(agent.env[0].value, "g");
  assert_string_equal(agent.env[1].value, "a");
  assert_string_equal(agent.env[2].name, "C");
  assert_string_equal(agent.env[2].value, "");
  assert_int_equal(agent.ulimit_count, 3);
  assert_int_equal(agent.ulimits[0].soft, 5);
  assert_int_equal(agent.ulimits[0].hard, 6);
  assert_int_equal(agent.ulimits[1].hard, 0);
  assert_true(agent.ulimits[2].soft == UINT64_MAX && agent.ulimits[2].hard == UINT64_MAX);
  cc_policy_clear(&global);
  cc_policy_clear(&agent);
  cc_policy_clear(&old);
}

/* Under the resolved scope "shared" an agent cannot have a container of its own making. */
static void
test_scope_shared(void **state)
{
  static const char global[]
      = "{ agents: { defaults: { sandbox: { scope: 'shared', docker: { memory: '1g' } } }, list: [ { id: 'b',"
        " sandbox: { mode: 'off', workspaceAccess: 'rw', workspaceRoot: '/w', docker: { memory: '4g',"
        " network: 'bridge', binds: ['/x:/y:rw'], env: { A: '1' } },"
        " browser: { enabled: true, binds: ['/q:/q'], network: 'n' } } } ] } }";
  static const char own[]
      = "{ agents: { list: [ { id: 'b', sandbox: { perSession: false, docker: { network: 'bridge' } } },"
        " { id: 'c', sandbox: { perSession: true, docker: { network: 'bridge' } } } ] } }";
  static const char out_of_it[] = "{ agents: { defaults: { sandbox: { scope: 'shared' } }, list: [ { id: 'b',"
                                  " sandbox: { scope: 'agent', docker: { network: 'bridge' } } } ] } }";
  struct cc_policy p = resolve(global, "b", NULL);

  (void)state;
  assert_int_equal(p.scope, CC_SCOPE_SHARED);
  assert_false(p.sandboxed);
  assert_int_equal(p.workspace_access, CC_WORKSPACE_RW);
  assert_string_equal(p.workspace_root, "/w");
  assert_true(p.memory == UINT64_C(1) << 30);
  assert_string_equal(p.network, "none");
  assert_int_equal(p.bind_count, 0);
  assert_int_equal(p.env_count, 0);
  cc_policy_clear(&p);
  p = resolve_kind(global, CC_KIND_BROWSER, "b", NULL);
  assert_string_equal(p.network, "none");
  assert_int_equal(p.bind_count, 0);
  cc_policy_clear(&p);
  p = resolve(own, "b", NULL);
  assert_int_equal(p.scope, CC_SCOPE_SHARED);
  assert_string_equal(p.network, "none");
  cc_policy_clear(&p);
  p = resolve(own, "c", NULL);
  assert_int_equal(p.scope, CC_SCOPE_SESSION);
  assert_string_equal(p.network, "bridge");
  cc_policy_clear(&p);
  p = resolve(out_of_it, "b", NULL);
  assert_string_equal(p.network, "bridge");
  cc_policy_clear(&p);
}

static void
test_memory_swap(void **state)
{
  static const struct
  {
    const char *text;
    unsigned megabytes, swap;
  } cases[] = {
    { "{ agents: { defaults: { sandbox: { docker: { memory: '4g' } } } } }", 4096, 4096 },
    { "{ agents: { defaults: { sandbox: { docker: { memorySwap: '4g' } } } } }", 2048, 4096 },
    { "{ agents: { defaults: { sandbox: { docker: { memorySwap: '1g' } } } } }", 2048, 2048 },
    { "{ agents: { defaults: { sandbox: { docker: { memory: '1g', memorySwap: '2g' } } },"
      " list: [ { id: 'a', sandbox: { docker: { memory: '4g' } } } ] } }",
      4096, 4096 },
    { "{ agents: { defaults: { sandbox: { docker: { memory: '1g' } } },"
      " list: [ { id: 'a', sandbox: { docker: { memory: '512m' } } } ] } }",
      512, 512 },
  };

  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++)
    {
      struct cc_policy p = resolve(cases[i].text, "a", NULL);

      assert_true(p.memory == (uint64_t)cases[i].megabytes << 20);
      assert_true(p.memory_swap == (uint64_t)cases[i].swap << 20);
      cc_policy_clear(&p);
    }
}

/* A container that calls itself a browser gets a network only where the operator enabled the browser. */
static void
test_browser(void **state)
{
  static const struct
  {
    const char *text, *agent, *network, *binds;
    int pids;
  } cases[] = {
    { "{ agents: { defaults: { sandbox: { docker: { binds: ['/a:/a'] } } } } }", NULL, "none", "/a:/a:ro", 512 },
    { "{ agents: { defaults: { sandbox: { browser: { network: 'n' } } } } }", NULL, "none", "", 512 },
    { "{ agents: { defaults: { sandbox: { browser: { enabled: false, network: 'n' } } } } }", NULL, "none", "", 512 },
    { "{ agents: { defaults: { sandbox: { browser: { enabled: true } } } } }", NULL, "openclaw-sandbox-browser", "",
      1024 },
    { "{ agents: { defaults: { sandbox: { browser: { enabled: true, network: 'n' }, docker: { pidsLimit: 300 } } } } }",
      NULL, "n", "", 300 },
    { "{ agents: { defaults: { sandbox: { docker: { binds: ['/a:/a'] }, browser: { binds: [] } } } } }", NULL, "none",
      "", 512 },
    { "{ agents: { defaults: { sandbox: { docker: { binds: ['/a:/a'] }, browser: { binds: ['/g:/g'] } } },"
      " list: [ { id: 'x', sandbox: { docker: { binds: ['/b:/b'] }, browser: { binds: ['/c:/c:rw'] } } } ] } }",
      "x", "none", "/g:/g:ro /c:/c:rw", 512 },
    { "{ agents: { defaults: { sandbox: { docker: { binds: ['/a:/a'] } } },"
      " list: [ { id: 'x', sandbox: { browser: { enabled: true, binds: [] } } } ] } }",
      "x", "openclaw-sandbox-browser", "", 1024 },
    { "{ agents: { defaults: { sandbox: { browser: { enabled: true, network: 'n' } } },"
      " list: [ { id: 'x', sandbox: { browser: { enabled: false } } } ] } }",
      "x", "none", "", 512 },
    { "{ agents: { defaults: { sandbox: { browser: { enabled: true, network: 'n' } } },"
      " list: [ { id: 'x', sandbox: { browser: { network: 'none' } } } ] } }",
      "x", "none", "", 1024 },
  };

  (void)state;
  for (size_t i = 0; i < COUNT(cases); i++)
    {
      struct cc_policy p = resolve_kind(cases[i].text, CC_KIND_BROWSER, cases[i].agent, NULL);

      assert_string_equal(p.network, cases[i].network);
      assert_binds(&p, cases[i].binds);
      assert_int_equal(p.pids_limit, cases[i].pids);
      assert_true(p.sandboxed);
      cc_policy_clear(&p);
      /* and the agent's other containers see nothing of the browser's */
      p = resolve(cases[i].text, cases[i].agent, NULL);
      assert_string_equal(p.network, "none");
      cc_policy_clear(&p);
    }
}

/* The flag of one block and the network of another meet only here. */
static void
test_namespace_join(void **state)
{
  static const char text[]
      = "{ agents: { defaults: { sandbox: { docker: { network: 'container:vpn',"
        " dangerouslyAllowContainerNamespaceJoin: true } } },"
        " list: [ { id: 'x', sandbox: { docker: { dangerouslyAllowContainerNamespaceJoin: false } } } ] } }";
  cc_auto_config struct cc_config *config = config_of(text);
  struct cc_identity identity = { .agent = (char *)"x" };
  struct cc_policy policy = resolve(text, NULL, NULL);
  struct cc_error err = CC_ERROR_INIT;

  (void)state;
  assert_string_equal(policy.network, "container:vpn");
  cc_policy_clear(&policy);
  assert_int_equal(cc_config_resolve(config, &identity, &policy, &err), CC_FAILED);
  assert_string_equal(err.rule, "config");
  assert_null(policy.network);
}

static void
test_runtime_and_audit(void **state)
{
  static const char text[]
      = "{ runtime: { lowLevel: ['/usr/bin/crun', 'youki'], enforcement: 'report' },"
        " audit: { file: '', journald: false, retentionDays: 7 }, mirror: { skills: ['/srv/skills'] } }";
  cc_auto_config struct cc_config *config = config_of(text);
  struct cc_policy p = resolve(text, NULL, NULL);

  (void)state;
  assert_strings(&p.low_level, "/usr/bin/crun youki");
  assert_strings(cc_config_low_level(config), "/usr/bin/crun youki");
  assert_int_equal(p.enforcement, CC_REPORT);
  assert_string_equal(p.audit_file, "");
  assert_false(p.audit_journald);
  assert_true(p.sandboxed);
  cc_policy_clear(&p);
}

static void
test_identity_helpers(void **state)
{
  struct cc_identity identity = { .engine = CC_ENGINE_CRI, .kind = CC_KIND_BROWSER };

  (void)state;
  identity.agent = cc_xstrdup("a");
  identity.session = cc_xstrdup("s");
  identity.engine_dir = cc_xstrdup("/d");
  cc_identity_clear(&identity);
  assert_null(identity.agent);
  assert_null(identity.engine_dir);
  assert_int_equal(identity.kind, CC_KIND_PLAIN);
  for (enum cc_engine e = CC_ENGINE_NONE; e <= CC_ENGINE_CRIO; e++)
    assert_true(*cc_engine_name(e) != '\0');
  assert_string_equal(cc_engine_name(CC_ENGINE_DOCKER), "docker");
  for (enum cc_kind k = CC_KIND_PLAIN; k <= CC_KIND_POD_SANDBOX; k++)
    assert_true(*cc_kind_name(k) != '\0');
  assert_string_equal(cc_kind_name(CC_KIND_POD_SANDBOX), "pod-sandbox");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_defaults),
    cmocka_unit_test(test_no_identity),
    cmocka_unit_test(test_mode_non_main),
    cmocka_unit_test(test_mode_all_and_off),
    cmocka_unit_test(test_mode_of_agent),
    cmocka_unit_test(test_contradicting_identity),
    cmocka_unit_test(test_scalars_agent_over_global),
    cmocka_unit_test(test_lists_that_add_up),
    cmocka_unit_test(test_scope_shared),
    cmocka_unit_test(test_memory_swap),
    cmocka_unit_test(test_browser),
    cmocka_unit_test(test_namespace_join),
    cmocka_unit_test(test_runtime_and_audit),
    cmocka_unit_test(test_identity_helpers),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
