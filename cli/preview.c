#include "cli/preview.h"

#include "cli/configuration.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/inventory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define EXIT_REFUSED 2

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* -- who -- */

static void
replace(char **old, const char *value)
{
  if (value == NULL)
    return;
  free(*old);
  *old = cc_xstrdup(value);
}

static void
assume_engine(struct cc_identity *identity, const char *name)
{
  for (int e = CC_ENGINE_NONE; name != NULL && e <= CC_ENGINE_CRIO; e++)
    if (strcmp(cc_engine_name((enum cc_engine)e), name) == 0)
      identity->engine = (enum cc_engine)e;
}

static void
assume_kind(struct cc_identity *identity, const char *name)
{
  for (int k = CC_KIND_PLAIN; name != NULL && k <= CC_KIND_POD_SANDBOX; k++)
    if (strcmp(cc_kind_name((enum cc_kind)k), name) == 0)
      identity->kind = (enum cc_kind)k;
}

static void
be_an_agent(struct cc_identity *identity, enum cc_kind kind)
{
  if (identity->kind == CC_KIND_PLAIN && (identity->agent != NULL || identity->session != NULL))
    identity->kind = kind;
}

/* The runtime reads labels only where the configuration tells agents apart (shim/identify.c), and only without
 * annotations. */
static void
take_labels(struct cli_preview *p)
{
  struct cc_identity *identity = &p->plan.identity;

  if (!cc_config_uses_identity(p->plan.config) || identity->agent != NULL || identity->session != NULL)
    return;
  replace(&identity->agent, p->docker.agent);
  replace(&identity->session, p->docker.session);
  be_an_agent(identity, p->docker.browser ? CC_KIND_BROWSER : CC_KIND_AGENT);
}

static void
identify(struct cli_preview *p)
{
  struct cc_identity *identity = &p->plan.identity;

  cc_plan_identify(&p->plan, p->id, cli_value(p->cli, "root"));
  if (p->arguments && identity->engine == CC_ENGINE_DOCKER)
    take_labels(p);
  replace(&identity->agent, cli_value(p->cli, "agent"));
  replace(&identity->session, cli_value(p->cli, "session"));
  be_an_agent(identity, CC_KIND_AGENT);
  assume_engine(identity, cli_value(p->cli, "engine"));
  assume_kind(identity, cli_value(p->cli, "kind"));
}

/* -- what -- */

static void
note_unjudged(struct cli_preview *p, const char *text)
{
  cli_note(&p->notes, CLI_NOTE_NOT_JUDGED, "%s", text);
  p->unknown = true;
}

/* An error of the runtime that is no finding: what only root may look at is not judged by others, and said; everything
 * else would stop the runtime as well. */
static void
note_failure(struct cli_preview *p, const struct cc_error *err)
{
  if (geteuid() != 0 && (err->errnum == EACCES || err->errnum == EPERM))
    note_unjudged(p, err->msg);
  else
    p->failure = *err;
}

/* A refusal by one of the steps before hardening; the runtime then stops. */
static void
note_stop(struct cli_preview *p, const struct cc_error *err)
{
  static const char *const rules[] = { "bundle", "config", "config-owner", "identity", "low-level" };

  for (size_t i = 0; cc_error_is_refusal(err) && i < N_ELEMENTS(rules); i++)
    if (strcmp(rules[i], err->rule) == 0)
      {
        cc_report_refuse(&p->plan.report, rules[i], "%s", err->msg);
        return;
      }
  note_failure(p, err);
}

static void
check_rootfs(struct cli_preview *p)
{
  struct cc_error why = CC_ERROR_INIT;
  const char *path = cc_jstr(cc_jpath(cc_json_root(p->plan.bundle.doc), "root.path"));

  if (p->lone || p->arguments || cc_plan_check_rootfs(&p->plan, &why) == 0)
    return;
  if (geteuid() != 0)
    cli_note(&p->notes, CLI_NOTE_NOT_JUDGED, "root filesystem `%s`: it cannot be opened here",
             path != NULL ? path : "");
  else
    note_stop(p, &why);
}

/* Options of the engine that it hands on to the runtime. */
static int
harden(struct cli_preview *p, struct cc_error *err)
{
  char *argv[] = { (char *)"closedclaw-runtime",
                   (char *)"--cgroup-manager",
                   (char *)(p->docker.no_cgroup ? "disabled" : "cgroupfs"),
                   (char *)"create",
                   (char *)"--preserve-fds",
                   (char *)(p->docker.preserve_fds ? "1" : "0"),
                   p->id,
                   NULL };
  struct cc_cmdline cmdline = { 0 };
  const char *root = cli_value(p->cli, "root");
  int result = cc_cmdline_parse((int)N_ELEMENTS(argv) - 1, argv, &cmdline, err);

  if (result == 0)
    {
      cmdline.value[CC_OPT_ROOT] = root;
      result = cc_plan_harden(&p->plan, &cmdline, err);
    }
  cc_cmdline_clear(&cmdline);
  return result;
}

