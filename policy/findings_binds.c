/* Findings on binds, as they were written: every list of every block, also what the reader does not take. */
#include "policy/findings_internal.h"

#include "common/own.h"
#include "common/path.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define ENTRIES_MAX 4096 /* of a directory that is looked through for sockets */

/* One bind. */
struct bind
{
  const struct cc_jval *value;
  char *source; /* as written */
  char *path;   /* clean; what begins with `~` is put below /home, NULL when it is no path */
  char *real;   /* the same where the links of this host lead, as /var/run leads to /run */
  bool written_mode, read_only;
};

typedef void bind_check(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b);

static void
bind_clear(struct bind *b)
{
  free(b->source);
  free(b->path);
  free(b->real);
}

/* PATH with the links of the part of it that exists followed. malloc'd. */
static char *
follow(const char *path)
{
  cc_auto_free char *upper = cc_xstrdup(path);

  for (;;)
    {
      char *end = strrchr(upper, '/');
      cc_auto_free char *real = realpath(*upper != '\0' ? upper : "/", NULL);
      const char *rest = path + strlen(upper);

      if (real != NULL)
        return strcmp(real, "/") == 0 ? cc_xstrdup(*rest != '\0' ? rest : "/") : cc_xasprintf("%s%s", real, rest);
      if (end == NULL)
        return cc_xstrdup(path);
      *end = '\0';
    }
}

static struct bind
bind_of(const struct cc_jval *v)
{
  const char *target = strchr(v->text, ':') + 1, *options = strchr(target, ':');
  struct bind b = { .value = v, .source = cc_xstrndup(v->text, (size_t)(target - 1 - v->text)), .read_only = true };
  cc_auto_free char *absolute = NULL;

  for (; options != NULL; options = strchr(options + 1, ','))
    if ((strncmp(options + 1, "ro", 2) == 0 || strncmp(options + 1, "rw", 2) == 0)
        && (options[3] == '\0' || options[3] == ','))
      {
        b.written_mode = true;
        b.read_only = options[2] == 'o';
      }
  if (b.source[0] == '~')
    absolute = cc_xasprintf("/home/%s", b.source); /* somebody's home: its names count */
  b.path = cc_path_clean(absolute != NULL ? absolute : b.source);
  b.real = b.path != NULL ? follow(b.path) : NULL;
  return b;
}

static void
each_bind(struct cc_audit *a, const struct cc_fault_kind *kind, bind_check *check)
{
  static const char *const paths[] = { "binds", "docker.binds", "browser.binds" };

  for (size_t i = 0; i < N_ELEMENTS(paths); i++)
    {
      const struct cc_jval *binds = cc_jpath(a->block, paths[i]);

      cc_jeach(c, cc_jis(binds, CC_JSON_ARRAY) ? binds : NULL)
      {
        __attribute__((cleanup(bind_clear))) struct bind b = { 0 };

        if (c->type != CC_JSON_STRING || strchr(c->text, ':') == NULL)
          continue;
        b = bind_of(c);
        check(a, kind, &b);
      }
    }
}

/* -- as text -- */

static void
check_absolute(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b)
{
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (b->source[0] == '/' || (f = cc_audit_at_value(a, kind, NULL, b->value)) == NULL)
    return;
  key = cc_audit_key(a, f, "binds");
  cc_fault_seen(f, "%s is \"%s\"%s", key, b->value->text,
                b->source[0] == '~' ? ", and nothing replaces `~`" : ", whose source is no absolute path");
  cc_fault_fix(f, "write the whole path of the source in %s, as in \"/home/me/project:/project:ro\"", key);
}

static void
bind_not_absolute(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  each_bind(a, kind, check_absolute);
}

static void
check_mode(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b)
{
  const char *target = strchr(b->value->text, ':') + 1;
  struct cc_fault *f;
  cc_auto_free char *is = NULL, *wanted = NULL, *text = NULL;

  if (b->source[0] != '/' || b->written_mode || (f = cc_audit_at_value(a, kind, NULL, b->value)) == NULL)
    return;
  text = cc_xasprintf("%s%sro", b->value->text, strchr(target, ':') != NULL ? "," : ":");
  is = cc_audit_quote(b->value->text);
  wanted = cc_audit_quote(text);
  cc_audit_set(a, f, "binds", is, wanted);
}

static void
bind_default_mode(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  each_bind(a, kind, check_mode);
}

/* -- what the source is: by its path, and on this host by what is there -- */

/* Where sandboxes are made: what lies there is the agents' own. */
static const char *
workspace_root(const struct cc_audit *a)
{
  const char *own = cc_jget_str(a->block, "workspaceRoot");

  return own != NULL && cc_path_is_clean(own) ? own : a->defaults->workspace_root;
}

static bool
load_places(struct cc_audit *a)
{
  if (!a->places_loaded && cc_places_init(NULL, &a->places, NULL) == 0
      && cc_bind_rules_new(a->defaults, NULL, &a->rules, NULL) == 0)
    a->places_loaded = true;
  return a->places_loaded;
}

