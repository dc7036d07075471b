/* The calls that are tried on a loaded filter: that the table is right, and that a filter which lacks a rule is found.
 */
#include "common/own.h"
#include "policy/seccomp_merge.h"
#include "policy/seccomp_profile.h"
#include "seccomp_eval.h"
#include "shim/seccomp_probe.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#if defined(__aarch64__)
#define NATIVE SCMP_ARCH_AARCH64
#define ARCHITECTURES "[\"SCMP_ARCH_AARCH64\",\"SCMP_ARCH_ARM\"]"
#else
#define NATIVE SCMP_ARCH_X86_64
#define ARCHITECTURES "[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]"
#endif

static void
numbers_are_libseccomps(void **state)
{
  static const uint32_t arches[][2] = {
    { AUDIT_ARCH_X86_64, SCMP_ARCH_X86_64 },   { AUDIT_ARCH_I386, SCMP_ARCH_X86 }, { CC_PROBE_X32, SCMP_ARCH_X32 },
    { AUDIT_ARCH_AARCH64, SCMP_ARCH_AARCH64 }, { AUDIT_ARCH_ARM, SCMP_ARCH_ARM },
  };

  (void)state;
  for (const struct cc_probe *p = cc_seccomp_probes; p->name != NULL; p++)
    for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++)
      {
        int known = seccomp_syscall_resolve_name_arch(arches[i][1], p->name);

        if (cc_seccomp_probe_number(p, arches[i][0]) != (known < 0 ? -1 : known))
          fail_msg("%s on 0x%08x: %d, not %d", p->name, arches[i][0], cc_seccomp_probe_number(p, arches[i][0]), known);
      }
}

/* A name that the profile allows would stop every container. */
static void
no_name_is_ever_allowed(void **state)
{
  (void)state;
  for (const struct cc_probe *p = cc_seccomp_probes; p->name != NULL; p++)
    {
      for (const char *const *name = cc_seccomp_builtin_allowed; *name != NULL; name++)
        assert_string_not_equal(p->name, *name);
      for (const struct cc_seccomp_builtin_rule *rule = cc_seccomp_builtin_rules; rule->name != NULL; rule++)
        assert_true(strcmp(p->name, rule->name) != 0 || rule->errnum != 0);
    }
}

/* -- whole filters -- */

/* What the probe says of PROFILE: the call, "" for none. */
static const char *
probe(const struct cc_jval *profile, bool network_none)
{
  static char call[128];
  struct seccomp_filter compiled;
  struct cc_error err = CC_ERROR_INIT;
  struct cc_bpf filter;

  assert_int_equal(seccomp_filter_compile(profile, NATIVE, &compiled), 0);
  if (cc_bpf_check(compiled.code, compiled.count, &filter, &err) < 0)
    fail_msg("%s", err.msg);
  call[0] = '\0';
  if (!cc_seccomp_probe(&filter, network_none, call, sizeof(call)))
    assert_string_equal(call, "");
  seccomp_filter_free(&compiled);
  return call;
}

/* The built-in profile, as a container gets it. */
static struct cc_jval *
builtin(struct cc_json *doc, bool network_none)
{
  struct cc_seccomp_options opt = { .network_none = network_none, .native = NATIVE };
  struct cc_error err = CC_ERROR_INIT;
  struct cc_jval *out = NULL;

  if (cc_seccomp_intersect(doc, NULL, &opt, &out, &err) < 0)
    fail_msg("%s", err.msg);
  return out;
}

static void
allow(struct cc_json *doc, struct cc_jval *profile, const char *name)
{
  struct cc_jval *rule = cc_jnew(doc, CC_JSON_OBJECT), *list = cc_jneed_array(doc, profile, "syscalls");

  cc_jeach(r, list)
  {
    struct cc_jval *names = cc_jget(r, "names");

    cc_jeach(n, names) if (strcmp(cc_jstr(n), name) == 0) cc_jremove(names, n);
    if (names->count == 0)
      cc_jremove(list, r);
  }
  cc_jappend_str(doc, cc_jneed_array(doc, rule, "names"), name);
  cc_jset_str(doc, rule, "action", "SCMP_ACT_ALLOW");
  cc_jappend(list, rule);
}

static void
the_builtin_profile_passes(void **state)
{
  cc_auto_json struct cc_json *doc = cc_json_new();

  (void)state;
  assert_string_equal(probe(builtin(doc, true), true), "");
  assert_string_equal(probe(builtin(doc, false), false), "");
  /* with a network there are netlink sockets, which a container without one may not have */
  assert_non_null(strstr(probe(builtin(doc, false), true), "socket with AF_NETLINK"));
}

static void
each_call_is_found(void **state)
{
  (void)state;
  for (const struct cc_probe *p = cc_seccomp_probes; p->name != NULL; p++)
    {
      cc_auto_json struct cc_json *doc = cc_json_new();
      struct cc_jval *profile = builtin(doc, true);
      const char *found;

      if (seccomp_syscall_resolve_name_arch(NATIVE, p->name) < 0)
        continue;
      allow(doc, profile, p->name);
      found = probe(profile, true);
      if (strncmp(found, p->name, strlen(p->name)) != 0)
        fail_msg("`%s` is allowed, and found is `%s`", p->name, found);
    }
}

static void
arguments_are_found(void **state)
{
  cc_auto_json struct cc_json *sockets = cc_json_new(), *clones = cc_json_new();
  struct cc_jval *profile = builtin(sockets, true);

  (void)state;
  allow(sockets, profile, "socket");
  assert_non_null(strstr(probe(profile, true), "socket with AF_"));
  profile = builtin(clones, true);
  allow(clones, profile, "clone");
  assert_non_null(strstr(probe(profile, true), "clone with CLONE_NEWUSER"));
}

/* Of Docker 26: everything but one family, which the kernel sees otherwise than the filter. */
static void
a_family_in_64_bits_is_found(void **state)
{
  static const char text[]
      = "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":" ARCHITECTURES ",\"syscalls\":["
        "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":"
        "4294967336}]}]}";
  cc_auto_json struct cc_json *doc = NULL;

  (void)state;
  assert_int_equal(cc_json_parse(text, strlen(text), "profile", &doc, NULL), 0);
  assert_non_null(strstr(probe(cc_json_root(doc), true), "socket with AF_VSOCK"));
}

static void
other_architectures_are_found(void **state)
{
#if !defined(__aarch64__)
  /* what a filter without a word about them does: the kernel's own number, whatever the architecture */
  struct sock_filter code[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
                                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
                                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
                                BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 1, 0),
                                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
                                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
  struct cc_bpf filter;
  char call[64] = "";

  assert_int_equal(cc_bpf_check(code, sizeof(code) / sizeof(code[0]), &filter, NULL), 0);
  assert_true(cc_seccomp_probe(&filter, true, call, sizeof(call)));
  assert_non_null(strstr(call, "(i386)"));
  code[2].k = SECCOMP_RET_KILL_PROCESS;
  assert_true(cc_seccomp_probe(&filter, true, call, sizeof(call)));
  assert_non_null(strstr(call, "(x32)"));
  code[6].k = SECCOMP_RET_KILL_PROCESS;
  assert_false(cc_seccomp_probe(&filter, true, call, sizeof(call)));
#endif
  (void)state;
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(numbers_are_libseccomps),       cmocka_unit_test(no_name_is_ever_allowed),
    cmocka_unit_test(the_builtin_profile_passes),    cmocka_unit_test(each_call_is_found),
    cmocka_unit_test(arguments_are_found),           cmocka_unit_test(a_family_in_64_bits_is_found),
    cmocka_unit_test(other_architectures_are_found),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
