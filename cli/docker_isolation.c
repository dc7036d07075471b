/* Namespaces and security options of `docker run`. */
#include "cli/docker_internal.h"
#include "cli/docker_template.h"
#include "common/fd.h"
#include "common/own.h"
#include "policy/seccomp_docker.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <seccomp.h>
#include <string.h>
#include <strings.h>
#include <sys/vfs.h>
#include <unistd.h>

/* VALUE's "name=rest" (or "name:rest", as older Docker wrote it): the rest, or NULL. */
static const char *
after(const char *value, const char *name)
{
  size_t n = strlen(name);

  return strncmp(value, name, n) == 0 && (value[n] == '=' || value[n] == ':') ? value + n + 1 : NULL;
}

/* -- namespaces -- */

static struct cc_jval *
namespace_of(const struct cli_docker_work *w, const char *type)
{
  cc_jeach(ns, cc_jget(w->linux_, "namespaces")) if (strcmp(cc_jget_str(ns, "type"), type) == 0) return ns;
  return NULL;
}

static void
share_namespace(struct cli_docker_work *w, const char *type)
{
  struct cc_jval *ns = namespace_of(w, type);

  if (ns != NULL)
    cc_jremove(cc_jget(w->linux_, "namespaces"), ns);
}

static struct cc_jval *
need_namespace(struct cli_docker_work *w, const char *type)
{
  struct cc_jval *ns = namespace_of(w, type);

  if (ns != NULL)
    return ns;
  ns = cc_jnew(w->doc, CC_JSON_OBJECT);
  cc_jset_str(w->doc, ns, "type", type);
  cc_jappend(cc_jneed_array(w->doc, w->linux_, "namespaces"), ns);
  return ns;
}

/* "host", "container:NAME", "ns:PATH", or one of its own. FILE is its name in /proc/N/ns. */
static void
set_namespace(struct cli_docker_work *w, const char *type, const char *file, const char *value)
{
  const char *other = after(value, "container"), *path = after(value, "ns");

  if (strcmp(value, "host") == 0)
    share_namespace(w, type);
  else if (other != NULL)
    {
      cc_auto_free char *joined = cc_xasprintf("/proc/(process of %s)/ns/%s", other, file);

      cc_jset_str(w->doc, need_namespace(w, type), "path", joined);
    }
  else if (path != NULL)
    cc_jset_str(w->doc, need_namespace(w, type), "path", path);
}

/* Docker sets sysctls of the network only in a namespace of its own. */
static int
set_network(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  cc_auto_free char *name = cli_docker_field(value, "name");
  const char *network = name != NULL ? name : value;
  struct cc_jval *sysctls = cc_jget(w->linux_, "sysctl");

  (void)err;
  set_namespace(w, "network", "net", network);
  if (strcmp(network, "host") == 0 || strncmp(network, "container:", 10) == 0)
    {
      cc_jdel(sysctls, "net.ipv4.ip_unprivileged_port_start");
      cc_jdel(sysctls, "net.ipv4.ping_group_range");
    }
  return 0;
}

static int
set_pid(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  set_namespace(w, "pid", "pid", value);
  return 0;
}

static int
set_ipc(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  struct cc_jval *shm = cli_docker_mount_at(w, "/dev/shm"), *options;

  (void)err;
  set_namespace(w, "ipc", "ipc", value);
  if ((strcmp(value, "host") != 0 && strcmp(value, "none") != 0) || shm == NULL)
    return 0;
  cc_jremove(cc_jget(w->spec, "mounts"), shm);
  if (strcmp(value, "none") == 0)
    return 0;
  options = cli_docker_add_mount(w, "/dev/shm", "bind", "/dev/shm");
  cc_jappend_str(w->doc, options, "rbind");
  cc_jappend_str(w->doc, options, "rprivate");
  return 0;
}

static int
set_uts(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  set_namespace(w, "uts", "uts", value);
  if (strcmp(value, "host") == 0)
    cc_jdel(w->spec, "hostname");
  return 0;
}

static int
set_userns(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  if (strcmp(value, "host") != 0 && *value != '\0')
    cli_note(&w->out->notes, CLI_NOTE_NOT_JUDGED, "`--userns %s`: the ids that the engine would map", value);
  return 0;
}

static int
set_cgroupns(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  if (strcmp(value, "private") == 0)
    need_namespace(w, "cgroup");
  else
    set_namespace(w, "cgroup", "cgroup", value);
  return 0;
}

/* CONTAINER:HOST:SIZE */
static int
add_mapping(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  unsigned long long container, host, size;
  struct cc_jval *map;

  (void)err;
  if (sscanf(value, "%llu:%llu:%llu", &container, &host, &size) != 3)
    {
      cli_note(&w->out->notes, CLI_NOTE_NOT_JUDGED, "ids `%s`: what the engine would map", value);
      return 0;
    }
  map = cc_jnew(w->doc, CC_JSON_OBJECT);
  cc_jset_int(w->doc, map, "containerID", (int64_t)(container & INT64_MAX));
  cc_jset_int(w->doc, map, "hostID", (int64_t)(host & INT64_MAX));
  cc_jset_int(w->doc, map, "size", (int64_t)(size & INT64_MAX));
  cc_jappend(cc_jneed_array(w->doc, w->linux_, "uidMappings"), map);
  need_namespace(w, "user");
  return 0;
}

