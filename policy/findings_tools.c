/* Findings on `tools`: which tools there are, and when they leave the sandbox. */
#include "policy/findings_internal.h"

#include "common/own.h"
#include "policy/tools.h"

#include <string.h>
#include <strings.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define SENDERS_MOST 25 /* as the gateways' own audit counts */

/* -- elevated: patterns -- */

/* Runs whatever its arguments say, so a pattern with a star behind it is a pattern for everything. */
static const char *const runners[]
    = { "sh",     "bash",  "dash", "zsh",  "ksh",  "fish", "busybox", "env",     "nice",    "nohup",      "timeout",
        "setsid", "xargs", "find", "sudo", "doas", "su",   "ssh",     "perl",    "python",  "python3",    "ruby",
        "node",   "deno",  "bun",  "php",  "lua",  "awk",  "gawk",    "sed",     "vi",      "vim",        "emacs",
        "less",   "man",   "tar",  "make", "npx",  "uvx",  "chroot",  "unshare", "nsenter", "systemd-run" };
/* Does, with the right word behind it. */
static const char *const masters[]
    = { "docker", "podman", "nerdctl", "ctr", "crictl", "kubectl", "git", "systemctl", "npm", "pip", "cargo", "go" };
static const char *const master_words[] = { "run", "exec", "create", "start", "edit", "link", "cp", "apply" };

static bool
is_one_of(const char *word, size_t length, const char *const *list, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (strlen(list[i]) == length && strncmp(word, list[i], length) == 0)
      return true;
  return false;
}

/* Why PATTERN is for more than was meant, NULL when it is not; *ANY when it is for everything. */
static const char *
why_broad(const char *pattern, bool *any)
{
  const char *first = pattern + strspn(pattern, " \t"), *base = first, *second;
  size_t length = strcspn(first, " \t"), next;

  *any = memchr(first, '*', length) != NULL;
  if (*any)
    return "names no program";
  for (const char *p = first; p < first + length; p++)
    if (*p == '/')
      base = p + 1;
  length -= (size_t)(base - first);
  second = base + length + strspn(base + length, " \t");
  next = strcspn(second, " \t");
  if (strchr(second, '*') == NULL)
    return NULL;
  if (is_one_of(base, length, runners, N_ELEMENTS(runners)))
    return "begins with a program that runs any other";
  if (is_one_of(base, length, masters, N_ELEMENTS(masters))
      && (memchr(second, '*', next) != NULL
          || (base[0] != 'g' && is_one_of(second, next, master_words, N_ELEMENTS(master_words)))))
    return "lets a program that can run any other do so";
  return NULL;
}

/* Switched off at the top it is off for every agent. */
static bool
is_elevated(const struct cc_audit *a)
{
  const struct cc_elevated_config *own = &a->tools->elevated, *global = &cc_config_tools(a->config, NULL)->elevated;

  return (!own->has_enabled || own->enabled) && (!global->has_enabled || global->enabled);
}

/* The I-th item of the list that was written at PLACE. */
static struct cc_origin
place_of_item(const struct cc_audit *a, const struct cc_origin *place, size_t i)
{
  const struct cc_source *source = cc_audit_source(a, cc_config_file(a->config, place->file));
  const struct cc_doc_entry *entry
      = source != NULL ? cc_doc_map_find(&a->maps[source - a->reading->sources], place->line, place->column) : NULL;
  struct cc_origin out = *place;

  cc_jeach(c, entry != NULL ? entry->value : NULL)
  {
    if (i-- != 0)
      continue;
    out.line = c->line;
    out.column = c->column;
  }
  return out;
}

static void
pattern_broad(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_tool_list *patterns = &a->tools->elevated.patterns;

  for (size_t i = 0; is_elevated(a) && i < patterns->names.count; i++)
    {
      bool any;
      const char *why = why_broad(patterns->names.items[i], &any);
      struct cc_origin place = place_of_item(a, &patterns->place, i);
      struct cc_fault *f = why != NULL ? cc_audit_at(a, kind, &place) : NULL;
      cc_auto_free char *key = NULL;

      if (f == NULL)
        continue;
      if (any)
        f->severity = CC_CRITICAL;
      key = cc_audit_key(a, f, "tools.elevated.patterns");
      cc_fault_seen(f, "%s is \"%s\", which %s", key, patterns->names.items[i], why);
      cc_fault_fix(f, "write in %s the whole command that is needed, as in \"systemctl status nginx\"", key);
    }
}

