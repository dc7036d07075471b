/* How engines know the runtime: what is the same for all of them, and Docker. */
#include "cli/host.h"
#include "common/json.h"
#include "common/own.h"
#include "common/path.h"

#include <stdio.h>
#include <string.h>

enum
{
  NOT_REGISTERED,
  PATH_WRONG,
  ARGUMENTS,
  NOT_DEFAULT,
  EXPOSED,
  UNREADABLE
};

const struct cc_fault_kind cli_kinds_engines[] = {
  { "runtime.not_registered", CC_WARNING, "An engine does not know ClosedClaw", "Nothing that it starts can be held.",
    NULL },
  { "runtime.path_wrong", CC_CRITICAL, "An engine calls a runtime that is not there, or that others may replace",
    "Either nothing starts, or somebody else decides what runs as root for every container.", NULL },
  { "runtime.arguments_present", CC_WARNING, "An engine calls ClosedClaw with arguments of its own",
    "They come before every call of the low-level runtime: a root of their own, for one, hides a container from "
    "whoever "
    "looks for it.",
    NULL },
  { "runtime.default_not_closedclaw", CC_WARNING, "An engine's default runtime is not ClosedClaw",
    "Only containers that ask for it by name are held. Whoever may call the engine leaves the name out.", NULL },
  { "runtime.docker_socket_exposed", CC_CRITICAL, "An engine can be called without proof of who calls",
    "Whoever may call an engine is root of this host.", NULL },
  { "runtime.engine_config_unreadable", CC_WARNING, "An engine's configuration cannot be understood",
    "How it calls runtimes cannot be told.", NULL },
  { 0 },
};

/* -- the same for all -- */

bool
cli_is_our_runtime(const char *path)
{
  return strncmp(cc_path_base(path), "closedclaw-runtime", strlen("closedclaw-runtime")) == 0;
}

static struct cc_fault *
add(const struct cli_host *h, int kind, const char *file, uint32_t line)
{
  return cc_findings_append(h->out, &cli_kinds_engines[kind], file, line, line > 0 ? 1 : 0);
}

