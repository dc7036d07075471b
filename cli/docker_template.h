/* What Docker 28 writes for `docker run IMAGE` without an option, on x86-64, but for its own files in /etc. */
#ifndef CC_CLI_DOCKER_TEMPLATE_H
#define CC_CLI_DOCKER_TEMPLATE_H

#include "common/json.h"

/* The configuration, without a seccomp profile. The caller owns it. */
struct cc_json *cli_docker_template(void);

/* Docker's own profile, new in DOC, for a container with its default capabilities, or without CAP_SYS_CHROOT. */
struct cc_jval *cli_docker_profile(struct cc_json *doc, bool chroot);

#endif
