/* Volumes of `docker run`, as Docker 28 writes them into the configuration. */
#include "cli/docker_internal.h"

#include "common/own.h"
#include "common/path.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static const char *const propagations[] = { "shared", "rshared", "slave", "rslave", "private", "rprivate" };

static bool
is_propagation(const char *option)
{
  for (size_t i = 0; i < N_ELEMENTS(propagations); i++)
    if (strcmp(propagations[i], option) == 0)
      return true;
  return false;
}

struct cc_jval *
cli_docker_mount_at(const struct cli_docker_work *w, const char *destination)
{
  cc_jeach(m, cc_jget(w->spec, "mounts"))
  {
    const char *own = cc_jget_str(m, "destination");

    if (own != NULL && strcmp(own, destination) == 0)
      return m;
  }
  return NULL;
}

struct cc_jval *
cli_docker_add_mount(struct cli_docker_work *w, const char *destination, const char *type, const char *source)
{
  struct cc_jval *m = cc_jnew(w->doc, CC_JSON_OBJECT);
  cc_auto_free char *clean = cc_path_clean(destination);

  cc_jset_str(w->doc, m, "destination", clean != NULL ? clean : destination);
  cc_jset_str(w->doc, m, "type", type);
  cc_jset_str(w->doc, m, "source", source);
  cc_jappend(cc_jneed_array(w->doc, w->spec, "mounts"), m);
  return cc_jneed_array(w->doc, m, "options");
}

/* A mount of the caller at the place of one of the engine's takes that one's place. */
static struct cc_jval *
add_callers(struct cli_docker_work *w, const char *destination, const char *type, const char *source)
{
  cc_auto_free char *clean = cc_path_clean(destination);
  struct cc_jval *old = clean != NULL ? cli_docker_mount_at(w, clean) : NULL;

  if (old != NULL)
    cc_jremove(cc_jget(w->spec, "mounts"), old);
  return cli_docker_add_mount(w, destination, type, source);
}

/* -- binds -- */

struct bind
{
  const char *source, *destination, *propagation; /* propagation NULL: the default */
  bool read_only, volume, plain;                  /* plain: without what is mounted below */
};

/* Docker tells runc to keep the root filesystem's mount shared when a volume is. */
static void
spread(struct cli_docker_work *w, const char *propagation)
{
  bool shared = strstr(propagation, "shared") != NULL;

  if (shared || (strstr(propagation, "slave") != NULL && cc_jget(w->linux_, "rootfsPropagation") == NULL))
    cc_jset_str(w->doc, w->linux_, "rootfsPropagation", shared ? "shared" : "rslave");
}

static void
add_bind(struct cli_docker_work *w, const struct bind *b)
{
  struct cc_jval *options = add_callers(w, b->destination, "bind", b->source);

  cc_jappend_str(w->doc, options, b->plain ? "bind" : "rbind");
  if (b->read_only)
    cc_jappend_str(w->doc, options, "rro");
  if (!b->volume || b->propagation != NULL)
    cc_jappend_str(w->doc, options, b->propagation != NULL ? b->propagation : "rprivate");
  if (b->propagation != NULL)
    spread(w, b->propagation);
}

/* Where the engine keeps the volume NAME, malloc'd. */
static char *
volume_source(struct cli_docker_work *w, const char *name)
{
  char *path = cc_xasprintf("%s/%s/_data", w->call->podman ? CLI_PODMAN_VOLUMES : CLI_DOCKER_VOLUMES,
                            *name != '\0' ? name : "anonymous");

  cli_note(&w->out->notes, CLI_NOTE_ASSUMED, "volume `%s`: a plain local one, at `%s`",
           *name != '\0' ? name : "(anonymous)", path);
  cli_docker_pending(w, path);
  return path;
}

/* The absolute path of SOURCE, as the clients make it of "./x" and "~/x" is left to the shell; malloc'd. */
static char *
absolute(const char *source)
{
  cc_auto_free char *here = NULL, *path = NULL;
  char *clean;

  if (source[0] == '/')
    return (clean = cc_path_clean(source)) != NULL ? clean : cc_xstrdup(source);
  here = getcwd(NULL, 0);
  path = cc_xasprintf("%s/%s", here != NULL ? here : "", source);
  clean = cc_path_clean(path);
  return clean != NULL ? clean : cc_xstrdup(source);
}

static void
read_volume_options(struct cli_docker_work *w, char *options, struct bind *b)
{
  char *state = NULL;

  for (char *o = strtok_r(options, ",", &state); o != NULL; o = strtok_r(NULL, ",", &state))
    if (strcmp(o, "ro") == 0 || strcmp(o, "readonly") == 0)
      b->read_only = true;
    else if (is_propagation(o))
      b->propagation = o;
    else if (strcmp(o, "bind") == 0)
      b->plain = true;
    else if (strcmp(o, "O") == 0)
      cli_docker_unknown(w, "volume `%s:%s:O`: an overlay that Podman makes", b->source, b->destination);
}

