/* Cases of configuration texts, shared by the tests of the typed configuration. */
#ifndef CC_TESTS_CONFIG_CASES_H
#define CC_TESTS_CONFIG_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/config.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Blocks around a text, so that the cases are short. Columns are those of the text alone. */
#define DOCKER(text) "{agents:{defaults:{sandbox:{docker:{\n" text "\n}}}}}"
#define SANDBOX(text) "{agents:{defaults:{sandbox:{\n" text "\n}}}}"
#define AGENTS(text) "{agents:{\n" text "\n}}"

struct bad
{
  const char *text;
  unsigned line, column;
  const char *says, *also; /* parts of the message; `also` may be NULL */
};

/* Each text is refused by the rule "config", at that place and with those words. */
void check_bad(const struct bad *cases, size_t count);
/* Each text is accepted. */
void check_good(const char *const *texts, size_t count);
/* The policy of TEXT, which must be accepted, for an unknown container. The caller clears it. */
struct cc_policy policy_of(const char *text);

#endif
