/* The evaluator of seccomp filters, held to the kernel that loads them. */
#include "common/own.h"
#include "shim/bpf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static bool
is_valid(const struct sock_filter *code, size_t count)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_bpf filter;

  if (cc_bpf_check(code, count, &filter, &err) == 0)
    return true;
  assert_string_not_equal(err.msg, "");
  return false;
}

/* True when the kernel takes the filter. A child is lost to it. */
static bool
kernel_takes(const struct sock_filter *code, size_t count)
{
  struct sock_fprog program = { .len = (unsigned short)count, .filter = (struct sock_filter *)code };
  int status;
  pid_t child = fork();

  assert_true(child >= 0);
  if (child == 0)
    {
      struct rlimit none = { 0, 0 };

      setrlimit(RLIMIT_CORE, &none);
      if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
          || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
        _exit(0);
      _exit(errno == EINVAL ? 1 : 2);
    }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 2);
  return !WIFEXITED(status) || WEXITSTATUS(status) == 0; /* killed by what it loaded: it was loaded */
}

/* Every code that classic BPF could have, and some that it could not. */
static void
the_same_instructions_as_the_kernel(void **state)
{
  unsigned valid = 0;

  (void)state;
  for (unsigned code = 0; code < 0x110; code++)
    {
      /* the first makes the scratch memory readable, which the kernel insists on */
      struct sock_filter f[] = { BPF_STMT(BPF_ST, 4), { (uint16_t)code, 0, 0, 4 }, ALLOW };
      bool taken;

      if (BPF_CLASS(code) == BPF_JMP && BPF_OP(code) == BPF_JA)
        f[1].k = 0;
      taken = kernel_takes(f, N(f));
      if (taken != is_valid(f, N(f)))
        fail_msg("code 0x%03x: the kernel says %d", code, taken);
      valid += taken;
    }
  assert_in_range(valid, 35, 60);
}

static void
the_same_bounds_as_the_kernel(void **state)
{
  static const struct sock_filter cases[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, UINT32_MAX),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0xfffff000u), /* SKF_AD_OFF: for packets only */
    BPF_STMT(BPF_ST, 15),
    BPF_STMT(BPF_ST, 16),
    BPF_STMT(BPF_STX, UINT32_MAX),
    BPF_STMT(BPF_LD | BPF_MEM, 16),
    BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0),
    BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 31),
    BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32),
    BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 32),
    BPF_STMT(BPF_JMP | BPF_JA, 0),
    BPF_STMT(BPF_JMP | BPF_JA, 1),
    BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 255),
    BPF_STMT(BPF_RET | BPF_X, 0),
  };

  (void)state;
  for (size_t i = 0; i < N(cases); i++)
    {
      struct sock_filter f[] = { cases[i], ALLOW };

      if (kernel_takes(f, N(f)) != is_valid(f, N(f)))
        fail_msg("case %zu: the kernel says %d", i, !is_valid(f, N(f)));
      /* nothing comes after the last one */
      assert_int_equal(kernel_takes(cases + i, 1), is_valid(cases + i, 1));
    }
}

static void
lengths(void **state)
{
  cc_auto_free char *memory = cc_xcalloc(BPF_MAXINSNS + 1, sizeof(struct sock_filter));
  struct sock_filter *f = (struct sock_filter *)(void *)memory;

  (void)state;
  for (size_t i = 0; i <= BPF_MAXINSNS; i++)
    f[i] = (struct sock_filter)ALLOW;
  assert_false(is_valid(f, 0));
  assert_true(is_valid(f, 1));
  assert_true(is_valid(f, BPF_MAXINSNS));
  assert_false(is_valid(f, BPF_MAXINSNS + 1));
}

/* -- what a filter decides -- */

static uint32_t
run(const struct sock_filter *code, size_t count, const struct seccomp_data *data)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_bpf filter;
  uint32_t one, many[3];
  const struct seccomp_data three[] = { { .nr = -1 }, *data, { .nr = 7, .args = { 1, 2, 3, 4, 5, 6 } } };

  if (cc_bpf_check(code, count, &filter, &err) < 0)
    fail_msg("%s", err.msg);
  one = cc_bpf_run(&filter, data);
  cc_bpf_run_many(&filter, three, 3, many);
  assert_int_equal(one, many[1]);
  return one;
}

#define RUN(data, ...)                                                                                                 \
  run((const struct sock_filter[]){ __VA_ARGS__ }, N(((const struct sock_filter[]){ __VA_ARGS__ })), data)
