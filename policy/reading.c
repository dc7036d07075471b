#include "policy/reading.h"

#include "common/fd.h"
#include "common/own.h"
#include "policy/config_internal.h"
#include "policy/json5.h"
#include "policy/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
cc_reading_note(struct cc_reading *reading, const char *rule, const char *file, uint32_t line, uint32_t column,
                const char *text)
{
  struct cc_problem *p;

  reading->problems = cc_xrealloc(reading->problems, (reading->problem_count + 1) * sizeof(*p));
  p = &reading->problems[reading->problem_count++];
  *p = (struct cc_problem){ cc_xstrdup(rule), cc_xstrdup(file), line, column, cc_xstrdup(text) };
  for (char *c = p->text; *c != '\0'; c++) /* as in an error: a key must not be able to make a line of its own */
    *c = (unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c;
}

/* Lines end as policy/json5.c counts them: LF, CR, CR LF. */
static void
find_lines(struct cc_source *s)
{
  size_t room = 0;

  for (const char *at = s->shown; at != NULL;)
    {
      size_t size = strcspn(at, "\r\n");

      if (s->line_count == room)
        s->lines = cc_xrealloc(s->lines, (room = 2 * room + 16) * sizeof(*s->lines));
      s->lines[s->line_count++] = (size_t)(at - s->shown);
      at = at[size] == '\0' ? NULL : at + size + (at[size] == '\r' && at[size + 1] == '\n' ? 2 : 1);
    }
}

void
cc_reading_keep(struct cc_reading *reading, const char *path, const char *text, size_t length, struct cc_json *doc)
{
  struct cc_source *s;

  reading->sources = cc_xrealloc(reading->sources, (reading->source_count + 1) * sizeof(*s));
  s = &reading->sources[reading->source_count++];
  *s = (struct cc_source){ .path = cc_xstrdup(path), .text = cc_xcalloc(1, length + 1), .length = length, .doc = doc };
  memcpy(s->text, text, length);
  s->shown = cc_secret_cover(text, length);
  find_lines(s);
}

void
cc_reading_clear(struct cc_reading *reading)
{
  for (size_t i = 0; i < reading->source_count; i++)
    {
      free(reading->sources[i].path);
      free(reading->sources[i].text);
      free(reading->sources[i].shown);
      free(reading->sources[i].lines);
      cc_json_free(reading->sources[i].doc);
    }
  for (size_t i = 0; i < reading->problem_count; i++)
    {
      free(reading->problems[i].rule);
      free(reading->problems[i].file);
      free(reading->problems[i].text);
    }
  free(reading->sources);
  free(reading->problems);
  *reading = (struct cc_reading)CC_READING_INIT;
}

const char *
cc_source_line(const struct cc_source *source, uint32_t line, size_t *length)
{
  const char *at;

  if (line == 0 || line > source->line_count)
    return NULL;
  at = source->shown + source->lines[line - 1];
  *length = strcspn(at, "\r\n");
  return at;
}

void
cc_config_read_text(const char *text, size_t length, const char *name, struct cc_reading *reading,
                    struct cc_config **out)
{
  *out = cc_config_new_default();
  cc_config_add_text(*out, text, length, name, reading, NULL);
}

int
cc_config_read_file(const char *path, struct cc_reading *reading, struct cc_config **out, struct cc_error *err)
{
  bool standard_input = strcmp(path, "-") == 0;
  cc_auto_close int opened = standard_input ? -1 : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  cc_auto_free char *text = NULL;
  size_t length;
  struct stat st;

  if (!standard_input && (opened < 0 || fstat(opened, &st) < 0))
    return cc_error_set(err, errno, "open `%s`", path);
  if (!standard_input && !S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
    return cc_error_set(err, 0, "`%s` is not a file", path);
  /* a FIFO of a shell's <( ) was opened without waiting, and is read with */
  if (opened >= 0 && fcntl(opened, F_SETFL, 0) < 0)
    return cc_error_set(err, errno, "`%s`", path);
  if (cc_read_all(standard_input ? STDIN_FILENO : opened, CC_JSON5_MAX_SIZE, path, &text, &length, err) < 0)
    return CC_FAILED;
  cc_config_read_text(text, length, standard_input ? "standard input" : path, reading, out);
  return 0;
}

int
cc_config_read(const char *path, struct cc_reading *reading, struct cc_config **out, struct cc_error *err)
{
  cc_auto_config struct cc_config *config = cc_config_new_default();
  struct cc_error own = CC_ERROR_INIT;

  if (cc_config_load_files(config, path, reading, &own) < 0 && reading->problem_count == 0)
    {
      if (!cc_error_is_refusal(&own))
        {
          if (err != NULL)
            *err = own;
          return CC_FAILED;
        }
      cc_reading_note(reading, own.rule, "", 0, 0, own.msg);
    }
  *out = cc_move_ptr(config);
  return 0;
}
