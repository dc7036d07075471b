/* Any JSON5 text, read on after its errors and imported: what comes out must be a configuration without an error. */
#include "common/own.h"
#include "policy/config.h"
#include "policy/import.h"
#include "policy/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cc_auto_free char *copy = cc_xstrndup((const char *)data, size), *text = NULL;
  cc_auto_config struct cc_config *config = NULL, *again = NULL;
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_reading reading = CC_READING_INIT;
  struct cc_import import = { 0 };
  struct cc_error err = CC_ERROR_INIT;
  size_t length;

  cc_config_read_text(copy, strlen(copy), "fuzz", &reading, &config);
  if (reading.sources[0].doc != NULL)
    {
      const struct cc_jval *result = cc_config_import(doc, &reading, &import);

      if (cc_json_write_pretty(result, &text, &length, &err) == 0
          && cc_config_parse(text, length, "imported", &again, &err) < 0)
        {
          fprintf(stderr, "%s\n%s\n", err.msg, text);
          abort();
        }
    }
  cc_import_clear(&import);
  cc_reading_clear(&reading);
  return 0;
}
