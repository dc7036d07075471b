#include "shim/after_kill.h"

#include "common/own.h"
#include "shim/cgroup_clear.h"
#include "shim/cmdline.h"
#include "shim/lowlevel_state.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CGROUPS "/sys/fs/cgroup"

/* False only when container ID surely is not in GROUP. One without a record may be in creation: it is known by the
 * group of its state, which was compared, or not at all. */
static bool
may_be_in(const char *root, const char *id, const char *group)
{
  cc_auto_close int pidfd = -1;
  struct cc_error why = CC_ERROR_INIT;
  struct cc_state state;
  pid_t pid;

  /* no name: without a root, both runtimes' own places */
  if (cc_lowlevel_init("", root, id, &pid, &pidfd, &why) == 0)
    return cc_cgroup_has(group, CGROUPS, pid);
  if (why.errnum == ESRCH || id[0] == '.') /* ended; crun keeps files of its own beside the containers */
    return false;
  if (why.errnum != ENOENT || cc_state_read(root, id, &state, NULL) != 0)
    return true;
  cc_state_clear(&state);
  return false;
}

static bool
any_is_in(const char *root, const char *place, const char *id, const char *group)
{
  DIR *dir = opendir(place);
  const struct dirent *entry;
  bool found = dir == NULL && errno != ENOENT;

  while (dir != NULL && !found && (entry = readdir(dir)) != NULL)
    if (strcmp(entry->d_name, id) != 0 && cc_id_is_valid(entry->d_name))
      found = may_be_in(root, entry->d_name, group);
  if (dir != NULL)
    closedir(dir);
  return found;
}

/* A container that the low-level runtime recorded, whoever asked it to, is in the group. */
static bool
is_of_another(const char *root, const char *id, const char *group)
{
  const char *xdg = getenv("XDG_RUNTIME_DIR");
  cc_auto_free char *runc = NULL, *crun = NULL;

  if (root != NULL)
    return any_is_in(root, root, id, group);
  if (any_is_in(NULL, "/run/runc", id, group) || any_is_in(NULL, "/run/crun", id, group))
    return true;
  if (xdg == NULL || xdg[0] == '\0')
    return false;
  runc = cc_xasprintf("%s/runc", xdg);
  crun = cc_xasprintf("%s/crun", xdg);
  return any_is_in(NULL, runc, id, group) || any_is_in(NULL, crun, id, group);
}

void
cc_after_kill_clear(const char *root, const char *id, const char *runtime, const struct cc_state *state)
{
  cc_auto_close int pidfd = -1, lock = -1;
  struct cc_error why = CC_ERROR_INIT;
  pid_t pid;

  if (cc_lowlevel_init(runtime, root, id, &pid, &pidfd, &why) == 0 || why.errnum != ENOENT)
    return;
  lock = cc_state_sole_group(root, id, state);
  if (lock >= 0 && !is_of_another(root, id, state->cgroup))
    cc_cgroup_clear(state->cgroup, CGROUPS);
}
