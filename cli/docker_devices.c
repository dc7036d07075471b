/* Devices of `docker run`. */
#include "cli/docker_internal.h"

#include "common/own.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEPTH_MAX 4
#define NODES_MAX 1024u
#define RULES_CONTAINERD 8 /* of the template */

/* moby pkg/devices: what is below /dev and no device of the host. */
static const char *const skipped[] = { "pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console" };

static void
add_rule(struct cli_docker_work *w, const char *type, int64_t major, int64_t minor, const char *access)
{
  struct cc_jval *rule = cc_jnew(w->doc, CC_JSON_OBJECT);

  cc_jset_bool(w->doc, rule, "allow", true);
  if (type != NULL)
    cc_jset_str(w->doc, rule, "type", type);
  if (major >= 0)
    cc_jset_int(w->doc, rule, "major", major);
  if (minor >= 0)
    cc_jset_int(w->doc, rule, "minor", minor);
  cc_jset_str(w->doc, rule, "access", access);
  cc_jappend(cc_jneed_array(w->doc, w->resources, "devices"), rule);
}

static void
add_node(struct cli_docker_work *w, const char *path, const struct stat *st)
{
  struct cc_jval *node = cc_jnew(w->doc, CC_JSON_OBJECT);

  cc_jset_str(w->doc, node, "path", path);
  cc_jset_str(w->doc, node, "type", S_ISBLK(st->st_mode) ? "b" : "c");
  cc_jset_int(w->doc, node, "major", major(st->st_rdev));
  cc_jset_int(w->doc, node, "minor", minor(st->st_rdev));
  cc_jset_int(w->doc, node, "fileMode", st->st_mode & 07777);
  cc_jset_int(w->doc, node, "uid", st->st_uid);
  cc_jset_int(w->doc, node, "gid", st->st_gid);
  cc_jappend(cc_jneed_array(w->doc, w->linux_, "devices"), node);
}

static bool
is_skipped(const char *name)
{
  for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++)
    if (strcmp(skipped[i], name) == 0)
      return true;
  return name[0] == '.';
}

static void
add_all_below(struct cli_docker_work *w, const char *directory, int depth)
{
  DIR *dir = depth < DEPTH_MAX ? opendir(directory) : NULL;
  const struct dirent *entry;

  while (dir != NULL && (entry = readdir(dir)) != NULL)
    {
      cc_auto_free char *path = NULL;
      struct stat st;

      if (is_skipped(entry->d_name) || cc_jneed_array(w->doc, w->linux_, "devices")->count >= NODES_MAX)
        continue;
      path = cc_xasprintf("%s/%s", directory, entry->d_name);
      if (lstat(path, &st) < 0)
        continue;
      if (S_ISDIR(st.st_mode))
        add_all_below(w, path, depth + 1);
      else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
        add_node(w, path, &st);
    }
  if (dir != NULL)
    closedir(dir);
}

/* /dev/x[:/dev/y[:rwm]], /dev/x:rwm, or a name of the Container Device Interface */
static void
add_device(struct cli_docker_work *w, const char *value)
{
  cc_auto_free char *copy = cc_xstrdup(value);
  char *parts[3] = { copy, NULL, NULL };
  const char *access = "rwm", *path = copy;
  struct stat st;

  for (int i = 1; i < 3 && parts[i - 1] != NULL; i++)
    if ((parts[i] = strchr(parts[i - 1], ':')) != NULL)
      *parts[i]++ = '\0';
  if (parts[1] != NULL && parts[1][0] == '/')
    path = parts[1];
  else if (parts[1] != NULL)
    access = parts[1];
  if (parts[2] != NULL)
    access = parts[2];
  if (copy[0] != '/')
    cli_docker_unknown(w, "`--device %s`: what the Container Device Interface has under that name", value);
  else if (stat(copy, &st) < 0 || (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode) && !S_ISDIR(st.st_mode)))
    cli_note(&w->out->notes, CLI_NOTE_NOT_JUDGED, "`--device %s`: no device of this host", value);
  else if (S_ISDIR(st.st_mode))
    add_all_below(w, copy, 0);
  else
    {
      add_node(w, path, &st);
      add_rule(w, S_ISBLK(st.st_mode) ? "b" : "c", major(st.st_rdev), minor(st.st_rdev), access);
    }
}

/* "c 1:3 rwm" */
static int
add_device_rule(struct cli_docker_work *w, const char *value, struct cc_error *err)
{
  char type[2], access[4], numbers[2][16];
  int64_t number[2];

  if (sscanf(value, "%1[acb] %15[0-9*]:%15[0-9*] %3[rwm]", type, numbers[0], numbers[1], access) != 4)
    return cc_error_set(err, 0, "`--device-cgroup-rule %s`: it must look like `c 1:3 rwm`", value);
  for (int i = 0; i < 2; i++)
    number[i] = numbers[i][0] == '*' ? -1 : strtol(numbers[i], NULL, 10);
  add_rule(w, type, number[0], number[1], access);
  return 0;
}

/* Docker 28 without CDI: NVIDIA's hook before the program starts. */
static void
add_gpus(struct cli_docker_work *w, const char *value)
{
  struct cc_jval *hook = cc_jnew(w->doc, CC_JSON_OBJECT);
  cc_auto_free char *chosen = cli_docker_field(value, "device");
  cc_auto_free char *visible = cc_xasprintf("NVIDIA_VISIBLE_DEVICES=%s", chosen != NULL ? chosen : value);

  cc_jset_str(w->doc, hook, "path", "/usr/bin/nvidia-container-runtime-hook");
  cc_jappend_str(w->doc, cc_jneed_array(w->doc, hook, "args"), "nvidia-container-runtime-hook");
  cc_jappend_str(w->doc, cc_jget(hook, "args"), "prestart");
  cc_jappend(cc_jneed_array(w->doc, cc_jneed_object(w->doc, w->spec, "hooks"), "prestart"), hook);
  cc_jappend_str(w->doc, cc_jneed_array(w->doc, w->process, "env"), visible);
  cli_note(&w->out->notes, CLI_NOTE_ASSUMED, "`--gpus`: NVIDIA's hook at `/usr/bin/nvidia-container-runtime-hook`");
}

int
cli_docker_devices(struct cli_docker_work *w, struct cc_error *err)
{
  const char *value;

  for (size_t i = 0; (value = cli_docker_value_at(w->call, CLI_DOCKER_DEVICE, i)) != NULL; i++)
    add_device(w, value);
  for (size_t i = 0; (value = cli_docker_value_at(w->call, CLI_DOCKER_DEVICE_RULE, i)) != NULL; i++)
    if (add_device_rule(w, value, err) < 0)
      return CC_FAILED;
  value = cli_docker_value(w->call, CLI_DOCKER_GPUS);
  if (value != NULL)
    add_gpus(w, value);
  if (cli_docker_is_on(w->call, CLI_DOCKER_PRIVILEGED))
    {
      cc_jdel(w->linux_, "devices");
      add_all_below(w, "/dev", 0);
      /* Docker adds its rule to containerd's list, not to its own */
      for (struct cc_jval *rules = cc_jneed_array(w->doc, w->resources, "devices"); rules->count > RULES_CONTAINERD;)
        cc_jremove(rules, rules->last);
      add_rule(w, NULL, -1, -1, "rwm");
    }
  return 0;
}
