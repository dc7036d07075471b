/* A seccomp profile as a table of decisions by name. Private to policy/seccomp_*.c. */
#ifndef CC_POLICY_SECCOMP_RULES_H
#define CC_POLICY_SECCOMP_RULES_H

#include "common/error.h"
#include "common/json.h"
#include "policy/seccomp_terms.h"

#define CC_SECCOMP_RULE "seccomp-profile"

/* `value` is libseccomp's, with the errno in it: what the runtimes compare. `name` is the word in the profile. */
struct cc_seccomp_action
{
  const char *name;
  uint32_t value;
};

struct cc_seccomp_condition
{
  struct cc_seccomp_conj terms;
  struct cc_seccomp_action action;
  struct cc_seccomp_condition *next;
};

/* What one profile says about one system call, with the meaning that runc and crun give it: a rule that equals
 * the default action is skipped, the first rule without conditions decides alone, else the conditional ones do. */
struct cc_seccomp_decision
{
  bool unconditional;
  bool wide; /* some condition has a value over 32 bits */
  struct cc_seccomp_action action;
  struct cc_seccomp_condition *first, *last;
};

enum cc_seccomp_side
{
  CC_SECCOMP_OURS,
  CC_SECCOMP_CALLERS,
  CC_SECCOMP_SIDES
};

struct cc_seccomp_entry
{
  const char *name;
  uint32_t hash;
  struct cc_seccomp_decision by[CC_SECCOMP_SIDES];
  struct cc_seccomp_entry *next; /* in order of first appearance */
};

struct cc_seccomp_table
{
  struct cc_json *doc; /* whose arena everything lies in */
  struct cc_seccomp_entry **slot;
  uint32_t mask;
  struct cc_seccomp_entry *first, *last;
  struct cc_seccomp_action fallback[CC_SECCOMP_SIDES]; /* the default actions */
};

/* An action lets the call happen when it is ALLOW, LOG, or TRACE. TRACE counts as such because a process
 * inside the container can be the tracer. */
bool cc_seccomp_permits(struct cc_seccomp_action action);

/* Makes an empty table in DOC's arena for up to NAMES different names. */
void cc_seccomp_table_init(struct cc_seccomp_table *table, struct cc_json *doc, size_t names);

/* The entry of NAME, which must outlive the table; made when CREATE. NULL when there is none. */
struct cc_seccomp_entry *cc_seccomp_table_find(struct cc_seccomp_table *table, const char *name, bool create);

/* Adds one rule of SIDE. TERMS NULL: without conditions. */
void cc_seccomp_table_add(struct cc_seccomp_table *table, enum cc_seccomp_side side, const char *name,
                          struct cc_seccomp_action action, const struct cc_seccomp_conj *terms);

/* How many names PROFILE lists, counting repetitions. */
size_t cc_seccomp_names(const struct cc_jval *profile);

/* Reads the rules of PROFILE (linux.seccomp of the runtime specification) as SIDE. Strict: refuses with the rule
 * "seccomp-profile" what a runtime would not take or would read in its own way, and with "seccomp-listener" what would
 * hand the decision to a process outside. */
int cc_seccomp_read(struct cc_seccomp_table *table, enum cc_seccomp_side side, const struct cc_jval *profile,
                    struct cc_error *err);

#endif
