#include "shim/expect.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/image_path.h"
#include "shim/mount_options.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* -- the process -- */

static const char *const set_names[CC_CAP_SETS] = {
  [CC_CAP_INHERITABLE] = "inheritable", [CC_CAP_PERMITTED] = "permitted", [CC_CAP_EFFECTIVE] = "effective",
  [CC_CAP_BOUNDING] = "bounding",       [CC_CAP_AMBIENT] = "ambient",
};

static int
make_capabilities(const struct cc_jval *process, struct cc_expect *e, struct cc_error *err)
{
  for (size_t i = 0; i < CC_CAP_SETS; i++)
    cc_jeach(c, cc_jpath(cc_jget(process, "capabilities"), set_names[i]))
    {
      cap_value_t value;

      if (cc_jstr(c) == NULL || cap_from_name(cc_jstr(c), &value) < 0 || value < 0 || value > 63)
        return cc_error_set(err, 0, "capability `%s` is not known here", cc_jstr(c) != NULL ? cc_jstr(c) : "");
      e->capabilities[i] |= (uint64_t)1 << value;
    }
  return 0;
}

/* A list of ranges that are mapped from a container's ids to the runtime's. */
struct map
{
  bool identity;                /* no user namespace of the container's own */
  const struct cc_jval *ranges; /* linux.uidMappings or linux.gidMappings */
  char *file;                   /* /proc/PID/uid_map or gid_map of a namespace that is joined; owned */
};

static bool
maps(uint64_t inside, uint64_t outside, uint64_t size, uint32_t id, uint32_t *out)
{
  if (id < inside || id - inside >= size || outside + (id - inside) > UINT32_MAX)
    return false;
  *out = (uint32_t)(outside + (id - inside));
  return true;
}

static bool
find_in_file(const char *file, uint32_t id, uint32_t *out)
{
  cc_auto_file FILE *f = fopen(file, "re");
  unsigned long inside, outside, size;

  while (f != NULL && fscanf(f, "%lu %lu %lu", &inside, &outside, &size) == 3)
    if (maps(inside, outside, size, id, out))
      return true;
  return false;
}

static bool
find_in_ranges(const struct cc_jval *ranges, uint32_t id, uint32_t *out)
{
  uint64_t inside, outside, size;

  cc_jeach(r, ranges)
  {
    if (cc_juint64(cc_jget(r, "containerID"), &inside) == 0 && cc_juint64(cc_jget(r, "hostID"), &outside) == 0
        && cc_juint64(cc_jget(r, "size"), &size) == 0 && maps(inside, outside, size, id, out))
      return true;
  }
  return false;
}

static int
translate(const struct map *map, const struct cc_jval *number, uint32_t *out, struct cc_error *err)
{
  uint64_t id = 0;

  if (number != NULL && (cc_juint64(number, &id) < 0 || id > UINT32_MAX))
    return cc_error_set(err, 0, "an id of process.user is no number");
  if (map->identity)
    *out = (uint32_t)id;
  else if (map->file != NULL ? !find_in_file(map->file, (uint32_t)id, out)
                             : !find_in_ranges(map->ranges, (uint32_t)id, out))
    return cc_error_set(err, 0, "the container's user namespace has no id %u", (unsigned)id);
  return 0;
}

static const struct cc_jval *
find_namespace(const struct cc_jval *spec, const char *type)
{
  cc_jeach(ns, cc_jpath(spec, "linux.namespaces"))
  {
    const char *t = cc_jget_str(ns, "type");

    if (t != NULL && strcmp(t, type) == 0)
      return ns;
  }
  return NULL;
}

/* A namespace is joined by "/proc/N/ns/user" only (shim/pod.h). */
static struct map
map_of(const struct cc_jval *spec, const char *ranges, const char *file)
{
  const struct cc_jval *ns = find_namespace(spec, "user");
  const char *path = cc_jget_str(ns, "path");
  struct map map = { .identity = ns == NULL, .ranges = cc_jget(cc_jget(spec, "linux"), ranges) };
  int pid;

  if (path != NULL && sscanf(path, "/proc/%d/ns/", &pid) == 1)
    map.file = cc_xasprintf("/proc/%d/%s", pid, file);
  return map;
}

