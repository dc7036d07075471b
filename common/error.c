#include "common/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
flatten(char *s)
{
  for (; *s; s++)
    if ((unsigned char)*s < 0x20 || *s == 0x7f)
      *s = '?';
}

static void CC_PRINTF(3, 0) set_message(struct cc_error *err, int errnum, const char *fmt, va_list ap)
{
  size_t used;

  vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
  err->errnum = errnum;
  used = strlen(err->msg);
  if (errnum != 0)
    snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", strerror(errnum));
  flatten(err->msg);
}

int
cc_error_set(struct cc_error *err, int errnum, const char *fmt, ...)
{
  va_list ap;

  if (err == NULL)
    return CC_FAILED;
  va_start(ap, fmt);
  err->rule[0] = '\0';
  set_message(err, errnum, fmt, ap);
  va_end(ap);
  return CC_FAILED;
}

int
cc_error_refuse(struct cc_error *err, const char *rule, const char *fmt, ...)
{
  va_list ap;

  if (err == NULL)
    return CC_FAILED;
  va_start(ap, fmt);
  snprintf(err->rule, sizeof(err->rule), "%s", rule);
  set_message(err, 0, fmt, ap);
  va_end(ap);
  return CC_FAILED;
}

int
cc_error_prefix(struct cc_error *err, const char *fmt, ...)
{
  char old[sizeof(err->msg)];
  size_t used;
  va_list ap;

  if (err == NULL)
    return CC_FAILED;
  memcpy(old, err->msg, sizeof(old));
  va_start(ap, fmt);
  vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
  va_end(ap);
  used = strlen(err->msg);
  snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", old);
  flatten(err->msg);
  return CC_FAILED;
}

bool
cc_error_is_refusal(const struct cc_error *err)
{
  return err->rule[0] != '\0';
}

void
cc_error_clear(struct cc_error *err)
{
  memset(err, 0, sizeof(*err));
}
