#include "cli/ages.h"

#include "common/own.h"

#include <inttypes.h>
#include <time.h>

char *
cli_age(int64_t milliseconds)
{
  int64_t seconds = (int64_t)time(NULL) - milliseconds / 1000;

  if (milliseconds == 0)
    return cc_xstrdup("?");
  if (seconds < 60)
    return cc_xasprintf("%" PRId64 "s", seconds < 0 ? 0 : seconds);
  if (seconds < 3600)
    return cc_xasprintf("%" PRId64 "m", seconds / 60);
  if (seconds < 48 * 3600)
    return cc_xasprintf("%" PRId64 "h", seconds / 3600);
  return cc_xasprintf("%" PRId64 "d", seconds / (24 * 3600));
}

char *
cli_moment(int64_t milliseconds)
{
  time_t seconds = (time_t)(milliseconds / 1000);
  char text[40];
  struct tm tm;

  if (milliseconds == 0 || gmtime_r(&seconds, &tm) == NULL)
    return cc_xstrdup("");
  strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
  return cc_xstrdup(text);
}
