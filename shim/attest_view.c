#include "shim/attest_view.h"

#include "common/own.h"
#include "common/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct cc_view_line *
cc_view_by_id(const struct cc_view *view, uint64_t id)
{
  for (size_t i = 0; i < view->count; i++)
    if (view->lines[i].mount->id == id)
      return &view->lines[i];
  return NULL;
}

struct cc_view_line *
cc_view_find(const struct cc_view *view, const char *point)
{
  for (size_t i = 0; i < view->count; i++)
    if (view->lines[i].seen && strcmp(view->lines[i].mount->point, point) == 0)
      return &view->lines[i];
  return NULL;
}

/* A path to I's place meets another mount first: one on the root of what I is on, or one of its siblings at a directory
 * above. */
static bool
is_covered(const struct cc_view *view, size_t i)
{
  const struct cc_view_line *line = &view->lines[i];
  const char *below = view->lines[line->parent].mount->point;

  for (size_t k = 0; k < view->count; k++)
    {
      const struct cc_view_line *other = &view->lines[k];

      if (k == i || other->parent != line->parent || strcmp(other->mount->point, line->mount->point) == 0)
        continue;
      if (strcmp(other->mount->point, below) == 0 || cc_path_is_under(line->mount->point, other->mount->point))
        return true;
    }
  return false;
}

static bool
has_cover(const struct cc_view *view, size_t i)
{
  for (size_t k = 0; k < view->count; k++)
    if (view->lines[k].parent == i && view->lines[k].reached
        && strcmp(view->lines[k].mount->point, view->lines[i].mount->point) == 0)
      return true;
  return false;
}

static void
find_parents(struct cc_view *view)
{
  for (size_t i = 0; i < view->count; i++)
    {
      const struct cc_view_line *parent = cc_view_by_id(view, view->lines[i].mount->parent);

      view->lines[i].parent = parent != NULL ? (size_t)(parent - view->lines) : view->count;
    }
}

/* The kernel lists a mount before those on it, but a rename or a remount may change the order: until nothing changes.
 */
static void
find_reached(struct cc_view *view)
{
  bool changed = true;

  view->lines[view->root].reached = true;
  while (changed)
    {
      changed = false;
      for (size_t i = 0; i < view->count; i++)
        {
          struct cc_view_line *line = &view->lines[i];

          if (line->reached || i == view->root || line->parent == view->count || !view->lines[line->parent].reached
              || is_covered(view, i))
            continue;
          line->reached = changed = true;
        }
    }
}

int
cc_view_make(struct cc_mountinfo *table, uint64_t root_id, struct cc_view *out, struct cc_error *err)
{
  struct cc_view view = { .table = *table, .count = table->count };
  const struct cc_view_line *root;

  view.lines = cc_xcalloc(view.count + 1, sizeof(*view.lines));
  for (size_t i = 0; i < view.count; i++)
    view.lines[i].mount = &view.table.items[i];
  root = cc_view_by_id(&view, root_id);
  if (root == NULL)
    {
      free(view.lines);
      return cc_error_set(err, 0, "`mountinfo` does not have the mount of the root directory");
    }
  view.root = (size_t)(root - view.lines);
  find_parents(&view);
  find_reached(&view);
  for (size_t i = 0; i < view.count; i++)
    view.lines[i].seen = view.lines[i].reached && !has_cover(&view, i);
  *table = (struct cc_mountinfo)CC_MOUNTINFO_INIT;
  *out = view;
  return 0;
}

int
cc_view_load(const struct cc_attest *a, struct cc_view *out, struct cc_error *err)
{
  struct cc_mountinfo table = CC_MOUNTINFO_INIT;
  cc_auto_free char *text = NULL;
  struct statx stx;
  int result;

  if (cc_attest_read(a, "mountinfo", &text, err) < 0 || cc_mountinfo_parse(text, &table, err) < 0)
    return CC_FAILED;
  text = NULL;
  if (statx(a->root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &stx) < 0)
    result = cc_error_set(err, errno, "stat the root directory");
  else if ((stx.stx_mask & STATX_MNT_ID) == 0)
    result = cc_error_set(err, ENOSYS, "tell mounts apart (statx's mount id, Linux 5.8)");
  else
    result = cc_view_make(&table, stx.stx_mnt_id, out, err);
  cc_mountinfo_clear(&table);
  return result;
}

void
cc_view_clear(struct cc_view *view)
{
  cc_mountinfo_clear(&view->table);
  free(view->lines);
  *view = (struct cc_view){ .lines = NULL };
}
