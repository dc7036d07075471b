#include "shim/inventory.h"

#include "common/fd.h"
#include "common/json.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/engine_file.h"
#include "shim/identify.h"
#include "shim/lowlevel_state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CREATE_SECONDS 60 /* that a create may take */

const char *
cc_container_status_name(enum cc_container_status status)
{
  static const char *const names[] = {
    [CC_CONTAINER_CREATED] = "created", [CC_CONTAINER_RUNNING] = "running", [CC_CONTAINER_PAUSED] = "paused",
    [CC_CONTAINER_STOPPED] = "stopped", [CC_CONTAINER_GONE] = "gone",       [CC_CONTAINER_UNKNOWN] = "unknown",
  };

  return names[status];
}

static void
container_clear(struct cc_container *c)
{
  cc_state_clear(&c->state);
  cc_about_clear(&c->about);
  free(c->id);
  free(c->name);
  free(c->image);
  free(c->why);
}

void
cc_inventory_clear(struct cc_inventory *inventory)
{
  for (size_t i = 0; i < inventory->count; i++)
    container_clear(&inventory->items[i]);
  free(inventory->items);
  memset(inventory, 0, sizeof(*inventory));
}

static void
set_why(struct cc_container *c, const struct cc_error *why)
{
  if (c->why == NULL)
    c->why = cc_xstrdup(why->msg);
}

/* -- files of engines -- */

static char *
dup_filled(const char *s)
{
  return s != NULL && s[0] != '\0' ? cc_xstrdup(s) : NULL;
}

static void
name_by_docker(struct cc_container *c)
{
  cc_auto_json struct cc_json *doc = cc_engine_json_read(c->about.engine_dir, "config.v2.json");
  const struct cc_jval *root = doc != NULL ? cc_json_root(doc) : NULL;
  const char *name = cc_jget_str(root, "Name");

  c->name = dup_filled(name != NULL && name[0] == '/' ? name + 1 : name);
  c->image = dup_filled(cc_jget_str(cc_jget(root, "Config"), "Image"));
}

/* containers/storage keeps the names of Podman's and CRI-O's containers in one file: the bundle is
 * <storage>/<driver>-containers/<id>/userdata. CRI-O's bundle is below its runtime directory, and has none. */
static void
name_by_storage(struct cc_container *c)
{
  cc_auto_free char *directory = cc_xasprintf("%s/../..", c->state.bundle);
  cc_auto_json struct cc_json *doc = cc_engine_json_read(directory, "containers.json");

  cc_jeach(item, doc != NULL ? cc_json_root(doc) : NULL)
  {
    const char *id = cc_jget_str(item, "id");
    const struct cc_jval *names = cc_jget(item, "names");

    if (id != NULL && strcmp(id, c->id) == 0 && names != NULL)
      c->name = dup_filled(cc_jstr(names->first));
  }
}

static void
name_container(struct cc_container *c)
{
  if (c->about.engine == CC_ENGINE_DOCKER && c->about.engine_dir != NULL)
    name_by_docker(c);
  else if (c->about.engine == CC_ENGINE_PODMAN)
    name_by_storage(c);
  if (c->name == NULL)
    c->name = dup_filled(c->about.name);
  if (c->image == NULL)
    c->image = dup_filled(c->about.image);
}

/* -- what an earlier version did not write down -- */

/* Where engines keep their containers with the usual configuration. %s is containerd's namespace. */
static const char *const usual_roots[] = {
  "/run/runc",
  "/run/crun",
  "/run/containerd/runc/%s",
  "/run/docker/runtime-runc/%s",
  "/run/docker/runtime-closedclaw/%s",
  "/run/docker/runtime-closedclaw-auto/%s",
};

static char *
containerd_namespace(const char *bundle)
{
  const char *end = strrchr(bundle, '/'), *begin = end;

  while (begin != NULL && begin > bundle && begin[-1] != '/')
    begin--;
  return begin != NULL ? cc_xstrndup(begin, (size_t)(end - begin)) : cc_xstrdup("");
}

static void
find_root(struct cc_container *c, const struct cc_state_name *name)
{
  cc_auto_free char *ns = containerd_namespace(c->state.bundle);

  c->root_known = cc_state_is_of_root(name, c->about.root);
  for (size_t i = 0; !c->root_known && i < sizeof(usual_roots) / sizeof(usual_roots[0]); i++)
    {
      const char *pattern = usual_roots[i], *hole = strstr(pattern, "%s");
      cc_auto_free char *root
          = hole != NULL ? cc_xasprintf("%.*s%s", (int)(hole - pattern), pattern, ns) : cc_xstrdup(pattern);

      if (!cc_state_is_of_root(name, root))
        continue;
      c->about.root = cc_move_ptr(root);
      c->root_known = true;
    }
}

