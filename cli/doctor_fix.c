#include "cli/doctor_fix.h"

#include "cli/configuration.h"
#include "cli/doctor_write.h"
#include "common/own.h"
#include "policy/json5_edit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONTEXT 2     /* lines of the diff around a change */
#define SHOWN_MAX 100 /* changes that are shown, without --all */

/* What is to be done to one file. */
struct change
{
  const struct cc_source *source;
  struct cc_json5_edit *edits;
  size_t count;
  char *text;
  size_t length;
};

static void
change_clear(struct change *c)
{
  free(c->edits);
  free(c->text);
}

static bool
can_fix(const struct cc_fault *f, const char *file)
{
  return f->reason == NULL && f->severity > CC_INFO && *f->value != '\0' && f->line > 0 && strcmp(f->file, file) == 0;
}

/* Two findings about one value: the first says what to write. */
static bool
has_edit(const struct change *c, uint32_t line, uint32_t column)
{
  for (size_t i = c->count; i-- > 0;)
    if (c->edits[i].line == line && c->edits[i].column == column)
      return true;
  return false;
}

static int
prepare(struct change *c, const struct cc_findings *list, struct cc_error *err)
{
  for (size_t i = 0; i < list->count; i++)
    {
      const struct cc_fault *f = list->items[i];

      if (!can_fix(f, c->source->path) || has_edit(c, f->line, f->column))
        continue;
      c->edits = cc_xrealloc(c->edits, (c->count + 1) * sizeof(*c->edits));
      c->edits[c->count++] = (struct cc_json5_edit){ .line = f->line, .column = f->column, .value = f->value };
    }
  if (c->count == 0)
    return 0;
  return cc_json5_replace(c->source->text, c->source->length, c->edits, c->count, &c->text, &c->length, err);
}

/* -- that it mends -- */

struct seen
{
  struct cc_reading reading;
  struct cc_config *config;
  struct cc_findings list;
};

static struct seen
look(const char *text, size_t length, const char *name)
{
  struct seen s = { CC_READING_INIT, NULL, CC_FINDINGS_INIT };

  cc_config_read_text(text, length, name, &s.reading, &s.config);
  cc_findings_audit(s.config, &s.reading, &s.list);
  return s;
}

static void
seen_clear(struct seen *s)
{
  cc_findings_clear(&s->list);
  cc_config_free(s->config);
  cc_reading_clear(&s->reading);
}

static size_t
count_id(const struct cc_findings *list, const char *id)
{
  size_t count = 0;

  for (size_t i = 0; i < list->count; i++)
    count += strcmp(list->items[i]->id, id) == 0;
  return count;
}

/* The edits are in the order of the text. */
static bool
is_edited(const struct change *c, const struct cc_fault *f)
{
  size_t low = 0, high = c->count;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      const struct cc_json5_edit *e = &c->edits[middle];

      if (e->line < f->line || (e->line == f->line && e->column < f->column))
        low = middle + 1;
      else
        high = middle;
    }
  return low < c->count && c->edits[low].line == f->line && c->edits[low].column == f->column;
}

/* Ids that were compared: few, however many findings there are. */
struct compared
{
  const char *ids[256];
  size_t count;
};

static bool
is_new(struct compared *compared, const char *id)
{
  for (size_t i = 0; i < compared->count; i++)
    if (strcmp(compared->ids[i], id) == 0)
      return false;
  if (compared->count < sizeof(compared->ids) / sizeof(compared->ids[0]))
    compared->ids[compared->count++] = id;
  return true;
}

/* The new text must be no worse to the reader, and have fewer of each finding that is mended. */
static int
check(const struct change *c, struct cc_error *err)
{
  __attribute__((cleanup(seen_clear))) struct seen was = look(c->source->text, c->source->length, c->source->path);
  __attribute__((cleanup(seen_clear))) struct seen now = look(c->text, c->length, c->source->path);
  struct compared compared = { .count = 0 };

  if (now.reading.problem_count > was.reading.problem_count)
    return cc_error_set(err, 0, "`%s` would not be valid any more (%s): nothing was changed", c->source->path,
                        now.reading.problems[0].text);
  for (size_t i = 0; i < was.list.count; i++)
    {
      const struct cc_fault *f = was.list.items[i];

      if (can_fix(f, c->source->path) && is_edited(c, f) && is_new(&compared, f->id)
          && count_id(&now.list, f->id) >= count_id(&was.list, f->id))
        return cc_error_set(err, 0, "`%s` would still have `%s`: nothing was changed", c->source->path, f->id);
    }
  return 0;
}

/* -- the difference -- */

static uint32_t
lines_between(const char *text, size_t from, size_t to)
{
  uint32_t lines = 0;

  for (; from < to; from++)
    lines += text[from] == '\n' || (text[from] == '\r' && text[from + 1] != '\n');
  return lines;
}

/* Lines FIRST to LAST of SOURCE, with SIGN before each. */
static void
print_lines(const struct cli_terminal *t, enum cli_style style, char sign, const struct cc_source *source,
            uint32_t first, uint32_t last)
{
  for (uint32_t line = first; line <= last; line++)
    {
      cc_auto_free char *text = cli_source_line(source, line);

      if (text == NULL || (text[0] == '\0' && line > 1 && cc_source_line(source, line + 1, &(size_t){ 0 }) == NULL))
        return; /* behind the last line's end */
      for (size_t end = strlen(text); end > 0 && text[end - 1] == ' ';)
        text[--end] = '\0';
      cli_print(t, style, text[0] != '\0' || sign != ' ' ? "%c%s\n" : "\n", sign, text);
    }
}

