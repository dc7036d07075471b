/* A seccomp filter as crun leaves it in a file: any bytes. What is valid ends, and many calls are decided like one. */
#include "invariants.h"
#include "shim/seccomp_probe.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static struct sock_filter code[BPF_MAXINSNS + 1];
  struct seccomp_data calls[CC_BPF_MANY];
  uint32_t results[CC_BPF_MANY];
  struct cc_bpf filter;
  char call[64];

  if (size > sizeof(code))
    return -1;
  memcpy(code, data, size);
  if (cc_bpf_check(code, size / sizeof(code[0]), &filter, NULL) < 0)
    return 0;
  for (size_t i = 0; i < CC_BPF_MANY; i++)
    calls[i]
        = (struct seccomp_data){ .nr = (int)i, .arch = i % 2 == 0 ? 0xc000003e : 0x40000003, .args = { i, i << 31 } };
  cc_bpf_run_many(&filter, calls, CC_BPF_MANY, results);
  for (size_t i = 0; i < CC_BPF_MANY; i++)
    require(results[i] == cc_bpf_run(&filter, &calls[i]), "many calls are decided like one", "");
  cc_seccomp_probe(&filter, true, call, sizeof(call));
  return 0;
}