#define RETURN_A BPF_STMT(BPF_RET | BPF_A, 0)
#define A(value) BPF_STMT(BPF_LD | BPF_IMM, value)
#define X(value) BPF_STMT(BPF_LDX | BPF_IMM, value)
#define ALU(op, k) BPF_STMT(BPF_ALU | BPF_##op | BPF_K, k)
#define ALU_X(op) BPF_STMT(BPF_ALU | BPF_##op | BPF_X, 0)

static void
arithmetic(void **state)
{
  const struct seccomp_data d = { 0 };

  (void)state;
  assert_int_equal(RUN(&d, A(7), ALU(ADD, 5), RETURN_A), 12);
  assert_int_equal(RUN(&d, A(7), ALU(SUB, 9), RETURN_A), 0xfffffffe);
  assert_int_equal(RUN(&d, A(0x10000), ALU(MUL, 0x10001), RETURN_A), 0x10000);
  assert_int_equal(RUN(&d, A(7), ALU(DIV, 2), RETURN_A), 3);
  assert_int_equal(RUN(&d, A(0xff00), ALU(AND, 0x0ff0), RETURN_A), 0x0f00);
  assert_int_equal(RUN(&d, A(0xf000), ALU(OR, 0x000f), RETURN_A), 0xf00f);
  assert_int_equal(RUN(&d, A(0xff), ALU(XOR, 0x0f), RETURN_A), 0xf0);
  assert_int_equal(RUN(&d, A(3), ALU(LSH, 31), RETURN_A), 0x80000000);
  assert_int_equal(RUN(&d, A(0x80000000), ALU(RSH, 31), RETURN_A), 1);
  assert_int_equal(RUN(&d, A(1), BPF_STMT(BPF_ALU | BPF_NEG, 0), RETURN_A), 0xffffffff);
  assert_int_equal(RUN(&d, A(9), X(4), ALU_X(SUB), RETURN_A), 5);
  assert_int_equal(RUN(&d, A(9), X(4), ALU_X(DIV), RETURN_A), 2);
  assert_int_equal(RUN(&d, A(1), X(33), ALU_X(LSH), RETURN_A), 2);
  /* a division by zero ends the filter with 0, that is SECCOMP_RET_KILL_THREAD */
  assert_int_equal(RUN(&d, A(9), X(0), ALU_X(DIV), ALLOW), SECCOMP_RET_KILL_THREAD);
}

static void
loads_and_moves(void **state)
{
  const struct seccomp_data d = { .nr = 3, .arch = 5, .instruction_pointer = 0x700000006, .args = { 0x900000008, 1 } };

  (void)state;
  assert_int_equal(RUN(&d, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), RETURN_A), 3);
  assert_int_equal(RUN(&d, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4), RETURN_A), 5);
  assert_int_equal(RUN(&d, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), RETURN_A), 7);
  assert_int_equal(RUN(&d, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), RETURN_A), 8);
  assert_int_equal(RUN(&d, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 20), RETURN_A), 9);
  assert_int_equal(RUN(&d, BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), RETURN_A), 64);
  assert_int_equal(RUN(&d, BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_MISC | BPF_TXA, 0), RETURN_A), 64);
  assert_int_equal(RUN(&d, A(8), BPF_STMT(BPF_ST, 15), A(1), BPF_STMT(BPF_LDX | BPF_MEM, 15), ALU_X(ADD), RETURN_A), 9);
  assert_int_equal(RUN(&d, X(6), BPF_STMT(BPF_STX, 0), BPF_STMT(BPF_LD | BPF_MEM, 0), RETURN_A), 6);
  assert_int_equal(RUN(&d, A(4), BPF_STMT(BPF_MISC | BPF_TAX, 0), A(1), ALU_X(ADD), RETURN_A), 5);
}

static uint32_t
compare(uint16_t op, uint32_t a, uint32_t b, bool by_x)
{
  const struct seccomp_data d = { 0 };

  return RUN(&d, A(a), X(by_x ? b : ~b), BPF_JUMP(BPF_JMP | op | (by_x ? BPF_X : BPF_K), by_x ? ~b : b, 1, 0),
             BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 1));
}

