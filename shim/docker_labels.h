/* Docker's labels of a container, from the engine's own root-owned files (there is nothing of them in config.json). */
#ifndef CC_SHIM_DOCKER_LABELS_H
#define CC_SHIM_DOCKER_LABELS_H

#include <stdbool.h>

struct cc_docker_labels;

/* Reads the labels of the container whose directory is ENGINE_DIR (<data-root>/containers/<id>, proven root-owned).
 * NULL when they cannot be read. The caller frees it. */
struct cc_docker_labels *cc_docker_labels_read(const char *engine_dir);
void cc_docker_labels_free(struct cc_docker_labels *labels);

/* True when the container has the label KEY at all. An image can set any label (Docker merges them under the caller's),
 * so this may only raise confinement. */
bool cc_docker_label_is_there(const struct cc_docker_labels *labels, const char *key);

/* The value of the label KEY when the API's caller set it: when the image, by Docker's own image database, has no such
 * label or another value for it. NULL otherwise, also when the image's labels cannot be read (containerd's image
 * store). Valid while LABELS lives. */
const char *cc_docker_label_of_caller(const struct cc_docker_labels *labels, const char *key);

#endif
