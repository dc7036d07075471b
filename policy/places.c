#include "policy/places.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- the fixed places -- */

static const struct
{
  const char *path;
  enum cc_place_kind kind;
} fixed[] = {
  { "/etc", CC_PLACE_MEDIUM },
  { "/boot", CC_PLACE_MEDIUM },
  { "/proc", CC_PLACE_SYSTEM },
  { "/sys", CC_PLACE_SYSTEM },
  { "/dev", CC_PLACE_SYSTEM },
  { "/run", CC_PLACE_SYSTEM },
  { "/var/run", CC_PLACE_SYSTEM },
  { "/tmp/.ICE-unix", CC_PLACE_SYSTEM },
  { "/tmp/.X11-unix", CC_PLACE_SYSTEM }, /* who talks to a display reads its keyboard */
  { "/root", CC_PLACE_HOME },
  { "/home", CC_PLACE_HOMES },
  { "/var/lib/docker", CC_PLACE_ENGINE },
  { "/var/lib/containerd", CC_PLACE_ENGINE },
  { "/var/lib/containers", CC_PLACE_ENGINE },
  { "/var/lib/kubelet", CC_PLACE_ENGINE },
  { "/var/lib/buildkit", CC_PLACE_ENGINE },
  { "/var/lib/crio", CC_PLACE_ENGINE },
  { "/var/lib/etcd", CC_PLACE_ENGINE },
  { "/var/lib/rancher", CC_PLACE_ENGINE },
  { "/var/snap/docker", CC_PLACE_ENGINE },
  { "/var/snap/microk8s", CC_PLACE_ENGINE },
  { "/var/lib/closedclaw", CC_PLACE_STATE },
  { "/var/log/closedclaw", CC_PLACE_STATE },
};

/* The directories above the fixed places. One of them being a link puts every place elsewhere. */
static const char *const parents[] = { "/var", "/var/lib", "/var/log", "/var/snap" };

/* -- names -- */

/* Holds credentials wherever it lies: a copied ~/.ssh is as good as the first one. */
static const char *const secret_names[]
    = { ".ssh",   ".aws",    ".gnupg",           ".kube",           ".azure",  ".gcloud",
        ".netrc", ".pgpass", ".git-credentials", ".password-store", ".pypirc", ".vault-token" };

/* Holds credentials in a home, and is an ordinary name in a project (`.docker/nginx.conf`). */
static const char *const home_names[] = { ".docker",      ".config", ".npm", ".npmrc", ".cargo",  ".my.cnf",
                                          ".terraform.d", ".oci",    ".m2",  ".gem",   ".mozilla" };

/* The same below ~/.local/share; containers and docker are the state of a rootless engine. */
static const char *const home_share_names[] = { "containers", "docker", "keyrings" };

static const char *const state_names[] = { ".openclaw", ".clawdbot", ".moltbot", ".closedclaw" };

/* What gateways mount from below their state directory (they must work unchanged). DEEPER: only what is below it,
 * since the directory itself shows every agent's. */
static const struct
{
  const char *path;
  bool deeper, read_only;
} sandbox_paths[] = {
  { "/sandboxes", true, false },       { "/sandbox/skills-workspaces", true, false },
  { "/sandbox-skills", false, false }, { "/attachments", true, false },
  { "/workspace", false, false },      { "/skills", false, true },
};

static const char *const blocked_types[]
    = { "proc",        "sysfs",   "devtmpfs",  "devpts",     "cgroup",
        "cgroup2",     "debugfs", "tracefs",   "securityfs", "bpf",
        "nsfs",        "mqueue",  "configfs",  "pstore",     "efivarfs",
        "binfmt_misc", "fusectl", "selinuxfs", "rpc_pipefs", "nfsd",
        "autofs",      "overlay", "aufs",      "ecryptfs",   "fuse.fuse-overlayfs" };

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static bool
is_one_of(const char *name, size_t length, const char *const *list, size_t count, bool fold)
{
  for (size_t i = 0; i < count; i++)
    if (strlen(list[i]) == length && (fold ? strncasecmp(name, list[i], length) : strncmp(name, list[i], length)) == 0)
      return true;
  return false;
}

bool
cc_fstype_blocked(const char *type)
{
  return is_one_of(type, strlen(type), blocked_types, N_ELEMENTS(blocked_types), false);
}

const char *
cc_places_rest(const char *path, const char *dir)
{
  if (!cc_path_is_under(path, dir))
    return NULL;
  if (dir[1] == '\0')
    return path[1] == '\0' ? path + 1 : path;
  return path + strlen(dir);
}

char *
cc_places_join(const char *root, const char *rest)
{
  if (root[1] == '\0')
    return cc_xstrdup(rest[0] != '\0' ? rest : "/");
  return cc_xasprintf("%s%s", root, rest);
}

