/* From the catalogue of OpenClaw 2026.9.6 and the lists of Clawdbot 2026.1.24. Where their documents, their code, and
 * the older names of groups and tools differ, this is the union: docs/tool-policy.md says where. */
#include "policy/tool_tables.h"

#include "common/own.h"

#include <ctype.h>
#include <string.h>

const struct cc_tool cc_tools_known[] = {
  { "read", "fs", "coding" },
  { "ls", "fs", "coding" },
  { "write", "fs", "coding" },
  { "edit", "fs", "coding" },
  { "apply_patch", "fs", "coding" },
  { "exec", "runtime", "coding" },
  { "process", "runtime", "coding" },
  { "code_execution", "runtime openclaw", "coding" },
  { "secrets", "runtime openclaw", "coding messaging" },
  { "web_search", "web network openclaw", "minimal coding messaging" },
  { "web_fetch", "web network openclaw", "coding messaging" },
  { "x_search", "web network openclaw", "coding" },
  { "memory_search", "memory openclaw", "coding" },
  { "memory_get", "memory openclaw", "coding" },
  { "sessions", "sessions openclaw", "coding messaging" },
  { "sessions_list", "sessions openclaw", "coding messaging" },
  { "sessions_history", "sessions openclaw", "coding messaging" },
  { "sessions_search", "sessions openclaw", "coding messaging" },
  { "sessions_send", "sessions automation openclaw", "coding messaging" },
  { "sessions_spawn", "sessions automation openclaw", "coding messaging" },
  { "sessions_yield", "sessions openclaw", "coding messaging" },
  { "conversations_list", "sessions openclaw", "coding messaging" },
  { "conversations_send", "sessions openclaw", "coding messaging" },
  { "conversations_turn", "sessions openclaw", "coding messaging" },
  { "github_identity_status", "sessions openclaw", "coding" },
  { "github_publish", "sessions openclaw", "coding" },
  { "agents_wait", "sessions openclaw", "coding" },
  { "subagents", "sessions openclaw", "coding messaging" },
  { "session_status", "sessions openclaw", "minimal coding messaging" },
  { "suggest_task", "sessions openclaw", "coding" },
  { "dismiss_task", "sessions openclaw", "coding" },
  { "browser", "browser ui openclaw", "coding" },
  { "screen", "ui openclaw", "coding" },
  { "theme", "ui openclaw", "coding messaging" },
  { "dashboard", "ui openclaw", "coding" },
  { "terminal", "ui openclaw", "coding" },
  { "portal", "ui openclaw", "coding" },
  { "canvas", "ui", "" },
  { "show_widget", "ui openclaw", "" },
  { "message", "messaging openclaw", "messaging" },
  { "heartbeat_respond", "automation openclaw", "" },
  { "automations", "automation openclaw", "coding" },
  { "gateway", "automation openclaw", "minimal coding messaging" },
  { "plugins", "automation openclaw", "coding" },
  { "openclaw", "automation openclaw", "" },
  { "nodes", "nodes openclaw", "" },
  { "computer", "nodes openclaw", "" },
  { "mobile_ui", "nodes openclaw", "" },
  { "agents_list", "agents openclaw", "" },
  { "get_goal", "agents openclaw", "coding" },
  { "create_goal", "agents openclaw", "coding" },
  { "update_goal", "agents openclaw", "coding" },
  { "progress_card", "agents ui openclaw", "coding" },
  { "ask_user", "agents openclaw", "coding messaging" },
  { "skill_workshop", "agents openclaw", "coding" },
  { "view_image", "media openclaw", "coding" },
  { "image", "media openclaw", "coding" },
  { "image_generate", "media openclaw", "coding" },
  { "music_generate", "media openclaw", "coding" },
  { "video_generate", "media openclaw", "coding" },
  { "tts", "media openclaw", "" },
  { "pdf", "media openclaw", "" },
  { "bundle-mcp", "plugins", "coding messaging" },
  { NULL, NULL, NULL },
};

const char *const cc_tool_groups[] = {
  "group:fs",         "group:runtime",   "group:sessions", "group:memory",
  "group:web",        "group:network",   "group:browser",  "group:ui",
  "group:automation", "group:messaging", "group:nodes",    "group:agents",
  "group:media",      "group:openclaw",  "group:plugins",  NULL,
};

/* The channels' own tools are called as the channels are. */
#define CHANNELS                                                                                                       \
  "a2a", "buzz", "clickclack", "discord", "feishu", "googlechat", "imessage", "irc", "line", "matrix", "mattermost",   \
      "msteams", "nextcloud-talk", "nostr", "qa-channel", "raft", "reef", "signal", "slack", "sms", "synology-chat",   \
      "telegram", "tlon", "twitch", "whatsapp", "zalo", "zalouser"

