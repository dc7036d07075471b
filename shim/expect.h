/* What a created process must look like to the kernel: decided at create, read back at start (shim/attest.h).
 *
 * It is computed from the configuration as the low-level runtime gets it, and from the objects that were judged, not
 * from their paths. Numbers of users and groups are the runtime's own, as /proc shows them to it. */
#ifndef CC_SHIM_EXPECT_H
#define CC_SHIM_EXPECT_H

#include "common/error.h"
#include "common/json.h"
#include "policy/policy.h"
#include "shim/pins.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of /proc/PID/status. */
enum cc_capability_set
{
  CC_CAP_INHERITABLE,
  CC_CAP_PERMITTED,
  CC_CAP_EFFECTIVE,
  CC_CAP_BOUNDING,
  CC_CAP_AMBIENT,
  CC_CAP_SETS
};

enum cc_namespace
{
  CC_NS_CGROUP,
  CC_NS_IPC,
  CC_NS_MOUNT,
  CC_NS_NETWORK,
  CC_NS_PID,
  CC_NS_TIME,
  CC_NS_USER,
  CC_NS_UTS,
  CC_NAMESPACES
};

/* The specification's name of each, and that of its file in /proc/PID/ns. */
extern const struct cc_namespace_name
{
  const char *spec, *proc;
} cc_namespace_names[CC_NAMESPACES];

enum cc_namespace_kind
{
  CC_NS_HOSTS, /* the runtime's own one */
  CC_NS_NEW,   /* one that neither the runtime nor process 1 is in */
  CC_NS_JOINED /* the one that was at a path at create */
};

struct cc_expect_namespace
{
  enum cc_namespace_kind kind;
  uint64_t ino; /* CC_NS_JOINED: its number, which is the inode's in nsfs */
};

/* A file, as statx(2) names it. */
struct cc_expect_object
{
  uint32_t major, minor;
  uint64_t ino;
};

enum cc_mount_flag
{
  CC_MOUNT_RO = 1,
  CC_MOUNT_NOSUID = 2,
  CC_MOUNT_NODEV = 4,
  CC_MOUNT_NOEXEC = 8
};

struct cc_expect_mount
{
  char *destination;              /* as configured */
  char *place;                    /* where that is when the image's links are followed */
  char *type;                     /* of its filesystem, "" for a bind */
  struct cc_expect_object object; /* a bind's */
  unsigned flags;                 /* of enum cc_mount_flag: those that must be set */
  uint64_t size;                  /* a tmpfs's limit in bytes, 0 for none */
  bool below;                     /* other mounts may be below it … */
  unsigned below_flags;           /* … when they have these */
};

struct cc_expect_device
{
  char *path;
  uint32_t major, minor;
};

struct cc_expect
{
  uint64_t capabilities[CC_CAP_SETS]; /* at most these */
  bool no_new_privs, seccomp;
  bool network_none; /* the filter has no netlink sockets */
  bool terminal;
  bool hooks; /* NVIDIA's hook was there, which mounts devices and libraries of its own choice */
  uint32_t uid, gid;
  uint32_t *groups; /* beside gid */
  size_t group_count;
  struct cc_expect_namespace namespaces[CC_NAMESPACES];
  struct cc_expect_object root;
  bool root_read_only, below_root; /* other mounts came with it */
  struct cc_expect_mount *mounts;  /* in the order in which they are mounted */
  size_t mount_count;
  struct cc_strings masked, read_only; /* paths */
  struct cc_expect_device *devices;    /* which a runtime may bind from the host */
  size_t device_count;
  char *cgroup; /* what its path ends with, "" when nobody can tell */
};

/* What it is computed from. Nothing is owned. */
struct cc_expect_source
{
  const struct cc_jval *spec; /* the hardened configuration */
  const struct cc_pins *pins;
  int rootfs_fd;
  bool network_none;
  bool systemd_cgroup; /* the low-level runtime was told to let systemd make the cgroup */
};

/* Computes *OUT, the caller's (cc_expect_clear). Looks at the engine's files that are bound, at the image's links and
 * at namespaces that are joined; fails when one of these is not there. */
int cc_expect_make(const struct cc_expect_source *source, struct cc_expect *out, struct cc_error *err);

/* As one line of JSON without a newline. *OUT is malloc'd and the caller's. */
int cc_expect_write(const struct cc_expect *expect, char **out, struct cc_error *err);

/* Reads that. Everything must be there: a text that was cut or written by another version is an error. */
int cc_expect_read(const char *text, struct cc_expect *out, struct cc_error *err);

void cc_expect_clear(struct cc_expect *expect);

#endif
