#include "common/json.h"

#include "common/json_text.h"
#include "common/own.h"

#include <string.h>
#include <yajl/yajl_gen.h>

/* What a parser took is valid. A message that was cut within a character, or a path of a command line, may not be, and
 * no reader takes a line with that in it: each such byte is a `?`. */
static yajl_gen_status
generate_string(yajl_gen gen, const char *text, size_t length)
{
  cc_auto_free char *mended = NULL;
  size_t valid = cc_json_valid_length(text, length);

  if (valid == length)
    return yajl_gen_string(gen, (const unsigned char *)text, length);
  mended = cc_xcalloc(1, length + 1);
  memcpy(mended, text, length);
  for (size_t i = valid; i < length; i += 1 + cc_json_valid_length(mended + i + 1, length - i - 1))
    mended[i] = '?';
  return yajl_gen_string(gen, (const unsigned char *)mended, length);
}

static yajl_gen_status
generate(yajl_gen gen, const struct cc_jval *v)
{
  yajl_gen_status status;

  switch (v->type)
    {
    case CC_JSON_NULL:
      return yajl_gen_null(gen);
    case CC_JSON_BOOL:
      return yajl_gen_bool(gen, v->boolean);
    case CC_JSON_NUMBER:
      return yajl_gen_number(gen, v->text, v->length);
    case CC_JSON_STRING:
      return generate_string(gen, v->text, v->length);
    case CC_JSON_ARRAY:
    case CC_JSON_OBJECT:
      break;
    }
  status = v->type == CC_JSON_ARRAY ? yajl_gen_array_open(gen) : yajl_gen_map_open(gen);
  cc_jeach(c, v)
  {
    if (status == yajl_gen_status_ok && v->type == CC_JSON_OBJECT)
      status = generate_string(gen, c->key, strlen(c->key));
    if (status == yajl_gen_status_ok)
      status = generate(gen, c);
  }
  if (status != yajl_gen_status_ok)
    return status;
  return v->type == CC_JSON_ARRAY ? yajl_gen_array_close(gen) : yajl_gen_map_close(gen);
}

static int
write_value(const struct cc_jval *value, bool pretty, char **out, size_t *length, struct cc_error *err)
{
  yajl_gen gen = yajl_gen_alloc(NULL);
  const unsigned char *text;
  size_t n = 0;
  yajl_gen_status status;

  if (gen == NULL)
    abort();
  if (pretty)
    {
      yajl_gen_config(gen, yajl_gen_beautify, 1);
      yajl_gen_config(gen, yajl_gen_indent_string, "  ");
    }
  status = generate(gen, value);
  if (status == yajl_gen_status_ok)
    status = yajl_gen_get_buf(gen, &text, &n);
  if (status != yajl_gen_status_ok)
    {
      yajl_gen_free(gen);
      return cc_error_set(err, 0, "cannot write the JSON document (yajl status %d)", (int)status);
    }
  *out = cc_xcalloc(1, n + 1);
  memcpy(*out, text, n);
  *length = n;
  yajl_gen_free(gen);
  return 0;
}

int
cc_json_write(const struct cc_jval *value, char **out, size_t *length, struct cc_error *err)
{
  return write_value(value, false, out, length, err);
}

/* yajl writes an empty array or object as three lines: closes it up. In place; returns the new length. */
static size_t
close_empty(char *text, size_t length)
{
  size_t used = 0;
  bool string = false;

  for (size_t i = 0; i < length; i++)
    {
      if (string && text[i] == '\\')
        text[used++] = text[i++];
      else if (text[i] == '"')
        string = !string;
      text[used++] = text[i];
      if (!string && (text[i] == '[' || text[i] == '{'))
        {
          size_t blank = strspn(text + i + 1, " \n");

          if (text[i + 1 + blank] == (text[i] == '[' ? ']' : '}'))
            i += blank;
        }
    }
  text[used] = '\0';
  return used;
}

int
cc_json_write_pretty(const struct cc_jval *value, char **out, size_t *length, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  size_t n = 0;

  if (write_value(value, true, &text, &n, err) < 0)
    return CC_FAILED;
  n = close_empty(text, n);
  text = cc_xrealloc(text, n + 2);
  if (n == 0 || text[n - 1] != '\n') /* yajl ends a container with a newline, a scalar without */
    {
      text[n++] = '\n';
      text[n] = '\0';
    }
  *length = n;
  *out = cc_move_ptr(text);
  return 0;
}
