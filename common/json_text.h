/* What a JSON text must not have in it, whatever its grammar. */
#ifndef CC_COMMON_JSON_TEXT_H
#define CC_COMMON_JSON_TEXT_H

#include "common/error.h"

#include <stddef.h>

/* Refuses (rule "json") LENGTH bytes of TEXT, called WHAT in errors, that have a NUL, \u0000, half a surrogate pair or
 * invalid UTF-8 in them: yajl and Go's encoding/json do not read those alike. */
int cc_json_check_text(const char *text, size_t length, const char *what, struct cc_error *err);

/* How many of the LENGTH bytes of S, the value of a string, are valid UTF-8 before the first that is not; LENGTH when
 * all are. */
size_t cc_json_valid_length(const char *s, size_t length);

#endif
