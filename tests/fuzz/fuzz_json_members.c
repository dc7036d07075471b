/* Members looked for in a text: those that the strict parser finds. */
#include "common/json_members.h"

#include "common/own.h"
#include "invariants.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_value(const char *text, const struct cc_jval *v)
{
  switch (v->type)
    {
    case CC_JSON_OBJECT:
      return text[0] == '{';
    case CC_JSON_ARRAY:
      return text[0] == '[';
    case CC_JSON_STRING:
      return text[0] == '"';
    case CC_JSON_NUMBER:
      return strncmp(text, v->text, strlen(v->text)) == 0;
    default:
      return text[0] == 't' || text[0] == 'f' || text[0] == 'n';
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct cc_json_member members[] = { { "pid", NULL }, { "x", NULL } };
  cc_auto_free char *text = cc_xstrndup((const char *)data, size);
  cc_auto_json struct cc_json *doc = NULL;
  bool found = cc_json_find_members(text, members, 2);

  if (strlen(text) != size || cc_json_parse(text, size, "fuzz", &doc, NULL) < 0)
    return 0;
  if (!cc_jis(cc_json_root(doc), CC_JSON_OBJECT))
    {
      require(!found, "only an object has members", text);
      return 0;
    }
  require(found, "an object is one", text);
  for (size_t i = 0; i < 2; i++)
    {
      const struct cc_jval *v = cc_jget(cc_json_root(doc), members[i].name);

      require(members[i].value == NULL || v != NULL, "what is found is there", text);
      require(members[i].value != NULL || v == NULL || strchr(text, '\\') != NULL, "what is there is found", text);
      require(members[i].value == NULL || is_value(members[i].value, v), "the value is the one", text);
    }
  return 0;
}
