/* What must hold of every document that hardening accepted, read anew from its text. */
#ifndef CC_TESTS_FUZZ_INVARIANTS_H
#define CC_TESTS_FUZZ_INVARIANTS_H

#include "common/json.h"

#include <stdbool.h>
#include <stddef.h>

/* Ends the program with TEXT on standard error when CONDITION does not hold. */
void require(bool condition, const char *what, const char *text);

/* Serialises VALUE; the caller frees. */
char *to_text(const struct cc_jval *value);

/* Parses what to_text() wrote; ends the program when that fails. */
struct cc_json *from_text(const char *text);

void require_process(const struct cc_jval *process, const char *text);
void require_resources(const struct cc_jval *resources, bool all, const char *text);
void require_config(const struct cc_jval *spec, const char *text);

#endif
