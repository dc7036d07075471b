#include "cli/docker_spec.h"

#include "cli/docker_internal.h"
#include "cli/docker_template.h"
#include "common/fd.h"
#include "common/own.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* capabilities(7), Linux 6 */
static const char *const every_capability[] = {
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_CHROOT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_PACCT",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_MKNOD",
  "CAP_LEASE",
  "CAP_AUDIT_WRITE",
  "CAP_AUDIT_CONTROL",
  "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE",
  "CAP_MAC_ADMIN",
  "CAP_SYSLOG",
  "CAP_WAKE_ALARM",
  "CAP_BLOCK_SUSPEND",
  "CAP_AUDIT_READ",
  "CAP_PERFMON",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
};

/* -- shared -- */

void
cli_docker_pending(struct cli_docker_work *w, const char *source)
{
  struct cc_strings *p = &w->out->pending;

  p->items = cc_xrealloc(p->items, (p->count + 1) * sizeof(char *));
  p->items[p->count++] = cc_xstrdup(source);
}

void
cli_docker_unknown(struct cli_docker_work *w, const char *fmt, ...)
{
  cc_auto_free char *text = NULL;
  va_list ap;

  va_start(ap, fmt);
  if (vasprintf(&text, fmt, ap) < 0)
    abort();
  va_end(ap);
  cli_note(&w->out->notes, CLI_NOTE_NOT_JUDGED, "%s", text);
  w->out->unknown = true;
}

int
cli_docker_bytes(const char *text, int64_t *out)
{
  static const char units[] = "bkmgtp";
  char *end;
  double n = strtod(text, &end);
  const char *unit = strchr(units, *end | 0x20);

  if (end == text || !(n >= 0 && n <= 1e15)) /* strtod() knows "nan", too */
    return CC_FAILED;
  if (*end != '\0' && (unit == NULL || strcspn(end + 1, "bBiI") != 0 || strlen(end) > 3))
    return CC_FAILED;
  for (ptrdiff_t i = *end != '\0' ? unit - units : 0; i > 0; i--)
    n *= 1024;
  if (n > 9e18)
    return CC_FAILED;
  *out = (int64_t)n;
  return 0;
}

int
cli_docker_apply(struct cli_docker_work *w, const struct cli_docker_effect *effects, size_t count, struct cc_error *err)
{
  for (size_t i = 0; i < w->call->given_count; i++)
    for (size_t k = 0; k < count; k++)
      if (effects[k].setting == w->call->given[i].option->setting
          && effects[k].apply(w, w->call->given[i].value, err) < 0)
        return CC_FAILED;
  return 0;
}

static bool
is_number(const char *s)
{
  return *s != '\0' && strspn(s, "0123456789") == strlen(s) && strlen(s) < 19;
}

/* -- process -- */

/* Not cut to 32 bits: what wraps around is for the runtime to refuse (CVE-2024-40635). */
static uint64_t
user_id(struct cli_docker_work *w, const char *text, const char *what)
{
  if (is_number(text))
    return strtoull(text, NULL, 10);
  if (strcmp(text, "root") == 0)
    return 0;
  cli_note(&w->out->notes, CLI_NOTE_ASSUMED, "%s `%s`: taken for 1000; the image says what number it has", what, text);
  return 1000;
}

static int
set_user(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  struct cc_jval *user = cc_jneed_object(w->doc, w->process, "user"), *groups = cc_jnew(w->doc, CC_JSON_ARRAY);
  const char *colon = strchr(value, ':');
  cc_auto_free char *name = cc_xstrndup(value, colon != NULL ? (size_t)(colon - value) : strlen(value));
  uint64_t gid = colon != NULL ? user_id(w, colon + 1, "group") : 0;

  (void)err;
  cc_jset(w->doc, user, "uid", cc_jnew_uint(w->doc, user_id(w, name, "user")));
  cc_jset(w->doc, user, "gid", cc_jnew_uint(w->doc, gid));
  cc_jappend(groups, cc_jnew_uint(w->doc, gid));
  cc_jset(w->doc, user, "additionalGids", groups);
  return 0;
}

