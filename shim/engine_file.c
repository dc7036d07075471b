#include "shim/engine_file.h"

#include "common/fd.h"
#include "common/own.h"

#include <fcntl.h>
#include <sys/stat.h>

#define FILE_MAX (8u << 20)

struct cc_json *
cc_engine_json_read(const char *directory, const char *name)
{
  cc_auto_close int dirfd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  cc_auto_free char *text = NULL;
  struct cc_json *doc = NULL;
  struct stat st;
  size_t length;

  if (dirfd < 0 || cc_read_file_at(dirfd, name, FILE_MAX, &text, &length, &st, NULL) < 0 || !cc_is_private(&st)
      || cc_json_parse(text, length, name, &doc, NULL) < 0)
    return NULL;
  return doc;
}