/* [SOURCE:]DESTINATION[:OPTIONS] */
static int
add_volume(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  cc_auto_free char *copy = cc_xstrdup(value), *source = NULL;
  char *parts[3] = { copy, NULL, NULL };
  struct bind b = { 0 };

  for (int i = 1; i < 3 && parts[i - 1] != NULL; i++)
    if ((parts[i] = strchr(parts[i - 1], ':')) != NULL)
      *parts[i]++ = '\0';
  b.source = parts[1] != NULL ? parts[0] : "";
  b.destination = parts[1] != NULL ? parts[1] : parts[0];
  if (b.destination[0] != '/')
    return cc_error_set(err, 0, "`-v %s`: the place in the container must be an absolute path", value);
  b.volume = b.source[0] == '\0' || (b.source[0] != '/' && b.source[0] != '.' && b.source[0] != '~');
  source = b.volume ? volume_source(w, b.source) : absolute(b.source);
  b.source = source;
  if (parts[2] != NULL)
    read_volume_options(w, parts[2], &b);
  if (!b.volume && !w->call->podman)
    cli_docker_pending(w, source); /* Docker makes a directory there, Podman fails */
  add_bind(w, &b);
  return 0;
}

/* -- tmpfs -- */

/* Docker's flags, but where the caller's own say otherwise. */
static void
add_tmpfs(struct cli_docker_work *w, const char *destination, const char *options)
{
  static const char *const flags[][2] = { { "noexec", "exec" }, { "nosuid", "suid" }, { "nodev", "dev" } };
  struct cc_jval *list = add_callers(w, destination, "tmpfs", "tmpfs");
  cc_auto_free char *copy = cc_xstrdup(options), *padded = cc_xasprintf(",%s,", options);
  char *state = NULL;

  for (size_t i = 0; i < N_ELEMENTS(flags); i++)
    {
      cc_auto_free char *opposite = cc_xasprintf(",%s,", flags[i][1]);

      if (strstr(padded, opposite) == NULL)
        cc_jappend_str(w->doc, list, flags[i][0]);
    }
  cc_jappend_str(w->doc, list, "rprivate");
  for (char *o = strtok_r(copy, ",", &state); o != NULL; o = strtok_r(NULL, ",", &state))
    if (!cc_jarray_has(list, o))
      cc_jappend_str(w->doc, list, o);
}

static void
add_tmpfs_option(struct cli_docker_work *w, const char *value)
{
  const char *colon = strchr(value, ':');
  cc_auto_free char *destination = cc_xstrndup(value, colon != NULL ? (size_t)(colon - value) : strlen(value));

  add_tmpfs(w, destination, colon != NULL ? colon + 1 : "");
}

/* -- --mount -- */

/* The field at *P, malloc'd, and *P behind it; quotes keep a comma in a field (encoding/csv). */
static char *
next_field(const char **at)
{
  const char *p = *at;
  char *field = cc_xcalloc(1, strlen(p) + 1);
  bool quoted = *p == '"';
  size_t n = 0;

  for (p += quoted; *p != '\0' && (quoted || *p != ','); p++)
    if (quoted && *p == '"' && p[1] != '"')
      quoted = false;
    else
      {
        p += quoted && *p == '"';
        field[n++] = *p;
      }
  *at = p + (*p == ',');
  return field;
}

/* The value of FIELD when its key, in any case of letters, is KEY; NULL. */
static const char *
value_of(const char *field, const char *key)
{
  size_t length = strlen(key);

  if (strncasecmp(field, key, length) != 0 || (field[length] != '=' && field[length] != '\0'))
    return NULL;
  return field[length] == '=' ? field + length + 1 : "";
}

/* The last field of one of several names: each assigns anew. */
static char *
field_of(const char *csv, const char *const *names)
{
  char *found = NULL;

  while (*csv != '\0')
    {
      cc_auto_free char *field = next_field(&csv);

      for (size_t i = 0; names[i] != NULL; i++)
        {
          const char *value = value_of(field, names[i]);

          if (value == NULL)
            continue;
          free(found);
          found = cc_xstrdup(value);
        }
    }
  return found;
}

char *
cli_docker_field(const char *csv, const char *key)
{
  const char *const names[] = { key, NULL };

  return field_of(csv, names);
}

static bool
is_set(const char *csv, const char *const *names)
{
  static const char *const no[] = { "0", "f", "F", "false", "FALSE", "False" };
  cc_auto_free char *value = field_of(csv, names);

  for (size_t i = 0; value != NULL && i < N_ELEMENTS(no); i++)
    if (strcmp(value, no[i]) == 0)
      return false;
  return value != NULL;
}

/* A volume whose own options say what is mounted there: what is judged is that. */
static char *
volume_device(const char *csv)
{
  char *device = NULL;

  while (*csv != '\0')
    {
      cc_auto_free char *field = next_field(&csv);
      const char *option = value_of(field, "volume-opt");

      if (option == NULL || strncmp(option, "device=", 7) != 0)
        continue;
      free(device);
      device = cc_xstrdup(option + 7);
    }
  return device;
}

static void
note_driver(struct cli_docker_work *w, const char *driver)
{
  if (driver != NULL && driver[0] != '\0' && strcmp(driver, "local") != 0)
    cli_docker_unknown(w, "volume driver `%s`: what it mounts", driver);
}