static void
no_approval(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_elevated_config *e = &a->tools->elevated;
  const struct cc_elevated_config *global = &cc_config_tools(a->config, NULL)->elevated;

  if (!is_elevated(a) || !e->has_approval || e->require_approval
      || e->patterns.names.count + global->patterns.names.count == 0)
    return;
  cc_audit_set(a, cc_audit_at(a, kind, &e->approval_place), "tools.elevated.requireApproval", "false", "true");
}

/* -- elevated: who -- */

static struct cc_fault *
at_provider(struct cc_audit *a, const struct cc_fault_kind *kind, const struct cc_allow_from *from)
{
  return cc_findings_add(a->out, kind, from->provider, cc_config_file(a->config, from->place.file), from->place.line,
                         from->place.column);
}

static void
anybody(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_elevated_config *e = &a->tools->elevated;

  for (size_t i = 0; is_elevated(a) && i < e->allow_from_count; i++)
    for (size_t j = 0; j < e->allow_from[i].senders.count; j++)
      if (strcmp(e->allow_from[i].senders.items[j], "*") == 0)
        {
          struct cc_fault *f = at_provider(a, kind, &e->allow_from[i]);
          cc_auto_free char *key = f != NULL ? cc_audit_key(a, f, "tools.elevated.allowFrom") : NULL;

          cc_fault_seen(f, "%s has \"*\"", key);
          cc_fault_fix(f, "write in %s the senders that may, one by one", key);
        }
}

static void
many(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_elevated_config *e = &a->tools->elevated;

  for (size_t i = 0; is_elevated(a) && i < e->allow_from_count; i++)
    if (e->allow_from[i].senders.count > SENDERS_MOST)
      {
        struct cc_fault *f = at_provider(a, kind, &e->allow_from[i]);
        cc_auto_free char *key = f != NULL ? cc_audit_key(a, f, "tools.elevated.allowFrom") : NULL;

        cc_fault_seen(f, "%s has %zu senders", key, e->allow_from[i].senders.count);
        cc_fault_fix(f, "keep in %s only those who need it", key);
      }
}

/* -- which tools -- */

static void
minimal_overridden(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  static const char *const names[] = { "\"minimal\"", "\"coding\"", "\"messaging\"", "\"full\"" };
  const struct cc_tool_rules *global = &cc_config_tools(a->config, NULL)->own;

  if (*a->agent == '\0' || !global->has_profile || global->profile != CC_PROFILE_MINIMAL || !a->tools->own.has_profile
      || a->tools->own.profile == CC_PROFILE_MINIMAL)
    return;
  cc_audit_set(a, cc_audit_at(a, kind, &a->tools->own.profile_place), "tools.profile", names[a->tools->own.profile],
               "\"minimal\"");
}

/* ClosedClaw itself refuses the file tools' writing then; a shell is another way to the same files. */
static void
exec_writes(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  bool contained = a->policy->mode == CC_MODE_ALL && a->policy->workspace_access != CC_WORKSPACE_RW;
  const struct cc_tool_query query = { .global = cc_config_tools(a->config, NULL),
                                       .agent = *a->agent != '\0' ? a->tools : NULL,
                                       .agent_id = *a->agent != '\0' ? a->agent : NULL,
                                       .sandboxed = a->policy->mode == CC_MODE_ALL,
                                       .access = a->policy->workspace_access };
  cc_auto_tools struct cc_tools *tools = contained ? NULL : cc_tools_resolve(&query);
  struct cc_tool_verdict write;
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (contained || cc_tools_allow(tools, "write") || cc_tools_allow(tools, "edit") || !cc_tools_allow(tools, "exec"))
    return;
  write = cc_tools_judge(tools, "write");
  f = write.place.line > 0 ? cc_audit_at(a, kind, &write.place) : NULL; /* nobody meant what nobody wrote */
  if (f == NULL)
    return;
  key = cc_audit_key(a, f, "tools.deny");
  cc_fault_seen(f, "%s takes `write` and `edit` away, and `exec` is there: a shell writes the same files", key);
  cc_fault_fix(
      f, "deny \"group:runtime\" too, or set `sandbox.mode` to \"all\" and `sandbox.workspaceAccess` to \"ro\" or "
         "\"none\"");
}

const struct cc_fault_kind cc_findings_of_tools[] = {
  { "sandbox.elevated_pattern_broad", CC_WARNING, "A pattern of elevated commands is too wide",
    "What matches runs on the host, outside of any sandbox.", pattern_broad },
  { "sandbox.elevated_no_approval", CC_WARNING, "Elevated commands run without anybody being asked",
    "A model that was misled then runs them on the host by itself.", no_approval },
  { "tools.elevated.allowFrom.*.wildcard", CC_CRITICAL, "Anybody may have commands run on the host",
    "Everybody who can send a message to the agent can leave the sandbox.", anybody },
  { "tools.elevated.allowFrom.*.large", CC_WARNING, "Very many senders may have commands run on the host",
    "One stolen account among them is enough.", many },
  { "tools.profile_minimal_overridden", CC_WARNING, "An agent has more than the minimal profile",
    "The profile at the top is meant for all agents, and this one's replaces it.", minimal_overridden },
  { "tools.exec.fs_tools_disabled_but_exec_enabled", CC_WARNING, "Writing is denied to the file tools only",
    "A tool policy goes by names: who has a shell can write all that the shell's user may.", exec_writes },
  { 0 },
};

