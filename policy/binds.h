/* Bind rules (docs/mount-rules.md): what a mount source is, and whether it may be bound.
 * Used by the runtime and, later, by the Docker authorization plugin. */
#ifndef CC_POLICY_BINDS_H
#define CC_POLICY_BINDS_H

#include "common/error.h"
#include "policy/policy.h"

#include <stdbool.h>

/* The blocked places of this host, opened once: device, inode and path of each. Costs one statx per place. */
struct cc_bind_rules;

/* Prepares the rules for POLICY, which must outlive them. EXTRA_BLOCKED (may be NULL, ends with NULL) are further clean
 * absolute paths, such as an engine's data and exec root that this container showed. *OUT is the caller's. */
int cc_bind_rules_new(const struct cc_policy *policy, const char *const *extra_blocked, struct cc_bind_rules **out,
                      struct cc_error *err);
void cc_bind_rules_free(struct cc_bind_rules *rules);

/* PREFIX (clean absolute) is this container's own below an engine's place, such as its pod's volumes: what lies below
 * it is not refused for being there, and still judged by what it is. */
void cc_bind_rules_exempt(struct cc_bind_rules *rules, const char *prefix);

/* What a source turned out to be. */
struct cc_bind_source
{
  int fd;          /* O_PATH descriptor of the object, the caller's to close; -1 none */
  char *real_path; /* its path now, without links, malloc'd */
  bool directory;
  bool submounts;    /* other mounts lie below it */
  unsigned uid, gid; /* its owner */
};

/* Opens SOURCE as the kernel would for a mount, and judges it by device, inode, mount root, ancestors and file type.
 * READ_ONLY tells what the caller asks for. 0 and *OUT filled in when it may be bound; a refusal (rule "bind-…")
 * otherwise. */
int cc_bind_judge(const struct cc_bind_rules *rules, const char *source, bool read_only, struct cc_bind_source *out,
                  struct cc_error *err);

/* The same for a SOURCE where nothing is yet, judged as the plain directory that an engine would make there (`-v` of
 * Docker, a volume): for those who ask before. What is made meanwhile is judged by cc_bind_judge. Where the caller may
 * not look, the path alone is judged. */
int cc_bind_judge_missing(const struct cc_bind_rules *rules, const char *source, bool read_only, struct cc_error *err);

void cc_bind_source_clear(struct cc_bind_source *source);

/* Judges ROOTFS_FD, a container's root filesystem: it may not be, hold, or lie in a place of the host itself. Engines'
 * and root's own directories are where root filesystems live, so only holding them counts. Refuses with the rule
 * "rootfs-blocked". *BELOW: something is mounted below it, which runtimes take along. */
int cc_bind_judge_rootfs(const struct cc_bind_rules *rules, int rootfs_fd, bool *below, struct cc_error *err);

#endif
