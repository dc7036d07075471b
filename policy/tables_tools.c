/* Which keys a `tools` block has, and how they are kept: policy/tool_config.h. */
#include "policy/config_internal.h"

#include "common/own.h"

#include <stddef.h>
#include <string.h>

static const char *const profile_words[] = { "minimal", "coding", "messaging", "full", NULL };

/* -- the block -- */

static void
rules_clear(struct cc_tool_rules *rules)
{
  cc_strings_clear(&rules->allow.names);
  cc_strings_clear(&rules->also_allow.names);
  cc_strings_clear(&rules->deny.names);
}

static void
named_free(struct cc_named_rules *named, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      free(named[i].name);
      rules_clear(&named[i].rules);
    }
  free(named);
}

static void
allow_from_clear(struct cc_elevated_config *elevated)
{
  for (size_t i = 0; i < elevated->allow_from_count; i++)
    {
      free(elevated->allow_from[i].provider);
      cc_strings_clear(&elevated->allow_from[i].senders);
    }
  free(elevated->allow_from);
  elevated->allow_from = NULL;
  elevated->allow_from_count = 0;
}

void
cc_tool_block_free(struct cc_tool_block *block)
{
  if (block == NULL)
    return;
  rules_clear(&block->own);
  rules_clear(&block->sandbox);
  rules_clear(&block->subagents);
  named_free(block->providers, block->provider_count);
  named_free(block->senders, block->sender_count);
  cc_strings_clear(&block->elevated.patterns.names);
  allow_from_clear(&block->elevated);
  free(block);
}

struct cc_tool_block *
cc_layer_tools(struct cc_layer *layer)
{
  if (layer->tools == NULL)
    layer->tools = cc_xcalloc(1, sizeof(*layer->tools));
  return layer->tools;
}

/* -- lists and their kind: KEY->min is where they are kept in what is being read -- */

static int
read_names_into(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_layer *layer, struct cc_tool_list *list)
{
  static const struct cc_key plain = { "", NULL, CC_FIELD_NONE };

  if (cc_read_strings(read, where, v, &plain, (struct cc_layer *)layer) < 0)
    return CC_FAILED;
  cc_strings_clear(&list->names);
  cc_jeach(c, v) cc_strings_add(&list->names, c->text);
  list->set = true;
  list->place = cc_origin_of(read, layer, v);
  return 0;
}

/* A list of layer->rules. */
static int
read_names(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const struct cc_key *key,
           struct cc_layer *layer)
{
  return read_names_into(read, where, v, layer, (struct cc_tool_list *)((char *)layer->rules + key->min));
}

static int
read_profile(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  if (cc_read_word(read, where, v, key, layer) < 0)
    return CC_FAILED;
  for (unsigned i = 0; profile_words[i] != NULL; i++)
    if (strcmp(profile_words[i], v->text) == 0)
      layer->rules->profile = i;
  layer->rules->has_profile = true;
  layer->rules->profile_place = cc_origin_of(read, layer, v);
  return 0;
}

#define LIST(key, member)                                                                                              \
  {                                                                                                                    \
    key, read_names, .min = offsetof(struct cc_tool_rules, member), .shape = CC_SHAPE_STRINGS                          \
  }
#define PROFILE                                                                                                        \
  {                                                                                                                    \
    "profile", read_profile, .arg = profile_words, .shape = CC_SHAPE_WORD                                              \
  }

static const struct cc_key rules_keys[]
    = { LIST("allow", allow), LIST("alsoAllow", also_allow), LIST("deny", deny), { 0 } };
static const struct cc_object rules_table = { rules_keys, false };

static const struct cc_key provider_keys[]
    = { LIST("allow", allow), LIST("alsoAllow", also_allow), LIST("deny", deny), PROFILE, { 0 } };
static const struct cc_object provider_table = { provider_keys, false };

/* Reads V along KEY's table into RULES, and holds `allow` and `alsoAllow` to each other. */
static int
read_rules(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const struct cc_key *key,
           struct cc_layer *layer, struct cc_tool_rules *rules)
{
  const struct cc_jval *allow = cc_jget(v, "allow"), *also = cc_jget(v, "alsoAllow");
  struct cc_tool_rules *before = layer->rules;
  int result;

  layer->rules = rules;
  result = cc_read_object(read, where, v, key, layer);
  layer->rules = before;
  if (result < 0 && !cc_goes_on(read))
    return result;
  if (cc_jis(allow, CC_JSON_ARRAY) && cc_jis(also, CC_JSON_ARRAY) && allow->count > 0 && also->count > 0)
    return cc_bad_key(read, also,
                      "`allow` and `alsoAllow` contradict each other in one block; put all of them into `allow`");
  return result;
}

/* -- parts of the block -- */

static int
read_sandbox_rules(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                   const struct cc_key *key, struct cc_layer *layer)
{
  return read_rules(read, where, v, key, layer, &cc_layer_tools(layer)->sandbox);
}

static int
read_subagent_rules(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                    const struct cc_key *key, struct cc_layer *layer)
{
  return read_rules(read, where, v, key, layer, &cc_layer_tools(layer)->subagents);
}

static const struct cc_key sandbox_keys[]
    = { { "tools", read_sandbox_rules, .arg = &rules_table, .shape = CC_SHAPE_OBJECT }, { 0 } };
static const struct cc_object sandbox_table = { sandbox_keys, false };
/* the other keys are the gateway's */
static const struct cc_key subagents_keys[]
    = { { "tools", read_subagent_rules, .arg = &rules_table, .shape = CC_SHAPE_OBJECT }, { 0 } };