/* -- tools.exec: the gateway's own, as it was written -- */

typedef void exec_check(struct cc_audit *a, const struct cc_fault_kind *kind, const struct cc_jval *exec, bool off);

static const struct cc_jval *
exec_of(const struct cc_jval *owner)
{
  const struct cc_jval *tools = cc_jget(owner, "tools");

  return cc_jget(tools, "exec") != NULL ? cc_jget(tools, "exec") : cc_jget(tools, "bash");
}

static void
exec_of_agent(struct cc_audit *a, const struct cc_fault_kind *kind, exec_check *check, const struct cc_jval *agent,
              const char *id)
{
  const struct cc_jval *exec = exec_of(agent);
  const char *mode = cc_jstr(cc_jpath(agent, "sandbox.mode"));

  if (exec == NULL)
    return;
  a->agent = id;
  check(a, kind, exec, mode != NULL ? strcmp(mode, "off") == 0 : a->defaults->mode == CC_MODE_OFF);
  a->agent = "";
}

static void
exec_of_agents(struct cc_audit *a, const struct cc_fault_kind *kind, exec_check *check)
{
  const struct cc_jval *entries = cc_jpath(a->block, "agents.entries"), *list = cc_jpath(a->block, "agents.list");

  cc_jeach(c, cc_jis(list, CC_JSON_ARRAY) ? list : NULL)
  {
    exec_of_agent(a, kind, check, c, cc_jget_str(c, "id") != NULL ? cc_jget_str(c, "id") : "");
  }
  cc_jeach(c, cc_jis(entries, CC_JSON_OBJECT) ? entries : NULL)
  {
    exec_of_agent(a, kind, check, c, c->key);
  }
}

static void
check_host(struct cc_audit *a, const struct cc_fault_kind *kind, const struct cc_jval *exec, bool off)
{
  const struct cc_jval *host = cc_jget(exec, "host");
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (!off || cc_jstr(host) == NULL || strcmp(host->text, "sandbox") != 0
      || (f = cc_audit_at_value(a, kind, NULL, host)) == NULL)
    return;
  key = cc_audit_key(a, f, "tools.exec.host");
  cc_fault_seen(f, "%s is \"sandbox\", and the mode is \"off\": every command fails", key);
  cc_fault_fix(f, "set `sandbox.mode` to \"all\"");
}

static void
host_defaults(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (exec_of(a->block) != NULL)
    check_host(a, kind, exec_of(a->block), a->defaults->mode == CC_MODE_OFF);
}

static void
host_agents(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  exec_of_agents(a, kind, check_host);
}

static void
check_full(struct cc_audit *a, const struct cc_fault_kind *kind, const struct cc_jval *exec, bool off)
{
  const struct cc_jval *security = cc_jget(exec, "security");
  struct cc_fault *f;

  if (cc_jstr(security) == NULL || strcmp(security->text, "full") != 0)
    return;
  f = cc_audit_at_value(a, kind, NULL, security);
  cc_audit_set(a, f, "tools.exec.security", "\"full\"", "\"allowlist\"");
  if (f != NULL && off)
    f->severity = CC_CRITICAL; /* any command, and on the host */
}

static void
full(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (exec_of(a->block) != NULL)
    check_full(a, kind, exec_of(a->block), a->defaults->mode == CC_MODE_OFF);
  exec_of_agents(a, kind, check_full);
}

const struct cc_fault_kind cc_findings_of_tool_blocks[] = {
  { "tools.exec.host_sandbox_no_sandbox_defaults", CC_WARNING, "Commands are to run in a sandbox that there is not",
    "The gateway refuses each of them, and sooner or later somebody sends them to the host.", host_defaults },
  { "tools.exec.host_sandbox_no_sandbox_agents", CC_WARNING,
    "An agent's commands are to run in a sandbox that there is not",
    "The gateway refuses each of them, and sooner or later somebody sends them to the host.", host_agents },
  { "tools.exec.security_full_configured", CC_WARNING, "Every command is approved beforehand",
    "Where a command runs outside of a sandbox, nothing then stands between the model and the host; without any "
    "sandbox "
    "this is critical.",
    full },
  { 0 },
};
