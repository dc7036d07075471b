/* The mounts of a process as its paths lead to them: of several at one place the uppermost, and none that is covered.
 */
#ifndef CC_SHIM_ATTEST_VIEW_H
#define CC_SHIM_ATTEST_VIEW_H

#include "policy/mountinfo.h"
#include "shim/attest_internal.h"

#include <stdbool.h>
#include <stddef.h>

struct cc_view_line
{
  const struct cc_mount *mount;
  size_t parent; /* the line that it is on; the number of lines when that is not the process's to see */
  bool reached;  /* a path leads to its place, and nothing there or above covers it */
  bool seen;     /* reached, and nothing is mounted on it at the same place */
  /* for whoever compares */
  bool explained;
  bool below;           /* others may be below it … */
  unsigned below_flags; /* … with these flags */
  bool cgroups;         /* it holds one mount for each hierarchy */
};

struct cc_view
{
  struct cc_mountinfo table;
  struct cc_view_line *lines;
  size_t count;
  size_t root; /* the line that the process's root directory is on */
};

/* Reads the mounts of A's process. */
int cc_view_load(const struct cc_attest *a, struct cc_view *out, struct cc_error *err);

/* The same from a table, which *OUT takes over on success, for the root directory on the mount ROOT_ID. */
int cc_view_make(struct cc_mountinfo *table, uint64_t root_id, struct cc_view *out, struct cc_error *err);

/* What is seen at POINT, or NULL. */
struct cc_view_line *cc_view_find(const struct cc_view *view, const char *point);

/* The line of the mount ID, seen or not, or NULL. */
struct cc_view_line *cc_view_by_id(const struct cc_view *view, uint64_t id);

void cc_view_clear(struct cc_view *view);

#endif