/* -- what an engine makes before it asks -- */

static void
note_pending(struct cli_preview *p)
{
  const struct cc_strings *pending = &p->docker.pending;

  for (size_t i = 0; i < pending->count; i++)
    if (access(pending->items[i], F_OK) < 0 && errno == ENOENT)
      cli_note(&p->notes, CLI_NOTE_ASSUMED, "`%s` is not there: the engine makes it before the runtime is asked",
               pending->items[i]);
}

/* -- the answer -- */

/* A container that is there already: its configuration is what became of it, and its cgroup is in use. */
static void
warn_of_existing(struct cli_preview *p)
{
  struct cc_inventory inventory = CC_INVENTORY_INIT;

  if (p->lone || p->arguments || p->plan.bundle.path == NULL || cc_inventory_read(&inventory, NULL) < 0)
    return;
  for (size_t i = 0; i < inventory.count; i++)
    if (inventory.items[i].state.bundle != NULL && strcmp(inventory.items[i].state.bundle, p->plan.bundle.path) == 0)
      cli_note(&p->notes, CLI_NOTE_WARNING,
               "container %.64s was created of this bundle: its config.json is what was made of it then, and what is "
               "refused may be itself (`closedclaw sandbox explain --container %.12s`)",
               inventory.items[i].id, inventory.items[i].id);
  cc_inventory_clear(&inventory);
}

/* True when there is a policy to go on with. */
static bool
know_policy(struct cli_preview *p)
{
  struct cc_error why = CC_ERROR_INIT;

  identify(p);
  if (cc_plan_resolve(&p->plan, &why) < 0)
    {
      note_stop(p, &why);
      return false;
    }
  if (cc_plan_low_level(&p->plan, &why) < 0)
    note_stop(p, &why);
  return true;
}

static void
judge(struct cli_preview *p)
{
  struct cc_error why = CC_ERROR_INIT;

  if (!know_policy(p) || !p->plan.policy.sandboxed)
    return;
  note_pending(p);
  check_rootfs(p);
  p->plan.pending = &p->docker.pending;
  p->plan.unjudged = geteuid() != 0 ? &p->unjudged : NULL;
  p->stops = p->plan.report.refusals;
  p->judged = true;
  p->unknown = p->unknown || p->docker.unknown;
  if (harden(p, &why) < 0 && !cc_error_is_refusal(&why))
    note_failure(p, &why);
  else if (cc_error_is_refusal(&why) && p->plan.report.refusals == 0)
    note_stop(p, &why); /* a module ended with it: it is no finding */
  for (size_t i = 0; i < p->unjudged.count; i++)
    note_unjudged(p, p->unjudged.items[i]);
}

static enum cli_verdict
decide(const struct cli_preview *p)
{
  bool report_only = p->judged && p->plan.policy.enforcement == CC_REPORT;

  if (p->docker.foreign_runtime != NULL)
    return CLI_VERDICT_UNSEEN;
  if (report_only ? p->stops > 0 : p->plan.report.refusals > 0)
    return CLI_VERDICT_REFUSED;
  if (p->failure.msg[0] != '\0')
    return CLI_VERDICT_FAILS;
  if (!p->judged)
    return CLI_VERDICT_UNTOUCHED;
  if (p->unknown && !report_only)
    return CLI_VERDICT_UNKNOWN;
  return report_only ? CLI_VERDICT_REPORTED : CLI_VERDICT_RUNS;
}

static int
preview(struct cli_preview *p, struct cc_error *err)
{
  static const int codes[] = { [CLI_VERDICT_RUNS] = 0,
                               [CLI_VERDICT_REFUSED] = EXIT_REFUSED,
                               [CLI_VERDICT_UNTOUCHED] = 0,
                               [CLI_VERDICT_REPORTED] = 0,
                               [CLI_VERDICT_UNSEEN] = CLI_EXIT_CANNOT,
                               [CLI_VERDICT_UNKNOWN] = CLI_EXIT_CANNOT,
                               [CLI_VERDICT_FAILS] = CLI_EXIT_CANNOT };

  if (cli_config_read(p->cli, &p->reading, &p->plan.config, err) < 0 || cli_preview_read(p, err) < 0)
    return CC_FAILED;
  if (geteuid() != 0)
    cli_note(&p->notes, CLI_NOTE_NOT_JUDGED, "what only root may look at: this is the answer for user %u", geteuid());
  for (size_t i = 0; i < p->reading.problem_count; i++)
    cc_report_refuse(&p->plan.report, "config", "%s%s%s", p->reading.problems[i].file,
                     p->reading.problems[i].file[0] != '\0' ? ": " : "", p->reading.problems[i].text);
  if (p->reading.problem_count == 0 && p->plan.bundle.doc != NULL)
    judge(p);
  warn_of_existing(p);
  p->verdict = decide(p);
  if (!cli_has(p->cli, "json"))
    cli_preview_show(p);
  else if (cli_preview_show_json(p, err) < 0)
    return CC_FAILED;
  return codes[p->verdict];
}

