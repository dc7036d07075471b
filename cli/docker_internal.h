/* Shared by the files of cli/docker_*.c that translate. */
#ifndef CC_CLI_DOCKER_INTERNAL_H
#define CC_CLI_DOCKER_INTERNAL_H

#include "cli/docker_spec.h"

#include <stdint.h>

#define CLI_DOCKER_VOLUMES "/var/lib/docker/volumes"
#define CLI_PODMAN_VOLUMES "/var/lib/containers/storage/volumes"

/* Files that the client reads. */
#define CLI_DOCKER_FILE_MAX (4u << 20)

/* One translation. */
struct cli_docker_work
{
  const struct cli_docker_call *call;
  struct cli_docker_spec *out;
  struct cc_json *doc;
  struct cc_jval *spec, *process, *linux_, *resources;
  struct cc_jval *labels; /* no part of the specification */
};

/* What an option does: its setting, and the function that is called with each value. */
struct cli_docker_effect
{
  enum cli_docker_setting setting;
  int (*apply)(struct cli_docker_work *w, const char *value, struct cc_error *err);
};

/* Applies EFFECTS to the options that were given, in their order. */
int cli_docker_apply(struct cli_docker_work *w, const struct cli_docker_effect *effects, size_t count,
                     struct cc_error *err);

/* Notes that nobody can tell here what the engine makes of what FMT says: the container is never said to run. */
void cli_docker_unknown(struct cli_docker_work *w, const char *fmt, ...) CC_PRINTF(2, 3);

/* SOURCE is made by the engine when nothing is there. */
void cli_docker_pending(struct cli_docker_work *w, const char *source);

/* "100m" as Docker reads it (go-units RAMInBytes), or -1. */
int cli_docker_bytes(const char *text, int64_t *out);

/* The value of KEY in "a=b,key=value" (NULL when absent), malloc'd; of several the last, as the clients read it. A
 * field without '=' has the value "". */
char *cli_docker_field(const char *csv, const char *key);

/* -v, --mount, --tmpfs, --volumes-from, --init */
int cli_docker_mounts(struct cli_docker_work *w, struct cc_error *err);
/* The mount at DESTINATION, or NULL. */
struct cc_jval *cli_docker_mount_at(const struct cli_docker_work *w, const char *destination);
/* Adds a mount; TYPE "bind" with the option "rbind" and so on are the caller's to add to its options, which are
 * returned. */
struct cc_jval *cli_docker_add_mount(struct cli_docker_work *w, const char *destination, const char *type,
                                     const char *source);

/* --network, --pid and their kind, --security-opt, --personality */
int cli_docker_isolation(struct cli_docker_work *w, struct cc_error *err);
/* What Docker writes on this host, by its cgroups and security modules. */
void cli_docker_set_host_defaults(struct cli_docker_work *w);
/* What --privileged takes away, but for capabilities and devices. */
void cli_docker_make_privileged(struct cli_docker_work *w);

/* --device, --device-cgroup-rule, --gpus, and all of them for --privileged */
int cli_docker_devices(struct cli_docker_work *w, struct cc_error *err);

#endif
