#include "common/json_text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* Length of the UTF-8 sequence at S (LEFT bytes), 0 when it is not valid: overlong forms, surrogates and
 * values over U+10FFFF are not. yajl lets them pass, Go turns them into U+FFFD. */
static size_t
utf8_length(const unsigned char *s, size_t left)
{
  static const unsigned char low[] = { 0, 0, 0x80, 0xa0, 0x90 };
  size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;

  if (n == 0 || left < n)
    return 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80)
      return 0;
  if ((s[0] == 0xe0 || s[0] == 0xf0) && s[1] < low[n])
    return 0;
  if ((s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f))
    return 0;
  return n;
}

/* The four hex digits at S, or -1. */
static int
hex4(const unsigned char *s, size_t left)
{
  int value = 0;

  if (left < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      if (!isxdigit(s[i]))
        return -1;
      value = value * 16 + (s[i] <= '9' ? s[i] - '0' : (s[i] | 32) - 'a' + 10);
    }
  return value;
}

/* Length of the escape at S (LEFT bytes, S[0] is '\\'), 0 when it is \u0000 or half a surrogate pair. Other mistakes
 * are left to yajl. */
static size_t
escape_length(const unsigned char *s, size_t left)
{
  int unit, low;

  if (left < 2 || s[1] != 'u')
    return 2;
  unit = hex4(s + 2, left - 2);
  if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return 0;
  if (unit < 0xd800 || unit > 0xdbff)
    return 6;
  if (left < 12 || s[6] != '\\' || s[7] != 'u')
    return 0;
  low = hex4(s + 8, left - 8);
  return low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

/* How many bytes at S, in steps of eight, are neither NUL nor '\\' nor over 127: what a text mostly is. */
static size_t
plain_length(const unsigned char *s, size_t left)
{
  const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
  size_t n = 0;

  for (uint64_t word; left - n >= sizeof(word); n += sizeof(word))
    {
      uint64_t escape;

      memcpy(&word, s + n, sizeof(word));
      escape = word ^ (ones * '\\');
      if (((word | (word - ones) | (escape - ones)) & tops) != 0)
        break;
    }
  return n;
}

int
cc_json_check_text(const char *text, size_t length, const char *what, struct cc_error *err)
{
  const unsigned char *s = (const unsigned char *)text;

  for (size_t i = 0; i < length;)
    {
      size_t n = plain_length(s + i, length - i);

      i += n;
      if (i == length)
        break;
      n = 1;
      if (s[i] == '\\')
        n = escape_length(s + i, length - i);
      else if (s[i] >= 0x80)
        n = utf8_length(s + i, length - i);
      else if (s[i] == 0)
        n = 0;
      if (n == 0)
        return cc_error_refuse(
            err, "json",
            "%s: byte %zu: a NUL, half a surrogate pair or invalid UTF-8: parsers read it differently; "
            "write plain UTF-8",
            what, i);
      i += n;
    }
  return 0;
}

size_t
cc_json_valid_length(const char *text, size_t length)
{
  const unsigned char *s = (const unsigned char *)text;
  size_t i = 0;

  while (i < length)
    {
      size_t n = s[i] < 0x80 ? 1 : utf8_length(s + i, length - i);

      if (n == 0)
        break;
      i += n;
    }
  return i;
}
