/* The one error convention of the project: see docs/error-handling.md.
 *
 * A function that can fail takes a `struct cc_error *` as its last argument and
 * returns 0 (or a non-negative result) on success and a negative number on
 * failure. On failure the error is filled in and every output argument is
 * untouched. Only a program's main() prints an error, once. */
#ifndef CC_COMMON_ERROR_H
#define CC_COMMON_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#define CC_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Returned by the helpers below, so that `return cc_error_set (…)` is one line. */
#define CC_FAILED (-1)

struct cc_error
{
  int errnum;     /* errno of the failing call, 0 when there was none */
  char rule[40];  /* id of the rule that refused; "" for an ordinary failure */
  char msg[1536]; /* one line, no trailing dot or newline, names in `ticks` */
};

#define CC_ERROR_INIT                                                                                                  \
  {                                                                                                                    \
    0, "", ""                                                                                                          \
  }

/* Fills ERR with a failure that is not a matter of policy. ERRNUM is an errno
 * whose text is appended after ": ", or 0. Control characters of the message
 * are replaced by '?', so that a hostile name cannot forge a second line.
 * ERR may be NULL. Returns CC_FAILED. */
int cc_error_set(struct cc_error *err, int errnum, const char *fmt, ...) CC_PRINTF(3, 4);

/* Fills ERR with a refusal by the rule RULE (lower-case words joined by '-').
 * The message reads "what was asked: why; what to do instead". Returns CC_FAILED. */
int cc_error_refuse(struct cc_error *err, const char *rule, const char *fmt, ...) CC_PRINTF(3, 4);

/* Puts "FMT: " before the message that ERR already holds. Returns CC_FAILED. */
int cc_error_prefix(struct cc_error *err, const char *fmt, ...) CC_PRINTF(2, 3);

/* True when ERR holds a refusal by a rule. */
bool cc_error_is_refusal(const struct cc_error *err);

/* Empties ERR for another use. */
void cc_error_clear(struct cc_error *err);

#endif
