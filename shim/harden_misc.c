/* What no other module looks at: the rest of runtime-spec 1.3's config-linux.md. */
#include "common/own.h"
#include "shim/harden.h"

#include <stdio.h>
#include <string.h>

/* What only tunes the host for the container: it is not asked for by an agent, and gone without harm. */
static const char *const tuning[] = {
  "intelRdt",     /* writes into the host's resctrl groups, other containers' too */
  "memoryPolicy", /* places its memory on NUMA nodes that the host keeps for others */
};

static void
remove_tuning(struct cc_harden *h, struct cc_jval *linux_)
{
  for (size_t i = 0; i < sizeof(tuning) / sizeof(tuning[0]); i++)
    if (cc_jdel(linux_, tuning[i]))
      cc_report_tighten(h->report, "tuning", tuning[i], "set", "removed");
}

/* Other domains switch to another system call table's habits (32-bit addresses, uname), and flags could take ASLR away.
 */
static void
judge_personality(struct cc_harden *h, const struct cc_jval *linux_)
{
  const struct cc_jval *personality = cc_jget(linux_, "personality"), *flags = cc_jget(personality, "flags");
  const char *domain = cc_jget_str(personality, "domain");

  if (personality == NULL || (domain != NULL && strcmp(domain, "LINUX") == 0 && (flags == NULL || flags->count == 0)))
    return;
  cc_report_refuse(h->report, "personality",
                   "personality `%s`, or its flags: only plain LINUX is run here; leave it out",
                   domain != NULL ? domain : "");
}

static void
judge_net_devices(struct cc_harden *h, const struct cc_jval *linux_)
{
  const struct cc_jval *devices = cc_jget(linux_, "netDevices");

  if (devices != NULL && devices->count > 0)
    cc_report_refuse(h->report, "network-device",
                     "network device `%s`: it would be moved from the host into the container; leave it out",
                     devices->first->key);
}

/* Clocks of its own time namespace do a container no good and the host no harm. The names are written into a netlink
 * attribute and a file of /proc as they come, so only those that the kernel knows. */
static void
judge_time_offsets(struct cc_harden *h, const struct cc_jval *linux_)
{
  cc_jeach(clock, cc_jget(linux_, "timeOffsets")) if (strcmp(clock->key, "monotonic") != 0
                                                      && strcmp(clock->key, "boottime") != 0)
  {
    cc_report_refuse(h->report, "namespace",
                     "time offset of the clock `%s`: there are monotonic and boottime; leave it out", clock->key);
    return;
  }
}

/* -- user namespaces -- */

/* In another user namespace than the first (rootless), id 0 of a mapping is the unprivileged caller. */
static bool
is_initial_user_namespace(void)
{
  cc_auto_file FILE *f = fopen("/proc/self/uid_map", "re");
  unsigned long inside, outside, count;

  return f == NULL || fscanf(f, "%lu %lu %lu", &inside, &outside, &count) != 3
         || (inside == 0 && outside == 0 && count == UINT32_MAX);
}

/* The container's uid 1000 that is the host's 0 owns every file of root that it can reach, without any capability. */
static void
judge_mappings(struct cc_harden *h, const struct cc_jval *linux_, const char *name)
{
  cc_jeach(m, cc_jget(linux_, name))
  {
    uint64_t first, size;

    if (cc_juint64(cc_jget(m, "hostID"), &first) == 0 && cc_juint64(cc_jget(m, "size"), &size) == 0 && first > 0
        && first <= UINT32_MAX && size <= UINT32_MAX && first + size <= UINT32_MAX)
      continue;
    if (!is_initial_user_namespace())
      continue;
    cc_report_refuse(h->report, "user-mapping",
                     "%s that reach the host's id 0: the container would have root's own files; map to a range of ids "
                     "that nobody has",
                     name);
    return;
  }
}

/* -- labels -- */

/* Runtimes paste a label into mount options and into /proc files: nothing in it may end it. */
static bool
is_plain_label(const char *label)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:,-";

  return label[strspn(label, plain)] == '\0';
}

/* The types under which SELinux lets a process do everything (container-selinux). */
static bool
has_free_type(const char *label)
{
  static const char *const types[] = { ":spc_t:", ":unconfined", ":container_runtime", ":init_t:", ":kernel_t:" };

  for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
    if (strstr(label, types[i]) != NULL)
      return true;
  return false;
}

static void
judge_label(struct cc_harden *h, const char *place, const char *label)
{
  if (label != NULL && (!is_plain_label(label) || has_free_type(label)))
    cc_report_refuse(h->report, "selinux-label",
                     "%s `%s`: not a plain label, or a type without confinement (--security-opt label=…); leave it out",
                     place, label);
}

int
cc_harden_misc(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *linux_ = cc_jget(h->spec, "linux");

  (void)err;
  remove_tuning(h, linux_);
  judge_personality(h, linux_);
  judge_net_devices(h, linux_);
  judge_time_offsets(h, linux_);
  judge_mappings(h, linux_, "uidMappings");
  judge_mappings(h, linux_, "gidMappings");
  judge_label(h, "selinuxLabel", cc_jstr(cc_jpath(h->spec, "process.selinuxLabel")));
  judge_label(h, "mountLabel", cc_jget_str(linux_, "mountLabel"));
  return 0;
}
