#include "policy/seccomp_terms.h"

#include <string.h>

#define NARROW_MAX UINT32_MAX
#define FULL_MASK UINT64_MAX
/* The most terms one term can become: an interval cut into aligned blocks (2 x 31), twice for SCMP_CMP_NE. */
#define PARTS_MAX 160

struct interval
{
  uint64_t low, high; /* both inside */
};

struct parts
{
  struct cc_seccomp_term term[PARTS_MAX];
  size_t count;
  bool overflow;
};

static void
add_part(struct parts *parts, int op, uint64_t a, uint64_t b)
{
  if (parts->count == PARTS_MAX)
    parts->overflow = true;
  else
    parts->term[parts->count++] = (struct cc_seccomp_term){ op, a, b };
}

static bool
term_equal(const struct cc_seccomp_term *x, const struct cc_seccomp_term *y)
{
  return x->op == y->op && x->a == y->a && x->b == y->b;
}

/* EQ is the mask of all bits; both kinds are handled as one. */
static bool
as_mask(const struct cc_seccomp_term *t, uint64_t *mask, uint64_t *value)
{
  if (t->op == SCMP_CMP_EQ)
    *mask = FULL_MASK, *value = t->a;
  else if (t->op == SCMP_CMP_MASKED_EQ)
    *mask = t->a, *value = t->b;
  else
    return false;
  return true;
}

/* The intervals of a term that is none of the above, ascending; 0 to 2 of them. */
static size_t
as_intervals(const struct cc_seccomp_term *t, struct interval out[2])
{
  size_t n = 0;

  switch (t->op)
    {
    case SCMP_CMP_NE:
      if (t->a > 0)
        out[n++] = (struct interval){ 0, t->a - 1 };
      if (t->a < UINT64_MAX)
        out[n++] = (struct interval){ t->a + 1, UINT64_MAX };
      break;
    case SCMP_CMP_LT:
      if (t->a > 0)
        out[n++] = (struct interval){ 0, t->a - 1 };
      break;
    case SCMP_CMP_LE:
      out[n++] = (struct interval){ 0, t->a };
      break;
    case SCMP_CMP_GE:
      out[n++] = (struct interval){ t->a, UINT64_MAX };
      break;
    case SCMP_CMP_GT:
      if (t->a < UINT64_MAX)
        out[n++] = (struct interval){ t->a + 1, UINT64_MAX };
      break;
    default:
      break;
    }
  return n;
}

/* INTERVAL, as far as it fits in 32 bits, as aligned blocks within (x & MASK) == VALUE. Blocks that reach
 * over 32 bits would lose their upper half on a 32-bit architecture and then match everything. */
static void
add_blocks(struct parts *parts, struct interval in, uint64_t mask, uint64_t value)
{
  uint64_t low = in.low, high = in.high < NARROW_MAX ? in.high : NARROW_MAX;

  while (low <= high)
    {
      uint64_t size = low == 0 ? (uint64_t)NARROW_MAX + 1 : low & -low;
      uint64_t block;

      while (size > high - low + 1)
        size >>= 1;
      block = ~(size - 1);
      if (((low ^ value) & block & mask) == 0)
        {
          uint64_t m = block | mask;

          if (m == FULL_MASK)
            add_part(parts, SCMP_CMP_EQ, low | value, 0);
          else
            add_part(parts, SCMP_CMP_MASKED_EQ, m, low | value);
        }
      low += size;
    }
}

/* INTERVAL as terms. An upper part is "> low - 1", not ">= low": low may be 2^32, which is 0 for 32 bits. */
static void
add_interval(struct parts *parts, struct interval in)
{
  if (in.low == in.high)
    add_part(parts, SCMP_CMP_EQ, in.low, 0);
  else if (in.low == 0)
    add_part(parts, SCMP_CMP_LE, in.high, 0);
  else if (in.high == UINT64_MAX)
    add_part(parts, SCMP_CMP_GT, in.low - 1, 0);
  else
    add_blocks(parts, in, 0, 0);
}

static bool
value_in(uint64_t value, const struct cc_seccomp_term *t)
{
  struct interval in[2];
  uint64_t mask, want;
  size_t n;

  if (t->op == 0)
    return true;
  if (as_mask(t, &mask, &want))
    return (value & mask) == want;
  n = as_intervals(t, in);
  for (size_t i = 0; i < n; i++)
    if (in[i].low <= value && value <= in[i].high)
      return true;
  return false;
}

