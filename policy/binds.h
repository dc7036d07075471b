/* Bind rules (docs/mount-rules.md): what a mount source is, and whether it may be bound.
 * Used by the runtime and, later, by the Docker authorization plugin. */
#ifndef CC_POLICY_BINDS_H
#define CC_POLICY_BINDS_H

#include "common/error.h"
#include "policy/policy.h"

#include <stdbool.h>

/* The blocked places of this host, opened once: device, inode and path of each. Costs one statx per place. */
struct cc_bind_rules;

/* Prepares the rules for POLICY, which must outlive them. EXTRA_BLOCKED (may be NULL, ends with NULL) are further clean absolute paths,
 * such as an engine's data and exec root that this container showed. *OUT is the caller's. */
int cc_bind_rules_new (const struct cc_policy *policy, const char *const *extra_blocked, struct cc_bind_rules **out,
                       struct cc_error *err);
void cc_bind_rules_free (struct cc_bind_rules *rules);

/* What a source turned out to be. */
struct cc_bind_source
{
  int fd;          /* O_PATH descriptor of the object, the caller's to close; -1 none */
  char *real_path; /* its path now, without links, malloc'd */
  bool directory;
  unsigned uid, gid; /* its owner */
};

/* Opens SOURCE as the kernel would for a mount, and judges it by device, inode, mount root, ancestors and file type. READ_ONLY tells what the
 * caller asks for. 0 and *OUT filled in when it may be bound; a refusal (rule "bind-…") otherwise. */
int cc_bind_judge (const struct cc_bind_rules *rules, const char *source, bool read_only, struct cc_bind_source *out,
                   struct cc_error *err);
void cc_bind_source_clear (struct cc_bind_source *source);

#endif
