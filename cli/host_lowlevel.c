/* The low-level runtimes: which there are, who can replace them, and which known faults their versions have. */
#include "cli/host.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/lowlevel.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

enum
{
  MISSING,
  OUTDATED,
  WRITABLE,
  UNKNOWN
};

const struct cc_fault_kind cli_kinds_lowlevel[] = {
  { "runtime.lowlevel_missing", CC_CRITICAL, "There is no low-level runtime",
    "ClosedClaw hands each container on to runc or crun; without one nothing starts.", NULL },
  { "runtime.lowlevel_outdated", CC_WARNING, "A low-level runtime's version has known faults",
    "Some of them let a container out. Distributions mend faults without changing the version, so that the number "
    "alone "
    "proves nothing.",
    NULL },
  { "runtime.lowlevel_writable", CC_CRITICAL, "Others than root may replace a low-level runtime",
    "It runs as root for every container. ClosedClaw refuses to use it.", NULL },
  { "runtime.lowlevel_version_unknown", CC_INFO, "The version of a low-level runtime is not known",
    "Whether it has known faults cannot be told.", NULL },
  { 0 },
};

/* -- versions -- */

struct version
{
  unsigned major, minor, patch;
  unsigned candidate; /* 1.4.0-rc.3 is 3; a release is above all of them */
};

/* The first "1.2.3", "1.2.3-rc.4" or "1.2" in TEXT. */
static bool
parse_version(const char *text, struct version *out)
{
  const char *rest;
  int used = 0;

  while (*text != '\0' && !isdigit((unsigned char)*text))
    text++;
  *out = (struct version){ .candidate = ~0u };
  if (sscanf(text, "%9u.%9u%n", &out->major, &out->minor, &used) < 2)
    return false;
  rest = text + used;
  if (sscanf(rest, ".%9u%n", &out->patch, &used) == 1)
    rest += used;
  if (*rest == '-' || *rest == '~')
    rest++;
  if (strncmp(rest, "rc", 2) == 0 && sscanf(rest + 2 + (rest[2] == '.' || rest[2] == '-'), "%9u", &out->candidate) != 1)
    out->candidate = 0;
  return true;
}

static int
compare_numbers(unsigned a, unsigned b)
{
  return (a > b) - (a < b);
}

static int
compare_versions(const struct version *a, const struct version *b)
{
  int order = compare_numbers(a->major, b->major);

  order = order != 0 ? order : compare_numbers(a->minor, b->minor);
  order = order != 0 ? order : compare_numbers(a->patch, b->patch);
  return order != 0 ? order : compare_numbers(a->candidate, b->candidate);
}

/* In which versions each is mended: one for each line of releases, the lowest first. */
static const struct
{
  const char *runtime, *advisory, *mended;
} advisories[] = {
  { "runc", "CVE-2019-5736", "1.0.0-rc7" },
  { "runc", "CVE-2021-30465", "1.0.0-rc95" },
  { "runc", "CVE-2022-29162", "1.1.2" },
  { "runc", "CVE-2023-27561, CVE-2023-28642", "1.1.5" },
  { "runc", "CVE-2024-21626", "1.1.12" },
  { "runc", "CVE-2024-45310", "1.1.14 1.2.0-rc.3" },
  { "runc", "CVE-2025-31133, CVE-2025-52565, CVE-2025-52881", "1.2.8 1.3.3 1.4.0-rc.3" },
  { "runc", "CVE-2026-41579", "1.3.6 1.4.3 1.5.0" },
  { "crun", "CVE-2019-18837", "0.10.5" },
  { "crun", "CVE-2022-27650", "1.4.4" },
  { "crun", "CVE-2026-30892", "1.27" },
  { "crun", "CVE-2026-47766", "1.28" },
  { "crun", "CVE-2026-88264, CVE-2026-88265", "1.30" },
};

/* A version is mended when it is at or above the mend of its own line, or of every line. */
static bool
is_mended(const struct version *v, const char *mended)
{
  for (const char *p = mended; *p != '\0'; p += strcspn(p, " "), p += strspn(p, " "))
    {
      struct version fix;

      if (!parse_version(p, &fix))
        continue;
      if (compare_versions(v, &fix) >= 0
          && ((v->major == fix.major && v->minor == fix.minor) || strchr(p, ' ') == NULL))
        return true;
    }
  return false;
}

/* What VERSION of RUNTIME has, as text, malloc'd; NULL for nothing. */
static char *
faults_of(const char *runtime, const struct version *version)
{
  char *text = NULL;

  for (size_t i = 0; i < N_ELEMENTS(advisories); i++)
    {
      cc_auto_free char *before = text, *mended = NULL;

      if (strcmp(advisories[i].runtime, runtime) != 0 || is_mended(version, advisories[i].mended))
        {
          before = NULL;
          continue;
        }
      mended = cc_xstrdup(advisories[i].mended);
      for (char *p = mended; (p = strchr(p, ' ')) != NULL;)
        *p = '/';
      text = cc_xasprintf("%s%s%s (mended in %s)", before != NULL ? before : "", before != NULL ? ", " : "",
                          advisories[i].advisory, mended);
    }
  return text;
}

/* -- packages -- */

/* Which packages bring a low-level runtime. */
static const char *const packages[] = { "runc",      "crun",   "containerd.io", "moby-runc",  "docker-runc",
                                        "docker.io", "podman", "cri-o",         "cri-o-runc", "youki" };

static bool
lists_path(const struct cli_host *h, const char *package, const char *path)
{
  cc_auto_free char *file = cc_xasprintf("/var/lib/dpkg/info/%s.list", package);
  cc_auto_free char *text = cli_host_read(h, file);
  size_t length = strlen(path);

  for (const char *line = text; line != NULL && *line != '\0'; line = *line != '\0' ? line + 1 : line)
    {
      size_t n = strcspn(line, "\n");

      if (n == length && strncmp(line, path, n) == 0)
        return true;
      line += n;
      if (*line == '\0')
        break;
    }
  return false;
}

