/* What the aspects of an attestation share. */
#ifndef CC_SHIM_ATTEST_INTERNAL_H
#define CC_SHIM_ATTEST_INTERNAL_H

#include "shim/attest.h"

#define CC_ATTEST_GROUPS 32 /* more hierarchies than any kernel has */

/* One line of /proc/PID/cgroup. */
struct cc_attest_group
{
  const char *controllers; /* "cpu,cpuacct"; "" for the unified hierarchy */
  const char *path;
};

/* One attestation. /proc/PID is a directory that is opened once: it stays this process's, and is empty when that ends.
 */
struct cc_attest
{
  const struct cc_attest_subject *subject;
  const struct cc_expect *expect;
  const struct cc_attest_limits *limits;
  int proc; /* /proc/PID */
  int root; /* the process's root directory, O_PATH */
  char *status;
  char *cgroup_text;
  struct cc_attest_group groups[CC_ATTEST_GROUPS];
  size_t group_count;
};

/* Each compares one aspect: 0, or CC_FAILED with the difference or an error. */
int cc_attest_process(struct cc_attest *a, struct cc_error *err);
int cc_attest_limits_of_process(struct cc_attest *a, struct cc_error *err);
int cc_attest_descriptors(struct cc_attest *a, struct cc_error *err);
int cc_attest_namespaces(struct cc_attest *a, struct cc_error *err);
int cc_attest_cgroup(struct cc_attest *a, struct cc_error *err); /* before the mounts, which show the groups */
int cc_attest_mounts(struct cc_attest *a, struct cc_error *err);
int cc_attest_seccomp(struct cc_attest *a, struct cc_error *err);

/* After cc_attest_cgroup: the group that confines the process, and how many bytes of its path are the container's own
 * (*LENGTH): what follows was made below it. NULL when there is none. */
const struct cc_attest_group *cc_attest_own_group(const struct cc_attest *a, size_t *length);

/* -- shared by them -- */

/* Notes a difference; the way out is added. */
int cc_attest_differs(struct cc_error *err, const char *fmt, ...) CC_PRINTF(2, 3);

/* Reads the file NAME of /proc/PID. *OUT is malloc'd. */
int cc_attest_read(const struct cc_attest *a, const char *name, char **out, struct cc_error *err);

/* The value of KEY ("Uid") in the text of a status file: where it starts, behind tab or blanks. NULL when there is
 * none. */
const char *cc_attest_field(const char *status, const char *key);

#endif
