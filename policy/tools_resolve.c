/* From the blocks of the configuration to the layers that are asked. */
#include "policy/tools_internal.h"

#include "common/own.h"
#include "policy/tool_tables.h"

#include <string.h>
#include <strings.h>

/* What is being made. */
struct making
{
  struct cc_tools *tools;
  const struct cc_tool_query *query;
};

static const char *
keep(struct cc_arena *arena, const char *text)
{
  size_t size = strlen(text) + 1;

  return memcpy(cc_arena_take(arena, size), text, size);
}

/* "tools.deny", or for an agent's block "tools.deny of agent `build`". */
static const char *
key_of(struct making *m, bool agents, const char *below, const char *member)
{
  const char *id = m->query->agent_id != NULL ? m->query->agent_id : "";
  cc_auto_free char *text = agents ? cc_xasprintf("tools.%s%s of agent `%s`", below, member, id)
                                   : cc_xasprintf("tools.%s%s", below, member);

  return keep(&m->tools->arena, text);
}

/* The list grows by doubling: its size is the operator's, up to a whole file of entries. */
static struct cc_tool_entry *
add(struct making *m, struct cc_tool_entries *list, const char *written, const char *key, struct cc_origin place)
{
  cc_auto_free char *name = cc_tool_normalize(written);
  size_t count = list->count;

  if ((count & (count - 1)) == 0)
    {
      struct cc_tool_entry *items = cc_arena_take(&m->tools->arena, (count > 0 ? 2 * count : 1) * sizeof(*items));

      if (count > 0)
        memcpy(items, list->items, count * sizeof(*items));
      list->items = items;
    }
  list->items[count] = (struct cc_tool_entry){
    .name = keep(&m->tools->arena, name), .written = keep(&m->tools->arena, written), .key = key, .place = place
  };
  list->count++;
  return &list->items[count];
}

static void
add_list(struct making *m, struct cc_tool_entries *to, const struct cc_tool_list *list, const char *key)
{
  for (size_t i = 0; i < list->names.count; i++)
    add(m, to, list->names.items[i], key, list->place);
}

static void
add_words(struct making *m, struct cc_tool_entries *to, const char *const *words, const char *key)
{
  for (; *words != NULL; words++)
    add(m, to, *words, key, (struct cc_origin){ 0 });
}

static void
add_layer(struct making *m, enum cc_tool_layer kind, struct cc_tool_entries allow, struct cc_tool_entries deny)
{
  if (allow.count > 0 || deny.count > 0)
    m->tools->layers[m->tools->layer_count++] = (struct cc_tool_rule_layer){ kind, allow, deny };
}

/* -- the layers -- */

/* allow and deny of a block. alsoAllow belongs to the profile; beside an `allow` it would be one list with it. */
static void
add_own(struct making *m, enum cc_tool_layer kind, const struct cc_tool_rules *rules, bool agents, const char *below)
{
  struct cc_tool_entries allow = { NULL, 0 }, deny = { NULL, 0 };

  if (rules == NULL)
    return;
  add_list(m, &allow, &rules->allow, key_of(m, agents, below, "allow"));
  if (allow.count > 0)
    add_list(m, &allow, &rules->also_allow, key_of(m, agents, below, "alsoAllow"));
  add_list(m, &deny, &rules->deny, key_of(m, agents, below, "deny"));
  add_layer(m, kind, allow, deny);
}

/* The agent's profile takes the place of the global one, and so does, on its own, its alsoAllow. */
static void
add_profile(struct making *m, enum cc_tool_layer kind, const struct cc_tool_rules *global,
            const struct cc_tool_rules *agent, const char *below)
{
  bool agents = agent != NULL && agent->has_profile;
  bool also_agents = agent != NULL && agent->also_allow.set;
  const struct cc_tool_rules *from = agents ? agent : global, *also = also_agents ? agent : global;
  struct cc_tool_entries allow = { NULL, 0 };
  struct cc_tool_entry *entry;

  if (from == NULL || !from->has_profile)
    return;
  cc_auto_free char *member = cc_xasprintf("profile \"%s\"", cc_tool_profile_name(from->profile));
  entry = add(m, &allow, "", key_of(m, agents, below, member), from->profile_place);
  entry->has_profile = true;
  entry->profile = from->profile;
  if (also != NULL)
    add_list(m, &allow, &also->also_allow, key_of(m, also_agents, below, "alsoAllow"));
  add_layer(m, kind, allow, (struct cc_tool_entries){ NULL, 0 });
}

