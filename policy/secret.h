/* Which names are those of secrets: what they hold is never shown. */
#ifndef CC_POLICY_SECRET_H
#define CC_POLICY_SECRET_H

#include <stdbool.h>

/* True when NAME (of a variable or of a key, any case of letters) says that its value is a secret: a word of it is
 * "token", "secret", "password" or one of their kind, or it ends with "key" as in API_KEY and apiKey. */
bool cc_name_is_secret(const char *name);

/* True when VALUE itself looks like a secret: it begins as the tokens of well-known services do ("sk-", "ghp_",
 * "AKIA", "xoxb-", a private key's first line, …), or is a URL with a password in it. */
bool cc_value_is_secret(const char *value);

#endif