/* PATH is REST below PLACE; why it may not be shown, NULL when it may. */
static const char *
why_inside(const struct cc_place *place, const char *rest, bool read_only)
{
  switch (place->kind)
    {
    case CC_PLACE_SYSTEM:
    case CC_PLACE_MEDIUM:
    case CC_PLACE_STATE:
      break;
    case CC_PLACE_ENGINE:
      return cc_names_volume(rest) ? NULL : "the state of a container engine";
    case CC_PLACE_HOME:
      return cc_names_home_sandbox(rest, read_only) ? NULL : "the home of root";
    case CC_PLACE_HOMES:
      if (rest[0] == '\0')
        return "the homes of all users";
      rest = strchrnul(rest + 1, '/');
      __attribute__((fallthrough));
    case CC_PLACE_USER:
      if (rest[0] == '\0')
        return "a whole home, with the credentials in it";
      return cc_names_home_credential(rest) ? "where a user's credentials are" : NULL;
    }
  return "a part of the system";
}

static const char *
why_path(const struct cc_audit *a, const char *path, bool read_only)
{
  const char *name;

  if (strcmp(path, "/") == 0)
    return "the whole host";
  if (cc_path_is_under(path, workspace_root(a)) && strcmp(path, workspace_root(a)) != 0)
    return NULL;
  switch (cc_names_judge(path, false, read_only, &name))
    {
    case CC_NAME_CREDENTIAL:
      return "where credentials are";
    case CC_NAME_STATE:
      return "a gateway's own state";
    case CC_NAME_FINE:
      break;
    }
  for (size_t i = 0; i < a->places.count; i++)
    {
      const char *rest = cc_places_rest(path, a->places.items[i].real);
      const char *why = rest != NULL ? why_inside(&a->places.items[i], rest, read_only) : NULL;

      if (why != NULL)
        return why;
      if (rest == NULL && cc_path_is_under(a->places.items[i].real, path))
        return "a directory that holds parts of the system";
    }
  return NULL;
}

/* As policy/binds.c judges, on text alone: for paths of another host, and of one where nothing is yet. */
static const char *
why_by_text(const struct cc_audit *a, const struct bind *b)
{
  const char *why = why_path(a, b->path, b->read_only);

  return why != NULL ? why : why_path(a, b->real, b->read_only);
}

/* What the runtime itself says of the source on this host. False when it would take it, or nothing is there. */
static bool
refused_by_runtime(const struct cc_audit *a, const struct bind *b, struct cc_error *err)
{
  struct cc_bind_source source;

  if (cc_jget(a->block, "workspaceRoot") != NULL) /* the rules are of the defaults' */
    return false;
  if (cc_bind_judge(a->rules, b->path, b->read_only, &source, err) == 0)
    {
      cc_bind_source_clear(&source);
      return false;
    }
  return cc_error_is_refusal(err) && strcmp(err->rule, "bind-missing") != 0;
}

static void
check_dangerous(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b)
{
  struct cc_error err = CC_ERROR_INIT;
  const char *why;
  struct cc_fault *f;
  cc_auto_free char *key = NULL;

  if (b->path == NULL || !load_places(a))
    return;
  why = why_by_text(a, b);
  if (why == NULL && (b->source[0] != '/' || !refused_by_runtime(a, b, &err)))
    return;
  f = cc_audit_at_value(a, kind, NULL, b->value);
  if (f == NULL)
    return;
  key = cc_audit_key(a, f, "binds");
  if (why != NULL)
    cc_fault_seen(f, "%s is \"%s\", and `%s` is %s", key, b->value->text, b->source, why);
  else
    cc_fault_seen(f, "%s is refused: %s", key, err.msg);
  cc_fault_fix(f, "remove %s, or bind one directory made for this instead, read-only", key);
}

static void
bind_dangerous(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  each_bind(a, kind, check_dangerous);
}

/* -- sockets -- */

/* The name of a socket in the directory PATH, or PATH's own; malloc'd, NULL when there is none. Links are not followed:
 * the runtime judges what they lead to. */