/* Takes the entries out of DENY that ALLOW stands for: what somebody names is not taken away by a list that nobody
 * wrote. */
static void
cancel(struct cc_tool_entries *deny, const struct cc_tool_entries *allow)
{
  size_t kept = 0;

  for (size_t i = 0; i < deny->count; i++)
    {
      bool named = false;

      for (size_t j = 0; j < allow->count; j++)
        named = named || cc_tool_matches(allow->items[j].name, deny->items[i].name);
      if (!named)
        deny->items[kept++] = deny->items[i];
    }
  deny->count = kept;
}

static const struct cc_tool_list *
pick(const struct cc_tool_list *global, const struct cc_tool_list *agent, bool *agents)
{
  *agents = agent != NULL && agent->set;
  return *agents ? agent : global;
}

#define BUILT_IN "the built-in list for sandboxes"

/* tools.sandbox.tools: each of its lists is the agent's, else the global one, else the built-in one. */
static void
add_sandbox(struct making *m, const struct cc_tool_rules *global, const struct cc_tool_rules *agent)
{
  struct cc_tool_entries allow = { NULL, 0 }, deny = { NULL, 0 }, named = { NULL, 0 };
  bool a, b, c;
  const struct cc_tool_list *list = pick(&global->allow, agent != NULL ? &agent->allow : NULL, &a);
  const struct cc_tool_list *also = pick(&global->also_allow, agent != NULL ? &agent->also_allow : NULL, &b);
  const struct cc_tool_list *taken = pick(&global->deny, agent != NULL ? &agent->deny : NULL, &c);
  const char *below = "sandbox.tools.";

  if (!list->set)
    add_words(m, &allow, cc_tool_sandbox_allow, BUILT_IN);
  add_list(m, &allow, list, key_of(m, a, below, "allow"));
  if (!list->set || list->names.count > 0) /* beside an empty list, which lets everything be, it adds nothing */
    add_list(m, &allow, also, key_of(m, b, below, "alsoAllow"));
  add_list(m, &deny, taken, key_of(m, c, below, "deny"));
  if (!taken->set)
    {
      add_words(m, &deny, cc_tool_sandbox_deny, BUILT_IN);
      add_list(m, &named, list, "");
      add_list(m, &named, also, "");
      cancel(&deny, &named);
    }
  add_layer(m, CC_TOOL_SANDBOX, allow, deny);
}

static void
add_subagents(struct making *m)
{
  struct cc_tool_entries none = { NULL, 0 }, deny = { NULL, 0 };

  add_words(m, &deny, cc_tool_subagent_deny, "what no sub-agent has");
  add_layer(m, CC_TOOL_SUBAGENT, none, deny);
  add_own(m, CC_TOOL_SUBAGENT, &m->query->global->subagents, false, "subagents.tools.");
  if (m->query->agent != NULL)
    add_own(m, CC_TOOL_SUBAGENT, &m->query->agent->subagents, true, "subagents.tools.");
}

static void
add_workspace(struct making *m)
{
  static const char *const writing[] = { "write", "edit", "apply_patch", NULL };
  struct cc_tool_entries none = { NULL, 0 }, deny = { NULL, 0 };

  for (const char *const *w = writing; *w != NULL; w++)
    add(m, &deny, *w, "what workspaceAccess \"ro\" takes", m->query->access_place);
  add_layer(m, CC_TOOL_WORKSPACE, none, deny);
}

/* -- by provider and sender -- */

/* The block for PROVIDER, "anthropic/model" before "anthropic". */
static const struct cc_named_rules *
find_provider(const struct cc_tool_block *block, const char *provider)
{
  const struct cc_named_rules *found = NULL;
  size_t length = strcspn(provider, "/");

  for (size_t i = 0; i < block->provider_count; i++)
    {
      const char *name = block->providers[i].name;

      if (strcasecmp(name, provider) == 0)
        return &block->providers[i];
      if (strlen(name) == length && strncasecmp(name, provider, length) == 0)
        found = &block->providers[i];
    }
  return found;
}

/* Without "id:", which is what a bare name means, and without the "@" of a user's name. */
static const char *
bare_sender(const char *name)
{
  if (strncasecmp(name, "id:", 3) == 0)
    name += 3;
  if (strncasecmp(name, "username:@", 10) == 0)
    return name + 10;
  return strncasecmp(name, "username:", 9) == 0 ? name + 9 : name;
}

