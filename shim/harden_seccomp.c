#include "common/fd.h"
#include "common/own.h"
#include "policy/seccomp_merge.h"
#include "shim/harden.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const char place[] = "linux.seccomp";

/* Docker's own record of what the user asked for: true when it says unconfined, or cannot be read. */
static bool
docker_says_unconfined(const struct cc_identity *identity)
{
  cc_auto_close int dirfd = -1;
  cc_auto_free char *text = NULL;
  cc_auto_json struct cc_json *doc = NULL;
  const struct cc_jval *host;
  size_t length;

  if (identity->engine_dir == NULL)
    return true;
  dirfd = open(identity->engine_dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (dirfd < 0 || cc_read_file_at(dirfd, "hostconfig.json", CC_JSON_MAX_SIZE, &text, &length, NULL, NULL) < 0
      || cc_json_parse(text, length, "hostconfig.json", &doc, NULL) < 0)
    return true;
  host = cc_json_root(doc);
  return cc_jbool(cc_jget(host, "Privileged"), false)
         || cc_jarray_has(cc_jget(host, "SecurityOpt"), "seccomp=unconfined")
         || cc_jarray_has(cc_jget(host, "SecurityOpt"), "seccomp:unconfined");
}

/* An absent profile is what the caller asked for (seccomp=unconfined), or only what nobody thought of: Docker tells
 * which, Podman always writes one unless told not to, the others leave it out by default (Kubernetes without a
 * seccompProfile). */
static bool
asked_for_none(const struct cc_identity *identity)
{
  if (identity->kind == CC_KIND_POD_SANDBOX)
    return false;
  if (identity->engine == CC_ENGINE_DOCKER)
    return docker_says_unconfined(identity);
  return identity->engine == CC_ENGINE_PODMAN;
}

/* The operator's profile, which narrows further. *OUT is the caller's. */
static int
load_profile(const char *path, struct cc_json **out, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  struct stat st;
  size_t length;

  if (cc_read_file_at(AT_FDCWD, path, CC_JSON_MAX_SIZE, &text, &length, &st, err) < 0)
    return cc_error_prefix(err, "seccompProfile of the configuration");
  if (!cc_is_private(&st))
    return cc_error_refuse(
        err, "config-owner",
        "seccompProfile `%s`: others could change it; give it to root and take away the write permission of group and "
        "others",
        path);
  if (cc_json_parse(text, length, path, out, err) < 0)
    return cc_error_prefix(err, "seccompProfile of the configuration");
  return 0;
}

/* A refusal goes into the report, so that the other modules are heard as well; any other failure ends the call. */
static int
refuse_or_fail(struct cc_harden *h, struct cc_error *err, const struct cc_error *cause)
{
  const char *rule = strcmp(cause->rule, "seccomp-listener") == 0 ? "seccomp-listener" : "seccomp-profile";

  if (cc_error_is_refusal(cause) && strcmp(cause->rule, rule) == 0)
    return cc_report_refuse(h->report, rule, "%s", cause->msg);
  if (err != NULL)
    *err = *cause;
  return CC_FAILED;
}

static int
note(struct cc_harden *h, const struct cc_jval *was, const struct cc_jval *now)
{
  cc_auto_free char *before = NULL;

  if (was == NULL)
    return cc_report_tighten(h->report, "seccomp", place, "no profile",
                             "the built-in profile: %zu system calls allowed", cc_seccomp_count(now));
  before = cc_xasprintf("profile of the engine: %zu system calls allowed", cc_seccomp_count(was));
  return cc_report_tighten(h->report, "seccomp", place, before, "narrowed: %zu system calls allowed",
                           cc_seccomp_count(now));
}

int
cc_harden_seccomp(struct cc_harden *h, struct cc_error *err)
{
  cc_auto_json struct cc_json *file = NULL;
  struct cc_seccomp_options opt
      = { .network_none = h->policy->network == NULL || strcmp(h->policy->network, "none") == 0 };
  struct cc_error cause = CC_ERROR_INIT;
  struct cc_jval *linux_obj = cc_jneed_object(h->doc, h->spec, "linux");
  const struct cc_jval *was = cc_jget(linux_obj, "seccomp");
  struct cc_jval *now;

  if (cc_jis(was, CC_JSON_NULL))
    was = NULL;
  if (was == NULL && asked_for_none(h->identity))
    return cc_report_refuse(
        h->report, "seccomp-unconfined",
        "no seccomp profile (seccomp=unconfined): a managed container always has one; leave the option "
        "out, and the built-in profile applies");
  if (h->policy->seccomp_profile != NULL && h->policy->seccomp_profile[0] != '\0')
    {
      if (load_profile(h->policy->seccomp_profile, &file, err) < 0)
        return CC_FAILED;
      opt.narrow = cc_json_root(file);
    }
  if (cc_seccomp_intersect(h->doc, was, &opt, &now, &cause) < 0)
    return refuse_or_fail(h, err, &cause);
  cc_jset(h->doc, linux_obj, "seccomp", now);
  return note(h, was, now);
}
