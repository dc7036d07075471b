#include "cli/docker_arguments.h"

#include "common/own.h"
#include "common/path.h"
#include "policy/nearest.h"

#include <string.h>

/* Docker 28's `docker run --help`, its aliases, and Podman 5.8's. Where both have an option it takes a value in both,
 * or in neither. */
static const struct cli_docker_option options[] = {
  { "add-host", 0, false, CLI_DOCKER_HARMLESS },
  { "annotation", 0, false, CLI_DOCKER_ANNOTATION },
  { "arch", 0, false, CLI_DOCKER_HARMLESS },
  { "attach", 'a', false, CLI_DOCKER_HARMLESS },
  { "authfile", 0, false, CLI_DOCKER_HARMLESS },
  { "blkio-weight", 0, false, CLI_DOCKER_HARMLESS },
  { "blkio-weight-device", 0, false, CLI_DOCKER_HARMLESS },
  { "cap-add", 0, false, CLI_DOCKER_CAP_ADD },
  { "cap-drop", 0, false, CLI_DOCKER_CAP_DROP },
  { "cert-dir", 0, false, CLI_DOCKER_HARMLESS },
  { "cgroup-conf", 0, false, CLI_DOCKER_HARMLESS },
  { "cgroup-parent", 0, false, CLI_DOCKER_CGROUP_PARENT },
  { "cgroupns", 0, false, CLI_DOCKER_CGROUPNS },
  { "cgroups", 0, false, CLI_DOCKER_CGROUPS },
  { "chrootdirs", 0, false, CLI_DOCKER_HARMLESS },
  { "cidfile", 0, false, CLI_DOCKER_HARMLESS },
  { "conmon-pidfile", 0, false, CLI_DOCKER_HARMLESS },
  { "cpu-count", 0, false, CLI_DOCKER_HARMLESS },
  { "cpu-percent", 0, false, CLI_DOCKER_HARMLESS },
  { "cpu-period", 0, false, CLI_DOCKER_CPU_PERIOD },
  { "cpu-quota", 0, false, CLI_DOCKER_CPU_QUOTA },
  { "cpu-rt-period", 0, false, CLI_DOCKER_HARMLESS },
  { "cpu-rt-runtime", 0, false, CLI_DOCKER_HARMLESS },
  { "cpu-shares", 'c', false, CLI_DOCKER_HARMLESS },
  { "cpus", 0, false, CLI_DOCKER_CPUS },
  { "cpuset-cpus", 0, false, CLI_DOCKER_HARMLESS },
  { "cpuset-mems", 0, false, CLI_DOCKER_HARMLESS },
  { "creds", 0, false, CLI_DOCKER_HARMLESS },
  { "decryption-key", 0, false, CLI_DOCKER_HARMLESS },
  { "detach", 'd', true, CLI_DOCKER_HARMLESS },
  { "detach-keys", 0, false, CLI_DOCKER_HARMLESS },
  { "device", 0, false, CLI_DOCKER_DEVICE },
  { "device-cgroup-rule", 0, false, CLI_DOCKER_DEVICE_RULE },
  { "device-read-bps", 0, false, CLI_DOCKER_HARMLESS },
  { "device-read-iops", 0, false, CLI_DOCKER_HARMLESS },
  { "device-write-bps", 0, false, CLI_DOCKER_HARMLESS },
  { "device-write-iops", 0, false, CLI_DOCKER_HARMLESS },
  { "disable-content-trust", 0, true, CLI_DOCKER_HARMLESS },
  { "dns", 0, false, CLI_DOCKER_HARMLESS },
  { "dns-opt", 0, false, CLI_DOCKER_HARMLESS },
  { "dns-option", 0, false, CLI_DOCKER_HARMLESS },
  { "dns-search", 0, false, CLI_DOCKER_HARMLESS },
  { "domainname", 0, false, CLI_DOCKER_HARMLESS },
  { "entrypoint", 0, false, CLI_DOCKER_ENTRYPOINT },
  { "env", 'e', false, CLI_DOCKER_ENV },
  { "env-file", 0, false, CLI_DOCKER_ENV_FILE },
  { "env-host", 0, true, CLI_DOCKER_HARMLESS },
  { "env-merge", 0, false, CLI_DOCKER_HARMLESS },
  { "expose", 0, false, CLI_DOCKER_HARMLESS },
  { "gidmap", 0, false, CLI_DOCKER_UID_MAP },
  { "gpus", 0, false, CLI_DOCKER_GPUS },
  { "group-add", 0, false, CLI_DOCKER_GROUP_ADD },
  { "group-entry", 0, false, CLI_DOCKER_HARMLESS },
  { "health-cmd", 0, false, CLI_DOCKER_HARMLESS },
  { "health-interval", 0, false, CLI_DOCKER_HARMLESS },
  { "health-log-destination", 0, false, CLI_DOCKER_HARMLESS },
  { "health-max-log-count", 0, false, CLI_DOCKER_HARMLESS },
  { "health-max-log-size", 0, false, CLI_DOCKER_HARMLESS },
  { "health-on-failure", 0, false, CLI_DOCKER_HARMLESS },
  { "health-retries", 0, false, CLI_DOCKER_HARMLESS },
  { "health-start-interval", 0, false, CLI_DOCKER_HARMLESS },
  { "health-start-period", 0, false, CLI_DOCKER_HARMLESS },
  { "health-startup-cmd", 0, false, CLI_DOCKER_HARMLESS },
  { "health-startup-interval", 0, false, CLI_DOCKER_HARMLESS },
  { "health-startup-retries", 0, false, CLI_DOCKER_HARMLESS },
  { "health-startup-success", 0, false, CLI_DOCKER_HARMLESS },
  { "health-startup-timeout", 0, false, CLI_DOCKER_HARMLESS },
  { "health-timeout", 0, false, CLI_DOCKER_HARMLESS },
  { "help", 0, true, CLI_DOCKER_HARMLESS },
  { "hostname", 'h', false, CLI_DOCKER_HOSTNAME },
  { "hosts-file", 0, false, CLI_DOCKER_HARMLESS },
  { "hostuser", 0, false, CLI_DOCKER_HARMLESS },
  { "http-proxy", 0, true, CLI_DOCKER_HARMLESS },
  { "image-volume", 0, false, CLI_DOCKER_HARMLESS },
  { "init", 0, true, CLI_DOCKER_INIT },
  { "init-ctr", 0, false, CLI_DOCKER_HARMLESS },
  { "init-path", 0, false, CLI_DOCKER_HARMLESS },
  { "interactive", 'i', true, CLI_DOCKER_HARMLESS },
  { "io-maxbandwidth", 0, false, CLI_DOCKER_HARMLESS },
  { "io-maxiops", 0, false, CLI_DOCKER_HARMLESS },
  { "ip", 0, false, CLI_DOCKER_HARMLESS },
  { "ip6", 0, false, CLI_DOCKER_HARMLESS },
  { "ipc", 0, false, CLI_DOCKER_IPC },
  { "isolation", 0, false, CLI_DOCKER_HARMLESS },
  { "kernel-memory", 0, false, CLI_DOCKER_HARMLESS },
  { "label", 'l', false, CLI_DOCKER_LABEL },
  { "label-file", 0, false, CLI_DOCKER_LABEL_FILE },
  { "link", 0, false, CLI_DOCKER_HARMLESS },
  { "link-local-ip", 0, false, CLI_DOCKER_HARMLESS },
  { "log-driver", 0, false, CLI_DOCKER_HARMLESS },
  { "log-opt", 0, false, CLI_DOCKER_HARMLESS },
  { "mac-address", 0, false, CLI_DOCKER_HARMLESS },
  { "memory", 'm', false, CLI_DOCKER_MEMORY },
  { "memory-reservation", 0, false, CLI_DOCKER_HARMLESS },
  { "memory-swap", 0, false, CLI_DOCKER_MEMORY_SWAP },
  { "memory-swappiness", 0, false, CLI_DOCKER_HARMLESS },
  { "mount", 0, false, CLI_DOCKER_MOUNT },
  { "name", 0, false, CLI_DOCKER_HARMLESS },
  { "net", 0, false, CLI_DOCKER_NETWORK },
  { "net-alias", 0, false, CLI_DOCKER_HARMLESS },
  { "network", 0, false, CLI_DOCKER_NETWORK },
  { "network-alias", 0, false, CLI_DOCKER_HARMLESS },
  { "no-healthcheck", 0, true, CLI_DOCKER_HARMLESS },
  { "no-hostname", 0, true, CLI_DOCKER_HARMLESS },
  { "no-hosts", 0, true, CLI_DOCKER_HARMLESS },
  { "oom-kill-disable", 0, true, CLI_DOCKER_HARMLESS },
  { "oom-score-adj", 0, false, CLI_DOCKER_OOM_SCORE },
  { "os", 0, false, CLI_DOCKER_HARMLESS },
  { "passwd", 0, true, CLI_DOCKER_HARMLESS },
  { "passwd-entry", 0, false, CLI_DOCKER_HARMLESS },
  { "personality", 0, false, CLI_DOCKER_PERSONALITY },
  { "pid", 0, false, CLI_DOCKER_PID },
  { "pidfile", 0, false, CLI_DOCKER_HARMLESS },
  { "pids-limit", 0, false, CLI_DOCKER_PIDS_LIMIT },
  { "platform", 0, false, CLI_DOCKER_HARMLESS },
  { "pod", 0, false, CLI_DOCKER_POD },
  { "pod-id-file", 0, false, CLI_DOCKER_POD },
  { "preserve-fd", 0, false, CLI_DOCKER_PRESERVE_FDS },
  { "preserve-fds", 0, false, CLI_DOCKER_PRESERVE_FDS },
  { "privileged", 0, true, CLI_DOCKER_PRIVILEGED },
  { "publish", 'p', false, CLI_DOCKER_HARMLESS },
  { "publish-all", 'P', true, CLI_DOCKER_HARMLESS },
  { "pull", 0, false, CLI_DOCKER_HARMLESS },
  { "quiet", 'q', true, CLI_DOCKER_HARMLESS },
  { "rdt-class", 0, false, CLI_DOCKER_RDT },
  { "read-only", 0, true, CLI_DOCKER_READ_ONLY },
  { "read-only-tmpfs", 0, true, CLI_DOCKER_HARMLESS },
  { "replace", 0, true, CLI_DOCKER_HARMLESS },
  { "requires", 0, false, CLI_DOCKER_HARMLESS },
  { "restart", 0, false, CLI_DOCKER_HARMLESS },
  { "retry", 0, false, CLI_DOCKER_HARMLESS },
  { "retry-delay", 0, false, CLI_DOCKER_HARMLESS },
  { "rm", 0, true, CLI_DOCKER_HARMLESS },
  { "rmi", 0, true, CLI_DOCKER_HARMLESS },
  { "rootfs", 0, true, CLI_DOCKER_ROOTFS },
  { "runtime", 0, false, CLI_DOCKER_RUNTIME },
  { "sdnotify", 0, false, CLI_DOCKER_HARMLESS },
  { "seccomp-policy", 0, false, CLI_DOCKER_HARMLESS },
  { "secret", 0, false, CLI_DOCKER_HARMLESS },
  { "security-opt", 0, false, CLI_DOCKER_SECURITY },
  { "shm-size", 0, false, CLI_DOCKER_SHM_SIZE },
  { "shm-size-systemd", 0, false, CLI_DOCKER_HARMLESS },
  { "sig-proxy", 0, true, CLI_DOCKER_HARMLESS },
  { "stop-signal", 0, false, CLI_DOCKER_HARMLESS },
  { "stop-timeout", 0, false, CLI_DOCKER_HARMLESS },
  { "storage-opt", 0, false, CLI_DOCKER_HARMLESS },
  { "subgidname", 0, false, CLI_DOCKER_UID_MAP },
  { "subuidname", 0, false, CLI_DOCKER_UID_MAP },
  { "sysctl", 0, false, CLI_DOCKER_SYSCTL },
  { "systemd", 0, false, CLI_DOCKER_HARMLESS },
  { "timeout", 0, false, CLI_DOCKER_HARMLESS },
  { "tls-verify", 0, true, CLI_DOCKER_HARMLESS },
  { "tmpfs", 0, false, CLI_DOCKER_TMPFS },
  { "tty", 't', true, CLI_DOCKER_TTY },
  { "tz", 0, false, CLI_DOCKER_HARMLESS },
  { "uidmap", 0, false, CLI_DOCKER_UID_MAP },
  { "ulimit", 0, false, CLI_DOCKER_ULIMIT },
  { "umask", 0, false, CLI_DOCKER_HARMLESS },
  { "unsetenv", 0, false, CLI_DOCKER_HARMLESS },
  { "unsetenv-all", 0, true, CLI_DOCKER_HARMLESS },
  { "use-api-socket", 0, true, CLI_DOCKER_SOCKET },
  { "user", 'u', false, CLI_DOCKER_USER },
  { "userns", 0, false, CLI_DOCKER_USERNS },
  { "uts", 0, false, CLI_DOCKER_UTS },
  { "variant", 0, false, CLI_DOCKER_HARMLESS },
  { "volume", 'v', false, CLI_DOCKER_VOLUME },
  { "volume-driver", 0, false, CLI_DOCKER_VOLUME_DRIVER },
  { "volumes-from", 0, false, CLI_DOCKER_VOLUMES_FROM },
  { "workdir", 'w', false, CLI_DOCKER_WORKDIR },
};

