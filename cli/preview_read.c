/* What is previewed: a bundle, a config.json, arguments of `docker run`. */
#include "cli/preview.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/shape.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID "preview"

/* Where engines keep a bundle, by which the runtime tells them. */
static const struct
{
  const char *engine, *format;
} bundle_places[] = {
  { "docker", "/run/containerd/io.containerd.runtime.v2.task/moby/%s" },
  { "containerd", "/run/containerd/io.containerd.runtime.v2.task/default/%s" },
  { "cri", "/run/containerd/io.containerd.runtime.v2.task/k8s.io/%s" },
  { "podman", "/var/lib/containers/storage/overlay-containers/%s/userdata" },
  { "cri-o", "/run/containers/storage/overlay-containers/%s/userdata" },
};

/* By whose own mounts a lone configuration is told to be an engine's. */
static const struct
{
  const char *engine, *destination, *before, *after;
} marks[] = {
  { "docker", "/etc/hostname", "/containers/", "/hostname" },
  { "podman", "/run/.containerenv", "/overlay-containers/", "/userdata/.containerenv" },
};

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* A refusal by the reading itself: with one of its rules, which a finding points to. Any other error stays. */
static int
note_refusal(struct cli_preview *p, struct cc_error *err)
{
  static const char *const rules[] = { "json", "config", "bundle" };

  for (size_t i = 0; cc_error_is_refusal(err) && i < N_ELEMENTS(rules); i++)
    if (strcmp(err->rule, rules[i]) == 0)
      {
        cc_report_refuse(&p->plan.report, rules[i], "%s", err->msg);
        cc_error_clear(err);
        return 0;
      }
  return CC_FAILED;
}

/* -- a bundle -- */

/* Engines name the directory by the container: ID, or ID/userdata. */
static char *
id_of_bundle(const char *path)
{
  cc_auto_free char *copy = cc_xstrdup(path);

  if (strcmp(cc_path_base(copy), "userdata") == 0 && strrchr(copy, '/') != copy)
    *strrchr(copy, '/') = '\0';
  return cc_xstrdup(cc_id_is_valid(cc_path_base(copy)) ? cc_path_base(copy) : ID);
}

static int
read_bundle(struct cli_preview *p, const char *path, struct cc_error *err)
{
  p->subject = cc_xasprintf("bundle `%s`", path);
  if (cc_bundle_look(path, &p->plan.report, &p->plan.bundle, err) < 0)
    return note_refusal(p, err);
  p->id = id_of_bundle(p->plan.bundle.path);
  return 0;
}

/* -- a configuration alone -- */

static const char *
place_of(const char *engine)
{
  for (size_t i = 0; i < N_ELEMENTS(bundle_places); i++)
    if (strcmp(bundle_places[i].engine, engine) == 0)
      return bundle_places[i].format;
  return NULL;
}

static void
set_place(struct cli_preview *p, const char *engine, const char *id)
{
  for (size_t i = 0; engine != NULL && i < N_ELEMENTS(bundle_places); i++)
    if (strcmp(bundle_places[i].engine, engine) == 0)
      {
        const char *at = strstr(bundle_places[i].format, "%s");

        p->plan.bundle.path
            = cc_xasprintf("%.*s%s%s", (int)(at - bundle_places[i].format), bundle_places[i].format, id, at + 2);
        return;
      }
  p->plan.bundle.path = cc_xstrdup("");
}

/* The id in SOURCE between BEFORE and AFTER, malloc'd, or NULL. */
static char *
id_in(const char *source, const char *before, const char *after)
{
  size_t n = strlen(source), m = strlen(after);
  const char *at = strstr(source, before);
  cc_auto_free char *id = NULL;

  if (at == NULL || n < m || strcmp(source + n - m, after) != 0)
    return NULL;
  at += strlen(before);
  if (at >= source + n - m)
    return NULL;
  id = cc_xstrndup(at, (size_t)(source + n - m - at));
  return cc_id_is_valid(id) ? cc_move_ptr(id) : NULL;
}

/* Nothing says where a lone configuration lay: its engine's own mounts do. */
static void
guess_engine(struct cli_preview *p, const char *asked)
{
  const struct cc_jval *mounts = cc_jget(cc_json_root(p->plan.bundle.doc), "mounts");
  const char *engine = NULL;

  cc_jeach(m, mounts)
  {
    const char *source = cc_jget_str(m, "source"), *destination = cc_jget_str(m, "destination");

    for (size_t i = 0; source != NULL && destination != NULL && p->id == NULL && i < N_ELEMENTS(marks); i++)
      if (strcmp(destination, marks[i].destination) == 0
          && (p->id = id_in(source, marks[i].before, marks[i].after)) != NULL)
        engine = marks[i].engine;
  }
  if (engine != NULL && asked == NULL)
    cli_note(&p->notes, CLI_NOTE_ASSUMED, "engine %s, container %.12s: its own mounts say so", engine, p->id);
  if (p->id == NULL)
    p->id = cc_xstrdup(ID);
  set_place(p, asked != NULL && place_of(asked) != NULL ? asked : engine, p->id);
}

