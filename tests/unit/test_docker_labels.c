#include "common/own.h"
#include "shim/docker_labels.h"
#include "shim/identify.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char top[] = "/tmp/closedclaw-labels-XXXXXX";

static void
write_file(const char *name, const char *text, mode_t mode)
{
  cc_auto_free char *path = cc_xasprintf("%s/%s", top, name);
  FILE *f;

  unlink(path);
  f = fopen(path, "we");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
  assert_int_equal(chmod(path, mode), 0);
}

static void
make_directory(const char *name)
{
  cc_auto_free char *path = cc_xasprintf("%s/%s", top, name);

  assert_int_equal(mkdir(path, 0700), 0);
}

static int
set_up(void **state)
{
  (void)state;
  assert_non_null(mkdtemp(top));
  make_directory("containers");
  make_directory("containers/c1");
  make_directory("image");
  make_directory("image/overlay2");
  make_directory("image/overlay2/imagedb");
  make_directory("image/overlay2/imagedb/content");
  make_directory("image/overlay2/imagedb/content/sha256");
  return 0;
}

static int
tear_down(void **state)
{
  cc_auto_free char *command = cc_xasprintf("rm -rf %s", top);

  (void)state;
  return system(command);
}

static void
identify(struct cc_identity *identity)
{
  memset(identity, 0, sizeof(*identity));
  identity->engine = CC_ENGINE_DOCKER;
  identity->engine_dir = cc_xasprintf("%s/containers/c1", top);
  cc_identify_by_labels(identity);
}

#define CONTAINER(labels)                                                                                              \
  "{\"ID\":\"c1\",\"Driver\":\"overlay2\",\"Image\":\"sha256:" HEX "\",\"Config\":{\"Labels\":{" labels "}}}"
#define IMAGE "image/overlay2/imagedb/content/sha256/" HEX

static void
the_callers_labels_count(void **state)
{
  struct cc_identity identity;

  (void)state;
  write_file("containers/c1/config.v2.json",
             CONTAINER("\"openclaw.sessionKey\":\"agent:build:main\",\"openclaw.sandboxBrowser\":\"1\""), 0600);
  write_file(IMAGE, "{\"config\":{\"Labels\":null}}", 0600);
  identify(&identity);
  assert_string_equal(identity.session, "agent:build:main");
  assert_int_equal(identity.kind, CC_KIND_BROWSER);
  cc_identity_clear(&identity);
}

/* An image that labels itself as the main session would switch mode "non-main" off for itself. */
static void
the_images_labels_do_not(void **state)
{
  struct cc_docker_labels *labels;
  struct cc_identity identity;

  (void)state;
  write_file("containers/c1/config.v2.json",
             CONTAINER("\"closedclaw.session\":\"main\",\"closedclaw.agent\":\"loose\""), 0600);
  write_file(IMAGE, "{\"config\":{\"Labels\":{\"closedclaw.session\":\"main\",\"closedclaw.agent\":\"loose\"}}}", 0600);
  identify(&identity);
  assert_null(identity.session);
  assert_null(identity.agent);
  labels = cc_docker_labels_read(identity.engine_dir);
  assert_true(cc_docker_label_is_there(labels, "closedclaw.session"));
  cc_docker_labels_free(labels);
  cc_identity_clear(&identity);
  /* the caller's word over the image's is the caller's */
  write_file(IMAGE, "{\"config\":{\"Labels\":{\"closedclaw.session\":\"other\",\"closedclaw.agent\":\"loose\"}}}",
             0600);
  identify(&identity);
  assert_string_equal(identity.session, "main");
  assert_null(identity.agent);
  cc_identity_clear(&identity);
}

static void
what_cannot_be_verified_does_not(void **state)
{
  static const char *const images[] = {
    NULL,                                                          /* not there: containerd's image store */
    "{\"config\":{\"Labels\":{}},\"config\":{}}",                  /* two readings */
    "{\"config\":{\"Labels\":{\"closedclaw.session\":\"main\"}}}", /* the image's */
  };
  cc_auto_free char *image = cc_xasprintf("%s/%s", top, IMAGE);
  struct cc_identity identity;

  (void)state;
  write_file("containers/c1/config.v2.json", CONTAINER("\"closedclaw.session\":\"main\""), 0600);
  for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
    {
      unlink(image);
      if (images[i] != NULL)
        write_file(IMAGE, images[i], 0600);
      identify(&identity);
      assert_null(identity.session);
      cc_identity_clear(&identity);
    }
  write_file(IMAGE, "{\"config\":{}}", 0600);
  write_file("containers/c1/config.v2.json", CONTAINER("\"closedclaw.session\":\"main\""), 0666);
  identify(&identity);
  assert_null(identity.session);
  cc_identity_clear(&identity);
  write_file(
      "containers/c1/config.v2.json",
      "{\"Driver\":\"..\",\"Image\":\"sha256:../../x\",\"Config\":{\"Labels\":{\"closedclaw.session\":\"main\"}}}",
      0600);
  identify(&identity);
  assert_null(identity.session);
  cc_identity_clear(&identity);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_callers_labels_count),
    cmocka_unit_test(the_images_labels_do_not),
    cmocka_unit_test(what_cannot_be_verified_does_not),
  };

  return cmocka_run_group_tests(tests, set_up, tear_down);
}
