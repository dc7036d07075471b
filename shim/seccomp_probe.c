#include "shim/seccomp_probe.h"

#include "policy/seccomp_profile.h"

#include <linux/audit.h>
#include <stdio.h>
#include <sys/socket.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define X32_BIT 0x40000000
#define X32_KEXEC_LOAD (X32_BIT | 528) /* the one of these that has a number of its own there */

/* Denied whatever the arguments. tests/unit/test_seccomp_probe.c holds the numbers to libseccomp's, and the names to
 * the built-in profile. */
const struct cc_probe cc_seccomp_probes[] = {
  /* a way around every rule for sockets and files */
  { "io_uring_setup", 425, 425, 425, 425 },
  { "io_uring_enter", 426, 426, 426, 426 },
  { "io_uring_register", 427, 427, 427, 427 },
  /* the kernel's own machinery */
  { "bpf", 321, 357, 280, 386 },
  { "perf_event_open", 298, 336, 241, 364 },
  { "userfaultfd", 323, 374, 282, 388 },
  { "kexec_load", 246, 283, 104, 347 },
  { "init_module", 175, 128, 105, 128 },
  { "finit_module", 313, 350, 273, 379 },
  { "delete_module", 176, 129, 106, 129 },
  /* keyrings, which no namespace parts */
  { "keyctl", 250, 288, 219, 311 },
  { "add_key", 248, 286, 217, 309 },
  { "request_key", 249, 287, 218, 310 },
  /* mounts and namespaces */
  { "mount", 165, 21, 40, 21 },
  { "umount2", 166, 52, 39, 52 },
  { "move_mount", 429, 429, 429, 429 },
  { "open_tree", 428, 428, 428, 428 },
  { "fsopen", 430, 430, 430, 430 },
  { "mount_setattr", 442, 442, 442, 442 },
  { "pivot_root", 155, 217, 41, 218 },
  { "setns", 308, 346, 268, 375 },
  { "unshare", 272, 310, 97, 337 },
  { "clone3", 435, 435, 435, 435 },
  /* files past every mount */
  { "open_by_handle_at", 304, 342, 265, 371 },
  /* socket(2) past its rules */
  { "socketcall", -1, 102, -1, -1 },
  { NULL, -1, -1, -1, -1 },
};

/* Denied by their first argument. */
struct value
{
  const char *name;
  uint64_t argument;
};

static const struct value families[] = {
  { "AF_NETLINK", AF_NETLINK }, /* first: allowed with a network */
  { "AF_PACKET", AF_PACKET },   { "AF_ALG", AF_ALG },
  { "AF_VSOCK", AF_VSOCK },     { "AF_VSOCK", 0x100000000u | AF_VSOCK }, /* the kernel reads an int */
};

static const struct value namespaces[] = {
  { "CLONE_NEWUSER", 0x10000000 },
  { "CLONE_NEWNS", 0x00020000 },
};

/* The architectures of one machine, and what socket and clone are there. */
static const struct arch
{
  const char *name;
  uint32_t arch;
  int socket, clone; /* -1: no such call */
} arches[] = {
#if defined(__x86_64__) || defined(__i386__)
  { "x86_64", AUDIT_ARCH_X86_64, 41, 56 },
  { "i386", AUDIT_ARCH_I386, 359, 120 },
  { "x32", CC_PROBE_X32, X32_BIT | 41, X32_BIT | 56 },
#elif defined(__aarch64__)
  { "aarch64", AUDIT_ARCH_AARCH64, 198, 220 },
  { "arm", AUDIT_ARCH_ARM, 281, 120 },
#endif
};

int
cc_seccomp_probe_number(const struct cc_probe *probe, uint32_t arch)
{
  switch (arch)
    {
    case AUDIT_ARCH_X86_64:
      return probe->x86_64;
    case AUDIT_ARCH_I386:
      return probe->i386;
    case AUDIT_ARCH_AARCH64:
      return probe->aarch64;
    case AUDIT_ARCH_ARM:
      return probe->arm;
    default: /* x32 */
      return probe->x86_64 == 246 ? X32_KEXEC_LOAD : probe->x86_64 < 0 ? -1 : X32_BIT | probe->x86_64;
    }
}

/* The calls that are tried on one architecture, and what to say of each. */
struct attempts
{
  uint32_t arch;
  struct seccomp_data data[CC_BPF_MANY];
  const char *name[CC_BPF_MANY], *argument[CC_BPF_MANY]; /* NULL: whatever it is */
  size_t count;
};

static void
add(struct attempts *a, const char *name, int number, const struct value *value)
{
  if (number < 0 || a->count == CC_BPF_MANY)
    return;
  a->data[a->count]
      = (struct seccomp_data){ .nr = number, .arch = a->arch, .args = { value != NULL ? value->argument : 0 } };
  a->argument[a->count] = value != NULL ? value->name : NULL;
  a->name[a->count++] = name;
}

static void
add_all(struct attempts *a, const struct arch *arch, bool network_none)
{
  /* to the kernel x32 is a bit of the number, and no architecture of its own */
  a->arch = arch->arch == CC_PROBE_X32 ? AUDIT_ARCH_X86_64 : arch->arch;
  for (const struct cc_probe *p = cc_seccomp_probes; p->name != NULL; p++)
    add(a, p->name, cc_seccomp_probe_number(p, arch->arch), NULL);
  for (size_t i = network_none ? 0 : 1; i < N_ELEMENTS(families); i++)
    add(a, "socket", arch->socket, &families[i]);
  for (size_t i = 0; i < N_ELEMENTS(namespaces); i++)
    add(a, "clone", arch->clone, &namespaces[i]);
}

bool
cc_seccomp_probe(const struct cc_bpf *filter, bool network_none, char *call, size_t size)
{
  for (size_t k = 0; k < N_ELEMENTS(arches); k++)
    {
      struct attempts a;
      uint32_t results[CC_BPF_MANY];

      a.count = 0;
      add_all(&a, &arches[k], network_none);
      cc_bpf_run_many(filter, a.data, a.count, results);
      for (size_t i = 0; i < a.count; i++)
        if (cc_bpf_is_allowed(results[i]))
          {
            snprintf(call, size, "%s%s%s (%s)", a.name[i], a.argument[i] != NULL ? " with " : "",
                     a.argument[i] != NULL ? a.argument[i] : "", arches[k].name);
            return true;
          }
    }
  return false;
}
