#include "mount_box.h"

#include "shim/mount_options.h"

#include <string.h>

void
box_free(struct box *b)
{
  cc_json_free(b->doc);
  cc_report_clear(&b->report);
  cc_pins_clear(&b->pins);
}

enum cc_engine box_engine = CC_ENGINE_DOCKER;

/* STANDARD mounts of Docker, then MOUNTS. */
void
box_fill(struct box *b, const char *members, const char *mounts)
{
  static char id[] = ID, pod[] = POD, root[] = "/var/lib/closedclaw/sandboxes", network[] = "none";
  static char *tmpfs[] = { (char *)"/tmp", (char *)"/var/tmp", (char *)"/run" };
  struct cc_error err = CC_ERROR_INIT;
  cc_auto_free char *text = cc_xasprintf(
      "{\"root\":{\"path\":\"/x\"},%s\"mounts\":["
      "{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
      "{\"destination\":\"/"
      "dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\",\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size="
      "65536k\"]},"
      "{\"destination\":\"/dev/"
      "pts\",\"type\":\"devpts\",\"source\":\"devpts\",\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode="
      "0666\"]},"
      "{\"destination\":\"/"
      "sys\",\"type\":\"sysfs\",\"source\":\"sysfs\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"ro\"]},"
      "{\"destination\":\"/sys/fs/"
      "cgroup\",\"type\":\"cgroup\",\"source\":\"cgroup\",\"options\":[\"ro\",\"nosuid\",\"noexec\",\"nodev\"]},"
      "{\"destination\":\"/dev/"
      "mqueue\",\"type\":\"mqueue\",\"source\":\"mqueue\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
      "{\"destination\":\"/dev/"
      "shm\",\"type\":\"tmpfs\",\"source\":\"shm\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size="
      "67108864\"]}"
      "%s%s]}",
      members, mounts[0] != '\0' ? "," : "", mounts);

  memset(b, 0, sizeof(*b));
  if (cc_json_parse(text, strlen(text), "test", &b->doc, &err) < 0)
    fail_msg("%s: %s", err.msg, text);
  b->policy.workspace_root = root;
  b->policy.network = network;
  b->policy.read_only_root = true;
  b->policy.tmpfs = (struct cc_strings){ tmpfs, 3 };
  b->policy.tmpfs_size = 256u << 20;
  b->identity.engine = box_engine;
  b->identity.container_id = id;
  b->identity.pod_uid = pod;
  b->h = (struct cc_harden){ .doc = b->doc,
                             .spec = cc_json_root(b->doc),
                             .policy = &b->policy,
                             .identity = &b->identity,
                             .bundle_fd = -1,
                             .rootfs_fd = -1,
                             .report = &b->report,
                             .pins = &b->pins,
                             .uid = 1000,
                             .gid = 1001 };
}

void
box_run(struct box *b, cc_harden_fn module)
{
  struct cc_error err = CC_ERROR_INIT;

  if (module(&b->h, &err) < 0)
    fail_msg("%s", err.msg);
}

const char *
box_verdict(const struct box *b)
{
  const struct cc_finding *f = cc_report_first_refusal(&b->report);

  if (f != NULL)
    assert_non_null(strchr(f->what, ';')); /* it says what to do instead */
  return f != NULL ? f->rule : "allowed";
}

const struct cc_jval *
box_mount(const struct box *b, const char *destination)
{
  cc_jeach(m, cc_jget(b->h.spec, "mounts")) if (strcmp(cc_jget_str(m, "destination"), destination) == 0) return m;
  return NULL;
}

char *
box_options(const struct box *b, const char *destination)
{
  const struct cc_jval *m = box_mount(b, destination);

  if (m == NULL)
    fail_msg("nothing at %s", destination);
  return cc_mount_options_text(cc_jget(m, "options"));
}

char *
box_bind_text(const char *source, const char *destination, const char *options)
{
  return cc_xasprintf("{\"destination\":\"%s\",\"type\":\"bind\",\"source\":\"%s\",\"options\":[%s]}", destination,
                      source, options);
}

/* What becomes of one bind. */
const char *
box_judge_bind(const char *source, const char *destination, const char *options)
{
  auto_box struct box b;
  cc_auto_free char *text = box_bind_text(source, destination, options);

  box_fill(&b, "", text);
  box_run(&b, cc_harden_mounts);
  return box_verdict(&b);
}

const char *
box_judge_mount(const char *mount)
{
  auto_box struct box b;

  box_fill(&b, "", mount);
  box_run(&b, cc_harden_mounts);
  return box_verdict(&b);
}
