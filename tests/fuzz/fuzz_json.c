/* The strict JSON reader. What it takes must come back the same, and must be what every other parser reads too. */
#include "common/json.h"
#include "common/own.h"
#include "invariants.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Well-formed UTF-8 (RFC 3629), decoded by the book. */
static bool
is_utf8(const char *s, size_t n)
{
  for (size_t i = 0; i < n;)
    {
      unsigned char c = (unsigned char)s[i];
      unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
      uint32_t code = more == 0 ? c : c & (0x3fu >> more);
      static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

      if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || i + more >= n)
        return false;
      for (unsigned k = 1; k <= more; k++)
        {
          if (((unsigned char)s[i + k] & 0xc0) != 0x80)
            return false;
          code = code << 6 | ((unsigned char)s[i + k] & 0x3f);
        }
      if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return false;
      i += more + 1;
    }
  return true;
}

static size_t
digits(const char *s)
{
  return strspn(s, "0123456789");
}

/* RFC 8259, section 6. */
static bool
is_number(const char *s)
{
  s += *s == '-';
  if (digits(s) == 0 || (*s == '0' && digits(s) > 1))
    return false;
  s += digits(s);
  if (*s == '.')
    {
      if (digits(s + 1) == 0)
        return false;
      s += 1 + digits(s + 1);
    }
  if (*s == 'e' || *s == 'E')
    {
      s += s[1] == '+' || s[1] == '-' ? 2 : 1;
      if (digits(s) == 0)
        return false;
      s += digits(s);
    }
  return *s == '\0';
}

static void
require_strict(const struct cc_jval *v, unsigned depth, const char *text)
{
  uint32_t count = 0;

  require(v->first == NULL || depth <= CC_JSON_MAX_DEPTH, "depth", text);
  if (v->type == CC_JSON_STRING)
    require(strlen(v->text) == v->length && is_utf8(v->text, v->length), "strings without NUL, in UTF-8", text);
  if (v->type == CC_JSON_NUMBER)
    require(is_number(v->text), "numbers", text);
  cc_jeach(c, v)
  {
    count++;
    if (v->type == CC_JSON_OBJECT)
      {
        require(is_utf8(c->key, strlen(c->key)), "keys in UTF-8", text);
        for (const struct cc_jval *d = c->next; d != NULL && count < 64; d = d->next)
          require(!cc_json_fold_equal(c->key, d->key), "no two keys that are equal but for case", text);
      }
    require_strict(c, depth + 1, text);
  }
  require(count == v->count, "count", text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *doc = NULL, *again = NULL;
  cc_auto_free char *text = NULL, *text_again = NULL;

  if (size > 65536)
    return -1;
  if (cc_json_parse((const char *)data, size, "fuzz", &doc, &err) < 0)
    {
      require(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL, "an error is one line", err.msg);
      return 0;
    }
  text = to_text(cc_json_root(doc));
  require_strict(cc_json_root(doc), 1, text);
  again = from_text(text);
  text_again = to_text(cc_json_root(again));
  require(strcmp(text, text_again) == 0, "what is written reads as the same", text);
  return 0;
}
