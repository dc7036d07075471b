/* A caller's seccomp profile, narrowed and compiled as the runtimes do: it never allows a call that the built-in
 * profile or the caller's own one denies, and compiles whenever the caller's does.
 *
 * The input is a profile as JSON when it begins with '{' (with members `caller` and `narrow`: two profiles); any other
 * input is a recipe whose bytes choose actions, names and conditions, which reaches further than mutated text. */
#include "common/json.h"
#include "policy/seccomp_merge.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/seccomp_eval.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const char *const names[]
    = { "socket", "socketpair", "clone",      "personality", "ipc",    "shmget", "semop",
        "read",   "dup",        "socketcall", "bind",        "clone3", "bpf",    "connect" };
static const char *const words[]
    = { "ERRNO", "ALLOW", "KILL", "ALLOW", "LOG", "ALLOW", "TRAP", "TRACE", "KILL_PROCESS" };
static const char *const operators[] = { "NE", "EQ", "MASKED_EQ", "LT", "LE", "GE", "GT" };
#define MASK 2 /* after the plain ones */
static const uint64_t values[]
    = { 0, 1, 2, 3, 10, 16, 38, 40, 0x20000, 0x7e020000, 0x10000000, 0x7fffffff, 0xffffffff, 0x100000002, UINT64_MAX };
static const uint32_t machines[][3]
    = { { SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_X32 }, { SCMP_ARCH_AARCH64, SCMP_ARCH_ARM, 0 } };

/* -- a profile from a recipe -- */

struct recipe
{
  const uint8_t *at, *end;
};

static unsigned
choose(struct recipe *r, unsigned below)
{
  return r->at < r->end ? *r->at++ % below : 0;
}

static void
set_word(struct cc_json *doc, struct cc_jval *obj, const char *key, const char *prefix, const char *word)
{
  char text[64];

  snprintf(text, sizeof(text), "%s%s", prefix, word);
  cc_jset_str(doc, obj, key, text);
}

static struct cc_jval *
cook_condition(struct cc_json *doc, struct recipe *r, bool any)
{
  struct cc_jval *arg = cc_jnew(doc, CC_JSON_OBJECT);
  uint64_t a = values[choose(r, N(values))], b = values[choose(r, N(values))];
  unsigned op = choose(r, any ? N(operators) : MASK);

  if (op == MASK && a == 0)
    a = 1;
  cc_jset_int(doc, arg, "index", choose(r, 3));
  cc_jset(doc, arg, "value", cc_jnew_uint(doc, a));
  cc_jset(doc, arg, "valueTwo", cc_jnew_uint(doc, a & b));
  set_word(doc, arg, "op", "SCMP_CMP_", operators[op]);
  return arg;
}

static struct cc_jval *
cook_rule(struct cc_json *doc, struct recipe *r)
{
  struct cc_jval *rule = cc_jnew(doc, CC_JSON_OBJECT);
  struct cc_jval *list = cc_jneed_array(doc, rule, "names"), *args = cc_jneed_array(doc, rule, "args");
  unsigned conditions = choose(r, 4);

  for (unsigned n = 1 + choose(r, 2); n > 0; n--)
    cc_jappend_str(doc, list, names[choose(r, N(names))]);
  set_word(doc, rule, "action", "SCMP_ACT_", words[choose(r, N(words))]);
  if (choose(r, 2))
    cc_jset_int(doc, rule, "errnoRet", choose(r, 40));
  /* libseccomp 2.5.4 itself never returns from some rules with several conditions and ranges or masks among them */
  for (unsigned n = 0; n < conditions; n++)
    cc_jappend(args, cook_condition(doc, r, conditions == 1));
  return rule;
}

static struct cc_jval *
cook(struct cc_json *doc, struct recipe *r)
{
  struct cc_jval *profile = cc_jnew(doc, CC_JSON_OBJECT), *rules = cc_jneed_array(doc, profile, "syscalls");

  set_word(doc, profile, "defaultAction", "SCMP_ACT_", words[choose(r, N(words))]);
  if (choose(r, 2))
    cc_jset_int(doc, profile, "defaultErrnoRet", choose(r, 40));
  for (unsigned n = choose(r, 24); n > 0 && r->at < r->end; n--)
    cc_jappend(rules, cook_rule(doc, r));
  return profile;
}

/* -- what a profile means, rule by rule, without any algebra -- */

static bool
term_holds(const struct cc_jval *arg, const uint64_t args[6], bool narrow)
{
  uint64_t index = 0, a = 0, b = 0, v;

  cc_juint64(cc_jget(arg, "index"), &index);
  cc_juint64(cc_jget(arg, "value"), &a);
  cc_juint64(cc_jget(arg, "valueTwo"), &b);
  v = args[index];
  if (narrow)
    v = (uint32_t)v, a = (uint32_t)a, b = (uint32_t)b;
  switch (operator_of(cc_jget(arg, "op")))
    {
    case SCMP_CMP_NE:
      return v != a;
    case SCMP_CMP_LT:
      return v < a;
    case SCMP_CMP_LE:
      return v <= a;
    case SCMP_CMP_EQ:
      return v == a;
    case SCMP_CMP_GE:
      return v >= a;
    case SCMP_CMP_GT:
      return v > a;
    default:
      return (v & a) == b;
    }
}

static bool
rule_holds(const struct cc_jval *conditions, const uint64_t args[6], bool narrow)
{
  unsigned seen[6] = { 0 };
  bool all = true, any = false, alternatives = false;

  cc_jeach(arg, conditions)
  {
    uint64_t index = 0;
    bool holds = term_holds(arg, args, narrow);

    cc_juint64(cc_jget(arg, "index"), &index);
    alternatives |= seen[index]++ > 0;
    all &= holds;
    any |= holds;
  }
  return alternatives ? any : all;
}

