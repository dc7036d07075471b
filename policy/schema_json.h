/* The JSON Schema of the configuration, for editors. */
#ifndef CC_POLICY_SCHEMA_JSON_H
#define CC_POLICY_SCHEMA_JSON_H

#include "common/json.h"

/* The schema (https://json-schema.org/draft/2020-12) of one file of the configuration, in DOC. It is made from the
 * tables that the reader itself goes by, so no key is missing and none is too many; values that need more than a
 * pattern to judge, such as what a path is, are judged by the reader alone. */
struct cc_jval *cc_config_schema(struct cc_json *doc);

#endif
