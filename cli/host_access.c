/* Who can reach an engine's socket, and who can write the policy and the record. */
#include "cli/host.h"
#include "common/own.h"
#include "common/path.h"

#include <grp.h>
#include <stdio.h>
#include <string.h>

#define NAMES_MAX 8 /* of members that are shown */

enum
{
  SOCKET_OPEN,
  MEMBERS,
  RECORD_WRITABLE,
  NULL_TAKEN
};

const struct cc_fault_kind cli_kinds_access[] = {
  { "runtime.socket_open", CC_CRITICAL, "Every user of the host may call an engine",
    "Whoever may call an engine is root of this host.", NULL },
  { "runtime.socket_group_members", CC_WARNING, "Users that are not root may call an engine",
    "Each of them is root of this host, without a password and without a line in a log.", NULL },
  { "audit.directory_writable", CC_CRITICAL, "Others than root may write where the record is",
    "They can remove the record, or put another file in its place.", NULL },
  { "host.null_taken", CC_WARNING, "The host's `/dev/null` belongs to somebody else than root",
    "crun before 1.24 gives it away to the user of a container that was not started by ClosedClaw. That user may take "
    "it from every other program.",
    NULL },
  { 0 },
};

/* -- members -- */

struct members
{
  char *names; /* "`a`, `b`" */
  size_t count;
};

static void
add_member(struct members *m, const char *name, size_t length)
{
  cc_auto_free char *before = m->names;

  if (length == 0 || (length == 4 && strncmp(name, "root", 4) == 0))
    {
      before = NULL;
      return;
    }
  m->count++;
  if (m->count <= NAMES_MAX)
    m->names = cc_xasprintf("%s%s`%.*s`", before != NULL ? before : "", before != NULL ? ", " : "", (int)length, name);
  else
    before = NULL;
}

/* name:password:gid:a,b */
static void
members_of_file(const struct cli_host *h, gid_t gid, struct members *out, char **group)
{
  cc_auto_free char *text = cli_host_read(h, "/etc/group");
  cc_auto_free char *field = cc_xasprintf(":%u:", (unsigned)gid);

  for (const char *line = text; line != NULL && *line != '\0';)
    {
      const char *end = strchrnul(line, '\n'), *at = strstr(line, field);

      if (at != NULL && at < end)
        {
          free(*group);
          *group = cc_xstrndup(line, strcspn(line, ":"));
          for (const char *p = at + strlen(field); p < end;)
            {
              size_t length = strcspn(p, ",\n");

              add_member(out, p, length);
              p += length + (p[length] == ',');
            }
        }
      line = *end != '\0' ? end + 1 : end;
    }
}

/* name:password:uid:gid:…, where GID is the user's first group */
static void
members_by_passwd(const struct cli_host *h, gid_t gid, struct members *out)
{
  cc_auto_free char *text = cli_host_read(h, "/etc/passwd");
  char name[64];

  for (const char *line = text; line != NULL && *line != '\0';)
    {
      const char *end = strchrnul(line, '\n');
      unsigned uid, own;

      if (sscanf(line, "%63[^:\n]:%*[^:\n]:%u:%u:", name, &uid, &own) == 3 && own == gid && uid != 0)
        add_member(out, name, strlen(name));
      line = *end != '\0' ? end + 1 : end;
    }
}

/* On this host the directory services are asked too. */
static void
find_members(const struct cli_host *h, gid_t gid, struct members *out, char **group)
{
  const struct group *g = h->live ? getgrgid(gid) : NULL;

  if (g == NULL)
    members_of_file(h, gid, out, group);
  else
    {
      *group = cc_xstrdup(g->gr_name);
      for (char *const *m = g->gr_mem; *m != NULL; m++)
        add_member(out, *m, strlen(*m));
    }
  members_by_passwd(h, gid, out);
}

/* -- sockets -- */

static const struct
{
  const char *engine, *path;
} sockets[] = {
  { "Docker", "/run/docker.sock" },
  { "containerd", "/run/containerd/containerd.sock" },
  { "Podman", "/run/podman/podman.sock" },
  { "CRI-O", "/run/crio/crio.sock" },
};

static void
judge_members(const struct cli_host *h, const char *engine, const char *path, gid_t gid)
{
  struct members members = { 0 };
  cc_auto_free char *group = NULL;
  cc_auto_free char *names = NULL;
  struct cc_fault *f;

  find_members(h, gid, &members, &group);
  names = members.names;
  if (members.count == 0)
    return;
  f = cli_host_add(h, &cli_kinds_access[MEMBERS], path);
  cc_fault_seen(f, "%zu member%s of the group `%s` may call %s: %s%s", members.count, members.count == 1 ? "" : "s",
                group != NULL ? group : "?", engine, names, members.count > NAMES_MAX ? ", …" : "");
  cc_fault_fix(f, "run `gpasswd -d USER %s` for who needs not be root, or use the engine without root",
               group != NULL ? group : "GROUP");
}

