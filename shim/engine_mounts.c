#include "shim/engine_mounts.h"

#include "common/own.h"
#include "common/path.h"
#include "shim/private_path.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum whose
{
  CONTAINER,
  SANDBOX,
  POD
};

#define BIT(engine) (1u << (engine))
/* dockerd's namespace in a containerd of the host has the name that its operator chose */
#define DOCKERS (BIT(CC_ENGINE_DOCKER) | BIT(CC_ENGINE_CONTAINERD))
#define LIBPODS (BIT(CC_ENGINE_PODMAN) | BIT(CC_ENGINE_CRIO))
#define KUBELETS (BIT(CC_ENGINE_CRI) | BIT(CC_ENGINE_CRIO))

/* A directory that an engine keeps for one container: ROOT PREFIX ID SUFFIX. Podman gives its own to the container's
 * root (libpod, makeBindMounts); those above it are root's everywhere, Docker's since 20.10.3 (CVE-2021-21284). */
static const struct family
{
  enum whose whose;
  unsigned engines;
  bool mapped; /* the directory itself may be the container's root's */
  const char *prefix, *suffix;
} families[] = {
  { CONTAINER, DOCKERS, false, "/containers/", "" },
  /* containerd 1.6 to 2.1 */
  { SANDBOX, BIT(CC_ENGINE_CRI), false, "/io.containerd.grpc.v1.cri/sandboxes/", "" },
  { CONTAINER, BIT(CC_ENGINE_CRI), false, "/io.containerd.grpc.v1.cri/containers/", "" },
  /* files of a pod are its infra container's */
  { SANDBOX, LIBPODS, true, "/overlay-containers/", "/userdata" },
  { POD, KUBELETS, false, "/pods/", "" },
};

enum family_id
{
  DOCKER,
  CRI_SANDBOX,
  CRI_CONTAINER,
  LIBPOD,
  KUBELET,
  FAMILIES
};

/* What must be there. */
enum due
{
  FILE_OF_ROOT,      /* a regular file with one name: a second one may be any file's */
  FILE_OF_ANYONE,    /* the same; its owner is what the caller asked for */
  DIRECTORY_OF_ROOT, /* root is the container's own, too */
};

/* A file or directory below it; "*" is any one name, a final "/" anything below. DESTINATION NULL: the caller chose it.
 */
