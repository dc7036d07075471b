/* Narrowing a caller's seccomp profile by the built-in one, as JSON in and JSON out.
 *
 * A system call is allowed by the result only if the caller's profile and the built-in one both allow it, with the same
 * arguments. The result is a list of what is allowed, whatever form the caller's had, because appending denials to
 * a list of allowances is silently ignored by libseccomp (an allowance without conditions wins). How it is computed:
 *
 * - Each profile is read with the meaning that runc and crun give it (policy/seccomp_rules.h). Where a caller's
 * conditional rules contradict each other, the denial wins.
 * - Conditions are intersected, and denials of a profile that allows by default negated (policy/seccomp_terms.h). What
 *   cannot be computed (over 64 alternatives, or values over 32 bits where they would have to be combined), or what
 *   libseccomp 2.5.4 is known to compile wrongly (several alternatives on several arguments), is denied as a whole.
 * - Where the result is a denial, the caller's own action (KILL, TRAP, ERRNO with its errno) is kept; the default
 * action is the caller's if that is a denial, else EPERM. LOG and TRACE allow with a side effect: they stay as they are
 *   where the built-in profile allows the call.
 * - socketcall(2) of i386 is always refused by a rule of its own whose action differs from the default: libseccomp adds
 *   it to every rule for socket(2), without the condition, and a rule equal to the default is skipped by the runtimes.
 */
#ifndef CC_POLICY_SECCOMP_MERGE_H
#define CC_POLICY_SECCOMP_MERGE_H

#include "common/error.h"
#include "common/json.h"

#include <stdbool.h>
#include <stdint.h>

struct cc_seccomp_options
{
  bool network_none; /* no netlink either */
  uint32_t native;   /* the machine's SCMP_ARCH_*; 0: this one's */
  const struct cc_jval
      *narrow; /* one more profile to narrow by, in the form of the specification or of Docker; or NULL */
};

/* Makes *OUT, a new `linux.seccomp` in DOC, from CALLER (NULL: none, then the result is the built-in profile).
 * OPT->narrow may belong to another document. Refuses with "seccomp-profile" a profile that is not understood whole,
 * and with "seccomp-listener" one that hands decisions to a listener. */
int cc_seccomp_intersect(struct cc_json *doc, const struct cc_jval *caller, const struct cc_seccomp_options *opt,
                         struct cc_jval **out, struct cc_error *err);

/* How many system calls PROFILE names in rules that let them happen, for reports. */
size_t cc_seccomp_count(const struct cc_jval *profile);

#endif
