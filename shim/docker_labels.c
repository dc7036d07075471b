#include "shim/docker_labels.h"

#include "common/json.h"
#include "common/own.h"
#include "shim/engine_file.h"

#include <string.h>

struct cc_docker_labels
{
  struct cc_json *container; /* config.v2.json */
  struct cc_json *image;     /* the image's configuration; NULL when it cannot be read */
};

static bool
is_plain_word(const char *s)
{
  return s != NULL && s[0] != '\0' && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* <data-root>/image/<driver>/imagedb/content/sha256/<hex>: the configuration of the image that CONTAINER was made from.
 */
static struct cc_json *
read_image(const char *engine_dir, const struct cc_json *container)
{
  const struct cc_jval *root = cc_json_root(container);
  const char *driver = cc_jget_str(root, "Driver"), *image = cc_jget_str(root, "Image");
  const char *containers = strstr(engine_dir, "/containers/");
  cc_auto_free char *dir = NULL;

  if (containers == NULL || !is_plain_word(driver) || image == NULL || strncmp(image, "sha256:", 7) != 0
      || !is_plain_word(image + 7))
    return NULL;
  dir = cc_xasprintf("%.*s/image/%s/imagedb/content/sha256", (int)(containers - engine_dir), engine_dir, driver);
  return cc_engine_json_read(dir, image + 7);
}

struct cc_docker_labels *
cc_docker_labels_read(const char *engine_dir)
{
  struct cc_json *container = cc_engine_json_read(engine_dir, "config.v2.json");
  struct cc_docker_labels *labels;

  if (container == NULL)
    return NULL;
  labels = cc_xcalloc(1, sizeof(*labels));
  labels->container = container;
  labels->image = read_image(engine_dir, container);
  return labels;
}

void
cc_docker_labels_free(struct cc_docker_labels *labels)
{
  if (labels == NULL)
    return;
  cc_json_free(labels->container);
  cc_json_free(labels->image);
  free(labels);
}

static const char *
label(const struct cc_json *doc, const char *parent, const char *key)
{
  return cc_jget_str(cc_jget(cc_jget(cc_json_root(doc), parent), "Labels"), key);
}

bool
cc_docker_label_is_there(const struct cc_docker_labels *labels, const char *key)
{
  return label(labels->container, "Config", key) != NULL;
}

const char *
cc_docker_label_of_caller(const struct cc_docker_labels *labels, const char *key)
{
  const char *value = label(labels->container, "Config", key), *of_image;

  if (value == NULL || labels->image == NULL)
    return NULL;
  of_image = label(labels->image, "config", key);
  return of_image == NULL || strcmp(of_image, value) != 0 ? value : NULL;
}
