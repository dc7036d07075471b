#include "shim/record_read.h"

#include "common/fd.h"
#include "common/json.h"
#include "common/own.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
entry_clear(struct cc_record_entry *e)
{
  char *const strings[] = { e->time, e->event, e->call, e->container, e->rule, e->message, e->place, e->was, e->now };

  for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
    free(strings[i]);
}

void
cc_record_clear(struct cc_record *record)
{
  for (size_t i = 0; i < record->count; i++)
    entry_clear(&record->items[i]);
  free(record->items);
  memset(record, 0, sizeof(*record));
}

/* The end of FILE, from the beginning of a line. 1 when there is no file. */
static int
read_end(const char *file, char **out, bool *cut, struct cc_error *err)
{
  cc_auto_close int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  cc_auto_free char *text = NULL;
  struct stat st;
  size_t length;

  if (fd < 0 && errno == ENOENT)
    return 1;
  if (fd < 0 || fstat(fd, &st) < 0)
    return cc_error_set(err, errno, "open the record `%s`", file);
  if (!S_ISREG(st.st_mode) || !cc_is_private(&st))
    return cc_error_set(err, 0, "the record `%s` could have been written by another user", file);
  *cut = st.st_size > CC_RECORD_READ_MAX;
  if (*cut && lseek(fd, st.st_size - CC_RECORD_READ_MAX, SEEK_SET) < 0)
    return cc_error_set(err, errno, "read the record `%s`", file);
  /* others append meanwhile */
  if (cc_read_all(fd, 2 * CC_RECORD_READ_MAX, file, &text, &length, err) < 0)
    return CC_FAILED;
  if (*cut && strchr(text, '\n') != NULL)
    memset(text, '\n', (size_t)(strchr(text, '\n') - text));
  *out = cc_move_ptr(text);
  return 0;
}

static char *
dup_member(const struct cc_jval *o, const char *key)
{
  const char *s = cc_jget_str(o, key);

  return cc_xstrdup(s != NULL ? s : "");
}

static void
add(struct cc_record *record, const struct cc_jval *o)
{
  struct cc_record_entry *e;

  if (record->count == CC_RECORD_ENTRIES_MAX)
    {
      entry_clear(&record->items[0]);
      memmove(record->items, record->items + 1, (record->count - 1) * sizeof(*record->items));
      record->count--;
      record->left++;
    }
  record->items = cc_xrealloc(record->items, (record->count + 1) * sizeof(*record->items));
  e = &record->items[record->count++];
  e->time = dup_member(o, "time");
  e->event = dup_member(o, "event");
  e->call = dup_member(o, "call");
  e->container = dup_member(o, "container");
  e->rule = dup_member(o, "rule");
  e->message = dup_member(o, "message");
  e->place = dup_member(o, "place");
  e->was = dup_member(o, "was");
  e->now = dup_member(o, "now");
}

/* What is in TEXT about ID, or about ids that begin with it. */
static void
find(const char *text, const char *id, bool whole, struct cc_record *out)
{
  for (const char *line = text; *line != '\0';)
    {
      size_t length = strcspn(line, "\n");
      cc_auto_json struct cc_json *doc = NULL;
      cc_auto_free char *copy = cc_xstrndup(line, length);
      const char *container;

      line += length + (line[length] == '\n' ? 1 : 0);
      /* a document of each line would cost a second for a long file */
      if (strstr(copy, id) == NULL || cc_json_parse(copy, length, "the record", &doc, NULL) < 0)
        continue;
      container = cc_jget_str(cc_json_root(doc), "container");
      if (container != NULL && (whole ? strcmp(container, id) == 0 : strncmp(container, id, strlen(id)) == 0))
        add(out, cc_json_root(doc));
    }
}

int
cc_record_read(const char *file, const char *id, struct cc_record *out, struct cc_error *err)
{
  struct cc_record record = CC_RECORD_INIT;
  cc_auto_free char *text = NULL;
  int found = id[0] == '\0' ? 1 : read_end(file, &text, &record.cut, err);

  if (found < 0)
    return CC_FAILED;
  if (found == 0)
    find(text, id, true, &record);
  if (found == 0 && record.count == 0)
    find(text, id, false, &record);
  for (size_t i = 1; i < record.count; i++)
    if (strcmp(record.items[i].container, record.items[0].container) != 0)
      {
        cc_record_clear(&record);
        cc_error_set(err, 0, "the ids of several containers in the record begin with `%s`; write the whole id", id);
        if (err != NULL)
          err->errnum = EEXIST;
        return CC_FAILED;
      }
  *out = record;
  return 0;
}
