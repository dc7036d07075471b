#include "common/arena.h"

#include "common/own.h"

#include <stdalign.h>
#include <stdbool.h>
#include <sys/mman.h>

/* The first write to a page is a page fault, and a bundle's configuration needs some 70 pages. So what is large comes
 * from mmap(2) with its pages at once; what is small comes from the heap (tests/bench/README.md). */
#define SMALL (6u << 10)
/* In all: below it a next chunk is three times what there is (a document of 8 KiB wants no 16 pages), above it as much
 * again (a large text takes few mappings). */
#define LARGE (64u << 10)
#define HUGE (4u << 20) /* the largest chunk */
#define PAGE ((size_t)4096)

struct cc_arena_chunk
{
  struct cc_arena_chunk *next;
  size_t used, size;
  bool mapped;
  alignas(max_align_t) char data[];
};

/* How large the next chunk is when SIZE bytes must fit, with its head. */
static size_t
chunk_size(const struct cc_arena *arena, size_t size)
{
  size_t usual = arena->chunks == NULL  ? (arena->want > SMALL ? arena->want : SMALL)
                 : arena->total < LARGE ? 3 * arena->total
                 : arena->total < HUGE  ? arena->total
                                        : HUGE;

  size += sizeof(struct cc_arena_chunk);
  return size > usual ? size : usual;
}

static struct cc_arena_chunk *
add_chunk(struct cc_arena *arena, size_t size)
{
  size_t whole = chunk_size(arena, size);
  bool mapped = whole > SMALL;
  struct cc_arena_chunk *c;

  if (mapped)
    {
      whole = (whole + PAGE - 1) & ~(PAGE - 1);
      c = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
      if (c == MAP_FAILED)
        abort();
    }
  else
    c = cc_xrealloc(NULL, whole);
  c->next = arena->chunks;
  c->used = 0;
  c->size = whole - sizeof(*c);
  c->mapped = mapped;
  arena->chunks = c;
  arena->total += whole;
  return c;
}

void *
cc_arena_take(struct cc_arena *arena, size_t size)
{
  struct cc_arena_chunk *c = arena->chunks;
  void *p;

  size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
  if (c == NULL || c->size - c->used < size)
    c = add_chunk(arena, size);
  p = c->data + c->used;
  c->used += size;
  return p;
}

void
cc_arena_clear(struct cc_arena *arena)
{
  for (struct cc_arena_chunk *c = arena->chunks, *next; c != NULL; c = next)
    {
      next = c->next;
      if (c->mapped)
        munmap(c, sizeof(*c) + c->size);
      else
        free(c);
    }
  *arena = (struct cc_arena){ 0 };
}
