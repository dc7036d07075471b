#include "shim/report.h"

#include "common/own.h"

#include <stdarg.h>
#include <string.h>

static struct cc_finding *
add(struct cc_report *report)
{
  struct cc_finding *f;

  report->items = cc_xrealloc(report->items, (report->count + 1) * sizeof(*report->items));
  f = &report->items[report->count++];
  memset(f, 0, sizeof(*f));
  return f;
}

static char *CC_PRINTF(1, 0) format(const char *fmt, va_list ap)
{
  char *s = NULL;

  if (vasprintf(&s, fmt, ap) < 0)
    abort();
  return s;
}

int
cc_report_tighten(struct cc_report *report, const char *rule, const char *place, const char *was, const char *now_fmt,
                  ...)
{
  struct cc_finding *f = add(report);
  va_list ap;

  f->kind = CC_TIGHTENED;
  f->rule = rule;
  f->what = cc_xstrdup(place);
  f->was = cc_xstrdup(was);
  va_start(ap, now_fmt);
  f->now = format(now_fmt, ap);
  va_end(ap);
  return 0;
}

int
cc_report_refuse(struct cc_report *report, const char *rule, const char *fmt, ...)
{
  struct cc_finding *f = add(report);
  va_list ap;

  f->kind = CC_REFUSED;
  f->rule = rule;
  va_start(ap, fmt);
  f->what = format(fmt, ap);
  va_end(ap);
  report->refusals++;
  return 0;
}

const struct cc_finding *
cc_report_first_refusal(const struct cc_report *report)
{
  for (size_t i = 0; i < report->count; i++)
    if (report->items[i].kind == CC_REFUSED)
      return &report->items[i];
  return NULL;
}

void
cc_report_clear(struct cc_report *report)
{
  for (size_t i = 0; i < report->count; i++)
    {
      free(report->items[i].what);
      free(report->items[i].was);
      free(report->items[i].now);
    }
  free(report->items);
  memset(report, 0, sizeof(*report));
}
