/* What `closedclaw doctor` sees of a host beside the configuration. Nothing here changes anything. */
#ifndef CC_CLI_HOST_H
#define CC_CLI_HOST_H

#include "policy/findings.h"
#include "policy/policy.h"

#include <stdbool.h>
#include <sys/stat.h>

struct cli_host
{
  const char *root; /* "/", or the directory of --root */
  int root_fd;
  bool live;                      /* root is this system's: the kernel, programs and containers are looked at too */
  const struct cc_policy *policy; /* of the defaults */
  struct cc_findings *out;
};

/* Looks at everything. ROOT is NULL for this system. */
int cli_host_look(const char *root, const struct cc_policy *policy, struct cc_findings *out, struct cc_error *err);

/* Every kind of the host: the I-th from 0, NULL after the last. */
const struct cc_fault_kind *cli_host_kind_at(size_t i);

/* -- the parts -- */

extern const struct cc_fault_kind cli_kinds_lowlevel[], cli_kinds_kernel[], cli_kinds_engines[], cli_kinds_access[],
    cli_kinds_drift[];

void cli_host_lowlevel(const struct cli_host *h);
void cli_host_kernel(const struct cli_host *h);
void cli_host_docker(const struct cli_host *h);
void cli_host_podman(const struct cli_host *h);
void cli_host_containerd(const struct cli_host *h);
void cli_host_sockets(const struct cli_host *h);
void cli_host_files(const struct cli_host *h);
void cli_host_drift(const struct cli_host *h);

/* -- for them -- */

/* Opens PATH, absolute, below the root: links lead nowhere else. A descriptor with FLAGS (O_CLOEXEC is added), or -1
 * with errno. */
int cli_host_open(const struct cli_host *h, const char *path, int flags);
/* The whole file, malloc'd; NULL when it cannot be read, or is larger than 8 MiB. */
char *cli_host_read(const struct cli_host *h, const char *path);
bool cli_host_stat(const struct cli_host *h, const char *path, struct stat *out);
bool cli_host_has(const struct cli_host *h, const char *path);

/* A finding about FILE ("" for none). Never NULL. */
struct cc_fault *cli_host_add(const struct cli_host *h, const struct cc_fault_kind *kind, const char *file);

/* Runs the program ARGV[0], an absolute path, with nothing of our environment, for at most five seconds: what it wrote,
 * malloc'd; NULL when it cannot be run or does not end well. */
char *cli_host_run(const char *const *argv);

/* -- registration: the same for all engines (cli/host_engines.c) -- */

/* A runtime as an engine's configuration has it. */
struct cli_runtime
{
  const char *engine; /* "Docker" */
  const char *file;   /* where it is written */
  const char *name, *path;
  bool arguments; /* it has arguments of its own */
  uint32_t line;
};

/* True when PATH is this product's runtime, by its name. */
bool cli_is_our_runtime(const char *path);
/* Judges the registration of one of ours. */
void cli_host_judge_runtime(const struct cli_host *h, const struct cli_runtime *runtime);
/* ENGINE, whose configuration is FILE, has none of ours; TEXT is what to write. */
void cli_host_not_registered(const struct cli_host *h, const char *engine, const char *file, const char *text);
/* ENGINE's default runtime is NAME, not one of ours; TEXT is what to write. */
void cli_host_not_default(const struct cli_host *h, const char *engine, const char *file, const char *name,
                          const char *text);
/* ENGINE can be reached over the network by WHAT without proof of who calls. */
void cli_host_exposed(const struct cli_host *h, const char *engine, const char *file, const char *what);

#endif
