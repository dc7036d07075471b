/* Some members of a JSON object, without a document of the whole: for long texts of somebody who is trusted. */
#ifndef CC_COMMON_JSON_MEMBERS_H
#define CC_COMMON_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

struct cc_json_member
{
  const char *name;  /* as the text writes it: names with escapes are not found */
  const char *value; /* where its value begins in the text; NULL when it is not there */
};

/* Sets the values of the COUNT MEMBERS, which must be NULL, from the object in TEXT, and looks no further when it has
 * them all. False when TEXT is no object as far as it was looked at, or has one of them twice until then. Not strict
 * beyond that: common/json.h is, and reads whatever somebody else wrote. */
bool cc_json_find_members(const char *text, struct cc_json_member *members, size_t count);

#endif
