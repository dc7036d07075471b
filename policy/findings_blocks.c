/* Findings on `sandbox` blocks as they were written: what a gateway takes and this product's reader does not, and what
 * is lost when values are merged. */
#include "policy/findings_internal.h"

#include "common/own.h"
#include "policy/config_internal.h"

#include <string.h>
#include <strings.h>

/* -- words that switch a protection off -- */

static void
add_word(struct cc_audit *a, const struct cc_fault_kind *kind, const struct cc_jval *v, const char *wanted)
{
  struct cc_fault *f = cc_audit_at_value(a, kind, NULL, v);
  cc_auto_free char *is = cc_audit_quote(v->text);

  cc_audit_set(a, f, v->key, is, wanted);
}

static void
network_mode(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  static const char *const blocks[] = { "docker", "browser" };
  bool joins = cc_jbool(cc_jpath(a->block, "docker.dangerouslyAllowContainerNamespaceJoin"), false);

  for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
    {
      const struct cc_jval *network = cc_jget(cc_jget(a->block, blocks[i]), "network");
      const char *text = cc_jstr(network);

      if (text != NULL && (strcasecmp(text, "host") == 0 || (cc_network_joins(text) && !joins)))
        add_word(a, kind, network, "\"none\"");
    }
}

static void
unconfined(struct cc_audit *a, const struct cc_fault_kind *kind, const char *key)
{
  const struct cc_jval *v = cc_jget(cc_jget(a->block, "docker"), key);
  const char *text = cc_jstr(v);

  if (text != NULL && strcasecmp(text, "unconfined") == 0)
    add_word(a, kind, v, "\"\"");
}

static void
seccomp_profile(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  unconfined(a, kind, "seccompProfile");
}

static void
apparmor_profile(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  unconfined(a, kind, "apparmorProfile");
}

/* -- settings that count nothing -- */

/* The mode of the block, or the one that comes out without it. */
static bool
is_off(const struct cc_audit *a)
{
  const char *mode = cc_jget_str(a->block, "mode");

  return mode != NULL ? strcmp(mode, "off") == 0 : a->defaults->mode == CC_MODE_OFF;
}

static void
docker_with_mode_off(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_jval *docker = cc_jget(a->block, "docker");
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (!cc_jis(docker, CC_JSON_OBJECT) || docker->count == 0 || !is_off(a))
    return;
  f = cc_audit_at_value(a, kind, NULL, docker);
  if (f == NULL)
    return;
  key = cc_audit_key(a, f, "sandbox.docker");
  cc_fault_seen(f, "%s has settings, and the mode is \"off\": none of them counts", key);
  cc_fault_fix(f, "set `sandbox.mode` to \"all\", or remove %s", key);
}

/* -- the browser: the gateway's keys -- */

static bool
says_range(const struct cc_jval *sandbox)
{
  const char *range = cc_jstr(cc_jpath(sandbox, "browser.cdpSourceRange"));

  return range != NULL && *range != '\0';
}

static void
browser_cdp(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  const struct cc_jval *enabled = cc_jpath(a->block, "browser.enabled");
  bool said = says_range(a->block);
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  for (size_t i = 0; i < a->reading->source_count; i++)
    if (a->reading->sources[i].doc != NULL)
      said = said || says_range(cc_jpath(cc_json_root(a->reading->sources[i].doc), "agents.defaults.sandbox"));
  if (!cc_jbool(enabled, false) || said || (f = cc_audit_at_value(a, kind, NULL, enabled)) == NULL)
    return;
  key = cc_audit_key(a, f, "browser.enabled");
  cc_fault_seen(f, "%s is true, and `browser.cdpSourceRange` beside it is not set", key);
  cc_fault_fix(f,
               "set `browser.cdpSourceRange` beside %s to the gateway's address in the browser's network, as in "
               "\"172.21.0.1/32\"",
               key);
}

const struct cc_fault_kind cc_findings_of_blocks[] = {
  { "sandbox.dangerous_network_mode", CC_CRITICAL, "The network is the host's or another container's",
    "There is no network namespace of its own then: services that listen on localhost only, and the engine's own "
    "sockets, are in reach. ClosedClaw refuses it.",
    network_mode },
  { "sandbox.dangerous_seccomp_profile", CC_CRITICAL, "The filter of system calls is switched off",
    "Most ways out of a container go through a system call that the filter has not. ClosedClaw refuses it.",
    seccomp_profile },
  { "sandbox.dangerous_apparmor_profile", CC_CRITICAL, "The AppArmor profile is switched off",
    "The profile keeps a container from mounting and from the kernel's files. ClosedClaw refuses it.",
    apparmor_profile },
  { "sandbox.docker_config_mode_off", CC_WARNING, "There are container settings, and no sandbox",
    "They look like protection and have no effect.", docker_with_mode_off },
  { "sandbox.browser_cdp_bridge_unrestricted", CC_WARNING, "Anybody in the browser's network may control it",
    "The browser's control port has no other protection than who can reach it; every container of that network can.",
    browser_cdp },
  { 0 },
};