void
cli_host_judge_runtime(const struct cli_host *h, const struct cli_runtime *r)
{
  struct stat st;
  struct cc_fault *f;
  bool there = cli_host_stat(h, r->path, &st);

  if (!there || !S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
    {
      f = add(h, PATH_WRONG, r->file, r->line);
      cc_fault_seen(f, "%s's runtime `%s` is `%s`, %s", r->engine, r->name, r->path,
                    there ? "which is no program" : "which does not exist");
      cc_fault_fix(f, "write there where `closedclaw-runtime` is installed");
    }
  else if (st.st_uid != 0 || (st.st_mode & 022) != 0)
    {
      f = add(h, PATH_WRONG, r->file, r->line);
      cc_fault_seen(f, "%s's runtime `%s` is `%s`, which belongs to uid %u and has mode %04o", r->engine, r->name,
                    r->path, (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
      cc_fault_fix(f, "install it anew; it must be root's, and nobody else's to write");
    }
  if (!r->arguments)
    return;
  f = add(h, ARGUMENTS, r->file, r->line);
  cc_fault_seen(f, "%s's runtime `%s` has arguments", r->engine, r->name);
  cc_fault_fix(f, "remove them");
}

void
cli_host_not_registered(const struct cli_host *h, const char *engine, const char *file, const char *text)
{
  struct cc_fault *f = add(h, NOT_REGISTERED, file, 0);

  cc_fault_seen(f, "no runtime of %s is `closedclaw-runtime`", engine);
  cc_fault_fix(f, "%s", text);
}

void
cli_host_not_default(const struct cli_host *h, const char *engine, const char *file, const char *name, const char *text)
{
  struct cc_fault *f = add(h, NOT_DEFAULT, file, 0);

  cc_fault_seen(f, "%s's default runtime is `%s`", engine, name);
  cc_fault_fix(f, "%s", text);
}

void
cli_host_exposed(const struct cli_host *h, const char *engine, const char *file, const char *what)
{
  struct cc_fault *f = add(h, EXPOSED, file, 0);

  cc_fault_seen(f, "%s listens at %s", engine, what);
  cc_fault_fix(f, "remove it, or let it ask for a certificate (`tlsverify`); from afar `ssh://` does the same");
}

/* -- Docker -- */

#define DAEMON_JSON "/etc/docker/daemon.json"

static bool
has_docker(const struct cli_host *h)
{
  static const char *const programs[]
      = { "/usr/bin/dockerd", "/usr/local/bin/dockerd", "/usr/sbin/dockerd", "/snap/bin/docker", DAEMON_JSON };

  for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
    if (cli_host_has(h, programs[i]))
      return true;
  return false;
}

static const char *
path_of(const struct cc_jval *runtime)
{
  const char *path = cc_jget_str(runtime, "path");
  /* through containerd's shim: the program is an option of it */
  const char *option = cc_jstr(cc_jpath(runtime, "options.BinaryName"));

  return option != NULL ? option : path != NULL ? path : "";
}

static bool
is_default(const struct cc_jval *root)
{
  const char *name = cc_jget_str(root, "default-runtime");

  return name != NULL && cli_is_our_runtime(path_of(cc_jget(cc_jget(root, "runtimes"), name)));
}

static void
judge_runtimes(const struct cli_host *h, const struct cc_jval *root)
{
  const struct cc_jval *runtimes = cc_jget(root, "runtimes");
  const char *name = cc_jget_str(root, "default-runtime");
  size_t ours = 0;

  cc_jeach(c, cc_jis(runtimes, CC_JSON_OBJECT) ? runtimes : NULL)
  {
    const struct cc_jval *arguments = cc_jget(c, "runtimeArgs");

    if (!cli_is_our_runtime(path_of(c)))
      continue;
    ours++;
    cli_host_judge_runtime(h, &(struct cli_runtime){ "Docker", DAEMON_JSON, c->key, path_of(c),
                                                     arguments != NULL && arguments->count > 0, 0 });
  }
  if (ours == 0)
    cli_host_not_registered(
        h, "Docker", DAEMON_JSON,
        "add \"runtimes\": {\"closedclaw\": {\"path\": \"/usr/bin/closedclaw-runtime\"}} to it, and "
        "restart Docker");
  else if (!is_default(root))
    cli_host_not_default(h, "Docker", DAEMON_JSON, name != NULL ? name : "runc",
                         "register `closedclaw-runtime-auto` too, which leaves other containers alone, and set "
                         "\"default-runtime\" to it");
}

static bool
is_open_host(const char *host)
{
  return strncmp(host, "tcp://", 6) == 0 || strncmp(host, "http://", 7) == 0;
}

static void
judge_hosts(const struct cli_host *h, const struct cc_jval *root)
{
  const struct cc_jval *hosts = cc_jget(root, "hosts");

  cc_jeach(c, cc_jis(hosts, CC_JSON_ARRAY) ? hosts : NULL)
  {
    cc_auto_free char *what = cc_xasprintf("`%s`", cc_jstr(c) != NULL ? c->text : "");

    if (cc_jstr(c) != NULL && is_open_host(c->text) && !cc_jbool(cc_jget(root, "tlsverify"), false))
      cli_host_exposed(h, "Docker", DAEMON_JSON, what);
  }
}

/* `ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2375` */
static void
judge_unit(const struct cli_host *h, const char *file)
{
  cc_auto_free char *text = cli_host_read(h, file);
  const char *line = text != NULL ? strstr(text, "\nExecStart=/") : NULL;

  for (; line != NULL; line = strstr(line + 1, "\nExecStart=/"))
    {
      cc_auto_free char *command = cc_xstrndup(line + 1, strcspn(line + 1, "\n"));
      const char *open = strstr(command, "tcp://");
      cc_auto_free char *what = NULL;

      if (open == NULL || strstr(command, "dockerd") == NULL || strstr(command, "--tlsverify") != NULL)
        continue;
      what = cc_xasprintf("`%.*s`", (int)strcspn(open, " "), open);
      cli_host_exposed(h, "Docker", file, what);
    }
}

void
cli_host_docker(const struct cli_host *h)
{
  static const char *const units[]
      = { "/etc/systemd/system/docker.service", "/etc/systemd/system/docker.service.d/override.conf",
          "/lib/systemd/system/docker.service", "/usr/lib/systemd/system/docker.service" };
  cc_auto_free char *text = NULL;
  cc_auto_json struct cc_json *doc = NULL;
  struct cc_error why = CC_ERROR_INIT;
  struct cc_fault *f;

  if (!has_docker(h))
    return;
  text = cli_host_read(h, DAEMON_JSON);
  if (text == NULL)
    text = cc_xstrdup("{}"); /* Docker's defaults */
  if (cc_json_parse(text, strlen(text), DAEMON_JSON, &doc, &why) < 0)
    {
      f = add(h, UNREADABLE, DAEMON_JSON, 0);
      cc_fault_seen(f, "%s", why.msg);
      cc_fault_fix(f, "correct it; Docker would not start with it either");
      return;
    }
  judge_runtimes(h, cc_json_root(doc));
  judge_hosts(h, cc_json_root(doc));
  for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
    if (i != 3 || !cli_host_has(h, units[2])) /* /lib is a link to /usr/lib on most systems */
      judge_unit(h, units[i]);
}
