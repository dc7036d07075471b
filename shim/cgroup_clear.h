/* What a low-level runtime that was killed leaves in a container's control group. */
#ifndef CC_SHIM_CGROUP_CLEAR_H
#define CC_SHIM_CGROUP_CLEAR_H

/* Ends every process in the group PATH (a cgroupsPath that cc_cgroup_path_judge() has let pass; only absolute ones name
 * one place) and removes it, in all hierarchies mounted below ROOT, "/sys/fs/cgroup". Waits a fifth of a second at most
 * for the processes to be gone. Nothing is reported: who cleans up has no use for it, and the next create looks again.
 */
void cc_cgroup_clear(const char *path, const char *root);

#endif
