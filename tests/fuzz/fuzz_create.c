/* `create`: a config.json through shape, identity, policy and every hardening module. Nothing is written anywhere. */
#include "common/json.h"
#include "common/own.h"
#include "invariants.h"
#include "policy/config.h"
#include "shim/harden.h"
#include "shim/identify.h"
#include "shim/shape.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const bundles[] = {
  "/run/containerd/io.containerd.runtime.v2.task/moby/" ID,
  "/run/containerd/io.containerd.runtime.v2.task/default/" ID,
  "/var/lib/containers/storage/overlay-containers/" ID "/userdata",
};

static int
root_directory(void)
{
  static int fd = -1;

  if (fd < 0)
    fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  return fd;
}

static const struct cc_config *
defaults(void)
{
  static struct cc_config *config;

  if (config == NULL)
    config = cc_config_new_default();
  return config;
}

/* The hardened text, or NULL when DOC was refused. */
static char *
harden(struct cc_json *doc, const char *bundle)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_identity identity;
  struct cc_policy policy = { 0 };
  struct cc_report report = CC_REPORT_INIT;
  struct cc_pins pins = CC_PINS_INIT;
  struct cc_harden h
      = { .doc = doc, .policy = &policy, .identity = &identity, .rootfs_fd = -1, .report = &report, .pins = &pins };
  char *text = NULL;

  if (cc_shape_config(cc_json_root(doc), &err) < 0)
    return NULL;
  h.spec = cc_json_root(doc);
  h.bundle_fd = root_directory();
  cc_identify(h.spec, bundle, ID, &identity);
  if (cc_config_resolve(defaults(), &identity, &policy, &err) == 0)
    {
      require(policy.sandboxed, "the defaults sandbox everything", bundle);
      if (cc_harden_all(&h, &err) == 0)
        {
          text = to_text(h.spec);
          require_config(h.spec, text);
        }
      else
        require(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL, "an error is one line", err.msg);
    }
  cc_report_clear(&report);
  cc_pins_clear(&pins);
  cc_policy_clear(&policy);
  cc_identity_clear(&identity);
  return text;
}

static void
try(const uint8_t *data, size_t size, const char *bundle)
{
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_json struct cc_json *doc = NULL, *again = NULL;
  cc_auto_free char *text = NULL, *text_again = NULL;

  if (cc_json_parse((const char *)data, size, "fuzz", &doc, &err) < 0)
    return;
  text = harden(doc, bundle);
  if (text == NULL)
    return;
  again = from_text(text);
  text_again = harden(again, bundle);
  require(text_again != NULL && strcmp(text, text_again) == 0, "hardening twice is hardening once",
          text_again != NULL ? text_again : text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size > 65536)
    return -1;
  try(data, size, bundles[size % (sizeof(bundles) / sizeof(bundles[0]))]);
  return 0;
}
