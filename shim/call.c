#include "shim/call.h"

#include "common/own.h"
#include "policy/config.h"
#include "shim/lowlevel.h"
#include "shim/state.h"

#include <string.h>

char **
cc_call_arguments(const struct cc_cmdline *c, bool (*drop)(enum cc_option), const char *const *extra)
{
  char **out = cc_xcalloc((size_t)c->argc + 2 * c->given_count + 16, sizeof(char *));
  int n = 0;

  for (int i = 0; i <= c->sub_index; i++)
    out[n++] = c->argv[i];
  for (size_t i = 0; i < c->given_count; i++)
    {
      if (drop != NULL && drop(c->given[i].option))
        continue;
      out[n++] = cc_xasprintf("--%s", c->given[i].name);
      if (c->given[i].value != NULL)
        out[n++] = (char *)c->given[i].value;
    }
  for (; extra != NULL && *extra != NULL; extra++)
    out[n++] = (char *)*extra;
  if (c->id != NULL)
    out[n++] = (char *)c->id;
  return out;
}

int
cc_call_low_level(char **out, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = NULL;

  if (cc_config_load(secure_getenv(CC_CONFIG_ENV), &config, NULL) < 0)
    config = cc_config_new_default();
  return cc_lowlevel_find(cc_config_low_level(config), out, err);
}

int
cc_call_untouched(const struct cc_call *call, const char *low_level, struct cc_error *err)
{
  return cc_lowlevel_exec_untouched(low_level, call->cmdline.argv, err);
}

/* The state of the container that some argument names: 0, or 1 when there is none. */
static int
find_named_state(const struct cc_cmdline *c, struct cc_state *state)
{
  for (int i = c->sub_index + 1; i < c->argc; i++)
    if (cc_id_is_valid(c->argv[i]) && cc_state_read(c->value[CC_OPT_ROOT], c->argv[i], state, NULL) == 0)
      return 0;
  return 1;
}

int
cc_call_pass_on(struct cc_call *call, struct cc_error *err)
{
  const struct cc_cmdline *c = &call->cmdline;
  cc_auto_free char *low_level = NULL;
  struct cc_state state;

  if (find_named_state(c, &state) == 0)
    {
      bool held = state.managed && !state.report;

      low_level = cc_move_ptr(state.low_level);
      cc_state_clear(&state);
      /* crun only: the one other subcommand that changes what a running container can reach */
      if (held && strcmp(c->sub_name, "mounts") == 0)
        return cc_error_refuse(err, "mounts",
                               "mounts: a running sandbox gets no further mounts; recreate the container with them");
    }
  else if (cc_call_low_level(&low_level, err) < 0)
    return CC_FAILED;
  return cc_call_untouched(call, low_level, err);
}
