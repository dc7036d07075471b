/* closedclaw tools list: what an agent has and has not, and the tables of groups and profiles. */
#include "cli/tools.h"

#include "cli/tool_question.h"
#include "common/own.h"
#include "policy/nearest.h"
#include "policy/tool_tables.h"

#include <string.h>

/* -- tables that need no configuration -- */

static bool
is_in(const char *group, enum cc_tool_profile profile, const char *name)
{
  return group != NULL ? cc_tool_matches(group, name) : cc_tool_in_profile(profile, name);
}

/* The tools of a group, or with NULL of a profile; malloc'd. */
static char *
members(const char *group, enum cc_tool_profile profile)
{
  char *text = cc_xstrdup("");

  if (group == NULL && profile == CC_PROFILE_FULL)
    {
      free(text);
      return cc_xstrdup("every tool");
    }
  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    if (is_in(group, profile, t->name))
      {
        char *longer = cc_xasprintf("%s%s%s", text, text[0] != '\0' ? ", " : "", t->name);

        free(text);
        text = longer;
      }
  return text;
}

static void
print_table(const struct cli *cli, const char *title, bool groups)
{
  const char *const titles[] = { title, "TOOLS", NULL };
  struct cli_table *table = cli_table_new(2, titles);

  for (const char *const *g = cc_tool_groups; groups && *g != NULL; g++)
    {
      cc_auto_free char *text = members(*g, 0);

      cli_table_row(table, NULL, (const char *const[]){ *g, text });
    }
  for (unsigned p = CC_PROFILE_MINIMAL; !groups && p <= CC_PROFILE_FULL; p++)
    {
      cc_auto_free char *text = members(NULL, p);

      cli_table_row(table, NULL, (const char *const[]){ cc_tool_profile_name(p), text });
    }
  cli_table_print(table, &cli->out, 0);
}

static void
table_json(struct cc_json *doc, struct cc_jval *o, bool groups)
{
  for (unsigned i = 0; groups ? cc_tool_groups[i] != NULL : i <= CC_PROFILE_FULL; i++)
    {
      const char *group = groups ? cc_tool_groups[i] : NULL;
      struct cc_jval *list = cc_jneed_array(doc, o, groups ? group : cc_tool_profile_name(i));

      for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
        if (is_in(group, i, t->name))
          cc_jappend_str(doc, list, t->name);
    }
}

static int
answer_tables(const struct cli *cli, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  bool groups = cli_has(cli, "groups"), profiles = cli_has(cli, "profiles");

  if (!cli_has(cli, "json"))
    {
      if (groups)
        print_table(cli, "GROUP", true);
      if (groups && profiles)
        cli_print(&cli->out, CLI_PLAIN, "\n");
      if (profiles)
        print_table(cli, "PROFILE", false);
      return 0;
    }
  if (groups)
    table_json(doc, cc_jneed_object(doc, o, "groups"), true);
  if (profiles)
    table_json(doc, cc_jneed_object(doc, o, "profiles"), false);
  return cli_print_json(&cli->out, o, err);
}

/* -- an agent's tools -- */

static void
print_head(const struct cli *cli, const struct cli_tool_question *q)
{
  cc_auto_free char *who = cli_question_text(q);
  enum cc_tool_profile profile;
  struct cc_origin place;

  cli_wrap(&cli->out, CLI_BOLD, 0, 0, who);
  if (!cc_tools_profile(q->tools, &profile, &place))
    cli_print(&cli->out, CLI_PLAIN, "Profile: none, which leaves out no tool\n");
  else
    cli_print(&cli->out, CLI_PLAIN, "Profile: %s (%s:%u)\n", cc_tool_profile_name(profile),
              cc_config_file(q->config, place.file), place.line);
}