static char *
find_socket(const char *path)
{
  cc_auto_close int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  const struct dirent *entry;
  struct stat st;
  char *found = NULL;
  DIR *dir;
  int list;

  if (fd < 0 || fstat(fd, &st) < 0)
    return NULL;
  if (S_ISSOCK(st.st_mode))
    return cc_xstrdup(path);
  if (!S_ISDIR(st.st_mode) || (list = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
    return NULL;
  dir = fdopendir(list);
  if (dir == NULL)
    {
      close(list);
      return NULL;
    }
  for (int n = 0; found == NULL && n < ENTRIES_MAX && (entry = readdir(dir)) != NULL; n++)
    if (entry->d_type == DT_SOCK)
      found = cc_xasprintf("%s/%s", path, entry->d_name);
  closedir(dir);
  return found;
}

static bool
ends_in(const char *text, const char *end)
{
  size_t length = strlen(text), n = strlen(end);

  return length >= n && strcmp(text + length - n, end) == 0;
}

static void
check_socket(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b)
{
  cc_auto_free char *key = NULL, *found = NULL;
  struct cc_fault *f;

  if (b->path == NULL || !load_places(a) || (why_by_text(a, b) != NULL && !ends_in(b->path, ".sock")))
    return;
  found = ends_in(b->path, ".sock") ? cc_xstrdup(b->path) : find_socket(b->path);
  if (found == NULL || (f = cc_audit_at_value(a, kind, NULL, b->value)) == NULL)
    return;
  key = cc_audit_key(a, f, "binds");
  cc_fault_seen(f, "%s is \"%s\", with the socket `%s`", key, b->value->text, found);
  cc_fault_fix(f, "remove %s, or move the socket out of the directory", key);
}

static void
bind_socket(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  each_bind(a, kind, check_socket);
}

/* -- writable ones -- */

/* Parts of names of what should not be changed, or not be seen. */
static const char *const secret_parts[]
    = { "secret", "credential", "password", "token", "private", "vault", "keystore" };
static const char *const secret_ends[]
    = { ".env", ".pem", ".key", ".p12", ".pfx", ".jks", "id_rsa", "id_ed25519", "/keys", "/certs" };

static bool
looks_secret(const char *path)
{
  for (size_t i = 0; i < N_ELEMENTS(secret_parts); i++)
    if (strcasestr(path, secret_parts[i]) != NULL)
      return true;
  for (size_t i = 0; i < N_ELEMENTS(secret_ends); i++)
    if (ends_in(path, secret_ends[i]))
      return true;
  return false;
}

static void
check_secret(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b)
{
  struct cc_fault *f;
  cc_auto_free char *is = NULL, *wanted = NULL, *text = NULL;

  if (b->read_only || b->path == NULL || !looks_secret(b->path)
      || (f = cc_audit_at_value(a, kind, NULL, b->value)) == NULL)
    return;
  text = cc_xasprintf("%.*s:ro", (int)(strchr(strchr(b->value->text, ':') + 1, ':') - b->value->text), b->value->text);
  is = cc_audit_quote(b->value->text);
  wanted = cc_audit_quote(text);
  cc_audit_set(a, f, "binds", is, wanted);
}

static void
bind_secret_rw(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  each_bind(a, kind, check_secret);
}

/* FILE, which no container may write, lies below the bind. */
static void
check_file(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b, const char *file)
{
  cc_auto_free char *real = *file == '/' ? cc_path_clean(file) : realpath(file, NULL);
  cc_auto_free char *key = NULL;
  struct cc_fault *f;

  if (b->read_only || b->path == NULL || real == NULL || !cc_path_is_under(real, b->path)
      || (f = cc_audit_at_value(a, kind, NULL, b->value)) == NULL)
    return;
  key = cc_audit_key(a, f, "binds");
  cc_fault_seen(f, "%s is \"%s\", and `%s` lies there", key, b->value->text, file);
  cc_fault_fix(f, "make %s read-only, or bind another directory", key);
}

static void
check_policy_file(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b)
{
  for (size_t i = 0; i < a->reading->source_count; i++)
    check_file(a, kind, b, a->reading->sources[i].path);
}

static void
policy_writable(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  each_bind(a, kind, check_policy_file);
}

static void
check_audit_file(struct cc_audit *a, const struct cc_fault_kind *kind, const struct bind *b)
{
  if (*a->defaults->audit_file != '\0')
    check_file(a, kind, b, a->defaults->audit_file);
}

static void
audit_writable(struct cc_audit *a, const struct cc_fault_kind *kind)
{
  each_bind(a, kind, check_audit_file);
}

const struct cc_fault_kind cc_findings_of_binds[] = {
  { "sandbox.bind_mount_non_absolute", CC_WARNING, "A bind's source is no absolute path",
    "Engines take it for the name of a volume, or resolve it where they happen to be: something else is mounted than "
    "was "
    "meant.",
    bind_not_absolute },
  { "sandbox.dangerous_bind_mount", CC_CRITICAL, "A bind shows a place that no container may see",
    "Files of the system, of an engine or of a user's credentials are as good as the host itself. ClosedClaw refuses "
    "it "
    "when the container is created.",
    bind_dangerous },
  { "sandbox.bind_contains_socket", CC_WARNING, "A bind shows a socket of the host",
    "Whoever listens there answers the sandbox as it answers the host; an engine's socket gives away the host.",
    bind_socket },
  { "sandbox.bind_secret_rw", CC_WARNING, "Secrets are bound writable",
    "The sandbox can replace a key or a password file, and what uses it on the host then uses the sandbox's.",
    bind_secret_rw },
  { "sandbox.bind_default_rw", CC_WARNING, "A bind does not say whether it may be written",
    "Gateways and Docker mount it writable, ClosedClaw holds it to read-only: one of them is not what was meant.",
    bind_default_mode },
  { "policy.file_writable_by_agent", CC_CRITICAL, "A sandbox may write the configuration",
    "It can give itself everything that the configuration withholds.", policy_writable },
  { "audit.log_agent_writable", CC_CRITICAL, "A sandbox may write the record",
    "It can remove what it did from the record.", audit_writable },
  { 0 },
};
