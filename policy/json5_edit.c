#include "policy/json5_edit.h"

#include "common/own.h"
#include "policy/json5.h"

#include <string.h>

/* -- where values are: the text is known to be JSON5 -- */

struct cursor
{
  const char *text;
  size_t length, at;
  uint32_t line, column;
};

/* One character, counted as policy/json5.c counts: lines end with LF, CR, CR LF. */
static void
step(struct cursor *c)
{
  char byte = c->text[c->at++];

  while (c->at < c->length && ((unsigned char)c->text[c->at] & 0xc0) == 0x80)
    c->at++;
  if (byte == '\n' || (byte == '\r' && !(c->at < c->length && c->text[c->at] == '\n')))
    {
      c->line++;
      c->column = 1;
    }
  else if (byte != '\r')
    c->column++;
}

static bool
go_to(struct cursor *c, uint32_t line, uint32_t column)
{
  while (c->at < c->length && (c->line < line || (c->line == line && c->column < column)))
    step(c);
  return c->at < c->length && c->line == line && c->column == column;
}

/* The end of the string that begins at AT. */
static size_t
end_of_string(const char *text, size_t length, size_t at)
{
  char quote = text[at++];

  while (at < length && text[at] != quote)
    at += text[at] == '\\' ? 2 : 1;
  return at < length ? at + 1 : length;
}

static bool
is_comment(const char *text, size_t length, size_t at)
{
  return text[at] == '/' && at + 1 < length && (text[at + 1] == '/' || text[at + 1] == '*');
}

/* The end of the value that begins at AT; 0 when it has a comment in it, which would be lost. */
static size_t
end_of_value(const char *text, size_t length, size_t at)
{
  unsigned depth = 0;

  do
    {
      if (is_comment(text, length, at))
        return 0;
      if (text[at] == '"' || text[at] == '\'')
        {
          at = end_of_string(text, length, at);
          continue;
        }
      if (depth == 0 && text[at] != '[' && text[at] != '{')
        {
          while (at < length && strchr(" \t\r\n\f\v,]}/", text[at]) == NULL && (unsigned char)text[at] < 0x80)
            at++;
          return at;
        }
      if (text[at] == '[' || text[at] == '{')
        depth++;
      else if (text[at] == ']' || text[at] == '}')
        depth--;
      at++;
    }
  while (depth > 0 && at < length);
  return at;
}

/* -- the proof -- */

struct proof
{
  const struct cc_json5_edit *edits;
  size_t count;
};

static const struct cc_json5_edit *
find_edit(const struct proof *p, const struct cc_jval *v)
{
  size_t low = 0, high = p->count;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      const struct cc_json5_edit *e = &p->edits[middle];

      if (e->line < v->line || (e->line == v->line && e->column < v->column))
        low = middle + 1;
      else
        high = middle;
    }
  return low < p->count && p->edits[low].done && p->edits[low].line == v->line && p->edits[low].column == v->column
             ? &p->edits[low]
             : NULL;
}

static bool
is_same(const struct proof *p, const struct cc_jval *was, const struct cc_jval *now)
{
  const struct cc_jval *b = now->first;

  if ((was->key == NULL) != (now->key == NULL) || (was->key != NULL && strcmp(was->key, now->key) != 0))
    return false;
  if (find_edit(p, was) != NULL)
    return true;
  if (was->type != now->type || was->count != now->count || was->boolean != now->boolean || was->length != now->length
      || (was->length > 0 && memcmp(was->text, now->text, was->length) != 0))
    return false;
  cc_jeach(a, was)
  {
    if (b == NULL || !is_same(p, a, b))
      return false;
    b = b->next;
  }
  return b == NULL;
}

static int
prove(const char *text, size_t length, const char *changed, size_t changed_length, const struct proof *p,
      struct cc_error *err)
{
  cc_auto_json struct cc_json *was = NULL, *now = NULL;

  if (cc_json5_parse(text, length, "the old text", &was, err) < 0
      || cc_json5_parse(changed, changed_length, "the new text", &now, err) < 0)
    return CC_FAILED;
  return is_same(p, cc_json_root(was), cc_json_root(now))
             ? 0
             : cc_error_set(err, 0, "the new text says something else too: nothing was changed");
}

/* -- all of it -- */

static int
compare_edits(const void *a, const void *b)
{
  const struct cc_json5_edit *x = a, *y = b;

  return x->line != y->line ? (x->line > y->line) - (x->line < y->line)
                            : (x->column > y->column) - (x->column < y->column);
}

/* Finds the bytes of each. Returns how long the result is. */
static int
locate(const char *text, size_t length, struct cc_json5_edit *edits, size_t count, size_t *result, struct cc_error *err)
{
  struct cursor c = { text, length, 0, 1, 1 };
  size_t last = 0;

  *result = length;
  for (size_t i = 0; i < count; i++)
    {
      struct cc_json5_edit *e = &edits[i];

      if (!go_to(&c, e->line, e->column))
        return cc_error_set(err, 0, "nothing is at %u:%u", e->line, e->column);
      e->begin = c.at;
      e->end = end_of_value(text, length, c.at);
      e->done = e->end > e->begin && e->begin >= last;
      if (!e->done)
        continue;
      last = e->end;
      *result += strlen(e->value);
    }
  return 0;
}

int
cc_json5_replace(const char *text, size_t length, struct cc_json5_edit *edits, size_t count, char **out,
                 size_t *out_length, struct cc_error *err)
{
  cc_auto_free char *changed = NULL;
  size_t room, used = 0, from = 0;

  qsort(edits, count, sizeof(*edits), compare_edits);
  if (locate(text, length, edits, count, &room, err) < 0)
    return CC_FAILED;
  changed = cc_xcalloc(1, room + 1);
  for (size_t i = 0; i < count; i++)
    {
      const struct cc_json5_edit *e = &edits[i];

      if (!e->done)
        continue;
      memcpy(changed + used, text + from, e->begin - from);
      used += e->begin - from;
      memcpy(changed + used, e->value, strlen(e->value));
      used += strlen(e->value);
      from = e->end;
    }
  memcpy(changed + used, text + from, length - from);
  used += length - from;
  if (prove(text, length, changed, used, &(struct proof){ edits, count }, err) < 0)
    return CC_FAILED;
  *out = cc_move_ptr(changed);
  *out_length = used;
  return 0;
}
