/* Findings on what comes out for the defaults and for each agent. */
#include "policy/findings_internal.h"

#include "common/own.h"
#include "policy/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static const struct cc_origin *
place_of(const struct cc_audit *a, enum cc_field field)
{
  return &a->policy->origin[field];
}

/* A finding about FIELD, which is IS and should be WANTED. */
static struct cc_fault *
field(struct cc_audit *a, const struct cc_fault_kind *kind, enum cc_field which, const char *is, const char *wanted)
{
  struct cc_fault *f = cc_audit_at(a, kind, place_of(a, which));
  cc_auto_free char *key
      = cc_xasprintf("%s%s", which == CC_FIELD_ENFORCEMENT ? "" : "agents.defaults.", cc_field_key(which));

  cc_audit_set(a, f, key, is, wanted);
  return f;
}

/* -- the six of ClosedClaw's own documentation -- */

static void
mode_off(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (a->policy->mode == CC_MODE_OFF)
    field(a, kind, CC_FIELD_MODE, "\"off\"", "\"all\"");
}

static void
mode_non_main(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (a->policy->mode == CC_MODE_NON_MAIN)
    field(a, kind, CC_FIELD_MODE, "\"non-main\"", "\"all\"");
}

static void
workspace_rw(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (a->policy->workspace_access == CC_WORKSPACE_RW)
    field(a, kind, CC_FIELD_WORKSPACE_ACCESS, "\"rw\"", "\"none\"");
}

static void
network_enabled(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (strcmp(a->policy->network, "none") != 0)
    {
      cc_auto_free char *is = cc_audit_quote(a->policy->network);

      field(a, kind, CC_FIELD_NETWORK, is, "\"none\"");
    }
}

static void
root_writable(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (!a->policy->read_only_root)
    field(a, kind, CC_FIELD_READ_ONLY_ROOT, "false", "true");
}

static void
caps_not_dropped(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  char is[64];

  if (a->policy->drop_all_capabilities)
    return;
  if (a->policy->cap_drop.count == 0)
    snprintf(is, sizeof(is), "empty");
  else
    snprintf(is, sizeof(is), "a list of %zu without \"ALL\"", a->policy->cap_drop.count);
  field(a, kind, CC_FIELD_CAP_DROP, is, "[\"ALL\"]");
}

/* -- what is shared, and who runs -- */

static void
scope_shared(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_source *source = cc_audit_source(a, cc_config_file(a->config, place_of(a, CC_FIELD_SCOPE)->file));
  const struct cc_doc_entry *entry
      = source != NULL ? cc_doc_map_find(&a->maps[source - a->reading->sources], place_of(a, CC_FIELD_SCOPE)->line,
                                         place_of(a, CC_FIELD_SCOPE)->column)
                       : NULL;
  bool older = entry != NULL && cc_jis(entry->value, CC_JSON_BOOL); /* perSession: false */

  if (a->policy->scope == CC_SCOPE_SHARED)
    field(a, kind, CC_FIELD_SCOPE, older ? "false, which is the scope \"shared\"" : "\"shared\"",
          older ? "true" : "\"session\"");
}

static void
user_root(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (!a->policy->user_auto && a->policy->uid == 0)
    field(a, kind, CC_FIELD_USER, "\"0:0\"", "\"auto\"");
}

static void
report_only(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  if (a->policy->enforcement == CC_REPORT)
    field(a, kind, CC_FIELD_ENFORCEMENT, "\"report\"", "\"enforce\"");
}

static void
devices_allowed(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  char is[64];

  if (a->policy->devices.count == 0)
    return;
  snprintf(is, sizeof(is), "a list of %zu", a->policy->devices.count);
  field(a, kind, CC_FIELD_DEVICES, is, "[]");
}

/* -- limits. The configuration cannot say "none": what is this far up is none on most hosts. -- */

#define MEMORY_MOST (UINT64_C(32) << 30)
#define PIDS_MOST 16384 /* half of the kernel's first value for all of the host */
#define CPUS_MOST 32
#define TMPFS_MOST (UINT64_C(8) << 30)

/* "34359738368" as "32g", as the configuration takes it. */
static void
size_text(uint64_t bytes, char *out, size_t size)
{
  static const char units[] = { 'g', 'm', 'k' };

  for (unsigned i = 0; i < sizeof(units); i++)
    {
      unsigned shift = 30 - 10 * i;

      if (bytes >= UINT64_C(1) << shift && (bytes & ((UINT64_C(1) << shift) - 1)) == 0)
        {
          snprintf(out, size, "\"%" PRIu64 "%c\"", bytes >> shift, units[i]);
          return;
        }
    }
  snprintf(out, size, "%" PRIu64 " bytes", bytes);
}