static void
intervals_and(const struct cc_seccomp_term *x, const struct cc_seccomp_term *y, struct parts *out)
{
  struct interval xs[2], ys[2];
  size_t xn = as_intervals(x, xs), yn = as_intervals(y, ys);

  for (size_t i = 0; i < xn; i++)
    for (size_t j = 0; j < yn; j++)
      {
        struct interval both
            = { xs[i].low > ys[j].low ? xs[i].low : ys[j].low, xs[i].high < ys[j].high ? xs[i].high : ys[j].high };

        if (both.low <= both.high)
          add_interval(out, both);
      }
}

static void
masks_and(uint64_t m1, uint64_t v1, uint64_t m2, uint64_t v2, struct parts *out)
{
  if (((v1 ^ v2) & m1 & m2) != 0)
    return;
  if ((m1 | m2) == FULL_MASK)
    add_part(out, SCMP_CMP_EQ, v1 | v2, 0);
  else
    add_part(out, SCMP_CMP_MASKED_EQ, m1 | m2, v1 | v2);
}

/* The terms whose union is X and Y; none when they contradict each other. */
static void
term_and(const struct cc_seccomp_term *x, const struct cc_seccomp_term *y, struct parts *out)
{
  uint64_t m1 = 0, v1 = 0, m2 = 0, v2 = 0;
  bool x_mask = as_mask(x, &m1, &v1), y_mask = as_mask(y, &m2, &v2);
  struct interval in[2];
  size_t n;

  out->count = 0;
  out->overflow = false;
  if (x->op == 0 || term_equal(x, y))
    add_part(out, y->op, y->a, y->b);
  else if (y->op == 0)
    add_part(out, x->op, x->a, x->b);
  else if (x_mask && y_mask)
    masks_and(m1, v1, m2, v2, out);
  else if (!x_mask && !y_mask)
    intervals_and(x, y, out);
  else if (x_mask)
    term_and(y, x, out);
  else if (m2 == FULL_MASK)
    {
      if (value_in(v2, x))
        add_part(out, SCMP_CMP_EQ, v2, 0);
    }
  else if (x->op == SCMP_CMP_NE && (x->a & m2) != v2)
    add_part(out, y->op, y->a, y->b); /* the one value that X excludes is not in Y */
  else
    {
      n = as_intervals(x, in);
      for (size_t i = 0; i < n; i++)
        add_blocks(out, in[i], m2, v2);
    }
}

static bool
term_disjoint(const struct cc_seccomp_term *x, const struct cc_seccomp_term *y)
{
  uint64_t m1 = 0, v1 = 0, m2 = 0, v2 = 0;
  bool x_mask = as_mask(x, &m1, &v1), y_mask = as_mask(y, &m2, &v2);
  struct interval in[2], other[2];
  size_t n, k;

  if (x->op == 0 || y->op == 0)
    return false;
  if (x_mask && y_mask)
    return ((v1 ^ v2) & m1 & m2) != 0;
  if (x_mask)
    return term_disjoint(y, x);
  if (x->op == SCMP_CMP_NE && y_mask)
    return m2 == FULL_MASK && v2 == x->a;
  n = as_intervals(x, in);
  k = y_mask ? 1 : as_intervals(y, other);
  if (y_mask) /* the smallest and largest value of Y decide, as X is open at one end */
    other[0] = (struct interval){ v2, v2 | ~m2 };
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < k; j++)
      if (in[i].low <= other[j].high && other[j].low <= in[i].high)
        return false;
  return true;
}

static void
term_not(const struct cc_seccomp_term *t, struct parts *out)
{
  static const int opposite[] = {
    [SCMP_CMP_NE] = SCMP_CMP_EQ, [SCMP_CMP_EQ] = SCMP_CMP_NE, [SCMP_CMP_LT] = SCMP_CMP_GE,
    [SCMP_CMP_GE] = SCMP_CMP_LT, [SCMP_CMP_LE] = SCMP_CMP_GT, [SCMP_CMP_GT] = SCMP_CMP_LE,
  };

  out->count = 0;
  out->overflow = false;
  if (t->op != SCMP_CMP_MASKED_EQ)
    {
      add_part(out, opposite[t->op], t->a, 0);
      return;
    }
  /* some bit of the mask differs */
  for (uint64_t bit = 1; bit != 0; bit <<= 1)
    if (t->a & bit)
      add_part(out, SCMP_CMP_MASKED_EQ, bit, ~t->b & bit);
}