/* The root filesystem of a lone configuration: beside it, when it came from a file. */
static void
open_rootfs(struct cli_preview *p)
{
  const char *path = cc_jstr(cc_jpath(cc_json_root(p->plan.bundle.doc), "root.path"));

  if (path != NULL && (path[0] == '/' || p->plan.bundle.fd >= 0))
    p->plan.bundle.rootfs_fd = openat(p->plan.bundle.fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (p->plan.bundle.rootfs_fd < 0)
    cli_note(&p->notes, CLI_NOTE_NOT_JUDGED, "root filesystem%s%s%s: it cannot be opened here",
             path != NULL ? " `" : "", path != NULL ? path : "", path != NULL ? "`" : "");
}

static int
parse(struct cli_preview *p, const char *text, size_t length, struct cc_error *err)
{
  if (cc_json_parse(text, length, "config.json", &p->plan.bundle.doc, err) == 0
      && cc_shape_config(cc_json_root(p->plan.bundle.doc), err) == 0)
    return 0;
  if (note_refusal(p, err) < 0)
    return CC_FAILED;
  cc_json_free(p->plan.bundle.doc);
  p->plan.bundle.doc = NULL;
  return 0;
}

static int
read_file(struct cli_preview *p, const char *path, int fd, struct cc_error *err)
{
  cc_auto_free char *text = NULL, *directory = NULL;
  struct stat st;
  size_t length;

  if (fstat(fd, &st) < 0 || fcntl(fd, F_SETFL, 0) < 0)
    return cc_error_set(err, errno, "`%s`", path);
  if (cc_read_all(fd, CC_JSON_MAX_SIZE, path, &text, &length, err) < 0 || parse(p, text, length, err) < 0)
    return CC_FAILED;
  if (p->plan.bundle.doc == NULL)
    return 0;
  if (S_ISREG(st.st_mode) && strcmp(path, "-") != 0)
    {
      const char *slash = strrchr(path, '/');

      directory = slash != NULL ? cc_xstrndup(path, (size_t)(slash - path) + 1) : cc_xstrdup(".");
      p->plan.bundle.fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
  guess_engine(p, cli_value(p->cli, "engine"));
  open_rootfs(p);
  cli_note(&p->notes, CLI_NOTE_NOT_JUDGED, "the bundle: who may change it, and put another in its place");
  return 0;
}

static int
read_path(struct cli_preview *p, const char *path, struct cc_error *err)
{
  bool standard_input = strcmp(path, "-") == 0;
  cc_auto_close int fd = standard_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                        : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat st;

  if (fd < 0 || fstat(fd, &st) < 0)
    return cc_error_set(err, errno, "open `%s`", path);
  if (!standard_input && S_ISDIR(st.st_mode))
    return read_bundle(p, path, err);
  if (!standard_input && !S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
    return cc_error_set(err, 0, "`%s` is no bundle and no file", path);
  p->lone = true;
  p->subject
      = standard_input ? cc_xstrdup("configuration on the standard input") : cc_xasprintf("configuration `%s`", path);
  return read_file(p, path, fd, err);
}

/* -- arguments -- */

static int
read_arguments(struct cli_preview *p, struct cc_error *err)
{
  struct cli_docker_call call;
  const char *engine;

  if (cli_docker_arguments_read(p->cli->arg_count, p->cli->args, &call, err) < 0)
    return CC_FAILED;
  engine = call.podman ? "podman" : "docker";
  p->arguments = true;
  p->subject
      = cc_xasprintf("`%s run%s%s`", engine, call.image != NULL ? " … " : "", call.image != NULL ? call.image : "");
  if (cli_docker_spec(&call, &p->docker, err) < 0)
    {
      cli_docker_call_clear(&call);
      return CC_FAILED;
    }
  cli_docker_call_clear(&call);
  p->id = cc_xstrdup(ID);
  p->plan.bundle.doc = cc_move_ptr(p->docker.doc);
  set_place(p, engine, p->id);
  if (p->docker.rootfs)
    open_rootfs(p);
  if (cc_shape_config(cc_json_root(p->plan.bundle.doc), err) == 0)
    return 0;
  if (note_refusal(p, err) < 0)
    return CC_FAILED;
  cc_json_free(p->plan.bundle.doc);
  p->plan.bundle.doc = NULL;
  return 0;
}

int
cli_preview_read(struct cli_preview *p, struct cc_error *err)
{
  int result = p->cli->dashes ? read_arguments(p, err) : read_path(p, p->cli->args[0], err);

  if (result < 0 || p->plan.bundle.doc == NULL)
    return result;
  p->before = cc_json_new();
  cc_json_set_root(p->before, cc_jcopy(p->before, cc_json_root(p->plan.bundle.doc)));
  return 0;
}