static int
translate_user(const struct cc_jval *user, const struct map *uids, const struct map *gids, struct cc_expect *e,
               struct cc_error *err)
{
  const struct cc_jval *groups = cc_jget(user, "additionalGids");

  if (translate(uids, cc_jget(user, "uid"), &e->uid, err) < 0
      || translate(gids, cc_jget(user, "gid"), &e->gid, err) < 0)
    return CC_FAILED;
  e->groups = cc_xcalloc((groups != NULL ? groups->count : 0) + 1, sizeof(*e->groups));
  cc_jeach(g, groups)
  {
    if (translate(gids, g, &e->groups[e->group_count], err) < 0)
      return CC_FAILED;
    e->group_count++;
  }
  return 0;
}

static int
make_user(const struct cc_jval *spec, struct cc_expect *e, struct cc_error *err)
{
  struct map uids = map_of(spec, "uidMappings", "uid_map"), gids = map_of(spec, "gidMappings", "gid_map");
  int result = translate_user(cc_jpath(spec, "process.user"), &uids, &gids, e, err);

  free(uids.file);
  free(gids.file);
  return result;
}

/* What is left of hooks by now is Docker's, which attaches a network and mounts nothing, and NVIDIA's. Those of later
 * stages run after the container was looked at. */
static bool
has_mounting_hooks(const struct cc_jval *hooks)
{
  static const char *const stages[] = { "prestart", "createRuntime", "createContainer" };

  for (size_t i = 0; i < N_ELEMENTS(stages); i++)
    cc_jeach(hook, cc_jget(hooks, stages[i]))
    {
      const struct cc_jval *args = cc_jget(hook, "args");
      const char *name = args != NULL ? cc_jstr(args->first) : NULL;

      if (name == NULL || strcmp(name, "libnetwork-setkey") != 0)
        return true;
    }
  return false;
}

static int
make_process(const struct cc_expect_source *source, struct cc_expect *e, struct cc_error *err)
{
  const struct cc_jval *process = cc_jget(source->spec, "process"), *seccomp = cc_jpath(source->spec, "linux.seccomp");

  e->no_new_privs = cc_jbool(cc_jget(process, "noNewPrivileges"), false);
  e->terminal = cc_jbool(cc_jget(process, "terminal"), false);
  e->seccomp = seccomp != NULL && !cc_jis(seccomp, CC_JSON_NULL);
  e->network_none = source->network_none;
  e->hooks = has_mounting_hooks(cc_jget(source->spec, "hooks"));
  return make_capabilities(process, e, err) < 0 ? CC_FAILED : make_user(source->spec, e, err);
}

/* -- namespaces -- */

static int
make_namespaces(const struct cc_jval *spec, struct cc_expect *e, struct cc_error *err)
{
  for (size_t i = 0; i < CC_NAMESPACES; i++)
    {
      const struct cc_jval *ns = find_namespace(spec, cc_namespace_names[i].spec);
      const char *path = cc_jget_str(ns, "path");
      struct stat st = { .st_ino = 0 };

      if (ns == NULL)
        e->namespaces[i].kind = CC_NS_HOSTS;
      else if (path == NULL || path[0] == '\0')
        e->namespaces[i].kind = CC_NS_NEW;
      else if (stat(path, &st) < 0 && errno != ENOENT) /* the low-level runtime will say so; and 0 is no namespace */
        return cc_error_set(err, errno, "stat the namespace `%s`", path);
      else
        e->namespaces[i] = (struct cc_expect_namespace){ CC_NS_JOINED, st.st_ino };
    }
  return 0;
}

/* -- mounts -- */

static int
stat_object(int dirfd, const char *path, int flags, struct cc_expect_object *out, struct cc_error *err)
{
  struct statx stx;

  /* DONT_SYNC: a server that does not answer must not hold a create */
  if (statx(dirfd, path, flags | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_INO, &stx) < 0)
    return cc_error_set(err, errno, "stat `%s`", path[0] != '\0' ? path : "the root filesystem");
  *out = (struct cc_expect_object){ stx.stx_dev_major, stx.stx_dev_minor, stx.stx_ino };
  return 0;
}