/* The bundle has it still: nothing in there that says who asks is changed by create. */
static void
identify(struct cc_container *c)
{
  cc_auto_json struct cc_json *doc = cc_engine_json_read(c->state.bundle, "config.json");
  struct cc_identity id;

  if (doc == NULL)
    return;
  cc_identify(cc_json_root(doc), c->state.bundle, c->id, &id);
  c->about.engine = id.engine;
  c->about.kind = id.kind;
  c->about.agent = cc_move_ptr(id.agent);
  c->about.session = cc_move_ptr(id.session);
  c->about.engine_dir = cc_move_ptr(id.engine_dir);
  cc_identity_clear(&id);
}

/* Create looks at labels only where the configuration tells agents apart; whoever looks at a list wants to know. */
static void
identify_by_labels(struct cc_container *c)
{
  struct cc_identity id = { .engine = c->about.engine, .kind = c->about.kind };

  if (c->about.agent != NULL || c->about.session != NULL || c->about.engine_dir == NULL)
    return;
  id.engine_dir = cc_xstrdup(c->about.engine_dir);
  cc_identify_by_labels(&id);
  c->about.kind = id.kind;
  c->about.agent = cc_move_ptr(id.agent);
  c->about.session = cc_move_ptr(id.session);
  cc_identity_clear(&id);
}

/* Gateways name the session only. */
static void
identify_by_session(struct cc_container *c)
{
  const char *id;
  size_t length = cc_session_agent(c->about.session, &id);

  if (c->about.agent == NULL && length > 0)
    c->about.agent = cc_xstrndup(id, length);
}

/* -- now -- */

/* Version 1 has a freezer of its own; version 2 has it in every group. */
static bool
is_frozen_group(const char *controllers, const char *group)
{
  static const char *const places[] = { "/sys/fs/cgroup%s/cgroup.freeze", "/sys/fs/cgroup/unified%s/cgroup.freeze",
                                        "/sys/fs/cgroup/freezer%s/freezer.state" };
  bool v1 = strcmp(controllers, "freezer") == 0, frozen = false;

  if (!v1 && controllers[0] != '\0')
    return false;
  for (size_t i = v1 ? 2 : 0; !frozen && i < (v1 ? 3 : 2); i++)
    {
      const char *hole = strstr(places[i], "%s");
      cc_auto_free char *path
          = cc_xasprintf("%.*s%s%s", (int)(hole - places[i]), places[i], group, hole + strlen("%s"));
      cc_auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);
      char text[16] = "";

      if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
        frozen = text[0] == '1' || strncmp(text, "FR", 2) == 0; /* FROZEN, FREEZING */
    }
  return frozen;
}

static bool
is_paused(pid_t pid)
{
  cc_auto_free char *path = cc_xasprintf("/proc/%d/cgroup", pid);
  cc_auto_file FILE *f = fopen(path, "re");
  cc_auto_free char *line = NULL;
  size_t size = 0;
  bool paused = false;

  while (f != NULL && !paused && getline(&line, &size, f) > 0)
    {
      char *controllers = strchr(line, ':'), *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;

      if (group == NULL)
        continue;
      *group++ = '\0';
      group[strcspn(group, "\n")] = '\0';
      paused = is_frozen_group(controllers + 1, strcmp(group, "/") == 0 ? "" : group);
    }
  return paused;
}

static bool
is_same_instance(const struct cc_lowlevel_instance *a, const struct cc_lowlevel_instance *b)
{
  return a->major == b->major && a->minor == b->minor && a->ino == b->ino && a->born == b->born;
}

/* True while the low-level runtime may still be busy with its create. */
static bool
is_young(const struct cc_container *c)
{
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec - c->state.file.changed.tv_sec < CREATE_SECONDS;
}

static enum cc_container_status
status_of_kept(struct cc_container *c, int directory, struct cc_error *why)
{
  const char *runtime = cc_path_base(c->state.low_level);
  struct cc_lowlevel_instance instance;
  cc_auto_close int pidfd = -1;
  int waits;

  if (cc_lowlevel_instance(directory, &instance, why) < 0)
    return CC_CONTAINER_UNKNOWN;
  if (c->state.bound && !is_same_instance(&c->state.instance, &instance))
    return CC_CONTAINER_GONE;
  if (cc_lowlevel_init(runtime, c->about.root, c->id, &c->pid, &pidfd, why) < 0)
    {
      c->pid = 0;
      /* its directory comes first, and the record of its process a moment later */
      if (why->errnum == ENOENT && !c->state.bound && is_young(c))
        return CC_CONTAINER_CREATED;
      return why->errnum == ESRCH ? CC_CONTAINER_STOPPED : CC_CONTAINER_UNKNOWN;
    }
  waits = cc_lowlevel_waits(directory, why);
  if (waits < 0)
    return CC_CONTAINER_UNKNOWN;
  if (waits > 0)
    return CC_CONTAINER_CREATED;
  return is_paused(c->pid) ? CC_CONTAINER_PAUSED : CC_CONTAINER_RUNNING;
}