/* "runc 1.1.5+ds1-1+deb12u1" of dpkg's status file, malloc'd; NULL. */
static char *
version_of_package(const struct cli_host *h, const char *package)
{
  cc_auto_free char *text = cli_host_read(h, "/var/lib/dpkg/status");
  cc_auto_free char *head = cc_xasprintf("\nPackage: %s\n", package);
  const char *at = text != NULL ? strncmp(text, head + 1, strlen(head) - 1) == 0 ? text : strstr(text, head) : NULL;
  const char *end = at != NULL ? strstr(at + 1, "\n\n") : NULL,
             *version = at != NULL ? strstr(at, "\nVersion: ") : NULL;

  if (version == NULL || (end != NULL && version > end))
    return NULL;
  version += strlen("\nVersion: ");
  return cc_xasprintf("%s %.*s", package, (int)strcspn(version, "\n"), version);
}

/* The package that PATH is of: "runc 1.1.5+ds1-1+deb12u1", malloc'd; NULL when no package manager knows it. */
static char *
package_of(const struct cli_host *h, const char *path)
{
  static const char *const rpm[] = { "/usr/bin/rpm", "-qf", "--qf", "%{NAME} %{VERSION}-%{RELEASE}", NULL, NULL };
  const char *argv[N_ELEMENTS(rpm)];

  for (size_t i = 0; i < N_ELEMENTS(packages); i++)
    if (lists_path(h, packages[i], path) || (strncmp(path, "/usr/", 5) == 0 && lists_path(h, packages[i], path + 4)))
      return version_of_package(h, packages[i]);
  if (!h->live || !cli_host_has(h, rpm[0]))
    return NULL;
  memcpy(argv, rpm, sizeof(rpm));
  argv[4] = path;
  return cli_host_run(argv);
}

/* -- one of them -- */

/* What the program says of itself, malloc'd; NULL. */
static char *
said_version(const struct cli_host *h, const char *path)
{
  const char *const argv[] = { path, "--version", NULL };

  return h->live ? cli_host_run(argv) : NULL;
}

static void
judge_version(const struct cli_host *h, const char *path)
{
  cc_auto_free char *package = package_of(h, path), *said = said_version(h, path), *faults = NULL;
  const char *runtime = cc_path_base(path), *text = said;
  struct version version;
  struct cc_fault *f;

  if (text == NULL && package != NULL && strncmp(package, runtime, strlen(runtime)) == 0)
    text = strchr(package, ' '); /* other packages have versions of their own */
  if (text == NULL || !parse_version(text, &version))
    {
      f = cli_host_add(h, &cli_kinds_lowlevel[UNKNOWN], path);
      cc_fault_seen(f, "`%s` does not tell its version%s%s", path, package != NULL ? "; its package is " : "",
                    package != NULL ? package : "");
      cc_fault_fix(f, "run `%s --version`, and compare it with docs/findings.md", path);
      return;
    }
  faults = faults_of(runtime, &version);
  if (faults == NULL)
    return;
  f = cli_host_add(h, &cli_kinds_lowlevel[OUTDATED], path);
  cc_fault_seen(f, "`%s` is version %u.%u.%u%s%s%s, before the mend of %s", path, version.major, version.minor,
                version.patch, package != NULL ? " (package " : "", package != NULL ? package : "",
                package != NULL ? ")" : "", faults);
  cc_fault_fix(f, package != NULL
                      ? "update the package, or find the numbers in its changelog; if all are there, suppress "
                        "this with that reason"
                      : "install a newer one");
}

static bool
judge_file(const struct cli_host *h, const char *path)
{
  struct cc_fault *f;
  struct stat st;

  if (!cli_host_stat(h, path, &st) || !S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
    return false;
  if (st.st_uid == 0 && (st.st_mode & 022) == 0)
    {
      judge_version(h, path);
      return true;
    }
  f = cli_host_add(h, &cli_kinds_lowlevel[WRITABLE], path);
  cc_fault_seen(f, "`%s` belongs to uid %u and has mode %04o", path, (unsigned)st.st_uid, (unsigned)st.st_mode & 07777);
  cc_fault_fix(f, "run `chown root %s` and `chmod go-w %s`, after making sure that it is the right file", path, path);
  return true;
}

/* The first directory that has NAME: the one that is used. */
static bool
judge_name(const struct cli_host *h, const char *name)
{
  for (const char *const *d = cc_lowlevel_directories(); *d != NULL; d++)
    {
      cc_auto_free char *path = cc_xasprintf("%s/%s", *d, name);

      if (judge_file(h, path))
        return true;
    }
  return false;
}

void
cli_host_lowlevel(const struct cli_host *h)
{
  const struct cc_strings *candidates = &h->policy->low_level;
  cc_auto_free char *names = cc_xstrdup("");
  struct cc_fault *f;
  size_t found = 0;

  for (size_t i = 0; i < candidates->count; i++)
    {
      const char *candidate = candidates->items[i];
      cc_auto_free char *before = names;

      names = cc_xasprintf("%s%s`%s`", before, i > 0 ? ", " : "", candidate);
      found += candidate[0] == '/' ? judge_file(h, candidate) : judge_name(h, candidate);
    }
  if (found > 0)
    return;
  f = cli_host_add(h, &cli_kinds_lowlevel[MISSING], "");
  cc_fault_seen(f, "none of %s exists in the system's directories", names);
  cc_fault_fix(f, "install runc or crun, or name another one in `runtime.lowLevel`");
}
