#include "policy/json5.h"

#include "common/own.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define AT_END (-1)
#define BAD_UTF8 (-2)
#define NUMBER_MAX 512 /* characters of one number: more is no configuration, and hex conversion is quadratic */

struct place
{
  uint32_t line, column;
};

struct scan
{
  struct cc_json *doc;
  const unsigned char *p, *end;
  struct place at;
  const char *name;
  char *buffer; /* of the string or key that is being read */
  size_t used, size;
  struct cc_error *err;
};

/* -- errors -- */

static int fail(const struct scan *s, struct place at, const char *fmt, ...) CC_PRINTF(3, 4);

static int
fail(const struct scan *s, struct place at, const char *fmt, ...)
{
  char text[512];
  va_list ap;

  va_start(ap, fmt);
  vsnprintf(text, sizeof(text), fmt, ap);
  va_end(ap);
  return cc_error_refuse(s->err, "config", "%s:%u:%u: %s", s->name, at.line, at.column, text);
}

/* -- characters -- */

/* Decodes the character at S; *SIZE is its length in bytes. */
static int32_t
decode(const struct scan *s, size_t *size)
{
  static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  size_t left = (size_t)(s->end - s->p);
  uint32_t c;

  *size = 1;
  if (left == 0)
    return AT_END;
  c = s->p[0];
  if (c < 0x80)
    return (int32_t)c;
  *size = (c & 0xe0) == 0xc0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : (c & 0xf8) == 0xf0 ? 4 : 0;
  if (*size == 0 || *size > left)
    return BAD_UTF8;
  c &= 0x7fu >> *size;
  for (size_t i = 1; i < *size; i++)
    {
      if ((s->p[i] & 0xc0) != 0x80)
        return BAD_UTF8;
      c = c << 6 | (s->p[i] & 0x3f);
    }
  if (c < least[*size] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
    return BAD_UTF8;
  return (int32_t)c;
}

static inline int32_t
peek(const struct scan *s)
{
  size_t size;

  /* nearly every character is one of ASCII; a file of 10,000 agents is read in half the time */
  return s->p < s->end && *s->p < 0x80 ? *s->p : decode(s, &size);
}

/* Goes on by one character, which must be there and valid. Lines end as an editor shows them: LF, CR, CR LF. */
static inline void
step(struct scan *s)
{
  size_t size;
  int32_t c;

  if (*s->p >= 0x20 && *s->p < 0x80)
    {
      s->p++;
      s->at.column++;
      return;
    }
  c = decode(s, &size);

  s->p += size;
  if (c == '\n' || (c == '\r' && !(s->p < s->end && *s->p == '\n')))
    s->at = (struct place){ s->at.line + 1, 1 };
  else if (c != '\r')
    s->at.column++;
}

static bool
is_line_end(int32_t c)
{
  return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

static bool
is_space(int32_t c)
{
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0xfeff || c == 0x1680 || (c >= 0x2000 && c <= 0x200a)
         || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0x2028 || c == 0x2029;
}

/* Refuses the character that S is at, where WANTED was expected. */
static int
unexpected(const struct scan *s, const char *wanted)
{
  int32_t c = peek(s);

  if (c == AT_END)
    return fail(s, s->at, "the text ends where %s was expected", wanted);
  if (c == BAD_UTF8)
    return fail(s, s->at, "invalid UTF-8; save the file as UTF-8");
  if (c > ' ' && c < 0x7f)
    return fail(s, s->at, "`%c` where %s was expected", (char)c, wanted);
  return fail(s, s->at, "the character U+%04X where %s was expected", (unsigned)c, wanted);
}

/* -- white space and comments -- */

static int
skip_comment(struct scan *s)
{
  struct place start = s->at;
  bool block;

  step(s);
  if (peek(s) != '/' && peek(s) != '*')
    return fail(s, start, "`/` begins neither `//` nor `/*`");
  block = peek(s) == '*';
  step(s);
  for (;;)
    {
      int32_t c = peek(s);

      if (c == BAD_UTF8)
        return unexpected(s, "a comment");
      if (c == AT_END)
        return block ? fail(s, start, "the comment that begins here is never closed; add `*/`") : 0;
      if (!block && is_line_end(c))
        return 0;
      step(s);
      if (block && c == '*' && peek(s) == '/')
        {
          step(s);
          return 0;
        }
    }
}

static int
skip_space(struct scan *s)
{
  for (;;)
    {
      int32_t c = peek(s);

      if (is_space(c))
        step(s);
      else if (c != '/')
        return 0;
      else if (skip_comment(s) < 0)
        return CC_FAILED;
    }
}

/* -- strings and keys -- */

static void
put_byte(struct scan *s, unsigned byte)
{
  if (s->used == s->size)
    {
      s->size = s->size == 0 ? 256 : s->size * 2;
      s->buffer = cc_xrealloc(s->buffer, s->size);
    }
  s->buffer[s->used++] = (char)byte;
}

static void
put(struct scan *s, uint32_t c)
{
  if (c < 0x80)
    {
      put_byte(s, c);
      return;
    }
  if (c < 0x800)
    put_byte(s, 0xc0 | c >> 6);
  else
    {
      if (c < 0x10000)
        put_byte(s, 0xe0 | c >> 12);
      else
        {
          put_byte(s, 0xf0 | c >> 18);
          put_byte(s, 0x80 | (c >> 12 & 0x3f));
        }
      put_byte(s, 0x80 | (c >> 6 & 0x3f));
    }
  put_byte(s, 0x80 | (c & 0x3f));
}

static int
hex_value(int32_t c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
read_hex(struct scan *s, int digits, uint32_t *out)
{
  uint32_t value = 0;

  for (int i = 0; i < digits; i++)
    {
      int digit = hex_value(peek(s));

      if (digit < 0)
        return unexpected(s,
                          digits == 2 ? "one of the two hex digits of `\\x`" : "one of the four hex digits of `\\u`");
      value = value * 16 + (uint32_t)digit;
      step(s);
    }
  *out = value;
  return 0;
}

/* After "\u", which began at START: one character, of two escapes when it is a surrogate pair. */
static int
read_unicode_escape(struct scan *s, struct place start, uint32_t *out)
{
  uint32_t c = 0, low = 0;

  if (read_hex(s, 4, &c) < 0)
    return CC_FAILED;
  if (c >= 0xd800 && c <= 0xdbff && s->end - s->p >= 2 && s->p[0] == '\\' && s->p[1] == 'u')
    {
      step(s);
      step(s);
      if (read_hex(s, 4, &low) < 0)
        return CC_FAILED;
      if (low >= 0xdc00 && low <= 0xdfff)
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
  if (c >= 0xd800 && c <= 0xdfff)
    return fail(s, start, "half a surrogate pair is no character; write both halves");
  *out = c;
  return 0;
}

/* After the backslash, which was at START. */
static int
read_escape(struct scan *s, struct place start)
{
  static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
  int32_t c = peek(s);
  uint32_t value = (uint32_t)c;
  const char *simple;

  if (c < 0)
    return unexpected(s, "the rest of an escape");
  step(s);
  if (is_line_end(c)) /* a continued line */
    {
      if (c == '\r' && peek(s) == '\n')
        step(s);
      return 0;
    }
  if (c == 'u' || c == 'x')
    {
      if ((c == 'u' ? read_unicode_escape(s, start, &value) : read_hex(s, 2, &value)) < 0)
        return CC_FAILED;
    }
  else if (c == '0')
    value = 0;
  else if (c >= '1' && c <= '9')
    return fail(s, start, "`\\%c` is no escape of JSON5; write `\\x..` or `\\u....`", (char)c);
  else if (c != 0 && c < 0x80 && (simple = strchr(from, c)) != NULL)
    value = (unsigned char)to[simple - from];
  if (value == 0)
    return fail(s, start, "U+0000 cannot be in a string");
  put(s, value);
  return 0;
}

/* Reads a quoted string into the buffer. */
static int
read_string(struct scan *s)
{
  struct place start = s->at;
  int32_t quote = peek(s);

  s->used = 0;
  step(s);
  for (;;)
    {
      struct place at = s->at;
      int32_t c = peek(s);

      if (c == AT_END)
        return fail(s, start, "the string that begins here is never closed; add `%c`", (char)quote);
      if (c == BAD_UTF8)
        return unexpected(s, "a string");
      if (c == 0)
        return fail(s, at, "U+0000 cannot be in a string");
      if (c == '\n' || c == '\r')
        return fail(s, at, "the line ends inside a string; close it, or end the line with `\\` to continue it");
      step(s);
      if (c == quote)
        return 0;
      if (c != '\\')
        put(s, (uint32_t)c);
      else if (read_escape(s, at) < 0)
        return CC_FAILED;
    }
}

/* Reads an unquoted key into the buffer. */
static int
read_identifier(struct scan *s)
{
  s->used = 0;
  for (;;)
    {
      struct place at = s->at;
      int32_t c = peek(s);
      uint32_t value = (uint32_t)c;
      bool escaped = c == '\\';

      if (escaped)
        {
          step(s);
          if (peek(s) != 'u')
            return unexpected(s, "`u`, the only escape that an unquoted key may have,");
          step(s);
          if (read_hex(s, 4, &value) < 0)
            return CC_FAILED;
        }
      if (c == BAD_UTF8)
        return unexpected(s, "a key");
      if (c == AT_END || cc_json5_identifier_class(value) < (s->used == 0 ? 2 : 1))
        {
          if (escaped)
            return fail(s, at, "U+%04X cannot be in an unquoted key; put the key in quotes", (unsigned)value);
          return s->used == 0 ? unexpected(s, "a key or `}`") : 0;
        }
      if (!escaped)
        step(s);
      put(s, value);
    }
}

/* -- numbers -- */

struct number
{
  char text[NUMBER_MAX * 2];
  size_t used;
};

/* NUMBER (decimal digits, most significant last) = NUMBER * 16 + DIGIT */
static void
times_16_plus(struct number *n, int digit)
{
  int carry = digit;

  for (size_t i = 0; i < n->used; i++)
    {
      carry += n->text[i] * 16;
      n->text[i] = (char)(carry % 10);
      carry /= 10;
    }
  for (; carry > 0; carry /= 10)
    n->text[n->used++] = (char)(carry % 10);
}

static int
read_hex_number(struct scan *s, struct number *out)
{
  struct number n = { .used = 0 };

  if (hex_value(peek(s)) < 0)
    return unexpected(s, "a hex digit");
  for (size_t count = 0; hex_value(peek(s)) >= 0; count++, step(s))
    {
      if (count == NUMBER_MAX)
        return fail(s, s->at, "a number of more than %d characters", NUMBER_MAX);
      times_16_plus(&n, hex_value(peek(s)));
    }
  if (n.used == 0)
    out->text[out->used++] = '0';
  while (n.used > 0)
    out->text[out->used++] = (char)('0' + n.text[--n.used]);
  return 0;
}

/* Reads digits, as many as there are, onto N. */
static int
read_digits(struct scan *s, struct number *n, size_t *count)
{
  for (*count = 0; peek(s) >= '0' && peek(s) <= '9'; ++*count, step(s))
    {
      if (n->used >= NUMBER_MAX)
        return fail(s, s->at, "a number of more than %d characters", NUMBER_MAX);
      n->text[n->used++] = (char)peek(s);
    }
  return 0;
}

static int
read_exponent(struct scan *s, struct number *n)
{
  size_t count;

  step(s);
  n->text[n->used++] = 'e';
  if (peek(s) == '+' || peek(s) == '-')
    {
      n->text[n->used++] = (char)peek(s);
      step(s);
    }
  if (read_digits(s, n, &count) < 0)
    return CC_FAILED;
  return count > 0 ? 0 : unexpected(s, "a digit of the exponent");
}

static int
read_decimal_number(struct scan *s, struct number *n)
{
  struct place start = s->at;
  size_t begin = n->used, whole, fraction = 0;

  if (read_digits(s, n, &whole) < 0)
    return CC_FAILED;
  if (whole > 1 && n->text[begin] == '0')
    return fail(s, start, "a number cannot begin with 0; leave the zero out (octal numbers do not exist in JSON5)");
  if (whole == 0)
    n->text[n->used++] = '0';
  if (peek(s) == '.')
    {
      step(s);
      n->text[n->used++] = '.';
      if (read_digits(s, n, &fraction) < 0)
        return CC_FAILED;
      if (fraction == 0)
        n->used--;
    }
  if (whole + fraction == 0)
    return unexpected(s, "a digit");
  return peek(s) == 'e' || peek(s) == 'E' ? read_exponent(s, n) : 0;
}

/* True when WORD is next, and goes past it. What comes after it is the caller's to judge. */
static bool
take_word(struct scan *s, const char *word)
{
  size_t length = strlen(word);

  if ((size_t)(s->end - s->p) < length || memcmp(s->p, word, length) != 0)
    return false;
  s->p += length;
  s->at.column += (uint32_t)length;
  return true;
}

static int
read_number(struct scan *s, struct cc_jval **out)
{
  struct number n = { .used = 0 };
  bool negative = peek(s) == '-';
  int rc;

  if (negative || peek(s) == '+')
    step(s);
  if (take_word(s, "NaN"))
    {
      *out = cc_jnew_number(s->doc, "NaN");
      return 0;
    }
  if (negative)
    n.text[n.used++] = '-';
  if (take_word(s, "Infinity"))
    {
      *out = cc_jnew_number(s->doc, negative ? "-Infinity" : "Infinity");
      return 0;
    }
  if (take_word(s, "0x") || take_word(s, "0X"))
    rc = read_hex_number(s, &n);
  else
    rc = read_decimal_number(s, &n);
  if (rc < 0)
    return CC_FAILED;
  n.text[n.used] = '\0';
  *out = cc_jnew_number(s->doc, n.text);
  return 0;
}

/* -- values -- */

static int read_value(struct scan *s, unsigned depth, struct cc_jval **out);

static void
set_key(struct scan *s, struct place at, struct cc_jval *v)
{
  char *memory = cc_json_alloc(s->doc, sizeof(at) + s->used + 1);

  memcpy(memory, &at, sizeof(at));
  if (s->used > 0)
    memcpy(memory + sizeof(at), s->buffer, s->used);
  v->key = memory + sizeof(at);
}

void
cc_json5_key_place(const struct cc_jval *member, uint32_t *line, uint32_t *column)
{
  struct place at;

  memcpy(&at, member->key - sizeof(at), sizeof(at));
  *line = at.line;
  *column = at.column;
}

static int
compare_keys(const void *a, const void *b)
{
  const struct cc_jval *const *x = a, *const *y = b;
  int order = strcmp((*x)->key, (*y)->key);

  if (order != 0)
    return order;
  return (*x)->line != (*y)->line ? ((*x)->line < (*y)->line ? -1 : 1) : ((*x)->column < (*y)->column ? -1 : 1);
}

/* Sorted, so that a huge object costs n log n. */
static int
check_duplicates(const struct scan *s, const struct cc_jval *object)
{
  cc_auto_free struct cc_jval **all = cc_xcalloc(object->count + 1, sizeof(struct cc_jval *));
  uint32_t n = 0;

  cc_jeach(v, object) all[n++] = v;
  qsort(all, n, sizeof(struct cc_jval *), compare_keys);
  for (uint32_t i = 1; i < n; i++)
    if (strcmp(all[i - 1]->key, all[i]->key) == 0)
      {
        struct place first, second;

        cc_json5_key_place(all[i - 1], &first.line, &first.column);
        cc_json5_key_place(all[i], &second.line, &second.column);
        return fail(s, second, "the key `%s` is already at %u:%u; keep one of them", all[i]->key, first.line,
                    first.column);
      }
  return 0;
}

/* A member, with S at its key. */
static int
read_member(struct scan *s, unsigned depth, struct cc_jval *object)
{
  struct place at = s->at;
  struct cc_jval *v, key = { 0 };
  int32_t c = peek(s);

  if ((c == '"' || c == '\'' ? read_string(s) : read_identifier(s)) < 0)
    return CC_FAILED;
  set_key(s, at, &key);
  if (skip_space(s) < 0)
    return CC_FAILED;
  if (peek(s) != ':')
    return unexpected(s, "`:` after a key");
  step(s);
  if (skip_space(s) < 0 || read_value(s, depth, &v) < 0)
    return CC_FAILED;
  v->key = key.key;
  cc_jappend(object, v);
  return 0;
}

/* An array or object, with S at its bracket. */
static int
read_container(struct scan *s, unsigned depth, struct cc_jval **out)
{
  bool object = peek(s) == '{';
  int32_t close = object ? '}' : ']';
  struct cc_jval *v = cc_jnew(s->doc, object ? CC_JSON_OBJECT : CC_JSON_ARRAY), *item;

  if (depth == CC_JSON5_MAX_DEPTH)
    return fail(s, s->at, "nested deeper than %d levels; flatten it", CC_JSON5_MAX_DEPTH);
  step(s);
  for (;;)
    {
      if (skip_space(s) < 0)
        return CC_FAILED;
      if (peek(s) == close)
        break;
      if (object && read_member(s, depth + 1, v) < 0)
        return CC_FAILED;
      if (!object)
        {
          if (read_value(s, depth + 1, &item) < 0)
            return CC_FAILED;
          cc_jappend(v, item);
        }
      if (skip_space(s) < 0)
        return CC_FAILED;
      if (peek(s) == close)
        break;
      if (peek(s) != ',')
        return unexpected(s, object ? "`,` or `}`" : "`,` or `]`");
      step(s);
    }
  step(s);
  *out = v;
  return object ? check_duplicates(s, v) : 0;
}

/* A bare word is the usual slip of those who write YAML. One that is no word of ours may be a secret. */
#define BARE_WORD_MAX 8
static int
no_value(const struct scan *s)
{
  int length = 0;

  while (s->p + length < s->end && (isalnum(s->p[length]) || s->p[length] == '_' || s->p[length] == '-') && length < 40)
    length++;
  if (length == 0)
    return unexpected(s, "a value");
  for (int i = 0; i < length; i++)
    if (length > BARE_WORD_MAX || !(isalpha((unsigned char)s->p[i]) || s->p[i] == '-'))
      return fail(s, s->at, "this is no value; a string needs quotes: \"…\"");
  return fail(s, s->at, "`%.*s` is no value; a string needs quotes: \"%.*s\"", length, s->p, length, s->p);
}

static int
read_literal(struct scan *s, struct cc_jval **out)
{
  if (take_word(s, "true"))
    *out = cc_jnew_bool(s->doc, true);
  else if (take_word(s, "false"))
    *out = cc_jnew_bool(s->doc, false);
  else if (take_word(s, "null"))
    *out = cc_jnew(s->doc, CC_JSON_NULL);
  else
    return no_value(s);
  return 0;
}

static int
read_value(struct scan *s, unsigned depth, struct cc_jval **out)
{
  struct place at = s->at;
  int32_t c = peek(s);
  bool word = false;

  if (c == '{' || c == '[')
    {
      if (read_container(s, depth, out) < 0)
        return CC_FAILED;
    }
  else if (c == '"' || c == '\'')
    {
      if (read_string(s) < 0)
        return CC_FAILED;
      *out = cc_jnew_strn(s->doc, s->used > 0 ? s->buffer : "", s->used);
    }
  else
    {
      bool number = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'I' || c == 'N';

      if ((number ? read_number(s, out) : read_literal(s, out)) < 0)
        return CC_FAILED;
      word = true;
    }
  /* ECMAScript 5.1, section 7.8.3: no letter or digit directly after a number; a literal is a whole word */
  if (word && (peek(s) == '\\' || (peek(s) > 0 && cc_json5_identifier_class((uint32_t)peek(s)) != 0)))
    return unexpected(s, "the end of the value");
  (*out)->line = at.line;
  (*out)->column = at.column;
  return 0;
}

static int
read_document(struct scan *s)
{
  struct cc_jval *root;

  if (s->end - s->p >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0)
    s->p += 3; /* an editor shows no column for the mark */
  if (skip_space(s) < 0 || read_value(s, 0, &root) < 0 || skip_space(s) < 0)
    return CC_FAILED;
  if (peek(s) != AT_END)
    return unexpected(s, "the end of the text");
  cc_json_set_root(s->doc, root);
  return 0;
}

int
cc_json5_parse(const char *text, size_t length, const char *name, struct cc_json **out, struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct scan s = { .doc = doc,
                    .p = (const unsigned char *)text,
                    .end = (const unsigned char *)text + length,
                    .at = { 1, 1 },
                    .name = name,
                    .err = err };
  int rc;

  if (length > CC_JSON5_MAX_SIZE)
    return fail(&s, s.at, "the text is larger than %u bytes; no configuration needs that", CC_JSON5_MAX_SIZE);
  rc = read_document(&s);
  free(s.buffer);
  if (rc < 0)
    return CC_FAILED;
  *out = cc_move_ptr(doc);
  return 0;
}
