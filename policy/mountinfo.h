/* The mounts of a namespace (proc_pid_mountinfo(5)), for rules that need more than a path. */
#ifndef CC_POLICY_MOUNTINFO_H
#define CC_POLICY_MOUNTINFO_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One mount. The strings belong to the table; escapes such as \040 are undone. */
struct cc_mount
{
  uint64_t id;           /* statx's stx_mnt_id */
  uint64_t parent;       /* the mount that it is on */
  uint32_t major, minor; /* of the filesystem */
  const char *root;      /* the directory of the filesystem that is mounted */
  const char *point;     /* where, relative to the process's root */
  const char *options;   /* of the mount: "ro,nosuid,relatime" */
  const char *type;      /* "ext4" */
  const char *super;     /* options of the filesystem: "rw,size=65536k"; "" when there are none */
  bool shared;           /* mounts travel from here to its peers */
};

struct cc_mountinfo
{
  char *text;
  struct cc_mount *items;
  size_t count;
};

#define CC_MOUNTINFO_INIT                                                                                              \
  {                                                                                                                    \
    NULL, NULL, 0                                                                                                      \
  }

/* More than this is not a host's mount table but an attempt to use up memory; the kernel's own
 * limit (fs.mount-max) is 100000 mounts. */
#define CC_MOUNTINFO_MAX (32u << 20)

/* Reads /proc/self/mountinfo into *OUT, the caller's (cc_mountinfo_clear). */
int cc_mountinfo_load(struct cc_mountinfo *out, struct cc_error *err);

/* The same from TEXT, malloc'd, which *OUT takes over on success. A line that is not understood is an error. */
int cc_mountinfo_parse(char *text, struct cc_mountinfo *out, struct cc_error *err);

/* True when OPTIONS, a list with commas, has WORD. */
bool cc_mountinfo_has(const char *options, const char *word);

/* The mount with this id, or NULL. */
const struct cc_mount *cc_mountinfo_find(const struct cc_mountinfo *table, uint64_t id);

/* Whether something is mounted below the mount whose root FD is: 1, 0, or -1 when this kernel (before 6.8) does not
 * tell, or FD is not the root of a mount. One system call, where the table takes a microsecond for each mount of the
 * host. */
int cc_mount_has_children(int fd);

void cc_mountinfo_clear(struct cc_mountinfo *table);

#endif