bool
cc_seccomp_conj_is_narrow(const struct cc_seccomp_conj *conj)
{
  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    if (conj->arg[i].a > NARROW_MAX || conj->arg[i].b > NARROW_MAX)
      return false;
  return true;
}

bool
cc_seccomp_conj_is_true(const struct cc_seccomp_conj *conj)
{
  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    if (conj->arg[i].op != 0)
      return false;
  return true;
}

bool
cc_seccomp_conj_equal(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y)
{
  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    if (!term_equal(&x->arg[i], &y->arg[i]))
      return false;
  return true;
}

bool
cc_seccomp_conj_covers(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y)
{
  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    if (x->arg[i].op != 0 && !term_equal(&x->arg[i], &y->arg[i]))
      return false;
  return true;
}

bool
cc_seccomp_conj_disjoint(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y)
{
  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    if (term_disjoint(&x->arg[i], &y->arg[i]))
      return true;
  return false;
}

void
cc_seccomp_set_add(struct cc_seccomp_set *set, const struct cc_seccomp_conj *conj)
{
  for (size_t i = 0; i < set->count; i++)
    if (cc_seccomp_conj_equal(&set->item[i], conj))
      return;
  if (set->count == CC_SECCOMP_SET_MAX)
    set->overflow = true;
  else
    set->item[set->count++] = *conj;
}

/* Adds to OUT what X and Y have in common, from argument INDEX on; the arguments before are done, in X. */
static void
conj_and(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y, size_t index, struct cc_seccomp_set *out)
{
  struct cc_seccomp_conj one = *x;
  struct parts parts;

  for (; index < CC_SECCOMP_ARGS; index++)
    {
      if (y->arg[index].op == 0)
        continue;
      term_and(&one.arg[index], &y->arg[index], &parts);
      out->overflow |= parts.overflow;
      if (parts.count == 0)
        return;
      for (size_t i = 1; i < parts.count && !out->overflow; i++)
        {
          struct cc_seccomp_conj other = one;

          other.arg[index] = parts.term[i];
          conj_and(&other, y, index + 1, out);
        }
      one.arg[index] = parts.term[0];
    }
  cc_seccomp_set_add(out, &one);
}

void
cc_seccomp_set_and(const struct cc_seccomp_set *x, const struct cc_seccomp_set *y, struct cc_seccomp_set *out)
{
  out->count = 0;
  out->overflow = x->overflow || y->overflow;
  for (size_t i = 0; i < x->count && !out->overflow; i++)
    for (size_t j = 0; j < y->count && !out->overflow; j++)
      conj_and(&x->item[i], &y->item[j], 0, out);
}

/* Adds to OUT the values of X that are not in CONJ: for each term of CONJ, X where that term fails. */
static void
conj_minus(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *conj, struct cc_seccomp_set *out)
{
  struct parts parts;

  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    {
      if (conj->arg[i].op == 0)
        continue;
      term_not(&conj->arg[i], &parts);
      for (size_t k = 0; k < parts.count && !out->overflow; k++)
        {
          struct cc_seccomp_conj negated = { 0 };

          negated.arg[i] = parts.term[k];
          conj_and(x, &negated, 0, out);
        }
    }
}

void
cc_seccomp_set_subtract(struct cc_seccomp_set *set, const struct cc_seccomp_conj *conj)
{
  struct cc_seccomp_set out;

  out.count = 0;
  out.overflow = set->overflow;
  for (size_t i = 0; i < set->count && !out.overflow; i++)
    {
      if (cc_seccomp_conj_disjoint(&set->item[i], conj))
        cc_seccomp_set_add(&out, &set->item[i]);
      else
        conj_minus(&set->item[i], conj, &out);
    }
  set->count = out.count;
  set->overflow = out.overflow;
  memcpy(set->item, out.item, out.count * sizeof(out.item[0]));
}
