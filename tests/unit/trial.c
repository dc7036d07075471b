#include "trial.h"

#include "common/own.h"
#include "policy/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char *
exchange(const char *text, char from, char to)
{
  char *out = cc_xstrdup(text);

  for (char *p = out; *p != '\0'; p++)
    if (*p == from)
      *p = to;
  return out;
}

struct cc_json *
trial_json(const char *text)
{
  cc_auto_free char *json = exchange(text, '\'', '"');
  struct cc_error err = CC_ERROR_INIT;
  struct cc_json *doc;

  if (cc_json_parse(json, strlen(json), "trial", &doc, &err) < 0)
    fail_msg("%s: %s", err.msg, text);
  return doc;
}

void
trial_begin(struct trial *t, const char *spec)
{
  cc_auto_config struct cc_config *config = cc_config_new_default();
  struct cc_error err = CC_ERROR_INIT;

  memset(t, 0, sizeof(*t));
  t->doc = trial_json(spec);
  assert_int_equal(cc_config_resolve(config, NULL, &t->policy, &err), 0);
  t->identity.container_id = cc_xstrdup("box");
  t->h = (struct cc_harden){ .doc = t->doc,
                             .spec = cc_json_root(t->doc),
                             .policy = &t->policy,
                             .identity = &t->identity,
                             .bundle_fd = -1,
                             .rootfs_fd = -1,
                             .report = &t->report,
                             .pins = &t->pins };
}

void
trial_end(struct trial *t)
{
  cc_json_free(t->doc);
  cc_policy_clear(&t->policy);
  cc_identity_clear(&t->identity);
  cc_report_clear(&t->report);
  cc_pins_clear(&t->pins);
}

const char *
trial_run(struct trial *t, cc_harden_fn module)
{
  struct cc_error err = CC_ERROR_INIT;
  const struct cc_finding *refusal;

  if (module(&t->h, &err) < 0)
    fail_msg("the module failed: %s", err.msg);
  refusal = cc_report_first_refusal(&t->report);
  return refusal != NULL ? refusal->rule : NULL;
}

char *
trial_text(const struct cc_jval *root, const char *path)
{
  const struct cc_jval *v = path[0] == '\0' ? root : cc_jpath(root, path);
  cc_auto_free char *text = NULL;
  struct cc_error err = CC_ERROR_INIT;
  size_t length;

  if (v == NULL)
    return cc_xstrdup("absent");
  assert_int_equal(cc_json_write(v, &text, &length, &err), 0);
  return exchange(text, '"', '\'');
}

static void
try_row(const struct trial_row *row, cc_harden_fn module)
{
  struct trial t;
  const char *rule;

  trial_begin(&t, row->spec);
  rule = trial_run(&t, module);
  if (rule == NULL ? row->rule != NULL : row->rule == NULL || strcmp(rule, row->rule) != 0)
    fail_msg("%s: refused by `%s`, not `%s`", row->why, rule != NULL ? rule : "nobody",
             row->rule != NULL ? row->rule : "nobody");
  if (row->now != NULL)
    {
      cc_auto_free char *now = trial_text(t.h.spec, row->path);

      if (strcmp(now, row->now) != 0)
        fail_msg("%s: %s is %s, not %s", row->why, row->path, now, row->now);
    }
  trial_end(&t);
}

void
trial_rows(const struct trial_row *rows, size_t count, cc_harden_fn module)
{
  for (size_t i = 0; i < count; i++)
    try_row(&rows[i], module);
}
