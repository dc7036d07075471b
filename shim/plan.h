/* What the runtime would make of a container: everything that create does before it commits to anything. create and
 * `closedclaw preview` both call this, so that they cannot disagree. Nothing here writes, mounts, locks or records. */
#ifndef CC_SHIM_PLAN_H
#define CC_SHIM_PLAN_H

#include "common/error.h"
#include "policy/config.h"
#include "shim/bundle.h"
#include "shim/cmdline.h"
#include "shim/pins.h"
#include "shim/report.h"

#include <stdbool.h>
#include <stdint.h>

struct cc_plan
{
  struct cc_config *config;
  struct cc_bundle bundle;
  struct cc_identity identity;
  struct cc_policy policy;
  char *low_level; /* path of runc or crun */
  /* for cc_plan_harden, of a preview alone: sources that the engine makes before it asks; not owned */
  const struct cc_strings *pending;
  struct cc_strings *unjudged; /* likewise: takes what this user may not look at, instead of failing; not owned */
  /* of cc_plan_harden: */
  struct cc_report report;
  struct cc_pins pins;
  bool asked_for_root; /* the document's user was root before */
  uint32_t uid, gid;   /* the container's user after */
};

#define CC_PLAN_INIT                                                                                                   \
  {                                                                                                                    \
    .bundle = CC_BUNDLE_INIT, .report = CC_REPORT_INIT, .pins = CC_PINS_INIT                                           \
  }

/* The steps, in this order. The configuration and the bundle come from somewhere before: cc_config_load() and
 * cc_bundle_open(). ROOT is the low-level runtime's --root, NULL when it was not given. */

/* Who container ID is. A caller may replace what is found before it goes on. */
void cc_plan_identify(struct cc_plan *plan, const char *id, const char *root);

/* The policy for that identity. */
int cc_plan_resolve(struct cc_plan *plan, struct cc_error *err);

/* The low-level runtime. */
int cc_plan_low_level(struct cc_plan *plan, struct cc_error *err);

/* Refuses a root filesystem that is not there to be judged, unless the policy only reports. Rule: "bundle". */
int cc_plan_check_rootfs(const struct cc_plan *plan, struct cc_error *err);

/* Hardens the document in memory and notes every finding in the report; for a policy that is `sandboxed`. CMDLINE's
 * options and --root are judged, too; NULL when there are none. Fails with the first refusal, or with an error that is
 * no finding: the report then has what came before. */
int cc_plan_harden(struct cc_plan *plan, const struct cc_cmdline *cmdline, struct cc_error *err);

void cc_plan_clear(struct cc_plan *plan);

#endif
