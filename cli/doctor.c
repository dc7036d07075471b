#include "cli/doctor.h"

#include "cli/configuration.h"
#include "cli/doctor_fix.h"
#include "cli/host.h"
#include "common/own.h"

#include <string.h>
#include <unistd.h>

#define EXIT_WARNING 1
#define EXIT_CRITICAL 2

static int
exit_code(const struct cc_findings *list)
{
  return cc_findings_count(list, CC_CRITICAL) > 0  ? EXIT_CRITICAL
         : cc_findings_count(list, CC_WARNING) > 0 ? EXIT_WARNING
                                                   : 0;
}

/* Every kind that there is. */
static void
print_kinds(const struct cli_terminal *t, bool host)
{
  const struct cc_fault_kind *kind;

  for (size_t i = 0; (kind = cc_fault_kind_at(i)) != NULL; i++)
    cli_print(t, CLI_PLAIN, "%-8s  %s\n", cc_severity_name(kind->severity), kind->id);
  for (size_t i = 0; host && (kind = cli_host_kind_at(i)) != NULL; i++)
    cli_print(t, CLI_PLAIN, "%-8s  %s\n", cc_severity_name(kind->severity), kind->id);
}

/* Of another system's directory its own configuration is read, where it has one. */
static int
read_configuration(const struct cli *cli, struct cc_reading *reading, struct cc_config **out, struct cc_error *err)
{
  const char *root = cli_value(cli, "root");
  cc_auto_free char *path = root != NULL ? cc_xasprintf("%s" CC_CONFIG_DEFAULT_PATH, root) : NULL;

  if (root == NULL || cli_has(cli, "config"))
    return cli_config_read(cli, reading, out, err);
  if (access(path, F_OK) == 0)
    return cc_config_read_file(path, reading, out, err);
  *out = cc_config_new_default();
  return 0;
}

/* The policy of the defaults; the strict one when that cannot be resolved, of which a finding speaks. */
static int
look_at_host(const struct cli *cli, const struct cc_config *config, struct cc_findings *list, struct cc_error *err)
{
  cc_auto_config struct cc_config *strict = cc_config_new_default();
  struct cc_policy policy;
  int result;

  if (cc_config_resolve(config, NULL, &policy, NULL) < 0 && cc_config_resolve(strict, NULL, &policy, err) < 0)
    return CC_FAILED;
  result = cli_host_look(cli_value(cli, "root"), &policy, list, err);
  cc_policy_clear(&policy);
  return result;
}

static int
answer(const struct cli *cli, const struct cc_reading *reading, const struct cc_findings *list, struct cc_error *err)
{
  if (cli_has(cli, "json"))
    return cli_print_findings_json(&cli->out, list, err) < 0 ? CC_FAILED : exit_code(list);
  cli_print_findings(&cli->out, reading, list, cli_has(cli, "all"));
  return exit_code(list);
}

/* Looks, and mends when that is asked for: *WRITTEN files, after which it is to be looked at again. */
static int
look(const struct cli *cli, bool host, int *written, struct cc_error *err)
{
  __attribute__((cleanup(cc_findings_clear))) struct cc_findings list = CC_FINDINGS_INIT;
  __attribute__((cleanup(cc_reading_clear))) struct cc_reading reading = CC_READING_INIT;
  cc_auto_config struct cc_config *config = NULL;

  if (read_configuration(cli, &reading, &config, err) < 0)
    return CC_FAILED;
  cc_findings_audit(config, &reading, &list);
  if (host && look_at_host(cli, config, &list, err) < 0)
    return CC_FAILED;
  cc_findings_suppress(&reading, &list);
  cc_findings_sort(&list);
  if (written != NULL)
    *written = cli_fix(cli, &reading, &list, err);
  if (written != NULL && *written != 0)
    return *written < 0 ? CC_FAILED : 0;
  return answer(cli, &reading, &list, err);
}

static int
run(const struct cli *cli, bool host, struct cc_error *err)
{
  int written = 0, code;

  if (cli_has(cli, "list"))
    {
      print_kinds(&cli->out, host);
      return 0;
    }
  if (cli_has(cli, "fix") && (cli_has(cli, "json") || cli_has(cli, "root") || cli->quiet))
    {
      cc_error_set(err, 0, "`--fix` shows what it changes and asks: not with --json, --root or --quiet");
      return CLI_EXIT_USAGE;
    }
  code = look(cli, host, cli_has(cli, "fix") ? &written : NULL, err);
  return written > 0 ? look(cli, host, NULL, err) : code;
}

static int
run_audit(struct cli *cli, struct cc_error *err)
{
  return run(cli, false, err);
}

static int
run_doctor(struct cli *cli, struct cc_error *err)
{
  return run(cli, true, err);
}

#define COMMON_OPTIONS                                                                                                 \
  CLI_CONFIG_OPTION, { "json", .help = "answer as JSON: {ts, summary, findings, suppressedFindings}" },                \
      { "all", .help = "show every place, and what is suppressed" },                                                   \
      { "fix", .help = "set values to their strict ones where that mends a finding: shows the difference, asks, and "  \
                       "keeps a copy" },                                                                               \
      { "yes", 'y', .help = "with --fix: do not ask" },                                                                \
  {                                                                                                                    \
    "list", .help = "only list the ids that there are, with their severity"                                            \
  }

static const struct cli_option audit_options[] = { COMMON_OPTIONS, { 0 } };
static const struct cli_option doctor_options[] = {
  COMMON_OPTIONS,
  { "root", .value = "DIR",
    .help = "look at the files of a system below DIR, such as an image, and at nothing that runs",
    .complete = CLI_COMPLETE_DIRECTORY },
  { 0 },
};

static const char *const exits[] = { "0", "nothing, or only notes", "1", "warnings", "2", "something critical", NULL };

static const char *const audit_examples[] = {
  "closedclaw security audit",
  "looks at the host's configuration",
  "closedclaw security audit --config ~/.openclaw/openclaw.json",
  "looks at a gateway's own configuration",
  "closedclaw security audit -q || echo look at it",
  "asks in a script",
  NULL,
};
static const char *const doctor_examples[] = {
  "closedclaw doctor",
  "looks at the configuration, at this host, and at every running sandbox",
  "closedclaw doctor --json | jq '.findings[].checkId'",
  "lists what was found, for a program",
  NULL,
};

const struct cli_command cli_command_security_audit = {
  .name = "security audit",
  .summary = "show what is dangerous in a configuration",
  .arguments = "",
  .description = "Looks at what the configuration says, for all and for each agent: what was seen and where, why it "
                 "matters, and the change that mends it. `closedclaw doctor` looks at the host too.\n\n"
                 "Findings that you accept are suppressed by `security.audit.suppressions` in the configuration: "
                 "a list of { checkId, titleIncludes, detailIncludes, reason }. One without a reason is not applied.",
  .options = audit_options,
  .exits = exits,
  .examples = audit_examples,
  .run = run_audit,
};

const struct cli_command cli_command_doctor = {
  .name = "doctor",
  .summary = "show what is wrong with the configuration and this host",
  .arguments = "",
  .description = "Does what `closedclaw security audit` does, and looks at this host: the low-level runtimes and their "
                 "versions, the kernel, how the engines are set up, who can reach their sockets, who can write the "
                 "policy, and whether every running sandbox still is what was decided for it.\n\n"
                 "Nothing is changed without --fix. docs/findings.md explains every finding.",
  .options = doctor_options,
  .exits = exits,
  .examples = doctor_examples,
  .run = run_doctor,
};
