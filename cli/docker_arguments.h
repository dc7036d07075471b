/* The arguments of `docker run` and `docker create` (Docker 28), and of Podman's (5.8), read as those programs read
 * them: which word is an option, which its value, and which the image. */
#ifndef CC_CLI_DOCKER_ARGUMENTS_H
#define CC_CLI_DOCKER_ARGUMENTS_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What an option sets; several options may set the same. */
enum cli_docker_setting
{
  CLI_DOCKER_HARMLESS, /* nothing that the sandbox is about */
  CLI_DOCKER_ANNOTATION,
  CLI_DOCKER_CAP_ADD,
  CLI_DOCKER_CAP_DROP,
  CLI_DOCKER_CGROUP_PARENT,
  CLI_DOCKER_CGROUPNS,
  CLI_DOCKER_CGROUPS,
  CLI_DOCKER_CPU_PERIOD,
  CLI_DOCKER_CPU_QUOTA,
  CLI_DOCKER_CPUS,
  CLI_DOCKER_DEVICE,
  CLI_DOCKER_DEVICE_RULE,
  CLI_DOCKER_ENTRYPOINT,
  CLI_DOCKER_ENV,
  CLI_DOCKER_ENV_FILE,
  CLI_DOCKER_GPUS,
  CLI_DOCKER_GROUP_ADD,
  CLI_DOCKER_HOST,
  CLI_DOCKER_HOSTNAME,
  CLI_DOCKER_INIT,
  CLI_DOCKER_IPC,
  CLI_DOCKER_LABEL,
  CLI_DOCKER_LABEL_FILE,
  CLI_DOCKER_MEMORY,
  CLI_DOCKER_MEMORY_SWAP,
  CLI_DOCKER_MOUNT,
  CLI_DOCKER_NETWORK,
  CLI_DOCKER_OOM_SCORE,
  CLI_DOCKER_PERSONALITY,
  CLI_DOCKER_PID,
  CLI_DOCKER_PIDS_LIMIT,
  CLI_DOCKER_POD,
  CLI_DOCKER_PRESERVE_FDS,
  CLI_DOCKER_PRIVILEGED,
  CLI_DOCKER_RDT,
  CLI_DOCKER_READ_ONLY,
  CLI_DOCKER_ROOTFS,
  CLI_DOCKER_RUNTIME,
  CLI_DOCKER_SECURITY,
  CLI_DOCKER_SHM_SIZE,
  CLI_DOCKER_SOCKET,
  CLI_DOCKER_SYSCTL,
  CLI_DOCKER_TMPFS,
  CLI_DOCKER_TTY,
  CLI_DOCKER_UID_MAP,
  CLI_DOCKER_ULIMIT,
  CLI_DOCKER_UNKNOWN, /* nobody can tell from the arguments what comes of it */
  CLI_DOCKER_USER,
  CLI_DOCKER_USERNS,
  CLI_DOCKER_UTS,
  CLI_DOCKER_VOLUME,
  CLI_DOCKER_VOLUME_DRIVER,
  CLI_DOCKER_VOLUMES_FROM,
  CLI_DOCKER_WORKDIR,
};

struct cli_docker_option
{
  const char *name; /* "cap-add" is --cap-add */
  char letter;      /* 0 for none */
  bool is_switch;   /* takes a value only as --name=VALUE, a boolean one */
  enum cli_docker_setting setting;
};

struct cli_docker_call
{
  bool podman;
  struct cli_docker_given
  {
    const struct cli_docker_option *option;
    char *value; /* of a switch "true" or "false" */
  } * given;     /* in the order in which they came */
  size_t given_count;
  const char *image;
  char **command; /* what follows it */
  int command_count;
};

/* Reads ARGV: with or without `docker`, `podman`, `container`, `run`, `create` in front, and with options of the client
 * itself. OUT points into ARGV and is the caller's. An error is what is wrong in one line: an unknown option is one,
 * since nobody can tell whether the next word is its value, and so is a command without an image. */
int cli_docker_arguments_read(int argc, char **argv, struct cli_docker_call *out, struct cc_error *err);

void cli_docker_call_clear(struct cli_docker_call *call);

/* The I-th value given of SETTING, from 0; NULL when there are not so many. */
const char *cli_docker_value_at(const struct cli_docker_call *call, enum cli_docker_setting setting, size_t i);
/* The last value given, or NULL. */
const char *cli_docker_value(const struct cli_docker_call *call, enum cli_docker_setting setting);
/* Of a switch: whether it is on. */
bool cli_docker_is_on(const struct cli_docker_call *call, enum cli_docker_setting setting);

#endif
