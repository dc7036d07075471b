/* Strict reading of the three documents that callers hand over: config.json, a process, resources.
 *
 * After these, every member that this program knows has the type that the runtime specification gives it, a
 * known member that was null is gone, and no member differs from a known name only by case (Go's decoder
 * would take it, crun's would not: CONTRIBUTING.md, "Two parsers"). Unknown members stay as they are. */
#ifndef CC_SHIM_SHAPE_H
#define CC_SHIM_SHAPE_H

#include "common/error.h"
#include "common/json.h"

/* Checks SPEC, the root of a config.json (runtime-spec 1.2, config.md). Refusals carry the rule "config". */
int cc_shape_config(struct cc_jval *spec, struct cc_error *err);

/* Checks PROCESS, the root of an exec's process file (the specification's `process` object). */
int cc_shape_process(struct cc_jval *process, struct cc_error *err);

/* Checks RESOURCES, the root of an update's file (the specification's `linux.resources` object). */
int cc_shape_resources(struct cc_jval *resources, struct cc_error *err);

#endif
