/* A container under test: a configuration with the mounts that Docker always makes, and what a module of the hardening
 * makes of it. Shared by the tests of mounts, root filesystem, tmpfs and devices. */
#ifndef CC_TESTS_MOUNT_BOX_H
#define CC_TESTS_MOUNT_BOX_H

#include "common/json.h"
#include "common/own.h"
#include "host.h"
#include "shim/harden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define AT cc_host_path
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define POD "11111111-2222-3333-4444-555555555555"

/* One container under test. */
struct box
{
  struct cc_json *doc;
  struct cc_policy policy;
  struct cc_identity identity;
  struct cc_report report;
  struct cc_pins pins;
  struct cc_harden h;
  char *tmpfs[4];
};

/* Frees what it holds, not what its policy and identity point to. */
void box_free(struct box *b);
#define auto_box __attribute__((cleanup(box_free)))

/* The engine of every box that is filled from now on; Docker at first. */
extern enum cc_engine box_engine;

/* Fills B with a document of MEMBERS (each with its comma), Docker's own mounts, and MOUNTS. */
void box_fill(struct box *b, const char *members, const char *mounts);
/* Runs a module, which must not fail. */
void box_run(struct box *b, cc_harden_fn module);
/* The rule of the first refusal, or "allowed". */
const char *box_verdict(const struct box *b);
/* The mount at DESTINATION, NULL when there is none; and its options as a text, malloc'd. */
const struct cc_jval *box_mount(const struct box *b, const char *destination);
char *box_options(const struct box *b, const char *destination);
/* A bind as JSON, malloc'd; OPTIONS are quoted words. */
char *box_bind_text(const char *source, const char *destination, const char *options);
/* The verdict on one bind, and on one mount as JSON. */
const char *box_judge_bind(const char *source, const char *destination, const char *options);
const char *box_judge_mount(const char *mount);

#define assert_options(b, destination, expected)                                                                       \
  do                                                                                                                   \
    {                                                                                                                  \
      cc_auto_free char *text_ = box_options(b, destination);                                                          \
      assert_string_equal(text_, expected);                                                                            \
    }                                                                                                                  \
  while (0)

#endif