/* Changes that are on the same lines, or nearer than their context, make one hunk. */
static void
print_diff(const struct cli_terminal *t, const struct change *c, bool all)
{
  __attribute__((cleanup(seen_clear))) struct seen now = look(c->text, c->length, c->source->path);
  const struct cc_source *new_source = &now.reading.sources[0];
  uint32_t shown = 0, removed = 0; /* the last old line that was shown; lines that the new text has less */

  cli_print(t, CLI_BOLD, "--- %s\n+++ %s\n", c->source->path, c->source->path);
  for (size_t i = 0; i < c->count; i++)
    {
      uint32_t first = c->edits[i].line, last = first, before = removed;

      if (i >= SHOWN_MAX && !all)
        {
          cli_print(t, CLI_DIM, "… and %zu changes more: --all shows them\n", c->count - i);
          return;
        }
      /* all edits that begin on a line of this one's */
      for (;; i++)
        {
          uint32_t inner = lines_between(c->source->text, c->edits[i].begin, c->edits[i].end);

          removed += inner;
          if (c->edits[i].line + inner > last)
            last = c->edits[i].line + inner;
          if (i + 1 >= c->count || c->edits[i + 1].line > last)
            break;
        }
      if (shown == 0 || first > shown + CONTEXT + 1)
        cli_print(t, CLI_CYAN, "@@ line %u @@\n", first);
      print_lines(t, CLI_PLAIN, ' ', c->source, first > shown + CONTEXT ? first - CONTEXT : shown + 1, first - 1);
      print_lines(t, CLI_RED, '-', c->source, first, last);
      print_lines(t, CLI_GREEN, '+', new_source, first - before, last - removed);
      shown = last;
      if (i + 1 >= c->count || c->edits[i + 1].line > last + CONTEXT)
        {
          print_lines(t, CLI_PLAIN, ' ', c->source, last + 1, last + CONTEXT);
          shown = last + CONTEXT;
        }
    }
}

/* -- asking -- */

static bool
agrees(const struct cli *cli, const char *question)
{
  char answer[16];

  if (cli_has(cli, "yes"))
    return true;
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
    {
      cli_print(&cli->out, CLI_DIM, "not written: there is nobody to ask; --yes writes without asking\n\n");
      return false;
    }
  cli_print(&cli->out, CLI_BOLD, "%s [y/N] ", question);
  fflush(cli->out.file);
  return fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

/* -- one file -- */

/* 1 when it was written, 0 when there was nothing to do or nobody agreed. */
static int
fix_text(const struct cli *cli, const struct cc_source *source, const struct cc_findings *list, struct cc_error *err)
{
  __attribute__((cleanup(change_clear))) struct change c = { .source = source };
  cc_auto_free char *question = cc_xasprintf("Write %s?", source->path), *backup = NULL;
  size_t done = 0;

  if (prepare(&c, list, err) < 0)
    return CC_FAILED;
  for (size_t i = 0; i < c.count; i++)
    if (c.edits[i].done)
      c.edits[done++] = c.edits[i];
  if (done < c.count)
    cli_print(&cli->out, CLI_YELLOW, "%s: %zu value%s with a comment inside, or inside of another: change %s by hand\n",
              source->path, c.count - done, c.count - done == 1 ? "" : "s", c.count - done == 1 ? "it" : "them");
  c.count = done;
  if (done == 0)
    return 0;
  if (check(&c, err) < 0)
    return CC_FAILED;
  print_diff(&cli->out, &c, cli_has(cli, "all"));
  if (!agrees(cli, question))
    return 0;
  if (cli_write_text(source->path, source->text, source->length, c.text, c.length, &backup, err) < 0)
    return CC_FAILED;
  cli_print(&cli->out, CLI_GREEN, "written");
  cli_print(&cli->out, CLI_PLAIN, ": %s; what it was is in %s\n\n", source->path, backup);
  return 1;
}

static int
fix_mode(const struct cli *cli, const struct cc_fault *f, struct cc_error *err)
{
  cc_auto_free char *question = cc_xasprintf("Give %s the mode %04o?", f->file, (unsigned)f->mode);

  cli_print(&cli->out, CLI_PLAIN, "%s: chmod %04o\n", f->file, (unsigned)f->mode);
  if (!agrees(cli, question))
    return 0;
  return cli_write_mode(f->file, f->mode, err) < 0 ? CC_FAILED : 1;
}

int
cli_fix(const struct cli *cli, const struct cc_reading *reading, const struct cc_findings *list, struct cc_error *err)
{
  int written = 0;

  for (size_t i = 0; i < reading->source_count; i++)
    {
      int result = reading->sources[i].doc != NULL ? fix_text(cli, &reading->sources[i], list, err) : 0;

      if (result < 0)
        return CC_FAILED;
      written += result;
    }
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i]->mode >= 0 && list->items[i]->reason == NULL)
      {
        int result = fix_mode(cli, list->items[i], err);

        if (result < 0)
          return CC_FAILED;
        written += result;
      }
  return written;
}