static int
add_group(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  struct cc_jval *groups = cc_jneed_array(w->doc, cc_jneed_object(w->doc, w->process, "user"), "additionalGids");

  (void)err;
  if (strcmp(value, "keep-groups") != 0)
    cc_jappend(groups, cc_jnew_uint(w->doc, user_id(w, value, "group")));
  else /* so Podman tells crun */
    cc_jset_str(w->doc, cc_jneed_object(w->doc, w->spec, "annotations"), "run.oci.keep_original_groups", "1");
  return 0;
}

static int
set_workdir(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  cc_jset_str(w->doc, w->process, "cwd", value);
  return 0;
}

static int
add_env(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  const char *own = strchr(value, '=') == NULL ? getenv(value) : NULL;
  cc_auto_free char *entry = own != NULL ? cc_xasprintf("%s=%s", value, own) : cc_xstrdup(value);

  (void)err;
  if (strchr(entry, '=') != NULL)
    cc_jappend_str(w->doc, cc_jneed_array(w->doc, w->process, "env"), entry);
  return 0;
}

static int
add_env_file(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  struct cc_error why = CC_ERROR_INIT;
  char *state = NULL;
  size_t length;

  if (cc_read_file_at(AT_FDCWD, value, CLI_DOCKER_FILE_MAX, &text, &length, NULL, &why) < 0)
    {
      cli_note(&w->out->notes, CLI_NOTE_NOT_JUDGED, "`--env-file %s`: %s", value, why.msg);
      return 0;
    }
  for (char *line = strtok_r(text, "\r\n", &state); line != NULL; line = strtok_r(NULL, "\r\n", &state))
    if (line[0] != '#' && add_env(w, line, err) < 0)
      return CC_FAILED;
  return 0;
}

static int
set_oom_score(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  const char *digits = value[0] == '-' ? value + 1 : value;

  if (!is_number(digits))
    return cc_error_set(err, 0, "`--oom-score-adj %s`: it is no number", value);
  cc_jset_int(w->doc, w->process, "oomScoreAdj", strtol(value, NULL, 10));
  return 0;
}

/* nofile=1024[:2048] */
static int
add_ulimit(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  const char *equals = strchr(value, '='), *colon = equals != NULL ? strchr(equals, ':') : NULL;
  cc_auto_free char *type = NULL, *soft = NULL;
  const char *hard;
  struct cc_jval *limit;

  if (equals == NULL)
    return cc_error_set(err, 0, "`--ulimit %s`: it must look like `nofile=1024:2048`", value);
  type = cc_xasprintf("RLIMIT_%.*s", (int)(equals - value), value);
  soft = colon != NULL ? cc_xstrndup(equals + 1, (size_t)(colon - equals - 1)) : cc_xstrdup(equals + 1);
  hard = colon != NULL ? colon + 1 : soft;
  if ((!is_number(soft) && strcmp(soft, "-1") != 0) || (!is_number(hard) && strcmp(hard, "-1") != 0))
    return cc_error_set(err, 0, "`--ulimit %s`: it must look like `nofile=1024:2048`", value);
  for (char *p = type; *p != '\0'; p++)
    *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 0x20 : *p);
  limit = cc_jnew(w->doc, CC_JSON_OBJECT);
  cc_jset_str(w->doc, limit, "type", type);
  cc_jset(w->doc, limit, "hard", cc_jnew_uint(w->doc, hard[0] == '-' ? UINT64_MAX : strtoull(hard, NULL, 10)));
  cc_jset(w->doc, limit, "soft", cc_jnew_uint(w->doc, soft[0] == '-' ? UINT64_MAX : strtoull(soft, NULL, 10)));
  cc_jappend(cc_jneed_array(w->doc, w->process, "rlimits"), limit);
  return 0;
}

static int
set_entrypoint(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  struct cc_jval *args = cc_jnew(w->doc, CC_JSON_ARRAY);

  (void)err;
  if (value[0] != '\0')
    cc_jappend_str(w->doc, args, value);
  for (int i = 0; i < w->call->command_count; i++)
    cc_jappend_str(w->doc, args, w->call->command[i]);
  cc_jset(w->doc, w->process, "args", args);
  return 0;
}

