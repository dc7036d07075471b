/* What `closedclaw sandbox explain` says of commands that go to the host. */
#include "cli/explain.h"
#include "common/own.h"
#include "policy/elevated.h"

#include <string.h>
#include <strings.h>

static char *
joined(const struct cc_strings *strings)
{
  char *text = cc_xstrdup("");

  for (size_t i = 0; i < strings->count; i++)
    {
      char *longer = cc_xasprintf("%s%s%s", text, i > 0 ? ", " : "", strings->items[i]);

      free(text);
      text = longer;
    }
  return text;
}

static const struct cc_elevated_config *
agents(const struct explained *e)
{
  return e->agent_tools != NULL ? &e->agent_tools->elevated : NULL;
}

/* -- text -- */

static void
add_patterns(const struct explained *e, struct cli_sheet *sheet)
{
  const struct cc_tool_list *patterns = &e->global_tools->elevated.patterns;
  cc_auto_free char *from = explain_origin(e, &patterns->place);
  bool asks = cc_elevated_asks(e->global_tools, e->agent_tools, NULL);

  for (size_t i = 0; i < patterns->names.count; i++)
    cli_sheet_row(sheet, true, 2, patterns->names.items[i], asks ? CLI_PLAIN : CLI_YELLOW,
                  asks ? ARROW " host (with approval)" : ARROW " host (without approval)", from);
}

/* Whom a list of senders leaves: the channels, with how many each has. */
static void
add_senders(const struct explained *e, struct cli_sheet *sheet, const struct cc_elevated_config *elevated)
{
  cc_auto_free char *text = NULL, *from = NULL;

  if (elevated == NULL || !elevated->has_allow_from)
    return;
  text
      = cc_xstrdup(elevated->allow_from_count > 0 ? "only for who is in allowFrom:" : "for nobody: allowFrom is empty");
  for (size_t i = 0; i < elevated->allow_from_count; i++)
    {
      const struct cc_allow_from *one = &elevated->allow_from[i];
      char *longer = cc_xasprintf("%s%s %s (%zu)", text, i > 0 ? "," : "", one->provider, one->senders.count);

      free(text);
      text = longer;
    }
  from = explain_origin(e, &elevated->place);
  cli_sheet_row(sheet, false, 2, "", CLI_PLAIN, text, from);
}

/* What makes the patterns less than they look. */
static void
add_remarks(const struct explained *e, struct cli_sheet *sheet)
{
  const struct explained_session *shown = explain_shown(e);
  const struct cc_elevated_config *own = agents(e);

  if (own != NULL && own->patterns.set)
    {
      cc_auto_free char *names = joined(&own->patterns.names), *from = explain_origin(e, &own->patterns.place);
      cc_auto_free char *text = cc_xasprintf("only what is also %s", names[0] != '\0' ? names : "in an empty list");

      cli_sheet_row(sheet, false, 2, "", CLI_YELLOW, text, from);
    }
  add_senders(e, sheet, &e->global_tools->elevated);
  add_senders(e, sheet, own);
  if (!cc_tools_allow(shown->tools, "exec"))
    cli_sheet_row(sheet, false, 2, "", CLI_YELLOW, "none of these runs: the tool exec is denied", "");
  else if (!shown->policy.sandboxed)
    cli_sheet_row(sheet, false, 2, "", CLI_YELLOW, "of no effect: every command runs on the host", "");
}

void
explain_elevated_rows(const struct explained *e, struct cli_sheet *sheet)
{
  struct cc_origin place = { .file = 0 };

  if (!cc_elevated_enabled(e->global_tools, e->agent_tools, &place))
    {
      cc_auto_free char *from = explain_origin(e, &place);

      cli_sheet_row(sheet, false, 2, "", CLI_PLAIN, "none (elevated is off)", from);
    }
  else if (e->global_tools->elevated.patterns.names.count == 0)
    cli_sheet_row(sheet, false, 2, "", CLI_PLAIN, "none", "");
  else
    {
      add_patterns(e, sheet);
      add_remarks(e, sheet);
    }
}

/* -- JSON, as a gateway's own command has it -- */

/* The channel that a session came by, "telegram" of "agent:ID:telegram:group:1"; malloc'd, NULL for the main one. */
static char *
channel_of(const struct explained_session *s)
{
  const char *id = !s->is_main && strncmp(s->key, "agent:", 6) == 0 ? strchr(s->key + 6, ':') : NULL;
  size_t length = id != NULL ? strcspn(id + 1, ":") : 0;

  return length > 0 ? cc_xstrndup(id + 1, length) : NULL;
}

