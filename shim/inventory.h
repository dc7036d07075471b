/* The managed containers of all engines on this host: what the states (shim/state.h) say of each, joined with what the
 * low-level runtime and the kernel say now. For the operator's command; no call of an engine needs it. */
#ifndef CC_SHIM_INVENTORY_H
#define CC_SHIM_INVENTORY_H

#include "common/error.h"
#include "shim/about.h"
#include "shim/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum cc_container_status
{
  CC_CONTAINER_CREATED, /* waits for its start */
  CC_CONTAINER_RUNNING,
  CC_CONTAINER_PAUSED,
  CC_CONTAINER_STOPPED, /* its process has ended; the engine has not deleted it */
  CC_CONTAINER_GONE,    /* the low-level runtime keeps it no more, or another one under its id */
  CC_CONTAINER_UNKNOWN, /* nobody can tell: `why` */
};

struct cc_container
{
  char *id;
  struct cc_state state; /* empty when it could not be read: `why`, and `unreadable` */
  struct cc_about about; /* what an earlier version did not write down is found out, as far as it can be */
  bool unreadable;
  bool root_known; /* false: of an earlier version, and under a root that is none of the usual ones */
  enum cc_container_status status;
  pid_t pid;  /* 0: none */
  char *name; /* the engine's: Docker's, Podman's, Kubernetes'; NULL */
  char *image;
  char *why; /* why `status` or the state is not known; NULL */
};

struct cc_inventory
{
  struct cc_container *items; /* by the time at which they were created, the oldest first */
  size_t count;
};

#define CC_INVENTORY_INIT                                                                                              \
  {                                                                                                                    \
    NULL, 0                                                                                                            \
  }

/* Lists the containers that have a state of this boot: those that were passed through by mode or by report, too
 * (state.managed, state.report). What cannot be told of one is said in it, and hides no other. For another user than
 * root these are the user's own ones. *OUT is the caller's. */
int cc_inventory_read(struct cc_inventory *out, struct cc_error *err);

void cc_inventory_clear(struct cc_inventory *inventory);

/* The container that is called NAME: an id, the engine's name of one (with or without a leading slash), or the
 * beginning of exactly one id. NULL with ERR when there is none or there are several; ERR's errnum is ENOENT or EEXIST.
 */
const struct cc_container *cc_inventory_find(const struct cc_inventory *inventory, const char *name,
                                             struct cc_error *err);

/* "created", "running", "paused", "stopped", "gone", "unknown" */
const char *cc_container_status_name(enum cc_container_status status);

#endif