/* Before the command: options of the client. */
static const struct cli_docker_option client_options[] = {
  { "config", 0, false, CLI_DOCKER_HARMLESS },
  { "context", 'c', false, CLI_DOCKER_HOST },
  { "debug", 'D', true, CLI_DOCKER_HARMLESS },
  { "host", 'H', false, CLI_DOCKER_HOST },
  { "log-level", 'l', false, CLI_DOCKER_HARMLESS },
  { "tls", 0, true, CLI_DOCKER_HARMLESS },
  { "tlscacert", 0, false, CLI_DOCKER_HARMLESS },
  { "tlscert", 0, false, CLI_DOCKER_HARMLESS },
  { "tlskey", 0, false, CLI_DOCKER_HARMLESS },
  { "tlsverify", 0, true, CLI_DOCKER_HARMLESS },
  /* Podman's */
  { "cdi-spec-dir", 0, false, CLI_DOCKER_HARMLESS },
  { "cgroup-manager", 0, false, CLI_DOCKER_HARMLESS },
  { "conmon", 0, false, CLI_DOCKER_HARMLESS },
  { "connection", 0, false, CLI_DOCKER_HOST },
  { "events-backend", 0, false, CLI_DOCKER_HARMLESS },
  { "hooks-dir", 0, false, CLI_DOCKER_UNKNOWN },
  { "identity", 0, false, CLI_DOCKER_HARMLESS },
  { "imagestore", 0, false, CLI_DOCKER_HARMLESS },
  { "module", 0, false, CLI_DOCKER_UNKNOWN },
  { "network-cmd-path", 0, false, CLI_DOCKER_HARMLESS },
  { "network-config-dir", 0, false, CLI_DOCKER_HARMLESS },
  { "out", 0, false, CLI_DOCKER_HARMLESS },
  { "remote", 'r', true, CLI_DOCKER_HARMLESS },
  { "root", 0, false, CLI_DOCKER_HARMLESS },
  { "runroot", 0, false, CLI_DOCKER_HARMLESS },
  { "runtime", 0, false, CLI_DOCKER_RUNTIME },
  { "runtime-flag", 0, false, CLI_DOCKER_UNKNOWN },
  { "ssh", 0, false, CLI_DOCKER_HARMLESS },
  { "storage-driver", 0, false, CLI_DOCKER_HARMLESS },
  { "storage-opt", 0, false, CLI_DOCKER_HARMLESS },
  { "syslog", 0, true, CLI_DOCKER_HARMLESS },
  { "tmpdir", 0, false, CLI_DOCKER_HARMLESS },
  { "transient-store", 0, true, CLI_DOCKER_HARMLESS },
  { "url", 0, false, CLI_DOCKER_HOST },
  { "volumepath", 0, false, CLI_DOCKER_HARMLESS },
};

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

