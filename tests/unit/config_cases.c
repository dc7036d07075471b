#include "config_cases.h"

#include "common/own.h"

#include <stdio.h>
#include <string.h>

void
check_bad(const struct bad *cases, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      struct cc_error err = CC_ERROR_INIT;
      struct cc_config *config = NULL;
      char place[64];

      if (cc_config_parse(cases[i].text, strlen(cases[i].text), "f.json5", &config, &err) == 0)
        fail_msg("case %zu was accepted: <%s>", i, cases[i].text);
      assert_null(config);
      assert_string_equal(err.rule, "config");
      snprintf(place, sizeof(place), "f.json5:%u:%u: ", cases[i].line, cases[i].column);
      if (strncmp(err.msg, place, strlen(place)) != 0 || strstr(err.msg, cases[i].says) == NULL
          || (cases[i].also != NULL && strstr(err.msg, cases[i].also) == NULL))
        fail_msg("case %zu <%s>:\n  %s\n  is not at %s with \"%s\", \"%s\"", i, cases[i].text, err.msg, place,
                 cases[i].says, cases[i].also ? cases[i].also : "");
    }
}

void
check_good(const char *const *texts, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      struct cc_error err = CC_ERROR_INIT;
      cc_auto_config struct cc_config *config = NULL;

      if (cc_config_parse(texts[i], strlen(texts[i]), "f.json5", &config, &err) < 0)
        fail_msg("case %zu <%s>: %s", i, texts[i], err.msg);
    }
}

struct cc_policy
policy_of(const char *text)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_config struct cc_config *config = NULL;
  struct cc_policy policy = { 0 };

  if (cc_config_parse(text, strlen(text), "f.json5", &config, &err) < 0
      || cc_config_resolve(config, NULL, &policy, &err) < 0)
    fail_msg("<%s>: %s", text, err.msg);
  return policy;
}
