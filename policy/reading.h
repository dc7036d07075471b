/* Reading a configuration for somebody who wants to know all about it: every error at once, and the texts kept, so that
 * the lines can be shown. The runtime itself stops at the first error (policy/config.h); what is an error is the same.
 */
#ifndef CC_POLICY_READING_H
#define CC_POLICY_READING_H

#include "common/json.h"
#include "policy/config.h"

#include <stddef.h>
#include <stdint.h>

/* One file. */
struct cc_source
{
  char *path;
  char *text; /* NUL-terminated; "" when it could not be read */
  size_t length;
  struct cc_json *doc; /* NULL when it is no JSON5 */
  char *shown;         /* the text without its secrets (policy/secret.h) */
  size_t *lines;       /* where each of its lines begins in it */
  size_t line_count;
};

/* One thing that is wrong. The runtime creates no container because of it. */
struct cc_problem
{
  char *rule;            /* "config" or "config-owner" */
  char *file;            /* path; "" when it is about none */
  uint32_t line, column; /* 0 when it is about the file itself */
  char *text;            /* "`agents.…` is …: why; what to write" without the place */
};

struct cc_reading
{
  struct cc_source *sources; /* in the order in which they were read */
  size_t source_count;
  struct cc_problem *problems;
  size_t problem_count;
};

#define CC_READING_INIT                                                                                                \
  {                                                                                                                    \
    NULL, 0, NULL, 0                                                                                                   \
  }

/* Reads the configuration of the host as the runtime would (PATH as in cc_config_load), and goes on after an error.
 * *OUT, the caller's, is what could be understood; READING, which must be empty before, has the rest. Fails only when
 * nothing at all can be said. */
int cc_config_read(const char *path, struct cc_reading *reading, struct cc_config **out, struct cc_error *err);

/* The same of one file, whoever owns it, and without conf.d: a gateway's configuration, or one that is still written.
 * "-" is the standard input. */
int cc_config_read_file(const char *path, struct cc_reading *reading, struct cc_config **out, struct cc_error *err);

/* The same of a text that is called NAME. Never fails. */
void cc_config_read_text(const char *text, size_t length, const char *name, struct cc_reading *reading,
                         struct cc_config **out);

/* The I-th line (from 1) of SOURCE as it may be shown: where it begins, and its LENGTH without the line's end; NULL
 * when there is none. Secrets are covered. */
const char *cc_source_line(const struct cc_source *source, uint32_t line, size_t *length);

void cc_reading_clear(struct cc_reading *reading);

#endif