struct reader
{
  int argc, at;
  char **argv;
  const struct cli_docker_option *table;
  size_t table_count;
  struct cli_docker_call *out;
};

/* -- one option -- */

static const struct cli_docker_option *
find(const struct reader *r, const char *name, size_t length, char letter)
{
  for (size_t i = 0; i < r->table_count; i++)
    if (name != NULL ? strlen(r->table[i].name) == length && strncmp(r->table[i].name, name, length) == 0
                     : r->table[i].letter == letter)
      return &r->table[i];
  return NULL;
}

static int
unknown(const struct reader *r, const char *typed, struct cc_error *err)
{
  const char *names[N_ELEMENTS(options) + N_ELEMENTS(client_options)], *near = NULL;
  unsigned distance = 0;

  for (size_t i = 0; i < r->table_count; i++)
    names[i] = r->table[i].name;
  if (strncmp(typed, "--", 2) == 0)
    near = cc_nearest(typed + 2, names, r->table_count, &distance);
  if (near != NULL && distance <= 2)
    return cc_error_set(err, 0, "unknown option `%s` of `docker run`; did you mean `--%s`?", typed, near);
  return cc_error_set(err, 0, "unknown option `%s` of `docker run`: nobody can tell whether the next word is its value",
                      typed);
}

/* As Go's strconv.ParseBool. */
static int
read_switch(const char *value, bool *on)
{
  static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True" };
  static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False" };

  for (size_t i = 0; i < N_ELEMENTS(yes); i++)
    if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0)
      {
        *on = strcmp(value, yes[i]) == 0;
        return 0;
      }
  return CC_FAILED;
}