const char *const cc_tool_sandbox_allow[] = {
  "exec",
  "process",
  "read",
  "ls",
  "write",
  "edit",
  "apply_patch",
  "view_image",
  "image",
  "sessions_list",
  "sessions_history",
  "sessions_search",
  "sessions_send",
  "sessions_spawn",
  "sessions_yield",
  "subagents",
  "session_status",
  NULL,
};

const char *const cc_tool_sandbox_deny[] = {
  "browser", "canvas", "computer", "mobile_ui", "nodes", "automations", "gateway", CHANNELS, NULL,
};

const char *const cc_tool_subagent_deny[] = {
  "gateway",
  "agents_list",
  "openclaw",
  "session_status",
  "progress_card",
  "automations",
  "message",
  "sessions_send",
  "conversations_list",
  "conversations_send",
  "conversations_turn",
  /* of one that may not start others itself, which is what a sub-agent is by default */
  "subagents",
  "sessions_list",
  "sessions_history",
  "sessions_search",
  "sessions_spawn",
  NULL,
};

static const struct
{
  const char *name, *real;
} aliases[] = {
  { "bash", "exec" },
  { "apply-patch", "apply_patch" },
  { "cron", "automations" },
  { "update_plan", "progress_card" },
};

static const char *const channels[] = { CHANNELS, NULL };
static const char *const profile_names[] = { "minimal", "coding", "messaging", "full" };

/* -- names -- */

char *
cc_tool_normalize(const char *name)
{
  size_t length;
  char *out;

  while (isspace((unsigned char)*name))
    name++;
  length = strlen(name);
  while (length > 0 && isspace((unsigned char)name[length - 1]))
    length--;
  out = cc_xstrndup(name, length);
  for (char *p = out; *p != '\0'; p++)
    *p = (char)tolower((unsigned char)*p);
  for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
    if (strcmp(out, aliases[i].name) == 0)
      {
        free(out);
        return cc_xstrdup(aliases[i].real);
      }
  return out;
}

/* True when WORD is one of LIST's, which blanks separate. */
static bool
has_word(const char *list, const char *word)
{
  size_t length = strlen(word);

  for (; *list != '\0'; list += strcspn(list, " "), list += strspn(list, " "))
    if (strcspn(list, " ") == length && strncmp(list, word, length) == 0)
      return true;
  return false;
}

static const struct cc_tool *
find(const char *name)
{
  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    if (strcmp(t->name, name) == 0)
      return t;
  return NULL;
}

static bool
is_one_of(const char *const *list, const char *name)
{
  for (; *list != NULL; list++)
    if (strcmp(*list, name) == 0)
      return true;
  return false;
}

/* A server's tool is called SERVER__TOOL. */
static bool
is_mcp(const char *name)
{
  const char *at = strstr(name, "__");

  return at != NULL && at != name && at[2] != '\0';
}

/* -- matching -- */

/* `*` stands for any text. One place to go back to is enough: a later star can do whatever an earlier one could. */
static bool
glob(const char *pattern, const char *text)
{
  const char *star = NULL, *again = NULL;

  while (*text != '\0')
    if (*pattern == '*')
      {
        star = pattern++;
        again = text;
      }
    else if (*pattern == *text)
      {
        pattern++;
        text++;
      }
    else if (star != NULL)
      {
        pattern = star + 1;
        text = ++again;
      }
    else
      return false;
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

static bool
in_group(const char *group, const char *name)
{
  const struct cc_tool *tool = find(name);

  if (strcmp(group, "plugins") == 0 && is_mcp(name))
    return true;
  return tool != NULL && has_word(tool->groups, group);
}

bool
cc_tool_matches(const char *entry, const char *name)
{
  if (strncmp(entry, "group:", 6) == 0)
    return is_one_of(cc_tool_groups, entry) && in_group(entry + 6, name);
  if (strcmp(entry, "bundle-mcp") == 0 && is_mcp(name))
    return true;
  return glob(entry, name);
}

bool
cc_tool_in_profile(enum cc_tool_profile profile, const char *name)
{
  const struct cc_tool *tool = find(is_mcp(name) ? "bundle-mcp" : name);

  return profile == CC_PROFILE_FULL || (tool != NULL && has_word(tool->profiles, cc_tool_profile_name(profile)));
}

bool
cc_tool_entry_is_known(const char *entry)
{
  if (strncmp(entry, "group:", 6) == 0)
    return is_one_of(cc_tool_groups, entry);
  if (is_mcp(entry) || strstr(entry, "__*") != NULL || is_one_of(channels, entry))
    return true;
  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    if (glob(entry, t->name))
      return true;
  return false;
}

const char *
cc_tool_profile_name(enum cc_tool_profile profile)
{
  return (unsigned)profile < sizeof(profile_names) / sizeof(profile_names[0]) ? profile_names[profile] : "";
}
