/* A container of the test's own: a process in namespaces, with mounts, a cgroup and a filter, as a low-level runtime
 * leaves it when create returns; and what must be found in it. A case is that container, altered in one place. */
#ifndef CC_TESTS_UNIT_MODEL_H
#define CC_TESTS_UNIT_MODEL_H

#include "shim/attest.h"

#include <stdbool.h>
#include <sys/types.h>

#define MODEL_UID 65532u
#define MODEL_MEMORY (64u << 20)
#define MODEL_PIDS 32

struct model
{
  pid_t pid;
  struct cc_attest_subject subject;
  struct cc_expect expect;
  struct cc_attest_limits limits;
};

/* How the container is made otherwise than it should be. All zero is nothing. */
struct model_change
{
  int shared;               /* CLONE_NEW… flags of namespaces that it does not get */
  bool user_namespace;      /* one that nobody asked for */
  void (*mounts)(void);     /* called in it with everything mounted and full privilege, in its own root */
  void (*privileges)(void); /* called instead of giving up privileges, see model_drop() */
  bool filter_in_file;      /* crun's way: not loaded, but open and in the directory */
  bool no_filter;
  const char *profile; /* instead of the built-in one, JSON */
  const char *cgroup;  /* instead of its own: "" for the root */
};

/* Once for a program: enters a host of its own (host.h), and makes what the containers show. */
int model_setup(void **state);
int model_teardown(void **state);

/* Makes a container with CHANGE (NULL: none) and works out what is expected of one without. */
void model_begin(struct model *m, const struct model_change *change);
void model_end(struct model *m);

/* Ends its process, and takes it off the kernel's list. */
void model_kill(struct model *m);

/* Gives up privileges as a low-level runtime does: user, groups, capabilities, limits, no_new_privs. KEEP: the
 * capabilities that stay in all five sets. */
void model_drop(uid_t uid, gid_t gid, uint64_t keep);

/* Runs CHANGE in the container's mount namespace, as root and in its root directory. */
void model_enter(const struct model *m, void (*change)(void));

/* Where its low-level runtime keeps it. */
const char *model_directory(void);

/* Writes TEXT into the file NAME of the container's cgroup, of the hierarchy that has CONTROLLER. */
void model_set_limit(const char *controller, const char *v1, const char *v2, const char *text);

/* True where cgroups are version 2. */
bool model_is_unified(void);

/* Attestation finds nothing; or a difference whose line has TEXT, and which says what to do. */
void model_is_as_expected(const struct model *m);
void model_differs(const struct model *m, const char *text);

/* The whole case: a container with CHANGE, then ENTERED done in it, differs by TEXT (NULL: does not). */
void model_case(const struct model_change *change, void (*entered)(void), const char *text);

#endif