/* -- resources -- */

static int
set_bytes(struct cli_docker_work *w, const char *value, const char *option, const char *name, struct cc_error *err)
{
  int64_t bytes = -1;

  if (strcmp(value, "-1") != 0 && cli_docker_bytes(value, &bytes) < 0)
    return cc_error_set(err, 0, "`--%s %s`: it is no size", option, value);
  cc_jset_int(w->doc, cc_jneed_object(w->doc, w->resources, "memory"), name, bytes);
  return 0;
}

static int
set_memory(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  return set_bytes(w, value, "memory", "limit", err);
}

static int
set_swap(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  return set_bytes(w, value, "memory-swap", "swap", err);
}

static int
set_cpu_number(struct cli_docker_work *w, const char *value, const char *name, struct cc_error *err)
{
  if (!is_number(value) && strcmp(value, "-1") != 0)
    return cc_error_set(err, 0, "`--cpu-%s %s`: it is no number", name, value);
  cc_jset_int(w->doc, cc_jneed_object(w->doc, w->resources, "cpu"), name, strtoll(value, NULL, 10));
  return 0;
}

static int
set_quota(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  return set_cpu_number(w, value, "quota", err);
}

static int
set_period(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  return set_cpu_number(w, value, "period", err);
}

static int
set_cpus(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  struct cc_jval *cpu = cc_jneed_object(w->doc, w->resources, "cpu");
  char *end;
  double n = strtod(value, &end);

  if (end == value || *end != '\0' || !(n >= 0 && n < 1e6))
    return cc_error_set(err, 0, "`--cpus %s`: it is no number of processors", value);
  cc_jset_int(w->doc, cpu, "quota", (int64_t)(n * 100000));
  cc_jset_int(w->doc, cpu, "period", 100000);
  return 0;
}

static int
set_pids(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  if (!is_number(value) && strcmp(value, "-1") != 0)
    return cc_error_set(err, 0, "`--pids-limit %s`: it is no number", value);
  cc_jset_int(w->doc, cc_jneed_object(w->doc, w->resources, "pids"), "limit", strtoll(value, NULL, 10));
  return 0;
}

static int
set_shm_size(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  struct cc_jval *options = cc_jget(cli_docker_mount_at(w, "/dev/shm"), "options");
  cc_auto_free char *size = NULL;
  int64_t bytes;

  if (cli_docker_bytes(value, &bytes) < 0)
    return cc_error_set(err, 0, "`--shm-size %s`: it is no size", value);
  size = cc_xasprintf("size=%jd", (intmax_t)bytes);
  if (options == NULL)
    return 0;
  cc_jeach(o, options) if (strncmp(o->text, "size=", 5) == 0) cc_jremove(options, o);
  cc_jappend_str(w->doc, options, size);
  return 0;
}

static int
set_cgroup_parent(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  size_t n = strlen(value);
  bool slice = n > 6 && strcmp(value + n - 6, ".slice") == 0;
  cc_auto_free char *path = slice             ? cc_xasprintf("%s:docker:preview", value)
                            : value[0] == '/' ? cc_xasprintf("%s/preview", value)
                                              : cc_xasprintf("/%s/preview", value);

  (void)err;
  cc_jset_str(w->doc, w->linux_, "cgroupsPath", path);
  return 0;
}

static int
add_sysctl(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  const char *equals = strchr(value, '=');
  cc_auto_free char *name = NULL;

  if (equals == NULL)
    return cc_error_set(err, 0, "`--sysctl %s`: it must look like `NAME=VALUE`", value);
  name = cc_xstrndup(value, (size_t)(equals - value));
  cc_jset_str(w->doc, cc_jneed_object(w->doc, w->linux_, "sysctl"), name, equals + 1);
  return 0;
}

static int
set_read_only(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  if (strcmp(value, "true") == 0)
    cc_jset_bool(w->doc, cc_jget(w->spec, "root"), "readonly", true);
  return 0;
}

/* -- who it is for -- */

