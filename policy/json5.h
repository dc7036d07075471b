/* JSON5 1.0.0 (https://spec.json5.org) into the document type of common/json.h. */
#ifndef CC_POLICY_JSON5_H
#define CC_POLICY_JSON5_H

#include "common/error.h"
#include "common/json.h"

#include <stddef.h>
#include <stdint.h>

#define CC_JSON5_MAX_DEPTH 64
#define CC_JSON5_MAX_SIZE (8u << 20) /* 10,000 agents with a block each are 2 MiB */

/* Reads LENGTH bytes of JSON5 into a new document in *OUT, which the caller owns. Every error is a refusal by the
 * rule "config" and begins with "NAME:LINE:COLUMN: ", both 1-based, the column in characters.
 *
 * The whole language is read. Beyond it these are refused, because nobody means them in a configuration: duplicate keys
 * of one object, U+0000 in any spelling, half a surrogate pair, invalid UTF-8, and more depth or size than
 * the limits above. Numbers keep their value as JSON text: ".5" is "0.5", "+0x1F" is "31"; "Infinity", "-Infinity" and
 * "NaN" stay as they are, and cc_jint64 and its kind reject them. `line` and `column` of a value are its own place. */
int cc_json5_parse(const char *text, size_t length, const char *name, struct cc_json **out, struct cc_error *err);

/* The place of the key of MEMBER, a member of an object that cc_json5_parse read and nobody replaced. */
void cc_json5_key_place(const struct cc_jval *member, uint32_t *line, uint32_t *column);

/* What C may be in an ECMAScript 5 IdentifierName (JSON5 1.0.0, section 3): 0 nothing, 1 a later
 * character only, 2 the first one too. */
int cc_json5_identifier_class(uint32_t c);

#endif
