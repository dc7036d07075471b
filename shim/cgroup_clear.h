/* What a low-level runtime that was killed leaves in a container's control group. */
#ifndef CC_SHIM_CGROUP_CLEAR_H
#define CC_SHIM_CGROUP_CLEAR_H

#include <stdbool.h>
#include <sys/types.h>

/* True when the process PID is in the group PATH, in any of the hierarchies mounted below ROOT. */
bool cc_cgroup_has(const char *path, const char *root, pid_t pid);

/* Ends every process in the group PATH (a cgroupsPath that cc_cgroup_path_judge() has let pass; only absolute ones name
 * one place) and removes it, in all hierarchies mounted below ROOT, "/sys/fs/cgroup"; not where it has groups below it,
 * which no create makes. Waits a fifth of a second at most for the processes to be gone. Nothing is reported: who
 * cleans up has no use for it, and the next create looks again.
 */
void cc_cgroup_clear(const char *path, const char *root);

#endif
