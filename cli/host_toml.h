/* As much of TOML as the configurations of containerd and Podman need: tables, and values of one line. */
#ifndef CC_CLI_HOST_TOML_H
#define CC_CLI_HOST_TOML_H

#include <stdint.h>

/* Given each value: the table's name without quotes and blanks ("engine.runtimes"), the key, the value as written,
 * without a comment and, when it is one string, without its quotes. An array of several lines comes as one value. */
typedef void cli_toml_fn(void *context, uint32_t line, const char *table, const char *key, const char *value);

void cli_toml_read(const char *text, cli_toml_fn *each, void *context);

#endif
