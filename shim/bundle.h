/* The bundle: opened once, read and written through its descriptor. */
#ifndef CC_SHIM_BUNDLE_H
#define CC_SHIM_BUNDLE_H

#include "common/error.h"
#include "common/json.h"
#include "shim/report.h"

#include <sys/stat.h>

struct cc_bundle
{
  int fd;              /* O_PATH directory, -1 when closed */
  char *path;          /* absolute, as the kernel names it */
  struct cc_json *doc; /* config.json */
  struct stat st;      /* of config.json */
  int rootfs_fd;       /* O_PATH of root.path, -1 when it cannot be opened yet */
};

#define CC_BUNDLE_INIT                                                                                                 \
  {                                                                                                                    \
    -1, NULL, NULL, { 0 }, -1                                                                                          \
  }

/* Opens PATH (NULL: the working directory) and reads its config.json strictly. The directory and the file must be
 * root's or the caller's own and writable by nobody else (CVE-2021-41103), and nobody else may rename a directory above
 * them, since the low-level runtime opens the bundle by its path again. Rules: "bundle", "json", "config". */
int cc_bundle_open(const char *path, struct cc_bundle *out, struct cc_error *err);

/* The same for somebody who only looks: who may change the bundle is noted in FINDINGS, and reading goes on. ERR may
 * not be NULL. */
int cc_bundle_look(const char *path, struct cc_report *findings, struct cc_bundle *out, struct cc_error *err);

/* Writes the document back, atomically, with the file's mode and owner. */
int cc_bundle_save(const struct cc_bundle *bundle, struct cc_error *err);

/* Removes what a killed cc_bundle_save may have left in the bundle at PATH, a state's. */
void cc_bundle_forget(const char *path);

void cc_bundle_close(struct cc_bundle *bundle);

#endif
