#include "policy/tools.h"

#include "common/own.h"
#include "policy/tool_tables.h"
#include "policy/tools_internal.h"

#include <string.h>
#include <strings.h>

static const char *const layer_names[]
    = { "profile",        "provider profile", "global",  "provider",  "agent",
        "agent provider", "sender",           "sandbox", "sub-agent", "workspace access" };

/* What an entry brings along, where it is in a list of one kind or of both. An older tool's name stands for the tools
 * that it became. */
static const struct
{
  const char *entry, *also;
  bool in_allow, in_deny;
} implied[] = {
  { "write", "apply_patch", true, false },
  { "canvas", "show_widget", true, true },
  { "image", "view_image", true, true },
};

/* -- judging -- */

static const struct cc_tool_entry *
find_direct(const struct cc_tool_entries *list, const char *name)
{
  for (size_t i = 0; i < list->count; i++)
    {
      const struct cc_tool_entry *e = &list->items[i];

      if (e->has_profile ? cc_tool_in_profile(e->profile, name) : cc_tool_matches(e->name, name))
        return e;
    }
  return NULL;
}

static const struct cc_tool_entry *
find_entry(const struct cc_tool_entries *list, const char *name, bool in_deny)
{
  const struct cc_tool_entry *found = find_direct(list, name);

  for (size_t i = 0; found == NULL && i < sizeof(implied) / sizeof(implied[0]); i++)
    if ((in_deny ? implied[i].in_deny : implied[i].in_allow) && strcmp(implied[i].also, name) == 0)
      found = find_direct(list, implied[i].entry);
  return found;
}

/* NAME is normalised. */
static struct cc_tool_verdict
judge_layer(const struct cc_tool_rule_layer *layer, const char *name)
{
  const struct cc_tool_entry *e = find_entry(&layer->deny, name, true);
  struct cc_tool_verdict v = { .layer = layer->kind, .entry = "", .key = "" };

  v.why = e != NULL ? CC_TOOL_IN_DENY : CC_TOOL_UNMENTIONED;
  if (e == NULL && layer->allow.count > 0)
    {
      e = find_entry(&layer->allow, name, false);
      v.why = e != NULL ? CC_TOOL_IN_ALLOW : CC_TOOL_NOT_ALLOWED;
    }
  v.allowed = v.why == CC_TOOL_UNMENTIONED || v.why == CC_TOOL_IN_ALLOW;
  if (e == NULL && v.why == CC_TOOL_NOT_ALLOWED)
    {
      v.key = layer->allow.items[0].key;
      v.place = layer->allow.items[0].place;
    }
  else if (e != NULL)
    {
      v.entry = e->written;
      v.key = e->key;
      v.place = e->place;
    }
  return v;
}

static struct cc_tool_verdict
judge_all(const struct cc_tools *tools, const char *name)
{
  struct cc_tool_verdict v = { .allowed = true, .layer = CC_TOOL_LAYERS, .entry = "", .key = "" };

  for (size_t i = 0; i < tools->layer_count; i++)
    {
      struct cc_tool_verdict one = judge_layer(&tools->layers[i], name);

      if (!one.allowed)
        return one;
      if (one.why == CC_TOOL_IN_ALLOW && v.why == CC_TOOL_UNMENTIONED)
        {
          v = one;
          v.layer = CC_TOOL_LAYERS;
        }
    }
  return v;
}

struct cc_tool_verdict
cc_tools_judge(const struct cc_tools *tools, const char *name)
{
  cc_auto_free char *normal = cc_tool_normalize(name);

  return judge_all(tools, normal);
}

bool
cc_tools_allow(const struct cc_tools *tools, const char *name)
{
  return cc_tools_judge(tools, name).allowed;
}

size_t
cc_tools_layer_count(const struct cc_tools *tools)
{
  return tools->layer_count;
}

