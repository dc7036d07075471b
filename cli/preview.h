/* closedclaw preview: what the runtime would make of a container. */
#ifndef CC_CLI_PREVIEW_H
#define CC_CLI_PREVIEW_H

#include "cli/command.h"
#include "cli/docker_spec.h"
#include "cli/json_diff.h"
#include "cli/notes.h"
#include "policy/reading.h"
#include "shim/plan.h"

enum cli_verdict
{
  CLI_VERDICT_RUNS,
  CLI_VERDICT_REFUSED,
  CLI_VERDICT_UNTOUCHED, /* the policy sandboxes it not */
  CLI_VERDICT_REPORTED,  /* the policy only reports */
  CLI_VERDICT_UNSEEN,    /* another runtime would have it */
  CLI_VERDICT_UNKNOWN,   /* this user may not look at everything that decides */
  CLI_VERDICT_FAILS,     /* the runtime would fail, or something needed for the answer cannot be had */
};

struct cli_preview
{
  const struct cli *cli;
  struct cc_reading reading;
  struct cc_plan plan;
  struct cli_docker_spec docker; /* of arguments of `docker run` */
  struct cli_notes notes;
  char *subject;              /* "the bundle `/x`" */
  char *id;                   /* the container's, as far as it can be told */
  struct cc_json *before;     /* the document as it came; NULL when it was not read so far */
  bool lone;                  /* a config.json by itself */
  bool arguments;             /* of docker */
  bool judged;                /* hardening was done */
  size_t stops;               /* refusals before it, which hold also where the policy only reports */
  struct cc_strings unjudged; /* what this user may not look at */
  bool unknown;               /* something of that decides */
  struct cc_error failure;
  enum cli_verdict verdict;
};

/* Reads what is to be previewed into the plan's bundle. A refusal by the runtime's reading is noted in the report, and
 * the document is then missing. Fails when nothing can be said. */
int cli_preview_read(struct cli_preview *p, struct cc_error *err);

/* Shows all of it, as text or as JSON. */
void cli_preview_show(const struct cli_preview *p);
int cli_preview_show_json(const struct cli_preview *p, struct cc_error *err);

/* "refused", …, for JSON. */
const char *cli_verdict_name(enum cli_verdict verdict);

/* The text of a finding without values of environment variables, malloc'd. */
char *cli_finding_text(const struct cc_finding *finding, const char *text);

extern const struct cli_command cli_command_preview;

#endif
