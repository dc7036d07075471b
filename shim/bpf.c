#include "shim/bpf.h"

#include <string.h>

#define LOAD_WORD (BPF_LD | BPF_W | BPF_ABS)

/* AFTER: how many instructions follow it. */
static bool
is_valid(const struct sock_filter *f, size_t after)
{
  switch (f->code)
    {
    case LOAD_WORD:
      return f->k % 4 == 0 && f->k < sizeof(struct seccomp_data);
    case BPF_LD | BPF_MEM:
    case BPF_LDX | BPF_MEM:
    case BPF_ST:
    case BPF_STX:
      return f->k < BPF_MEMWORDS;
    case BPF_ALU | BPF_DIV | BPF_K:
      return f->k != 0;
    case BPF_ALU | BPF_LSH | BPF_K:
    case BPF_ALU | BPF_RSH | BPF_K:
      return f->k < 32;
    case BPF_JMP | BPF_JA:
      return f->k < after;
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JEQ | BPF_X:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_X:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_X:
    case BPF_JMP | BPF_JSET | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_X:
      return f->jt < after && f->jf < after;
    case BPF_RET | BPF_K:
    case BPF_RET | BPF_A:
    case BPF_LD | BPF_W | BPF_LEN:
    case BPF_LDX | BPF_W | BPF_LEN:
    case BPF_LD | BPF_IMM:
    case BPF_LDX | BPF_IMM:
    case BPF_MISC | BPF_TAX:
    case BPF_MISC | BPF_TXA:
    case BPF_ALU | BPF_ADD | BPF_K:
    case BPF_ALU | BPF_ADD | BPF_X:
    case BPF_ALU | BPF_SUB | BPF_K:
    case BPF_ALU | BPF_SUB | BPF_X:
    case BPF_ALU | BPF_MUL | BPF_K:
    case BPF_ALU | BPF_MUL | BPF_X:
    case BPF_ALU | BPF_DIV | BPF_X:
    case BPF_ALU | BPF_AND | BPF_K:
    case BPF_ALU | BPF_AND | BPF_X:
    case BPF_ALU | BPF_OR | BPF_K:
    case BPF_ALU | BPF_OR | BPF_X:
    case BPF_ALU | BPF_XOR | BPF_K:
    case BPF_ALU | BPF_XOR | BPF_X:
    case BPF_ALU | BPF_LSH | BPF_X:
    case BPF_ALU | BPF_RSH | BPF_X:
    case BPF_ALU | BPF_NEG:
      return true;
    default:
      return false;
    }
}

/* The kernel refuses a word of scratch memory that is read before it was written on every way there
 * (check_load_and_stores). They begin as 0 here, so that reading one means something. */
int
cc_bpf_check(const struct sock_filter *code, size_t count, struct cc_bpf *out, struct cc_error *err)
{
  if (count == 0 || count > BPF_MAXINSNS)
    return cc_error_set(err, 0, "a seccomp filter of %zu instructions", count);
  for (size_t i = 0; i < count; i++)
    if (!is_valid(&code[i], count - i - 1))
      return cc_error_set(err, 0, "instruction %zu of a seccomp filter is not valid (code 0x%04x)", i, code[i].code);
  if (BPF_CLASS(code[count - 1].code) != BPF_RET)
    return cc_error_set(err, 0, "a seccomp filter without a return at its end");
  *out = (struct cc_bpf){ code, count };
  return 0;
}

/* -- running -- */

struct machine
{
  uint32_t a, x, memory[BPF_MEMWORDS];
};

/* False: a division by zero, which ends the filter with 0 (bpf_convert_filter). */
static bool
calculate(struct machine *m, uint16_t code, uint32_t k)
{
  uint32_t b = BPF_SRC(code) == BPF_X ? m->x : k;

  switch (BPF_OP(code))
    {
    case BPF_ADD:
      m->a += b;
      break;
    case BPF_SUB:
      m->a -= b;
      break;
    case BPF_MUL:
      m->a *= b;
      break;
    case BPF_DIV:
      if (b == 0)
        return false;
      m->a /= b;
      break;
    case BPF_AND:
      m->a &= b;
      break;
    case BPF_OR:
      m->a |= b;
      break;
    case BPF_XOR:
      m->a ^= b;
      break;
    case BPF_LSH: /* the internal instruction set takes the shift modulo 32 */
      m->a <<= b & 31;
      break;
    case BPF_RSH:
      m->a >>= b & 31;
      break;
    default: /* BPF_NEG */
      m->a = 0u - m->a;
      break;
    }
  return true;
}

static bool
jumps(const struct machine *m, uint16_t code, uint32_t k)
{
  uint32_t b = BPF_SRC(code) == BPF_X ? m->x : k;

  switch (BPF_OP(code))
    {
    case BPF_JEQ:
      return m->a == b;
    case BPF_JGT:
      return m->a > b;
    case BPF_JGE:
      return m->a >= b;
    default: /* BPF_JSET */
      return (m->a & b) != 0;
    }
}

