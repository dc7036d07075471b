#include "common/own.h"
#include "shim/harden.h"
#include "shim/pod.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What it means that a namespace is not in the configuration: the container shares the host's. The network has its own
 * module. */
static const struct
{
  const char *type;
  const char *rule;   /* NULL: engines leave it out unasked, so it is added */
  const char *option; /* how callers ask for the host's */
} wanted[] = {
  { "mount", "namespace-mount", "a shared mount namespace" },
  { "pid", "namespace-pid", "--pid host" },
  { "ipc", "namespace-ipc", "--ipc host" },
  { "uts", "namespace-uts", "--uts host" },
  { "cgroup", NULL, NULL }, /* Docker on cgroup v1 shares the host's by default */
};

static const char *const known[] = { "mount", "pid", "ipc", "uts", "cgroup", "network", "user", "time" };

static struct cc_jval *
find(const struct cc_jval *list, const char *type)
{
  cc_jeach(ns, list)
  {
    const char *t = cc_jget_str(ns, "type");

    if (t != NULL && strcmp(t, type) == 0)
      return ns;
  }
  return NULL;
}

static bool
is_known(const char *type)
{
  for (size_t i = 0; type != NULL && i < sizeof(known) / sizeof(known[0]); i++)
    if (strcmp(known[i], type) == 0)
      return true;
  return false;
}

/* Refuses unknown and doubled types and every joined namespace but the pod's own. */
static void
check_entries(struct cc_harden *h, const struct cc_jval *list)
{
  cc_jeach(ns, list)
  {
    const char *type = cc_jget_str(ns, "type"), *path = cc_jget_str(ns, "path");

    if (!is_known(type) || find(list, type) != ns)
      cc_report_refuse(h->report, "namespace", "namespace `%s`: unknown, or listed twice; list each once",
                       type != NULL ? type : "");
    else if (path != NULL && path[0] != '\0' && strcmp(type, "network") != 0
             && !cc_pod_owns_namespace(h->identity, h->root_arg, path))
      {

        cc_report_refuse(
            h->report,
            strcmp(type, "pid") == 0   ? "namespace-pid"
            : strcmp(type, "ipc") == 0 ? "namespace-ipc"
            : strcmp(type, "uts") == 0 ? "namespace-uts"
                                       : "namespace-join",
            "%s namespace `%s`: it is another container's or the host's; leave the namespace to the runtime", type,
            path);
      }
  }
}

int
cc_harden_namespaces(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *list = cc_jneed_array(h->doc, cc_jget(h->spec, "linux"), "namespaces");

  (void)err;
  check_entries(h, list);
  for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
    {
      struct cc_jval *ns;

      if (find(list, wanted[i].type) != NULL)
        continue;
      if (wanted[i].rule != NULL)
        {
          cc_report_refuse(h->report, wanted[i].rule,
                           "%s: the container would see the host's %s namespace; leave it out", wanted[i].option,
                           wanted[i].type);
          continue;
        }
      ns = cc_jnew(h->doc, CC_JSON_OBJECT);
      cc_jset_str(h->doc, ns, "type", wanted[i].type);
      cc_jappend(list, ns);
      cc_report_tighten(h->report, "namespace", "linux.namespaces", "the host's cgroup namespace", "an own one");
    }
  return 0;
}

/* -- network -- */

static bool
is_named_by_an_engine(const char *path)
{
  /* netavark's and CNI's: made before create for this container alone */
  static const char *const places[]
      = { "/run/netns/netns-", "/var/run/netns/netns-", "/run/netns/cni-", "/var/run/netns/cni-" };

  for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
    if (strncmp(path, places[i], strlen(places[i])) == 0 && strchr(path + strlen(places[i]), '/') == NULL)
      return true;
  return false;
}

/* Under any name: `podman run --network ns:PATH` says which. */
static bool
is_the_hosts(const char *path)
{
  struct stat own, st;

  return stat("/proc/self/ns/net", &own) == 0 && stat(path, &st) == 0 && st.st_dev == own.st_dev
         && st.st_ino == own.st_ino;
}

/* In a user namespace (rootless) "/" is nobody's, and others' processes are hidden; they are in no namespace of ours.
 */
static bool
is_hosts_root(void)
{
  struct stat top;

  return geteuid() == 0 && stat("/", &top) == 0 && top.st_uid == 0;
}

/* Whether the process NAME of PROC is in the namespace OWN, or hidden from the host's root. */
static bool
is_member(int proc, const char *name, const struct stat *own)
{
  char path[NAME_MAX + sizeof("/ns/net")];
  struct stat st;

  if (strspn(name, "0123456789") != strlen(name))
    return false;
  snprintf(path, sizeof(path), "%s/ns/net", name);
  if (fstatat(proc, path, &st, 0) < 0)
    /* the host's own init may have more capabilities than this process, and is no container's */
    return (errno == EACCES || errno == EPERM) && strcmp(name, "1") != 0 && is_hosts_root();
  return st.st_dev == own->st_dev && st.st_ino == own->st_ino;
}

/* True when some process is in the network namespace PATH. An engine makes one for a container that does not exist yet;
 * what is in use already is another's, under whatever name. Two microseconds for each process of the host. */
static bool
is_in_use(const char *path)
{
  DIR *dir = opendir("/proc");
  struct dirent *entry;
  struct stat own;
  bool there = stat(path, &own) == 0, found = there && dir == NULL;

  while (there && !found && (entry = readdir(dir)) != NULL)
    found = is_member(dirfd(dir), entry->d_name, &own);
  if (dir != NULL)
    closedir(dir);
  return found;
}

/* A namespace that an engine made for this container alone. CRI-O's containers of one pod meet in theirs by its name;
 * the others' name the process of the pod's sandbox. */
static bool
is_made_for_it(const struct cc_harden *h, const char *path)
{
  bool replaced = strcmp(h->policy->network, "none") == 0 && h->identity->kind != CC_KIND_POD_SANDBOX;

  return is_named_by_an_engine(path) && !is_the_hosts(path)
         && (replaced || h->identity->engine == CC_ENGINE_CRIO || !is_in_use(path));
}

int
cc_harden_network(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *ns = find(cc_jpath(h->spec, "linux.namespaces"), "network");
  const char *path = cc_jget_str(ns, "path");
  bool joined = path != NULL && path[0] != '\0';

  (void)err;
  if (ns == NULL)
    return cc_report_refuse(
        h->report, "namespace-network",
        "--network host: the container would use the host's network; leave it out, or use --network none");
  if (joined && !is_made_for_it(h, path) && !cc_pod_owns_namespace(h->identity, h->root_arg, path))
    {
      if (strncmp(h->policy->network, "container:", 10) == 0 && h->policy->allow_namespace_join
          && strncmp(path, "/proc/", 6) == 0 && !is_the_hosts(path))
        return 0;
      return cc_report_refuse(
          h->report, "namespace-network",
          "network namespace `%s`: it is the host's or another container's; leave out --network, or use "
          "--network none",
          path);
    }
  if (strcmp(h->policy->network, "none") != 0 || h->identity->kind == CC_KIND_POD_SANDBOX || !joined)
    return 0;
  cc_jdel(ns, "path");
  return cc_report_tighten(h->report, "network", "linux.namespaces", path, "an own empty one");
}