/* REST follows a state directory: is it one of sandbox_paths? */
static bool
is_sandbox(const char *rest, bool read_only)
{
  for (size_t i = 0; i < N_ELEMENTS(sandbox_paths); i++)
    {
      const char *more = cc_places_rest(rest[0] == '/' ? rest : "/", sandbox_paths[i].path);

      if (more != NULL && (more[0] == '/' || !sandbox_paths[i].deeper) && (read_only || !sandbox_paths[i].read_only))
        return true;
    }
  /* the workspace of an agent that is not the first: workspace-<id> */
  return strncmp(rest, "/workspace-", strlen("/workspace-")) == 0;
}

enum cc_name_verdict
cc_names_judge(const char *path, bool sandbox, bool read_only, const char **name)
{
  while (*path == '/')
    {
      size_t n = strcspn(++path, "/");

      *name = path;
      if (is_one_of(path, n, secret_names, N_ELEMENTS(secret_names), false))
        return CC_NAME_CREDENTIAL;
      if (!sandbox && is_one_of(path, n, state_names, N_ELEMENTS(state_names), true))
        {
          if (!is_sandbox(path + n, read_only))
            return CC_NAME_STATE;
          sandbox = true;
        }
      path += n;
    }
  return CC_NAME_FINE;
}

static bool
is_home_share(const char *rest)
{
  const char *share = cc_places_rest(rest, "/.local/share");
  size_t n;

  if (strcmp(rest, "/.local") == 0)
    return true;
  if (share == NULL)
    return false;
  if (share[0] == '\0')
    return true;
  n = strcspn(share + 1, "/");
  return is_one_of(share + 1, n, home_share_names, N_ELEMENTS(home_share_names), false)
         && !cc_names_volume(share + 1 + n);
}

/* The length of one sandbox at the start of REST, which follows a state directory; 0 for none. */
static size_t
sandbox_length(const char *rest)
{
  for (size_t i = 0; i < N_ELEMENTS(sandbox_paths); i++)
    {
      const char *more = cc_places_rest(rest[0] == '/' ? rest : "/", sandbox_paths[i].path);

      if (more == NULL || (sandbox_paths[i].deeper && more[0] != '/'))
        continue;
      return (size_t)(more - rest) + (sandbox_paths[i].deeper ? 1 + strcspn(more + 1, "/") : 0);
    }
  return strncmp(rest, "/workspace-", strlen("/workspace-")) == 0 ? 1 + strcspn(rest + 1, "/") : 0;
}

size_t
cc_names_sandbox(const char *path)
{
  for (const char *p = path; *p == '/';)
    {
      size_t n = strcspn(++p, "/"), inside;

      if (is_one_of(p, n, state_names, N_ELEMENTS(state_names), true) && (inside = sandbox_length(p + n)) > 0)
        return (size_t)(p - path) + n + inside;
      p += n;
    }
  return 0;
}

bool
cc_names_home_credential(const char *rest)
{
  size_t n;

  if (rest[0] != '/')
    return false;
  n = strcspn(rest + 1, "/");
  return is_one_of(rest + 1, n, home_names, N_ELEMENTS(home_names), false) || is_home_share(rest);
}

bool
cc_names_home_sandbox(const char *rest, bool read_only)
{
  size_t n;

  if (rest[0] != '/')
    return false;
  n = strcspn(rest + 1, "/");
  return is_one_of(rest + 1, n, state_names, N_ELEMENTS(state_names), true) && is_sandbox(rest + 1 + n, read_only);
}

bool
cc_names_volume(const char *rest)
{
  /* Docker: volumes/N/_data, with --userns-remap UID.GID/volumes/N/_data; Podman: storage/volumes/N/_data */
  size_t n = rest[0] == '/' ? strcspn(rest + 1, "/") : 0;

  if (strncmp(rest, "/storage/", 9) == 0)
    rest += 8;
  else if (n > 0 && strspn(rest + 1, "0123456789.") == n && memchr(rest + 1, '.', n) != NULL)
    rest += 1 + n;
  if (strncmp(rest, "/volumes/", 9) != 0)
    return false;
  rest += 9;
  n = strcspn(rest, "/");
  return n > 0 && cc_path_is_under(rest + n, "/_data");
}

bool
cc_names_subpath(const char *rest)
{
  size_t n;

  if (strncmp(rest, "/tmp/safe-mount", 15) == 0)
    return strchr(rest + 15, '/') == NULL;
  rest = strstr(rest, "/overlay-containers/");
  if (rest == NULL)
    return false;
  rest += strlen("/overlay-containers/");
  n = strcspn(rest, "/");
  return n > 0 && strncmp(rest + n, "/userdata/subpath", 17) == 0 && strchr(rest + n + 17, '/') == NULL;
}

/* -- the places of this host -- */

static void
add(struct cc_places *places, enum cc_place_kind kind, const char *path)
{
  places->items = cc_xrealloc(places->items, (places->count + 1) * sizeof(*places->items));
  places->items[places->count++] = (struct cc_place){ .kind = kind, .real = cc_xstrdup(path) };
}

