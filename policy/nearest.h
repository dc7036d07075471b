/* Which known word somebody may have meant. */
#ifndef CC_POLICY_NEAREST_H
#define CC_POLICY_NEAREST_H

#include <stddef.h>

/* The one of COUNT words that looks most like WORD (NULL when COUNT is 0), and how many slips (insertions, deletions,
 * replacements, swaps) lie between them, ASCII case aside. */
const char *cc_nearest(const char *word, const char *const *words, size_t count, unsigned *distance);

#endif