static bool
is_permission(uint32_t action)
{
  return action == SCMP_ACT_ALLOW || action == SCMP_ACT_LOG || (action & 0xffff0000u) == SCMP_ACT_TRACE(0);
}

/* True when PROFILE surely denies the call: first unconditional rule, else a denial that holds, else no permission. */
static bool
means_denied(const struct cc_jval *profile, const char *name, const uint64_t args[6], bool narrow)
{
  uint32_t fallback = action_of(cc_jget(profile, "defaultAction"), cc_jget(profile, "defaultErrnoRet"));
  bool permitted = is_permission(fallback), denied = false;

  cc_jeach(rule, cc_jget(profile, "syscalls"))
  {
    uint32_t action = action_of(cc_jget(rule, "action"), cc_jget(rule, "errnoRet"));
    const struct cc_jval *conditions = cc_jget(rule, "args");

    if (action == fallback || !cc_jarray_has(cc_jget(rule, "names"), name))
      continue;
    if (conditions == NULL || conditions->count == 0)
      return !is_permission(action);
    if (rule_holds(conditions, args, narrow))
      *(is_permission(action) ? &permitted : &denied) = true;
  }
  return denied || !permitted;
}

/* -- the check -- */

struct subject
{
  const struct cc_jval *profile[2]; /* the caller's, and the one to narrow by; NULL: none */
  struct seccomp_filter result;
  const struct seccomp_filter *builtin;
};

/* True when the runtimes would take PROFILE alone, for the architectures of RESULT. */
static bool
compiles(struct cc_json *doc, const struct cc_jval *profile, const struct cc_jval *result, uint32_t native)
{
  struct cc_jval *same = cc_jcopy(doc, profile);
  struct seccomp_filter f = { 0 };
  int rc;

  cc_jset(doc, same, "architectures", cc_jcopy(doc, cc_jget(result, "architectures")));
  rc = seccomp_filter_compile(same, native, &f);
  seccomp_filter_free(&f);
  return rc == 0;
}

static void
check_call(const struct subject *s, uint32_t arch, const char *name, int nr, const uint64_t args[6])
{
  bool narrow = arch != SCMP_ARCH_X86_64 && arch != SCMP_ARCH_AARCH64;

  if (!seccomp_filter_allows(&s->result, arch, nr, args))
    return;
  if (!seccomp_filter_allows(s->builtin, arch, nr, args))
    abort();
  for (size_t i = 0; i < 2; i++)
    if (s->profile[i] != NULL && means_denied(s->profile[i], name, args, narrow))
      abort();
}

static void
check_arch(const struct subject *s, uint32_t arch)
{
  for (size_t i = 0; i < N(names); i++)
    for (size_t a = 0; a < N(values); a++)
      for (size_t b = 0; b < 4; b++)
        {
          const uint64_t args[6] = { values[a], values[b], values[(a + b) % N(values)] };
          int nr = seccomp_syscall_resolve_name_arch(arch, names[i]);

          if (arch == SCMP_ARCH_X86 && strcmp(names[i], "socket") == 0)
            nr = 359;
          /* i386's ipc is what its parts say when a profile does not name it */
          if (nr >= 0 && strcmp(names[i], "ipc") != 0)
            check_call(s, arch, names[i], nr, args);
        }
}

static const struct seccomp_filter *
builtin_filter(size_t machine)
{
  static struct seccomp_filter made[N(machines)];

  if (made[machine].code == NULL)
    {
      struct cc_seccomp_options opt = { .network_none = true, .native = machines[machine][0] };
      struct cc_json *doc = cc_json_new();
      struct cc_jval *profile = NULL;

      if (cc_seccomp_intersect(doc, NULL, &opt, &profile, NULL) < 0
          || seccomp_filter_compile(profile, machines[machine][0], &made[machine]) < 0)
        abort();
      cc_json_free(doc);
    }
  return &made[machine];
}

static void
check(struct cc_json *doc, const struct cc_jval *caller, const struct cc_jval *narrow, size_t machine)
{
  struct subject s = { .profile = { caller, narrow }, .builtin = builtin_filter(machine) };
  struct cc_seccomp_options opt = { .network_none = true, .native = machines[machine][0], .narrow = narrow };
  struct cc_error err = CC_ERROR_INIT;
  struct cc_jval *profile = NULL;

  if (cc_seccomp_intersect(doc, caller, &opt, &profile, &err) < 0)
    {
      if (err.msg[0] == '\0')
        abort();
      return;
    }
  if (seccomp_filter_compile(profile, opt.native, &s.result) == 0)
    for (size_t i = 0; i < 3 && machines[machine][i] != 0; i++)
      check_arch(&s, machines[machine][i]);
  else if (compiles(doc, caller, profile, opt.native) && (narrow == NULL || compiles(doc, narrow, profile, opt.native)))
    abort();
  seccomp_filter_free(&s.result);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct cc_json *doc = NULL;
  const struct cc_jval *caller, *narrow = NULL;

  if (size > 1 << 14)
    return 0;
  if (size > 0 && data[0] == '{')
    {
      if (cc_json_parse((const char *)data, size, "input", &doc, NULL) < 0)
        return 0;
      caller = cc_json_root(doc);
      narrow = cc_jget(caller, "narrow");
      if (cc_jget(caller, "caller") != NULL)
        caller = cc_jget(caller, "caller");
    }
  else
    {
      struct recipe r = { data, data + size };
      bool two;

      doc = cc_json_new();
      two = choose(&r, 2) == 1;
      caller = cook(doc, &r);
      narrow = two ? cook(doc, &r) : NULL;
    }
  check(doc, caller, narrow, size % N(machines));
  cc_json_free(doc);
  return 0;
}