static const struct member
{
  enum family_id family;
  const char *name, *destination;
  enum cc_engine_mount kind;
  enum due due;
} members[] = {
  { DOCKER, "hosts", "/etc/hosts", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { DOCKER, "hostname", "/etc/hostname", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { DOCKER, "resolv.conf", "/etc/resolv.conf", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { DOCKER, "mounts/shm", "/dev/shm", CC_MOUNT_ENGINES, DIRECTORY_OF_ROOT },
  { DOCKER, "mounts/secrets/*", NULL, CC_MOUNT_ENGINES, FILE_OF_ANYONE },
  { CRI_SANDBOX, "hosts", "/etc/hosts", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { CRI_SANDBOX, "hostname", "/etc/hostname", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { CRI_SANDBOX, "resolv.conf", "/etc/resolv.conf", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { CRI_SANDBOX, "shm", "/dev/shm", CC_MOUNT_ENGINES, DIRECTORY_OF_ROOT },
  { CRI_CONTAINER, "volumes/", NULL, CC_MOUNT_VOLUME },
  { LIBPOD, "hosts", "/etc/hosts", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { LIBPOD, "hostname", "/etc/hostname", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { LIBPOD, "resolv.conf", "/etc/resolv.conf", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { LIBPOD, ".containerenv", "/run/.containerenv", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { LIBPOD, "shm", "/dev/shm", CC_MOUNT_ENGINES, DIRECTORY_OF_ROOT },
  { LIBPOD, "passwd", "/etc/passwd", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { LIBPOD, "group", "/etc/group", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { LIBPOD, "localtime", "/etc/localtime", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { LIBPOD, "run/secrets", "/run/secrets", CC_MOUNT_ENGINES, DIRECTORY_OF_ROOT },
  { LIBPOD, "secrets/*", NULL, CC_MOUNT_ENGINES, FILE_OF_ANYONE },
  { KUBELET, "etc-hosts", "/etc/hosts", CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { KUBELET, "containers/*/*", NULL, CC_MOUNT_ENGINES, FILE_OF_ROOT },
  { KUBELET, "volumes/", NULL, CC_MOUNT_VOLUME },
  { KUBELET, "volume-subpaths/", NULL, CC_MOUNT_VOLUME },
};

static const char *const token_directories[]
    = { "/var/run/secrets/kubernetes.io/serviceaccount", "/run/secrets/kubernetes.io/serviceaccount" };

/* The init programs that engines put in front: name, and where. */
static const char *const init_destinations[] = { "/sbin/docker-init", "/run/podman-init", "/dev/init", "/catatonit" };
static const char *const init_names[] = { "docker-init", "tini", "tini-static", "catatonit" };

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_FOUND 8
#define NOBODY ((uid_t)-1)

/* A directory of this container whose path was verified. */
struct found
{
  enum family_id family;
  char *root; /* the engine's directory, as written in the configuration */
  char *path; /* root, prefix, id, suffix */
  int fd;
};

struct cc_engine_mounts
{
  struct found found[MAX_FOUND];
  size_t found_count;
  char *roots[MAX_FOUND + 3];
  size_t root_count;
  const struct cc_identity *identity;
  uid_t mapped_root; /* the host's id of the container's uid 0, NOBODY without a user namespace */
};

static bool
is_one_of(const char *s, const char *const *list, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(s, list[i]) == 0)
      return true;
  return false;
}

static const char *
id_of(const struct cc_identity *identity, enum whose whose, size_t which)
{
  const char *id = whose == POD ? identity->pod_uid : which == 0 ? identity->container_id : identity->sandbox_id;

  if (which > 0 && whose != SANDBOX)
    return NULL;
  return id != NULL && id[0] != '\0' && id[0] != '.' && strchr(id, '/') == NULL ? id : NULL;
}

/* The end of PREFIX ID SUFFIX in SOURCE, when something follows it there; *ROOT is where it starts. */
static const char *
match_directory(const char *source, const struct family *family, const char *id, size_t *root)
{
  char tail[PATH_MAX];
  const char *at;
  int n = snprintf(tail, sizeof(tail), "%s%s%s", family->prefix, id, family->suffix);

  if (n <= 0 || (size_t)n >= sizeof(tail))
    return NULL;
  at = strstr(source, tail);
  if (at == NULL || at == source || at[n] != '/')
    return NULL;
  *root = (size_t)(at - source);
  return at + n;
}

static void
add_root(struct cc_engine_mounts *engine, const char *root, size_t length)
{
  for (size_t i = 0; i < engine->root_count; i++)
    if (strlen(engine->roots[i]) == length && strncmp(engine->roots[i], root, length) == 0)
      return;
  if (length > 1 && engine->root_count + 1 < N_ELEMENTS(engine->roots))
    engine->roots[engine->root_count++] = cc_xstrndup(root, length);
}

/* Opens and verifies the directory DIRECTORY, and keeps it. Its real path must end the same way, so that no link
 * leads to another container's. */
static void
keep_directory(struct cc_engine_mounts *engine, enum family_id family, const char *directory, size_t root_length)
{
  cc_auto_close int fd = -1;
  char real[PATH_MAX];
  const char *tail = directory + root_length;
  struct found *found;
  size_t n;

  for (size_t i = 0; i < engine->found_count; i++)
    if (strcmp(engine->found[i].path, directory) == 0)
      return;
  if (engine->found_count == MAX_FOUND)
    return;
  fd = cc_private_open(directory, families[family].mapped ? engine->mapped_root : 0, real);
  n = fd >= 0 ? strlen(real) : 0;
  if (n < strlen(tail) || strcmp(real + n - strlen(tail), tail) != 0)
    return;
  found = &engine->found[engine->found_count++];
  *found = (struct found){
    .family = family, .root = cc_xstrndup(directory, root_length), .path = cc_xstrdup(directory), .fd = cc_move_fd(&fd)
  };
  add_root(engine, directory, root_length);
}

static void
look_at(struct cc_engine_mounts *engine, const char *source)
{
  for (size_t f = 0; f < FAMILIES; f++)
    for (size_t which = 0; which < 2; which++)
      {
        const char *id = (families[f].engines & BIT(engine->identity->engine)) != 0
                             ? id_of(engine->identity, families[f].whose, which)
                             : NULL;
        size_t root;
        const char *end = id != NULL ? match_directory(source, &families[f], id, &root) : NULL;

        if (end != NULL)
          {
            cc_auto_free char *directory = cc_xstrndup(source, (size_t)(end - source));

            keep_directory(engine, (enum family_id)f, directory, root);
          }
      }
}

/* Docker: --root is <exec-root>/runtime-<name>/<namespace>. */
static void
add_root_arg(struct cc_engine_mounts *engine, const char *root_arg)
{
  cc_auto_free char *clean = root_arg != NULL ? cc_path_clean(root_arg) : NULL;
  char *runtime = clean != NULL ? strstr(clean, "/runtime-") : NULL;

  if (clean == NULL)
    return;
  if (runtime != NULL && runtime != clean)
    *runtime = '\0';
  add_root(engine, clean, strlen(clean));
}

/* <data-root>/containers/<id> */
static void
add_engine_dir(struct cc_engine_mounts *engine, const char *directory)
{
  cc_auto_free char *root = cc_path_clean(directory);
  char *slash;

  for (int i = 0; root != NULL && i < 2; i++)
    if ((slash = strrchr(root, '/')) != NULL)
      *slash = '\0';
  if (root != NULL)
    add_root(engine, root, strlen(root));
}

static uid_t
mapped_root(const struct cc_jval *spec)
{
  uint64_t container, host;

  cc_jeach(map, cc_jpath(spec, "linux.uidMappings")) if (cc_juint64(cc_jget(map, "containerID"), &container) == 0
                                                         && container == 0
                                                         && cc_juint64(cc_jget(map, "hostID"), &host) == 0
                                                         && host <= CC_ID_MAX) return (uid_t)host;
  return NOBODY;
}

int
cc_engine_mounts_new(const struct cc_jval *spec, const struct cc_identity *identity, const char *root_arg,
                     struct cc_engine_mounts **out, struct cc_error *err)
{
  struct cc_engine_mounts *engine = cc_xcalloc(1, sizeof(*engine));

  (void)err;
  engine->identity = identity;
  engine->mapped_root = mapped_root(spec);
  cc_jeach(m, cc_jget(spec, "mounts"))
  {
    const char *source = cc_jget_str(m, "source");

    if (source != NULL && cc_path_is_clean(source))
      look_at(engine, source);
  }
  if (identity->engine_dir != NULL)
    add_engine_dir(engine, identity->engine_dir);
  add_root_arg(engine, root_arg);
  *out = engine;
  return 0;
}

void
cc_engine_mounts_free(struct cc_engine_mounts *engine)
{
  if (engine == NULL)
    return;
  for (size_t i = 0; i < engine->found_count; i++)
    {
      free(engine->found[i].root);
      free(engine->found[i].path);
      cc_cleanup_close(&engine->found[i].fd);
    }
  for (size_t i = 0; i < engine->root_count; i++)
    free(engine->roots[i]);
  free(engine);
}

const char *const *
cc_engine_mounts_roots(const struct cc_engine_mounts *engine)
{
  return (const char *const *)engine->roots;
}

void
cc_engine_mounts_exempt(const struct cc_engine_mounts *engine, struct cc_bind_rules *rules)
{
  for (size_t i = 0; i < engine->found_count; i++)
    for (size_t k = 0; k < N_ELEMENTS(members); k++)
      if (members[k].family == engine->found[i].family && members[k].kind == CC_MOUNT_VOLUME)
        {
          cc_auto_close int fd = cc_private_open_below(engine->found[i].fd, members[k].name, engine->mapped_root);
          char link[64], real[PATH_MAX];
          ssize_t n;

          if (fd < 0)
            continue;
          snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
          n = readlink(link, real, sizeof(real) - 1);
          if (n <= 0)
            continue;
          real[n] = '\0';
          cc_bind_rules_exempt(rules, real);
        }
}

/* NAME against a member's pattern. */
static bool
matches(const char *pattern, const char *name)
{
  for (;;)
    {
      if (*pattern == '*')
        {
          size_t n = strcspn(name, "/");

          if (n == 0)
            return false;
          name += n;
          pattern++;
        }
      else if (pattern[0] == '/' && pattern[1] == '\0')
        return name[0] == '/' && name[1] != '\0';
      else if (*pattern != *name)
        return false;
      else if (*pattern == '\0')
        return true;
      else
        {
          pattern++;
          name++;
        }
    }
}

static const struct found *
find_directory(const struct cc_engine_mounts *engine, const char *source, const char **name)
{
  for (size_t i = 0; i < engine->found_count; i++)
    {
      size_t n = strlen(engine->found[i].path);

      if (strncmp(source, engine->found[i].path, n) == 0 && source[n] == '/')
        {
          *name = source + n + 1;
          return &engine->found[i];
        }
    }
  return NULL;
}

/* The object is really in that directory, of the kind and the owner that an engine's is. */
static bool
is_there(const struct cc_engine_mounts *engine, const struct found *found, const char *name, enum due due)
{
  const char *base = cc_path_base(name);
  cc_auto_free char *above = cc_xstrndup(name, (size_t)(base - name));
  cc_auto_close int dir = cc_private_open_below(found->fd, above, engine->mapped_root);
  cc_auto_close int fd = dir >= 0 ? openat(dir, base, O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1;
  struct stat st;

  if (fd < 0 || fstat(fd, &st) < 0
      || (due != FILE_OF_ANYONE && !cc_private_owner(&st) && st.st_uid != engine->mapped_root))
    return false;
  return due == DIRECTORY_OF_ROOT ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode) && st.st_nlink == 1;
}

static bool
is_token(const struct found *found, const char *name, const char *destination)
{
  cc_auto_free char *token = NULL;
  const char *projected = strstr(name, "kubernetes.io~projected/"), *secret = strstr(name, "kubernetes.io~secret/");
  struct stat st;

  for (size_t i = 0; i < N_ELEMENTS(token_directories); i++)
    if (cc_path_is_under(destination, token_directories[i]))
      return true;
  /* kubelet's own volume, and before Kubernetes 1.24 the secret <account>-token-<five characters> */
  if (strstr(name, "kubernetes.io~projected/kube-api-access-") != NULL
      || (secret != NULL && strlen(secret) > 12 && strncmp(secret + strlen(secret) - 12, "-token-", 7) == 0))
    return true;
  if (projected == NULL)
    return false;
  token = cc_xasprintf("%s/token", name);
  return fstatat(found->fd, token, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* docker-init, catatonit: a root-owned program on the host, read-only. Distributions put a link where the engine looks
 * (Debian 13: /usr/libexec/podman/catatonit to ../../bin/catatonit); what it leads to must be such a program, too. */
static bool
is_init(const char *source, const char *destination)
{
  cc_auto_close int fd = -1;
  char real[PATH_MAX];
  struct stat st;

  if (!is_one_of(destination, init_destinations, N_ELEMENTS(init_destinations))
      || !is_one_of(cc_path_base(source), init_names, N_ELEMENTS(init_names)))
    return false;
  fd = cc_private_open_file(source, real);
  return fd >= 0 && is_one_of(cc_path_base(real), init_names, N_ELEMENTS(init_names)) && fstat(fd, &st) == 0
         && st.st_uid == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

enum cc_engine_mount
cc_engine_mounts_classify(const struct cc_engine_mounts *engine, const char *source, const char *destination,
                          bool read_only)
{
  const char *name;
  const struct found *found;

  if (source == NULL || !cc_path_is_clean(source))
    return CC_MOUNT_CALLERS;
  found = find_directory(engine, source, &name);
  if (found == NULL)
    return read_only && is_init(source, destination) ? CC_MOUNT_ENGINES : CC_MOUNT_CALLERS;
  for (size_t i = 0; i < N_ELEMENTS(members); i++)
    {
      const struct member *member = &members[i];

      if (member->family != found->family || !matches(member->name, name)
          || (member->destination != NULL && strcmp(member->destination, destination) != 0))
        continue;
      if (member->kind == CC_MOUNT_VOLUME)
        return found->family == KUBELET && is_token(found, name, destination) ? CC_MOUNT_TOKEN : CC_MOUNT_VOLUME;
      return is_there(engine, found, name, member->due) ? member->kind : CC_MOUNT_CALLERS;
    }
  return CC_MOUNT_CALLERS;
}