static const struct
{
  const char *word;
  unsigned flag;
  bool on;
} option_words[] = {
  { "ro", CC_MOUNT_RO, true },         { "rro", CC_MOUNT_RO, true },         { "rw", CC_MOUNT_RO, false },
  { "nosuid", CC_MOUNT_NOSUID, true }, { "rnosuid", CC_MOUNT_NOSUID, true }, { "nodev", CC_MOUNT_NODEV, true },
  { "rnodev", CC_MOUNT_NODEV, true },  { "noexec", CC_MOUNT_NOEXEC, true },  { "rnoexec", CC_MOUNT_NOEXEC, true },
  { "exec", CC_MOUNT_NOEXEC, false },
};

static unsigned
flags_of(const struct cc_jval *options)
{
  unsigned flags = 0;

  cc_jeach(o, options)
  {
    for (size_t i = 0; cc_jstr(o) != NULL && i < N_ELEMENTS(option_words); i++)
      if (strcmp(cc_jstr(o), option_words[i].word) == 0)
        flags = option_words[i].on ? flags | option_words[i].flag : flags & ~option_words[i].flag;
  }
  return flags;
}

/* The first COUNT mounts are what lies over the image by then. */
static bool
is_covered(const char *path, const void *context)
{
  const struct cc_expect *e = context;

  for (size_t i = 0; i < e->mount_count; i++)
    if (cc_path_is_under(path, e->mounts[i].place))
      return true;
  return false;
}

