/* Hardening: a table of small modules, one per aspect of the runtime specification. Each reads the document, the
 * policy and the identity, and per finding either tightens (rewrites, and notes what was and what is) or refuses. */
#ifndef CC_SHIM_HARDEN_H
#define CC_SHIM_HARDEN_H

#include "common/error.h"
#include "common/json.h"
#include "policy/identity.h"
#include "policy/policy.h"
#include "shim/pins.h"
#include "shim/report.h"

#include <stdint.h>
#include <sys/types.h>

/* What every module is given. Nothing in it is owned by the modules. */
struct cc_harden
{
  struct cc_json *doc;  /* config.json */
  struct cc_jval *spec; /* its root, an object whose known members have the right types (shim/shape.h) */
  const struct cc_policy *policy;
  const struct cc_identity *identity;
  const char *root_arg; /* the low-level runtime's --root, NULL when not given */
  int bundle_fd;        /* the bundle directory */
  int rootfs_fd;        /* the root filesystem's directory, -1 when it is not mounted yet */
  struct cc_report *report;
  struct cc_pins *pins; /* the sources that were judged, for whoever hands over */
  /* sources that an engine will make before it asks, when they are not there: for a preview; NULL in the runtime */
  const struct cc_strings *pending;
  /* for a preview by somebody who may not look everywhere: takes what could not be judged; NULL in the runtime, which
   * fails then */
  struct cc_strings *unjudged;
  /* decided by one module, used by later ones */
  uint32_t uid, gid;      /* the container's user after cc_harden_process */
  bool workspace_mounted; /* the caller mounts something at /workspace */
  uid_t workspace_uid;    /* its owner, when workspace_mounted */
  gid_t workspace_gid;
};

/* 0, or CC_FAILED for an error that is not a finding (it ends the call like a refusal). Refusals are noted in the
 * report; the pipeline fails the call when there is any. */
typedef int (*cc_harden_fn)(struct cc_harden *h, struct cc_error *err);

int cc_harden_privileged(struct cc_harden *h, struct cc_error *err);
int cc_harden_rootfs(struct cc_harden *h, struct cc_error *err);
int cc_harden_namespaces(struct cc_harden *h, struct cc_error *err);
int cc_harden_network(struct cc_harden *h, struct cc_error *err);
int cc_harden_capabilities(struct cc_harden *h, struct cc_error *err);
int cc_harden_mounts(struct cc_harden *h, struct cc_error *err);
int cc_harden_process(struct cc_harden *h, struct cc_error *err);
int cc_harden_devices(struct cc_harden *h, struct cc_error *err);
int cc_harden_seccomp(struct cc_harden *h, struct cc_error *err);
int cc_harden_resources(struct cc_harden *h, struct cc_error *err);
int cc_harden_hooks(struct cc_harden *h, struct cc_error *err);
int cc_harden_annotations(struct cc_harden *h, struct cc_error *err);
int cc_harden_sysctls(struct cc_harden *h, struct cc_error *err);
int cc_harden_misc(struct cc_harden *h, struct cc_error *err); /* personality, user mappings, labels and what is left */
int cc_harden_tmpfs(struct cc_harden *h,
                    struct cc_error *err); /* the tmpfs paths and the workspace, after mounts and process */

/* Runs every module in order, also after one that failed, so that the report is as full as it can be. Fails with the
 * first module's error, else with the first refusal of the report. */
int cc_harden_all(struct cc_harden *h, struct cc_error *err);

#endif