static void
print_allowed(const struct cli *cli, const struct cli_tool_question *q)
{
  cc_auto_free char *text = cc_xstrdup("");
  size_t count = 0;

  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    if (cc_tools_allow(q->tools, t->name))
      {
        char *longer = cc_xasprintf("%s%s%s", text, count++ > 0 ? ", " : "", t->name);

        free(text);
        text = longer;
      }
  cli_print(&cli->out, CLI_PLAIN, "\n");
  cli_print(&cli->out, CLI_GREEN, "Allowed: %zu\n", count);
  if (count > 0)
    {
      cli_print(&cli->out, CLI_PLAIN, "  ");
      cli_wrap(&cli->out, CLI_PLAIN, 2, 2, text);
    }
}

/* "layer: why" of TOOL, malloc'd; NULL when it is allowed. */
static char *
denial(const struct cli_tool_question *q, const struct cc_tool *tool)
{
  struct cc_tool_verdict v = cc_tools_judge(q->tools, tool->name);
  cc_auto_free char *why = cli_verdict_text(q, &v);

  return v.allowed ? NULL : cc_xasprintf("%s: %s", cc_tool_layer_name(v.layer), why);
}

/* The tools from FIRST on that are denied for WHY; malloc'd. */
static char *
denied_alike(const struct cli_tool_question *q, const struct cc_tool *first, const char *why)
{
  char *text = cc_xstrdup(first->name);

  for (const struct cc_tool *t = first + 1; t->name != NULL; t++)
    {
      cc_auto_free char *one = denial(q, t);
      char *longer;

      if (one == NULL || strcmp(one, why) != 0)
        continue;
      longer = cc_xasprintf("%s, %s", text, t->name);
      free(text);
      text = longer;
    }
  return text;
}

static bool
was_shown(const struct cli_tool_question *q, const struct cc_tool *tool, const char *why)
{
  for (const struct cc_tool *t = cc_tools_known; t != tool; t++)
    {
      cc_auto_free char *one = denial(q, t);

      if (one != NULL && strcmp(one, why) == 0)
        return true;
    }
  return false;
}

/* By reason: most are denied for one of a few. */
static void
print_denied(const struct cli *cli, const struct cli_tool_question *q)
{
  size_t count = 0;

  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    count += !cc_tools_allow(q->tools, t->name);
  cli_print(&cli->out, CLI_PLAIN, "\n");
  cli_print(&cli->out, CLI_RED, "Denied: %zu\n", count);
  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    {
      cc_auto_free char *why = denial(q, t);
      cc_auto_free char *tools = why != NULL && !was_shown(q, t, why) ? denied_alike(q, t, why) : NULL;

      if (tools == NULL)
        continue;
      cli_print(&cli->out, CLI_PLAIN, "  ");
      cli_wrap(&cli->out, CLI_DIM, 2, 6, why);
      cli_print(&cli->out, CLI_PLAIN, "    ");
      cli_wrap(&cli->out, CLI_PLAIN, 4, 4, tools);
    }
}

/* Which known name somebody may have meant by ENTRY, or NULL. */
static const char *
meant(const char *entry)
{
  const char *names[256], *near;
  unsigned distance;
  size_t count = 0;

  for (const struct cc_tool *t = cc_tools_known; t->name != NULL && count < 200; t++)
    names[count++] = t->name;
  for (const char *const *g = cc_tool_groups; *g != NULL && count < 256; g++)
    names[count++] = *g;
  near = cc_nearest(entry, names, count, &distance);
  return distance <= 2 ? near : NULL;
}

static void
print_unknown(const struct cli *cli, const struct cli_tool_question *q)
{
  struct cc_tool_verdict v;

  for (size_t i = 0; cc_tools_unknown(q->tools, i, &v); i++)
    {
      cc_auto_free char *where = cli_verdict_text(q, &v);
      const char *near = meant(v.entry);
      cc_auto_free char *hint = near != NULL ? cc_xasprintf("; did you mean `%s`?", near)
                                             : cc_xstrdup(", unless a plugin brings a tool of that name");
      cc_auto_free char *text = cc_xasprintf("%s stands for nothing that is known%s", where, hint);

      if (i == 0)
        {
          cli_print(&cli->out, CLI_PLAIN, "\n");
          cli_print(&cli->out, CLI_YELLOW, "Entries without effect\n");
        }
      cli_print(&cli->out, CLI_PLAIN, "  ");
      cli_wrap(&cli->out, CLI_PLAIN, 2, 2, text);
    }
}