/* Where a mount at DESTINATION lands, or NULL. Nearly always there, which one call tells. */
static char *
place_of(const struct cc_expect *e, int rootfs_fd, const char *destination)
{
  cc_auto_close int fd = -1;

  if (is_covered(destination, e))
    return cc_xstrdup(destination);
  fd = cc_openat2(rootfs_fd, destination + 1, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (fd >= 0 || errno == ENOENT)
    return cc_xstrdup(destination);
  return cc_image_resolve_below(rootfs_fd, destination, is_covered, e);
}

/* What the pin, or, for an engine's own file, what is there now. Mounts below a pinned source were copied with it, and
 * restricted (shim/pins.c). */
static int
make_bind(const struct cc_expect_source *source, const struct cc_jval *m, struct cc_expect_mount *out,
          struct cc_error *err)
{
  const struct cc_jval *options = cc_jget(m, "options");
  const struct cc_pin *pin = cc_pins_find(source->pins, m);
  const char *path = cc_jget_str(m, "source");
  bool recursive = cc_jarray_has(options, "rbind");

  if (pin == NULL)
    {
      out->below = recursive;
      return stat_object(AT_FDCWD, path != NULL ? path : "", 0, &out->object, err);
    }
  out->object = (struct cc_expect_object){ pin->major, pin->minor, pin->ino };
  out->below = recursive && pin->submounts;
  out->below_flags = CC_MOUNT_NOSUID | CC_MOUNT_NODEV | (pin->read_only ? CC_MOUNT_RO : 0);
  return 0;
}

static int
make_mount(const struct cc_expect_source *source, const struct cc_jval *m, struct cc_expect *e, struct cc_error *err)
{
  const struct cc_jval *options = cc_jget(m, "options");
  const char *destination = cc_jget_str(m, "destination"), *type = cc_jget_str(m, "type");
  const char *size = cc_mount_value(options, "size=");
  struct cc_expect_mount *out = &e->mounts[e->mount_count];
  bool bind = cc_mount_is_bind(m);

  if (destination == NULL || destination[0] != '/' || (type == NULL && !bind))
    return cc_error_set(err, 0, "mount at `%s` without a target or a type", destination != NULL ? destination : "");
  out->place = place_of(e, source->rootfs_fd, destination);
  if (out->place == NULL)
    return cc_error_set(err, ELOOP, "follow the links of the image to `%s`", destination);
  out->destination = cc_xstrdup(destination);
  out->type = cc_xstrdup(bind ? "" : type);
  e->mount_count++;
  out->flags = flags_of(options);
  if (bind)
    return make_bind(source, m, out, err);
  if (strcmp(type, "tmpfs") == 0 && size != NULL)
    cc_mount_size(size, &out->size);
  return 0;
}

static int
make_mounts(const struct cc_expect_source *source, struct cc_expect *e, struct cc_error *err)
{
  const struct cc_jval *list = cc_jget(source->spec, "mounts");

  e->mounts = cc_xcalloc((list != NULL ? list->count : 0) + 1, sizeof(*e->mounts));
  cc_jeach(m, list) if (make_mount(source, m, e, err) < 0) return CC_FAILED;
  e->below_root = source->pins->below_root;
  e->root_read_only = cc_jbool(cc_jpath(source->spec, "root.readonly"), false);
  return stat_object(source->rootfs_fd, "", AT_EMPTY_PATH, &e->root, err);
}

static void
copy_strings(const struct cc_jval *list, struct cc_strings *out)
{
  out->items = cc_xcalloc((list != NULL ? list->count : 0) + 1, sizeof(*out->items));
  cc_jeach(s, list) if (cc_jstr(s) != NULL) out->items[out->count++] = cc_xstrdup(cc_jstr(s));
}

/* -- devices -- */

/* runtime-spec config-linux.md, "Default Devices", as far as a runtime binds them where it may not make them. */
static const struct
{
  const char *path;
  uint32_t major, minor;
} default_devices[] = { { "/dev/null", 1, 3 },   { "/dev/zero", 1, 5 },    { "/dev/full", 1, 7 },
                        { "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 } };

static void
add_device(struct cc_expect *e, const char *path, uint32_t major, uint32_t minor)
{
  e->devices[e->device_count++] = (struct cc_expect_device){ cc_xstrdup(path), major, minor };
}

static void
make_devices(const struct cc_jval *list, struct cc_expect *e)
{
  uint64_t major, minor;

  e->devices = cc_xcalloc(N_ELEMENTS(default_devices) + (list != NULL ? list->count : 0), sizeof(*e->devices));
  for (size_t i = 0; i < N_ELEMENTS(default_devices); i++)
    add_device(e, default_devices[i].path, default_devices[i].major, default_devices[i].minor);
  cc_jeach(d, list)
  {
    if (cc_jget_str(d, "path") != NULL && cc_juint64(cc_jget(d, "major"), &major) == 0
        && cc_juint64(cc_jget(d, "minor"), &minor) == 0 && major <= UINT32_MAX && minor <= UINT32_MAX)
      add_device(e, cc_jget_str(d, "path"), (uint32_t)major, (uint32_t)minor);
  }
}

/* -- the cgroup -- */

/* systemd's form is slice:prefix:name, and the scope prefix-name.scope. Without it, or with a path of the other form,
 * the low-level runtime chooses. */
static char *
cgroup_of(const struct cc_expect_source *source)
{
  const char *path = cc_jstr(cc_jpath(source->spec, "linux.cgroupsPath"));
  const char *first = path != NULL ? strchr(path, ':') : NULL;
  const char *second = first != NULL ? strchr(first + 1, ':') : NULL;
  cc_auto_free char *clean = NULL, *absolute = NULL;

  if (path == NULL || path[0] == '\0')
    return cc_xstrdup("");
  if (source->systemd_cgroup)
    {
      if (second == NULL || second == first + 1 || second[1] == '\0' || strchr(path, '/') != NULL
          || strstr(second, ".slice") != NULL)
        return cc_xstrdup("");
      return cc_xasprintf("/%.*s-%s.scope", (int)(second - first - 1), first + 1, second + 1);
    }
  absolute = cc_xasprintf("/%s", path);
  clean = cc_path_clean(absolute);
  return cc_xstrdup(clean != NULL && clean[1] != '\0' ? clean : "");
}

static int
make(const struct cc_expect_source *source, struct cc_expect *e, struct cc_error *err)
{
  const struct cc_jval *linux_ = cc_jget(source->spec, "linux");

  if (make_process(source, e, err) < 0 || make_namespaces(source->spec, e, err) < 0 || make_mounts(source, e, err) < 0)
    return CC_FAILED;
  copy_strings(cc_jget(linux_, "maskedPaths"), &e->masked);
  copy_strings(cc_jget(linux_, "readonlyPaths"), &e->read_only);
  make_devices(cc_jget(linux_, "devices"), e);
  e->cgroup = cgroup_of(source);
  return 0;
}

int
cc_expect_make(const struct cc_expect_source *source, struct cc_expect *out, struct cc_error *err)
{
  struct cc_expect e = { .mounts = NULL };

  if (make(source, &e, err) < 0)
    {
      cc_expect_clear(&e);
      return cc_error_prefix(err, "work out what the container must look like");
    }
  *out = e;
  return 0;
}
