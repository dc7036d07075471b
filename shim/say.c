#include "shim/say.h"

#include "common/fd.h"
#include "common/json.h"
#include "common/own.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
cc_say_line(const struct cc_error *err, char *out, size_t size)
{
  if (cc_error_is_refusal(err))
    snprintf(out, size, "closedclaw: refused [%s] %s", err->rule, err->msg);
  else
    snprintf(out, size, "closedclaw: %s", err->msg);
}

static void
now_rfc3339(char *out, size_t size)
{
  struct timespec ts;
  struct tm tm;

  clock_gettime(CLOCK_REALTIME, &ts);
  gmtime_r(&ts.tv_sec, &tm);
  strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* One object on one line: {"level":"error","msg":…,"time":…}. */
static char *
json_line(const char *line, const char *when)
{
  cc_auto_json struct cc_json *doc = cc_json_new();
  struct cc_jval *o = cc_jnew(doc, CC_JSON_OBJECT);
  cc_auto_free char *text = NULL;
  size_t length;

  cc_jset_str(doc, o, "level", "error");
  cc_jset_str(doc, o, "msg", line);
  cc_jset_str(doc, o, "time", when);
  if (cc_json_write(o, &text, &length, NULL) < 0)
    return cc_xstrdup("{\"level\":\"error\",\"msg\":\"closedclaw: refused\"}\n");
  return cc_xasprintf("%s\n", text);
}

static char *
logfmt_line(const char *line, const char *when)
{
  cc_auto_free char *quoted = cc_xcalloc(2, strlen(line) + 1);
  char *q = quoted;

  for (const char *p = line; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        *q++ = '\\';
      *q++ = *p;
    }
  return cc_xasprintf("time=\"%s\" level=error msg=\"%s\"\n", when, quoted);
}

/* True when the engine will show LINE from its log. Podman reads the log whole, as one object: behind the line of an
 * earlier refused start, it would show nothing. */
static bool
write_log(const struct cc_cmdline *c, const char *line)
{
  const char *path = c->value[CC_OPT_LOG], *format = c->value[CC_OPT_LOG_FORMAT];
  cc_auto_free char *text = NULL;
  cc_auto_close int fd = -1;
  struct stat st;
  char when[40];

  if (path != NULL && strncmp(path, "file:", 5) == 0) /* crun's form */
    path += 5;
  if (path == NULL || path[0] == '\0')
    return false;
  /* O_NONBLOCK: a FIFO without a reader must not hang the engine */
  fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
  if (fd < 0 || fstat(fd, &st) < 0)
    return false;
  now_rfc3339(when, sizeof(when));
  text = format != NULL && strcmp(format, "json") == 0 ? json_line(line, when) : logfmt_line(line, when);
  return cc_write_all(fd, text, strlen(text)) == 0 && st.st_size == 0;
}

int
cc_say_failure(const struct cc_cmdline *c, const struct cc_error *err)
{
  char line[sizeof(err->msg) + 80];
  bool shown;

  cc_say_line(err, line, sizeof(line));
  shown = write_log(c, line);
  if (!shown || (c->sub != CC_SUB_CREATE && c->sub != CC_SUB_EXEC))
    dprintf(STDERR_FILENO, "%s\n", line);
  return cc_error_is_refusal(err) ? CC_EXIT_REFUSED : CC_EXIT_FAILURE;
}
