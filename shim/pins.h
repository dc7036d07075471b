/* Pinned sources: what is mounted is the object that was judged, whatever happens to its path meanwhile (kernel-level
 * facts: docs/mount-rules.md, "How a source is pinned").
 *
 * A low-level runtime opens a bind's source by its path, long after the rules looked at it. Somebody who may rename one
 * of the directories above can put a link there in between. So each judged source is copied as a detached mount from
 * its descriptor, the copies are attached on a tmpfs that only this process's own mount namespace has, and the
 * low-level runtime, which runs in that namespace, is given their paths. Nothing has to be taken down afterwards: the
 * namespace ends with its last process, also when that is killed. */
#ifndef CC_SHIM_PINS_H
#define CC_SHIM_PINS_H

#include "common/error.h"
#include "common/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One judged source. */
struct cc_pin
{
  struct cc_jval *mount;       /* its entry of `mounts`; NULL for the root filesystem */
  const struct cc_jval *below; /* the entry of an earlier pin that its target lies in, or NULL */
  char *rest;                  /* where in there, relative and without links, malloc'd; owned */
  int fd;                      /* O_PATH, of the judged object; owned */
  uint32_t major, minor;       /* its device, of statx */
  uint64_t ino;
  bool read_only; /* with everything that is mounted below it */
  bool submounts; /* something is mounted below it */
};

struct cc_pins
{
  struct cc_pin *items;
  size_t count;
  bool below_root; /* something is mounted below the root filesystem, pinned or not */
};

#define CC_PINS_INIT                                                                                                   \
  {                                                                                                                    \
    NULL, 0, false                                                                                                     \
  }

/* Adds PIN, of which everything but device and inode is set; those are read from `fd`. The mount stays the document's;
 * the descriptor and `rest` are the pins' from now on, and gone when this fails. */
int cc_pins_add(struct cc_pins *pins, const struct cc_pin *pin, struct cc_error *err);

/* The pin of MOUNT, or NULL. */
const struct cc_pin *cc_pins_find(const struct cc_pins *pins, const struct cc_jval *mount);

/* Moves this process into a mount namespace of its own, stages every pin on a tmpfs at the directory STAGE there, and
 * lets the sources in DOC (and root.path) name the staged copies. The changed document lies over config.json in BUNDLE,
 * a path that only its owner may change; in this namespace and nowhere else. Mounts of the namespace are slaves of the
 * host's: what is unmounted there goes here too, and nothing that is mounted here is seen there.
 *
 * A source whose target lies in another pin is attached to that one's copy, and its entry taken out of DOC: a runtime
 * would look for the place in a directory that somebody fills with links meanwhile (CVE-2021-30465). A place that is
 * not there is made. Refuses with the rule "bind-target" when a link is in the way.
 *
 * Without pins nothing happens. Each copy is nosuid and nodev (not the root filesystem), private, and
 * read-only where the pin is, with all mounts below it. Fails without CAP_SYS_ADMIN and on kernels
 * before 5.12; the process must end then, since it may be in the new namespace already. */
int cc_pins_stage(const struct cc_pins *pins, struct cc_json *doc, const char *bundle, const char *stage,
                  struct cc_error *err);

void cc_pins_clear(struct cc_pins *pins);

#endif
