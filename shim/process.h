/* The specification's `process` object: what create and every exec hold it to. */
#ifndef CC_SHIM_PROCESS_H
#define CC_SHIM_PROCESS_H

#include "common/error.h"
#include "common/json.h"
#include "policy/policy.h"
#include "shim/report.h"

#include <stdbool.h>
#include <stdint.h>

/* Removes variables that make a loader or a shell run something (LD_*, BASH_ENV, PS4, …), malformed entries, and
 * everything of PATH that is not an absolute plain directory (CVE-2026-24763). Notes it once in REPORT. */
void cc_process_scrub_env(struct cc_json *doc, struct cc_jval *process, struct cc_report *report);

/* noNewPrivileges on; scheduler, ioPriority and execCPUAffinity removed, and a consoleSize that no terminal has;
 * oomScoreAdj not below 0. */
void cc_process_tighten(struct cc_json *doc, struct cc_jval *process, struct cc_report *report);

/* Sets the oomScoreAdj of a PROCESS that has none to 0 when this process's OWN is below: a container inherits it.
 * Daemons and shims have one (containerd's: -998), so that the kernel kills them last. */
void cc_process_limit_oom(struct cc_json *doc, struct cc_jval *process, int own, struct cc_report *report);

/* Refuses (into REPORT) a cwd that is not absolute and plain, or lies in /proc (CVE-2024-21626). */
void cc_process_check_cwd(const struct cc_jval *process, struct cc_report *report);

/* Reads PROCESS.user's uid and gid; refuses (into REPORT, rule "user") numbers outside 0 … CC_ID_MAX, also among the
 * additional groups (CVE-2024-40635). False then. */
bool cc_process_read_user(const struct cc_jval *process, uint32_t *uid, uint32_t *gid, struct cc_report *report);

/* Makes UID and GID the user, without additional groups. */
void cc_process_set_user(struct cc_json *doc, struct cc_jval *process, uint32_t uid, uint32_t gid,
                         struct cc_report *report);

/* Takes group 0 from a user that is not root: as the first group it becomes INSTEAD (0: it may stay), and it goes out
 * of the additional ones. Files of the host's that only root's group may read are not such a user's. */
void cc_process_drop_root_group(struct cc_json *doc, struct cc_jval *process, uint32_t instead,
                                struct cc_report *report);

/* The name part of a process.env entry equals NAME. */
bool cc_env_is(const char *entry, const char *name);

#endif