static int
add_annotation(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  const char *equals = strchr(value, '=');
  cc_auto_free char *name = cc_xstrndup(value, equals != NULL ? (size_t)(equals - value) : strlen(value));

  (void)err;
  cc_jset_str(w->doc, cc_jneed_object(w->doc, w->spec, "annotations"), name, equals != NULL ? equals + 1 : "");
  return 0;
}

/* A label that is given twice has its last value. */
static int
add_label(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  const char *equals = strchr(value, '=');
  cc_auto_free char *name = cc_xstrndup(value, equals != NULL ? (size_t)(equals - value) : strlen(value));

  (void)err;
  cc_jset_str(w->doc, w->labels, name, equals != NULL ? equals + 1 : "");
  return 0;
}

/* As --env-file; a line without a sign is none. */
static int
add_label_file(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  struct cc_error why = CC_ERROR_INIT;
  char *state = NULL;
  size_t length;

  if (cc_read_file_at(AT_FDCWD, value, CLI_DOCKER_FILE_MAX, &text, &length, NULL, &why) < 0)
    {
      cli_docker_unknown(w, "`--label-file %s`: an agent or session that it names; %s", value, why.msg);
      return 0;
    }
  for (char *line = strtok_r(text, "\r\n", &state); line != NULL; line = strtok_r(NULL, "\r\n", &state))
    {
      line += strspn(line, " \t");
      if (line[0] != '#' && strchr(line, '=') != NULL && add_label(w, line, err) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* The value of the first of NAMES whose label says something, as in shim/identify.c; NULL. */
static const char *
label_of(const struct cli_docker_work *w, const char *const *names)
{
  for (; *names != NULL; names++)
    {
      const char *value = cc_jget_str(w->labels, *names);

      if (value != NULL && value[0] != '\0')
        return value;
    }
  return NULL;
}

static void
take_labels(struct cli_docker_work *w)
{
  static const char *const agents[] = { "closedclaw.agent", NULL };
  static const char *const sessions[] = { "closedclaw.session", "openclaw.sessionKey", "clawdbot.sessionKey", NULL };
  static const char *const browsers[] = { "openclaw.sandboxBrowser", "clawdbot.sandboxBrowser", NULL };
  const char *agent = label_of(w, agents), *session = label_of(w, sessions);

  w->out->agent = agent != NULL ? cc_xstrdup(agent) : NULL;
  w->out->session = session != NULL ? cc_xstrdup(session) : NULL;
  w->out->browser = label_of(w, browsers) != NULL;
}

static int
set_runtime(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  free(w->out->foreign_runtime);
  w->out->foreign_runtime = strstr(value, "closedclaw") == NULL ? cc_xstrdup(value) : NULL;
  return 0;
}

static int
note_host(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  cli_note(&w->out->notes, CLI_NOTE_WARNING,
           "engine `%s`: paths and devices are judged on this host, not on that engine's", value);
  return 0;
}

static int
note_pod(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  cli_docker_unknown(w, "`--pod %s`: the namespaces of that pod", value);
  return 0;
}

static int
set_rdt(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  cc_jset_str(w->doc, cc_jneed_object(w->doc, w->linux_, "intelRdt"), "closID", value);
  return 0;
}

static int
note_unknown(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  cli_docker_unknown(w, "`%s`: hooks, options or settings that the engine takes from there", value);
  return 0;
}

static int
set_preserve_fds(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  w->out->preserve_fds = strcmp(value, "0") != 0;
  return 0;
}

static int
set_cgroups(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  w->out->no_cgroup = strcmp(value, "disabled") == 0;
  return 0;
}

static const struct cli_docker_effect effects[] = {
  { CLI_DOCKER_ANNOTATION, add_annotation },
  { CLI_DOCKER_CGROUPS, set_cgroups },
  { CLI_DOCKER_CGROUP_PARENT, set_cgroup_parent },
  { CLI_DOCKER_CPUS, set_cpus },
  { CLI_DOCKER_CPU_PERIOD, set_period },
  { CLI_DOCKER_CPU_QUOTA, set_quota },
  { CLI_DOCKER_ENTRYPOINT, set_entrypoint },
  { CLI_DOCKER_ENV, add_env },
  { CLI_DOCKER_ENV_FILE, add_env_file },
  { CLI_DOCKER_HOST, note_host },
  { CLI_DOCKER_LABEL, add_label },
  { CLI_DOCKER_MEMORY, set_memory },
  { CLI_DOCKER_MEMORY_SWAP, set_swap },
  { CLI_DOCKER_OOM_SCORE, set_oom_score },
  { CLI_DOCKER_PIDS_LIMIT, set_pids },
  { CLI_DOCKER_POD, note_pod },
  { CLI_DOCKER_PRESERVE_FDS, set_preserve_fds },
  { CLI_DOCKER_RDT, set_rdt },
  { CLI_DOCKER_READ_ONLY, set_read_only },
  { CLI_DOCKER_RUNTIME, set_runtime },
  { CLI_DOCKER_SHM_SIZE, set_shm_size },
  { CLI_DOCKER_SYSCTL, add_sysctl },
  { CLI_DOCKER_ULIMIT, add_ulimit },
  { CLI_DOCKER_UNKNOWN, note_unknown },
  { CLI_DOCKER_USER, set_user },
  { CLI_DOCKER_WORKDIR, set_workdir },
};

/* Before --label, which has the last word wherever it is. */
static const struct cli_docker_effect file_effects[] = { { CLI_DOCKER_LABEL_FILE, add_label_file } };

/* After --user, which sets them anew. */
static const struct cli_docker_effect group_effects[] = { { CLI_DOCKER_GROUP_ADD, add_group } };

/* -- what comes of several options together -- */

/* True when "ALL", or NAME with or without "CAP_", in any case of letters, is among the values of SETTING. */
static bool
names_capability(const struct cli_docker_call *call, enum cli_docker_setting setting, const char *name)
{
  const char *value;

  for (size_t i = 0; (value = cli_docker_value_at(call, setting, i)) != NULL; i++)
    {
      cc_auto_free char *copy = cc_xstrdup(value);
      char *state = NULL;

      for (char *c = strtok_r(copy, ",", &state); c != NULL; c = strtok_r(NULL, ",", &state))
        if (strcasecmp(c, name) == 0 || strcasecmp(c, name + strlen("CAP_")) == 0)
          return true;
    }
  return false;
}

/* moby oci/caps, TweakCapabilities */
static bool
has_capability(const struct cli_docker_call *call, const struct cc_jval *defaults, const char *name)
{
  bool all = names_capability(call, CLI_DOCKER_CAP_ADD, "CAP_ALL");
  bool none = names_capability(call, CLI_DOCKER_CAP_DROP, "CAP_ALL");

  if (cli_docker_is_on(call, CLI_DOCKER_PRIVILEGED))
    return true;
  if (all)
    return !names_capability(call, CLI_DOCKER_CAP_DROP, name);
  if (names_capability(call, CLI_DOCKER_CAP_ADD, name))
    return true;
  return !none && cc_jarray_has(defaults, name) && !names_capability(call, CLI_DOCKER_CAP_DROP, name);
}

static void
set_capabilities(struct cli_docker_work *w)
{
  static const char *const sets[] = { "bounding", "effective", "permitted" };
  struct cc_jval *caps = cc_jget(w->process, "capabilities"), *kept = cc_jnew(w->doc, CC_JSON_ARRAY);
  const struct cc_jval *defaults = cc_jget(caps, "bounding");

  for (size_t i = 0; i < N_ELEMENTS(every_capability); i++)
    if (has_capability(w->call, defaults, every_capability[i]))
      cc_jappend_str(w->doc, kept, every_capability[i]);
  for (size_t i = 0; i < N_ELEMENTS(sets); i++)
    cc_jset(w->doc, caps, sets[i], cc_jcopy(w->doc, kept));
}

/* Docker allows as much swap again as memory. */
static void
complete_memory(struct cli_docker_work *w)
{
  struct cc_jval *memory = cc_jget(w->resources, "memory");
  int64_t limit;

  if (cc_jint64(cc_jget(memory, "limit"), &limit) == 0 && limit > 0 && limit < INT64_MAX / 2
      && cc_jget(memory, "swap") == NULL)
    cc_jset_int(w->doc, memory, "swap", limit * 2);
}

static void
set_image(struct cli_docker_work *w)
{
  const struct cli_docker_call *call = w->call;

  if (cli_docker_is_on(call, CLI_DOCKER_ROOTFS))
    {
      cc_jset_str(w->doc, cc_jget(w->spec, "root"), "path", call->image);
      w->out->rootfs = true;
    }
  else
    cli_note(&w->out->notes, CLI_NOTE_NOT_JUDGED, "the image `%s`: its links at the places of mounts, its user",
             call->image);
  if (cli_docker_value(call, CLI_DOCKER_USER) == NULL)
    cli_note(&w->out->notes, CLI_NOTE_ASSUMED, "user: root, as of an image that names none");
  if (call->command_count > 0 && cli_docker_value(call, CLI_DOCKER_ENTRYPOINT) == NULL)
    set_entrypoint(w, "", NULL);
}

static int
translate(struct cli_docker_work *w, struct cc_error *err)
{
  cc_jset(w->doc, w->linux_, "seccomp",
          cli_docker_profile(w->doc, !names_capability(w->call, CLI_DOCKER_CAP_DROP, "CAP_ALL")
                                         && !names_capability(w->call, CLI_DOCKER_CAP_DROP, "CAP_SYS_CHROOT")));
  cli_docker_set_host_defaults(w);
  set_image(w);
  if (cli_docker_apply(w, file_effects, N_ELEMENTS(file_effects), err) < 0
      || cli_docker_apply(w, effects, N_ELEMENTS(effects), err) < 0
      || cli_docker_apply(w, group_effects, N_ELEMENTS(group_effects), err) < 0 || cli_docker_isolation(w, err) < 0
      || cli_docker_mounts(w, err) < 0 || cli_docker_devices(w, err) < 0)
    return CC_FAILED;
  take_labels(w);
  set_capabilities(w);
  complete_memory(w);
  if (cli_docker_is_on(w->call, CLI_DOCKER_PRIVILEGED))
    cli_docker_make_privileged(w);
  if (cli_docker_is_on(w->call, CLI_DOCKER_TTY))
    {
      cc_jset_bool(w->doc, w->process, "terminal", true);
      cc_jappend_str(w->doc, cc_jneed_array(w->doc, w->process, "env"), "TERM=xterm");
    }
  if (cli_docker_value(w->call, CLI_DOCKER_RUNTIME) == NULL)
    cli_note(&w->out->notes, CLI_NOTE_ASSUMED, "closedclaw is the default runtime of %s: no --runtime says which",
             w->call->podman ? "Podman" : "the engine");
  cli_note(&w->out->notes, CLI_NOTE_ASSUMED, "what Docker 28 writes by itself, without its own files in /etc%s",
           w->call->podman ? "; Podman's own differs in details" : "");
  return 0;
}

int
cli_docker_spec(const struct cli_docker_call *call, struct cli_docker_spec *out, struct cc_error *err)
{
  struct cli_docker_spec made = { .doc = cli_docker_template() };
  struct cli_docker_work w = { .call = call, .out = &made, .doc = made.doc, .spec = cc_json_root(made.doc) };

  w.process = cc_jget(w.spec, "process");
  w.linux_ = cc_jget(w.spec, "linux");
  w.resources = cc_jget(w.linux_, "resources");
  w.labels = cc_jnew(w.doc, CC_JSON_OBJECT);
  if (translate(&w, err) < 0)
    {
      cli_docker_spec_clear(&made);
      return CC_FAILED;
    }
  *out = made;
  return 0;
}

void
cli_docker_spec_clear(struct cli_docker_spec *spec)
{
  cc_json_free(spec->doc);
  cli_notes_clear(&spec->notes);
  free(spec->agent);
  free(spec->session);
  free(spec->foreign_runtime);
  for (size_t i = 0; i < spec->pending.count; i++)
    free(spec->pending.items[i]);
  free(spec->pending.items);
  *spec = (struct cli_docker_spec){ 0 };
}
