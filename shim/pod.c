#include "shim/pod.h"

#include "common/own.h"
#include "common/path.h"
#include "shim/cmdline.h"
#include "shim/lowlevel_state.h"
#include "shim/state.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>

/* `podman pod` gives each pod a cgroup of its own, and runs catatonit or its old pause program there for as long as the
 * pod is. */
static bool
is_podmans_infra(const struct cc_jval *spec)
{
  static const char *const programs[] = { "/catatonit", "/pause" };
  const struct cc_jval *args = cc_jpath(spec, "process.args");
  const char *program = args != NULL ? cc_jstr(args->first) : NULL;

  for (size_t i = 0; program != NULL && i < sizeof(programs) / sizeof(programs[0]); i++)
    if (strcmp(program, programs[i]) == 0)
      return true;
  return false;
}

bool
cc_pod_is_sandbox(const struct cc_identity *identity, const struct cc_jval *spec)
{
  return identity->kind == CC_KIND_POD_SANDBOX || (identity->engine == CC_ENGINE_PODMAN && is_podmans_infra(spec));
}

/* The state of IDENTITY's sandbox, which the caller clears; false when this runtime created none of that name. */
static bool
read_sandbox(const struct cc_identity *identity, const char *root, struct cc_state *state)
{
  struct cc_error err = CC_ERROR_INIT;

  if (identity->sandbox_id == NULL || !cc_id_is_valid(identity->sandbox_id)
      || cc_state_read(root, identity->sandbox_id, state, &err) != 0)
    return false;
  if (!state->pod_sandbox)
    cc_state_clear(state);
  return state->pod_sandbox;
}

void
cc_pod_verify(struct cc_identity *identity, const char *root)
{
  struct cc_state state;

  if (identity->sandbox_id == NULL || strcmp(identity->sandbox_id, identity->container_id) == 0)
    return;
  if (read_sandbox(identity, root, &state))
    cc_state_clear(&state);
  else
    cc_cleanup_free(&identity->sandbox_id);
}

bool
cc_pod_owns_namespace(const struct cc_identity *identity, const char *root, const char *path)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_close int pidfd = -1;
  struct cc_state state;
  int n = 0, pid;
  pid_t init;
  bool owns = false;

  if (sscanf(path, "/proc/%d/ns/%n", &pid, &n) != 1 || n == 0 || strchr(path + n, '/') != NULL
      || !read_sandbox(identity, root, &state))
    return false;
  if (cc_lowlevel_init(cc_path_base(state.low_level), root, identity->sandbox_id, &init, &pidfd, &err) == 0)
    owns = init == pid;
  cc_state_clear(&state);
  return owns;
}