/* Loads, stores and moves. */
static void
move(struct machine *m, const struct sock_filter *f, const struct seccomp_data *data)
{
  switch (f->code)
    {
    case LOAD_WORD:
      memcpy(&m->a, (const char *)data + f->k, sizeof(m->a));
      break;
    case BPF_LD | BPF_W | BPF_LEN:
      m->a = sizeof(*data);
      break;
    case BPF_LDX | BPF_W | BPF_LEN:
      m->x = sizeof(*data);
      break;
    case BPF_LD | BPF_IMM:
      m->a = f->k;
      break;
    case BPF_LDX | BPF_IMM:
      m->x = f->k;
      break;
    case BPF_LD | BPF_MEM:
      m->a = m->memory[f->k];
      break;
    case BPF_LDX | BPF_MEM:
      m->x = m->memory[f->k];
      break;
    case BPF_ST:
      m->memory[f->k] = m->a;
      break;
    case BPF_STX:
      m->memory[f->k] = m->x;
      break;
    case BPF_MISC | BPF_TAX:
      m->x = m->a;
      break;
    default: /* BPF_TXA */
      m->a = m->x;
      break;
    }
}

uint32_t
cc_bpf_run(const struct cc_bpf *filter, const struct seccomp_data *data)
{
  struct machine m = { 0 };

  for (size_t pc = 0; pc < filter->count; pc++)
    {
      const struct sock_filter *f = &filter->code[pc];

      switch (BPF_CLASS(f->code))
        {
        case BPF_RET:
          return BPF_RVAL(f->code) == BPF_A ? m.a : f->k;
        case BPF_JMP:
          if (BPF_OP(f->code) == BPF_JA)
            pc += f->k;
          else
            pc += jumps(&m, f->code, f->k) ? f->jt : f->jf;
          break;
        case BPF_ALU:
          if (!calculate(&m, f->code, f->k))
            return SECCOMP_RET_KILL_THREAD;
          break;
        default:
          move(&m, f, data);
          break;
        }
    }
  return SECCOMP_RET_KILL_PROCESS; /* not reached: the last instruction returns */
}

/* -- many at once -- */

/* Some of the calls: bit i is the call i. */
typedef uint64_t set;

#define BLOOM_BITS 1024u

struct many
{
  struct machine m[CC_BPF_MANY];
  uint64_t loaded[BLOOM_BITS / 64]; /* what anybody ever had in A, modulo BLOOM_BITS */
  set at[BPF_MAXINSNS + 1];         /* who has come to an instruction */
};

/* Takes the first call out of *LEFT. */
static unsigned
take_first(set *left)
{
  unsigned i = (unsigned)__builtin_ctzll(*left);

  *left &= *left - 1;
  return i;
}

static void
note_loaded(struct many *s, uint32_t a)
{
  s->loaded[a % BLOOM_BITS / 64] |= (uint64_t)1 << a % 64;
}

/* Who of HERE jumps. Most comparisons of a list are with a number that nobody has. */
static set
who_jumps(const struct many *s, set here, const struct sock_filter *f)
{
  set taken = 0;

  if (f->code == (BPF_JMP | BPF_JEQ | BPF_K) && (s->loaded[f->k % BLOOM_BITS / 64] >> f->k % 64 & 1) == 0)
    return 0;
  for (set left = here; left != 0;)
    {
      unsigned i = take_first(&left);

      if (jumps(&s->m[i], f->code, f->k))
        taken |= (set)1 << i;
    }
  return taken;
}

/* Everything but jumps and returns; who of HERE goes on. */
static set
calculate_all(struct many *s, set here, const struct sock_filter *f, const struct seccomp_data *data, uint32_t *out)
{
  set on = here;

  for (set left = here; left != 0;)
    {
      unsigned i = take_first(&left);

      if (BPF_CLASS(f->code) != BPF_ALU)
        move(&s->m[i], f, &data[i]);
      else if (!calculate(&s->m[i], f->code, f->k))
        {
          out[i] = SECCOMP_RET_KILL_THREAD;
          on &= ~((set)1 << i);
        }
      note_loaded(s, s->m[i].a);
    }
  return on;
}

static void
step(struct many *s, const struct cc_bpf *filter, size_t pc, const struct seccomp_data *data, uint32_t *out)
{
  const struct sock_filter *f = &filter->code[pc];
  set here = s->at[pc];

  if (BPF_CLASS(f->code) == BPF_RET)
    for (set left = here; left != 0;)
      {
        unsigned i = take_first(&left);

        out[i] = BPF_RVAL(f->code) == BPF_A ? s->m[i].a : f->k;
      }
  else if (f->code == (BPF_JMP | BPF_JA))
    s->at[pc + 1 + f->k] |= here;
  else if (BPF_CLASS(f->code) == BPF_JMP)
    {
      set taken = who_jumps(s, here, f);

      s->at[pc + 1 + f->jt] |= taken;
      s->at[pc + 1 + f->jf] |= here & ~taken;
    }
  else
    s->at[pc + 1] |= calculate_all(s, here, f, data, out);
}

void
cc_bpf_run_many(const struct cc_bpf *filter, const struct seccomp_data *data, size_t count, uint32_t *out)
{
  static struct many s; /* too large for a stack, and its pages are touched once */

  memset(s.m, 0, count * sizeof(s.m[0]));
  memset(s.loaded, 0, sizeof(s.loaded));
  memset(s.at, 0, (filter->count + 1) * sizeof(s.at[0]));
  note_loaded(&s, 0);
  s.at[0] = count >= CC_BPF_MANY ? ~(set)0 : ((set)1 << count) - 1;
  for (size_t pc = 0; pc < filter->count; pc++)
    if (s.at[pc] != 0)
      step(&s, filter, pc, data, out);
}

bool
cc_bpf_is_allowed(uint32_t result)
{
  switch (result & SECCOMP_RET_ACTION_FULL)
    {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_USER_NOTIF:
      return true;
    default:
      return false;
    }
}
