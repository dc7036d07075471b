/* The words of a command line, as far as any shell agrees on them. */
#ifndef CC_POLICY_SHELL_WORDS_H
#define CC_POLICY_SHELL_WORDS_H

#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>

#define CC_SHELL_LINE_MAX 65536u

/* Splits LINE into the words of the one simple command that it is, with quotes and backslashes taken off. Everything
 * that could be more than that (another command, a redirection, a substitution, a variable, a pattern, a comment, an
 * assignment before the command, a word that shells reserve, an open quote) and everything that shells read differently
 * makes it fail: then *WHY (static) says what it was, and nothing is known of the line. True with *OUT, the caller's
 * (cc_shell_words_clear), at least one word. */
bool cc_shell_words(const char *line, struct cc_strings *out, const char **why);

void cc_shell_words_clear(struct cc_strings *words);

#endif
