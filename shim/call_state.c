#include "shim/call_state.h"

#include "common/own.h"
#include "common/path.h"

#include <string.h>

static bool
is_same(const struct cc_lowlevel_instance *a, const struct cc_lowlevel_instance *b)
{
  return a->major == b->major && a->minor == b->minor && a->ino == b->ino && a->born == b->born;
}

/* The container that the low-level runtime keeps under the id. 0, 1 when it keeps none, negative. */
static int
find_instance(const struct cc_cmdline *c, const struct cc_state *state, struct cc_lowlevel_instance *out,
              struct cc_error *err)
{
  cc_auto_close int directory = -1;
  int found = cc_lowlevel_directory(cc_path_base(state->low_level), c->value[CC_OPT_ROOT], c->id, &directory, err);

  return found != 0 ? found : cc_lowlevel_instance(directory, out, err);
}

/* 0 when STATE is the container's, or there is no container any more; 1 when it is an earlier one's; negative. */
static int
judge(const struct cc_cmdline *c, struct cc_state *state, bool bind, struct cc_error *err)
{
  struct cc_lowlevel_instance instance;
  int found;

  if (!state->bound && !bind)
    return 0;
  found = find_instance(c, state, &instance, err);
  if (found != 0)
    return found < 0 ? found : 0;
  if (state->bound)
    return is_same(&state->instance, &instance) ? 0 : 1;
  /* When it cannot be written, the next call tries again: nothing is lost to who could not exchange the container */
  cc_state_bind(c->value[CC_OPT_ROOT], c->id, state, &instance, NULL);
  return 0;
}

/* 0 and *OUT, 1, or negative. */
static int
find(const struct cc_cmdline *c, bool bind, struct cc_state *out, struct cc_error *err)
{
  struct cc_state state;
  int found = cc_state_read(c->value[CC_OPT_ROOT], c->id, &state, err);

  if (found != 0)
    return found;
  found = judge(c, &state, bind && state.managed && !state.report, err);
  if (found != 0)
    cc_state_clear(&state);
  else
    *out = state;
  return found;
}

int
cc_call_state(struct cc_call *call, struct cc_state *out, struct cc_error *err)
{
  const struct cc_cmdline *c = &call->cmdline;
  int found;

  if (c->id == NULL || !cc_id_is_valid(c->id))
    return call->automatic ? 1
                           : cc_error_refuse(err, "argument", "container id `%s`: missing or not valid; name one",
                                             c->id != NULL ? c->id : "");
  found = find(c, c->sub != CC_SUB_START, out, err);
  if (found == 0)
    call->audit_file = cc_xstrdup(out->audit_file);
  if (found == 1 && !call->automatic)
    return cc_error_refuse(err, "state",
                           "%s of container `%s`: closedclaw did not create it, or its state is gone; recreate the "
                           "container",
                           c->sub_name, c->id);
  return found;
}

int
cc_call_find_state(const struct cc_cmdline *c, struct cc_state *out)
{
  return c->id != NULL && cc_id_is_valid(c->id) ? find(c, false, out, NULL) : 1;
}