static int
add(struct reader *r, const struct cli_docker_option *option, const char *value, struct cc_error *err)
{
  struct cli_docker_call *out = r->out;
  bool on = true;

  if (option->is_switch && value != NULL && read_switch(value, &on) < 0)
    return cc_error_set(err, 0, "`--%s=%s` of `docker run`: it is a switch, which is true or false", option->name,
                        value);
  out->given = cc_xrealloc(out->given, (out->given_count + 1) * sizeof(*out->given));
  out->given[out->given_count++] = (struct cli_docker_given){ option, cc_xstrdup(!option->is_switch ? value
                                                                                 : on               ? "true"
                                                                                                    : "false") };
  return 0;
}

/* The value of OPTION is the next word. */
static int
add_next(struct reader *r, const struct cli_docker_option *option, struct cc_error *err)
{
  if (r->at + 1 >= r->argc)
    return cc_error_set(err, 0, "option `--%s` of `docker run` needs a value", option->name);
  return add(r, option, r->argv[++r->at], err);
}

static int
read_long(struct reader *r, struct cc_error *err)
{
  const char *word = r->argv[r->at], *equals = strchr(word, '=');
  size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
  const struct cli_docker_option *option = find(r, word + 2, length - 2, 0);

  if (option == NULL)
    {
      cc_auto_free char *typed = cc_xstrndup(word, length);

      return unknown(r, typed, err);
    }
  return equals == NULL && !option->is_switch ? add_next(r, option, err)
                                              : add(r, option, equals != NULL ? equals + 1 : NULL, err);
}