/* -- security -- */

static int
set_seccomp(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  cc_auto_json struct cc_json *file = NULL;
  cc_auto_free char *text = NULL;
  size_t length;

  cc_jdel(w->linux_, "seccomp");
  if (strcmp(value, "unconfined") == 0)
    return 0;
  if (strcmp(value, "builtin") == 0)
    {
      cc_jset(w->doc, w->linux_, "seccomp", cli_docker_profile(w->doc, true));
      return 0;
    }
  if (cc_read_file_at(AT_FDCWD, value, CLI_DOCKER_FILE_MAX, &text, &length, NULL, err) < 0
      || cc_json_parse(text, length, value, &file, err) < 0)
    return cc_error_prefix(err, "--security-opt seccomp");
  cc_jset(w->doc, w->linux_, "seccomp", cc_seccomp_from_docker(w->doc, cc_json_root(file), seccomp_arch_native()));
  return 0;
}

static void
unmask(struct cli_docker_work *w)
{
  cc_jdel(w->linux_, "maskedPaths");
  cc_jdel(w->linux_, "readonlyPaths");
}

static void
make_writable(struct cli_docker_work *w, const char *destination)
{
  struct cc_jval *options = cc_jget(cli_docker_mount_at(w, destination), "options");

  cc_jeach(o, options) if (strcmp(o->text, "ro") == 0) cc_jremove(options, o);
}

static void
set_label(struct cli_docker_work *w, const char *value)
{
  const char *type = after(value, "type");

  if (type != NULL && access("/sys/fs/selinux/enforce", F_OK) == 0)
    {
      cc_auto_free char *label = cc_xasprintf("system_u:system_r:%s:s0", type);

      cc_jset_str(w->doc, w->process, "selinuxLabel", label);
    }
}

static int
set_security(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  const char *seccomp = after(value, "seccomp"), *apparmor = after(value, "apparmor"), *label = after(value, "label");
  const char *nnp = after(value, "no-new-privileges"), *paths = after(value, "systempaths");
  const char *cgroups = after(value, "writable-cgroups"), *podmans = after(value, "unmask");

  if (seccomp != NULL)
    return set_seccomp(w, seccomp, err);
  if (apparmor != NULL)
    cc_jset_str(w->doc, w->process, "apparmorProfile", apparmor);
  else if (label != NULL)
    set_label(w, label);
  else if (strcmp(value, "no-new-privileges") == 0 || (nnp != NULL && strcasecmp(nnp, "true") == 0))
    cc_jset_bool(w->doc, w->process, "noNewPrivileges", true);
  else if ((paths != NULL && strcmp(paths, "unconfined") == 0) || podmans != NULL)
    unmask(w);
  else if (strcmp(value, "writable-cgroups") == 0 || (cgroups != NULL && strcasecmp(cgroups, "true") == 0))
    make_writable(w, "/sys/fs/cgroup");
  return 0;
}

static int
set_personality(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  cc_jset_str(w->doc, cc_jneed_object(w->doc, w->linux_, "personality"), "domain", value);
  return 0;
}

void
cli_docker_make_privileged(struct cli_docker_work *w)
{
  cc_jdel(w->linux_, "seccomp");
  cc_jdel(w->process, "apparmorProfile");
  unmask(w);
  make_writable(w, "/sys");
  make_writable(w, "/sys/fs/cgroup");
}

void
cli_docker_set_host_defaults(struct cli_docker_work *w)
{
  struct statfs fs;

  if (statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
    need_namespace(w, "cgroup");
  if (access("/sys/kernel/security/apparmor", F_OK) == 0)
    cc_jset_str(w->doc, w->process, "apparmorProfile", "docker-default");
}

int
cli_docker_isolation(struct cli_docker_work *w, struct cc_error *err)
{
  static const struct cli_docker_effect effects[] = {
    { CLI_DOCKER_CGROUPNS, set_cgroupns }, { CLI_DOCKER_IPC, set_ipc },
    { CLI_DOCKER_NETWORK, set_network },   { CLI_DOCKER_PERSONALITY, set_personality },
    { CLI_DOCKER_PID, set_pid },           { CLI_DOCKER_SECURITY, set_security },
    { CLI_DOCKER_UID_MAP, add_mapping },   { CLI_DOCKER_USERNS, set_userns },
    { CLI_DOCKER_UTS, set_uts },
  };

  return cli_docker_apply(w, effects, sizeof(effects) / sizeof(effects[0]), err);
}