static void
jumps(void **state)
{
  const struct seccomp_data d = { 0 };

  (void)state;
  for (int by_x = 0; by_x < 2; by_x++)
    {
      assert_int_equal(compare(BPF_JEQ, 5, 5, by_x), 1);
      assert_int_equal(compare(BPF_JEQ, 5, 6, by_x), 0);
      assert_int_equal(compare(BPF_JGT, 5, 5, by_x), 0);
      assert_int_equal(compare(BPF_JGT, 0x80000000, 5, by_x), 1);
      assert_int_equal(compare(BPF_JGE, 5, 5, by_x), 1);
      assert_int_equal(compare(BPF_JGE, 4, 5, by_x), 0);
      assert_int_equal(compare(BPF_JSET, 6, 3, by_x), 1);
      assert_int_equal(compare(BPF_JSET, 6, 1, by_x), 0);
    }
  assert_int_equal(RUN(&d, A(1), BPF_STMT(BPF_JMP | BPF_JA, 1), A(2), RETURN_A), 1);
}

static void
what_lets_a_call_happen(void **state)
{
  (void)state;
  assert_true(cc_bpf_is_allowed(SECCOMP_RET_ALLOW));
  assert_true(cc_bpf_is_allowed(SECCOMP_RET_LOG));
  assert_true(cc_bpf_is_allowed(SECCOMP_RET_TRACE | 5));
  assert_true(cc_bpf_is_allowed(SECCOMP_RET_USER_NOTIF));
  assert_false(cc_bpf_is_allowed(SECCOMP_RET_ERRNO | 1));
  assert_false(cc_bpf_is_allowed(SECCOMP_RET_ERRNO)); /* it seems to succeed, and does nothing */
  assert_false(cc_bpf_is_allowed(SECCOMP_RET_TRAP));
  assert_false(cc_bpf_is_allowed(SECCOMP_RET_KILL_THREAD));
  assert_false(cc_bpf_is_allowed(SECCOMP_RET_KILL_PROCESS));
  assert_false(cc_bpf_is_allowed(0x12345678)); /* the kernel kills for what it does not know */
}

/* One pass over many calls decides as one run for each does. */
static void
many_are_decided_like_one(void **state)
{
  static const uint16_t codes[] = { BPF_JMP | BPF_JEQ | BPF_K,
                                    BPF_JMP | BPF_JGT | BPF_K,
                                    BPF_JMP | BPF_JSET | BPF_K,
                                    BPF_LD | BPF_W | BPF_ABS,
                                    BPF_ALU | BPF_AND | BPF_K,
                                    BPF_ALU | BPF_DIV | BPF_X,
                                    BPF_RET | BPF_K,
                                    BPF_JMP | BPF_JEQ | BPF_X,
                                    BPF_MISC | BPF_TAX,
                                    BPF_ST,
                                    BPF_LD | BPF_MEM,
                                    BPF_ALU | BPF_ADD | BPF_K };
  struct seccomp_data data[CC_BPF_MANY];
  uint32_t out[CC_BPF_MANY];

  (void)state;
  srandom(1);
  for (unsigned i = 0; i < N(data); i++)
    data[i] = (struct seccomp_data){ .nr = (int)(i / 2), .arch = i % 3, .args = { i % 5, i, (uint64_t)i << 33 } };
  for (int round = 0; round < 2000; round++)
    {
      struct sock_filter f[40];
      struct cc_bpf filter;

      for (unsigned i = 0; i < N(f); i++)
        {
          unsigned after = (unsigned)N(f) - i - 1;

          f[i]
              = (struct sock_filter){ codes[random() % (long)N(codes)], (uint8_t)(after > 1 ? random() % 4 % after : 0),
                                      (uint8_t)(after > 1 ? random() % 3 % after : 0), (uint32_t)(random() % 16) };
          if (f[i].code == (BPF_LD | BPF_W | BPF_ABS))
            f[i].k *= 4;
        }
      f[N(f) - 2] = (struct sock_filter)A(1);
      f[N(f) - 1] = (struct sock_filter)RETURN_A;
      assert_int_equal(cc_bpf_check(f, N(f), &filter, NULL), 0);
      cc_bpf_run_many(&filter, data, N(data), out);
      for (unsigned i = 0; i < N(data); i++)
        assert_int_equal(out[i], cc_bpf_run(&filter, &data[i]));
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_same_instructions_as_the_kernel),
    cmocka_unit_test(the_same_bounds_as_the_kernel),
    cmocka_unit_test(lengths),
    cmocka_unit_test(arithmetic),
    cmocka_unit_test(loads_and_moves),
    cmocka_unit_test(jumps),
    cmocka_unit_test(what_lets_a_call_happen),
    cmocka_unit_test(many_are_decided_like_one),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
