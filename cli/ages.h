/* Moments, for people. */
#ifndef CC_CLI_AGES_H
#define CC_CLI_AGES_H

#include <stdint.h>

/* How long ago MILLISECONDS since 1970 was, "3s", "5m", "2h", "40d"; "?" for 0. Malloc'd. */
char *cli_age(int64_t milliseconds);
/* "2026-01-31T12:00:00Z", malloc'd; "" for 0. */
char *cli_moment(int64_t milliseconds);

#endif