/* The homes that are not below /home: people's, not those of daemons, which are /, /bin or /var/www. */
static int
add_passwd_homes(struct cc_places *places, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  size_t length;

  if (access("/etc/passwd", F_OK) < 0 && errno == ENOENT)
    return 0;
  if (cc_read_file_at(AT_FDCWD, "/etc/passwd", 8u << 20, &text, &length, NULL, err) < 0)
    return CC_FAILED;
  for (char *line = text, *next; *line != '\0'; line = next)
    {
      char *field[7] = { line }, *home;
      size_t n = 1;

      next = line + strcspn(line, "\n");
      if (*next == '\n')
        *next++ = '\0';
      for (char *p = line; n < 7 && (p = strchr(p, ':')) != NULL; n++)
        {
          *p++ = '\0';
          field[n] = p;
        }
      home = field[5];
      if (n < 7 || atol(field[2]) < 1000 || atol(field[2]) >= 65534 || !cc_path_is_clean(home) || home[1] == '\0'
          || cc_path_is_under(home, "/home"))
        continue;
      add(places, CC_PLACE_USER, home);
    }
  return 0;
}

static void
fill_in(struct cc_places *places, struct cc_place *place, const struct statx *stx)
{
  place->present = true;
  place->major = stx->stx_dev_major;
  place->minor = stx->stx_dev_minor;
  place->ino = stx->stx_ino;
  place->mount = stx->stx_mnt_id;
  /* The kernel's own filesystems and the tmpfs of /run have no second name on the root filesystem. */
  if (place->mount != places->root_mount
      && (place->kind != CC_PLACE_SYSTEM || (place->major == places->root_major && place->minor == places->root_minor)))
    places->aliased = true;
}

#define WANTED (STATX_TYPE | STATX_INO | STATX_MNT_ID)

/* A place that a link may be in front of: its real path is the kernel's word. */
static void
resolve(struct cc_places *places, struct cc_place *place)
{
  cc_auto_close int fd = open(place->real, O_PATH | O_CLOEXEC);
  char link[64], real[PATH_MAX];
  struct statx stx;
  ssize_t n;

  if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, WANTED, &stx) < 0)
    return;
  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  n = readlink(link, real, sizeof(real));
  if (n <= 0 || (size_t)n >= sizeof(real) || real[0] != '/')
    return;
  free(place->real);
  place->real = cc_xstrndup(real, (size_t)n);
  fill_in(places, place, &stx);
}

static bool
parents_are_links(void)
{
  struct statx stx;

  for (size_t i = 0; i < N_ELEMENTS(parents); i++)
    if (statx(AT_FDCWD, parents[i], AT_SYMLINK_NOFOLLOW, STATX_TYPE, &stx) == 0 && S_ISLNK(stx.stx_mode))
      return true;
  return false;
}

int
cc_places_init(const char *const *extra, struct cc_places *out, struct cc_error *err)
{
  struct cc_places places = { 0 };
  bool links = parents_are_links();
  struct statx stx;

  if (statx(AT_FDCWD, "/", 0, WANTED, &stx) < 0)
    return cc_error_set(err, errno, "stat `/`");
  if ((stx.stx_mask & STATX_MNT_ID) == 0)
    return cc_error_set(err, 0, "the kernel does not tell mount ids (Linux 5.8): bind mounts cannot be judged");
  places.root_mount = stx.stx_mnt_id;
  places.root_major = stx.stx_dev_major;
  places.root_minor = stx.stx_dev_minor;
  places.root_ino = stx.stx_ino;
  for (size_t i = 0; i < N_ELEMENTS(fixed); i++)
    add(&places, fixed[i].kind, fixed[i].path);
  if (add_passwd_homes(&places, err) < 0)
    {
      cc_places_clear(&places);
      return CC_FAILED;
    }
  for (size_t i = 0; i < places.count; i++)
    {
      struct cc_place *place = &places.items[i];

      if (i >= N_ELEMENTS(fixed) || links)
        resolve(&places, place);
      else if (statx(AT_FDCWD, place->real, AT_SYMLINK_NOFOLLOW, WANTED, &stx) == 0)
        {
          /* whoever comes first may put a link into /tmp: it says nothing about where the place is */
          if (S_ISLNK(stx.stx_mode) && !cc_path_is_under(place->real, "/tmp"))
            resolve(&places, place);
          else
            fill_in(&places, place, &stx);
        }
    }
  for (; extra != NULL && *extra != NULL; extra++)
    {
      add(&places, CC_PLACE_ENGINE, *extra);
      resolve(&places, &places.items[places.count - 1]);
    }
  *out = places;
  return 0;
}

void
cc_places_locate(struct cc_places *places, const struct cc_mountinfo *table)
{
  for (size_t i = 0; i < places->count; i++)
    {
      struct cc_place *place = &places->items[i];
      const struct cc_mount *m = place->present ? cc_mountinfo_find(table, place->mount) : NULL;
      const char *rest = m != NULL ? cc_places_rest(place->real, m->point) : NULL;

      if (rest == NULL)
        continue;
      free(place->fs_path);
      place->fs_path = cc_places_join(m->root, rest);
      place->fs_major = m->major;
      place->fs_minor = m->minor;
    }
}

void
cc_places_clear(struct cc_places *places)
{
  for (size_t i = 0; i < places->count; i++)
    {
      free(places->items[i].real);
      free(places->items[i].fs_path);
    }
  free(places->items);
  *places = (struct cc_places){ 0 };
}
