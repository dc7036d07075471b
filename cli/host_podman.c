/* Podman and containerd: their configurations are TOML. */
#include "cli/host.h"
#include "cli/host_toml.h"
#include "common/own.h"
#include "common/path.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What was read of one engine so far: a later file speaks over an earlier one. */
struct engine
{
  const struct cli_host *h;
  const char *name, *file;
  char *default_name;
  char *ours; /* names of runtimes that are ours, each with a space before and behind */
  bool cri_disabled;
  size_t registered;
};

static void
note_runtime(struct engine *e, uint32_t line, const char *name, const char *path)
{
  cc_auto_free char *before = e->ours;

  if (!cli_is_our_runtime(path))
    {
      before = NULL;
      return;
    }
  e->registered++;
  e->ours = cc_xasprintf("%s%s ", before != NULL ? before : " ", name);
  cli_host_judge_runtime(e->h, &(struct cli_runtime){ e->name, e->file, name, path, false, line });
}

static bool
is_ours(const struct engine *e, const char *name)
{
  cc_auto_free char *word = cc_xasprintf(" %s ", name);

  return cli_is_our_runtime(name) || (e->ours != NULL && strstr(e->ours, word) != NULL);
}

static void
set_default(struct engine *e, const char *name)
{
  free(e->default_name);
  e->default_name = cc_xstrdup(name);
}

static void
read_file(struct engine *e, const char *file, cli_toml_fn *each)
{
  cc_auto_free char *text = cli_host_read(e->h, file);

  if (text == NULL)
    return;
  e->file = file;
  cli_toml_read(text, each, e);
}

static void
engine_clear(struct engine *e)
{
  free(e->default_name);
  free(e->ours);
}

/* -- Podman -- */

#define CONTAINERS_CONF "/etc/containers/containers.conf"

/* The first string of `["/a", "/b"]`, malloc'd. */
static char *
first_of_array(const char *value)
{
  const char *quote = strpbrk(value, "\"'");

  return quote != NULL ? cc_xstrndup(quote + 1, strcspn(quote + 1, "\"'")) : cc_xstrdup("");
}

static void
podman_value(void *context, uint32_t line, const char *table, const char *key, const char *value)
{
  struct engine *e = context;
  cc_auto_free char *path = NULL;

  if (strcmp(table, "engine") == 0 && strcmp(key, "runtime") == 0)
    set_default(e, value);
  if (strcmp(table, "engine.runtimes") != 0)
    return;
  path = first_of_array(value);
  note_runtime(e, line, key, path);
}

static int
compare_names(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of DIRECTORY that end in ".conf", in byte order. */
static void
read_directory(struct engine *e, const char *directory)
{
  char *names[64];
  size_t count = 0;
  int fd = cli_host_open(e->h, directory, O_RDONLY | O_DIRECTORY);
  DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
  const struct dirent *entry;

  if (dir == NULL)
    {
      if (fd >= 0)
        close(fd);
      return;
    }
  while (count < sizeof(names) / sizeof(names[0]) && (entry = readdir(dir)) != NULL)
    {
      size_t length = strlen(entry->d_name);

      if (length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0)
        names[count++] = cc_xasprintf("%s/%s", directory, entry->d_name);
    }
  closedir(dir);
  qsort(names, count, sizeof(names[0]), compare_names);
  for (size_t i = 0; i < count; i++)
    {
      read_file(e, names[i], podman_value);
      free(names[i]);
    }
}

void
cli_host_podman(const struct cli_host *h)
{
  __attribute__((cleanup(engine_clear))) struct engine e = { .h = h, .name = "Podman" };

  if (!cli_host_has(h, "/usr/bin/podman") && !cli_host_has(h, "/usr/local/bin/podman"))
    return;
  read_file(&e, "/usr/share/containers/containers.conf", podman_value);
  read_file(&e, CONTAINERS_CONF, podman_value);
  read_directory(&e, "/etc/containers/containers.conf.d");
  if (e.registered == 0 && (e.default_name == NULL || !cli_is_our_runtime(e.default_name)))
    cli_host_not_registered(h, "Podman", CONTAINERS_CONF,
                            "add `closedclaw = [\"/usr/bin/closedclaw-runtime\"]` to its table [engine.runtimes]");
  else if (e.default_name == NULL || !is_ours(&e, e.default_name))
    cli_host_not_default(h, "Podman", CONTAINERS_CONF, e.default_name != NULL ? e.default_name : "crun or runc",
                         "set `runtime` in its table [engine] to the name of `closedclaw-runtime-auto`");
}

/* -- containerd -- */

#define CONFIG_TOML "/etc/containerd/config.toml"

/* "plugins.io.containerd.grpc.v1.cri.containerd.runtimes.NAME.options", and BinaryName in it */
static void
containerd_value(void *context, uint32_t line, const char *table, const char *key, const char *value)
{
  struct engine *e = context;
  const char *runtimes = strstr(table, ".runtimes."), *name = runtimes != NULL ? runtimes + 10 : NULL;

  if (*table == '\0' && strcmp(key, "disabled_plugins") == 0 && strstr(value, "cri") != NULL)
    e->cri_disabled = true;
  if (strcmp(key, "default_runtime_name") == 0)
    set_default(e, value);
  if (name != NULL && strcmp(key, "BinaryName") == 0 && strstr(name, ".options") != NULL)
    {
      cc_auto_free char *own = cc_xstrndup(name, (size_t)(strstr(name, ".options") - name));

      note_runtime(e, line, own, value);
    }
}

/* containerd without Kubernetes is Docker's, or `ctr`'s, which names a runtime at each call. */
void
cli_host_containerd(const struct cli_host *h)
{
  __attribute__((cleanup(engine_clear))) struct engine e = { .h = h, .name = "containerd" };

  if (!cli_host_has(h, CONFIG_TOML) || !cli_host_has(h, "/usr/bin/containerd"))
    return;
  read_file(&e, CONFIG_TOML, containerd_value);
  if (e.cri_disabled)
    return;
  if (e.registered == 0)
    cli_host_not_registered(
        h, "containerd", CONFIG_TOML,
        "add a runtime `closedclaw` of type io.containerd.runc.v2 to its CRI plugin, with `BinaryName "
        "= \"/usr/bin/closedclaw-runtime\"` in its options");
  else if (e.default_name == NULL || !is_ours(&e, e.default_name))
    cli_host_not_default(h, "containerd", CONFIG_TOML, e.default_name != NULL ? e.default_name : "runc",
                         "set `default_runtime_name` to the name of `closedclaw-runtime-auto`, or name it in the "
                         "RuntimeClass of each pod");
}
