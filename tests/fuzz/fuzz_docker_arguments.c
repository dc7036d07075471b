/* The arguments of `docker run`: words, each ended by a NUL, into a configuration that the runtime's own reading takes.
 */
#include "cli/docker_spec.h"
#include "common/json.h"
#include "common/own.h"
#include "invariants.h"
#include "shim/shape.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_ARGS 64

/* Every word is an option, the value of one, the image, or after it. */
static void
check_words(const struct cli_docker_call *call, int argc)
{
  require(call->command_count >= 0 && call->command_count < argc, "the command is among the words", "");
  require(call->image != NULL || call->command_count == 0, "a command follows an image", "");
  for (size_t i = 0; i < call->given_count; i++)
    require(call->given[i].value != NULL, "every option has a value", call->given[i].option->name);
}

static void
check_spec(const struct cli_docker_call *call)
{
  struct cli_docker_spec spec;
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_free char *text = NULL;
  cc_auto_json struct cc_json *again = NULL;

  if (cli_docker_spec(call, &spec, &err) < 0)
    {
      require(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL, "an error is one line", err.msg);
      return;
    }
  text = to_text(cc_json_root(spec.doc));
  /* names and values that are no text are refused there, as they would be when the engine writes them */
  if (cc_json_parse(text, strlen(text), "fuzz", &again, &err) == 0)
    cc_shape_config(cc_json_root(again), &err);
  cli_docker_spec_clear(&spec);
}

/* Not files of the machine that this runs on. */
static bool
names_a_file(const struct cli_docker_call *call)
{
  return cli_docker_value(call, CLI_DOCKER_ENV_FILE) != NULL || cli_docker_value(call, CLI_DOCKER_SECURITY) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cc_auto_free char *text = cc_xcalloc(1, size + 1);
  char *argv[MAX_ARGS];
  struct cli_docker_call call;
  struct cc_error err = CC_ERROR_INIT;
  int argc = 0;

  memcpy(text, data, size);
  for (size_t at = 0; at < size && argc < MAX_ARGS; at += strlen(text + at) + 1)
    argv[argc++] = text + at;
  if (cli_docker_arguments_read(argc, argv, &call, &err) < 0)
    {
      require(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL, "an error is one line", err.msg);
      return 0;
    }
  check_words(&call, argc + 1);
  if (!names_a_file(&call))
    check_spec(&call);
  cli_docker_call_clear(&call);
  return 0;
}