static const struct cc_strings *
senders(const struct cc_elevated_config *elevated, const char *channel)
{
  static const struct cc_strings nobody = { NULL, 0 };

  for (size_t i = 0; elevated != NULL && channel != NULL && i < elevated->allow_from_count; i++)
    if (strcasecmp(elevated->allow_from[i].provider, channel) == 0)
      return &elevated->allow_from[i].senders;
  return &nobody;
}

/* True when ELEVATED lets somebody of CHANNEL ask: without a list anybody may (policy/elevated.c). */
static bool
lets_ask(const struct cc_elevated_config *elevated, const char *channel)
{
  return elevated == NULL || !elevated->has_allow_from || senders(elevated, channel)->count > 0;
}

static bool
lets_everybody_ask(const struct cc_elevated_config *elevated, const char *channel)
{
  const struct cc_strings *list = senders(elevated, channel);

  if (elevated == NULL || !elevated->has_allow_from)
    return true;
  for (size_t i = 0; i < list->count; i++)
    if (strcmp(list->items[i], "*") == 0)
      return true;
  return false;
}

static void
set_strings(struct cc_json *doc, struct cc_jval *o, const char *key, const struct cc_strings *strings)
{
  struct cc_jval *array = cc_jneed_array(doc, o, key);

  for (size_t i = 0; i < strings->count; i++)
    cc_jappend_str(doc, array, strings->items[i]);
}

static void
add_failure(struct cc_json *doc, struct cc_jval *array, const char *gate, const char *key, const char *channel)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  cc_auto_free char *whole = cc_xasprintf("%s%s", key, channel != NULL ? channel : "");

  cc_jset_str(doc, o, "gate", gate);
  cc_jset_str(doc, o, "key", whole);
  cc_jappend(array, o);
}

static bool
is_off(const struct cc_elevated_config *elevated)
{
  return elevated != NULL && elevated->has_enabled && !elevated->enabled;
}

static void
set_failures(const struct explained *e, struct cc_json *doc, struct cc_jval *o, const char *channel)
{
  const struct cc_elevated_config *global = &e->global_tools->elevated, *own = agents(e);
  struct cc_jval *failures = cc_jneed_array(doc, o, "failures");

  if (is_off(global))
    add_failure(doc, failures, "enabled", "tools.elevated.enabled", NULL);
  if (is_off(own))
    add_failure(doc, failures, "enabled", "agents.list[].tools.elevated.enabled", NULL);
  if (global->patterns.names.count == 0)
    add_failure(doc, failures, "patterns", "tools.elevated.patterns", NULL);
  if (channel == NULL)
    return;
  if (!lets_ask(global, channel))
    add_failure(doc, failures, "allowFrom", "tools.elevated.allowFrom.", channel);
  if (!lets_ask(own, channel))
    add_failure(doc, failures, "allowFrom", "agents.list[].tools.elevated.allowFrom.", channel);
}

void
explain_elevated_json(const struct explained *e, struct cc_json *doc, struct cc_jval *parent)
{
  const struct cc_elevated_config *global = &e->global_tools->elevated, *own = agents(e);
  struct cc_jval *o = cc_jneed_object(doc, parent, "elevated"), *from;
  cc_auto_free char *channel = channel_of(&e->sessions[0]);
  const struct cc_strings *everybodys = senders(global, channel), *ours = senders(own, channel);
  bool enabled = cc_elevated_enabled(e->global_tools, e->agent_tools, NULL),
       narrowed = own != NULL && own->has_allow_from;
  bool allowed = enabled && global->patterns.names.count > 0 && lets_ask(global, channel) && lets_ask(own, channel);

  cc_jset_bool(doc, o, "enabled", enabled);
  if (channel != NULL)
    cc_jset_str(doc, o, "channel", channel);
  cc_jset_bool(doc, o, "allowedByConfig", allowed);
  cc_jset_bool(doc, o, "alwaysAllowedByConfig",
               allowed && lets_everybody_ask(global, channel) && lets_everybody_ask(own, channel));
  from = cc_jneed_object(doc, o, "allowFrom");
  if (channel != NULL)
    set_strings(doc, from, "global", everybodys);
  if (channel != NULL && narrowed)
    set_strings(doc, from, "agent", ours);
  set_failures(e, doc, o, channel);
  set_strings(doc, o, "patterns", &global->patterns.names);
  if (own != NULL && own->patterns.set)
    set_strings(doc, o, "agentPatterns", &own->patterns.names);
  cc_jset_bool(doc, o, "requireApproval", cc_elevated_asks(e->global_tools, e->agent_tools, NULL));
}