static void
find_status(struct cc_container *c)
{
  struct cc_error why = CC_ERROR_INIT;
  cc_auto_close int directory = -1;
  int found;

  c->status = CC_CONTAINER_UNKNOWN;
  if (!c->root_known)
    {
      cc_error_set(&why, 0, "an earlier version made it, which did not write down where it is kept");
      set_why(c, &why);
      return;
    }
  found = cc_lowlevel_directory(cc_path_base(c->state.low_level), c->about.root, c->id, &directory, &why);
  if (found == 1)
    c->status = CC_CONTAINER_GONE;
  else if (found == 0)
    c->status = status_of_kept(c, directory, &why);
  if (c->status == CC_CONTAINER_UNKNOWN)
    set_why(c, &why);
}

/* -- all -- */

/* False when there is no such container: it is of another boot, or was deleted meanwhile. */
static bool
look(const struct cc_state_name *name, struct cc_container *out)
{
  struct cc_container c = { .id = cc_xstrdup(name->id), .status = CC_CONTAINER_UNKNOWN };
  struct cc_error why = CC_ERROR_INIT;
  int found = cc_state_look(name, &c.state, &why);
  bool has_about;

  if (found == 1)
    {
      container_clear(&c);
      return false;
    }
  *out = c;
  if (found < 0)
    {
      out->unreadable = true;
      set_why(out, &why);
      return true;
    }
  has_about = out->state.about[0] != '\0' && cc_about_read(out->state.about, &out->about, NULL) == 0;
  find_root(out, name);
  if (!has_about)
    {
      identify(out);
      out->about.created = (int64_t)out->state.file.changed.tv_sec * 1000;
    }
  identify_by_labels(out);
  identify_by_session(out);
  name_container(out);
  find_status(out);
  return true;
}

static int
by_age(const void *a, const void *b)
{
  const struct cc_container *x = a, *y = b;

  if (x->about.created != y->about.created)
    return x->about.created < y->about.created ? -1 : 1;
  return strcmp(x->id, y->id);
}

int
cc_inventory_read(struct cc_inventory *out, struct cc_error *err)
{
  struct cc_inventory inventory = CC_INVENTORY_INIT;
  struct cc_state_name *names;
  size_t count;

  if (cc_state_names(&names, &count, err) < 0)
    return CC_FAILED;
  inventory.items = cc_xcalloc(count + 1, sizeof(*inventory.items));
  for (size_t i = 0; i < count; i++)
    if (look(&names[i], &inventory.items[inventory.count]))
      inventory.count++;
  cc_state_names_free(names, count);
  qsort(inventory.items, inventory.count, sizeof(*inventory.items), by_age);
  *out = inventory;
  return 0;
}

/* -- finding one -- */

static bool
has_id(const struct cc_container *c, const char *name)
{
  return strcmp(c->id, name) == 0;
}

static bool
has_name(const struct cc_container *c, const char *name)
{
  return c->name != NULL && strcmp(c->name, name[0] == '/' ? name + 1 : name) == 0;
}

static bool
begins_with(const struct cc_container *c, const char *name)
{
  return strncmp(c->id, name, strlen(name)) == 0;
}

/* How many there are for which TEST holds; *OUT is the last one. One that is gone counts only when no other does. */
static size_t
find(const struct cc_inventory *inventory, const char *name, bool (*test)(const struct cc_container *, const char *),
     const struct cc_container **out)
{
  const struct cc_container *gone = NULL;
  size_t count = 0;

  for (size_t i = 0; i < inventory->count; i++)
    {
      const struct cc_container *c = &inventory->items[i];

      if (!test(c, name))
        continue;
      if (c->status == CC_CONTAINER_GONE)
        gone = c;
      else
        {
          *out = c;
          count++;
        }
    }
  if (count == 0 && gone != NULL)
    {
      *out = gone;
      count = 1;
    }
  return count;
}

const struct cc_container *
cc_inventory_find(const struct cc_inventory *inventory, const char *name, struct cc_error *err)
{
  const struct cc_container *found = NULL;
  size_t count = find(inventory, name, has_id, &found);

  /* an id goes first: whoever makes a container may choose another one's id for its name */
  if (count == 0)
    count = find(inventory, name, has_name, &found);
  if (count == 0 && name[0] != '\0')
    count = find(inventory, name, begins_with, &found);
  if (count == 1)
    return found;
  if (count == 0)
    {
      cc_error_set(err, 0, "there is no managed container `%s`; `closedclaw sandbox list` shows those there are", name);
      if (err != NULL)
        err->errnum = ENOENT;
      return NULL;
    }
  cc_error_set(err, 0, "`%s` is the name, or the beginning of the id, of %zu containers; write the whole id", name,
               count);
  if (err != NULL)
    err->errnum = EEXIST;
  return NULL;
}