static void
memory_far(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  char is[48];

  size_text(a->policy->memory, is, sizeof(is));
  if (a->policy->memory > MEMORY_MOST)
    field(a, kind, CC_FIELD_MEMORY, is, "\"2g\"");
}

static void
pids_far(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  char is[32];

  snprintf(is, sizeof(is), "%" PRId64, a->policy->pids_limit);
  if (a->policy->pids_limit > PIDS_MOST)
    field(a, kind, CC_FIELD_PIDS_LIMIT, is, "512");
}

static void
cpus_far(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  char is[32];

  snprintf(is, sizeof(is), "%g", a->policy->cpus);
  if (a->policy->cpus > CPUS_MOST)
    field(a, kind, CC_FIELD_CPUS, is, "2");
}

static void
tmpfs_far(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  char is[48];

  size_text(a->policy->tmpfs_size, is, sizeof(is));
  if (a->policy->tmpfs_size > TMPFS_MOST)
    field(a, kind, CC_FIELD_TMPFS_SIZE, is, "\"256m\"");
}

/* Nothing bounds what is written to the host's disk. */
static void
disk_unlimited(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  enum cc_field which = !a->policy->read_only_root ? CC_FIELD_READ_ONLY_ROOT : CC_FIELD_WORKSPACE_ACCESS;
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (a->policy->read_only_root && a->policy->workspace_access != CC_WORKSPACE_RW)
    return;
  f = cc_audit_at(a, kind, place_of(a, which));
  if (f == NULL)
    return;
  key = cc_audit_key(a, f, cc_field_key(which));
  cc_fault_seen(f, "%s lets the container write to a disk of the host, and no limit holds it", key);
  cc_fault_fix(f,
               which == CC_FIELD_READ_ONLY_ROOT
                   ? "set %s to true, and give the program a tmpfs, which has a size, where it must write"
                   : "set %s to \"none\" or \"ro\", or put the workspace on a file system with a quota",
               key);
}

/* -- commands and environment -- */

/* What fetches or installs, and so needs what a strict sandbox does not have. */
static const char *const installers[]
    = { "apt-get", "apt",  "apk",  "dnf", "yum",   "zypper", "pacman", "npm",  "pnpm", "yarn",
        "pip",     "pip3", "pipx", "gem", "cargo", "brew",   "curl",   "wget", "git" };

static bool
is_word_at(const char *text, const char *at, size_t length)
{
  static const char ends[] = " \t\n;&|()'\"`$";

  return (at == text || strchr(ends, at[-1]) != NULL) && strchr(ends, at[length]) != NULL;
}

static const char *
find_installer(const char *command)
{
  for (size_t i = 0; i < N_ELEMENTS(installers); i++)
    for (const char *at = command; (at = strstr(at, installers[i])) != NULL; at++)
      if (is_word_at(command, at, strlen(installers[i])))
        return installers[i];
  return NULL;
}

static void
setup_impossible(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_policy *p = a->policy;
  const char *tool = find_installer(p->setup_command);
  bool net = strcmp(p->network, "none") == 0, root = p->read_only_root, user = p->user_auto || p->uid != 0;
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (tool == NULL || !(net || root || user))
    return;
  f = cc_audit_at(a, kind, place_of(a, CC_FIELD_SETUP_COMMAND));
  if (f == NULL)
    return;
  key = cc_audit_key(a, f, cc_field_key(CC_FIELD_SETUP_COMMAND));
  cc_fault_seen(f, "%s runs `%s`, and the sandbox has%s%s%s%s%s", key, tool, net ? " no network" : "",
                net && (root || user) ? (root && user ? "," : " and") : "", root ? " a read-only root" : "",
                root && user ? " and" : "", user ? " a user that is not root" : "");
  cc_fault_fix(f, "build an image that has what the command installs, name it in `docker.image`, and remove %s", key);
}

/* A reference is none: `${NAME}` is the gateway's to fill in, and a path names a file. */
static bool
is_secret(const struct cc_env_entry *entry)
{
  if (cc_value_is_secret(entry->value))
    return true;
  return cc_name_is_secret(entry->name) && strlen(entry->value) >= 8 && strncmp(entry->value, "${", 2) != 0
         && strstr(entry->value, "://") == NULL && entry->value[0] != '/';
}

