/* Findings on any text: whatever it says they are made, each at a place that is there, and what --fix would write
 * leaves the text as valid as it was. */
#include "common/own.h"
#include "policy/findings.h"
#include "policy/json5_edit.h"

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

static void
check_fix(const struct cc_source *source, const struct cc_fault *f)
{
  struct cc_json5_edit edit = { .line = f->line, .column = f->column, .value = f->value };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_free char *out = NULL;
  size_t length;

  require(cc_json5_replace(source->text, source->length, &edit, 1, &out, &length, &err) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct cc_reading reading = CC_READING_INIT;
  struct cc_findings list = CC_FINDINGS_INIT;
  struct cc_config *config = NULL;

  cc_config_read_text((const char *)data, size, "fuzz", &reading, &config);
  cc_findings_audit(config, &reading, &list);
  cc_findings_suppress(&reading, &list);
  cc_findings_sort(&list);
  for (size_t i = 0; i < list.count; i++)
    {
      const struct cc_fault *f = list.items[i];
      size_t ignored;

      require(*f->seen != '\0' && *f->fix != '\0' && f->kind->title != NULL);
      /* a line behind a NUL, which a comment may hold, cannot be shown */
      require(f->line == 0 || reading.source_count == 0 || memchr(data, '\0', size) != NULL
              || cc_source_line(&reading.sources[0], f->line, &ignored) != NULL);
      if (*f->value != '\0' && f->line > 0)
        check_fix(&reading.sources[0], f);
    }
  cc_findings_clear(&list);
  cc_config_free(config);
  cc_reading_clear(&reading);
  return 0;
}
