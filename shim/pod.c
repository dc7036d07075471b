#include "shim/pod.h"

#include "common/own.h"
#include "common/path.h"
#include "shim/cmdline.h"
#include "shim/lowlevel_state.h"
#include "shim/state.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>

bool
cc_pod_owns_namespace (const struct cc_identity *identity, const char *root, const char *path)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_close int pidfd = -1;
  struct cc_state state;
  int n = 0, pid;
  pid_t init;
  bool owns = false;

  if (identity->sandbox_id == NULL || !cc_id_is_valid (identity->sandbox_id)
      || sscanf (path, "/proc/%d/ns/%n", &pid, &n) != 1 || n == 0 || strchr (path + n, '/') != NULL)
    return false;
  if (cc_state_read (root, identity->sandbox_id, &state, &err) != 0)
    return false;
  if (cc_lowlevel_init (cc_path_base (state.low_level), root, identity->sandbox_id, &init, &pidfd, &err) == 0)
    owns = init == pid;
  cc_state_clear (&state);
  return owns;
}