static const struct cc_object subagents_table = { subagents_keys, true };

/* The rules that are called NAME, made when there are none. */
static struct cc_tool_rules *
named(struct cc_named_rules **list, size_t *count, const char *name)
{
  for (size_t i = 0; i < *count; i++)
    if (strcmp((*list)[i].name, name) == 0)
      return &(*list)[i].rules;
  *list = cc_xrealloc(*list, (*count + 1) * sizeof(**list));
  (*list)[*count] = (struct cc_named_rules){ .name = cc_xstrdup(name) };
  return &(*list)[(*count)++].rules;
}

static int
read_provider(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_tool_block *block = cc_layer_tools(layer);

  return read_rules(read, where, v, key, layer, named(&block->providers, &block->provider_count, v->key));
}

static int
read_sender(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, const struct cc_key *key,
            struct cc_layer *layer)
{
  struct cc_tool_block *block = cc_layer_tools(layer);

  return read_rules(read, where, v, key, layer, named(&block->senders, &block->sender_count, v->key));
}

static const struct cc_key provider = { "", read_provider, .arg = &provider_table, .shape = CC_SHAPE_OBJECT };
static const struct cc_key sender = { "", read_sender, .arg = &rules_table, .shape = CC_SHAPE_OBJECT };

/* -- elevated -- */

static int
read_flag(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v, struct cc_layer *layer,
          bool *has, bool *flag, struct cc_origin *place)
{
  if (v->type != CC_JSON_BOOL)
    return cc_bad(read, where, v, "must be true or false");
  *has = true;
  *flag = v->boolean;
  *place = cc_origin_of(read, layer, v);
  return 0;
}

static int
read_enabled(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_elevated_config *e = &cc_layer_tools(layer)->elevated;

  (void)key;
  return read_flag(read, where, v, layer, &e->has_enabled, &e->enabled, &e->enabled_place);
}

static int
read_approval(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_elevated_config *e = &cc_layer_tools(layer)->elevated;

  (void)key;
  return read_flag(read, where, v, layer, &e->has_approval, &e->require_approval, &e->approval_place);
}

static int
read_patterns(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  (void)key;
  return read_names_into(read, where, v, layer, &cc_layer_tools(layer)->elevated.patterns);
}

static int
read_senders(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
             const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_elevated_config *e = &cc_layer_tools(layer)->elevated;
  struct cc_allow_from *from;

  if (cc_read_scalars(read, where, v, key, layer) < 0)
    return CC_FAILED;
  e->allow_from = cc_xrealloc(e->allow_from, (e->allow_from_count + 1) * sizeof(*from));
  from = &e->allow_from[e->allow_from_count++];
  *from = (struct cc_allow_from){ .provider = cc_xstrdup(v->key), .place = cc_origin_of(read, layer, v) };
  cc_jeach(c, v) cc_strings_add(&from->senders, c->text);
  return 0;
}

static int
read_allow_from(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
                const struct cc_key *key, struct cc_layer *layer)
{
  struct cc_elevated_config *e = &cc_layer_tools(layer)->elevated;

  allow_from_clear(e); /* a later file's replaces an earlier one's */
  e->has_allow_from = true;
  return cc_read_map(read, where, v, key, layer);
}

static const struct cc_key senders = { "", read_senders, .shape = CC_SHAPE_SCALARS };
static const struct cc_key elevated_keys[] = {
  { "enabled", read_enabled, .shape = CC_SHAPE_BOOL },
  { "patterns", read_patterns, .shape = CC_SHAPE_STRINGS },
  { "requireApproval", read_approval, .shape = CC_SHAPE_BOOL },
  { "allowFrom", read_allow_from, .arg = &senders, .shape = CC_SHAPE_MAP },
  { 0 },
};
static const struct cc_object elevated_table = { elevated_keys, false };

static int
read_elevated(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  cc_layer_tools(layer)->elevated.place = cc_origin_of(read, layer, v);
  return cc_read_object(read, where, v, key, layer);
}

/* -- all of it -- */

static const struct cc_key tools_keys[] = {
  LIST("allow", allow),
  LIST("alsoAllow", also_allow),
  LIST("deny", deny),
  PROFILE,
  { "byProvider", cc_read_map, .arg = &provider },
  { "toolsBySender", cc_read_map, .arg = &sender },
  { "elevated", read_elevated, .arg = &elevated_table, .shape = CC_SHAPE_OBJECT },
  { "sandbox", cc_read_object, .arg = &sandbox_table },
  { "subagents", cc_read_object, .arg = &subagents_table },
  { "exec", cc_read_any, .twin = "bash" },
  { "bash", cc_read_any, .twin = "exec" },
  { "agentToAgent", cc_read_any },
  { "audio", cc_read_any },
  { "codeMode", cc_read_any },
  { "experimental", cc_read_any },
  { "fs", cc_read_any },
  { "links", cc_read_any },
  { "loopDetection", cc_read_any },
  { "media", cc_read_any },
  { "message", cc_read_any },
  { "sessions", cc_read_any },
  { "sessions_spawn", cc_read_any },
  { "swarm", cc_read_any },
  { "toolSearch", cc_read_any },
  { "web", cc_read_any },
  { 0 },
};
const struct cc_object cc_table_tools = { tools_keys, false };

int
cc_read_tools(const struct cc_read *read, const struct cc_where *where, const struct cc_jval *v,
              const struct cc_key *key, struct cc_layer *layer)
{
  return read_rules(read, where, v, key, layer, &cc_layer_tools(layer)->own);
}
