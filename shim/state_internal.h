/* Shared by shim/state*.c only. */
#ifndef CC_SHIM_STATE_INTERNAL_H
#define CC_SHIM_STATE_INTERNAL_H

#include "shim/state.h"

/* A root's name in the directory of states: 16 hexadecimal digits. */
#define CC_STATE_ROOT_DIGITS 16
void cc_state_root_name(const char *root, char *out, size_t size);

/* The directory of all states, and one root's in it: a descriptor, -2 when it is not there and not to be made,
 * CC_FAILED. */
int cc_state_open_top(bool make, struct cc_error *err);
int cc_state_open_directory(int top, const char *name, bool make, struct cc_error *err);

/* cc_state_read() in one root's directory. */
int cc_state_read_at(int dirfd, const char *id, struct cc_state *out, struct cc_error *err);

#endif
