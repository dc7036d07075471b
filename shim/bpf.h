/* Seccomp's dialect of classic BPF: what a filter decides about a system call, without loading it. */
#ifndef CC_SHIM_BPF_H
#define CC_SHIM_BPF_H

#include "common/error.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A filter that cc_bpf_check() has found valid. */
struct cc_bpf
{
  const struct sock_filter *code;
  size_t count;
};

/* Holds CODE, COUNT instructions that stay the caller's, to the rules that the kernel has for seccomp
 * (kernel/seccomp.c, seccomp_check_filter; net/core/filter.c, bpf_check_classic): known instructions, aligned loads
 * within struct seccomp_data, jumps forward and inside, no division by a constant zero, a return at the end, at most
 * BPF_MAXINSNS. So each run ends. Fails otherwise: the kernel would not load it either. */
int cc_bpf_check(const struct sock_filter *code, size_t count, struct cc_bpf *out, struct cc_error *err);

/* What the filter returns for the call DATA: SECCOMP_RET_*. */
uint32_t cc_bpf_run(const struct cc_bpf *filter, const struct seccomp_data *data);

/* The same for COUNT calls, at most CC_BPF_MANY, in one pass over the filter: a list of what may happen is some
 * thousand comparisons long, and hardly any of them concerns a given call. */
#define CC_BPF_MANY 64
void cc_bpf_run_many(const struct cc_bpf *filter, const struct seccomp_data *data, size_t count, uint32_t *out);

/* True when a call with this result happens: ALLOW, LOG, TRACE, and USER_NOTIF, where a listener decides. */
bool cc_bpf_is_allowed(uint32_t result);

#endif