static struct cc_jval *
verdict_json(const struct cli_tool_question *q, struct cc_json *doc, const char *name, const struct cc_tool_verdict *v)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  cc_auto_free char *why = cc_tool_verdict_text(v);

  if (name != NULL)
    cc_jset_str(doc, o, "tool", name);
  cc_jset_str(doc, o, "layer", cc_tool_layer_name(v->layer));
  cc_jset_str(doc, o, "reason", why);
  cc_jset_str(doc, o, "entry", v->entry);
  cc_jset_str(doc, o, "key", v->key);
  cli_place_json(q, doc, o, &v->place);
  return o;
}

static int
answer_json(const struct cli *cli, const struct cli_tool_question *q, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *allowed, *denied, *unknown;
  enum cc_tool_profile profile;
  struct cc_tool_verdict v;
  struct cc_origin place;

  cli_question_json(q, doc, o);
  cc_jset(doc, o, "profile",
          cc_tools_profile(q->tools, &profile, &place) ? cc_jnew_str(doc, cc_tool_profile_name(profile))
                                                       : cc_jnew(doc, CC_JSON_NULL));
  allowed = cc_jneed_array(doc, o, "allowed");
  denied = cc_jneed_array(doc, o, "denied");
  unknown = cc_jneed_array(doc, o, "unknown");
  for (const struct cc_tool *t = cc_tools_known; t->name != NULL; t++)
    {
      v = cc_tools_judge(q->tools, t->name);
      if (v.allowed)
        cc_jappend_str(doc, allowed, t->name);
      else
        cc_jappend(denied, verdict_json(q, doc, t->name, &v));
    }
  for (size_t i = 0; cc_tools_unknown(q->tools, i, &v); i++)
    cc_jappend(unknown, verdict_json(q, doc, NULL, &v));
  return cli_print_json(&cli->out, o, err);
}

/* -- the command -- */

static int
list(const struct cli *cli, struct cli_tool_question *q, struct cc_error *err)
{
  int code = cli_question_read(cli, false, q, err);

  if (code != 0)
    return code;
  if (cli_has(cli, "json"))
    return answer_json(cli, q, err);
  print_head(cli, q);
  print_allowed(cli, q);
  print_denied(cli, q);
  print_unknown(cli, q);
  return 0;
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cli_tool_question q;
  int code;

  if (cli_has(cli, "groups") || cli_has(cli, "profiles"))
    return answer_tables(cli, err);
  code = list(cli, &q, err);
  cli_question_clear(&q);
  return code;
}

static const struct cli_option options[] = {
  CLI_QUESTION_OPTIONS,
  { "provider", .value = "NAME", .help = "the model's provider, or provider/model (tools.byProvider)" },
  { "sender", .value = "WHO", .help = "who asks: an id, or username:…, channel:CHANNEL:ID (tools.toolsBySender)" },
  { "subagent", .help = "list a sub-agent's" },
  { "groups", .help = "print which tools each group has, instead" },
  { "profiles", .help = "print which tools each profile has, instead" },
  CLI_CONFIG_OPTION,
  { "json", .help = "answer as JSON" },
  { NULL },
};
static const char *const exits[] = { "0", "listed", "3", "the configuration has errors", NULL };
static const char *const examples[] = {
  "closedclaw tools list",
  "what the agent \"main\" has in a session that is not the main one",
  "closedclaw tools list --agent build --session agent:build:main",
  "what another agent has in its main session",
  "closedclaw tools list --groups --profiles",
  "what `group:fs` and `coding` stand for",
  NULL,
};

const struct cli_command cli_command_tools_list = {
  .name = "tools list",
  .summary = "list the tools that an agent has and has not, and why",
  .arguments = "",
  .description
  = "Lists the known tools that the tool policy leaves to an agent, and for each other one the layer that took "
    "it. Entries of the configuration that stand for nothing are listed, too: in `deny` such a typing error "
    "is an open door.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .run = run,
};
