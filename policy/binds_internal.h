/* What the rules for bind sources (policy/binds.c) and for root filesystems (policy/binds_rootfs.c) share. */
#ifndef CC_POLICY_BINDS_INTERNAL_H
#define CC_POLICY_BINDS_INTERNAL_H

#include "common/error.h"
#include "policy/mountinfo.h"
#include "policy/places.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct cc_bind_rules
{
  char *workspace_root;  /* without links, "" when there is none */
  char *workspace_given; /* as configured, clean; NULL when there is none */
  struct cc_places places;
  char **exempt;
  size_t exempt_count;
  bool mounts_loaded; /* mounts is read at the first source that needs it, and then once */
  struct cc_mountinfo mounts;
};

/* What is being judged. */
struct cc_bind_subject
{
  const char *source; /* as the caller wrote it */
  bool read_only;
  char *path; /* what it is */
  struct statx stx;
  bool submounts;
};

/* A location inside a filesystem, as mountinfo tells it. */
struct cc_bind_spot
{
  uint32_t major, minor;
  const char *path;
};

#define CC_BIND_WANTED (STATX_TYPE | STATX_MODE | STATX_INO | STATX_NLINK | STATX_UID | STATX_GID | STATX_MNT_ID)

/* The path of FD, which the subject was opened as: malloc'd in *OUT. Refuses what has none any more. */
int cc_bind_real_path(const struct cc_bind_subject *s, int fd, char **out, struct cc_error *err);

/* Reads the mount table into RULES, once. It is a cache: nothing that a caller of the rules sees changes. */
int cc_bind_load_mounts(const struct cc_bind_rules *rules, struct cc_error *err);

/* M, or what is below it, becomes visible with the subject; SPOT is the visible part. Refuses with "bind-…". ERR may be
 * NULL. */
int cc_bind_judge_mount(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, const struct cc_mount *m,
                        const struct cc_bind_spot *spot, struct cc_error *err);

#endif