/* True when KEY of toolsBySender is SENDER. */
static bool
is_sender(const char *key, const char *sender)
{
  bool user = strncasecmp(key, "username:", 9) == 0;

  return user == (strncasecmp(sender, "username:", 9) == 0) && strcasecmp(bare_sender(key), bare_sender(sender)) == 0;
}

/* "channel:CHANNEL:ID" is also its "ID"; the more precise key comes first, and `*` is for everybody else. */
static const struct cc_named_rules *
find_sender(const struct cc_tool_block *block, const char *sender)
{
  const char *id = strncasecmp(sender, "channel:", 8) == 0 ? strchr(sender + 8, ':') : NULL;
  const struct cc_named_rules *found = NULL;

  for (size_t i = 0; i < block->sender_count; i++)
    {
      const struct cc_named_rules *rules = &block->senders[i];

      if (is_sender(rules->name, sender))
        return rules;
      if (id != NULL && is_sender(rules->name, id + 1))
        found = rules;
      else if (found == NULL && strcmp(rules->name, "*") == 0)
        found = rules;
    }
  return found;
}

static void
add_sender(struct making *m, const struct cc_tool_block *global, const struct cc_tool_block *agent)
{
  const struct cc_named_rules *rules = agent != NULL ? find_sender(agent, m->query->sender) : NULL;
  bool agents = rules != NULL;

  if (rules == NULL)
    rules = find_sender(global, m->query->sender);
  if (rules == NULL)
    return;
  cc_auto_free char *below = cc_xasprintf("toolsBySender.%s.", rules->name);
  add_own(m, CC_TOOL_SENDER, &rules->rules, agents, below);
}

/* -- all of it -- */

static void
resolve(struct making *m)
{
  const struct cc_tool_query *q = m->query;
  const struct cc_tool_block *g = q->global, *a = q->agent;
  const struct cc_named_rules *gp = q->provider != NULL ? find_provider(g, q->provider) : NULL;
  const struct cc_named_rules *ap = q->provider != NULL && a != NULL ? find_provider(a, q->provider) : NULL;
  cc_auto_free char *global_below = gp != NULL ? cc_xasprintf("byProvider.%s.", gp->name) : NULL;
  cc_auto_free char *agent_below = ap != NULL ? cc_xasprintf("byProvider.%s.", ap->name) : NULL;

  add_profile(m, CC_TOOL_PROFILE, &g->own, a != NULL ? &a->own : NULL, "");
  add_profile(m, CC_TOOL_PROVIDER_PROFILE, gp != NULL ? &gp->rules : NULL, ap != NULL ? &ap->rules : NULL,
              agent_below != NULL    ? agent_below
              : global_below != NULL ? global_below
                                     : "");
  add_own(m, CC_TOOL_GLOBAL, &g->own, false, "");
  add_own(m, CC_TOOL_PROVIDER, gp != NULL ? &gp->rules : NULL, false, global_below);
  add_own(m, CC_TOOL_AGENT, a != NULL ? &a->own : NULL, true, "");
  add_own(m, CC_TOOL_AGENT_PROVIDER, ap != NULL ? &ap->rules : NULL, true, agent_below);
  if (q->sender != NULL)
    add_sender(m, g, a);
  if (q->sandboxed)
    add_sandbox(m, &g->sandbox, a != NULL ? &a->sandbox : NULL);
  if (q->subagent)
    add_subagents(m);
  if (q->sandboxed && q->access == CC_WORKSPACE_RO)
    add_workspace(m);
}

struct cc_tools *
cc_tools_resolve(const struct cc_tool_query *query)
{
  static const struct cc_tool_block empty = { .provider_count = 0 };
  struct cc_tool_query q = *query;
  struct making m = { cc_xcalloc(1, sizeof(struct cc_tools)), &q };

  if (q.global == NULL)
    q.global = &empty;
  resolve(&m);
  return m.tools;
}

void
cc_tools_free(struct cc_tools *tools)
{
  if (tools != NULL)
    cc_arena_clear(&tools->arena);
  free(tools);
}

void
cc_cleanup_tools(struct cc_tools **tools)
{
  cc_tools_free(*tools);
  *tools = NULL;
}
