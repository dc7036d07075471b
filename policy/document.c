#include "policy/document.h"

#include "common/own.h"
#include "policy/json5.h"

#include <ctype.h>
#include <string.h>

struct maker
{
  struct cc_doc_map map;
  size_t room;
};

/* As deep as the parser lets a document be. */
static void
add(struct maker *m, const struct cc_jval *value, size_t parent, size_t index)
{
  size_t self = m->map.count, i = 0;

  if (self == m->room)
    {
      m->room = m->room == 0 ? 256 : m->room * 2;
      m->map.items = cc_xrealloc(m->map.items, m->room * sizeof(*m->map.items));
    }
  m->map.items[m->map.count++] = (struct cc_doc_entry){ value, parent, index };
  cc_jeach(c, value)
  {
    add(m, c, self, i++);
  }
}

void
cc_doc_map_make(const struct cc_jval *root, struct cc_doc_map *out)
{
  struct maker m = { 0 };

  if (root != NULL)
    add(&m, root, SIZE_MAX, 0);
  *out = m.map;
}

void
cc_doc_map_clear(struct cc_doc_map *map)
{
  free(map->items);
  *map = (struct cc_doc_map){ 0 };
}

static bool
is_before(const struct cc_jval *v, uint32_t line, uint32_t column)
{
  return v->line != line ? v->line < line : v->column < column;
}

const struct cc_doc_entry *
cc_doc_map_find(const struct cc_doc_map *map, uint32_t line, uint32_t column)
{
  size_t low = 0, high = map->count;
  const struct cc_jval *v;

  while (low < high)
    {
      size_t middle = low + (high - low) / 2;

      if (is_before(map->items[middle].value, line, column))
        low = middle + 1;
      else
        high = middle;
    }
  if (low == map->count)
    return NULL;
  v = map->items[low].value;
  if (v->line == line && v->column == column)
    return &map->items[low];
  if (v->key == NULL)
    return NULL;
  uint32_t key_line, key_column;
  cc_json5_key_place(v, &key_line, &key_column);
  return key_line == line && key_column == column ? &map->items[low] : NULL;
}

/* A key that can be written without quotes. */
static bool
is_word(const char *key)
{
  if (*key == '\0' || isdigit((unsigned char)*key))
    return false;
  for (; *key != '\0'; key++)
    if (!isalnum((unsigned char)*key) && strchr("_$-", *key) == NULL)
      return false;
  return true;
}

char *
cc_doc_map_path(const struct cc_doc_map *map, const struct cc_doc_entry *entry)
{
  cc_auto_free char *upper = NULL;
  const char *key = entry->value->key;

  if (entry->parent == SIZE_MAX)
    return cc_xstrdup("");
  upper = cc_doc_map_path(map, &map->items[entry->parent]);
  if (map->items[entry->parent].value->type == CC_JSON_ARRAY)
    return cc_xasprintf("%s[%zu]", upper, entry->index);
  if (!is_word(key))
    return cc_xasprintf("%s[\"%s\"]", upper, key);
  return cc_xasprintf("%s%s%s", upper, *upper != '\0' ? "." : "", key);
}
