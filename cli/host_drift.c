/* Every running sandbox against what was decided for it. */
#include "cli/host.h"
#include "common/own.h"
#include "shim/drift.h"
#include "shim/inventory.h"

#include <string.h>
#include <unistd.h>

enum
{
  DRIFT,
  NOT_TOLD,
  UNMANAGED
};

const struct cc_fault_kind cli_kinds_drift[] = {
  { "runtime.live_drift", CC_CRITICAL, "A running sandbox is not what was decided for it",
    "Somebody changed it behind ClosedClaw's back, or put a process into it that no rule was applied to. It is no "
    "sandbox any more.",
    NULL },
  { "runtime.drift_unknown", CC_WARNING, "A container cannot be compared with what was decided for it",
    "Whether it still is a sandbox cannot be told.", NULL },
  { "runtime.unmanaged", CC_INFO, "Containers run that are not held",
    "Their mode or `report` lets them be as they were asked for.", NULL },
  { 0 },
};

/* "web (3f2a…)", or the id alone */
static char *
name_of(const struct cc_container *c)
{
  return c->name != NULL ? cc_xasprintf("`%s` (%.12s)", c->name, c->id) : cc_xasprintf("`%.12s`", c->id);
}

static struct cc_fault *
add(const struct cli_host *h, int kind, const struct cc_container *c)
{
  struct cc_fault *f = cli_host_add(h, &cli_kinds_drift[kind], "");

  if (c->about.agent != NULL)
    {
      free(f->agent);
      f->agent = cc_xstrdup(c->about.agent);
    }
  return f;
}

static void
not_told(const struct cli_host *h, const struct cc_container *c, const char *why)
{
  cc_auto_free char *name = name_of(c);
  struct cc_fault *f = add(h, NOT_TOLD, c);

  cc_fault_seen(f, "container %s: %s", name, why);
  cc_fault_fix(f, "recreate it, when nothing else explains it");
}

static void
judge(const struct cli_host *h, const struct cc_container *c, const struct cc_processes *processes)
{
  cc_auto_free char *name = name_of(c);
  struct cc_error why = CC_ERROR_INIT;
  struct cc_drift drift = CC_DRIFT_INIT;
  int result = cc_drift(c->about.root, c->id, &c->state, processes, &drift, &why);

  if (result < 0)
    not_told(h, c, why.msg);
  for (size_t i = 0; result == 0 && i < drift.count; i++)
    {
      struct cc_fault *f = add(h, DRIFT, c);

      cc_fault_seen(f, "container %s: %s", name, drift.items[i].text);
      cc_fault_fix(f, "find out who did it, then remove the container and let it be made anew");
    }
  cc_drift_clear(&drift);
}

static void
judge_all(const struct cli_host *h, const struct cc_inventory *all, const struct cc_processes *processes)
{
  size_t unmanaged = 0;

  for (size_t i = 0; i < all->count; i++)
    {
      const struct cc_container *c = &all->items[i];
      bool runs = c->status == CC_CONTAINER_RUNNING || c->status == CC_CONTAINER_PAUSED;

      if (c->unreadable || c->status == CC_CONTAINER_UNKNOWN)
        not_told(h, c, c->why != NULL ? c->why : "its state cannot be read");
      else if (runs && (!c->state.managed || c->state.report))
        unmanaged++;
      else if (runs)
        judge(h, c, processes);
    }
  if (unmanaged > 0)
    {
      struct cc_fault *f = cli_host_add(h, &cli_kinds_drift[UNMANAGED], "");

      cc_fault_seen(f, "%zu container%s", unmanaged, unmanaged == 1 ? " runs so" : "s run so");
      cc_fault_fix(f, "`closedclaw sandbox list` shows them; recreate them after the configuration was made strict");
    }
}

void
cli_host_drift(const struct cli_host *h)
{
  struct cc_inventory all = CC_INVENTORY_INIT;
  struct cc_processes *processes = NULL;
  struct cc_error why = CC_ERROR_INIT;

  if (cc_inventory_read(&all, &why) < 0 || (all.count > 0 && cc_processes_read(&processes, &why) < 0))
    {
      struct cc_fault *f = cli_host_add(h, &cli_kinds_drift[NOT_TOLD], "");

      cc_fault_seen(f, "%s", why.msg);
      cc_fault_fix(f, "run this as root");
    }
  else
    judge_all(h, &all, processes);
  cc_processes_free(processes);
  cc_inventory_clear(&all);
}