static void
add_mount_bind(struct cli_docker_work *w, const char *csv, const char *given, const char *destination, bool volume)
{
  static const char *const propagation[] = { "bind-propagation", NULL };
  static const char *const ro[] = { "readonly", "ro", NULL };
  static const char *const plain[] = { "bind-nonrecursive", NULL };
  cc_auto_free char *spread_as = field_of(csv, propagation), *device = volume ? volume_device(csv) : NULL;
  cc_auto_free char *recursive = cli_docker_field(csv, "bind-recursive");
  cc_auto_free char *driver = volume ? cli_docker_field(csv, "volume-driver") : NULL;
  cc_auto_free char *source = device != NULL ? absolute(device) : volume ? volume_source(w, given) : absolute(given);
  struct bind b = { .source = source, .destination = destination, .propagation = spread_as, .volume = volume };

  note_driver(w, driver);
  b.read_only = is_set(csv, ro);
  b.plain = is_set(csv, plain) || (recursive != NULL && strcmp(recursive, "disabled") == 0);
  add_bind(w, &b);
}

static int
add_mount(struct cli_docker_work *w, const char *csv, struct cc_error *err)
{
  static const char *const targets[] = { "target", "destination", "dst", NULL };
  static const char *const sources[] = { "source", "src", NULL };
  cc_auto_free char *type = cli_docker_field(csv, "type"), *target = field_of(csv, targets);
  cc_auto_free char *source = field_of(csv, sources), *size = cli_docker_field(csv, "tmpfs-size");
  cc_auto_free char *mode = cli_docker_field(csv, "tmpfs-mode"), *options = NULL;
  int64_t bytes;

  if (target == NULL || target[0] != '/')
    return cc_error_set(err, 0, "`--mount`: it needs `target=`, an absolute path in the container");
  if (type == NULL || strcmp(type, "volume") == 0)
    add_mount_bind(w, csv, source != NULL ? source : "", target, true);
  else if (strcmp(type, "bind") == 0 && source != NULL && source[0] != '\0')
    add_mount_bind(w, csv, source, target, false);
  else if (strcmp(type, "tmpfs") == 0 && size != NULL && cli_docker_bytes(size, &bytes) < 0)
    return cc_error_set(err, 0, "`--mount`: `%s` is no size", size);
  else if (strcmp(type, "tmpfs") == 0)
    {
      cc_auto_free char *sized = size != NULL ? cc_xasprintf("size=%jd", (intmax_t)bytes) : cc_xstrdup("");

      options = mode != NULL ? cc_xasprintf("%s%smode=%s", sized, size != NULL ? "," : "", mode) : cc_xstrdup(sized);
      add_tmpfs(w, target, options);
    }
  else if (strcmp(type, "bind") == 0)
    return cc_error_set(err, 0, "`--mount`: a bind needs `source=`");
  else
    cli_docker_unknown(w, "`--mount` at `%s`: what the engine makes of the type `%s`", target, type);
  return 0;
}

/* -- all of them -- */

static void
add_init(struct cli_docker_work *w)
{
  struct cc_jval *options, *args = cc_jnew(w->doc, CC_JSON_ARRAY);
  const char *source = "/usr/bin/docker-init";

  options = cli_docker_add_mount(w, "/sbin/docker-init", "bind", source);
  cc_jappend_str(w->doc, options, "bind");
  cc_jappend_str(w->doc, options, "ro");
  cli_docker_pending(w, source);
  cc_jappend_str(w->doc, args, "/sbin/docker-init");
  cc_jappend_str(w->doc, args, "--");
  cc_jeach(a, cc_jget(w->process, "args")) cc_jappend(args, cc_jcopy(w->doc, a));
  cc_jset(w->doc, w->process, "args", args);
}

static int
apply_tmpfs(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  add_tmpfs_option(w, value);
  return 0;
}

static int
apply_volumes_from(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  cli_docker_unknown(w, "`--volumes-from %s`: the mounts of that container", value);
  return 0;
}

static int
apply_driver(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  (void)err;
  note_driver(w, value);
  return 0;
}

int
cli_docker_mounts(struct cli_docker_work *w, struct cc_error *err)
{
  static const struct cli_docker_effect effects[] = {
    { CLI_DOCKER_TMPFS, apply_tmpfs },
    { CLI_DOCKER_VOLUME, add_volume },
    { CLI_DOCKER_MOUNT, add_mount },
    { CLI_DOCKER_VOLUMES_FROM, apply_volumes_from },
    { CLI_DOCKER_VOLUME_DRIVER, apply_driver },
  };

  if (cli_docker_apply(w, effects, N_ELEMENTS(effects), err) < 0)
    return CC_FAILED;
  if (cli_docker_is_on(w->call, CLI_DOCKER_SOCKET))
    add_bind(w, &(struct bind){ .source = "/var/run/docker.sock", .destination = "/var/run/docker.sock" });
  if (cli_docker_is_on(w->call, CLI_DOCKER_INIT))
    add_init(w);
  return 0;
}
