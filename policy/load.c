/* The configuration's files. Whoever can write one of them, or put another in its place, writes the policy of the
 * host; so every directory on the way is opened, judged by its descriptor, and the next name is looked up below that
 * descriptor. Nothing is looked up by a path twice. */
#include "policy/config_internal.h"

#include "common/own.h"
#include "common/path.h"
#include "policy/json5.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel's */
#define OVERFLOW_UID 65534
#define WAY_OUT "correct it, or remove it for the strict defaults"

struct loader
{
  struct cc_config *config;
  uid_t euid;
  struct cc_reading *reading; /* NULL: the first error ends it */
  bool standard;              /* CC_CONFIG_DEFAULT_PATH, which only the host's root can have put there */
  unsigned links;
  struct cc_error *err;
};

/* An opened directory and its real path, for messages. */
struct directory
{
  int fd;
  char *path;
};

static void
directory_close(struct directory *d)
{
  cc_cleanup_close(&d->fd);
  free(d->path);
  d->path = NULL;
}
#define auto_directory __attribute__((cleanup(directory_close))) struct directory

static char *
path_of(const struct directory *d, const char *name)
{
  return cc_xasprintf("%s%s%s", d->path, strcmp(d->path, "/") == 0 ? "" : "/", name);
}

/* What a refusal about the file PATH does: it ends the reading, or is noted, and then 0. */
static int
refused(const struct loader *l, const char *path)
{
  if (l->reading == NULL)
    return CC_FAILED;
  cc_reading_note(l->reading, l->err->rule, path, 0, 0, l->err->msg);
  return 0;
}

/* -- ownership -- */

/* True in a user namespace of a person (rootless Podman), where the host's root is shown as the overflow uid. */
static bool
root_is_unmapped(void)
{
  cc_auto_close int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
  unsigned inside, outside, count;
  char text[4096];
  ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

  if (n <= 0)
    return false;
  text[n] = '\0';
  for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
    if (sscanf(line, "%u %u %u", &inside, &outside, &count) != 3 || outside == 0)
      return false;
  return true;
}

/* Refuses the object of ST, shown as PATH, unless nobody but root and us can change it. In a sticky directory
 * others can add names, but neither remove nor replace one of ours; and each name on the way is judged too. */
static int
check_owner(const struct loader *l, const struct stat *st, const char *path)
{
  bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0;
  bool ours = st->st_uid == 0 || st->st_uid == l->euid;

  if (!ours && !(l->standard && st->st_uid == OVERFLOW_UID && root_is_unmapped()))
    {
      cc_error_refuse(l->err, "config-owner",
                      "`%s` belongs to uid %u: the configuration must be root's, with every directory above it; run "
                      "`chown root %s`",
                      path, (unsigned)st->st_uid, path);
      return refused(l, path);
    }
  if (S_ISLNK(st->st_mode) || sticky || (st->st_mode & (S_IWGRP | S_IWOTH)) == 0)
    return 0;
  cc_error_refuse(l->err, "config-owner",
                  "`%s` can be written by others (mode %04o): the configuration must be root's alone, with every "
                  "directory above it; run `chmod go-w %s`",
                  path, (unsigned)st->st_mode & 07777, path);
  return refused(l, path);
}

/* -- directories -- */

static int
cannot_open(const struct loader *l, const char *path)
{
  return cc_error_refuse(l->err, "config", "`%s` cannot be opened (%s): " WAY_OUT, path, strerror(errno));
}

static int
open_root(const struct loader *l, struct directory *out)
{
  auto_directory root = { open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), cc_xstrdup("/") };
  struct stat st;

  if (root.fd < 0 || fstat(root.fd, &st) < 0)
    return cannot_open(l, "/");
  if (check_owner(l, &st, "/") < 0)
    return CC_FAILED;
  directory_close(out);
  *out = (struct directory){ cc_move_fd(&root.fd), cc_move_ptr(root.path) };
  return 0;
}

/* The target of the link FD, malloc'd. */
static char *
link_target(struct loader *l, int fd, const char *path)
{
  char target[PATH_MAX];
  ssize_t n = readlinkat(fd, "", target, sizeof(target) - 1);

  if (n <= 0 || ++l->links > LINKS_MAX)
    {
      errno = n <= 0 ? EINVAL : ELOOP;
      cannot_open(l, path);
      return NULL;
    }
  return cc_xstrndup(target, (size_t)n);
}

/* Moves D into the name NAME below it, a directory or a link. *LINK (malloc'd) is set to the target when it is a link,
 * and D stays. 1 when there is no such name. */
