#include "shim/exec_arguments.h"

#include "common/own.h"
#include "shim/bundle.h"

#include <errno.h>
#include <string.h>

static int
parse_id(const char *text, size_t length, int64_t *out)
{
  char copy[16];

  if (length == 0 || length >= sizeof(copy) || strspn(text, "0123456789") < length)
    return -1;
  memcpy(copy, text, length);
  copy[length] = '\0';
  *out = strtoll(copy, NULL, 10);
  return 0;
}

static int
set_user(struct cc_json *doc, struct cc_jval *process, const char *text, const struct cc_state *state,
         struct cc_error *err)
{
  struct cc_jval *user = cc_jneed_object(doc, process, "user");
  size_t n = strcspn(text, ":");
  int64_t uid, gid = 0;

  if (parse_id(text, n, &uid) < 0 || (text[n] == ':' && parse_id(text + n + 1, strlen(text + n + 1), &gid) < 0))
    return cc_error_refuse(err, "exec-user",
                           "--user `%s`: names are resolved by the image; use numbers, UID or UID:GID", text);
  /* here, other than in an engine's process file, uid 0 is surely somebody's word */
  if (uid == 0 && !state->root_allowed)
    return cc_error_refuse(
        err, "exec-user",
        "--user `%s`: the container runs as uid %u, and a sandbox has no root; leave it out, or name "
        "another user",
        text, state->uid);
  cc_jset_int(doc, user, "uid", uid);
  if (text[n] == ':')
    cc_jset_int(doc, user, "gid", gid);
  cc_jdel(user, "additionalGids");
  return 0;
}

static int
add_groups(struct cc_json *doc, struct cc_jval *process, const char *text, struct cc_error *err)
{
  struct cc_jval *groups = cc_jneed_array(doc, cc_jneed_object(doc, process, "user"), "additionalGids");

  while (*text != '\0')
    {
      size_t n = strcspn(text, ",");
      int64_t gid;

      if (parse_id(text, n, &gid) < 0)
        return cc_error_refuse(err, "argument", "--additional-gids `%s`: not a number; use numbers", text);
      cc_jappend(groups, cc_jnew_int(doc, gid));
      text += n + (text[n] == ',' ? 1 : 0);
    }
  return 0;
}

/* One option laid over the process. Labels and capabilities are not asked for here: the container's own come later. */
static int
apply(struct cc_json *doc, struct cc_jval *process, const struct cc_given *given, const struct cc_state *state,
      struct cc_error *err)
{
  switch (given->option)
    {
    case CC_OPT_CWD:
      cc_jset_str(doc, process, "cwd", given->value);
      return 0;
    case CC_OPT_ENV:
      cc_jappend_str(doc, cc_jneed_array(doc, process, "env"), given->value);
      return 0;
    case CC_OPT_TTY:
      cc_jset_bool(doc, process, "terminal", true);
      return 0;
    case CC_OPT_USER:
      return set_user(doc, process, given->value, state, err);
    case CC_OPT_GIDS:
      return add_groups(doc, process, given->value, err);
    default:
      return 0;
    }
}

int
cc_exec_process_from_arguments(const struct cc_cmdline *c, const struct cc_state *state, struct cc_json **out,
                               struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_bundle bundle;
  struct cc_jval *process, *args = cc_jnew(doc, CC_JSON_ARRAY);

  if (c->rest_index >= c->argc)
    return cc_error_refuse(err, "argument", "exec in `%s`: neither a command nor --process; give one", c->id);
  if (cc_bundle_open(state->bundle, &bundle, err) < 0)
    return CC_FAILED;
  process = cc_jcopy(doc, cc_jpath(cc_json_root(bundle.doc), "process"));
  cc_bundle_close(&bundle);
  cc_json_set_root(doc, process);
  cc_jset_bool(doc, process, "terminal", false);
  cc_jdel(process, "consoleSize");
  for (int i = c->rest_index; i < c->argc; i++)
    cc_jappend_str(doc, args, c->argv[i]);
  cc_jset(doc, process, "args", args);
  for (size_t i = 0; i < c->given_count; i++)
    if (apply(doc, process, &c->given[i], state, err) < 0)
      return CC_FAILED;
  *out = cc_move_ptr(doc);
  return 0;
}
