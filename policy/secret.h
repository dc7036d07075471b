/* Which names are those of secrets: what they hold is never shown. */
#ifndef CC_POLICY_SECRET_H
#define CC_POLICY_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* True when NAME (of a variable or of a key, any case of letters) says that its value is a secret: a word of it is
 * "token", "secret", "password" or one of their kind, or it ends with "key" as in API_KEY and apiKey. */
bool cc_name_is_secret(const char *name);

/* True when VALUE itself looks like a secret: it begins as the tokens of well-known services do ("sk-", "ghp_",
 * "AKIA", "xoxb-", a private key's first line, …), or is a URL with a password in it. */
bool cc_value_is_secret(const char *value);

/* The configuration TEXT as it may be shown, malloc'd: values of environments, commands of set-ups, and what is a
 * secret by its name or its look are covered with a sign for each character, so that lines and columns stay. It need
 * not be valid. */
char *cc_secret_cover(const char *text, size_t length);

#endif