static void
judge_socket(const struct cli_host *h, const char *engine, const char *path)
{
  struct cc_fault *f;
  struct stat st;

  if (!cli_host_stat(h, path, &st) || (!S_ISSOCK(st.st_mode) && h->live))
    return;
  if ((st.st_mode & 0002) != 0)
    {
      f = cli_host_add(h, &cli_kinds_access[SOCKET_OPEN], path);
      cc_fault_seen(f, "%s's socket `%s` has mode %04o", engine, path, (unsigned)st.st_mode & 07777);
      cc_fault_fix(f, "run `chmod o-rw %s`, and find out what gave it that mode", path);
    }
  if ((st.st_mode & 0020) != 0 && st.st_gid != 0)
    judge_members(h, engine, path, st.st_gid);
}

void
cli_host_sockets(const struct cli_host *h)
{
  for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++)
    judge_socket(h, sockets[i].engine, sockets[i].path);
}

/* -- files of the policy and of the record -- */

static void
judge_policy_file(const struct cli_host *h, const char *path)
{
  const struct cc_fault_kind *kind = cc_fault_kind_of("policy.file_writable_by_others");
  struct cc_fault *f;
  struct stat st;

  if (!cli_host_stat(h, path, &st) || (st.st_uid == 0 && (st.st_mode & 022) == 0))
    return;
  f = cc_findings_add(h->out, kind, NULL, path, 0, 0);
  cc_fault_seen(f, "`%s` belongs to uid %u and has mode %04o", path, (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
  cc_fault_fix(f, "run `chown root %s` and `chmod go-w %s`", path, path);
  if (f != NULL && st.st_uid == 0)
    f->mode = (int)(st.st_mode & 07777 & ~022u);
}

static void
judge_record(const struct cli_host *h)
{
  const char *file = h->policy->audit_file;
  cc_auto_free char *directory = cc_xstrndup(file, (size_t)(cc_path_base(file) - file));
  struct cc_fault *f;
  struct stat st;

  if (*file == '\0')
    return;
  if (cli_host_stat(h, directory, &st) && (st.st_uid != 0 || (st.st_mode & 022) != 0))
    {
      f = cli_host_add(h, &cli_kinds_access[RECORD_WRITABLE], directory);
      cc_fault_seen(f, "`%s` belongs to uid %u and has mode %04o", directory, (unsigned)st.st_uid,
                    (unsigned)st.st_mode & 07777);
      cc_fault_fix(f, "run `chown root %s` and `chmod go-w %s`", directory, directory);
    }
  if (cli_host_stat(h, file, &st) && (st.st_uid != 0 || (st.st_mode & 022) != 0))
    {
      f = cli_host_add(h, &cli_kinds_access[RECORD_WRITABLE], file);
      cc_fault_seen(f, "`%s` belongs to uid %u and has mode %04o", file, (unsigned)st.st_uid,
                    (unsigned)st.st_mode & 07777);
      cc_fault_fix(f, "run `chown root %s` and `chmod 0600 %s`", file, file);
      if (st.st_uid == 0)
        f->mode = 0600;
    }
}

static void
judge_null(const struct cli_host *h)
{
  struct cc_fault *f;
  struct stat st;

  if (!cli_host_stat(h, "/dev/null", &st) || !S_ISCHR(st.st_mode)
      || (st.st_uid == 0 && st.st_gid == 0 && (st.st_mode & 0777) == 0666))
    return;
  f = cli_host_add(h, &cli_kinds_access[NULL_TAKEN], "/dev/null");
  cc_fault_seen(f, "`/dev/null` belongs to %u:%u, mode %04o", (unsigned)st.st_uid, (unsigned)st.st_gid,
                (unsigned)st.st_mode & 07777);
  cc_fault_fix(f, "run `chown root:root /dev/null; chmod 666 /dev/null`");
}

void
cli_host_files(const struct cli_host *h)
{
  judge_null(h);
  judge_record(h);
  if (h->live)
    return; /* the reader has judged them, with every directory above */
  judge_policy_file(h, "/etc/closedclaw");
  judge_policy_file(h, "/etc/closedclaw/closedclaw.json5");
}