static int
enter(struct loader *l, struct directory *d, const char *name, char **link)
{
  cc_auto_close int fd = openat(d->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  cc_auto_free char *path = strcmp(name, "..") == 0 ? cc_xasprintf("%s/..", d->path) : path_of(d, name);
  struct stat st;

  if (fd < 0 && errno == ENOENT)
    return 1;
  if (fd < 0 || fstat(fd, &st) < 0)
    return cannot_open(l, path);
  if (check_owner(l, &st, path) < 0)
    return CC_FAILED;
  if (S_ISLNK(st.st_mode))
    {
      *link = link_target(l, fd, path);
      return *link != NULL ? 0 : CC_FAILED;
    }
  if (!S_ISDIR(st.st_mode))
    return cc_error_refuse(l->err, "config", "`%s` is not a directory: " WAY_OUT, path);
  directory_close(d);
  *d = (struct directory){ cc_move_fd(&fd), strcmp(name, "..") == 0 ? cc_path_clean(path) : cc_move_ptr(path) };
  return 0;
}

/* A path that is being walked; links on the way are spliced in. */
struct route
{
  char *text, *next;
  char *link_end; /* names before here come from a link: one that is missing is an error */
};

static void
route_free(struct route *r)
{
  free(r->text);
}

/* Puts LINK, the target of the name just taken, before what is left. */
static void
route_splice(struct route *r, const char *link)
{
  size_t length = strlen(link), left = r->link_end > r->next ? (size_t)(r->link_end - r->next) + 1 : 0;
  char *longer = cc_xasprintf("%s/%s", link, r->next);

  free(r->text);
  r->text = r->next = longer;
  r->link_end = longer + length + left;
}

/* The next name, NULL at the end. */
static char *
route_take(struct route *r)
{
  char *name;

  r->next += strspn(r->next, "/");
  if (*r->next == '\0')
    return NULL;
  name = r->next;
  r->next += strcspn(r->next, "/");
  if (*r->next != '\0')
    *r->next++ = '\0';
  return name;
}

/* Moves D along PATH, which begins at "/" when it is absolute. 1 when a name on it is missing. */
static int
walk(struct loader *l, struct directory *d, const char *path)
{
  __attribute__((cleanup(route_free))) struct route route = { .text = cc_xstrdup(path) };
  const char *name;

  route.next = route.link_end = route.text;
  if (*path == '/' && open_root(l, d) < 0)
    return CC_FAILED;
  while ((name = route_take(&route)) != NULL)
    {
      cc_auto_free char *link = NULL;
      int rc = strcmp(name, ".") == 0 ? 0 : enter(l, d, name, &link);

      if (rc == 1 && name < route.link_end)
        return cc_error_refuse(l->err, "config",
                               "`%s` leads through a link to `%s`, which does not exist below `%s`: " WAY_OUT, path,
                               name, d->path);
      if (rc != 0)
        return rc;
      if (link == NULL)
        continue;
      if (*link == '/' && open_root(l, d) < 0)
        return CC_FAILED;
      route_splice(&route, link);
    }
  return 0;
}

/* -- files -- */

/* Reads FD, which was judged, whole: one read of one byte more than its size. */
static int
read_file(const struct loader *l, int fd, const struct stat *st, const char *path)
{
  cc_auto_free char *text = NULL;
  size_t size = (size_t)st->st_size;
  ssize_t n;

  if (size == 0)
    return cc_error_refuse(l->err, "config",
                           "`%s` is empty: a file that was cut off would look the same; write `{}` for the "
                           "defaults, or remove it",
                           path);
  if (size > CC_JSON5_MAX_SIZE)
    return cc_error_refuse(l->err, "config", "`%s` is larger than %u bytes: " WAY_OUT, path, CC_JSON5_MAX_SIZE);
  text = cc_xcalloc(1, size + 1);
  do
    n = read(fd, text, size + 1);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return cc_error_refuse(l->err, "config", "`%s` cannot be read (%s): " WAY_OUT, path, strerror(errno));
  if ((size_t)n != size)
    return cc_error_refuse(l->err, "config",
                           "`%s` was changed while it was read: try again, and replace it by renaming", path);
  if (cc_config_add_text(l->config, text, size, path, l->reading, l->err) < 0 && l->reading == NULL)
    return CC_FAILED;
  return 0;
}

static int add_link(struct loader *l, const struct directory *dir, const char *name);

/* Opens NAME below DIR, judges and reads it. 1 when it is not there; a link that leads nowhere is an error. */
static int
add_file(struct loader *l, const struct directory *dir, const char *name)
{
  cc_auto_free char *path = path_of(dir, name);
  /* O_NONBLOCK: a FIFO must not hang an exec */
  cc_auto_close int fd = openat(dir->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat st;

  if (fd < 0 && errno == ENOENT)
    return 1;
  if (fd < 0 && errno == ELOOP)
    return add_link(l, dir, name);
  if (fd < 0 || fstat(fd, &st) < 0)
    return cannot_open(l, path);
  if (check_owner(l, &st, path) < 0)
    return CC_FAILED;
  if (!S_ISREG(st.st_mode))
    return cc_error_refuse(l->err, "config", "`%s` is %s: it must be a file; " WAY_OUT, path,
                           S_ISDIR(st.st_mode) ? "a directory" : "not a regular file");
  return read_file(l, fd, &st, path);
}

static int
add_link(struct loader *l, const struct directory *dir, const char *name)
{
  cc_auto_free char *path = path_of(dir, name);
  cc_auto_close int fd = openat(dir->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  auto_directory real = { -1, NULL };
  cc_auto_free char *target = NULL;
  char *base;
  struct stat st;
  int rc = 0;

  if (fd < 0 || fstat(fd, &st) < 0)
    return cannot_open(l, path);
  if (check_owner(l, &st, path) < 0 || (target = link_target(l, fd, path)) == NULL)
    return CC_FAILED;
  real = (struct directory){ fcntl(dir->fd, F_DUPFD_CLOEXEC, 0), cc_xstrdup(dir->path) };
  base = strrchr(target, '/');
  if (base != NULL)
    {
      *base++ = '\0';
      rc = walk(l, &real, *target == '\0' ? "/" : target);
    }
  if (rc == 0)
    rc = add_file(l, &real, base != NULL ? base : target);
  if (rc == 1)
    return cc_error_refuse(l->err, "config", "`%s` is a link that leads nowhere: " WAY_OUT, path);
  return rc;
}

/* -- conf.d -- */

static bool
is_fragment(const char *name)
{
  size_t length = strlen(name);

  return name[0] != '.' && length > 6 && strcmp(name + length - 6, ".json5") == 0;
}

static int
compare_names(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the fragments in FD, which is taken over, in byte order. */
static int
list_fragments(const struct loader *l, int fd, const char *path, struct cc_strings *out)
{
  DIR *stream = fdopendir(fd);
  const struct dirent *entry;

  if (stream == NULL)
    {
      close(fd);
      return cannot_open(l, path);
    }
  while (errno = 0, (entry = readdir(stream)) != NULL)
    if (is_fragment(entry->d_name))
      cc_strings_add(out, entry->d_name);
  if (errno != 0)
    {
      cannot_open(l, path);
      closedir(stream);
      return CC_FAILED;
    }
  closedir(stream);
  if (out->count > 1)
    qsort(out->items, out->count, sizeof(char *), compare_names);
  return 0;
}

static int
add_directory(struct loader *l, const struct directory *conf_d)
{
  __attribute__((cleanup(cc_strings_clear))) struct cc_strings names = { 0 };
  int fd = openat(conf_d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return cannot_open(l, conf_d->path);
  if (list_fragments(l, fd, conf_d->path, &names) < 0)
    return CC_FAILED;
  for (size_t i = 0; i < names.count; i++)
    {
      int rc = add_file(l, conf_d, names.items[i]);

      if (rc == 1)
        rc = cc_error_refuse(l->err, "config", "`%s/%s` went away while the configuration was read: try again",
                             conf_d->path, names.items[i]);
      if (rc < 0)
        {
          cc_auto_free char *path = path_of(conf_d, names.items[i]);

          if (refused(l, path) < 0)
            return CC_FAILED;
        }
    }
  return 0;
}

/* -- all of it -- */

/* 1 when there is no such file; what conf.d beside it says counts all the same. */
static int
load(struct loader *l, const char *path)
{
  auto_directory dir = { -1, NULL };
  cc_auto_free char *parent = cc_xstrndup(path, (size_t)(cc_path_base(path) - path));
  int found, rc = walk(l, &dir, parent);

  if (rc != 0)
    return rc;
  found = add_file(l, &dir, cc_path_base(path));
  if (found < 0 && refused(l, path) < 0)
    return CC_FAILED;
  rc = walk(l, &dir, "conf.d");
  if (rc == 0)
    rc = add_directory(l, &dir);
  if (rc < 0 && refused(l, path) < 0)
    return CC_FAILED;
  return found < 0 ? 0 : found;
}

int
cc_config_load_files(struct cc_config *config, const char *path, struct cc_reading *reading, struct cc_error *err)
{
  struct loader l = { .config = config, .euid = geteuid(), .reading = reading, .standard = path == NULL, .err = err };
  int rc;

  if (path == NULL)
    path = CC_CONFIG_DEFAULT_PATH;
  if (*path != '/' || *cc_path_base(path) == '\0' || strlen(path) >= PATH_MAX)
    return cc_error_refuse(
        err, "config",
        "`%.300s` (from " CC_CONFIG_ENV "): must be the absolute path of a file; correct it, or unset it", path);
  rc = load(&l, path);
  if (rc == 1 && !l.standard)
    return cc_error_refuse(err, "config",
                           "`%s` (from " CC_CONFIG_ENV
                           ") does not exist: create it, or unset the variable for " CC_CONFIG_DEFAULT_PATH,
                           path);
  return rc < 0 ? CC_FAILED : 0;
}

int
cc_config_load(const char *path, struct cc_config **out, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = cc_config_new_default();

  if (cc_config_load_files(config, path, NULL, err) < 0)
    return CC_FAILED;
  *out = cc_move_ptr(config);
  return 0;
}
