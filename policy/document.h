/* Where a value is in a document, found by its place in the text: for those who show or change what was written. */
#ifndef CC_POLICY_DOCUMENT_H
#define CC_POLICY_DOCUMENT_H

#include "common/json.h"

#include <stddef.h>
#include <stdint.h>

struct cc_doc_entry
{
  const struct cc_jval *value;
  size_t parent; /* its number, SIZE_MAX for the root */
  size_t index;  /* among the parent's */
};

/* Every value of a document that has places, in the order of the text. */
struct cc_doc_map
{
  struct cc_doc_entry *items;
  size_t count;
};

/* Makes the map of ROOT (NULL: an empty one). *OUT is the caller's; it points into the document. */
void cc_doc_map_make(const struct cc_jval *root, struct cc_doc_map *out);
void cc_doc_map_clear(struct cc_doc_map *map);

/* The value at LINE and COLUMN, or the one whose key is there; NULL when there is none. */
const struct cc_doc_entry *cc_doc_map_find(const struct cc_doc_map *map, uint32_t line, uint32_t column);

/* ENTRY as "agents.list[2].sandbox.mode"; "" for the root. malloc'd, the caller's. */
char *cc_doc_map_path(const struct cc_doc_map *map, const struct cc_doc_entry *entry);

#endif
