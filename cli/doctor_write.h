/* Changing a file of somebody's, so that nothing is lost and nothing else is changed. */
#ifndef CC_CLI_DOCTOR_WRITE_H
#define CC_CLI_DOCTOR_WRITE_H

#include "common/error.h"

#include <stddef.h>

/* Replaces the file PATH, which must still hold WAS, by NOW: at any instant one of them is there, whole, with the same
 * owner and mode. What it was is copied beside it first, readable by its owner alone; *BACKUP is that path, malloc'd.
 * Refused: a link, another user's file, and a directory in which others may put something else there meanwhile. */
int cli_write_text(const char *path, const char *was, size_t was_length, const char *now, size_t now_length,
                   char **backup, struct cc_error *err);

/* Gives the file PATH, of the caller's own, the permissions MODE. The same is refused. */
int cli_write_mode(const char *path, int mode, struct cc_error *err);

#endif
