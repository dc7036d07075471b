/* Mount options as runtimes read them: words, and key=value data (runtime-spec config.md, "Mounts"). */
#ifndef CC_SHIM_MOUNT_OPTIONS_H
#define CC_SHIM_MOUNT_OPTIONS_H

#include "common/json.h"

#include <stdbool.h>
#include <stdint.h>

/* True when the mount M is a bind: by its type, or by an option (a mount of CDI has no type). */
bool cc_mount_is_bind(const struct cc_jval *m);

/* The last of the words A and B (such as "ro" and "rw") in OPTIONS, or NULL. */
const char *cc_mount_last_of(const struct cc_jval *options, const char *a, const char *b);

/* The value of the last "KEY=…" in OPTIONS, or NULL. KEY includes the '='. */
const char *cc_mount_value(const struct cc_jval *options, const char *key);

/* Takes out every option that is WORD, or with a final '=' that starts with it. */
void cc_mount_remove(struct cc_jval *options, const char *word);

/* Takes out the words that engines leave in the options and that no runtime gives a meaning. */
void cc_mount_remove_ignored(struct cc_jval *options);

/* The first option that a mount of TYPE ("bind", "tmpfs", …) may not have, or NULL. */
const char *cc_mount_refused_option(const struct cc_jval *options, const char *type);

/* The first propagation word that lets mounts travel out of the container, or NULL; *ANY: there is a propagation word.
 */
const char *cc_mount_refused_propagation(const struct cc_jval *options, bool *any);

/* The options joined by ','. malloc'd. */
char *cc_mount_options_text(const struct cc_jval *options);

/* Reads a size of tmpfs(5) as "64m" or "65536k" into *OUT. -1 for a percentage or anything else. */
int cc_mount_size(const char *text, uint64_t *out);

#endif
