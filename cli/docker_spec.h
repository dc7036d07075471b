/* From the arguments of `docker run` to the configuration that the engine would hand to a runtime, as far as this can
 * be known without the engine and the image. What had to be assumed is noted. */
#ifndef CC_CLI_DOCKER_SPEC_H
#define CC_CLI_DOCKER_SPEC_H

#include "cli/docker_arguments.h"
#include "cli/notes.h"
#include "common/json.h"
#include "policy/policy.h"

struct cli_docker_spec
{
  struct cc_json *doc;
  struct cli_notes notes;
  char *agent, *session; /* of labels; NULL when there is none */
  bool browser;
  char *foreign_runtime;     /* --runtime of another: closedclaw does not see the container; NULL for none */
  struct cc_strings pending; /* sources that the engine makes when they are not there */
  bool unknown;              /* something was given of which nobody can tell here what the engine makes of it */
  bool rootfs;               /* Podman's --rootfs: root.path is a directory of this host */
  bool preserve_fds;         /* --preserve-fds, which the engine hands on to the runtime */
  bool no_cgroup;            /* --cgroups=disabled, likewise */
};

/* Translates CALL. *OUT is the caller's. Fails when an argument is none that the engine would take. */
int cli_docker_spec(const struct cli_docker_call *call, struct cli_docker_spec *out, struct cc_error *err);
void cli_docker_spec_clear(struct cli_docker_spec *spec);

#endif
