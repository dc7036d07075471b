/* The places of a host that no container may see, and the names that are never shown wherever they lie.
 * Tables and text only; policy/binds.c compares them with what a source really is. Internal to policy/. */
#ifndef CC_POLICY_PLACES_H
#define CC_POLICY_PLACES_H

#include "common/error.h"
#include "policy/mountinfo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cc_place_kind
{
  CC_PLACE_SYSTEM, /* blocked with everything below it */
  CC_PLACE_MEDIUM, /* the same, and filesystems mounted below it are blocked under any other name too */
  CC_PLACE_ENGINE, /* state of an engine or kubelet: the data of volumes is not the engine's own */
  CC_PLACE_HOME,   /* root's home: only sandboxes under it are not blocked */
  CC_PLACE_STATE,  /* state of ClosedClaw: only sandboxes under it are not blocked */
  CC_PLACE_HOMES,  /* holds homes: itself and each whole home */
  CC_PLACE_USER,   /* one user's home elsewhere: itself as a whole */
};

struct cc_place
{
  enum cc_place_kind kind;
  char *real;                  /* path without links */
  bool present;                /* it exists, and what follows is known */
  uint32_t major, minor;       /* of stat's device */
  uint64_t ino, mount;         /* stx_ino, stx_mnt_id */
  uint32_t fs_major, fs_minor; /* of mountinfo: differs from stat's device on btrfs */
  char *fs_path;               /* path inside its filesystem, NULL until cc_places_locate() */
};

struct cc_places
{
  struct cc_place *items;
  size_t count;
  uint64_t root_mount;             /* stx_mnt_id of "/" */
  uint32_t root_major, root_minor; /* its device */
  uint64_t root_ino;
  bool aliased; /* a place lies on another mount, so it may have a second path on the root mount */
};

/* Fills in *OUT, the caller's, with the fixed places, the homes of /etc/passwd, and EXTRA (engine
 * directories; may be NULL, ends with NULL). One statx per place. */
int cc_places_init(const char *const *extra, struct cc_places *out, struct cc_error *err);

/* Fills in where each place lies in its filesystem. A place whose mount is not in TABLE stays without. */
void cc_places_locate(struct cc_places *places, const struct cc_mountinfo *table);
void cc_places_clear(struct cc_places *places);

/* ROOT, a mount's root field, and REST, "" or "/…", as one path. malloc'd. */
char *cc_places_join(const char *root, const char *rest);

/* The part of PATH after DIR: "" or "/…"; NULL when PATH is not DIR or below it. */
const char *cc_places_rest(const char *path, const char *dir);

enum cc_name_verdict
{
  CC_NAME_FINE,
  CC_NAME_CREDENTIAL,
  CC_NAME_STATE
};

/* Judges the components of PATH by their names. SANDBOX: PATH is already inside a sandbox's workspace, where only
 * credentials count. READ_ONLY: skills may be shown then. *NAME is the offending component's start in PATH. */
enum cc_name_verdict cc_names_judge(const char *path, bool sandbox, bool read_only, const char **name);

/* How many bytes of PATH name one sandbox of a gateway (`/home/a/.openclaw/sandboxes/x`), whatever follows; 0 for none.
 */
size_t cc_names_sandbox(const char *path);

/* True when REST, below a home directory, starts with the name of something that holds credentials. */
bool cc_names_home_credential(const char *rest);

/* True when REST, below a home directory, is a sandbox in the state directory of a gateway there. */
bool cc_names_home_sandbox(const char *rest, bool read_only);

/* True when REST, below an engine's state directory, is the data of a named volume. */
bool cc_names_volume(const char *rest);

/* True when REST, below an engine's state directory, is where the engine puts a mount of a volume's subdirectory. */
bool cc_names_subpath(const char *rest);

/* True for the types of filesystems that show the kernel, devices, or something that cannot be told. */
bool cc_fstype_blocked(const char *type);

#endif
