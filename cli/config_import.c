/* closedclaw config import: a gateway's configuration into ours. */
#include "cli/config.h"

#include "cli/configuration.h"
#include "common/own.h"
#include "policy/import.h"

#include <string.h>

#define EXIT_LEFT 1
#define EXIT_WRONG 2

static const struct
{
  const char *word;  /* in --json */
  const char *title; /* in the comment */
} kinds[] = {
  [CC_IMPORT_CHANGED] = { "changed", "Written in another way, so that it means the same here" },
  [CC_IMPORT_NOTE] = { "note", "Different here" },
  [CC_IMPORT_WRONG] = { "wrong", "Left out, because no configuration may say it here" },
  [CC_IMPORT_FOREIGN] = { "foreign", "Left out, because it is the gateway's own" },
};

static size_t
count_of(const struct cc_import *import, enum cc_import_kind kind)
{
  size_t n = 0;

  for (size_t i = 0; i < import->count; i++)
    n += import->items[i].kind == kind;
  return n;
}

/* TEXT of a file, malloc'd, without newlines: what comes after one would be no comment any more, but configuration. */
static char *
one_line(const char *text)
{
  char *copy = cc_xstrdup(text);

  for (char *p = copy; *p != '\0'; p++)
    *p = *p == '\n' || *p == '\r' ? ' ' : *p;
  return copy;
}

/* The gateway's own keys, of which nothing more is to be said than their names, on as few lines as they need. */
static void
print_foreign(const struct cli_terminal *t, const struct cc_import *import)
{
  int at = t->width;

  for (size_t i = 0; i < import->count; i++)
    if (import->items[i].kind == CC_IMPORT_FOREIGN)
      {
        cc_auto_free char *key = one_line(import->items[i].key);
        int width = cli_columns(key) + 2;

        if (at + width > t->width)
          {
            if (at != t->width)
              cli_print(t, CLI_PLAIN, "\n");
            cli_print(t, CLI_PLAIN, "//  ");
            at = 4;
          }
        cli_print(t, CLI_PLAIN, " %s", key);
        at += width;
      }
  cli_print(t, CLI_PLAIN, "\n");
}

static void
print_items(const struct cli_terminal *t, const struct cc_import *import, enum cc_import_kind kind)
{
  for (size_t i = 0; i < import->count; i++)
    if (import->items[i].kind == kind)
      {
        const struct cc_import_item *item = &import->items[i];
        cc_auto_free char *text = item->line > 0 ? cc_xasprintf("line %u, %s: %s", item->line, item->key, item->why)
                                                 : cc_xasprintf("%s: %s", item->key, item->why);

        cc_auto_free char *line = one_line(text);

        cli_print(t, CLI_PLAIN, "//   %s\n", line);
      }
}

static int
print_text(const struct cli *cli, const char *name, const struct cc_jval *result, const struct cc_import *import,
           struct cc_error *err)
{
  const struct cli_terminal *t = &cli->out;
  cc_auto_free char *file = one_line(name);

  cli_print(t, CLI_PLAIN, "// Imported from %s: %zu value%s carried over.\n", file, import->carried,
            import->carried == 1 ? "" : "s");
  for (unsigned kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
    if (count_of(import, kind) > 0)
      {
        cli_print(t, CLI_PLAIN, "//\n// %s:\n", kinds[kind].title);
        if (kind == CC_IMPORT_FOREIGN)
          print_foreign(t, import);
        else
          print_items(t, import, kind);
      }
  return cli_print_json(t, result, err);
}

static int
print_answer(const struct cli *cli, struct cc_json *doc, struct cc_jval *result, const struct cc_import *import,
             struct cc_error *err)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT), *list;

  cc_jset_int(doc, o, "carried", (int64_t)import->carried);
  list = cc_jneed_array(doc, o, "items");
  for (size_t i = 0; i < import->count; i++)
    {
      struct cc_jval *one = cc_jnew(doc, CC_JSON_OBJECT);

      cc_jset_str(doc, one, "kind", kinds[import->items[i].kind].word);
      cc_jset_str(doc, one, "key", import->items[i].key);
      cc_jset_int(doc, one, "line", import->items[i].line);
      cc_jset_int(doc, one, "column", import->items[i].column);
      cc_jset_str(doc, one, "why", import->items[i].why);
      cc_jappend(list, one);
    }
  cc_jset(doc, o, "config", result);
  return cli_print_json(&cli->out, o, err);
}

static int
import_file(const struct cli *cli, struct cc_reading *reading, struct cc_import *import, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = NULL;
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *result;

  if (cc_config_read_file(cli->args[0], reading, &config, err) < 0)
    return CC_FAILED;
  if (reading->sources[0].doc == NULL)
    {
      if (!cli_has(cli, "json"))
        cli_complain_problems(cli, reading);
      else if (cli_answer_problems(cli, reading, err) < 0)
        return CC_FAILED;
      return EXIT_WRONG;
    }
  result = cc_config_import(doc, reading, import);
  if ((cli_has(cli, "json") ? print_answer(cli, doc, result, import, err)
                            : print_text(cli, cli->args[0], result, import, err))
      < 0)
    return CC_FAILED;
  return count_of(import, CC_IMPORT_WRONG) > 0 ? EXIT_LEFT : 0;
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cc_reading reading = CC_READING_INIT;
  struct cc_import import = { 0 };
  int code = import_file(cli, &reading, &import, err);

  cc_import_clear(&import);
  cc_reading_clear(&reading);
  return code;
}

static const struct cli_option options[] = {
  { "json", .help = "answer as JSON: {carried, items[{kind, key, line, column, why}], config}" },
  { 0 },
};
static const char *const exits[] = {
  "0",  "everything that is a matter of the sandbox carried over",
  "1",  "something was left out, and is told",
  "2",  "the file is no JSON5",
  NULL,
};
static const char *const examples[] = {
  "closedclaw config import ~/.openclaw/openclaw.json >closedclaw.json5",
  "then read the comment at its top, and put it into /etc/closedclaw",
  NULL,
};

const struct cli_command cli_command_config_import = {
  .name = "config import",
  .summary = "make a configuration of a gateway's",
  .arguments = "FILE",
  .complete = CLI_COMPLETE_FILE,
  .description
  = "Reads a gateway's configuration (openclaw.json, clawdbot.json; \"-\" is the standard input) and prints ours: what "
    "it "
    "says of sandboxes, tools and the main session. A comment at the top tells what was written in another way, what "
    "means something else here, and what was left out, and why. What is printed is always a valid configuration."
    "\n\nValues of the sandbox's environment are carried over, secrets included.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .min = 1,
  .max = 1,
  .run = run,
};
