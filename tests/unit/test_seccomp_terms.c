/* The algebra of conditions against membership of sample values. */
#include "policy/seccomp_terms.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint64_t seed = 1;

static uint32_t
next_random(uint32_t below)
{
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(seed >> 33) % below;
}

static const uint64_t values[]
    = { 0,  1,  2,  3,   4,   7,       8,          9,          15,         16,         17,
        38, 40, 41, 255, 256, 0x20000, 0x7e020000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
static const uint64_t wide[] = { 0x100000000, 0x100000001, 0x100000010, 0xffffffff00000001, UINT64_MAX };
#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct cc_seccomp_term
random_term(void)
{
  struct cc_seccomp_term t = { (int)next_random(8), values[next_random(N(values))], 0 };

  if (t.op == 0)
    t.a = 0;
  if (t.op == SCMP_CMP_MASKED_EQ)
    {
      t.a |= 1;
      t.b = values[next_random(N(values))] & t.a;
    }
  return t;
}

static struct cc_seccomp_conj
random_conj(void)
{
  struct cc_seccomp_conj c = { 0 };

  c.arg[0] = random_term();
  if (next_random(2) == 0)
    c.arg[2] = random_term();
  return c;
}

static bool
holds(const struct cc_seccomp_term *t, uint64_t v)
{
  switch (t->op)
    {
    case SCMP_CMP_NE:
      return v != t->a;
    case SCMP_CMP_LT:
      return v < t->a;
    case SCMP_CMP_LE:
      return v <= t->a;
    case SCMP_CMP_EQ:
      return v == t->a;
    case SCMP_CMP_GE:
      return v >= t->a;
    case SCMP_CMP_GT:
      return v > t->a;
    case SCMP_CMP_MASKED_EQ:
      return (v & t->a) == t->b;
    default:
      return true;
    }
}

/* The same as libseccomp compiles it for a 32-bit architecture: lower halves only. */
static bool
holds32(const struct cc_seccomp_term *t, uint64_t v)
{
  struct cc_seccomp_term low = { t->op, (uint32_t)t->a, (uint32_t)t->b };

  return holds(&low, (uint32_t)v);
}

static bool
in_conj(const struct cc_seccomp_conj *c, uint64_t v0, uint64_t v2, bool narrow)
{
  if (narrow)
    return holds32(&c->arg[0], v0) && holds32(&c->arg[2], v2);
  return holds(&c->arg[0], v0) && holds(&c->arg[2], v2);
}

static bool
in_set(const struct cc_seccomp_set *s, uint64_t v0, uint64_t v2, bool narrow)
{
  for (size_t i = 0; i < s->count; i++)
    if (in_conj(&s->item[i], v0, v2, narrow))
      return true;
  return false;
}

static uint64_t
sample(size_t i)
{
  return i < N(values) ? values[i] : wide[i - N(values)];
}

enum operation
{
  AND,
  MINUS
};

/* Exact for values of 32 bits on every architecture; for wider ones never too much. */
static size_t
compare(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y, const struct cc_seccomp_set *got,
        enum operation op)
{
  size_t inside = 0;

  for (size_t i = 0; i < N(values) + N(wide); i++)
    for (size_t k = 0; k < N(values) + N(wide); k++)
      {
        uint64_t v0 = sample(i), v2 = sample(k);
        bool in_y = in_conj(y, v0, v2, false);
        bool want = in_conj(x, v0, v2, false) && (op == AND ? in_y : !in_y);
        bool has = in_set(got, v0, v2, false);

        if (got->overflow)
          assert_true(!has || want);
        else if (i < N(values) && k < N(values))
          {
            assert_int_equal(has, want);
            assert_int_equal(in_set(got, v0, v2, true), want);
          }
        else
          assert_true(!has || want);
        inside += want;
      }
  return inside;
}

static void
random_sets(void **state)
{
  size_t inside = 0;

  (void)state;
  for (int round = 0; round < 1500; round++)
    {
      struct cc_seccomp_set xs = { .count = 0 }, ys = { .count = 0 }, got;
      struct cc_seccomp_conj x = random_conj(), y = random_conj();
      size_t common;

      cc_seccomp_set_add(&xs, &x);
      cc_seccomp_set_add(&ys, &y);
      cc_seccomp_set_and(&xs, &ys, &got);
      common = compare(&x, &y, &got, AND);
      if (cc_seccomp_conj_disjoint(&x, &y))
        assert_int_equal(common, 0);
      inside += common;
      cc_seccomp_set_subtract(&xs, &y);
      if (!xs.overflow)
        inside += compare(&x, &y, &xs, MINUS);
    }
  assert_true(inside > 100000);
}

static void
disjoint_is_not_what_merely_cannot_be_said(void **state)
{
  /* x > 2^32-1 and a mask have values in common, though the intersection of the two keeps none of them */
  struct cc_seccomp_conj above = { { { SCMP_CMP_GT, 0xffffffff, 0 } } };
  struct cc_seccomp_conj masked = { { { SCMP_CMP_MASKED_EQ, 1, 1 } } };
  struct cc_seccomp_set set = { .count = 0 };

  (void)state;
  assert_false(cc_seccomp_conj_disjoint(&above, &masked));
  cc_seccomp_set_add(&set, &masked);
  cc_seccomp_set_subtract(&set, &above);
  assert_false(in_set(&set, 0x100000001, 0, false));
  assert_true(in_set(&set, 3, 0, false));
}

static void
two_exclusions_become_blocks(void **state)
{
  struct cc_seccomp_conj not40 = { { { SCMP_CMP_NE, 40, 0 } } };
  struct cc_seccomp_conj is16 = { { { SCMP_CMP_EQ, 16, 0 } } };
  struct cc_seccomp_set set = { .count = 0 };

  (void)state;
  cc_seccomp_set_add(&set, &not40);
  cc_seccomp_set_subtract(&set, &is16);
  assert_false(set.overflow);
  for (uint64_t v = 0; v < 64; v++)
    assert_int_equal(in_set(&set, v, 0, false), v != 16 && v != 40);
  assert_true(in_set(&set, UINT64_MAX, 0, false));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(random_sets),
    cmocka_unit_test(disjoint_is_not_what_merely_cannot_be_said),
    cmocka_unit_test(two_exclusions_become_blocks),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
