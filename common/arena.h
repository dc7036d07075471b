/* Memory that is freed as one. */
#ifndef CC_COMMON_ARENA_H
#define CC_COMMON_ARENA_H

#include <stddef.h>

struct cc_arena_chunk;

/* All zero is an empty one. */
struct cc_arena
{
  struct cc_arena_chunk *chunks;
  size_t want;  /* what will probably be needed in all, when that is known before the first take; bytes */
  size_t total; /* bytes of all chunks */
};

/* SIZE bytes, aligned for any type and not cleared, until the arena is. Never NULL: aborts without memory. */
void *cc_arena_take(struct cc_arena *arena, size_t size);

void cc_arena_clear(struct cc_arena *arena);

#endif
