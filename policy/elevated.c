#include "policy/elevated.h"

#include "common/own.h"
#include "policy/shell_words.h"

#include <string.h>
#include <strings.h>

/* -- patterns -- */

/* One word of a pattern, LENGTH bytes of it, against one word: `*` is any text, in a program's name without a `/`: it
 * must not lead out of the directory that the pattern names. */
static bool
word_matches(const char *pattern, size_t length, const char *word, bool program)
{
  const char *end = pattern + length, *star = NULL, *again = NULL;

  while (*word != '\0')
    if (pattern < end && *pattern == '*')
      {
        star = pattern++;
        again = word;
      }
    else if (pattern < end && *pattern == *word)
      {
        pattern++;
        word++;
      }
    else if (star != NULL && !(program && *again == '/'))
      {
        pattern = star + 1;
        word = ++again;
      }
    else
      return false;
  while (pattern < end && *pattern == '*')
    pattern++;
  return pattern == end;
}

#define BLANKS " \t\r\n"

bool
cc_elevated_matches(const char *pattern, const char *const *words, size_t count)
{
  size_t i = 0;

  for (pattern += strspn(pattern, BLANKS); *pattern != '\0'; i++)
    {
      size_t length = strcspn(pattern, BLANKS);
      const char *next = pattern + length + strspn(pattern + length, BLANKS);

      if (*next == '\0' && length == 1 && *pattern == '*')
        return count > 0;
      if (i >= count || !word_matches(pattern, length, words[i], i == 0))
        return false;
      pattern = next;
    }
  return i > 0 && i == count;
}

static const char *
find_pattern(const struct cc_tool_list *list, const char *const *words, size_t count)
{
  for (size_t i = 0; i < list->names.count; i++)
    if (cc_elevated_matches(list->names.items[i], words, count))
      return list->names.items[i];
  return NULL;
}

/* -- who -- */

static const char *const sender_types[] = { "id:", "from:", "e164:", "username:", "name:", "tag:" };

/* How long the type before the value of TEXT is, 0 for none. */
static size_t
type_length(const char *text)
{
  for (size_t i = 0; i < sizeof(sender_types) / sizeof(sender_types[0]); i++)
    if (strncasecmp(text, sender_types[i], strlen(sender_types[i])) == 0)
      return strlen(sender_types[i]);
  return 0;
}

/* A name, a user's name and a tag can be changed by their owner: an entry must ask for one of them. */
static bool
is_firm(const char *sender, size_t type)
{
  return type == 0 || strncasecmp(sender, "id:", 3) == 0 || strncasecmp(sender, "from:", 5) == 0
         || strncasecmp(sender, "e164:", 5) == 0;
}

static const char *
without_at(const char *text)
{
  return text[0] == '@' ? text + 1 : text;
}

static bool
is_sender(const char *entry, const char *sender)
{
  size_t e = type_length(entry), s = type_length(sender);
  const char *type = s == 0 ? "id:" : sender;

  if (strcmp(entry, "*") == 0)
    return true;
  if (e == 0 ? !is_firm(sender, s) : strncasecmp(entry, type, e) != 0)
    return false;
  return *(sender + s) != '\0' && strcasecmp(without_at(entry + e), without_at(sender + s)) == 0;
}

/* *PLACE is the list's, or stays when there is none. */
static bool
is_allowed_from(const struct cc_elevated_config *e, const char *provider, const char *sender, struct cc_origin *place)
{
  for (size_t i = 0; i < e->allow_from_count; i++)
    {
      const struct cc_allow_from *from = &e->allow_from[i];

      if (strcasecmp(from->provider, provider) != 0)
        continue;
      *place = from->place;
      for (size_t j = 0; j < from->senders.count; j++)
        if (is_sender(from->senders.items[j], sender))
          return true;
    }
  return false;
}

/* -- the two blocks -- */

static const struct cc_elevated_config *
config_of(const struct cc_tool_block *block)
{
  static const struct cc_elevated_config nothing;

  return block != NULL ? &block->elevated : &nothing;
}

bool
cc_elevated_enabled(const struct cc_tool_block *global, const struct cc_tool_block *agent, struct cc_origin *place)
{
  const struct cc_elevated_config *blocks[] = { config_of(agent), config_of(global) };
  struct cc_origin found = { 0 };
  bool enabled = true;

  for (size_t i = 0; i < 2; i++)
    if (blocks[i]->has_enabled && (!blocks[i]->enabled || found.line == 0))
      {
        enabled = enabled && blocks[i]->enabled;
        found = blocks[i]->enabled_place;
      }
  if (place != NULL)
    *place = found;
  return enabled;
}

bool
cc_elevated_asks(const struct cc_tool_block *global, const struct cc_tool_block *agent, struct cc_origin *place)
{
  const struct cc_elevated_config *g = config_of(global), *a = config_of(agent);
  const struct cc_elevated_config *by = a->has_approval && a->require_approval ? a : g;

  if (place != NULL)
    *place = by->has_approval ? by->approval_place : (struct cc_origin){ 0 };
  return !by->has_approval || by->require_approval;
}

/* -- judging -- */

static void
answer(struct cc_elevated_verdict *out, enum cc_elevated_answer answer, struct cc_origin decided, char *reason)
{
  free(out->reason);
  out->answer = answer;
  out->decided = decided;
  out->reason = reason;
}

