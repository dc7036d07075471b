#include "policy/nearest.h"

#include <stdbool.h>
#include <string.h>

#define WORD_MAX 64 /* of what is compared; the rest of a longer word does not count */

static char
lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
  if (b < a)
    a = b;
  return c < a ? c : a;
}

/* Optimal string alignment distance, ASCII case aside. */
static unsigned
distance_of(const char *a, const char *b)
{
  size_t n = strnlen(a, WORD_MAX), m = strnlen(b, WORD_MAX);
  unsigned rows[3][WORD_MAX + 1];
  unsigned *before = rows[0], *last = rows[1], *now = rows[2];

  for (size_t j = 0; j <= m; j++)
    last[j] = (unsigned)j;
  for (size_t i = 1; i <= n; i++)
    {
      unsigned *spare = before;

      now[0] = (unsigned)i;
      for (size_t j = 1; j <= m; j++)
        {
          bool same = lower(a[i - 1]) == lower(b[j - 1]);

          now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + !same);
          if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])
              && before[j - 2] + 1 < now[j])
            now[j] = before[j - 2] + 1;
        }
      before = last;
      last = now;
      now = spare;
    }
  return last[m];
}

const char *
cc_nearest(const char *word, const char *const *words, size_t count, unsigned *distance)
{
  const char *best = NULL;

  *distance = 0;
  for (size_t i = 0; i < count; i++)
    {
      unsigned d = distance_of(word, words[i]);

      if (best == NULL || d < *distance)
        {
          best = words[i];
          *distance = d;
        }
    }
  return best;
}
