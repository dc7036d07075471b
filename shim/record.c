#include "shim/record.h"

#include "common/fd.h"
#include "common/json.h"
#include "common/own.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The file, made 0600 in a directory that is made too when only that is missing. -1 when it cannot be had safely. */
static int
open_record(const char *file)
{
  cc_auto_free char *dir = cc_xstrdup(file);
  cc_auto_close int fd = -1;
  struct stat st;
  char *slash = strrchr(dir, '/');

  if (slash != NULL && slash != dir)
    {
      *slash = '\0';
      mkdir(dir, 0700);
    }
  fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
  if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
    return -1;
  return cc_move_fd(&fd);
}

static struct cc_jval *
new_record(struct cc_json *doc, const char *event, const char *id, const char *call)
{
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  struct timespec ts;
  struct tm tm;
  char when[40];

  clock_gettime(CLOCK_REALTIME, &ts);
  gmtime_r(&ts.tv_sec, &tm);
  strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
  cc_jset_str(doc, o, "time", when);
  cc_jset_str(doc, o, "event", event);
  cc_jset_str(doc, o, "call", call);
  cc_jset_str(doc, o, "container", id != NULL ? id : "");
  return o;
}

/* One write(2) for a line, so that lines of parallel calls do not mix. */
static void
append(int fd, const struct cc_jval *o)
{
  cc_auto_free char *text = NULL, *line = NULL;
  size_t length;

  if (cc_json_write(o, &text, &length, NULL) < 0)
    return;
  line = cc_xasprintf("%s\n", text);
  if (write(fd, line, length + 1) < 0)
    return;
}

void
cc_record_refusal(const char *file, const char *id, const char *call, const struct cc_error *err)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  cc_auto_close int fd = file != NULL && file[0] != '\0' ? open_record(file) : -1;
  struct cc_jval *o;

  if (fd < 0)
    return;
  o = new_record(doc, "refused", id, call);
  cc_jset_str(doc, o, "rule", err->rule);
  cc_jset_str(doc, o, "message", err->msg);
  append(fd, o);
}

void
cc_record_report(const char *file, const char *id, const char *call, const struct cc_report *report)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  cc_auto_close int fd = file != NULL && file[0] != '\0' ? open_record(file) : -1;

  for (size_t i = 0; fd >= 0 && i < report->count; i++)
    {
      const struct cc_finding *f = &report->items[i];
      bool refused = f->kind == CC_REFUSED;
      struct cc_jval *o = new_record(doc, refused ? "would-refuse" : "would-tighten", id, call);

      cc_jset_str(doc, o, "rule", f->rule);
      cc_jset_str(doc, o, refused ? "message" : "place", f->what);
      if (!refused)
        {
          cc_jset_str(doc, o, "was", f->was);
          cc_jset_str(doc, o, "now", f->now);
        }
      append(fd, o);
    }
}
