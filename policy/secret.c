#include "policy/secret.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Parts of names, in lower case without separators. */
static const char *const parts[]
    = { "token",      "secret",     "password", "passwd",    "passphrase", "credential", "apikey",       "accesskey",
        "privatekey", "signingkey", "bearer",   "authtoken", "sessionkey", "cookie",     "encryptionkey" };

/* First characters of tokens, as their services publish them for secret scanners. */
static const char *const prefixes[]
    = { "sk-",    "sk_live_", "rk_live_", "ghp_",       "gho_",    "ghs_", "ghu_",      "github_pat_",
        "glpat-", "xoxb-",    "xoxp-",    "xapp-",      "AKIA",    "ASIA", "AIza",      "ya29.",
        "npm_",   "pypi-",    "hf_",      "eyJhbGciOi", "dop_v1_", "SG.",  "-----BEGIN" };

bool
cc_name_is_secret(const char *name)
{
  char plain[128];
  size_t n = 0;

  for (; *name != '\0' && n + 1 < sizeof(plain); name++)
    if (isalnum((unsigned char)*name))
      plain[n++] = (char)tolower((unsigned char)*name);
  plain[n] = '\0';
  for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
    if (strstr(plain, parts[i]) != NULL)
      return true;
  return n >= 4 && strcmp(plain + n - 3, "key") == 0 && strcmp(plain, "mainkey") != 0;
}

bool
cc_value_is_secret(const char *value)
{
  const char *scheme = strstr(value, "://"), *at, *colon;

  for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
    if (strncmp(value, prefixes[i], strlen(prefixes[i])) == 0 && strlen(value) >= 16)
      return true;
  if (scheme == NULL)
    return false;
  at = scheme + 3 + strcspn(scheme + 3, "@/");
  colon = memchr(scheme + 3, ':', (size_t)(at - scheme - 3));
  return *at == '@' && colon != NULL && colon + 1 < at;
}
