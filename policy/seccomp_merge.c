#include "policy/seccomp_merge.h"

#include "policy/seccomp_docker.h"
#include "policy/seccomp_profile.h"
#include "policy/seccomp_rules.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DENY(errnum) ((struct cc_seccomp_action){ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(errnum) })
static const struct cc_seccomp_action allow = { "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW };

/* What one profile lets happen of one system call: alternatives, each with its action. */
struct permits
{
  struct cc_seccomp_set set;
  struct cc_seccomp_action action[CC_SECCOMP_SET_MAX];
  bool wide; /* usable only as it is: values over 32 bits */
};

/* The work on one result. */
struct merge
{
  struct cc_json *doc;
  struct cc_seccomp_table table;
  struct cc_seccomp_action fallback; /* of the result */
  struct cc_jval *rules;
  /* the rules without conditions, by action; few */
  struct
  {
    uint32_t value;
    struct cc_jval *names;
  } group[16];
  size_t groups;
  struct permits ours, callers, both;
};

/* -- what a profile permits -- */

static bool
same_action(const struct cc_seccomp_action *x, const struct cc_seccomp_action *y)
{
  return x->value == y->value;
}

static void
permit_all(struct permits *p, const struct cc_seccomp_set *set, struct cc_seccomp_action action)
{
  p->set.overflow |= set->overflow;
  for (size_t i = 0; i < set->count; i++)
    {
      size_t before = p->set.count;

      cc_seccomp_set_add(&p->set, &set->item[i]);
      if (p->set.count > before)
        p->action[before] = action;
    }
}

/* Takes out of SET what an earlier rule decides: denials come first, then the permitting rules before STOP. */
static void
subtract_earlier(struct cc_seccomp_set *set, const struct cc_seccomp_decision *d,
                 const struct cc_seccomp_condition *stop, struct cc_seccomp_action action)
{
  for (const struct cc_seccomp_condition *c = d->first; c != NULL; c = c->next)
    if (!cc_seccomp_permits(c->action))
      cc_seccomp_set_subtract(set, &c->terms);
  for (const struct cc_seccomp_condition *c = d->first; c != stop; c = c->next)
    if (cc_seccomp_permits(c->action) && !same_action(&c->action, &action))
      cc_seccomp_set_subtract(set, &c->terms);
}

static bool
has_denials(const struct cc_seccomp_decision *d)
{
  for (const struct cc_seccomp_condition *c = d->first; c != NULL; c = c->next)
    if (!cc_seccomp_permits(c->action))
      return true;
  return false;
}

/* Conditions with values over 32 bits are only passed on, and only when nothing has to be taken out of them. */
static void
permit_as_is(const struct cc_seccomp_decision *d, struct cc_seccomp_action fallback, struct permits *out)
{
  struct cc_seccomp_set one;

  if (has_denials(d) || cc_seccomp_permits(fallback))
    return;
  for (const struct cc_seccomp_condition *c = d->first; c != NULL; c = c->next)
    {
      one.count = 0;
      one.overflow = false;
      cc_seccomp_set_add(&one, &c->terms);
      permit_all(out, &one, c->action);
    }
}

static void
compute_permits(const struct cc_seccomp_decision *d, struct cc_seccomp_action fallback, struct permits *out)
{
  struct cc_seccomp_set one;
  static const struct cc_seccomp_conj always;

  out->set.count = 0;
  out->set.overflow = false;
  out->wide = d->wide && !d->unconditional;
  one.overflow = false;
  if (out->wide)
    {
      permit_as_is(d, fallback, out);
      return;
    }
  for (const struct cc_seccomp_condition *c = d->first; c != NULL && !d->unconditional; c = c->next)
    if (cc_seccomp_permits(c->action))
      {
        one.count = 0;
        cc_seccomp_set_add(&one, &c->terms);
        subtract_earlier(&one, d, c, c->action);
        permit_all(out, &one, c->action);
      }
  if (!d->unconditional ? !cc_seccomp_permits(fallback) : !cc_seccomp_permits(d->action))
    return;
  one.count = 0;
  cc_seccomp_set_add(&one, &always);
  if (!d->unconditional)
    subtract_earlier(&one, d, NULL, fallback);
  permit_all(out, &one, d->unconditional ? d->action : fallback);
}

static bool
is_always(const struct permits *p)
{
  return p->set.count == 1 && !p->set.overflow && cc_seccomp_conj_is_true(&p->set.item[0]);
}

/* Of two permitting actions the one that the kernel prefers: the lower value (TRACE, LOG, ALLOW). */
static struct cc_seccomp_action
stricter(struct cc_seccomp_action x, struct cc_seccomp_action y)
{
  return x.value <= y.value ? x : y;
}

static void
intersect_permits(const struct permits *x, const struct permits *y, struct permits *out)
{
  struct cc_seccomp_set one, two, both;

  out->set.count = 0;
  out->set.overflow = x->set.overflow || y->set.overflow;
  out->wide = false;
  if ((x->wide && !is_always(y)) || (y->wide && !is_always(x)))
    return;
  for (size_t i = 0; i < x->set.count && !out->set.overflow; i++)
    for (size_t j = 0; j < y->set.count; j++)
      {
        one.count = two.count = 0;
        one.overflow = two.overflow = false;
        cc_seccomp_set_add(&one, &x->set.item[i]);
        cc_seccomp_set_add(&two, &y->set.item[j]);
        cc_seccomp_set_and(&one, &two, &both);
        permit_all(out, &both, stricter(x->action[i], y->action[j]));
      }
  if (out->set.overflow)
    out->set.count = 0;
}

/* -- writing rules -- */

static struct cc_jval *
new_rule(struct merge *m, struct cc_seccomp_action action)
{
  struct cc_jval *rule = cc_jnew(m->doc, CC_JSON_OBJECT);
  uint32_t kind = action.value & 0xffff0000u;

  cc_jneed_array(m->doc, rule, "names");
  cc_jset_str(m->doc, rule, "action", action.name);
  if (kind == SCMP_ACT_ERRNO(0) || kind == SCMP_ACT_TRACE(0))
    cc_jset_int(m->doc, rule, "errnoRet", action.value & 0xffff);
  return rule;
}

static struct cc_jval *
rule_for(struct merge *m, const char *name, struct cc_seccomp_action action)
{
  struct cc_jval *rule = new_rule(m, action);

  cc_jappend_str(m->doc, cc_jget(rule, "names"), name);
  return rule;
}

/* A rule without conditions: NAME joins the others of the same action. */
static void
emit(struct merge *m, const char *name, struct cc_seccomp_action action)
{
  struct cc_jval *rule;

  if (action.value == m->fallback.value)
    return;
  for (size_t i = 0; i < m->groups; i++)
    if (m->group[i].value == action.value)
      {
        cc_jappend_str(m->doc, m->group[i].names, name);
        return;
      }
  rule = rule_for(m, name, action);
  cc_jappend(m->rules, rule);
  if (m->groups < sizeof(m->group) / sizeof(m->group[0]))
    {
      m->group[m->groups].value = action.value;
      m->group[m->groups++].names = cc_jget(rule, "names");
    }
}

static const char *
operator_name(int op)
{
  static const char *const names[] = {
    [SCMP_CMP_NE] = "SCMP_CMP_NE",
    [SCMP_CMP_LT] = "SCMP_CMP_LT",
    [SCMP_CMP_LE] = "SCMP_CMP_LE",
    [SCMP_CMP_EQ] = "SCMP_CMP_EQ",
    [SCMP_CMP_GE] = "SCMP_CMP_GE",
    [SCMP_CMP_GT] = "SCMP_CMP_GT",
    [SCMP_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
  };

  return names[op];
}

static void
emit_when(struct merge *m, const char *name, struct cc_seccomp_action action, const struct cc_seccomp_conj *terms)
{
  struct cc_jval *rule, *args;

  if (cc_seccomp_conj_is_true(terms))
    {
      emit(m, name, action);
      return;
    }
  rule = rule_for(m, name, action);
  args = cc_jneed_array(m->doc, rule, "args");
  for (unsigned i = 0; i < CC_SECCOMP_ARGS; i++)
    if (terms->arg[i].op != 0)
      {
        struct cc_jval *arg = cc_jnew(m->doc, CC_JSON_OBJECT);

        cc_jset_int(m->doc, arg, "index", i);
        cc_jset(m->doc, arg, "value", cc_jnew_uint(m->doc, terms->arg[i].a));
        if (terms->arg[i].op == SCMP_CMP_MASKED_EQ)
          cc_jset(m->doc, arg, "valueTwo", cc_jnew_uint(m->doc, terms->arg[i].b));
        cc_jset_str(m->doc, arg, "op", operator_name(terms->arg[i].op));
        cc_jappend(args, arg);
      }
  cc_jappend(m->rules, rule);
}

/* -- one system call -- */

static bool
is_listed(const char *const *list, const char *name)
{
  for (; *list != NULL; list++)
    if (strcmp(*list, name) == 0)
      return true;
  return false;
}

static bool
is_multiplexed(const char *name)
{
  return is_listed(cc_seccomp_ipc_calls, name) || is_listed(cc_seccomp_socket_calls, name);
}

/* The action of SIDE when it decides without conditions. */
static bool
whole(const struct merge *m, const struct cc_seccomp_entry *e, enum cc_seccomp_side side, struct cc_seccomp_action *out)
{
  const struct cc_seccomp_decision *d = &e->by[side];

  if (!d->unconditional && d->first != NULL)
    return false;
  *out = d->unconditional ? d->action : m->table.fallback[side];
  return true;
}

static size_t
terms_in(const struct cc_seccomp_conj *conj)
{
  size_t n = 0;

  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    n += conj->arg[i].op != 0;
  return n;
}

/* True when each alternative wants another value of the argument INDEX. */
static bool
told_apart_by(const struct cc_seccomp_set *set, size_t index)
{
  for (size_t i = 0; i < set->count; i++)
    {
      if (set->item[i].arg[index].op != SCMP_CMP_EQ)
        return false;
      for (size_t k = 0; k < i; k++)
        if (set->item[k].arg[index].a == set->item[i].arg[index].a)
          return false;
    }
  return true;
}

static bool
is_equality(const struct cc_seccomp_term *t)
{
  return t->op == SCMP_CMP_EQ || t->op == SCMP_CMP_NE;
}

/* A mask may be wider: those of the algebra demand zeros in the upper half. */
static bool
is_wide_range(const struct cc_seccomp_term *t)
{
  return !is_equality(t) && t->op != SCMP_CMP_MASKED_EQ && t->a > UINT32_MAX;
}

/* True when no alternative has more than one condition, and they are all equalities, or on one argument and of 32 bits.
 */
static bool
are_simple(const struct cc_seccomp_set *set)
{
  unsigned arguments = 0;
  bool equalities = true, wide = false;

  for (size_t k = 0; k < set->count; k++)
    {
      if (terms_in(&set->item[k]) > 1)
        return false;
      for (unsigned i = 0; i < CC_SECCOMP_ARGS; i++)
        if (set->item[k].arg[i].op != 0)
          {
            arguments |= 1u << i;
            equalities &= is_equality(&set->item[k].arg[i]);
            wide |= is_wide_range(&set->item[k].arg[i]);
          }
    }
  return equalities || ((arguments & (arguments - 1)) == 0 && !wide);
}

/* The lowest argument that a condition is on: the one that libseccomp compares first. */
static size_t
first_argument(const struct cc_seccomp_set *set)
{
  for (size_t i = 0; i < CC_SECCOMP_ARGS; i++)
    for (size_t k = 0; k < set->count; k++)
      if (set->item[k].arg[i].op != 0)
        return i;
  return 0;
}

/* libseccomp 2.5.4 compiles some sets of alternatives on several arguments to filters that allow too much, and never
 * returns from others: (a0 <= 2^28), (a0 >= 2^32) allows what lies between; (a0 == 9), (a0 != 0, a1 == 1), (a0 != 0, a2
 * == 2) never ends; (a0 == 0), (a0 == 40, a1 == 9) can allow (40, 0), since the block for "a0 == 0" is shared with
 * another call and entered with a1 loaded. What it gets right: one alternative, and simple ones
 * (tests/fuzz/fuzz_seccomp.c). */
static bool
can_be_built(const struct cc_seccomp_set *set)
{
  return set->count <= 1 || are_simple(set);
}

/* Of the built-in profile only netlink's rule for socket(2) has two conditions. The last of those errors can at worst
 * let a netlink protocol pass that has the number of an allowed family (1 and 10 are no protocols, 2 talks between
 * processes). */
static bool
is_netlink_rule(const struct cc_seccomp_entry *e, const struct cc_seccomp_set *set)
{
  bool wanted = false;

  for (const struct cc_seccomp_condition *c = e->by[CC_SECCOMP_OURS].first; c != NULL; c = c->next)
    wanted |= terms_in(&c->terms) > 1;
  return wanted && told_apart_by(set, first_argument(set));
}

/* Drops what another alternative of the same action covers. */
static void
absorb(struct permits *p)
{
  for (size_t i = 0; i < p->set.count;)
    {
      bool covered = false;

      for (size_t k = 0; k < p->set.count && !covered; k++)
        covered = k != i && same_action(&p->action[k], &p->action[i])
                  && cc_seccomp_conj_covers(&p->set.item[k], &p->set.item[i]);
      if (!covered)
        {
          i++;
          continue;
        }
      p->set.count--;
      p->set.item[i] = p->set.item[p->set.count];
      p->action[i] = p->action[p->set.count];
    }
}

/* Fills m->both with what is allowed of E. */
static void
intersect_entry(struct merge *m, const struct cc_seccomp_entry *e)
{
  compute_permits(&e->by[CC_SECCOMP_OURS], m->table.fallback[CC_SECCOMP_OURS], &m->ours);
  compute_permits(&e->by[CC_SECCOMP_CALLERS], m->table.fallback[CC_SECCOMP_CALLERS], &m->callers);
  intersect_permits(&m->callers, &m->ours, &m->both);
  absorb(&m->both);
  if (!can_be_built(&m->both.set) && !is_netlink_rule(e, &m->both.set))
    m->both.set.count = 0;
}

/* Keeps the caller's conditional denials, which differ from the default only in their errno or signal. Not those of
 * multiplexed calls: on i386 libseccomp would find two actions for one rule of the multiplexer (EEXIST). */
static void
keep_denials(struct merge *m, const struct cc_seccomp_entry *e)
{
  const struct cc_seccomp_decision *d = &e->by[CC_SECCOMP_CALLERS];
  struct cc_seccomp_set all;

  if (d->unconditional || d->wide || m->both.set.count == 0 || is_multiplexed(e->name))
    return;
  all = m->both.set;
  for (const struct cc_seccomp_condition *c = d->first; c != NULL; c = c->next)
    cc_seccomp_set_add(&all, &c->terms);
  if (all.overflow || !can_be_built(&all))
    return;
  for (const struct cc_seccomp_condition *c = d->first; c != NULL; c = c->next)
    {
      bool first = !cc_seccomp_permits(c->action) && c->action.value != m->fallback.value;

      for (const struct cc_seccomp_condition *b = d->first; b != c && first; b = b->next)
        first = cc_seccomp_conj_disjoint(&b->terms, &c->terms) || cc_seccomp_permits(b->action);
      if (first)
        emit_when(m, e->name, c->action, &c->terms);
    }
}

static void
merge_entry(struct merge *m, const struct cc_seccomp_entry *e)
{
  struct cc_seccomp_action ours, callers;
  bool ours_whole = whole(m, e, CC_SECCOMP_OURS, &ours), callers_whole = whole(m, e, CC_SECCOMP_CALLERS, &callers);

  m->both.set.count = 0;
  if (callers_whole && !cc_seccomp_permits(callers))
    emit(m, e->name, callers);
  else if (ours_whole && !cc_seccomp_permits(ours))
    emit(m, e->name, e->by[CC_SECCOMP_OURS].unconditional ? ours : m->fallback);
  else if (ours_whole && callers_whole)
    emit(m, e->name, stricter(ours, callers));
  else
    {
      intersect_entry(m, e);
      for (size_t i = 0; i < m->both.set.count; i++)
        emit_when(m, e->name, m->both.action[i], &m->both.set.item[i]);
      keep_denials(m, e);
    }
}

/* -- the multiplexers of i386 -- */

/* A denial of NAME that the runtimes do not skip. */
static void
deny_first(struct merge *m, const char *name)
{
  struct cc_seccomp_entry *e = cc_seccomp_table_find(&m->table, name, false);
  struct cc_seccomp_action action = DENY(ENOSYS);

  if (e != NULL && e->by[CC_SECCOMP_CALLERS].unconditional && !cc_seccomp_permits(e->by[CC_SECCOMP_CALLERS].action))
    action = e->by[CC_SECCOMP_CALLERS].action;
  if (action.value == m->fallback.value)
    action = m->fallback.value == SCMP_ACT_ERRNO(ENOSYS) ? DENY(EPERM) : DENY(ENOSYS);
  cc_jprepend(m->rules, rule_for(m, name, action));
}

enum parts
{
  PARTS_ALLOWED,
  PARTS_SOME_DENIED,
  PARTS_CONDITIONAL
};

static enum parts
ipc_parts(struct merge *m)
{
  enum parts found = PARTS_ALLOWED;

  for (const char *const *name = cc_seccomp_ipc_calls; *name != NULL; name++)
    {
      struct cc_seccomp_entry *e = cc_seccomp_table_find(&m->table, *name, true);

      intersect_entry(m, e);
      if (m->both.set.count == 0)
        found = PARTS_SOME_DENIED;
      else if (!is_always(&m->both))
        return PARTS_CONDITIONAL;
    }
  return found;
}

/* A decision that no single rule for ipc can carry, or that the rules of its parts would undo on i386. */
static bool
needs_denial(const struct cc_seccomp_decision *ipc)
{
  return ipc->unconditional ? !cc_seccomp_permits(ipc->action) : ipc->first != NULL;
}

/* ipc(2): each allowed part brings its own rule for it. Left out when a profile that allows by default denies a part;
 * refused as a whole when a part, or ipc itself, is conditional, since then no rule says what is meant. */
static void
merge_ipc(struct merge *m)
{
  struct cc_seccomp_entry *e = cc_seccomp_table_find(&m->table, "ipc", true);
  const struct cc_seccomp_decision *ours = &e->by[CC_SECCOMP_OURS], *callers = &e->by[CC_SECCOMP_CALLERS];
  enum parts parts = ipc_parts(m);

  if (parts == PARTS_CONDITIONAL || needs_denial(ours) || needs_denial(callers))
    deny_first(m, "ipc");
  else if (parts == PARTS_ALLOWED || (ours->unconditional && callers->unconditional))
    merge_entry(m, e);
}

/* -- a profile's other members -- */

static int
read_arch(const struct cc_jval *word, uint32_t *out, struct cc_error *err)
{
  static const char prefix[] = "SCMP_ARCH_";
  const char *name = cc_jstr(word);
  char lower[32];
  size_t n = 0;

  if (name != NULL && strncmp(name, prefix, sizeof(prefix) - 1) == 0)
    for (name += sizeof(prefix) - 1;
         n < sizeof(lower) - 1 && (isupper((unsigned char)*name) || isdigit((unsigned char)*name) || *name == '_');
         name++)
      lower[n++] = (char)tolower((unsigned char)*name);
  lower[n] = '\0';
  *out = n > 0 && *name == '\0' ? seccomp_arch_resolve_name(lower) : 0;
  if (*out == 0)
    return cc_error_refuse(err, CC_SECCOMP_RULE,
                           "the seccomp architecture `%.64s`: unknown; use one of the runtime specification",
                           cc_jstr(word) != NULL ? cc_jstr(word) : "");
  return 0;
}

/* The architectures whose programs a machine can run, its own first. */
static const struct family
{
  uint32_t native;
  const char *names[4];
} families[] = {
  { SCMP_ARCH_X86_64, { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" } },
  { SCMP_ARCH_AARCH64, { "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" } },
  { SCMP_ARCH_X86, { "SCMP_ARCH_X86" } },
  { SCMP_ARCH_ARM, { "SCMP_ARCH_ARM" } },
  { SCMP_ARCH_PPC64LE, { "SCMP_ARCH_PPC64LE" } },
  { SCMP_ARCH_S390X, { "SCMP_ARCH_S390X", "SCMP_ARCH_S390" } },
  { SCMP_ARCH_RISCV64, { "SCMP_ARCH_RISCV64" } },
};

static const struct family *
family_of(uint32_t native)
{
  for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
    if (families[i].native == native)
      return &families[i];
  return NULL;
}

static int
merge_architectures(struct merge *m, const struct cc_jval *caller, const struct cc_jval *ours, uint32_t native,
                    struct cc_jval *out, struct cc_error *err)
{
  const struct family *family = family_of(native);
  const struct cc_jval *list = cc_jget(caller, "architectures"), *only = cc_jget(ours, "architectures");
  struct cc_jval *archs = cc_jneed_array(m->doc, out, "architectures");
  uint32_t token;

  if (family == NULL)
    return cc_error_set(err, 0, "no seccomp profile for this machine's architecture (libseccomp's 0x%x)", native);
  if (list != NULL && !cc_jis(list, CC_JSON_ARRAY) && !cc_jis(list, CC_JSON_NULL))
    return cc_error_refuse(err, CC_SECCOMP_RULE, "seccomp `architectures`: not a list; correct the profile");
  cc_jeach(arch, list)
  {
    if (read_arch(arch, &token, err) < 0)
      return CC_FAILED;
    if (is_listed(family->names, arch->text) && !cc_jarray_has(archs, arch->text)
        && (only == NULL || only->count == 0 || cc_jarray_has(only, arch->text)))
      cc_jappend_str(m->doc, archs, arch->text);
  }
  if (archs->count > 0)
    return 0;
  /* None: the family. Only foreign ones: the machine's own, which the runtimes filter in any case. */
  for (size_t i = 0; family->names[i] != NULL && (i == 0 || list == NULL || list->count == 0); i++)
    cc_jappend_str(m->doc, archs, family->names[i]);
  return 0;
}

/* Only LOG stays. SPEC_ALLOW turns a CPU mitigation off; WAIT_KILLABLE_RECV belongs to a listener; TSYNC is the
 * runtime's own business. An empty list stays one: without any, runc and crun set SPEC_ALLOW themselves. */
static int
merge_flags(struct merge *m, const struct cc_jval *caller, struct cc_jval *out, struct cc_error *err)
{
  static const char *const known[]
      = { "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
          "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", NULL };
  const struct cc_jval *flags = cc_jget(caller, "flags");
  struct cc_jval *kept;

  if (flags == NULL || cc_jis(flags, CC_JSON_NULL))
    return 0;
  if (!cc_jis(flags, CC_JSON_ARRAY))
    return cc_error_refuse(err, CC_SECCOMP_RULE, "seccomp `flags`: not a list; correct the profile");
  kept = cc_jneed_array(m->doc, out, "flags");
  cc_jeach(flag, flags)
  {
    if (cc_jstr(flag) == NULL || !is_listed(known, flag->text))
      return cc_error_refuse(err, CC_SECCOMP_RULE, "the seccomp flag `%.64s`: unknown; leave it out",
                             cc_jstr(flag) != NULL ? flag->text : "");
    if (strcmp(flag->text, known[0]) == 0 && kept->count == 0)
      cc_jappend_str(m->doc, kept, flag->text);
  }
  return 0;
}

static void
set_default(struct merge *m, const struct cc_jval *caller, struct cc_jval *out)
{
  const struct cc_jval *number = cc_jget(caller, "defaultErrnoRet");
  bool is_errno = (m->fallback.value & 0xffff0000u) == SCMP_ACT_ERRNO(0);

  cc_jset_str(m->doc, out, "defaultAction", m->fallback.name);
  /* Written only when it was there, or is not what its absence means: runc before 1.1 does not know it. */
  if (is_errno && ((number != NULL && !cc_jis(number, CC_JSON_NULL)) || m->fallback.value != SCMP_ACT_ERRNO(EPERM)))
    cc_jset_int(m->doc, out, "defaultErrnoRet", m->fallback.value & 0xffff);
}

/* -- whole profiles -- */

static void
read_builtin(struct cc_seccomp_table *table, bool network_none)
{
  table->fallback[CC_SECCOMP_OURS] = DENY(CC_SECCOMP_BUILTIN_DEFAULT_ERRNO);
  for (const char *const *name = cc_seccomp_builtin_allowed; *name != NULL; name++)
    cc_seccomp_table_add(table, CC_SECCOMP_OURS, *name, allow, NULL);
  for (const struct cc_seccomp_builtin_rule *r = cc_seccomp_builtin_rules; r->name != NULL; r++)
    {
      if (r->when == CC_SECCOMP_WITH_NETWORK && network_none)
        continue;
      if (r->errnum != 0)
        cc_seccomp_table_add(table, CC_SECCOMP_OURS, r->name, DENY(r->errnum), NULL);
      else
        cc_seccomp_table_add(table, CC_SECCOMP_OURS, r->name, allow, &r->terms);
    }
}

/* CALLER (NULL: everything is allowed) narrowed by OURS (NULL: the built-in profile). */
static int
merge(struct cc_json *doc, const struct cc_jval *caller, const struct cc_jval *ours, bool network_none, uint32_t native,
      struct cc_jval **out, struct cc_error *err)
{
  struct merge m;
  struct cc_jval *made = cc_jnew(doc, CC_JSON_OBJECT);

  m.doc = doc;
  m.groups = 0;
  cc_seccomp_table_init(&m.table, doc,
                        cc_seccomp_names(caller) + cc_seccomp_names(ours) + cc_seccomp_builtin_allowed_count + 32);
  m.table.fallback[CC_SECCOMP_CALLERS] = allow;
  if (caller != NULL && cc_seccomp_read(&m.table, CC_SECCOMP_CALLERS, caller, err) < 0)
    return CC_FAILED;
  if (ours == NULL)
    read_builtin(&m.table, network_none);
  else if (cc_seccomp_read(&m.table, CC_SECCOMP_OURS, ours, err) < 0)
    return CC_FAILED;
  /* One of the two denies by default: the built-in profile, or the CALLER that it already narrowed. */
  m.fallback = m.table.fallback[CC_SECCOMP_CALLERS];
  if (cc_seccomp_permits(m.fallback))
    m.fallback = m.table.fallback[CC_SECCOMP_OURS];
  set_default(&m, caller, made);
  if (merge_architectures(&m, caller, ours, native, made, err) < 0 || merge_flags(&m, caller, made, err) < 0)
    return CC_FAILED;
  m.rules = cc_jneed_array(doc, made, "syscalls");
  for (const struct cc_seccomp_entry *e = m.table.first; e != NULL; e = e->next)
    if (strcmp(e->name, "ipc") != 0 && strcmp(e->name, "socketcall") != 0)
      merge_entry(&m, e);
  merge_ipc(&m);
  deny_first(&m, "socketcall");
  *out = made;
  return 0;
}

int
cc_seccomp_intersect(struct cc_json *doc, const struct cc_jval *caller, const struct cc_seccomp_options *opt,
                     struct cc_jval **out, struct cc_error *err)
{
  uint32_t native = opt->native != 0 ? opt->native : seccomp_arch_native();
  struct cc_jval *made;

  if (merge(doc, caller, NULL, opt->network_none, native, &made, err) < 0)
    return CC_FAILED;
  if (opt->narrow != NULL
      && merge(doc, made, cc_seccomp_from_docker(doc, opt->narrow, native), opt->network_none, native, &made, err) < 0)
    return cc_error_prefix(err, "the profile to narrow by (seccompProfile of the configuration)");
  *out = made;
  return 0;
}

size_t
cc_seccomp_count(const struct cc_jval *profile)
{
  size_t n = 0;

  cc_jeach(rule, cc_jget(profile, "syscalls"))
  {
    const char *action = cc_jget_str(rule, "action");
    const struct cc_jval *names = cc_jget(rule, "names");

    if (action != NULL && strcmp(action, allow.name) == 0 && cc_jis(names, CC_JSON_ARRAY))
      n += names->count;
  }
  return n;
}
