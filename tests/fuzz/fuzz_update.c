/* `update`: the resources of a file, held to a container's caps. */
#include "common/json.h"
#include "common/own.h"
#include "invariants.h"
#include "shim/limits.h"
#include "shim/shape.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
apply(struct cc_json *doc, bool fill)
{
  const struct cc_caps caps = { 2ull << 30, 2ull << 30, 512, 2, 100000 };
  struct cc_report report = CC_REPORT_INIT;
  char *text;

  cc_limits_apply(doc, cc_json_root(doc), &caps, fill, &report);
  cc_report_clear(&report);
  text = to_text(cc_json_root(doc));
  require_resources(cc_json_root(doc), fill, text);
  return text;
}

static void
try(const uint8_t *data, size_t size, bool fill)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *doc = NULL, *again = NULL;
  cc_auto_free char *text = NULL, *text_again = NULL;

  if (cc_json_parse((const char *)data, size, "fuzz", &doc, &err) < 0
      || cc_shape_resources(cc_json_root(doc), &err) < 0)
    return;
  text = apply(doc, fill);
  again = from_text(text);
  require(cc_shape_resources(cc_json_root(again), &err) == 0, "what was limited has the right shape", text);
  text_again = apply(again, fill);
  require(strcmp(text, text_again) == 0, "limits twice are limits once", text_again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size > 65536)
    return -1;
  try(data, size, false);
  try(data, size, true);
  return 0;
}
