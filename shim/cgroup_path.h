/* linux.cgroupsPath: which group a container's limits are set on. */
#ifndef CC_SHIM_CGROUP_PATH_H
#define CC_SHIM_CGROUP_PATH_H

#include "common/error.h"

/* Judges PATH (a cgroupsPath that is not empty; for cgroupfs or, as "slice:prefix:name", for systemd) against the
 * hierarchies mounted below ROOT, "/sys/fs/cgroup". Refuses (rule "cgroup-path") one that is no group of its own: the
 * root, one that goes upwards, a systemd slice, and a group in which, or below which, there are processes or groups
 * already. An empty group that is there is taken: engines leave them behind. */
int cc_cgroup_path_judge(const char *path, const char *root, struct cc_error *err);

#endif