struct cc_tool_verdict
cc_tools_judge_layer(const struct cc_tools *tools, size_t i, const char *name)
{
  cc_auto_free char *normal = cc_tool_normalize(name);

  return judge_layer(&tools->layers[i], normal);
}

/* -- what people ask besides -- */

bool
cc_tools_is_vain(const struct cc_tools *tools, const char *name, struct cc_tool_verdict *out)
{
  cc_auto_free char *normal = cc_tool_normalize(name);
  bool missing = false;

  for (size_t i = 0; i < tools->layer_count; i++)
    {
      const struct cc_tool_rule_layer *layer = &tools->layers[i];
      struct cc_tool_verdict v = judge_layer(layer, normal);
      bool by_name = v.why == CC_TOOL_IN_ALLOW && strcmp(v.entry, "*") != 0;

      if (layer->kind <= CC_TOOL_PROVIDER_PROFILE)
        missing = missing || v.why == CC_TOOL_NOT_ALLOWED;
      else if (missing && by_name && layer->kind != CC_TOOL_SANDBOX && layer->kind != CC_TOOL_SUBAGENT)
        {
          *out = v;
          return true;
        }
    }
  return false;
}

bool
cc_tools_profile(const struct cc_tools *tools, enum cc_tool_profile *out, struct cc_origin *place)
{
  for (size_t i = 0; i < tools->layer_count; i++)
    if (tools->layers[i].kind == CC_TOOL_PROFILE)
      {
        *out = tools->layers[i].allow.items[0].profile;
        *place = tools->layers[i].allow.items[0].place;
        return true;
      }
  return false;
}

/* The I-th unknown one of LIST, or NULL with *I less by how many there are. */
static const struct cc_tool_entry *
unknown_in(const struct cc_tool_entries *list, size_t *i)
{
  for (size_t j = 0; j < list->count; j++)
    if (!list->items[j].has_profile && !cc_tool_entry_is_known(list->items[j].name) && (*i)-- == 0)
      return &list->items[j];
  return NULL;
}

bool
cc_tools_unknown(const struct cc_tools *tools, size_t i, struct cc_tool_verdict *out)
{
  for (size_t l = 0; l < tools->layer_count; l++)
    {
      const struct cc_tool_rule_layer *layer = &tools->layers[l];
      const struct cc_tool_entry *e = unknown_in(&layer->deny, &i);
      bool denied = e != NULL;

      if (e == NULL)
        e = unknown_in(&layer->allow, &i);
      if (e == NULL)
        continue;
      *out = (struct cc_tool_verdict){ .allowed = !denied,
                                       .layer = layer->kind,
                                       .why = denied ? CC_TOOL_IN_DENY : CC_TOOL_IN_ALLOW,
                                       .entry = e->written,
                                       .key = e->key,
                                       .place = e->place };
      return true;
    }
  return false;
}

bool
cc_tool_session_is_subagent(const char *session)
{
  const char *rest = session != NULL && strncmp(session, "agent:", 6) == 0 ? strchr(session + 6, ':') : NULL;

  return rest != NULL && strncmp(rest, ":subagent:", strlen(":subagent:")) == 0;
}

/* -- words -- */

const char *
cc_tool_layer_name(enum cc_tool_layer layer)
{
  return (unsigned)layer < sizeof(layer_names) / sizeof(layer_names[0]) ? layer_names[layer] : "";
}

char *
cc_tool_verdict_text(const struct cc_tool_verdict *v)
{
  switch (v->why)
    {
    case CC_TOOL_IN_DENY:
    case CC_TOOL_IN_ALLOW:
      return v->entry[0] != '\0' ? cc_xasprintf("`%s` in %s", v->entry, v->key) : cc_xasprintf("in %s", v->key);
    case CC_TOOL_NOT_ALLOWED:
      return cc_xasprintf("not in %s", v->key);
    case CC_TOOL_UNMENTIONED:
      break;
    }
  return cc_xstrdup("nothing takes it away");
}
