#include "cli/explain.h"

int
explain_container(const struct cli *cli, const char *name, struct cc_error *err)
{
  (void)cli;
  return cc_error_set(err, 0, "container `%s`: not yet", name);
}
