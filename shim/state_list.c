/* All states, for who asks about the host and not about one container. */
#include "common/own.h"
#include "shim/cmdline.h"
#include "shim/state_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
cc_state_names_free(struct cc_state_name *names, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      free(names[i].directory);
      free(names[i].id);
    }
  free(names);
}

struct names
{
  struct cc_state_name *items;
  size_t count;
};

static DIR *
list(int dirfd, const char *what, struct cc_error *err)
{
  cc_auto_close int copy = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;

  if (dir == NULL)
    cc_error_set(err, errno, "list `%s`", what);
  else
    copy = -1;
  return dir;
}

/* The files of one root's directory. */
static int
add_directory(int top, const char *directory, struct names *out, struct cc_error *err)
{
  cc_auto_close int fd = cc_state_open_directory(top, directory, false, err);
  const struct dirent *entry;
  DIR *dir;

  if (fd < 0)
    return fd == -2 ? 0 : CC_FAILED;
  dir = list(fd, directory, err);
  if (dir == NULL)
    return CC_FAILED;
  while ((entry = readdir(dir)) != NULL)
    {
      size_t n = strlen(entry->d_name);
      cc_auto_free char *id = n > 5 ? cc_xstrndup(entry->d_name, n - 5) : NULL;

      if (id == NULL || strcmp(entry->d_name + n - 5, ".json") != 0 || !cc_id_is_valid(id))
        continue;
      out->items = cc_xrealloc(out->items, (out->count + 1) * sizeof(*out->items));
      out->items[out->count++] = (struct cc_state_name){ cc_xstrdup(directory), cc_move_ptr(id) };
    }
  closedir(dir);
  return 0;
}

static bool
is_root_name(const char *name)
{
  return strlen(name) == CC_STATE_ROOT_DIGITS && name[strspn(name, "0123456789abcdef")] == '\0';
}

int
cc_state_names(struct cc_state_name **out, size_t *count, struct cc_error *err)
{
  cc_auto_close int top = cc_state_open_top(false, err);
  struct names names = { NULL, 0 };
  const struct dirent *entry;
  int result = 0;
  DIR *dir;

  if (top == -2)
    {
      *out = NULL;
      *count = 0;
      return 0;
    }
  dir = top >= 0 ? list(top, "closedclaw", err) : NULL;
  if (dir == NULL)
    return CC_FAILED;
  while (result == 0 && (entry = readdir(dir)) != NULL)
    if (is_root_name(entry->d_name))
      result = add_directory(top, entry->d_name, &names, err);
  closedir(dir);
  if (result < 0)
    {
      cc_state_names_free(names.items, names.count);
      return CC_FAILED;
    }
  *out = names.items;
  *count = names.count;
  return 0;
}

int
cc_state_look(const struct cc_state_name *name, struct cc_state *out, struct cc_error *err)
{
  cc_auto_close int top = cc_state_open_top(false, err), dirfd = -1;

  if (top < 0)
    return top == -2 ? 1 : CC_FAILED;
  dirfd = cc_state_open_directory(top, name->directory, false, err);
  if (dirfd < 0)
    return dirfd == -2 ? 1 : CC_FAILED;
  return cc_state_read_at(dirfd, name->id, out, err);
}

bool
cc_state_is_of_root(const struct cc_state_name *name, const char *root)
{
  char digits[CC_STATE_ROOT_DIGITS + 1];

  cc_state_root_name(root, digits, sizeof(digits));
  return strcmp(digits, name->directory) == 0;
}
