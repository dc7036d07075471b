/* The algebra of seccomp conditions: sets of argument values, as libseccomp can express them.
 *
 * A conjunction holds at most one term for each argument, because libseccomp takes no more in one rule
 * and the runtimes split what has more into alternatives (crun 1.8.1, runc 1.1.5: two terms on one
 * argument become two rules). Whatever cannot be said that way is said as several conjunctions.
 *
 * Values over 32 bits have two meanings: libseccomp compares only the lower half for a 32-bit
 * architecture, which shares the profile with the 64-bit one. The algebra is exact for values of at most
 * 32 bits ("narrow"), and never produces a term that means something else for 32-bit arguments. */
#ifndef CC_POLICY_SECCOMP_TERMS_H
#define CC_POLICY_SECCOMP_TERMS_H

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CC_SECCOMP_ARGS 6

/* One comparison. `op` 0 means "any value". For SCMP_CMP_MASKED_EQ: (arg & a) == b. */
struct cc_seccomp_term
{
  int op; /* enum scmp_compare, 0 for none */
  uint64_t a, b;
};

/* Terms that must all hold, one for each argument. All zero: always true. */
struct cc_seccomp_conj
{
  struct cc_seccomp_term arg[CC_SECCOMP_ARGS];
};

/* A set: the union of conjunctions. When it grows over the limit it becomes `overflow`, and the caller
 * must treat it as "could not be computed". */
#define CC_SECCOMP_SET_MAX 64

struct cc_seccomp_set
{
  struct cc_seccomp_conj item[CC_SECCOMP_SET_MAX];
  size_t count;
  bool overflow;
};

/* True when every value in CONJ fits in 32 bits. */
bool cc_seccomp_conj_is_narrow(const struct cc_seccomp_conj *conj);
bool cc_seccomp_conj_is_true(const struct cc_seccomp_conj *conj);
bool cc_seccomp_conj_equal(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y);

/* True when every term of X is one of Y's too, so that whatever satisfies Y satisfies X. */
bool cc_seccomp_conj_covers(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y);

/* True only when no argument values satisfy both. Exact. */
bool cc_seccomp_conj_disjoint(const struct cc_seccomp_conj *x, const struct cc_seccomp_conj *y);

/* Adds CONJ to SET unless it is there. */
void cc_seccomp_set_add(struct cc_seccomp_set *set, const struct cc_seccomp_conj *conj);

/* *OUT = X and Y. Exact, but that of an interval and a mask only what fits in 32 bits remains. OUT may not be X or Y.
 */
void cc_seccomp_set_and(const struct cc_seccomp_set *x, const struct cc_seccomp_set *y, struct cc_seccomp_set *out);

/* Takes every value of CONJ out of SET. What remains may be smaller than exact in the same case, never larger. */
void cc_seccomp_set_subtract(struct cc_seccomp_set *set, const struct cc_seccomp_conj *conj);

#endif
