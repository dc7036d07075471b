/* The commands, in the order in which help shows them. Each is in the file that is called as it. */
#include "cli/command.h"

#include "cli/completion.h"
#include "cli/config.h"
#include "cli/doctor.h"
#include "cli/explain.h"
#include "cli/help.h"
#include "cli/list.h"
#include "cli/preview.h"
#include "cli/tools.h"

/* One in a line. */
/* clang-format off */
const struct cli_command *const cli_commands[] = {
  &cli_command_doctor,
  &cli_command_security_audit,
  &cli_command_list,
  &cli_command_explain,
  &cli_command_tools_check,
  &cli_command_tools_list,
  &cli_command_elevated_check,
  &cli_command_preview,
  &cli_command_config_check,
  &cli_command_config_show,
  &cli_command_config_json,
  &cli_command_config_import,
  &cli_command_config_schema,
  &cli_command_completion,
  &cli_command_complete,
  &cli_command_help,
  &cli_command_manual,
  &cli_command_version,
  NULL,
};
/* clang-format on */