/* "-it", "-v/a:/b", "-e=X" (the sign is not the value's: spf13/pflag) */
static int
read_letters(struct reader *r, struct cc_error *err)
{
  for (const char *p = r->argv[r->at] + 1; *p != '\0'; p++)
    {
      const struct cli_docker_option *option = find(r, NULL, 0, *p);

      if (option == NULL)
        return unknown(r, r->argv[r->at], err);
      if (p[1] == '=')
        return add(r, option, p + 2, err);
      if (!option->is_switch)
        return p[1] != '\0' ? add(r, option, p + 1, err) : add_next(r, option, err);
      if (add(r, option, NULL, err) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* Reads options up to the first word that is none; true in *ENDED when that was a `--`. */
static int
read_options(struct reader *r, bool *ended, struct cc_error *err)
{
  *ended = false;
  for (; r->at < r->argc && r->argv[r->at][0] == '-' && r->argv[r->at][1] != '\0'; r->at++)
    {
      if (strcmp(r->argv[r->at], "--") == 0)
        {
          r->at++;
          *ended = true;
          return 0;
        }
      if ((r->argv[r->at][1] == '-' ? read_long(r, err) : read_letters(r, err)) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* -- the words in front -- */

static bool
take(struct reader *r, const char *word)
{
  if (r->at >= r->argc || strcmp(r->argv[r->at], word) != 0)
    return false;
  r->at++;
  return true;
}

static bool
take_client(struct reader *r)
{
  const char *name = r->at < r->argc ? cc_path_base(r->argv[r->at]) : "";

  r->out->podman = strcmp(name, "podman") == 0 || strcmp(name, "podman-remote") == 0;
  if (!r->out->podman && strcmp(name, "docker") != 0 && strcmp(name, "nerdctl") != 0)
    return false;
  r->at++;
  return true;
}

static int
read_front(struct reader *r, struct cc_error *err)
{
  bool ended, sudo = take(r, "sudo"), client = take_client(r);

  r->table = client_options;
  r->table_count = N_ELEMENTS(client_options);
  if (client && read_options(r, &ended, err) < 0)
    return CC_FAILED;
  take(r, "container");
  if (take(r, "run") || take(r, "create"))
    return 0;
  if (!client && !sudo && (r->at >= r->argc || r->argv[r->at][0] == '-'))
    return 0;
  if (!client) /* `env A=b docker run …` has the image `env` to nobody */
    return cc_error_set(err, 0, "`%s`: write `-- docker run …`, with nothing in front of it but `sudo`",
                        r->at < r->argc ? r->argv[r->at] : "sudo");
  return cc_error_set(err, 0, "`%s`: only `run` and `create` make a container; write `-- docker run …`",
                      r->at < r->argc ? r->argv[r->at] : "docker");
}

int
cli_docker_arguments_read(int argc, char **argv, struct cli_docker_call *out, struct cc_error *err)
{
  struct cli_docker_call call = { 0 };
  struct reader r = { .argc = argc, .argv = argv, .out = &call };
  bool ended;

  if (read_front(&r, err) < 0)
    goto fail;
  r.table = options;
  r.table_count = N_ELEMENTS(options);
  if (read_options(&r, &ended, err) < 0)
    goto fail;
  if (r.at >= argc)
    {
      cc_error_set(err, 0, "`docker run` needs an image: every word was read as an option or as the value of one");
      goto fail;
    }
  call.image = argv[r.at];
  call.command = argv + r.at + 1;
  call.command_count = argc - r.at - 1;
  *out = call;
  return 0;
fail:
  cli_docker_call_clear(&call);
  return CC_FAILED;
}

void
cli_docker_call_clear(struct cli_docker_call *call)
{
  for (size_t i = 0; i < call->given_count; i++)
    free(call->given[i].value);
  free(call->given);
  *call = (struct cli_docker_call){ 0 };
}

const char *
cli_docker_value_at(const struct cli_docker_call *call, enum cli_docker_setting setting, size_t i)
{
  for (size_t k = 0; k < call->given_count; k++)
    if (call->given[k].option->setting == setting && i-- == 0)
      return call->given[k].value;
  return NULL;
}

const char *
cli_docker_value(const struct cli_docker_call *call, enum cli_docker_setting setting)
{
  const char *value = NULL;

  for (size_t k = 0; k < call->given_count; k++)
    if (call->given[k].option->setting == setting)
      value = call->given[k].value;
  return value;
}

bool
cli_docker_is_on(const struct cli_docker_call *call, enum cli_docker_setting setting)
{
  const char *value = cli_docker_value(call, setting);

  return value != NULL && strcmp(value, "true") == 0;
}
