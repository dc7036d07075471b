/* JSON5 and the configuration read from it. A text that is read must come back the same through JSON; a configuration
 * that is accepted must resolve to a policy that holds what docs/configuration.md promises. */
#include "common/own.h"
#include "policy/config.h"
#include "policy/json5.h"
#include "policy/reading.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool condition)
{
  if (!condition)
    abort();
}

/* Infinity and NaN are no JSON; keys that differ only in case are refused there. */
static bool
is_plain_json(const struct cc_jval *v)
{
  if (v->type == CC_JSON_NUMBER)
    return strpbrk(v->text, "IN") == NULL;
  cc_jeach(c, v)
  {
    if (!is_plain_json(c))
      return false;
    if (v->type == CC_JSON_OBJECT)
      for (const struct cc_jval *d = c->next; d != NULL; d = d->next)
        if (cc_json_fold_equal(c->key, d->key))
          return false;
  }
  return true;
}

static void
check_round_trip(const struct cc_json *doc)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *again = NULL, *third = NULL;
  cc_auto_free char *text = NULL, *text_again = NULL;
  size_t length, length_again;

  require(cc_json_write(cc_json_root(doc), &text, &length, &err) == 0);
  if (!is_plain_json(cc_json_root(doc)))
    return;
  require(cc_json_parse(text, length, "written", &again, &err) == 0);
  require(cc_json_write(cc_json_root(again), &text_again, &length_again, &err) == 0);
  require(length == length_again && memcmp(text, text_again, length) == 0);
  require(cc_json5_parse(text, length, "written", &third, &err) == 0); /* JSON is JSON5 */
}

static void
check_policy(const struct cc_config *config, const struct cc_identity *identity)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_policy p = { 0 };

  if (cc_config_resolve(config, identity, &p, &err) < 0)
    {
      require(cc_error_is_refusal(&err));
      return;
    }
  require(p.sandboxed || p.mode != CC_MODE_ALL);
  require(p.pids_limit > 0 && p.memory > 0 && p.memory_swap >= p.memory && p.cpus > 0 && p.tmpfs_size > 0);
  require(p.uid <= CC_ID_MAX && p.gid <= CC_ID_MAX && (p.uid != 0 || p.gid == 0));
  require(strcasecmp(p.network, "host") != 0 && p.low_level.count > 0);
  require(strncasecmp(p.network, "container:", 10) != 0 || p.allow_namespace_join);
  for (size_t i = 0; i < p.bind_count; i++)
    require(p.binds[i].source[0] == '/' && p.binds[i].target[0] == '/' && p.binds[i].target[1] != '\0');
  cc_policy_clear(&p);
}

/* Who reads all errors must find one exactly where the runtime refuses, and the runtime's first. */
static void
check_reading(const char *text, size_t size, const struct cc_error *refusal)
{
  struct cc_reading reading = CC_READING_INIT;
  cc_auto_config struct cc_config *config = NULL;

  cc_config_read_text(text, size, "fuzz", &reading, &config);
  require((reading.problem_count > 0) == (refusal != NULL));
  if (refusal != NULL)
    {
      const struct cc_problem *p = &reading.problems[0];
      struct cc_error first = CC_ERROR_INIT; /* for the message without control characters, and cut */

      cc_error_refuse(&first, "config", "fuzz:%u:%u: %s", p->line, p->column, p->text);
      require(strcmp(first.msg, refusal->msg) == 0);
    }
  cc_reading_clear(&reading);
}

static void
check_config(const char *text, size_t size)
{
  const struct cc_identity agent = { .kind = CC_KIND_AGENT, .agent = (char *)"a", .session = (char *)"agent:a:main" };
  const struct cc_identity browser = { .kind = CC_KIND_BROWSER, .agent = (char *)"a" };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_config struct cc_config *config = NULL;

  if (cc_config_parse(text, size, "fuzz", &config, &err) < 0)
    {
      require(cc_error_is_refusal(&err) && strncmp(err.msg, "fuzz:", 5) == 0 && strchr(err.msg, '\n') == NULL);
      check_reading(text, size, &err);
      return;
    }
  check_reading(text, size, NULL);
  check_policy(config, NULL);
  check_policy(config, &agent);
  check_policy(config, &browser);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *doc = NULL;
  const char *text = (const char *)data;

  if (size > 65536)
    return -1;
  if (cc_json5_parse(text, size, "fuzz", &doc, &err) == 0)
    check_round_trip(doc);
  check_config(text, size);
  return 0;
}