static void
clear(struct cli_preview *p)
{
  cc_reading_clear(&p->reading);
  cc_plan_clear(&p->plan);
  cli_docker_spec_clear(&p->docker);
  cli_notes_clear(&p->notes);
  cc_json_free(p->before);
  for (size_t i = 0; i < p->unjudged.count; i++)
    free(p->unjudged.items[i]);
  free(p->unjudged.items);
  free(p->subject);
  free(p->id);
}

static int
run(struct cli *cli, struct cc_error *err)
{
  struct cli_preview p = { .cli = cli, .reading = CC_READING_INIT, .plan = CC_PLAN_INIT };
  int code;

  if (cli->dashes ? cli->dashes_at > 0 || cli->arg_count == 0 : cli->arg_count != 1)
    {
      cc_error_set(err, 0, "`closedclaw preview` needs one bundle or config.json, or `-- docker run …`");
      return CLI_EXIT_USAGE;
    }
  if (!cli->dashes && strcmp(cli->args[0], "-") == 0 && cli_has(cli, "config")
      && strcmp(cli_value(cli, "config"), "-") == 0)
    {
      cc_error_set(err, 0, "`--config -` and `-`: the standard input can be read only once");
      return CLI_EXIT_USAGE;
    }
  code = preview(&p, err);
  clear(&p);
  return code;
}

static const struct cli_option options[] = {
  CLI_CONFIG_OPTION,
  { "agent", .value = "ID", .help = "take the container for this agent's", .complete = CLI_COMPLETE_AGENT },
  { "session", .value = "KEY", .help = "take the container for this session's" },
  { "engine", .value = "NAME", .help = "take the container for this engine's",
    .words = "docker containerd cri podman cri-o none" },
  { "kind", .value = "KIND", .help = "take it for one of this kind", .words = "plain agent browser pod-sandbox" },
  { "root", .value = "DIR", .help = "the low-level runtime's --root, for a container in a pod",
    .complete = CLI_COMPLETE_DIRECTORY },
  { "diff", .help = "show the whole difference of the configuration, not only the findings" },
  { "full", .help = "with --diff: every seccomp rule" },
  { "json",
    .help = "answer as JSON: {verdict, identity, refused[{rule, message}], tightened[{rule, place, was, now}], …}" },
  { "spec", .help = "with --json: the whole configuration as it would be, without values of variables" },
  { 0 },
};
static const char *const exits[] = { "0", "it would run",
                                     "2", "it would be refused",
                                     "3", "this cannot be said, or another runtime would have the container",
                                     NULL };
static const char *const examples[] = {
  "closedclaw preview /run/containerd/io.containerd.runtime.v2.task/moby/ID",
  "what the runtime would make of a bundle",
  "closedclaw preview --agent build config.json",
  "the same of a configuration alone, as one of the agent build",
  "closedclaw preview -- docker run --rm -v /srv/data:/data alpine",
  "what would happen to this container, without starting anything",
  "closedclaw preview --diff --json --spec config.json",
  "for programs",
  NULL,
};

const struct cli_command cli_command_preview = {
  .name = "preview",
  .summary = "show what the runtime would change and refuse, changing nothing",
  .arguments = "BUNDLE | CONFIG.JSON | -- docker run …",
  .complete = CLI_COMPLETE_FILE,
  .description
  = "Does what the runtime does when a container is created, up to the moment when it would write anything, and shows "
    "every refusal and everything that it would tighten.\n\nIt takes a bundle, a config.json (\"-\" is the standard "
    "input), or after `--` the arguments of `docker run`, `docker create` or `podman run`. From arguments the "
    "configuration is made that the engine would write; what it cannot know of the engine and of the image is assumed, "
    "and said. Nothing is asked of an engine, and nothing is written, mounted or recorded.",
  .options = options,
  .exits = exits,
  .examples = examples,
  .max = -1,
  .run = run,
};