static void
env_secret(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  for (size_t i = 0; i < a->policy->env_count; i++)
    {
      const struct cc_env_entry *entry = &a->policy->env[i];
      struct cc_fault *f = is_secret(entry) ? cc_audit_at(a, kind, &entry->place) : NULL;
      cc_auto_free char *key = NULL;

      if (f == NULL)
        continue;
      key = cc_audit_key(a, f, entry->name);
      cc_fault_seen(f, "%s looks like a secret in plain text; its value is not shown", key);
      cc_fault_fix(f,
                   "take %s out, put the secret into a file of its own and bind that file read-only; then make a "
                   "new secret, for this one has been read",
                   key);
    }
}

/* -- the browser -- */

static void
browser_host_control(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  struct cc_browser_policy browser;
  struct cc_fault *f;

  cc_config_browser(a->config, *a->agent != '\0' ? a->agent : NULL, &browser);
  if (!browser.allow_host_control)
    return;
  f = cc_audit_at(a, kind, &browser.origin[CC_FIELD_BROWSER_HOST_CONTROL]);
  cc_audit_set(a, f, "sandbox.browser.allowHostControl", "true", "false");
}

const struct cc_fault_kind cc_findings_of_policy[] = {
  { "sandbox.mode_off", CC_CRITICAL, "Sandboxing is switched off",
    "What a model asks for then runs without any of the sandbox: a prompt injection has the files, the environment and "
    "the network that the container was given.",
    mode_off },
  { "sandbox.mode_non_main", CC_WARNING, "The main session is not sandboxed",
    "The main session reads web pages and messages too, so an injected instruction acts outside of the sandbox. "
    "Whoever "
    "may call the engine can also name that session.",
    mode_non_main },
  { "sandbox.workspace_rw", CC_WARNING, "The sandbox may write the agent's workspace",
    "A model that was misled can change or delete the files there, and leave instructions for the next session.",
    workspace_rw },
  { "sandbox.network_enabled", CC_WARNING, "The sandbox has a network",
    "Data can leave, code can be fetched, and services of the host's network can be reached, also by DNS alone.",
    network_enabled },
  { "sandbox.root_writable", CC_WARNING, "The root filesystem is writable",
    "Programs and libraries of the image can be replaced, so that what one command left behind is run by the next.",
    root_writable },
  { "sandbox.caps_not_dropped", CC_WARNING, "Not all capabilities are dropped",
    "Each capability that is left is a part of root's power; several known ways out of a container begin with one.",
    caps_not_dropped },
  { "sandbox.scope_shared", CC_WARNING, "All sessions share one container",
    "What one conversation leaves there another one reads, and all agents have the same sandbox: their own `docker` "
    "settings count nothing.",
    scope_shared },
  { "sandbox.user_root", CC_WARNING, "The container's user is root",
    "A fault of the kernel or of a runtime that lets root out of a container lets it out as the host's root.",
    user_root },
  { "runtime.enforcement_report", CC_CRITICAL, "Nothing is enforced",
    "With `report` every container runs as it was asked for; what would have been refused is only recorded.",
    report_only },
  { "sandbox.devices_allowed", CC_INFO, "Devices of the host may be asked for",
    "A device is a way into a driver of the kernel, and some devices are the host's memory or disks.",
    devices_allowed },
  { "sandbox.limits_missing.memory", CC_WARNING, "The limit of memory is as good as none",
    "One container can then take the memory of the host, whose other programs are killed.", memory_far },
  { "sandbox.limits_missing.pids", CC_WARNING, "The limit of processes is as good as none",
    "A fork bomb takes the process numbers of the host, and nobody can log in any more.", pids_far },
  { "sandbox.limits_missing.cpu", CC_WARNING, "The limit of processors is as good as none",
    "One container can take all of the processors; gateways and engines then miss their timeouts.", cpus_far },
  { "sandbox.limits_missing.tmpfs", CC_WARNING, "The size of a tmpfs is as good as none",
    "A tmpfs is memory: what is written to `/tmp` is taken from the host.", tmpfs_far },
  { "sandbox.limits_missing.disk", CC_INFO, "Nothing limits what is written to the disk",
    "A program that writes without end fills the file system of the engine or of the workspace, for everybody.",
    disk_unlimited },
  { "sandbox.setup_needs_network_or_root", CC_WARNING, "The setup command cannot work in this sandbox",
    "It fails at each new container. Opening the network, the root filesystem and the user for it would open them for "
    "all that runs later too.",
    setup_impossible },
  { "sandbox.env_plain_secret", CC_WARNING, "A secret stands in the configuration",
    "It is readable in this file, in `docker inspect`, in the environment of every process of the sandbox, and by the "
    "model itself.",
    env_secret },
  { "sandbox.browser_host_control", CC_WARNING, "Sandboxed sessions may control the host's browser",
    "That browser is logged in to the user's accounts, and it is outside of the sandbox.", browser_host_control },
  { 0 },
};
