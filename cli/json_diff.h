/* What is different between two configurations of a container, by the place in the document, for people. */
#ifndef CC_CLI_JSON_DIFF_H
#define CC_CLI_JSON_DIFF_H

#include "common/json.h"

#include <stdbool.h>
#include <stddef.h>

enum cli_change_kind
{
  CLI_ADDED = '+',
  CLI_REMOVED = '-',
  CLI_CHANGED = '~'
};

struct cli_change
{
  enum cli_change_kind kind;
  char *path;      /* "process.user.uid", "mounts[/tmp].options", "process.env[PATH]" */
  char *was, *now; /* short texts; NULL where there is none */
};

struct cli_changes
{
  struct cli_change *items;
  size_t count;
};

/* Compares WAS and NOW, of which either may be NULL, and fills OUT, the caller's. What is absent equals what is empty.
 * Lists are compared without their order: mounts by destination, namespaces and limits by type, devices and hooks by
 * path, variables by name, other lists by their items. The seccomp profile is summed up unless FULL. Values of
 * environment variables are nowhere in it. */
void cli_json_diff(const struct cc_jval *was, const struct cc_jval *now, bool full, struct cli_changes *out);

void cli_changes_clear(struct cli_changes *changes);

/* Replaces the value of each variable in each `env` of VALUE, a document of DOC, by "…". */
void cli_json_hide_env(struct cc_json *doc, struct cc_jval *value);

#endif
