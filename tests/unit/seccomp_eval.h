/* Compiles a seccomp profile as runc and crun do, and runs the resulting filter on any architecture's calls. */
#ifndef CC_TESTS_SECCOMP_EVAL_H
#define CC_TESTS_SECCOMP_EVAL_H

#include "common/json.h"

#include <stdbool.h>
#include <stdint.h>

struct seccomp_filter
{
  struct sock_filter *code;
  size_t count;
};

/* The filter of PROFILE for a machine of the architecture NATIVE (libseccomp's token). Like the runtimes: rules in
 * order, one for each name, unknown names and rules equal to the default skipped, two conditions on one argument made
 * alternatives. 0, or libseccomp's negative errno: the runtimes fail the container then. */
int seccomp_filter_compile(const struct cc_jval *profile, uint32_t native, struct seccomp_filter *out);
void seccomp_filter_free(struct seccomp_filter *filter);

/* What the kernel would do: SECCOMP_RET_*. ARCH is libseccomp's token, SCMP_ARCH_X32 with a number that has its bit. */
uint32_t seccomp_filter_run(const struct seccomp_filter *filter, uint32_t arch, int nr, const uint64_t args[6]);

/* True when the call happens: ALLOW, LOG or TRACE. */
bool seccomp_filter_allows(const struct seccomp_filter *filter, uint32_t arch, int nr, const uint64_t args[6]);

#endif