/* "tools.elevated.MEMBER", of the agent's block when AGENTS. */
static char *
key(const struct cc_elevated_query *q, bool agents, const char *member)
{
  if (!agents)
    return cc_xasprintf("tools.elevated.%s", member);
  return cc_xasprintf("tools.elevated.%s of agent `%s`", member, q->agent_id != NULL ? q->agent_id : "");
}

static bool
pass_sender(const struct cc_elevated_query *q, bool agents, struct cc_elevated_verdict *out)
{
  const struct cc_elevated_config *e = config_of(agents ? q->agent : q->global);
  cc_auto_free char *name = key(q, agents, "allowFrom");
  struct cc_origin place = e->place;

  if (!e->has_allow_from)
    return true;
  if (q->provider == NULL || q->sender == NULL)
    answer(out, CC_ELEVATED_NO, place,
           cc_xasprintf("%s lists who may ask, and who asks is not known: say --provider and --sender", name));
  else if (!is_allowed_from(e, q->provider, q->sender, &place))
    answer(out, CC_ELEVATED_NO, place, cc_xasprintf("sender `%s` of `%s` is not in %s", q->sender, q->provider, name));
  else
    return true;
  return false;
}

/* OUT has the pattern that matches already. */
static bool
pass_patterns(const struct cc_elevated_query *q, const char *const *words, size_t count,
              struct cc_elevated_verdict *out)
{
  const struct cc_elevated_config *g = config_of(q->global), *a = config_of(q->agent);

  if (out->pattern == NULL)
    {
      const char *more
          = a->patterns.set && g->patterns.names.count == 0 ? "; an agent's patterns can only narrow it" : "";

      answer(out, CC_ELEVATED_NO, g->patterns.place,
             cc_xasprintf("%s%s",
                          g->patterns.names.count > 0 ? "no pattern of tools.elevated.patterns matches it"
                                                      : "there is no pattern in tools.elevated.patterns",
                          more));
      return false;
    }
  if (!a->patterns.set)
    return true;
  out->agent_pattern = find_pattern(&a->patterns, words, count);
  out->agent_place = a->patterns.place;
  if (out->agent_pattern != NULL)
    return true;
  cc_auto_free char *name = key(q, true, "patterns");
  answer(out, CC_ELEVATED_NO, a->patterns.place,
         cc_xasprintf("`%s` matches it, but no pattern of %s does", out->pattern, name));
  return false;
}

/* What holds for every command. True to go on. */
static bool
pass_gates(const struct cc_elevated_query *q, struct cc_elevated_verdict *out)
{
  struct cc_tool_verdict exec = cc_tools_judge(q->tools, "exec");
  struct cc_origin place = { 0 };

  if (!exec.allowed)
    {
      cc_auto_free char *why = cc_tool_verdict_text(&exec);

      answer(out, CC_ELEVATED_NO, exec.place,
             cc_xasprintf("tool `exec` is denied (%s), and elevated adds no tool", why));
      return false;
    }
  if (!q->sandboxed)
    {
      answer(out, CC_ELEVATED_HOST, place, cc_xstrdup("the session is not sandboxed: its commands run on the host"));
      return false;
    }
  if (!cc_elevated_enabled(q->global, q->agent, &place))
    {
      bool agents = config_of(q->agent)->has_enabled && !config_of(q->agent)->enabled;
      cc_auto_free char *name = key(q, agents, "enabled");

      answer(out, CC_ELEVATED_NO, place, cc_xasprintf("%s is false", name));
      return false;
    }
  return true;
}

void
cc_elevated_judge(const struct cc_elevated_query *q, const char *const *words, size_t count,
                  struct cc_elevated_verdict *out)
{
  struct cc_origin place;

  memset(out, 0, sizeof(*out));
  out->pattern = find_pattern(&config_of(q->global)->patterns, words, count);
  out->place = config_of(q->global)->patterns.place;
  if (!pass_gates(q, out) || !pass_patterns(q, words, count, out) || !pass_sender(q, false, out)
      || !pass_sender(q, true, out))
    return;
  if (cc_elevated_asks(q->global, q->agent, &place))
    answer(out, CC_ELEVATED_APPROVAL, place,
           cc_xasprintf("`%s` matches it, and requireApproval is true", out->pattern));
  else
    answer(out, CC_ELEVATED_HOST, place, cc_xasprintf("`%s` matches it, and requireApproval is false", out->pattern));
}

void
cc_elevated_judge_arguments(const struct cc_elevated_query *q, const char *const *args, size_t count,
                            struct cc_elevated_verdict *out)
{
  struct cc_strings words;
  const char *why;

  if (count > 1)
    {
      cc_elevated_judge(q, args, count, out);
      return;
    }
  if (count == 1 && cc_shell_words(args[0], &words, &why))
    {
      cc_elevated_judge(q, (const char *const *)words.items, words.count, out);
      cc_shell_words_clear(&words);
      return;
    }
  memset(out, 0, sizeof(*out));
  if (pass_gates(q, out))
    answer(out, CC_ELEVATED_NO, (struct cc_origin){ 0 },
           cc_xasprintf("it is not certainly one plain command: %s", count == 1 ? why : "there is no command"));
}

void
cc_elevated_verdict_clear(struct cc_elevated_verdict *verdict)
{
  free(verdict->reason);
  memset(verdict, 0, sizeof(*verdict));
}
