#include "seccomp_eval.h"

#include "common/fd.h"
#include "common/own.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint32_t
action_of(const struct cc_jval *word, const struct cc_jval *errnum)
{
  static const struct
  {
    const char *name;
    uint32_t value;
  } actions[] = {
    { "SCMP_ACT_KILL", SCMP_ACT_KILL },      { "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD },
    { "SCMP_ACT_TRAP", SCMP_ACT_TRAP },      { "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
    { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },    { "SCMP_ACT_LOG", SCMP_ACT_LOG },
    { "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0) }, { "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0) },
  };
  const char *name = cc_jstr(word);
  int64_t number = EPERM;

  for (size_t i = 0; name != NULL && i < sizeof(actions) / sizeof(actions[0]); i++)
    if (strcmp(actions[i].name, name) == 0)
      {
        cc_jint64(errnum, &number);
        return i < 6 ? actions[i].value : actions[i].value | (uint32_t)(number & 0xffff);
      }
  return SCMP_ACT_KILL_PROCESS;
}

static enum scmp_compare
operator_of(const struct cc_jval *word)
{
  static const char *const names[] = {
    "", "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"
  };

  for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++)
    if (strcmp(names[i], cc_jstr(word)) == 0)
      return (enum scmp_compare)i;
  return _SCMP_CMP_MAX;
}

static uint32_t
arch_of(const struct cc_jval *word)
{
  char lower[32] = "";

  for (size_t i = 0; i < sizeof(lower) - 1 && cc_jstr(word)[10 + i] != '\0'; i++)
    lower[i]
        = (char)(cc_jstr(word)[10 + i] | (cc_jstr(word)[10 + i] >= 'A' && cc_jstr(word)[10 + i] <= 'Z' ? 0x20 : 0));
  return seccomp_arch_resolve_name(lower);
}

static int
add_rule(scmp_filter_ctx ctx, int nr, uint32_t action, const struct cc_jval *args)
{
  struct scmp_arg_cmp cmp[6];
  unsigned n = 0, seen[6] = { 0 };
  bool alternatives = false;
  int rc = 0;

  cc_jeach(arg, args)
  {
    uint64_t index = 0, a = 0, b = 0;

    cc_juint64(cc_jget(arg, "index"), &index);
    cc_juint64(cc_jget(arg, "value"), &a);
    cc_juint64(cc_jget(arg, "valueTwo"), &b);
    cmp[n++] = (struct scmp_arg_cmp){ (unsigned)index, operator_of(cc_jget(arg, "op")), a, b };
    alternatives |= seen[index]++ > 0;
  }
  if (!alternatives)
    return seccomp_rule_add_array(ctx, action, nr, n, cmp);
  for (unsigned i = 0; i < n && rc == 0; i++)
    rc = seccomp_rule_add_array(ctx, action, nr, 1, &cmp[i]);
  return rc;
}

static int
add_rules(scmp_filter_ctx ctx, const struct cc_jval *profile, uint32_t fallback)
{
  cc_jeach(rule, cc_jget(profile, "syscalls"))
  {
    uint32_t action = action_of(cc_jget(rule, "action"), cc_jget(rule, "errnoRet"));

    if (action == fallback)
      continue;
    cc_jeach(name, cc_jget(rule, "names"))
    {
      int nr = seccomp_syscall_resolve_name(cc_jstr(name));
      int rc;

      if (nr == __NR_SCMP_ERROR)
        continue;
      rc = add_rule(ctx, nr, action, cc_jget(rule, "args"));
      if (rc < 0)
        return rc;
    }
  }
  return 0;
}

static int
export_filter(scmp_filter_ctx ctx, struct seccomp_filter *out)
{
  cc_auto_close int fd = memfd_create("filter", MFD_CLOEXEC);
  int rc = seccomp_export_bpf(ctx, fd);
  char *data = NULL;
  size_t length = 0;

  if (rc < 0)
    return rc;
  lseek(fd, 0, SEEK_SET);
  if (cc_read_all(fd, 1 << 24, "filter", &data, &length, NULL) < 0)
    return -EIO;
  out->code = (struct sock_filter *)(void *)data;
  out->count = length / sizeof(struct sock_filter);
  return 0;
}

int
seccomp_filter_compile(const struct cc_jval *profile, uint32_t native, struct seccomp_filter *out)
{
  uint32_t fallback = action_of(cc_jget(profile, "defaultAction"), cc_jget(profile, "defaultErrnoRet"));
  scmp_filter_ctx ctx = seccomp_init(fallback);
  int rc = 0;

  if (native != seccomp_arch_native())
    {
      rc = seccomp_arch_add(ctx, native);
      if (rc == 0)
        rc = seccomp_arch_remove(ctx, seccomp_arch_native());
    }
  cc_jeach(arch, cc_jget(profile, "architectures"))
  {
    if (rc == 0)
      rc = seccomp_arch_add(ctx, arch_of(arch));
    if (rc == -EEXIST)
      rc = 0;
  }
  if (rc == 0)
    rc = add_rules(ctx, profile, fallback);
  if (rc == 0)
    rc = export_filter(ctx, out);
  seccomp_release(ctx);
  return rc;
}

void
seccomp_filter_free(struct seccomp_filter *filter)
{
  free(filter->code);
  filter->code = NULL;
}

static bool
jumps(uint16_t op, uint32_t a, uint32_t k)
{
  switch (op)
    {
    case BPF_JEQ:
      return a == k;
    case BPF_JGT:
      return a > k;
    case BPF_JGE:
      return a >= k;
    default:
      return (a & k) != 0; /* BPF_JSET */
    }
}

uint32_t
seccomp_filter_run(const struct seccomp_filter *filter, uint32_t arch, int nr, const uint64_t args[6])
{
  struct seccomp_data data = { .nr = nr, .arch = arch == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : arch };
  uint32_t a = 0;

  memcpy(data.args, args, sizeof(data.args));
  for (size_t pc = 0; pc < filter->count; pc++)
    {
      const struct sock_filter *f = &filter->code[pc];

      switch (f->code)
        {
        case BPF_LD | BPF_W | BPF_ABS:
          memcpy(&a, (const char *)&data + f->k, sizeof(a));
          break;
        case BPF_ALU | BPF_AND | BPF_K:
          a &= f->k;
          break;
        case BPF_JMP | BPF_JA:
          pc += f->k;
          break;
        case BPF_RET | BPF_K:
          return f->k;
        case BPF_JMP | BPF_JEQ | BPF_K:
        case BPF_JMP | BPF_JGT | BPF_K:
        case BPF_JMP | BPF_JGE | BPF_K:
        case BPF_JMP | BPF_JSET | BPF_K:
          pc += jumps(BPF_OP(f->code), a, f->k) ? f->jt : f->jf;
          break;
        default:
          abort(); /* libseccomp emits nothing else */
        }
    }
  abort();
}

bool
seccomp_filter_allows(const struct seccomp_filter *filter, uint32_t arch, int nr, const uint64_t args[6])
{
  uint32_t kind = seccomp_filter_run(filter, arch, nr, args) & SECCOMP_RET_ACTION_FULL;

  return kind == SECCOMP_RET_ALLOW || kind == SECCOMP_RET_LOG || kind == SECCOMP_RET_TRACE;
}
