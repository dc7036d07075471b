#include "policy/binds.h"

#include "common/own.h"
#include "common/path.h"
#include "policy/binds_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

static int
refuse_rootfs(const struct cc_bind_subject *s, const char *what, struct cc_error *err)
{
  return cc_error_refuse(err, "rootfs-blocked",
                         "root filesystem `%s`: it shows the host's `%s`; use an image, or a directory with a copy",
                         s->path, what);
}

/* Engines' and root's own directories are where root filesystems live; the host's own are not. */
static bool
is_shown(const struct cc_place *place, const char *path, const char *place_path)
{
  bool strict = place->kind == CC_PLACE_SYSTEM || place->kind == CC_PLACE_MEDIUM;

  return cc_path_is_under(place_path, path)
         || (strict && cc_path_is_under(path, place_path) && !cc_path_is_under(path, "/run")
             && !cc_path_is_under(path, "/dev/shm"));
}

static int
judge_rootfs_path(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, struct cc_error *err)
{
  const char *name;

  if (rules->places.root_ino == s->stx.stx_ino && rules->places.root_major == s->stx.stx_dev_major
      && rules->places.root_minor == s->stx.stx_dev_minor)
    return cc_error_refuse(err, "rootfs-blocked",
                           "root filesystem `%s`: it is the host's own root; use an image, or a directory with a copy",
                           s->path);
  if (cc_names_judge(s->path, true, true, &name) == CC_NAME_CREDENTIAL)
    return cc_error_refuse(err, "rootfs-blocked",
                           "root filesystem `%s`: it holds credentials; use an image, or a directory with a copy",
                           s->path);
  for (size_t i = 0; i < rules->places.count; i++)
    {
      const struct cc_place *place = &rules->places.items[i];

      if (is_shown(place, s->path, place->real)
          || (place->present && place->ino == s->stx.stx_ino && place->major == s->stx.stx_dev_major
              && place->minor == s->stx.stx_dev_minor))
        return refuse_rootfs(s, place->real, err);
    }
  return 0;
}

/* What a bind mount makes of the path, and what is mounted below it: runtimes take that along. */
static int
judge_rootfs_mounts(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, bool *below,
                    struct cc_error *err)
{
  const struct cc_mount *own = cc_mountinfo_find(&rules->mounts, s->stx.stx_mnt_id);
  const char *rest = own != NULL ? cc_places_rest(s->path, own->point) : NULL;
  cc_auto_free char *spot = rest != NULL ? cc_places_join(own->root, rest) : NULL;

  for (size_t i = 0; spot != NULL && i < rules->places.count; i++)
    {
      const struct cc_place *place = &rules->places.items[i];

      if (place->fs_path != NULL && place->fs_major == own->major && place->fs_minor == own->minor
          && is_shown(place, spot, place->fs_path))
        return refuse_rootfs(s, place->real, err);
    }
  for (size_t i = 0; i < rules->mounts.count; i++)
    {
      const struct cc_mount *m = &rules->mounts.items[i];
      const char *inside = m != own ? cc_places_rest(m->point, s->path) : NULL;
      struct cc_bind_spot there = { m->major, m->minor, m->root };

      if (inside == NULL || inside[0] == '\0')
        continue;
      *below = true;
      if (cc_bind_judge_mount(rules, s, m, &there, NULL) < 0)
        return refuse_rootfs(s, m->point, err);
    }
  return 0;
}

/* An engine's overlay is no copy of anything, and nothing is mounted below it: the mount table of a big host costs more
 * than everything else here. */
static bool
is_plain_overlay(int fd)
{
  struct statfs fs;

  return fstatfs(fd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC && cc_mount_has_children(fd) == 0;
}

int
cc_bind_judge_rootfs(const struct cc_bind_rules *rules, int rootfs_fd, bool *below, struct cc_error *err)
{
  struct cc_bind_subject s = { .source = "root.path" };
  cc_auto_free char *path = NULL;
  bool any = false;

  if (statx(rootfs_fd, "", AT_EMPTY_PATH, CC_BIND_WANTED, &s.stx) < 0)
    return cc_error_set(err, errno, "stat the root filesystem");
  if (cc_bind_real_path(&s, rootfs_fd, &path, err) < 0)
    return CC_FAILED;
  s.path = path;
  if (judge_rootfs_path(rules, &s, err) < 0)
    return CC_FAILED;
  if (!is_plain_overlay(rootfs_fd)
      && (cc_bind_load_mounts(rules, err) < 0 || judge_rootfs_mounts(rules, &s, &any, err) < 0))
    return CC_FAILED;
  *below = any;
  return 0;
}
